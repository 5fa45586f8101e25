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
from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.since import since
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.proposal.proposal import Event, Proposal
from sojourn.relocation.run.relocate import read_plan
from sojourn.relocation.run.written import differing
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site


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


def replanned(room: Path, *happened: Event) -> tuple[Site, Proposal, Proposal]:
    site, before = read_site(room / "S"), read_plan(room / "P1")
    return site, before, make_plan(site, before, happened)


@pytest.fixture(scope="module")
def left(room: Path) -> tuple[Site, Proposal, Proposal, str]:
    """Return a plan that was made again after a trip had left without one of its cases, and that case."""
    before = read_plan(room / "P1")
    bound = {c for p in (read_site(room / "S").cases) for c in [p.id] if p.travel_party_id}
    trip = before.trips[0].id
    on = [a.case_id for a in before.assignments if a.trip_id == trip]
    for case in (c for c in on if c not in bound):
        told = [Event(kind="trip departed", id=trip), Event(kind="case no-show", id=case)]
        try:
            return (*replanned(room, *told), case)
        except PlanMismatch:  # it stays with others
            continue
    raise AssertionError


def said(site: Site, before: Proposal, plan: Proposal) -> list[str]:
    return [v.witness for c in audit(site, plan, before) for v in c.violations]


def test_whoever_was_on_a_trip_that_left_came_or_is_said_not_to_have(
    left: tuple[Site, Proposal, Proposal, str],
) -> None:
    site, before, plan, case = left
    assert said(site, before, plan) == []
    departed, missed = plan.events
    others = [a.case_id for a in before.assignments if a.trip_id != departed.id]
    stranger = replace(plan, events=(departed, missed, replace(missed, id=others[0])))
    assert said(site, before, stranger) == [
        f"case {others[0]} is said not to have come, and was on no trip that has left"
    ]
    on_board = replace(plan, events=(*plan.events, replace(missed, id=plan.frozen[0])))
    assert said(site, before, on_board) == [
        f"case {plan.frozen[0]} is said not to have come, and is frozen"
    ]
    assert said(site, before, replace(plan, events=(departed,))) == [
        f"case {case} was on a trip that has left, and nothing says that it was not on board"
    ]


@pytest.mark.parametrize("what", ["arrival", "rest", "bay", "vehicle_id"])
def test_a_trip_that_has_left_is_the_one_that_left(
    left: tuple[Site, Proposal, Proposal, str], what: str
) -> None:
    site, before, plan, _ = left
    one = next(t for t in plan.trips if t.id == plan.events[0].id)
    stops = tuple(replace(s, arrival=s.arrival + 1) for s in one.stops)
    free = next(
        v for v in reversed(site.vehicles) if v.id not in {t.vehicle_id for t in plan.trips}
    )
    new = {
        "arrival": {"stops": stops},
        "rest": {"rests": tuple(r - 1 for r in one.rests)},
        "bay": {"bay": one.bay % site.rules.operation.bays + 1},
        "vehicle_id": {"vehicle_id": free.id},
    }[what]
    other = replace(one, **new)  # type: ignore[arg-type]
    assert other != one
    forged = replace(plan, trips=tuple(other if t.id == one.id else t for t in plan.trips))
    assert said(site, before, forged)
    assert list(since(Facts(site, forged, before))) == [
        f"trip {one.id} has left, and the earlier plan has it otherwise"
    ]


@pytest.mark.parametrize("more", [-1, 1])
def test_as_many_are_said_to_change_as_do(room: Path, more: int) -> None:
    plan = read_plan(room / "P2")
    bounds = tuple(
        replace(b, value=b.value + more, bound=b.value + more, gap=0.0) if b.level == "L9" else b
        for b in plan.bounds
    )
    forged = replace(plan, bounds=bounds)
    assert any(w.startswith("level L9 is said to be") for w in told(room, forged, "P1"))


def test_a_plan_made_again_names_the_one_before(room: Path) -> None:
    site, plan = read_site(room / "S"), read_plan(room / "P2")
    nameless = replace(plan, previous_digest="")
    assert "the plan does not name the one that it was made again from" in list(
        differing(site, nameless, audit(site, nameless), room / "P2")
    )
