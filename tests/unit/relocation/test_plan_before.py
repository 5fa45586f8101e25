"""A plan that was made again is held against the one before: who moved, what had happened, which plan it was."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import sojourn
from sojourn.cli import cli
from sojourn.errors import PlanMismatch
from sojourn.relocation.audit.audit import audit
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.run.relocate import read_plan
from sojourn.relocation.site.read import read_site


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SYNTHETIC site with a plan, one made again from it, and a third made again from that."""
    folder = tmp_path_factory.mktemp("before")
    first = sojourn.site_example(folder / "S", people=60, seed=4).plan(folder / "P1")
    place = first.assignments[0].place_id
    second = first.replan(f"place withdrawn:{place}", folder / "P2")
    stays = next(a.case_id for a in second.assignments if a.case_id not in moved(second.proposal))
    second.replan(f"case declined:{stays}", folder / "P3")
    return folder


def moved(plan: Proposal) -> set[str]:
    return {c.case_id for c in plan.changes}


def told(room: Path, plan: Proposal, before: str) -> list[str]:
    checks = audit(read_site(room / "S"), plan, read_plan(room / before))
    return [v.witness for c in checks for v in c.violations]


@pytest.mark.parametrize(("plan", "before"), [("P2", "P1"), ("P3", "P2")])
def test_a_plan_made_again_is_sound_beside_the_one_before(
    room: Path, plan: str, before: str
) -> None:
    args = ["relocate", "audit", str(room / "S"), str(room / plan)]
    done = CliRunner().invoke(cli, [*args, "--before", str(room / before)])
    assert done.exit_code == 0, done.output
    assert moved(read_plan(room / plan))
    checks = sojourn.site(room / "S").read_plan(room / plan).audit(before=room / before)
    assert not [v for c in checks for v in c.violations]


@pytest.mark.parametrize(("plan", "before"), [("P3", "P1"), ("P2", "P3"), ("P1", "P2")])
def test_another_plan_than_the_one_before_is_refused(room: Path, plan: str, before: str) -> None:
    with pytest.raises(PlanMismatch, match="made again from plan"):
        sojourn.site(room / "S").read_plan(room / plan).audit(before=room / before)


def without_a_change(plan: Proposal) -> Proposal:
    return replace(plan, changes=plan.changes[1:])


def from_elsewhere(plan: Proposal) -> Proposal:
    one = plan.changes[0]
    places = {a.place_id for a in plan.assignments} - {one.before, one.after}
    return replace(plan, changes=(replace(one, before=min(places)), *plan.changes[1:]))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (without_a_change, "the changes say nothing"),
        (from_elsewhere, "in the earlier plan, and the changes say"),
    ],
)
def test_a_change_that_is_left_out_or_begins_elsewhere_is_told(
    room: Path, broken: Callable[[Proposal], Proposal], said: str
) -> None:
    plan = broken(read_plan(room / "P2"))
    assert any(said in w for w in told(room, plan, "P1"))


def test_what_had_happened_before_the_plan_before_is_not_left_out(room: Path) -> None:
    plan = read_plan(room / "P3")
    assert [e.kind for e in plan.events] == ["place withdrawn", "case declined"]
    later = replace(plan, events=plan.events[1:])
    assert any("had happened before the earlier plan" in w for w in told(room, later, "P2"))
