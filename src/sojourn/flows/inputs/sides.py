"""On which side a country stands: more people came to it, or left it, by published stocks.

Two tables that are both read across instead of down leave no trace in births and deaths. Countries
that had over twice as many immigrants as emigrants in 1990, 2005 and 2024, or the other way round,
tell. Immigrants are UN DESA's total, people of unknown origin among them; emigrants are those whose
origin is known. The file need not hold every such country.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from sojourn.errors import EstimateError, SojournError
from sojourn.flows.model import Stocks
from sojourn.terminal.declared import read_rows
from sojourn.vocab.place import area_id

FEWEST = 3  # known countries of each side, below which nothing is told
TELLING = 0.75  # share of them on the wrong side, from which tables are refused


@dataclass(frozen=True, slots=True)
class Side:
    """Foreign-born in a country and people born in it abroad, persons (UN DESA, stock of 2024)."""

    area_id: str
    immigrants_1990: int
    emigrants_1990: int
    immigrants_2005: int
    emigrants_2005: int
    immigrants_2024: int
    emigrants_2024: int

    def __post_init__(self) -> None:
        """Refuse a country that changed sides, or that hardly stands on one."""
        came = [i > 2 * e for i, e in self.pairs]
        left = [e > 2 * i for i, e in self.pairs]
        if not (all(came) or all(left)):
            raise ValueError("expected over twice as many immigrants in all years, or emigrants")

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Immigrants and emigrants of each year."""
        return (
            (self.immigrants_1990, self.emigrants_1990),
            (self.immigrants_2005, self.emigrants_2005),
            (self.immigrants_2024, self.emigrants_2024),
        )

    @property
    def receives(self) -> bool:
        """Whether more came than left."""
        return self.immigrants_2024 > self.emigrants_2024


@cache
def sides() -> dict[str, Side]:
    """Return the countries that stand on one side, by area."""
    text = files("sojourn.flows.inputs").joinpath("sides.csv").read_text("utf-8")
    return {s.area_id: s for s in read_rows(text, Side, where="sides.csv")}


@dataclass(frozen=True)
class Oriented:
    """Known countries of a run, and how many stand on the side that published stocks give.

    ``known`` is nought where too few of either side are among the labels.
    """

    known: int
    agree: int


def refuse_wrong_side(stocks: Stocks, *, accept: bool = False) -> Oriented:
    """Return how tables agree with published stocks, or refuse two that look transposed.

    Raises
    ------
    EstimateError
        Most known countries stand on the wrong side: the largest of them is named with its numbers.
    """
    n = stocks.n
    both = stocks.start[:n] + stocks.end[:n]
    own = np.diagonal(both)
    into, out_of = both.sum(axis=0) - own, both.sum(axis=1) - own
    found = [
        (side, bool(into[j] > out_of[j]) == side.receives, j)
        for j, label in enumerate(stocks.places)
        if (side := _side(label)) is not None and into[j] != out_of[j]
    ]
    receiving = sum(side.receives for side, _, _ in found)
    if min(receiving, len(found) - receiving) < FEWEST:
        return Oriented(0, 0)
    agree = sum(right for _, right, _ in found)
    if accept or len(found) - agree < TELLING * len(found):
        return Oriented(len(found), agree)
    side, _, j = max((x for x in found if not x[1]), key=lambda x: abs(into[x[2]] - out_of[x[2]]))
    raise EstimateError(
        f"the two stock tables look transposed: {len(found) - agree} of {len(found)} known countries "
        f"stand on the wrong side; {stocks.places[j]} has {into[j] / 2:,.0f} foreign-born and "
        f"{out_of[j] / 2:,.0f} people abroad as given, in UN DESA's stock of 2024 "
        f"{side.immigrants_2024:,} and {side.emigrants_2024:,}",
        hint="birthplaces stand down, residence across; --accept-balance goes on all the same",
    )


def _side(label: str) -> Side | None:
    """Return the side of a label that names a known country."""
    try:
        return sides().get(area_id(label))
    except SojournError:
        return None
