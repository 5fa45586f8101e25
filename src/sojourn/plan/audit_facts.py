"""What the auditor works out for itself, from the raw tables and the plan alone."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sojourn.plan.proposal import Assignment, ManifestRow, Proposal, Trip
from sojourn.plan.site import Case, Consent, LinkStrength, Mobility, Person, Place, Presence, Site

EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Facts:
    """Look-ups over a site and the plan that is audited."""

    site: Site
    plan: Proposal

    @cached_property
    def people(self) -> Mapping[str, Person]:
        """Everyone registered."""
        return {p.id: p for p in self.site.persons}

    @cached_property
    def cases(self) -> Mapping[str, Case]:
        """Every case."""
        return {c.id: c for c in self.site.cases}

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Every place."""
        return {p.id: p for p in self.site.places}

    @cached_property
    def trips(self) -> Mapping[str, Trip]:
        """Every trip."""
        return {t.id: t for t in self.plan.trips}

    @cached_property
    def present(self) -> Mapping[str, tuple[Person, ...]]:
        """Who of each case is there and may be moved."""
        found: dict[str, list[Person]] = defaultdict(list)
        for person in self.site.persons:
            if person.presence is Presence.PRESENT:
                found[person.case_id].append(person)
        return {c: tuple(p) for c, p in found.items()}

    @cached_property
    def assigned(self) -> Mapping[str, Assignment]:
        """The assignment of each assigned case (the first, should there be two)."""
        found: dict[str, Assignment] = {}
        for a in self.plan.assignments:
            found.setdefault(a.case_id, a)
        return found

    @cached_property
    def on_trip(self) -> Mapping[str, tuple[ManifestRow, ...]]:
        """The manifest of each trip."""
        found: dict[str, list[ManifestRow]] = defaultdict(list)
        for row in self.plan.manifest:
            found[row.trip_id].append(row)
        return {t: tuple(r) for t, r in found.items()}

    @cached_property
    def children(self) -> frozenset[str]:
        """Whom hard rules treat as children."""
        day = self.site.rules.operation.departure
        return frozenset(p.id for p in self.site.persons if p.counts_as_child(day))

    def child(self, person: Person) -> bool:
        """Whether hard rules treat a person as a child."""
        return person.id in self.children

    @cached_property
    def together(self) -> Mapping[str, str]:
        """Case to the smallest case it must stay with: links of one place, siblings, parties."""
        root = {c: c for c in self.cases}

        def top(one: str) -> str:
            while root[one] != one:
                one = root[one]
            return one

        def bind(one: str, two: str) -> None:
            low, high = sorted((top(one), top(two)))
            root[high] = low

        movable = {c for c in self.cases if self.present.get(c) and self.cases[c].consent is not Consent.DECLINED}  # fmt: skip
        for a, b in self.bound_pairs(movable):
            bind(a, b)
        return {c: top(c) for c in self.cases}

    def bound_pairs(self, movable: set[str]) -> list[tuple[str, str]]:
        """Return pairs of cases that one rule binds to one place."""
        rules, pairs = self.site.rules, []
        for link in self.site.links:
            a, b = self.people.get(link.a), self.people.get(link.b)
            if a is None or b is None or not {a.case_id, b.case_id} <= movable:
                continue
            if Presence.PRESENT not in (a.presence,) or b.presence is not Presence.PRESENT:
                continue
            apart = link.strength in (LinkStrength.SEPARATE, LinkStrength.NOT_MEET)
            same = rules.on("R03") and link.strength is LinkStrength.SAME_PLACE
            kin = rules.on("R06") and link.type == "sibling" and not apart and (self.child(a) or self.child(b))  # fmt: skip
            if same or kin:
                pairs.append((a.case_id, b.case_id))
        if rules.on("R03") and rules["R03"].parameters["keep_parties"]:
            pairs += self._parties(movable)
        return pairs

    def _parties(self, movable: set[str]) -> list[tuple[str, str]]:
        parties: dict[str, list[str]] = defaultdict(list)
        for case in sorted(movable):
            if self.cases[case].travel_party_id:
                parties[self.cases[case].travel_party_id].append(case)
        pairs = []
        for ids in parties.values():
            kinds = {self.kind(self.present[c]) for c in ids}
            if len(kinds) == 1 and "family" not in kinds:  # who can share rooms
                pairs += [(ids[0], other) for other in ids[1:]]
        return pairs

    def kind(self, people: Sequence[Person]) -> str:
        """Tell who a set of people is made of: children, family, men, women or other."""
        adults = [p for p in people if not self.child(p)]
        if not adults:
            return "children"
        sexes = {p.sex.value for p in adults}
        if len(adults) < len(people) or {"F", "M"} <= sexes:
            return "family"
        return {"M": "men", "F": "women"}.get("".join(sexes), "other")

    @cached_property
    def bound(self) -> Mapping[str, tuple[Person, ...]]:
        """Everyone who may be moved, by the smallest case they must stay with."""
        found: dict[str, list[Person]] = defaultdict(list)
        for case, root in self.together.items():
            if self.cases[case].consent is not Consent.DECLINED:
                found[root] += self.present.get(case, ())
        return {root: tuple(people) for root, people in found.items()}

    def unit(self, case: str) -> tuple[Person, ...]:
        """Everyone who must stay with a case, and may be moved."""
        return self.bound.get(self.together[case], ())

    def alone(self, case: str) -> bool:
        """Whether a case is of children with no adult of theirs."""
        people = self.unit(case)
        return bool(people) and all(p.id in self.children for p in people)

    def needs(self, person: Person) -> set[str]:
        """Return what a person's flags ask for."""
        return {n for f in person.flags if f in self.site.needs for n in self.site.needs[f].needs}

    def day(self, number: int) -> date:
        """Return a day of the operation."""
        return self.site.rules.operation.departure + timedelta(days=number)

    def minutes(self, here: tuple[float, float], there: Place) -> int:
        """Driving minutes by great circle, detour factor and speed, rests excluded."""
        operation = self.site.rules.operation
        lat1, lat2 = math.radians(here[0]), math.radians(there.lat)
        east = math.radians(there.lon - here[1]) / 2
        half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(east) ** 2  # fmt: skip
        km = 2 * EARTH_KM * math.asin(math.sqrt(half)) * operation.detour_factor
        return max(1, math.ceil(km / operation.speed_kmh * 60))

    def legs(self, trip: Trip) -> list[int]:
        """Return driving minutes to each stop of a trip."""
        given = {t.place_id: t.minutes for t in self.site.travel}
        operation = self.site.rules.operation
        out, here = [], (operation.lat, operation.lon)
        for number, stop in enumerate(trip.stops):
            place = self.places[stop.place_id]
            first = given.get(place.id) if number == 0 else None
            out.append(self.minutes(here, place) if first is None else first)
            here = (place.lat, place.lon)
        return out

    def slots(self, trip: Trip) -> int:
        """Return how many people of a trip need a wheelchair slot."""
        rows = self.on_trip.get(trip.id, ())
        return sum(self.people[r.person_id].mobility is Mobility.WHEELCHAIR for r in rows)
