"""Seats, escorts, days and stops as rows of the first model: a relaxation of the whole plan.

Vehicles of a kind are counted by group, region and day, trips in shares; places by visits. Every plan,
its trips counted, meets every row at its own cost, so that no plan has a better value than the
relaxation: its bounds are bounds of the plan, seats included. Who sits where is decided later.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.loads import is_adapted, likeness
from sojourn.relocation.planner.model import Model
from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.units import Unit
from sojourn.relocation.planner.vehicles import group_of
from sojourn.relocation.planner.ways import Run
from sojourn.relocation.planner.wider import widened
from sojourn.relocation.site.site import Escort, Vehicle

CHILD_ESCORT, MEDICAL_ESCORT = "child protection", "medical"
MOST_ESCORTS = 50  # on one trip
Entries = tuple[np.ndarray, np.ndarray]  # columns and their values
INSIDE = ("inside", "", "")  # a row of trips alone, which nobody on board has a part in
NOTHING: Entries = (np.zeros(0, dtype=np.int64), np.zeros(0))


@dataclass(frozen=True)
class Days:
    """Days that offer the same: places open, escorts, departures left; and how many there are."""

    count: int
    dates: tuple[date, ...]
    fleet: Mapping[tuple[object, ...], int]
    children: int
    medical: int
    departures: int


class Carriage:
    """What vehicles, escorts and stops can carry, beside a model of places; columns stand after its own.

    Parameters
    ----------
    runs : sequence of Run
        Vehicles on days, after trips that have left.
    departed : set of unit id
        Who is on their way: they need no seat any more, and are types of their own.

    Attributes
    ----------
    trips : dict
        Group, region, kind of vehicle and number of the day to a column.
    visits : dict
        Group, region and place to a column.
    names : list of (str, str, str)
        Of each row what it limits, where, and for whom; an empty name where it has none.
    """

    def __init__(
        self, model: Model, eligible: Eligibility, runs: Sequence[Run], departed: set[str]
    ) -> None:
        self.base, self.eligible, self.rules = model, eligible, eligible.rules
        self.first = len(model.programme.lower)
        self.rows, self.upper = Rows(), list[float]()
        self.names: list[tuple[str, str, str]] = []
        self.kinds: dict[tuple[object, ...], Vehicle] = {
            likeness(r.vehicle): r.vehicle for r in runs
        }
        self.days = _days(eligible, runs)
        self.escorts = {e.id: e for r in runs for e in r.free}
        self.trips: dict[tuple[str, str, tuple[object, ...], int], int] = {}
        self.visits: dict[tuple[str, str, str], int] = {}
        self.guards: dict[tuple[str, str, int], int] = {}
        self.nurses: dict[tuple[str, str, int], int] = {}
        self.riding = self._riding(departed)

    def _riding(self, departed: set[str]) -> dict[tuple[str, str], np.ndarray]:
        """Return the columns of each group and region whose people need a seat."""
        alike = [types[0] for types in self.base.types]
        names = [group_of(u) if u.id not in departed else "" for u in alike]
        regions = [self.eligible.places[p.place].region for p in self.base.pools]
        keys = list(
            zip(
                [names[t] for t in self.base.column_type.tolist()],
                [regions[p] for p in self.base.column_pool.tolist()],
                strict=True,
            )
        )
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for c, key in enumerate(keys):
            if key[0]:
                found[key].append(c)
        return {key: np.array(found[key], dtype=np.int64) for key in sorted(found)}

    def model(self, spare: float = 0.0) -> Model:
        """Return the wider model.

        Parameters
        ----------
        spare : float
            A share of the vehicles that is not counted on.
        """
        for group, region in self.riding:
            self._columns(group, region)
            self._seats(group, region)
            self._care(group, region)
            self._stops(group, region)
        self._fleet(1.0 - spare)
        return replace(widened(self.base, self.rows, np.array(self.upper)), shares=self.first)

    def _new(self, most: float) -> int:
        self.upper.append(most)
        return self.first + len(self.upper) - 1

    def _columns(self, group: str, region: str) -> None:
        """Add trips of each kind and day, and escorts on them."""
        child = "children" in group and self.rules.on("R05")
        for d, days in enumerate(self.days):
            for kind, vehicle in self.kinds.items():
                if _may(vehicle, group) and days.fleet.get(kind, 0):
                    most = float(days.fleet[kind])
                    self.trips[group, region, kind, d] = self._new(most)
            if child:
                self.guards[group, region, d] = self._new(float(days.children))
            if group.startswith("adapted") and self.rules.on("R10"):
                self.nurses[group, region, d] = self._new(float(days.medical))

    def _trips(self, group: str, region: str, d: int, what: str) -> Entries:
        """Return the trips of a cell and day, each worth its seats, slots, all of them, or one."""
        found = [
            (self.trips[group, region, kind, d], float(_worth(vehicle, what)))
            for kind, vehicle in self.kinds.items()
            if (group, region, kind, d) in self.trips
        ]
        return _entries(found)

    def _all(self, group: str, region: str, what: str) -> Entries:
        return _joined([self._trips(group, region, d, what) for d in range(len(self.days))])

    def _weights(self, columns: np.ndarray, of: np.ndarray) -> Entries:
        values = of[self.base.column_type[columns]]
        some = values != 0
        return columns[some], values[some]

    def _per_type(self, count: str) -> np.ndarray:
        return np.array([_count(types[0], count) for types in self.base.types], dtype=float)

    def _escorts_of(
        self, group: str, region: str, where: Mapping[tuple[str, str, int], int]
    ) -> Entries:
        return _entries([(c, 1.0) for (g, r, _), c in where.items() if (g, r) == (group, region)])

    def _seats(self, group: str, region: str) -> None:
        """Seats and slots of the trips of a cell hold all of it; places that close are reached before."""
        mine = self.riding[group, region]
        seated = self._weights(mine, self._per_type("seated"))
        along = _joined(
            [
                self._escorts_of(group, region, self.guards),
                self._escorts_of(group, region, self.nurses),
            ]
        )
        cell = (region, group)
        self._most([seated, along], self._all(group, region, "seats"), ("seats", *cell))
        slots = self._weights(mine, self._per_type("wheelchairs"))
        if len(slots[0]):
            self._most([slots], self._all(group, region, "slots"), ("slots", *cell))
        lying = self._weights(mine, self._per_type("stretchers"))
        if len(lying[0]):
            self._most([lying], self._all(group, region, "ambulance"), ("lying", *cell))
        size = self._per_type("size")
        place = np.array([p.place for p in self.base.pools])[self.base.column_pool[mine]]
        open_on = {
            name: frozenset(
                d
                for d, days in enumerate(self.days)
                if days.dates[0] in self.eligible.open_days(self.eligible.places[name])
            )
            for name in dict.fromkeys(place.tolist())
        }
        for few in sorted({s for s in open_on.values() if len(s) < len(self.days)}, key=sorted):
            there = np.array([open_on[name] <= few for name in place.tolist()])
            trips = _joined([self._trips(group, region, d, "all") for d in sorted(few)])
            self._most([self._weights(mine[there], size)], trips)

    def _care(self, group: str, region: str) -> None:
        """Children by day with their escorts; whoever needs a medical escort on a trip that has one."""
        mine = self.riding[group, region]
        if any((group, region, d) in self.guards for d in range(len(self.days))):
            self._children(group, region, mine)
        escorted = self._weights(mine, self._per_type("escorted"))
        if len(escorted[0]) and self.nurses:
            most = max((v.seats + v.wheelchair_slots for v in self.kinds.values()), default=0)
            nurses = self._escorts_of(group, region, self.nurses)
            self._most([escorted], (nurses[0], nurses[1] * most), ("nurses", region, group))
            for d in range(len(self.days)):
                self._most(
                    [_entries([(self.nurses[group, region, d], 1.0)])],
                    self._trips(group, region, d, "one"),
                    INSIDE,
                )

    def _children(self, group: str, region: str, mine: np.ndarray) -> None:
        rule = self.rules["R05"]
        limit, small = (
            rule.number("children_per_escort"),
            rule.number("children_per_escort_young"),
        )
        asked = self._per_type("alone_older") / limit + self._per_type("alone_young") / small
        guards = self._escorts_of(group, region, self.guards)
        self._most([self._weights(mine, asked)], guards, ("guards", region, group))
        most = max(
            (e.max_children for e in self.escorts.values() if e.kind == CHILD_ESCORT), default=0
        )
        carried = []
        for d in range(len(self.days)):
            carried.append(self._new(np.inf))
            guard, one = self.guards[group, region, d], self._trips(group, region, d, "one")
            today = _entries([(carried[-1], 1.0)])
            self._most([today], _entries([(guard, float(most))]), INSIDE)
            both = _entries([(carried[-1], 1.0), (guard, 1.0)])
            self._most([both], self._trips(group, region, d, "all"), INSIDE)
            self._most([one], _entries([(guard, 1.0)]), INSIDE)
            most_of = (one[0], one[1] * MOST_ESCORTS)
            self._most([_entries([(guard, 1.0)])], most_of, INSIDE)
        self._most(
            [self._weights(mine, self._per_type("size"))],
            _entries([(c, 1.0) for c in carried]),
            ("ride", region, group),
        )

    def _stops(self, group: str, region: str) -> None:
        """Let a visit leave at most a vehicle, or the beds there, and a trip make so many visits."""
        mine, size = self.riding[group, region], self._per_type("size")
        largest = max((v.seats + v.wheelchair_slots for v in self.kinds.values()), default=0)
        pools = self.base.column_pool[mine]
        places = np.array([self.base.pools[p].place for p in pools.tolist()])
        visits = []
        for name in dict.fromkeys(places.tolist()):
            here = mine[places == name]
            beds = sum(
                max(self.base.pools[p].beds_per_room, 1) * self.base.pools[p].capacity
                for p in set(self.base.column_pool[here].tolist())
            )
            visits.append(self._new(np.inf))
            self.visits[group, region, name] = visits[-1]
            self._most(
                [self._weights(here, size)],
                _entries([(visits[-1], float(min(beds, largest)))]),
                ("stops", name, group),
            )
        one = self._all(group, region, "one")
        stops = float(self.rules.operation.max_stops or 1)
        self._most([_entries([(v, 1.0) for v in visits])], (one[0], one[1] * stops), INSIDE)

    def _fleet(self, share: float) -> None:
        """No more trips, escorts and departures a day than there are."""
        for d, days in enumerate(self.days):
            today = [(key, c) for key, c in self.trips.items() if key[3] == d]
            for kind, count in days.fleet.items():
                own = [(c, 1.0) for key, c in today if key[2] == kind]
                self._limit(_entries(own), float(count) * share, INSIDE)
            all_trips = _entries([(c, 1.0) for _, c in today])
            self._limit(all_trips, float(days.departures), ("departures", str(d), ""))
            for what, where, count in (
                ("guards a day", self.guards, days.children),
                ("nurses a day", self.nurses, days.medical),
            ):
                own = [(c, 1.0) for key, c in where.items() if key[2] == d]
                self._limit(_entries(own), float(count), (what, str(d), ""))

    def _most(
        self, left: Sequence[Entries], right: Entries, name: tuple[str, str, str] = ("", "", "")
    ) -> None:
        """Add a row: the left is no more than the right."""
        columns, values = _joined(left)
        if len(columns):
            self.rows.add(
                np.concatenate([columns, right[0]]),
                np.concatenate([values, -right[1]]),
                -np.inf,
                0.0,
            )
            self.names.append(name)

    def _limit(self, entries: Entries, most: float, name: tuple[str, str, str]) -> None:
        if len(entries[0]):
            self.rows.add(entries[0], entries[1], -np.inf, most)
            self.names.append(name)


def _days(eligible: Eligibility, runs: Sequence[Run]) -> tuple[Days, ...]:
    """Return the days on which vehicles may leave, those that offer the same as one."""
    operation = eligible.rules.operation
    waves = int(
        (operation.last_departure - operation.first_departure) * 60 // operation.boarding_minutes
    )
    found: dict[tuple[object, ...], list[date]] = {}
    for day in sorted({r.day for r in runs}):
        own = [r for r in runs if r.day == day]
        fleet = Counter(likeness(r.vehicle) for r in own)
        free = Counter(e.kind for e in own[0].free)
        closed = tuple(p.id for p in eligible.site.places if day not in eligible.open_days(p))
        left = max((waves + 1) * own[0].bays - own[0].first_slot, 0)
        key = (
            tuple(sorted(fleet.items(), key=repr)),
            free[CHILD_ESCORT],
            free[MEDICAL_ESCORT],
            closed,
            left,
        )
        found.setdefault(key, []).append(day)
    return tuple(
        Days(
            count=len(dates),
            dates=tuple(dates),
            fleet={kind: n * len(dates) for kind, n in key[0]},  # type: ignore[attr-defined]
            children=key[1] * len(dates),  # type: ignore[operator]
            medical=key[2] * len(dates),  # type: ignore[operator]
            departures=key[4] * len(dates),  # type: ignore[operator]
        )
        for key, dates in found.items()
    )


def _may(vehicle: Vehicle, group: str) -> bool:
    return is_adapted(vehicle) if group.startswith("adapted") else vehicle.type != "ambulance"


def _worth(vehicle: Vehicle, what: str) -> int:
    everything = vehicle.seats + vehicle.wheelchair_slots
    return {
        "seats": vehicle.seats,
        "slots": vehicle.wheelchair_slots,
        "all": everything,
        "ambulance": everything if vehicle.type == "ambulance" else 0,
    }.get(what, 1)


def _count(unit: Unit, what: str) -> int:
    if what == "seated":
        return unit.size - unit.wheelchairs
    if what == "escorted":
        return unit.size if unit.medical_escort else 0
    return int(getattr(unit, what))


def _entries(pairs: Sequence[tuple[int, float]]) -> Entries:
    if not pairs:
        return NOTHING
    columns, values = zip(*pairs, strict=True)
    return np.array(columns, dtype=np.int64), np.array(values)


def _joined(parts: Sequence[Entries]) -> Entries:
    if not parts:
        return NOTHING
    return np.concatenate([c for c, _ in parts]), np.concatenate([v for _, v in parts])


def without_wishes(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """Return the units without what decides no place: wishes, groups, languages."""
    return tuple(
        replace(u, points=tuple((r, 0) for r, _ in u.points), wished=(), groups=(), languages=())
        for u in units
    )


def escort_classes(free: Sequence[Escort]) -> dict[tuple[str, int], list[Escort]]:
    """Return escorts that are alike, by kind and how many children each minds."""
    found: dict[tuple[str, int], list[Escort]] = {}
    for escort in free:
        if escort.kind in (CHILD_ESCORT, MEDICAL_ESCORT):
            found.setdefault((escort.kind, escort.max_children), []).append(escort)
    return found
