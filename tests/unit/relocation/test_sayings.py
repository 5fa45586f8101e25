"""What a plan says of itself beside who goes where: how it was proven, in what order, and what happened since."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from rich_sites import rich_site

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.proposal import methods
from sojourn.relocation.proposal.proposal import Event, Outcome, Price, Proposal
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Presence, Site

Plan = Callable[[Proposal], Proposal]
TABLES = ("assignments", "unplaced", "trips", "groups", "manifest", "changes")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("sayings") / "SYNTHETIC"
    write_example_site(folder, people=150, seed=3)
    return read_site(folder)


@pytest.fixture(scope="module")
def plan(site: Site) -> Proposal:
    return make_plan(site)


@pytest.fixture(scope="module")
def again(site: Site, plan: Proposal) -> Proposal:
    """Return a plan that was made again: a place fell out, a trip had left, somebody went away."""
    first = plan.trips[0]
    going = {s.place_id for s in first.stops}
    lost = next(a.place_id for a in plan.assignments if a.place_id not in going)
    gone = next(a.case_id for a in reversed(plan.assignments) if a.trip_id != first.id)
    happened = (("place withdrawn", lost), ("trip departed", first.id), ("case absent", gone))
    return make_plan(site, plan, [Event(kind=kind, id=name) for kind, name in happened])


def found(site: Site, plan: Proposal) -> list[str]:
    return [v.witness for check in audit(site, plan) for v in check.violations]


def every_bound(method: str) -> Plan:
    return lambda plan: replace(plan, bounds=tuple(replace(b, method=method) for b in plan.bounds))


def of(table: str, number: int, **new: object) -> Plan:
    def broken(plan: Proposal) -> Proposal:
        rows = list(getattr(plan, table))
        rows[number] = replace(rows[number], **new)
        return replace(plan, **{table: tuple(rows)})  # type: ignore[arg-type]

    return broken


def boards_after(plan: Proposal) -> Proposal:
    """Let the first of a trip board second."""
    rows = list(plan.manifest)
    n = next(n for n, r in enumerate(rows) if r.order == 2) - 1
    rows[n : n + 2] = [replace(rows[n + 1], order=1), replace(rows[n], order=2)]
    return replace(plan, manifest=tuple(rows))


SAID: dict[str, Plan] = {
    **{f"proven: {m}": every_bound(m) for m in ("by hand", "", "All columns", "all columns ")},
    "proven near the face, where all columns are few": every_bound(methods.NEAR_COLUMNS),
    "proven by regions, on a small site": every_bound(methods.REGIONS_APART),
    "proven without seats, where nobody lacks one": every_bound(
        methods.without_seats(methods.ALL_COLUMNS)
    ),
    "proven over all trips, each level": every_bound(methods.ALL_TRIPS),
    "one level proven in another way": of("bounds", 1, method=methods.WHOLE_PLAN),
    "boards before whom it should follow": boards_after,
    "called later than people board": of("trips", 0, call=420),
    "a share of another gap": of("bounds", 4, gap_share=0.25),
    "a value that is not whole": lambda plan: of("bounds", 4, value=plan.bounds[4].value + 9e-6)(
        plan
    ),
    "no version of a solver": lambda plan: replace(plan, solver="HiGHS"),
    "a solver with more to say": lambda plan: replace(plan, solver=plan.solver + "\nproven by all"),
    "a warning that nobody needs": lambda plan: replace(
        plan, warnings=("vehicles leave with few people on average: are the days too many?",)
    ),
    "a plan before the first": lambda plan: replace(plan, previous_digest="0" * 64),
    "a coach that left, of a first plan": lambda plan: replace(
        plan, events=(Event(kind="trip departed", id=plan.trips[0].id),)
    ),
    "a price on rooms of a size that is not there": lambda plan: replace(
        plan,
        prices=(
            Price(level="L1", what="rooms", at="L00001", of="single men", size=77, millionths=1),
        ),
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_a_saying_that_is_not_so_is_found(site: Site, plan: Proposal, name: str) -> None:
    broken = SAID[name](plan)
    assert broken != plan
    assert found(site, broken)


@pytest.mark.parametrize("table", TABLES)
def test_rows_in_another_order_are_found(site: Site, again: Proposal, table: str) -> None:
    rows = getattr(again, table)
    broken = replace(again, **{table: rows[::-1]})
    assert broken != again
    assert found(site, broken)


def test_the_plan_itself_is_found_sound(site: Site, plan: Proposal, again: Proposal) -> None:
    assert not found(site, plan)
    assert not found(site, again)


CHANGED: dict[str, Plan] = {
    "of nobody": of("changes", 0, case_id="ghost"),
    "from nowhere": of("changes", 0, before="ghost"),
    "to elsewhere": of("changes", 0, after="L00001"),
    "for another reason": of("changes", 0, reason="the weather"),
    "that is none": lambda plan: of("changes", 0, after=plan.changes[0].before)(plan),
    "an event twice": lambda plan: replace(plan, events=(*plan.events, plan.events[0])),
    "a vehicle that there never was": lambda plan: replace(
        plan, events=(*plan.events, Event(kind="vehicle withdrawn", id="ghost"))
    ),
    "no event": lambda plan: replace(plan, events=()),
    "frozen and not on its way": lambda plan: replace(
        plan, frozen=(*plan.frozen, plan.assignments[-1].case_id)
    ),
    "fewer change than are named": lambda plan: replace(
        plan,
        bounds=tuple(
            replace(b, value=0.0, bound=0.0, gap=0.0, gap_share=0.0) if b.level == "L9" else b
            for b in plan.bounds
        ),
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_that_is_not_so_is_found(site: Site, again: Proposal, name: str) -> None:
    broken = CHANGED[name](again)
    assert broken != again
    assert found(site, broken)


def test_somebody_who_went_away_does_not_vanish_because_the_family_has_a_place(
    site: Site, plan: Proposal
) -> None:
    together = next(a.case_id for a in plan.assignments if a.persons > 1)
    gone = next(p.id for p in site.persons if p.case_id == together)
    persons = tuple(replace(p, presence=Presence.LEFT) if p.id == gone else p for p in site.persons)
    other = replace(site, persons=persons)
    whole = make_plan(other)
    assert [o.outcome for o in whole.out_of_plan if o.person_id == gone] == [Outcome.LEFT]
    kept = tuple(o for o in whole.out_of_plan if o.person_id != gone)
    assert f"person {gone} has 0 outcomes" in found(other, replace(whole, out_of_plan=kept))


def test_a_plan_that_nobody_is_left_to_follow_says_why(site: Site, plan: Proposal) -> None:
    left = [Event(kind="trip departed", id=plan.trips[0].id)]
    declined = [Event(kind="case declined", id=c.id) for c in site.cases]
    nobody = make_plan(site, plan, left + declined)
    assert not nobody.assignments
    assert nobody.events == (*left, *declined)
    assert {c.after for c in nobody.changes} <= {"declined", "left or absent"}
    assert not found(site, nobody)


FULL = ("wanted", "there", "pools", "one room less", "another's reason")


@pytest.mark.parametrize("what", FULL)
def test_who_wants_how_many_rooms_is_counted_once_more(
    site: Site, again: Proposal, what: str
) -> None:
    full = [u for u in again.unplaced if u.kind == "capacity" and u.short_by]
    reasons = {u.reason for u in full}
    one = next(u for u in full if u.persons and len(u.conflict) > 1)
    wanted, there = (int(one.reason.split(" ")[n]) for n in (0, 5))
    pools = one.reason.split(" in ")[1].split(" ")[0]
    wrong = {
        "wanted": replace(one, reason=one.reason.replace(f"{wanted} beds", f"{wanted + 40} beds")),
        "there": replace(one, reason=one.reason.replace(f"{there} there", f"{there - 1} there")),
        "pools": replace(one, reason=one.reason.replace(f"in {pools} pools", "in 9 pools")),
        "one room less": replace(one, conflict=one.conflict[1:]),
        "another's reason": replace(one, reason=next(iter(sorted(reasons - {one.reason})))),
    }[what]
    assert wrong != one
    broken = tuple(wrong if u is one else u for u in again.unplaced)
    assert found(site, replace(again, unplaced=broken))


def test_a_party_is_in_rooms_of_one_kind(site: Site) -> None:
    """Cases that stay together take whole rooms once: no row of theirs may name others."""
    for seed in range(60):
        small = rich_site(np.random.default_rng(seed), site)
        plan = make_plan(small)
        shared = [n for n, a in enumerate(plan.assignments) if a.beds_per_room and not a.rooms]
        if shared:
            break
    assert found(small, of("assignments", shared[0], beds_per_room=64)(plan))


def test_a_plan_of_nobody_says_nothing_and_that_is_so(site: Site) -> None:
    nobody = replace(site, persons=(), cases=(), links=(), relatives=())
    assert not found(nobody, make_plan(nobody))
