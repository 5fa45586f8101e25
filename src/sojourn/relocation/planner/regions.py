"""A large site in two steps: who goes to which region, then each region by itself.

First the whole site over classes of rooms, which decides the regions and gives every level its bound;
then each region place by place. Whoever finds no place in their region is offered the other regions
they accept, as long as that is an improvement. Where a region is not at its own bound of people without a
place, and where others are offered to it, a first look asks for these levels alone, and a second for all.

After an earlier plan the classes also say how many must leave their region, and each region moves as few
of its own as it can. Whoever has left already stays in the region they went to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sojourn.errors import PlanError
from sojourn.processes import cores, processes
from sojourn.relocation.planner.assign import WHOLE, Solved, freeze, proven
from sojourn.relocation.planner.before import Before
from sojourn.relocation.planner.coarse import coarse_model
from sojourn.relocation.planner.dealing import counted
from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.linear import relax
from sojourn.relocation.planner.model import Model, build_model
from sojourn.relocation.planner.one_region import (
    UNPLACED,
    left_out,
    model_of,
    planned,
    task_of,
    worse,
)
from sojourn.relocation.planner.solver import Vector
from sojourn.relocation.planner.units import Unit, Units
from sojourn.relocation.proposal import methods
from sojourn.relocation.proposal.proposal import Bound
from sojourn.relocation.site.site import LinkStrength


@dataclass(frozen=True)
class Regional:
    """An assignment by regions.

    Attributes
    ----------
    placed : mapping of unit id to Pool
    bounds : mapping of level to float
        As a cost; no assignment costs less, the levels above being at their own bounds.
    seconds : mapping of level to float
    price_of_fairness : float
        Wish points given up for the lowest group, over classes.
    """

    placed: Mapping[str, Pool]
    bounds: Mapping[str, float]
    seconds: Mapping[str, float]
    price_of_fairness: float


def large(units: Units, eligible: Eligibility) -> bool:
    """Whether a site is planned by regions: many people, more than one region, no limit over all places.

    R20 limits a place by a share of everybody, which no region knows by itself.
    """
    persons = sum(u.size for u in units.units)
    several = len({eligible.places[p.place].region for p in eligible.pools}) > 1
    return persons > methods.BY_REGION_FROM and several and not eligible.rules.on("R20")


def by_region(units: Units, eligible: Eligibility, before: Before | None = None) -> Regional:
    """Assign a large site.

    Parameters
    ----------
    before : Before, optional
        The plan that this one follows.

    Raises
    ------
    PlanError
        A programme has no solution.
    """
    model = coarse_model(units, eligible, before)
    linear = relax(model)
    was = _regions_before(eligible, before)
    split = _regions_of(model, linear.x, eligible, was)
    region_of = _together(units, eligible, split, was, before)
    bounds = {level.id: float(b) for level, b in zip(model.levels, linear.bounds, strict=True)}
    seconds = {level.id: float(s) for level, s in zip(model.levels, linear.seconds, strict=True)}
    bounds["L6"] = -float(sum(k.strength is LinkStrength.PREFER for k in units.links))
    seconds["L6"] = 0.0
    del model
    regions = _Regions(units, eligible, seconds, before)
    here: dict[str, list[Unit]] = {}
    for unit in units.units:
        if unit.id in region_of:
            here.setdefault(region_of[unit.id], []).append(unit)
    regions.plan(here)
    regions.plan(regions.doubtful(), first=True)
    if worse(regions.unplaced(), [bounds[level] for level in ("L1", "L2", "L3")]):
        for region in regions.names:
            regions.offer(region)
    regions.plan(regions.looked_at_first())
    return Regional(regions.placed, bounds, seconds, linear.price_of_fairness)


def _regions_before(eligible: Eligibility, before: Before | None) -> dict[str, str]:
    """Return the region of each unit that an earlier plan gave a place."""
    at = {} if before is None else before.at
    return {u: eligible.places[was[0]].region for u, was in at.items()}


def _regions_of(
    model: Model, x: Vector, eligible: Eligibility, was: Mapping[str, str]
) -> dict[str, str]:
    """Return the region of each unit: shares of a type in whole numbers by the largest remainder.

    Of alike units those who were in a region stay there first, whoever may not be moved before all.
    """
    regions = sorted({eligible.places[p.place].region for p in model.pools})
    at = np.array([regions.index(eligible.places[p.place].region) for p in model.pools])
    k, n = len(model.column_type), len(regions)
    shares = np.zeros((len(model.types), n + 1))
    np.add.at(shares, (model.column_type, at[model.column_pool]), x[:k])
    shares[:, n] = x[model.slack]
    found = {}
    for alike, share in zip(model.types, shares, strict=True):
        whole = np.floor(share + WHOLE)
        rest = np.argsort(-(share - whole), kind="stable")[: round(len(alike) - whole.sum())]
        whole[rest] += 1
        rooms = dict(zip(regions, whole.astype(np.int64).tolist(), strict=False))
        found.update(_staying(model, alike, rooms, was))
        rest_of = [u.id for u in alike if u.id not in found]
        there = [r for r in regions for _ in range(rooms[r])]
        found.update(zip(rest_of, there, strict=False))
    return found


def _staying(
    model: Model, alike: Sequence[Unit], rooms: dict[str, int], was: Mapping[str, str]
) -> dict[str, str]:
    """Return the region of those of some alike units who stay in it; ``rooms`` are left for the others."""
    found = {}
    for unit in () if model.before is None else model.before.in_order(alike):
        region = was.get(unit.id, "")
        if rooms.get(region, 0) > 0:
            rooms[region] -= 1
            found[unit.id] = region
    return found


def stated(
    units: Units,
    eligible: Eligibility,
    found: Regional,
    before: Before | None,
    placed: Mapping[str, Pool],
) -> tuple[Bound, ...]:
    """State value, bound and gap of each level of a plan made by regions.

    The bound of people whose place changes holds beside what this plan leaves without a place.
    """
    model = build_model(units, eligible, before, used=placed)
    names = [level.id for level in model.levels]
    x = counted(model, dict(placed))
    bounds = np.array([found.bounds[name] for name in names])
    costs = [float(level.cost @ x) for level in model.levels[:UNPLACED]]
    if before is not None and np.any(np.array(costs) > bounds[:UNPLACED] + WHOLE):
        bounds[names.index("L9")] = _fewest_moves(units, eligible, before, costs)
    seconds = np.array([found.seconds[name] for name in names])
    return proven(model, Solved(x, bounds, seconds, methods.REGIONS_APART), x)


def _fewest_moves(
    units: Units, eligible: Eligibility, before: Before, costs: Sequence[float]
) -> float:
    """Return the least cost of L9 over classes where as many as stated are without a place."""
    model = coarse_model(units, eligible, before)
    programme = model.programme
    for level, cost in zip(model.levels[:UNPLACED], costs, strict=True):
        programme = freeze(programme, level.cost, cost, level)
    alone = model.levels[UNPLACED : UNPLACED + 1]
    return float(relax(replace(model, programme=programme, levels=alone)).bounds[0])


def _together(
    units: Units,
    eligible: Eligibility,
    region_of: Mapping[str, str],
    was: Mapping[str, str],
    before: Before | None,
) -> dict[str, str]:
    """Return the regions with those who must be in one region in one: rounding may have parted them."""
    stay = frozenset[str]() if before is None else before.frozen
    found, by_id = dict(region_of), {u.id: u for u in units.units}
    bound: dict[str, set[str]] = {}
    for link in units.links:
        if link.strength is LinkStrength.SAME_REGION and eligible.rules.on("R03"):
            group = bound.get(link.a, {link.a}) | bound.get(link.b, {link.b})
            bound.update(dict.fromkeys(group, group))
    for names in {min(g): sorted(g) for g in bound.values()}.values():
        accepted = [{was[u]} if u in stay else _accepted(eligible, by_id[u]) for u in names]
        shared = set.intersection(*accepted) or {was[u] for u in names if u in stay}
        wanted = [found[u] for u in names if u in found]
        old = [was.get(u) for u in names]
        best = max(
            sorted(shared),
            key=lambda region: (wanted.count(region), old.count(region)),
            default=wanted[0] if wanted else "",
        )
        for unit, regions in zip(names, accepted, strict=True):
            found.pop(unit, None)
            if best in regions:
                found[unit] = best
    return found


def _accepted(eligible: Eligibility, unit: Unit) -> set[str]:
    """Return the regions in which a unit may have a place."""
    return {eligible.places[p.place].region for p in eligible.allowed(unit)}


def _broken() -> PlanError:
    return PlanError(
        "a process that planned a region ended before it was done",
        hint="nothing was written; if memory ran out, plan on a machine with more of it",
    )


class _Regions:
    """The regions of a site, planned side by side, then one after another for those left over."""

    def __init__(
        self,
        units: Units,
        eligible: Eligibility,
        seconds: dict[str, float],
        before: Before | None = None,
    ) -> None:
        self.units, self.eligible, self.seconds = units, eligible, seconds
        self.before = before
        self.placed: dict[str, Pool] = {}
        self.here: dict[str, list[Unit]] = {}
        self.open: dict[str, bool] = {}  # of regions, whether fewer might be left without a place
        self.first: set[str] = set()  # regions of which a first look stands
        self.names = sorted({eligible.places[p.place].region for p in eligible.pools})

    def unplaced(self) -> list[float]:
        """Return the first three levels as they stand."""
        return left_out([u for u in self.units.units if u.id not in self.placed])

    def plan(self, here: Mapping[str, list[Unit]], *, first: bool = False) -> None:
        """Plan some regions, on as many processes as there are cores; the order changes nothing."""
        site, links = self.eligible.site, self.units.links
        largest_first = sorted(here, key=lambda region: (-len(here[region]), region))
        tasks = [
            task_of(site, region, here[region], links, self.before, first=first)
            for region in largest_first
        ]
        if not first:
            tasks = [replace(t, known=self._placed_of(t.units.units)) for t in tasks]
        workers = min(len(tasks), cores())
        if workers > 1:
            with processes(workers, _broken()) as pool:
                done = list(pool.map(planned, tasks))
        else:
            done = [planned(task) for task in tasks]
        before, units_of = self.placed, {u.id: u for units in here.values() for u in units}
        self.placed = {u: p for u, p in before.items() if u not in units_of}
        for region, found in zip(largest_first, done, strict=True):
            old = {u.id: before[u.id] for u in here[region] if u.id in before}
            better = not first or self._better(here[region], found.placed, old)
            self.placed.update(found.placed if better else old)
            self.open[region] = found.open
            if better:
                self.here[region] = here[region]
                (self.first.add if first else self.first.discard)(region)
            for level, seconds in found.seconds.items():
                self.seconds[level] += seconds

    @staticmethod
    def _better(units: Sequence[Unit], placed: Mapping[str, Pool], old: Mapping[str, Pool]) -> bool:
        """Whether a first look leaves fewer people without a place than what stands."""
        new, was = ([u for u in units if u.id not in at] for at in (placed, old))
        return left_out(new) < left_out(was)

    def _placed_of(self, units: Sequence[Unit]) -> dict[str, Pool]:
        return {u.id: self.placed[u.id] for u in units if u.id in self.placed}

    def doubtful(self) -> dict[str, list[Unit]]:
        """Return regions in which fewer people might be left without a place, with their units."""
        return {region: units for region, units in self.here.items() if self.open[region]}

    def looked_at_first(self) -> dict[str, list[Unit]]:
        """Return regions of which a first look stands, with who is planned there in the end."""
        return {region: self._inside(region) for region in sorted(self.first)}

    def _inside(self, region: str) -> list[Unit]:
        """Return who has a place in a region."""
        places, at = self.eligible.places, self.placed
        here = self.here.get(region, ())
        return [u for u in here if u.id in at and places[at[u.id].place].region == region]

    def offer(self, region: str) -> None:
        """Plan a region again with everybody left over who accepts it; kept if it is an improvement."""
        mine = self._inside(region)
        more = [u for u in self.units.units if u.id not in self.placed and self._accepts(region, u)]
        if not more or self._tied(more) or not self._could(region, mine, more):
            return
        self.plan({region: [*mine, *more]}, first=True)

    def _accepts(self, region: str, unit: Unit) -> bool:
        return region in _accepted(self.eligible, unit)

    def _could(self, region: str, mine: Sequence[Unit], more: Sequence[Unit]) -> bool:
        """Whether shares of units would leave fewer people out: else no whole plan does."""
        site, links = self.eligible.site, self.units.links
        task = task_of(site, region, [*mine, *more], links, self.before, first=True)
        without, model = left_out(more), model_of(task)
        last = max(n for n, cost in enumerate(without) if cost) + 1  # below, nothing can be less
        bounds = relax(replace(model, levels=model.levels[:last])).bounds
        return [float(np.ceil(b - 1e-6)) for b in bounds] < without[:last]

    def _tied(self, more: Sequence[Unit]) -> bool:
        """Whether one of them has to be in one region with somebody else."""
        ids = {u.id for u in more}
        return any(
            k.a in ids or k.b in ids
            for k in self.units.links
            if k.strength is LinkStrength.SAME_REGION
        )
