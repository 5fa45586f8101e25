"""World totals of other editions: what a whole column is held against with nothing else at hand.

A factor of a thousand, or one measure under the heading of another, moves the sum of a column by
more than any revision does. Each total says where it stands: the cell in which its publisher prints the
world, or the edition of which it is the sum. Between two years the total is taken along a line of
equal growth; before the first and after the last year (but for `REACH` years) nothing is said.
The totals of each edition apart tell one whose years were moved by one. `scripts/trace_world_totals.py`
writes `world_totals.csv`, the best of a year last; `world_tolerances.csv` is by hand.
"""

import csv
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import groupby, product
from math import exp, log
from statistics import mean, median

from sojourn.errors import counted
from sojourn.vocab.observation import EditionId

#: Years beyond the known ones in which the nearest of them is still asked.
REACH = 3
MOST = 3  # questions of one edition
#: How close (mean of logarithms) three years and more fit their neighbours, two, and one: as a later
#: revision, as two editions of one table, to the digit; and how much farther off they lie from their own.
REVISED, ALIKE, SAME, APART, APART_SAME, TIMES = 0.03, 0.005, 1e-5, 0.01, 1e-3, 4
#: Of so many years and more their rise and fall alone tells, whatever the level: so much closer to the
#: neighbours', and so far off their own (two reports on tuberculosis 5 times, two revisions of births 3).
MANY, SHAPED, UNLIKE = 10, 2.5, 5e-3
#: How far years are looked for: beside, and (to the digit alone) a column or a decade away.
MOVES = (-1, 1, -2, 2, -5, 5, -10, 10)


@dataclass(frozen=True, slots=True)
class Reference:
    """One world total of another edition: in persons, cases or dollars, not in thousands.

    Attributes
    ----------
    within : float
        Factor by which an edition may differ from it, either way.
    places : int
        Places with more than nobody: of fewer than half of them nothing small is asked.
    source : str
        Where it stands: an address that `sojourn trace` takes, or ``sum of N places of`` an edition.
    edition : str
        Whose it is.
    """

    indicator: str
    year: int
    total: float
    within: float
    places: int
    source: str
    edition: str


@dataclass(frozen=True, slots=True)
class WorldSum:
    """What the places of an edition sum to.

    Attributes
    ----------
    total : float
        In persons, cases or dollars.
    share : float
        Share of the known total to expect: 1, or a half where one sex alone is printed.
    places : int
        Places that have more than nobody.
    whole : bool
        Whether too little is a question: the year has ended, and no part of it is left out.
    """

    indicator: str
    year: int
    total: float
    places: int
    share: float = 1.0
    whole: bool = True


