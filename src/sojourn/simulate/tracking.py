"""How areas stand against official targets: the tracking of a series, country, region or world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sojourn.simulate.targets import (
    Count,
    Elimination,
    Milestone,
    PublishedChange,
    Shape,
    Target,
    Trend,
    change,
    off_track,
    present_trend,
    required_path,
    year_reached,
)
from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import column_letters

Floats = npt.NDArray[np.float64]

WORLD = "900"
REGIONS = {
    "AFR": "WHO African Region",
    "AMR": "WHO Region of the Americas",
    "EMR": "WHO Eastern Mediterranean Region",
    "EUR": "WHO European Region",
    "SEA": "WHO South-East Asia Region",
    "WPR": "WHO Western Pacific Region",
}


@dataclass(frozen=True)
class Series:
    """One indicator of one edition, countries × years.

    Attributes
    ----------
    areas : tuple of str, length A
    years : tuple of int, length Y
    values, lower, upper : ndarray of float, shape (A, Y)
        NaN where missing; bounds as printed.
    rows, cols : ndarray of int, shape (A, Y)
        Where each value stands in its file; 0 where there is none.
    files : mapping of str to str
        Name of each file behind it to its sha256.
    """

    indicator: str
    edition: str
    areas: tuple[str, ...]
    years: tuple[int, ...]
    values: Floats
    lower: Floats
    upper: Floats
    rows: npt.NDArray[np.int64]
    cols: npt.NDArray[np.int64]
    files: Mapping[str, str] = field(default_factory=dict)

    def of(self, areas: Sequence[str], years: Sequence[int], which: str = "values") -> Floats:
        """Return values of these areas and years, shape (len(areas), len(years)); NaN where absent."""
        source: Floats = getattr(self, which)
        place_a = {a: i for i, a in enumerate(self.areas)}
        place_y = {y: i for i, y in enumerate(self.years)}
        out = np.full((len(areas), len(years)), np.nan)
        for i, area in enumerate(areas):
            for j, year in enumerate(years):
                if area in place_a and year in place_y:
                    out[i, j] = source[place_a[area], place_y[year]]
        return out

    def cell(self, area: str, year: int) -> str:
        """Return the address of one value, empty where there is none."""
        if area not in self.areas or year not in self.years:
            return ""
        i, j = self.areas.index(area), self.years.index(year)
        if not self.rows[i, j]:
            return ""
        return f"{self.edition}#{column_letters(int(self.cols[i, j]))}{self.rows[i, j]}"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One milestone: what it asks for, and what is known of it."""

    milestone: Milestone
    goal: float
    observed: float | None
    gap: float | None
    verdict: str  # met, missed, on the present trend: reached / not reached, not available


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """How one area stands against one target.

    Attributes
    ----------
    observed, required : ndarray of float, shape (Y,)
        In the target's unit; NaN where missing.
    change, gap : float or None
        Change since the baseline [per cent]; observed minus required change [points].
    off_track : float or None
        By how much the observed value exceeds the path, of the observed [per cent].
    reached : float or None
        Year in which the present trend reaches the last milestone; inf for never.
    lower, upper : float or None
        Bounds of the last observed value, where the publisher prints them.
    baselines : mapping of str to float
        Baseline value by edition: it moves with every report.
    countries : (int, int)
        Countries with values in every year since the baseline, and of how many in the file.
    left_out : tuple of str
        Area ids of those without.
    """

    target: Target
    area: str
    name: str
    years: tuple[int, ...]
    observed: Floats
    required: Floats
    shape: str
    baseline: float | None
    last: int
    value: float | None
    change: float | None
    gap: float | None
    off_track: float | None
    trend: Trend
    reached: float | None
    milestones: tuple[Judged, ...]
    edition: str
    baselines: Mapping[str, float]
    countries: tuple[int, int]
    left_out: tuple[str, ...] = ()
    lower: float | None = None
    upper: float | None = None
    cells: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Counter:
    """One elimination counter, with the rule it counts by."""

    rule: Elimination
    count: Count
    edition: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Everything ``sojourn targets`` shows of one topic."""

    topic: str
    trackings: tuple[Tracking, ...]
    counters: tuple[Counter, ...]
    published: tuple[PublishedChange, ...] = ()


def area_name(area: str) -> str:
    """Return the English name of an area or WHO region."""
    if area in REGIONS:
        return REGIONS[area]
    return "World" if area == WORLD else AREAS[area].names["en"]


@dataclass(frozen=True)
class Inputs:
    """Numerator and denominator of a target, the printed rate, and the numerator's older editions."""

    top: Series
    below: Series | None
    rate: Series | None
    older: tuple[tuple[Series, Series | None], ...]


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
    return np.asarray(total, dtype=np.float64), tuple(np.array(members)[whole])


