"""Malaria programmes compared on the same draws: cases and deaths by year, residents and migrants apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.health.engine.outcomes import joined
from sojourn.health.engine.parameters import Parameter, draw
from sojourn.health.engine.scenario import Scenario, budget
from sojourn.health.malaria.fit import Clinical, Estimated, Fitted, clinical, drawn_cases, fit
from sojourn.health.malaria.network import (
    STEPS,
    Habits,
    Reach,
    controlled,
    habits,
    move,
    moves_of,
    renew,
    step,
)
from sojourn.health.tb.fit import World
from sojourn.health.tb.run import FLOWS, methods_of

__all__ = ["FLOWS", "MalariaWorld", "Outcome", "methods_of", "simulate"]

Floats = npt.NDArray[np.float64]
BASE, LAST = 2015, 2035
BLOCK = 24  # draws advanced together: what a step costs beside its numbers is shared
HIGH_BURDEN = (
    1e-3  # cases per person and year above which an origin is offered support at the source
)


@dataclass(frozen=True)
class MalariaWorld:
    """What the model starts from.

    Attributes
    ----------
    world : World
        Its own inflow is not used.
    inflow : ndarray, shape (3, K)
        Arrivals a year by each method of FLOWS: flows are the weakest input, so each is a draw.
    estimated : Estimated
    """

    world: World
    inflow: Floats
    estimated: Estimated


@dataclass(frozen=True)
class Outcome:
    """What one scenario gave.

    Attributes
    ----------
    cases, deaths : ndarray of float32, shape (D, years, 2, n)
        Residents and migrants of each country, a year from 2015 to 2035.
    persons : ndarray of float32, the same shape
        Person-years.
    screened : ndarray, shape (D,)
        Infections found before entry, all years.
    r : ndarray of float32, shape (D, n)
        Reproduction number under control in 2035.
    imports : ndarray of float32, shape (D, n)
        Infections in 2035 caught on visits or carried by arrivals.
    """

    cases: npt.NDArray[np.float32]
    deaths: npt.NDArray[np.float32]
    persons: npt.NDArray[np.float32]
    screened: Floats
    r: npt.NDArray[np.float32]
    imports: npt.NDArray[np.float32]


def simulate(
    inputs: MalariaWorld,
    known: Mapping[str, Parameter],
    programmes: Sequence[Scenario],
    *,
    seed: int,
    count: int,
    chosen: Sequence[int],
    last: int = LAST,
) -> tuple[dict[str, Outcome], dict[str, npt.NDArray[Any]]]:
    """Run some of ``count`` draws under every programme; paired, in any order, the same numbers.

    Returns
    -------
    (dict of scenario id to Outcome, dict of ndarray, shape (len(chosen), n))
        And where the fit met WHO's cases (``met``), and where visits alone would have exceeded them
        (``lowered``): published inputs that contradict each other; R without a scale-up (``r0``),
        and the share by which one at full cover lowers it (``effect``).
    """
    parts: dict[str, list[Outcome]] = {p.id: [] for p in programmes}
    flags: dict[str, list[npt.NDArray[Any]]] = {k: [] for k in ("met", "lowered", "r0", "effect")}
    methods = methods_of(seed, count)
    for first in range(0, len(chosen), BLOCK):
        index = list(chosen[first : first + BLOCK])
        drawn = draw(known, seed, count, index)
        h = habits(drawn, inputs.world.where)
        inflow = inputs.inflow[[FLOWS.index(m) for m in methods[index]]]
        share, selection = clinical(drawn), drawn["selection"][:, None]
        cases = drawn_cases(inputs.estimated, seed, index)
        start = fit(inputs.world, cases, share, h, moves_of(inputs.world, inflow, 0), selection)
        flags["met"].append(start.met)
        flags["lowered"].append(start.lowered)
        r0, effect = reproduction(start, inputs, h, drawn)
        flags["r0"].append(r0)
        flags["effect"].append(effect)
        for programme in programmes:
            done = run(start, inputs, inflow, share, h, drawn, programme, last=last)
            parts[programme.id].append(done)
    return {name: joined(done) for name, done in parts.items()}, {
        k: np.concatenate(v) for k, v in flags.items()
    }


def reproduction(
    start: Fitted, inputs: MalariaWorld, h: Habits, drawn: Mapping[str, Floats]
) -> tuple[Floats, Floats]:
    """Return R of each country without a scale-up, and the share by which full cover lowers a person's.

    Returns
    -------
    (ndarray, ndarray), each of shape (D, n)
    """
    where, people = inputs.world.where, start.start.people
    idle = Reach(
        np.ones_like(people),
        h.treated_share * np.ones_like(people),
        np.ones((len(people), where.n)),
    )
    r0 = controlled(start.vector, idle, people, where, h)
    f = h.treated_share
    cured = f + (1.0 - f) * drawn["treatment_gain"][:, None]
    lasts, base = ((1.0 - x) * h.untreated + x * h.treated for x in (cured, f))
    effect = 1.0 - (1.0 - drawn["protection"][:, None]) * lasts / base
    return r0, np.repeat(effect, where.n, axis=1)


def run(
    start: Fitted,
    inputs: MalariaWorld,
    inflow: Floats,
    share: Clinical,
    h: Habits,
    drawn: Mapping[str, Floats],
    programme: Scenario,
    *,
    last: int = LAST,
    steps: int = STEPS,
) -> Outcome:
    """Run one programme from 2015."""
    world, where, n = inputs.world, inputs.world.where, inputs.world.where.n
    now, dt = start.start.copy(), 1.0 / steps
    shape = (len(inflow), last - BASE + 1, 2, n)
    cases, deaths, persons = (np.zeros(shape, dtype=np.float32) for _ in range(3))
    selection = drawn["selection"][:, None]
    sieve = (programme.pre_entry * drawn["screening_sensitivity"])[:, None]
    screened, imports = np.zeros(shape[0]), np.zeros((shape[0], n))
    reach = reach_of(programme, BASE, inputs, h, drawn)
    for y in range(last - BASE + 1):
        reach = reach_of(programme, BASE + y, inputs, h, drawn)
        moves = moves_of(world, inflow, y)
        caught, alive = np.zeros_like(now.people), np.zeros_like(now.people)
        visited = np.zeros_like(inflow)
        for _ in range(steps):
            new, visits = step(now, start.vector, reach, where, h, dt)
            caught += now.people * new
            alive += dt * now.people
            visited += now.people[:, n:] * visits
            screened += move(now, where, moves, selection, sieve, dt)
            renew(now, world, dt)
        _count(y, caught, alive, reach, (cases, deaths, persons), inputs, share, drawn, h)
        carried = moves.arrivals * selection * now.both[:, :n][:, where.origin] * (1.0 - sieve)
        padded = np.concatenate([np.zeros((shape[0], n)), visited + carried], axis=1)
        imports = where.by_country(padded)
    r = controlled(start.vector, reach, now.people, where, h)
    return Outcome(
        cases, deaths, persons, screened, r.astype(np.float32), imports.astype(np.float32)
    )


def _count(
    y: int,
    caught: Floats,
    alive: Floats,
    reach: Reach,
    kept: tuple[npt.NDArray[np.float32], ...],
    inputs: MalariaWorld,
    share: Clinical,
    drawn: Mapping[str, Floats],
    h: Habits,
) -> None:
    """Turn a year's infections into cases and deaths, by residence and group."""
    where, n = inputs.world.where, inputs.world.where.n
    people = np.maximum(where.by_country(alive), 1e-300)
    infections = where.by_country(caught) / people
    ratio = np.divide(
        share.cases(infections), infections, out=np.zeros_like(infections), where=infections > 0
    )
    ill = caught * ratio[:, where.country]
    spared = drawn["treated_fatality"][:, None]
    severity = (1.0 - reach.cured + spared * reach.cured) / (
        1.0 - h.treated_share + spared * h.treated_share
    )
    died = ill * severity * inputs.estimated.fatality[where.country]
    for target, found in zip(kept, (ill, died, alive), strict=True):
        target[:, y, 0] = found[:, :n]
        target[:, y, 1] = where.by_country(found) - found[:, :n]


