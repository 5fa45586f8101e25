"""What was published of October 2016, and what a replay has to assume: declared apart, never mixed.

A figure carries publisher, where it was read, and its date; an assumption carries its range, its
evidence mark and its reason. ``calais.toml`` holds the figures, ``replay.toml`` the assumptions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from sojourn.errors import SiteRefused
from sojourn.terminal.declared import read_declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One published figure.

    Attributes
    ----------
    id : str
        Stable name; its words stand in the text catalogues.
    unit : str
        Persons, coaches, centres, hours of the day and so on.
    at_least : bool
        Whether it was published as a lower limit.
    """

    id: str
    value: float
    unit: str
    day: date
    publisher: str
    reference: str
    at_least: bool = False

    def __post_init__(self) -> None:
        """Refuse a figure of which nobody can see who said it, and one below zero."""
        if not self.publisher or not self.reference or self.value < 0:
            raise ValueError(
                "a figure without publisher or reference, or below zero; declare where it was read"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One parameter that nobody published.

    Attributes
    ----------
    value, low, high : float
        Central value, and the range each run draws from (triangular); equal where it is fixed.
    mark : str
        ``assumed``, or ``derived`` from published figures by the arithmetic in ``reason``.
    """

    id: str
    value: float
    low: float
    high: float
    unit: str
    mark: Literal["assumed", "derived"]
    reason: str

    def __post_init__(self) -> None:
        """Refuse an assumption without a reason, or outside its own range."""
        if not self.reason:
            raise ValueError("no reason; say why it is assumed")
        if not self.low <= self.value <= self.high:
            raise ValueError(
                f"{self.low} ≤ {self.value} ≤ {self.high}; the value lies within its range"
            )


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures and the assumptions of a replay, by id."""

    figures: Mapping[str, Figure]
    assumptions: Mapping[str, Assumption]

    def value(self, name: str) -> float:
        """Return a published figure."""
        return self.figures[name].value

    def day(self, name: str) -> date:
        """Return the date of a published figure."""
        return self.figures[name].day

    def assumed(self, name: str) -> float:
        """Return the central value of an assumption."""
        return self.assumptions[name].value


@dataclass(frozen=True, slots=True)
class Figures:
    """The file of what was published."""

    figure: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The file of what nobody published."""

    assumption: tuple[Assumption, ...] = ()


def read_facts(figures: str, assumptions: str, *, where: str) -> Facts:
    """Read the two declarations.

    Raises
    ------
    SiteRefused
        A figure lacks its source or date, or an assumption its range, mark or reason.
    """
    found = read_declared(figures, Figures, where=where, error=SiteRefused).figure
    assumed = read_declared(assumptions, Assumptions, where=where, error=SiteRefused).assumption
    names = [*(f.id for f in found), *(a.id for a in assumed)]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise SiteRefused(
            f"{where}: {', '.join(twice)} declared twice",
            hint="a figure is published or assumed, once",
        )
    return Facts({f.id: f for f in found}, {a.id: a for a in assumed})


@cache
def calais_2016() -> Facts:
    """Return the declarations of Calais, October 2016."""
    room = files("sojourn.relocation.replay")
    figures = room.joinpath("calais.toml").read_text("utf-8")
    return read_facts(figures, room.joinpath("replay.toml").read_text("utf-8"), where="calais-2016")
