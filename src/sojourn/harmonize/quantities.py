"""Quantities that several publishers count, and which of the counts is chosen: data, with reasons."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from sojourn.errors import BadDeclaration

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
    says : str
        What is counted, in the publisher's terms.
    """

    dataset: str
    indicator: str
    says: str
    where: Mapping[str, str] = field(default_factory=dict)
    sum: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What is counted more than once; the first count that has a number is chosen.

    Attributes
    ----------
    reason : str
        Why the counts stand in this order.
    """

    id: str
    unit: str
    reason: str
    counts: tuple[Count, ...]


def read_quantities(text: str, *, where: str) -> tuple[Quantity, ...]:
    """Read declared quantities.

    Raises
    ------
    BadDeclaration
        A quantity lacks its unit, reason or counts, or fixes a column nobody has.
    """
    found = []
    for name, entry in tomllib.loads(text).items():
        try:
            counts = tuple(Count(**c) for c in entry.pop("counts"))
            found.append(Quantity(id=name, counts=counts, **entry))
        except (KeyError, TypeError) as error:
            raise BadDeclaration(
                f"{where}: [{name}]: {error}", hint="unit, reason, counts; see the other entries"
            ) from None
        unknown = sorted({k for c in counts for k in c.where} - set(FIXABLE))
        if unknown or not found[-1].reason.strip():
            raise BadDeclaration(
                f"{where}: [{name}]: {', '.join(unknown) or 'no reason given'}",
                hint=f"a count may fix {', '.join(FIXABLE)}, and each rule has its reason",
            )
    return tuple(found)


@cache
def quantities() -> tuple[Quantity, ...]:
    """Return the quantities that the package declares."""
    text = files("sojourn.harmonize").joinpath("quantities.toml").read_text("utf-8")
    return read_quantities(text, where="quantities.toml")
