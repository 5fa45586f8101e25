"""What a run says: milestones, what including migrants averts and for whom, what drives the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import stats

from sojourn.health.engine.parameters import Parameter
from sojourn.health.targets.targets import Target

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Held = TypeVar("Held", bound="DataclassInstance")
Floats = npt.NDArray[np.float64]
LEFT_OUT, INCLUDED = "residents_only", "included"
TRENDS_DIFFER = 1.5  # medians of draws with transmission frozen and matched
#: Standard errors of a rank correlation: one in 370 of what has no effect is further off.
CHANCE = 3.0
AGREE = 2.0  # structures and mixings whose medians differ by more do not determine the answer


@dataclass(frozen=True)
class Interval:
    """Median and 95 per cent interval over the draws."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Reached:
    """One milestone under one programme.

    Attributes
    ----------
    change : Interval
        Change on 2015 [per cent].
    gap : Interval
        Percentage points by which the reduction falls short; below zero: reached with room.
    probability : float
        Share of draws that reach it.
    """

    target: str
    year: int
    required: float
    change: Interval
    gap: Interval
    probability: float


@dataclass(frozen=True)
class Benefit:
    """What a programme averts, compared with leaving migrants out, on the same draws."""

    cases_residents: Interval
    cases_migrants: Interval
    deaths_residents: Interval
    deaths_migrants: Interval
    residents_share: Interval
    verdict: str
    why: str


@dataclass(frozen=True)
class Driver:
    """How one parameter moves the benefit, over the draws of all.

    Attributes
    ----------
    correlation : float
        Rank correlation (Spearman).
    low, high : float
        Median benefit in the fifth of the draws where the parameter is lowest, and highest.
    """

    parameter: str
    correlation: float
    mark: str
    low: float
    high: float


def joined(parts: Sequence[Held]) -> Held:
    """Return blocks of draws as one: a dataclass of arrays, each with its draws along the first axis."""
    names = [f.name for f in fields(parts[0])]
    return type(parts[0])(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def interval(values: Floats) -> Interval:
    """Return median and 95 per cent interval; NaN without values."""
    kept = values[np.isfinite(values)]
    if not len(kept):
        return Interval(float("nan"), float("nan"), float("nan"))
    low, middle, high = np.quantile(kept, [0.025, 0.5, 0.975])
    return Interval(float(middle), float(low), float(high))


def reached(target: Target, years: Sequence[int], values: Floats) -> tuple[Reached, ...]:
    """Judge every milestone of a target.

    Parameters
    ----------
    values : ndarray, shape (D, years)
        The indicator: a rate or a number, as the target says.
    """
    base = values[:, list(years).index(target.baseline)]
    out = []
    for milestone in target.milestones:
        if milestone.year not in years:
            continue
        change = 100.0 * (values[:, list(years).index(milestone.year)] / base - 1.0)
        gap = change + milestone.reduction
        out.append(
            Reached(
                target.id,
                milestone.year,
                milestone.reduction,
                interval(change),
                interval(gap),
                float(np.mean(gap <= 0)),
            )
        )
    return tuple(out)


def year_reached(target: Target, years: Sequence[int], values: Floats) -> tuple[float, float]:
    """Return the median year in which the last milestone's reduction is reached, and in what share of draws.

    The year is NaN when fewer than half of the draws reach it.
    """
    base = values[:, list(years).index(target.baseline)][:, None]
    below = values <= base * (1.0 - target.milestones[-1].reduction / 100.0)
    first = np.where(below.any(axis=1), np.asarray(years)[below.argmax(axis=1)], np.inf)
    middle = float(np.median(first))
    return (middle if np.isfinite(middle) else float("nan")), float(below.any(axis=1).mean())


def benefit(
    cases: tuple[Floats, Floats],
    deaths: tuple[Floats, Floats],
    structure: np.ndarray,
    mixing: Floats,
    *,
    label: str = "latency",
    trend: np.ndarray | None = None,
) -> Benefit:
    """Return what a programme averts.

    Parameters
    ----------
    cases, deaths : (ndarray, ndarray), each of shape (D, 2)
        Under leaving out and under the programme, residents and migrants, summed over years.
    structure : ndarray of str, shape (D,)
        What the draws differ in as a whole: the latency structure, the flow method.
    mixing : ndarray, shape (D,)
    label : str
        What the structure is called in a verdict.
    trend : ndarray of str, shape (D,), optional
        How transmission goes on without a programme: it may not move the answer by half.
    """
    averted = cases[0] - cases[1]
    spared = deaths[0] - deaths[1]
    total = averted.sum(axis=1)
    verdict, why = determined(total, structure, mixing, label, trend)
    share = part_of(averted[:, 0], total)
    return Benefit(
        interval(averted[:, 0]),
        interval(averted[:, 1]),
        interval(spared[:, 0]),
        interval(spared[:, 1]),
        share,
        verdict,
        why,
    )


def ratio(top: Floats, bottom: Floats) -> Interval:
    """Return a ratio over the draws; NaN, which is not determined, where the denominator may be zero."""
    low, high = np.quantile(bottom, [0.025, 0.975])
    if not (low > 0 or high < 0):
        return Interval(float("nan"), float("nan"), float("nan"))
    return interval(np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom != 0))


