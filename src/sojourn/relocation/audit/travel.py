"""Rules about the way: who travels with whom, when they arrive, how long anybody drives or waits."""

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sojourn.errors import counted
from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.site.site import Mobility

if TYPE_CHECKING:
    from sojourn.relocation.proposal.proposal import Trip


def children(facts: Facts) -> Iterator[str]:
    """Children alone: escorts enough, no adult who is not theirs, in one room or one vehicle."""
    kinds = {e.id: e for e in facts.site.escorts}
    rule = facts.site.rules["R05"]
    day = facts.site.rules.operation.departure
    for trip in facts.plan.trips:
        rows = facts.on_trip.get(trip.id, ())
        alone = [r for r in rows if facts.alone(r.case_id)]
        adults = [r for r in rows if not facts.child(facts.people[r.person_id])]
        if alone and adults:
            yield f"trip {trip.id}: children alone with {counted(len(adults), 'adult')}, among them {adults[0].person_id}"
        if len(facts.disputed(alone)) > 1:
            yield f"trip {trip.id}: children alone with others whose age is disputed or unknown"
        ages = [facts.people[r.person_id].age_on(day) for r in alone]
        young = sum(age is not None and age < rule.number("young_below") for age in ages)
        asked = (len(alone) - young) / rule.number("children_per_escort") + young / rule.number(
            "children_per_escort_young"
        )
        guards = [e for e in trip.escorts if e in kinds and kinds[e].kind == "child protection"]
        if alone and (
            len(guards) < asked - 1e-9 or sum(kinds[e].max_children for e in guards) < len(alone)
        ):
            yield f"trip {trip.id}: {counted(len(alone), 'child', 'children')} alone with {counted(len(guards), 'escort')}"
    for one, two in facts.strangers():
        if one in facts.assigned and two in facts.assigned and facts.site.rules.on("R03"):
            yield f"cases {one} and {two}: children bound to adults who are no family of theirs"


def means(facts: Facts) -> Iterator[str]:
    """Ask that vehicles and escorts make one trip a day, on a day of theirs, with seats for all."""
    vehicles = {v.id: v for v in facts.site.vehicles}
    escorts = {e.id: e for e in facts.site.escorts}
    used = Counter[tuple[str, object]]()
    for trip in facts.plan.trips:
        vehicle = vehicles.get(trip.vehicle_id)
        if vehicle is None or (vehicle.days and trip.day not in vehicle.days):
            yield f"trip {trip.id}: vehicle {trip.vehicle_id} is not there on {trip.day}"
            continue
        used[vehicle.id, trip.day] += 1
        for escort in trip.escorts:
            used[escort, trip.day] += 1
            if escort not in escorts or (
                escorts[escort].days and trip.day not in escorts[escort].days
            ):
                yield f"trip {trip.id}: escort {escort} is not there on {trip.day}"
        seated = len(facts.on_trip.get(trip.id, ())) - facts.slots(trip) + len(trip.escorts)
        if seated > vehicle.seats:
            yield f"trip {trip.id}: {counted(seated, 'person', 'people')} for {counted(vehicle.seats, 'seat')}"
    for (name, day), times in sorted(used.items(), key=str):
        if times > 1:
            yield f"{name} makes {times} trips on {day}"


def wheelchairs(facts: Facts) -> Iterator[str]:
    """Step-free places and slots for wheelchairs; an ambulance for stretchers."""
    vehicles = {v.id: v for v in facts.site.vehicles}
    for case, a in facts.assigned.items():
        people = facts.unit(case)
        asked = "step_free" in facts.asked(case) or any(
            p.mobility in (Mobility.WHEELCHAIR, Mobility.STRETCHER) for p in people
        )
        if asked and not facts.places[a.place_id].step_free:
            yield f"case {case} needs a step-free place and goes to {a.place_id}"
    for trip in facts.plan.trips:
        vehicle = vehicles.get(trip.vehicle_id)
        rows = facts.on_trip.get(trip.id, ())
        lying = [r for r in rows if facts.people[r.person_id].mobility is Mobility.STRETCHER]
        if vehicle and facts.slots(trip) > vehicle.wheelchair_slots:
            yield f"trip {trip.id}: {facts.slots(trip)} wheelchairs for {vehicle.wheelchair_slots} slots"
        if vehicle and lying and vehicle.type != "ambulance":
            yield f"trip {trip.id}: a stretcher in a {vehicle.type}"


