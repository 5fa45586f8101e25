"""Every country's tuberculosis fitted to WHO's series up to 2015, draw by draw, all at once.

The force of infection follows an exponential path from 1950 whose level and slope are found for
each country and draw so that incidence in the first three years of WHO's series (2000-2002, or later
where a country is younger) and in 2013-2015 is WHO's, drawn within WHO's interval. Treatment starts
as WHO's treatment coverage asks; its fatality follows from deaths. Nothing later than 2015 is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sojourn.health.engine.estimates import deviates, factors
from sojourn.health.tb.model import A, F, L, M, Map, R, Rates, Reach, S, X, run_year
from sojourn.health.tb.moves import Moves, move

Floats = npt.NDArray[np.float64]
FIRST, START, BASE = 1950, 2000, 2015
SPIN_UP = 10  # years in which migrants come to live with their hosts before 2015
ROUNDS = 9
PEOPLE = 1e6  # of the run-in, at constant size
TOLERANCE, DEATHS_OFF = 0.05, 0.10
LEAST_FATALITY, MOST_TREATED = 0.02, 4.0  # share of treatments; per year (three months of disease)
MOST_RETURN = 0.9  # of a corridor's migrants in a year
STEEPEST = 3.0  # e-folds by which the force of infection may differ from that of the first period


@dataclass(frozen=True)
class Observed:
    """WHO's series of each country, shape (n,); drawn for each draw, shape (D, n).

    Attributes
    ----------
    early, late : ndarray
        Incidence per person and year, means of the first three years and of 2013-2015.
    fatality : ndarray
        Deaths over cases, 2013-2015, people with HIV included.
    coverage : ndarray, shape (n,)
        Treated share of cases, mean of the years of 2013-2015 that have one.
    first : ndarray of int, shape (n,)
        First year of WHO's series.
    cases_bounds, deaths_bounds : ndarray, shape (2, n)
        WHO's interval over its estimate, 2013-2015.
    """

    early: Floats
    late: Floats
    fatality: Floats
    coverage: Floats
    first: npt.NDArray[np.int64]
    cases_bounds: Floats
    deaths_bounds: Floats


def drawn_within(observed: Observed, seed: int, chosen: Sequence[int]) -> Observed:
    """Return what WHO estimates, drawn within WHO's intervals, for some draws.

    What WHO does not know of a country's incidence (who is not found) is taken to be the same in
    both periods; deaths are drawn apart from cases.
    """
    n = len(observed.late)
    more = factors(observed.cases_bounds, deviates(seed, "who tb cases", chosen, n))
    died = factors(observed.deaths_bounds, deviates(seed, "who tb deaths", chosen, n))
    return replace(
        observed,
        early=observed.early * more,
        late=observed.late * more,
        fatality=np.minimum(observed.fatality * died / more, 0.95),
    )


@dataclass(frozen=True)
class World:
    """Sizes, persons and persons a year.

    Attributes
    ----------
    where : Map
    people : ndarray, shape (n,)
        Population in 2015, migrants included.
    stock : ndarray, shape (years + 1, K)
        Migrants of each corridor at the beginning of each year from 2015.
    inflow : ndarray, shape (K,)
        Arrivals a year.
    births, deaths : ndarray, shape (n,)
        Per person and year.
    """

    where: Map
    people: Floats
    stock: Floats
    inflow: Floats
    births: Floats
    deaths: Floats

    def moves(self, year: int) -> Moves:
        """Return who moves in a year counted from 2015; the stock follows its path."""
        now = self.stock[min(year, len(self.stock) - 1)]
        later = self.stock[min(year + 1, len(self.stock) - 1)]
        lost = self.deaths[self.where.destination] * now
        arrivals = np.maximum(self.inflow, later - now + lost)
        returns = np.maximum(arrivals - (later - now) - lost, 0.0)
        # who comes and goes within the year is in neither table: the stock keeps to its path
        within = np.minimum(np.maximum(returns - MOST_RETURN * now, 0.0), arrivals)
        return Moves(arrivals - within, returns - within)


@dataclass(frozen=True)
class Fitted:
    """The world at the beginning of 2015, for every draw.

    Attributes
    ----------
    state : ndarray, shape (7, D, n + K)
    contact : ndarray, shape (D, n)
        Transmission a year, fixed from now on.
    selection : ndarray, shape (D, K)
        Selection factor of movers, lowered where migrants alone would exceed WHO's incidence.
    met : ndarray of bool, shape (D, n)
        Whether incidence of both periods is met within 5 per cent.
    lowered : ndarray of bool, shape (D, n)
        Whether infection among migrants was lowered.
    deaths_met : ndarray of bool, shape (D, n)
        Whether deaths are met within 10 per cent or half a death a year.
    """

    state: Floats
    rates: Rates
    contact: Floats
    selection: Floats
    met: npt.NDArray[np.bool_]
    lowered: npt.NDArray[np.bool_]
    deaths_met: npt.NDArray[np.bool_]


def treatment(rates: Rates, observed: Observed) -> Rates:
    """Return the rates with each country's treatment and its fatality, shape (D, n)."""
    untreated = (rates.untreated_death + rates.self_cure)[:, None] + rates.deaths
    cover = np.clip(observed.coverage, 0.2, 0.95)
    succ, death = rates.success[:, None], rates.untreated_death[:, None]
    # Where WHO's deaths are fewer than the untreated alone would have, more are treated than counted.
    least = observed.fatality * (succ + LEAST_FATALITY) - LEAST_FATALITY
    needed = (death - observed.fatality * untreated) / np.maximum(least, 0.01)
    treated = np.clip(np.maximum(cover / (1.0 - cover) * untreated, needed), 0.0, MOST_TREATED)
    wanted = observed.fatality * (treated * succ + untreated) - death  # failures stay ill
    fatality = np.clip(wanted / (treated * (1.0 - observed.fatality)), 0.0, 1.0 - succ)
    return replace(rates, treated=treated, fatality=fatality)


