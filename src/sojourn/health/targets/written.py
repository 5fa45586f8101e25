"""Targets for a program: everything as JSON, the paths as CSV."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from sojourn.health.targets.standing import path_years
from sojourn.health.targets.told import caveat, reason, why
from sojourn.health.targets.tracking import Beside, Counter, Judged, Progress, Tracking


def to_json(progress: Progress) -> str:
    """Return everything, with the files and cells behind each number, as JSON."""
    about = {
        "topic": progress.topic,
        "targets": [_tracking(t) for t in progress.trackings],
        "elimination": [_counted(c) for c in progress.counters],
        "published": [
            {
                "target": p.target,
                "year": p.year,
                "change": p.change,
                "mark": p.mark,
                "source": p.source,
            }
            for p in progress.published
        ],
        "notified_by_sex": [
            {**asdict(n), "not_told": n.untold, "countries": list(n.countries)}
            for n in progress.notified
        ],
        "deaths_that_do_not_fit": [
            {**asdict(d), "near": d.near, "cells": [c.address for c in d.cells]}
            for d in progress.deaths
            if d.near
        ],
        "levels": [_level(b) for b in progress.levels],
    }
    return json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False)


def _counted(c: Counter) -> dict[str, Any]:
    known = bool(c.edition)
    return {
        "id": c.rule.id,
        "rule": c.rule.rule,
        "mark": c.rule.mark,
        "obs_status": None if known else c.rule.obs_status,
        "year": c.count.year if known else None,
        "countries": len(c.count.passed) if known else None,
        "passed": list(c.count.passed) if known else None,
        "with_data": c.count.with_data if known else None,
        "without_data": c.count.without_data if known else None,
        "goals": {g.year: g.countries for g in c.rule.goals},
        "caveat": c.rule.caveat,
        "edition": c.edition,
    }


def _level(b: Beside) -> dict[str, Any]:
    return {
        "indicator": b.stated.indicator,
        "year": b.stated.year,
        "printed": b.stated.value,
        "mark": b.stated.mark,
        "source": b.stated.source,
        "our_sum": _number(b.ours),
        "row_of_the_world": _number(b.row),
        "countries_with_values": b.countries[0],
        "countries_in_file": b.countries[1],
        "edition": b.edition,
    }


def _number(value: float | None) -> float | str | None:
    if value is None or np.isnan(value):
        return None
    return "never" if np.isinf(value) else float(value)


def _tracking(t: Tracking) -> dict[str, Any]:
    return {**_of_target(t), **_of_path(t), **_behind(t)}


def _of_target(t: Tracking) -> dict[str, Any]:
    return {
        "target": t.target.id,
        "area": t.area,
        "name": t.name,
        "unit": t.target.unit,
        "quantity": t.target.quantity,
        "per_person_at_risk": t.at_risk,
        "caveat": caveat(t),
        "path": t.shape,
        "sex": "_T",
    }


def _of_path(t: Tracking) -> dict[str, Any]:
    """Return the observed path beside the one asked for, and the milestones."""
    path = path_years(t)
    return {
        "observed": {y: _number(v) for y, v in zip(t.years, t.observed, strict=True)},
        "obs_status": dict(zip(t.years, t.statuses, strict=True)),
        "required": {y: _number(v) for y, v in zip(path, t.required, strict=True)},
        "baseline": t.baseline,
        "baselines_by_edition": dict(t.baselines),
        "baselines_with_another_denominator": list(t.otherwise),
        "last_year": t.last or None,
        "last_value": t.value,
        "lower": t.lower,
        "upper": t.upper,
        "change_percent": t.change,
        "gap_points": t.gap,
        "off_track_percent": t.off_track,
        "annual_change_percent": _number(t.trend.annual_change),
        "trend_years": [t.trend.first, t.trend.last],
        "year_last_milestone_reached": _number(t.reached),
        "milestones": [_judged(t, j) for j in t.milestones],
    }


def _judged(t: Tracking, j: Judged) -> dict[str, Any]:
    return {
        "year": j.milestone.year,
        "reduction_percent": j.milestone.reduction,
        "mark": j.milestone.mark,
        "goal": _number(j.goal),
        "observed": j.observed,
        "gap_points": j.gap,
        "verdict": j.verdict,
        "reason": reason(t, j.reason) or None,
    }


def _behind(t: Tracking) -> dict[str, Any]:
    """Return the countries, editions, files and cells behind a tracking."""
    return {
        "countries_with_values": t.countries[0],
        "countries_in_file": t.countries[1],
        "left_out": list(t.left_out),
        "our_sum": t.summed,
        "edition": t.edition,
        "population_edition": t.below or None,
        "files": dict(t.files),
        "cells": [
            {"area": c.area, "year": c.year, "indicator": c.indicator, "cell": c.address}
            for c in t.cells
        ],
        "note": why(t),
    }


COLUMNS = (
    "target",
    "ref_area",
    "name",
    "sex",
    "time_period",
    "obs_value",
    "obs_status",
    "unit_measure",
    "required",
    "path",
    "gap_points",
    "milestone_reduction",
    "milestone_mark",
    "verdict",
    "edition",
)


def to_csv(progress: Progress) -> str:
    """Return observed and required paths as CSV, one row a target, area and year.

    A year without a value has an empty cell and its status; nothing is filled.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for t in progress.trackings:
        writer.writerows(_csv_rows(t))
    return out.getvalue()


def _csv_rows(t: Tracking) -> Iterator[list[object]]:
    """Yield one row a year, from the first observed to the last milestone."""
    seen = {y: (v, s) for y, v, s in zip(t.years, t.observed, t.statuses, strict=True)}
    path = dict(zip(path_years(t), t.required, strict=True))
    judged = {j.milestone.year: j for j in t.milestones}
    for year in sorted({*seen, *path}):
        value, status = seen.get(year, (np.nan, "O"))
        asked = path.get(year, np.nan)
        told = bool(t.baseline) and t.reason != "few"
        gap = 100 * (value - asked) / t.baseline if told and t.baseline else np.nan
        j = judged.get(year)
        yield [
            t.target.id,
            t.area,
            t.name,
            "_T",
            year,
            _plain(value),
            status,
            t.target.unit,
            _plain(asked),
            t.shape,
            _plain(gap),
            j.milestone.reduction if j else "",
            j.milestone.mark if j else "",
            j.verdict if j else "",
            t.edition,
        ]


def _plain(value: float) -> str:
    """Return a number in full, empty for none."""
    return "" if not np.isfinite(value) else repr(float(value))
