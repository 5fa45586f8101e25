"""What a plan says it is worth, and of itself, against numbers that were worked out by hand."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hand_worked import (
    AGAIN,
    PLAN,
    PREFER,
    SORTED,
    WORLD,
    Change,
    all_of,
    at,
    group,
    level,
    linked,
    minus,
    person,
    plan,
    planned,
    plus,
    rule,
    said,
    with_table,
)

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.audit.since import FEWEST
from sojourn.relocation.proposal.proposal import Change as Changed
from sojourn.relocation.proposal.reasons import MORE_SEATS, NO_SEAT, Full
from sojourn.relocation.site.site import AgeSource, Mobility, TravelTime

#: Who of a mother with a boy of six and a girl of twelve has no wish met: the groups that count them.
FAMILY_WITHOUT_WISH = [
    f"R00 the group {g} is counted as other people than there are"
    for g in (
        "age=0-11",
        "age=12-17",
        "age=35-59",
        "disability=no",
        "disability=unknown",
        "main language=unknown",
        "sex=F",
        "sex=M",
    )
]


def others(*groups: str) -> list[str]:
    return [f"R00 the group {g} is counted as other people than there are" for g in groups]


def is_not(name: str, was: str, now: str) -> str:
    return f"R00 level {name} is said to be {was} and is {now}"


def ten_more(forty: int) -> Change:
    """Let nine more men be without a place: so many of forty years, the others of thirty."""
    men = [person(f"m{n}", "c7", "M", 40 if n < forty else 30) for n in range(9)]
    return all_of(
        plus("persons", *men),
        at("rooms", "single men", rooms=10),
        at("places", "A", max_arrivals_per_day=10),
        at("unplaced", "c7", persons=10),
        at("bounds", "L2", value=30.0, bound=30.0),
        at("groups", "M", persons=15),
        at("groups", "35-59", persons=2 + forty),
        at("groups", "18-34", persons=11 - forty),
        at("groups", "no", persons=16),
        with_table(
            "groups",
            lambda rows: tuple(
                replace(g, persons=17)
                if (g.dimension, g.group) == ("main language", "unknown")
                else g
                for g in rows
            ),
        ),
    )


def no_seat(**more: object) -> Change:
    """Say of the man who wishes to go to E that he would go north, and that no seat is free."""
    new = {
        "conflict": ("R16", "R17"),
        "reason": NO_SEAT,
        "fix": MORE_SEATS,
        "minimal": False,
        **more,
    }
    told = (PLAN.warnings[0], "1 persons have a place and no seat", PLAN.warnings[1])
    return all_of(
        at("cases", "c7", wishes=("N",)),
        at("unplaced", "c7", kind="transport", **new),
        *(at("bounds", b.level, method="all columns, seats not in the bound") for b in PLAN.bounds),
        plan(warnings=told),
    )


WORTH: dict[str, tuple[Change, Sequence[str]]] = {
    "a first wish counts two a person, a second one": (
        at("cases", "c3", wishes=("N", "S")),
        [is_not("L5", "13", "16")],
    ),
    "a third wish counts nothing": (
        at("cases", "c3", wishes=("S", "E", "N")),
        [is_not("L4", "0.888889", "0.555556"), is_not("L5", "13", "10"), *FAMILY_WITHOUT_WISH],
    ),
    "what was offered and not wished counts nothing": (
        at("cases", "c3", wishes=("S",), offered_regions=("N",)),
        [is_not("L4", "0.888889", "0.555556"), is_not("L5", "13", "10"), *FAMILY_WITHOUT_WISH],
    ),
    "where nobody asks for consent, a region that was not accepted counts nothing": (
        all_of(
            at("cases", "c1", wishes=("S",)),
            rule("R14", on=False),
            no_seat(),
        ),
        [
            is_not("L4", "0.888889", "0.777778"),
            is_not("L5", "13", "11"),
            *others("age=18-34", "disability=no", "main language=ar", "sex=M"),
        ],
    ),
    "who goes anywhere has no wish to lose": (
        at("cases", "c3", wishes=("any",)),
        [is_not("L5", "13", "10"), *FAMILY_WITHOUT_WISH],
    ),
    "a group of ten stands by itself": (
        all_of(ten_more(8), at("bounds", "L4", value=0.2, bound=0.2)),
        [],
    ),
    "smaller groups count together": (
        all_of(ten_more(7), at("bounds", "L4", value=5 / 15, bound=5 / 15)),
        [],
    ),
    "who has a walking aid moves with a disability": (
        at("persons", "p1", mobility=Mobility.WALKING_AID),
        others("disability=no", "disability=yes"),
    ),
    "nobody was asked": (
        at("persons", "p2", flags=("PREG-LATE", "LP", "NOT_ASKED")),
        [
            "R00 the plan does not warn: of 2 people nobody was asked about needs: they are planned as without any",
            "R00 the plan warns of what is not so: of 1 person nobody was asked about needs: they are planned as without any",
            "R00 the group disability=no is counted as other people than there are",
            "R00 the group disability=unknown is counted as other people than there are",
        ],
    ),
    "of soft links each pair counts once": (linked("p4", "p2", PREFER), []),
    "a soft link to one without a place is not kept": (linked("p9", "p8", PREFER), []),
    "another soft link that is kept": (linked("p3", "p8", PREFER), [is_not("L6", "2", "3")]),
    "more soft links than are kept": (
        at("bounds", "L6", value=3.0, bound=3.0),
        [is_not("L6", "3", "2")],
    ),
    "fewer soft links than are kept": (
        at("bounds", "L6", value=1.0, bound=1.0),
        [is_not("L6", "1", "2")],
    ),
    "a mother tongue at the place": (at("places", "A", languages=("ar",)), []),
    "a second tongue at the place is none": (
        all_of(
            at("persons", "p2", languages=("ti", "ar")),
            at("places", "A", languages=("ar",)),
            minus("groups", "unknown"),
            plus("groups", group("disability", "unknown", 1, 1, 1)),
            plus("groups", group("main language", "unknown", 7, 6, 6)),
            plus("groups", group("main language", "ti", 1, 1, 1)),
            SORTED,
        ),
        [],
    ),
    "a mother tongue that is spoken nowhere": (
        at("places", "C", languages=()),
        [is_not("L7", "5", "4")],
    ),
    "no legal aid": (at("places", "A", legal_aid=False), [is_not("L7", "5", "4")]),
    "legal aid for two": (at("places", "C", legal_aid=True), [is_not("L7", "5", "6")]),
    "nobody for the mind": (at("places", "A", medical=("gp",)), [is_not("L7", "5", "4")]),
    "no primary school": (
        all_of(at("places", "A", school_primary=0), rule("R13", on=False)),
        [is_not("L7", "5", "4")],
    ),
    "no secondary school": (
        all_of(at("places", "A", school_secondary=0), rule("R13", on=False)),
        [is_not("L7", "5", "4")],
    ),
    "one place at school for two": (
        all_of(at("persons", "p5", birth="age:7"), rule("R13", on=False)),
        [is_not("L7", "5", "4"), *others("age=0-11", "age=12-17")],
    ),
    "two places at school for two": (
        all_of(at("persons", "p5", birth="age:11"), at("places", "A", school_primary=2)),
        others("age=0-11", "age=12-17"),
    ),
    "five is no school age": (at("persons", "p4", birth="age:5"), [is_not("L7", "5", "4")]),
    "seventeen is school age": (
        at("persons", "p5", birth="age:17"),
        [],
    ),
    "eighteen is grown": (
        at("persons", "p5", birth="age:18"),
        [is_not("L7", "5", "4"), *others("age=12-17", "age=18-34")],
    ),
    "the way is counted for each": (
        with_table(
            "travel",
            lambda _: (
                TravelTime(place_id="B", minutes=100),
                TravelTime(place_id="C", minutes=119),
            ),
        ),
        [is_not("L8", "953", "954")],
    ),
    "of a tier the greatest weight": (at("persons", "p9", flags=("SM",)), []),
    "a weight of a lower tier": (at("persons", "p9", flags=("MINOR",)), []),
    "more protected": (
        at("persons", "p9", flags=("TRAFFICKING",)),
        [is_not("L1", "0", "1"), is_not("L2", "3", "0")],
    ),
    "less protected, and not weighed": (
        at("persons", "p9", birth="age:59", flags=("MINOR",)),
        [is_not("L2", "3", "0"), is_not("L3", "0", "1"), *others("age=35-59", "age=60+")],
    ),
    "a hair's breadth": (at("bounds", "L4", value=8 / 9 + 5e-7, bound=8 / 9 + 5e-7), []),
    "more than a hair's breadth": (
        at("bounds", "L4", value=8 / 9 + 2e-6, bound=8 / 9 + 2e-6),
        ["R00 level L4 is said to be 0.888891 and is 0.888889"],
    ),
    **{
        f"one {what} more in a group": (
            at("groups", "60+", **{what: 2}),
            others("age=60+"),
        )
        for what in ("persons", "placed", "first_or_second_wish")
    },
    "a group of nobody": (plus("groups", group("sex", "X", 0, 0, 0)), []),
}


@pytest.mark.parametrize("name", WORTH)
def test_levels_and_groups_are_those_worked_out_by_hand(name: str) -> None:
    change, wanted = WORTH[name]
    assert said(change(WORLD)) == list(wanted)


BOUND = {b.level: b for b in PLAN.bounds}
GAP = "R00 level L5 does not say how far it is proven, or not in whole numbers"


def warned(*texts: str) -> Change:
    return plan(warnings=(*texts, *PLAN.warnings))


def full(
    wanted: int, there: int, pools: int, *kinds: str, short: int = 1, **more: object
) -> Change:
    """Say of the man who wishes to go to E that he would go north, and that rooms are full."""
    told = Full(wanted, there, pools, kinds)
    rooms = {"conflict": ("A:single men", "C:mixed"), "short_by": short, "minimal": False}
    new = {**rooms, "reason": told.reason, "fix": told.fix(short, 1), **more}
    return all_of(
        at("cases", "c7", wishes=("N",)),
        at("places", "C", latest_arrival=23.0),
        at("unplaced", "c7", kind="capacity", **new),
    )


def because(text: str) -> list[str]:
    return [f"R00 case c7 has no place, and the reason given {text}"]


ITSELF: dict[str, tuple[Change, Sequence[str]]] = {
    "a case without a place twice": (
        plus("unplaced", PLAN.unplaced[0]),
        ["R00 case without a place c7 is there 2 times"],
    ),
    "one who is out twice": (
        plus("out_of_plan", PLAN.out_of_plan[0]),
        [
            "R00 person out of the plan q1 is there 2 times",
            "R00 the rows of out_of_plan stand in another order than their own",
        ],
    ),
    "a group twice": (
        plus("groups", PLAN.groups[0]),
        [
            "R00 group age 0-11 is there 2 times",
            "R00 the rows of groups stand in another order than their own",
        ],
    ),
    "a level twice": (
        plus("bounds", BOUND["L8"]),
        [
            "R00 level L8 is there 2 times",
            "R00 the plan states the levels L1, L2, L3, L4, L5, L6, L7, L8, L8, not L1, L2, L3, L4, L5, L6, L7, L8",
        ],
    ),
    "a change twice": (
        all_of(
            AGAIN,
            plus("changes", *[Changed(case_id="c2", before="B", after="A", reason=FEWEST)] * 2),
        ),
        [
            "R00 change of case c2 is there 2 times",
            "R00 case c2 is said to change, and has what it had in the earlier plan",
            "R00 level L9 is said to be 0, and 2 persons change their place",
        ],
    ),
    "frozen twice": (
        all_of(AGAIN, plan(frozen=("c4", "c4", "c5"))),
        ["R00 frozen case c4 is there 2 times"],
    ),
    "out under another case": (
        at("out_of_plan", "q1", case_id="d2"),
        ["R00 person q1 is said to be of case d2 and is not"],
    ),
    **{
        f"another {what}": (
            plan(**{what: new}),
            [
                "R00 the plan bears another name than its site, or says otherwise whether its people exist"
            ],
        )
        for what, new in {"name": "other", "synthetic": False}.items()
    },
    "other inputs": (plan(site_digest="e" * 64), ["R00 the plan was made from other inputs"]),
    "no notice": (
        plan(notice="sign here"),
        ["R00 the plan does not say that it is a proposal which everyone may decline"],
    ),
    **{
        f"{name} {value}": (
            plan(**{name: value}),
            ["R00 the plan gives a price of fairness, or a number of threads, that cannot be"],
        )
        for name, value in (
            ("threads", 0),
            ("price_of_fairness", -0.5),
            ("price_of_fairness", float("nan")),
            ("price_of_fairness", float("inf")),
        )
    },
    "a price of fairness": (plan(price_of_fairness=0.5, threads=2), []),
    "no solver": (
        plan(solver=""),
        ["R00 the plan does not say which solver made it, in which version"],
    ),
    "no level": (
        plan(bounds=()),
        ["R00 the plan states the levels none, not L1, L2, L3, L4, L5, L6, L7, L8"],
    ),
    "levels in another order": (
        plan(bounds=(*PLAN.bounds[:3], *PLAN.bounds[:2:-1])),
        ["R00 the plan states its levels in another order than the site's rules"],
    ),
    "changes of place where they belong": (
        plan(
            bounds=(
                *PLAN.bounds[:3],
                level("L9", "people whose place changes", "persons", "least", 1),
                *PLAN.bounds[3:],
            )
        ),
        [],
    ),
    "changes of place at the end": (
        plus("bounds", level("L9", "people whose place changes", "persons", "least", 1)),
        ["R00 the plan states its levels in another order than the site's rules"],
    ),
    **{
        f"{b.level} with another {what}": (
            at("bounds", b.level, **{what: new}),
            [f"R00 level {b.level} bears another name, unit or sense than its own"],
        )
        for b in PLAN.bounds
        for what, new in {"name": "other", "unit": "other"}.items()
    },
    "a level the other way": (
        at("bounds", "L5", sense="least"),
        ["R00 level L5 bears another name, unit or sense than its own"],
    ),
    "no method": (
        at("bounds", "L5", method=" "),
        ["R00 the levels are said to be proven in ways that no plan mixes ( ; all columns)"],
    ),
    "a share of no gap": (at("bounds", "L5", gap_share=2e-7), [GAP]),
    "hardly a share of no gap": (at("bounds", "L5", gap_share=1e-9), []),
    "a share below nothing": (at("bounds", "L5", gap_share=-1e-9), [GAP]),
    "a share of a gap": (at("bounds", "L5", bound=14.0, gap=1.0, gap_share=1 / 18), []),
    "a gap all in all": (at("bounds", "L5", bound=14.0, gap=1.0, gap_share=1.0), [GAP]),
    "a gap that is not there": (
        at("bounds", "L5", gap=1.0),
        ["R00 level L5 is said to be 1 from its bound and is not"],
    ),
    "a gap that is not told": (
        at("bounds", "L5", bound=14.0),
        ["R00 level L5 is said to be 0 from its bound and is not"],
    ),
    "nearly its bound": (at("bounds", "L4", bound=8 / 9 + 1e-6), []),
    "more points than there can be": (
        at("bounds", "L5", bound=12.0),
        [
            "R00 level L5 is said to be better than its bound",
            "R00 level L5 is said to be 0 from its bound and is not",
        ],
    ),
    "fewer minutes than there can be": (
        at("bounds", "L8", bound=954.0, gap=0.0),
        [
            "R00 level L8 is said to be better than its bound",
            "R00 level L8 is said to be 0 from its bound and is not",
        ],
    ),
    "fewer minutes than a bound that is not tight": (
        at("bounds", "L8", bound=954.0, gap=1.0),
        ["R00 level L8 is said to be better than its bound"],
    ),
    "fewer minutes than a bound under a level that is open": (
        all_of(
            at("bounds", "L5", bound=14.0, gap=1.0, gap_share=1 / 18),
            at("bounds", "L8", bound=954.0, gap=1.0, gap_share=1 / 953),
        ),
        [],
    ),
    "fewer people left behind than there can be": (
        at("bounds", "L2", bound=4.0, gap=1.0),
        ["R00 level L2 is said to be better than its bound"],
    ),
    # boarding and kinds of trips
    "a gap in the order": (
        at("manifest", "p7", order=3),
        ["R00 trip T1: people board in an order with gaps, or two at once"],
    ),
    "two at once": (
        at("manifest", "p7", order=1),
        ["R00 trip T1: people board in an order with gaps, or two at once"],
    ),
    "from nothing on": (
        all_of(at("manifest", "p6", order=0), at("manifest", "p7", order=1)),
        ["R00 trip T1: people board in an order with gaps, or two at once"],
    ),
    "in any order of rows": (
        all_of(at("manifest", "p6", order=2), at("manifest", "p7", order=1)),
        [
            "R00 the rows of manifest stand in another order than their trips, or than people board",
            "R00 trip T1: people board in another order than the most protected first",
        ],
    ),
    "a kind of trip that there is not": (
        at("trips", "T2", group="coach"),
        [
            "R00 trip T2 is of no kind that there is: coach",
            "R00 trip T2 is said to be of coach and carries others: general",
        ],
    ),
    "adapted, in a coach": (
        at("trips", "T2", group="adapted general"),
        [
            "R00 trip T2 is said to be adapted general and its vehicle is not adapted",
            "R00 trip T2 is said to be of adapted general and carries others: general",
        ],
    ),
    "general, with a wheelchair": (
        at("trips", "T3", group="general"),
        [
            "R00 trip T3 is said to be general and carries people who need an adapted vehicle",
            "R00 trip T3 is said to be of general and carries others: adapted general",
        ],
    ),
    # warnings
    "nobody says who was not asked": (
        plan(warnings=PLAN.warnings[1:]),
        [
            "R00 the plan does not warn: of 1 person nobody was asked about needs: they are planned as without any"
        ],
    ),
    "a warning of something else": (
        warned("all is well"),
        ["R00 the plan warns of what is not so: all is well"],
    ),
    "disputed ages that nobody has": (
        warned("2 persons with a disputed age are planned as children"),
        [
            "R00 the plan warns of what is not so: 2 persons with a disputed age are planned as children"
        ],
    ),
    "people without a seat who are not there": (
        warned("1 persons have a place and no seat"),
        ["R00 the plan warns of what is not so: 1 persons have a place and no seat"],
    ),
    "a disputed age that nobody tells": (
        at("persons", "p9", age_source=AgeSource.DISPUTED),
        [
            "R00 the plan does not warn: 1 persons with a disputed age are planned as children",
            is_not("L1", "0", "1"),
            is_not("L2", "3", "0"),
        ],
    ),
    "staff that is half told": (
        at("places", "A", child_staff=3),
        [
            (
                "R00 the plan does not warn: children per member of staff, or the staff itself, is not told at 1 place: "
                "there the licence alone limits children alone"
            )
        ],
    ),
    "staff that is told at one place of two": (
        all_of(
            at("places", "A", child_staff=3),
            at("places", "C", children_per_staff=1.0),
            plan(
                warnings=(
                    PLAN.warnings[0],
                    "children per member of staff, or the staff itself, is not told at 2 places: there the licence alone limits children alone",
                    PLAN.warnings[1],
                )
            ),
        ),
        [],
    ),
    "a depot nobody knows the way from": (
        at("vehicles", "V1", depot="yard"),
        [
            (
                "R00 the plan does not warn: the minutes from the depot are not told for 1 vehicle: "
                "drivers' hours begin at the site for them"
            )
        ],
    ),
    "a gap that is not in the tables": (
        warned(
            "the minutes from the depot are not told for 1 vehicle: drivers' hours begin at the site for them"
        ),
        [
            "R00 the plan warns of what is not so: the minutes from the depot are not told for 1 vehicle: drivers' hours begin at the site for them"
        ],
    ),
    # why there is no place
    "no reason": (at("unplaced", "c7", kind="fate"), because("is of no kind that there is")),
    "a rule that is not in the way": (
        at("unplaced", "c7", conflict=("R16",)),
        because("names rules that are not the fewest in the way: R16"),
    ),
    "no rule": (
        at("unplaced", "c7", conflict=()),
        because("names rules that are not the fewest in the way: none"),
    ),
    "a rule twice": (
        at("unplaced", "c7", conflict=("R14", "R14")),
        because("names rules that are not the fewest in the way: R14, R14"),
    ),
    "other words": (
        at("unplaced", "c7", reason="full"),
        because("says other things in words than its rules"),
    ),
    "another way out": (
        at("unplaced", "c7", fix="wait"),
        because("says other things in words than its rules"),
    ),
    "not the smallest": (
        at("unplaced", "c7", minimal=False),
        because("is not marked as the smallest, which it is, or names a number of beds"),
    ),
    "rules and beds": (
        at("unplaced", "c7", short_by=1),
        because("is not marked as the smallest, which it is, or names a number of beds"),
    ),
    "forbidden and it is not": (
        at("cases", "c7", wishes=("N",)),
        because("is that rules forbid every place, and they leave it some"),
    ),
    "more people than the case has": (
        at("unplaced", "c7", persons=2),
        ["R00 case c7 is said to be 2 people without a place, and 1 are counted with it"],
    ),
    "less than nobody": (
        at("unplaced", "c7", persons=-1),
        ["R00 case c7 is said to be -1 people without a place, and 1 are counted with it"],
    ),
    "rooms are full": (full(3, 2, 2, "mixed", "single men"), []),
    "rooms are full, by a bed for one": (
        full(2, 2, 2, "mixed", "single men"),
        ["R00 case c7 has no place, and the reason given counts 2 wanted and 2 there, of 3 and 2"],
    ),
    "rooms would be full with as many as there are": (
        full(3, 3, 2, "mixed", "single men"),
        ["R00 case c7 has no place, and the reason given counts 3 wanted and 3 there, of 3 and 2"],
    ),
    "more rooms than there are": (
        full(99, 98, 2, "mixed", "single men"),
        [
            "R00 case c7 has no place, and the reason given counts 99 wanted and 98 there, of 3 and 2"
        ],
    ),
    "full, and rules forbid them": (
        all_of(full(3, 2, 2, "mixed", "single men"), at("cases", "c7", wishes=("E",))),
        because("is that rooms are full, and rules forbid it every place"),
    ),
    "full in other words": (
        full(3, 2, 2, "mixed", "single men", reason="full"),
        because("has not the form of one"),
    ),
    "full rooms that there are not": (
        full(3, 2, 2, "mixed", "single men", conflict=("B:single men",)),
        because("names rooms that are not there"),
    ),
    "full rooms that are not named": (
        full(3, 2, 2, "mixed", "single men", conflict=()),
        because("names rooms that are not there"),
    ),
    "full rooms of another kind": (
        full(3, 2, 2, "single men"),
        because("names other rooms than it counts, or claims a proof that there is not"),
    ),
    "more rooms named than counted": (
        full(3, 2, 1, "mixed", "single men"),
        because("names other rooms than it counts, or claims a proof that there is not"),
    ),
    "fewer rooms named than counted": (
        full(3, 2, 3, "mixed", "single men"),
        [
            "R00 case c7 has no place, and the reason given names other rooms than those that it, and whoever is in them, might have"
        ],
    ),
    "full and proven": (
        full(3, 2, 2, "mixed", "single men", minimal=True),
        because("names other rooms than it counts, or claims a proof that there is not"),
    ),
    "short by more": (
        full(3, 2, 2, "mixed", "single men", short=2),
        because("is short by 2, and 3 are wanted where 2 are"),
    ),
    "short by nothing": (
        full(3, 2, 2, "mixed", "single men", short=0),
        because("is short by 0, and 3 are wanted where 2 are"),
    ),
    "short by one, and another way out": (
        full(3, 2, 2, "mixed", "single men", fix="wait"),
        because("is short by 1, and 3 are wanted where 2 are"),
    ),
    "no seat": (no_seat(), []),
    "no seat, and it is said once more": (
        all_of(no_seat(), warned("1 persons have a place and no seat")),
        ["R00 the plan warns of one thing twice, or in another order"],
    ),
    "no seat, and rules forbid it every place": (
        all_of(no_seat(), at("cases", "c7", wishes=("E",))),
        because("is that no seat is free, and rules forbid it every place"),
    ),
    **{
        f"no seat, and another {what}": (
            no_seat(**{what: new}),
            because(
                "says other things in words than its rules, or names rules that do not concern it"
            ),
        )
        for what, new in {"conflict": ("R05",), "reason": "none", "fix": "wait"}.items()
    },
    "no seat, proven": (no_seat(minimal=True), because("claims a proof that there is not")),
    "no seat, by one": (no_seat(short_by=1), because("claims a proof that there is not")),
}


@pytest.mark.parametrize("name", ITSELF)
def test_what_a_plan_says_of_itself_is_told_where_it_is_not_so(name: str) -> None:
    change, wanted = ITSELF[name]
    assert said(change(WORLD)) == list(wanted)


def test_a_rule_is_asked_of_all_who_have_a_place_or_of_nobody() -> None:
    off = rule("R20", on=False)(WORLD)
    checked = {c.rule: c.checked for c in audit(off.site, off.plan)}
    assert checked == {f"R{n:02}": 6 * (n != 20) for n in range(22)}


@pytest.mark.parametrize("name", [n for n in WORTH if WORTH[n][0](WORLD).site != WORLD.site])
def test_the_plan_that_is_made_of_such_tables_breaks_no_rule(name: str) -> None:
    assert said(planned(WORTH[name][0](WORLD))) == []
