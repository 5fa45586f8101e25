"""Whose age is disputed or unknown never rides with known children."""

from dataclasses import replace

import pytest

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import AgeSource, Link, LinkStrength, Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("disputed") / "SYNTHETIC"
    write_example_site(folder, people=200, seed=6)
    return read_site(folder)


def alone(site: Site) -> list[str]:
    size = {c.id: sum(p.case_id == c.id for p in site.persons) for c in site.cases}
    day = site.rules.operation.departure
    return [
        p.id
        for p in site.persons
        if size[p.case_id] == 1 and p.counts_as_child(day) and p.age_source is AgeSource.DECLARED
    ]


@pytest.mark.parametrize("new", [{"age_source": AgeSource.DISPUTED}, {"birth": "unknown"}])
def test_they_ride_apart_and_a_plan_that_mixes_them_is_found(
    site: Site, new: dict[str, object]
) -> None:
    plain = make_plan(site)
    on = {r.person_id for r in plain.manifest}
    chosen = [p for p in alone(site) if p in on][:3]
    assert len(chosen) == 3
    other = replace(
        site,
        persons=tuple(
            replace(p, **new) if p.id in chosen else p  # type: ignore[arg-type]
            for p in site.persons
        ),
    )
    mixed = {c.rule for c in audit(other, plain) if c.violations}
    assert "R05" in mixed
    plan = make_plan(other)
    assert not [v for c in audit(other, plan) for v in c.violations]
    trips = {r.trip_id for r in plan.manifest if r.person_id in chosen}
    people = {p.id: p for p in other.persons}
    for row in plan.manifest:
        if row.trip_id in trips:
            person = people[row.person_id]
            assert (
                person.age_source is AgeSource.DISPUTED
                or person.age_on(other.rules.operation.departure) is None
            )


@pytest.mark.parametrize(
    ("call", "hours", "met"), [(760, (775, 785), True), (776, (775, 785), False)]
)
def test_two_who_must_not_meet_do_not_wait_at_one_time_on_either_side_of_noon(
    site: Site, call: int, hours: tuple[int, int], met: bool
) -> None:
    plan = make_plan(site)
    one = plan.trips[0]
    two = next(
        t
        for t in plan.trips
        if {s.place_id for s in t.stops}.isdisjoint(s.place_id for s in one.stops)
    )
    pair = [next(r.person_id for r in plan.manifest if r.trip_id == t.id) for t in (one, two)]
    apart = Link(a=pair[0], b=pair[1], type="other", strength=LinkStrength.NOT_MEET)
    moved = {one.id: (740, hours[0]), two.id: (call, hours[1])}
    trips = tuple(
        replace(t, day=one.day, call=moved[t.id][0], departure=moved[t.id][1])
        if t.id in moved
        else t
        for t in plan.trips
    )
    checks = audit(replace(site, links=(*site.links, apart)), replace(plan, trips=trips))
    said = [v.witness for c in checks if c.rule == "R08" for v in c.violations]
    assert any("must not meet" in w for w in said) is met
