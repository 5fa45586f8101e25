"""A large site in two steps: who goes to which region, then each region by itself.

First the whole site over classes of rooms, which decides the regions and gives every level its bound;
then each region place by place. Whoever finds no place in their region is offered the other regions
they accept, as long as that is an improvement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sojourn.errors import PlanError
from sojourn.processes import cores, processes
from sojourn.relocation.planner.assign import WHOLE, Solved, counted, deal, proven, solve
from sojourn.relocation.planner.coarse import coarse_model
from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.linear import relax
from sojourn.relocation.planner.model import Model, build_model
from sojourn.relocation.planner.solver import Vector
from sojourn.relocation.planner.units import PairLink, Unit, Units
from sojourn.relocation.proposal.proposal import Bound
from sojourn.relocation.site.site import LinkStrength, Site

BY_REGION_FROM = 20_000  # persons; smaller sites are planned in one piece
UNPLACED = 3  # levels, the first ones
DECIDED = ("L4", "L5")  # wishes are for regions: nothing is left of these once the region is known
MEETING = 24  # places at which a soft link may be kept; each adds two rows to the programme
METHOD = "regions apart; bound over classes of places"


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
    return persons > BY_REGION_FROM and several and not eligible.rules.on("R20")


def by_region(units: Units, eligible: Eligibility) -> Regional:
    """Assign a large site.

    Raises
    ------
    PlanError
        A programme has no solution.
    """
    model = coarse_model(units, eligible)
    linear = relax(model)
    region_of = _together(units, eligible, _regions_of(model, linear.x, eligible))
    bounds = {level.id: float(b) for level, b in zip(model.levels, linear.bounds, strict=True)}
    seconds = {level.id: float(s) for level, s in zip(model.levels, linear.seconds, strict=True)}
    bounds["L6"] = -float(sum(k.strength is LinkStrength.PREFER for k in units.links))
    seconds["L6"] = 0.0
    del model
    regions = _Regions(units, eligible, seconds)
    here: dict[str, list[Unit]] = {}
    for unit in units.units:
        if unit.id in region_of:
            here.setdefault(region_of[unit.id], []).append(unit)
    regions.plan(here, first=True)
    if _worse(regions.unplaced(), [bounds[level] for level in ("L1", "L2", "L3")]):
        for region in regions.names:
            regions.offer(region)
    regions.plan(regions.settled())
    return Regional(regions.placed, bounds, seconds, linear.price_of_fairness)


def _regions_of(model: Model, x: Vector, eligible: Eligibility) -> dict[str, str]:
    """Return the region of each unit: shares of a type in whole numbers by the largest remainder."""
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
        there = np.repeat(np.arange(n + 1), whole.astype(np.int64))
        found.update({u.id: regions[r] for u, r in zip(alike, there, strict=True) if r < n})
    return found


def _worse(costs: Sequence[float], bounds: Sequence[float]) -> bool:
    return any(c > np.ceil(b - 1e-6) for c, b in zip(costs, bounds, strict=True))


def stated(
    units: Units, eligible: Eligibility, found: Regional, placed: Mapping[str, Pool]
) -> tuple[Bound, ...]:
    """State value, bound and gap of each level of a plan made by regions."""
    model = build_model(units, eligible, used=placed)
    names = [level.id for level in model.levels]
    x = counted(model, dict(placed))
    bounds = np.array([found.bounds[name] for name in names])
    seconds = np.array([found.seconds[name] for name in names])
    return proven(model, Solved(x, bounds, seconds, METHOD), x)


def _together(units: Units, eligible: Eligibility, region_of: Mapping[str, str]) -> dict[str, str]:
    """Return the regions with those who must be in one region in one: rounding may have parted them."""
    found, by_id = dict(region_of), {u.id: u for u in units.units}
    bound: dict[str, set[str]] = {}
    for link in units.links:
        if link.strength is LinkStrength.SAME_REGION and eligible.rules.on("R03"):
            group = bound.get(link.a, {link.a}) | bound.get(link.b, {link.b})
            bound.update(dict.fromkeys(group, group))
    for names in {min(g): sorted(g) for g in bound.values()}.values():
        accepted = [
            {eligible.places[p.place].region for p in eligible.allowed(by_id[u])} for u in names
        ]
        shared = set.intersection(*accepted)
        wanted = [found[u] for u in names if u in found]
        best = max(sorted(shared), key=wanted.count, default=wanted[0] if wanted else "")
        for unit, regions in zip(names, accepted, strict=True):
            found.pop(unit, None)
            if best in regions:
                found[unit] = best
    return found


@dataclass(frozen=True)
class _Task:
    """One region: its units, the links among them, and the places with the rooms of this region.

    ``first`` asks for the levels of people without a place alone.
    """

    site: Site
    units: Units
    first: bool


def _task(
    site: Site, region: str, here: Sequence[Unit], links: Sequence[PairLink], *, first: bool
) -> _Task:
    ids = {u.id for u in here}
    inside = tuple(k for k in links if k.a in ids and k.b in ids)
    linked = {end for k in inside for end in (k.a, k.b)}
    in_region = {p.id for p in site.places if p.region == region}
    rooms = tuple(r for r in site.rooms if r.place_id in in_region)
    # plain dictionaries: they travel to another process
    rules = {k: replace(r, parameters=dict(r.parameters)) for k, r in site.rules.rules.items()}
    light = replace(
        site,
        rooms=rooms,
        persons=(),
        cases=(),
        links=(),
        needs={},
        rules=replace(site.rules, rules=rules),
    )
    return _Task(
        light, Units(tuple(replace(u, singular=u.id in linked) for u in here), inside), first
    )


def _model(task: _Task) -> Model:
    model = build_model(task.units, Eligibility(task.site), meeting=0 if task.first else MEETING)
    here = [level for level in model.levels if level.id not in DECIDED]
    return replace(model, levels=tuple(here[:UNPLACED] if task.first else here))


def _planned(task: _Task) -> tuple[dict[str, Pool], dict[str, float]]:
    """Plan one region place by place; return who goes where, and the seconds of each level."""
    model = _model(task)
    solved = solve(model)
    spent = {level.id: float(s) for level, s in zip(model.levels, solved.seconds, strict=True)}
    return deal(model, solved.x), spent


def _left_out(units: Sequence[Unit]) -> list[float]:
    """Return what levels L1 to L3 cost when these units have no place."""
    return [
        float(sum(u.size * (u.weight if tier < 3 else 1) for u in units if u.tier == tier))
        for tier in (1, 2, 3)
    ]


def _broken() -> PlanError:
    return PlanError(
        "a process that planned a region ended before it was done",
        hint="nothing was written; if memory ran out, plan on a machine with more of it",
    )


class _Regions:
    """The regions of a site, planned side by side, then one after another for those left over."""

    def __init__(self, units: Units, eligible: Eligibility, seconds: dict[str, float]) -> None:
        self.units, self.eligible, self.seconds = units, eligible, seconds
        self.placed: dict[str, Pool] = {}
        self.here: dict[str, list[Unit]] = {}
        self.names = sorted({eligible.places[p.place].region for p in eligible.pools})

    def unplaced(self) -> list[float]:
        """Return the first three levels as they stand."""
        return _left_out([u for u in self.units.units if u.id not in self.placed])

    def plan(self, here: Mapping[str, list[Unit]], *, first: bool = False) -> None:
        """Plan some regions, on as many processes as there are cores; the order changes nothing."""
        site, links = self.eligible.site, self.units.links
        largest_first = sorted(here, key=lambda region: (-len(here[region]), region))
        tasks = [_task(site, region, here[region], links, first=first) for region in largest_first]
        workers = min(len(tasks), cores())
        if workers > 1:
            with processes(workers, _broken()) as pool:
                done = list(pool.map(_planned, tasks))
        else:
            done = [_planned(task) for task in tasks]
        for units in here.values():
            for unit in units:
                self.placed.pop(unit.id, None)
        for found, spent in done:
            self.placed.update(found)
            for level, seconds in spent.items():
                self.seconds[level] += seconds
        self.here.update(here)

    def settled(self) -> dict[str, list[Unit]]:
        """Return who is planned where in the end; whoever has no place stays with a region they accept."""
        found: dict[str, list[Unit]] = {}
        for unit in self.units.units:
            pool = self.placed.get(unit.id)
            pools = (pool,) if pool is not None else self.eligible.allowed(unit)
            if pools and (pool is not None or not self._tied([unit])):
                found.setdefault(self.eligible.places[pools[0].place].region, []).append(unit)
        return found

    def offer(self, region: str) -> None:
        """Plan a region again with everybody left over who accepts it; kept if it is an improvement."""
        mine = [u for u in self.here.get(region, ()) if u.id in self.placed]
        more = [u for u in self.units.units if u.id not in self.placed and self._accepts(region, u)]
        if not more or self._tied(more) or not self._could(region, mine, more):
            return
        before, kept, here = self.unplaced(), dict(self.placed), dict(self.here)
        self.plan({region: [*mine, *more]}, first=True)
        if self.unplaced() >= before:
            self.placed, self.here = kept, here

    def _accepts(self, region: str, unit: Unit) -> bool:
        return any(
            self.eligible.places[p.place].region == region for p in self.eligible.allowed(unit)
        )

    def _could(self, region: str, mine: Sequence[Unit], more: Sequence[Unit]) -> bool:
        """Whether shares of units would leave fewer people out: else no whole plan does."""
        task = _task(self.eligible.site, region, [*mine, *more], self.units.links, first=True)
        bounds = relax(_model(task)).bounds
        return [float(np.ceil(b - 1e-6)) for b in bounds] < _left_out(more)

    def _tied(self, more: Sequence[Unit]) -> bool:
        """Whether one of them has to be in one region with somebody else."""
        ids = {u.id for u in more}
        return any(
            k.a in ids or k.b in ids
            for k in self.units.links
            if k.strength is LinkStrength.SAME_REGION
        )
