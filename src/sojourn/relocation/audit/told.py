"""What a plan says of itself, held against the tables: hours, bays, stops, labels, needs, reasons, gaps."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.worth import known_events
from sojourn.relocation.site.site import Mobility

if TYPE_CHECKING:
    from sojourn.relocation.proposal.proposal import Trip

#: Consequences that may be printed for the road; anything else would tell why somebody needs it.
ON_THE_ROAD = ("step_free", "nurse", "gp", "medical_escort", "late_pregnancy")
SEATS = {Mobility.WHEELCHAIR: "wheelchair slot", Mobility.STRETCHER: "stretcher"}


def told(facts: Facts) -> Iterator[str]:
    """Ask that what the plan says of trips, people and itself is so."""
    for trip in facts.plan.trips:
        yield from _trip(facts, trip)
    yield from _printed(facts)
    yield from _bounds(facts)
    yield from known_events(facts, _registered(facts))


def _registered(facts: Facts) -> dict[str, list[str]]:
    """Return what each kind of event can name."""
    cases, trips = list(facts.cases), list(facts.trips)
    return {
        "place withdrawn": list(facts.places),
        "vehicle withdrawn": [
            e.id for e in facts.plan.events
        ],  # gone from the tables: asked before
        "case declined": cases,
        "case absent": cases,
        "case no-show": cases,
        "trip departed": trips,
    }


def _trip(facts: Facts, trip: "Trip") -> Iterator[str]:
    operation = facts.site.rules.operation
    first, last = operation.first_departure * 60, operation.last_departure * 60
    if not int(first) <= trip.departure <= last:
        yield f"trip {trip.id} leaves at minute {trip.departure}, outside the hours of departure"
    if not 1 <= trip.bay <= max(operation.bays, 1):
        yield f"trip {trip.id} boards at bay {trip.bay} of {operation.bays}"
    if not 1 <= len(trip.stops) <= max(operation.max_stops, 1):
        yield f"trip {trip.id} has {len(trip.stops)} stops, at most {operation.max_stops} are allowed"
    arrivals = [s.arrival for s in trip.stops]
    if arrivals != sorted(arrivals) or any(a < trip.departure for a in arrivals):
        yield f"trip {trip.id} reaches its stops in another order than it names them"
    if any(facts.places[s.place_id].region != trip.region for s in trip.stops):
        yield f"trip {trip.id} is said to go to {trip.region} and does not"
    rows = facts.on_trip.get(trip.id, ())
    if (rows and trip.group.endswith("children") != any(facts.alone(r.case_id) for r in rows)) or (
        rows and ("disputed" in trip.group) != (True in facts.disputed(rows))
    ):
        yield f"trip {trip.id} is said to be of {trip.group} and is not"


def companies(facts: Facts) -> Iterator[str]:
    """Ask that each trip that has not left carries those alone whom it is said to be of."""
    for trip in facts.plan.trips:
        on = {facts.company(r.case_id) for r in facts.on_trip.get(trip.id, ())}
        if trip.id not in facts.departed and on - {trip.group}:
            others = ", ".join(sorted(on - {trip.group}))
            yield f"trip {trip.id} is said to be of {trip.group} and carries others: {others}"


def _printed(facts: Facts) -> Iterator[str]:
    for row in facts.plan.manifest:
        person = facts.people[row.person_id]
        asked = {n for n in facts.needs(person) if n in ON_THE_ROAD}
        if row.needs != tuple(n for n in ON_THE_ROAD if n in asked):
            yield f"the list says other needs of {row.person_id} than the road asks for"
        if row.seat != SEATS.get(person.mobility, "seat"):
            yield f"the list gives {row.person_id} another kind of seat than is needed"


def _bounds(facts: Facts) -> Iterator[str]:
    open_above = False  # a level above is short of its bound: this one can be better than its own
    for b in facts.plan.bounds:
        wrong = b.value < b.bound - 1e-6 if b.sense == "least" else b.value > b.bound + 1e-6
        if wrong and (b.level in ("L1", "L2", "L3") or b.gap < 1e-6 or not open_above):
            yield f"level {b.level} is said to be better than its bound"
        open_above = open_above or b.gap > 0
        if not abs(abs(b.value - b.bound) - b.gap) <= 2e-6:
            yield f"level {b.level} is said to be {b.gap:g} from its bound and is not"
