"""Quantities that several publishers count, and which of the counts is chosen: data, with reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from sojourn.terminal.declared import NAMED, REST, read_declared
from sojourn.terminal.nearest import nearest_and_all

#: Columns of an observation that a count may fix.
FIXABLE = ("origin", "destination", "sex", "age", "detail", "criterion", "ref_area")
#: In ``where``: whatever stands in the column.
EVERY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One publisher's count of a quantity.

    Attributes
    ----------
    where : mapping
        Column to the code that a row must carry.
    sum : bool
        Whether a place's number is the sum of its rows without total rows (all origins).
    says, says_fr, says_es : str
        What is counted, in the publisher's terms, by language.
    """

    dataset: str
    indicator: str
    says: str
    says_fr: str = ""
    says_es: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    sum: bool = False

    def __post_init__(self) -> None:
        """Refuse a column that no count may fix."""
        if unknown := sorted(set(self.where) - set(FIXABLE)):
            raise ValueError(
                f"where.{unknown[0]} is no column that a count may fix; {nearest_and_all(unknown[0], FIXABLE)}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What is counted more than once; the first count that has a number is chosen.

    Attributes
    ----------
    reason : str
        Why the counts stand in this order.
    """

    id: str = field(metadata={NAMED: True})
    unit: str
    reason: str
    counts: tuple[Count, ...]

    def __post_init__(self) -> None:
        """Refuse an order that nobody gives a reason for, and one of nothing."""
        if not self.reason.strip() or not self.counts:
            raise ValueError(
                f"no {'counts' if self.reason.strip() else 'reason'} given; each rule has both"
            )


@dataclass(frozen=True, slots=True)
class Quantities:
    """The file of quantities: one table each."""

    quantities: Mapping[str, Quantity] = field(metadata={REST: True})


def read_quantities(text: str, *, where: str) -> tuple[Quantity, ...]:
    """Read declared quantities.

    Raises
    ------
    BadDeclaration
        A quantity lacks its unit, reason or counts, or fixes a column nobody has.
    """
    return tuple(read_declared(text, Quantities, where=where).quantities.values())


@cache
def quantities() -> tuple[Quantity, ...]:
    """Return the quantities that the package declares."""
    text = files("sojourn.query").joinpath("quantities.toml").read_text("utf-8")
    return read_quantities(text, where="quantities.toml")
