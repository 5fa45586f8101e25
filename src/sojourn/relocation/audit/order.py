"""The order of a plan's rows, which a reader follows: who boards before whom, which list comes first."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sojourn.relocation.audit.facts import Facts

#: Table to what its rows stand in the order of.
BY: dict[str, Callable[[Any], Any]] = {
    "assignments": lambda a: a.case_id,
    "unplaced": lambda u: u.case_id,
    "out_of_plan": lambda o: o.person_id,
    "trips": lambda t: (len(t.id), t.id),
    "groups": lambda g: f"{g.dimension}={g.group}",
    "changes": lambda c: c.case_id,
    "frozen": lambda case: case,
}


def order(facts: Facts) -> Iterator[str]:
    """Ask that rows stand in their own order, and the most protected board first (R18), all in the time for it."""
    for table, key in BY.items():
        if not _ascends([key(row) for row in getattr(facts.plan, table)]):
            yield f"the rows of {table} stand in another order than their own"
    of_trips = {t.id: n for n, t in enumerate(facts.plan.trips)}
    listed = [(of_trips.get(r.trip_id, -1), r.order) for r in facts.plan.manifest]
    if not _ascends(listed):
        yield "the rows of manifest stand in another order than their trips, or than people board"
    rules = facts.site.rules
    boarding = rules.operation.boarding_minutes
    if rules.on("R18"):
        boarding = min(boarding, int(rules["R18"].number("max_wait_minutes")))
    for trip in facts.plan.trips:
        if trip.call != trip.departure - boarding:
            yield f"trip {trip.id} is called at minute {trip.call}, and not {boarding} minutes before it leaves"
        rows = sorted(facts.on_trip.get(trip.id, ()), key=lambda r: r.order)
        turns = [(facts.tier(r.case_id), facts.together[r.case_id], r.person_id) for r in rows]
        if not _ascends(turns):
            yield f"trip {trip.id}: people board in another order than the most protected first"


def _ascends(keys: Sequence[Any]) -> bool:
    return list(keys) == sorted(keys)
