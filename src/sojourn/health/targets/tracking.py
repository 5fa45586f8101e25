"""How areas stand against official targets: the tracking of a series, country, region or world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sojourn.health.targets.series import REGIONS, WORLD, Floats, Series, area_name, sources
from sojourn.health.targets.standing import Beside, Counter, Judged, Progress, Tracking
from sojourn.health.targets.targets import (
    FEW,
    Milestone,
    Shape,
    Target,
    Trend,
    change,
    off_track,
    present_trend,
    required_path,
    year_reached,
)

__all__ = [
    "REGIONS",
    "WORLD",
    "Beside",
    "Counter",
    "Inputs",
    "Judged",
    "Progress",
    "Series",
    "Tracking",
    "area_name",
    "track",
]


NO_TREND = Trend(float("nan"), 0, 0, float("nan"))


@dataclass(frozen=True)
class Inputs:
    """Numerator and denominator of a target, the printed rate, and the same of each edition.

    ``older`` holds them oldest first, the newest included: the baseline is read from each with
    the population that this edition itself was published with, where it has one.
    """

    top: Series
    below: Series | None
    rate: Series | None
    older: tuple[tuple[Series, Series | None, Series | None], ...] = ()


def _values(
    target: Target, top: Series, below: Series | None, members: Sequence[str]
) -> tuple[Floats, tuple[str, ...]]:
    """Return the path of a group of countries [Y] and the countries behind it.

    A group is summed over the countries that have every year from the baseline on; the others are
    left out of all years, so that a country's first report is not read as a rise.
    """
    counts = top.of(members, top.years)
    people = below.of(members, top.years) if below is not None else np.ones_like(counts)
    if target.quantity == "rate" and below is None:
        return np.full(len(top.years), np.nan), ()
    since = np.array([y >= target.baseline for y in top.years])
    known = np.isfinite(counts) & np.isfinite(people)
    whole = known[:, since].all(axis=1)
    if not whole.any():
        return np.full(len(top.years), np.nan), ()
    complete = known[whole].all(axis=0)
    total = np.where(complete, counts[whole].sum(axis=0), np.nan)
    if target.quantity == "rate":
        total = target.per * total / people[whole].sum(axis=0)
    return np.asarray(total, dtype=np.float64), tuple(np.array(members)[whole].tolist())


def _single(target: Target, inputs: Inputs, area: str) -> Floats:
    """Return the path of one country [Y]: the rate as printed, else from its parts."""
    top = inputs.top
    if inputs.rate is not None:
        printed: Floats = inputs.rate.of([area], top.years)[0]
        return printed
    counts: Floats = top.of([area], top.years)[0]
    if target.quantity == "number":
        return counts
    if inputs.below is None:
        return np.full(len(top.years), np.nan)
    found: Floats = target.per * counts / inputs.below.of([area], top.years)[0]
    return found


@dataclass(frozen=True)
class _Seen:
    """What a file tells of an area: its path [Y], and the countries it has and that are in the path.

    ``single`` is a row of the file: a country's, or what the publisher prints for a region or the world.
    """

    path: Floats
    members: tuple[str, ...]
    behind: tuple[str, ...]
    single: bool
    printed: bool = False


def _see(
    target: Target, inputs: Inputs, area: str, regions: Mapping[str, tuple[str, ...]]
) -> _Seen:
    """Return a country's path, a group's as printed, else as the sum of its countries."""
    there = inputs.top.since(target.baseline)
    group = area == WORLD or area in regions or area in REGIONS
    members = there if area == WORLD else [m for m in regions.get(area, (area,)) if m in there]
    if group and area in inputs.top.areas:
        path = _single(target, inputs, area)
        if np.isfinite(path).any():
            return _Seen(path, tuple(members), tuple(members), single=True, printed=True)
    if group:
        path, behind = _values(target, inputs.top, inputs.below, members)
        return _Seen(path, tuple(members), behind, single=False)
    return _Seen(_single(target, inputs, area), tuple(members), tuple(members), single=True)


def track(
    target: Target,
    inputs: Inputs,
    area: str,
    regions: Mapping[str, tuple[str, ...]],
    shape: Shape,
) -> Tracking:
    """Track one area: a country, a WHO region of ``regions``, or the world."""
    top, seen = inputs.top, _see(target, inputs, area, regions)
    known = [y for y, v in zip(top.years, seen.path, strict=True) if np.isfinite(v)]
    base = _in_year(top, seen.path, target.baseline)
    about = _about(target, inputs, area, shape, seen)
    if not known or not np.isfinite(base):
        return _empty(target, inputs, seen, about)
    last = known[-1]
    reason = "" if base > 0 else "zero_baseline"
    if base > 0 and _few(target, inputs, area, seen, last):
        reason = "few"
    behind = (area,) if seen.printed else seen.behind
    baselines = _baselines(target, inputs, area, regions)
    return Tracking(
        **about,
        **_standing(target, top.years, seen.path, base, shape, reason),
        baselines={edition: value for edition, (value, _) in baselines.items()},
        otherwise=tuple(e for e, (_, at) in baselines.items() if at != _at_risk(target, inputs)),
        countries=(len(seen.behind), len(seen.members)),
        left_out=tuple(m for m in seen.members if m not in seen.behind),
        lower=_bound(target, inputs, area, last, "lower") if seen.single else None,
        upper=_bound(target, inputs, area, last, "upper") if seen.single else None,
        statuses=_statuses(inputs, area, seen.path, single=seen.single),
        cells=sources(_parts(target, inputs, single=seen.single), behind, (target.baseline, last)),
        files={**top.files, **(inputs.below.files if inputs.below else {})},
        reason=reason,
    )


def _few(target: Target, inputs: Inputs, area: str, seen: _Seen, last: int) -> bool:
    """Whether fewer than 20 cases or deaths are behind the baseline or the last value, whatever its unit."""
    rows = (area,) if seen.single else seen.behind
    counted = inputs.top.of(rows, (target.baseline, last)).sum(axis=0)
    return bool((counted < FEW).any())


def _in_year(top: Series, path: Floats, year: int) -> float:
    return float(path[top.years.index(year)]) if year in top.years else float("nan")


def _about(target: Target, inputs: Inputs, area: str, shape: Shape, seen: _Seen) -> dict[str, Any]:
    """Return what is told of an area whether or not it has a value."""
    return {
        "target": target,
        "area": area,
        "name": area_name(area),
        "shape": shape,
        "edition": inputs.top.edition,
        "summed": not seen.single,
        "below": _below(target, inputs),
        "at_risk": _at_risk(target, inputs),
    }


def _standing(
    target: Target, seen: Sequence[int], observed: Floats, base: float, shape: Shape, reason: str
) -> dict[str, Any]:
    """Return where an area stands beside its path: value, change, gap, trend and milestones.

    Of few nothing is told but the values: this is the one place where it is decided.
    """
    years = _path_years(target)
    last = [y for y, v in zip(seen, observed, strict=True) if np.isfinite(v)][-1]
    value = float(observed[list(seen).index(last)])
    path = required_path(base, target, years, shape)
    at_last = float(path[years.index(last)]) if last in years else float("nan")
    few = reason == "few"
    trend = NO_TREND if few else present_trend(seen, observed)
    changed = float("nan") if few else change(value, base)
    return {
        "years": tuple(seen),
        "observed": observed,
        "required": path,
        "baseline": base,
        "last": last,
        "value": value,
        "change": _or_none(changed),
        "gap": _or_none(changed - change(at_last, base)),
        "off_track": None if few else _or_none(off_track(value, at_last)),
        "trend": trend,
        "reached": _or_none(year_reached(trend, float(path[-1])), allow_inf=True),
        "milestones": tuple(
            _judge(target, m, base, seen, observed, trend, reason) for m in target.milestones
        ),
    }


def _path_years(target: Target) -> tuple[int, ...]:
    return tuple(range(target.baseline, target.milestones[-1].year + 1))


def _at_risk(target: Target, inputs: Inputs) -> bool:
    below = inputs.below
    return below is not None and bool(target.at_risk) and below.indicator == target.at_risk


def _parts(target: Target, inputs: Inputs, *, single: bool) -> tuple[Series | None, ...]:
    """Return the series whose cells make the number."""
    if single and inputs.rate is not None:
        return (inputs.rate,)
    return (inputs.top, inputs.below if target.quantity == "rate" else None)


def _below(target: Target, inputs: Inputs) -> str:
    return inputs.below.edition if target.quantity == "rate" and inputs.below else ""


def _statuses(inputs: Inputs, area: str, observed: Floats, *, single: bool) -> tuple[str, ...]:
    """Return the status of each value: as loaded for a country; an estimate or missing for a sum."""
    if not single:
        return tuple("E" if np.isfinite(v) else "O" for v in observed)
    series = inputs.rate if inputs.rate is not None else inputs.top
    return tuple(
        series.status(area, y) if np.isfinite(v) or series.status(area, y) != "E" else "O"
        for y, v in zip(inputs.top.years, observed, strict=True)
    )


def _baselines(
    target: Target, inputs: Inputs, area: str, regions: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[float, bool]]:
    """Return the baseline by edition, with the population of its own, and whether that is at risk."""
    found = {}
    for top, below, rate in inputs.older:
        one = Inputs(top, below, rate)
        value = _in_year(top, _see(target, one, area, regions).path, target.baseline)
        if np.isfinite(value):
            found[top.edition] = (value, _at_risk(target, one))
    return found


def _empty(target: Target, inputs: Inputs, seen: _Seen, about: Mapping[str, Any]) -> Tracking:
    years = _path_years(target)
    reason = _why_empty(target, inputs, seen.members)
    nothing = np.full(len(years), np.nan)
    return Tracking(
        **about,
        years=years,
        observed=nothing,
        required=nothing,
        baseline=None,
        last=0,
        value=None,
        change=None,
        gap=None,
        off_track=None,
        trend=NO_TREND,
        reached=None,
        milestones=tuple(
            Judged(
                milestone=m,
                goal=float("nan"),
                observed=None,
                gap=None,
                verdict="not available",
                reason=reason,
            )
            for m in target.milestones
        ),
        baselines={},
        countries=(0, len(seen.members)),
        left_out=seen.members,
        statuses=tuple("O" for _ in years),
        reason=reason,
    )


def _why_empty(target: Target, inputs: Inputs, members: Sequence[str]) -> str:
    """Return why an area has no value in the baseline year."""
    if not members:
        return "no_series"
    if inputs.rate is None and np.isfinite(inputs.top.of(members, [target.baseline])).any():
        return "no_population"
    return "no_baseline"


def _judge(
    target: Target,
    milestone: Milestone,
    base: float,
    years: Sequence[int],
    observed: Floats,
    trend: Trend,
    reason: str,
) -> Judged:
    goal = base * (1 - milestone.reduction / 100)
    at = list(years).index(milestone.year) if milestone.year in years else None
    value = None if at is None else _or_none(float(observed[at]))
    if reason:
        verdict = "withheld" if reason == "few" else "zero at the baseline"
        seen = value if reason == "few" else None
        return Judged(
            milestone=milestone, goal=goal, observed=seen, gap=None, verdict=verdict, reason=reason
        )
    if value is not None:
        gap = change(value, base) + milestone.reduction
        verdict = "met" if value <= goal else "missed"
        return Judged(
            milestone=milestone, goal=goal, observed=value, gap=_or_none(gap), verdict=verdict
        )
    known = np.isfinite(trend.annual_change) and target.baseline <= trend.last
    said = "reached" if year_reached(trend, goal) <= milestone.year else "not reached"
    return Judged(
        milestone=milestone,
        goal=goal,
        observed=None,
        gap=None,
        verdict=f"{said} on the present trend" if known else "not available",
        reason="" if known else "no_trend",
    )


def _bound(target: Target, inputs: Inputs, area: str, year: int, which: str) -> float | None:
    """Return the bound: as printed for a number or a printed rate, else of the numerator."""
    if inputs.rate is not None:
        return _or_none(float(inputs.rate.of([area], [year], which)[0, 0]))
    found = float(inputs.top.of([area], [year], which)[0, 0])
    if target.quantity == "rate":
        people = inputs.below.of([area], [year])[0, 0] if inputs.below else np.nan
        found = target.per * found / float(people)
    return _or_none(found)


def _or_none(value: float, *, allow_inf: bool = False) -> float | None:
    if np.isnan(value) or (np.isinf(value) and not allow_inf):
        return None
    return float(value)
