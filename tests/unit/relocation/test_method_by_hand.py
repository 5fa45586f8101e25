"""Which ways of proof a site allows, at each size that decides, counted by hand on the move of twelve people.

Nine people of six parties may be moved. V1 goes on one day, V2 and V3 on two: five rides, thirty with the parties.
"""

from dataclasses import replace

import pytest
from hand_worked import (
    NOT_MEET,
    WORLD,
    Change,
    World,
    all_of,
    at,
    case,
    linked,
    person,
    plan,
    plus,
    rule,
    shifted,
)

from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.method import proven_so
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.proposal import methods
from sojourn.relocation.proposal.proposal import Event

WHOLE, BY_REGION = methods.WHOLE_PLAN, methods.REGIONS_APART
ALL, NEAR = methods.ALL_COLUMNS, methods.NEAR_COLUMNS
TRIPS = "trips"
NO_TONGUE = rule("R19", on=False)
NO_SHARE = rule("R20", on=False)
SEATLESS = plan(
    unplaced=tuple(
        replace(u, kind="transport", conflict=("R16", "R17")) for u in WORLD.plan.unplaced
    )
)
LARGE = "the site is too large"
NINE = {"BY_REGION_FROM": 9}
EIGHT = {"BY_REGION_FROM": 8}


def left(*trips: str) -> Change:
    return plan(events=tuple(Event(kind="trip departed", id=t) for t in trips))


def proven_by(method: str) -> Change:
    """Say of every level that it was proven in one way, or over trips."""

    def changed(world: World) -> World:
        by_level = {
            b.level: methods.ALL_TRIPS if b.level in methods.OVER_TRIPS else methods.THESE_TRIPS
            for b in world.plan.bounds
        }
        bounds = tuple(
            replace(b, method=by_level[b.level] if method == TRIPS else method)
            for b in world.plan.bounds
        )
        return replace(world, plan=replace(world.plan, bounds=bounds))

    return changed


#: What is changed, how it is said to be proven, what decides, and what is wrong with it.
PROVEN: dict[str, tuple[Change, str, dict[str, int], str]] = {
    "the whole plan": (NO_TONGUE, WHOLE, NINE, ""),
    "with interpreters": (lambda w: w, WHOLE, NINE, "the rule on interpreters (R19)"),
    "of one person more": (NO_TONGUE, WHOLE, EIGHT, f"with the seats in them, and {LARGE}"),
    "of as many rides": (NO_TONGUE, WHOLE, {"MOST_RIDES": 30}, ""),
    "of one ride more": (NO_TONGUE, WHOLE, {"MOST_RIDES": 29}, f"as one programme, and {LARGE}"),
    "after a trip has left": (all_of(NO_TONGUE, left("T1")), WHOLE, {"MOST_RIDES": 24}, ""),
    "after a trip has left, of one ride more": (
        all_of(NO_TONGUE, left("T1")),
        WHOLE,
        {"MOST_RIDES": 23},
        f"as one programme, and {LARGE}",
    ),
    "on the last day": (
        all_of(NO_TONGUE, shifted("T2", 0, 1), left("T2")),
        WHOLE,
        {"MOST_RIDES": 6},
        "",
    ),
    "on the last day, of one ride more": (
        all_of(NO_TONGUE, shifted("T2", 0, 1), left("T2")),
        WHOLE,
        {"MOST_RIDES": 5},
        f"as one programme, and {LARGE}",
    ),
    "of two who must not meet": (
        all_of(NO_TONGUE, linked("p1", "p2", NOT_MEET)),
        WHOLE,
        NINE,
        "there are people who must not meet (R08)",
    ),
    "of two who must not meet, and nobody asks": (
        all_of(NO_TONGUE, linked("p1", "p2", NOT_MEET), rule("R08", on=False)),
        WHOLE,
        NINE,
        "",
    ),
    "of two who must not meet, and one declined": (
        all_of(NO_TONGUE, linked("p1", "q1", NOT_MEET)),
        WHOLE,
        NINE,
        "",
    ),
    "of two of one household": (
        all_of(NO_TONGUE, linked("p3", "p5", NOT_MEET)),
        WHOLE,
        NINE,
        "",
    ),
    "over trips": (NO_TONGUE, TRIPS, NINE, ""),
    "over trips, with interpreters": (lambda w: w, TRIPS, NINE, "interpreters (R19)"),
    "over trips, of one more": (NO_TONGUE, TRIPS, EIGHT, f"with the seats in them, and {LARGE}"),
    "over trips, of two who must not meet": (
        all_of(NO_TONGUE, linked("p1", "p2", NOT_MEET)),
        TRIPS,
        NINE,
        "",
    ),
    "places in one piece": (NO_SHARE, ALL, NINE, ""),
    "places in one piece, of one more": (NO_SHARE, ALL, EIGHT, "proven in one piece"),
    "with a limit over all": (lambda w: w, ALL, EIGHT, ""),
    "in one region": (all_of(NO_SHARE, at("places", "B", region="N")), ALL, EIGHT, ""),
    "by regions": (NO_SHARE, BY_REGION, EIGHT, ""),
    "by regions, of one less": (
        NO_SHARE,
        BY_REGION,
        NINE,
        "by regions, and the site is planned in one piece",
    ),
    "by regions, with a limit over all": (
        lambda w: w,
        BY_REGION,
        EIGHT,
        "by regions, and the site is planned in one piece",
    ),
    "as nobody knows it": (NO_SHARE, "by a guess", NINE, "in a way that there is not"),
    "as nothing": (NO_SHARE, "", NINE, "in a way that there is not"),
    "without seats": (
        all_of(NO_SHARE, SEATLESS),
        methods.without_seats(ALL),
        NINE,
        "",
    ),
    "without seats, and nobody lacks one": (
        NO_SHARE,
        methods.without_seats(ALL),
        NINE,
        "without seats, and nobody lacks one",
    ),
    "with seats, and somebody lacks one": (
        all_of(NO_SHARE, SEATLESS),
        ALL,
        NINE,
        "as if no seat were lacking",
    ),
    "by regions without seats": (
        all_of(NO_SHARE, SEATLESS),
        methods.without_seats(BY_REGION),
        EIGHT,
        "",
    ),
}


