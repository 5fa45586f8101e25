"""Which rules stand between a case and a room, at their limit and one past it: room by room, and by arrays."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
from hand_worked import (
    APART,
    DAY,
    NEXT,
    NOT_CALLED_ALONE,
    NOT_MEET,
    TOGETHER,
    WORLD,
    Change,
    all_of,
    at,
    linked,
    minus,
    minute_by_minute,
    needs_map,
    plan,
    planned,
    plus,
    relative,
    rule,
    said,
    with_table,
)

from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.open_rooms import OpenRooms
from sojourn.relocation.audit.opened import Opened
from sojourn.relocation.audit.travel import course_of
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.proposal.proposal import Event
from sojourn.relocation.site.site import (
    AgeSource,
    Certainty,
    Consent,
    Fitness,
    Mobility,
    Room,
    RoomType,
    Sex,
    TravelTime,
)


def only(place: str, kind: RoomType, beds: int = 1) -> Change:
    """Leave rooms of one kind at one place, one of them."""
    room = Room(place_id=place, room_type=kind, rooms=1, beds_per_room=beds)
    return with_table("rooms", lambda _: (room,))


MAN = all_of(only("A", RoomType.SINGLE_MEN), at("cases", "c7", wishes=("N",)))
BOY = only("B", RoomType.CHILD, 2)
MOTHER = only("A", RoomType.FAMILY, 3)
#: Case, what is changed, and the rules that then stand in its way.
IN_THE_WAY: dict[str, tuple[str, Change, Sequence[str]]] = {
    "a man": ("c7", MAN, ()),
    "a man by an offer": (
        "c7",
        all_of(MAN, at("cases", "c7", wishes=(), offered_regions=("N",))),
        (),
    ),
    "a man who goes anywhere": ("c7", all_of(MAN, at("cases", "c7", wishes=("any",))), ()),
    "a man of another region": ("c7", all_of(MAN, at("cases", "c7", wishes=("S",))), ("R14",)),
    "a man and no bed": ("c7", all_of(MAN, at("rooms", "A", rooms=0)), ("R01",)),
    "a man and a promised bed": (
        "c7",
        all_of(MAN, at("places", "A", certainty=Certainty.PROMISED)),
        ("R01",),
    ),
    "a man and promised beds": (
        "c7",
        all_of(
            MAN,
            at("places", "A", certainty=Certainty.PROMISED),
            at("rooms", "A", rooms=5),
            rule("R01", promised_factor=0.2),
        ),
        (),
    ),
    "a man and a promised bed that counts": (
        "c7",
        all_of(MAN, at("places", "A", certainty=Certainty.PROMISED), rule("R01", on=False)),
        (),
    ),
    "a man and a place withdrawn": (
        "c7",
        all_of(MAN, at("places", "A", certainty=Certainty.WITHDRAWN)),
        ("R01",),
    ),
    "a man and a room for women": ("c7", all_of(MAN, only("A", RoomType.WOMEN_ONLY)), ("R01",)),
    "a man and a mixed room": ("c7", all_of(MAN, only("A", RoomType.MIXED)), ()),
    "a man who needs a room of his own": (
        "c7",
        all_of(MAN, at("persons", "p9", flags=("ISOLATED",))),
        ("R01",),
    ),
    "a man who has a room of his own": (
        "c7",
        all_of(MAN, at("persons", "p9", flags=("ISOLATED",)), only("A", RoomType.ISOLATION)),
        (),
    ),
    "who is of another sex": (
        "c7",
        all_of(MAN, at("persons", "p9", sex=Sex.X), only("A", RoomType.MIXED)),
        (),
    ),
    "who is of another sex, among men": (
        "c7",
        all_of(MAN, at("persons", "p9", sex=Sex.X)),
        ("R01",),
    ),
    "a woman": ("c2", only("A", RoomType.WOMEN_ONLY), ()),
    "a woman among men": ("c2", only("A", RoomType.SINGLE_MEN), ("R07",)),
    "a woman where it is not safe": (
        "c2",
        all_of(only("A", RoomType.WOMEN_ONLY), at("places", "A", women_safe=False)),
        ("R07",),
    ),
    "a man who needs what is safe for women": (
        "c7",
        all_of(MAN, at("persons", "p9", flags=("WR",)), at("places", "A", women_safe=False)),
        ("R07",),
    ),
    "a woman whom no row of the needs map calls alone": (
        "c2",
        all_of(
            only("A", RoomType.WOMEN_ONLY),
            NOT_CALLED_ALONE,
            at("places", "A", women_safe=False),
        ),
        ("R07",),
    ),
    "a family": ("c3", MOTHER, ()),
    "a family in units of two": ("c3", only("A", RoomType.FAMILY, 2), ("R01",)),
    "a family in two units of two": (
        "c3",
        all_of(only("A", RoomType.FAMILY, 2), at("rooms", "A", rooms=2)),
        (),
    ),
    "a family among men": ("c3", only("A", RoomType.SINGLE_MEN, 3), ("R01",)),
    "brothers": ("c4", BOY, ()),
    "brothers and a bed": ("c4", only("B", RoomType.CHILD, 1), ("R01",)),
    "brothers among men": ("c4", only("B", RoomType.SINGLE_MEN, 2), ("R04",)),
    "brothers at no safe place": ("c4", all_of(BOY, at("places", "B", child_safe=False)), ("R04",)),
    "brothers at no licensed place": (
        "c4",
        all_of(BOY, at("places", "B", child_licence="")),
        ("R04",),
    ),
    "brothers and a licence for one": (
        "c4",
        all_of(BOY, at("places", "B", max_children=1)),
        ("R04",),
    ),
    "brothers and staff for one": ("c4", all_of(BOY, at("places", "B", child_staff=1)), ("R04",)),
    "brothers and staff nobody tells": (
        "c4",
        all_of(BOY, at("places", "B", child_staff=None)),
        (),
    ),
    "a brother and a sister": ("c4", all_of(BOY, at("persons", "p7", sex=Sex.FEMALE)), ("R07",)),
    "a brother and a sister at a safe place": (
        "c4",
        all_of(BOY, at("persons", "p7", sex=Sex.FEMALE), at("places", "B", women_safe=True)),
        (),
    ),
    "a brother without a sheet": (
        "c5",
        all_of(BOY, at("cases", "c4", best_interest_signed=False)),
        ("R14",),
    ),
    "a man without a sheet": ("c7", all_of(MAN, at("cases", "c7", best_interest_signed=False)), ()),
    "two kept apart in one household": (
        "c4",
        all_of(
            BOY,
            minus("links", "p6"),
            linked("p6", "p7", TOGETHER, "sibling"),
            linked("p7", "p6", APART),
        ),
        ("R08",),
    ),
    "two who must not meet, in one household": (
        "c4",
        all_of(
            BOY,
            minus("links", "p6"),
            linked("p6", "p7", TOGETHER, "sibling"),
            linked("p7", "p6", NOT_MEET),
        ),
        ("R08",),
    ),
    "one of the household kept from another": ("c4", all_of(BOY, linked("p7", "p1", APART)), ()),
    "at risk at a place that is known": (
        "c7",
        all_of(
            MAN, at("persons", "p9", flags=("TRAFFICKING",)), rule("R09", compromised_places=("A",))
        ),
        ("R09",),
    ),
    "at risk at a place that is not known": (
        "c7",
        all_of(
            MAN, at("persons", "p9", flags=("TRAFFICKING",)), rule("R09", compromised_places=("C",))
        ),
        (),
    ),
    "not at risk": ("c7", all_of(MAN, rule("R09", compromised_places=("A",))), ()),
    "care that is there": ("c7", all_of(MAN, at("persons", "p9", flags=("SM",))), ()),
    "care that is not there": (
        "c7",
        all_of(MAN, at("persons", "p9", flags=("SM",)), at("places", "A", medical=("nurse",))),
        ("R10",),
    ),
    "who is not fit": ("c7", all_of(MAN, at("persons", "p9", fit_to_travel=Fitness.NO)), ("R10",)),
    "whose fitness nobody knows": (
        "c7",
        all_of(MAN, at("persons", "p9", fit_to_travel=Fitness.UNKNOWN)),
        (),
    ),
    **{
        f"{moved.value} and stairs": (
            "c7",
            all_of(MAN, at("persons", "p9", mobility=moved), at("places", "A", step_free=False)),
            rules,
        )
        for moved, rules in {
            Mobility.NONE: (),
            Mobility.WALKING_AID: (),
            Mobility.WHEELCHAIR: ("R11",),
            Mobility.STRETCHER: ("R11",),
        }.items()
    },
    **{
        f"{moved.value} and stairs, where no row of the needs map says so": (
            "c7",
            all_of(
                MAN,
                at("persons", "p9", mobility=moved),
                at("places", "A", step_free=False),
                needs_map(reduced_mobility="LP"),
            ),
            ("R11",),
        )
        for moved in (Mobility.WHEELCHAIR, Mobility.STRETCHER)
    },
    "stairs for who needs none": (
        "c7",
        all_of(MAN, at("persons", "p9", flags=("DS",)), at("places", "A", step_free=False)),
        ("R11",),
    ),
    "late pregnancy": (
        "c2",
        all_of(only("A", RoomType.WOMEN_ONLY), rule("R12", max_travel_minutes=112)),
        (),
    ),
    "late pregnancy, a minute too far": (
        "c2",
        all_of(only("A", RoomType.WOMEN_ONLY), rule("R12", max_travel_minutes=111)),
        ("R12",),
    ),
    "a long way for others": ("c7", all_of(MAN, rule("R12", max_travel_minutes=1)), ()),
    "nobody has asked": ("c7", all_of(MAN, at("cases", "c7", consent=Consent.PENDING)), ("R14",)),
    "asked by nobody": ("c7", all_of(MAN, at("cases", "c7", consent_on=DAY)), ("R14",)),
    "asked never": ("c7", all_of(MAN, at("cases", "c7", consent_by="desk")), ("R14",)),
    "asked that day": ("c7", all_of(MAN, at("cases", "c7", consent_by="desk", consent_on=DAY)), ()),
    "asked the day after": (
        "c7",
        all_of(MAN, at("cases", "c7", consent_by="desk", consent_on=NEXT)),
        ("R14",),
    ),
    "a relative near": ("c7", all_of(MAN, relative("p9", "A")), ()),
    "a relative elsewhere": ("c7", all_of(MAN, relative("p9", "C")), ("R15",)),
    "a relative elsewhere of one at risk": (
        "c7",
        all_of(MAN, relative("p9", "C"), at("persons", "p9", flags=("TRAFFICKING",))),
        (),
    ),
    "a relative who is not verified": ("c7", all_of(MAN, relative("p9", "C", "declared")), ()),
    "a door that closes an hour after": (
        "c7",
        all_of(MAN, at("places", "A", latest_arrival=(480 + 112 + 60) / 60)),
        (),
    ),
    "a door that closes a minute earlier": (
        "c7",
        all_of(MAN, at("places", "A", latest_arrival=(480 + 111 + 60) / 60)),
        ("R16",),
    ),
    "a door that closes while children rest": (
        "c3",
        all_of(MOTHER, at("places", "A", latest_arrival=(480 + 126 + 60) / 60)),
        ("R16",),
    ),
    "a door that closes after children rest": (
        "c3",
        all_of(MOTHER, at("places", "A", latest_arrival=(480 + 127.5 + 60) / 60)),
        (),
    ),
    "a way that is given": (
        "c7",
        all_of(
            MAN,
            at("places", "A", latest_arrival=(480 + 50 + 60) / 60),
            plus("travel", TravelTime(place_id="A", minutes=50)),
        ),
        (),
    ),
    "a way that is given, a minute longer": (
        "c7",
        all_of(
            MAN,
            at("places", "A", latest_arrival=(480 + 50 + 60) / 60),
            plus("travel", TravelTime(place_id="A", minutes=51)),
        ),
        ("R16",),
    ),
    "open on the last day": ("c7", all_of(MAN, at("places", "A", opens=NEXT)), ()),
    "open after the last day": (
        "c7",
        all_of(MAN, at("places", "A", opens=NEXT + timedelta(days=1))),
        ("R16",),
    ),
    "closed after the first day": ("c7", all_of(MAN, at("places", "A", closes=NEXT)), ()),
    "closed on the first day": ("c7", all_of(MAN, at("places", "A", closes=DAY)), ("R16",)),
    "closed for good, and nobody asks": (
        "c7",
        all_of(
            MAN,
            at("places", "A", closes=DAY, latest_arrival=1.0, max_arrivals_per_day=0),
            rule("R16", on=False),
        ),
        (),
    ),
    "as many as arrive in a day": (
        "c4",
        all_of(BOY, at("places", "B", max_arrivals_per_day=2)),
        (),
    ),
    "more than arrive in a day": (
        "c4",
        all_of(BOY, at("places", "B", max_arrivals_per_day=1)),
        ("R16",),
    ),
    "two rules": (
        "c7",
        all_of(
            MAN, at("cases", "c7", wishes=("S",)), at("persons", "p9", fit_to_travel=Fitness.NO)
        ),
        ("R10", "R14"),
    ),
}


@pytest.mark.parametrize("name", IN_THE_WAY)
def test_the_rules_in_the_way_of_a_room_are_those_worked_out_by_hand(name: str) -> None:
    case, change, rules = IN_THE_WAY[name]
    world = change(WORLD)
    facts = Facts(world.site, world.plan)
    one_by_one, arrays = Opened(facts), OpenRooms(facts)
    assert one_by_one.fewest(case) == (len(rules), {frozenset(rules)})
    assert one_by_one.leaves_some(case) is not bool(rules)
    assert arrays.of(arrays.parties[facts.together[case]]).tolist() == [not rules]
    units, eligible = form_units(world.site).units, Eligibility(world.site)
    unit = next(u for u in units if case in u.cases)
    assert {*unit.blocked, *eligible.refusals(unit, eligible.pools[0])} == {*rules}
    assert eligible.allowed(unit) == (() if rules else eligible.pools)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        (n, r)
        for n, (_, _, rules) in IN_THE_WAY.items()
        for r in rules
        if len(rules) == 1 and r not in {"R01"}
    ],
)
def test_a_rule_that_is_switched_off_is_in_nobodys_way(name: str, number: str) -> None:
    case, change, _ = IN_THE_WAY[name]
    world = rule(number, on=False)(change(WORLD))
    facts = Facts(world.site, world.plan)
    one_by_one, arrays = Opened(facts), OpenRooms(facts)
    kind = {"brothers among men": {"R04"}, "a woman among men": {"R07"}}.get(name, set())
    assert one_by_one.fewest(case) == (len(kind), {frozenset(kind)})
    assert arrays.of(arrays.parties[facts.together[case]]).tolist() == [not kind]


def test_of_several_rooms_the_fewest_rules_are_told() -> None:
    rooms = (
        Room(place_id="A", room_type=RoomType.WOMEN_ONLY, rooms=0, beds_per_room=1),
        Room(place_id="B", room_type=RoomType.SINGLE_MEN, rooms=1, beds_per_room=1),
        Room(place_id="C", room_type=RoomType.MIXED, rooms=1, beds_per_room=1),
    )
    world = all_of(
        MAN, with_table("rooms", lambda _: rooms), at("places", "C", latest_arrival=1.0)
    )(WORLD)
    least, sets = Opened(Facts(world.site, world.plan)).fewest("c7")
    assert (least, sets) == (1, {frozenset({"R01"}), frozenset({"R14"}), frozenset({"R16"})})


def test_without_a_room_anywhere_a_room_is_lacking() -> None:
    world = all_of(MAN, with_table("rooms", lambda _: ()))(WORLD)
    opened = Opened(Facts(world.site, world.plan))
    assert opened.fewest("c7") == (1, {frozenset({"R01"})})
    assert not opened.leaves_some("c7")


@pytest.mark.parametrize("seed", range(60))
def test_the_course_of_a_trip_is_that_of_driving_every_minute(seed: int) -> None:
    rng = np.random.default_rng(seed)
    legs = rng.integers(1, 300, size=int(rng.integers(1, 5))).tolist()
    every, rest, stop = (
        int(rng.integers(1, 150)),
        int(rng.integers(0, 30)),
        int(rng.integers(0, 30)),
    )
    assert course_of(legs, every, rest, stop) == minute_by_minute(legs, every, rest, stop)


def test_only_a_trip_departs() -> None:
    world = plan(
        events=(Event(kind="case declined", id="T1"), Event(kind="trip departed", id="T2"))
    )(WORLD)
    assert Facts(world.site, world.plan).departed == {"T2"}


#: Who rides with whom, by what is known of them.
COMPANY: dict[str, tuple[str, Change, str]] = {
    "a woman": ("c2", lambda w: w, "general"),
    "in a wheelchair": ("c6", at("persons", "p8", fit_to_travel=Fitness.YES), "adapted general"),
    "lying": ("c2", at("persons", "p2", mobility=Mobility.STRETCHER), "adapted general"),
    "with an escort": (
        "c2",
        at("persons", "p2", fit_to_travel=Fitness.WITH_ESCORT),
        "adapted general",
    ),
    "a mother in a coach, her child in a wheelchair": (
        "c3",
        at("persons", "p4", mobility=Mobility.WHEELCHAIR),
        "adapted general",
    ),
    "brothers": ("c5", lambda w: w, "children"),
    "brothers, one of a disputed age": (
        "c5",
        at("persons", "p6", age_source=AgeSource.DISPUTED),
        "disputed children",
    ),
    "brothers, one of an unknown age": (
        "c5",
        at("persons", "p6", birth="unknown"),
        "disputed children",
    ),
    "brothers, one in a wheelchair": (
        "c5",
        at("persons", "p6", mobility=Mobility.WHEELCHAIR),
        "adapted children",
    ),
    "a mother of a child of a disputed age": (
        "c3",
        at("persons", "p5", age_source=AgeSource.DISPUTED),
        "general",
    ),
}


@pytest.mark.parametrize("name", COMPANY)
def test_with_whom_somebody_rides(name: str) -> None:
    case, change, wanted = COMPANY[name]
    world = change(WORLD)
    facts = Facts(world.site, world.plan)
    assert facts.company(case) == wanted
    assert OpenRooms(facts).parties[facts.together[case]].company == wanted


@pytest.mark.parametrize(
    "name", [n for n in IN_THE_WAY if IN_THE_WAY[n][1](WORLD).site != WORLD.site]
)
def test_the_plan_that_is_made_of_such_tables_breaks_no_rule(name: str) -> None:
    assert said(planned(IN_THE_WAY[name][1](WORLD))) == []
