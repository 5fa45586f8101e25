"""Whole trips and their stops from shares: fixed a few at a time, the rest solved again.

The relaxation says how many trips each group has to each region, and which places they visit, in
shares. Trips are made whole first, then visits, the most useful of each region first: useful is whoever
would be left without it, the more protected weighing more. No claim of an optimum is made.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sojourn.relocation.planner.carriage import Carriage
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.loads import likeness
from sojourn.relocation.planner.model import Model
from sojourn.relocation.planner.rides import Ride
from sojourn.relocation.planner.solver import FaceSolver, LpResult, Vector, solve_mip
from sojourn.relocation.planner.stops import Planned, Stops
from sojourn.relocation.planner.units import Unit
from sojourn.relocation.planner.ways import Run, way_of

WEIGHTS = (1e6, 1e3, 1.0)  # of levels L1, L2, L3: only to choose trips by
WHOLE = 1e-6
NODES, SEARCHED = 60, 1e-5  # of the search for the first trips; its gap
TRIP, VISIT = 1.0, 0.1  # what they cost: next to nothing

Cell = tuple[str, str]  # group, region


@dataclass(frozen=True, slots=True)
class Style:
    """How a dive goes.

    Attributes
    ----------
    alone_first : bool
        Trips of children alone are made whole first.
    search : str
        ``tiers``: first trips and visits are searched for, so that the fewest of tier 1, then 2, are
        left behind; ``alone``: trips of children alone are; nothing by default.
    part : int
        One in so many of what is open is fixed in a round.
    """

    alone_first: bool = True
    search: str = ""
    part: int = 3


class Dive:
    """Fixes trips, then visits, of a model with carriage."""

    def __init__(self, model: Model, carriage: Carriage, style: Style) -> None:
        self.model, self.carriage, self.style = model, carriage, style
        self.solver = FaceSolver(model.programme)
        first = [level for level in model.levels if level.id in ("L1", "L2", "L3")]
        self.cost = sum(
            (w * level.cost for w, level in zip(WEIGHTS, first, strict=True)),
            np.zeros(len(model.programme.lower)),
        )
        types = np.zeros(len(model.types))
        types[:] = self.cost[model.slack]
        self.worth = types  # of a unit that has a place, by type

    def hold(self, rides: Sequence[Ride], groups: Collection[str]) -> None:
        """Fix the trips of some groups, and where they stop, as those that stand have them."""
        carriage, counts = self.carriage, Counter[int]()
        places = carriage.eligible.places
        day = {date: d for d, days in enumerate(carriage.days) for date in days.dates}
        for ride in rides:
            cell = ride.group, places[ride.stops[0]].region
            counts[carriage.trips[*cell, likeness(ride.run.vehicle), day[ride.run.day]]] += 1
            counts.update(carriage.visits[*cell, place] for place in ride.stops)
        held = [c for key, c in carriage.trips.items() if key[0] in groups]
        held += [c for key, c in carriage.visits.items() if key[0] in groups]
        fixed = [float(counts[c]) for c in held]
        self._fix(held, fixed, fixed)

    def run(self) -> Vector:
        """Return the solution with whole trips and visits."""
        if self.style.search == "alone":
            self._alone()
        for tier in (1, 2) if self.style.search == "tiers" else ():
            self._search(tier)
        result = self._trips(self._solve())
        return self._visits(result).x

    def _solve(self) -> LpResult:
        return self.solver.minimize(self.cost)

    def _fix(self, columns: Sequence[int], lower: Sequence[float], upper: Sequence[float]) -> None:
        if columns:
            self.solver.bound(
                np.array(columns), np.array(lower, dtype=float), np.array(upper, dtype=float)
            )

    def _search(self, tier: int) -> None:
        """Keep the fewest trips and visits that leave the fewest of the first tiers behind."""
        carriage, programme = self.carriage, self.model.programme
        trips, visits = sorted(carriage.trips.values()), sorted(carriage.visits.values())
        later = np.array([types[0].tier > tier for types in self.model.types])
        cost, upper = self.cost.copy(), self.solver.bounds[1]
        upper[: len(self.model.column_type)][later[self.model.column_type]] = 0.0
        cost[self.model.slack] *= ~later
        cost[trips], cost[visits] = TRIP, VISIT
        whole = np.zeros(len(cost), dtype=bool)
        whole[trips] = whole[visits] = True
        narrow = replace(programme, lower=self.solver.bounds[0], upper=upper)
        found = solve_mip(narrow, cost, whole, relative_gap=SEARCHED, max_nodes=NODES)
        if found is not None:
            kept = [*trips, *visits]
            least = [float(round(found.x[c])) for c in kept]
            self._fix(kept, least, [np.inf] * len(kept))

    def _alone(self) -> None:
        """Fix trips of children alone as the best search finds them, all other trips in shares."""
        alone = [c for key, c in self.carriage.trips.items() if "children" in key[0]]
        whole = np.zeros(len(self.cost), dtype=bool)
        whole[alone] = True
        programme = self.model.programme
        found = solve_mip(programme, self.cost, whole, relative_gap=SEARCHED, max_nodes=NODES)
        if found is not None:
            counts = [float(found.x[c]) for c in alone]
            self._fix(alone, counts, counts)

    def _trips(self, result: LpResult) -> LpResult:
        """Make trips whole: floors at once, then the largest shares, as long as vehicles are left."""
        columns = sorted(self.carriage.trips.values())
        kind_of = {c: (key[2], key[3]) for key, c in self.carriage.trips.items()}
        alone = {
            c: self.style.alone_first and "children" in key[0]
            for key, c in self.carriage.trips.items()
        }
        least = {c: float(self.solver.bounds[0][c]) for c in columns}
        while True:
            share = {c: float(result.x[c]) for c in columns}
            least = {c: max(least[c], np.floor(share[c] + WHOLE)) for c in columns}
            left = self._left(least, kind_of)
            open_here = [c for c in columns if share[c] > least[c] + WHOLE]
            open_here = [c for c in open_here if left[kind_of[c]] >= 1]
            if not open_here:
                break
            open_here.sort(key=lambda c: (not alone[c], least[c] - share[c], c))
            first = [c for c in open_here if alone[c]] or open_here
            for c in first[: -(-len(first) // self.style.part)]:
                if left[kind_of[c]] >= 1:
                    least[c] += 1
                    left[kind_of[c]] -= 1
            self._fix(columns, [least[c] for c in columns], [np.inf] * len(columns))
            result = self._solve()
        self._fix(columns, [least[c] for c in columns], [least[c] for c in columns])
        return self._solve()

    def _left(
        self,
        least: Mapping[int, float],
        kind_of: Mapping[int, tuple[tuple[object, ...], int]],
    ) -> dict[tuple[tuple[object, ...], int], float]:
        left = {
            (kind, d): float(n)
            for d, days in enumerate(self.carriage.days)
            for kind, n in days.fleet.items()
        }
        for c, n in least.items():
            left[kind_of[c]] -= n
        return left

    def _visits(self, result: LpResult) -> LpResult:
        """Make visits whole, region by region: the most useful first."""
        cells: dict[Cell, list[int]] = defaultdict(list)
        for (group, region, _), c in self.carriage.visits.items():
            cells[group, region].append(c)
        budget = {cell: self._budget(cell, result.x) for cell in cells}
        lowest = self.solver.bounds[0]
        least = {c: float(lowest[c]) for own in cells.values() for c in own}
        while True:
            gain = self._gains(result.x)
            more: list[int] = []
            for cell, own in cells.items():
                spare = budget[cell] - sum(least[c] for c in own)
                wanted = [c for c in own if result.x[c] > least[c] + WHOLE]
                wanted.sort(key=lambda c: (-gain.get(c, 0.0) / (1 + least[c]), c))
                more += wanted[: int(min(spare, max(1, -(-spare // self.style.part))))]
            if not more:
                break
            for c in more:
                least[c] += 1
            self._fix(list(least), list(least.values()), [np.inf] * len(least))
            result = self._solve()
        self._fix(list(least), list(least.values()), list(least.values()))
        return self._solve()

    def _budget(self, cell: Cell, x: Vector) -> int:
        trips = sum(round(float(x[c])) for key, c in self.carriage.trips.items() if key[:2] == cell)
        return int(trips * (self.carriage.rules.operation.max_stops or 1))

    def _gains(self, x: Vector) -> dict[int, float]:
        """Return what each visit is worth: who goes to the place, by level."""
        model = self.model
        place = [p.place for p in model.pools]
        found: dict[int, float] = defaultdict(float)
        for (group, region), columns in self.carriage.riding.items():
            for c in columns[x[columns] > WHOLE].tolist():
                name = place[model.column_pool[c]]
                worth = self.worth[model.column_type[c]] * float(x[c])
                found[self.carriage.visits[group, region, name]] += worth
        return found


def dive(
    model: Model,
    carriage: Carriage,
    eligible: Eligibility,
    runs: Sequence[Run],
    units: Sequence[Unit],
    style: Style,
    standing: Sequence[Ride] = (),
    held: Collection[str] = (),
) -> tuple[Ride, ...]:
    """Return whole trips with their stops, day by day; those that hours forbid are left out.

    Parameters
    ----------
    standing : sequence of Ride
        Trips that are made already.
    held : collection of str
        Groups of which they are all that are driven.
    """
    search = Dive(model, carriage, style)
    search.hold(standing, held)
    x = search.run()
    loads = _loads(model, carriage, x)
    taken = {(ride.run.vehicle.id, ride.run.day) for ride in standing}
    cells = sorted(
        {key[:2] for key in carriage.trips if key[0] not in held},
        key=lambda c: ("children" not in c[0], c),
    )
    runs_for = {
        cell: [
            run
            for (group, region, kind, d), c in sorted(carriage.trips.items(), key=repr)
            if (group, region) == cell
            for run in _free(runs, carriage.days[d].dates, kind, taken, round(float(x[c])))
        ]
        for cell in cells
    }
    stand = {(group, ""): [r.run for r in standing if r.group == group] for group in held}
    waves = _waves({**stand, **runs_for})
    found = [Planned(r.run, r.group, 0, 0.0, r.stops) for r in standing]
    found += [
        trip
        for cell, mine in runs_for.items()
        for trip in Stops(cell[0], mine, loads.get(cell, {}), eligible, waves).run()
    ]
    return _as_rides(found, eligible, units)


def _waves(runs_for: Mapping[Cell, Sequence[Run]]) -> dict[tuple[bool, date], int]:
    """Return the wave in which the last trip of a day leaves, of children alone and of all."""
    found: dict[tuple[bool, date], int] = {}
    everything = [(("children" in cell[0]), r) for cell, own in runs_for.items() for r in own]
    for day in {r.day for _, r in everything}:
        today = [(alone, r) for alone, r in everything if r.day == day]
        for children in (True, False):
            count = sum(alone or not children for alone, _ in today)
            run = today[0][1]
            found[children, day] = (run.first_slot + max(count, 1) - 1) // run.bays
    return found


def _free(
    runs: Sequence[Run],
    dates: Sequence[date],
    kind: tuple[object, ...],
    taken: set[tuple[str, date]],
    count: int,
) -> Iterator[Run]:
    """Yield vehicles of a kind for a number of trips, the days that have most left first."""
    for _ in range(count):
        left = [
            r
            for r in runs
            if r.day in dates and likeness(r.vehicle) == kind and (r.vehicle.id, r.day) not in taken
        ]
        if not left:
            return
        on_day = {d: sum(r.day == d for r in left) for d in dates}
        best = max(left, key=lambda r: (on_day[r.day], -r.day.toordinal()))
        taken.add((best.vehicle.id, best.day))
        yield best


def _loads(model: Model, carriage: Carriage, x: Vector) -> dict[Cell, dict[str, float]]:
    """Return persons by cell and place."""
    found: dict[Cell, dict[str, float]] = {}
    for cell, columns in carriage.riding.items():
        here: dict[str, float] = defaultdict(float)
        for c in columns[x[columns] > WHOLE].tolist():
            size = model.types[model.column_type[c]][0].size
            here[model.pools[model.column_pool[c]].place] += size * float(x[c])
        found[cell] = dict(here)
    return found


def _as_rides(
    trips: Sequence[Planned], eligible: Eligibility, units: Sequence[Unit]
) -> tuple[Ride, ...]:
    """Return trips as rides, those of children alone first: the others can leave in any order."""
    expecting = any("late_pregnancy" in u.needs for u in units)
    first = min((u.tier for u in units if u.alone), default=0)
    found = []
    for trip in sorted(trips, key=lambda t: (t.run.day, "children" not in t.group)):
        way = way_of(eligible, trip.run, trip.group, trip.stops, young=True, expecting=expecting)
        assert way is not None  # noqa: S101 - stops are added where that is so
        tier = first if "children" in trip.group and eligible.rules.on("R18") else 0
        found.append(
            Ride(
                trip.run,
                trip.group,
                way.stops,
                young=True,
                tier=tier,
                near=way.near,
                latest=way.latest,
            )
        )
    return tuple(found)