def pregnancy(facts: Facts) -> Iterator[str]:
    """Late pregnancy arrives within the limit."""
    most = facts.site.rules["R12"].number("max_travel_minutes")
    for trip in facts.plan.trips:
        for row in facts.on_trip.get(trip.id, ()):
            if "late_pregnancy" not in facts.needs(facts.people[row.person_id]):
                continue
            spent = [s.arrival - trip.departure for s in trip.stops if s.place_id == row.place_id]
            if not spent or spent[0] > most:
                yield f"trip {trip.id}: {row.case_id} travels {spent[0] if spent else '?'} minutes"


def arrivals(facts: Facts) -> Iterator[str]:
    """Places open, doors not yet closed, no more people in a day than can be received."""
    count = Counter[tuple[str, object]]()
    operation = facts.site.rules.operation
    for trip in facts.plan.trips:
        if not 0 <= (trip.day - operation.departure).days < operation.days:
            yield f"trip {trip.id} leaves on {trip.day}, no day of the operation"
        carried = Counter(r.place_id for r in facts.on_trip.get(trip.id, ()))
        for stop in trip.stops:
            place = facts.places[stop.place_id]
            count[place.id, trip.day] += carried[place.id]
            if stop.arrival > place.latest_arrival * 60:
                yield f"trip {trip.id} reaches {place.id} at {stop.arrival // 60:02}:{stop.arrival % 60:02}"
            if (place.opens and trip.day < place.opens) or (
                place.closes and trip.day >= place.closes
            ):
                yield f"trip {trip.id} goes to {place.id}, closed on {trip.day}"
            if stop.persons != carried[place.id]:
                yield f"trip {trip.id} says {counted(stop.persons, 'person', 'people')} for {place.id} and carries {carried[place.id]}"
    for (place_id, day), persons in sorted(count.items(), key=str):
        if persons > facts.places[place_id].max_arrivals_per_day:
            yield f"{place_id} receives {counted(persons, 'person', 'people')} on {day}"


def hours(facts: Facts) -> Iterator[str]:
    """Work out the course of every trip anew: rests, driving time, hours of arrival."""
    rule, operation = facts.site.rules["R17"], facts.site.rules.operation
    drivers = {v.id: v.drivers for v in facts.site.vehicles}
    from_depot = {v.id: v.depot_minutes or 0 for v in facts.site.vehicles}
    for trip in facts.plan.trips:
        young = any(facts.child(facts.people[r.person_id]) for r in facts.on_trip.get(trip.id, ()))
        often = int(rule.number("rest_every_minutes_child"))
        every = often if young else int(rule.number("rest_every_minutes"))
        legs, rest = facts.legs(trip), int(rule.number("rest_minutes"))
        now, fuller = (course_of(legs, n, rest, operation.stop_minutes) for n in (every, often))
        left = trip.id in facts.departed  # it may have had children on board
        yield from _course(trip, *(fuller if left and _went(trip) == fuller else now))
        most = rule.number("driving_minutes_per_driver") * drivers.get(trip.vehicle_id, 1)
        before = from_depot.get(trip.vehicle_id, 0)
        if before + sum(legs) > most:
            yield f"trip {trip.id} drives {before + sum(legs)} minutes with the way from its depot, {most:g} are allowed"
        stretch = _longest(trip, int(rule.number("rest_minutes")), operation.stop_minutes)
        if rule.number("rest_minutes") and stretch > every:
            yield f"trip {trip.id} drives {stretch} minutes without a rest, {every} are allowed"
        alone = drivers.get(trip.vehicle_id, 1) < 2
        duty = rule.number("duty_minutes_one_driver" if alone else "duty_minutes_two_drivers")
        course = max((s.arrival for s in trip.stops), default=trip.departure) - trip.departure
        lasts = before + operation.boarding_minutes + course
        if lasts > duty:
            yield f"trip {trip.id} lasts {lasts} minutes with boarding and the way from its depot, {duty:g} are allowed"


def _went(trip: "Trip") -> tuple[list[int], int]:
    """Return the minutes to each stop, and the number of rests, that a trip states."""
    return [s.arrival - trip.departure for s in trip.stops], len(trip.rests)


