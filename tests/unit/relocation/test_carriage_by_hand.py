"""What vehicles, escorts, days and stops can carry: the programme's rows against a plain one, a unit and a day at a time.

The plain programme counts every unit by itself on every vehicle of every day; the planner's counts alike units,
vehicles and days together. Both leave as few behind, tier after tier, shares of units and of trips allowed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from scarce_sites import scarce_site
from scipy.optimize import linprog

from sojourn.relocation.planner import short
from sojourn.relocation.planner.dive import Style, dive
from sojourn.relocation.planner.eligibility import Eligibility, children_at
from sojourn.relocation.planner.short import STYLES, ShortOfSeats
from sojourn.relocation.planner.solver import FaceSolver
from sojourn.relocation.planner.units import Unit, form_units
from sojourn.relocation.planner.vehicles import group_of
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import (
    AgeSource,
    Case,
    Consent,
    Escort,
    Fitness,
    Mobility,
    Person,
    Room,
    RoomType,
    Sex,
    Site,
    Vehicle,
)

Name = tuple[object, ...]


class Plain:
    """A linear programme by names: ``below`` says that a sum is no more than a number."""

    def __init__(self) -> None:
        self.at: dict[Name, int] = {}
        self.rows: list[tuple[Mapping[Name, float], float]] = []

    def below(self, values: Mapping[Name, float], most: float = 0.0) -> None:
        for name in values:
            self.at.setdefault(name, len(self.at))
        self.rows.append((values, most))

    def least(self, cost: Mapping[Name, float]) -> float:
        for name in cost:
            self.at.setdefault(name, len(self.at))
        if not self.at:
            return 0.0  # nobody may go anywhere
        matrix = np.zeros((len(self.rows), len(self.at)))
        for row, (values, _) in enumerate(self.rows):
            for name, value in values.items():
                matrix[row, self.at[name]] += value
        c = np.zeros(len(self.at))
        for name, value in cost.items():
            c[self.at[name]] = value
        found = linprog(c, A_ub=matrix, b_ub=[m for _, m in self.rows], bounds=(0, None))
        assert found.status == 0
        return float(found.fun)


def weighed(pairs: Mapping[Name, float], by: float = 1.0) -> dict[Name, float]:
    return {name: value * by for name, value in pairs.items()}


def plain_bounds(site: Site, *, seats: bool) -> list[float]:
    """Return the persons of each tier who must be left behind, by weight, shares allowed."""
    eligible, units = Eligibility(site), form_units(site).units
    programme = Plain()
    going = {
        ("in", u.id, p): u for u in units for p in eligible.allowed(u)
    }  # whether a unit is in a pool
    for unit in units:
        programme.below({n: 1.0 for n, u in going.items() if u is unit}, 1.0)
    for pool in eligible.pools:
        programme.below(
            {n: pool.takes(u.size) for n, u in going.items() if n[2] == pool}, pool.capacity
        )
    for place in site.places:
        here = {n: u for n, u in going.items() if n[2].place == place.id}
        arrivals = place.max_arrivals_per_day * len(eligible.open_days(place))
        programme.below({n: u.size for n, u in here.items()}, arrivals)
        programme.below({n: u.size for n, u in here.items() if u.alone}, children_at(place))
    if seats:
        Ways(programme, site, going)
    found = []
    for tier in (1, 2, 3):
        mine = {
            n: u.size * (u.weight if tier < 3 else 1) for n, u in going.items() if u.tier == tier
        }
        whole = sum(u.size * (u.weight if tier < 3 else 1) for u in units if u.tier == tier)
        least = programme.least(weighed(mine, -1.0))
        programme.below(weighed(mine, -1.0), least + 1e-7)
        found.append(whole + least)
    return found


@dataclass
class Cell:
    """A group on its way to a region: who goes, the trips that may take them, and who minds them."""

    name: Name
    persons: dict[Name, Unit]
    trips: dict[Name, tuple[Vehicle, date]]
    guards: dict[Name, float]
    nurses: dict[Name, float]
    rides: dict[Name, float]

    def room(self, day: date | None = None, kind: str = "") -> dict[Name, float]:
        """Return what the trips (of a day, of vehicles of a kind) hold, below nothing."""
        return {
            n: -float(v.seats + v.wheelchair_slots)
            for n, (v, d) in self.trips.items()
            if day in (None, d) and kind in ("", v.type)
        }

    def of_each(self, count: Callable[[Unit], float]) -> dict[Name, float]:
        return {n: count(u) for n, u in self.persons.items()}


class Ways:
    """What carries people: a trip is of a group, to a region, by a vehicle, on a day."""

    def __init__(self, programme: Plain, site: Site, going: Mapping[Name, Unit]) -> None:
        self.programme, self.eligible, operation = (
            programme,
            Eligibility(site),
            site.rules.operation,
        )
        self.operation, self.rule = operation, site.rules["R05"]
        days = [operation.departure + timedelta(days=n) for n in range(operation.days)]
        self.runs = [(v, d) for d in days for v in site.vehicles if not v.days or d in v.days]
        self.days = [d for d in days if any(day == d for _, day in self.runs)]
        self.largest = max((v.seats + v.wheelchair_slots for v, _ in self.runs), default=0)
        self.free = {
            kind: {
                d: [e for e in site.escorts if e.kind == kind and (not e.days or d in e.days)]
                for d in self.days
            }
            for kind in ("child protection", "medical")
        }
        region = {p.id: p.region for p in site.places}
        keys = dict.fromkeys((group_of(u), region[n[2].place]) for n, u in going.items())
        self.cells = [
            self.cell(
                *key, {n: u for n, u in going.items() if (group_of(u), region[n[2].place]) == key}
            )
            for key in keys
        ]
        for cell in self.cells:
            self.seats(cell)
            self.shut(cell)
            self.nursed(cell)
            if cell.guards:
                self.guarded(cell)
            self.stops(cell)
        self.limits()

    def cell(self, group: str, region: str, persons: dict[Name, Unit]) -> Cell:
        def each(what: str, wanted: str) -> dict[Name, float]:
            return {(what, group, region, d): 1.0 for d in self.days if wanted in group}

        def may(vehicle: Vehicle) -> bool:
            if group.startswith("adapted"):
                return vehicle.wheelchair_slots > 0 or vehicle.type in ("adapted", "ambulance")
            return vehicle.type != "ambulance"

        trips = {("trip", group, region, v.id, d): (v, d) for v, d in self.runs if may(v)}
        guards, nurses = each("guard", "children"), each("nurse", "adapted")
        return Cell((group, region), persons, trips, guards, nurses, each("child", "children"))

    def seats(self, cell: Cell) -> None:
        seated, seats = cell.of_each(lambda u: u.size - u.wheelchairs), cell.trips.items()
        along = {**cell.guards, **cell.nurses}
        self.programme.below({**seated, **along, **{n: -v.seats for n, (v, _) in seats}})
        chairs = cell.of_each(lambda u: u.wheelchairs)
        self.programme.below({**chairs, **{n: -v.wheelchair_slots for n, (v, _) in seats}})
        self.programme.below(
            {**cell.of_each(lambda u: u.stretchers), **cell.room(kind="ambulance")}
        )

    def open_on(self, name: Name) -> frozenset[date]:
        return frozenset(self.eligible.open_days(self.eligible.places[name[2].place]))

    def shut(self, cell: Cell) -> None:
        """Whoever goes where some days are shut rides on the others."""
        for some in {self.open_on(n) for n in cell.persons}:
            there = {n: u.size for n, u in cell.persons.items() if self.open_on(n) <= some}
            rooms = [cell.room(day) for day in some]
            self.programme.below({**there, **{n: r for room in rooms for n, r in room.items()}})

    def nursed(self, cell: Cell) -> None:
        escorted = {n: u.size for n, u in cell.persons.items() if u.medical_escort}
        if escorted:
            self.programme.below({**escorted, **weighed(cell.nurses, -self.largest)})
            for name in cell.nurses:
                self.programme.below({name: 1.0, **dict.fromkeys(cell.room(name[3]), -1.0)})

    def guarded(self, cell: Cell) -> None:
        limit = self.rule.number("children_per_escort")
        small = self.rule.number("children_per_escort_young")
        minds = max(
            (e.max_children for d in self.days for e in self.free["child protection"][d]), default=0
        )
        asked = cell.of_each(lambda u: u.alone_older / limit + u.alone_young / small)
        self.programme.below({**asked, **weighed(cell.guards, -1.0)})
        self.programme.below({**cell.of_each(lambda u: u.size), **weighed(cell.rides, -1.0)})
        for ride, guard in zip(cell.rides, cell.guards, strict=True):
            room = cell.room(ride[3])
            self.programme.below({ride: 1.0, guard: -minds})
            self.programme.below({ride: 1.0, guard: 1.0, **room})
            self.programme.below({guard: -1.0, **dict.fromkeys(room, 1.0)})
            self.programme.below({guard: 1.0, **dict.fromkeys(room, -50.0)})

    def stops(self, cell: Cell) -> None:
        """A visit leaves a vehicle's worth, or the beds there; a trip makes so many visits."""
        visits = dict[Name, float]()
        for place in dict.fromkeys(n[2].place for n in cell.persons):
            here = {n: u.size for n, u in cell.persons.items() if n[2].place == place}
            beds = sum(max(p.beds_per_room, 1) * p.capacity for p in {n[2] for n in here})
            visit = ("visit", *cell.name, place)
            self.programme.below({**here, visit: -min(beds, self.largest)})
            visits[visit] = 1.0
        self.programme.below({**visits, **dict.fromkeys(cell.trips, -self.operation.max_stops)})

    def limits(self) -> None:
        """A vehicle makes one trip a day; bays, guards and nurses of a day are so many."""
        trips = {n: run for cell in self.cells for n, run in cell.trips.items()}
        for run in self.runs:
            self.programme.below({n: 1.0 for n, own in trips.items() if own == run}, 1.0)
        hours = self.operation.last_departure - self.operation.first_departure
        waves = int(hours * 60 // self.operation.boarding_minutes) + 1
        for day in self.days:
            today = {n: 1.0 for n, (_, d) in trips.items() if d == day}
            self.programme.below(today, waves * self.operation.bays)
            for what, kind in (("guards", "child protection"), ("nurses", "medical")):
                own = {n: 1.0 for cell in self.cells for n in getattr(cell, what) if n[3] == day}
                self.programme.below(own, len(self.free[kind][day]))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("carriage") / "SYNTHETIC"
    write_example_site(folder, people=40, seed=2)
    return read_site(folder)


def needy(rng: np.random.Generator, base: Site) -> Site:
    """Draw a tiny site short of seats, with more people who ride in a wheelchair, lying, or with a nurse."""
    site = scarce_site(rng, base)
    moves = (Mobility.NONE, Mobility.NONE, Mobility.NONE, Mobility.WHEELCHAIR, Mobility.STRETCHER)
    fits = (Fitness.YES, Fitness.YES, Fitness.WITH_ESCORT)
    people = tuple(
        replace(
            p,
            mobility=moves[rng.integers(len(moves))],
            fit_to_travel=fits[rng.integers(len(fits))],
            birth=p.birth if p.birth != "age:15" or rng.random() < 0.5 else "age:9",
        )
        for p in site.persons
    )
    days = [
        site.rules.operation.departure + timedelta(days=n) for n in range(site.rules.operation.days)
    ]

    def some() -> tuple[date, ...]:
        return (days[rng.integers(len(days))],) if rng.random() < 0.4 else ()

    more = [Vehicle(id="M0", type="ambulance", seats=2, days=some())] if rng.random() < 0.6 else []
    more += [
        Vehicle(
            id=f"D{n}",
            type="adapted",
            seats=int(rng.integers(1, 4)),
            wheelchair_slots=2,
            days=some(),
        )
        for n in range(int(rng.integers(0, 3)))
    ]
    nurses = [
        Escort(id=f"N{n}", kind="medical", days=some()) for n in range(int(rng.integers(0, 3)))
    ]
    guards = [replace(e, max_children=int(rng.integers(1, 4))) for e in site.escorts]
    rules = replace(
        site.rules,
        operation=replace(
            site.rules.operation, last_departure=float(rng.choice([7.25, 8.0, 20.0])), bays=1
        ),
    )
    return replace(
        site,
        persons=people,
        links=(),
        places=tuple(replace(p, step_free=True, latest_arrival=22.0) for p in site.places),
        vehicles=(*site.vehicles, *more),
        escorts=(*guards, *nurses),
        rules=rules,
    )


def bounds(model: object) -> list[float]:
    faces, found = FaceSolver(model.programme), []
    for level in model.levels:
        result = faces.minimize(level.cost)
        faces.shrink(result)
        found.append(result.objective)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_as_few_are_left_behind_as_in_a_plain_programme_of_every_vehicle_and_day(
    base: Site, seed: int
) -> None:
    site = needy(np.random.default_rng([7, seed]), base)
    units, eligible = form_units(site), Eligibility(site)
    if not units.units:
        pytest.skip("nobody travels")
    short = ShortOfSeats(units, eligible, None, {})
    assert bounds(short.places) == pytest.approx(plain_bounds(site, seats=False), abs=1e-5)
    assert bounds(short.model) == pytest.approx(plain_bounds(site, seats=True), abs=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_trips_made_whole_use_each_vehicle_once_a_day_and_stop_no_oftener_than_they_may(
    base: Site, seed: int
) -> None:
    site = needy(np.random.default_rng([8, seed]), base)
    units, eligible = form_units(site), Eligibility(site)
    for style in STYLES:
        seats = ShortOfSeats(units, eligible, None, {})
        rides = dive(seats.model, seats.carriage, eligible, seats.runs, units.units, style)
        used = [(r.run.vehicle.id, r.run.day) for r in rides]
        assert len(set(used)) == len(used)
        for ride in rides:
            vehicle, day = ride.run.vehicle, ride.run.day
            assert not vehicle.days or day in vehicle.days
            assert len(set(ride.stops)) == len(ride.stops) <= site.rules.operation.max_stops
            assert len({eligible.places[p].region for p in ride.stops}) == 1
            assert all(day in eligible.open_days(eligible.places[p]) for p in ride.stops)


def lone_men(base: Site, wishes: Sequence[str], *seats: int) -> Site:
    """Men of one wish each, a place with beds for all of them in each region, coaches of one day."""
    site = scarce_site(np.random.default_rng(1), base)
    regions = sorted(set(wishes))
    like = replace(site.places[0], max_arrivals_per_day=50, latest_arrival=22.0, closes=None)
    men = {f"m{n}": wish for n, wish in enumerate(wishes)}
    operation = replace(site.rules.operation, days=1, max_stops=2)
    return replace(
        site,
        persons=tuple(
            Person(id=m, case_id=m, sex=Sex.MALE, birth="age:30", age_source=AgeSource.DECLARED)
            for m in men
        ),
        cases=tuple(
            Case(id=m, head=m, wishes=(wish,), consent=Consent.EXPLICIT) for m, wish in men.items()
        ),
        links=(),
        places=tuple(replace(like, id=r, region=r) for r in regions),
        rooms=tuple(
            Room(place_id=r, room_type=RoomType.SINGLE_MEN, rooms=len(wishes), beds_per_room=1)
            for r in regions
        ),
        vehicles=tuple(
            Vehicle(id=f"V{n}", type="coach", seats=s, drivers=2) for n, s in enumerate(seats)
        ),
        escorts=(),
        rules=replace(site.rules, operation=operation),
    )


@pytest.mark.parametrize("fleet", [(4,), (4, 4), (2, 2, 2), (9,)])
@pytest.mark.parametrize("wishes", ["NNSS", "ENSW", "ABCDEFGH"])
def test_a_vehicle_a_part_of_which_goes_to_each_of_several_regions_goes_to_one(
    base: Site, wishes: str, fleet: tuple[int, ...]
) -> None:
    site = lone_men(base, wishes, *fleet)
    units, eligible = form_units(site), Eligibility(site)
    reached = list[int]()
    for style in STYLES:
        seats = ShortOfSeats(units, eligible, None, {})
        rides = dive(seats.model, seats.carriage, eligible, seats.runs, units.units, style)
        assert len({r.run.vehicle.id for r in rides}) == len(rides)
        reached.append(len({s for r in rides for s in r.stops}))
    assert min(reached) > 0
    assert max(reached) == min(
        len(fleet), len(set(wishes))
    )  # each way to trips is tried, and the best is taken


def test_seats_are_expected_to_be_short_from_a_size_on_and_where_nearly_all_vehicles_are_needed(
    base: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four men: of the seats of a day a fifth is not counted on."""

    def expected(*seats: int) -> bool:
        one = lone_men(base, "NNNN", *seats)
        return ShortOfSeats(form_units(one), Eligibility(one), None, {}).expected()

    monkeypatch.setattr(short, "EXPECTED_FROM", 4)
    told = [expected(2), expected(2, 2), expected(2, 2, 2), expected(4), expected(5)]
    assert told == [True, True, False, True, False]
    monkeypatch.setattr(short, "EXPECTED_FROM", 5)
    assert not expected(2)


def test_where_people_are_few_every_way_to_trips_is_tried_and_the_best_are_driven(
    base: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise of each way more than any trips can keep: so many are driven as may be, and no more."""
    site = lone_men(base, "ENSW", 4, 4)
    units, eligible = form_units(site), Eligibility(site)
    styles, driven = list[Style](), list[int]()
    dive_in, drive = short.dive, short.on_board

    def dived(*given: Any) -> Any:
        styles.append(given[5])
        return dive_in(*given)

    def on_board(*given: Any) -> Any:
        driven.append(len(given[1].rides))
        return drive(*given)

    monkeypatch.setattr(short, "dive", dived)
    monkeypatch.setattr(short, "on_board", on_board)
    usual = ShortOfSeats(units, eligible, None, {}).plan()
    assert usual is not None
    assert len(usual.placed) == 2
    assert styles == [*STYLES]
    assert driven == [2]  # two are left behind at the least: no other trips can be better
    tried = ShortOfSeats._try

    def promised_of(*given: Any) -> Any:
        found = tried(*given)
        return found and replace(found, worth=(-1.0, -1.0, -1.0))

    monkeypatch.setattr(ShortOfSeats, "_try", promised_of)
    monkeypatch.setattr(ShortOfSeats, "least", (-2.0, -2.0, -2.0))
    styles.clear()
    driven.clear()
    promised = ShortOfSeats(units, eligible, None, {}).plan()
    assert promised is not None
    assert len(promised.placed) == 2
    assert styles == [*STYLES]
    assert len(driven) == short.FINALS
    monkeypatch.setattr(short, "FEW_PERSONS", 3)
    styles.clear()
    driven.clear()
    many = ShortOfSeats(units, eligible, None, {}).plan()
    assert many is not None
    assert (styles, len(driven)) == ([Style()], 1)
