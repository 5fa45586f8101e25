"""Programmes compared on the same draws: cases and deaths by year, residents and migrants apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.health.engine.estimates import deviates
from sojourn.health.engine.parameters import Parameter, constants, draw, key_of
from sojourn.health.engine.scenario import Scenario, budget
from sojourn.health.tb.fit import BASE, Fitted, Observed, World, drawn_within, fit
from sojourn.health.tb.latency import STRUCTURES, latencies
from sojourn.health.tb.model import FASTEST, Map, Rates, Reach, run_year
from sojourn.health.tb.moves import move

Floats = npt.NDArray[np.float64]
LAST = 2035
BLOCK = 8  # draws that share the caches of a core
FLAGS = ("met", "deaths_met", "lowered")
GROUPS = ("residents", "migrants")
HIGH_BURDEN = 50e-5  # incidence above which a country of origin is offered support at the source


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
        People found with disease before entry, all years.
    """

    cases: npt.NDArray[np.float32]
    deaths: npt.NDArray[np.float32]
    persons: npt.NDArray[np.float32]
    screened: Floats


def structures_of(seed: int, count: int) -> np.ndarray:
    """Return the latency structure of every draw: each as often, in an order of its own."""
    order = np.random.Generator(np.random.Philox(key=key_of(seed, "structure"))).permutation(count)
    return np.array(STRUCTURES)[order % len(STRUCTURES)]


def rates_of(drawn: Mapping[str, Floats], structures: np.ndarray, world: World) -> Rates:
    """Return the rates of every draw; treatment is filled in by the fit."""
    years, fatal = drawn["untreated_years"], drawn["untreated_fatality"]
    empty = np.zeros((len(years), world.where.n))
    return Rates(
        latency=latencies(structures, drawn),
        reinfection=drawn["reinfection"],
        untreated_death=fatal / years,
        self_cure=(1.0 - fatal) / years,
        relapse=drawn["relapse"],
        success=drawn["treatment_success"],
        mixing=drawn["mixing"],
        treated=empty,
        fatality=empty,
        births=world.births,
        deaths=world.deaths,
    )


def selection_of(
    known: Mapping[str, Parameter],
    drawn: Mapping[str, Floats],
    seed: int,
    chosen: Sequence[int],
    n: int,
) -> Floats:
    """Return infection among movers to each country, relative to the people they leave, shape (D, n).

    One factor for the whole world would let errors of destinations cancel nowhere: a share of the
    variance of its logarithm (``selection_pooled``) is common to all, the rest is the country's own.
    """
    law = known["selection"]
    middle = law.quantile(np.array([0.5]))
    common = np.log(drawn["selection"] / middle)
    spread = float(np.log(law.quantile(np.array([0.8413])) / middle)[0])
    pooled = constants("tb")["selection_pooled"].value
    own = spread * deviates(seed, "selection", chosen, n)
    away = np.sqrt(pooled) * common[:, None] + np.sqrt(1.0 - pooled) * own
    return np.asarray(middle * np.exp(away))


