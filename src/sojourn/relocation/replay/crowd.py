"""People of a replay as arrays: who waits together, which beds suit them, what the plan proposes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.units import Kind, Unit, form_units
from sojourn.relocation.proposal.proposal import Proposal, Trip
from sojourn.relocation.replay.day import Bools, Floats, Ints
from sojourn.relocation.replay.facts import Facts
from sojourn.relocation.replay.people import days_of
from sojourn.relocation.site.site import Site

LANES = ("men", "children", "families", "women")
_LANE = {Kind.MEN: 0, Kind.CHILDREN: 1, Kind.FAMILY: 2, Kind.WOMEN: 3, Kind.OTHER: 3}
NEVER = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Groups that are never split, and the beds they may have.

    Attributes
    ----------
    size, minors, tier, weight, lane : ndarray, shape (n,)
        Persons; persons below 18; tier 1 to 3; weight in L1 and L2; index into ``LANES``.
    options : tuple of tuples of (pool, takes)
        Beds the hard rules allow each group, best first; for children alone in every region, since
        minors chose with whom to travel and not where (published).
    capacity, place, region, latest : ndarray, shape (m,)
        Of each pool of beds: beds or rooms, index of its place, of its region, and the hour after
        which nobody is received, minutes after midnight.
    minutes : ndarray, shape (m, 2)
        From departure to arrival on a direct trip; second column with children on board.
    planned, plan_day, plan_leaves, plan_takes : ndarray, shape (n,)
        The proposal: pool, day, departure [minutes after midnight] and minutes on the road;
        ``NEVER`` where it has no place.
    plan_trip : ndarray, shape (n,)
        Which coach of the proposal; ``NEVER`` where there is none.
    days : int
        Days of departure: three, a reserve, the day of the minors.
    """

    size: Ints
    minors: Ints
    tier: Ints
    weight: Ints
    lane: Ints
    options: tuple[tuple[tuple[int, int], ...], ...]
    capacity: Ints
    place: Ints
    region: Ints
    latest: Floats
    minutes: Floats
    planned: Ints
    plan_day: Ints
    plan_leaves: Floats
    plan_takes: Floats
    plan_trip: Ints
    days: int

    @property
    def alone(self) -> Bools:
        """Groups of children alone."""
        found: Bools = self.lane == LANES.index("children")
        return found


def crowd_of(site: Site, plan: Proposal, facts: Facts) -> Crowd:
    """Return the arrays of a site and its proposal."""
    eligible = Eligibility(site)
    units = form_units(site).units
    index = {pool: i for i, pool in enumerate(eligible.pools)}
    places = sorted(eligible.places)
    regions = sorted({p.region for p in site.places})
    of_pool = [eligible.places[p.place] for p in eligible.pools]
    seats = _proposed(units, plan, index, facts)
    ages = {p.id: p.counts_as_child(site.rules.operation.departure) for p in site.persons}
    return Crowd(
        size=_ints(u.size for u in units),
        minors=_ints(sum(ages[p] for p in u.persons) for u in units),
        tier=_ints(u.tier for u in units),
        weight=_ints(u.weight for u in units),
        lane=_ints(_LANE[u.kind] for u in units),
        options=tuple(_options(u, eligible, index) for u in units),
        capacity=_ints(p.capacity for p in eligible.pools),
        place=_ints(places.index(p.place) for p in eligible.pools),
        region=_ints(regions.index(p.region) for p in of_pool),
        latest=np.array([p.latest_arrival * 60 for p in of_pool]),
        minutes=np.array(
            [[float(eligible.minutes_to(p.id, children=c)) for c in (False, True)] for p in of_pool]
        ),
        days=len(days_of(facts)),
        planned=_ints(s[0] for s in seats),
        plan_day=_ints(s[1] for s in seats),
        plan_trip=_ints(s[2] for s in seats),
        plan_leaves=np.array([s[3] for s in seats]),
        plan_takes=np.array([s[4] for s in seats]),
    )


def _ints(values: object) -> Ints:
    return np.array(list(values), dtype=np.int64)  # type: ignore[call-overload]  # any iterable of whole numbers


def _options(
    unit: Unit, eligible: Eligibility, index: dict[Pool, int]
) -> tuple[tuple[int, int], ...]:
    if unit.kind is Kind.CHILDREN:
        wished = dict(unit.points)
        everywhere = sorted({p.region for p in eligible.places.values()} - set(wished))
        unit = replace(unit, points=(*unit.points, *((r, 0) for r in everywhere)))
    points = dict(unit.points)
    fits = sorted(
        eligible.allowed(unit),
        key=lambda p: (-points.get(eligible.places[p.place].region, 0), index[p]),
    )
    return tuple((index[p], p.takes(unit.size)) for p in fits)


def _proposed(
    units: Sequence[Unit], plan: Proposal, index: dict[Pool, int], facts: Facts
) -> list[tuple[int, int, int, float, float]]:
    """Return the proposal's pool, day, coach, departure and time on the road of each group."""
    at = {a.case_id: a for a in plan.assignments}
    trips = {t.id: t for t in plan.trips}
    number = {t.id: i for i, t in enumerate(plan.trips)}
    pools = {(p.place, p.room_type.value, p.beds_per_room): i for p, i in index.items()}
    days = days_of(facts)
    found = []
    for unit in units:
        a = at.get(unit.cases[0])
        if a is None:
            found.append((NEVER, NEVER, NEVER, math.nan, math.nan))
            continue
        pool, trip = pools[a.place_id, a.room_type, a.beds_per_room], trips[a.trip_id]
        road = _on_the_road(trip, a.place_id)
        found.append((pool, days.index(a.day), number[trip.id], float(trip.departure), road))
    return found


def _on_the_road(trip: Trip, place: str) -> float:
    return float(next(s.arrival for s in trip.stops if s.place_id == place) - trip.departure)
