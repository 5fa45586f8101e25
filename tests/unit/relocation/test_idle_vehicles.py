"""Vehicles that stand idle beside planned trips: who is left behind rides in them, and nobody is late for it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scarce_sites import fewer_vehicles

from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.idle import in_time, left_over
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.rides import Ride, rides_of
from sojourn.relocation.planner.short import ShortOfSeats
from sojourn.relocation.planner.solver import FaceSolver
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.planner.vehicles import Schedule
from sojourn.relocation.planner.ways import Run, runs_of, way_of
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("idle") / "SYNTHETIC"
    write_example_site(folder, people=350, seed=2)
    return fewer_vehicles(read_site(folder), 0.5)


@pytest.fixture(scope="module")
def plan(site: Site) -> Proposal:
    """A plan whose people without a place are proven to be the fewest."""
    made = make_plan(site)
    assert [b.value for b in made.bounds[:3]] == [b.bound for b in made.bounds[:3]]
    return made


@pytest.fixture(scope="module")
def short(site: Site) -> ShortOfSeats:
    return ShortOfSeats(form_units(site), Eligibility(site), None, {})


@pytest.fixture(scope="module")
def rides(plan: Proposal, short: ShortOfSeats) -> tuple[Ride, ...]:
    return rides_of(short.eligible, plan.trips, short.runs, short.units.units)


def total(worth: Sequence[float]) -> float:
    """Return what the first levels cost, the first counting most."""
    return float(np.dot(worth, (1e6, 1e3, 1.0)))


@pytest.mark.parametrize("gone", [slice(0, 1), slice(3, 5), slice(-4, None)])
def test_who_rode_in_trips_that_are_taken_away_rides_in_the_vehicles_that_are_idle_then(
    short: ShortOfSeats, rides: tuple[Ride, ...], plan: Proposal, gone: slice
) -> None:
    missing = {id(ride) for ride in rides[gone]}
    some = short._try([r for r in rides if id(r) not in missing])
    assert some is not None
    least = [b.bound for b in plan.bounds[:3]]
    assert total(some.worth) > total(least)
    more = short._filled(some)
    assert more is not None
    assert more.travel is not None
    assert total(more.worth) < total(some.worth)
    used = [(r.run.vehicle.id, r.run.day) for r in more.rides]
    assert len(used) == len(set(used)) > len(some.travel.trips)
    known = {(r.vehicle.id, r.day): r for r in short.runs}
    assert all(r.run is known[r.run.vehicle.id, r.run.day] for r in more.rides)


def test_what_may_be_added_to_a_solution_and_the_solution_keep_every_row(
    short: ShortOfSeats, rides: tuple[Ride, ...]
) -> None:
    some = short._try(rides[:6])
    assert some is not None
    model = short.places
    x = some.x[: len(model.programme.lower)]
    rest = left_over(model, x)
    faces = FaceSolver(rest.programme)
    k, slack = len(model.column_type), model.slack
    for level in model.levels[:3]:
        found = faces.minimize(level.cost)
        faces.shrink(found)
    y, p = found.x, model.programme
    assert (y[:k] >= -1e-9).all()  # nobody who has a place moves
    assert y[:k].sum() > 1
    assert (y[slack] <= 1e-9).all()
    rows = p.matrix @ (x + y)
    assert (rows >= p.row_lower - 1e-6).all()
    assert (rows <= p.row_upper + 1e-6).all()
    assert (x + y >= p.lower - 1e-6).all()
    assert (x + y <= p.upper + 1e-6).all()
    before = [float(level.cost @ x) for level in model.levels[:3]]
    free = FaceSolver(p)  # no addition is better than a solution from nothing
    for level, had in zip(model.levels[:3], before, strict=True):
        best = free.minimize(level.cost)
        free.shrink(best)
        assert had + float(level.cost @ y) >= best.objective - 1e-6
        assert had + float(level.cost @ y) <= had + 1e-6


def late(eligible: Eligibility, run: Run) -> tuple[tuple[str, str], int]:
    """Return two stops and the last wave in which a vehicle can leave for both; for one it can wait."""
    by_region: dict[str, list[str]] = {}
    for p in eligible.site.places:
        by_region.setdefault(p.region, []).append(p.id)
    wide = replace(run, last_wave=99)
    for names in by_region.values():
        for a in names:
            for b in names:
                both = a != b and way_of(
                    eligible, wide, "general", (a, b), young=True, expecting=False
                )
                one = way_of(eligible, wide, "general", (a,), young=True, expecting=False)
                if both and one and one.latest > both.latest:
                    return (a, b), both.latest
    raise AssertionError("no two stops that cost a wave")


@pytest.mark.parametrize(
    ("group", "others", "cut"),
    [
        ("general", "general", True),
        ("general", "children", True),
        ("children", "general", False),  # it leaves before them
        ("children", "children", True),
    ],
)
def test_a_trip_that_cannot_wait_for_the_last_of_its_day_leaves_out_a_stop(
    short: ShortOfSeats, group: str, others: str, cut: bool
) -> None:
    run = replace(short.runs[0], bays=1, last_wave=99)
    stops, latest = late(short.eligible, run)
    tight = Ride(run, group, stops, young=True, tier=0, near=frozenset(stops), latest=latest)
    rest = [
        replace(
            tight,
            group=others,
            stops=stops[:1],
            latest=98,
            run=replace(run, vehicle=replace(run.vehicle, id=f"X{n}")),
        )
        for n in range(latest + 1)
    ]
    nobody = Schedule((), {}, ())
    on_time = list(in_time([tight, *rest[:-1]], nobody, short.eligible))
    assert on_time == [tight, *rest[:-1]]
    first, *same = in_time([tight, *rest], nobody, short.eligible)
    assert same == rest
    assert (first == tight) is not cut
    if cut:
        assert len(first.stops) == 1
        assert first.latest > latest


def test_vehicles_of_planned_trips_are_not_idle_and_earlier_days_stay(
    short: ShortOfSeats, plan: Proposal
) -> None:
    """Trips that have left end the days before them; those that are planned do not."""
    last = max(plan.trips, key=lambda t: (t.day, t.departure, t.bay))
    idle = runs_of(short.eligible, {}, [last])
    assert {r.day for r in idle} == {r.day for r in short.runs}
    assert (last.vehicle_id, last.day) not in {(r.vehicle.id, r.day) for r in idle}
    assert len(idle) == len(short.runs) - 1
    left = runs_of(short.eligible, {last: ()})
    assert {r.day for r in left} == {last.day}
    there = {s.place_id: s.persons for s in last.stops}
    known = {(r.vehicle.id, r.day): r for r in short.runs}
    for run in idle:
        was = known[run.vehicle.id, run.day]
        taken = {p: was.room[p] - n for p, n in run.room.items() if was.room[p] != n}
        assert taken == (there if run.day == last.day else {})
        gone = {e.id for e in was.free} - {e.id for e in run.free}
        assert gone == (set(last.escorts) if run.day == last.day else set())
