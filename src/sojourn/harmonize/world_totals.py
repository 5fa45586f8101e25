"""World totals as published elsewhere: what a whole column is held against with nothing else at hand.

A factor of a thousand, or one measure under the heading of another, moves the sum of a column by
more than any revision does. Between two published years the total is taken along a line of equal
growth; before the first and after the last year (but for `REACH` years) nothing is said.
"""

import csv
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import exp, log

from sojourn.terminal.counted import counted

#: Years beyond the published ones in which the nearest of them is still asked.
REACH = 3
MOST = 3  # questions of one edition


@dataclass(frozen=True, slots=True)
class Published:
    """One world total as printed: in persons, cases or dollars, not in thousands.

    Attributes
    ----------
    within : float
        Factor by which an edition may differ from it, either way.
    places : int
        Places that it rests on, about: of fewer than half of them nothing small is asked.
    source : str
        Where it was printed.
    """

    indicator: str
    year: int
    total: float
    within: float
    places: int
    source: str


@dataclass(frozen=True, slots=True)
class WorldSum:
    """What the places of an edition sum to.

    Attributes
    ----------
    total : float
        In persons, cases or dollars.
    share : float
        Share of the published total to expect: 1, or a half where one sex alone is printed.
    places : int
        Places that have a number.
    whole : bool
        Whether too little is a question: the year has ended, and no part of it is left out.
    """

    indicator: str
    year: int
    total: float
    places: int
    share: float = 1.0
    whole: bool = True


@cache
def published() -> dict[str, tuple[Published, ...]]:
    """Return the published totals of each indicator, year by year."""
    text = files("sojourn.harmonize").joinpath("world_totals.csv").read_text("utf-8")
    found: dict[str, list[Published]] = {}
    for indicator, year, total, within, places, source in csv.reader(text.splitlines()[1:]):
        row = Published(indicator, int(year), float(total), float(within), int(places), source)
        found.setdefault(indicator, []).append(row)
    return {i: tuple(sorted(rows, key=lambda r: r.year)) for i, rows in found.items()}


def expected(indicator: str, year: int) -> Published | None:
    """Return what is published of a year, or what lies between two published years.

    Examples
    --------
    >>> expected("refugees", 2015).total
    16100000.0
    >>> expected("refugees", 1900) is None
    True
    """
    rows = published().get(indicator, ())
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
    return replace(before, year=year, total=total, within=max(before.within, after.within))


def far_from_published(sums: Iterable[WorldSum]) -> tuple[str, ...]:
    """Return what must be asked of sums that lie far from the published world total."""
    said: dict[str, list[str]] = {}
    for s in sums:
        known = expected(s.indicator, s.year)
        if known is None:
            continue
        total = known.total * s.share
        low = s.whole and 2 * s.places >= known.places
        if s.total > total * known.within or (low and s.total < total / known.within):
            said.setdefault(s.indicator, []).append(
                f"{s.indicator} {s.year}: the places sum to {s.total:,.0f}, the published world "
                f"total is about {float(f'{total:.2g}'):,.0f} ({known.source}): another unit, another "
                "column, or rows that are missing or doubled?"
            )
    asked = [
        first + (f" (and {counted(len(more), 'more year')})" if more else "")
        for first, *more in said.values()
    ]
    left = len(asked) - MOST
    return (*asked[:MOST], *([f"and {left} more like these"] if left > 0 else []))
