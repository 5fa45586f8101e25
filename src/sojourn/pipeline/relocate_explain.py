"""Why a case has its place, or none; the fix is tried by solving again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sojourn.errors import PlanMismatch
from sojourn.pipeline.relocate import read_plan
from sojourn.plan.proposal import Proposal, Unplaced
from sojourn.plan.relocate.eligibility import ROOMS_OF, WHOLE_ROOMS, Eligibility
from sojourn.plan.relocate.planner import make_plan
from sojourn.plan.relocate.units import Unit, form_units
from sojourn.plan.site import Room, Site
from sojourn.plan.site_read import read_site


def explain_case(site_folder: Path, plan_folder: Path, case: str) -> Iterator[str]:
    """Yield the explanation of one case, line by line.

    Raises
    ------
    PlanMismatch
        The plan is not of this site, or the case is not in it.
    """
    site, plan = read_site(site_folder), read_plan(plan_folder)
    if site.digest != plan.site_digest:
        raise PlanMismatch(f"{plan_folder}: made from other inputs", hint="name its own site")
    placed = next((a for a in plan.assignments if a.case_id == case), None)
    if placed is not None:
        yield from _placed(site, plan, case)
        return
    why = next((u for u in plan.unplaced if u.case_id == case), None)
    if why is None:
        out = [o for o in plan.out_of_plan if o.case_id == case]
        if not out:
            raise PlanMismatch(f"case {case!r} is not in the plan", hint="see assignments.csv and unplaced.csv")  # fmt: skip
        yield f"{case}: {out[0].outcome.value}; it is not part of the move"
        return
    yield f"{case}: {why.persons} persons without a place ({why.kind})"
    yield f"  {why.reason}"
    marked = "smallest set" if why.minimal else "set, not proven smallest"
    yield f"  {marked} in the way: {', '.join(why.conflict)}"
    yield f"  fix: {why.fix}"
    if why.kind == "capacity":
        found = try_fix(site, why)
        yield f"  tried: with these beds, solved again, the case {'has a place' if found else 'still has none'}"  # fmt: skip


def _placed(site: Site, plan: Proposal, case: str) -> Iterator[str]:
    a = next(a for a in plan.assignments if a.case_id == case)
    eligible = Eligibility(site)
    unit = _unit(site, case)
    open_pools = eligible.allowed(unit)
    place = eligible.places[a.place_id]
    points = dict(unit.points)
    yield f"{case}: {a.persons} persons to {a.place_id} ({place.region}), {a.room_type}, on {a.day}, trip {a.trip_id}"  # fmt: skip
    yield f"  {len({p.place for p in open_pools})} places meet every rule for it; this region has {points.get(place.region, 0)} wish points of {max(points.values(), default=0)} possible"  # fmt: skip
    better = [r for r, v in points.items() if v > points.get(place.region, 0)]
    if better:
        yield f"  regions it wished for more ({', '.join(better)}) went to others: a higher level of the strict order, or beds"  # fmt: skip


def _unit(site: Site, case: str) -> Unit:
    return next(u for u in form_units(site).units if case in u.cases)


def try_fix(site: Site, why: Unplaced) -> bool:
    """Add the beds that the fix names and solve again; return whether the case has a place."""
    unit = _unit(site, why.case_id)
    eligible = Eligibility(site)
    pool = next(iter(eligible.allowed(unit)), None)
    if pool is None:
        return False
    kind = pool.room_type if pool.room_type in ROOMS_OF[unit.kind] else sorted(ROOMS_OF[unit.kind])[0]  # fmt: skip
    beds = pool.beds_per_room if kind in WHOLE_ROOMS else 1
    need = max(pool.takes(unit.size), why.short_by, 1)
    more = Room(place_id=pool.place, room_type=kind, rooms=need, beds_per_room=beds)
    places = tuple(
        replace(p, max_children=p.max_children + need, max_arrivals_per_day=p.max_arrivals_per_day + need * max(beds, 1))
        if p.id == pool.place
        else p
        for p in site.places
    )  # fmt: skip
    again = make_plan(replace(site, rooms=(*site.rooms, more), places=places))
    return any(a.case_id == why.case_id for a in again.assignments) or any(
        u.kind == "transport" for u in again.unplaced if u.case_id == why.case_id
    )
