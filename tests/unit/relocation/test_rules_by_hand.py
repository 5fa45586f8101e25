"""Outcomes, means, rooms and whole cases, one past the limit, on a move worked out by hand: what is said, to the word."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hand_worked import (
    BOTH_DISPUTED,
    ISOLATED,
    LEFT,
    NEXT,
    NOT_MEET,
    PLAN,
    TOGETHER,
    WORLD,
    Change,
    all_of,
    assigned,
    at,
    linked,
    minus,
    operation,
    out,
    plan,
    planned,
    plus,
    rule,
    said,
    seated,
    shifted,
    stop,
    stops,
)

from sojourn.relocation.proposal.proposal import Event, Outcome
from sojourn.relocation.site.site import (
    AgeSource,
    Certainty,
    Room,
    RoomType,
)

BROKEN: dict[str, tuple[Change, Sequence[str]]] = {
    # everybody is in exactly one outcome, of R00
    "nobody says what became of one who declined": (
        minus("out_of_plan", "q1"),
        ["R00 person q1 has 0 outcomes"],
    ),
    "declined and said to have left": (
        at("out_of_plan", "q1", outcome=Outcome.LEFT),
        ["R00 person q1 is out of the plan as left or absent"],
    ),
    "left and said to be dead": (
        at("out_of_plan", "q2", outcome=Outcome.OTHER),
        ["R00 person q2 is out of the plan as deceased or other"],
    ),
    "dead and said to have declined": (
        at("out_of_plan", "q3", outcome=Outcome.DECLINED),
        ["R00 person q3 is out of the plan as declined"],
    ),
    "without a place, and out": (
        plus("out_of_plan", out("p9", "c7", Outcome.DECLINED)),
        ["R00 person p9 has 2 outcomes", "R00 person p9 is out of the plan as declined"],
    ),
    "with a place and without": (
        plus("unplaced", replace(PLAN.unplaced[0], case_id="c6")),
        ["R00 person p8 has 2 outcomes"],
    ),
    "out and nobody knows them": (
        plus("out_of_plan", out("ghost", "c7", Outcome.LEFT)),
        ["R00 person ghost is not registered"],
    ),
    "declined and without a place": (
        all_of(
            minus("out_of_plan", "q1"), plus("unplaced", replace(PLAN.unplaced[0], case_id="d1"))
        ),
        ["R00 person q1 has 0 outcomes", "R00 case d1 is no part of the move and is planned"],
    ),
    "declined, and without a place as well": (
        plus("unplaced", replace(PLAN.unplaced[0], case_id="d1")),
        ["R00 case d1 is no part of the move and is planned"],
    ),
    "of a household that left, without a place": (
        plus("unplaced", replace(PLAN.unplaced[0], case_id="d2")),
        ["R00 case d2 is no part of the move and is planned"],
    ),
    "a case without a place that nobody knows": (
        plus("unplaced", replace(PLAN.unplaced[0], case_id="ghost")),
        ["R00 case ghost is no part of the move and is planned"],
    ),
    "a case nobody knows": (
        plus("assignments", assigned("ghost", "C", "mixed", "T2")),
        ["R00 case ghost is in the plan and not registered"],
    ),
    "a place nobody knows": (
        plus("assignments", assigned("c7", "Z", "mixed", "T2")),
        ["R00 place Z is in the plan and not registered"],
    ),
    "a stop nobody knows": (
        lambda w: at("trips", "T3", stops=(*w.plan.trips[2].stops, stop("Z", 700, 0)))(w),
        ["R00 place Z is in the plan and not registered"],
    ),
    "a traveller nobody knows": (
        plus("manifest", seated("T3", 2, "ghost", "c6", "A"), seated("T3", 3, "p8", "ghost", "A")),
        [
            "R00 case ghost is in the plan and not registered",
            "R00 person ghost is in the plan and not registered",
        ],
    ),
    # vehicles and escorts of R00
    "a vehicle on another day than its own": (
        at("vehicles", "V1", days=(NEXT,)),
        ["R00 trip T1: vehicle V1 is not there on 2016-10-24"],
    ),
    "a vehicle that is not there": (
        at("trips", "T1", vehicle_id="V9"),
        ["R00 trip T1: vehicle V9 is not there on 2016-10-24"],
    ),
    "an escort on another day": (
        at("escorts", "E1", days=(NEXT,)),
        ["R00 trip T1: escort E1 is not there on 2016-10-24"],
    ),
    "an escort who is not there": (
        all_of(at("trips", "T3", escorts=("E3", "E9")), at("vehicles", "V3", seats=2)),
        ["R00 trip T3: escort E9 is not there on 2016-10-24"],
    ),
    "a seat less for children": (
        at("vehicles", "V1", seats=2),
        ["R00 trip T1: 3 people for 2 seats"],
    ),
    "a seat less": (at("vehicles", "V2", seats=5), ["R00 trip T2: 6 people for 5 seats"]),
    "no seat for an escort": (at("vehicles", "V3", seats=0), ["R00 trip T3: 1 person for 0 seats"]),
    "an escort on two trips": (
        all_of(at("trips", "T2", escorts=("E2", "E1")), at("vehicles", "V2", seats=7)),
        ["R00 E1 makes 2 trips on 2016-10-24"],
    ),
    "a vehicle on two trips": (
        all_of(at("trips", "T1", vehicle_id="V2"), rule("R17", duty_minutes_one_driver=400)),
        ["R00 V2 makes 2 trips on 2016-10-24"],
    ),
    # what trips say of themselves, of R00
    "before the first hour": (
        shifted("T1", -1),
        ["R00 trip T1 leaves at minute 479, outside the hours of departure"],
    ),
    "after the last hour": (
        shifted("T3", 1),
        ["R00 trip T3 leaves at minute 496, outside the hours of departure"],
    ),
    "a bay too many": (at("trips", "T2", bay=3), ["R00 trip T2 boards at bay 3 of 2"]),
    "a bay too few": (at("trips", "T2", bay=0), ["R00 trip T2 boards at bay 0 of 2"]),
    "a stop too many": (
        operation(max_stops=1),
        ["R00 trip T2 has 2 stops, at most 1 are allowed"],
    ),
    "another region": (
        at("trips", "T1", region="N"),
        ["R00 trip T1 is said to go to N and does not"],
    ),
    "children said to be anybody": (
        at("trips", "T1", group="general"),
        ["R00 trip T1 is said to be of general and is not"],
    ),
    "anybody said to be children": (
        at("trips", "T2", group="children"),
        ["R00 trip T2 is said to be of children and is not"],
    ),
    "children said to be disputed": (
        at("trips", "T1", group="disputed children"),
        ["R00 trip T1 is said to be of disputed children and is not"],
    ),
    "disputed said to be children": (
        BOTH_DISPUTED,
        ["R00 trip T1 is said to be of children and is not"],
    ),
    "a need that the list leaves out": (
        at("manifest", "p2", needs=()),
        ["R00 the list says other needs of p2 than the road asks for"],
    ),
    "a need that is nobody's on the road": (
        at("manifest", "p1", needs=("protected_place",)),
        ["R00 the list says other needs of p1 than the road asks for"],
    ),
    "a seat for a wheelchair": (
        at("manifest", "p8", seat="seat"),
        ["R00 the list gives p8 another kind of seat than is needed"],
    ),
    "a slot for who walks": (
        at("manifest", "p1", seat="wheelchair slot"),
        ["R00 the list gives p1 another kind of seat than is needed"],
    ),
    **{
        f"said of nobody: {kind}": (
            plan(events=(Event(kind=kind, id="ghost"),)),
            [f"R00 the plan says {kind!r} of ghost, which is not there"],
        )
        for kind in (
            "place withdrawn",
            "case declined",
            "case absent",
            "case no-show",
            "trip departed",
            "flood",
        )
    },
    # R01
    "no bed for the man": (
        at("rooms", "single men", rooms=0),
        ["R01 A: 1 of single men taken, 0 there"],
    ),
    "no bed for the woman": (
        at("rooms", "women only", rooms=0),
        ["R01 A: 1 of women only taken, 0 there"],
    ),
    "no unit for the family": (
        at("rooms", "family unit", rooms=0),
        ["R01 A: 1 of family unit taken, 0 there"],
    ),
    "a unit of another size": (
        at("rooms", "family unit", beds_per_room=4),
        [
            "R01 case c3 is given rooms that A does not have",
            "R01 A: 1 of family unit taken, 0 there",
        ],
    ),
    "a bed less for children": (
        at("rooms", "child", beds_per_room=1),
        ["R01 B: 2 of child taken, 1 there"],
    ),
    "promised rooms": (
        at("places", "C", certainty=Certainty.PROMISED),
        ["R01 C: 1 of mixed taken, 0 there"],
    ),
    "promised in too small a part": (
        all_of(
            at("places", "C", certainty=Certainty.PROMISED),
            at("rooms", "C", rooms=5),
            rule("R01", promised_factor=0.19),
        ),
        ["R01 C: 1 of mixed taken, 0 there"],
    ),
    "a place withdrawn": (
        at("places", "C", certainty=Certainty.WITHDRAWN),
        ["R01 C: 1 of mixed taken, 0 there"],
    ),
    "a man in a room for women": (
        all_of(
            at("assignments", "c1", room_type="women only"),
            plus(
                "rooms", Room(place_id="C", room_type=RoomType.WOMEN_ONLY, rooms=1, beds_per_room=1)
            ),
        ),
        ["R01 case c1 (men) is in a room of kind women only"],
    ),
    "isolation that is not kept": (ISOLATED, ["R01 case c1 (men) is in a room of kind mixed"]),
    "a unit more than the family fills": (
        all_of(at("assignments", "c3", rooms=2), at("rooms", "family unit", rooms=2)),
        ["R01 case c3: 2 rooms of 3 beds for 3 people"],
    ),
    "no unit though one is filled": (
        at("assignments", "c3", rooms=0),
        ["R01 case c3: 0 rooms of 3 beds for 3 people"],
    ),
    "units without a bed": (
        all_of(
            at("assignments", "c3", beds_per_room=0), at("rooms", "family unit", beds_per_room=0)
        ),
        ["R01 case c3: 1 room of 0 beds for 3 people", "R01 A: 1 of family unit taken, 0 there"],
    ),
    "a room where a bed is taken": (
        at("assignments", "c1", rooms=1),
        ["R01 case c1: 1 room where single beds are taken"],
    ),
    "less than no room": (
        at("assignments", "c1", rooms=-1),
        ["R01 case c1: -1 rooms where single beds are taken"],
    ),
    # R02
    "assigned twice": (
        plus("assignments", PLAN.assignments[3]),
        ["R02 case c4 is assigned 2 times"],
    ),
    "more people than the case": (
        at("assignments", "c4", persons=2),
        ["R02 case c4 is planned as 2 persons and has 1"],
    ),
    "fewer people than the case": (
        at("assignments", "c3", persons=2),
        ["R02 case c3 is planned as 2 persons and has 3"],
    ),
    "a child stays behind": (
        all_of(minus("manifest", "p5"), stops("T2", 0, persons=3)),
        ["R02 case c3 is not whole on trip T2"],
    ),
    "a child leaves the coach later": (
        all_of(
            at("manifest", "p5", place_id="C"),
            stops("T2", 0, persons=3),
            stops("T2", 1, persons=2),
            at("places", "C", max_arrivals_per_day=2),
        ),
        ["R02 case c3 leaves trip T2 at another place than its own"],
    ),
    "one person twice on a list": (
        all_of(
            plus(
                "manifest", seated("T3", 2, "p8", "c6", "A", seat="wheelchair slot", needs=("gp",))
            ),
            stops("T3", 0, persons=2),
            at("vehicles", "V3", wheelchair_slots=2),
            at("places", "A", max_arrivals_per_day=6),
        ),
        ["R02 case c6 is not whole on trip T3"],
    ),
    "another day than the trip's": (
        at("assignments", "c4", day=NEXT),
        ["R02 case c4 has no trip that goes to B on 2016-10-25"],
    ),
    "a trip that there is not": (
        at("assignments", "c4", trip_id="T9"),
        [
            "R02 case c4 is not whole on trip T9",
            "R02 case c4 has no trip that goes to B on 2016-10-24",
            "R06 cases c4 and c5 are bound and go to B and B",
        ],
    ),
    "no stop where one leaves": (
        at("trips", "T3", stops=(stop("C", 613, 0),)),
        ["R02 case c6 has no trip that goes to A on 2016-10-24"],
    ),
    "a trip that there is not, with somebody whom another may not meet": (
        all_of(linked("p1", "p8", NOT_MEET), at("assignments", "c6", trip_id="T9")),
        [
            "R02 case c6 is not whole on trip T9",
            "R02 case c6 has no trip that goes to A on 2016-10-24",
        ],
    ),
    "a vehicle that there is not, for one who needs an adapted one": (
        at("trips", "T3", vehicle_id="V9"),
        ["R00 trip T3: vehicle V9 is not there on 2016-10-24"],
    ),
    "two bound together, and neither has a place": (
        all_of(linked("p8", "p9", TOGETHER), minus("assignments", "c6"), minus("manifest", "p8")),
        ["R00 person p8 has 0 outcomes", "R16 trip T3 says 1 person for A and carries 0"],
    ),
    "two units for a family, and one is there": (
        all_of(
            at("rooms", "family unit", beds_per_room=2),
            at("assignments", "c3", beds_per_room=2, rooms=2),
        ),
        ["R01 A: 2 of family unit taken, 1 there"],
    ),
    "known and doubtful in rooms of their own, and in one coach": (
        all_of(
            minus("links", "p6"),
            at("rooms", "child", rooms=2, beds_per_room=1),
            at("persons", "p6", age_source=AgeSource.DISPUTED),
            plan(
                warnings=("1 persons with a disputed age are planned as children", *PLAN.warnings)
            ),
        ),
        [
            "R00 trip T1 is said to be of children and is not",
            "R05 trip T1: children alone with others whose age is disputed or unknown",
        ],
    ),
    "a rest that only children need": (
        at("trips", "T3", rests=(585,), stops=(stop("A", 622, 1),)),
        ["R17 trip T3 cannot reach A so late", "R17 trip T3 rests 1 times, 0 are needed"],
    ),
    "one that has left, a minute later than with children": (
        all_of(at("trips", "T3", rests=(585,), stops=(stop("A", 623, 1),)), LEFT),
        ["R17 trip T3 cannot reach A so late", "R17 trip T3 rests 1 times, 0 are needed"],
    ),
    "one that has left, as late as with children, and never rested": (
        all_of(at("trips", "T3", stops=(stop("A", 622, 1),)), LEFT),
        [
            "R17 trip T3 cannot reach A so late",
            "R17 trip T3 drives 127 minutes without a rest, 120 are allowed",
        ],
    ),
    "one who is not in the plan travels": (
        all_of(
            plus("manifest", seated("T3", 2, "p9", "c7", "A")),
            stops("T3", 0, persons=2),
            at("vehicles", "V3", seats=2),
            at("places", "A", max_arrivals_per_day=6),
        ),
        ["R02 person p9 is on a manifest and not in the plan"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_past_the_limit_is_told_and_nothing_else(name: str) -> None:
    change, wanted = BROKEN[name]
    assert said(change(WORLD)) == list(wanted)


#: Rule to the first that breaks it.
FIRST = {
    rule_id: next(n for n, (_, told) in BROKEN.items() if any(t.startswith(rule_id) for t in told))
    for rule_id in (f"R{n:02}" for n in range(1, 3))
}


@pytest.mark.parametrize("name", FIRST)
def test_a_rule_that_is_switched_off_blames_nobody(name: str) -> None:
    change, _ = BROKEN[FIRST[name]]
    assert not [s for s in said(all_of(change, rule(name, on=False))(WORLD)) if s.startswith(name)]


@pytest.mark.parametrize("name", [n for n in BROKEN if BROKEN[n][0](WORLD).site != WORLD.site])
def test_the_plan_that_is_made_of_such_tables_breaks_no_rule(name: str) -> None:
    assert said(planned(BROKEN[name][0](WORLD))) == []
