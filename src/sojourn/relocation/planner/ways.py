"""What a vehicle may do on a day: which stops, in which order, and how late it may leave."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import permutations

from sojourn.relocation.planner.departures import lawful
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.loads import is_adapted
from sojourn.relocation.planner.units import Unit
from sojourn.relocation.planner.vehicles import group_of
from sojourn.relocation.proposal.proposal import Trip
from sojourn.relocation.site.site import Escort, Vehicle

MOST_ORDERS = 4_000  # of stops in one region; more are not written down
TIERS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Run:
    """A vehicle on a day.

    Attributes
    ----------
    first_slot : int
        Departures of the day that have left already.
    bays : int
    last_wave : int
        The latest that any departure of the day can be pushed to by the others.
    free : tuple of Escort
    room : mapping of place to persons
        Who may still arrive there on the day.
    """

    vehicle: Vehicle
    day: date
    first_slot: int
    bays: int
    last_wave: int
    free: tuple[Escort, ...]
    room: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Way:
    """What a run may do.

    Attributes
    ----------
    run : int
    stops : tuple of str
    young : bool
        Whether children may be on board: more rests.
    tier : int
        The most protected on board; 0 where the order of departures does not matter that day.
    latest : int
        Wave in which it leaves at the latest.
    near : frozenset of str
        Stops reached early enough for late pregnancy (R12).
    rigid : bool
        Leaving a stop out would not be faster, so each is kept.
    """

    run: int
    group: str
    stops: tuple[str, ...]
    young: bool
    tier: int
    latest: int
    near: frozenset[str]
    rigid: bool = False


def runs_of(
    eligible: Eligibility, gone: Mapping[Trip, tuple[Unit, ...]], planned: Collection[Trip] = ()
) -> list[Run]:
    """Return what vehicles may still do, after trips that have left and beside others that are planned."""
    operation, site = eligible.rules.operation, eligible.site
    bays, past = max(operation.bays, 1), max((t.day for t in gone), default=None)
    found = []
    for n in range(operation.days):
        day = operation.departure + timedelta(days=n)
        if past is not None and day < past:
            continue
        left = [t for t in {*gone, *planned} if t.day == day]
        busy = {t.vehicle_id for t in left} | {e for t in left for e in t.escorts}
        fleet = [
            v
            for v in sorted(site.vehicles, key=lambda v: v.id)
            if (not v.days or day in v.days) and v.id not in busy
        ]
        free = tuple(e for e in site.escorts if (not e.days or day in e.days) and e.id not in busy)
        room = {p.id: p.max_arrivals_per_day for p in site.places}
        for trip in left:
            for stop in trip.stops:
                room[stop.place_id] -= stop.persons
        wave = operation.boarding_minutes
        first = int(operation.first_departure * 60)
        slot = max(
            ((t.departure - first) // wave * bays + t.bay for t in left),
            default=0,
        )
        last = (slot + max(len(fleet), 1) - 1) // bays
        found += [Run(v, day, slot, bays, last, free, room) for v in fleet]
    return found


def ways_of(
    eligible: Eligibility, units: Sequence[Unit], runs: Sequence[Run], most: int
) -> list[Way] | None:
    """Return every way worth taking; None when there are more than ``most``."""
    found: list[Way] = []
    for r, run in enumerate(runs):
        mine: list[Way] = []
        for group in sorted({group_of(u) for u in units}):
            if not _suits(run.vehicle, group):
                continue
            for places in _targets(eligible, units, run, group):
                orders = _orders(eligible, units, run, group, places)
                if orders is None:
                    return None
                mine += orders
        found += [replace(w, run=r) for w in mine]
        if len(found) > most:
            return None
    return _by_tier(found, runs)


def _suits(vehicle: Vehicle, group: str) -> bool:
    """Whether a group may ride: others take an adapted vehicle too, never an ambulance."""
    return is_adapted(vehicle) if group.startswith("adapted") else vehicle.type != "ambulance"


def _targets(
    eligible: Eligibility, units: Sequence[Unit], run: Run, group: str
) -> Iterator[list[str]]:
    """Yield, by region, the open places to which somebody of a group may go."""
    wanted = {p.place for u in units if group_of(u) == group for p in eligible.allowed(u)}
    by_region: dict[str, list[str]] = {}
    for name in sorted(wanted):
        place = eligible.places[name]
        if run.day in eligible.open_days(place) and run.room[name] > 0:
            by_region.setdefault(place.region, []).append(name)
    yield from by_region.values()


def _orders(
    eligible: Eligibility, units: Sequence[Unit], run: Run, group: str, places: Sequence[str]
) -> list[Way] | None:
    """Return the lawful orders of stops that no other order makes needless."""
    most = min(eligible.rules.operation.max_stops or 1, len(places))
    mine = [u for u in units if group_of(u) == group]
    ages = sorted({u.children > 0 for u in mine})
    expecting = any("late_pregnancy" in u.needs for u in mine)
    found: list[Way] = []
    tried = 0
    for count in range(1, most + 1):
        for stops in permutations(places, count):
            tried += 1
            if tried > MOST_ORDERS:
                return None
            for young in ages:
                way = way_of(eligible, run, group, stops, young=young, expecting=expecting)
                if way is not None:
                    found.append(way)
    by_stops = {(w.stops, w.young): w for w in found}
    rigid = [replace(w, rigid=not _loose(w, by_stops)) for w in found]
    return _undominated(rigid)


def _loose(way: Way, known: Mapping[tuple[tuple[str, ...], bool], Way]) -> bool:
    """Whether leaving out any one stop keeps the way at least as good."""
    if len(way.stops) == 1:
        return True
    for n in range(len(way.stops)):
        shorter = known.get(((*way.stops[:n], *way.stops[n + 1 :]), way.young))
        if (
            shorter is None
            or shorter.latest < way.latest
            or not (way.near - {way.stops[n]}) <= shorter.near
            or not _loose(shorter, known)
        ):
            return False
    return True


def _undominated(ways: Sequence[Way]) -> list[Way]:
    kept: list[Way] = []
    for way in sorted(
        ways, key=lambda w: (-len(w.stops), not w.young, w.rigid, -w.latest, -len(w.near), w.stops)
    ):
        needless = any(
            set(way.stops) <= set(k.stops)
            and (k.young or not way.young)
            and k.latest >= way.latest
            and k.near >= way.near
            and (not k.rigid or way.rigid or len(k.stops) == len(way.stops))
            for k in kept
        )
        if not needless:
            kept.append(way)
    return kept


def way_of(
    eligible: Eligibility,
    run: Run,
    group: str,
    stops: tuple[str, ...],
    *,
    young: bool,
    expecting: bool,
) -> Way | None:
    """Return a way, unless rules of the road forbid it at every hour of the day."""
    rules, operation = eligible.rules, eligible.rules.operation
    timing = eligible.roads.timing(stops, children=young)
    if not lawful(rules, run.vehicle, timing.driving, timing.arrivals[-1]):
        return None
    end = operation.last_departure * 60
    if rules.on("R16"):
        doors = (eligible.places[p].latest_arrival * 60 for p in stops)
        end = min(end, *(d - a for d, a in zip(doors, timing.arrivals, strict=True)))
    first = int(operation.first_departure * 60)
    latest = int((end - first + 1e-9) // operation.boarding_minutes)
    if latest < run.first_slot // run.bays:
        return None
    near = frozenset(stops)
    if expecting and rules.on("R12"):
        most = rules["R12"].number("max_travel_minutes")
        near = frozenset(p for p, a in zip(stops, timing.arrivals, strict=True) if a <= most)
    return Way(-1, group, stops, young, 0, min(latest, run.last_wave), near)


def _by_tier(ways: Sequence[Way], runs: Sequence[Run]) -> list[Way]:
    """Tell ways of different tiers apart on days on which some have to leave early (R18)."""
    tight = {runs[w.run].day for w in ways if w.latest < runs[w.run].last_wave}
    found: list[Way] = []
    for way in ways:
        if runs[way.run].day in tight:
            found += [replace(way, tier=t) for t in TIERS]
        else:
            found.append(way)
    return found
