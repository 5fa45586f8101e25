"""What was published of October 2016, and what a replay has to assume: declared apart, never mixed.

A figure carries publisher, where it was read, and its date; an assumption carries its range, its
evidence mark and its reason. ``calais.toml`` holds the figures, ``replay.toml`` the assumptions.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from sojourn.errors import SiteRefused
from sojourn.terminal.toml import read_toml

MARKS = ("assumed", "derived")


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
    mark: str
    reason: str


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


def read_facts(figures: str, assumptions: str, *, where: str) -> Facts:
    """Read the two declarations.

    Raises
    ------
    SiteRefused
        A figure lacks its source or date, or an assumption its range, mark or reason.
    """
    found = [
        _figure(e, f"{where}, figure {i}")
        for i, e in enumerate(_entries(figures, "figure", where), 1)
    ]
    assumed = [
        _assumption(e, f"{where}, assumption {i}")
        for i, e in enumerate(_entries(assumptions, "assumption", where), 1)
    ]
    names = [*(f.id for f in found), *(a.id for a in assumed)]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise SiteRefused(
            f"{where}: {', '.join(twice)} declared twice",
            hint="a figure is published or assumed, once",
        )
    return Facts({f.id: f for f in found}, {a.id: a for a in assumed})


def _entries(text: str, kind: str, where: str) -> list[dict[str, Any]]:
    try:
        return list(read_toml(text).get(kind, []))
    except tomllib.TOMLDecodeError as error:
        raise SiteRefused(f"{where}: {error}", hint=f"one [[{kind}]] an entry") from None


def _figure(entry: dict[str, Any], place: str) -> Figure:
    try:
        one = Figure(**entry)
    except TypeError as error:
        raise SiteRefused(
            f"{place}: {error}", hint="id, value, unit, day, publisher, reference"
        ) from None
    if not one.publisher or not one.reference or one.value < 0 or type(one.day) is not date:
        raise SiteRefused(
            f"{place} ({one.id}): a figure without publisher, reference or date",
            hint="declare where it was read and when it was said",
        )
    return one


def _assumption(entry: dict[str, Any], place: str) -> Assumption:
    try:
        one = Assumption(**entry)
    except TypeError as error:
        raise SiteRefused(
            f"{place}: {error}", hint="id, value, low, high, unit, mark, reason"
        ) from None
    if one.mark not in MARKS or not one.reason or not one.low <= one.value <= one.high:
        raise SiteRefused(
            f"{place} ({one.id}): mark {one.mark!r}, {one.low} ≤ {one.value} ≤ {one.high}",
            hint=f"mark is one of {', '.join(MARKS)}; the value lies within its range and has a reason",
        )
    return one


@cache
def calais_2016() -> Facts:
    """Return the declarations of Calais, October 2016."""
    room = files("sojourn.relocation.replay")
    figures = room.joinpath("calais.toml").read_text("utf-8")
    return read_facts(figures, room.joinpath("replay.toml").read_text("utf-8"), where="calais-2016")
