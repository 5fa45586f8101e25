"""The cheapest fix of a unit without a place, found and then proven by planning the site again.

A fix holds only if the plan made with it gives the case a place and a seat. It is also said whether
anyone more protected would then be without one.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sojourn.relocation.planner.assign import solve
from sojourn.relocation.planner.conflict import around
from sojourn.relocation.planner.contest import Contest
from sojourn.relocation.planner.dealing import deal
from sojourn.relocation.planner.eligibility import WHOLE_ROOMS, Eligibility, Pool
from sojourn.relocation.planner.model import build_model
from sojourn.relocation.planner.relax import (
    Eased,
    kinds_for,
    new_place,
    opened,
    unbound,
    with_more,
    with_transport,
)
from sojourn.relocation.planner.units import Unit, Units, form_units
from sojourn.relocation.proposal.proposal import Proposal, Unplaced
from sojourn.relocation.site.site import LinkStrength, Site

STEPS = 4  # things to change, at most
ROOMS_TRIED = 3  # ways of opening rooms that rules close

Planner = Callable[[Site], Proposal]


@dataclass(frozen=True)
class Fix:
    """What was changed, and what planning again gave.

    Attributes
    ----------
    said : tuple of str
        Everything that was changed.
    placed : bool
        Whether the case has a place and a seat in the plan made with it.
    lost : int
        Persons more protected than the case who had a place and would have none.
    worse : bool
        Whether more weighted persons of a more protected tier would be without a place.
    fewest : bool
        Whether fewer beds, rooms or licences are proven not to do.
    """

    said: tuple[str, ...]
    placed: bool
    lost: int = 0
    worse: bool = False
    fewest: bool = False


def rooms_of_plan(plan: Proposal, units: Units, eligible: Eligibility) -> dict[str, Pool]:
    """Return where each unit of a plan lives."""
    pools = {(p.place, p.room_type.value, p.beds_per_room): p for p in eligible.pools}
    at = {a.case_id: (a.place_id, a.room_type, a.beds_per_room) for a in plan.assignments}
    return {u.id: pools[at[u.cases[0]]] for u in units.units if u.cases[0] in at}


def without_seat(plan: Proposal, units: Units) -> frozenset[str]:
    """Return the units that have a place and no seat."""
    cases = {u.case_id for u in plan.unplaced if u.kind == "transport"}
    return frozenset(u.id for u in units.units if cases & {*u.cases})


def cheapest_fix(site: Site, plan: Proposal, case: str, again: Planner) -> Fix:
    """Find what would give a case a place, one change after another, and plan again with each.

    Parameters
    ----------
    again : callable
        Plans a site.
    """
    said: tuple[str, ...] = ()
    now, at = plan, site
    fewest = False
    for step in range(STEPS):
        why = _why(now, case)
        if why is None:
            break
        tried = list[_Tried]()
        for eased, sure in _next(at, now, why):
            tried.append(_Tried(eased, again(eased.site)))
            if _why(tried[-1].plan, case) is None:
                fewest = sure and step == 0
                break
        if not tried:
            break
        ended = why.kind != "conflict" or _why(tried[-1].plan, case) is None
        best = tried[-1 if ended else 0]  # the last has the most; of rooms, the first is best
        said, at, now = (*said, *best.eased.said), best.eased.site, best.plan
    return _judged(site, plan, now, case, said, fewest=fewest)


@dataclass(frozen=True)
class _Tried:
    eased: Eased
    plan: Proposal


def _why(plan: Proposal, case: str) -> Unplaced | None:
    return next((u for u in plan.unplaced if u.case_id == case), None)


def _next(site: Site, plan: Proposal, why: Unplaced) -> list[tuple[Eased, bool]]:
    """Return what may be changed next, the cheapest first, and whether less is proven not to do."""
    units, eligible = form_units(site), Eligibility(site)
    unit = next(u for u in units.units if why.case_id in u.cases)
    placed = rooms_of_plan(plan, units, eligible)
    if why.kind == "transport":
        model = build_model(units, eligible)
        goal = deal(model, solve(model).x).get(unit.id) or eligible.allowed(unit)[0]
        return [(eased, False) for eased in with_transport(site, unit, goal.place)]
    if why.kind == "conflict":
        return [(eased, False) for eased in _rooms_opened(site, unit, units, eligible, placed)]
    held = without_seat(plan, units)
    more = _more_of(site, unit, units, eligible, placed, held)
    if more:
        return more
    rooms = _rooms_opened(site, unit, units, eligible, placed)
    return [(eased, False) for eased in (*unbound(site, unit), *rooms)]


def _rooms_opened(
    site: Site, unit: Unit, units: Units, eligible: Eligibility, placed: Mapping[str, Pool]
) -> list[Eased]:
    """Open rooms that rules close, those with the fewest changes and a free bed first."""
    size = {u.id: u.size for u in units.units}
    used: dict[Pool, int] = {}
    for name, pool in placed.items():
        used[pool] = used.get(pool, 0) + pool.takes(size[name])
    barred = _barred(unit, units, eligible, placed)
    found = []
    for pool in (*eligible.pools, *_rooms_to_make(unit, eligible)):
        if pool.place in barred or next(eligible.refusals(unit, pool), None) is None:
            continue
        eased = opened(site, eligible, unit, pool)
        if eased is not None:
            full = used.get(pool, 0) + pool.takes(unit.size) > pool.capacity
            found.append((len(eased.said), full, pool.place, pool.room_type.value, eased))
    found.sort(key=lambda x: x[:-1])
    return [*(x[-1] for x in found[:ROOMS_TRIED]), *new_place(site, unit)]


def _barred(
    unit: Unit, units: Units, eligible: Eligibility, placed: Mapping[str, Pool]
) -> set[str]:
    """Return places that a link to somebody placed forbids."""
    found: set[str] = set()
    for link in units.links:
        other = placed.get(link.b if link.a == unit.id else link.a)
        if unit.id not in (link.a, link.b) or other is None:
            continue
        if link.strength is LinkStrength.SAME_REGION and eligible.rules.on("R03"):
            region = eligible.places[other.place].region
            found |= {p.id for p in eligible.places.values() if p.region != region}
        elif link.strength is not LinkStrength.PREFER and eligible.rules.on("R08"):
            found.add(other.place)
    return found


def _rooms_to_make(unit: Unit, eligible: Eligibility) -> list[Pool]:
    """Return rooms of the unit's kind where a place has none, as rooms of which there are 0."""
    kind = sorted(kinds_for(unit))[0]
    there = {p.place for p in eligible.pools if p.room_type is kind}
    beds = unit.size if kind in WHOLE_ROOMS else 0
    return [Pool(name, kind, beds, 0) for name in sorted(eligible.places) if name not in there]


