"""Why a case has no place: each element of a conflict is needed, and the cheapest fix places it.

Both are checked against every assignment, tried one after another, not by the solver that found them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from tiny_sites import tiny_site

from sojourn.relocation.planner.conflict import (
    Conflict,
    deletion_filter,
    people_in_the_way,
    rules_in_the_way,
)
from sojourn.relocation.planner.contest import Limit, Scarce
from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.fixes import rooms_of_plan, without_seat
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.units import Unit, Units, form_units
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.run.explain import explain_case, try_fix
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site

CASES = 200


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("conflict") / "SYNTHETIC"
    write_example_site(folder, people=60, seed=4)
    return read_site(folder)


def fits(
    units: Sequence[Unit], links: Units, limits: Sequence[Limit], eligible: Eligibility
) -> bool:
    """Try every assignment: whether all of these can have a place under these limits alone."""

    def broken(chosen: dict[str, Pool]) -> bool:
        return any(_over(limit, units, chosen, links, eligible) for limit in limits)

    def place(rest: Sequence[Unit], chosen: dict[str, Pool]) -> bool:
        if not rest:
            return True
        for pool in eligible.allowed(rest[0]):
            now = {**chosen, rest[0].id: pool}
            if not broken(now) and place(rest[1:], now):
                return True
        return False

    return place(units, {})


def _over(
    limit: Limit,
    units: Sequence[Unit],
    chosen: dict[str, Pool],
    links: Units,
    eligible: Eligibility,
) -> bool:
    there = [u for u in units if u.id in chosen and chosen[u.id].place == limit.place]
    place = eligible.places.get(limit.place)
    if limit.what is Scarce.ROOMS:
        assert limit.pool is not None
        return (
            sum(limit.pool.takes(u.size) for u in there if chosen[u.id] == limit.pool)
            > limit.pool.capacity
        )
    if limit.what is Scarce.LICENCE:
        assert place is not None
        return sum(u.size for u in there if u.alone) > place.max_children
    if limit.what is Scarce.ARRIVALS:
        assert place is not None
        return sum(u.size for u in there) > place.max_arrivals_per_day * len(
            eligible.open_days(place)
        )
    assert limit.what is Scarce.RULE
    return any(_met(limit, link, chosen, eligible) for link in links.links)


def _met(limit: Limit, link: object, chosen: dict[str, Pool], eligible: Eligibility) -> bool:
    """Whether two linked cases stand as one named row forbids."""
    a, b = chosen.get(link.a), chosen.get(link.b)  # type: ignore[attr-defined]
    if a is None or b is None:
        return False
    if link.strength.value == "must_separate":  # type: ignore[attr-defined]
        return a.place == b.place and limit.name == f"R08 apart at {a.place}"
    return (
        "two linked cases" in limit.name
        and eligible.places[a.place].region != eligible.places[b.place].region
    )


def conflicts(site: Site, plan: Proposal) -> list[tuple[Unit, Conflict | None]]:
    units, eligible = form_units(site), Eligibility(site)
    placed, held = rooms_of_plan(plan, units, eligible), without_seat(plan, units)
    found: list[tuple[Unit, Conflict | None]] = []
    for unit in units.units:
        if unit.id in placed or unit.id in held:
            continue
        why = rules_in_the_way(unit, eligible)
        found.append((unit, why or people_in_the_way(unit, units, eligible, placed, held)))
    return found


@pytest.mark.slow
def test_without_any_one_element_the_case_has_a_place(base: Site) -> None:
    rng, seen = np.random.default_rng(21), Counter[str]()
    while seen["people"] < CASES:
        site = tiny_site(rng, base)
        plan, eligible, units = make_plan(site), Eligibility(site), form_units(site)
        for unit, why in conflicts(site, plan):
            assert why is not None
            assert why.minimal
            seen["rules" if why.rules else "people"] += 1
            if why.rules:
                _check_rules(unit, why, eligible)
                continue
            seen["not rooms alone"] += any(x.what is not Scarce.ROOMS for x in why.limits)
            assert not fits((*why.others, unit), units, why.limits, eligible)
            for other in why.others:
                rest = tuple(u for u in why.others if u != other)
                assert fits((*rest, unit), units, why.limits, eligible)
            for limit in why.limits:
                rest_of = [x for x in why.limits if x != limit]
                assert fits((*why.others, unit), units, rest_of, eligible)
    assert seen["rules"] > CASES // 5
    assert seen["not rooms alone"] > CASES // 10


def _check_rules(unit: Unit, why: Conflict, eligible: Eligibility) -> None:
    refused = [set(eligible.refusals(unit, pool)) for pool in eligible.pools]
    assert all(one & set(why.rules) for one in refused)
    for rule in why.rules:
        left = set(why.rules) - {rule}
        assert not refused or any(not one & left for one in refused)


def test_full_rooms_for_one_person_each_need_no_solver(
    base: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walk is minimal by theorem: checked by trying every assignment, the solver taken away."""

    def no_solver(*_: object, **__: object) -> None:
        raise AssertionError("the solver was asked")

    rng, seen = np.random.default_rng(8), 0
    for _ in range(80):
        site = tiny_site(rng, base, hard=False)
        plan, eligible, units = make_plan(site), Eligibility(site), form_units(site)
        with monkeypatch.context() as patched:
            patched.setattr("sojourn.relocation.planner.contest.solve_mip", no_solver)
            try:
                found = conflicts(site, plan)
            except AssertionError:
                continue
        for unit, why in found:
            assert why is not None
            if why.rules:
                continue
            seen += 1
            assert not fits((*why.others, unit), units, why.limits, eligible)
            for other in why.others:
                assert fits(
                    (*(u for u in why.others if u != other), unit), units, why.limits, eligible
                )
            for limit in why.limits:
                assert fits(
                    (*why.others, unit), units, [x for x in why.limits if x != limit], eligible
                )
    assert seen > 20


