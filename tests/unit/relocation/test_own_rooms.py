"""Rooms apart for those whose age is disputed, and what staff can mind: planner, every assignment, auditor."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from every_assignment import best, enumerate_all, levels
from tiny_sites import tiny_site

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.lists.words import report_words
from sojourn.relocation.planner.assign import solve
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.model import build_model
from sojourn.relocation.planner.own_rooms import beds_taken, spoilt
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import AgeSource, Person, Place, Room, RoomType, Sex, Site


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("rooms") / "SYNTHETIC"
    write_example_site(folder, people=60, seed=2)
    return read_site(folder)


def doubtful(rng: np.random.Generator, person: Person) -> Person:
    draw = rng.random()
    if draw < 0.3:
        return replace(person, age_source=AgeSource.DISPUTED)
    return replace(person, birth="unknown") if draw < 0.4 else person


def shared(rng: np.random.Generator, site: Site) -> Site:
    """Give rooms for children several beds, some ages in doubt, and some places few staff."""
    rooms = tuple(
        replace(r, beds_per_room=int(rng.integers(1, 4)), rooms=int(rng.integers(1, 3)))
        if r.room_type is RoomType.CHILD
        else r
        for r in site.rooms
    )
    places = tuple(
        replace(p, children_per_staff=1.5, child_staff=int(rng.integers(0, 4)))
        if rng.random() < 0.3
        else p
        for p in site.places
    )
    people = tuple(doubtful(rng, p) for p in site.persons)
    return replace(site, rooms=rooms, places=places, persons=people)


@pytest.mark.parametrize(
    ("disputed", "known", "empty"),
    [(3, 1, 1), (1, 5, 1), (2, 3, 0), (4, 2, 0), (5, 1, 1), (3, 0, 0), (0, 3, 0), (7, 1, 0)],
)
def test_beds_stay_empty_beside_those_whose_age_is_disputed(
    disputed: int, known: int, empty: int
) -> None:
    """Three rooms of two beds: an odd number of them leaves one empty; none where nobody else is there."""
    on = [SimpleNamespace(size=disputed, disputed=True)] if disputed else []
    on += [SimpleNamespace(size=1, disputed=False)] * known
    assert spoilt(((2, 3),), on) == empty


def test_each_level_is_the_optimum_of_every_assignment_with_rooms_apart(base: Site) -> None:
    rng, bitten, tried = np.random.default_rng(31), 0, 0
    while tried < 60:
        drawn = tiny_site(rng, base)
        if not any(r.room_type is RoomType.CHILD for r in drawn.rooms):
            continue
        site, tried = shared(rng, drawn), tried + 1
        units, eligible = form_units(site), Eligibility(site)
        order = site.rules.level_order
        wanted = best(levels(enumerate_all(units, eligible)), order)
        model = build_model(units, eligible)
        solved = solve(model)
        mine = [float(level.cost @ solved.x) for level in model.levels]
        assert mine == pytest.approx(wanted, abs=1e-6), tried
        bitten += model.own.stop > model.own.start
    assert bitten > 8


def test_whole_plans_keep_rooms_apart_by_the_auditor_too(base: Site) -> None:
    rng, apart, tried = np.random.default_rng(5), 0, 0
    while tried < 12:
        drawn = tiny_site(rng, base, hard=False)
        if not any(r.room_type is RoomType.CHILD for r in drawn.rooms):
            continue
        site, tried = shared(rng, drawn), tried + 1
        plan = make_plan(site)
        assert not [v for c in audit(site, plan) for v in c.violations], tried
        apart += any(u.kind == "capacity" for u in plan.unplaced)
    assert apart


def two_boys(base: Site, beds: tuple[int, int], **place: object) -> tuple[Site, Site]:
    """Return a site of two boys alone and one place; and the same with the age of one disputed."""
    rng = np.random.default_rng(0)
    drawn = tiny_site(rng, base, hard=False)
    while sum(u.alone and u.size == 1 for u in form_units(drawn).units) < 2:
        drawn = tiny_site(rng, base, hard=False)
    two = [u for u in form_units(drawn).units if u.alone and u.size == 1][:2]
    ids = {p for u in two for p in u.persons}
    people = tuple(replace(p, sex=Sex.MALE) for p in drawn.persons if p.id in ids)
    home = replace(drawn.places[0], women_safe=True, **place)  # type: ignore[arg-type]
    cases = tuple(
        replace(c, wishes=(home.region,)) for c in drawn.cases if any(c.id in u.cases for u in two)
    )
    room = Room(place_id=home.id, room_type=RoomType.CHILD, rooms=beds[0], beds_per_room=beds[1])
    known = replace(drawn, persons=people, cases=cases, places=(home,), rooms=(room,), links=())
    disputed = tuple(
        replace(p, age_source=AgeSource.DISPUTED) if n == 0 else p for n, p in enumerate(people)
    )
    return known, replace(known, persons=disputed)


def test_one_room_of_two_beds_is_not_shared_and_the_reason_holds(base: Site) -> None:
    known, disputed = two_boys(base, (1, 2))
    together = make_plan(known)
    assert len(together.assignments) == 2
    found = [v.witness for c in audit(disputed, together) for v in c.violations if v.rule == "R04"]
    assert any("rooms apart" in w for w in found)
    plan = make_plan(disputed)
    assert len(plan.assignments) == len(plan.unplaced) == 1
    assert plan.unplaced[0].kind == "capacity"
    assert plan.unplaced[0].short_by == 1
    assert "share no room" in plan.unplaced[0].reason
    told = {
        language: report_words(language).reason(plan.unplaced[0]) for language in ("en", "fr", "ar")
    }
    assert "share no room" in told["en"]
    assert "ne partagent aucune chambre" in told["fr"]
    assert "لا يتشاركون غرفة" in told["ar"]
    plain = replace(plan.unplaced[0], reason=plan.unplaced[0].reason.partition(";")[0])
    assert report_words("en").reason(plain) == "1 beds or rooms too few (child)"
    same = [
        v.witness
        for c in audit(known, replace(plan, site_digest=known.digest))
        for v in c.violations
    ]
    assert any("rooms are held apart, and nobody is there" in w for w in same)
    assert not [v for c in audit(disputed, plan) for v in c.violations]
    _, wide = two_boys(base, (2, 2))
    assert len(make_plan(wide).assignments) == 2


@pytest.mark.parametrize(
    ("told", "placed", "warned"),
    [
        ({"children_per_staff": 1.0, "child_staff": 1}, 1, False),
        ({"children_per_staff": 2.0, "child_staff": 1}, 2, False),
        ({"children_per_staff": 0.5, "child_staff": 3}, 1, False),
        ({"children_per_staff": 0.0, "child_staff": 9}, 0, False),
        ({"children_per_staff": 5.0, "child_staff": 0}, 0, False),
        ({"children_per_staff": 1.0}, 2, True),
        ({"child_staff": 1}, 2, True),
    ],
)
def test_staff_limits_children_alone_and_what_is_not_told_is_said(
    base: Site, told: dict[str, float], placed: int, warned: bool
) -> None:
    site, _ = two_boys(base, (2, 1), **told)
    plan = make_plan(site)
    assert len(plan.assignments) == placed
    assert any("is not told at 1 place" in w for w in plan.warnings) == warned
    assert not [v for c in audit(site, plan) for v in c.violations]
    if placed < 2:
        free, _ = two_boys(base, (2, 1))
        full = replace(make_plan(free), site_digest=site.digest)
        said = [v.witness for c in audit(site, full) for v in c.violations if v.rule == "R04"]
        assert any("staff for" in w or "not licensed" in w for w in said)
    if warned:
        silent = replace(plan, warnings=())
        assert any("does not warn" in v.witness for c in audit(site, silent) for v in c.violations)


def far_vehicles(site: Site, change: Callable[[Place], Place], minutes: int | None) -> Site:
    vehicles = tuple(replace(v, depot="D", depot_minutes=minutes) for v in site.vehicles)
    return replace(site, vehicles=vehicles, places=tuple(change(p) for p in site.places))


def test_the_way_from_the_depot_is_part_of_the_drivers_hours(base: Site) -> None:
    site, _ = two_boys(base, (2, 1))
    near = make_plan(site)
    assert len(near.assignments) == 2
    far = far_vehicles(site, lambda p: p, 1000)
    assert {v.rule for c in audit(far, near) for v in c.violations} >= {"R17"}
    plan = make_plan(far)
    assert not plan.assignments
    assert {u.kind for u in plan.unplaced} == {"transport"}
    assert not [v for c in audit(far, plan) for v in c.violations]
    untold = far_vehicles(site, lambda p: p, None)
    said = make_plan(untold)
    assert len(said.assignments) == 2
    assert any("the minutes from the depot are not told for" in w for w in said.warnings)
    assert not [v for c in audit(untold, said) for v in c.violations]


@pytest.mark.parametrize("seed", range(40))
def test_the_fewest_beds_in_whole_rooms_are_those_of_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rooms = tuple((b, int(rng.integers(0, 4))) for b in sorted({*rng.integers(1, 7, 3).tolist()}))
    sums = {0}
    for beds, count in rooms:
        sums = {s + beds * n for s in sums for n in range(count + 1)}
    for persons in range(max(sums) + 2):
        assert beds_taken(rooms, persons) == min((s for s in sums if s >= persons), default=None)
