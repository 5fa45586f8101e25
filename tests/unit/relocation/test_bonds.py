"""Bonds that would break another rule: they are a reason, never a plan that breaks it."""

from dataclasses import replace

import numpy as np
import pytest
from rich_sites import rich_site

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.units import Unit, form_units
from sojourn.relocation.run.explain import try_fix
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import (
    AgeSource,
    Case,
    Consent,
    Link,
    LinkStrength,
    Person,
    Sex,
    Site,
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("bonds") / "SYNTHETIC"
    write_example_site(folder, people=80, seed=2)
    return read_site(folder)


def registered(base: Site, ages: dict[str, int], *links: Link, party: str = "") -> Site:
    """Return a site of males alone, by case and age."""
    region = base.places[0].region
    people = tuple(
        Person(
            id=f"p{c}",
            case_id=c,
            sex=Sex.MALE,
            birth=f"age:{a}",
            age_source=AgeSource.DECLARED,
            languages=("ar",),
        )
        for c, a in ages.items()
    )
    cases = tuple(
        Case(
            id=c,
            head=f"p{c}",
            wishes=(region, "any"),
            consent=Consent.EXPLICIT,
            best_interest_signed=True,
            travel_party_id="t" if c in party else "",
        )
        for c in ages
    )
    return replace(base, persons=people, cases=cases, links=links, relatives=())


def link(a: str, b: str, kind: str, strength: LinkStrength) -> Link:
    return Link(a=f"p{a}", b=f"p{b}", type=kind, strength=strength)


def unit(site: Site, case: str) -> Unit:
    return next(u for u in form_units(site).units if case in u.cases)


def clean(site: Site) -> bool:
    return not [v for c in audit(site, make_plan(site)) for v in c.violations]


def test_a_childs_grown_brother_does_not_bring_his_friends_into_its_room(base: Site) -> None:
    brothers = link("a", "b", "sibling", LinkStrength.SAME_PLACE)
    site = registered(base, {"a": 10, "b": 25, "c": 30}, brothers, party="bc")
    assert unit(site, "a").cases == ("a", "b")
    assert clean(site)


def test_a_child_bound_by_a_friend_to_a_strangers_household_is_not_moved(base: Site) -> None:
    friend, father = (
        link("a", "b", "friend", LinkStrength.SAME_PLACE),
        link("b", "c", "parent", LinkStrength.SAME_PLACE),
    )
    site = registered(base, {"a": 14, "b": 15, "c": 40}, friend, father)
    assert unit(site, "a").blocked == ("R05",)
    assert clean(site)
    together = make_plan(replace(site, links=(replace(friend, type="other relative"), father)))
    assert together.assignments
    assert "R05" in {c.rule for c in audit(site, together) if c.violations}


@pytest.mark.parametrize("strength", [LinkStrength.SEPARATE, LinkStrength.NOT_MEET])
def test_a_decision_to_part_siblings_stands_beside_the_link_that_names_them(
    base: Site, strength: LinkStrength
) -> None:
    site = registered(
        base,
        {"a": 14, "b": 15},
        link("a", "b", "sibling", LinkStrength.PREFER),
        link("a", "b", "other", strength),
    )
    assert unit(site, "a").cases == ("a",)
    assert clean(site)


def test_a_party_in_which_two_must_be_kept_apart_is_not_kept(base: Site) -> None:
    site = registered(
        base, {"a": 30, "b": 31}, link("a", "b", "other", LinkStrength.SEPARATE), party="ab"
    )
    assert unit(site, "a").cases == ("a",)
    assert clean(site)


def test_who_is_bound_and_kept_apart_at_once_is_told_so_and_can_be_helped(base: Site) -> None:
    both = (
        link("a", "b", "friend", LinkStrength.SAME_PLACE),
        link("a", "b", "other", LinkStrength.SEPARATE),
    )
    site = registered(base, {"a": 30, "b": 31}, *both)
    plan = make_plan(site)
    assert clean(site)
    assert {u.conflict for u in plan.unplaced} == {("R08",)}
    assert try_fix(site, plan, "a").placed


def test_nothing_is_invented_on_sites_with_all_that_can_be_in_the_way(base: Site) -> None:
    placed = 0
    for seed in range(1_000, 1_040):
        site = rich_site(np.random.default_rng(seed), base)
        plan = make_plan(site)
        placed += len(plan.assignments)
        assert [v for c in audit(site, plan) for v in c.violations] == [], seed
    assert placed > 500


def test_a_plan_that_names_what_is_not_there_is_refused_and_not_a_crash(base: Site) -> None:
    plan = make_plan(base)
    ghost = replace(plan.assignments[0], case_id="ghost")
    nowhere = replace(plan.assignments[0], place_id="nowhere")
    stop = replace(plan.trips[0].stops[0], place_id="nowhere")
    for broken in (
        replace(plan, assignments=(*plan.assignments, ghost)),
        replace(plan, assignments=(nowhere, *plan.assignments[1:])),
        replace(plan, trips=(replace(plan.trips[0], stops=(stop,)), *plan.trips[1:])),
        replace(plan, manifest=(replace(plan.manifest[0], person_id="ghost"), *plan.manifest[1:])),
    ):
        said = {v.witness for c in audit(base, broken) if c.rule == "R00" for v in c.violations}
        assert any("not registered" in w for w in said)
