"""A whole proposal: who goes where, with whom and when, how good it is proven to be, who is left and why."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sojourn.errors import PlanMismatch
from sojourn.errors import counted as counted_of
from sojourn.relocation.planner.assign import proven, solve
from sojourn.relocation.planner.before import Before
from sojourn.relocation.planner.dealing import counted, deal
from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.model import build_model
from sojourn.relocation.planner.prices import prices_of
from sojourn.relocation.planner.reasons import free_for, without_place, without_seat
from sojourn.relocation.planner.regions import by_region, large, stated
from sojourn.relocation.planner.replan import after, changes, every_event
from sojourn.relocation.planner.short import Short, ShortOfSeats, can_count_seats
from sojourn.relocation.planner.solver import THREADS, solver_version
from sojourn.relocation.planner.units import Unit, Units, form_units
from sojourn.relocation.planner.vehicles import Schedule, out_of_turn, schedule
from sojourn.relocation.planner.ways import Run, runs_of
from sojourn.relocation.planner.whole import plan_whole
from sojourn.relocation.proposal.methods import without_seats
from sojourn.relocation.proposal.proposal import (
    Assignment,
    Bound,
    Event,
    GroupShare,
    ManifestRow,
    Outcome,
    OutOfPlan,
    Price,
    Proposal,
    Trip,
    Unplaced,
)
from sojourn.relocation.site.needs import not_asked
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
    departed = {e.id for e in events if e.kind == "trip departed"}
    gone = tuple(t for t in previous.trips if t.id in departed) if previous else ()
    away = _left_already(gone, previous, units, frozen)
    if not units.units:
        empty = Schedule(tuple(away), {t.id: () for t in away}, ())
        nobody = _proposal(site, (), empty, {}, (), (), ())
        return nobody if previous is None else _again(nobody, previous, frozen, events)
    before = None if previous is None else _before(previous, units, frozen)
    found = _seated(units, eligible, before, away)
    travel, final = found.travel, found.final
    seatless = {u.id for u in travel.left}
    unplaced = [
        *without_place(units, eligible, found.placed, seatless),
        *without_seat(travel.left),
    ]
    plan = _proposal(
        site, units.units, travel, final, unplaced, found.bounds, _warnings(site, travel)
    )
    if found.prices is None:
        fixed = {u.id for u in units.units if frozen & set(u.cases) and u.id in final}
        given = (runs_of(eligible, away), fixed, {u.id for group in away.values() for u in group})
        found = replace(found, prices=_priced(units, eligible, final, *given, travel))
    plan = replace(plan, price_of_fairness=found.price, prices=found.prices or ())
    return plan if previous is None else _again(plan, previous, frozen, events)


def _again(
    plan: Proposal, previous: Proposal, frozen: frozenset[str], events: Sequence[Event]
) -> Proposal:
    """Return a plan with what happened since the one before it, and what changed."""
    moved = changes(previous, plan)
    return replace(plan, frozen=tuple(sorted(frozen)), events=tuple(events), changes=moved)


@dataclass(frozen=True)
class _Seated:
    """Who has a place, who of them has a seat, and what that is worth."""

    placed: Mapping[str, Pool]
    final: Mapping[str, Pool]
    travel: Schedule
    bounds: tuple[Bound, ...]
    price: float
    prices: tuple[Price, ...] | None = None


def _seated(
    units: Units,
    eligible: Eligibility,
    before: Before | None,
    away: Mapping[Trip, tuple[Unit, ...]],
) -> _Seated:
    """Give places, then seats; where seats are short, both at once."""
    counting = can_count_seats(units, eligible)
    seats = ShortOfSeats(units, eligible, before, away) if counting else None
    if seats is not None and seats.expected():
        found = seats.plan()
        if found is not None:
            return _with_seats(units, eligible, found)
    placed, price, state = _assigned(units, eligible, before)
    travel = schedule(eligible, units, placed, away)
    short = travel.left or out_of_turn(travel)
    whole = plan_whole(units, eligible, before, away) if short else None
    if whole is not None:
        model = build_model(units, eligible, before)
        bounds = proven(model, whole.solved, counted(model, dict(whole.placed)))
        travel = replace(whole.travel, left=tuple(free_for(units, eligible, whole.placed)))
        return _Seated(whole.placed, whole.placed, travel, bounds, price)
    found = seats.plan([travel]) if short and seats is not None else None
    if found is not None:
        return _with_seats(units, eligible, found)
    seated = {u.id for group in travel.on_board.values() for u in group}
    final = {name: pool for name, pool in placed.items() if name in seated}
    bounds = state(final)
    if travel.left:
        bounds = tuple(replace(b, method=without_seats(b.method)) for b in bounds)
    return _Seated(placed, final, travel, bounds, price)


def _with_seats(units: Units, eligible: Eligibility, found: Short) -> _Seated:
    """Return a plan made with seats; whoever is left although rooms are free lacks a seat."""
    travel = replace(found.travel, left=tuple(free_for(units, eligible, found.placed)))
    return _Seated(found.placed, found.placed, travel, found.bounds, found.price, found.prices)


def _priced(
    units: Units,
    eligible: Eligibility,
    final: Mapping[str, Pool],
    runs: Sequence[Run],
    fixed: set[str],
    departed: set[str],
    travel: Schedule,
) -> tuple[Price, ...]:
    """Return the prices by which the auditor proves who cannot but be left without a place."""
    short = bool(travel.left)
    return prices_of(
        units.units, eligible, final, runs, fixed=fixed, departed=departed, short=short
    ).prices


def _assigned(
    units: Units, eligible: Eligibility, before: Before | None
) -> tuple[dict[str, Pool], float, Callable[[dict[str, Pool]], tuple[Bound, ...]]]:
    """Return who goes where, the price of fairness, and what states the worth of a placement."""
    if large(units, eligible):
        found = by_region(units, eligible, before)
        state = partial(stated, units, eligible, found, before)
        return dict(found.placed), found.price_of_fairness, state
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
    return Proposal(
        name=site.rules.operation.name,
        synthetic=site.rules.operation.synthetic,
        site_digest=site.digest,
        assignments=_assignments(site, units, travel, placed),
        unplaced=tuple(sorted(unplaced, key=lambda u: u.case_id)),
        out_of_plan=_out_of_plan(site),
        trips=travel.trips,
        manifest=_manifest(site, travel, placed),
        bounds=bounds,
        groups=_groups(units, placed, {p.id: p.region for p in site.places}),
        threads=THREADS,
        solver=solver_version(),
        warnings=warnings,
    )


def _assignments(
    site: Site, units: Sequence[Unit], travel: Schedule, placed: Mapping[str, Pool]
) -> tuple[Assignment, ...]:
    people = {p.id: p for p in site.persons}
    day_of = {u.id: t for t in travel.trips for u in travel.on_board[t.id]}
    assignments: list[Assignment] = []
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
    return tuple(sorted(assignments, key=lambda a: a.case_id))


def _manifest(site: Site, travel: Schedule, placed: Mapping[str, Pool]) -> tuple[ManifestRow, ...]:
    people = {p.id: p for p in site.persons}
    manifest: list[ManifestRow] = []
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
    return tuple(manifest)


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


def _warnings(site: Site, travel: Schedule) -> tuple[str, ...]:
    said = []
    if not site.vehicles:
        said.append("no vehicle is listed: nobody can be moved")
    disputed = sum(p.age_source == "disputed" for p in site.persons)
    if disputed:
        said.append(f"{disputed} persons with a disputed age are planned as children")
    if asked := not_asked(site):
        said.append(
            f"of {counted_of(asked, 'person', 'people')} nobody was asked about needs: they are planned as without any"
        )
    said += _not_told(site)
    if travel.left:
        said.append(f"{sum(u.size for u in travel.left)} persons have a place and no seat")
    loads = [sum(u.size for u in group) for group in travel.on_board.values()]
    if loads and float(np.mean(loads)) < 10:
        said.append("vehicles leave with few people on average: are the days too many?")
    return tuple(said)


def _not_told(site: Site) -> Iterator[str]:
    """Say what of staff and depots the tables leave open: nothing is put in its place."""
    half = sum((p.children_per_staff is None) != (p.child_staff is None) for p in site.places)
    if half:
        here = counted_of(half, "place")
        told = f"children per member of staff, or the staff itself, is not told at {here}"
        yield f"{told}: there the licence alone limits children alone"
    unknown = sum(bool(v.depot) and v.depot_minutes is None for v in site.vehicles)
    if unknown:
        told = f"the minutes from the depot are not told for {counted_of(unknown, 'vehicle')}"
        yield f"{told}: drivers' hours begin at the site for them"