def _course(trip: "Trip", earliest: list[int], rests: int) -> Iterator[str]:
    """Hold the hours that a trip states against the road."""
    for stop, minutes in zip(trip.stops, earliest, strict=True):
        early = stop.arrival - trip.departure - minutes
        if early:
            yield f"trip {trip.id} cannot reach {stop.place_id} so {'early' if early < 0 else 'late'}"
    if len(trip.rests) != rests:
        yield f"trip {trip.id} rests {len(trip.rests)} times, {rests} are needed"
    ends = max((s.arrival for s in trip.stops), default=trip.departure)
    if list(trip.rests) != sorted(trip.rests) or any(
        not trip.departure <= r <= ends for r in trip.rests
    ):
        yield f"trip {trip.id} rests before it leaves, after it arrives, or out of order"


def _longest(trip: "Trip", rest: int, stop: int) -> int:
    """Return the longest time at the wheel between two rests, by the hours that the plan states."""
    standing = [(r, rest, True) for r in trip.rests]
    standing += [(s.arrival, stop, stop >= rest) for s in trip.stops]
    clock, since, longest = trip.departure, 0, 0
    for begins, lasts, rested in sorted(standing):
        since += begins - clock
        longest, clock = max(longest, since), begins + lasts
        since = 0 if rested else since
    return longest


def course_of(legs: list[int], every: int, rest: int, stop: int) -> tuple[list[int], int]:
    """Return the earliest arrival at each stop and the number of rests."""
    clock = since = rests = 0
    out = []
    for leg in legs:
        left = leg
        while rest and since + left > every:
            driven = every - since
            clock, left, since, rests = clock + driven + rest, left - driven, 0, rests + 1
        clock, since = clock + left, since + left
        out.append(clock)
        clock += stop
        since = 0 if stop >= rest else since
    return out, rests


def waiting(facts: Facts) -> Iterator[str]:
    """Ask that the most protected leave first, nobody waits too long, and no bay boards two trips at once."""
    most = facts.site.rules["R18"].number("max_wait_minutes")
    board = facts.site.rules.operation.boarding_minutes
    by_bay: dict[tuple[object, int], list[Trip]] = {}
    for trip in facts.plan.trips:
        if not 0 <= trip.departure - trip.call <= most:
            yield f"trip {trip.id} is called {trip.departure - trip.call} minutes before it leaves"
        by_bay.setdefault((trip.day, trip.bay), []).append(trip)
    for trips in by_bay.values():
        trips.sort(key=lambda t: t.departure)
        for one, two in itertools.pairwise(trips):
            if two.departure - one.departure < board:
                yield f"trips {one.id} and {two.id} board at one bay at once"
    yield from _order(facts)


def _order(facts: Facts) -> Iterator[str]:
    """Ask that within a day a trip with more protected people leaves no later than one without.

    Somebody whom R08 keeps from others may have to wait for the other half of the day, and a trip that
    has left when the plan was made could not be asked.
    """
    by_day: dict[object, list[tuple[int, int, str]]] = {}
    held = {facts.people[p].case_id for pair in facts.apart for p in pair}
    for trip in facts.plan.trips:
        cases = {r.case_id for r in facts.on_trip.get(trip.id, ())}
        tier = min((facts.tier(c) for c in cases), default=trip.tier)
        if tier != trip.tier:
            yield f"trip {trip.id} is said to be of tier {trip.tier} and is of tier {tier}"
        if not cases & held and trip.id not in facts.departed:
            by_day.setdefault(trip.day, []).append((trip.departure, tier, trip.id))
    for trips in by_day.values():
        trips.sort()
        for (left, first, one), (later, second, two) in itertools.pairwise(trips):
            if second < first and left < later:
                yield f"trip {one} of tier {first} leaves before {two} of tier {second}"


def interpreters(facts: Facts) -> Iterator[str]:
    """Ask for an interpreter for the main language of a trip; one that has left had others on board."""
    kinds = {e.id: e.kind for e in facts.site.escorts}
    for trip in facts.plan.trips:
        if trip.id in facts.departed:
            continue
        spoken = Counter(
            facts.people[r.person_id].languages[0]
            for r in facts.on_trip.get(trip.id, ())
            if facts.people[r.person_id].languages
        )
        if spoken:
            main = min(spoken, key=lambda x: (-spoken[x], x))
            if facts.site.rules["R19"].parameters["hard"] and f"interpreter:{main}" not in {
                kinds.get(e) for e in trip.escorts
            }:
                yield f"trip {trip.id} has no interpreter for {main}"
