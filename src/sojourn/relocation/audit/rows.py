"""Rows of a plan: each there once, complete, and about who and what it names."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sojourn.errors import counted
from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.proposal.proposal import NOTICE, UNPROVEN, Bound
from sojourn.relocation.site.site import Fitness, Mobility

if TYPE_CHECKING:
    from sojourn.relocation.proposal.proposal import Trip

GROUPS = ("general", "children", "disputed children")
ADAPTED = "adapted "
SOLVER = re.compile(r"[A-Za-z][\w-]{0,30} \d[\w.]{0,30}")  # name and version
DIGEST = re.compile("[0-9a-f]{64}")  # of an earlier plan
MOST_THREADS = 1024  # more than a machine has
ROUNDED = 1e-7  # of a share that is written with eight decimals
FEW_ON_BOARD = (
    10  # people on average; fewer, and a reader is asked whether so many trips have to leave
)
#: Level to name, unit and sense.
LEVELS = {
    "L1": ("unplaced, tier 1", "weighted persons", "least"),
    "L2": ("unplaced, tier 2", "weighted persons", "least"),
    "L3": ("unplaced, others", "persons", "least"),
    "L4": ("lowest group share of wishes", "share", "most"),
    "L5": ("wish points", "points", "most"),
    "L6": ("soft links kept", "links", "most"),
    "L7": ("services matched", "matches", "most"),
    "L8": ("travel", "person-minutes", "least"),
    "L9": ("people whose place changes", "persons", "least"),
}


def rows(facts: Facts) -> Iterator[str]:
    """Ask that no row is there twice, none is lacking, and the plan names its site."""
    plan, operation = facts.plan, facts.site.rules.operation
    yield from _twice("case without a place", (u.case_id for u in plan.unplaced))
    yield from _twice("person out of the plan", (o.person_id for o in plan.out_of_plan))
    yield from _twice("trip", (t.id for t in plan.trips))
    yield from _twice("group", (f"{g.dimension} {g.group}" for g in plan.groups))
    yield from _twice("level", (b.level for b in plan.bounds))
    yield from _twice("change of case", (c.case_id for c in plan.changes))
    yield from _twice("frozen case", plan.frozen)
    for out in plan.out_of_plan:
        person = facts.people.get(out.person_id)
        if person is not None and person.case_id != out.case_id:
            yield f"person {out.person_id} is said to be of case {out.case_id} and is not"
    if (plan.name, plan.synthetic) != (operation.name, operation.synthetic):
        yield "the plan bears another name than its site, or says otherwise whether its people exist"
    if plan.site_digest != facts.site.digest:
        yield "the plan was made from other inputs"
    if plan.previous_digest and not DIGEST.fullmatch(plan.previous_digest):
        yield "the plan names no plan that it could have been made again from"
    if plan.notice != NOTICE:
        yield "the plan does not say that it is a proposal which everyone may decline"
    if plan.unproven != UNPROVEN:
        yield "the plan does not say what of it is not proven by the audit"
    if (
        not 1 <= plan.threads <= MOST_THREADS
        or not math.isfinite(plan.price_of_fairness)
        or plan.price_of_fairness < 0
    ):
        yield "the plan gives a price of fairness, or a number of threads, that cannot be"
    if facts.movable and not SOLVER.fullmatch(plan.solver):
        yield "the plan does not say which solver made it, in which version"
    yield from _levels(facts)
    yield from _boarding(facts)
    yield from _warned(facts)


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{what} {name} is there {times} times"


def _levels(facts: Facts) -> Iterator[str]:
    """Ask that every level is stated, under its own name, and is proven as far as it says."""
    there = [b.level for b in facts.plan.bounds]
    wanted = [*facts.site.rules.level_order] if facts.movable else []
    if "L9" in there:
        wanted.insert(3, "L9")
    if sorted(there) != sorted(wanted):
        yield f"the plan states the levels {', '.join(there) or 'none'}, not {', '.join(wanted)}"
    elif there != wanted:
        yield "the plan states its levels in another order than the site's rules"
    for b in facts.plan.bounds:
        if b.level in LEVELS and (b.name, b.unit, b.sense) != LEVELS[b.level]:
            yield f"level {b.level} bears another name, unit or sense than its own"
        if not _share_fits(b, facts):
            yield f"level {b.level} does not say how far it is proven, or not in whole numbers"


def _share_fits(b: Bound, facts: Facts) -> bool:
    """Whether value, bound, gap and its share are of one level, whole where it counts somebody or something."""
    numbers = (b.value, b.bound, b.gap, b.gap_share)
    if not all(math.isfinite(x) for x in numbers):
        return False
    whole = b.level == "L4" or all(x == round(x) for x in numbers[:3])
    persons = sum(len(facts.present[c]) for c in facts.movable)
    scale = {"L4": 1, "L5": 2 * persons, **dict.fromkeys(("L1", "L2", "L3", "L7"), persons)}
    share = b.gap / scale.get(b.level, max(1.0, b.value))
    return whole and abs(b.gap_share - share) <= ROUNDED and 0 <= b.gap_share <= b.gap + ROUNDED


def _boarding(facts: Facts) -> Iterator[str]:
    vehicles = {v.id: v for v in facts.site.vehicles}
    for trip in facts.plan.trips:
        board = sorted(r.order for r in facts.on_trip.get(trip.id, ()))
        if board != list(range(1, len(board) + 1)):
            yield f"trip {trip.id}: people board in an order with gaps, or two at once"
        whom = trip.group.removeprefix(ADAPTED)
        if whom not in GROUPS:
            yield f"trip {trip.id} is of no kind that there is: {trip.group}"
        elif trip.group.startswith(ADAPTED) and not _adapted(vehicles, trip):
            yield f"trip {trip.id} is said to be {trip.group} and its vehicle is not adapted"
        cared = any(_care(facts, r.person_id) for r in facts.on_trip.get(trip.id, ()))
        if cared and not trip.group.startswith(ADAPTED):
            yield f"trip {trip.id} is said to be {trip.group} and carries people who need an adapted vehicle"


def _care(facts: Facts, person: str) -> bool:
    known = facts.people[person]
    escort = facts.site.rules.on("R10") and known.fit_to_travel is Fitness.WITH_ESCORT
    return escort or known.mobility in (Mobility.WHEELCHAIR, Mobility.STRETCHER)


def _adapted(vehicles: dict, trip: "Trip") -> bool:  # type: ignore[type-arg] # id to Vehicle
    vehicle = vehicles.get(trip.vehicle_id)
    return vehicle is None or bool(
        vehicle.wheelchair_slots or vehicle.type in ("adapted", "ambulance")
    )


def warnings_of(facts: Facts) -> tuple[str, ...]:
    """Return what a reader has to know before signing, in the order in which it is said."""
    return tuple(_warnings(facts)) if facts.movable else ()


def _warnings(facts: Facts) -> Iterator[str]:
    site, plan = facts.site, facts.plan
    if not site.vehicles:
        yield "no vehicle is listed: nobody can be moved"
    disputed = sum(p.age_source == "disputed" for p in site.persons)
    if disputed:
        yield f"{disputed} persons with a disputed age are planned as children"
    yield from _not_told(facts)
    seatless = sum(u.persons for u in plan.unplaced if u.kind == "transport")
    if seatless:
        yield f"{seatless} persons have a place and no seat"
    if plan.trips and len(plan.manifest) < FEW_ON_BOARD * len(plan.trips):
        yield "vehicles leave with few people on average: are the days too many?"


def _not_told(facts: Facts) -> Iterator[str]:
    """Yield what of needs, staff and depots the tables leave open, and so no rule holds."""
    unasked = sum("NOT_ASKED" in p.flags for p in facts.site.persons)
    if unasked:
        who = counted(unasked, "person", "people")
        yield f"of {who} nobody was asked about needs: they are planned as without any"
    staff = [p for p in facts.site.places if [p.children_per_staff, p.child_staff].count(None) == 1]
    if staff:
        here = counted(len(staff), "place")
        said = f"children per member of staff, or the staff itself, is not told at {here}"
        yield f"{said}: there the licence alone limits children alone"
    away = [v for v in facts.site.vehicles if v.depot and v.depot_minutes is None]
    if away:
        said = f"the minutes from the depot are not told for {counted(len(away), 'vehicle')}"
        yield f"{said}: drivers' hours begin at the site for them"


def _warned(facts: Facts) -> Iterator[str]:
    """Ask that what a reader has to know before signing is said, with the right numbers, and nothing else."""
    asked, said = warnings_of(facts), facts.plan.warnings
    yield from (f"the plan does not warn: {w}" for w in asked if w not in said)
    yield from (f"the plan warns of what is not so: {w}" for w in said if w not in asked)
    if said != asked and {*said} == {*asked}:
        yield "the plan warns of one thing twice, or in another order"
