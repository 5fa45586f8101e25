"""What the audit proves by itself of wishes, links, services, travel and moves: a bound that no plan is better than."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from deep import times
from every_assignment import enumerate_all, levels
from hand_worked import (
    AGAIN,
    PLAN,
    STILL,
    WORLD,
    Change,
    World,
    all_of,
    at,
    level,
    plan,
    said,
)
from scarce_sites import scarce_site

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.lawful import Lawful
from sojourn.relocation.audit.proof import Proof
from sojourn.relocation.audit.reach import Reach
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.proposal.proposal import NOT_PROVEN, PROVEN, UNPROVEN, Bound, Proposal
from sojourn.relocation.run.relocate import (
    by_whom,
    level_in_words,
    not_proven,
    with_proofs,
    write_example_site,
)
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site

SITES = 60
ALL = ("L4", "L5", "L6", "L7", "L8")


def reach(world: World) -> Reach:
    facts = Facts(world.site, world.plan, world.previous)
    return Reach(facts, Lawful(facts))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("reach") / "SYNTHETIC"
    write_example_site(folder, people=60, seed=2)
    return read_site(folder)


def test_no_assignment_that_can_be_enumerated_is_better_than_the_reach(base: Site) -> None:
    rng, tight, tried = np.random.default_rng(7), dict.fromkeys(ALL, 0), 0
    while tried < times(SITES, 1_500):
        site = scarce_site(rng, base)
        found = enumerate_all(form_units(site), Eligibility(site))
        if not found.units.units or len(found.where) > 5_000:
            continue
        tried += 1
        made = make_plan(site)
        mine = reach(World(site, made))
        each = levels(found)
        values = {b.level: b.value for b in made.bounds}
        as_good = np.logical_and.reduce([each[up] <= values[up] for up in ("L1", "L2", "L3")])
        for name in ALL:
            least = float((each[name][as_good] if name == "L8" else each[name]).min())
            bound = mine.of(name) * (1 if name == "L8" else -1)
            assert bound <= least + 1e-9, (tried, name)
            tight[name] += bound >= least - 1e-9
    assert all(count > tried // 4 for name, count in tight.items() if name != "L8"), tight
    assert tight["L8"] > tried // 10, tight


#: A man alone who may now go north: he or somebody else of his tier is left behind.
NORTH = at("cases", "c7", wishes=("N",))
BY_HAND: dict[str, tuple[Change, Sequence[float]]] = {
    "as it is": (all_of(), (8 / 9, 13, 3, 5, 112 + 112 + 3 * 127 + 2 * 115 + 112)),
    "one more who may go somewhere, and weighs three: of two of weight one and a family of weight six": (
        NORTH,
        (1.0, 15, 3, 5, 2 * 112 + 3 * 127 + 2 * 115 + 2 * 112 - (112 + 112 + 63)),
    ),
    "nobody may be left behind": (
        all_of(
            NORTH, plan(assignments=(*PLAN.assignments, replace(PLAN.assignments[0], case_id="c7")))
        ),
        (1.0, 15, 3, 5, 2 * 112 + 3 * 127 + 2 * 115 + 2 * 112),
    ),
    "a place that is closed by then": (
        at("places", "C", latest_arrival=9.96),
        (8 / 9, 13, 3, 5, 112 + 112 + 3 * 127 + 2 * 115 + 112),
    ),
    "a place that speaks their language, and is closed by then": (
        all_of(
            at("places", "C", latest_arrival=9.96),
            at("cases", "c1", wishes=("N", "E")),
            at("persons", "p1", flags=()),
        ),
        (8 / 9, 13, 3, 4, 112 + 112 + 3 * 127 + 2 * 115 + 112),
    ),
    "a second wish of all": (
        at("cases", "c3", wishes=("N",)),
        (8 / 9, 16, 3, 5, 112 + 112 + 3 * 127 + 2 * 115 + 112),
    ),
    "no room for whoever would stay with others": (
        at("rooms", "women only", rooms=0),
        (7 / 9, 11, 1, 4, 112 + 3 * 127 + 2 * 115 + 112),
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_the_reach_is_what_was_worked_out_by_hand(name: str) -> None:
    change, wanted = BY_HAND[name]
    mine = reach(change(WORLD))
    assert [mine.of(one) for one in ALL] == pytest.approx(list(wanted))


def test_who_changes_is_counted_where_the_plan_before_is_at_hand() -> None:
    again = AGAIN(WORLD)
    assert reach(again).of("L9") == 0
    gone = at("rooms", "women only", rooms=0)(again)
    assert reach(gone).of("L9") == 1
    assert reach(replace(gone, previous=None)).of("L9") == 0


def test_people_given_other_rooms_of_their_place_are_counted_as_changed() -> None:
    bed = next(a for a in PLAN.assignments if a.case_id == "c6")
    before = tuple(replace(a, room_type="isolation") if a == bed else a for a in PLAN.assignments)
    again = AGAIN(WORLD)
    other = replace(again, previous=replace(PLAN, assignments=before))
    assert said(other) == ["R00 level L9 is said to be 0, and 1 persons change their place"]
    one = level("L9", STILL.name, STILL.unit, STILL.sense, 1)
    bounds = tuple(one if b.level == "L9" else b for b in again.plan.bounds)
    assert said(replace(other, plan=replace(again.plan, bounds=bounds))) == []
    assert said(replace(again, plan=replace(again.plan, bounds=bounds))) != []


def stated(world: World) -> World:
    return replace(
        world, plan=with_proofs(world.plan, audit(world.site, world.plan, world.previous))
    )


def test_a_plan_says_of_each_level_whether_the_audit_proves_its_bound() -> None:
    told = {b.level: (b.audited, b.status) for b in stated(WORLD).plan.bounds}
    assert told == {
        "L1": (0, PROVEN),
        "L2": (3, PROVEN),
        "L3": (0, PROVEN),
        "L4": (8 / 9, PROVEN),
        "L5": (13, PROVEN),
        "L6": (3, NOT_PROVEN),
        "L7": (5, PROVEN),
        "L8": (947, NOT_PROVEN),
    }
    assert said(stated(WORLD)) == []


def of_level(name: str, **new: object) -> Callable[[Proposal], Proposal]:
    return lambda p: replace(
        p,
        bounds=tuple(replace(b, **new) if b.level == name else b for b in p.bounds),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "forged",
    [
        of_level("L6", status=PROVEN),
        of_level("L8", status=PROVEN, audited=953.0),
        of_level("L8", audited=953.0),
        of_level("L5", audited=12.0),
        of_level("L5", audited=None),
        of_level("L1", status=NOT_PROVEN),
        of_level("L1", status=""),
        of_level("L1", status="proven"),
        of_level("L6", bound=3.0, gap=1.0, status=NOT_PROVEN),
    ],
)
def test_a_proof_that_there_is_not_is_told(forged: Callable[[Proposal], Proposal]) -> None:
    world = stated(WORLD)
    found = said(replace(world, plan=forged(world.plan)))
    assert len(found) == 1
    assert found[0].startswith("R00 level L")


def test_a_plan_whose_audit_was_not_asked_is_sound_and_claims_no_proof() -> None:
    assert said(WORLD) == []
    assert {by_whom(b) for b in PLAN.bounds} == {NOT_PROVEN}


def test_prices_left_out_leave_a_claim_without_its_proof(tmp_path: Path) -> None:
    write_example_site(tmp_path / "SYNTHETIC", people=60, seed=4)
    site = read_site(tmp_path / "SYNTHETIC")
    world = stated(World(site, make_plan(site)))
    assert said(world) == []
    without = replace(world.plan, prices=())
    assert said(replace(world, plan=without)) == [
        "R00 level L3 is said to be proven by the audit, and is not proven by the audit"
    ]
    told = with_proofs(
        without, audit(site, replace(without, bounds=tuple(map(unasked, without.bounds))))
    )
    assert said(World(site, told)) == []
    assert next(b for b in told.bounds if b.level == "L3").status == NOT_PROVEN


def unasked(bound: Bound) -> Bound:
    return replace(bound, status="", audited=None)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (plan(price_of_fairness=13.0), []),
        (
            plan(price_of_fairness=13.5),
            ["R00 the price of fairness is said to be 13.5, and is 13 at the most"],
        ),
    ],
)
def test_no_more_is_given_up_for_fairness_than_could_be_had(
    change: Change, wanted: list[str]
) -> None:
    assert said(change(WORLD)) == wanted


def test_fairness_costs_nothing_where_wishes_come_first() -> None:
    order = ("L1", "L2", "L3", "L5", "L4", "L6", "L7", "L8")
    site = replace(WORLD.site, rules=replace(WORLD.site.rules, level_order=order))
    by_level = {b.level: b for b in PLAN.bounds}
    made = replace(PLAN, bounds=tuple(by_level[name] for name in order))
    assert said(World(site, made)) == []
    assert said(World(site, replace(made, price_of_fairness=1.0))) == [
        "R00 the price of fairness is said to be 1, and is 0 at the most"
    ]


@pytest.mark.parametrize("left", [(), UNPROVEN[1:], (*UNPROVEN, "notice")])
def test_a_plan_says_what_of_it_no_audit_can_work_out(left: tuple[str, ...]) -> None:
    assert said(plan(unproven=left)(WORLD)) == [
        "R00 the plan does not say what of it is not proven by the audit"
    ]


@pytest.mark.parametrize(
    ("proof", "words"),
    [
        (Proof("L5", 106, 107, 106, "most"), "L5 106: proven here, no lawful plan has more"),
        (
            Proof("L5", 106, 107, 107, "most"),
            "L5 106: proven here, no lawful plan has more than 107",
        ),
        (
            Proof("L5", 1060, 1070, 1080, "most"),
            "L5 1,060: proven here, no lawful plan has more than 1,080; the plan says 1,070, which is not proven here",
        ),
        (
            Proof("L8", 3_822_403, 3_816_314, 2_431_801),
            (
                "L8 3,822,403: proven here, no lawful plan as good above has less than 2,431,801; "
                "the plan says 3,816,314, which is not proven here"
            ),
        ),
    ],
)
def test_the_reach_is_told_in_words(proof: Proof, words: str) -> None:
    assert proof.told() == words


def test_a_level_is_printed_with_who_proves_it() -> None:
    six = next(b for b in stated(WORLD).plan.bounds if b.level == "L6")
    assert level_in_words(six) == (
        "L6 soft links kept: 2 links (no plan has more: not proven by the audit, which proves: no plan has more than 3)"
    )
    eight = replace(
        six, level="L8", sense="least", bound=1.0, gap=1.0, method="somehow", audited=0.0
    )
    assert level_in_words(eight) == (
        "L8 soft links kept: 2 links (bound 1, somehow: not proven by the audit, which proves: "
        "no plan as good above has less than 0)"
    )


def test_what_is_not_proven_beside_bounds_is_named() -> None:
    assert list(not_proven(replace(PLAN, bounds=()))) == []
    assert len(list(not_proven(PLAN))) == 1
    dear = list(not_proven(replace(PLAN, price_of_fairness=2.0)))
    assert "price of fairness 2: not proven by the audit" in dear
    again = list(not_proven(replace(PLAN, bounds=(STILL,))))
    assert any("--before" in line for line in again)
