"""Rules about people: nobody lost, nobody split, nobody sent where they did not accept to go."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sojourn.errors import counted
from sojourn.relocation.audit.facts import NEAR, Facts
from sojourn.relocation.proposal.proposal import Outcome
from sojourn.relocation.site.site import Consent, LinkStrength, Presence

if TYPE_CHECKING:
    from sojourn.relocation.proposal.proposal import Trip

NOON = 13 * 60


def everybody(facts: Facts) -> Iterator[str]:
    """Everyone registered has exactly one outcome; nobody else is in the plan."""
    plan, found = facts.plan, Counter[str]()
    unplaced = {u.case_id for u in plan.unplaced}
    out = {o.person_id: o.outcome for o in plan.out_of_plan}
    for person in facts.site.persons:
        inside = (
            person.presence is Presence.PRESENT
            and facts.cases[person.case_id].consent is not Consent.DECLINED
        )
        found[person.id] += person.id in out
        if inside:
            found[person.id] += (person.case_id in facts.assigned) + (person.case_id in unplaced)
        if found[person.id] != 1:
            yield f"person {person.id} has {found[person.id]} outcomes"
        expected = {
            Presence.LEFT: Outcome.LEFT,
            Presence.DECEASED_OR_OTHER: Outcome.OTHER,
        }.get(person.presence, Outcome.DECLINED)
        if person.id in out and (inside or out[person.id] is not expected):
            yield f"person {person.id} is out of the plan as {out[person.id].value}"
    for case in sorted((unplaced | facts.assigned.keys()) - facts.movable):
        yield f"case {case} is no part of the move and is planned"
    for person_id in sorted(set(out) - set(facts.people)):
        yield f"person {person_id} is not registered"


def whole_cases(facts: Facts) -> Iterator[str]:
    """Ask that a case has one assignment, and all its people one trip, once."""
    for case, times in Counter(a.case_id for a in facts.plan.assignments).items():
        if times > 1:
            yield f"case {case} is assigned {times} times"
    seen = Counter(r.person_id for r in facts.plan.manifest)
    for case, a in facts.assigned.items():
        people = facts.present.get(case, ())
        if a.persons != len(people):
            yield f"case {case} is planned as {counted(a.persons, 'person')} and has {len(people)}"
        rows = [r for r in facts.on_trip.get(a.trip_id, ()) if r.case_id == case]
        if {r.person_id for r in rows} != {p.id for p in people} or any(
            seen[p.id] != 1 for p in people
        ):
            yield f"case {case} is not whole on trip {a.trip_id}"
        if any(r.place_id != a.place_id for r in rows):
            yield f"case {case} leaves trip {a.trip_id} at another place than its own"
        trip = facts.trips.get(a.trip_id)
        if trip is None or trip.day != a.day or a.place_id not in {s.place_id for s in trip.stops}:
            yield f"case {case} has no trip that goes to {a.place_id} on {a.day}"
    for person_id in sorted(
        set(seen) - {p.id for c in facts.assigned for p in facts.present.get(c, ())}
    ):
        yield f"person {person_id} is on a manifest and not in the plan"


def together(facts: Facts) -> Iterator[str]:
    """Cases that one rule binds have one place and one trip; one region where that is asked."""
    yield from _parted(facts, "R03")
    for link, _, _ in facts.live_links:
        if link.strength is LinkStrength.SAME_REGION:
            regions = [facts.places[a.place_id].region for a in _both(facts, link.a, link.b)]
            if len(set(regions)) > 1:
                yield f"persons {link.a} and {link.b} are bound to one region and go to {' and '.join(regions)}"


def _both(facts: Facts, one: str, two: str) -> list:  # type: ignore[type-arg] # of Assignment
    found = [facts.assigned.get(facts.people[p].case_id) for p in (one, two) if p in facts.people]
    return [a for a in found if a] if all(found) and len(found) == 2 else []


def _parted(facts: Facts, rule: str) -> Iterator[str]:
    """Yield cases that a rule binds and that have not one place and one trip."""
    for bond, one, two in facts.bonds:
        a, b = facts.assigned.get(one), facts.assigned.get(two)
        if bond != rule or one == two:
            continue
        if (a is None) != (b is None):
            yield f"cases {one} and {two} are bound and only one has a place"
        elif a and b and (a.place_id, a.trip_id) != (b.place_id, b.trip_id):
            yield f"cases {one} and {two} are bound and go to {a.place_id} and {b.place_id}"


def siblings(facts: Facts) -> Iterator[str]:
    """Siblings of whom one is a child have one place, unless kept apart by decision."""
    yield from _parted(facts, "R06")


def apart(facts: Facts) -> Iterator[str]:
    """People to be kept apart have different places, and on the way where that is asked."""
    wider = facts.site.rules["R08"].parameters["other_department"]
    for link, _, _ in facts.live_links:
        if link.strength not in (LinkStrength.SEPARATE, LinkStrength.NOT_MEET):
            continue
        pair = _both(facts, link.a, link.b)
        if not pair:
            continue
        ends = [facts.places[a.place_id] for a in pair]
        if ends[0].id == ends[1].id or (wider and ends[0].department == ends[1].department):
            yield f"persons {link.a} and {link.b} must be kept apart and both go to {ends[0].id}"
        trips = [t for a in pair if (t := facts.trips.get(a.trip_id))]
        if link.strength is LinkStrength.NOT_MEET and len(trips) == len(pair) and _meet(*trips):
            yield f"persons {link.a} and {link.b} must not meet and leave in one half-day"


def _meet(one: "Trip", two: "Trip") -> bool:
    """Whether two trips leave in one half-day, or their people wait at one time."""
    half = (one.departure < NOON) == (two.departure < NOON)
    wait = one.call < two.departure and two.call < one.departure
    return one.day == two.day and (half or wait)


def consent(facts: Facts) -> Iterator[str]:
    """Only with consent, only to regions offered or wished, children with a signed sheet."""
    for case, a in facts.assigned.items():
        known = facts.cases.get(case)
        if known is None:
            continue
        if known.consent in (Consent.DECLINED, Consent.PENDING):
            yield f"case {case} is moved and its consent is {known.consent.value}"
        if bool(known.consent_by) != bool(known.consent_on):
            yield f"case {case} is moved and who consented, or when, is not known"
        if known.consent_on and known.consent_on > facts.site.rules.operation.departure:
            yield f"case {case} is moved and its consent is of {known.consent_on}, after the departure"
        accepted = {*known.offered_regions, *known.wishes}
        region = facts.places[a.place_id].region if a.place_id in facts.places else ""
        if region not in accepted and "any" not in accepted:
            yield f"case {case} goes to {region}, which was neither offered nor wished"
        if facts.alone(case) and not known.best_interest_signed:
            yield f"case {case} of children alone has no signed best-interest sheet"


def relatives(facts: Facts) -> Iterator[str]:
    """Ask that a verified relative draws to its department, unless the place must stay hidden."""
    for relative in facts.site.relatives:
        if relative.status not in NEAR:
            continue
        if relative.place_or_country not in facts.places or relative.person not in facts.people:
            continue
        a = facts.assigned.get(facts.people[relative.person].case_id)
        if a is None or "protected_place" in facts.asked(a.case_id):
            continue
        if facts.people[relative.person] not in facts.unit(a.case_id):
            continue
        near = {d for p in facts.unit(a.case_id) for d in facts.relatives_at.get(p.id, ())}
        if facts.places[a.place_id].department not in near:
            yield f"person {relative.person} has a relative in {', '.join(sorted(near))} and goes elsewhere"


def frozen(facts: Facts) -> Iterator[str]:
    """Ask that a frozen decision is still there; a change may not name it."""
    for change in facts.plan.changes:
        if change.case_id in facts.plan.frozen:
            yield f"case {change.case_id} was frozen and is changed"
    for case in facts.plan.frozen:
        if case not in facts.assigned:
            yield f"case {case} was frozen and has no place"
    left = {e.id for e in facts.plan.events if e.kind == "trip departed"}
    for case, a in facts.assigned.items():
        if a.trip_id in left and case not in facts.plan.frozen:
            yield f"case {case} is on trip {a.trip_id}, which has left, and is not frozen"
    yield from _kept(facts)


def _kept(facts: Facts) -> Iterator[str]:
    """Compare frozen decisions with the plan before, where there is one."""
    if facts.previous is None:
        return
    was = {a.case_id: a for a in facts.previous.assignments}
    for case in facts.plan.frozen:
        a, b = was.get(case), facts.assigned.get(case)
        if a is None or (
            b is not None
            and (a.place_id, a.room_type, a.day, a.trip_id)
            != (b.place_id, b.room_type, b.day, b.trip_id)
        ):
            yield f"case {case} was frozen and its place, day or trip is another than before"
    gone = {c.case_id for c in facts.plan.changes} | set(facts.plan.frozen)
    for case in facts.previous.frozen:
        if case in facts.movable and case not in gone:
            yield f"case {case} was frozen and is no longer"
