"""One region of a large site, planned place by place: with a first look at who has a place, or at all levels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sojourn.relocation.planner.assign import solve
from sojourn.relocation.planner.before import Before
from sojourn.relocation.planner.dealing import deal
from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.model import Model, build_model
from sojourn.relocation.planner.units import PairLink, Unit, Units
from sojourn.relocation.site.site import Site

UNPLACED = 3  # levels, the first ones
DECIDED = ("L4", "L5")  # wishes are for regions: nothing is left of these once the region is known
MEETING = 24  # places at which a soft link may be kept; each adds two rows to the programme


@dataclass(frozen=True)
class Task:
    """One region: its units, the links among them, and the places with the rooms of this region.

    ``first`` asks for the levels of people without a place alone, and who of them had one; ``known`` is
    an assignment that stands already.
    """

    site: Site
    units: Units
    first: bool
    before: Before | None
    known: Mapping[str, Pool] | None = None


def task_of(
    site: Site,
    region: str,
    here: Sequence[Unit],
    links: Sequence[PairLink],
    before: Before | None,
    *,
    first: bool,
) -> Task:
    """Return the task of a region: what another process has to be handed, and no more."""
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
    mine = Units(tuple(replace(u, singular=u.id in linked) for u in here), inside)
    return Task(light, mine, first, None if before is None else before.of(here))


def model_of(task: Task) -> Model:
    """Return the programme of a region, with the levels that its look asks for."""
    meeting = 0 if task.first else MEETING
    model = build_model(task.units, Eligibility(task.site), task.before, meeting=meeting)
    here = [level for level in model.levels if level.id not in DECIDED]
    early = (
        UNPLACED if task.before is None else UNPLACED + 1
    )  # who stays decides who is offered more
    return replace(model, levels=tuple(here[:early] if task.first else here))


@dataclass(frozen=True)
class Found:
    """Who goes where in a region, the seconds of each level, and whether fewer might be left without a place."""

    placed: Mapping[str, Pool]
    seconds: Mapping[str, float]
    open: bool


def planned(task: Task) -> Found:
    """Plan one region place by place."""
    model = model_of(task)
    solved = solve(model, task.known, lean=task.first)
    spent = {level.id: float(s) for level, s in zip(model.levels, solved.seconds, strict=True)}
    costs = [float(level.cost @ solved.x) for level in model.levels[:UNPLACED]]
    open_ = worse([round(c) for c in costs], solved.bounds[:UNPLACED].tolist())
    return Found(deal(model, solved.x), spent, open_)


def left_out(units: Sequence[Unit]) -> list[float]:
    """Return what levels L1 to L3 cost when these units have no place."""
    return [
        float(sum(u.size * (u.weight if tier < 3 else 1) for u in units if u.tier == tier))
        for tier in (1, 2, 3)
    ]


def worse(costs: Sequence[float], bounds: Sequence[float]) -> bool:
    """Whether a level costs more than its bound says it has to."""
    return any(c > np.ceil(b - 1e-6) for c, b in zip(costs, bounds, strict=True))