def fit(
    rates: Rates, observed: Observed, world: World, selection: Floats, access: Floats
) -> Fitted:
    """Fit every country for every draw and let migrants join their hosts.

    Parameters
    ----------
    rates : Rates
        Of D draws; treatment is filled in here.
    selection : ndarray, shape (D, n)
        Infection among movers to each country, relative to the residents they leave.
    access : ndarray, shape (D,)
        Speed of diagnosis among migrants, relative to residents.
    """
    rates = treatment(rates, observed)
    alone = Map(world.where.areas, *(np.zeros(0, dtype=np.int64),) * 2)
    steady = replace(rates, births=rates.deaths)
    draws, n = len(rates.relapse), world.where.n
    level = np.broadcast_to(
        observed.early / rates.latency.lifetime(0.015)[:, None], (draws, n)
    ).copy()
    span = np.maximum(BASE - 2 - observed.first, 1)  # years between the middles of both periods
    slope = np.broadcast_to(np.log(observed.late / observed.early) / span, (draws, n)).copy()
    path = _Path(level, slope, observed.first)
    begin = np.zeros((7, draws, n))
    met = np.zeros((draws, n), dtype=bool)
    for turn in range(ROUNDS):
        begin, early, late = _history(alone, steady, path)
        met = (abs(early / observed.early - 1) < TOLERANCE) & (
            abs(late / observed.late - 1) < TOLERANCE
        )
        if turn < ROUNDS - 1:
            off = np.log((late / early) / (observed.late / observed.early))
            slope -= np.clip(1.4 * off / (span + 1), -0.05, 0.05)
            level *= np.clip(observed.early / early, 0.2, 5.0)
    return _joined(rates, observed, world, (selection, access), begin, path, met)


@dataclass(frozen=True)
class _Path:
    """The force of infection of a country: its level in the first year of WHO's series, its slope."""

    level: Floats
    slope: Floats
    first: npt.NDArray[np.int64]

    def force(self, year: float) -> Floats:
        """Return the force of infection at a time, shape (D, n)."""
        away = np.clip(self.slope * (year - self.first), -STEEPEST, STEEPEST)
        return np.asarray(self.level * np.exp(away))


def _history(where: Map, rates: Rates, path: _Path) -> tuple[Floats, Floats, Floats]:
    """Return the state of 2005 and the incidence of both periods, shape (D, n)."""
    draws, n = path.level.shape
    state = np.zeros((7, draws, n))
    state[S] = PEOPLE
    begin, early, late = state, np.zeros_like(path.level), np.zeros_like(path.level)
    for year in range(FIRST, BASE + 1):
        if year == BASE - SPIN_UP:
            begin = state.copy()
        done = run_year(
            state,
            where,
            rates,
            path.force(year + 0.5),
            prescribed=True,
            steps=12 if year >= START else 9,
        )
        rate = done.cases / done.persons / 3.0
        early += np.where((year >= path.first) & (year < path.first + 3), rate, 0.0)
        if BASE - 3 < year <= BASE:
            late += rate
    return begin, np.maximum(early, 1e-12), np.maximum(late, 1e-12)


