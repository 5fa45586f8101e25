"""Two sides kept apart: rows for each of them, not for each pair, and the same plan."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.assign import solve
from sojourn.relocation.planner.dealing import counted, deal
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.links import two_sides
from sojourn.relocation.planner.model import build_model
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.units import Units, form_units
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Link, LinkStrength, Site


@pytest.fixture(scope="module", params=[False, True], ids=["place", "department"])
def crowded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site of few places where eight men must be kept apart, and eight others need protection."""
    folder = tmp_path_factory.mktemp("sides") / "SYNTHETIC"
    write_example_site(folder, people=90, places=6, seed=3)
    site = read_site(folder)
    hidden = next(f for f, own in site.needs.items() if "protected_place" in own.needs)
    grown = [c for c in site.cases if sum(p.case_id == c.id for p in site.persons) == 1]
    plain = {p.id for p in site.persons if not p.flags}
    heads = [c.head for c in grown if c.head in plain][:16]
    people = tuple(replace(p, flags=(hidden,)) if p.id in heads[:8] else p for p in site.persons)
    men = heads[8:]
    links = tuple(
        Link(a=a, b=b, type="other", strength=LinkStrength.SEPARATE)
        for a, b in zip(men[::2], men[1::2], strict=True)
    )
    rules = dict(site.rules.rules)
    own = rules["R08"]
    rules["R08"] = replace(own, parameters={**own.parameters, "other_department": request.param})
    return replace(site, persons=people, links=links, rules=replace(site.rules, rules=rules))


def test_sides_take_a_row_a_unit_and_pairs_a_row_a_pair(crowded: Site) -> None:
    units, eligible = form_units(crowded), Eligibility(crowded)
    few, many = (build_model(units, eligible, pairs=pairs) for pairs in (False, True))
    assert few.floor > few.keeps.stop
    assert many.floor == many.keeps.stop
    assert few.programme.matrix.shape[0] < many.programme.matrix.shape[0]


def test_both_forms_have_the_same_optimum_on_every_level(crowded: Site) -> None:
    units, eligible = form_units(crowded), Eligibility(crowded)
    few, many = (build_model(units, eligible, pairs=pairs) for pairs in (False, True))
    found = [solve(model) for model in (few, many)]
    costs = [
        [float(level.cost @ s.x) for level in m.levels]
        for m, s in zip((few, many), found, strict=True)
    ]
    assert costs[0] == pytest.approx(costs[1], abs=1e-6)
    assert found[0].bounds == pytest.approx(found[1].bounds, abs=1e-6)


def test_without_the_rows_they_would_meet_and_a_counted_plan_keeps_every_row(
    crowded: Site,
) -> None:
    units, eligible = form_units(crowded), Eligibility(crowded)
    model = build_model(units, eligible)
    x = counted(model, deal(model, solve(model).x))
    programme = model.programme
    assert (programme.matrix @ x <= programme.row_upper + 1e-6).all()
    assert (programme.matrix @ x >= programme.row_lower - 1e-6).all()
    free = build_model(Units(units.units, ()), eligible)
    placed = deal(free, solve(free).x)
    met = counted(model, placed)
    assert (programme.matrix @ met > programme.row_upper + 1e-6).any()


def test_the_plan_is_clean(crowded: Site) -> None:
    plan = make_plan(crowded)
    assert not [c for c in audit(crowded, plan) if c.violations]


@pytest.mark.parametrize("seed", range(30))
def test_sides_cover_only_pairs_and_each_pair_is_left_or_in_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ours, others = [f"a{i}" for i in range(9)], [f"b{i}" for i in range(7)]
    pairs = {p for p in product(ours, others) if rng.random() < (1.0, 0.9, 0.4)[seed % 3]}
    pairs |= {("a0", "a1"), ("b2", "b3")}
    covered = [(min(p), max(p)) for one, two in two_sides(pairs) for p in product(one, two)]
    assert set(covered) <= pairs
    if seed % 3 == 0:
        assert len(set(covered)) > len(pairs) / 2
