"""What the auditor works out for itself, from the raw tables and the plan alone."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sojourn.relocation.proposal.proposal import Assignment, ManifestRow, Proposal, Trip
from sojourn.relocation.site.site import (
    AgeSource,
    Case,
    Consent,
    Fitness,
    Link,
    LinkStrength,
    Mobility,
    Need,
    Person,
    Place,
    Presence,
    Sex,
    Site,
)

EARTH_KM = 6371.0088
OLDER = 60  # years
APART = (LinkStrength.SEPARATE, LinkStrength.NOT_MEET)
NEAR = ("verified", "reunification accepted")  # relatives who draw to their department
FAMILY = ("spouse", "parent", "child", "sibling", "guardian", "other relative")


@dataclass(frozen=True)
class Facts:
    """Look-ups over a site and the plan that is audited."""

    site: Site
    plan: Proposal
    previous: Proposal | None = None

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
    def regions(self) -> frozenset[str]:
        """Every region that has a place."""
        return frozenset(p.region for p in self.site.places)

    @cached_property
    def relatives_at(self) -> Mapping[str, set[str]]:
        """Person to the departments of relatives who are known to be there."""
        found = defaultdict[str, set[str]](set)
        for r in self.site.relatives:
            if r.status in NEAR and r.place_or_country in self.places:
                found[r.person].add(self.places[r.place_or_country].department)
        return found

    @cached_property
    def given(self) -> Mapping[str, int]:
        """Place to the minutes of the way there, where the tables give them."""
        return {t.place_id: t.minutes for t in self.site.travel}

    @cached_property
    def trips(self) -> Mapping[str, Trip]:
        """Every trip."""
        return {t.id: t for t in self.plan.trips}

    @cached_property
    def departed(self) -> frozenset[str]:
        """Trips that have left when the plan was made."""
        return frozenset(e.id for e in self.plan.events if e.kind == "trip departed")

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
        return self._closed((a, b) for _, a, b in self.bonds)

    def _closed(self, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Return case to the smallest case that pairs lead to, one after another."""
        near: dict[str, set[str]] = {c: set() for c in self.cases}
        for a, b in pairs:
            near[a].add(b)
            near[b].add(a)
        root: dict[str, str] = {}
        for case in sorted(near):
            todo = [] if case in root else [case]
            while todo:
                one = todo.pop()
                root[one] = case
                todo += [x for x in near[one] if x not in root]
        return root

    @cached_property
    def movable(self) -> frozenset[str]:
        """Cases of whom somebody is there and that have not declined."""
        return frozenset(
            c
            for c, k in self.cases.items()
            if self.present.get(c) and k.consent is not Consent.DECLINED
        )

    @cached_property
    def live_links(self) -> tuple[tuple[Link, str, str], ...]:
        """Links between people who may both be moved, with their cases."""
        found = []
        for link in self.site.links:
            a, b = self.people[link.a], self.people[link.b]
            there = a.presence is b.presence is Presence.PRESENT
            if there and {a.case_id, b.case_id} <= self.movable:
                found.append((link, a.case_id, b.case_id))
        return tuple(found)

    @cached_property
    def apart(self) -> frozenset[frozenset[str]]:
        """Pairs of people whom a rule keeps apart."""
        on = self.site.rules.on("R08")
        return frozenset(
            frozenset((k.a, k.b)) for k, _, _ in self.live_links if on and k.strength in APART
        )

    @cached_property
    def bonds(self) -> tuple[tuple[str, str, str], ...]:
        """Rule and the two cases that it binds to one place and one vehicle."""
        rules, found = self.site.rules, []
        for link, a, b in self.live_links:
            if rules.on("R03") and link.strength is LinkStrength.SAME_PLACE:
                found.append(("R03", a, b))
            elif rules.on("R06") and self._kin_to_keep(link):
                found.append(("R06", a, b))
        if rules.on("R03") and rules["R03"].parameters["keep_parties"]:
            found += self._parties(self._closed((a, b) for _, a, b in found))
        return tuple(found)

    def _kin_to_keep(self, link: Link) -> bool:
        """Whether siblings, one of them a child, are to stay together: no decision parts them."""
        young = self.child(self.people[link.a]) or self.child(self.people[link.b])
        parted = link.strength in APART or frozenset((link.a, link.b)) in self.apart
        return link.type == "sibling" and young and not parted

    def _parties(self, root: Mapping[str, str]) -> list[tuple[str, str, str]]:
        """Return the bonds of travel parties who can share rooms and of whom no two are kept apart."""
        with_them: dict[str, list[str]] = defaultdict(list)
        parties: dict[str, list[str]] = defaultdict(list)
        for case in sorted(self.movable):
            with_them[root[case]].append(case)
            if self.cases[case].travel_party_id:
                parties[self.cases[case].travel_party_id].append(case)
        bonds: list[tuple[str, str, str]] = []
        joined, inside, foes = dict(root), dict[str, list[str]](), self._foes()
        for case, end in root.items():
            inside.setdefault(end, []).append(case)
        for _, ids in sorted(parties.items()):
            kinds = {
                self.kind([p for o in with_them[root[c]] for p in self.present[o]]) for c in ids
            }
            ends = {joined[c] for c in ids}
            odds = any(
                joined[foe] in ends for e in ends for c in inside[e] for foe in foes.get(c, ())
            )
            if len(kinds) == 1 and "family" not in kinds and not odds:
                bonds += [("R03", ids[0], other) for other in ids[1:]]
                one = [c for end in sorted(ends) for c in inside.pop(end)]
                inside[min(ends)] = one
                joined.update(dict.fromkeys(one, min(ends)))
        return bonds

    def _foes(self) -> Mapping[str, set[str]]:
        """Return one case of each pair of people kept apart to the other, which may be the same."""
        found = defaultdict[str, set[str]](set)
        for pair in self.apart:
            cases = [self.people[p].case_id for p in pair]
            found[cases[0]].add(cases[-1])
        return found

    def strangers(self) -> list[tuple[str, str]]:
        """Return cases bound by a link not of family, of which one alone has adults of its own."""
        links = self.live_links
        family = [
            (a, b)
            for k, a, b in links
            if k.type in FAMILY and (k.strength is LinkStrength.SAME_PLACE or self._kin_to_keep(k))
        ]
        root = self._closed(family)
        adults = {
            root[p.case_id]
            for p in self.people.values()
            if p.case_id in self.movable and p.presence is Presence.PRESENT and not self.child(p)
        }
        return [
            (a, b)
            for k, a, b in links
            if k.strength is LinkStrength.SAME_PLACE and (root[a] in adults) != (root[b] in adults)
        ]

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

    def uncertain(self, person: Person) -> bool:
        """Whether a person's age is disputed or unknown."""
        day = self.site.rules.operation.departure
        return person.age_source is AgeSource.DISPUTED or person.age_on(day) is None

    def company(self, case: str) -> str:
        """Return with whom a case, and those with it, may ride: one of these a trip."""
        people = self.unit(case)
        moved = (Mobility.WHEELCHAIR, Mobility.STRETCHER)
        adapted = any(p.mobility in moved or p.fit_to_travel is Fitness.WITH_ESCORT for p in people)
        whom = "children" if self.alone(case) else "general"
        if self.alone(case) and any(self.uncertain(p) for p in people):
            whom = "disputed children"
        return f"adapted {whom}" if adapted else whom

    def disputed(self, rows: Sequence[ManifestRow]) -> set[bool]:
        """Tell of the children alone on board, with who stays with them, whether an age is uncertain."""
        found: dict[str, bool] = {}
        for row in rows:
            if self.alone(row.case_id):
                root = self.together[row.case_id]
                found[root] = found.get(root, False) or self.uncertain(self.people[row.person_id])
        return set(found.values())

    def needs(self, person: Person) -> set[str]:
        """Return what a person's flags ask for."""
        return {n for f in person.flags for n in self.site.needs[f].needs}

    def _rows(self, case: str) -> tuple[Need, ...]:
        """Return the needs map's rows for a case and those with it; worked out once for all of them."""
        root = self.together[case]
        if root not in self._of_units:
            self._of_units[root] = self._rows_of(case)
        return self._of_units[root]

    @cached_property
    def _of_units(self) -> dict[str, tuple[Need, ...]]:
        return {}

    def _rows_of(self, case: str) -> tuple[Need, ...]:
        """Return the rows of flags and of the situation."""
        day, people = self.site.rules.operation.departure, self.unit(case)
        grown = [p for p in people if not self.child(p)]
        moved = (Mobility.WHEELCHAIR, Mobility.STRETCHER)
        situations = {
            "unaccompanied_child": bool(people) and not grown,
            "woman_alone": bool(grown) and all(p.sex is Sex.FEMALE for p in grown),
            "single_parent": len(grown) == 1 and len(people) > 1,
            "older_person": any((p.age_on(day) or 0) >= OLDER for p in people),
            "reduced_mobility": any(p.mobility in moved for p in people),
        }
        flags = {f for p in people for f in p.flags}
        flags |= {f"derived:{name}" for name, holds in situations.items() if holds}
        return tuple(self.site.needs[f] for f in sorted(flags))

    def asked(self, case: str) -> frozenset[str]:
        """Return what a case and those with it need of a place."""
        return frozenset(n for row in self._rows(case) for n in row.needs)

    def tier(self, case: str) -> int:
        """Return the most protected tier of a case and those with it."""
        return min((row.tier for row in self._rows(case)), default=3)

    def weight(self, case: str) -> int:
        """Return the weight of a case and those with it in their tier."""
        rows = self._rows(case)
        tier = min((row.tier for row in rows), default=3)
        return max((row.weight for row in rows if row.tier == tier), default=1)

    def day(self, number: int) -> date:
        """Return a day of the operation."""
        return self.site.rules.operation.departure + timedelta(days=number)

    def minutes(self, here: tuple[float, float], there: Place) -> int:
        """Driving minutes by great circle, detour factor and speed, rests excluded."""
        operation = self.site.rules.operation
        lat1, lat2 = math.radians(here[0]), math.radians(there.lat)
        east = math.radians(there.lon - here[1]) / 2
        half = (
            math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(east) ** 2
        )
        km = 2 * EARTH_KM * math.asin(math.sqrt(half)) * operation.detour_factor
        return max(1, math.ceil(km / operation.speed_kmh * 60))

    def legs(self, trip: Trip) -> list[int]:
        """Return driving minutes to each stop of a trip."""
        given, operation = self.given, self.site.rules.operation
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
