"""The best plan of a move that was worked out by hand, and of the same move with one thing less."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hand_worked import (
    DAY,
    NEXT,
    NOT_MEET,
    PLAN,
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
    plan,
    planned,
    rule,
    said,
    with_table,
)

from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.proposal.proposal import Event
from sojourn.relocation.site.site import Room, RoomType

OPEN = at("places", "C", latest_arrival=23.0)
WANTS_NORTH = at("cases", "c7", wishes=("N",))
NO_PLACE = {"c7": ("conflict", ("R14",))}
Left = Mapping[str, tuple[str, tuple[str, ...]]]
WORTH = (0, 3, 0, 8 / 9, 13, 2, 5, 953)
ROAD, SLOTS, GUARD = ("R16", "R17"), ("R10", "R11"), ("R05",)
#: What is changed, who then has no place beside the man who would go where no place is, and the eight levels.
PLANS: dict[str, tuple[Change, Left, tuple[float, ...]]] = {
    "as it is": (OPEN, NO_PLACE, WORTH),
    "in one day": (all_of(OPEN, operation(days=1)), NO_PLACE, WORTH),
    "from one bay": (all_of(OPEN, operation(bays=1)), NO_PLACE, WORTH),
    "with one stop": (all_of(OPEN, operation(max_stops=1)), NO_PLACE, WORTH),
    "four arrivals a day": (
        all_of(OPEN, at("places", "A", max_arrivals_per_day=4)),
        NO_PLACE,
        WORTH,
    ),
    "a coach of another day": (
        all_of(OPEN, at("vehicles", "V1", days=(NEXT,)), at("escorts", "E1", days=())),
        NO_PLACE,
        WORTH,
    ),
    "no bed for the man in a wheelchair": (
        all_of(OPEN, at("rooms", "single men", rooms=0)),
        {**NO_PLACE, "c6": ("conflict", ("R01",))},
        (0, 3 + 1, 0, 7 / 9, 13 - 2, 1, 4, 953 - 112),
    ),
    "no bed for the woman": (
        all_of(OPEN, at("rooms", "women only", rooms=0)),
        {**NO_PLACE, "c2": ("conflict", ("R01",))},
        (0, 3 + 1, 0, 7 / 9, 13 - 2, 0, 4, 953 - 112),
    ),
    "no unit for the family": (
        all_of(OPEN, at("rooms", "family unit", rooms=0)),
        {**NO_PLACE, "c3": ("conflict", ("R01",))},
        (0, 3 + 3 * 2, 0, 5 / 9, 13 - 3, 1, 3, 953 - 381),
    ),
    "no beds for the brothers": (
        all_of(OPEN, at("rooms", "child", rooms=0)),
        {**NO_PLACE, "c4": ("conflict", ("R01",)), "c5": ("conflict", ("R01",))},
        (2, 3, 0, 6 / 9, 13 - 4, 2, 5, 953 - 230),
    ),
    "the protected before the others": (
        all_of(OPEN, at("rooms", "mixed", rooms=0)),
        {**NO_PLACE, "c6": ("capacity", ("A:single men",))},
        (0, 3 + 1, 0, 7 / 9, 13 - 2, 1, 4, 953 - 118 - 112 + 112),
    ),
    "the heavier before the lighter": (
        all_of(OPEN, WANTS_NORTH),
        {"c6": ("capacity", ("A:single men", "C:mixed"))},
        (0, 1, 0, 8 / 9, 13, 1, 4, 953),
    ),
    "no guard": (
        all_of(OPEN, minus("escorts", "E1")),
        {**NO_PLACE, "c4": ("transport", GUARD), "c5": ("transport", GUARD)},
        (2, 3, 0, 6 / 9, 13 - 4, 2, 5, 953 - 230),
    ),
    "no interpreter": (
        all_of(OPEN, minus("escorts", "E2")),
        {**NO_PLACE, "c1": ("transport", ROAD)},
        (1, 3, 0, 7 / 9, 13 - 2, 2, 4, 953 - 118),
    ),
    "no nurse": (
        all_of(OPEN, minus("escorts", "E3")),
        {**NO_PLACE, "c6": ("transport", SLOTS)},
        (0, 3 + 1, 0, 7 / 9, 13 - 2, 1, 4, 953 - 112),
    ),
    "no adapted car": (
        all_of(OPEN, minus("vehicles", "V3")),
        {**NO_PLACE, "c6": ("transport", SLOTS)},
        (0, 3 + 1, 0, 7 / 9, 13 - 2, 1, 4, 953 - 112),
    ),
    "one coach less in one day": (
        all_of(OPEN, operation(days=1), minus("vehicles", "V2")),
        {**NO_PLACE, **dict.fromkeys(("c1", "c2", "c3"), ("transport", ROAD))},
        (1, 3 + 1 + 6, 0, 3 / 9, 13 - 7, 0, 1, 342),
    ),
    "a party of two who share no region": (
        all_of(OPEN, *(at("cases", c, travel_party_id="t") for c in ("c1", "c7"))),
        dict.fromkeys(("c1", "c7"), ("conflict", ("R01", "R14"))),
        (2, 0, 0, 7 / 9, 13 - 2, 2, 4, 953 - 118),
    ),
}


ONE_DAY_ANY_TONGUE = all_of(OPEN, rule("R19", on=False), operation(days=1))
FULL = ("capacity", ("A:single men", "C:mixed"))
#: The same in one day, with whoever speaks what: seats are so few that who goes where hangs on them.
SHORT: dict[str, tuple[Change, Left, tuple[float, ...]]] = {
    "as it is": (lambda w: w, NO_PLACE, WORTH),
    "no large coach": (
        minus("vehicles", "V2"),
        {**NO_PLACE, "c2": ("transport", ROAD), "c3": ("transport", ROAD), "c6": FULL},
        (0, 3 + 1 + 6 + 1, 0, 3 / 9, 6, 0, 1, 112 + 230),
    ),
    "four seats": (
        at("vehicles", "V2", seats=4),
        {**NO_PLACE, "c6": FULL},
        (0, 3 + 1, 0, 7 / 9, 11, 1, 4, 112 + 112 + 381 + 230),
    ),
    "three seats": (
        at("vehicles", "V2", seats=3),
        {**NO_PLACE, "c2": ("transport", ROAD), "c6": FULL},
        (0, 3 + 1 + 1, 0, 6 / 9, 9, 0, 3, 112 + 381 + 230),
    ),
    "one seat": (
        at("vehicles", "V2", seats=1),
        {**NO_PLACE, "c3": ("transport", ROAD), "c6": FULL},
        (0, 3 + 6 + 1, 0, 4 / 9, 8, 0, 2, 112 + 112 + 230),
    ),
    "one stop": (
        operation(max_stops=1),
        {**NO_PLACE, "c6": FULL},
        (0, 3 + 1, 0, 7 / 9, 11, 1, 4, 112 + 112 + 381 + 230),
    ),
    "two seats and four": (
        all_of(at("vehicles", "V1", seats=2), at("vehicles", "V2", seats=4)),
        {**NO_PLACE, "c3": ("transport", ROAD)},
        (0, 3 + 6, 0, 5 / 9, 10, 1, 3, 118 + 112 + 112 + 230),
    ),
    "a guard for one": (
        at("escorts", "E1", max_children=1),
        {**NO_PLACE, "c4": ("transport", GUARD), "c5": ("transport", GUARD)},
        (2, 3, 0, 6 / 9, 9, 2, 5, 953 - 230),
    ),
    "four arrivals": (
        at("places", "A", max_arrivals_per_day=4),
        {**NO_PLACE, "c6": ("capacity", ("A:single men",))},
        (0, 3 + 1, 0, 7 / 9, 11, 1, 4, 953 - 112),
    ),
    "one departure": (
        operation(last_departure=8.01, bays=1),
        {
            **NO_PLACE,
            **dict.fromkeys(("c1", "c2", "c3"), ("transport", ROAD)),
            "c6": ("transport", SLOTS),
        },
        (1, 3 + 1 + 6 + 1, 0, 2 / 9, 4, 0, 0, 230),
    ),
    "two who must not meet": (
        linked("p1", "p8", NOT_MEET),
        {**NO_PLACE, "c6": ("transport", SLOTS)},
        (0, 3 + 1, 0, 7 / 9, 11, 1, 4, 953 - 112),
    ),
}


@pytest.mark.parametrize("name", SHORT)
def test_the_best_plan_with_few_seats_is_the_one_worked_out_by_hand(name: str) -> None:
    change, left, worth = SHORT[name]
    world = planned(all_of(ONE_DAY_ANY_TONGUE, change)(WORLD))
    assert {u.case_id: (u.kind, u.conflict) for u in world.plan.unplaced} == left
    assert [b.value for b in world.plan.bounds] == pytest.approx(worth, abs=1e-6)
    assert said(world) == []


@pytest.mark.parametrize("name", PLANS)
def test_the_best_plan_is_the_one_worked_out_by_hand(name: str) -> None:
    change, left, worth = PLANS[name]
    world = planned(change(WORLD))
    assert {u.case_id: (u.kind, u.conflict) for u in world.plan.unplaced} == left
    assert [b.value for b in world.plan.bounds] == pytest.approx(worth, abs=1e-6)
    assert said(world) == []


def test_the_trips_of_one_day_are_those_worked_out_by_hand() -> None:
    world = planned(all_of(OPEN, operation(days=1))(WORLD))
    trips = [
        (t.vehicle_id, t.group, t.departure, t.rests, t.escorts, t.tier) for t in world.plan.trips
    ]
    assert trips == [
        ("V1", "children", 480, (570,), ("E1",), 1),
        ("V2", "general", 480, (570,), ("E2",), 1),
        ("V3", "adapted general", 495, (), ("E3",), 2),
    ]
    stops = [[(s.place_id, s.arrival, s.persons) for s in t.stops] for t in world.plan.trips]
    assert stops == [[("B", 595, 2)], [("A", 607, 4), ("C", 643, 1)], [("A", 607, 1)]]
    assert [(t.bay, t.call, t.day) for t in world.plan.trips] == [
        (1, 465, DAY),
        (2, 465, DAY),
        (1, 480, DAY),
    ]
    assert {(r.trip_id[-1:], r.person_id, r.seat, r.needs) for r in world.plan.manifest} == {
        (r.trip_id[-1:], r.person_id, r.seat, r.needs) for r in PLAN.manifest
    }
    assert {*world.plan.groups} == {*PLAN.groups}
    assert world.plan.out_of_plan == PLAN.out_of_plan


def after(world: World, *events: tuple[str, str]) -> World:
    """Plan again after what has happened."""
    told = [Event(kind=kind, id=name) for kind, name in events]
    return replace(world, plan=make_plan(world.site, world.plan, told), previous=world.plan)


ONE_DAY = planned(all_of(OPEN, operation(days=2, last_departure=10.0), plan())(WORLD))
#: What has happened, who then has no place, and how many people have another place than before.
SINCE: dict[str, tuple[tuple[tuple[str, str], ...], set[str], int]] = {
    "nothing": ((), {"c7"}, 0),
    "the woman declined": ((("case declined", "c2"),), {"c7"}, 0),
    "the family went away": ((("case absent", "c3"),), {"c7"}, 0),
    "a place was withdrawn": ((("place withdrawn", "B"),), {"c4", "c5", "c7"}, 0),
    "the place of a man at risk was withdrawn": ((("place withdrawn", "C"),), {"c6", "c7"}, 1),
    "a coach was withdrawn": ((("vehicle withdrawn", "V1"),), {"c7"}, 0),
    "two trips have left": (
        (("trip departed", "T0001"), ("trip departed", "T0002")),
        {"c7"},
        0,
    ),
    "one did not come": ((("trip departed", "T0002"), ("case no-show", "c1")), {"c7"}, 0),
}


@pytest.mark.parametrize("name", SINCE)
def test_as_few_as_possible_change_their_place(name: str) -> None:
    events, left, moved = SINCE[name]
    world = after(ONE_DAY, *events)
    assert {u.case_id for u in world.plan.unplaced} == left
    assert said(world) == []
    was = {a.case_id: a.place_id for a in ONE_DAY.plan.assignments}
    now = {a.case_id: a for a in world.plan.assignments}
    assert sum(a.persons for c, a in now.items() if a.place_id != was[c]) == moved
    gone = {e[1] for e in events if e[0] == "trip departed"}
    stayed = {e[1] for e in events if e[0] == "case no-show"}
    frozen = {a.case_id for a in ONE_DAY.plan.assignments if a.trip_id in gone} - stayed
    assert {*world.plan.frozen} == frozen
    assert SITE.digest == world.plan.site_digest


def test_nobody_waits_longer_than_they_may() -> None:
    for most, wait in ((20, 15), (15, 15), (14, 14), (0, 0)):
        world = planned(all_of(OPEN, rule("R18", max_wait_minutes=most))(WORLD))
        assert {t.departure - t.call for t in world.plan.trips} == {wait}
        assert said(world) == []


@pytest.mark.parametrize(
    ("order", "levels", "price"),
    [
        (("L4", "L5", "L6", "L7", "L8"), {"L4": 0.5, "L5": 15}, 5),
        (("L5", "L4", "L6", "L7", "L8"), {"L4": 0, "L5": 20}, 0),
        (("L6", "L4", "L7", "L5", "L8"), {"L4": 0.5, "L5": 15}, 5),
    ],
)
def test_fairness_costs_the_wishes_that_it_gives_up(
    order: tuple[str, ...], levels: Mapping[str, float], price: float
) -> None:
    """Ten young men wish for the north first, ten older ones second, and ten beds are there: ten of the young
    are worth 20 points, and five of each, the same share of both groups, 15."""
    people = {20: ("N", "E", "any"), 40: ("E", "N", "any")}
    names = {f"{age}.{n}": age for age in people for n in range(10)}
    site = all_of(
        with_table("persons", lambda _: tuple(person(n, n, "M", a) for n, a in names.items())),
        with_table("cases", lambda _: tuple(case(n, n, *people[a]) for n, a in names.items())),
        *(with_table(t, lambda _: ()) for t in ("links", "relatives")),
        with_table(
            "rooms",
            lambda _: tuple(
                Room(place_id=p, room_type=RoomType.MIXED, rooms=10, beds_per_room=1) for p in "AB"
            ),
        ),
        *(at("places", p, max_arrivals_per_day=50) for p in "AB"),
        *(at("vehicles", v, seats=50, days=()) for v in ("V1", "V2")),
        rule("R19", on=False),
        rule("R20", on=False),
    )(WORLD).site
    site = replace(site, rules=replace(site.rules, level_order=("L1", "L2", "L3", *order)))
    made = make_plan(site)
    assert {b.level: b.value for b in made.bounds if b.level in levels} == levels
    assert made.price_of_fairness == price
    assert not made.unplaced
