"""Parts of the planner against numbers worked out by hand, by driving every minute, and against the auditor's."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hand_worked import (
    APART,
    DAY,
    NEXT,
    NOT_MEET,
    PREFER,
    SITE,
    TOGETHER,
    WORLD,
    Change,
    all_of,
    at,
    linked,
    minus,
    minute_by_minute,
    operation,
    planned,
    plus,
    relative,
    rule,
    with_table,
)
from rich_sites import rich_site

from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.open_rooms import OpenRooms
from sojourn.relocation.planner.alternatives import alternatives
from sojourn.relocation.planner.conflict import tight_places
from sojourn.relocation.planner.departures import hour_of, lawful
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.fixes import cheapest_fix
from sojourn.relocation.planner.loads import enough, is_adapted, likeness, of_kind, preferred
from sojourn.relocation.planner.one_region import left_out, worse
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.relax import with_transport
from sojourn.relocation.planner.rides import Ride
from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.solver import FaceSolver
from sojourn.relocation.planner.travel import Roads
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.planner.ways import runs_of
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.site.site import (
    AgeSource,
    Certainty,
    Consent,
    Escort,
    Fitness,
    Mobility,
    Room,
    RoomType,
    Site,
    TravelTime,
    Vehicle,
)

EMPTY = replace(WORLD.plan, assignments=(), trips=(), manifest=(), events=(), frozen=())


def agree(site: Site, plan: Proposal) -> None:
    """Hold what the planner knows of everybody against what the auditor works out."""
    facts = Facts(site, plan)
    rooms, eligible, units = OpenRooms(facts), Eligibility(site), form_units(site).units
    assert {u.id for u in units} == rooms.parties.keys()
    assert [(p.place, p.room_type.value, p.beds_per_room, p.capacity) for p in eligible.pools] == [
        (r.place, r.kind, r.size, r.there) for r in rooms.rooms
    ]
    for unit in units:
        party = rooms.parties[unit.id]
        assert {p.id for p in facts.unit(unit.id)} == {*unit.persons}
        assert (unit.kind.value, unit.size, unit.needs) == (party.kind, party.size, party.needs)
        assert (unit.tier, unit.weight, unit.girls) == (party.tier, party.weight, party.girls)
        assert (unit.alone_older, unit.alone_young) == (party.older, party.young)
        assert (unit.wheelchairs, unit.stretchers) == (party.wheelchairs, party.stretchers)
        assert (unit.school_primary, unit.school_secondary) == (party.primary, party.secondary)
        assert (unit.children > 0, unit.medical_escort) == (party.minor, party.escorted)
        assert (unit.disputed, unit.adapted) == (
            "disputed" in party.company,
            party.company.startswith("adapted"),
        )
        assert {r for r, _ in unit.points} & facts.regions == party.regions & facts.regions
        allowed = {*eligible.allowed(unit)}
        assert [p in allowed for p in eligible.pools] == rooms.of(party).tolist(), unit.id


@pytest.mark.parametrize("seed", range(12))
def test_the_planner_and_the_auditor_know_the_same_of_everybody(seed: int) -> None:
    agree(rich_site(np.random.default_rng(seed), SITE, cases=60, places=8), EMPTY)


ROAD = {
    "given": (("B",), 100),
    "by the map": (("A",), 112),
    "given and on by the map": (("C", "A"), 118 + 21),
    "by the map and on": (("A", "C"), 112 + 21),
}


@pytest.mark.parametrize("name", ROAD)
def test_the_minutes_at_the_wheel_are_those_of_the_map(name: str) -> None:
    stops, minutes = ROAD[name]
    for children in (True, False):
        assert Roads(SITE).timing(stops, children=children).driving == minutes


def test_the_way_between_two_places_is_the_same_both_ways() -> None:
    roads = Roads(SITE)
    assert roads.between("A", "C") == roads.between("C", "A") == 21
    assert roads.from_site("A") == 112
    assert roads.from_site("C") == 118
    near = at("places", "A", lat=50.0, lon=2.0)(WORLD).site
    assert Roads(near).from_site("A") == 1  # nobody arrives before they leave
    slow = operation(speed_kmh=30.0, detour_factor=1.5)(WORLD).site
    assert Roads(slow).from_site("A") == 334  # 111.195 km, half as far again, at half the speed


@pytest.mark.parametrize("seed", range(40))
def test_rests_and_arrivals_are_those_of_driving_every_minute(seed: int) -> None:
    rng = np.random.default_rng(seed)
    legs = rng.integers(1, 300, size=1).tolist()
    every, rest = int(rng.integers(20, 150)), int(rng.integers(0, 30))
    stop = int(rng.integers(0, 30))
    changed = all_of(
        operation(stop_minutes=stop),
        rule("R17", rest_every_minutes=every, rest_minutes=rest, rest_every_minutes_child=every),
        with_table("travel", lambda _: (TravelTime(place_id="A", minutes=legs[0]),)),
    )(WORLD)
    roads = Roads(changed.site)
    legs.append(roads.between("A", "C"))
    timing = roads.timing(("A", "C"), children=bool(seed % 2))
    arrivals, rests = minute_by_minute(legs, every, rest, stop)
    assert [*timing.arrivals] == arrivals
    assert len(timing.rests) == rests
    assert timing.driving == sum(legs)


def test_children_rest_more_often() -> None:
    roads = Roads(SITE)
    assert roads.timing(("A", "C"), children=True).rests == (90,)
    assert roads.timing(("A", "C"), children=True).arrivals == (127, 163)
    assert roads.timing(("A", "C"), children=False).rests == ()
    assert roads.timing(("A", "C"), children=False).arrivals == (112, 148)


@pytest.mark.parametrize(
    ("drivers", "depot", "driving", "course", "ok"),
    [
        (1, 0, 153, 183, True),
        (1, 0, 154, 154, False),
        (1, 0, 100, 184, False),
        (1, 20, 133, 163, True),
        (1, 21, 133, 162, False),
        (1, 21, 132, 163, False),
        (2, 0, 306, 1245, True),
        (2, 0, 307, 1245, False),
        (2, 0, 306, 1246, False),
        (2, None, 306, 1245, True),
    ],
)
def test_how_long_drivers_may_drive_and_be_on_duty(
    drivers: int, depot: int | None, driving: int, course: int, *, ok: bool
) -> None:
    """One drives 153 minutes and is on duty 198 with 15 of boarding; two, twice that and 1,260."""
    vehicle = Vehicle(id="V", type="coach", seats=9, drivers=drivers, depot_minutes=depot)
    assert lawful(SITE.rules, vehicle, driving, course) is ok
    off = rule("R17", on=False)(WORLD).site.rules
    assert lawful(off, vehicle, driving, course)


@pytest.mark.parametrize(
    ("bays", "minutes"), [(1, [480, 495, 510, 525]), (2, [480, 480, 495, 495])]
)
def test_as_many_leave_at_once_as_there_are_bays(bays: int, minutes: list[int]) -> None:
    told = operation(bays=bays)(WORLD).site.rules.operation
    assert [hour_of(told, slot) for slot in range(4)] == minutes


def guards(*each: int) -> list[Escort]:
    return [Escort(id=f"E{n}", kind="child protection", max_children=m) for n, m in enumerate(each)]


@pytest.mark.parametrize(
    ("each", "older", "young", "ok"),
    [
        ((), 0, 0, True),
        ((), 1, 0, False),
        ((10,), 10, 0, True),
        ((10,), 11, 0, False),
        ((20,), 11, 0, False),
        ((20, 20), 11, 0, True),
        ((10,), 0, 6, True),
        ((10,), 0, 7, False),
        ((10,), 5, 3, True),
        ((10,), 5, 4, False),
        ((7,), 8, 0, False),
        ((4, 4), 8, 0, True),
        ((4, 3), 8, 0, False),
    ],
)
def test_how_many_children_escorts_mind(
    each: Sequence[int], older: int, young: int, *, ok: bool
) -> None:
    """Ten older ones or six young ones to each, and no more than each of them can."""
    assert enough(guards(*each), older, young, 10, 6) is ok


COACH = Vehicle(id="C", type="coach", seats=50)
CAR = Vehicle(id="K", type="car", seats=4, wheelchair_slots=1)
ADAPTED = Vehicle(id="D", type="adapted", seats=8)
AMBULANCE = Vehicle(id="M", type="ambulance", seats=2)


def test_which_vehicle_suits_whom() -> None:
    fleet = (COACH, CAR, ADAPTED, AMBULANCE)
    assert [is_adapted(v) for v in fleet] == [False, True, True, True]
    assert of_kind("general", fleet) == [COACH]
    assert of_kind("adapted children", fleet) == [CAR, ADAPTED, AMBULANCE]
    assert of_kind("children", fleet[1:]) == [CAR, ADAPTED]
    assert of_kind("adapted general", fleet[:1]) == []
    small, middle = replace(COACH, id="S", seats=8), replace(COACH, id="T", seats=30)
    for wanted, best in (
        (1, small),
        (8, small),
        (9, middle),
        (30, middle),
        (31, COACH),
        (60, COACH),
    ):
        assert min((COACH, middle, small), key=lambda v: preferred(v, wanted)) is best
    assert likeness(COACH) == likeness(replace(COACH, id="X", depot="yard", depot_minutes=0))
    for other in (
        {"seats": 49},
        {"wheelchair_slots": 1},
        {"type": "bus"},
        {"drivers": 2},
        {"depot_minutes": 9},
    ):
        assert likeness(COACH) != likeness(replace(COACH, **other))  # type: ignore[arg-type]


def test_what_vehicles_may_do_on_each_day() -> None:
    runs = runs_of(Eligibility(SITE), {})
    assert [(r.vehicle.id, r.day) for r in runs] == [
        ("V1", DAY),
        ("V2", DAY),
        ("V3", DAY),
        ("V2", NEXT),
        ("V3", NEXT),
    ]
    assert {(r.day, r.first_slot, r.bays, r.last_wave) for r in runs} == {
        (DAY, 0, 2, 1),
        (NEXT, 0, 2, 0),
    }
    assert [e.id for e in runs[0].free] == ["E1", "E2", "E3"]
    assert [e.id for e in runs[-1].free] == ["E2", "E3"]
    assert runs[0].room == {"A": 5, "B": 2, "C": 1}


def test_what_vehicles_may_still_do_after_two_trips_have_left() -> None:
    gone = dict.fromkeys(WORLD.plan.trips[:2], ())
    runs = runs_of(Eligibility(SITE), gone)
    assert [(r.vehicle.id, r.day) for r in runs] == [("V3", DAY), ("V2", NEXT), ("V3", NEXT)]
    assert (runs[0].first_slot, runs[0].last_wave) == (2, 1)
    assert [e.id for e in runs[0].free] == ["E3"]
    assert runs[0].room == {"A": 1, "B": 0, "C": 0}
    assert runs[1].room == {"A": 5, "B": 2, "C": 1}
    late = replace(WORLD.plan.trips[2], day=NEXT)
    assert [(r.vehicle.id, r.day) for r in runs_of(Eligibility(SITE), {late: ()})] == [("V2", NEXT)]


OPEN = at("places", "C", latest_arrival=23.0)
NORTH = all_of(
    with_table(
        "rooms",
        lambda _: (Room(place_id="A", room_type=RoomType.SINGLE_MEN, rooms=1, beds_per_room=1),),
    ),
    at("cases", "c7", wishes=("N",)),
)
MIXED = "a mixed room with 1 bed at A"
#: Case without a place, what is changed, and what would give it one.
FIXES: dict[str, tuple[str, Change, Sequence[str]]] = {
    "another region": ("c7", OPEN, ["the case is offered N and accepts it"]),
    "a room of its kind": (
        "c3",
        all_of(OPEN, at("rooms", "family unit", rooms=0)),
        ["a family unit room with 3 beds at A"],
    ),
    "beds for two": (
        "c4",
        all_of(OPEN, at("rooms", "child", rooms=0)),
        ["a child room with 2 beds at B"],
    ),
    "a bed more": (
        "c6",
        all_of(OPEN, at("rooms", "mixed", rooms=0)),
        ["1 more single men beds at A"],
    ),
    "a bed more of those promised, of which one in three is counted on": (
        "c7",
        all_of(
            OPEN,
            at("cases", "c7", wishes=("N",)),
            at("rooms", "single men", rooms=0),
            at("rooms", "C", rooms=4),
            at("places", "C", certainty=Certainty.PROMISED, max_arrivals_per_day=9),
            rule("R01", promised_factor=0.3),
            rule("R19", on=False),
        ),
        ["1 more mixed beds at C"],
    ),
    "where a bed is free before where it is another's": (
        "c6",
        all_of(
            OPEN,
            rule("R19", on=False),
            at("cases", "c1", consent=Consent.DECLINED),
            at("cases", "c7", wishes=("N",)),
            at("persons", "p9", birth="age:59"),
            at("persons", "p8", flags=()),
            at("places", "A", step_free=False),
        ),
        ["step-free access at C"],
    ),
    "guards": ("c4", all_of(OPEN, minus("escorts", "E1")), ["2 more child protection escorts"]),
    "a nurse": ("c6", all_of(OPEN, minus("escorts", "E3")), ["1 more medical escort"]),
    "an interpreter": (
        "c1",
        all_of(OPEN, minus("escorts", "E2")),
        ["1 more interpreter:ar escort"],
    ),
    "an adapted car": (
        "c6",
        all_of(OPEN, minus("vehicles", "V3")),
        ["one more adapted of 12 seats"],
    ),
    "a coach": (
        "c3",
        all_of(OPEN, operation(days=1), minus("vehicles", "V2")),
        ["one more coach of 6 seats"],
    ),
    "a safe place for children": (
        "c4",
        at("places", "B", child_licence=""),
        ["B is child-safe, with a licence and staff for 2 more"],
    ),
    "a safe place for women": (
        "c2",
        at("places", "A", women_safe=False),
        ["a women-safe part at A"],
    ),
    "a sheet": (
        "c5",
        at("cases", "c4", best_interest_signed=False),
        ["consent is given and the best-interest sheet signed"],
    ),
    "consent": ("c2", at("cases", "c2", consent=Consent.PENDING), ["consent is given"]),
    "a name beside a day": ("c2", at("cases", "c2", consent_on=DAY), ["consent is given"]),
    "a day beside a name": ("c2", at("cases", "c2", consent_by="desk"), ["consent is given"]),
    "a day that has come": (
        "c2",
        at("cases", "c2", consent_by="desk", consent_on=NEXT),
        ["consent is given"],
    ),
    "a clinician": (
        "c2",
        at("persons", "p2", fit_to_travel=Fitness.NO),
        ["a clinician finds the case fit to travel"],
    ),
    "relatives": (
        "c3",
        all_of(OPEN, relative("p3", "B")),
        ["the case agrees to live away from its relatives"],
    ),
    "a later door": (
        "c2",
        at("places", "A", latest_arrival=(480 + 111 + 60) / 60),
        ["A receives 1 more on the days of the move, until 13.9 h"],
    ),
    "a nearer place": (
        "c2",
        rule("R12", max_travel_minutes=111),
        ["a place like A within 111 minutes"],
    ),
    "steps and a bed": (
        "c7",
        all_of(
            NORTH,
            at("persons", "p9", mobility=Mobility.WHEELCHAIR),
            at("places", "A", step_free=False),
        ),
        ["step-free access at A", MIXED],
    ),
    "care and a bed": (
        "c7",
        all_of(NORTH, at("persons", "p9", flags=("SM",)), at("places", "A", medical=())),
        ["the care that is needed within reach of A", MIXED],
    ),
}


@pytest.mark.parametrize("name", FIXES)
def test_what_would_give_a_case_a_place_is_found_and_does(name: str) -> None:
    case, change, said = FIXES[name]
    world = change(WORLD)
    plan = make_plan(world.site)
    assert case in {u.case_id for u in plan.unplaced}
    fix = cheapest_fix(world.site, plan, case, make_plan)
    assert ([*fix.said], fix.placed, fix.lost, fix.worse) == (list(said), True, 0, False)


def test_a_nearer_place_leaves_the_way_to_the_others_as_it_is() -> None:
    site = all_of(
        rule("R12", max_travel_minutes=111),
        with_table("travel", lambda given: (*given, TravelTime(place_id="A", minutes=112))),
    )(WORLD).site
    seen = list[Site]()

    def again(tried: Site) -> Proposal:
        seen.append(tried)
        return make_plan(tried)

    fix = cheapest_fix(site, make_plan(site), "c2", again)
    assert [*fix.said] == ["a place like A within 111 minutes"]
    assert sorted((t.place_id, t.minutes) for t in seen[-1].travel) == [
        ("A", 55),
        ("B", 100),
        ("C", 118),
    ]


def test_consent_that_somebody_gave_for_another_stays_theirs() -> None:
    world = at("cases", "c5", consent=Consent.PROXY, best_interest_signed=False)(WORLD)
    seen = list[Site]()

    def again(site: Site) -> Proposal:
        seen.append(site)
        return make_plan(site)

    cheapest_fix(world.site, make_plan(world.site), "c5", again)
    told = {c.id: (c.consent, c.best_interest_signed) for c in seen[-1].cases}
    assert told["c5"] == (Consent.PROXY, True)
    assert told["c4"] == (Consent.EXPLICIT, True)
    assert told["c7"] == (Consent.EXPLICIT, False)


@pytest.mark.parametrize("bed", [0, 1])
def test_a_bed_for_one_less_protected_takes_none_from_a_more_protected(bed: int) -> None:
    world = all_of(OPEN, at("rooms", "mixed", rooms=bed))(WORLD)
    plan = make_plan(world.site)
    left = {u.case_id for u in plan.unplaced}
    assert left == ({"c7"} if bed else {"c6", "c7"})
    assert "c1" in {a.case_id for a in plan.assignments}


UNITS: dict[str, tuple[Change, Sequence[Sequence[str]]]] = {
    "as it is": (lambda w: w, [["c1"], ["c2"], ["c3"], ["c4", "c5"], ["c6"], ["c7"]]),
    "bound": (
        linked("p1", "p8", TOGETHER),
        [["c1", "c6"], ["c2"], ["c3"], ["c4", "c5"], ["c7"]],
    ),
    "bound one after another": (
        all_of(linked("p8", "p1", TOGETHER), linked("p9", "p8", TOGETHER)),
        [["c1", "c6", "c7"], ["c2"], ["c3"], ["c4", "c5"]],
    ),
    "bound to one who declined": (
        linked("p1", "q1", TOGETHER),
        [["c1"], ["c2"], ["c3"], ["c4", "c5"], ["c6"], ["c7"]],
    ),
    "brothers kept apart": (
        linked("p6", "p7", APART),
        [["c1"], ["c2"], ["c3"], ["c4"], ["c5"], ["c6"], ["c7"]],
    ),
    "brothers, and nobody asks": (
        rule("R06", on=False),
        [["c1"], ["c2"], ["c3"], ["c4"], ["c5"], ["c6"], ["c7"]],
    ),
    "a party": (
        all_of(*(at("cases", c, travel_party_id="t") for c in ("c1", "c6"))),
        [["c1", "c6"], ["c2"], ["c3"], ["c4", "c5"], ["c7"]],
    ),
    "a party that is not kept": (
        all_of(
            *(at("cases", c, travel_party_id="t") for c in ("c1", "c6")),
            rule("R03", keep_parties=False),
        ),
        [["c1"], ["c2"], ["c3"], ["c4", "c5"], ["c6"], ["c7"]],
    ),
    "a party of a man and a woman": (
        all_of(*(at("cases", c, travel_party_id="t") for c in ("c1", "c2"))),
        [["c1"], ["c2"], ["c3"], ["c4", "c5"], ["c6"], ["c7"]],
    ),
    "a party of two who must not meet": (
        all_of(
            *(at("cases", c, travel_party_id="t") for c in ("c1", "c6")),
            linked("p1", "p8", NOT_MEET),
        ),
        [["c1"], ["c2"], ["c3"], ["c4", "c5"], ["c6"], ["c7"]],
    ),
    "grown siblings": (
        linked("p1", "p8", PREFER, "sibling"),
        [["c1"], ["c2"], ["c3"], ["c4", "c5"], ["c6"], ["c7"]],
    ),
    "siblings of whom one's age is disputed": (
        all_of(
            linked("p1", "p8", PREFER, "sibling"),
            at("persons", "p1", age_source=AgeSource.DISPUTED),
        ),
        [["c1", "c6"], ["c2"], ["c3"], ["c4", "c5"], ["c7"]],
    ),
}


@pytest.mark.parametrize("name", UNITS)
def test_who_stays_together(name: str) -> None:
    change, wanted = UNITS[name]
    site = change(WORLD).site
    assert [[*u.cases] for u in form_units(site).units] == [[*w] for w in wanted]
    agree(site, EMPTY)


@pytest.mark.parametrize(
    ("certainty", "rooms", "factor", "there"),
    [
        (Certainty.CONFIRMED, 5, 0.5, 5),
        (Certainty.PROMISED, 5, 0.5, 2),
        (Certainty.PROMISED, 5, 0.6, 3),
        (Certainty.PROMISED, 5, 0.59, 2),
        (Certainty.WITHDRAWN, 5, 0.5, 0),
    ],
)
def test_promised_beds_count_in_part(
    certainty: Certainty, rooms: int, factor: float, there: int
) -> None:
    site = all_of(
        at("places", "C", certainty=certainty),
        at("rooms", "C", rooms=rooms),
        rule("R01", promised_factor=factor),
    )(WORLD).site
    assert next(p.capacity for p in Eligibility(site).pools if p.place == "C") == there
    agree(site, EMPTY)


def test_the_days_on_which_a_place_receives_people() -> None:
    for new, days in (
        ({}, (DAY, NEXT)),
        ({"opens": NEXT}, (NEXT,)),
        ({"closes": NEXT}, (DAY,)),
        ({"opens": DAY, "closes": NEXT + timedelta(days=1)}, (DAY, NEXT)),
        ({"closes": DAY}, ()),
    ):
        site = at("places", "A", **new)(WORLD).site
        assert Eligibility(site).open_days(site.places[0]) == days
        off = rule("R16", on=False)(at("places", "A", **new)(WORLD)).site
        assert Eligibility(off).open_days(off.places[0]) == (DAY, NEXT)


def test_a_plan_of_nobody_moves_nobody() -> None:
    nobody = with_table(
        "cases", lambda rows: tuple(replace(c, consent=Consent.DECLINED) for c in rows)
    )
    world = planned(nobody(WORLD))
    assert (world.plan.assignments, world.plan.unplaced, world.plan.trips) == ((), (), ())
    assert len(world.plan.out_of_plan) == len(SITE.persons)
    plus_one = planned(all_of(nobody, plus("cases"))(WORLD))
    assert plus_one.plan == world.plan


def test_more_means_of_travel_are_tried_the_cheapest_first() -> None:
    units = {u.id: u for u in form_units(SITE).units}
    tried = with_transport(SITE, units["c4"], "B")
    coach, guards = "one more coach of 6 seats", "2 more child protection escorts"
    later, day = "B receives 2 more a day, 3 hours longer", "one more day of departures"
    assert [t.said for t in tried] == [
        (coach,),
        (guards,),
        (coach, guards),
        (coach, guards, later),
        (coach, guards, later, day),
    ]
    assert [len(t.site.vehicles) for t in tried] == [4, 3, 4, 4, 4]
    assert [len(t.site.escorts) for t in tried] == [3, 5, 5, 5, 5]
    ends = [
        (p.latest_arrival, p.max_arrivals_per_day)
        for t in tried
        for p in t.site.places
        if p.id == "B"
    ]
    assert ends == [(22.0, 2)] * 3 + [(25.0, 4)] * 2
    assert [t.site.rules.operation.days for t in tried] == [2, 2, 2, 2, 3]
    alone = with_transport(SITE, units["c3"], "A")
    assert [len(t.said) for t in alone] == [1, 2, 3]


@pytest.mark.parametrize(
    ("case", "change", "vehicle"),
    [
        ("c1", lambda w: w, ("coach", 6, 0)),
        ("c6", lambda w: w, ("adapted", 2, 3)),
        ("c6", at("persons", "p8", mobility=Mobility.STRETCHER), ("ambulance", 4, 0)),
        ("c1", at("vehicles", "V2", seats=60), ("coach", 60, 0)),
        ("c1", with_table("vehicles", lambda _: ()), ("coach", 50, 0)),
        ("c6", at("vehicles", "V3", seats=20, wheelchair_slots=7), ("adapted", 20, 7)),
        (
            "c3",
            all_of(
                at("vehicles", "V1", seats=2),
                at("vehicles", "V2", seats=2),
            ),
            ("coach", 6, 0),
        ),
    ],
)
def test_one_more_vehicle_is_of_the_largest_kind_and_holds_the_case_with_its_escorts(
    case: str, change: Change, vehicle: tuple[str, int, int]
) -> None:
    site = change(WORLD).site
    unit = next(u for u in form_units(site).units if case in u.cases)
    new = with_transport(site, unit, "A")[0].site.vehicles[-1]
    assert (new.type, new.seats, new.wheelchair_slots) == vehicle
    assert new.id not in {v.id for v in site.vehicles}
    assert new.days == ()


def test_whoever_has_no_place_is_weighed_by_tier() -> None:
    units = form_units(SITE).units
    assert left_out(units) == [1 + 2, 1 + 3 * 2 + 1 + 3, 0]
    young = at("persons", "p9", birth="age:59")(WORLD).site
    assert left_out(form_units(young).units) == [1 + 2, 1 + 3 * 2 + 1, 1]
    assert left_out(()) == [0, 0, 0]


@pytest.mark.parametrize(
    ("costs", "bounds", "more"),
    [
        ((3, 0), (3, 0), False),
        ((3, 0), (2.5, 0), False),
        ((3, 0), (2.0000001, 0), True),
        ((3, 0), (2, 0), True),
        ((3, 1), (3, 0), True),
        ((2, 0), (3, 0), False),
    ],
)
def test_a_cost_is_held_against_the_next_whole_number(
    costs: Sequence[float], bounds: Sequence[float], *, more: bool
) -> None:
    assert worse(costs, bounds) is more


def ride(**new: object) -> Ride:
    run = next(r for r in runs_of(Eligibility(SITE), {}) if r.vehicle.id == "V3")
    known = {
        "run": run,
        "group": "general",
        "stops": ("A",),
        "young": True,
        "tier": 0,
        "near": frozenset("A"),
        "latest": 9,
        **new,
    }
    return Ride(**known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "new", "ok"),
    [
        ("c2", {}, True),
        ("c2", {"stops": ("C",)}, False),
        ("c2", {"group": "children"}, False),
        ("c2", {"near": frozenset()}, False),
        ("c1", {"near": frozenset()}, True),
        ("c2", {"tier": 2}, True),
        ("c2", {"tier": 3}, False),
        ("c1", {"tier": 2}, False),
        ("c2", {"tier": 1}, True),
        ("c3", {"young": False}, False),
        ("c2", {"young": False}, True),
        ("c6", {"group": "adapted general"}, True),
    ],
)
def test_who_may_ride(case: str, new: dict[str, object], *, ok: bool) -> None:
    unit = next(u for u in form_units(SITE).units if u.id == case)
    assert ride(**new).takes(unit, "A") is ok
    assert ride().most(unit) == 2 // unit.size


def test_who_lies_rides_in_an_ambulance_alone() -> None:
    site = at("persons", "p8", mobility=Mobility.STRETCHER)(WORLD).site
    unit = next(u for u in form_units(site).units if u.id == "c6")
    assert not ride(group="adapted general").takes(unit, "A")
    there = all_of(at("vehicles", "V3", type="ambulance"))(WORLD).site
    run = next(r for r in runs_of(Eligibility(there), {}) if r.vehicle.id == "V3")
    assert ride(group="adapted general", run=run).takes(unit, "A")


FREE = all_of(rule("R13", on=False), operation(days=1))


@pytest.mark.parametrize(
    ("change", "tight"),
    [
        (lambda w: w, set()),
        (at("places", "A", max_arrivals_per_day=4), {"A"}),
        (all_of(at("places", "A", max_arrivals_per_day=3), operation(days=2)), set()),
        (all_of(at("places", "A", max_arrivals_per_day=2), operation(days=2)), {"A"}),
        (at("places", "B", max_children=1), {"B"}),
        (at("places", "B", child_staff=1), {"B"}),
        (rule("R13"), {"A", "B", "C"}),
        (rule("R20"), {"A", "B", "C"}),
    ],
)
def test_where_something_beside_beds_is_short(change: Change, tight: set[str]) -> None:
    site = all_of(FREE, rule("R20", on=False), change)(WORLD).site
    assert tight_places(Eligibility(site)) == tight


def test_columns_that_can_no_longer_move_are_closed() -> None:
    rows = Rows()
    rows.add([0, 1, 2], 1.0, -np.inf, 9.0)
    solver = FaceSolver(rows.programme(np.array([0.0, 5.0, -3.0]), np.array([1.0, 5.0, 3.0])))
    assert solver.open_columns.tolist() == [True, False, True]
    solver.bound(np.array([0]), np.array([1.0]), np.array([1.0]))
    assert solver.open_columns.tolist() == [False, False, True]
    solver.lower_upper(np.array([9.0, 9.0, 2.0]))  # wider ones are not taken
    assert [b.tolist() for b in solver.bounds] == [[1.0, 5.0, -3.0], [1.0, 5.0, 2.0]]
    assert solver.minimize(np.array([-1.0, -1.0, -1.0])).x.tolist() == [1.0, 5.0, 2.0]


def test_other_places_are_told_with_what_they_are_worth() -> None:
    """A man who wishes for S, then N, and has a bed in N; his tongue is spoken at both, N is nearer."""
    rooms = tuple(
        Room(place_id=p, room_type=RoomType.MIXED, rooms=1, beds_per_room=1) for p in "ABC"
    )
    site = all_of(
        with_table("rooms", lambda _: rooms),
        at("cases", "c7", wishes=("S", "N")),
        at("persons", "p9", languages=("ar",)),
        at("places", "C", latest_arrival=23.0),
    )(WORLD).site
    units, eligible = form_units(site), Eligibility(site)
    man = next(u for u in units.units if u.id == "c7")
    pool = {p.place: p for p in eligible.pools}

    def told(here: str, **others: str) -> list[tuple[str, str, str, bool]]:
        placed = {"c7": pool[here], **{c: pool[p] for c, p in others.items()}}
        found = alternatives(man, units, eligible, placed)
        assert (found.allowed, found.refused) == (3, {})
        return [(a.place, a.region, a.said, a.free) for a in found.better]

    free = "; beds are left there: a level above, or a coach, decided otherwise"
    assert told("B") == []
    assert told("A") == [
        ("B", "S", f"wish points 2 (here 1), services 0 (0), 100 minutes (112){free}", True),
        ("C", "N", f"wish points 1 (here 1), services 1 (0), 118 minutes (112){free}", True),
    ]
    assert told("C", c1="B") == [
        ("B", "S", "wish points 2 (here 1), services 0 (1), 100 minutes (118); full", False),
    ]
