"""What a plan may not depend on, and what it must: names, copies, the way to the optimal face."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from deep import times
from scipy import sparse
from tiny_sites import tiny_site

from sojourn.relocation.planner import model as rows
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.linear import relax
from sojourn.relocation.planner.model import Model, build_model
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.solver import FaceSolver, Programme
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site

SHARE = 1e-6  # of what two linear programmes, both solved to the solver's tolerance, may differ


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("metamorphic") / "SYNTHETIC"
    write_example_site(folder, people=120, seed=8)
    return read_site(folder)


def renamed(site: Site, name: Callable[[str], str]) -> Site:
    """The same people and cases under other pseudonyms."""
    return replace(
        site,
        persons=tuple(replace(p, id=name(p.id), case_id=name(p.case_id)) for p in site.persons),
        cases=tuple(
            replace(c, id=name(c.id), head=name(c.head), travel_party_id=c.travel_party_id)
            for c in site.cases
        ),
        links=tuple(replace(k, a=name(k.a), b=name(k.b)) for k in site.links),
        relatives=tuple(replace(r, person=name(r.person)) for r in site.relatives),
    )


def test_other_pseudonyms_in_the_same_order_give_the_same_plan(base: Site) -> None:
    plan, other = make_plan(base), make_plan(renamed(base, lambda i: f"x-{i}"))
    assert [replace(a, case_id=f"x-{a.case_id}") for a in plan.assignments] == [*other.assignments]
    assert plan.trips == other.trips


def test_other_pseudonyms_in_any_order_reach_the_same_levels(base: Site) -> None:
    rng = np.random.default_rng(4)
    ids = sorted({p.id for p in base.persons} | {c.id for c in base.cases})
    shuffled = dict(zip(ids, (f"n{n:05}" for n in rng.permutation(len(ids))), strict=True))
    plan, other = make_plan(base), make_plan(renamed(base, shuffled.__getitem__))
    proven = [(a, b) for a, b in zip(plan.bounds, other.bounds, strict=True) if a.gap == b.gap == 0]
    assert {a.level for a, _ in proven} >= {"L1", "L2", "L3"}
    assert all(a.value == b.value for a, b in proven)


def twice(site: Site) -> Site:
    """The same site with everybody and everything there two times."""
    copy = renamed(site, lambda i: f"{i}-copy")
    copied = tuple(
        replace(c, travel_party_id=c.travel_party_id and f"{c.travel_party_id}-copy")
        for c in copy.cases
    )
    return replace(
        site,
        persons=(*site.persons, *copy.persons),
        cases=(*site.cases, *copied),
        links=(*site.links, *copy.links),
        relatives=(*site.relatives, *copy.relatives),
        rooms=tuple(replace(r, rooms=2 * r.rooms) for r in site.rooms),
        places=tuple(
            replace(
                p,
                max_children=2 * p.max_children,
                max_arrivals_per_day=2 * p.max_arrivals_per_day,
                school_primary=2 * p.school_primary,
                school_secondary=2 * p.school_secondary,
            )
            for p in site.places
        ),
    )


def test_everything_twice_doubles_every_level(base: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shares of units allowed; the share of the worst-off group (L4) stays what it is."""
    monkeypatch.setattr(rows, "SMALL_GROUP", 0)  # a group of five is no longer small when doubled
    rng, compared = np.random.default_rng(12), 0
    for _ in range(times(60, 600)):
        site = tiny_site(rng, base, hard=False)
        if not form_units(site).units:
            continue
        if _allowed(site) != _allowed(twice(site)):
            continue  # a large family fits into twice the rooms: then more than people is doubled
        one, two = _bounds(site), _bounds(twice(site))
        for level, bound in one.items():
            # more places at a school than one unit has children match no better for one unit
            if level in ("L7", "L8"):
                continue
            factor = 1.0 if level == "L4" else 2.0
            assert two[level] == pytest.approx(factor * bound, abs=SHARE * (1 + abs(bound)))
            compared += 1
    assert compared > 150


def _allowed(site: Site) -> list[int]:
    """Return how many pools each of the units that are not copies may have."""
    eligible = Eligibility(site)
    return [len(eligible.allowed(u)) for u in form_units(site).units if "copy" not in u.id]


def _bounds(site: Site) -> dict[str, float]:
    model = build_model(form_units(site), Eligibility(site))
    return dict(zip((k.id for k in model.levels), relax(model).bounds.tolist(), strict=True))


def test_the_optimal_face_is_that_of_one_more_row_for_each_level(base: Site) -> None:
    """A hundred programmes: the face by complementary slackness beside rows that hold each value."""
    rng, compared = np.random.default_rng(9), 0
    for _ in range(100):
        site = tiny_site(rng, base)
        units = form_units(site)
        if not units.units:
            continue
        model = build_model(units, Eligibility(site))
        assert relax(model).bounds == pytest.approx(_one_row_more(model), abs=1e-5)
        compared += 1
    assert compared >= 90


def _one_row_more(model: Model) -> list[float]:
    """Return each level's optimum, every level above held by a row of its own."""
    programme, found = model.programme, []
    for level in model.levels:
        value = FaceSolver(programme).minimize(level.cost).objective
        found.append(value)
        matrix = sparse.vstack([sparse.csr_matrix(programme.matrix), sparse.csr_matrix(level.cost)])
        programme = Programme(
            matrix=sparse.csc_matrix(matrix),
            row_lower=np.append(programme.row_lower, -np.inf),
            row_upper=np.append(programme.row_upper, value + 1e-9),
            lower=programme.lower,
            upper=programme.upper,
        )
    return found
