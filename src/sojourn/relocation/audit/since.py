"""What a plan that was made again says of what happened since, and of who changes for it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.proposal.proposal import Change, Proposal, Trip

WITHOUT = "without a place"
FEWEST = "the fewest people who had to change"


def since(facts: Facts) -> Iterator[str]:
    """Ask that what happened, what is frozen for it and what changed belong together."""
    plan = facts.plan
    again = any(b.level == "L9" for b in plan.bounds)
    for event, times in Counter(plan.events).items():
        if times > 1:
            yield f"the plan says {event.kind!r} of {event.id} {times} times"
    if facts.movable and plan.events and not again:
        yield "the plan says what happened since, and does not say how many change for it"
    if (plan.changes or plan.frozen or plan.previous_digest) and not plan.events:
        yield "the plan names an earlier one, changes or frozen cases, and nothing that happened since"
    left = {a.case_id for a in plan.assignments if a.trip_id in facts.departed}
    for case in sorted(set(plan.frozen) - left):
        yield f"case {case} is frozen, and is on no trip that has left"
    for change in plan.changes:
        yield from _change(facts, change)
    yield from _compared(facts)
    yield from _moved(facts)


def _moved(facts: Facts) -> Iterator[str]:
    """Ask that as many people are said to change as do: exactly, where the plan before is at hand."""
    least = sum(len(facts.present[c.case_id]) for c in facts.plan.changes if _parted(facts, c))
    said = next((b.value for b in facts.plan.bounds if b.level == "L9"), None)
    if said is None:
        return
    exact = None if facts.previous is None else _other_rooms(facts)
    if said < least or exact not in (None, said):
        moved = least if said < least else exact
        yield f"level L9 is said to be {said:g}, and {moved} persons change their place"


def rooms_before(facts: Facts) -> dict[str, tuple[str, str, int]]:
    """Return the rooms that each party of those still to be moved had in the plan before, if it is at hand.

    They are of a place, a kind and a size; a party is named by the smallest case in it.
    """
    had = () if facts.previous is None else facts.previous.assignments
    was = {a.case_id: (a.place_id, a.room_type, a.beds_per_room) for a in had}
    return {facts.together[c]: was[c] for c in sorted(facts.movable) if c in was}


def _other_rooms(facts: Facts) -> int:
    """Return how many people are without the rooms that they had, though they may be others of one place."""
    rooms = {
        facts.together[c]: (a.place_id, a.room_type, a.beds_per_room)
        for c, a in facts.assigned.items()
    }
    before = rooms_before(facts)
    return sum(len(facts.unit(root)) for root, was in before.items() if rooms.get(root) != was)


def _compared(facts: Facts) -> Iterator[str]:
    """Compare what is said to have changed with the plan before, where it is at hand."""
    if facts.previous is None:
        return
    for event in facts.previous.events:
        if event not in facts.plan.events:
            yield f"{event.kind!r} of {event.id} had happened before the earlier plan, and is left out"
    yield from _left(facts, facts.previous)
    was = {a.case_id: a.place_id for a in facts.previous.assignments}
    now = {a.case_id: a.place_id for a in facts.plan.assignments}
    said = {c.case_id: c.before for c in facts.plan.changes}
    for case in sorted(was.keys() | now.keys() | said.keys()):
        before = was.get(case, WITHOUT)
        differs = before != now.get(case, WITHOUT)
        if differs and said.get(case) != before:
            told = said.get(case, "nothing")
            yield f"case {case} had {before} in the earlier plan, and the changes say {told}"
        elif case in said and not differs:
            yield f"case {case} is said to change, and has what it had in the earlier plan"


def _left(facts: Facts, previous: Proposal) -> Iterator[str]:
    """Ask that a trip that has left is the one of the plan before, and that of each case of it is said what became of it."""
    named = {e.id for e in facts.plan.events if e.kind.startswith("case ")}
    missed = {e.id for e in facts.plan.events if e.kind == "case no-show"}
    before = {t.id: t for t in previous.trips}
    for trip in facts.plan.trips:
        if trip.id in facts.departed and (
            trip.id not in before or _way(trip) != _way(before[trip.id])
        ):
            yield f"trip {trip.id} has left, and the earlier plan has it otherwise"
    on = {a.case_id for a in previous.assignments if a.trip_id in facts.departed}
    known = {e.id for e in previous.events if e.kind == "case no-show"}
    for case in sorted(missed - known):
        if case not in on or case in facts.plan.frozen:
            why = "is frozen" if case in on else "was on no trip that has left"
            yield f"case {case} is said not to have come, and {why}"
    for case in sorted(on - {*facts.plan.frozen} - named):
        yield f"case {case} was on a trip that has left, and nothing says that it was not on board"


def _way(trip: Trip) -> Trip:
    """Return a trip without who is on board."""
    return replace(trip, tier=0, stops=tuple(replace(s, persons=0) for s in trip.stops))


def _parted(facts: Facts, change: Change) -> bool:
    return change.case_id in facts.movable and change.before != WITHOUT


def _change(facts: Facts, change: Change) -> Iterator[str]:
    """Ask that a change is of a case that there is, from somewhere to where the plan has it."""
    case, plan = change.case_id, facts.plan
    if case not in facts.cases:
        yield f"case {case} is said to change, and is not registered"
        return
    if change.before not in facts.places and change.before != WITHOUT:
        yield f"case {case} is said to have had {change.before}, which is no place"
    out = {o.outcome.value for o in plan.out_of_plan if o.case_id == case}
    here = {facts.assigned[case].place_id} if case in facts.assigned else out or {WITHOUT}
    if change.after not in here or change.after == change.before:
        yield f"case {case} is said to change to {change.after} and does not"
    why = next((u.reason for u in plan.unplaced if u.case_id == case), FEWEST)
    if change.reason != why:
        yield f"case {case} is said to change for another reason than its own"
