"""Targets as lines for a terminal, as JSON for a program, and as a chart."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from sojourn.publish.chart import Chart, Wording
from sojourn.publish.draw.trend import Line, trend
from sojourn.simulate.tracking import WORLD, Counter, Judged, Progress, Tracking, area_name

TITLES = {
    "malaria_incidence": "Malaria cases per 1,000 inhabitants",
    "malaria_mortality": "Malaria deaths per 100,000 inhabitants",
    "tb_incidence": "Tuberculosis cases per 100,000 inhabitants",
    "tb_deaths": "Deaths from tuberculosis",
}


def short(value: float | None) -> str:
    """Return a number for reading: whole above a hundred, three digits below; a dash for none.

    Examples
    --------
    >>> short(1604087.0), short(146.16), short(9.7347), short(None)
    ('1,604,087', '146', '9.73', '—')
    """
    if value is None or np.isnan(value):
        return "—"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


def reached(t: Tracking) -> str:
    """Return when the present trend reaches the last milestone, in words."""
    last = t.milestones[-1].milestone.year
    if t.reached is None:
        return "no trend: values missing or zero"
    if np.isinf(t.reached):
        return f"the present trend never reaches the milestone of {last}"
    return f"the present trend reaches the milestone of {last} in {t.reached:.0f}"


def lines(progress: Progress) -> Iterator[str]:
    """Yield the tracking of a topic as lines of text."""
    targets = dict.fromkeys(t.target.id for t in progress.trackings)
    for target_id in targets:
        rows = [t for t in progress.trackings if t.target.id == target_id]
        first = rows[0]
        yield f"{TITLES[target_id]}: {first.target.source}"
        yield f"  path between milestones: {first.shape}; edition {first.edition}"
        if first.target.caveat:
            yield f"  note: {first.target.caveat}"
        yield (
            f"  {'area':34} {'2015':>11} {'latest':>11} {'year':>5} {'change':>8} {'required':>9} "
            f"{'gap':>7} {'a year':>7}  milestones; trend"
        )
        for t in rows:
            yield from _row(t)
        yield from _beside(progress, rows)
        yield ""
    for counter in progress.counters:
        yield _counter(counter)


def _row(t: Tracking) -> Iterator[str]:
    if t.value is None or t.baseline is None:
        yield f"  {t.name:34.34} {'—':>11} {t.reason}"
        return
    required = None if t.change is None or t.gap is None else t.change - t.gap
    marks = ", ".join(_milestone(j) for j in t.milestones)
    yearly = f"{t.trend.annual_change:+.1f}%" if np.isfinite(t.trend.annual_change) else "—"
    yield (
        f"  {t.name:34.34} {short(t.baseline):>11} {short(t.value):>11} {t.last:>5} "
        f"{_percent(t.change):>8} {_percent(required):>9} {_points(t.gap):>7} {yearly:>7}  "
        f"{marks}; {reached(t)}"
    )
    if t.lower is not None and t.upper is not None:
        yield f"  {'':34} {t.last}: {short(t.lower)} to {short(t.upper)} (interval as published)"
    if t.left_out:
        names = ", ".join(area_name(a) for a in t.left_out[:6])
        more = f" and {len(t.left_out) - 6} more" if len(t.left_out) > 6 else ""
        yield f"  {'':34} {t.countries[0]} of {t.countries[1]} countries; without: {names}{more}"


def _milestone(j: Judged) -> str:
    mark = "" if j.milestone.mark == "P" else f" [{j.milestone.mark}]"
    return f"{j.milestone.year} −{j.milestone.reduction:g}%: {j.verdict}{mark}"


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:+.1f}%"


def _points(value: float | None) -> str:
    return "—" if value is None else f"{value:+.1f}"


def _beside(progress: Progress, rows: list[Tracking]) -> Iterator[str]:
    """Yield what the publisher itself states, and the baseline in each edition."""
    world = next((t for t in rows if t.area == WORLD), None)
    if world is not None and world.baseline:
        for p in progress.published:
            if p.target == world.target.id and p.year in world.years:
                ours = 100 * (world.observed[world.years.index(p.year)] / world.baseline - 1)
                yield (
                    f"  {p.year}: {ours:+.1f}% in this file, {p.change:+.1f}% as WHO printed it "
                    f"[{p.mark}; {p.source}]"
                )
    for t in rows[:1]:
        for edition, value in t.baselines.items():
            yield f"  baseline {t.target.baseline} of {t.name} in {edition}: {short(value)}"


def _counter(c: Counter) -> str:
    mark = "" if c.rule.mark == "P" else f" [{c.rule.mark}]"
    if not c.edition:
        return f"{c.rule.rule}: not available; {c.rule.caveat}"
    goals = ", ".join(f"{n} by {y}" for y, n in c.rule.goals)
    return (
        f"{c.rule.rule}{mark}: {len(c.count.passed)} of {c.count.with_data} countries above it in "
        f"2015, {c.count.year} ({c.edition})"
        + (f"; goals {goals}" if goals else "")
        + f"; {c.rule.caveat}"
    )


def to_json(progress: Progress) -> str:
    """Return everything, with the files and cells behind each number, as JSON."""
    about = {
        "topic": progress.topic,
        "targets": [_tracking(t) for t in progress.trackings],
        "elimination": [
            {
                "id": c.rule.id,
                "rule": c.rule.rule,
                "mark": c.rule.mark,
                "year": c.count.year,
                "countries": len(c.count.passed) if c.edition else None,
                "passed": list(c.count.passed),
                "with_data": c.count.with_data,
                "goals": dict(c.rule.goals),
                "caveat": c.rule.caveat,
                "edition": c.edition,
            }
            for c in progress.counters
        ],
        "published": [
            {"target": p.target, "year": p.year, "change": p.change, "mark": p.mark,
             "source": p.source}
            for p in progress.published
        ],
    }  # fmt: skip
    return json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False)


def _number(value: float | None) -> float | str | None:
    if value is None or np.isnan(value):
        return None
    return "never" if np.isinf(value) else float(value)


def _tracking(t: Tracking) -> dict[str, Any]:
    path = range(t.target.baseline, t.target.milestones[-1].year + 1)
    return {
        "target": t.target.id,
        "area": t.area,
        "name": t.name,
        "unit": t.target.unit,
        "quantity": t.target.quantity,
        "caveat": t.target.caveat,
        "path": t.shape,
        "observed": {y: _number(v) for y, v in zip(t.years, t.observed, strict=False)},
        "required": {y: _number(v) for y, v in zip(path, t.required, strict=False)},
        "baseline": t.baseline,
        "baselines_by_edition": dict(t.baselines),
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
        "milestones": [
            {"year": j.milestone.year, "reduction_percent": j.milestone.reduction,
             "mark": j.milestone.mark, "goal": _number(j.goal), "observed": j.observed,
             "gap_points": j.gap, "verdict": j.verdict}
            for j in t.milestones
        ],
        "countries_with_values": t.countries[0],
        "countries_in_file": t.countries[1],
        "left_out": list(t.left_out),
        "edition": t.edition,
        "files": dict(t.files),
        "cells": list(t.cells),
        "note": t.reason,
    }  # fmt: skip


def chart(t: Tracking, *, chart_id: str = "", height: float = 300.0) -> Chart:
    """Return the observed path beside the required one, from 2000 to the last milestone."""
    path = range(t.target.baseline, t.target.milestones[-1].year + 1)
    knots = {t.target.baseline, *(m.milestone.year for m in t.milestones)}
    observed = tuple(
        (float(y), None if np.isnan(v) else float(v))
        for y, v in zip(t.years, t.observed, strict=True)
    )
    required = tuple(
        (float(y), float(v)) for y, v in zip(path, t.required, strict=True)
        if y in knots or t.shape == "geometric"
    )  # fmt: skip
    title = f"{TITLES[t.target.id]}, {t.name}"
    wording = Wording(
        id=chart_id or f"{t.target.id}-{t.area}".replace("_", "-").lower(),
        title=title,
        alt=f"{title}: {short(t.baseline)} in {t.target.baseline}, {short(t.value)} in {t.last}; "
        f"{reached(t)}.",
        number=short,
        no_data="no data",
    )
    series = [Line("observed", observed), Line(f"required ({t.shape})", required, "c2")]
    return trend(series, wording, header=("series", "year", "value"), height=height)
