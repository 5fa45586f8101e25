"""What prices prove of those without a place, against sums that were worked out by hand."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hand_worked import (
    DAY,
    LYING,
    NEXT,
    WORLD,
    Change,
    World,
    all_of,
    at,
    operation,
    person,
    plan,
    plus,
    rule,
)

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.audit.carried import Prices, Trips
from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.open_rooms import OpenRooms
from sojourn.relocation.audit.paid import Paid
from sojourn.relocation.audit.proof import Proof, ill, proofs
from sojourn.relocation.proposal.proposal import Event, Price
from sojourn.relocation.site.site import Escort, Fitness, Mobility, Vehicle

TODAY = DAY.isoformat()
GENERAL, CHILDREN, ADAPTED = "general", "children", "adapted general"
#: A coach of 5 seats on the first day alone, one of 11, a car of 2 and 3 slots, an ambulance of 1 and 2;
#: two guards, one of them on the first day alone, and a nurse on that day.
FLEET = all_of(
    at("vehicles", "V1", seats=5, days=(DAY,)),
    at("vehicles", "V2", seats=11),
    at("vehicles", "V3", seats=2, wheelchair_slots=3, type="car"),
    plus("vehicles", Vehicle(id="V4", type="ambulance", seats=1, wheelchair_slots=2)),
    plus("escorts", Escort(id="E4", kind="child protection", max_children=4)),
    at("escorts", "E3", days=(DAY,)),
)
LEFT = {"T1": ("c4", "c5"), "T2": ("c1", "c2", "c3"), "T3": ("c6",)}


def departed(*trips: str) -> Change:
    return plan(
        events=tuple(Event(kind="trip departed", id=t) for t in trips),
        frozen=tuple(c for t in trips for c in LEFT[t]),
    )


def world(*changes: Change) -> World:
    return all_of(*changes)(WORLD)


def facts(*changes: Change) -> Facts:
    one = world(*changes)
    return Facts(one.site, one.plan)


Given = Mapping[tuple[str, str, str], int]
BEDS = {("A", GENERAL): 4, ("C", GENERAL): 2}
TRIPS: dict[str, tuple[Change, Given, int]] = {
    "seats": (FLEET, {("seats", "N", GENERAL): 7}, 7 * 19 + 7 * 14),
    "the better region": (
        FLEET,
        {("seats", "N", GENERAL): 7, ("seats", "S", GENERAL): 9},
        9 * 19 + 9 * 14,
    ),
    "the better company": (
        FLEET,
        {("seats", "N", GENERAL): 7, ("seats", "N", ADAPTED): 10},
        7 * 16 + 10 * 3 + 7 * 11 + 10 * 3,
    ),
    "what is adapted": (FLEET, {("seats", "N", ADAPTED): 7}, 7 * 3 * 2),
    "adapted by name": (
        all_of(FLEET, at("vehicles", "V2", type="adapted")),
        {("seats", "N", ADAPTED): 7},
        7 * 14 * 2,
    ),
    "an ambulance without slots": (
        all_of(FLEET, at("vehicles", "V4", wheelchair_slots=0)),
        {("seats", "N", ADAPTED): 7},
        7 * 3 * 2,
    ),
    "slots": (FLEET, {("slots", "N", GENERAL): 7}, 7 * 5 * 2),
    "lying in the ambulance alone": (FLEET, {("lying", "N", ADAPTED): 7}, 7 * 3 * 2),
    "seats, slots and lying": (
        FLEET,
        {("seats", "N", ADAPTED): 5, ("slots", "N", ADAPTED): 3, ("lying", "N", ADAPTED): 7},
        2 * (10 + 9 + 5 + 6 + 21),
    ),
    "a nurse takes a seat and a day": (
        FLEET,
        {("nurses", "N", GENERAL): 7, ("seats", "N", GENERAL): 2, ("nurses a day", TODAY, ""): 4},
        (10 + 29) + (22 + 71) + (4 + 29) + (2 + 15) + 4 + 2 * 14,
    ),
    "a nurse stays behind": (
        FLEET,
        {("nurses", "N", GENERAL): 1, ("seats", "N", GENERAL): 50},
        50 * 19 + 50 * 14,
    ),
    "guards": (
        FLEET,
        {
            ("guards", "S", CHILDREN): 100,
            ("seats", "S", CHILDREN): 3,
            ("ride", "S", CHILDREN): 10,
            ("guards a day", TODAY, ""): 20,
        },
        (15 + 2 * 77 + 30)
        + (33 + 2 * 77 + 80)
        + (6 + 2 * 77 + 30)
        + (3 + 77 + 20)
        + 2 * 20
        + (33 + 97 + 40)
        + (6 + 97 + 40)
        + (3 + 97 + 20),
    ),
    "no guard, no children": (
        all_of(FLEET, at("escorts", "E1", kind="medical"), at("escorts", "E4", kind="medical")),
        {("seats", "S", CHILDREN): 3, ("ride", "S", CHILDREN): 10},
        0,
    ),
    "stops": (
        FLEET,
        {("stops", "A", GENERAL): 5, ("stops", "C", GENERAL): 3},
        (26 + 26 + 26 + 21) + (26 + 26 + 21),
    ),
    "the best stop": (
        all_of(FLEET, operation(max_stops=1)),
        {("stops", "A", GENERAL): 5, ("stops", "C", GENERAL): 3},
        (20 + 20 + 20 + 15) + (20 + 20 + 15),
    ),
    "stops of another company": (FLEET, {("stops", "A", ADAPTED): 5}, 0),
    "departures": (
        FLEET,
        {("seats", "N", GENERAL): 1, ("departures", TODAY, ""): 2},
        (3 + 9 + 0 + 0) + 2 * 4 + 14,
    ),
    "departures at three times": (
        all_of(FLEET, operation(boarding_minutes=7)),
        {("seats", "N", GENERAL): 1, ("departures", TODAY, ""): 2},
        (3 + 9 + 0 + 0) + 2 * 6 + 14,
    ),
    "a coach that has left": (
        all_of(FLEET, departed("T2")),
        {("seats", "N", GENERAL): 7},
        7 * 8 + 7 * 14,
    ),
    "a guard who has left": (
        all_of(FLEET, departed("T1")),
        {("guards", "S", CHILDREN): 100, ("guards a day", TODAY, ""): 20},
        (80 + 80 + 80) + 20 + 3 * 100,
    ),
    "a nurse who has left": (
        all_of(FLEET, departed("T3")),
        {("nurses", "N", GENERAL): 1, ("nurses a day", TODAY, ""): 1},
        0,
    ),
}


def priced(given: Given) -> Prices:
    return Prices({(*on, 0): price for on, price in given.items()})


@pytest.mark.parametrize("name", TRIPS)
def test_trips_bring_in_what_was_worked_out_by_hand(name: str) -> None:
    change, given, wanted = TRIPS[name]
    assert Trips(facts(change), BEDS).most(priced(given)) == wanted


INCOME: dict[str, tuple[Change, Mapping[tuple[str, str, str, int], int], int]] = {
    "beds": (FLEET, {("rooms", "B", "child", 0): 7}, 7 * 2),
    "units": (FLEET, {("rooms", "A", "family unit", 3): 7}, 7 * 1),
    "a unit of another size": (FLEET, {("rooms", "A", "family unit", 2): 7}, 0),
    "arrivals of two days": (FLEET, {("arrivals", "A", "", 0): 7}, 7 * 5 * 2),
    "arrivals of one day": (
        at("places", "A", closes=NEXT),
        {("arrivals", "A", "", 0): 7},
        7 * 5,
    ),
    "children by licence": (
        at("places", "B", max_children=3, child_staff=4),
        {("children", "B", "", 0): 7},
        7 * 3,
    ),
    "children by staff": (
        at("places", "B", max_children=5, child_staff=4),
        {("children", "B", "", 0): 7},
        7 * 4,
    ),
    "pupils": (
        at("places", "A", school_primary=2, school_secondary=3),
        {("primary", "A", "", 0): 7, ("secondary", "A", "", 0): 11},
        7 * 2 + 11 * 3,
    ),
    "all together": (
        FLEET,
        {
            ("rooms", "A", "single men", 0): 100,
            ("arrivals", "B", "", 0): 10,
            ("children", "B", "", 0): 1,
        },
        100 + 10 * 2 * 2 + 2,
    ),
}


@pytest.mark.parametrize("name", INCOME)
def test_rooms_and_places_bring_in_what_was_worked_out_by_hand(name: str) -> None:
    change, given, wanted = INCOME[name]
    one = facts(change)
    assert Paid(one, OpenRooms(one), Prices(given)).income() == wanted


PAYS: dict[str, tuple[Change, str, Mapping[tuple[str, str, str, int], int], int]] = {
    "a family pays for its unit": (FLEET, "c3", {("rooms", "A", "family unit", 3): 7}, 7),
    "in units of two it takes two": (
        at("rooms", "family unit", beds_per_room=2, rooms=2),
        "c3",
        {("rooms", "A", "family unit", 2): 7},
        14,
    ),
    "brothers pay a bed each": (FLEET, "c4", {("rooms", "B", "child", 0): 7}, 14),
    "a family pays for its pupils": (
        FLEET,
        "c3",
        {("primary", "A", "", 0): 7, ("secondary", "A", "", 0): 11, ("arrivals", "A", "", 0): 100},
        7 + 11 + 300,
    ),
    "a family pays for no children alone": (FLEET, "c3", {("children", "A", "", 0): 7}, 0),
    "brothers pay as children alone": (
        FLEET,
        "c4",
        {("children", "B", "", 0): 7, ("primary", "B", "", 0): 50},
        14,
    ),
    "a woman pays a seat and a stop": (
        FLEET,
        "c2",
        {
            ("seats", "N", GENERAL, 0): 7,
            ("stops", "A", GENERAL, 0): 11,
            ("slots", "N", GENERAL, 0): 50,
        },
        18,
    ),
    "a family pays a stop each": (
        FLEET,
        "c3",
        {
            ("seats", "N", GENERAL, 0): 7,
            ("stops", "A", GENERAL, 0): 11,
            ("nurses", "N", GENERAL, 0): 50,
        },
        3 * 7 + 3 * 11,
    ),
    "a wheelchair pays a slot and a nurse": (
        FLEET,
        "c6",
        {
            ("seats", "N", ADAPTED, 0): 7,
            ("slots", "N", ADAPTED, 0): 11,
            ("nurses", "N", ADAPTED, 0): 100,
            ("lying", "N", ADAPTED, 0): 1000,
        },
        111,
    ),
    "one who lies pays a seat and for lying": (
        LYING,
        "c6",
        {
            ("seats", "N", ADAPTED, 0): 7,
            ("slots", "N", ADAPTED, 0): 11,
            ("nurses", "N", ADAPTED, 0): 100,
            ("lying", "N", ADAPTED, 0): 1000,
        },
        1107,
    ),
    "two in one household, one in a wheelchair and one who lies": (
        all_of(
            LYING,
            plus("persons", person("w1", "c6", "M", 30, mobility=Mobility.WHEELCHAIR)),
            at("rooms", "single men", rooms=3),
        ),
        "c6",
        {
            ("seats", "N", ADAPTED, 0): 7,
            ("slots", "N", ADAPTED, 0): 11,
            ("nurses", "N", ADAPTED, 0): 101,
            ("lying", "N", ADAPTED, 0): 1003,
        },
        7 + 11 + 2 * 101 + 1003,
    ),
    "two in one household, one in a wheelchair": (
        all_of(
            plus("persons", person("w1", "c6", "M", 30), person("w2", "c6", "M", 31)),
            at("rooms", "single men", rooms=3),
        ),
        "c6",
        {
            ("seats", "N", ADAPTED, 0): 7,
            ("slots", "N", ADAPTED, 0): 100,
            ("nurses", "N", ADAPTED, 0): 1000,
        },
        2 * 7 + 100 + 3 * 1000,
    ),
    "brothers pay a tenth and a sixth of a guard": (
        FLEET,
        "c4",
        {
            ("guards", "S", CHILDREN, 0): 61,
            ("ride", "S", CHILDREN, 0): 100,
            ("seats", "S", CHILDREN, 0): 1000,
        },
        2200 + 16,
    ),
    "grown people pay no guard": (
        FLEET,
        "c2",
        {("guards", "N", GENERAL, 0): 61, ("ride", "N", GENERAL, 0): 100},
        0,
    ),
    "of two rooms the cheaper": (
        all_of(at("cases", "c7", wishes=("any",)), at("places", "C", latest_arrival=23.0)),
        "c7",
        {("rooms", "A", "single men", 0): 7, ("rooms", "C", "mixed", 0): 5},
        5,
    ),
    "of two rooms the cheaper, with the way there": (
        all_of(at("cases", "c7", wishes=("any",)), at("places", "C", latest_arrival=23.0)),
        "c7",
        {
            ("rooms", "A", "single men", 0): 7,
            ("rooms", "C", "mixed", 0): 5,
            ("stops", "C", GENERAL, 0): 3,
        },
        7,
    ),
}


@pytest.mark.parametrize("name", PAYS)
def test_a_party_pays_what_was_worked_out_by_hand(name: str) -> None:
    change, case, given, wanted = PAYS[name]
    one = facts(change)
    rooms = OpenRooms(one)
    pays = Paid(one, rooms, Prices(given))
    party = rooms.parties[case]
    assert pays.least(party, rooms.of(party), rides=True) == wanted
    at_home = {on: price for on, price in given.items() if on[1] not in "NS" and on[0] != "stops"}
    without = Paid(one, rooms, Prices(at_home))
    assert pays.least(party, rooms.of(party), rides=False) == without.least(
        party, rooms.of(party), rides=True
    )
    assert pays.least(party, np.zeros(len(rooms.rooms), dtype=bool), rides=True) is None
    free = Paid(one, rooms, Prices({}))
    assert free.least(party, rooms.of(party), rides=True) == 0
    assert free.least(party, np.zeros(len(rooms.rooms), dtype=bool), rides=True) is None


MAY_GO_NORTH = at("cases", "c7", wishes=("N",))
WANTS_NORTH = all_of(MAY_GO_NORTH, at("places", "C", latest_arrival=9.96))  # a minute too early
BED = ("rooms", "A", "single men")
UNPROTECTED = all_of(WANTS_NORTH, at("persons", "p9", birth="age:59"))


def price(level: str, what: str, at: str, of: str = "", *, size: int = 0, millionths: int) -> Price:
    return Price(level=level, what=what, at=at, of=of, size=size, millionths=millionths)


#: A man of weight 3 and one of weight 1 want one bed: no plan leaves behind less than 1.
PROVEN: dict[str, tuple[Change, tuple[Price, ...], tuple[int, int, int]]] = {
    "without prices, one who may go nowhere": (at("cases", "c7", wishes=("E",)), (), (0, 3, 0)),
    "without prices, nobody else": (WANTS_NORTH, (), (0, 0, 0)),
    **{
        f"a bed for {millions} million": (
            WANTS_NORTH,
            (price("L2", *BED, millionths=int(millions * 1_000_000)),),
            (0, proven, 0),
        )
        for millions, proven in (
            (1, 1),
            (3, 1),
            (0.5, 1),
            (2, 1),
            (10, 0),
            (3.9999, 1),
            (4, 0),
            (1e-6, 1),
        )
    },
    "a bed, and another at a place that the first to leave reaches in time": (
        MAY_GO_NORTH,
        (price("L2", *BED, millionths=1_000_000),),
        (0, 0, 0),
    ),
    "a bed that no rule limits": (
        all_of(WANTS_NORTH, rule("R01", on=False)),
        (price("L2", *BED, millionths=1_000_000),),
        (0, 0, 0),
    ),
    "a price of another level": (
        WANTS_NORTH,
        (price("L1", *BED, millionths=1_000_000),),
        (0, 0, 0),
    ),
    "who is not weighed above": (
        UNPROTECTED,
        (price("L3", *BED, millionths=1_000_000),),
        (0, 0, 0),
    ),
    "who is not weighed above, while nobody may be left behind there": (
        UNPROTECTED,
        (price("L3", *BED, millionths=1_000_000), price("L3", "held", "L2", millionths=1_000_000)),
        (0, 0, 1),
    ),
    "who is there above is held": (
        WANTS_NORTH,
        (price("L3", *BED, millionths=1_000_000), price("L3", "held", "L2", millionths=500_000)),
        (0, 0, 0),
    ),
    "a seat": (
        all_of(
            WANTS_NORTH,
            at("rooms", "single men", rooms=9),
            at("places", "A", max_arrivals_per_day=9),
        ),
        (
            price("L2", "seats", "N", GENERAL, millionths=1_000_000),
            price("L2", "seats", "N", ADAPTED, millionths=1_000_000),
        ),
        (0, 0, 0),
    ),
    "few seats": (
        all_of(
            WANTS_NORTH,
            at("rooms", "single men", rooms=9),
            at("places", "A", max_arrivals_per_day=9),
            at("vehicles", "V1", seats=0),
            at("vehicles", "V2", seats=2),
            at("vehicles", "V3", seats=0),
            operation(days=1),
        ),
        (price("L2", "seats", "N", GENERAL, millionths=1_000_000),),
        (0, 1 + 3 + 1 - 2, 0),
    ),
    "few seats, and a road that no rule limits": (
        all_of(
            WANTS_NORTH,
            at("vehicles", "V2", seats=0),
            rule("R18", on=False),
        ),
        (price("L2", "seats", "N", GENERAL, millionths=1_000_000),),
        (0, 0, 0),
    ),
}


@pytest.mark.parametrize("name", PROVEN)
def test_prices_prove_what_was_worked_out_by_hand(name: str) -> None:
    change, prices, wanted = PROVEN[name]
    found = proofs(facts(change, plan(prices=prices)))[:3]
    assert [p.level for p in found] == ["L1", "L2", "L3"]
    assert tuple(p.proven for p in found) == wanted


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ((0.0, 0.0, 0), "L2 0: proven here, no lawful plan as good above has less"),
        ((3.0, 3.0, 3), "L2 3: proven here, no lawful plan as good above has less"),
        ((3.0, 3.0, 4), "L2 3: proven here, no lawful plan as good above has less"),
        ((3.0, 2.0, 2), "L2 3: proven here, no lawful plan as good above has less than 2"),
        ((3.0, 1.0, 2), "L2 3: proven here, no lawful plan as good above has less than 2"),
        (
            (3.0, 3.0, 2),
            (
                "L2 3: proven here, no lawful plan as good above has less than 2; "
                "the plan says 3, which is not proven here"
            ),
        ),
    ],
)
def test_a_proof_is_told_in_words(told: tuple[float, float, int], words: str) -> None:
    value, said, proven = told
    proof = Proof("L2", value, said, proven)
    assert proof.told() == words
    assert proof.best is (proven >= value)


SOUND = (
    price("L1", *BED, millionths=0),
    price("L2", *BED, millionths=10**12),
    price("L3", "rooms", "A", "family unit", size=3, millionths=1),
    *(
        price("L1", w, "N", c, millionths=1)
        for w in ("seats", "slots", "lying", "guards", "ride", "nurses")
        for c in (GENERAL, "adapted disputed children")
    ),
    price("L1", "stops", "A", CHILDREN, millionths=1),
    *(price("L1", w, "A", millionths=1) for w in ("children", "arrivals", "primary", "secondary")),
    *(
        price("L1", w, d, millionths=1)
        for w in ("guards a day", "nurses a day", "departures")
        for d in (TODAY, NEXT.isoformat())
    ),
    price("L2", "held", "L1", millionths=1),
    price("L3", "held", "L2", millionths=1),
)
UNSOUND = (
    replace(SOUND[0], at="Z"),
    replace(SOUND[0], of="child"),
    replace(SOUND[0], level="L4"),
    price("L1", "seats", "A", GENERAL, millionths=1),
    price("L1", "seats", "N", "anybody", millionths=1),
    price("L1", "seats", "N", GENERAL, size=1, millionths=1),
    price("L1", "stops", "N", GENERAL, millionths=1),
    price("L1", "stops", "A", millionths=1),
    price("L1", "stops", "A", GENERAL, size=1, millionths=1),
    price("L1", "arrivals", "N", millionths=1),
    price("L1", "arrivals", "A", GENERAL, millionths=1),
    price("L1", "arrivals", "A", size=1, millionths=1),
    price("L1", "arrivals", TODAY, millionths=1),
    price("L1", "departures", "A", millionths=1),
    price("L1", "departures", "2016-10-26", millionths=1),
    price("L1", "departures", "2016-10-23", millionths=1),
    price("L1", "wishes", "A", millionths=1),
    price("L1", "held", "L1", millionths=1),
    price("L1", "held", "L2", millionths=1),
    price("L3", "held", "L0", millionths=1),
    price("L2", "held", "L1", GENERAL, millionths=1),
)


def test_prices_are_on_what_is_there() -> None:
    assert list(ill(facts(plan(prices=SOUND)))) == []
    for one in UNSOUND:
        on = f"{one.what} {one.at} {one.of}".strip()
        wanted = f"a price of {one.level} is on something that is not there: {on}"
        assert list(ill(facts(plan(prices=(one,))))) == [wanted]


def test_a_price_is_one_that_somebody_could_pay() -> None:
    for millionths in (-1, 10**12 + 1):
        forged = (replace(SOUND[0], millionths=millionths),)
        wanted = "the price of L1 on rooms A single men is none that anybody could pay"
        assert list(ill(facts(plan(prices=forged)))) == [wanted]


def test_a_thing_has_one_price_of_a_level() -> None:
    twice = (SOUND[0], replace(SOUND[0], millionths=5))
    wanted = ["rooms A single men has several prices of L1"] * 2
    assert list(ill(facts(plan(prices=twice)))) == wanted
    one = world(plan(prices=twice))
    checks = audit(one.site, one.plan)
    assert [v.witness for v in checks[0].violations] == wanted
    assert checks[0].proofs == ()


def test_who_has_left_needs_no_seat_any_more() -> None:
    seat = (price("L2", "seats", "N", GENERAL, millionths=1_000_000),)
    few = all_of(
        WANTS_NORTH,
        at("vehicles", "V1", seats=0),
        at("vehicles", "V3", seats=0),
        at("vehicles", "V2", seats=6),
        operation(days=1),
    )
    assert [p.proven for p in proofs(facts(few, plan(prices=seat)))][1] == 0
    assert [p.proven for p in proofs(facts(few, plan(prices=seat), departed("T2")))][1] == 1


def test_who_is_frozen_stays_where_they_are() -> None:
    bed = (price("L2", *BED, millionths=1_000_000),)
    assert [p.proven for p in proofs(facts(WANTS_NORTH, plan(prices=bed, frozen=("c6",))))][1] == 1
    dear = (price("L2", *BED, millionths=3_000_000),)
    assert [p.proven for p in proofs(facts(WANTS_NORTH, plan(prices=dear, frozen=("c6",))))][1] == 3


def test_an_escorted_party_is_known_by_its_fitness() -> None:
    one = facts(at("persons", "p1", fit_to_travel=Fitness.WITH_ESCORT))
    parties = OpenRooms(one).parties
    assert [c for c, p in parties.items() if p.escorted] == ["c1", "c6"]
