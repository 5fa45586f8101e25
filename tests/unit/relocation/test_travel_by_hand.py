"""Who leaves when, worked out by hand on the move of twelve people."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import numpy as np
import pytest
from hand_worked import (
    DAY,
    NEXT,
    NOT_MEET,
    SITE,
    WORLD,
    Change,
    World,
    all_of,
    at,
    case,
    linked,
    minus,
    operation,
    person,
    planned,
    rule,
    said,
    with_table,
)

from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.planner.vehicles import Schedule, out_of_turn, schedule
from sojourn.relocation.planner.ways import runs_of, ways_of
from sojourn.relocation.planner.whole import plan_whole
from sojourn.relocation.site.site import Consent, Vehicle

#: A man, a woman, and a mother with two children, of whom the first two must not meet.
APART = all_of(
    at("places", "C", latest_arrival=23.0),
    rule("R19", on=False),
    *(at("cases", c, consent=Consent.DECLINED) for c in ("c4", "c5", "c6", "c7")),
    linked("p1", "p2", NOT_MEET),
)


@pytest.mark.parametrize(
    ("first", "last", "days", "leave"),
    [
        (12.75, 13.25, 1, [(DAY, 765), (DAY, 780)]),  # before one o'clock, and at one
        (12.0, 12.9, 1, [(DAY, 720)]),
        (12.0, 12.9, 2, [(DAY, 720), (NEXT, 720)]),
        (13.0, 14.0, 1, [(DAY, 780)]),
        (13.0, 14.0, 2, [(DAY, 780), (NEXT, 780)]),
    ],
)
def test_two_who_must_not_meet_leave_in_two_halves_of_a_day_or_on_two_days(
    first: float, last: float, days: int, leave: list[tuple[object, int]]
) -> None:
    hours = operation(days=days, bays=1, first_departure=first, last_departure=last)
    world = planned(all_of(APART, hours)(WORLD))
    assert said(world) == []
    assert [(t.day, t.departure) for t in world.plan.trips] == leave
    trip_of = {a.case_id: a.trip_id for a in world.plan.assignments}
    assert trip_of["c1"] != trip_of.get("c2")
    left = [] if len(leave) == 2 else ["c2"]
    assert [u.case_id for u in world.plan.unplaced] == left


def men(count: int, *changes: Change) -> World:
    """So many men who go to C, and nobody else."""
    names = [f"m{n}" for n in range(count)]
    return all_of(
        with_table("persons", lambda _: tuple(person(m, m, "M", 30) for m in names)),
        with_table("cases", lambda _: tuple(case(m, m, "N") for m in names)),
        *(with_table(t, lambda _: ()) for t in ("links", "relatives", "escorts")),
        at("rooms", "C", rooms=count),
        at("rooms", "single men", rooms=0),
        at("places", "C", max_arrivals_per_day=count, latest_arrival=23.0),
        rule("R19", on=False),
        *changes,
    )(WORLD)


@pytest.mark.parametrize("count", range(1, 7))
def test_of_vehicles_alike_the_first_go_first_and_no_more_than_are_needed(count: int) -> None:
    coaches = tuple(Vehicle(id=f"W{n}", type="coach", seats=2) for n in range(3))
    fleet = with_table("vehicles", lambda _: coaches)
    site = men(count, fleet, operation(days=1, bays=3)).site
    units, eligible = form_units(site), Eligibility(site)
    whole = plan_whole(units, eligible, None, {})
    assert whole is not None
    assert len(whole.placed) == count
    assert [t.vehicle_id for t in whole.travel.trips] == [f"W{n}" for n in range(-(-count // 2))]
    on_board = [u.id for group in whole.travel.on_board.values() for u in group]
    assert sorted(on_board) == sorted(whole.placed)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_no_more_arrive_in_a_day_than_a_place_receives(most: int) -> None:
    """Six men go to C, in a coach of six seats that goes on six days."""
    change = (
        minus("vehicles", "V1", "V3"),
        at("places", "C", max_arrivals_per_day=most),
        operation(days=6),
    )
    world = planned(men(6, *change))
    assert said(world) == []
    assert Counter(a.day for a in world.plan.assignments) == {
        DAY + timedelta(days=n): most for n in range(6 // most)
    }


def test_each_group_has_the_ways_that_somebody_of_it_may_take() -> None:
    """Two brothers go to B; all others north, the man in a wheelchair to A alone, where there are no steps."""
    eligible = Eligibility(at("places", "C", latest_arrival=23.0)(WORLD).site)
    units = form_units(SITE).units
    ways = ways_of(eligible, units, runs_of(eligible, {}), 99)
    assert ways is not None
    assert {(w.stops, w.young) for w in ways if w.group == "children"} == {(("B",), True)}
    assert {(w.stops, w.young) for w in ways if w.group == "adapted general"} == {(("A",), False)}
    general = [w for w in ways if w.group == "general"]
    assert {frozenset(w.stops) for w in general} <= {frozenset(s) for s in ("A", "C", "AC")}
    # With children they rest before A, and C is after the 127 minutes that the pregnant woman may ride.
    assert {(w.stops, w.near) for w in general if w.young} == {(("A", "C"), frozenset("A"))}
    assert {w.tier for w in ways} == {0}
    assert ways_of(eligible, units, runs_of(eligible, {}), len(ways)) == ways
    assert ways_of(eligible, units, runs_of(eligible, {}), len(ways) - 1) is None


def test_a_trip_is_out_of_turn_where_more_protected_people_leave_later_that_day() -> None:
    rng, found = np.random.default_rng(3), Counter[bool]()
    for _ in range(300):
        trips = [
            replace(
                WORLD.plan.trips[0],
                id=f"T{n}",
                day=DAY + timedelta(days=int(rng.integers(2))),
                departure=480 + 15 * int(rng.integers(3)),
                tier=int(rng.integers(1, 4)),
            )
            for n in range(int(rng.integers(4)))
        ]
        wrong = any(
            a.day == b.day and a.departure < b.departure and a.tier > b.tier
            for a, b in permutations(trips, 2)
        )
        assert out_of_turn(Schedule(tuple(trips), {}, ())) is wrong
        found[wrong] += 1
    assert min(found.values()) > 20


@pytest.mark.parametrize(
    ("bays", "minute", "bay", "leaves"),
    [(2, 495, 1, 495), (2, 495, 2, 510), (1, 495, 1, 510), (2, 480, 1, 480), (3, 525, 2, 525)],
)
def test_no_trip_is_put_before_the_last_that_has_left(
    bays: int, minute: int, bay: int, leaves: int
) -> None:
    """The man in a wheelchair has left; the woman leaves from the next bay that was not used."""
    hours = operation(bays=bays, last_departure=20.0, days=1)
    eligible = Eligibility(all_of(hours, rule("R19", on=False))(WORLD).site)
    units = form_units(eligible.site)
    pool = {(p.place, p.room_type.value): p for p in eligible.pools}
    placed = {"c2": pool["A", "women only"], "c6": pool["A", "single men"]}
    gone = replace(WORLD.plan.trips[2], departure=minute, bay=bay)
    on_board = tuple(u for u in units.units if u.id == "c6")
    travel = schedule(eligible, units, placed, {gone: on_board})
    [new] = [t for t in travel.trips if t != gone]
    assert (new.departure, travel.on_board[new.id][0].id) == (leaves, "c2")
