"""What vehicles that stand idle beside planned trips can still carry of those who would be left behind."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from scipy import sparse

from sojourn.relocation.planner.carriage import Carriage
from sojourn.relocation.planner.dive import Style, dive
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.model import Model
from sojourn.relocation.planner.rides import Ride
from sojourn.relocation.planner.solver import Vector
from sojourn.relocation.planner.units import Unit
from sojourn.relocation.planner.vehicles import Schedule
from sojourn.relocation.planner.ways import Run, runs_of, way_of


def left_over(model: Model, x: Vector) -> Model:
    """Return the model of what may be added to a solution: nobody who has a place moves.

    Parameters
    ----------
    x : ndarray, shape (n,)
        A solution of the model. Columns of the model that is returned count from it, so that those of
        who has no place fall below 0; costs are what the addition costs.
    """
    p = model.programme
    there = sparse.csr_matrix(p.matrix) @ x
    lower, upper = p.lower - x, p.upper - x
    lower[: model.slack.start] = 0.0
    upper[: model.slack.start] = np.maximum(upper[: model.slack.start], 0.0)
    rows = p.row_lower - there, p.row_upper - there
    programme = replace(p, row_lower=rows[0], row_upper=rows[1], lower=lower, upper=upper)
    return replace(model, programme=programme)


def with_idle(
    model: Model,
    x: Vector,
    rides: Sequence[Ride],
    travel: Schedule,
    runs: Sequence[Run],
    eligible: Eligibility,
    units: Sequence[Unit],
    departed: set[str],
) -> tuple[Ride, ...]:
    """Return the trips that are driven, and those of idle vehicles to whoever could still go.

    Parameters
    ----------
    model, x : Model, ndarray of shape (n,)
        Places alone, and who goes where on the rides.
    travel : Schedule
        The rides as they leave; those with nobody on board are idle.
    runs : sequence of Run
        Vehicles on days, before any of the rides.
    departed : set of unit id
        Who is on their way already.
    """
    driven = {(t.vehicle_id, t.day) for t in travel.trips}
    kept = [ride for ride in rides if (ride.run.vehicle.id, ride.run.day) in driven]
    known = {(run.vehicle.id, run.day): run for run in runs}
    idle = [
        run for run in runs_of(eligible, {}, travel.trips) if (run.vehicle.id, run.day) in known
    ]
    if not idle:
        return tuple(kept)
    carriage = Carriage(left_over(model, x), eligible, idle, departed)
    new = dive(carriage.model(), carriage, eligible, idle, units, Style())
    found = [*kept, *(replace(r, run=known[r.run.vehicle.id, r.run.day]) for r in new)]
    found.sort(key=lambda r: (r.run.day, "children" not in r.group))
    return tuple(in_time(found, travel, eligible))


def in_time(rides: Sequence[Ride], travel: Schedule, eligible: Eligibility) -> Iterator[Ride]:
    """Let trips that cannot wait for the last departure of their day leave out the stop of fewest people.

    Those of children alone leave first, and wait for one another only.
    """
    on = {
        (t.vehicle_id, t.day, stop.place_id): stop.persons for t in travel.trips for stop in t.stops
    }
    count = Counter((r.run.day, alone) for r in rides for alone in {"children" in r.group, False})
    for ride in rides:
        run, alone = ride.run, "children" in ride.group
        last = (run.first_slot + count[run.day, alone] - 1) // run.bays
        ways = [
            way_of(eligible, run, ride.group, stops, young=ride.young, expecting=bool(ride.near))
            for stops in combinations(ride.stops, len(ride.stops) - 1)
            if stops and ride.latest < last
        ]
        fit = [way for way in ways if way is not None and way.latest >= min(last, run.last_wave)]
        carried = {w: sum(on.get((run.vehicle.id, run.day, s), 0) for s in w.stops) for w in fit}
        best = max(fit, key=lambda w: carried[w], default=None)
        if best is None:
            yield ride
        else:
            yield replace(ride, stops=best.stops, near=best.near, latest=best.latest)
