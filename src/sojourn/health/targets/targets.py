"""Official targets and the arithmetic of being on track: paths, gaps, trends, elimination.

Indicators follow the strategies' own definitions: the incidence of tuberculosis is a *rate*, its
deaths a *number*; malaria's are rates. Sources stand in ``targets.toml`` beside each milestone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from sojourn.errors import SimulateError
from sojourn.terminal.declared import packaged
from sojourn.vocab.status import ObsStatus

Floats = npt.NDArray[np.float64]
Shape = Literal["linear", "geometric"]
Mark = Literal["P", "P*", "T", "A"]

TREND_YEARS = 5  # observed years the present trend is taken from
LAST_YEAR = 2100  # five years say nothing of a later one: not reached
FEW = 20  # cases or deaths of a year: fewer are no ground for a change in per cent, a trend or a verdict


@dataclass(frozen=True, slots=True)
class Milestone:
    """A reduction [per cent of the baseline] to be reached by a year, with its evidence mark."""

    year: int
    reduction: float
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One indicator of a strategy, its baseline year and its milestones.

    ``quantity`` is ``rate`` (numerator over denominator times ``per``) or ``number``.
    ``printed`` names the indicator under which the publisher prints the rate itself; ``at_risk``
    the denominator that the strategy asks for, taken wherever the edition has it.
    """

    id: str
    topic: str
    quantity: Literal["rate", "number"]
    numerator: str
    per: float
    unit: str
    baseline: int
    source: str
    milestones: tuple[Milestone, ...]
    denominator: str = ""
    at_risk: str = ""
    printed: str = ""
    caveat: str = ""

    def __post_init__(self) -> None:
        """Refuse a rate of nothing, milestones out of their order, and more than everything."""
        if (self.quantity == "rate") != bool(self.denominator or self.printed):
            raise ValueError(
                f"quantity is {self.quantity} and denominator {self.denominator!r}; a rate has one, a "
                "number none"
            )
        years = [m.year for m in self.milestones]
        if years != sorted(set(years)) or any(y <= self.baseline for y in years):
            raise ValueError(f"milestones of {years}; years after the baseline, in their order")
        if any(not 0 < m.reduction <= 100 for m in self.milestones):
            raise ValueError("a reduction is not within 0 to 100; per cent of the baseline")


