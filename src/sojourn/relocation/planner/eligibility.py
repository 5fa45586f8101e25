"""Which rooms the hard rules allow a unit: each refusal names its rule."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sojourn.relocation.planner.travel import Roads
from sojourn.relocation.planner.units import Kind, Unit
from sojourn.relocation.site.site import Certainty, Place, RoomType, Site

QUEUE_MARGIN = 60  # minutes kept free so that a coach need not be the first to leave
WHOLE_ROOMS = {RoomType.FAMILY, RoomType.ISOLATION}
ROOMS_OF = {
    Kind.CHILDREN: {RoomType.CHILD},
    Kind.MEN: {RoomType.SINGLE_MEN, RoomType.MIXED},
    Kind.WOMEN: {RoomType.WOMEN_ONLY},
    Kind.FAMILY: {RoomType.FAMILY},
    Kind.OTHER: {RoomType.MIXED, RoomType.ISOLATION},
}
Rule = Callable[[Unit, Place], Iterator[str]]
MEDICAL = ("nurse", "gp", "hospital", "dialysis", "maternity", "psychiatric")


@dataclass(frozen=True, slots=True)
class Pool:
    """Rooms that are counted together.

    Attributes
    ----------
    beds_per_room : int
        0 where single beds are counted; else whole rooms are.
    capacity : int
        Beds, or rooms where whole rooms are counted; promised ones already reduced (R01).
    """

    place: str
    room_type: RoomType
    beds_per_room: int
    capacity: int

    def takes(self, size: int) -> int:
        """Beds or rooms that a unit of a size takes."""
        return -(-size // self.beds_per_room) if self.beds_per_room else size


def children_at(place: Place) -> int:
    """Return how many children alone a place may have: by its licence, and by its staff if both are told."""
    if place.children_per_staff is None or place.child_staff is None:
        return place.max_children
    return min(place.max_children, math.floor(place.children_per_staff * place.child_staff + 1e-9))


class Eligibility:
    """The hard rules that concern one unit and one room at a time."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.rules = site.rules
        self.roads = Roads(site)
        self.places = {p.id: p for p in site.places}
        self._compromised = set(site.rules["R09"].names("compromised_places"))
        self._direct: dict[tuple[str, bool], int] = {}
        self._open: dict[str, tuple[date, ...]] = {}
        self._allowed: dict[tuple[object, ...], tuple[Pool, ...]] = {}
        self._known: dict[tuple[object, ...], dict[str, bool]] = {}
        self._earliest = int(site.rules.operation.first_departure * 60)

    @cached_property
    def pools(self) -> tuple[Pool, ...]:
        """Every pool of rooms, in canonical order."""
        beds: dict[tuple[str, RoomType, int], int] = {}
        for room in self.site.rooms:
            whole = room.room_type in WHOLE_ROOMS
            key = (room.place_id, room.room_type, room.beds_per_room if whole else 0)
            beds[key] = beds.get(key, 0) + room.rooms * (1 if whole else room.beds_per_room)
        factor = self.rules["R01"].number("promised_factor") if self.rules.on("R01") else 1.0
        pools = []
        for (place, room_type, size), count in sorted(beds.items()):
            certainty = self.places[place].certainty
            share = {Certainty.PROMISED: factor, Certainty.WITHDRAWN: 0.0}.get(certainty, 1.0)
            pools.append(Pool(place, room_type, size, math.floor(count * share + 1e-9)))
        return tuple(pools)

    def candidates(self, unit: Unit) -> Iterator[Pool]:
        """Yield the pools that could suit a unit by region and kind of room alone."""
        rooms = {RoomType.ISOLATION} if "isolation_room" in unit.needs else ROOMS_OF[unit.kind]
        regions = (r for r, _ in unit.points) if self.rules.on("R14") else self._regions
        for region in regions:
            for room_type in sorted(rooms):
                yield from self._by_region.get((region, room_type), ())

    def allowed(self, unit: Unit) -> tuple[Pool, ...]:
        """Every pool that no rule forbids a unit; worked out once for all units that are alike in it."""
        if unit.blocked:
            return ()
        key = (
            unit.kind,
            unit.size,
            unit.needs,
            tuple(r for r, _ in unit.points),
            unit.related,
            unit.girls,
            unit.children > 0,
            unit.wheelchairs + unit.stretchers > 0,
        )
        if key not in self._allowed:
            self._allowed[key] = tuple(self._fit(unit))
        return self._allowed[key]

    def _fit(self, unit: Unit) -> Iterator[Pool]:
        """Yield every pool that no rule forbids a unit, each group of rules asked once a place."""
        fits = self._fitting(unit)
        for pool in self.candidates(unit):
            name = pool.place
            for rules, known in fits:
                may = known.get(name)
                if may is None:
                    may = known[name] = next(rules(unit, self.places[name]), None) is None
                if not may:
                    break
            else:
                if next(self._of_room(unit, pool), None) is None:
                    yield pool

    def _fitting(self, unit: Unit) -> tuple[tuple[Rule, dict[str, bool]], ...]:
        """Return the groups of rules about a place, and what is known of those that ask the same."""
        children, women = unit.children > 0, unit.girls or unit.kind is Kind.WOMEN
        seated = unit.wheelchairs + unit.stretchers > 0
        regions = tuple(r for r, _ in unit.points)
        asked: tuple[tuple[Rule, tuple[object, ...]], ...] = (
            (self._of_care, (unit.needs, seated, children)),
            (self._of_safety, (unit.needs, unit.alone and unit.size, women)),
            (self._of_hours, (unit.size, children)),
            (self._of_region, (unit.needs, unit.related, regions)),
        )
        return tuple(
            (rules, self._known.setdefault((rules.__name__, *key), {})) for rules, key in asked
        )

    @cached_property
    def _regions(self) -> tuple[str, ...]:
        return tuple(sorted({p.region for p in self.places.values()}))

    @cached_property
    def _by_region(self) -> dict[tuple[str, RoomType], list[Pool]]:
        found: dict[tuple[str, RoomType], list[Pool]] = {}
        for pool in self.pools:
            found.setdefault((self.places[pool.place].region, pool.room_type), []).append(pool)
        return found

    def open_days(self, place: Place) -> tuple[date, ...]:
        """Days of departure on which a place receives people."""
        if place.id not in self._open:
            self._open[place.id] = self._days_of(place)
        return self._open[place.id]

    def _days_of(self, place: Place) -> tuple[date, ...]:
        operation = self.rules.operation
        days = [operation.departure + timedelta(days=n) for n in range(operation.days)]
        if not self.rules.on("R16"):
            return tuple(days)
        return tuple(
            d
            for d in days
            if (place.opens is None or d >= place.opens)
            and (place.closes is None or d < place.closes)
        )

    def minutes_to(self, place: str, *, children: bool) -> int:
        """Minutes from departure to arrival on a direct trip, rest stops included."""
        key = (place, children)
        if key not in self._direct:
            self._direct[key] = self.roads.timing([place], children=children).arrivals[0]
        return self._direct[key]

    def refusals(self, unit: Unit, pool: Pool) -> Iterator[str]:
        """Yield the id of every rule that forbids a unit a pool."""
        place = self.places[pool.place]
        yield from unit.blocked
        yield from self._of_region(unit, place)
        yield from self._of_hours(unit, place)
        yield from self._of_room(unit, pool)
        yield from self._of_safety(unit, place)
        yield from self._of_care(unit, place)

    def _of_region(self, unit: Unit, place: Place) -> Iterator[str]:
        if place.certainty is Certainty.WITHDRAWN:
            yield "R01"
        if self.rules.on("R14") and place.region not in dict(unit.points):
            yield "R14"
        if unit.related and self.rules.on("R15"):
            near = {self.places[r].department for r in unit.related}
            if place.department not in near and "protected_place" not in unit.needs:
                yield "R15"

    def _of_hours(self, unit: Unit, place: Place) -> Iterator[str]:
        if self.rules.on("R16"):
            arrival = self._earliest + self.minutes_to(place.id, children=unit.children > 0)
            late = arrival + QUEUE_MARGIN > place.latest_arrival * 60
            if late or not self.open_days(place) or place.max_arrivals_per_day < unit.size:
                yield "R16"

    def _of_room(self, unit: Unit, pool: Pool) -> Iterator[str]:
        needs_isolation = "isolation_room" in unit.needs
        allowed = {RoomType.ISOLATION} if needs_isolation else ROOMS_OF[unit.kind]
        if pool.takes(unit.size) > pool.capacity:
            yield "R01"
        if pool.room_type not in allowed:
            rule = {Kind.CHILDREN: "R04", Kind.WOMEN: "R07"}.get(unit.kind, "R01")
            yield rule

    def _of_safety(self, unit: Unit, place: Place) -> Iterator[str]:
        fits = place.child_safe and place.child_licence and unit.size <= children_at(place)
        if unit.alone and self.rules.on("R04") and not fits:
            yield "R04"
        needs_women_safe = unit.girls or unit.kind is Kind.WOMEN or "women_safe" in unit.needs
        if needs_women_safe and self.rules.on("R07") and not place.women_safe:
            yield "R07"
        if (
            "protected_place" in unit.needs
            and self.rules.on("R09")
            and place.id in self._compromised
        ):
            yield "R09"

    def _of_care(self, unit: Unit, place: Place) -> Iterator[str]:
        if self.rules.on("R10") and any(
            n in unit.needs and n not in place.medical for n in MEDICAL
        ):
            yield "R10"
        step_free = bool(unit.wheelchairs or unit.stretchers or "step_free" in unit.needs)
        if self.rules.on("R11") and step_free and not place.step_free:
            yield "R11"
        if self.rules.on("R12") and "late_pregnancy" in unit.needs:
            most = self.rules["R12"].number("max_travel_minutes")
            if self.minutes_to(place.id, children=unit.children > 0) > most:
                yield "R12"