def track(
    target: Target,
    inputs: Inputs,
    area: str,
    regions: Mapping[str, tuple[str, ...]],
    shape: Shape,
) -> Tracking:
    """Track one area: a country, a WHO region of ``regions``, or the world."""
    top = inputs.top
    members = [m for m in regions.get(area, (area,)) if m in top.areas]
    members = list(top.areas) if area == WORLD else members
    single = area != WORLD and area not in regions
    if single and inputs.rate is not None:
        observed = inputs.rate.of([area], top.years)[0]
        behind = tuple(members)
    else:
        observed, behind = _values(target, top, inputs.below, members)
    years = tuple(range(target.baseline, target.milestones[-1].year + 1))
    base = float(observed[top.years.index(target.baseline)])
    known = [y for y, v in zip(top.years, observed, strict=True) if np.isfinite(v)]
    if not known or not np.isfinite(base):
        return _empty(target, inputs, area, years, shape, len(members))
    last = known[-1]
    value = float(observed[top.years.index(last)])
    path = required_path(base, target, years, shape)
    at_last = float(path[years.index(last)]) if last in years else float("nan")
    trend = present_trend(top.years, observed)
    series = inputs.rate if inputs.rate is not None else top
    baselines = {}
    for one, below in inputs.older:
        if target.baseline in one.years:
            old, _ = _values(target, one, below, members)
            baselines[one.edition] = float(old[one.years.index(target.baseline)])
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
        baselines=baselines,
        countries=(len(behind), len(members)),
        left_out=tuple(m for m in members if m not in behind),
        lower=_bound(target, series, area, last, "lower") if single else None,
        upper=_bound(target, series, area, last, "upper") if single else None,
        cells=tuple(c for y in (target.baseline, last) if (c := series.cell(area, y))),
        files={**top.files, **(inputs.below.files if inputs.below else {})},
        reason="" if single else "no interval: the countries' errors are not published together",
    )


def _empty(
    target: Target, inputs: Inputs, area: str, years: tuple[int, ...], shape: Shape, of: int
) -> Tracking:
    lacks = "population" if target.quantity == "rate" and inputs.below is None else "series"
    nothing = np.full(len(years), np.nan)
    return Tracking(
        target=target, area=area, name=area_name(area), years=years, observed=nothing,
        required=nothing, shape=shape, baseline=None, last=0, value=None, change=None, gap=None,
        off_track=None, trend=Trend(float("nan"), 0, 0, float("nan")), reached=None,
        milestones=tuple(
            Judged(milestone=m, goal=float("nan"), observed=None, gap=None, verdict="not available")
            for m in target.milestones
        ),
        edition=inputs.top.edition, baselines={}, countries=(0, of),
        reason=f"{inputs.top.edition} has no {lacks} of {area_name(area)} for {target.baseline}",
    )  # fmt: skip


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


def _bound(target: Target, series: Series, area: str, year: int, which: str) -> float | None:
    """Return the printed bound; a rate we computed ourselves has none."""
    if target.quantity == "rate" and series.indicator != target.printed:
        return None
    found = float(series.of([area], [year], which)[0, 0])
    return _or_none(found)


def _or_none(value: float, *, allow_inf: bool = False) -> float | None:
    if np.isnan(value) or (np.isinf(value) and not allow_inf):
        return None
    return float(value)
