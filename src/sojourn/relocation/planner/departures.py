"""A filled vehicle leaves: its bay, its hours, and whether its drivers may."""

from collections.abc import Mapping, Sequence
from datetime import date

from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.loads import Load
from sojourn.relocation.proposal.proposal import Stop, Trip
from sojourn.relocation.site.site import Escort, Operation, Rules, Vehicle


def hour_of(operation: Operation, slot: int) -> int:
    """Return the minute of the day at which the departure of a slot leaves."""
    wave = slot // max(operation.bays, 1)
    return int(operation.first_departure * 60) + wave * operation.boarding_minutes


def lawful(rules: Rules, vehicle: Vehicle, driving: int, course: int) -> bool:
    """Whether drivers may be at the wheel, and on duty, for so many minutes and the way from the depot (R17)."""
    if not rules.on("R17"):
        return True
    rule = rules["R17"]
    most = rule.number("driving_minutes_per_driver") * vehicle.drivers
    duty = rule.number(
        "duty_minutes_one_driver" if vehicle.drivers < 2 else "duty_minutes_two_drivers"
    )
    depot = vehicle.depot_minutes or 0
    on_duty = depot + rules.operation.boarding_minutes + course
    return depot + driving <= most and on_duty <= duty


def depart(
    eligible: Eligibility,
    load: Load,
    place_of: Mapping[str, str],
    escorts: Sequence[Escort],
    number: int,
    day: date,
    slot: int,
) -> Trip:
    """Return a filled load as a trip, with its bay and hours.

    Parameters
    ----------
    place_of : mapping of unit id to place
    number, slot : int
        The how-manieth trip of all, and departure of its day.
    """
    operation = eligible.rules.operation
    wait = operation.boarding_minutes
    if eligible.rules.on("R18"):
        wait = min(wait, int(eligible.rules["R18"].number("max_wait_minutes")))
    children = any(u.children for u in load.units)
    timing = eligible.roads.timing(load.stops, children=children)
    departure = hour_of(operation, slot)
    stops = tuple(
        Stop(
            place_id=p,
            arrival=departure + a,
            persons=sum(u.size for u in load.units if place_of[u.id] == p),
        )
        for p, a in zip(load.stops, timing.arrivals, strict=True)
    )
    return Trip(
        id=f"T{number:04}",
        day=day,
        vehicle_id=load.vehicle.id,
        group=load.group,
        region=eligible.places[load.stops[0]].region,
        bay=slot % max(operation.bays, 1) + 1,
        call=departure - wait,
        departure=departure,
        stops=stops,
        rests=tuple(departure + r for r in timing.rests),
        escorts=tuple(e.id for e in escorts),
        tier=load.tier,
    )
