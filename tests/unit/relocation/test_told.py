"""What a plan says of itself: each kind of untruth is found by the auditor."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Proposal]:
    folder = tmp_path_factory.mktemp("told") / "SYNTHETIC"
    write_example_site(folder, people=150, seed=3)
    site = read_site(folder)
    return site, make_plan(site)


def of_first_trip(**new: object) -> Callable[[Proposal], Proposal]:
    return lambda plan: replace(
        plan,
        trips=(replace(plan.trips[0], **new), *plan.trips[1:]),  # type: ignore[arg-type]
    )


def of_first_row(**new: object) -> Callable[[Proposal], Proposal]:
    return lambda plan: replace(
        plan,
        manifest=(replace(plan.manifest[0], **new), *plan.manifest[1:]),  # type: ignore[arg-type]
    )


def of_first_bound(**new: object) -> Callable[[Proposal], Proposal]:
    return lambda plan: replace(
        plan,
        bounds=(replace(plan.bounds[0], **new), *plan.bounds[1:]),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "mutant",
    [
        of_first_trip(departure=60),
        of_first_trip(departure=23 * 60 + 50),
        of_first_trip(bay=99),
        of_first_trip(bay=0),
        of_first_trip(region="nowhere"),
        lambda plan: of_first_trip(
            group="children" if plan.trips[0].group == "general" else "general"
        )(plan),
        lambda plan: of_first_trip(stops=plan.trips[0].stops * 9)(plan),
        of_first_row(needs=("protected_place",)),
        of_first_row(needs=("torture",)),
        of_first_row(seat="stretcher"),
        of_first_bound(value=-1.0),
        of_first_bound(gap=17.0),
    ],
)
def test_an_untruth_is_found(
    planned: tuple[Site, Proposal], mutant: Callable[[Proposal], Proposal]
) -> None:
    site, plan = planned
    assert not any(c.violations for c in audit(site, plan))
    broken = {c.rule for c in audit(site, mutant(plan)) if c.violations}
    assert "R00" in broken