def simulate(
    world: World,
    observed: Observed,
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
        And where the fit met WHO's incidence (``met``) and deaths (``deaths_met``), and where
        infection among migrants had to be lowered since they alone would have exceeded WHO's
        incidence (``lowered``): published inputs that contradict each other; R without a scale-up
        (``r0``), and the share by which one at full cover lowers it (``effect``).
    """
    parts: dict[str, list[Outcome]] = {p.id: [] for p in programmes}
    flags: dict[str, list[npt.NDArray[Any]]] = {k: [] for k in (*FLAGS, "r0", "effect")}
    structure = structures_of(seed, count)
    for first in range(0, len(chosen), BLOCK):
        index = list(chosen[first : first + BLOCK])
        drawn = draw(known, seed, count, index)
        rates = rates_of(drawn, structure[index], world)
        selection = selection_of(known, drawn, seed, index, world.where.n)
        aims = drawn_within(observed, seed, index)
        start = fit(rates, aims, world, selection, drawn["migrant_access"])
        for name in FLAGS:
            flags[name].append(getattr(start, name))
        r0, effect = reproduction(start, drawn)
        flags["r0"].append(r0)
        flags["effect"].append(effect)
        for programme in programmes:
            parts[programme.id].append(run(start, world, observed, drawn, programme, last=last))
    return {name: _together(done) for name, done in parts.items()}, {
        k: np.concatenate(v) for k, v in flags.items()
    }


def reproduction(start: Fitted, drawn: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Return R of residents without a scale-up, and the share by which one at full cover lowers it.

    R = transmission x years of active disease x the share of infections that become disease.

    Returns
    -------
    (ndarray, ndarray), each of shape (D, n)
    """
    rates = start.rates
    off = (rates.untreated_death + rates.self_cure)[:, None] + rates.deaths
    cascade = drawn["cascade_tested"] * drawn["cascade_completed"] * drawn["preventive_efficacy"]
    prevented = (drawn["preventive_reach"] * cascade)[:, None]

    def spread(faster: Floats, prevented: Floats) -> Floats:
        treated = np.minimum(rates.treated * faster, FASTEST)
        years = 1.0 / (treated * (rates.success[:, None] + rates.fatality) + off)
        return np.asarray(years * rates.latency.onset(rates.deaths + prevented))

    base = spread(np.ones_like(prevented), np.zeros_like(prevented))
    full = spread(1.0 + drawn["diagnosis_boost"][:, None], prevented)
    return start.contact * base, 1.0 - full / base


def _together(parts: Sequence[Outcome]) -> Outcome:
    return Outcome(
        *(
            np.concatenate([getattr(p, name) for p in parts])
            for name in ("cases", "deaths", "persons", "screened")
        )
    )


def run(
    start: Fitted,
    world: World,
    observed: Observed,
    drawn: Mapping[str, Floats],
    programme: Scenario,
    *,
    last: int = LAST,
) -> Outcome:
    """Run one programme from 2015."""
    where, n = world.where, world.where.n
    state = start.state.copy()
    draws = state.shape[1]
    shape = (draws, last - BASE + 1, 2, n)
    cases, deaths, persons = (np.zeros(shape, dtype=np.float32) for _ in range(3))
    screened = np.zeros(draws)
    sieve = programme.pre_entry * drawn["screening_sensitivity"]
    for y in range(last - BASE + 1):
        reach = reach_of(programme, BASE + y, where, observed, world, drawn)
        done = run_year(state, where, start.rates, start.contact, reach)
        for target, found in ((cases, done.cases), (deaths, done.deaths), (persons, done.persons)):
            target[:, y, 0] = found[:, :n]
            target[:, y, 1] = where.by_country(found) - found[:, :n]
        screened += move(state, where, world.moves(y), start.selection, sieve)
    return Outcome(cases, deaths, persons, screened)


def reach_of(
    programme: Scenario,
    year: int,
    where: Map,
    observed: Observed,
    world: World,
    drawn: Mapping[str, Floats],
) -> Reach:
    """Return what a programme does in a year for every cell, shape (D, n + K)."""
    n, destination = where.n, where.destination
    scale = programme.scale(year)
    cover = np.full(n, programme.cover * scale)
    if programme.source_support:
        cover = cover + programme.source_support * cover * (observed.late > HIGH_BURDEN)
    draws = len(drawn["mixing"])
    if programme.inclusion < 0:
        inclusion = drawn["current_inclusion"]
    else:
        inclusion = np.full(draws, programme.inclusion)
    if programme.same_commodities:
        counted = np.bincount(destination, weights=world.stock[0], minlength=n)
        migrants = counted.astype(np.float64)
        cover = budget(cover, world.people - migrants, migrants)
    reached = np.empty((draws, n + len(destination)))
    reached[:, :n] = cover
    reached[:, n:] = inclusion[:, None] * cover[destination]
    faster = 1.0 + drawn["diagnosis_boost"][:, None] * reached
    faster[:, n:] *= drawn["migrant_access"][:, None]
    cascade = drawn["cascade_tested"] * drawn["cascade_completed"] * drawn["preventive_efficacy"]
    preventive = (drawn["preventive_reach"] * cascade)[:, None] * reached
    return Reach(faster, preventive)
