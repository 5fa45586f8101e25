"""A large site is planned again by regions; small ones, made to pass for large, beside the whole programme."""

from collections import Counter

import numpy as np
import pytest
from tiny_sites import tiny_site

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner import regions
from sojourn.relocation.planner.assign import solve
from sojourn.relocation.planner.before import Before, address
from sojourn.relocation.planner.coarse import coarse_model
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.linear import relax
from sojourn.relocation.planner.model import build_model
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.replan import after
from sojourn.relocation.planner.units import Units, form_units
from sojourn.relocation.proposal import methods
from sojourn.relocation.proposal.proposal import Bound, Event, Proposal
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site

BOUNDS = 1e-6  # between two linear programmes solved to the solver's tolerance


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("again") / "SYNTHETIC"
    write_example_site(folder, people=300, seed=5)
    return read_site(folder)


@pytest.fixture(scope="module")
def plan(site: Site) -> Proposal:
    return make_plan(site)


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "BY_REGION_FROM", 0)
    monkeypatch.setattr(regions, "cores", lambda: 1)


def _events(plan: Proposal) -> tuple[Event, ...]:
    """A coach has left, then the place with most people not on board of it is lost, and one declines."""
    gone = plan.trips[0].id
    to = {a.place_id for a in plan.assignments if a.trip_id == gone}
    rest = Counter[str]()
    for a in plan.assignments:
        if a.place_id not in to:
            rest[a.place_id] += a.persons
    (lost, _), *_more = rest.most_common(1)
    declines = next(
        a for a in plan.assignments if a.place_id not in to and a.place_id != lost
    ).case_id
    return (
        Event(kind="trip departed", id=gone),
        Event(kind="place withdrawn", id=lost),
        Event(kind="case declined", id=declines),
    )


def _audited(site: Site, plan: Proposal, events: tuple[Event, ...]) -> dict[str, Bound]:
    again = make_plan(site, plan, events)
    changed, frozen = after(site, plan, events)
    assert [v for c in audit(changed, again) for v in c.violations] == []
    assert [v for c in audit(site, again, plan) for v in c.violations] == []
    now = {a.case_id: a.place_id for a in again.assignments}
    assert all(now[a.case_id] == a.place_id for a in plan.assignments if a.case_id in frozen)
    out = {o.case_id for o in again.out_of_plan}
    moved = sum(
        a.persons
        for a in plan.assignments
        if a.case_id not in out and now.get(a.case_id) != a.place_id
    )
    bounds = {b.level: b for b in again.bounds}
    assert moved <= bounds["L9"].value
    return bounds


def test_a_second_plan_by_regions_obeys_the_same_audit_and_moves_as_few(
    site: Site, plan: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = _events(plan)
    whole = _audited(site, plan, events)
    monkeypatch.setattr(methods, "BY_REGION_FROM", 0)
    monkeypatch.setattr(regions, "cores", lambda: 1)
    apart = _audited(site, plan, events)
    assert {b.method for b in apart.values()} == {methods.REGIONS_APART}
    assert methods.REGIONS_APART not in {b.method for b in whole.values()}
    assert list(apart) == list(whole)
    for level in ("L1", "L2", "L3", "L9"):
        assert apart[level].value == whole[level].value == apart[level].bound, level


@pytest.mark.usefixtures("small_is_large")
def test_when_nothing_happens_nobody_moves(site: Site, plan: Proposal) -> None:
    again = make_plan(site, plan)
    assert again.changes == ()
    moved = next(b for b in again.bounds if b.level == "L9")
    assert (moved.method, moved.value, moved.bound) == (methods.REGIONS_APART, 0.0, 0.0)


@pytest.mark.usefixtures("small_is_large")
def test_a_second_plan_is_the_same_on_one_process_and_on_two(
    site: Site, plan: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make_plan(site, plan, _events(plan))
    monkeypatch.setattr(regions, "cores", lambda: 2)
    two = make_plan(site, plan, _events(plan))
    assert (two.assignments, two.trips) == (one.assignments, one.trips)


def _somewhere(rng: np.random.Generator, units: Units, eligible: Eligibility) -> Before:
    """An earlier plan of a tiny site: whatever fits, in no order."""
    model = build_model(units, eligible)
    left = Counter({pool: pool.capacity for pool in model.pools})
    at = {}
    for unit in units.units:
        allowed = [p for p in eligible.allowed(unit) if left[p] >= p.takes(unit.size)]
        if allowed and rng.random() < 0.8:
            pool = allowed[int(rng.integers(len(allowed)))]
            left[pool] -= pool.takes(unit.size)
            at[unit.id] = address(pool)
    return Before(at, frozenset())


@pytest.mark.usefixtures("small_is_large")
def test_classes_promise_no_more_people_moved_than_any_plan_moves(site: Site) -> None:
    """On random sites after random earlier plans: also where more are left out than need be."""
    rng, seen, moved = np.random.default_rng(17), 0, 0
    for _ in range(80):
        tiny = tiny_site(rng, site)
        units, eligible = form_units(tiny), Eligibility(tiny)
        if not units.units or not regions.large(units, eligible):
            continue
        before = _somewhere(rng, units, eligible)
        model = build_model(units, eligible, before)
        whole = solve(model)
        cost = {k.id: float(k.cost @ whole.x) for k in model.levels}
        loose = relax(coarse_model(units, eligible, before)).bounds
        for level, bound in zip(("L1", "L2", "L3", "L9"), loose, strict=False):
            assert bound <= cost[level] + BOUNDS
            if cost[level] > bound + BOUNDS:
                break
            seen += 1
        found = regions.by_region(units, eligible, before)
        stated = {b.level: b for b in regions.stated(units, eligible, found, before, found.placed)}
        assert stated["L9"].bound <= stated["L9"].value
        if all(stated[k].value == cost[k] for k in ("L1", "L2", "L3")):
            fewest = round(cost["L9"] + model.levels[3].offset)
            assert stated["L9"].bound <= fewest <= stated["L9"].value
            moved += fewest > 0
    assert seen > 130
    assert moved > 5
