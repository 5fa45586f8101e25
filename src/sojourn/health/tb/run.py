"""Programmes compared on the same draws: cases and deaths by year, residents and migrants apart.

Levels and trends are those of the statistical anchor with its own forecast error; the model supplies
ratios: of a programme to none, and of people born abroad to those born in the country. Without a
programme the ratio is one, exactly.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.health.engine.estimates import deviates
from sojourn.health.engine.outcomes import joined
from sojourn.health.engine.parameters import Parameter, constants, draw, key_of
from sojourn.health.engine.scenario import Scenario, budget
from sojourn.health.tb.anchor import Law, anchored
from sojourn.health.tb.fit import BASE, Observed, World, by_host, drawn_within
from sojourn.health.tb.joined import Fitted, chances, fit
from sojourn.health.tb.latency import STRUCTURES, latencies
from sojourn.health.tb.model import FASTEST, Map, Rates, Reach, constants_of, run_year
from sojourn.health.tb.moves import Moved, Sieve, move
from sojourn.health.tb.step import Constants

Floats = npt.NDArray[np.float64]
LAST = 2035
BLOCK = 8  # draws that share the caches of a core
FLAGS = ("met", "deaths_met", "bound", "share", "selection", "factor", "weight")
GROUPS = ("residents", "migrants")
FLOWS = ("minimum-closed", "pseudo-bayes", "independence")
TRENDS = ("frozen", "matched")
MATCHED_BY = 2019  # transmission goes on so that this year's rate over 2015's is the anchor's
SLOPES = (-0.4, 0.3)
SECANT = 4
HIGH_BURDEN = 50e-5  # incidence above which a country of origin is offered support at the source
UNTOUCHED = Scenario(id="untouched", title="No programme", cover=0.0)


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
    arrived : ndarray of float32, shape (D, years, n)
        People who arrived with active disease that nobody had found: among the cases of migrants.
    """

    cases: npt.NDArray[np.float32]
    deaths: npt.NDArray[np.float32]
    persons: npt.NDArray[np.float32]
    screened: Floats
    arrived: npt.NDArray[np.float32]


def structures_of(seed: int, count: int) -> np.ndarray:
    """Return the latency structure of every draw: each as often, in an order of its own."""
    return _each_as_often(seed, "structure", STRUCTURES, count)


def trends_of(seed: int, count: int) -> np.ndarray:
    """Return how transmission goes on in every draw: frozen in 2015, or matched to the anchor."""
    return _each_as_often(seed, "transmission", TRENDS, count)


def methods_of(seed: int, count: int) -> np.ndarray:
    """Return the flow method of every draw: each as often, in an order of its own."""
    return _each_as_often(seed, "flow method", FLOWS, count)


def _each_as_often(seed: int, name: str, kinds: tuple[str, ...], count: int) -> np.ndarray:
    order = np.random.Generator(np.random.Philox(key=key_of(seed, name))).permutation(count)
    return np.array(kinds)[order % len(kinds)]


def rates_of(drawn: Mapping[str, Floats], structures: np.ndarray, world: World) -> Rates:
    """Return the rates of every draw; treatment is filled in by the fit."""
    years, fatal = drawn["untreated_years"][:, None], drawn["untreated_fatality"][:, None]
    none = np.zeros((len(years), world.where.n))
    return Rates(
        latency=latencies(structures, drawn),
        reinfection=drawn["reinfection"],
        untreated_death=none + fatal / years,
        self_cure=none + (1.0 - fatal) / years,
        relapse=drawn["relapse"],
        success=drawn["treatment_success"],
        mixing=drawn["mixing"],
        treated=none,
        fatality=none,
        births=world.births,
        deaths=world.deaths,
    )


def started(
    world: World,
    observed: Observed,
    drawn: Mapping[str, Floats],
    *,
    seed: int,
    count: int,
    index: Sequence[int],
    structure: np.ndarray | None = None,
) -> Fitted:
    """Fit some draws to WHO's series, and find how transmission goes on in each.

    Parameters
    ----------
    structure : ndarray of str, shape (len(index),), optional
        Latency structures in place of those of the draws.
    """
    index = list(index)
    kinds = structures_of(seed, count)[index] if structure is None else structure
    methods = np.array([FLOWS.index(m) for m in methods_of(seed, count)[index]])
    start = fit(
        rates_of(drawn, kinds, world),
        drawn_within(observed, seed, index),
        world,
        chances(observed, world, seed, index, methods),
        drawn["migrant_access"],
        drawn["force_before"],
    )
    return matched(start, world, observed, drawn, trends_of(seed, count)[index] == "matched")


