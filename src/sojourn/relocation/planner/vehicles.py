"""Coaches, days and escorts: units travel whole, the most protected first, nobody arrives at night.

Children without an adult travel apart, with child-protection escorts (R05); people with
wheelchairs, stretchers or a medical escort in adapted vehicles (R10, R11). Departures follow bays
and boarding times; every stop is reached before the place closes its doors (R16), rest stops and
the driver's hours are kept (R17). Who finds no seat is handed back as unplaced for transport.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sojourn.relocation.planner.departures import depart, hour_of, lawful
from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.loads import (
    Load,
    enough,
    is_adapted,
    likeness,
    of_kind,
    preferred,
    with_stop,
)
from sojourn.relocation.planner.units import Unit, Units
from sojourn.relocation.proposal.proposal import Trip
from sojourn.relocation.site.site import Escort, LinkStrength, Place, Vehicle

NOON = 13 * 60  # minutes; between the two halves of a day (R08)


@dataclass(frozen=True)
class Schedule:
    """Trips, who is on them, and the units for whom no seat was found."""

    trips: tuple[Trip, ...]
    on_board: Mapping[str, tuple[Unit, ...]]
    left: tuple[Unit, ...]


def group_of(unit: Unit) -> str:
    """Return with whom a unit may travel."""
    whom = "general"
    if unit.alone:
        whom = "disputed children" if unit.disputed else "children"
    return f"adapted {whom}" if unit.adapted else whom


def schedule(
    eligible: Eligibility,
    units: Units,
    placed: Mapping[str, Pool],
    gone: Mapping[Trip, tuple[Unit, ...]] | None = None,
    *,
    fullest: bool = False,
) -> Schedule:
    """Give every placed unit a seat, most protected tiers on the earliest day.

    Parameters
    ----------
    placed : mapping of unit id to Pool
    gone : mapping of Trip to units, optional
        Trips that have left: they stay as they are, and no other trip is put before the last of them.
    fullest : bool
        Stop where most people go, not where it is nearest: vehicles fill up where stops are few.
    """
    return _Scheduler(eligible, units, placed, gone or {}, fullest=fullest).run()


def out_of_turn(travel: Schedule) -> bool:
    """Whether a trip of a day leaves before one with more protected people on board (R18)."""
    left = sorted(travel.trips, key=lambda t: (t.day, t.departure, t.tier))
    return any(
        a.day == b.day and b.tier < a.tier and a.departure < b.departure for a, b in pairwise(left)
    )


class _Scheduler:
    def __init__(
        self,
        eligible: Eligibility,
        units: Units,
        placed: Mapping[str, Pool],
        gone: Mapping[Trip, tuple[Unit, ...]],
        *,
        fullest: bool,
    ) -> None:
        self.eligible, self.site, self.fullest = eligible, eligible.site, fullest
        self.rules, self.operation = eligible.rules, eligible.rules.operation
        self.placed = placed
        in_order = sorted(
            (u for u in units.units if u.id in placed),
            key=lambda u: (u.tier, group_of(u), placed[u.id].place, -u.size, u.id),
        )
        self.apart: dict[str, set[str]] = {}
        for link in units.links:
            if link.strength is LinkStrength.NOT_MEET and self.rules.on("R08"):
                self.apart.setdefault(link.a, set()).add(link.b)
                self.apart.setdefault(link.b, set()).add(link.a)
        self.half_of = {
            u.id: (t.day, t.departure < NOON) for t, group in gone.items() for u in group
        }
        self.trips: list[Trip] = sorted(gone, key=lambda t: t.id)
        self.on_board: dict[str, tuple[Unit, ...]] = {t.id: u for t, u in gone.items()}
        departed = {u.id for group in gone.values() for u in group}
        self.left = {u.id: u for u in in_order if u.id not in departed}
        self.place_of = {i: eligible.places[placed[i].place] for i in self.left}
        self.group = {i: group_of(u) for i, u in self.left.items()}
        self.asks = {i: self._asks(u) for i, u in self.left.items()}
        self.seat_key = {i: self._seat_key(u) for i, u in self.left.items()}
        self.bound_for: dict[tuple[str, str], dict[str, Unit]] = {}  # by group and place, in order
        self.persons = Counter[tuple[str, str]]()  # of these
        for i, unit in self.left.items():
            to = self.group[i], self.place_of[i].id
            self.bound_for.setdefault(to, {})[i] = unit
            self.persons[to] += unit.size
        self.region: dict[str, list[str]] = {}
        for place in self.site.places:
            self.region.setdefault(place.region, []).append(place.id)
        self.near: dict[str, list[str]] = {}
        self.like = {vehicle.id: likeness(vehicle) for vehicle in self.site.vehicles}
        self.past = max((t.day for t in gone), default=None)
        self.number = max((int(t.id[1:]) for t in gone), default=0)

    def run(self) -> Schedule:
        for n in range(self.operation.days):
            day = self.operation.departure + timedelta(days=n)
            if self.past is None or day >= self.past:
                self._day(day)
        return Schedule(tuple(self.trips), self.on_board, tuple(self.left.values()))

    def _day(self, day: date) -> None:
        fleet = [v for v in self.site.vehicles if not v.days or day in v.days]
        self.room = {p.id: p.max_arrivals_per_day for p in self.site.places}
        self.free = [e for e in self.site.escorts if not e.days or day in e.days]
        self.slot = self._left_today(day, fleet)
        self.open = {p.id for p in self.site.places if day in self.eligible.open_days(p)}
        self._morning(fleet)
        while fleet:
            load = self._next_load(day, fleet)
            if load is None:
                return
            fleet.remove(load.vehicle)

    def _left_today(self, day: date, fleet: list[Vehicle]) -> int:
        """Take out what trips that left today already use; return the first slot after them."""
        slot = 0
        for trip in (t for t in self.trips if t.day == day):
            fleet[:] = [v for v in fleet if v.id != trip.vehicle_id]
            self.free = [e for e in self.free if e.id not in trip.escorts]
            for stop in trip.stops:
                self.room[stop.place_id] -= stop.persons
            wave = (trip.departure - self._departure(0)) // self.operation.boarding_minutes
            slot = max(slot, wave * max(self.operation.bays, 1) + trip.bay)
        return slot

    def _morning(self, fleet: Sequence[Vehicle]) -> None:
        """Begin to ask vehicles: at the start of a day, and when adapted ones alone are left."""
        self.ordinary = any(not is_adapted(v) for v in fleet)
        self.in_vain: set[tuple[object, ...]] = set()  # what no vehicle left today can take
        self.today = {u.id: u for u in self._waiting(self.left)}

    def _waiting(self, among: Mapping[str, Unit]) -> Iterator[Unit]:
        """Yield those whose place is open today, in order."""
        return (u for i, u in among.items() if self.place_of[i].id in self.open)

    def _next_load(self, day: date, fleet: Sequence[Vehicle]) -> Load | None:
        """Return the next load: it takes the most protected unit that any vehicle can take (R18)."""
        tried: set[tuple[object, ...]] = set()
        if self.ordinary and all(is_adapted(v) for v in fleet):
            self._morning(fleet)
        best: Load | None = None
        refused: list[str] = []
        most_protected: int | None = None
        for first in self.today.values():
            most_protected = first.tier if most_protected is None else most_protected
            if best is not None and best.tier <= most_protected:
                break
            alone = self.asks[first.id]
            if alone in self.in_vain:
                refused.append(first.id)
            if alone in tried or alone in self.in_vain:
                continue
            tried.add(alone)
            load = self._led_by(first, day, fleet)
            if load is None and first.id not in self.apart:
                # what it lacks does not come back today
                self.in_vain.add(alone)
                refused.append(first.id)
            if load is not None and (best is None or load.tier < best.tier):
                best = load
            if best is not None and not self.rules.on("R19"):
                break  # with R19, whose language nobody else speaks may go with others only
        for name in refused:
            del self.today[name]
        return best if best is not None and self._leaves(day, best) else None

    def _led_by(self, first: Unit, day: date, fleet: Sequence[Vehicle]) -> Load | None:
        """Return a load with this unit and others of its group who go to its region."""
        group, region = self.group[first.id], self._place(first).region
        takes: dict[tuple[object, ...], bool] = {}
        kind = of_kind(group, fleet)
        for vehicle in kind:
            if self.like[vehicle.id] not in takes:
                alone = Load(vehicle, group)
                if first.size <= vehicle.seats + vehicle.wheelchair_slots:
                    self._board(day, alone, first)
                takes[self.like[vehicle.id]] = bool(alone.units)
        if not any(takes.values()):
            return None
        waiting = [p for p in self.region[region] if p in self.open and self.persons[group, p]]
        wanted = sum(self.persons[group, p] for p in waiting)
        able = (v for v in kind if takes[self.like[v.id]])
        vehicle = min(able, key=lambda v: preferred(v, wanted))
        return self._filled(day, Load(vehicle, group), first, waiting)

    def _asks(self, unit: Unit) -> tuple[object, ...]:
        """Return all that decides whether a vehicle can take a unit alone."""
        return (
            self.group[unit.id],
            self.place_of[unit.id].id,
            unit.size,
            unit.wheelchairs,
            unit.stretchers,
            unit.medical_escort,
            unit.children > 0,
            unit.alone_older,
            unit.alone_young,
            "late_pregnancy" in unit.needs,
            unit.languages,
            unit.id if unit.id in self.apart else "",
        )

    @staticmethod
    def _seat_key(unit: Unit) -> tuple[int, ...]:
        """Return all that decides whether a vehicle has seats and escorts for one more unit."""
        return (
            unit.size,
            unit.wheelchairs,
            unit.stretchers,
            unit.alone_older,
            unit.alone_young,
            int(unit.medical_escort),
        )

    def _place(self, unit: Unit) -> Place:
        return self.place_of[unit.id]

    def _filled(self, day: date, load: Load, first: Unit, waiting: Sequence[str]) -> Load:
        """Fill one vehicle: the first unit's place, then its nearest, units whole."""
        seats = load.vehicle.seats + load.vehicle.wheelchair_slots
        start = self._place(first).id
        for place in self._in_turn(load.group, start, waiting):
            if len(load.stops) == (self.operation.max_stops or 1):
                break
            for unit in self._who(load.group, place, first if place == start else None):
                if load.persons >= seats:
                    return load
                if load.arriving.get(place, 0) >= self.room[place]:
                    break
                fits = load.persons + unit.size <= seats
                if fits and self.seat_key[unit.id] not in load.no_seat:
                    self._board(day, load, unit)
        return load

    def _in_turn(self, group: str, start: str, waiting: Sequence[str]) -> Iterator[str]:
        """Yield the places for which people of a group wait, as a vehicle that goes to one of them fills."""
        yield start
        if start not in self.near:
            region = self.region[self.eligible.places[start].region]
            way = {p: self.eligible.roads.between(start, p) for p in region if p != start}
            self.near[start] = sorted(way, key=lambda p: (way[p], p))
        there = set(waiting)
        near = (p for p in self.near[start] if p in there)
        yield from sorted(near, key=lambda p: -self.persons[group, p]) if self.fullest else near

    def _who(self, group: str, place: str, first: Unit | None) -> Iterator[Unit]:
        """Yield who waits for a place, a first unit before all others."""
        if first is not None:
            yield first
        yield from (u for u in self.bound_for[group, place].values() if u is not first)

    def _board(self, day: date, load: Load, unit: Unit) -> None:
        """Let a unit board, if seats, escorts, the place and the hours allow it."""
        place = self.place_of[unit.id].id
        more = load.arriving.get(place, 0) + unit.size
        if more > self.room[place]:
            return
        if not self._seats(load, unit):
            if not self.rules.on("R19"):  # a vehicle's main language may change as it fills
                load.no_seat.add(self.seat_key[unit.id])
            return
        if self._meets(day, load, unit):
            return
        for stops in with_stop(load.stops, place):
            if self._in_time(load, unit, stops):
                load.take(unit, stops)
                load.arriving[place] = more
                return

    def _seats(self, load: Load, unit: Unit) -> bool:
        together = [*load.units, unit]
        slots = sum(u.wheelchairs for u in together)
        stretchers = sum(u.stretchers for u in together)
        if slots > load.vehicle.wheelchair_slots or (
            stretchers and load.vehicle.type != "ambulance"
        ):
            return False
        seated = sum(u.size for u in together) - slots
        needed = self._escorts(load.group, together)
        return needed is not None and seated + len(needed) <= load.vehicle.seats

    def _escorts(self, group: str, together: Sequence[Unit]) -> list[Escort] | None:
        """Return who travels along; None when the rules ask for more than are free."""
        found: list[Escort] = []
        if "children" in group and self.rules.on("R05"):
            young = sum(u.alone_young for u in together)
            older = sum(u.alone_older for u in together)
            protecting = [e for e in self.free if e.kind == "child protection"]
            limit = self.rules["R05"].number("children_per_escort")
            small = self.rules["R05"].number("children_per_escort_young")
            while protecting and not enough(found, older, young, limit, small):
                found.append(protecting.pop(0))
            if not enough(found, older, young, limit, small):
                return None
        if any(u.medical_escort for u in together) and self.rules.on("R10"):
            medical = next((e for e in self.free if e.kind == "medical"), None)
            if medical is None:
                return None
            found.append(medical)
        if self.rules.on("R19"):
            return self._with_interpreter(found, together)
        return found

    def _with_interpreter(
        self, found: list[Escort], together: Sequence[Unit]
    ) -> list[Escort] | None:
        """Add an interpreter for the main language on board; None when R19 asks for one in vain."""
        spoken: Counter[str] = Counter()
        for unit in together:
            spoken.update(dict(unit.languages))
        if not spoken:
            return found
        main = min(spoken, key=lambda x: (-spoken[x], x))
        one = next((e for e in self.free if e.kind == f"interpreter:{main}"), None)
        if one is None:
            return None if self.rules["R19"].parameters["hard"] else found
        return [*found, one]

    def _meets(self, day: date, load: Load, unit: Unit) -> bool:
        others = self.apart.get(unit.id, set())
        if any(u.id in others for u in load.units):
            return True
        morning = self._departure() < NOON
        return any(self.half_of.get(o) == (day, morning) for o in others)

    def _departure(self, slot: int | None = None) -> int:
        return hour_of(self.operation, self.slot if slot is None else slot)

    def _in_time(self, load: Load, unit: Unit, stops: Sequence[str]) -> bool:
        children = any(u.children for u in (*load.units, unit))
        timing = self.eligible.roads.timing(stops, children=children)
        departure = self._departure()
        if departure > self.operation.last_departure * 60:
            return False
        if self.rules.on("R16") and any(
            departure + arrival > self.eligible.places[p].latest_arrival * 60
            for p, arrival in zip(stops, timing.arrivals, strict=True)
        ):
            return False
        if self.rules.on("R12") and any("late_pregnancy" in u.needs for u in (*load.units, unit)):
            most = self.rules["R12"].number("max_travel_minutes")
            expecting = [u for u in (*load.units, unit) if "late_pregnancy" in u.needs]
            if any(timing.arrivals[list(stops).index(self._place(u).id)] > most for u in expecting):
                return False
        return lawful(self.rules, load.vehicle, timing.driving, timing.arrivals[-1])

    def _leaves(self, day: date, load: Load) -> bool:
        """Fix a filled trip: its escorts, its bay and hour, and who is gone from the queue."""
        escorts = self._escorts(load.group, load.units)
        if escorts is None:
            return False
        self.number += 1
        place_of = {u.id: self._place(u).id for u in load.units}
        trip = depart(self.eligible, load, place_of, escorts, self.number, day, self.slot)
        self.free = [e for e in self.free if e.id not in trip.escorts]
        for unit in load.units:
            self.today.pop(unit.id, None)
            to = load.group, self._place(unit).id
            del self.left[unit.id], self.bound_for[to][unit.id]
            self.persons[to] -= unit.size
        for unit in load.units:
            self.room[self._place(unit).id] -= unit.size
            self.half_of[unit.id] = (day, trip.departure < NOON)
        self.trips.append(trip)
        self.on_board[trip.id] = tuple(load.units)
        self.slot += 1
        return True