def test_every_case_without_a_place_has_a_fix_that_places_it(base: Site) -> None:
    rng, sites, kinds = np.random.default_rng(3), 0, Counter[str]()
    while sites < 60:
        site = tiny_site(rng, base)
        plan = make_plan(site)
        sites += bool(plan.unplaced)
        for gone in plan.unplaced:
            assert gone.reason
            assert gone.conflict
            fix = try_fix(site, plan, gone.case_id)
            assert fix.said
            assert fix.placed, (gone, fix)
            assert not fix.worse
            kinds[gone.kind] += 1
            kinds["fewest"] += fix.fewest
    assert kinds["conflict"] > 5
    assert kinds["capacity"] > 20
    assert kinds["fewest"] > 10


@pytest.mark.parametrize("lacking", ["vehicles", "escorts"])
def test_a_missing_seat_is_found_by_planning_with_one_more(base: Site, lacking: str) -> None:
    from dataclasses import replace

    rng, tried = np.random.default_rng(6), 0
    while tried < 5:
        site = replace(tiny_site(rng, base, hard=False), **{lacking: ()})  # type: ignore[arg-type]
        plan = make_plan(site)
        for gone in [u for u in plan.unplaced if u.kind == "transport"][:1]:
            tried += 1
            fix = try_fix(site, plan, gone.case_id)
            assert fix.placed
            assert ("escort" if lacking == "escorts" else "seats") in fix.said[0]


def _needed(*wanted: int) -> Callable[[Sequence[int]], bool]:
    return lambda part: set(wanted) <= set(part)


def test_the_filter_keeps_what_is_needed_and_nothing_else() -> None:
    asked = 0

    def conflicting(part: Sequence[int]) -> bool:
        nonlocal asked
        asked += 1
        return _needed(3, 400, 401)(part)

    assert deletion_filter(range(1000), conflicting) == ([3, 400, 401], True)
    assert asked < 100
    assert deletion_filter(range(1000), _needed(5), most=3)[1] is False
    kept, sure = deletion_filter([1, 2], lambda part: None if 1 not in part else set(part) >= {1})
    assert (kept, sure) == ([1], False)


def test_the_explanation_says_how_far_it_is_proven(base: Site, tmp_path: Path) -> None:
    from sojourn.relocation.run.relocate import plan_site

    write_example_site(tmp_path / "SYNTHETIC", people=150, seed=12, places=8)
    plan = plan_site(tmp_path / "SYNTHETIC", tmp_path / "plan")
    assert plan.unplaced
    for gone in plan.unplaced[:3]:
        said = "\n".join(explain_case(tmp_path / "SYNTHETIC", tmp_path / "plan", gone.case_id))
        assert "minimal, in the way: " in said
        assert "planned again with it, the case has a place and a seat" in said
    flags = {f for p in base.persons for f in p.flags}
    assert not any(f" {f} " in said for f in flags)


def smallest(refused: Sequence[frozenset[str]], rules: Sequence[str]) -> int:
    """The fewest rules that hold one refusal of every room, by trying every set."""
    return next(
        size
        for size in range(1, len(rules) + 1)
        for chosen in combinations(rules, size)
        if all(one & {*chosen} for one in refused)
    )


def test_the_fewest_rules_in_the_way_are_named_up_to_three_and_beyond_each_is_needed() -> None:
    rng, sizes = np.random.default_rng(5), Counter[int]()
    rules = [f"R{n:02}" for n in range(1, 9)]
    for _ in range(200):
        rooms = [
            frozenset(str(r) for r in rng.choice(rules, int(rng.integers(1, 4)), replace=False))
            for _ in range(int(rng.integers(1, 12)))
        ]
        closed = SimpleNamespace(
            pools=range(len(rooms)), refusals=lambda _, pool, rooms=rooms: iter(rooms[pool])
        )
        found = rules_in_the_way(None, closed)
        assert found is not None
        assert found.minimal
        assert all(one & {*found.rules} for one in rooms)
        least = smallest(rooms, rules)
        sizes[least] += 1
        assert len(found.rules) == least if least <= 3 else len(found.rules) >= least
        for name in found.rules:
            assert not all(one & ({*found.rules} - {name}) for one in rooms)
    assert min(sizes[n] for n in (1, 2, 3, 4)) > 5