def _rows(name: str) -> list[list[str]]:
    text = files("sojourn.harmonize").joinpath(name).read_text("utf-8")
    return list(csv.reader(text.splitlines()[1:]))


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a whole edition may lie from the known total.

    Attributes
    ----------
    within : float
        Factor, either way.
    like : str
        Indicator whose totals serve in years of which none of its own is at hand, or nothing.
    measured : str
        What the editions at hand differ by; empty where nothing was measured.
    judged : str
        Why so much more is allowed: the factor is always a judgement.
    """

    within: float
    like: str
    measured: str
    judged: str


@cache
def tolerances() -> dict[str, Tolerance]:
    """Return how far a whole edition may lie from the known total, by indicator."""
    rows = _rows("world_tolerances.csv")
    return {i: Tolerance(float(within), *why) for i, within, *why in rows}


@cache
def _printed() -> dict[str, tuple[Reference, ...]]:
    """Return the totals of every edition by indicator, the best of a year last."""
    own: dict[str, list[Reference]] = {i: [] for i in tolerances()}
    for indicator, year, total, places, edition, source in _rows("world_totals.csv"):
        within = tolerances()[indicator].within
        row = Reference(indicator, int(year), float(total), within, int(places), source, edition)
        own[indicator].append(row)
    return {indicator: tuple(rows) for indicator, rows in own.items()}


@cache
def references() -> dict[str, tuple[Reference, ...]]:
    """Return the known totals of each indicator, year by year."""
    own = {i: {r.year: r for r in rows} for i, rows in _printed().items()}
    found = {}
    for indicator, t in tolerances().items():
        lent = {
            y: replace(r, indicator=indicator, within=t.within, source=f"{t.like}: {r.source}")
            for y, r in own.get(t.like, {}).items()
        }
        rows = lent | own[indicator]
        found[indicator] = tuple(rows[y] for y in sorted(rows))
    return found


@cache
def series(indicator: str) -> tuple[tuple[Reference, ...], ...]:
    """Return the known totals of an indicator, then those of each edition apart, the newest first."""
    rows = sorted(_printed().get(indicator, ()), key=_edition, reverse=True)
    apart = (tuple(sorted(g, key=lambda r: r.year)) for _, g in groupby(rows, key=_edition))
    return (references().get(indicator, ()), *apart)


def _edition(reference: Reference) -> tuple[str, str]:
    edition = EditionId.parse(reference.edition)
    return edition.vintage, edition.dataset


def expected(indicator: str, year: int) -> Reference | None:
    """Return what is known of a year, or what lies between two known years.

    Examples
    --------
    >>> expected("refugees", 2015).total
    16121427.0
    >>> expected("refugees", 1900) is None
    True
    """
    return _at(references().get(indicator, ()), year)


def _at(rows: Sequence[Reference], year: int) -> Reference | None:
    """Return what a series says of a year, or what lies between two of its years."""
    at = bisect_left(rows, year, key=lambda r: r.year)
    if at < len(rows) and rows[at].year == year:
        return rows[at]
    if at in (0, len(rows)):
        nearest = rows[0 if at == 0 else -1] if rows else None
        if nearest is None or abs(nearest.year - year) > REACH:
            return None
        return replace(nearest, year=year, within=2 * nearest.within)
    before, after = rows[at - 1], rows[at]
    part = (year - before.year) / (after.year - before.year)
    total = exp(log(before.total) * (1 - part) + log(after.total) * part)
    source = f"between {before.year} and {after.year}: {before.source}; {after.source}"
    return replace(before, year=year, total=total, source=source)


def moved_years(sums: Iterable[WorldSum]) -> tuple[str, ...]:
    """Return what must be asked of sums that are known of another year, not of their own.

    The neighbour's total is one that an edition prints; that of the year itself may lie between two.
    One year must fit its neighbour to the digit, three and more as closely as revisions do, and of
    many their rise and fall is enough. What reads as an edition prints it is where it belongs.
    """
    asked = []
    for indicator, group in groupby(sorted(sums, key=lambda s: (s.indicator, s.year)), key=_name):
        held = [s for s in group if s.total > 0 and s.share == 1.0]
        if not any(_in_place(held, of) for of in series(indicator)):
            asked += _moved(indicator, held)
    return tuple(asked)


def _in_place(held: Sequence[WorldSum], of: Sequence[Reference]) -> bool:
    """Whether most years read to the digit what a series prints of them."""
    known = {r.year: r for r in of}
    both = [s for s in held if s.year in known]
    return 2 * len(both) > len(held) and _off(both, of, 0) < SAME


def _moved(indicator: str, held: Sequence[WorldSum]) -> list[str]:
    """Return the question of years that a series knows as their neighbours, if one does."""
    for of, by in product(series(indicator), MOVES):
        known = {r.year: r for r in of}
        both = [s for s in held if s.year + by in known and _at(of, s.year)]
        most = both and (2 * len(both) >= len(held) or len(both) >= MANY)
        if most and _fits(both, of, by):
            s, other = both[-1], known[both[-1].year + by]
            further = f" (and {counted(len(both) - 1, 'more year')})" if len(both) > 1 else ""
            said = (
                f"{indicator} {s.year}: the places sum to {s.total:,.0f}, the world total known of "
                f"{other.year} is {other.total:,.0f} ({other.source}): are years moved by "
                f"{'one' if abs(by) == 1 else abs(by)}?{further}"
            )
            return [said]
    return []


def _fits(held: Sequence[WorldSum], of: Sequence[Reference], by: int) -> bool:
    """Whether years are known as their neighbours, and not as themselves."""
    own, near = _off(held, of, 0), _off(held, of, by)
    least = APART_SAME if near < SAME else APART
    most = {1: SAME, 2: ALIKE}.get(len(held), REVISED)
    if near < most and own > max(least, TIMES * near):
        return near < SAME or abs(by) == 1
    if abs(by) > 1:
        return False
    unlike = _off(held, of, 0, shape=True)
    shaped = len(held) >= MANY and unlike > max(UNLIKE, SHAPED * _off(held, of, by, shape=True))
    return shaped and near < REVISED


def _off(
    held: Sequence[WorldSum], of: Sequence[Reference], by: int, *, shape: bool = False
) -> float:
    """Return how far years lie from what a series says of them, or of the years beside.

    Mean of logarithms; with ``shape`` after taking the level away. Nothing to hold is far off.
    """
    known = ((s, _at(of, s.year + by)) for s in held)
    ratios = [log(s.total / k.total) for s, k in known if k is not None]
    level = median(ratios) if shape and ratios else 0.0
    return mean(abs(r - level) for r in ratios) if ratios else float("inf")


def _name(sum_of: WorldSum) -> str:
    return sum_of.indicator


def far_from_references(sums: Iterable[WorldSum]) -> tuple[str, ...]:
    """Return what must be asked of sums that lie far from the known world total."""
    sums = tuple(sums)
    said: dict[str, list[str]] = {}
    for s in sums:
        known = expected(s.indicator, s.year)
        if known is None:
            continue
        total = known.total * s.share
        begun = s.year >= references()[s.indicator][0].year  # before, a category fills up
        low = s.whole and begun and 2 * s.places >= known.places
        if s.total > total * known.within or (low and s.total < total / known.within):
            said.setdefault(s.indicator, []).append(
                f"{s.indicator} {s.year}: the places sum to {s.total:,.0f}, the world total "
                f"known is about {float(f'{total:.2g}'):,.0f} ({known.source}): another unit, another "
                "column, or rows that are missing or doubled?"
            )
    far = [
        first + (f" (and {counted(len(more), 'more year')})" if more else "")
        for first, *more in said.values()
    ]
    asked = [*moved_years(sums), *far]
    left = len(asked) - MOST
    return (*asked[:MOST], *([f"and {left} more like these"] if left > 0 else []))
