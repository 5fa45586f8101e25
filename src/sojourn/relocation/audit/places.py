"""Rules about places: beds, licences, safety, care."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from sojourn.errors import counted
from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.site.site import Certainty, Fitness, Place, RoomType, Sex

WHOLE = ("family unit", "isolation")
FOR = {
    "children": {"child"},
    "men": {"single men", "mixed"},
    "women": {"women only"},
    "family": {"family unit"},
    "other": {"mixed", "isolation"},
}
ADAPTED = ("adapted", "ambulance")
CARE = ("nurse", "gp", "hospital", "dialysis", "maternity", "psychiatric")


def capacity(facts: Facts) -> Iterator[str]:
    """Beds and whole rooms suffice, each for those it is for; promised ones count in part."""
    factor = facts.site.rules["R01"].number("promised_factor")
    have: dict[tuple[str, str, int], int] = defaultdict(int)
    for room in facts.site.rooms:
        kind = RoomType(room.room_type).value
        size = room.beds_per_room if kind in WHOLE else 0
        have[room.place_id, kind, size] += room.rooms * (1 if size else room.beds_per_room)
    used = Counter[tuple[str, str, int]]()
    for case, a in facts.assigned.items():
        key = (a.place_id, a.room_type, a.beds_per_room)
        if a.room_type in WHOLE:
            used[key] += a.rooms
        else:
            used[key] += len(facts.present.get(case, ()))
        if a.rooms < 0 or (a.rooms and a.room_type not in WHOLE):
            yield f"case {case}: {counted(a.rooms, 'room')} where single beds are taken"
        yield from _fits(facts, case)
        if key not in have:
            yield f"case {case} is given rooms that {a.place_id} does not have"
    for key, taken in sorted(used.items()):
        place = facts.places.get(key[0])
        share = (
            {Certainty.PROMISED: factor, Certainty.WITHDRAWN: 0.0}.get(place.certainty, 1.0)
            if place
            else 0.0
        )
        there = math.floor(have.get(key, 0) * share + 1e-9)
        if taken > there:
            yield f"{key[0]}: {taken} of {key[1]} taken, {there} there"


def _fits(facts: Facts, case: str) -> Iterator[str]:
    a, people = facts.assigned[case], facts.unit(case)
    allowed = {"isolation"} if "isolation_room" in facts.asked(case) else FOR[facts.kind(people)]
    if a.room_type not in allowed:
        yield f"case {case} ({facts.kind(people)}) is in a room of kind {a.room_type}"
    if a.room_type in WHOLE:
        mates = {p.case_id for p in people} & facts.assigned.keys()
        if len({(facts.assigned[c].room_type, facts.assigned[c].beds_per_room) for c in mates}) > 1:
            yield f"case {case} is given other rooms than those who stay with it"
        rooms = sum(facts.assigned[c].rooms for c in mates)
        asked = math.ceil(len(people) / a.beds_per_room) if a.beds_per_room > 0 else -1
        if rooms != asked:
            yield f"case {case}: {counted(rooms, 'room')} of {counted(a.beds_per_room, 'bed')} for {counted(len(people), 'person', 'people')}"


def children(facts: Facts) -> Iterator[str]:
    """Children alone: child-safe, licensed, within the licence."""
    count = Counter[str]()
    for case, a in facts.assigned.items():
        if not facts.alone(case):
            continue
        place = facts.places[a.place_id]
        count[place.id] += len(facts.present[case])
        if not (place.child_safe and place.child_licence):
            yield f"case {case} of children alone goes to {place.id}, which is not licensed for them"
    for place_id, persons in sorted(count.items()):
        place = facts.places[place_id]
        if persons > place.max_children:
            yield f"{place_id}: {counted(persons, 'child', 'children')} alone, licence for {place.max_children}"
        minded = staffed(place)
        if minded is not None and persons > minded:
            yield f"{place_id}: {counted(persons, 'child', 'children')} alone, staff for {minded}"
    yield from _own_rooms(facts)


def staffed(place: Place) -> int | None:
    """Return how many children alone the staff of a place may mind; None where that is not told."""
    told = (place.children_per_staff, place.child_staff)
    return None if None in told else math.floor(told[0] * told[1] + 1e-9)  # type: ignore[operator]


def _own_rooms(facts: Facts) -> Iterator[str]:
    """No room holds known children and others whose age is disputed or unknown."""
    on: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for case, a in facts.assigned.items():
        if a.room_type == "child" and facts.alone(case):
            doubt = any(facts.uncertain(p) for p in facts.unit(case))
            on[a.place_id][doubt] += len(facts.present[case])
    for place_id, (known, doubtful) in sorted(on.items()):
        if not (known and doubtful):
            continue
        rooms = [r for r in facts.site.rooms if r.place_id == place_id and r.room_type == "child"]
        sums = {0}
        for beds in (r.beds_per_room for r in rooms for _ in range(r.rooms)):
            sums |= {s + beds for s in sums}
        total = max(sums)
        if not any(doubtful <= s <= total - known for s in sums):
            yield (
                f"{place_id}: {doubtful} whose age is disputed or unknown and "
                f"{counted(known, 'known child', 'known children')} do not fit into rooms apart"
            )


def women(facts: Facts) -> Iterator[str]:
    """Girls alone, women alone and whoever needs it have a women-safe place."""
    for case, a in facts.assigned.items():
        people = facts.unit(case)
        girls = facts.alone(case) and any(p.sex is not Sex.MALE for p in people)
        asked = "women_safe" in facts.asked(case)
        alone = facts.kind(people) == "women"
        if (girls or alone or asked) and not facts.places[a.place_id].women_safe:
            yield f"case {case} needs a women-safe place and goes to {a.place_id}"


def compromised(facts: Facts) -> Iterator[str]:
    """Nobody who needs a protected place goes to one on the compromised list."""
    listed = set(facts.site.rules["R09"].names("compromised_places"))
    for case, a in facts.assigned.items():
        if a.place_id in listed and "protected_place" in facts.asked(case):
            yield f"case {case} may not go to {a.place_id}"
    yield from _beside(facts)


def _beside(facts: Facts) -> Iterator[str]:
    """Nobody who needs a protected place is at one with people whom R08 keeps from others."""
    under = {facts.together[facts.people[p].case_id] for pair in facts.apart for p in pair}
    at_risk, near = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for case, a in facts.assigned.items():
        if "protected_place" in facts.asked(case):
            at_risk[a.place_id].add(facts.together[case])
        elif facts.together[case] in under:
            near[a.place_id].add(facts.together[case])
    for place in sorted(at_risk.keys() & near.keys()):
        one, two = min(at_risk[place]), min(near[place])
        yield f"case {one} is at {place} with case {two}, of whom somebody must be kept from others"


def medical(facts: Facts) -> Iterator[str]:
    """Care that is needed is there; the unfit stay; who needs an escort has one."""
    kinds = {e.id: e.kind for e in facts.site.escorts}
    vehicles = {v.id: v for v in facts.site.vehicles}
    for case, a in facts.assigned.items():
        people = facts.unit(case)
        missing = sorted(
            n for n in facts.asked(case) & set(CARE) if n not in facts.places[a.place_id].medical
        )
        if missing:
            yield f"case {case} needs {', '.join(missing)}, which {a.place_id} has not"
        if any(p.fit_to_travel is Fitness.NO for p in people):
            yield f"case {case} is moved and somebody in it is not fit to travel"
        escorted = any(p.fit_to_travel is Fitness.WITH_ESCORT for p in people)
        trip = facts.trips.get(a.trip_id)
        if escorted and trip and "medical" not in {kinds.get(e) for e in trip.escorts}:
            yield f"case {case} travels on {trip.id} without the medical escort it needs"
        vehicle = vehicles.get(trip.vehicle_id) if trip else None
        if escorted and vehicle and not (vehicle.wheelchair_slots or vehicle.type in ADAPTED):
            yield f"case {case} travels in a {vehicle.type}, which is not adapted"


def schools(facts: Facts) -> Iterator[str]:
    """School places for children in families, by age."""
    day = facts.site.rules.operation.departure
    wanted = Counter[tuple[str, str]]()
    for case, a in facts.assigned.items():
        if facts.kind(facts.unit(case)) != "family":
            continue
        for person in facts.present[case]:
            age = person.age_on(day) or 0
            if facts.child(person) and 6 <= age < 18:
                wanted[a.place_id, "primary" if age < 12 else "secondary"] += 1
    for (place_id, level), count in sorted(wanted.items()):
        there = getattr(facts.places[place_id], f"school_{level}")
        if count > there:
            yield f"{place_id}: {counted(count, 'child', 'children')} of {level} school age, {counted(there, 'place')}"


def concentration(facts: Facts) -> Iterator[str]:
    """No place receives more than a share of one combination of needs."""
    share = facts.site.rules["R20"].number("max_share")
    total, here = Counter[frozenset[str]](), Counter[tuple[str, frozenset[str]]]()
    for case in sorted(facts.movable):
        people, needs = facts.present[case], facts.asked(case)
        total[needs] += len(people)
        if needs and case in facts.assigned:
            here[facts.assigned[case].place_id, needs] += len(people)
    for (place_id, needs), count in sorted(here.items(), key=lambda x: (x[0][0], sorted(x[0][1]))):
        if count > max(1, int(share * total[needs])):
            yield f"{place_id} receives {count} of {total[needs]} with one combination of needs"
