"""Screening of people who move along some corridors, beside none, on the same draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from sojourn.errors import SimulateError
from sojourn.health.engine.parameters import Parameter, draw
from sojourn.health.engine.question import CORRIDOR, STEPS, Own, Question
from sojourn.health.tb.fit import BASE, TOLERANCE, Observed, World
from sojourn.health.tb.joined import Fitted
from sojourn.health.tb.moves import Moved, Sieve
from sojourn.health.tb.run import (
    BLOCK,
    FLAGS,
    UNTOUCHED,
    Outcome,
    levels_of,
    run,
    started,
    told,
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """What a question's programme does from its start to its end, draw by draw.

    Attributes
    ----------
    cases, deaths : ndarray, shape (D, 3)
        Averted: among those born in the destinations, among those born abroad who live there, and
        elsewhere, the countries of origin first of all.
    steps : mapping of step to ndarray, shape (D,)
        People at each step.
    ill, found : ndarray, shape (D,)
        People who arrive with active disease, and those of them who complete treatment.
    flags : mapping of str to ndarray, shape (D, n)
    """

    cases: Floats
    deaths: Floats
    steps: Mapping[str, Floats]
    ill: Floats
    found: Floats
    flags: Mapping[str, npt.NDArray[np.generic]]


def with_own(
    world: World, observed: Observed, own: Sequence[Own], index: Mapping[str, int]
) -> tuple[World, Observed]:
    """Put the asker's numbers in place of WHO's and UN DESA's.

    Parameters
    ----------
    index : mapping of area id to its place in the world

    Raises
    ------
    SimulateError
        A country or corridor is not modelled.
    """
    for one in own:
        named = (one.origin, one.destination) if one.what in CORRIDOR else (one.area,)
        for area in named:
            if area not in index:
                raise SimulateError(f"own {one.what}: {area} is not modelled", hint="see --json")
        # a share of the lungs is the tests' to find, prevalence that of arrivals: neither changes these
        if one.what in CORRIDOR:
            here = _corridor(world, one, *(index[a] for a in named))
            world = _arrivals(world, one, here) if one.what == "arrivals" else world
        elif one.what != "pulmonary":
            observed = _of_country(observed, one, index[one.area])
    return world, observed


def _corridor(world: World, one: Own, origin: int, destination: int) -> npt.NDArray[np.bool_]:
    where = world.where
    here: npt.NDArray[np.bool_] = (where.origin == origin) & (where.destination == destination)
    if not here.any():
        raise SimulateError(
            f"own {one.what}: the corridor {one.origin} to {one.destination} is not modelled",
            hint="UN DESA counts fewer than 1,000 people in it",
        )
    return here


def _arrivals(world: World, one: Own, here: npt.NDArray[np.bool_]) -> World:
    origin = world.where.origin[here][0]
    if one.value > world.people[origin]:
        raise SimulateError(
            f"own arrivals: {one.value:,.0f} a year from {one.origin}, which has "
            f"{world.people[origin]:,.0f} people",
            hint="people a year, of one corridor",
        )
    inflow = np.where(here, one.value, world.inflow)
    flows = None if world.flows is None else np.where(here, one.value, world.flows)
    return replace(world, inflow=inflow, flows=flows)


def _of_country(observed: Observed, one: Own, at: int) -> Observed:
    def set_at(values: Floats, value: float) -> Floats:
        out = values.copy()
        out[..., at] = value
        return out

    if one.what == "coverage":
        return replace(observed, coverage=set_at(observed.coverage, one.value))
    if one.what == "born_abroad":
        notified = observed.notified.copy()
        total = float(np.nansum(notified[:, at])) or 1000.0
        notified[:, at] = total * one.value, total * (1.0 - one.value)
        return replace(observed, notified=notified)
    here = observed.anchor.path(np.array([float(max(one.year - BASE, 0))]))[0][0, at]
    factor = one.value / 1e5 / here
    early, late, level = (
        set_at(v, v[at] * factor) for v in (observed.early, observed.late, observed.level)
    )
    anchor = replace(
        observed.anchor, cases=set_at(observed.anchor.cases, observed.anchor.cases[at] * factor)
    )
    return replace(observed, anchor=anchor, early=early, late=late, level=level)


def answer(
    world: World,
    observed: Observed,
    known: Mapping[str, Parameter],
    question: Question,
    *,
    seed: int,
    draws: int,
    pulmonary: Mapping[str, float] | None = None,
) -> Answer:
    """Run a question's programme and none, paired.

    Parameters
    ----------
    question : Question
        Its places are area ids of the world.
    pulmonary : mapping of area id to float, optional
        Share of an origin's disease that is of the lungs; an origin that is not in it: all of it.

    Raises
    ------
    SimulateError
        No corridor joins its places.
    """
    here = corridors_of(world, question)
    lungs = np.array([(pulmonary or {}).get(a, 1.0) for a in world.where.areas])
    findable = lungs[world.where.origin]
    parts = list[Answer]()
    for first in range(0, draws, BLOCK):
        index = list(range(first, min(first + BLOCK, draws)))
        drawn = draw(known, seed, draws, index)
        start = started(world, observed, drawn, seed=seed, count=draws, index=index)
        parts.append(_block(start, world, observed, drawn, question, (here, findable), seed, index))
    return Answer(
        cases=np.concatenate([p.cases for p in parts]),
        deaths=np.concatenate([p.deaths for p in parts]),
        steps={s: np.concatenate([p.steps[s] for p in parts]) for s in STEPS},
        ill=np.concatenate([p.ill for p in parts]),
        found=np.concatenate([p.found for p in parts]),
        flags={k: np.concatenate([p.flags[k] for p in parts]) for k in FLAGS},
    )


def corridors_of(world: World, question: Question) -> npt.NDArray[np.bool_]:
    """Return which corridors a question is about, shape (K,)."""
    where, areas = world.where, np.array(world.where.areas)
    here = np.isin(areas[where.destination], question.destinations)
    if question.origins:
        here &= np.isin(areas[where.origin], question.origins)
    if question.origins and set(question.origins) <= set(question.destinations):
        raise SimulateError(
            f"{', '.join(question.origins)}: origin and destination are the same",
            hint="a corridor leads from one country to another",
        )
    if not here.any():
        raise SimulateError(
            f"no modelled corridor leads from {', '.join(question.origins) or 'anywhere'} to "
            f"{', '.join(question.destinations)}",
            hint="UN DESA counts fewer than 1,000 people in it, or WHO's series is missing at one end",
        )
    return here


def origins_of(world: World, question: Question) -> tuple[str, ...]:
    """Return the origins of the corridors of a question, area ids.

    Raises
    ------
    SimulateError
        No corridor joins its places.
    """
    where = world.where
    at = np.unique(where.origin[corridors_of(world, question)])
    return tuple(where.areas[i] for i in at)


def _block(
    start: Fitted,
    world: World,
    observed: Observed,
    drawn: Mapping[str, Floats],
    question: Question,
    corridors: tuple[npt.NDArray[np.bool_], Floats],
    seed: int,
    index: list[int],
) -> Answer:
    last, (here, findable) = question.end, corridors
    none, present = _untouched(start, world, observed, drawn, question)
    log = list[Moved]()
    sieve = partial(_sieve, question, here, findable)
    at_home = question.where == "after_arrival"
    found = run(
        start,
        world,
        observed,
        drawn,
        UNTOUCHED,
        last=last,
        sieve=sieve,
        log=log,
        at_home=at_home,
        present=present,
    )
    levels = levels_of(observed, seed, index, last - BASE + 1)
    before, after = (told(o, none, levels) for o in (none, found))
    years = slice(question.start - BASE, last - BASE + 1)
    averted = [
        _split(getattr(before, f) - getattr(after, f), years, world, question)
        for f in ("cases", "deaths")
    ]
    everybody, whole = here.astype(float), [m.found + m.arrived for m in log[years]]
    treated, ill, lungs = (
        _summed(several, weights)
        for several, weights in (
            ([m.found for m in log[years]], everybody),
            (whole, everybody),
            (whole, everybody * findable),
        )
    )
    coming = _summed([m.going for m in log[years]], everybody)
    flags = {k: getattr(start, k) for k in FLAGS}
    return Answer(averted[0], averted[1], steps_of(question, coming, lungs), ill, treated, flags)


def _sieve(question: Question, here: npt.NDArray[np.bool_], findable: Floats, year: int) -> Sieve:
    """Return what looks for disease among arrivals in a year: those who complete, by both tests."""
    on = question.start <= year <= question.end
    covered = np.where(here, question.share("completed"), 0.0)[None] * on
    right = (findable * question.screen.sensitivity * question.confirm.sensitivity)[None]
    return Sieve(covered, right)


def _untouched(
    start: Fitted,
    world: World,
    observed: Observed,
    drawn: Mapping[str, Floats],
    question: Question,
) -> tuple[Outcome, Floats | None]:
    """Return what comes without the programme, and how many more are ill on arrival than selection gives.

    Raises
    ------
    SimulateError
        The asker's prevalence is not met: so many are not infected.
    """
    own, log = question.own_of("prevalence"), list[Moved]()
    none = run(start, world, observed, drawn, UNTOUCHED, last=question.end, log=log)
    if not own:
        return none, None
    present = np.ones(log[0].going.shape)
    for one in own:
        at = _at(world, one)
        found = _prevalence(log, one)[:, at]
        wanted = np.full_like(found, one.value / 1e5)
        present[:, at] = np.divide(wanted, found, out=np.ones_like(found), where=found > 0)
    log.clear()
    none = run(
        start, world, observed, drawn, UNTOUCHED, last=question.end, log=log, present=present
    )
    for one in own:
        ours = 1e5 * float(np.median(_prevalence(log, one)[:, _at(world, one)]))
        if abs(ours / one.value - 1.0) > TOLERANCE:
            raise SimulateError(
                f"{question.id}: own prevalence of {one.origin} to {one.destination}: {one.value:g} per "
                f"100,000 arrivals; of those who move {ours:,.0f} can be ill",
                hint="people with active disease among 100,000 who arrive: is it of another unit?",
            )
    return none, present


def _at(world: World, one: Own) -> int:
    """Return where the corridor of a number of the asker's stands."""
    where, areas = world.where, world.where.areas
    pairs = zip(where.origin.tolist(), where.destination.tolist(), strict=True)
    named = [(areas[o], areas[d]) for o, d in pairs]
    return named.index((one.origin, one.destination))


