"""Targets as lines for a terminal, as JSON for a program, and as a chart."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np

from sojourn.health.targets.targets import LAST_YEAR, TREND_YEARS
from sojourn.health.targets.tracking import WORLD, Counter, Judged, Progress, Tracking, area_name
from sojourn.publish.chart import Chart, Wording
from sojourn.publish.draw.trend import Line, trend

TITLES = {
    "malaria_incidence": "Malaria cases per 1,000 inhabitants",
    "malaria_mortality": "Malaria deaths per 100,000 inhabitants",
    "tb_incidence": "Tuberculosis cases per 100,000 inhabitants",
    "tb_deaths": "Deaths from tuberculosis",
}
LEVELS = {
    "malaria_cases": "malaria cases",
    "malaria_deaths": "malaria deaths",
    "tb_cases": "new cases of tuberculosis",
    "tb_deaths": "deaths from tuberculosis",
}
SEXES = "both sexes together: the estimates in the loaded files are not told by sex"


def why(t: Tracking) -> str:
    """Return why a tracking has no value or no change, in words."""
    year = t.target.baseline
    return {
        "no_series": f"{t.edition} has no row of {t.name} for {year} or later",
        "no_baseline": f"{t.edition} has no value of {t.name} for {year} (status O, missing)",
        "no_population": f"no loaded file has the population of {t.name} for {year}: no rate",
        "zero_baseline": f"zero in {year}: no reduction can be asked for; the aim is to stay at zero",
        "": "",
    }[t.reason]


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
        return f"the present trend does not reach the milestone of {last} before {LAST_YEAR}"
    return f"the present trend reaches the milestone of {last} in {t.reached:.0f}"


def lines(progress: Progress) -> Iterator[str]:
    """Yield the tracking of a topic as lines of text."""
    targets = dict.fromkeys(t.target.id for t in progress.trackings)
    for target_id in targets:
        rows = [t for t in progress.trackings if t.target.id == target_id]
        yield from _head(rows[0])
        for t in rows:
            yield from _row(t)
        yield from _beside(progress, rows)
        yield ""
    yield from _levels(progress)
    yield ""
    for counter in progress.counters:
        yield _counter(counter)


def _head(first: Tracking) -> Iterator[str]:
    """Yield the title, the rules and the head of the columns."""
    yield f"{TITLES[first.target.id]}: {first.target.source}"
    people = f"; population {first.below}" if first.below not in ("", first.edition) else ""
    yield f"  path between milestones: {first.shape}; edition {first.edition}{people}"
    yield f"  trend: log-linear over the last {TREND_YEARS} years with a value; {SEXES}"
    if first.target.caveat:
        yield f"  note: {first.target.caveat}"
    yield (
        f"  {'area':34} {first.target.baseline:>11} {'latest':>11} {'year':>5} {'change':>8} "
        f"{'required':>9} {'gap':>7} {'off':>7} {'a year':>7}  milestones; trend"
    )


def _row(t: Tracking) -> Iterator[str]:
    if t.value is None or t.baseline is None:
        yield f"  {t.name:34.34} {'—':>11} {why(t)}"
        return
    required = None if t.change is None or t.gap is None else t.change - t.gap
    alike = groupby(t.milestones, key=lambda j: j.verdict)
    marks = "; ".join(f"{', '.join(map(_milestone, some))} {verdict}" for verdict, some in alike)
    yearly = f"{t.trend.annual_change:+.1f}%" if np.isfinite(t.trend.annual_change) else "—"
    yield (
        f"  {t.name:34.34} {short(t.baseline):>11} {short(t.value):>11} {t.last:>5} "
        f"{_percent(t.change):>8} {_percent(required):>9} {_points(t.gap):>7} "
        f"{_percent(t.off_track):>7} {yearly:>7}  {why(t) or f'{marks}; {reached(t)}'}"
    )
    if t.lower is not None and t.upper is not None:
        over = ", over the population" if t.below and not t.target.printed else ""
        yield f"  {'':34} {t.last}: {short(t.lower)} to {short(t.upper)} (interval as published{over})"
    if t.summed:
        yield f"  {'':34} {_sum(t)}"


def _sum(t: Tracking) -> str:
    """Return what a sum is made of, and who is missing from it."""
    said = f"our sum of {t.countries[0]} of {t.countries[1]} countries: no row of WHO's for it, no interval"
    if not t.left_out:
        return said
    names = ", ".join(area_name(a) for a in t.left_out[:6])
    more = f" and {len(t.left_out) - 6} more" if len(t.left_out) > 6 else ""
    return f"{said}; without {names}{more}"


def _milestone(j: Judged) -> str:
    mark = "" if j.milestone.mark == "P" else f" [{j.milestone.mark}]"
    return f"{j.milestone.year} −{j.milestone.reduction:g}%{mark}"


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:+.1f}%"


def _points(value: float | None) -> str:
    return "—" if value is None else f"{value:+.1f}"


def _beside(progress: Progress, rows: list[Tracking]) -> Iterator[str]:
    """Yield what the publisher itself states, and the baseline of each area in each edition."""
    world = next((t for t in rows if t.area == WORLD), None)
    if world is not None and world.baseline:
        for p in progress.published:
            if p.target == world.target.id and p.year in world.years:
                ours = 100 * (world.observed[world.years.index(p.year)] / world.baseline - 1)
                yield (
                    f"  {p.year}: {ours:+.1f}% in this file, {p.change:+.1f}% as WHO printed it "
                    f"[{p.mark}; {p.source}]"
                )
    for t in rows if len(rows) == 1 or any(len(t.baselines) > 1 for t in rows) else rows[:1]:
        for edition, value in t.baselines.items():
            yield f"  baseline {t.target.baseline} of {t.name} in {edition}: {short(value)}"


def _levels(progress: Progress) -> Iterator[str]:
    """Yield our sum of each level beside what each report printed: the baseline moves with it."""
    for (indicator, year), several in groupby(
        progress.levels, key=lambda b: (b.stated.indicator, b.stated.year)
    ):
        found = list(several)
        first = found[0]
        yield (
            f"{year}, world, {LEVELS[indicator]}: {short(first.ours)} as our sum of "
            f"{first.countries[0]} of {first.countries[1]} countries in {first.edition}; printed:"
        )
        for b in found:
            yield f"  {b.stated.value:>13,.0f} in {b.stated.source} [{b.stated.mark}]"


def _counter(c: Counter) -> str:
    mark = "" if c.rule.mark == "P" else f" [{c.rule.mark}]"
    goals = ", ".join(f"{n} by {y}" for y, n in c.rule.goals)
    asked = f"; goals {goals}" if goals else ""
    if not c.edition:
        return (
            f"{c.rule.rule}{mark}: absent (status {c.rule.obs_status}, missing): "
            f"{c.rule.caveat}{asked}"
        )
    names = ", ".join(area_name(a) for a in c.count.passed)
    return (
        f"{c.rule.rule}{mark}: in {c.count.year} {len(c.count.passed)} of the {c.count.with_data} "
        f"countries above it in 2015{f' ({names})' if names else ''}; {c.count.without_data} without "
        f"data; {c.edition}{asked}; {c.rule.caveat}"
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
                "obs_status": None if c.edition else c.rule.obs_status,
                "year": c.count.year if c.edition else None,
                "countries": len(c.count.passed) if c.edition else None,
                "passed": list(c.count.passed) if c.edition else None,
                "with_data": c.count.with_data if c.edition else None,
                "without_data": c.count.without_data if c.edition else None,
                "goals": dict(c.rule.goals),
                "caveat": c.rule.caveat,
                "edition": c.edition,
            }
            for c in progress.counters
        ],
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
        "levels": [
            {
                "indicator": b.stated.indicator,
                "year": b.stated.year,
                "printed": b.stated.value,
                "mark": b.stated.mark,
                "source": b.stated.source,
                "our_sum": _number(b.ours),
                "countries_with_values": b.countries[0],
                "countries_in_file": b.countries[1],
                "edition": b.edition,
            }
            for b in progress.levels
        ],
    }
    return json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False)


def _number(value: float | None) -> float | str | None:
    if value is None or np.isnan(value):
        return None
    return "never" if np.isinf(value) else float(value)


def _tracking(t: Tracking) -> dict[str, Any]:
    path = _path_years(t)
    return {
        "target": t.target.id,
        "area": t.area,
        "name": t.name,
        "unit": t.target.unit,
        "quantity": t.target.quantity,
        "caveat": t.target.caveat,
        "path": t.shape,
        "sex": "_T",
        "observed": {y: _number(v) for y, v in zip(t.years, t.observed, strict=True)},
        "obs_status": dict(zip(t.years, t.statuses, strict=True)),
        "required": {y: _number(v) for y, v in zip(path, t.required, strict=True)},
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
            {
                "year": j.milestone.year,
                "reduction_percent": j.milestone.reduction,
                "mark": j.milestone.mark,
                "goal": _number(j.goal),
                "observed": j.observed,
                "gap_points": j.gap,
                "verdict": j.verdict,
            }
            for j in t.milestones
        ],
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
    path = dict(zip(_path_years(t), t.required, strict=True))
    judged = {j.milestone.year: j for j in t.milestones}
    for year in sorted({*seen, *path}):
        value, status = seen.get(year, (np.nan, "O"))
        asked = path.get(year, np.nan)
        gap = 100 * (value - asked) / t.baseline if t.baseline else np.nan
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


def _path_years(t: Tracking) -> range:
    return range(t.target.baseline, t.target.milestones[-1].year + 1)


def _plain(value: float) -> str:
    """Return a number in full, empty for none."""
    return "" if not np.isfinite(value) else repr(float(value))


def observed_points(t: Tracking) -> tuple[tuple[float, float | None], ...]:
    """Return the observed path from its first value on; a missing year breaks the line."""
    first = next(i for i, v in enumerate(t.observed) if np.isfinite(v))
    return tuple(
        (float(y), float(v) if np.isfinite(v) else None)
        for y, v in list(zip(t.years, t.observed, strict=True))[first:]
    )


def chart(t: Tracking, *, chart_id: str = "", height: float = 300.0) -> Chart:
    """Return the observed path beside the required one, from the first value to the last milestone."""
    path = _path_years(t)
    knots = {t.target.baseline, *(m.milestone.year for m in t.milestones)}
    required = tuple(
        (float(y), float(v))
        for y, v in zip(path, t.required, strict=True)
        if y in knots or t.shape == "geometric"
    )
    title = f"{TITLES[t.target.id]}, {t.name}"
    wording = Wording(
        id=chart_id or f"{t.target.id}-{t.area}".replace("_", "-").lower(),
        title=title,
        alt=f"{title}: {short(t.baseline)} in {t.target.baseline}, {short(t.value)} in {t.last}; "
        f"{reached(t)}.",
        number=short,
        no_data="no data",
    )
    series = [Line("observed", observed_points(t)), Line(f"required ({t.shape})", required, "c2")]
    return trend(series, wording, header=("series", "year", "value"), height=height)
