"""A move worked out by hand that is full to the last bed, seat and minute: no rule blames it at its limit."""

import pytest
from hand_worked import (
    AGAIN,
    APART,
    BOTH_DISPUTED,
    DAY,
    ISOLATED,
    LEFT,
    LYING,
    NEXT,
    NOT_MEET,
    PLAN,
    PREFER,
    SORTED,
    SPARE,
    TOGETHER,
    WORLD,
    Change,
    all_of,
    at,
    group,
    linked,
    minus,
    plan,
    planned,
    plus,
    relative,
    rule,
    said,
    shifted,
    stop,
)

from sojourn.relocation.site.site import AgeSource, Certainty

#: What is at its limit, or beyond what a rule asks: nothing is said.
LAWFUL: dict[str, Change] = {
    "all is full": lambda w: w,
    "all has one to spare": SPARE,
    "a vehicle on another of its days": all_of(
        shifted("T1", 0, days=1),
        at("trips", "T1", vehicle_id="V2"),
        at("escorts", "E1", days=(NEXT,)),
    ),
    "promised rooms count in part": all_of(
        at("places", "A", certainty=Certainty.PROMISED),
        at("rooms", "A", rooms=5),
        rule("R01", promised_factor=0.2),
    ),
    "two boys whose age is disputed": all_of(
        BOTH_DISPUTED, at("trips", "T1", group="disputed children")
    ),
    "two boys of unknown age": all_of(
        *(at("persons", p, birth="unknown") for p in ("p6", "p7")),
        at("trips", "T1", group="disputed children"),
        at("groups", "0-11", persons=1, placed=1, first_or_second_wish=1),
        at("groups", "12-17", persons=1, placed=1, first_or_second_wish=1),
        plus("groups", group("age", "unknown", 2, 2, 2)),
        SORTED,
    ),
    "a grown one whose age is disputed is no pupil": all_of(
        at("persons", "p5", birth="age:18", age_source=AgeSource.DISPUTED),
        at("places", "A", school_secondary=0),
        at("bounds", "L7", value=4, bound=4),
        at("groups", "12-17", persons=1, placed=1, first_or_second_wish=1),
        at("groups", "18-34", persons=3, placed=3, first_or_second_wish=3),
        plan(warnings=("1 persons with a disputed age are planned as children", *PLAN.warnings)),
    ),
    "a room of isolation for who is asked it": all_of(
        ISOLATED, at("assignments", "c1", room_type="isolation", beds_per_room=1, rooms=1)
    ),
    "lying in an ambulance": LYING,
    "a vehicle with a slot need not be called adapted": at("vehicles", "V3", type="coach"),
    "staff nobody has told": at("places", "B", children_per_staff=None, child_staff=None),
    "as many escorts as each age asks": rule(
        "R05", children_per_escort=2, children_per_escort_young=2
    ),
    "eleven is not below eleven": rule(
        "R05", children_per_escort=2, children_per_escort_young=1, young_below=11
    ),
    "grown siblings": linked("p1", "p9", PREFER, "sibling"),
    "kept apart, at two places": linked("p2", "p6", APART),
    "kept apart in one department": all_of(
        linked("p1", "p2", APART), at("places", "C", department="D1"), minus("relatives", "p2")
    ),
    "kept apart, in two departments": all_of(
        linked("p2", "p6", APART), rule("R08", other_department=True)
    ),
    "kept apart from one without a place": linked("p3", "p9", APART),
    "one leaves when the other is called, named the other way round": all_of(
        SPARE,
        linked("p8", "p1", NOT_MEET),
        shifted("T2", 297),
        shifted("T3", 299),
    ),
    "not meeting on two days": all_of(linked("p1", "p8", NOT_MEET), shifted("T3", 0, days=1)),
    "not meeting on two sides of one o'clock": all_of(
        SPARE, linked("p1", "p8", NOT_MEET), shifted("T3", 285)
    ),
    "one leaves when the other is called": all_of(
        SPARE,
        linked("p1", "p8", NOT_MEET),
        shifted("T2", 297),
        shifted("T3", 299),
    ),
    "a relative who is not verified": relative("p3", "C", "declared"),
    "a relative in another country": relative("p3", "Freedonia"),
    "relatives at two places, one of them near": relative("p2", "C"),
    "a relative of somebody hidden": relative("p1", "A"),
    "a relative of somebody who left": relative("q2", "B"),
    "a relative of somebody without a place": relative("p9", "A"),
    "closes the day after": at("places", "A", closes=NEXT),
    "opens that day": at("places", "A", opens=DAY),
    "a rest a minute early": at("trips", "T1", rests=(569,)),
    "two drivers share the wheel": all_of(
        at("vehicles", "V2", drivers=2),
        rule("R17", driving_minutes_per_driver=118, duty_minutes_two_drivers=198),
    ),
    "as far as one drives without a rest": all_of(
        rule("R17", rest_every_minutes=112), at("bounds", "L8", value=968, bound=968)
    ),
    "of two languages the first of the alphabet": all_of(
        at("persons", "p2", languages=("ti",)),
        minus("groups", "unknown"),
        plus("groups", group("disability", "unknown", 1, 1, 1)),
        plus("groups", group("main language", "unknown", 7, 6, 6)),
        plus("groups", group("main language", "ti", 1, 1, 1)),
        SORTED,
    ),
    "an interpreter who is only wished for": all_of(
        at("trips", "T2", escorts=()), rule("R19", hard=False)
    ),
    "a rest every forty-two minutes": all_of(
        rule("R17", rest_every_minutes_child=42, duty_minutes_one_driver=213),
        rule("R12", max_travel_minutes=142),
        at("trips", "T1", rests=(522, 579), stops=(stop("B", 610, 2),)),
        at("trips", "T2", rests=(524, 581), stops=(stop("A", 624, 4), stop("C", 660, 1))),
        at("places", "C", latest_arrival=11.0),
        at("bounds", "L8", value=1028, bound=1028),
    ),
    "not to meet, in two regions on two days": all_of(
        linked("p1", "p6", NOT_MEET),
        shifted("T1", 0, days=1),
        at("trips", "T1", vehicle_id="V2"),
        at("escorts", "E1", days=(NEXT,)),
    ),
    "a boy bound to a man who is no family of his, where nobody asks for bonds": all_of(
        linked("p6", "p1", TOGETHER), rule("R03", on=False)
    ),
    "made again, after a trip has left": AGAIN,
    "made again, after one has left that rested as often as children do": all_of(
        at("trips", "T3", rests=(585,), stops=(stop("A", 622, 1),)), LEFT
    ),
}


@pytest.mark.parametrize("name", LAWFUL)
def test_what_is_within_the_limit_is_not_blamed(name: str) -> None:
    assert said(LAWFUL[name](WORLD)) == []


@pytest.mark.parametrize("name", [n for n in LAWFUL if LAWFUL[n](WORLD).site != WORLD.site])
def test_the_plan_that_is_made_of_such_tables_breaks_no_rule(name: str) -> None:
    assert said(planned(LAWFUL[name](WORLD))) == []
