"""Planning again: frozen decisions stay, the fewest people change, everybody is told."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import PlanMismatch
from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.proposal.proposal import Event, Outcome, Proposal
from sojourn.relocation.run.relocate import plan_site, read_plan, write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replan") / "SYNTHETIC"
    write_example_site(folder, people=240, seed=11)
    return folder


@pytest.fixture(scope="module")
def before(example: Path) -> tuple[Site, Proposal]:
    site = read_site(example)
    return site, make_plan(site)


def again(before: tuple[Site, Proposal], *events: Event) -> Proposal:
    site, plan = before
    found = make_plan(site, plan, events)
    assert [v for c in audit(site, found) for v in c.violations] == []
    return found


def test_when_nothing_happens_nobody_moves(before: tuple[Site, Proposal]) -> None:
    found = again(before)
    assert found.changes == ()
    moved = next(b for b in found.bounds if b.level == "L9")
    assert (moved.value, moved.bound) == (0.0, 0.0)


def test_a_lost_place_moves_its_people_and_as_few_others_as_can_be(
    before: tuple[Site, Proposal],
) -> None:
    _site, plan = before
    lost = plan.assignments[0].place_id
    found = again(before, Event(kind="place withdrawn", id=lost))
    assert not any(a.place_id == lost for a in found.assignments)
    there = {a.case_id for a in plan.assignments if a.place_id == lost}
    assert there <= {c.case_id for c in found.changes}
    moved = next(b for b in found.bounds if b.level == "L9")
    others = sum(
        a.persons
        for a in plan.assignments
        if a.case_id in {c.case_id for c in found.changes} - there
    )
    assert moved.gap == 0
    assert others <= moved.value


def test_who_has_left_stays_where_they_went(before: tuple[Site, Proposal]) -> None:
    _site, plan = before
    trip = plan.trips[0]
    gone = {a.case_id: a for a in plan.assignments if a.trip_id == trip.id}
    found = again(
        before,
        Event(kind="trip departed", id=trip.id),
        Event(kind="vehicle withdrawn", id=trip.vehicle_id),
    )
    now = {a.case_id: a for a in found.assignments}
    assert all(now[c].place_id == a.place_id and now[c].trip_id == trip.id for c, a in gone.items())
    assert set(gone) <= set(found.frozen)
    assert found.trips[0] == trip
    assert all(t.vehicle_id != trip.vehicle_id for t in found.trips[1:])


def test_who_declines_is_out_and_is_not_lost(before: tuple[Site, Proposal]) -> None:
    _site, plan = before
    case = plan.assignments[3].case_id
    found = again(before, Event(kind="case declined", id=case))
    assert {o.outcome for o in found.out_of_plan if o.case_id == case} == {Outcome.DECLINED}
    assert next(c for c in found.changes if c.case_id == case).after == "declined"


def test_an_event_about_nothing_is_refused(before: tuple[Site, Proposal]) -> None:
    for kind, name, said in (("place withdrawn", "nowhere", "nowhere"), ("flood", "L1", "flood")):
        with pytest.raises(PlanMismatch, match=said):
            again(before, Event(kind=kind, id=name))


def test_the_command_writes_an_audited_plan(example: Path, tmp_path: Path) -> None:
    plan = plan_site(example, tmp_path / "plan")
    lost = plan.assignments[0].place_id
    asked = [
        "relocate",
        "replan",
        str(example),
        str(tmp_path / "plan"),
        "--out",
        str(tmp_path / "new"),
    ]
    ran = CliRunner().invoke(cli, [*asked, "--event", f"place withdrawn:{lost}"])
    assert ran.exit_code == 0, ran.exception
    assert "the audit found nothing" in ran.stdout
    assert read_plan(tmp_path / "new").events == (Event(kind="place withdrawn", id=lost),)
    assert (tmp_path / "new" / "changes.csv").read_text("utf-8").startswith("case_id,before,after")
    assert (
        CliRunner()
        .invoke(cli, ["relocate", "audit", str(example), str(tmp_path / "new")])
        .exit_code
        == 0
    )
