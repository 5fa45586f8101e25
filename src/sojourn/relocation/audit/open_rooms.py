"""Which rooms the raw tables leave each party, all rooms at once: the rules of `opened`, by arrays.

A party is everyone who must stay together. Parties alike in all that rooms, places and vehicles ask of them
are counted together.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.opened import QUEUE, Opened
from sojourn.relocation.audit.places import CARE, FOR, staffed
from sojourn.relocation.site.site import Certainty, Fitness, Mobility, Person, Place, Sex

Mask = NDArray[np.bool_]
NOBODY = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Party:
    """What a party asks of rooms, places and vehicles, and what leaving it behind counts.

    Attributes
    ----------
    company : str
        With whom it may ride: ``general``, ``children`` or ``disputed children``; ``adapted`` before it
        where the vehicle has to be.
    older, young : int
        Children alone, who need escorts.
    tier, weight : int
    """

    kind: str
    size: int
    needs: frozenset[str]
    regions: frozenset[str]
    near: frozenset[str]
    minor: bool
    girls: bool
    company: str
    older: int
    young: int
    wheelchairs: int
    stretchers: int
    escorted: bool
    primary: int
    secondary: int
    tier: int
    weight: int
    nowhere: bool

    @property
    def alone(self) -> bool:
        """Whether it is of children without an adult of theirs."""
        return self.kind == "children"

    def behind(self, level: str) -> int:
        """Return what leaving it behind counts on a level."""
        if level != f"L{min(self.tier, 3)}":
            return 0
        return self.size * (self.weight if self.tier < 3 else 1)


class OpenRooms:
    """What the rules leave each party.

    Parameters
    ----------
    queue : int
        Minutes between the first hour of departure and that of a party, as a plan reckons with; the first to
        leave needs none.
    """

    def __init__(self, facts: Facts, queue: int = QUEUE) -> None:
        self.facts, self.opened, self.queue = facts, Opened(facts), queue
        self.rules = facts.site.rules
        self.rooms = self.opened.rooms
        self.places = list(facts.places.values())
        number = {p.id: n for n, p in enumerate(self.places)}
        self.at = np.array([number[r.place] for r in self.rooms], dtype=np.int64)
        self.there = np.array([r.there for r in self.rooms], dtype=np.int64)
        self.beds = np.array([r.size for r in self.rooms], dtype=np.int64)
        self._known: dict[tuple[object, ...], Mask] = {}

    @cached_property
    def parties(self) -> Mapping[str, Party]:
        """Every party that may be moved, by the smallest case in it."""
        roots = sorted({self.facts.together[c] for c in self.facts.movable})
        return {root: self._party(root) for root in roots}

    def _party(self, root: str) -> Party:
        facts, people = self.facts, self.facts.unit(root)
        day = self.rules.operation.departure
        kind, moved = facts.kind(people), Counter(p.mobility for p in people)
        alone = kind == "children"
        below = self.rules["R05"].number("young_below")
        ages = [p.age_on(day) for p in people]
        young = sum(a is not None and a < below for a in ages) if alone else 0
        escorted = any(p.fit_to_travel is Fitness.WITH_ESCORT for p in people)
        chairs, lying = moved[Mobility.WHEELCHAIR], moved[Mobility.STRETCHER]
        school = self._pupils(people) if kind == "family" else (0, 0)
        return Party(
            kind=kind,
            size=len(people),
            needs=facts.asked(root),
            regions=frozenset(self.opened.regions(root)),
            near=self.opened.near(people),
            minor=any(facts.child(p) for p in people),
            girls=alone and any(p.sex is not Sex.MALE for p in people),
            company=facts.company(root),
            older=len(people) - young if alone else 0,
            young=young,
            wheelchairs=chairs,
            stretchers=lying,
            escorted=escorted,
            primary=school[0],
            secondary=school[1],
            tier=facts.tier(root),
            weight=facts.weight(root),
            nowhere=bool(self.opened.everywhere(root)),
        )

    def _pupils(self, people: tuple[Person, ...]) -> tuple[int, int]:
        day = self.rules.operation.departure
        ages = [p.age_on(day) or 0 for p in people if self.facts.child(p)]
        return sum(6 <= a < 12 for a in ages), sum(12 <= a < 18 for a in ages)

    def of(self, party: Party) -> Mask:
        """Tell of every room whether the rules leave it to a party."""
        if party.nowhere:
            return np.zeros(len(self.rooms), dtype=bool)
        kinds = frozenset({"isolation"} if "isolation_room" in party.needs else FOR[party.kind])
        asked = self._asked(party)
        return self._once(("open", kinds, *asked), lambda: self._open_to(party, kinds))

    def _open_to(self, party: Party, kinds: frozenset[str]) -> Mask:
        there = self._once(("places", *self._asked(party)), lambda: self._places(party))
        fits = self.takes(party.size) <= self.there
        return there[self.at] & fits & self._once(("kinds", kinds), lambda: self._of_kind(kinds))

    def takes(self, size: int) -> NDArray[np.int64]:
        """Return how many beds, or whole rooms, so many people take of each kind of room."""
        return np.where(self.beds > 0, -(-size // np.maximum(self.beds, 1)), size)

    def _of_kind(self, kinds: frozenset[str]) -> Mask:
        return np.array([r.kind in kinds for r in self.rooms], dtype=bool)

    def _once(self, key: tuple[object, ...], make: Callable[[], Mask]) -> Mask:
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    @staticmethod
    def _asked(party: Party) -> tuple[object, ...]:
        """Return all that places are asked about a party."""
        moved = bool(party.wheelchairs or party.stretchers)
        women = party.girls or party.kind == "women"
        asked = (party.size, party.needs, party.regions, party.near, party.minor)
        return (*asked, party.alone, women, moved)

    def _places(self, party: Party) -> Mask:
        """Tell of each place whether the rules leave it to a party."""
        found = self._each(
            "R01", "sure", lambda p: p.certainty is not Certainty.WITHDRAWN, always=True
        )
        found = found & self._each("R14", party.regions, lambda p: p.region in party.regions)
        if party.near and "protected_place" not in party.needs:
            found &= self._each("R15", party.near, lambda p: p.department in party.near)
        found &= self._each("R16", (party.minor, party.size), lambda p: self._receives(p, party))
        if party.alone:
            found &= self._each("R04", party.size, lambda p: _licensed(p, party.size))
        if party.girls or party.kind == "women" or "women_safe" in party.needs:
            found &= self._each("R07", "", lambda p: p.women_safe)
        if "protected_place" in party.needs:
            listed = set(self.rules["R09"].names("compromised_places"))
            found &= self._each("R09", "", lambda p: p.id not in listed)
        care = party.needs & set(CARE)
        found &= self._each("R10", care, lambda p: care <= set(p.medical))
        if party.wheelchairs or party.stretchers or "step_free" in party.needs:
            found &= self._each("R11", "", lambda p: p.step_free)
        if "late_pregnancy" in party.needs:
            most = self.rules["R12"].number("max_travel_minutes")
            found &= self._each("R12", party.minor, lambda p: self._minutes(p, party) <= most)
        return found

    def _each(
        self, rule: str, key: object, ask: Callable[[Place], object], *, always: bool = False
    ) -> Mask:
        if not always and not self.rules.on(rule):
            return np.ones(len(self.places), dtype=bool)
        return self._once(
            (rule, key), lambda: np.array([bool(ask(p)) for p in self.places], dtype=bool)
        )

    def _minutes(self, place: Place, party: Party) -> int:
        return self.opened.minutes_of(place, young=party.minor)

    def _receives(self, place: Place, party: Party) -> bool:
        first = int(self.rules.operation.first_departure * 60)
        late = first + self._minutes(place, party) + self.queue > place.latest_arrival * 60
        return not late and self.opened.days(place) > 0 and place.max_arrivals_per_day >= party.size


def children_at(place: Place) -> int:
    """Return how many children alone a place may have, by licence and staff."""
    told = staffed(place)
    return place.max_children if told is None else min(place.max_children, told)


def _licensed(place: Place, size: int) -> bool:
    return place.child_safe and bool(place.child_licence) and size <= children_at(place)
