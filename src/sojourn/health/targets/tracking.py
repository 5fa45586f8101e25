"""How areas stand against official targets: the tracking of a series, country, region or world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.health.targets.series import REGIONS, WORLD, Floats, Series, area_name, sources
from sojourn.health.targets.standing import Beside, Counter, Judged, Progress, Tracking
from sojourn.health.targets.targets import (
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


def _members(
    inputs: Inputs, area: str, regions: Mapping[str, tuple[str, ...]], base: int
) -> list[str]:
    """Return the countries of an area that the file still has in the baseline year or later."""
    there = inputs.top.since(base)
    if area == WORLD:
        return list(there)
    return [m for m in regions.get(area, (area,)) if m in there]


def track(
    target: Target,
    inputs: Inputs,
    area: str,
    regions: Mapping[str, tuple[str, ...]],
    shape: Shape,
) -> Tracking:
    """Track one area: a country, a WHO region of ``regions``, or the world."""
    top = inputs.top
    members = _members(inputs, area, regions, target.baseline)
    single = area != WORLD and area not in regions
    if single:
        observed, behind = _single(target, inputs, area), tuple(members)
    else:
        observed, behind = _values(target, top, inputs.below, members)
    years = tuple(range(target.baseline, target.milestones[-1].year + 1))
    known = [y for y, v in zip(top.years, observed, strict=True) if np.isfinite(v)]
    base = (
        float(observed[top.years.index(target.baseline)])
        if target.baseline in top.years
        else np.nan
    )
    if not known or not np.isfinite(base):
        return _empty(target, inputs, area, years, shape, members, single=single)
    last = known[-1]
    value = float(observed[top.years.index(last)])
    path = required_path(base, target, years, shape)
    at_last = float(path[years.index(last)]) if last in years else float("nan")
    trend = present_trend(top.years, observed)
    return Tracking(
        target=target,
        area=area,
        name=area_name(area),
        years=tuple(top.years),
        observed=observed,
        required=path,
        shape=shape,
        baseline=base,
        last=last,
        value=value,
        change=_or_none(change(value, base)),
        gap=_or_none(change(value, base) - change(at_last, base)),
        off_track=_or_none(off_track(value, at_last)),
        trend=trend,
        reached=_or_none(year_reached(trend, float(path[-1])), allow_inf=True),
        milestones=tuple(
            _judge(target, m, base, top.years, observed, trend) for m in target.milestones
        ),
        edition=top.edition,
        baselines=_baselines(target, inputs, members, single=single),
        countries=(len(behind), len(members)),
        left_out=tuple(m for m in members if m not in behind),
        lower=_bound(target, inputs, area, last, "lower") if single else None,
        upper=_bound(target, inputs, area, last, "upper") if single else None,
        summed=not single,
        statuses=_statuses(inputs, area, observed, single=single),
        cells=sources(_parts(target, inputs, single=single), behind, (target.baseline, last)),
        below=_below(target, inputs),
        files={**top.files, **(inputs.below.files if inputs.below else {})},
        reason="" if base > 0 else "zero_baseline",
    )


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
    target: Target, inputs: Inputs, members: Sequence[str], *, single: bool
) -> dict[str, float]:
    """Return the baseline by edition, each with the population of its own edition."""
    found = {}
    for top, below, rate in inputs.older:
        if target.baseline not in top.years:
            continue
        if single and members:
            path = _single(target, Inputs(top, below, rate), members[0])
        else:
            path, _ = _values(target, top, below, [m for m in members if m in top.areas])
        found[top.edition] = float(path[top.years.index(target.baseline)])
    return {edition: value for edition, value in found.items() if np.isfinite(value)}


def _empty(
    target: Target,
    inputs: Inputs,
    area: str,
    years: tuple[int, ...],
    shape: Shape,
    members: Sequence[str],
    *,
    single: bool,
) -> Tracking:
    nothing = np.full(len(years), np.nan)
    return Tracking(
        target=target,
        area=area,
        name=area_name(area),
        years=years,
        observed=nothing,
        required=nothing,
        shape=shape,
        baseline=None,
        last=0,
        value=None,
        change=None,
        gap=None,
        off_track=None,
        trend=Trend(float("nan"), 0, 0, float("nan")),
        reached=None,
        milestones=tuple(
            Judged(milestone=m, goal=float("nan"), observed=None, gap=None, verdict="not available")
            for m in target.milestones
        ),
        edition=inputs.top.edition,
        baselines={},
        countries=(0, len(members)),
        left_out=tuple(members),
        summed=not single,
        statuses=tuple("O" for _ in years),
        below=_below(target, inputs),
        reason=_why_empty(target, inputs, members),
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
) -> Judged:
    goal = base * (1 - milestone.reduction / 100)
    if base == 0:
        return Judged(
            milestone=milestone, goal=0.0, observed=None, gap=None, verdict="zero at the baseline"
        )
    if milestone.year in years and np.isfinite(
        found := observed[list(years).index(milestone.year)]
    ):
        value = float(found)
        gap = change(value, base) + milestone.reduction
        verdict = "met" if value <= goal else "missed"
        return Judged(
            milestone=milestone, goal=goal, observed=value, gap=_or_none(gap), verdict=verdict
        )
    when = year_reached(trend, goal)
    if not np.isfinite(trend.annual_change) or target.baseline > trend.last:
        verdict = "not available"
    else:
        verdict = (
            "reached on the present trend"
            if when <= milestone.year
            else "not reached on the present trend"
        )
    return Judged(milestone=milestone, goal=goal, observed=None, gap=None, verdict=verdict)


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
