"""Copies of a site in which one thing is eased for one unit: what a fix would change, in words.

A rule is never switched off for everybody: the room is changed until the rule is met, or the people
concerned agree to something they have not agreed to yet.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sojourn.errors import counted
from sojourn.relocation.planner.agreed import agreed
from sojourn.relocation.planner.contest import Limit, Scarce
from sojourn.relocation.planner.eligibility import (
    MEDICAL,
    QUEUE_MARGIN,
    ROOMS_OF,
    WHOLE_ROOMS,
    Eligibility,
    Pool,
    children_at,
)
from sojourn.relocation.planner.units import Unit
from sojourn.relocation.site.site import (
    Certainty,
    Escort,
    LinkStrength,
    Place,
    Room,
    RoomType,
    Site,
    TravelTime,
    Vehicle,
)

HOURS_LATER = 3.0  # by which a place would have to stay open longer
COACH, ADAPTED, AMBULANCE = (50, 0), (12, 3), (4, 0)  # seats, wheelchair slots, if none is listed


@dataclass(frozen=True)
class Eased:
    """A site in which something is changed.

    Attributes
    ----------
    site : Site
    said : tuple of str
        What is changed, in words.
    """

    site: Site
    said: tuple[str, ...]


def with_more(site: Site, eligible: Eligibility, more: Mapping[Limit, int], persons: int) -> Eased:
    """Return the site with more of what is scarce.

    Parameters
    ----------
    more : mapping of Limit to int
        Beds or rooms, licences, arrivals, school places.
    persons : int
        Who may arrive where rooms are added; licences and arrivals there grow by as many.
    """
    said = []
    for limit, count in sorted(more.items(), key=lambda item: item[0].name):
        place = next(p for p in site.places if p.id == limit.place)
        if limit.pool is not None:
            site = _rooms(site, eligible, limit.pool, count)
            grown = replace(
                _minded(place, persons), max_arrivals_per_day=place.max_arrivals_per_day + persons
            )
            what = (
                f"rooms of {counted(limit.pool.beds_per_room, 'bed')}"
                if limit.pool.beds_per_room
                else "beds"
            )
            said.append(f"{count:,} more {limit.pool.room_type.value} {what} at {limit.place}")
        else:
            grown = _papers(place, limit.what, count)
            staff = grown.child_staff != place.child_staff
            also = ", and staff for them" if staff else ""
            said.append(f"{count:,} more {limit.what.value} at {limit.place}{also}")
        site = _with_place(site, grown)
    return Eased(site, tuple(said))


def _papers(place: Place, what: Scarce, count: int) -> Place:
    if what is Scarce.LICENCE:
        return _minded(place, count)
    if what is Scarce.ARRIVALS:
        return replace(place, max_arrivals_per_day=place.max_arrivals_per_day + count)
    if what is Scarce.PRIMARY:
        return replace(place, school_primary=place.school_primary + count)
    return replace(place, school_secondary=place.school_secondary + count)


def _minded(place: Place, count: int) -> Place:
    """Give a place a licence, and staff where its staff is told, for so many more children alone."""
    most, ratio = children_at(place) + count, place.children_per_staff
    staff = place.child_staff
    if ratio and staff is not None:
        staff = max(staff, math.ceil(most / ratio))
    return replace(place, max_children=max(place.max_children, most), child_staff=staff)


def _with_place(site: Site, changed: Place) -> Site:
    return replace(site, places=tuple(changed if p.id == changed.id else p for p in site.places))


def _rooms(site: Site, eligible: Eligibility, pool: Pool, count: int) -> Site:
    """Add rooms until so many more can be counted on; promised ones count for less (R01)."""
    rooms, beds = count, max(pool.beds_per_room, 1)
    if eligible.places[pool.place].certainty is Certainty.PROMISED and eligible.rules.on("R01"):
        factor = eligible.rules["R01"].number("promised_factor")
        rooms = int(-(-count // factor)) + 1 if factor > 0 else count
    more = Room(place_id=pool.place, room_type=pool.room_type, rooms=rooms, beds_per_room=beds)
    return replace(site, rooms=(*site.rooms, more))


def opened(site: Site, eligible: Eligibility, unit: Unit, pool: Pool) -> Eased | None:
    """Change one place, and what the unit agreed to, until no rule closes these rooms to it.

    Returns
    -------
    Eased or None
        ``None`` where nothing may be changed: a place on the list of compromised ones (R09), or one
        that was withdrawn.
    """
    refused = set(eligible.refusals(unit, pool))
    place = eligible.places[pool.place]
    if "R09" in refused or place.certainty is Certainty.WITHDRAWN:
        return None
    changed, said = _opened_place(eligible, unit, place, refused)
    site = _with_place(site, changed)
    if room := _room_for(unit, pool, place):
        kind, beds = room
        site = replace(
            site,
            rooms=(
                *site.rooms,
                Room(place_id=place.id, room_type=kind, rooms=1, beds_per_room=beds),
            ),
        )
        said.append(f"a {kind.value} room with {counted(beds, 'bed')} at {place.id}")
    if "R12" in refused:
        most = int(eligible.rules["R12"].number("max_travel_minutes"))
        times = tuple(t for t in site.travel if t.place_id != place.id)
        site = replace(site, travel=(*times, TravelTime(place_id=place.id, minutes=most // 2)))
        said.append(f"a place like {place.id} within {most} minutes")
    consented, also = agreed(site, unit, place, refused)
    return Eased(consented, (*said, *also))


def new_place(site: Site, unit: Unit) -> tuple[Eased, ...]:
    """Add a place with all that the unit needs, in each region that it accepts."""
    found = []
    for region in [r for r, _ in unit.points] or sorted({p.region for p in site.places}):
        like = next((p for p in site.places if p.region == region), site.places[0])
        name = f"new place in {region}"
        if any(p.id == name for p in site.places):
            continue
        place = replace(
            like,
            id=name,
            region=region,
            department=name,
            opens=None,
            closes=None,
            child_safe=True,
            child_licence="asked for",
            max_children=unit.size,
            children_per_staff=None,
            child_staff=None,
            women_safe=True,
            step_free=True,
            medical=MEDICAL,
            max_arrivals_per_day=unit.size,
            certainty=Certainty.CONFIRMED,
        )
        wider = replace(site, places=(*site.places, place))
        kind = sorted(kinds_for(unit))[0]
        pool = Pool(name, kind, unit.size if kind in WHOLE_ROOMS else 0, 0)
        eased = opened(wider, Eligibility(wider), unit, pool)
        if eased is not None:
            found.append(replace(eased, said=(f"a {name}", *eased.said)))
    return tuple(found)


def unbound(site: Site, unit: Unit) -> tuple[Eased, ...]:
    """Let those who must live in one region with the unit live in another; empty if there are none.

    Links that keep people apart are never eased.
    """
    mine = {*unit.persons}
    bound = [k for k in site.links if k.strength is LinkStrength.SAME_REGION and {k.a, k.b} & mine]
    if not bound:
        return ()
    links = tuple(replace(k, strength=LinkStrength.PREFER) if k in bound else k for k in site.links)
    others = sorted(
        {p.case_id for p in site.persons if any(p.id in (k.a, k.b) for k in bound)} - {*unit.cases}
    )
    return (
        Eased(
            replace(site, links=links),
            (f"the case and {', '.join(others)} agree to live in two regions",),
        ),
    )


def kinds_for(unit: Unit) -> set[RoomType]:
    """Return the kinds of room that a unit may have."""
    return {RoomType.ISOLATION} if "isolation_room" in unit.needs else ROOMS_OF[unit.kind]


def _room_for(unit: Unit, pool: Pool, place: Place) -> tuple[RoomType, int] | None:
    """Return the kind and beds of a room that a place lacks for a unit."""
    kinds = kinds_for(unit)
    short = pool.takes(unit.size) > pool.capacity
    if pool.room_type in kinds and not short:
        return None
    kind = pool.room_type if pool.room_type in kinds else sorted(kinds)[0]
    beds = max(unit.size, pool.beds_per_room if kind in WHOLE_ROOMS else 1)
    return kind, beds if place.certainty is not Certainty.PROMISED else 2 * beds


def _opened_place(
    eligible: Eligibility, unit: Unit, place: Place, refused: Collection[str]
) -> tuple[Place, list[str]]:
    changed, said = place, list[str]()
    if "R04" in refused and unit.alone:
        changed = replace(
            _minded(changed, unit.size),
            child_safe=True,
            child_licence=place.child_licence or "asked for",
        )
        staff = " and staff" if changed.child_staff != place.child_staff else ""
        said.append(f"{place.id} is child-safe, with a licence{staff} for {unit.size} more")
    if "R07" in refused and not place.women_safe:
        changed = replace(changed, women_safe=True)
        said.append(f"a women-safe part at {place.id}")
    missing = tuple(n for n in MEDICAL if n in unit.needs and n not in place.medical)
    if "R10" in refused and missing:
        changed = replace(changed, medical=(*place.medical, *missing))
        said.append(f"the care that is needed within reach of {place.id}")
    if "R11" in refused:
        changed = replace(changed, step_free=True)
        said.append(f"step-free access at {place.id}")
    if "R16" in refused:
        minutes = eligible.minutes_to(place.id, children=unit.children > 0) + QUEUE_MARGIN
        hour = eligible.rules.operation.first_departure + minutes / 60 + HOURS_LATER
        changed = replace(
            changed,
            opens=None,
            closes=None,
            latest_arrival=max(place.latest_arrival, hour),
            max_arrivals_per_day=place.max_arrivals_per_day + unit.size,
        )
        said.append(
            f"{place.id} receives {unit.size} more on the days of the move, until {changed.latest_arrival:.1f} h"
        )
    return changed, said


def with_transport(site: Site, unit: Unit, place: str) -> tuple[Eased, ...]:
    """Return sites with more means of travel for a unit, the cheapest first."""
    vehicle, escorts = _vehicle(site, unit), _escorts(site, unit)
    with_vehicle = replace(site, vehicles=(*site.vehicles, vehicle))
    found = [Eased(with_vehicle, (f"one more {vehicle.type} of {counted(vehicle.seats, 'seat')}",))]
    both = with_vehicle
    if escorts:
        kinds = " and ".join(
            counted(n, f"more {kind} escort")
            for kind, n in sorted(
                {e.kind: sum(o.kind == e.kind for o in escorts) for e in escorts}.items()
            )
        )
        found.append(Eased(replace(site, escorts=(*site.escorts, *escorts)), (kinds,)))
        both = replace(with_vehicle, escorts=(*site.escorts, *escorts))
        found.append(Eased(both, (*found[0].said, kinds)))
    at = next(p for p in both.places if p.id == place)
    later = _with_place(
        both,
        replace(
            at,
            latest_arrival=at.latest_arrival + HOURS_LATER,
            max_arrivals_per_day=at.max_arrivals_per_day + unit.size,
        ),
    )
    hours = f"{place} receives {unit.size} more a day, {HOURS_LATER:g} hours longer"
    found.append(Eased(later, (*found[-1].said, hours)))
    operation = site.rules.operation
    rules = replace(site.rules, operation=replace(operation, days=operation.days + 1))
    found.append(
        Eased(replace(later, rules=rules), (*found[-1].said, "one more day of departures"))
    )
    return tuple(found)


def _vehicle(site: Site, unit: Unit) -> Vehicle:
    """Return one more vehicle of the largest kind listed that suits the unit."""
    kind = "ambulance" if unit.stretchers else "adapted" if unit.adapted else "coach"
    seats, slots = {"ambulance": AMBULANCE, "adapted": ADAPTED}.get(kind, COACH)
    listed = [v for v in site.vehicles if v.type == kind]
    most = max((v.seats for v in listed), default=seats)
    room = max(most, unit.size + 1 + unit.children)
    name = max((v.id for v in site.vehicles), default="V") + "+"
    return Vehicle(
        id=name,
        type=kind,
        seats=room,
        wheelchair_slots=max([slots, unit.wheelchairs, *(v.wheelchair_slots for v in listed)]),
        drivers=2,
    )


def _escorts(site: Site, unit: Unit) -> tuple[Escort, ...]:
    """Return the escorts that the unit alone would need at most."""
    kinds = ["child protection"] * (unit.size if unit.alone else 0)
    kinds += ["medical"] * unit.medical_escort
    if site.rules.on("R19") and site.rules["R19"].parameters["hard"] and unit.languages:
        kinds.append(f"interpreter:{min(unit.languages, key=lambda x: (-x[1], x[0]))[0]}")
    return tuple(Escort(id=f"~{n}", kind=kind) for n, kind in enumerate(kinds))
