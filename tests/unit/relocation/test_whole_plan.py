"""The strict order holds for the plan, seats included: against every assignment and every seat."""

from dataclasses import replace

import numpy as np
import pytest
from deep import times
from every_assignment import best, enumerate_all, levels
from scarce_sites import can_travel, scarce_site

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.proposal.methods import WHOLE_PLAN
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import (
    Case,
    Consent,
    Escort,
    Person,
    Place,
    Room,
    RoomType,
    Sex,
    Site,
    Vehicle,
)

SITES, PARTS = 320, 4


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("whole") / "SYNTHETIC"
    write_example_site(folder, people=60, seed=2)
    return read_site(folder)


def two_children(base: Site) -> Site:
    """Two children alone, one coach, one escort; both accept two regions."""
    regions = ("N", "S")
    places = tuple(
        Place(
            id=f"P{r}",
            region=r,
            department=r,
            lat=50,
            lon=2,
            child_safe=True,
            child_licence="SYNTHETIC",
            max_children=5,
            max_arrivals_per_day=50,
        )
        for r in regions
    )
    people = tuple(
        Person(
            id=f"p{n}",
            case_id=f"c{n}",
            sex=Sex.MALE,
            birth="age:15",
            age_source="declared",
            languages=("ar",),
        )  # type: ignore[arg-type]
        for n in range(2)
    )
    cases = tuple(
        Case(
            id=f"c{n}",
            head=f"p{n}",
            wishes=regions[:: 1 - 2 * n],
            consent=Consent.EXPLICIT,
            best_interest_signed=True,
        )
        for n in range(2)
    )
    return replace(
        base,
        persons=people,
        cases=cases,
        links=(),
        relatives=(),
        places=places,
        rooms=tuple(
            Room(place_id=p.id, room_type=RoomType.CHILD, rooms=2, beds_per_room=1) for p in places
        ),
        travel=(),
        vehicles=(Vehicle(id="V", type="coach", seats=10, drivers=2),),
        escorts=(Escort(id="E", kind="child protection"),),
        rules=replace(base.rules, operation=replace(base.rules.operation, days=1)),
    )


def test_no_child_stays_behind_for_a_first_wish(base: Site) -> None:
    plan = make_plan(two_children(base))
    assert not plan.unplaced
    assert [(b.value, b.gap) for b in plan.bounds[:3]] == [(0, 0)] * 3
    assert len({a.place_id for a in plan.assignments}) == 1


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_level_of_the_plan_is_the_optimum_over_places_and_seats(
    base: Site, part: int
) -> None:
    rng, short, tried = np.random.default_rng([11, part]), 0, 0
    while tried < times(SITES, 3_000) // PARTS:
        site = scarce_site(rng, base)
        found = enumerate_all(form_units(site), Eligibility(site))
        if not form_units(site).units or len(found.where) > 3_000:
            continue
        tried += 1
        beds_alone = best(levels(found), site.rules.level_order)
        fit = replace(found, where=found.where[can_travel(found)])
        wanted = best(levels(fit), site.rules.level_order)
        plan = make_plan(site)
        broken = [v for check in audit(site, plan) for v in check.violations]
        assert not broken, (part, tried, broken[:3])
        mine = [b.value if b.sense == "least" else -b.value for b in plan.bounds]
        assert mine == pytest.approx(wanted, abs=1e-5), (part, tried)
        bound = [b.bound if b.sense == "least" else -b.bound for b in plan.bounds]
        assert bound == pytest.approx(wanted, abs=1e-5), (part, tried)
        short += wanted[:3] != beds_alone[:3]
        assert all(b.method != WHOLE_PLAN or b.gap < 1e-5 for b in plan.bounds)
    assert short > tried // 8  # seats, not beds, decided