def _more_of(
    site: Site,
    unit: Unit,
    units: Units,
    eligible: Eligibility,
    placed: Mapping[str, Pool],
    held: Collection[str],
) -> list[tuple[Eased, bool]]:
    """Ask for the fewest beds for the unit alone, then for all who compete for them with it."""
    rivals = [u for u in units.units if u.id != unit.id and u.tier <= unit.tier]
    near = [u for u in rivals if eligible.allowed(u)]
    kept = [u for u in near if u.id in placed or u.id in held]
    keep = {u.id for u in kept}
    found = list[tuple[Eased, bool]]()
    for others in [around(unit, u, units, eligible, placed) for u in (kept, near)]:
        inside = {u.id for u in others}
        contest = Contest(unit, others, units, eligible)
        more = contest.fewest(sorted(inside & keep), sorted(inside - keep))
        if more:
            persons = unit.size + sum(u.size for u in others if u.id not in placed)
            found.append((with_more(site, eligible, more, persons), not found))
    return found


def _judged(
    site: Site, before: Proposal, after: Proposal, case: str, said: tuple[str, ...], *, fewest: bool
) -> Fix:
    """Compare who is without a place before and after."""
    units = form_units(site).units
    tier = next(u.tier for u in units if case in u.cases)
    had, has = ({a.case_id for a in p.assignments} for p in (before, after))
    above = [u for u in units if u.tier < tier]
    lost = sum(u.size for u in above if u.cases[0] in had and u.cases[0] not in has)

    def without(there: set[str]) -> list[int]:
        return [
            sum(u.size * u.weight for u in above if u.tier == t and u.cases[0] not in there)
            for t in (1, 2)
        ]

    worse = without(has) > without(had)
    return Fix(said, _why(after, case) is None and case in has, lost, worse, fewest)
