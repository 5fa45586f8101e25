"""Who was expected where and when by a plan, and has not been seen there.

An expected arrival that did not happen is an alarm whether or not the person has any event: someone
whom no device ever saw would otherwise be nobody's concern.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from sojourn.errors import PlanError
from sojourn.relocation.custody.custody import MISSING, MOST_HOURS, SETTLED, Event, Standing
from sojourn.relocation.proposal.proposal import Proposal

AWAY = (*SETTLED, "transferred", MISSING)  # no arrival of this plan is waited for
ABOARD = "on vehicle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One person's journey in a plan.

    Attributes
    ----------
    departs, arrives : datetime
        With the site's offset.
    """

    person: str
    case: str
    trip: str
    vehicle: str
    place: str
    departs: datetime
    arrives: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """Somebody who should have left, or arrived, and of whom no device says so.

    Attributes
    ----------
    what : str
        ``arrival`` or ``departure``.
    last : Event or None
        The last that is known; None when there is no event at all.
    """

    person: str
    what: str
    at: datetime
    expected: Expected
    last: Event | None


def expected(plan: Proposal, zone: tzinfo) -> tuple[Expected, ...]:
    """Return each person's departure and arrival by a plan, sorted by person.

    Parameters
    ----------
    zone : tzinfo
        In which the hours of the plan are meant.

    Raises
    ------
    PlanError
        The manifest names a trip or a stop that the plan does not have.
    """
    trips = {t.id: t for t in plan.trips}
    found = []
    for row in plan.manifest:
        trip = trips.get(row.trip_id)
        stop = next((s for s in trip.stops if s.place_id == row.place_id), None) if trip else None
        if trip is None or stop is None:
            raise PlanError(
                f"trip {row.trip_id}: no stop at {row.place_id} in the plan",
                hint="name the folder that sojourn relocate plan wrote",
            )
        midnight = datetime(trip.day.year, trip.day.month, trip.day.day, tzinfo=zone)
        found.append(
            Expected(
                person=row.person_id,
                case=row.case_id,
                trip=trip.id,
                vehicle=trip.vehicle_id,
                place=row.place_id,
                departs=midnight + timedelta(minutes=trip.departure),
                arrives=midnight + timedelta(minutes=stop.arrival),
            )
        )
    return tuple(sorted(found, key=lambda e: (e.person, e.arrives)))


def overdue(
    found: Standing, plan: Iterable[Expected], now: datetime, hours: float
) -> list[Overdue]:
    """Return who should have left or arrived for so many hours, the longest overdue first.

    Raises
    ------
    PlanError
        ``hours`` is negative, or more than ten years.
    """
    if not 0 <= hours <= MOST_HOURS:
        raise PlanError(f"{hours} hours late", hint=f"a number from 0 to {MOST_HOURS:,}")
    late = []
    for one in plan:
        last = found.of(one.person)
        state = last.state if last else ""
        if state in AWAY:
            continue
        for what, at in (("arrival", one.arrives), ("departure", one.departs)):
            passed = at + timedelta(hours=hours) <= now
            if passed and not (what == "departure" and state == ABOARD):
                late.append(Overdue(person=one.person, what=what, at=at, expected=one, last=last))
                break
    return sorted(late, key=lambda o: (o.at.astimezone(UTC), o.person))


def not_coming(
    found: Standing, plan: Iterable[Expected], declined: Container[str]
) -> list[Expected]:
    """Return the journeys of cases that declined and that have not begun: the plan is to be made anew.

    Whoever is on a vehicle is waited for, whatever was answered before.

    Parameters
    ----------
    declined : container of str
        Cases, by signed events.
    """
    of = ((one, found.of(one.person)) for one in plan if one.case in declined)
    return [one for one, last in of if last is None or last.state not in (ABOARD, *AWAY)]


def elsewhere(found: Standing, plan: Iterable[Expected]) -> list[tuple[Expected, Event]]:
    """Return who arrived, but not where the plan says, under any pseudonym of the same person."""
    journeys = tuple(plan)
    meant: dict[str, set[str]] = {}
    for one in journeys:
        meant.setdefault(found.name(one.person), set()).add(one.place)
    pairs = ((one, found.of(one.person)) for one in journeys)
    return [
        (one, e)
        for one, e in pairs
        if e is not None and e.state == "arrived" and e.where and e.where not in meant[e.person]
    ]
