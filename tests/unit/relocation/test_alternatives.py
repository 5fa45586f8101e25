"""Why this place: what is said of the other places is true of them, one by one."""

import pytest

from sojourn.relocation.planner.alternatives import alternatives
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.fixes import rooms_of_plan
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Proposal]:
    folder = tmp_path_factory.mktemp("why") / "SYNTHETIC"
    write_example_site(folder, people=300, seed=6)
    site = read_site(folder)
    return site, make_plan(site)


def test_a_better_place_is_better_and_full_where_it_is_said_to_be(
    planned: tuple[Site, Proposal],
) -> None:
    site, plan = planned
    units, eligible = form_units(site), Eligibility(site)
    placed = rooms_of_plan(plan, units, eligible)
    full = seen = 0
    for unit in units.units:
        if unit.id not in placed:
            continue
        points, own = dict(unit.points), placed[unit.id]
        for other in alternatives(unit, units, eligible, placed).better:
            here, there = (
                points.get(eligible.places[p].region, 0) for p in (own.place, other.place)
            )
            assert other.place != own.place
            assert there >= here
            rooms = [p for p in eligible.allowed(unit) if p.place == other.place]
            left = max(
                p.capacity
                - sum(q.takes(u.size) for u in units.units if (q := placed.get(u.id)) == p)
                for p in rooms
            )
            if len(rooms) == 1:
                assert other.free == (left >= rooms[0].takes(unit.size))
                assert ("full" in other.said) != other.free
            full += not other.free
            seen += 1
    assert seen > 50
    assert full > 20


def test_no_place_is_left_free_that_wishes_and_services_ask_for(
    planned: tuple[Site, Proposal],
) -> None:
    """The plan is proven on this site: a better place with beds left would contradict L5 or L7."""
    site, plan = planned
    units, eligible = form_units(site), Eligibility(site)
    placed = rooms_of_plan(plan, units, eligible)
    assert all(b.gap == 0 for b in plan.bounds if b.level in ("L1", "L2", "L3", "L5"))
    single = [u for u in units.units if u.id in placed and u.kind.value == "men" and not u.singular]
    assert len(single) > 50  # else nothing is asked
    for unit in single:
        points = dict(unit.points)
        here = points.get(eligible.places[placed[unit.id].place].region, 0)
        for other in alternatives(unit, units, eligible, placed).better:
            if other.free:
                assert points.get(other.region, 0) <= here


def test_every_place_is_either_allowed_or_refused_by_a_rule(
    planned: tuple[Site, Proposal],
) -> None:
    site, plan = planned
    units, eligible = form_units(site), Eligibility(site)
    placed = rooms_of_plan(plan, units, eligible)
    for unit in [u for u in units.units if u.id in placed][::15]:
        found = alternatives(unit, units, eligible, placed)
        assert found.allowed + sum(found.refused.values()) == len(site.places)
        assert all(rule.startswith("R") for rule in found.refused)
