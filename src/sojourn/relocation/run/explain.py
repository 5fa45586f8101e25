"""Why a case has its place, or none: the smallest conflict, and a fix tried by planning again."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sojourn.errors import NoSuchCase, PlanMismatch, counted
from sojourn.relocation.planner.alternatives import alternatives
from sojourn.relocation.planner.conflict import people_in_the_way, rules_in_the_way
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.fixes import Fix, cheapest_fix, rooms_of_plan, without_seat
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.replan import after
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.proposal.proposal import Proposal, Unplaced
from sojourn.relocation.proposal.reasons import in_words
from sojourn.relocation.run.relocate import read_plan
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site

SHOWN = 12  # elements of a conflict that are printed
SHOWN_PLACES = 5  # other places that are printed


def explain_case(site_folder: Path, plan_folder: Path, case: str) -> Iterator[str]:
    """Yield the explanation of one case, line by line.

    Raises
    ------
    PlanMismatch
        The plan is not of this site.
    NoSuchCase
        The case is not in it.
    """
    site, plan = read_site(site_folder), read_plan(plan_folder)
    if site.digest != plan.site_digest:
        raise PlanMismatch(f"{plan_folder}: made from other inputs", hint="name its own site")
    yield from explained(site, plan, case)


def explained(site: Site, plan: Proposal, case: str) -> Iterator[str]:
    """Yield the explanation of one case of a plan of this site, line by line.

    Raises
    ------
    NoSuchCase
        The case is not in the plan.
    """
    placed = next((a for a in plan.assignments if a.case_id == case), None)
    if placed is not None:
        yield from _placed(site, plan, case)
        return
    why = next((u for u in plan.unplaced if u.case_id == case), None)
    if why is None:
        out = [o for o in plan.out_of_plan if o.case_id == case]
        if not out:
            raise NoSuchCase(
                f"case {case!r} is not in the plan", hint="see assignments.csv and unplaced.csv"
            )
        yield f"{case}: {out[0].outcome.value}; it is not part of the move"
        return
    if plan.events:
        site, _ = after(site, plan, plan.events)
    yield f"{case}: {counted(why.persons, 'person')} without a place ({why.kind})"
    yield f"  {why.reason}"
    yield f"  {_in_the_way(site, plan, why)}"
    yield from _fixed(site, plan, why)


def _in_the_way(site: Site, plan: Proposal, why: Unplaced) -> str:
    """Say which rules, rooms and people leave a case without a place, and how far it is proven."""
    units, eligible = form_units(site), Eligibility(site)
    unit = next(u for u in units.units if why.case_id in u.cases)
    if why.kind == "transport":
        return f"set, small, not proven minimal, in the way: {', '.join(why.conflict)}"
    found = rules_in_the_way(unit, eligible)
    if found is None:
        placed = rooms_of_plan(plan, units, eligible)
        found = people_in_the_way(unit, units, eligible, placed, without_seat(plan, units))
    if found is None:
        return "in the way: nothing that was found; the plan is not proven best, plan again"
    proof = "minimal" if found.minimal else "small, not proven minimal"
    names = tuple(map(in_words, found.names))
    told = ", ".join(names[:SHOWN]) + (
        f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    )
    return f"set, {proof}, in the way: {told}"


def _fixed(site: Site, plan: Proposal, why: Unplaced) -> Iterator[str]:
    """Say what would give a case a place, and what planning again with it gave."""
    fix = try_fix(site, plan, why.case_id)
    if not fix.said:
        yield f"  fix: {why.fix}; not tried: nothing was found that may be changed for it"
        return
    yield f"  fix: {'; '.join(fix.said)}" + (" (fewer are proven not to do)" if fix.fewest else "")
    yield f"  tried: planned again with it, the case {'has a place and a seat' if fix.placed else 'still has none'}"
    if fix.worse:
        yield f"  but {fix.lost:,} more protected persons would lose theirs"
    elif fix.lost:
        yield f"  {fix.lost:,} more protected persons would change with others as protected as they"
    else:
        yield "  nobody more protected loses a place"


def try_fix(site: Site, plan: Proposal, case: str) -> Fix:
    """Find the cheapest fix of a case and plan again with it; what has left stays where it went."""

    def again(eased: Site) -> Proposal:
        return make_plan(eased, plan, plan.events) if plan.events else make_plan(eased)

    return cheapest_fix(site, plan, case, again)


def _placed(site: Site, plan: Proposal, case: str) -> Iterator[str]:
    """Say why this place: what the rules leave, and what the other places would have been worth."""
    a = next(a for a in plan.assignments if a.case_id == case)
    if plan.events:
        site, _ = after(site, plan, plan.events)
    units, eligible = form_units(site), Eligibility(site)
    unit = next(u for u in units.units if case in u.cases)
    place, points = eligible.places[a.place_id], dict(unit.points)
    yield f"{case}: {counted(a.persons, 'person')} to {a.place_id} ({place.region}), {a.room_type}, on {a.day}, trip {a.trip_id}"
    if case in plan.frozen:
        yield "  it has left for this place, or the decision is signed: nothing changes it any more"
    found = alternatives(unit, units, eligible, rooms_of_plan(plan, units, eligible))
    yield f"  {counted(found.allowed, 'place meets', 'places meet')} every rule for it; others are refused by {_counts(found.refused)}"
    yield f"  this region has {points.get(place.region, 0)} wish points of {max(points.values(), default=0)} possible"
    for other in found.better[:SHOWN_PLACES]:
        yield f"  instead {other.place} ({other.region}): {other.said}"
    if not found.better:
        yield "  no other place that it may have is better for it by wishes, services or travel"


def _counts(refused: Mapping[str, int]) -> str:
    return ", ".join(f"{rule} ({n})" for rule, n in refused.items()) or "no rule"
