"""What a site is measured by: quantities the user states, against published standards.

A threshold stands only where a standard is cited. A quantity that is not stated leaves its
indicators without a value; it is never taken for zero.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sojourn.errors import SiteRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """How one indicator is made, and what is asked of it.

    Attributes
    ----------
    over, per : str
        Quantities; the indicator is their quotient.
    at_least, at_most : float or None
        Both None: nothing is asked, for no standard is cited.
    source : str
        Which standard, and its place in it.
    """

    id: str
    over: str
    per: str
    unit: str
    source: str
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of a site.

    Attributes
    ----------
    value : float or None
        None where a quantity is not stated, or would be divided by zero.
    met : bool or None
        None where there is no value or nothing is asked.
    """

    standard: Standard
    value: float | None
    met: bool | None
    text: str


@cache
def standards() -> tuple[Standard, ...]:
    """Return the indicators, as declared."""
    text = files("sojourn.plan").joinpath("indicators.toml").read_text("utf-8")
    return tuple(Standard(**entry) for entry in tomllib.loads(text)["indicator"])


def read_quantities(text: str, *, where: str) -> dict[str, float]:
    """Read quantities from TOML, one ``name = number`` a line.

    Raises
    ------
    SiteRefused
        A quantity is unknown, or no number from 0.
    """
    known = sorted({q for s in standards() for q in (s.over, s.per)})
    try:
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SiteRefused(f"{where}: {error}", hint="one name = number a line") from None
    for name, value in given.items():
        if name not in known:
            raise SiteRefused(f"{where}, {name[:40]}: unknown quantity", hint=f"one of: {', '.join(known)}")  # fmt: skip
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
            raise SiteRefused(f"{where}, {name}: found {str(value)[:40]!r}, expected a number from 0", hint="leave out what is not known")  # fmt: skip
    return given


def weigh(quantities: Mapping[str, float]) -> tuple[Indicator, ...]:
    """Return every indicator of which a quantity is stated, and what is asked of it.

    >>> [i.text for i in weigh({"persons": 1000, "toilets": 20})][2]
    'toilets: 50 persons a toilet, not met: at most 20'
    """
    return tuple(_one(s, quantities) for s in standards() if {s.over, s.per} & set(quantities))


def _one(standard: Standard, quantities: Mapping[str, float]) -> Indicator:
    lost = [q for q in (standard.over, standard.per) if q not in quantities]
    if lost:
        return Indicator(standard, None, None, f"{standard.id}: not known, {lost[0]} is not stated")
    over, per = quantities[standard.over], quantities[standard.per]
    if not per:
        met = None if standard.at_most is None else over == 0
        return Indicator(standard, None, met, f"{standard.id}: {over:g} {standard.over} and no {standard.per}" + ("" if met is not False else ", not met"))  # fmt: skip
    value = over / per
    shown = f"{standard.id}: {value:.3g} {standard.unit}"
    if standard.at_least is not None:
        asked, met = f"at least {standard.at_least:g}", value >= standard.at_least
    elif standard.at_most is not None:
        asked, met = f"at most {standard.at_most:g}", value <= standard.at_most
    else:
        return Indicator(standard, value, None, f"{shown}, no threshold: no standard is cited")
    return Indicator(standard, value, met, f"{shown}, {'met' if met else 'not met'}: {asked}")
