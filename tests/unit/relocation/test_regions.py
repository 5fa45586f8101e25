"""A large site is planned by regions; small ones, made to pass for large, show that nothing is lost."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from tiny_sites import tiny_site

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner import regions
from sojourn.relocation.planner.assign import solve
from sojourn.relocation.planner.coarse import coarse_model
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.growing import GrowingSolver
from sojourn.relocation.planner.linear import relax
from sojourn.relocation.planner.model import build_model
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.solver import FaceSolver, Programme
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.proposal import methods
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import LinkStrength, Site

BOUNDS = 1e-6  # between two linear programmes solved to the solver's tolerance


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("regions") / "SYNTHETIC"
    write_example_site(folder, people=400, seed=4)
    return read_site(folder)


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "BY_REGION_FROM", 0)
    monkeypatch.setattr(regions, "cores", lambda: 1)


@pytest.mark.usefixtures("small_is_large")
def test_a_plan_by_regions_leaves_no_more_people_without_a_place_and_passes_the_audit(
    site: Site,
) -> None:
    whole = {b.level: b for b in _plan_in_one_piece(site).bounds}
    plan = make_plan(site)
    assert {b.method for b in plan.bounds} == {methods.REGIONS_APART}
    assert not [v for check in audit(site, plan) for v in check.violations]
    for bound in plan.bounds:
        worst = max if bound.sense == "least" else min
        assert worst(bound.value, bound.bound) == bound.value or bound.gap == 0, bound
        if bound.level in ("L1", "L2", "L3"):
            assert bound.value == whole[bound.level].value


def _plan_in_one_piece(site: Site):  # type: ignore[no-untyped-def]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(methods, "BY_REGION_FROM", 10**9)
        return make_plan(site)


@pytest.mark.usefixtures("small_is_large")
def test_a_plan_by_regions_is_the_same_on_one_process_and_on_two(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make_plan(site)
    monkeypatch.setattr(regions, "cores", lambda: 2)
    two = make_plan(site)
    assert two.assignments == one.assignments
    assert two.trips == one.trips


def test_classes_of_rooms_promise_no_less_than_any_plan_reaches(site: Site) -> None:
    rng = np.random.default_rng(7)
    seen = 0
    for _ in range(150):
        tiny = tiny_site(rng, site)
        units, eligible = form_units(tiny), Eligibility(tiny)
        if not units.units or not eligible.pools:
            continue
        coarse = coarse_model(units, eligible)
        loose = relax(coarse).bounds
        model = build_model(units, eligible)
        whole = solve(model)
        reached = {k.id: float(k.cost @ whole.x) for k in model.levels}
        for level, bound in zip(coarse.levels, loose, strict=True):
            # a level is bounded as long as the ones before it stand at their own bounds
            assert bound <= reached[level.id] + BOUNDS
            if reached[level.id] > bound + BOUNDS:
                break
            seen += 1
    assert seen > 300


@pytest.mark.usefixtures("small_is_large")
def test_whoever_finds_no_place_in_a_region_is_offered_the_other_regions(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody is first sent to the north, as a split that fits badly would: the south mends it."""
    monkeypatch.setattr(
        regions,
        "_regions_of",
        lambda model, *_: {u.id: "N" for t in model.types for u in t},
    )
    tasks, plan_one = list[Any](), regions.planned
    monkeypatch.setattr(regions, "planned", lambda task: tasks.append(task) or plan_one(task))
    rng, mended = np.random.default_rng(11), 0
    for _ in range(60):
        tiny = tiny_site(rng, site, hard=False)
        units, eligible = form_units(tiny), Eligibility(tiny)
        if not regions.large(units, eligible):
            continue
        found = regions.by_region(units, eligible)
        for unit in units.units:
            pool = found.placed.get(unit.id)
            assert pool is None or pool in eligible.allowed(unit)
        mended += any(eligible.places[p.place].region == "S" for p in found.placed.values())
        places = {u.id: {p.place for p in eligible.allowed(u)} for u in units.units}
        for task in tasks:
            asked = [u.id for u in task.units.units]
            assert len(set(asked)) == len(asked)
            there = {p.id for p in task.site.places}
            assert task is tasks[0] or all(places[u] & there for u in asked)
        tasks.clear()
    assert mended > 10


