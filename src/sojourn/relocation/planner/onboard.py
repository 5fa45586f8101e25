"""Given trips: who goes where and sits in which of them, solved for every level at once.

Vehicles, groups, days and stops of the trips stand; who is on board, the rooms at their stops and the
escorts are free. Alike units are counted together. Where departures of a day leave no hour to spare,
trips keep their order: each carries somebody of its tier, and nobody more protected (R18).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sojourn.errors import PlanError
from sojourn.relocation.planner.assign import Solved, solve_near
from sojourn.relocation.planner.before import Before
from sojourn.relocation.planner.carriage import (
    CHILD_ESCORT,
    MEDICAL_ESCORT,
    escort_classes,
)
from sojourn.relocation.planner.dealing import deal
from sojourn.relocation.planner.departures import depart
from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.loads import Load
from sojourn.relocation.planner.model import Model, build_model
from sojourn.relocation.planner.rides import Ride
from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.solver import Vector
from sojourn.relocation.planner.units import Unit, Units
from sojourn.relocation.planner.vehicles import Schedule, group_of
from sojourn.relocation.planner.ways import way_of
from sojourn.relocation.planner.wider import widened
from sojourn.relocation.proposal.proposal import Trip
from sojourn.relocation.site.site import Escort

NODES, NODES_OF_MANY = 300, 10  # of the search tree of a level
MANY = 20_000  # columns
Alike = tuple[object, ...]  # all that a seat asks of a unit


@dataclass(frozen=True)
class OnBoard:
    """A placement with seats for everybody in it."""

    placed: Mapping[str, Pool]
    travel: Schedule
    solved: Solved


@dataclass(frozen=True)
class Road:
    """Rides, what has left already, and days of those who must not meet (R08), by unit id."""

    eligible: Eligibility
    rides: tuple[Ride, ...]
    gone: Mapping[Trip, tuple[Unit, ...]]
    days: Mapping[str, frozenset[date]]

    @property
    def departed(self) -> set[str]:
        """Who is on their way."""
        return {u.id for group in self.gone.values() for u in group}


def on_board(units: Units, road: Road, before: Before | None) -> OnBoard | None:
    """Solve who goes where on these rides; None where no order of the day can be kept."""
    model, seats = seats_on(units, road, before)
    try:
        many = len(model.column_type) > MANY
        solved = solve_near(model, NODES_OF_MANY if many else NODES)
    except PlanError:
        return None
    placed = deal(model, solved.x)
    travel = seats.travel(solved.x, placed)
    return None if travel is None else OnBoard(placed, travel, solved)


def seats_on(
    units: Units, road: Road, before: Before | None, *, meeting: int | None = None
) -> "tuple[Model, Seats]":
    """Return the model of who goes where on these rides."""
    departed = road.departed
    apart = tuple(replace(u, singular=u.singular or u.id in departed) for u in units.units)
    model = build_model(Units(apart, units.links), road.eligible, before, meeting=meeting)
    seats = Seats(model, road)
    return seats.model(), seats


class Seats:
    """Columns and rows of seats on rides beside a model of places."""

    def __init__(self, model: Model, road: Road) -> None:
        self.base, self.eligible, self.rides, self.road = model, road.eligible, road.rides, road
        self.departed, self.one = road.departed, dict[Alike, Unit]()
        self.first, self.upper, self.rows = len(model.programme.lower), list[float](), Rows()
        self.tiers = any(ride.tier for ride in self.rides)
        self.shares: dict[tuple[Alike, str, int], int] = {}  # units alike, place, ride: a column
        self.shut: list[int] = []
        self.escorts: dict[tuple[int, tuple[str, int]], int] = {}
        self.free = {r.run.day: escort_classes(r.run.free) for r in self.rides}

    def _new(self, most: float) -> int:
        self.upper.append(most)
        return self.first + len(self.upper) - 1

    def model(self) -> Model:
        """Return the wider model."""
        self._of_types()
        by_ride: dict[int, list[tuple[int, Unit, str]]] = defaultdict(list)
        for (alike, place, r), column in self.shares.items():
            by_ride[r].append((column, self.one[alike], place))
        for r in range(len(self.rides)):
            self._of_ride(r, by_ride[r])
        self._of_days(by_ride)
        wide = widened(self.base, self.rows, np.array(self.upper))
        upper = wide.programme.upper.copy()
        upper[self.shut] = 0.0
        return replace(wide, programme=replace(wide.programme, upper=upper))

    def _of_types(self) -> None:
        """Who goes to a place rides there."""
        here: dict[tuple[str, str], list[int]] = defaultdict(list)
        for r, ride in enumerate(self.rides):
            for place in ride.stops:
                here[ride.group, place].append(r)
        at: dict[tuple[Alike, str], list[int]] = defaultdict(list)
        alike = [self._alike(types[0]) for types in self.base.types]
        pairs = zip(self.base.column_type.tolist(), self.base.column_pool.tolist(), strict=True)
        for c, (t, p) in enumerate(pairs):
            unit = self.base.types[t][0]
            if unit.id not in self.departed:
                self.one.setdefault(alike[t], unit)
                at[alike[t], self.base.pools[p].place].append(c)
        for (kind, place), columns in at.items():
            unit = self.one[kind]
            days = self.road.days.get(unit.id)
            fit = [
                r
                for r in here[group_of(unit), place]
                if self.rides[r].takes(unit, place) and (not days or self.rides[r].run.day in days)
            ]
            if not fit:
                self.shut += columns
                continue
            own = [self._new(float(self.rides[r].most(unit))) for r in fit]
            self.shares.update({(kind, place, r): c for r, c in zip(fit, own, strict=True)})
            values = np.array([1.0] * len(columns) + [-1.0] * len(own))
            self.rows.add([*columns, *own], values, 0.0, 0.0)

    def _alike(self, unit: Unit) -> Alike:
        """Return all that a seat asks of a unit."""
        return (
            group_of(unit),
            unit.size,
            unit.wheelchairs,
            unit.stretchers,
            unit.alone_older,
            unit.alone_young,
            unit.medical_escort,
            unit.children > 0,
            "late_pregnancy" in unit.needs,
            unit.tier if self.tiers else 0,
            unit.id if unit.id in self.road.days else "",
        )

    def _of_ride(self, r: int, on: Sequence[tuple[int, Unit, str]]) -> None:
        """Seats, slots and escorts of one ride."""
        ride = self.rides[r]
        along = self._along(r, on)
        columns = [c for c, _, _ in on]
        seated = [float(u.size - u.wheelchairs) for _, u, _ in on]
        self._add(
            [*columns, *(c for _, c in along)], seated + [1.0] * len(along), ride.run.vehicle.seats
        )
        slots = [float(u.wheelchairs) for _, u, _ in on]
        self._add(columns, slots, ride.run.vehicle.wheelchair_slots)
        if ride.tier:
            own = [c for c, u, _ in on if u.tier == ride.tier]
            self.rows.add(own, 1.0, 1.0, np.inf)

    def _along(
        self, r: int, on: Sequence[tuple[int, Unit, str]]
    ) -> list[tuple[tuple[str, int], int]]:
        """Add the escorts that those on board ask for; return their kinds and columns."""
        rules, ride = self.eligible.rules, self.rides[r]
        free = self.free[ride.run.day]
        alone = [(c, u) for c, u, _ in on if u.alone_older + u.alone_young]
        found: list[tuple[tuple[str, int], int]] = []
        if alone and rules.on("R05"):
            guards = self._kind(r, CHILD_ESCORT, free)
            limit = rules["R05"].number("children_per_escort")
            small = rules["R05"].number("children_per_escort_young")
            columns = [*(c for c, _ in alone), *(c for _, c in guards)]
            asked = [u.alone_older / limit + u.alone_young / small for _, u in alone]
            self._add(columns, asked + [-1.0] * len(guards), 0.0)
            heads = [float(u.alone_older + u.alone_young) for _, u in alone]
            self._add(columns, heads + [-float(most) for (_, most), _ in guards], 0.0)
            found += guards
        escorted = [(c, u) for c, u, _ in on if u.medical_escort]
        if escorted:
            nurses = self._kind(r, MEDICAL_ESCORT, free)
            whole = ride.run.vehicle.seats + ride.run.vehicle.wheelchair_slots
            self._add(
                [*(c for c, _ in escorted), *(c for _, c in nurses)],
                [float(u.size) for _, u in escorted] + [-float(whole)] * len(nurses),
                0.0,
            )
            found += nurses
        return found

    def _kind(
        self, r: int, kind: str, free: Mapping[tuple[str, int], Sequence[Escort]]
    ) -> list[tuple[tuple[str, int], int]]:
        found = []
        for alike, escorts in free.items():
            if alike[0] == kind:
                most = 1.0 if kind == MEDICAL_ESCORT else float(len(escorts))
                found.append((alike, self._new(most)))
                self.escorts[r, alike] = found[-1][1]
        return found

    def _of_days(self, by_ride: Mapping[int, Sequence[tuple[int, Unit, str]]]) -> None:
        """Escorts of a day, and how many a place receives on it."""
        for day, free in self.free.items():
            today = [r for r, ride in enumerate(self.rides) if ride.run.day == day]
            for alike, escorts in free.items():
                own = [c for r in today if (c := self.escorts.get((r, alike))) is not None]
                self._add(own, [1.0] * len(own), len(escorts))
            there: dict[str, list[tuple[int, float]]] = defaultdict(list)
            for r in today:
                for column, unit, place in by_ride[r]:
                    there[place].append((column, float(unit.size)))
            for place, entries in there.items():
                most = self.rides[today[0]].run.room[place]
                seats = sum(
                    self.rides[r].run.vehicle.seats + self.rides[r].run.vehicle.wheelchair_slots
                    for r in today
                    if place in self.rides[r].stops
                )
                if seats > most:
                    self._add([c for c, _ in entries], [v for _, v in entries], most)

    def _add(self, columns: Sequence[int], values: Sequence[float], most: float) -> None:
        some = np.flatnonzero(values)
        if len(some):
            self.rows.add(
                np.array(columns)[some], np.array(values, dtype=float)[some], -np.inf, float(most)
            )

    def travel(self, x: Vector, placed: Mapping[str, Pool]) -> Schedule | None:
        """Turn seats into trips; None where one would be too late.

        The most protected leave first (R18), and of those alike whoever may wait the least.
        """
        on, gone = self._seated(x, placed), self.road.gone
        order = [(r, self.rides[r]) for r in sorted(on)]
        turn = self.eligible.rules.on("R18")
        first = {r: min(u.tier for u in on[r]) if turn else 0 for r in on}
        order.sort(key=lambda o: (o[1].run.day, first[o[0]], o[1].latest, o[0]))
        trips, boards = sorted(gone, key=lambda t: t.id), {t.id: u for t, u in gone.items()}
        number = max((int(t.id[1:]) for t in gone), default=0)
        slot: dict[date, int] = {}
        used: dict[date, set[str]] = defaultdict(set)
        for r, ride in order:
            day = ride.run.day
            here = slot.get(day, ride.run.first_slot)
            load = Load(ride.run.vehicle, ride.group)
            load.units = sorted(on[r], key=lambda u: (u.tier, placed[u.id].place, -u.size, u.id))
            stops = self._stops(ride, load.units, placed, here // ride.run.bays)
            if stops is None:
                return None
            load.stops, number = stops, number + 1
            escorts = self._escorts_of(x, r, used[day])
            place_of = {u.id: placed[u.id].place for u in load.units}
            trip = depart(self.eligible, load, place_of, escorts, number, day, here)
            trips.append(trip)
            boards[trip.id] = tuple(load.units)
            slot[day] = here + 1
        return Schedule(tuple(trips), boards, ())

    def _seated(self, x: Vector, placed: Mapping[str, Pool]) -> dict[int, list[Unit]]:
        """Deal alike units with one destination to the rides there."""
        going: dict[tuple[Alike, str], list[Unit]] = defaultdict(list)
        for types in self.base.types:
            for unit in types:
                if unit.id in placed and unit.id not in self.departed:
                    going[self._alike(unit), placed[unit.id].place].append(unit)
        on: dict[int, list[Unit]] = defaultdict(list)
        for there in going.values():  # the most protected of those alike ride first
            there.sort(key=lambda u: (u.tier, u.id))
        for (alike, place, r), column in self.shares.items():
            count, there = round(float(x[column])), going[alike, place]
            if count:
                on[r] += there[:count]
                del there[:count]
        assert not any(going.values())  # noqa: S101 - a place is a sum of rides
        return on

    def _stops(
        self, ride: Ride, units: Sequence[Unit], placed: Mapping[str, Pool], wave: int
    ) -> list[str] | None:
        """Return the stops where anybody leaves, if that keeps all hours; else all of them."""
        used = {placed[u.id].place for u in units}
        shorter = tuple(p for p in ride.stops if p in used)
        expecting = {placed[u.id].place for u in units if "late_pregnancy" in u.needs}
        for stops in (shorter, ride.stops):
            way = way_of(
                self.eligible,
                ride.run,
                ride.group,
                stops,
                young=any(u.children for u in units),
                expecting=bool(expecting),
            )
            on_time = way is not None and way.latest >= min(wave, ride.run.last_wave)
            if way is not None and on_time and expecting <= way.near:
                return list(stops)
        return None

    def _escorts_of(self, x: Vector, r: int, used: set[str]) -> list[Escort]:
        found: list[Escort] = []
        for alike, escorts in self.free[self.rides[r].run.day].items():
            column = self.escorts.get((r, alike))
            wanted = 0 if column is None else round(float(x[column]))
            chosen = [e for e in escorts if e.id not in used][:wanted]
            used |= {e.id for e in chosen}
            found += chosen
        return found