def _joined(
    rates: Rates,
    observed: Observed,
    world: World,
    migrants: tuple[Floats, Floats],
    begin: Floats,
    path: _Path,
    met: npt.NDArray[np.bool_],
) -> Fitted:
    """Let migrants arrive for ten years, then set sizes and meet WHO's incidence of 2015."""
    where, n = world.where, world.where.n
    selection, access = migrants
    chosen = selection[:, where.destination]
    stock = world.stock[0]
    residents = np.maximum(world.people - _by_host(where, stock), 0.05 * world.people)
    state = np.concatenate([begin, begin[:, :, where.origin]], axis=2)
    _resize(state, np.concatenate([residents, stock]))
    lost = world.deaths[where.destination] * stock
    moves = Moves(np.maximum(world.inflow, lost), np.maximum(world.inflow - lost, 0.0))
    faster = np.ones(state.shape[1:])
    faster[:, n:] = access[:, None]
    reach = Reach(faster, np.zeros_like(faster))
    for year in range(BASE - SPIN_UP, BASE):
        run_year(state, where, rates, path.force(year + 0.5), reach, prescribed=True)
        move(state, where, moves, chosen, np.zeros(len(selection)))
        _resize(state, np.concatenate([residents, stock]))
    ill = _incidence(state, rates)
    wanted = observed.late * world.people
    abroad = where.by_country(ill) - ill[:, :n]
    lower = np.minimum(1.0, 0.9 * wanted / np.maximum(abroad, 1e-300))
    home = np.clip((wanted - abroad * lower) / np.maximum(ill[:, :n], 1e-300), 0.02, 3.0)
    _scale_infected(state, np.concatenate([home, lower[:, where.destination]], axis=1))
    sick = where.by_country(state[A]) / where.by_country(state.sum(axis=0))
    own = state[A][:, :n] / state.sum(axis=0)[:, :n]
    theta = rates.mixing[:, None]
    force = path.force(float(BASE)) * home
    contact = force / np.maximum(theta * sick + (1.0 - theta) * own, 1e-300)
    factor = chosen * lower[:, where.destination]
    made = where.by_country(_incidence(state, rates))
    met = met & (abs(made / wanted - 1.0) < TOLERANCE)
    rates, deaths_met = _fatal(rates, state, where, faster, observed.fatality * made)
    return Fitted(state, rates, contact, factor, met, lower < 1.0, deaths_met)


def _fatal(
    rates: Rates, state: Floats, where: Map, faster: Floats, wanted: Floats
) -> tuple[Rates, npt.NDArray[np.bool_]]:
    """Set the fatality of treatment so that deaths are WHO's with migrants there; say where they are.

    They are not where the untreated alone die more often than WHO estimates, or all treatments that
    fail would not be enough: inputs that contradict each other.
    """
    untreated = rates.untreated_death[:, None] * where.by_country(state[A])
    given = where.by_country(state[A] * faster * rates.treated[:, where.country])
    most = 1.0 - rates.success[:, None]
    fatality = np.clip((wanted - untreated) / np.maximum(given, 1e-300), 0.0, most)
    off = np.abs(untreated + fatality * given - wanted)
    return replace(rates, fatality=fatality), off <= np.maximum(DEATHS_OFF * wanted, 0.5)


def _by_host(where: Map, stock: Floats) -> Floats:
    return np.bincount(where.destination, weights=stock, minlength=where.n).astype(np.float64)


def _resize(state: Floats, people: Floats) -> None:
    total = state.sum(axis=0)
    state *= np.divide(people, total, out=np.zeros_like(total), where=total > 0)


def _incidence(state: Floats, rates: Rates) -> Floats:
    """Return cases a year of every cell, shape (D, n + K)."""
    lat = rates.latency
    k1, k2, late, rel = (v[:, None] for v in (lat.k1, lat.k2, lat.late, rates.relapse))
    return np.asarray(k1 * state[F] + k2 * state[M] + late * state[L] + rel * state[R])


def _scale_infected(state: Floats, factor: Floats) -> None:
    """Multiply what leads to disease, and take the difference from the never infected and cleared."""
    before = state[[F, M, L, A, R]].sum(axis=0)
    free = state[S] + state[X]
    factor = np.minimum(factor, 1.0 + 0.98 * free / np.maximum(before, 1e-300))
    for i in (F, M, L, A, R):
        state[i] *= factor
    change = before * (factor - 1.0)
    share = np.divide(free - change, free, out=np.ones_like(free), where=free > 0)
    state[S] *= share
    state[X] *= share