def part_of(part: Floats, whole: Floats) -> Interval:
    """Return a share over the draws; NaN where a part may be below none or above all of the whole."""
    found = ratio(part, whole)
    if found.low < 0.0 or found.high > 1.0:
        return Interval(float("nan"), float("nan"), float("nan"))
    return found


def determined(
    total: Floats,
    structure: np.ndarray,
    mixing: Floats,
    label: str,
    trend: np.ndarray | None = None,
) -> tuple[str, str]:
    """Say whether the structures, and little against much mixing, agree in sign and within a factor of 2.

    Draws whose transmission stays as it was in 2015, and draws whose goes on as WHO's trend does, may
    differ by half at most.
    """
    if trend is not None and len(kinds := np.unique(trend)) > 1:
        ends = [abs(float(np.median(total[trend == k]))) for k in kinds]
        if min(ends) > 0 and max(ends) / min(ends) > TRENDS_DIFFER:
            return "not determined", "it hangs on how transmission goes on without a programme"
    low = mixing <= np.median(mixing)
    groups = {f"{label} {s}": structure == s for s in np.unique(structure)}
    groups |= {"little mixing": low, "much mixing": ~low}
    medians = {name: float(np.median(total[here])) for name, here in groups.items() if here.any()}
    signs = {np.sign(round(v, 9)) for v in medians.values()}
    sizes = [abs(v) for v in medians.values()]
    if len(signs) > 1:
        return "not determined", "the structures disagree in sign"
    if min(sizes) > 0 and max(sizes) / min(sizes) > AGREE:
        most, least = (
            max(medians, key=lambda k: abs(medians[k])),
            min(medians, key=lambda k: abs(medians[k])),
        )
        return "not determined", f"{most} and {least} differ by more than a factor of two"
    inside = np.quantile(total, [0.05, 0.95])
    if inside[0] < 0 < inside[1]:
        return "sign not determined", "the sign changes within the 90 per cent band"
    return "determined", "structures and mixing agree in sign and within a factor of two"


def drivers(
    total: Floats, drawn: Mapping[str, Floats], known: Mapping[str, Parameter]
) -> tuple[Driver, ...]:
    """Return the parameters by how strongly they move the benefit (Spearman), strongest first.

    What chance gives as easily is none: a parameter that neither programme uses correlates a little, too.
    """
    found = []
    fifth = max(len(total) // 5, 1)
    for name, values in drawn.items():
        if np.ptp(values) == 0 or np.ptp(total) == 0:
            continue
        rank = float(stats.spearmanr(values, total).statistic)
        if abs(rank) * np.sqrt(len(total) - 1.0) < CHANCE:
            continue
        order = np.argsort(values, kind="stable")
        low, high = (
            float(np.median(total[order[part]])) for part in (slice(fifth), slice(-fifth, None))
        )
        found.append(Driver(name, rank, known[name].mark, low, high))
    return tuple(sorted(found, key=lambda d: (-abs(d.correlation), d.parameter)))
