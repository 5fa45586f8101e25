"""Seats in the first model: its bounds are bounds of the plan, and its plans lawful and better."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from every_assignment import best, enumerate_all, levels
from scarce_sites import can_travel, fewer_vehicles, scarce_site

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner import assign, planner, short
from sojourn.relocation.planner.assign import solve
from sojourn.relocation.planner.dealing import deal
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.model import build_model
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.short import ShortOfSeats
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.planner.vehicles import schedule
from sojourn.relocation.proposal.methods import ALL_TRIPS, BEDS_ALONE
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.run.tables import plan_json
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site

FEW, TINY = ("L1", "L2", "L3"), 40


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("short") / "SYNTHETIC"
    write_example_site(folder, people=60, seed=2)
    return read_site(folder)


def first_levels(plan: Proposal) -> tuple[float, ...]:
    return tuple(b.value for b in plan.bounds if b.level in FEW)


def by_beds_first(site: Site) -> tuple[float, ...]:
    """Return L1 to L3 where places are given by beds alone and vehicles are filled after."""
    units, eligible = form_units(site), Eligibility(site)
    model = build_model(units, eligible)
    placed = deal(model, solve(model).x)
    left = {u.id for u in schedule(eligible, units, placed).left}
    out = [u for u in units.units if u.id in left or u.id not in placed]
    return tuple(
        float(sum(u.size * (u.weight if tier < 3 else 1) for u in out if u.tier == tier))
        for tier in (1, 2, 3)
    )


@pytest.mark.parametrize(("people", "share", "seed"), [(150, 0.4, 3), (350, 0.3, 4)])
def test_no_more_stay_behind_than_where_beds_come_first(
    tmp_path_factory: pytest.TempPathFactory, people: int, share: float, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("cut") / "SYNTHETIC"
    write_example_site(folder, people=people, seed=seed)
    site = fewer_vehicles(read_site(folder), share)
    plan = make_plan(site)
    assert not [v for check in audit(site, plan) for v in check.violations]
    assert first_levels(plan) <= by_beds_first(site)
    assert {b.method for b in plan.bounds if b.level in FEW} == {ALL_TRIPS}
    assert all(b.bound <= b.value for b in plan.bounds if b.level in FEW)
    assert not any(BEDS_ALONE in b.method for b in plan.bounds)
    assert plan_json(make_plan(site)) == plan_json(plan)


def test_the_bound_is_no_better_than_any_plan_and_the_plan_no_better_than_the_best(
    base: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Force tiny sites through it: every assignment and every seat are tried beside."""
    monkeypatch.setattr(planner, "plan_whole", lambda *_: None)
    monkeypatch.setattr(short, "EXPECTED_FROM", 0)
    rng, tried, met, tight = np.random.default_rng(23), 0, 0, 0
    while tried < TINY:
        site = scarce_site(rng, base)
        units = form_units(site)
        found = enumerate_all(units, Eligibility(site))
        if not units.units or len(found.where) > 2_000:
            continue
        tried += 1
        fit = replace(found, where=found.where[can_travel(found)])
        wanted = best(levels(fit), site.rules.level_order)[:3]
        plan = make_plan(site)
        assert not [v for check in audit(site, plan) for v in check.violations], tried
        assert first_levels(plan) >= tuple(wanted), tried
        met += first_levels(plan) == tuple(wanted)
        seats = ShortOfSeats(units, Eligibility(site), None, {})
        bound = short._least(seats.model)
        assert bound <= tuple(wanted), tried
        tight += bound == tuple(wanted)
    assert met > TINY * 0.8
    assert tight > TINY * 0.5


def test_who_must_not_meet_leave_on_days_of_their_own(base: Site) -> None:
    units, eligible = form_units(base), Eligibility(base)
    days = sorted({r.day for r in ShortOfSeats(units, eligible, None, {}).runs})
    apart = short.days_apart(units, eligible, days, {})
    assert apart is not None
    for link in units.links:
        if link.strength.value == "must_not_meet_in_transit":
            assert not apart[link.a] & apart[link.b]


def test_where_columns_are_many_only_those_with_soft_links_move_for_them(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("linked") / "SYNTHETIC"
    write_example_site(folder, people=350, seed=4)
    site = fewer_vehicles(read_site(folder), 0.5)
    tried: list[int] = []
    around = assign.around_links

    def counted_too(*given: Any) -> Any:
        tried.append(1)
        return around(*given)

    monkeypatch.setattr(assign, "around_links", counted_too)
    usual = make_plan(site)
    assert not tried
    monkeypatch.setattr(assign, "MANY_COLUMNS", 0)
    other = make_plan(site)
    assert tried
    assert not [v for check in audit(site, other) for v in check.violations]
    for one, two in zip(usual.bounds[:5], other.bounds[:5], strict=True):
        assert (one.level, one.value, one.bound) == (two.level, two.value, two.bound)