def _prevalence(log: Sequence[Moved], one: Own) -> Floats:
    """Return disease among arrivals in the year of a number of the asker's, shape (D, K)."""
    year = log[min(max(one.year - BASE, 0), len(log) - 1)]
    return np.asarray((year.found + year.arrived) / np.maximum(year.going, 1e-300))


def _summed(years: Sequence[Floats], weights: Floats) -> Floats:
    """Return a weighed sum over years and corridors, shape (D,)."""
    return np.asarray(sum(year @ weights for year in years))


def _split(
    averted: npt.NDArray[np.float32], years: slice, world: World, question: Question
) -> Floats:
    """Return what is averted among those born in the destinations, born abroad there, and elsewhere."""
    total = averted[:, years].sum(axis=1, dtype=np.float64)
    there = np.isin(np.array(world.where.areas), question.destinations)
    born, abroad = (total[:, g][:, there].sum(axis=1) for g in (0, 1))
    return np.stack([born, abroad, total[:, :, ~there].sum(axis=(1, 2))], axis=1)


def steps_of(question: Question, coming: Floats, ill: Floats) -> dict[str, Floats]:
    """Return people at each step: everybody is screened, who is positive is tested and then treated.

    Parameters
    ----------
    coming, ill : ndarray, shape (D,)
        People who arrive, and who of them has active disease of the lungs; disease elsewhere is tested
        as health is.
    """
    first, second = question.screen, question.confirm
    healthy = np.maximum(coming - ill, 0.0)
    positive = ill * first.sensitivity + healthy * (1.0 - first.specificity)
    confirmed = ill * first.sensitivity * second.sensitivity + healthy * (
        1.0 - first.specificity
    ) * (1.0 - second.specificity)
    who = dict(zip(STEPS, (coming, coming, positive, confirmed, confirmed), strict=True))
    return {step: who[step] * question.share(step) for step in STEPS}
