"""A whole proposal: who goes where, with whom and when, how good it is proven to be, who is left and why."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from sojourn.errors import PlanMismatch
from sojourn.relocation.planner.assign import counted, deal, proven, solve
from sojourn.relocation.planner.before import Before
from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.model import build_model
from sojourn.relocation.planner.regions import by_region, large, stated
from sojourn.relocation.planner.replan import after, changes, every_event
from sojourn.relocation.planner.solver import THREADS, solver_version
from sojourn.relocation.planner.units import Unit, Units, form_units
from sojourn.relocation.planner.vehicles import Schedule, schedule
from sojourn.relocation.proposal.proposal import (
    Assignment,
    Bound,
    Event,
    GroupShare,
    ManifestRow,
    Outcome,
    OutOfPlan,
    Proposal,
    Trip,
    Unplaced,
)
from sojourn.relocation.site.site import Consent, Mobility, Person, Presence, Site

#: Needs that matter on the road; the others would tell more than a driver or a desk must know.
ON_THE_ROAD = ("step_free", "nurse", "gp", "medical_escort", "late_pregnancy")
HIDDEN = "protected_place"


def make_plan(
    site: Site, previous: Proposal | None = None, events: Sequence[Event] = ()
) -> Proposal:
    """Plan a site: assignment in strict order of levels, then coaches and days.

    Parameters
    ----------
    previous, events : Proposal and sequence of Event, optional
        A proposal and what happened since: as few people as possible change their place, and
        whoever has left stays where they went.

    The same site gives the same proposal, to the byte of its written form.

    Raises
    ------
    PlanError
        The assignment has no solution, which only contradicting frozen decisions can cause.
    PlanMismatch
        An event names something that is not there.
    """
    frozen: frozenset[str] = frozenset()
    if previous is not None:
        site, frozen = after(site, previous, events)
        events = every_event(previous, events)
    eligible = Eligibility(site)
    units = form_units(site)
    if not units.units:
        return _proposal(site, (), Schedule((), {}, ()), {}, (), (), ())
    before = None if previous is None else _before(previous, units, frozen)
    placed, price, state = _assigned(units, eligible, before)
    gone = (
        ()
        if previous is None
        else tuple(
            t for t in previous.trips if t.id in {e.id for e in events if e.kind == "trip departed"}
        )
    )
    travel = schedule(eligible, units, placed, _left_already(gone, previous, units, frozen))
    seated = {u.id for group in travel.on_board.values() for u in group}
    final = {name: pool for name, pool in placed.items() if name in seated}
    bounds = state(final)
    unplaced = [*_without_place(units, eligible, placed), *_without_seat(travel)]
    plan = _proposal(site, units.units, travel, final, unplaced, bounds, _warnings(site, travel))
    plan = replace(plan, price_of_fairness=price)
    if previous is None:
        return plan
    moved = changes(previous, plan)
    return replace(plan, frozen=tuple(sorted(frozen)), events=tuple(events), changes=moved)


def _assigned(
    units: Units, eligible: Eligibility, before: Before | None
) -> tuple[dict[str, Pool], float, Callable[[dict[str, Pool]], tuple[Bound, ...]]]:
    """Return who goes where, the price of fairness, and what states the worth of a placement."""
    if before is None and large(units, eligible):
        found = by_region(units, eligible)
        return dict(found.placed), found.price_of_fairness, partial(stated, units, eligible, found)
    model = build_model(units, eligible, before)
    solved = solve(model)
    placed = deal(model, solved.x)
    return (
        placed,
        solved.price_of_fairness,
        lambda final: proven(model, solved, counted(model, final)),
    )


def _before(previous: Proposal, units: Units, frozen: frozenset[str]) -> Before:
    at = {a.case_id: (a.place_id, a.room_type, a.beds_per_room) for a in previous.assignments}
    where = {u.id: at[c] for u in units.units for c in u.cases if c in at}
    return Before(where, frozenset(u.id for u in units.units if frozen & set(u.cases)))


def _left_already(
    trips: Sequence[Trip], previous: Proposal | None, units: Units, frozen: frozenset[str]
) -> Mapping[Trip, tuple[Unit, ...]]:
    """Return the trips that have left, with the units on board; who did not come is not."""
    if previous is None:
        return {}
    found = {}
    place_of = {a.case_id: a.place_id for a in previous.assignments}
    for trip in trips:
        on = {a.case_id for a in previous.assignments if a.trip_id == trip.id} & frozen
        board = tuple(u for u in units.units if on & set(u.cases))
        for unit in board:
            if not set(unit.cases) <= on:
                raise PlanMismatch(
                    f"trip {trip.id}: of cases {', '.join(unit.cases)}, bound together, only {', '.join(sorted(on & set(unit.cases)))} left",
                    hint="record as no-show all of them or none, or remove what binds them",
                )
        there = Counter[str]()
        for unit in board:
            there[place_of[unit.cases[0]]] += unit.size
        stops = tuple(replace(s, persons=there[s.place_id]) for s in trip.stops)
        tier = min((u.tier for u in board), default=trip.tier)
        found[replace(trip, stops=stops, tier=tier)] = board
    return found


def _proposal(
    site: Site,
    units: Sequence[Unit],
    travel: Schedule,
    placed: Mapping[str, Pool],
    unplaced: Iterable[Unplaced],
    bounds: tuple[Bound, ...],
    warnings: tuple[str, ...],
) -> Proposal:
    people = {p.id: p for p in site.persons}
    day_of = {u.id: t for t in travel.trips for u in travel.on_board[t.id]}
    assignments: list[Assignment] = []
    manifest: list[ManifestRow] = []
    for unit in units:
        if unit.id not in placed:
            continue
        pool, trip = placed[unit.id], day_of[unit.id]
        members = Counter(people[p].case_id for p in unit.persons)
        assignments += [
            Assignment(
                case_id=case,
                persons=members[case],
                place_id=pool.place,
                room_type=pool.room_type.value,
                beds_per_room=pool.beds_per_room,
                rooms=pool.takes(unit.size) if pool.beds_per_room and case == unit.cases[0] else 0,
                day=trip.day,
                trip_id=trip.id,
            )
            for case in unit.cases
        ]
    for trip in travel.trips:
        on_board = [(u, people[p]) for u in travel.on_board[trip.id] for p in u.persons]
        on_board.sort(key=lambda x: (x[0].tier, x[0].id, x[1].id))
        for number, (unit, person) in enumerate(on_board, start=1):
            manifest.append(
                ManifestRow(
                    trip_id=trip.id,
                    order=number,
                    person_id=person.id,
                    case_id=person.case_id,
                    place_id=placed[unit.id].place,
                    seat=_seat(person),
                    needs=_needs(site, person),
                )
            )
    return Proposal(
        name=site.rules.operation.name,
        synthetic=site.rules.operation.synthetic,
        site_digest=site.digest,
        assignments=tuple(sorted(assignments, key=lambda a: a.case_id)),
        unplaced=tuple(sorted(unplaced, key=lambda u: u.case_id)),
        out_of_plan=_out_of_plan(site),
        trips=travel.trips,
        manifest=tuple(manifest),
        bounds=bounds,
        groups=_groups(units, placed, {p.id: p.region for p in site.places}),
        threads=THREADS,
        solver=solver_version(),
        warnings=warnings,
    )


def _seat(person: Person) -> str:
    return {
        Mobility.WHEELCHAIR: "wheelchair slot",
        Mobility.STRETCHER: "stretcher",
    }.get(person.mobility, "seat")


def _needs(site: Site, person: Person) -> tuple[str, ...]:
    """Return what matters on the road: consequences, never a flag, never that a place is protected."""
    found = {n for f in person.flags if f in site.needs for n in site.needs[f].needs}
    return tuple(n for n in ON_THE_ROAD if n in found)


def _out_of_plan(site: Site) -> tuple[OutOfPlan, ...]:
    consent = {c.id: c.consent for c in site.cases}
    outcome = {Presence.LEFT: Outcome.LEFT, Presence.DECEASED_OR_OTHER: Outcome.OTHER}
    found = []
    for person in site.persons:
        if person.presence in outcome:
            found.append(
                OutOfPlan(
                    person_id=person.id, case_id=person.case_id, outcome=outcome[person.presence]
                )
            )
        elif consent[person.case_id] is Consent.DECLINED:
            found.append(
                OutOfPlan(person_id=person.id, case_id=person.case_id, outcome=Outcome.DECLINED)
            )
    return tuple(sorted(found, key=lambda o: o.person_id))


def _groups(
    units: Sequence[Unit], placed: Mapping[str, Pool], region: Mapping[str, str]
) -> tuple[GroupShare, ...]:
    persons, seated, wished = Counter[str](), Counter[str](), Counter[str]()
    for unit in units:
        pool = placed.get(unit.id)
        hit = pool is not None and dict(unit.points).get(region[pool.place], 0) > 0
        for label, count in unit.groups:
            persons[label] += count
            seated[label] += count * (pool is not None)
            wished[label] += count * hit
    return tuple(
        GroupShare(
            dimension=label.partition("=")[0],
            group=label.partition("=")[2],
            persons=persons[label],
            placed=seated[label],
            first_or_second_wish=wished[label],
        )
        for label in sorted(persons)
    )


def _without_seat(travel: Schedule) -> list[Unplaced]:
    return [
        Unplaced(
            case_id=case,
            persons=unit.size if case == unit.cases[0] else 0,
            kind="transport",
            reason="a place is free, but no seat, escort or hour of arrival on any day",
            conflict=("R05",) if unit.alone else ("R10", "R11") if unit.adapted else ("R16", "R17"),
            minimal=False,
            fix="one more vehicle or escort of this kind, or a later hour of arrival at the place",
        )
        for unit in travel.left
        for case in unit.cases
    ]


def _without_place(
    units: Units, eligible: Eligibility, placed: Mapping[str, Pool]
) -> list[Unplaced]:
    found = []
    used = _used(units, placed)
    for unit in units.units:
        if unit.id in placed:
            continue
        why = conflict_of(unit, eligible)
        told = _static(unit, why) if why else _capacity(unit, units, eligible, placed, used)
        for case in unit.cases:
            persons = unit.size if case == unit.cases[0] else 0
            found.append(Unplaced(case_id=case, persons=persons, **told))
    return found


def conflict_of(unit: Unit, eligible: Eligibility) -> tuple[str, ...]:
    """Return the fewest rules whose relaxation gives the unit a place; empty when none forbids all.

    A pool is open once every rule that refuses it is relaxed, so the smallest set of refusals over
    all pools is a smallest conflict.
    """
    best: tuple[str, ...] | None = None
    for pool in eligible.pools:
        refused = tuple(sorted(set(eligible.refusals(unit, pool))))
        if not refused:
            return ()
        if best is None or (len(refused), refused) < (len(best), best):
            best = refused
    return best or ("R01",)


def _static(unit: Unit, why: tuple[str, ...]) -> dict[str, Any]:
    del unit
    return {
        "kind": "conflict",
        "reason": f"every place is forbidden; the fewest rules in the way are {', '.join(why)}",
        "conflict": why,
        "minimal": True,
        "fix": f"a place that meets {', '.join(why)}, or another region offered and accepted",
    }


def _used(units: Units, placed: Mapping[str, Pool]) -> Counter[Pool]:
    by_id = {u.id: u for u in units.units}
    used = Counter[Pool]()
    for name, pool in placed.items():
        used[pool] += pool.takes(by_id[name].size)
    return used


def _capacity(
    unit: Unit,
    units: Units,
    eligible: Eligibility,
    placed: Mapping[str, Pool],
    used: Counter[Pool],
) -> dict[str, Any]:
    """Walk from the full pools to the units in them and on, until closed: a Hall set."""
    at: dict[Pool, list[Unit]] = defaultdict(list)
    for other in units.units:
        if other.id in placed:
            at[placed[other.id]].append(other)
    seen, todo = set[Pool](), list(eligible.allowed(unit))
    inside = {unit.id: unit}
    while todo:
        pool = todo.pop()
        if pool in seen:
            continue
        seen.add(pool)
        for other in at[pool]:
            if other.id not in inside:
                inside[other.id] = other
                todo += [p for p in eligible.allowed(other) if p not in seen]
    for other in units.units:  # others without a place who compete for the same rooms
        if (
            other.id not in placed
            and other.id not in inside
            and seen & set(eligible.allowed(other))
        ):
            inside[other.id] = other
    free = sum(p.capacity - used[p] for p in seen)
    wanted = sum(next(iter(eligible.allowed(u))).takes(u.size) for u in inside.values())
    room = sum(p.capacity for p in seen)
    kinds = sorted({p.room_type.value for p in seen})
    short = max(wanted - room, 1 if free <= 0 else 0)
    return {
        "kind": "capacity",
        "reason": f"{wanted:,} beds or rooms wanted, {room:,} there in {len(seen):,} pools of {', '.join(kinds)}",
        "conflict": tuple(
            f"{p.place}:{p.room_type.value}"
            for p in sorted(seen, key=lambda p: (p.place, p.room_type.value))[:12]
        ),
        "minimal": False,
        "fix": f"{max(short, unit.size):,} more {' or '.join(kinds)} beds or rooms in a region this case accepts",
        "short_by": int(max(short, 0)),
    }


def _warnings(site: Site, travel: Schedule) -> tuple[str, ...]:
    said = []
    if not site.vehicles:
        said.append("no vehicle is listed: nobody can be moved")
    disputed = sum(p.age_source == "disputed" for p in site.persons)
    if disputed:
        said.append(f"{disputed} persons with a disputed age are planned as children")
    if travel.left:
        said.append(f"{sum(u.size for u in travel.left)} persons have a place and no seat")
    loads = [sum(u.size for u in group) for group in travel.on_board.values()]
    if loads and float(np.mean(loads)) < 10:
        said.append("vehicles leave with few people on average: are the days too many?")
    return tuple(said)
