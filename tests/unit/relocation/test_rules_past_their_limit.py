"""Each further rule one past its limit, on a move worked out by hand: what is said, to the word, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hand_worked import (
    APART,
    DAY,
    LYING,
    NEXT,
    NOT_CALLED_ALONE,
    NOT_MEET,
    PREFER,
    SPARE,
    TOGETHER,
    UNLINKED,
    WORLD,
    Change,
    World,
    all_of,
    at,
    linked,
    minus,
    operation,
    plan,
    planned,
    plus,
    relative,
    rule,
    said,
    shifted,
    stops,
)

from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.places import concentration
from sojourn.relocation.proposal.proposal import Change as Changed
from sojourn.relocation.proposal.proposal import Event
from sojourn.relocation.site.site import (
    AgeSource,
    Consent,
    Fitness,
    LinkStrength,
    Mobility,
    Room,
    RoomType,
    Sex,
)

#: Of a man at risk and one in a wheelchair who are to stay together: what one of them needs, both do.
ONE_UNIT = (
    "R03 cases c1 and c6 are bound and go to C and A",
    "R10 case c1 needs gp, which C has not",
    "R10 case c1 travels on T2 without the medical escort it needs",
    "R10 case c1 travels in a coach, which is not adapted",
    "R11 case c1 needs a step-free place and goes to C",
    "R18 trip T3 is said to be of tier 2 and is of tier 1",
)


#: Of two brothers who are to stay with a man at another place: the three are a family.
WITH_A_MAN = (
    "R00 trip T1 is said to be of children and is not",
    "R01 case c1 (family) is in a room of kind mixed",
    "R01 case c4 (family) is in a room of kind child",
    "R01 case c5 (family) is in a room of kind child",
    "R03 cases c4 and c1 are bound and go to B and C",
    "R13 B: 1 child of primary school age, 0 places",
    "R13 B: 1 child of secondary school age, 0 places",
)
STRANGER = "R05 cases c4 and c1: children bound to adults who are no family of theirs"


def again(world: World) -> World:
    return replace(world, previous=world.plan)


BROKEN: dict[str, tuple[Change, Sequence[str]]] = {
    # R03, R06
    "bound and at two places": (
        linked("p1", "p8", TOGETHER),
        ONE_UNIT,
    ),
    "bound and on two trips": (
        linked("p2", "p8", TOGETHER, "spouse"),
        [
            "R01 case c2 (family) is in a room of kind women only",
            "R01 case c6 (family) is in a room of kind single men",
            "R03 cases c2 and c6 are bound and go to A and A",
            "R10 case c2 travels on T2 without the medical escort it needs",
            "R10 case c2 travels in a coach, which is not adapted",
        ],
    ),
    "bound to one who has no place": (
        linked("p9", "p1", TOGETHER),
        ["R03 cases c7 and c1 are bound and only one has a place"],
    ),
    "bound to a region": (
        linked("p1", "p6", LinkStrength.SAME_REGION),
        ["R03 persons p1 and p6 are bound to one region and go to N and S"],
    ),
    "a party of two men": (
        all_of(at("cases", "c1", travel_party_id="t"), at("cases", "c6", travel_party_id="t")),
        ONE_UNIT,
    ),
    "a brother in another household": (
        linked("p6", "p4", PREFER, "sibling"),
        [
            "R00 trip T1 is said to be of children and is not",
            "R01 case c3 is given other rooms than those who stay with it",
            "R01 case c3: 1 room of 3 beds for 5 people",
            "R01 case c4 (family) is in a room of kind child",
            "R01 case c5 (family) is in a room of kind child",
            "R06 cases c4 and c3 are bound and go to B and A",
            "R07 case c4 needs a women-safe place and goes to B",
            "R07 case c5 needs a women-safe place and goes to B",
            "R13 B: 1 child of primary school age, 0 places",
            "R13 B: 1 child of secondary school age, 0 places",
            "R18 trip T1 is said to be of tier 1 and is of tier 2",
            "R18 trip T1 of tier 2 leaves before T2 of tier 1",
        ],
    ),
    # R04, R05
    "not safe for children": (
        at("places", "B", child_safe=False),
        [
            f"R04 case {c} of children alone goes to B, which is not licensed for them"
            for c in ("c4", "c5")
        ],
    ),
    "no licence": (
        at("places", "B", child_licence=""),
        [
            f"R04 case {c} of children alone goes to B, which is not licensed for them"
            for c in ("c4", "c5")
        ],
    ),
    "a licence for fewer": (
        at("places", "B", max_children=1),
        ["R04 B: 2 children alone, licence for 1"],
    ),
    "staff for fewer": (
        at("places", "B", child_staff=1),
        ["R04 B: 2 children alone, staff for 1"],
    ),
    "half a child for each of the staff": (
        at("places", "B", children_per_staff=0.99),
        ["R04 B: 2 children alone, staff for 1"],
    ),
    "known and doubtful in one room and one coach": (
        all_of(UNLINKED, at("persons", "p6", age_source=AgeSource.DISPUTED)),
        [
            "R00 trip T1 is said to be of children and is not",
            "R04 B: 1 whose age is disputed or unknown and 1 known child do not fit into rooms apart",
            "R05 trip T1: children alone with others whose age is disputed or unknown",
        ],
    ),
    "known and doubtful in two rooms of two sizes": (
        all_of(
            UNLINKED,
            at("persons", "p6", birth="unknown"),
            at("rooms", "child", beds_per_room=1),
            plus("rooms", Room(place_id="B", room_type=RoomType.CHILD, rooms=1, beds_per_room=3)),
        ),
        [
            "R00 trip T1 is said to be of children and is not",
            "R05 trip T1: children alone with others whose age is disputed or unknown",
        ],
    ),
    "no guard": (
        at("escorts", "E1", kind="general"),
        ["R05 trip T1: 2 children alone with 0 escorts"],
    ),
    "a guard for fewer": (
        at("escorts", "E1", max_children=1),
        ["R05 trip T1: 2 children alone with 1 escort"],
    ),
    "fewer to each guard": (
        rule("R05", children_per_escort=1),
        ["R05 trip T1: 2 children alone with 1 escort"],
    ),
    "fewer young ones to each guard": (
        rule("R05", children_per_escort_young=1),
        ["R05 trip T1: 2 children alone with 1 escort"],
    ),
    "eleven is below twelve": (
        rule("R05", children_per_escort=2, children_per_escort_young=1),
        ["R05 trip T1: 2 children alone with 1 escort"],
    ),
    "a boy bound to a man who is no family of his": (
        linked("p6", "p1", TOGETHER),
        [*WITH_A_MAN[:5], STRANGER, *WITH_A_MAN[5:]],
    ),
    "a boy bound to his guardian": (linked("p6", "p1", TOGETHER, "guardian"), WITH_A_MAN),
    "a grown man among them": (
        all_of(UNLINKED, at("persons", "p6", birth="age:18")),
        [
            "R01 case c4 (men) is in a room of kind child",
            "R05 trip T1: children alone with 1 adult, among them p6",
        ],
    ),
    # R07, R08, R09
    "not safe for women": (
        at("places", "A", women_safe=False),
        [f"R07 case {c} needs a women-safe place and goes to A" for c in ("c2", "c3")],
    ),
    "a woman whom no row of the needs map calls alone": (
        all_of(at("places", "A", women_safe=False), NOT_CALLED_ALONE),
        ["R07 case c2 needs a women-safe place and goes to A"],
    ),
    "a man at risk among women": (
        all_of(at("persons", "p1", flags=("TRAFFICKING", "WR"))),
        ["R07 case c1 needs a women-safe place and goes to C"],
    ),
    "girls alone": (
        at("persons", "p7", sex=Sex.FEMALE),
        [f"R07 case {c} needs a women-safe place and goes to B" for c in ("c4", "c5")],
    ),
    "a child of another sex alone": (
        at("persons", "p7", sex=Sex.X),
        [f"R07 case {c} needs a women-safe place and goes to B" for c in ("c4", "c5")],
    ),
    "kept apart at one place": (
        linked("p2", "p8", APART),
        ["R08 persons p2 and p8 must be kept apart and both go to A"],
    ),
    "kept apart by departments": (
        all_of(
            linked("p1", "p2", APART),
            at("places", "C", department="D1"),
            rule("R08", other_department=True),
        ),
        ["R08 persons p1 and p2 must be kept apart and both go to C"],
    ),
    "not to meet, in one morning": (
        linked("p1", "p8", NOT_MEET),
        ["R08 persons p1 and p8 must not meet and leave in one half-day"],
    ),
    "not to meet, a minute before one o'clock": (
        all_of(SPARE, linked("p1", "p8", NOT_MEET), shifted("T3", 284)),
        ["R08 persons p1 and p8 must not meet and leave in one half-day"],
    ),
    "not to meet, both after one o'clock": (
        all_of(SPARE, linked("p1", "p8", NOT_MEET), shifted("T2", 298), shifted("T3", 345)),
        ["R08 persons p1 and p8 must not meet and leave in one half-day"],
    ),
    "not to meet, a minute in one queue": (
        all_of(
            SPARE,
            linked("p1", "p8", NOT_MEET),
            shifted("T2", 297),
            shifted("T3", 298),
        ),
        ["R08 persons p1 and p8 must not meet and leave in one half-day"],
    ),
    "at risk, at a place that is known": (
        rule("R09", compromised_places=("C",)),
        ["R09 case c1 may not go to C"],
    ),
    "at risk, beside one who is kept from others": (
        all_of(at("persons", "p2", flags=("TRAFFICKING", "LP")), linked("p8", "p6", APART)),
        [
            "R00 the list says other needs of p2 than the road asks for",
            "R09 case c2 is at A with case c6, of whom somebody must be kept from others",
        ],
    ),
    # R10, R11, R12, R13
    "no doctor": (
        at("places", "A", medical=("psychiatric",)),
        ["R10 case c6 needs gp, which A has not"],
    ),
    "not fit to travel": (
        at("persons", "p1", fit_to_travel=Fitness.NO),
        ["R10 case c1 is moved and somebody in it is not fit to travel"],
    ),
    "no medical escort": (
        at("trips", "T3", escorts=()),
        ["R10 case c6 travels on T3 without the medical escort it needs"],
    ),
    "with an escort, in a coach": (
        all_of(
            at("persons", "p8", mobility=Mobility.NONE, flags=("SM", "TR", "DS")),
            at("manifest", "p8", seat="seat", needs=("step_free", "gp")),
            at("vehicles", "V3", type="coach", seats=2, wheelchair_slots=0),
        ),
        ["R10 case c6 travels in a coach, which is not adapted"],
    ),
    "stairs": (
        at("places", "A", step_free=False),
        ["R11 case c6 needs a step-free place and goes to A"],
    ),
    "stairs for who walks with care": (
        at("persons", "p1", flags=("TRAFFICKING", "DS")),
        [
            "R00 the list says other needs of p1 than the road asks for",
            "R11 case c1 needs a step-free place and goes to C",
        ],
    ),
    "no slot": (
        at("vehicles", "V3", wheelchair_slots=0),
        ["R11 trip T3: 1 wheelchairs for 0 slots"],
    ),
    "lying and no ambulance": (
        all_of(LYING, at("vehicles", "V3", type="adapted")),
        ["R11 trip T3: a stretcher in a adapted"],
    ),
    "late pregnancy, a minute too far": (
        rule("R12", max_travel_minutes=126),
        ["R12 trip T2: c2 travels 127 minutes"],
    ),
    "no place at primary school": (
        at("places", "A", school_primary=0),
        ["R13 A: 1 child of primary school age, 0 places"],
    ),
    "no place at secondary school": (
        at("places", "A", school_secondary=0),
        ["R13 A: 1 child of secondary school age, 0 places"],
    ),
    "eleven is primary school age": (
        at("persons", "p5", birth="age:11"),
        ["R13 A: 2 children of primary school age, 1 place"],
    ),
    "seventeen is secondary school age": (
        at("persons", "p4", birth="age:17"),
        ["R13 A: 2 children of secondary school age, 1 place"],
    ),
    # R14, R15
    "nobody has asked": (
        at("cases", "c1", consent=Consent.PENDING),
        ["R14 case c1 is moved and its consent is pending"],
    ),
    "by nobody": (
        at("cases", "c1", consent_by=""),
        ["R14 case c1 is moved and who consented, or when, is not known"],
    ),
    "never": (
        at("cases", "c1", consent_on=None),
        ["R14 case c1 is moved and who consented, or when, is not known"],
    ),
    "after the departure": (
        at("cases", "c1", consent_on=NEXT),
        ["R14 case c1 is moved and its consent is of 2016-10-25, after the departure"],
    ),
    "to a region that was not offered": (
        at("cases", "c1", wishes=("S",), offered_regions=("E",)),
        ["R14 case c1 goes to N, which was neither offered nor wished"],
    ),
    "no sheet": (
        at("cases", "c4", best_interest_signed=False),
        ["R14 case c4 of children alone has no signed best-interest sheet"],
    ),
    "relatives elsewhere": (
        all_of(minus("relatives", "p2"), relative("p2", "C"), relative("p2", "B")),
        ["R15 person p2 has a relative in D2, D3 and goes elsewhere"] * 2,
    ),
    "a child's relative elsewhere": (
        relative("p5", "C", "reunification accepted"),
        ["R15 person p5 has a relative in D3 and goes elsewhere"],
    ),
    # R16
    "a minute after the door is closed": (
        at("places", "C", latest_arrival=10.74),
        ["R16 trip T2 reaches C at 10:45"],
    ),
    "a day before it opens": (
        at("places", "C", opens=NEXT),
        ["R16 trip T2 goes to C, closed on 2016-10-24"],
    ),
    "the day it closes": (
        at("places", "C", closes=DAY),
        ["R16 trip T2 goes to C, closed on 2016-10-24"],
    ),
    "one more than come": (
        stops("T2", 1, persons=2),
        ["R16 trip T2 says 2 people for C and carries 1"],
    ),
    "one less than come": (
        stops("T2", 1, persons=0),
        ["R16 trip T2 says 0 people for C and carries 1"],
    ),
    "one arrives too many": (
        at("places", "A", max_arrivals_per_day=4),
        ["R16 A receives 5 people on 2016-10-24"],
    ),
    "before the first day": (
        shifted("T3", 0, days=-1),
        ["R16 trip T3 leaves on 2016-10-23, no day of the operation"],
    ),
    "after the last day": (
        shifted("T3", 0, days=2),
        ["R16 trip T3 leaves on 2016-10-26, no day of the operation"],
    ),
    # R17
    "no rest": (
        at("trips", "T1", rests=()),
        [
            "R17 trip T1 rests 0 times, 1 are needed",
            "R17 trip T1 drives 115 minutes without a rest, 90 are allowed",
        ],
    ),
    "a rest too many": (
        at("trips", "T1", rests=(560, 575)),
        ["R17 trip T1 rests 2 times, 1 are needed"],
    ),
    "a rest a minute late": (
        at("trips", "T1", rests=(571,)),
        ["R17 trip T1 drives 91 minutes without a rest, 90 are allowed"],
    ),
    "a rest before leaving": (
        at("trips", "T1", rests=(479,)),
        [
            "R17 trip T1 rests before it leaves, after it arrives, or out of order",
            "R17 trip T1 drives 101 minutes without a rest, 90 are allowed",
        ],
    ),
    "a rest after arriving": (
        at("trips", "T1", rests=(596,)),
        [
            "R17 trip T1 rests before it leaves, after it arrives, or out of order",
            "R17 trip T1 drives 115 minutes without a rest, 90 are allowed",
        ],
    ),
    "a minute faster than the road": (
        stops("T1", 0, arrival=594),
        ["R17 trip T1 cannot reach B so early"],
    ),
    "a minute slower than the road": (
        stops("T1", 0, arrival=596),
        ["R17 trip T1 cannot reach B so late"],
    ),
    "a stop too short to rest": (
        operation(stop_minutes=14),
        ["R17 trip T2 cannot reach C so late"],
    ),
    "a stop too short to rest, and far": (
        all_of(operation(stop_minutes=14), rule("R17", rest_every_minutes_child=42)),
        [
            "R17 trip T1 cannot reach B so early",
            "R17 trip T1 rests 1 times, 2 are needed",
            "R17 trip T1 drives 90 minutes without a rest, 42 are allowed",
            "R17 trip T2 cannot reach A so early",
            "R17 trip T2 cannot reach C so early",
            "R17 trip T2 rests 1 times, 3 are needed",
            "R17 trip T2 drives 90 minutes without a rest, 42 are allowed",
        ],
    ),
    "too long at the wheel": (
        rule("R17", driving_minutes_per_driver=152),
        ["R17 trip T2 drives 153 minutes with the way from its depot, 152 are allowed"],
    ),
    "too long at the wheel for two": (
        all_of(
            *(at("vehicles", v, drivers=2) for v in ("V1", "V2", "V3")),
            rule("R17", driving_minutes_per_driver=76),
        ),
        ["R17 trip T2 drives 153 minutes with the way from its depot, 152 are allowed"],
    ),
    "too long on duty": (
        rule("R17", duty_minutes_one_driver=197),
        [
            "R17 trip T2 lasts 198 minutes with boarding and the way from its depot, 197 are allowed",
        ],
    ),
    "too long on duty for two": (
        all_of(at("vehicles", "V2", drivers=2), rule("R17", duty_minutes_two_drivers=197)),
        [
            "R17 trip T2 lasts 198 minutes with boarding and the way from its depot, 197 are allowed",
        ],
    ),
    "farther than one drives without a rest": (
        rule("R17", rest_every_minutes=111),
        [
            "R17 trip T3 cannot reach A so early",
            "R17 trip T3 rests 0 times, 1 are needed",
            "R17 trip T3 drives 112 minutes without a rest, 111 are allowed",
        ],
    ),
    # R18
    "called too early": (
        rule("R18", max_wait_minutes=14),
        [f"R18 trip {t} is called 15 minutes before it leaves" for t in ("T1", "T2", "T3")],
    ),
    "called after it left": (
        at("trips", "T3", call=496),
        ["R18 trip T3 is called -1 minutes before it leaves"],
    ),
    "two at one bay": (
        all_of(operation(boarding_minutes=16), rule("R17", duty_minutes_one_driver=199)),
        ["R18 trips T1 and T3 board at one bay at once"],
    ),
    "the protected last": (
        all_of(operation(first_departure=6.0), shifted("T3", -14)),
        [
            "R18 trips T1 and T3 board at one bay at once",
            "R18 trip T3 of tier 2 leaves before T2 of tier 1",
        ],
    ),
    "another tier": (
        at("trips", "T3", tier=1),
        ["R18 trip T3 is said to be of tier 1 and is of tier 2"],
    ),
    # R19, R20
    "nobody speaks it": (
        at("trips", "T2", escorts=()),
        ["R19 trip T2 has no interpreter for ar"],
    ),
    "the language of most": (
        all_of(at("persons", "p2", languages=("ti", "ar")), at("persons", "p3", languages=("ti",))),
        ["R19 trip T2 has no interpreter for ti"],
    ),
    "of two languages the first": (
        at("persons", "p2", languages=("am",)),
        ["R19 trip T2 has no interpreter for am"],
    ),
    "too many of one need": (
        rule("R20", max_share=0.99),
        ["R20 A receives 3 of 3 with one combination of needs"],
    ),
    # R21
    "frozen and changed": (
        plan(frozen=("c1",), changes=(Changed(case_id="c1", before="A", after="C", reason="?"),)),
        ["R21 case c1 was frozen and is changed"],
    ),
    "frozen and lost": (
        plan(frozen=("c1", "c7")),
        ["R21 case c7 was frozen and has no place"],
    ),
    "left and not frozen": (
        plan(events=(Event(kind="trip departed", id="T1"),), frozen=("c1", "c4")),
        ["R21 case c5 is on trip T1, which has left, and is not frozen"],
    ),
    **{
        f"frozen at another {what}": (
            all_of(
                plan(frozen=("c1",)),
                again,
                lambda w, new=new: replace(  # type: ignore[misc]
                    w, previous=at("assignments", "c1", **new)(World(w.site, w.plan)).plan
                ),
            ),
            ["R21 case c1 was frozen and its place, day or trip is another than before"],
        )
        for what, new in {
            "place": {"place_id": "A"},
            "room": {"room_type": "single men"},
            "day": {"day": NEXT},
            "trip": {"trip_id": "T3"},
        }.items()
    },
    "frozen and not there before": (
        all_of(
            again,
            plan(frozen=("c1", "c2")),
            lambda w: replace(w, previous=minus("assignments", "c2")(w).plan),
        ),
        ["R21 case c2 was frozen and its place, day or trip is another than before"],
    ),
    "no longer frozen": (
        all_of(plan(frozen=("c1",)), again, plan(frozen=())),
        ["R21 case c1 was frozen and is no longer"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_past_the_limit_is_told_and_nothing_else(name: str) -> None:
    change, wanted = BROKEN[name]
    assert said(change(WORLD)) == list(wanted)


#: Rule to the first that breaks it.
FIRST = {
    rule_id: next(n for n, (_, told) in BROKEN.items() if any(t.startswith(rule_id) for t in told))
    for rule_id in (f"R{n:02}" for n in range(3, 22))
}


@pytest.mark.parametrize("name", FIRST)
def test_a_rule_that_is_switched_off_blames_nobody(name: str) -> None:
    change, _ = BROKEN[FIRST[name]]
    assert not [s for s in said(all_of(change, rule(name, on=False))(WORLD)) if s.startswith(name)]


def test_concentrations_of_needs_are_told_place_by_place() -> None:
    world = all_of(
        at("assignments", "c3", place_id="B"),
        *(at("assignments", c, place_id="A") for c in ("c4", "c5")),
        *(at("persons", p, flags=("LP",)) for p in ("p6", "p7")),
        rule("R20", max_share=0.0),
    )(WORLD)
    assert list(concentration(Facts(world.site, world.plan))) == [
        "A receives 2 of 2 with one combination of needs",
        "B receives 3 of 3 with one combination of needs",
    ]


@pytest.mark.parametrize("name", [n for n in BROKEN if BROKEN[n][0](WORLD).site != WORLD.site])
def test_the_plan_that_is_made_of_such_tables_breaks_no_rule(name: str) -> None:
    assert said(planned(BROKEN[name][0](WORLD))) == []
