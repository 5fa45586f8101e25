"""Tiny synthetic sites short of seats, escorts, stops or hours, and every way to travel in them.

Whether people can travel is worked out here by trying every seat, apart from the planner's
programme; the audit, which knows no planner, checks the best plan.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import permutations

import numpy as np
from every_assignment import Everything
from tiny_sites import tiny_site

from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.units import Unit
from sojourn.relocation.site.site import Escort, Site, Vehicle


def scarce_site(rng: np.random.Generator, base: Site) -> Site:
    """Draw a site with few small coaches; half of them also with few stops, hours and arrivals."""
    hard = bool(rng.random() < 0.5)
    site = tiny_site(rng, base, units=5, places=3, hard=hard)
    days = int(rng.integers(1, 3))
    operation = replace(
        site.rules.operation,
        days=days,
        max_stops=int(rng.integers(1, 3)),
        bays=int(rng.integers(1, 3)),
    )
    coaches = tuple(
        Vehicle(
            id=f"V{n}",
            type="coach",
            seats=int(rng.integers(2, 6)),
            drivers=int(rng.integers(1, 3)),
            days=_days(rng, operation.departure, days),
        )
        for n in range(int(rng.integers(1, 3)))
    )
    adapted = tuple(
        Vehicle(
            id="A0", type="adapted", seats=int(rng.integers(1, 4)), wheelchair_slots=1, drivers=2
        )
        for _ in range(int(rng.random() < 0.4))
    )
    escorts = tuple(
        Escort(id=f"E{n}", kind="child protection", days=_days(rng, operation.departure, days))
        for n in range(int(rng.integers(0, 3)))
    )
    places = tuple(
        replace(
            p,
            latest_arrival=float(rng.choice([11.0, 14.0, 20.0])) if hard else 22.0,
            closes=_closes(rng, operation.departure) if hard and days > 1 else None,
        )
        for p in site.places
    )
    rules = replace(site.rules, operation=operation)
    return replace(site, vehicles=(*coaches, *adapted), escorts=escorts, rules=rules, places=places)


def _days(rng: np.random.Generator, first: date, days: int) -> tuple[date, ...]:
    return (first + timedelta(days=int(rng.integers(days))),) if rng.random() < 0.5 else ()


def _closes(rng: np.random.Generator, first: date) -> date | None:
    return first + timedelta(days=1) if rng.random() < 0.3 else None


def can_travel(found: Everything) -> np.ndarray:
    """Say of each assignment whether any choice of vehicles and days carries all who have a place."""
    eligible = found.eligible
    known: dict[frozenset[tuple[int, str]], bool] = {}
    fine = np.zeros(len(found.where), dtype=bool)
    for row, where in enumerate(found.where):
        bound = frozenset(
            (u, pool.place)
            for u, choice in enumerate(where)
            if (pool := found.options[u][choice]) is not None
        )
        if bound not in known:
            known[bound] = _carried(found.units.units, sorted(bound), eligible)
        fine[row] = known[bound]
    return fine


Run = tuple[Vehicle, date]
Load = tuple[tuple[int, str], ...]


def _carried(
    units: Sequence[Unit], bound: Sequence[tuple[int, str]], eligible: Eligibility
) -> bool:
    site, operation = eligible.site, eligible.rules.operation
    days = [operation.departure + timedelta(days=n) for n in range(operation.days)]
    runs = [(v, d) for d in days for v in site.vehicles if not v.days or d in v.days]

    @cache
    def latest(run: int, load: Load) -> int:
        return _latest_wave(units, load, runs[run], eligible)

    def deal(n: int, loads: list[Load]) -> bool:
        if n == len(bound):
            return _days_hold(units, loads, runs, eligible, latest)
        for r in range(len(runs)):
            more = (*loads[r], bound[n])
            if latest(r, more) >= 0 and deal(n + 1, [*loads[:r], more, *loads[r + 1 :]]):
                return True
        return False

    return deal(0, [()] * len(runs))


def _group(unit: Unit) -> tuple[bool, bool]:
    return unit.alone, bool(unit.wheelchairs or unit.stretchers or unit.medical_escort)


def _guards(units: Sequence[Unit], load: Load) -> int:
    """Return the escorts that children alone on board need; each here minds any number of them."""
    asked = sum(units[u].alone_older / 10 + units[u].alone_young / 6 for u, _ in load)
    return int(np.ceil(asked - 1e-9))


def _latest_wave(units: Sequence[Unit], load: Load, run: Run, eligible: Eligibility) -> int:
    """Return the last wave in which a load may leave; -1 where it may not at all."""
    vehicle, day = run
    operation = eligible.rules.operation
    on = [units[u] for u, _ in load]
    places = sorted({p for _, p in load})
    if len({_group(u) for u in on}) > 1 or len({eligible.places[p].region for p in places}) > 1:
        return -1
    chairs = sum(u.wheelchairs for u in on)
    if _group(on[0])[1] and not vehicle.wheelchair_slots:
        return -1
    if chairs > vehicle.wheelchair_slots or len(places) > operation.max_stops:
        return -1
    if sum(u.size for u in on) - chairs + _guards(units, load) > vehicle.seats:
        return -1
    if any(day not in eligible.open_days(eligible.places[p]) for p in places):
        return -1
    young = any(u.children for u in on)
    return max(_last_wave(vehicle, stops, eligible, young=young) for stops in permutations(places))


def _last_wave(
    vehicle: Vehicle, stops: Sequence[str], eligible: Eligibility, *, young: bool
) -> int:
    operation, rule = eligible.rules.operation, eligible.rules["R17"]
    timing = eligible.roads.timing(stops, children=young)
    alone = vehicle.drivers < 2
    duty = rule.number("duty_minutes_one_driver" if alone else "duty_minutes_two_drivers")
    if timing.driving > rule.number("driving_minutes_per_driver") * vehicle.drivers:
        return -1
    if timing.arrivals[-1] + operation.boarding_minutes > duty:
        return -1
    end = min(
        operation.last_departure * 60,
        *(
            eligible.places[p].latest_arrival * 60 - a
            for p, a in zip(stops, timing.arrivals, strict=True)
        ),
    )
    waves = range(12)
    return max(
        (
            w
            for w in waves
            if operation.first_departure * 60 + w * operation.boarding_minutes <= end
        ),
        default=-1,
    )


def _days_hold(
    units: Sequence[Unit],
    loads: Sequence[Load],
    runs: Sequence[Run],
    eligible: Eligibility,
    latest: "object",
) -> bool:
    """Escorts and arrivals of a day suffice, and an order of departures keeps everybody's hours."""
    for day in {d for _, d in runs}:
        today = [(r, load) for r, load in enumerate(loads) if load and runs[r][1] == day]
        free = sum(not e.days or day in e.days for e in eligible.site.escorts)
        if sum(_guards(units, load) for _, load in today) > free:
            return False
        for name, place in eligible.places.items():
            arriving = sum(units[u].size for _, load in today for u, p in load if p == name)
            if arriving > place.max_arrivals_per_day:
                return False
        if today and not any(_kept(units, order, eligible, latest) for order in _orders(today)):
            return False
    return True


def _orders(today: Sequence[tuple[int, Load]]) -> Iterator[tuple[tuple[int, Load], ...]]:
    yield from permutations(today)


def _kept(
    units: Sequence[Unit],
    order: Sequence[tuple[int, Load]],
    eligible: Eligibility,
    latest: "object",
) -> bool:
    tiers = [min(units[u].tier for u, _ in load) for _, load in order]
    bays = max(eligible.rules.operation.bays, 1)
    return tiers == sorted(tiers) and all(
        n // bays <= latest(r, load)  # type: ignore[operator]
        for n, (r, load) in enumerate(order)
    )


def fewer_vehicles(site: Site, share: float) -> Site:
    """Return a site with a share of each kind of vehicle and escort."""
    vehicles, escorts = {}, {}
    for v in site.vehicles:
        vehicles.setdefault(v.type, []).append(v)
    for e in site.escorts:
        escorts.setdefault(e.kind, []).append(e)
    return replace(
        site,
        vehicles=tuple(
            v for own in vehicles.values() for v in own[: max(1, int(len(own) * share))]
        ),
        escorts=tuple(e for own in escorts.values() for e in own[: max(1, int(len(own) * share))]),
    )
