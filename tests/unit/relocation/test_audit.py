"""Broken plans, one rule each: the auditor finds every one, and finds nothing in a whole plan."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from sojourn.relocation.audit.audit import RULES, audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.proposal.proposal import Outcome, OutOfPlan, Proposal, Unplaced
from sojourn.relocation.site.site import Fitness, LinkStrength, Site

Plan = Proposal
Mutant = Callable[[Site, Plan, np.random.Generator], tuple[Site, Plan]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Plan]:
    from sojourn.relocation.run.relocate import write_example_site
    from sojourn.relocation.site.read import read_site

    folder = tmp_path_factory.mktemp("audit") / "SYNTHETIC"
    write_example_site(folder, people=400, seed=5)
    site = read_site(folder)
    return site, make_plan(site)


def broken(site: Site, plan: Plan) -> dict[str, int]:
    return {c.rule: len(c.violations) for c in audit(site, plan) if c.violations}


def pick(items: tuple, rng: np.random.Generator) -> int:  # type: ignore[type-arg]
    return int(rng.integers(len(items)))


def _swap(plan: Plan, index: int, **new: object) -> Plan:
    rows = list(plan.assignments)
    rows[index] = replace(rows[index], **new)  # type: ignore[arg-type]
    return replace(plan, assignments=tuple(rows))


def _trip(plan: Plan, index: int, **new: object) -> Plan:
    trips = list(plan.trips)
    trips[index] = replace(trips[index], **new)  # type: ignore[arg-type]
    return replace(plan, trips=tuple(trips))


def lose(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    rows = list(plan.assignments)
    rows.pop(pick(plan.assignments, rng))
    return site, replace(plan, assignments=tuple(rows))


def twice(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    a = plan.assignments[pick(plan.assignments, rng)]
    gone = Unplaced(
        case_id=a.case_id,
        persons=a.persons,
        kind="conflict",
        reason="",
        conflict=(),
        minimal=False,
        fix="",
    )
    return site, replace(plan, unplaced=(*plan.unplaced, gone))


def decline(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    person = site.persons[pick(site.persons, rng)]
    out = OutOfPlan(person_id=person.id, case_id=person.case_id, outcome=Outcome.LEFT)
    return site, replace(
        plan, out_of_plan=(*(o for o in plan.out_of_plan if o.person_id != person.id), out, out)
    )


def crowd(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    a = plan.assignments[pick(plan.assignments, rng)]
    rooms = tuple(replace(r, rooms=0) if r.place_id == a.place_id else r for r in site.rooms)
    return replace(site, rooms=rooms), plan


def split(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    rows = list(plan.manifest)
    index = pick(plan.manifest, rng)
    others = [t.id for t in plan.trips if t.id != rows[index].trip_id]
    rows[index] = replace(rows[index], trip_id=others[pick(tuple(others), rng)])
    return site, replace(plan, manifest=tuple(rows))


def part(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    a, b = _two_places(site, plan, rng)
    link = replace(site.links[0], a=a, b=b, type="other relative", strength=LinkStrength.SAME_PLACE)
    return replace(site, links=(*site.links, link)), plan


def _two_places(
    site: Site, plan: Plan, rng: np.random.Generator, *, children: bool = False
) -> tuple[str, str]:
    heads = {c.id: c.head for c in site.cases}
    day = site.rules.operation.departure
    child = {p.id: p.counts_as_child(day) for p in site.persons}
    rows = [a for a in plan.assignments if child[heads[a.case_id]] == children]
    order = rng.permutation(len(rows))
    first = rows[order[0]]
    second = next(rows[i] for i in order if rows[i].place_id != first.place_id)
    return heads[first.case_id], heads[second.case_id]


def brothers(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    a, b = _two_places(site, plan, rng, children=True)
    link = replace(site.links[0], a=a, b=b, type="sibling", strength=LinkStrength.PREFER)
    return replace(site, links=(*site.links, link)), plan


def unlicensed(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    rows = [a for a in plan.assignments if a.room_type == "child"]
    at = rows[pick(tuple(rows), rng)].place_id
    return replace(
        site, places=tuple(replace(p, child_licence="") if p.id == at else p for p in site.places)
    ), plan


def unescorted(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    found = [i for i, t in enumerate(plan.trips) if t.group == "children"]
    return site, _trip(plan, found[pick(tuple(found), rng)], escorts=())


def unsafe(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    rows = [a for a in plan.assignments if a.room_type == "women only"]
    at = rows[pick(tuple(rows), rng)].place_id
    return replace(
        site, places=tuple(replace(p, women_safe=False) if p.id == at else p for p in site.places)
    ), plan


def enemies(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    heads = {c.id: c.head for c in site.cases}
    by_place: dict[str, list[str]] = {}
    for a in plan.assignments:
        by_place.setdefault(a.place_id, []).append(heads[a.case_id])
    full = [p for p in by_place.values() if len(p) > 1]
    pair = full[pick(tuple(full), rng)]
    link = replace(
        site.links[0], a=pair[0], b=pair[1], type="other", strength=LinkStrength.SEPARATE
    )
    return replace(site, links=(*site.links, link)), plan


def unfit(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    one = plan.manifest[pick(plan.manifest, rng)].person_id
    return replace(
        site,
        persons=tuple(
            replace(p, fit_to_travel=Fitness.NO) if p.id == one else p for p in site.persons
        ),
    ), plan


def stairs(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    rows = [r for r in plan.manifest if r.seat == "wheelchair slot"]
    at = rows[pick(tuple(rows), rng)].place_id
    return replace(
        site, places=tuple(replace(p, step_free=False) if p.id == at else p for p in site.places)
    ), plan


def unasked(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    a = plan.assignments[pick(plan.assignments, rng)]
    cases = tuple(
        replace(c, wishes=("nowhere",), offered_regions=()) if c.id == a.case_id else c
        for c in site.cases
    )
    return replace(site, cases=cases), plan


def far(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    from sojourn.relocation.site.site import RelativeElsewhere

    a = plan.assignments[pick(plan.assignments, rng)]
    heads = {c.id: c.head for c in site.cases}
    places = {p.id: p for p in site.places}
    other = next(p for p in site.places if p.department != places[a.place_id].department)
    plain = tuple(replace(p, flags=()) if p.id == heads[a.case_id] else p for p in site.persons)
    relative = RelativeElsewhere(
        person=heads[a.case_id], place_or_country=other.id, status="verified"
    )
    return replace(site, persons=plain, relatives=(relative,)), plan


def night(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    index = pick(plan.trips, rng)
    stops = tuple(replace(s, arrival=27 * 60) for s in plan.trips[index].stops)
    return site, _trip(plan, index, stops=stops)


def another_day(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    index = pick(plan.trips, rng)
    return site, _trip(plan, index, day=plan.trips[index].day + timedelta(days=90))


def speeding(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    index = pick(plan.trips, rng)
    trip = plan.trips[index]
    stops = tuple(replace(s, arrival=trip.departure + 1) for s in trip.stops)
    return site, _trip(plan, index, stops=stops)


def queueing(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    index = pick(plan.trips, rng)
    return site, _trip(plan, index, call=plan.trips[index].departure - 300)


def borrowed(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    index = pick(plan.trips, rng)
    same = [
        t for t in plan.trips if t.day == plan.trips[index].day and t.id != plan.trips[index].id
    ]
    return site, _trip(plan, index, vehicle_id=same[pick(tuple(same), rng)].vehicle_id)


def unfreeze(site: Site, plan: Plan, rng: np.random.Generator) -> tuple[Site, Plan]:
    gone = plan.unplaced[pick(plan.unplaced, rng)].case_id if plan.unplaced else "nobody"
    return site, replace(plan, frozen=(gone,))


MUTANTS: tuple[tuple[Mutant, str], ...] = (
    (lose, "R00"),
    (twice, "R00"),
    (decline, "R00"),
    (crowd, "R01"),
    (split, "R02"),
    (part, "R03"),
    (unlicensed, "R04"),
    (unescorted, "R05"),
    (borrowed, "R00"),
    (brothers, "R06"),
    (unsafe, "R07"),
    (enemies, "R08"),
    (unfit, "R10"),
    (stairs, "R11"),
    (unasked, "R14"),
    (far, "R15"),
    (night, "R16"),
    (another_day, "R16"),
    (speeding, "R17"),
    (queueing, "R18"),
    (unfreeze, "R21"),
)


def test_nothing_is_invented(whole: tuple[Site, Plan]) -> None:
    assert broken(*whole) == {}
    checks = audit(*whole)
    assert [c.rule for c in checks] == [r for r, _ in RULES]
    assert {c.rule for c in checks if not c.checked} == {"R13", "R19", "R20"}  # off by default


@pytest.mark.parametrize(("mutate", "rule"), MUTANTS, ids=lambda x: getattr(x, "__name__", x))
def test_a_broken_plan_is_found(whole: tuple[Site, Plan], mutate: Mutant, rule: str) -> None:
    for seed in range(10):
        site, plan = mutate(*whole, np.random.default_rng(seed))
        found = broken(site, plan)
        assert rule in found, (seed, found)


def test_a_witness_names_a_case_and_no_flag(whole: tuple[Site, Plan]) -> None:
    site, plan = unasked(*whole, np.random.default_rng(1))
    said = [v.witness for c in audit(site, plan) for v in c.violations]
    assert any("neither offered nor wished" in w for w in said)
    flags = {f for p in site.persons for f in p.flags}
    assert not any(f" {f} " in w for w in said for f in flags)


def test_the_contract_covers_the_whole_auditor() -> None:
    root = Path(__file__).parents[3]
    contracts = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    listed = next(c for c in contracts if "auditor" in c["name"])["source_modules"]
    assert listed == ["sojourn.relocation.audit"]
    outside = (root / "src/sojourn/relocation").rglob("*audit*.py")
    assert all("audit" in p.parent.name for p in outside)