def matched(
    start: Fitted, world: World, observed: Observed, drawn: Mapping[str, Floats], rows: np.ndarray
) -> Fitted:
    """Find the slope of transmission that lets the untouched model follow the anchor, in some draws."""
    at = np.flatnonzero(rows)
    if not len(at):
        return start
    some = _rows(start, at)
    those = {k: v[at] for k, v in drawn.items()}
    path = observed.anchor.path(np.array([0.0, MATCHED_BY - BASE]))[0]
    aim = np.log(path[1] / path[0])

    def off(slope: Floats) -> Floats:
        told = run(replace(some, slope=slope), world, observed, those, UNTOUCHED, last=MATCHED_BY)
        rate = told.cases.sum(axis=2, dtype=np.float64) / told.persons.sum(axis=2)
        return np.asarray(np.log(np.maximum(rate[:, -1], 1e-300) / rate[:, 0]) - aim)

    last = np.zeros_like(some.slope)
    was = off(last)
    now = np.clip(-0.5 * was, *SLOPES)
    for _ in range(SECANT - 1):
        here = off(now)
        steep = np.divide(here - was, now - last, out=np.full_like(now, 2.0), where=now != last)
        step = here / np.clip(steep, 0.5, 8.0)
        last, was = now, here
        now = np.clip(now - step, *SLOPES)
    slope, bound = start.slope.copy(), start.bound.copy()
    slope[at], bound[at] = now, (now <= SLOPES[0]) | (now >= SLOPES[1])
    return replace(start, slope=slope, bound=bound)


def _rows(start: Fitted, at: np.ndarray) -> Fitted:
    """Return some draws of a fit."""
    r = start.rates
    fields = ("k1", "e1", "k2", "e2", "late", "clear")
    latency = replace(r.latency, **{f: getattr(r.latency, f)[at] for f in fields})
    own = {
        f: getattr(r, f)[at]
        for f in Rates.__dataclass_fields__
        if f not in ("latency", "births", "deaths")
    }
    rest = {
        f: getattr(start, f)[at] for f in Fitted.__dataclass_fields__ if f not in ("state", "rates")
    }
    return Fitted(state=start.state[:, at], rates=replace(r, latency=latency, **own), **rest)


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
        And what the flags are judged by: where the fit met WHO's incidence (``met``) and deaths
        (``deaths_met``), the slope of transmission at its bound (``bound``), migrants' share of cases
        (``share``), selection of movers (``selection``), fatality over what is published (``factor``),
        how well a draw tells the past (``weight``, a logarithm);
        R without a scale-up (``r0``), and the share by which one at full cover lowers it (``effect``).
    """
    parts: dict[str, list[Outcome]] = {p.id: [] for p in programmes}
    flags: dict[str, list[npt.NDArray[Any]]] = {k: [] for k in (*FLAGS, "r0", "effect")}
    for first in range(0, len(chosen), BLOCK):
        index = list(chosen[first : first + BLOCK])
        drawn = draw(known, seed, count, index)
        start = started(world, observed, drawn, seed=seed, count=count, index=index)
        for name in FLAGS:
            flags[name].append(getattr(start, name))
        r0, effect = reproduction(start, drawn)
        flags["r0"].append(r0)
        flags["effect"].append(effect)
        none = run(start, world, observed, drawn, UNTOUCHED, last=last)
        levels = levels_of(observed, seed, index, last - BASE + 1)
        for programme in programmes:
            found = run(start, world, observed, drawn, programme, last=last)
            parts[programme.id].append(told(found, none, levels))
    return {name: joined(done) for name, done in parts.items()}, {
        k: np.concatenate(v) for k, v in flags.items()
    }


@dataclass(frozen=True)
class Levels:
    """Cases and deaths per person that the anchor tells, and the drift of the share born abroad.

    Attributes
    ----------
    cases, deaths, drift : ndarray, shape (D, years, n)
        The drift is added to the logit of migrants' share.
    """

    cases: Floats
    deaths: Floats
    drift: Floats


def levels_of(observed: Observed, seed: int, chosen: Sequence[int], years: int) -> Levels:
    """Draw the anchor's levels, errors of neighbouring years alike, and the drift of the share."""
    n, law = len(observed.first), constants("tb")
    hold = law["anchor_correlation"].value
    errors = []
    for quantity in ("cases", "deaths"):
        z = np.empty((len(chosen), years, n))
        for y in range(years):
            fresh = deviates(seed, f"anchor {quantity} {y}", chosen, n)
            z[:, y] = fresh if y == 0 else hold * z[:, y - 1] + np.sqrt(1.0 - hold**2) * fresh
        errors.append(z)
    cases, deaths = anchored(observed.anchor, years, (errors[0], errors[1]))
    away = np.sqrt(np.arange(years) / law["share_drift_years"].value)
    drift = law["share_drift"].value * away[:, None]
    return Levels(cases, deaths, drift * deviates(seed, "share drift", chosen, n)[:, None])


def told(found: Outcome, none: Outcome, levels: Levels) -> Outcome:
    """Return a programme's outcome at the anchor's levels: ratios of the model, nothing else of it."""
    people = none.persons.sum(axis=2, dtype=np.float64)
    out = {}
    for what, level in (("cases", levels.cases), ("deaths", levels.deaths)):
        ours, base = (getattr(o, what).astype(np.float64) for o in (found, none))
        ratio = np.divide(ours, base, out=np.ones_like(base), where=base > 0)
        total = base.sum(axis=2)
        share = np.divide(base[:, :, 1], total, out=np.zeros_like(total), where=total > 0)
        moved = share * np.exp(levels.drift)
        share = moved / (1.0 - share + moved)
        both = np.stack([1.0 - share, share], axis=2)
        out[what] = (ratio * both * (level * people)[:, :, None]).astype(np.float32)
    ours = found.cases[:, :, 1]
    scale = np.divide(out["cases"][:, :, 1], ours, out=np.zeros_like(ours), where=ours > 0)
    return replace(found, **out, arrived=found.arrived * scale)