def test_a_limit_over_all_places_is_not_planned_by_regions(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(methods, "BY_REGION_FROM", 0)
    rules = dict(site.rules.rules)
    units = form_units(site)
    assert regions.large(units, Eligibility(site))
    rules["R20"] = replace(rules["R20"], on=True)
    limited = replace(site, rules=replace(site.rules, rules=rules))
    assert not regions.large(units, Eligibility(limited))


def test_a_programme_that_is_given_columns_as_it_asks_finds_the_optimum_of_all_of_them() -> None:
    """One hundred random programmes, three levels each, beside a solver that holds every column."""
    rng = np.random.default_rng(3)
    for _ in range(100):
        types, pools = int(rng.integers(3, 9)), int(rng.integers(3, 8))
        programme, owner, k = _transport(rng, types, pools)
        first = np.ones(len(owner), dtype=bool)
        first[:k] = rng.random(k) < 0.15
        grown, full = GrowingSolver(programme, owner, first), FaceSolver(programme)
        for number in range(3):
            cost = np.zeros(len(owner))
            if number == 0:
                cost[k:] = rng.integers(1, 5, size=len(owner) - k)
            else:
                cost[:k] = rng.integers(-4, 5, size=k)
            one, two = grown.minimize(cost), full.minimize(cost)
            assert one.objective == pytest.approx(two.objective, abs=1e-6)
            grown.shrink(one)
            full.shrink(two)


def _transport(
    rng: np.random.Generator, types: int, pools: int
) -> tuple[Programme, np.ndarray, int]:
    """Return units of some types, beds of some pools, and a column for each pair that is allowed."""
    pairs = np.argwhere(rng.random((types, pools)) < 0.7)
    k = len(pairs)
    columns = np.arange(k + types)
    rows = np.concatenate([pairs[:, 0], np.arange(types), types + pairs[:, 1]])
    matrix = sparse.csc_matrix(
        (np.ones(len(rows)), (rows, np.concatenate([columns, np.arange(k)]))),
        shape=(types + pools, k + types),
    )
    count = rng.integers(1, 6, size=types).astype(float)
    beds = rng.integers(1, 6, size=pools).astype(float)
    upper = np.concatenate([count[pairs[:, 0]], count])
    programme = Programme(
        matrix=matrix,
        row_lower=np.concatenate([count, np.full(pools, -np.inf)]),
        row_upper=np.concatenate([count, beds]),
        lower=np.zeros(k + types),
        upper=upper,
    )
    return programme, np.concatenate([pairs[:, 0], np.full(types, -1)]), k


@pytest.mark.usefixtures("small_is_large")
def test_a_region_of_many_columns_begins_with_few_of_them_whatever_levels_are_left(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make_plan(site)
    monkeypatch.setattr("sojourn.relocation.planner.linear.ALL_AT_ONCE_BELOW", 0)
    few = make_plan(site)
    assert [b.value for b in few.bounds[:3]] == [b.value for b in whole.bounds[:3]]
    model = build_model(form_units(site), Eligibility(site))
    first = relax(replace(model, levels=model.levels[:3])).bounds
    monkeypatch.setattr("sojourn.relocation.planner.linear.ALL_AT_ONCE_BELOW", 10**9)
    assert first == pytest.approx(relax(replace(model, levels=model.levels[:3])).bounds)


@pytest.mark.usefixtures("small_is_large")
def test_those_who_must_be_in_one_region_are_whatever_the_split_by_regions_was(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody is split at random, as a rounding that parts them would."""
    rng, kept = np.random.default_rng(21), 0
    monkeypatch.setattr(
        regions,
        "_regions_of",
        lambda model, *_: {u.id: "NS"[rng.integers(2)] for t in model.types for u in t},
    )
    for _ in range(400):
        tiny = tiny_site(rng, site)
        units, eligible = form_units(tiny), Eligibility(tiny)
        if not regions.large(units, eligible):
            continue
        placed = regions.by_region(units, eligible).placed
        for link in units.links:
            ends = [placed[e] for e in (link.a, link.b) if e in placed]
            if link.strength is LinkStrength.SAME_REGION and len(ends) == 2:
                assert len({eligible.places[p.place].region for p in ends}) == 1
                kept += 1
    assert kept > 10
