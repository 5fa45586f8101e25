"""A plan where seats are short, on sites too large for the whole-plan programme.

Places are first given with seats, escorts, days and stops among the rows; trips and stops are made
whole from that; and who is on board of them is solved for every level. Trips that an assignment by beds
alone led to are tried beside them, and the best are driven. Bounds of people without a place are of the
plan, over all trips there could be; the other levels are proven for the trips that are driven.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from sojourn.errors import PlanError
from sojourn.relocation.planner.assign import freeze, proven, solve, solve_near
from sojourn.relocation.planner.before import Before
from sojourn.relocation.planner.carriage import Carriage, without_wishes
from sojourn.relocation.planner.dealing import counted, deal
from sojourn.relocation.planner.dive import Style, dive
from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.idle import with_idle
from sojourn.relocation.planner.model import Model, build_model
from sojourn.relocation.planner.onboard import (
    NODES_OF_MANY,
    OnBoard,
    Road,
    Seats,
    on_board,
    seats_on,
)
from sojourn.relocation.planner.prices import Proven, prices_of
from sojourn.relocation.planner.rides import Ride, rides_of
from sojourn.relocation.planner.solver import FaceSolver, Vector
from sojourn.relocation.planner.units import Unit, Units
from sojourn.relocation.planner.vehicles import Schedule, schedule
from sojourn.relocation.planner.ways import Run, runs_of
from sojourn.relocation.proposal.methods import ALL_TRIPS, BY_REGION_FROM, OVER_TRIPS, THESE_TRIPS
from sojourn.relocation.proposal.proposal import Bound, Price, Trip
from sojourn.relocation.site.site import LinkStrength

SPARE = 0.2  # of the vehicles; sites that need them are planned with seats from the first
EXPECTED_FROM = 300  # persons; below, an assignment by beds is soon made and tried
FEW_PERSONS = 3_000  # up to here more ways to trips are tried
STYLES = (
    Style(search="tiers"),
    Style(),
    Style(search="alone"),
    Style(alone_first=False),
    Style(search="tiers", part=8),
)
SEVERAL = 2  # ways to trips, beside the first
FINALS = 3  # of the best trips, solved in whole numbers where there are few persons


@dataclass(frozen=True)
class Short:
    """A plan where seats are short."""

    placed: Mapping[str, Pool]
    travel: Schedule
    bounds: tuple[Bound, ...]
    price: float
    prices: tuple[Price, ...] | None = None


@dataclass(frozen=True)
class _Tried:
    """Rides, and who could be on board of them, wishes apart.

    Attributes
    ----------
    worth : tuple of float
        What the first levels cost. The most protected in whole numbers, for their escorts and rooms are what is
        hard to fill; the others as the linear programme has them, to which a plan comes close.
    """

    worth: tuple[float, ...]
    rides: tuple[Ride, ...]
    model: Model
    seats: Seats
    x: Vector

    @cached_property
    def travel(self) -> Schedule | None:
        """The rides as they leave; None where one would be too late."""
        return self.seats.travel(self.x, deal(self.model, self.x))


def can_count_seats(units: Units, eligible: Eligibility) -> bool:
    """Whether seats can stand in the first model: no rule asks who sits beside whom.

    An interpreter for the main language on board (R19) is left to the filling of vehicles.
    """
    return not eligible.rules.on("R19") and sum(u.size for u in units.units) <= BY_REGION_FROM


def days_apart(
    units: Units,
    eligible: Eligibility,
    days: Sequence[date],
    gone: Mapping[Trip, tuple[Unit, ...]],
) -> Mapping[str, frozenset[date]] | None:
    """Return days for those who must not meet on the way (R08), no day for both of two; None in vain."""
    near: dict[str, set[str]] = {}
    for link in units.links:
        if link.strength is LinkStrength.NOT_MEET and eligible.rules.on("R08"):
            near.setdefault(link.a, set()).add(link.b)
            near.setdefault(link.b, set()).add(link.a)
    found = {u.id: frozenset({trip.day}) for trip, on in gone.items() for u in on if u.id in near}
    colour: dict[str, int] = {}
    for name in sorted(near.keys() - found.keys(), key=lambda n: (-len(near[n]), n)):
        taken = {colour[o] for o in near[name] if o in colour}
        colour[name] = min(set(range(len(taken) + 1)) - taken)
    count = max(colour.values(), default=0) + 1
    for name, number in colour.items():
        left = {d for o in near[name] if o in found and o not in colour for d in found[o]}
        mine = frozenset(list(days)[number::count]) - left
        if not mine:
            return None
        found[name] = mine
    return found


class ShortOfSeats:
    """A site whose seats are counted from the first."""

    def __init__(
        self,
        units: Units,
        eligible: Eligibility,
        before: Before | None,
        gone: Mapping[Trip, tuple[Unit, ...]],
    ) -> None:
        self.units, self.eligible, self.before, self.gone = units, eligible, before, gone
        self.departed = {u.id for group in gone.values() for u in group}
        self.light = Units(
            tuple(
                replace(u, singular=u.singular or u.id in self.departed)
                for u in without_wishes(units.units)
            ),
            units.links,
        )
        self.runs: Sequence[Run] = runs_of(eligible, gone)
        self.apart = days_apart(units, eligible, sorted({r.day for r in self.runs}), gone)
        self.places = self._first(build_model(self.light, eligible, before, meeting=0))
        self.carriage = self._carriage()
        self.model = self.carriage.model()

    def _first(self, model: Model) -> Model:
        return replace(model, levels=tuple(x for x in model.levels if x.id in OVER_TRIPS))

    def _carriage(self) -> Carriage:
        return Carriage(self.places, self.eligible, self.runs, self.departed)

    def expected(self) -> bool:
        """Whether it takes nearly all vehicles, shares of trips allowed, to leave nobody behind."""
        if sum(u.size for u in self.units.units) < EXPECTED_FROM:
            return False
        return _least(self._carriage().model(SPARE)) > _least(self.places)

    def plan(self, tried: Sequence[Schedule] = ()) -> Short | None:
        """Plan places and seats; None where no trips give a lawful plan.

        Parameters
        ----------
        tried : sequence of Schedule
            Trips made for an assignment by beds alone: the plan is no worse than these allow. Without
            any, they are made.
        """
        if self.apart is None:
            return None
        ranked = sorted(self._ranked(tried), key=lambda r: r[:2])
        best: tuple[tuple[float, ...], OnBoard] | None = None
        done: list[tuple[float, ...]] = []
        for worth, _, rides in ranked:
            if best is not None and (best[0] <= worth or not self.few or len(done) == FINALS):
                break
            final = on_board(self.units, self._road(rides), self.before)
            done.append(worth)
            cost = () if final is None else self._costs(final)
            if final is not None and (best is None or cost < best[0]):
                best = cost, final
        if best is None:
            return None
        price = best[1].solved.price_of_fairness
        known = self._proven(best[1]) if self.before is None else None
        bounds = self._bounds(best[1], known)
        prices = known.prices if known else None
        return Short(best[1].placed, best[1].travel, bounds, price, prices)

    def _ranked(
        self, tried: Sequence[Schedule]
    ) -> Iterator[tuple[tuple[float, ...], int, tuple[Ride, ...]]]:
        """Yield trips with what they cost.

        Of large sites until as few of the more protected are left as must be; where several ways were
        tried, until that is so of the most protected.
        """
        known = np.inf
        for n, rides in enumerate(self._rides(tried)):
            found = self._filled(self._try(rides, known))
            if found is not None:
                yield found.worth, n, found.rides
                known = min(known, found.worth[0])
                sought = 1 if n >= SEVERAL else 2
                enough = found.worth[:sought] <= self.least[:sought]
                if found.worth <= self.least or (n and enough and not self.few):
                    return

    def _filled(self, found: "_Tried | None") -> "_Tried | None":
        """Give idle vehicles to those left behind, as long as fewer are."""
        while found is not None and found.worth > self.least:
            more = self._more(found)
            if more is None or more.worth >= found.worth or more.travel is None:
                break
            found = more
        return found

    def _more(self, found: "_Tried") -> "_Tried | None":
        travel = found.travel
        if travel is None:
            return None
        x = found.x[: len(self.places.programme.lower)]
        units = self.units.units
        rides = with_idle(
            self.places, x, found.rides, travel, self.runs, self.eligible, units, self.departed
        )
        return None if len(rides) <= len(found.rides) else self._try(rides, found.worth[0])

    @cached_property
    def least(self) -> tuple[float, ...]:
        """The fewest of each level whom any trips leave behind, shares of units and trips allowed."""
        return _least(self._first(self.model))

    def _proven(self, final: OnBoard) -> Proven:
        """Return the bounds of people without a place with the prices that prove them."""
        return prices_of(self.units.units, self.eligible, final.placed, self.runs, short=True)

    @property
    def few(self) -> bool:
        """Whether there is time to try more."""
        return sum(u.size for u in self.units.units) <= FEW_PERSONS

    def _costs(self, final: OnBoard) -> tuple[float, ...]:
        x = counted(self.places, dict(final.placed))
        return tuple(round(float(level.cost @ x)) for level in self.places.levels)

    def _rides(self, tried: Sequence[Schedule]) -> Iterator[tuple[Ride, ...]]:
        """Yield trips to choose from: of beds alone, of those the children's with all others anew, and all anew.

        In between those that anybody who needs more than a seat rides in stand too.
        """
        groups = {key[0] for key in self.carriage.trips}
        alone = {group for group in groups if "children" in group}
        for travel in tried or (self._by_beds(),):
            new = [t for t in travel.trips if t not in self.gone]
            rides = rides_of(self.eligible, new, self.runs, self.units.units)
            yield rides
            for held, told in (
                (alone, alone),
                (groups - {"general"}, groups - {"general"} - alone),
            ):
                if any(r.group in told for r in rides):
                    yield self._dive(Style(), [r for r in rides if r.group in held], held)
        for style in STYLES if self.few else (Style(),):
            yield self._dive(style)

    def _dive(
        self, style: Style, standing: Sequence[Ride] = (), held: Collection[str] = ()
    ) -> tuple[Ride, ...]:
        units = self.units.units
        return dive(
            self.model, self.carriage, self.eligible, self.runs, units, style, standing, held
        )

    def _by_beds(self) -> Schedule:
        placed = deal(self.places, solve(self.places).x)
        return schedule(self.eligible, self.units, placed, self.gone)

    def _road(self, rides: Sequence[Ride]) -> Road:
        return Road(self.eligible, tuple(rides), self.gone, self.apart or {})

    def _try(self, rides: Sequence[Ride], known: float = np.inf) -> "_Tried | None":
        """Solve the first levels on these rides, wishes apart; None where no plan is lawful.

        Parameters
        ----------
        known : float
            What trips like these leave behind of the most protected: more is looked into.
        """
        model, seats = seats_on(self.light, self._road(rides), self.before, meeting=0)
        first = self._first(model)
        protected = replace(first, levels=first.levels[:1])
        try:
            done = solve_near(first, NODES_OF_MANY, rough=True)
            whole = _left_of(protected, done.x)
            if whole > known:
                whole = min(whole, _left_of(protected, solve_near(protected, NODES_OF_MANY).x))
        except PlanError:
            return None
        least, *others = np.ceil(done.bounds - 1e-6).tolist()
        return _Tried((max(least, whole), *others), tuple(rides), first, seats, done.x)

    def _bounds(self, final: OnBoard, known: Proven | None) -> tuple[Bound, ...]:
        """State the worth of a plan: who has no place against all trips, the rest against its own."""
        model = build_model(self.units, self.eligible, self.before)
        worth = proven(model, final.solved, counted(model, dict(final.placed)))
        light = counted(self.places, dict(final.placed))
        costs = np.array([float(level.cost @ light) for level in self.places.levels])
        least = np.array(known.bounds) if known else _held(self.model, costs)
        held = replace(final.solved, bounds=least, method=ALL_TRIPS)
        first = {b.level: b for b in proven(self.places, held, light)}
        return tuple(
            replace(first[b.level], seconds=b.seconds)
            if b.level in first
            else replace(b, method=THESE_TRIPS)
            for b in worth
        )


def _left_of(model: Model, x: Vector) -> float:
    """Return what the first level costs."""
    return float(round(float(model.levels[0].cost @ x)))


def _least(model: Model) -> tuple[float, ...]:
    """Return the least cost of each level, shares of units and trips allowed, in whole numbers."""
    faces, found = FaceSolver(model.programme), []
    for level in model.levels:
        result = faces.minimize(level.cost)
        faces.shrink(result)
        found.append(float(np.ceil(result.objective - 1e-6)))
    return tuple(found)


def _held(model: Model, costs: np.ndarray) -> np.ndarray:
    """Return the least cost of each level, shares allowed, with those above no worse than a plan has them."""
    programme, found = model.programme, []
    for level, cost in zip(model.levels, costs.tolist(), strict=True):
        wide = np.append(level.cost, np.zeros(len(programme.lower) - len(level.cost)))
        found.append(FaceSolver(programme).minimize(wide).objective)
        programme = freeze(programme, wide, cost, level)
    return np.array(found)
