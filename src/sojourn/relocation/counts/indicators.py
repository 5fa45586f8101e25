"""What a site is measured by: quantities the user states, against published standards.

A threshold stands only where a standard is cited. A quantity that is not stated leaves its
indicators without a value; it is never taken for zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil, floor

from sojourn.errors import SiteRefused
from sojourn.relocation.site.site import (
    Certainty,
    Consent,
    Person,
    Presence,
    Room,
    RoomType,
    Sex,
    Site,
)
from sojourn.terminal.declared import packaged
from sojourn.terminal.nearest import nearest_and_all
from sojourn.terminal.typed import NotToml, read_toml


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

    def __post_init__(self) -> None:
        """Refuse two thresholds, and one that no standard is cited for."""
        asked = [t for t in (self.at_least, self.at_most) if t is not None]
        if len(asked) > 1:
            raise ValueError("at_least and at_most; one of them, or none")
        if asked and not self.source.strip():
            raise ValueError("a threshold without a source; cite the standard and its place in it")


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


@dataclass(frozen=True, slots=True)
class Standards:
    """The file of indicators."""

    indicator: tuple[Standard, ...]


@cache
def standards() -> tuple[Standard, ...]:
    """Return the indicators, as declared."""
    return packaged("sojourn.relocation.counts", "indicators.toml", Standards).indicator


def read_quantities(text: str, *, where: str) -> dict[str, float]:
    """Read quantities from TOML, one ``name = number`` a line.

    Raises
    ------
    SiteRefused
        A quantity is unknown, or no number from 0.
    """
    known = sorted({q for s in standards() for q in (s.over, s.per)})
    try:
        given = read_toml(text)
    except NotToml as error:
        raise SiteRefused(f"{where}: {error}", hint="one name = number a line") from None
    for name, value in given.items():
        if name not in known:
            raise SiteRefused(
                f"{where}, {name[:40]}: unknown quantity", hint=nearest_and_all(name, known)
            )
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
            raise SiteRefused(
                f"{where}, {name}: found {str(value)[:40]!r}, expected a number from 0",
                hint="leave out what is not known",
            )
    return given


def weigh(quantities: Mapping[str, float]) -> tuple[Indicator, ...]:
    """Return every indicator of which a quantity is stated, and what is asked of it.

    >>> [i.text for i in weigh({"persons": 1000, "toilets": 20})][2]
    'toilets: 50 persons a toilet, not met: at most 20'
    """
    return tuple(_one(s, quantities) for s in standards() if {s.over, s.per} & set(quantities))


def quantities_of(site: Site) -> dict[str, float]:
    """Return what a site's tables say of people and of places by kind: the early warning.

    Places that were withdrawn are left out, promised ones count by the factor of rule R01. A place
    takes no more children than its licence says. Declined and absent people need no place.
    """
    day = site.rules.operation.departure
    staying = {c.id for c in site.cases if c.consent is Consent.DECLINED}
    cases: dict[str, list[Person]] = {}
    for p in site.persons:
        if p.presence is Presence.PRESENT and p.case_id not in staying:
            cases.setdefault(p.case_id, []).append(p)
    rooms = _rooms(site)
    largest = max((r.beds_per_room for r, _ in rooms if r.room_type is RoomType.FAMILY), default=1)
    people_of = {"child": 0, "women only": 0, "family unit": 0, "": 0}
    rooms_needed = 0
    for people in cases.values():
        adults = {p.sex for p in people if not p.counts_as_child(day)}
        children = any(p.counts_as_child(day) for p in people)
        family = bool(adults) and (children or len(adults) > 1)
        kind = (
            "child"
            if not adults
            else "family unit"
            if family
            else "women only"
            if adults == {Sex.FEMALE}
            else ""
        )
        people_of[kind] += len(people)
        rooms_needed += ceil(len(people) / largest) if family else 0
    return {
        "persons": sum(people_of.values()),
        "children_alone": people_of["child"],
        "child_places": _child_places(site, rooms),
        "women_alone": people_of["women only"],
        "women_places": sum(
            floor(r.rooms * r.beds_per_room * f)
            for r, f in rooms
            if r.room_type is RoomType.WOMEN_ONLY
        ),
        "family_rooms_needed": rooms_needed,
        "family_rooms": sum(floor(r.rooms * f) for r, f in rooms if r.room_type is RoomType.FAMILY),
    }


def _rooms(site: Site) -> list[tuple[Room, float]]:
    """Return each room with the share of it that may be counted on."""
    share = {
        Certainty.CONFIRMED: 1.0,
        Certainty.WITHDRAWN: 0.0,
        Certainty.PROMISED: site.rules["R01"].number("promised_factor"),
    }
    of = {p.id: share[p.certainty] for p in site.places}
    return [(r, of[r.place_id]) for r in site.rooms]


def _child_places(site: Site, rooms: Iterable[tuple[Room, float]]) -> int:
    """Beds for children, no more in a place than its licence says."""
    beds: dict[str, float] = {}
    for room, share in rooms:
        if room.room_type is RoomType.CHILD:
            beds[room.place_id] = (
                beds.get(room.place_id, 0) + room.rooms * room.beds_per_room * share
            )
    return sum(floor(min(beds.get(p.id, 0), p.max_children)) for p in site.places if p.child_safe)


def _one(standard: Standard, quantities: Mapping[str, float]) -> Indicator:
    lost = [q for q in (standard.over, standard.per) if q not in quantities]
    if lost:
        return Indicator(standard, None, None, f"{standard.id}: not known, {lost[0]} is not stated")
    over, per = quantities[standard.over], quantities[standard.per]
    if not per:
        met = None if standard.at_most is None else over == 0
        return Indicator(
            standard,
            None,
            met,
            f"{standard.id}: {over:g} {standard.over} and no {standard.per}"
            + ("" if met is not False else ", not met"),
        )
    value = over / per
    shown = f"{standard.id}: {value:.3g} {standard.unit}"
    if standard.at_least is not None:
        asked, met = f"at least {standard.at_least:g}", value >= standard.at_least
    elif standard.at_most is not None:
        asked, met = f"at most {standard.at_most:g}", value <= standard.at_most
    else:
        return Indicator(standard, value, None, f"{shown}, no threshold: no standard is cited")
    return Indicator(standard, value, met, f"{shown}, {'met' if met else 'not met'}: {asked}")