@pytest.mark.parametrize("name", PROVEN)
def test_a_way_of_proof_is_one_that_the_site_allows(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, method, sizes, wrong = PROVEN[name]
    for size, value in sizes.items():
        monkeypatch.setattr(methods, size, value)
    world = all_of(change, proven_by(method))(WORLD)
    said = [*proven_so(Facts(world.site, world.plan))]
    assert bool(said) is bool(wrong)
    assert all(wrong in s for s in said)


TWINS = all_of(
    plus("persons", *(person(t, t, "F", 30) for t in ("t1", "t2"))),
    plus("cases", *(case(t, t, "N") for t in ("t1", "t2"))),
)


@pytest.mark.parametrize("change", [lambda w: w, TWINS], ids=["as it is", "with twins"])
def test_columns_are_counted_from_below_and_from_above(
    change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From below alike parties once; from above each, with a column of no place, one of its group and one of
    staying, those of links at every place, and rooms of their own."""
    site = change(WORLD).site
    units, eligible = form_units(site), Eligibility(site)
    open_to = {u.id: len(eligible.allowed(u)) for u in units.units}
    assert open_to["c1"] + open_to["c6"] > 1
    least = sum(n for u, n in open_to.items() if u != "t2")
    most = sum(n + 2 for n in open_to.values()) + 5 * (3 + 1) + 2 * 5 * 5 + 1
    for method, below, wrong in (
        (ALL, least, ""),
        (ALL, least - 1, f"on all columns, and there are {least:,} or more"),
        (NEAR, most - 1, ""),
        (NEAR, most, f"on a part of the columns, and there are {most:,} at the most"),
    ):
        monkeypatch.setattr(methods, "ALL_COLUMNS_BELOW", below)
        world = all_of(change, NO_SHARE, proven_by(method))(WORLD)
        said = [*proven_so(Facts(world.site, world.plan))]
        assert said == ([f"the levels are said to be proven {wrong} ({method})"] if wrong else [])


def test_a_plan_without_levels_is_not_asked_how_they_were_proven() -> None:
    world = plan(bounds=())(WORLD)
    assert not [*proven_so(Facts(world.site, world.plan))]
