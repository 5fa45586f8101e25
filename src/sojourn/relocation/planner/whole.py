"""The whole plan as one programme: who goes where, in which vehicle, on which day, at which stops.

Where seats are short, an assignment by beds alone leaves behind whom a better one would take. Here
every vehicle on every day may take one way (a group, stops in an order, how early it has to leave);
who has a place has a seat on one of them. The levels are then those of the plan, and so are their
bounds. Small sites only: the columns grow with units x rooms x vehicles x days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from sojourn.relocation.planner.assign import Solved, complete
from sojourn.relocation.planner.before import Before
from sojourn.relocation.planner.dealing import deal
from sojourn.relocation.planner.departures import depart
from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.levels import Level
from sojourn.relocation.planner.loads import Load, likeness
from sojourn.relocation.planner.model import Model, build_model
from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.solver import Programme, Vector
from sojourn.relocation.planner.units import Unit, Units
from sojourn.relocation.planner.vehicles import Schedule, group_of
from sojourn.relocation.planner.ways import Run, Way, runs_of, ways_of
from sojourn.relocation.proposal.methods import MOST_RIDES, WHOLE_PLAN
from sojourn.relocation.proposal.proposal import Trip
from sojourn.relocation.site.site import Escort, LinkStrength

WAITING = "days waited"  # the last level, which no table shows: nobody waits for nothing


@dataclass(frozen=True)
class Whole:
    """A whole plan.

    Attributes
    ----------
    placed : mapping of unit id to Pool
    travel : Schedule
    solved : Solved
        Bounds of the plan, seats and hours included.
    """

    placed: Mapping[str, Pool]
    travel: Schedule
    solved: Solved


def plan_whole(
    units: Units,
    eligible: Eligibility,
    before: Before | None,
    gone: Mapping[Trip, tuple[Unit, ...]],
) -> Whole | None:
    """Plan places and seats at once; None where the site is too large for it, or rules need more.

    An interpreter for the main language on board (R19) and two who must not meet within half a day
    (R08) depend on who else is on board: they are left to the packing of one assignment.
    """
    rules = eligible.rules
    unmet = any(k.strength is LinkStrength.NOT_MEET for k in units.links) and rules.on("R08")
    if rules.on("R19") or unmet:
        return None
    apart = tuple(replace(u, singular=True) for u in units.units)
    departed = {u.id for group in gone.values() for u in group}
    runs = runs_of(eligible, gone)
    if len(apart) * len(runs) > MOST_RIDES:
        return None
    model = build_model(Units(apart, units.links), eligible, before)
    going = [u for u in apart if u.id not in departed]
    ways = ways_of(eligible, going, runs, MOST_RIDES)
    if ways is None:
        return None
    wider = _Wider(model, eligible, runs, ways, departed)
    if wider.columns > MOST_RIDES:
        return None
    solved = complete(wider.model())
    if solved is None:
        return None
    placed = deal(model, solved.x)
    return Whole(
        placed,
        wider.travel(solved.x, gone),
        replace(solved, bounds=solved.bounds[:-1], method=WHOLE_PLAN),
    )


class _Wider:
    """The programme of places with columns and rows of the way."""

    def __init__(
        self,
        model: Model,
        eligible: Eligibility,
        runs: Sequence[Run],
        ways: Sequence[Way],
        departed: set[str],
    ) -> None:
        self.base, self.eligible, self.runs, self.ways = model, eligible, runs, ways
        self.first = len(model.programme.lower)
        self.rows = Rows()
        self.by_run: dict[int, list[int]] = {}
        for w, way in enumerate(ways):
            self.by_run.setdefault(way.run, []).append(w)
        self.seats: list[tuple[Unit, int, int]] = []  # unit, pool, run
        self.pairs: dict[tuple[int, int], list[int]] = {}
        for c, (t, p) in enumerate(
            zip(model.column_type.tolist(), model.column_pool.tolist(), strict=True)
        ):
            if model.types[t][0].id not in departed:
                self.pairs.setdefault((t, p), []).append(c)
        for t, p in self.pairs:
            self._seats_of(model.types[t][0], p)
        self.way_at = self.first + len(self.seats)
        self.escorts = self._escorts()
        self.escort_at = self.way_at + len(ways)
        self.columns = len(self.seats) + len(ways) + len(self.escorts)

    def _seats_of(self, unit: Unit, pool: int) -> None:
        place = self.base.pools[pool].place
        for r, own in self.by_run.items():
            vehicle = self.runs[r].vehicle
            lies = unit.stretchers and vehicle.type != "ambulance"
            if not lies and any(_carries(self.ways[w], unit, place) for w in own):
                self.seats.append((unit, pool, r))

    def _escorts(self) -> list[tuple[Escort, int]]:
        kinds = {"child protection"} if self.eligible.rules.on("R05") else set()
        kinds |= {"medical"}
        return [
            (e, r)
            for r, run in enumerate(self.runs)
            if r in self.by_run
            for e in run.free
            if e.kind in kinds
        ]

    def model(self) -> Model:
        """Return the model with its levels, and days of waiting as the last."""
        self._of_units()
        for r in self.by_run:
            self._of_run(r)
        self._of_days()
        programme, n = self._joined(), self.first + self.columns
        levels = [
            replace(x, cost=np.append(x.cost, np.zeros(self.columns))) for x in self.base.levels
        ]
        waiting = np.zeros(n)
        first = min((r.day for r in self.runs), default=None)
        for c, (unit, _, r) in enumerate(self.seats):
            days = (self.runs[r].day - first).days if first else 0
            waiting[self.first + c] = 1000 * unit.size * days * (4 - unit.tier)
        for w, way in enumerate(self.ways):
            waiting[self.way_at + w] = 10 + len(way.stops)
        waiting[self.escort_at :] = 1
        scale = max(1.0, float(waiting.sum()))
        last = Level(WAITING, WAITING, "weighted person-days", 1, waiting, scale)
        return replace(self.base, programme=programme, levels=(*levels, last))

    def _joined(self) -> Programme:
        p, n = self.base.programme, self.first + self.columns
        more = self.rows.programme(np.zeros(n), np.ones(n))
        wide = sparse.hstack(
            [sparse.csc_matrix(p.matrix), sparse.csc_matrix((len(p.row_lower), self.columns))]
        )
        return Programme(
            matrix=sparse.vstack([wide, sparse.csc_matrix(more.matrix)]).tocsc(),
            row_lower=np.append(p.row_lower, more.row_lower),
            row_upper=np.append(p.row_upper, more.row_upper),
            lower=np.append(p.lower, np.zeros(self.columns)),
            upper=np.append(p.upper, np.ones(self.columns)),
        )

    def _of_units(self) -> None:
        """Who has a place has a seat, on a way that leads there and that they may take."""
        rides: dict[tuple[str, int], list[int]] = {}
        for c, (unit, pool, r) in enumerate(self.seats):
            column = self.first + c
            rides.setdefault((unit.id, pool), []).append(column)
            place = self.base.pools[pool].place
            lead = [self.way_at + w for w in self.by_run[r] if _carries(self.ways[w], unit, place)]
            self._add([column, *lead], [1.0] + [-1.0] * len(lead), 0.0)
        for (t, p), columns in self.pairs.items():
            own = rides.get((self.base.types[t][0].id, p), [])
            values = np.array([1.0] * len(columns) + [-1.0] * len(own))
            self.rows.add([*columns, *own], values, 0.0, 0.0)

    def _of_run(self, r: int) -> None:
        """One way a run; seats, slots and escorts for all on board."""
        ways = [self.way_at + w for w in self.by_run[r]]
        self._add(ways, [1.0] * len(ways), 1.0)
        vehicle = self.runs[r].vehicle
        on = [(self.first + c, u) for c, (u, _, k) in enumerate(self.seats) if k == r]
        along = [(self.escort_at + c, e) for c, (e, k) in enumerate(self.escorts) if k == r]
        columns, units = [c for c, _ in on], [u for _, u in on]
        both, most = [*columns, *ways], vehicle.seats + vehicle.wheelchair_slots
        self._add(both, [float(u.size) for u in units] + [-float(most)] * len(ways), 0.0)
        seated = [float(u.size - u.wheelchairs) for u in units]
        self._add(
            [*columns, *(c for c, _ in along), *ways],
            [*seated, *(1.0 for _ in along), *(-float(vehicle.seats) for _ in ways)],
            0.0,
        )
        slots = [float(u.wheelchairs) for u in units]
        self._add(both, slots + [-float(vehicle.wheelchair_slots)] * len(ways), 0.0)
        self._of_care(on, along)
        self._of_tiers(r, on)

    def _of_care(self, on: Sequence[tuple[int, Unit]], along: Sequence[tuple[int, Escort]]) -> None:
        rules = self.eligible.rules
        guards = [(c, e) for c, e in along if e.kind == "child protection"]
        alone = [(c, u) for c, u in on if u.alone_older + u.alone_young]
        if alone and rules.on("R05"):
            limit = rules["R05"].number("children_per_escort")
            small = rules["R05"].number("children_per_escort_young")
            columns = [c for c, _ in alone] + [c for c, _ in guards]
            asked = [u.alone_older / limit + u.alone_young / small for _, u in alone]
            self._add(columns, asked + [-1.0] * len(guards), 0.0)
            heads = [float(u.alone_older + u.alone_young) for _, u in alone]
            self._add(columns, heads + [-float(e.max_children) for _, e in guards], 0.0)
        medical = [c for c, e in along if e.kind == "medical"]
        for column in [c for c, u in on if u.medical_escort and rules.on("R10")]:
            self._add([column, *medical], [1.0] + [-1.0] * len(medical), 0.0)

    def _of_tiers(self, r: int, on: Sequence[tuple[int, Unit]]) -> None:
        """Ask that a way that leaves as one of a tier has somebody of that tier on board (R18)."""
        for tier in (1, 2):
            said = [self.way_at + w for w in self.by_run[r] if self.ways[w].tier == tier]
            own = [c for c, u in on if u.tier == tier]
            if said:
                self._add([*said, *own], [1.0] * len(said) + [-1.0] * len(own), 0.0)

    def _of_days(self) -> None:
        """Limit what a day has once: escorts, arrivals, bays; of vehicles alike the first go first."""
        days = sorted({r.day for r in self.runs})
        for day in days:
            own = [r for r in self.by_run if self.runs[r].day == day]
            inside = set(own)
            once: dict[str, list[int]] = {}
            for c, (e, r) in enumerate(self.escorts):
                if r in inside:
                    once.setdefault(e.id, []).append(self.escort_at + c)
            for columns in once.values():
                self._add(columns, [1.0] * len(columns), 1.0)
            there: dict[str, list[tuple[int, float]]] = {}
            for c, (u, pool, r) in enumerate(self.seats):
                if r in inside:
                    place = self.base.pools[pool].place
                    there.setdefault(place, []).append((self.first + c, float(u.size)))
            for place, entries in there.items():
                room = self.runs[own[0]].room[place]
                self._add([c for c, _ in entries], [v for _, v in entries], float(room))
            self._in_turn(own)
            self._alike(own)

    def _in_turn(self, own: Sequence[int]) -> None:
        """Leave early enough: before it go all of more protected tiers, and of its own as early."""
        n = len(own)
        early = sorted(
            {
                (self.ways[w].tier, self.ways[w].latest)
                for r in own
                for w in self.by_run[r]
                if self.ways[w].tier
            }
        )
        for tier, latest in early:
            for r in own:
                run = self.runs[r]
                room = run.bays * (latest + 1) - run.first_slot - 1
                if room >= n - 1:
                    continue
                ahead = {
                    k: [
                        self.way_at + w
                        for w in self.by_run[k]
                        if self.ways[w].tier < tier
                        or (self.ways[w].tier == tier and self.ways[w].latest <= latest)
                    ]
                    for k in own
                }
                mine = [
                    self.way_at + w
                    for w in self.by_run[r]
                    if (self.ways[w].tier, self.ways[w].latest) == (tier, latest)
                ]
                others = [c for k in own if k != r for c in ahead[k]]
                if mine:
                    self._add(
                        [*others, *mine],
                        [1.0] * len(others) + [float(n)] * len(mine),
                        float(room + n),
                    )

    def _alike(self, own: Sequence[int]) -> None:
        seen: dict[tuple[object, ...], int] = {}
        for r in own:
            kind = likeness(self.runs[r].vehicle)
            if kind in seen:
                former = [self.way_at + w for w in self.by_run[seen[kind]]]
                mine = [self.way_at + w for w in self.by_run[r]]
                self._add([*mine, *former], [1.0] * len(mine) + [-1.0] * len(former), 0.0)
            seen[kind] = r

    def _add(self, columns: Sequence[int], values: Sequence[float], most: float) -> None:
        some = np.flatnonzero(values)
        if len(some):
            index, given = np.array(columns)[some], np.array(values, dtype=float)[some]
            self.rows.add(index, given, -np.inf, most)

    def travel(self, x: Vector, gone: Mapping[Trip, tuple[Unit, ...]]) -> Schedule:
        """Turn the chosen ways into trips, in the order in which they leave."""
        on: dict[int, list[tuple[Unit, str]]] = {}
        for c, (unit, pool, r) in enumerate(self.seats):
            if x[self.first + c] > 0.5:
                on.setdefault(r, []).append((unit, self.base.pools[pool].place))
        chosen = []
        for w, way in enumerate(self.ways):
            if x[self.way_at + w] > 0.5 and way.run in on:
                along = [
                    e
                    for c, (e, r) in enumerate(self.escorts)
                    if r == way.run and x[self.escort_at + c] > 0.5
                ]
                tier = min(u.tier for u, _ in on[way.run])
                chosen.append((self.runs[way.run].day, tier, way.latest, way.run, way, along))
        chosen.sort(key=lambda c: c[:4])
        slot = {r.day: r.first_slot for r in self.runs}
        trips, on_board = sorted(gone, key=lambda t: t.id), {t.id: u for t, u in gone.items()}
        number = max((int(t.id[1:]) for t in gone), default=0)
        for day, _, _, r, way, along in chosen:
            number += 1
            load = Load(self.runs[r].vehicle, way.group)
            load.units = [u for u, _ in on[r]]
            load.stops = _stops(way, on[r])
            place_of = {u.id: place for u, place in on[r]}
            trip = depart(self.eligible, load, place_of, along, number, day, slot[day])
            trips.append(trip)
            on_board[trip.id] = tuple(load.units)
            slot[day] += 1
        return Schedule(tuple(trips), on_board, ())


def _carries(way: Way, unit: Unit, place: str) -> bool:
    """Whether a unit may take a way to a place."""
    return (
        place in way.stops
        and way.group == group_of(unit)
        and (way.young or not unit.children)
        and (not way.tier or unit.tier >= way.tier)
        and ("late_pregnancy" not in unit.needs or place in way.near)
    )


def _stops(way: Way, on: Sequence[tuple[Unit, str]]) -> list[str]:
    """Return the stops where anybody leaves, in the order of the way."""
    used = {place for _, place in on}
    return [p for p in way.stops if p in used or way.rigid]