def reproduction(start: Fitted, drawn: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Return R of residents without a scale-up, and the share by which one at full cover lowers it.

    R = transmission x years of active disease x the share of infections that become disease.

    Returns
    -------
    (ndarray, ndarray), each of shape (D, n)
    """
    rates = start.rates
    off = rates.untreated_death + rates.self_cure + rates.deaths
    cascade = drawn["cascade_tested"] * drawn["cascade_completed"] * drawn["preventive_efficacy"]
    prevented = (drawn["preventive_reach"] * cascade)[:, None]

    def spread(faster: Floats, prevented: Floats) -> Floats:
        treated = np.minimum(rates.treated * faster, FASTEST)
        years = 1.0 / (treated * (rates.success[:, None] + rates.fatality) + off)
        return np.asarray(years * rates.latency.onset(rates.deaths + prevented))

    base = spread(np.ones_like(prevented), np.zeros_like(prevented))
    full = spread(1.0 + drawn["diagnosis_boost"][:, None], prevented)
    return start.contact * base, 1.0 - full / base


def run(
    start: Fitted,
    world: World,
    observed: Observed,
    drawn: Mapping[str, Floats],
    programme: Scenario,
    *,
    last: int = LAST,
    sieve: Callable[[int], Sieve] | None = None,
    log: list[Moved] | None = None,
    at_home: bool = False,
    present: Floats | None = None,
) -> Outcome:
    """Run one programme from 2015: the model's own numbers, before they meet the anchor's levels.

    Parameters
    ----------
    sieve : callable, optional
        What looks for disease among arrivals in a year, in place of the programme's.
    log : list, optional
        To which every year's movements are added.
    at_home : bool
        Whether who is found counts as a case of the host: found after arrival.
    present : ndarray, shape (D, K), optional
        Arrivals with active disease, over those whom selection alone gives.
    """
    where, n = world.where, world.where.n
    state = start.state.copy()
    draws, years = state.shape[1], last - BASE + 1
    cases, deaths, persons = (np.zeros((draws, years, 2, n), dtype=np.float32) for _ in range(3))
    screened, arrived = np.zeros(draws), np.zeros((draws, years, n), dtype=np.float32)
    chosen, faded = start.selection[:, where.destination], Law.of("cases").faded
    sensitivity = drawn["screening_sensitivity"][:, None] * world.findable
    usual = Sieve(np.full((1, 1), programme.pre_entry), sensitivity)
    held = dict[float, Constants]()  # of a scale of the programme: most years share one
    for y in range(years):
        finds = usual if sieve is None else sieve(BASE + y)
        scale = programme.scale(BASE + y)
        if scale not in held:
            reach = reach_of(programme, BASE + y, where, observed, world, drawn)
            held = {scale: constants_of(start.rates, where, reach)}
        contact = start.contact * np.exp(start.slope * faded(np.array(y + 0.5)))
        done = run_year(state, where, start.rates, contact, fixed=held[scale])
        for target, found in ((cases, done.cases), (deaths, done.deaths), (persons, done.persons)):
            target[:, y, 0] = found[:, :n]
            target[:, y, 1] = by_host(where, found[:, n:])
        moved = move(state, where, world.moves(y, start.inflow), chosen, finds, present)
        arrived[:, y] = by_host(where, moved.arrived + moved.found * at_home)
        if log is not None:
            log.append(moved)
        cases[:, y, 1] += arrived[:, y]
        screened += moved.found.sum(axis=1)
    return Outcome(cases, deaths, persons, screened, arrived)


def included(programme: Scenario, drawn: Mapping[str, Floats]) -> Floats:
    """Return the share of residents' cover that people born abroad have, shape (D,)."""
    draws = len(drawn["mixing"])
    if programme.inclusion < 0:
        return drawn["current_inclusion"]
    told = np.full(draws, programme.inclusion)
    return 1.0 - drawn["excluded_by_status"] * (1.0 - told) if programme.by_status else told


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
    inclusion = included(programme, drawn)
    if programme.same_commodities:
        migrants = world.migrants
        cover = budget(cover, world.people - migrants, migrants)
    reached = np.empty((draws, n + len(destination)))
    reached[:, :n] = cover
    reached[:, n:] = inclusion[:, None] * cover[destination]
    faster = 1.0 + drawn["diagnosis_boost"][:, None] * reached
    faster[:, n:] *= drawn["migrant_access"][:, None]
    cascade = drawn["cascade_tested"] * drawn["cascade_completed"] * drawn["preventive_efficacy"]
    preventive = (drawn["preventive_reach"] * cascade)[:, None] * reached
    return Reach(faster, preventive)