@dataclass(frozen=True, slots=True)
class Goal:
    """How many countries are to have passed a rule by a year."""

    year: int
    countries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Elimination:
    """A counter of countries: at or below ``threshold`` in each of ``years`` years running.

    Without ``indicator`` no series can answer; then, and
    when no loaded file holds the indicator, the counter is absent and ``obs_status`` says how.
    """

    id: str
    topic: str
    indicator: str
    rule: str
    years: int
    threshold: float
    mark: Mark
    goals: tuple[Goal, ...]
    caveat: str = ""
    obs_status: str = ObsStatus.MISSING.value


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedChange:
    """A change of the world since the baseline [per cent] that the publisher itself states."""

    target: str
    year: int
    change: float
    mark: Mark
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedLevel:
    """A level of the world in a year as a report printed it: baselines move with the report."""

    topic: str
    indicator: str
    year: int
    value: float
    mark: Mark
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A value of the world as a report printed it, with its interval where it printed one.

    Attributes
    ----------
    part : str
        Of whom: empty for the whole, ``without_hiv``, ``with_hiv``.
    """

    target: str
    year: int
    value: float
    mark: Mark
    source: str
    part: str = ""
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """Deaths of a year so near to new cases, or to the people notified, that the numbers do not fit.

    Attributes
    ----------
    of_cases, of_notified : float
        Deaths over new cases, and over people notified, from which it is said.
    least : float
        Deaths: of fewer no ratio says anything.
    reason : str
        Why these and no others.
    """

    topic: str
    of_cases: float
    of_notified: float
    least: float
    reason: str


@dataclass(frozen=True, slots=True)
class Strategies:
    """The file of targets: strategies, counters of elimination, and what reports printed."""

    target: tuple[Target, ...]
    elimination: tuple[Elimination, ...]
    published: tuple[PublishedChange, ...]
    level: tuple[PublishedLevel, ...]
    stated: tuple[Stated, ...]
    nearness: tuple[Nearness, ...]

    def __post_init__(self) -> None:
        """Refuse two targets of one name, and a statement about a target that nobody declares."""
        names = [t.id for t in self.target]
        if twice := sorted({n for n in names if names.count(n) > 1}):
            raise ValueError(f"target {twice[0]} is declared twice; keep one")
        for about in (*(p.target for p in self.published), *(s.target for s in self.stated)):
            if about not in names:
                raise ValueError(f"{about!r} is no target; one of {', '.join(names)}")


@cache
def _declared() -> Strategies:
    return packaged("sojourn.health.targets", "targets.toml", Strategies)


def targets(topic: str) -> tuple[Target, ...]:
    """Return the targets of a topic.

    Raises
    ------
    SimulateError
        No strategy is declared for the topic.
    """
    found = tuple(t for t in _declared().target if t.topic == topic)
    if not found:
        known = sorted({t.topic for t in _declared().target})
        raise SimulateError(f"no targets for {topic!r}", hint=f"there are: {', '.join(known)}")
    return found


def eliminations(topic: str) -> tuple[Elimination, ...]:
    """Return the elimination counters of a topic."""
    return tuple(e for e in _declared().elimination if e.topic == topic)


def published(target: str) -> tuple[PublishedChange, ...]:
    """Return what the publisher states of the world for a target."""
    return tuple(p for p in _declared().published if p.target == target)


def levels(topic: str) -> tuple[PublishedLevel, ...]:
    """Return the levels of the world that the publisher printed, report by report."""
    return tuple(x for x in _declared().level if x.topic == topic)


def nearness(topic: str) -> Nearness:
    """Return when deaths of a topic are too near to cases or notifications."""
    return next(n for n in _declared().nearness if n.topic == topic)


def stated(target: str) -> tuple[Stated, ...]:
    """Return the values of the world that the publisher printed for a target, rounded as it did."""
    return tuple(s for s in _declared().stated if s.target == target)


def change(value: float, baseline: float) -> float:
    """Return the change against the baseline [per cent].

    Examples
    --------
    >>> round(change(59.0, 35.0), 1)
    68.6
    """
    return 100.0 * (value / baseline - 1.0) if baseline > 0 else float("nan")


def off_track(observed: float, required: float) -> float:
    """Return by how much the observed value would have to fall to be on the path [per cent].

    WHO's own measure: 59 observed where 35 were required is off track by 40.7 per cent (World
    Malaria Report 2021). Negative when the path is kept.

    Examples
    --------
    >>> round(off_track(59.0, 35.0), 1), round(off_track(15.3, 8.9), 1)
    (40.7, 41.8)
    """
    return 100.0 * (1.0 - required / observed) if observed > 0 else float("nan")


def required_path(
    baseline: float, target: Target, years: Sequence[int], shape: Shape = "linear"
) -> Floats:
    """Return the path from the baseline through the milestones.

    Parameters
    ----------
    baseline : float
        Value in the target's baseline year, in its unit.
    years : sequence of int, length Y
    shape : {"linear", "geometric"}
        Between milestones: equal steps, or equal relative steps. The strategies do not say which.

    Returns
    -------
    ndarray of float, shape (Y,)
        In the unit of the baseline; NaN before the baseline year, the last milestone after it.

    Examples
    --------
    >>> mortality = targets("malaria")[1]
    >>> [round(float(required_path(14.9, mortality, [2023], s)[0]), 1) for s in ("linear", "geometric")]
    [5.8, 5.3]
    """
    knots = np.array([target.baseline, *(m.year for m in target.milestones)], dtype=np.float64)
    kept = np.array([1.0, *(1.0 - m.reduction / 100.0 for m in target.milestones)])
    at = np.asarray(years, dtype=np.float64)
    if shape == "linear":
        share = np.interp(at, knots, kept)
    else:
        share = np.exp(np.interp(at, knots, np.log(kept)))
    return np.where(at < target.baseline, np.nan, baseline * share)


@dataclass(frozen=True, slots=True)
class Trend:
    """Log-linear least squares over the last observed years.

    Attributes
    ----------
    annual_change : float
        Per cent a year; NaN where a value is missing or zero.
    first, last : int
        Years used.
    level : float
        Fitted value in ``last``.
    """

    annual_change: float
    first: int
    last: int
    level: float


def present_trend(years: Sequence[int], values: Floats, n: int = TREND_YEARS) -> Trend:
    """Return the trend of the last ``n`` observed years."""
    at, x = np.asarray(years, dtype=np.float64), np.asarray(values, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(x))[-n:]
    if len(known) < 3 or (x[known] <= 0).any():
        last = int(at[known[-1]]) if len(known) else 0
        return Trend(float("nan"), last, last, float("nan"))
    t, y = at[known], np.log(x[known])
    slope = float(np.sum((t - t.mean()) * (y - y.mean())) / np.sum((t - t.mean()) ** 2))
    level = float(np.exp(y.mean() + slope * (t[-1] - t.mean())))
    return Trend(100.0 * float(np.expm1(slope)), int(t[0]), int(t[-1]), level)


def year_reached(trend: Trend, goal: float) -> float:
    """Return the year in which the present trend reaches a goal.

    Returns
    -------
    float
        A year; ``inf`` when the trend does not fall towards the goal before 2100; NaN without a
        trend. The last observed year when the goal is met already.
    """
    if not np.isfinite(trend.annual_change):
        return float("nan")
    if trend.level <= goal:
        return float(trend.last)
    slope = np.log1p(trend.annual_change / 100.0)
    if slope >= 0 or goal <= 0:
        return float("inf")
    year = trend.last + float(np.ceil(np.log(goal / trend.level) / slope))
    return year if year <= LAST_YEAR else float("inf")


@dataclass(frozen=True, slots=True)
class Count:
    """Countries that pass an elimination rule in a year, of those with data for it.

    Attributes
    ----------
    with_data : int
        Countries above the threshold in the baseline year that have every year the rule asks for.
    without_data : int
        Countries of the file that miss the baseline year or a year of the rule.
    """

    year: int
    passed: tuple[str, ...]
    with_data: int
    without_data: int = 0


ABSENT = Count(0, (), 0)


def count_elimination(
    rule: Elimination, areas: Sequence[str], years: Sequence[int], values: Floats, baseline: int
) -> Count:
    """Count the countries that pass a rule in the last year; those free at the baseline are left out.

    Parameters
    ----------
    values : ndarray, shape (A, Y)
        NaN where missing: a missing year never passes, and neither does a year the file has not.
    baseline : int
        A country counts only when it was above the threshold in this year.
    """
    last = int(max(years))
    column = {int(y): values[:, j] for j, y in enumerate(years)}
    nothing = np.full(len(areas), np.nan)
    began = column.get(baseline, nothing)
    asked = range(last - rule.years + 1, last + 1)
    window = np.column_stack([column.get(y, nothing) for y in asked])
    missing = ~np.isfinite(began) | ~np.isfinite(window).all(axis=1)
    known = ~missing & ((began > 0) if rule.threshold == 0 else (began >= rule.threshold))
    below = window <= 0 if rule.threshold == 0 else window < rule.threshold
    passed = known & below.all(axis=1)
    return Count(
        last,
        tuple(a for a, ok in zip(areas, passed, strict=True) if ok),
        int(known.sum()),
        int(missing.sum()),
    )
