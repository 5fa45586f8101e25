"""Planning a third time: what happened before the second plan is not forgotten, who left stays."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import PlanMismatch
from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.replan import after
from sojourn.relocation.proposal.proposal import Event, Outcome, Proposal
from sojourn.relocation.run.relocate import plan_site, read_plan, write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("again") / "SYNTHETIC"
    write_example_site(folder, people=160, seed=11)
    return folder


@pytest.fixture(scope="module")
def before(example: Path) -> tuple[Site, Proposal]:
    site = read_site(example)
    rules = replace(site.rules, operation=replace(site.rules.operation, days=4))
    site = replace(
        site,
        rules=rules,
        vehicles=tuple(replace(v, days=()) for v in site.vehicles),
        escorts=tuple(replace(e, days=()) for e in site.escorts),
    )
    return site, make_plan(site)


def again(site: Site, plan: Proposal, *events: Event) -> Proposal:
    found = make_plan(site, plan, events)
    assert [v for c in audit(site, found, plan) for v in c.violations] == []
    return found


def test_what_happened_before_is_not_forgotten(before: tuple[Site, Proposal]) -> None:
    site, plan = before
    trip, last = plan.trips[0], plan.assignments[-1]
    elsewhere = next(
        p.id
        for p in site.places
        if p.id not in {s.place_id for s in trip.stops}
        and any(a.place_id == p.id for a in plan.assignments)
    )
    first = again(
        site,
        plan,
        Event(kind="place withdrawn", id=elsewhere),
        Event(kind="trip departed", id=trip.id),
    )
    second = again(site, first, Event(kind="case declined", id=last.case_id))
    gone = {a.case_id: a for a in plan.assignments if a.trip_id == trip.id}
    now = {a.case_id: a for a in second.assignments}
    assert {c: now[c] for c in gone} == gone
    assert trip in second.trips
    assert not any(a.place_id == elsewhere for a in second.assignments)
    assert {o.outcome for o in second.out_of_plan if o.case_id == last.case_id} == {
        Outcome.DECLINED
    }
    third = again(site, second)
    assert third.changes == ()
    assert third.events == second.events


def test_who_did_not_come_is_planned_again_and_who_came_stays(
    before: tuple[Site, Proposal],
) -> None:
    site, plan = before
    trip = plan.trips[0]
    cases = [a.case_id for a in plan.assignments if a.trip_id == trip.id]
    missed = next(c.id for c in site.cases if c.id in cases and not c.travel_party_id)
    found = again(
        site, plan, Event(kind="trip departed", id=trip.id), Event(kind="case no-show", id=missed)
    )
    assert set(found.frozen) == {*cases} - {missed}
    there = [r for r in found.manifest if r.trip_id == trip.id]
    assert missed not in {r.case_id for r in there}
    assert sum(s.persons for s in found.trips[0].stops) == len(there)
    now = {a.case_id: a for a in found.assignments}
    assert missed not in now or now[missed].trip_id != trip.id
    absent = again(
        site, plan, Event(kind="trip departed", id=trip.id), Event(kind="case absent", id=missed)
    )
    assert missed not in {a.case_id for a in absent.assignments}
    if missed in now:  # a second trip that leaves with it takes it along for good
        final = again(site, found, Event(kind="trip departed", id=now[missed].trip_id))
        assert missed in final.frozen


def test_events_that_contradict_are_refused(before: tuple[Site, Proposal]) -> None:
    site, plan = before
    trip, place = plan.trips[0], plan.trips[0].stops[0].place_id
    case = plan.assignments[0].case_id
    with pytest.raises(PlanMismatch, match="no trip that left"):
        make_plan(site, plan, [Event(kind="case no-show", id=case)])
    with pytest.raises(PlanMismatch, match="have left for it"):
        make_plan(
            site,
            plan,
            [Event(kind="trip departed", id=trip.id), Event(kind="place withdrawn", id=place)],
        )


def test_the_auditor_compares_frozen_decisions_with_the_plan_before(
    before: tuple[Site, Proposal],
) -> None:
    site, plan = before
    trip = plan.trips[0]
    event = Event(kind="trip departed", id=trip.id)
    found = again(site, plan, event)
    changed, _ = after(site, plan, [event])
    moved = replace(plan.assignments[0], place_id="elsewhere")
    case = next(a for a in plan.assignments if a.trip_id == trip.id).case_id
    told = replace(
        plan,
        assignments=tuple(
            replace(moved, case_id=case) if a.case_id == case else a for a in plan.assignments
        ),
    )
    assert [c.rule for c in audit(changed, found, told) if c.violations] == ["R21"]
    assert [c.rule for c in audit(changed, replace(found, frozen=()), plan) if c.violations] == [
        "R21"
    ]


@pytest.mark.parametrize(
    "kind",
    [
        "place withdrawn",
        "vehicle withdrawn",
        "case declined",
        "case absent",
        "case no-show",
        "trip departed",
        "flood",
        "",
    ],
)
def test_each_kind_of_event_about_nothing_is_refused_with_what_there_is(
    example: Path, tmp_path: Path, kind: str
) -> None:
    plan_site(example, tmp_path / "plan")
    asked = [
        "relocate",
        "replan",
        str(example),
        str(tmp_path / "plan"),
        "--out",
        str(tmp_path / "new"),
    ]
    ran = CliRunner().invoke(cli, [*asked, "--event", f"{kind}:nothing" if kind else "nonsense"])
    assert isinstance(ran.exception, PlanMismatch)
    assert not (tmp_path / "new").exists()


def test_each_kind_of_event_gives_an_audited_plan(example: Path, tmp_path: Path) -> None:
    plan = plan_site(example, tmp_path / "plan")
    a = plan.assignments[0]
    last = max(plan.trips, key=lambda t: (t.day, t.departure))
    for n, event in enumerate(
        (
            f"place withdrawn:{a.place_id}",
            f"vehicle withdrawn:{last.vehicle_id}",
            f"case declined:{a.case_id}",
            f"case absent:{a.case_id}",
            f"trip departed:{last.id}",
        )
    ):
        out = tmp_path / f"new{n}"
        ran = CliRunner().invoke(
            cli,
            [
                "relocate",
                "replan",
                str(example),
                str(tmp_path / "plan"),
                "--out",
                str(out),
                "--event",
                event,
            ],
        )
        assert ran.exit_code == 0, (event, ran.exception)
        kind, _, name = event.partition(":")
        assert read_plan(out).events == (Event(kind=kind, id=name),)


def test_the_day_goes_on_after_its_first_coach_has_left(before: tuple[Site, Proposal]) -> None:
    """A move of one day: who has not left yet leaves later the same day, in other vehicles."""
    site, _ = before
    rules = replace(site.rules, operation=replace(site.rules.operation, days=1))
    site = replace(site, rules=rules)
    plan = make_plan(site)
    gone, later = plan.trips[0], plan.trips[-1]
    assert later.departure > gone.departure
    found = again(
        site,
        plan,
        Event(kind="trip departed", id=gone.id),
        Event(kind="vehicle withdrawn", id=later.vehicle_id),
    )
    assert gone in found.trips
    others = [t for t in found.trips if t.id != gone.id]
    assert len(others) >= len(plan.trips) - 2
    assert not {t.vehicle_id for t in others} & {gone.vehicle_id, later.vehicle_id}
    assert not {e for t in others for e in t.escorts} & set(gone.escorts)
    assert all((t.departure, t.bay) > (gone.departure, gone.bay) for t in others)
    lost = sum(a.persons for a in plan.assignments) - sum(a.persons for a in found.assignments)
    assert lost <= later.stops[0].persons + sum(s.persons for s in later.stops[1:])


@pytest.mark.parametrize(
    "kind", ["place withdrawn", "vehicle withdrawn", "case declined", "case absent"]
)
def test_a_planner_that_forgets_what_happened_is_found_out_on_the_raw_tables(
    before: tuple[Site, Proposal], kind: str
) -> None:
    site, plan = before
    named = {
        "place withdrawn": plan.assignments[0].place_id,
        "vehicle withdrawn": plan.trips[0].vehicle_id,
        "case declined": plan.assignments[0].case_id,
        "case absent": plan.assignments[0].case_id,
    }[kind]
    event = Event(kind=kind, id=named)
    forgetful = replace(plan, events=(event,))
    assert [v for c in audit(site, forgetful) for v in c.violations]
    honest = make_plan(site, plan, (event,))
    assert not [v for c in audit(site, honest, plan) for v in c.violations]
