"""Which rooms the rules leave a case, worked out once more from the raw tables.

The planner's own list of them is not taken over. Each refusal names its rule; rooms of one kind and
size at one place count together.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sojourn.relocation.audit.facts import APART, Facts
from sojourn.relocation.audit.places import CARE, FOR, WHOLE, staffed
from sojourn.relocation.audit.travel import course_of
from sojourn.relocation.site.site import (
    Certainty,
    Consent,
    Fitness,
    Mobility,
    Person,
    Place,
    Sex,
)

QUEUE = 60  # minutes: not every coach can be the first to leave


@dataclass(frozen=True, slots=True)
class Rooms:
    """Rooms of one kind at one place.

    Attributes
    ----------
    size : int
        Beds of a room that is taken whole; 0 where single beds are.
    there : int
        Rooms or beds, promised ones in part.
    """

    place: str
    kind: str
    size: int
    there: int

    def takes(self, persons: int) -> int:
        """Return the rooms or beds that so many persons take."""
        return math.ceil(persons / self.size) if self.size else persons


class Opened:
    """What the rules leave each case."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.rules = facts.site.rules

    @cached_property
    def rooms(self) -> tuple[Rooms, ...]:
        """Every kind of room at every place."""
        count: dict[tuple[str, str, int], int] = defaultdict(int)
        for room in self.facts.site.rooms:
            whole = room.room_type.value in WHOLE
            key = (room.place_id, room.room_type.value, room.beds_per_room if whole else 0)
            count[key] += room.rooms if whole else room.rooms * room.beds_per_room
        part = self.rules["R01"].number("promised_factor") if self.rules.on("R01") else 1.0
        shares = {Certainty.PROMISED: part, Certainty.WITHDRAWN: 0.0}
        return tuple(
            Rooms(*key, math.floor(n * shares.get(self.facts.places[key[0]].certainty, 1.0) + 1e-9))
            for key, n in sorted(count.items())
        )

    def leaves_some(self, case: str) -> bool:
        """Whether the rules leave a case, and those with it, some room."""
        return not self.everywhere(case) and frozenset() in self._ways(case)

    def fewest(self, case: str) -> tuple[int, set[frozenset[str]]]:
        """Return how many rules stand in the way at the least, and each such set of rules."""
        everywhere = self.everywhere(case)
        found = {way | everywhere for way in self._ways(case)}
        least = min((len(f) for f in found), default=1)
        return least, {f for f in found if len(f) == least} or {frozenset(("R01",))}

    def _ways(self, case: str) -> frozenset[frozenset[str]]:
        """Return each set of rules that forbids a case a room; worked out once for cases alike in it."""
        people, facts = self.facts.unit(case), self.facts
        moved = (Mobility.WHEELCHAIR, Mobility.STRETCHER)
        alike = (
            facts.kind(people),
            len(people),
            facts.asked(case),
            frozenset(self.regions(case)),
            self.near(people),
            any(p.sex is not Sex.MALE for p in people),
            any(facts.child(p) for p in people),
            any(p.mobility in moved for p in people),
        )
        if alike not in self._known:
            self._known[alike] = frozenset(
                frozenset(self.against(case, people, r)) for r in self.rooms
            )
        return self._known[alike]

    @cached_property
    def _known(self) -> dict[object, frozenset[frozenset[str]]]:
        return {}

    def near(self, people: tuple[Person, ...]) -> frozenset[str]:
        """Return the departments of relatives who are known to be there."""
        return frozenset(d for p in people for d in self.facts.relatives_at.get(p.id, ()))

    def everywhere(self, case: str) -> set[str]:
        """Return the rules that forbid a case every place."""
        facts, people = self.facts, self.facts.unit(case)
        cases = [facts.cases[c] for c in sorted({p.case_id for p in people})]
        found = set()
        if self.rules.on("R10") and any(p.fit_to_travel is Fitness.NO for p in people):
            found.add("R10")
        if self.rules.on("R14"):
            day = self.rules.operation.departure
            unclear = any(
                c.consent is Consent.PENDING
                or bool(c.consent_by) != bool(c.consent_on)
                or (c.consent_on is not None and c.consent_on > day)
                for c in cases
            )
            unsigned = facts.alone(case) and not all(c.best_interest_signed for c in cases)
            found |= {"R14"} if unclear or unsigned else set()
        return found | self._bonds(people)

    def _bonds(self, people: tuple[Person, ...]) -> set[str]:
        """Return the rules that the bonds of people who must stay together would break."""
        mine, found = {p.id for p in people}, set()
        for link, _, _ in self.facts.live_links:
            if {link.a, link.b} <= mine and link.strength in APART and self.rules.on("R08"):
                found.add("R08")
        cases = {p.case_id for p in people}
        if self.rules.on("R03") and self.rules.on("R05"):
            found |= {"R05" for a, b in self._strange if {a, b} <= cases}
        return found

    @cached_property
    def _strange(self) -> list[tuple[str, str]]:
        return self.facts.strangers()

    def against(self, case: str, people: tuple[Person, ...], rooms: Rooms) -> set[str]:
        """Return the rules that forbid a case rooms, beyond those that forbid it every place."""
        place = self.facts.places[rooms.place]
        needs = self.facts.asked(case)
        return {
            *self._place(case, people, place, needs),
            *self._kind(people, rooms, needs),
            *self._safe(case, people, place, needs),
            *self._care(people, place, needs),
        }

    def _place(
        self, case: str, people: tuple[Person, ...], place: Place, needs: frozenset[str]
    ) -> Iterator[str]:
        if place.certainty is Certainty.WITHDRAWN:
            yield "R01"
        if self.rules.on("R14") and place.region not in self.regions(case):
            yield "R14"
        near = self.near(people)
        hidden = "protected_place" in needs
        if self.rules.on("R15") and near and not hidden and place.department not in near:
            yield "R15"
        if self.rules.on("R16"):
            first = int(self.rules.operation.first_departure * 60)
            late = first + self.minutes(people, place) + QUEUE > place.latest_arrival * 60
            if late or not self.days(place) or place.max_arrivals_per_day < len(people):
                yield "R16"

    def regions(self, case: str) -> set[str]:
        """Return the regions that all who stay together accept, with ``any`` where all do."""
        every = self.facts.regions
        found = {*every, "any"}
        for one in {p.case_id for p in self.facts.unit(case)}:
            known = self.facts.cases[one]
            mine = {*known.offered_regions, *known.wishes}
            found &= mine | every if "any" in mine else mine
        return found

    def days(self, place: Place) -> int:
        """Return on how many days of the operation a place receives people."""
        if place.id not in self._days:
            self._days[place.id] = self._days_of(place)
        return self._days[place.id]

    @cached_property
    def _days(self) -> dict[str, int]:
        return {}

    def _days_of(self, place: Place) -> int:
        each = [self.facts.day(n) for n in range(self.rules.operation.days)]
        if not self.rules.on("R16"):
            return len(each)
        return sum(
            (not place.opens or d >= place.opens) and (not place.closes or d < place.closes)
            for d in each
        )

    def minutes(self, people: tuple[Person, ...], place: Place) -> int:
        """Return the minutes of a trip straight to a place, rests included."""
        return self.minutes_of(place, young=any(self.facts.child(p) for p in people))

    def minutes_of(self, place: Place, *, young: bool) -> int:
        """Return the minutes of a trip straight to a place, with children on board or without."""
        key = (place.id, young)
        if key not in self._minutes:
            rule, operation = self.rules["R17"], self.rules.operation
            leg = self.facts.given.get(place.id)
            if leg is None:
                leg = self.facts.minutes((operation.lat, operation.lon), place)
            every = int(rule.number("rest_every_minutes_child" if young else "rest_every_minutes"))
            rest = int(rule.number("rest_minutes"))
            self._minutes[key] = course_of([leg], every, rest, operation.stop_minutes)[0][0]
        return self._minutes[key]

    @cached_property
    def _minutes(self) -> dict[tuple[str, bool], int]:
        return {}

    def _kind(
        self, people: tuple[Person, ...], rooms: Rooms, needs: frozenset[str]
    ) -> Iterator[str]:
        kind = self.facts.kind(people)
        if rooms.takes(len(people)) > rooms.there:
            yield "R01"
        if rooms.kind not in ({"isolation"} if "isolation_room" in needs else FOR[kind]):
            yield {"children": "R04", "women": "R07"}.get(kind, "R01")

    def _safe(
        self, case: str, people: tuple[Person, ...], place: Place, needs: frozenset[str]
    ) -> Iterator[str]:
        alone = self.facts.alone(case)
        most = min([place.max_children, *(n for n in [staffed(place)] if n is not None)])
        licensed = place.child_safe and place.child_licence and len(people) <= most
        if self.rules.on("R04") and alone and not licensed:
            yield "R04"
        girls = alone and any(p.sex is not Sex.MALE for p in people)
        women = girls or self.facts.kind(people) == "women" or "women_safe" in needs
        if self.rules.on("R07") and women and not place.women_safe:
            yield "R07"
        listed = self.rules["R09"].names("compromised_places")
        if self.rules.on("R09") and "protected_place" in needs and place.id in listed:
            yield "R09"

    def _care(
        self, people: tuple[Person, ...], place: Place, needs: frozenset[str]
    ) -> Iterator[str]:
        if self.rules.on("R10") and any(n in needs and n not in place.medical for n in CARE):
            yield "R10"
        moved = (Mobility.WHEELCHAIR, Mobility.STRETCHER)
        even = "step_free" in needs or any(p.mobility in moved for p in people)
        if self.rules.on("R11") and even and not place.step_free:
            yield "R11"
        late = self.rules.on("R12") and "late_pregnancy" in needs
        if late and self.minutes(people, place) > self.rules["R12"].number("max_travel_minutes"):
            yield "R12"