def reach_of(
    programme: Scenario,
    year: int,
    inputs: MalariaWorld,
    h: Habits,
    drawn: Mapping[str, Floats],
) -> Reach:
    """Return what a programme does in a year for every cell."""
    where, n = inputs.world.where, inputs.world.where.n
    draws = len(drawn["mixing"])
    cover = np.full(n, programme.cover * programme.scale(year))
    migrants = np.bincount(where.destination, weights=inputs.world.stock[0], minlength=n).astype(
        np.float64
    )
    residents = np.maximum(inputs.world.people - migrants, 0.0)
    if programme.same_commodities:
        cover = budget(cover, residents, migrants)
    support = np.zeros(n)
    sends = np.bincount(where.origin, minlength=n) > 0
    if programme.source_support:
        support = (
            programme.source_support * cover * (sends & (inputs.estimated.cases > HIGH_BURDEN))
        )
    inclusion = (
        drawn["current_inclusion"]
        if programme.inclusion < 0
        else np.full(draws, programme.inclusion)
    )
    reached = np.empty((draws, n + len(where.destination)))
    reached[:, :n] = cover + support
    reached[:, n:] = inclusion[:, None] * (cover + support)[where.destination]
    guard = 1.0 - np.minimum(drawn["protection"][:, None] * reached, 0.95)
    f = h.treated_share
    cured = f + (1.0 - f) * np.minimum(drawn["treatment_gain"][:, None] * reached, 0.95)
    counted = np.concatenate([residents, inputs.world.stock[0]])
    mean = where.by_country(reached * counted) / np.maximum(residents + migrants, 1e-300)
    calm = 1.0 - np.minimum(drawn["community_effect"][:, None] * mean, 0.95)
    return Reach(guard, cured, calm)
