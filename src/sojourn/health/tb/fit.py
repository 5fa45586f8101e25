"""Every country's tuberculosis fitted to WHO's series up to 2015, draw by draw, all at once.

The force of infection on those born in a country follows a path of two parts: nearly flat before the
first year of WHO's series, exponential from then on, its level and slope found for each country and
draw so that incidence of the first three years (2000-2002, or later where a country is younger) and
of 2013-2015 is met. Treatment is WHO's coverage, kept; the fatality of untreated disease follows
from WHO's deaths, and where it would be far from what is published the conflict is a flag. Nothing
later than 2015 is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sojourn.health.engine.estimates import deviates, factors
from sojourn.health.engine.parameters import constants
from sojourn.health.tb.anchor import Anchor
from sojourn.health.tb.model import Map, Rates, S, constants_of, run_year
from sojourn.health.tb.moves import MOST_BACK, Moves

Floats = npt.NDArray[np.float64]
FIRST, START, BASE = 1950, 2000, 2015
CLOSING = 3  # years, the last of them the base, whose means the fit meets
ROUNDS = 7
PEOPLE = 1e6  # of the run-in, at constant size
TOLERANCE = 0.05
COVERAGE = (0.1, 0.92)  # beyond, a step of a month empties the state of the ill
FATAL_TREATED = "treated_fatality"
STEEPEST = 3.0  # e-folds by which the force of infection may differ from that of the first year
SLOWEST = 0.05  # correction of a slope in one round, per year


@dataclass(frozen=True)
class Observed:
    """WHO's series of each country, shape (n,); drawn for each draw, shape (D, n).

    Attributes
    ----------
    early, late : ndarray
        Incidence per person and year, means of the first three years and of 2013-2015.
    level : ndarray
        Incidence at the beginning of 2015, the geometric mean of 2014 and 2015.
    fatality : ndarray
        Deaths over cases, 2013-2015, people with HIV included.
    coverage : ndarray, shape (n,)
        Treated share of cases, mean of the years of 2013-2015 that have one.
    first : ndarray of int, shape (n,)
        First year of WHO's series.
    cases_bounds, deaths_bounds : ndarray, shape (2, n)
        WHO's interval over its estimate, 2013-2015.
    notified : ndarray, shape (2, n)
        People born abroad and others among the notified of 2013-2015, retreatments in the sum; NaN
        where they are not told, or too few.
    anchor : Anchor
        What levels and trends are told by.
    annual : ndarray, shape (2, 10, n), optional
        Cases and deaths per person of each year from 2005 to 2014: what draws are weighed by.
    """

    early: Floats
    late: Floats
    level: Floats
    fatality: Floats
    coverage: Floats
    first: npt.NDArray[np.int64]
    cases_bounds: Floats
    deaths_bounds: Floats
    notified: Floats
    anchor: Anchor
    annual: Floats | None = None

    @property
    def share(self) -> Floats:
        """Share of the notified who were born abroad, shape (n,); NaN where it is not told."""
        return np.asarray(self.notified[0] / self.notified.sum(axis=0))


def drawn_within(observed: Observed, seed: int, chosen: Sequence[int]) -> Observed:
    """Return what WHO estimates, drawn within WHO's intervals, for some draws.

    What WHO does not know of a country's incidence (who is not found) is taken to be the same in
    all periods; deaths are drawn apart from cases.
    """
    n = len(observed.late)
    more = factors(observed.cases_bounds, deviates(seed, "who tb cases", chosen, n))
    died = factors(observed.deaths_bounds, deviates(seed, "who tb deaths", chosen, n))
    return replace(
        observed,
        early=observed.early * more,
        late=observed.late * more,
        level=observed.level * more,
        annual=None
        if observed.annual is None
        else observed.annual[:, :, None] * np.stack([more, died])[:, None],
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
    flows : ndarray, shape (methods, K), optional
        Arrivals a year by each method of estimating flows: flows are the weakest input.
    lungs : ndarray, shape (n,), optional
        Share of disease that is of the lungs, which is what X-ray and culture can find; one where
        nobody tells it, and of every country without it.
    """

    where: Map
    people: Floats
    stock: Floats
    inflow: Floats
    births: Floats
    deaths: Floats
    flows: Floats | None = None
    lungs: Floats | None = None

    @property
    def findable(self) -> Floats:
        """Share of the disease of each corridor's arrivals that is of the lungs, shape (K,)."""
        lungs = np.ones(self.where.n) if self.lungs is None else self.lungs
        return np.asarray(lungs[self.where.origin])

    @property
    def migrants(self) -> Floats:
        """Migrants of the modelled corridors by country of residence in 2015, shape (n,)."""
        return by_host(self.where, self.stock[0])

    def moves(self, year: int, inflow: Floats | None = None) -> Moves:
        """Return who moves in a year counted from 2015; the stock follows its path.

        Parameters
        ----------
        inflow : ndarray, shape (K,) or (D, K), optional
            Arrivals a year, those of the world by default.
        """
        coming = self.inflow if inflow is None else inflow
        now = self.stock[min(year, len(self.stock) - 1)]
        later = self.stock[min(year + 1, len(self.stock) - 1)]
        lost = self.deaths[self.where.destination] * now
        arrivals = np.maximum(coming, later - now + lost)
        returns = np.maximum(arrivals - (later - now) - lost, 0.0)
        # who comes and goes within the year is in neither table: the stock keeps to its path
        within = np.minimum(np.maximum(returns - MOST_BACK * now, 0.0), arrivals)
        return Moves(arrivals - within, returns - within)


def by_host(where: Map, corridors: Floats) -> Floats:
    """Add corridors up by their destination, shape (..., K) to (..., n)."""
    out = np.zeros((*corridors.shape[:-1], where.n))
    named, first = where.hosts
    if len(first):
        out[..., named] = np.add.reduceat(corridors, first, axis=-1)
    return out


def treatment(rates: Rates, observed: Observed) -> Rates:
    """Return the rates with WHO's coverage of each country and the fatality that meets its deaths.

    Of those who leave untreated disease by treatment, death or by themselves, WHO's coverage is
    treated. One multiplier a country on published fatality, untreated and treated, meets deaths.
    """
    ends = rates.untreated_death + rates.self_cure
    leaving = ends + rates.deaths
    cover = np.clip(observed.coverage, *COVERAGE)
    treated = cover / (1.0 - cover) * leaving
    fatal = constants("tb")[FATAL_TREATED].value
    succ, seen = rates.success[:, None], observed.fatality
    more = seen * (leaving + treated * succ)
    factor = more / np.maximum(rates.untreated_death + fatal * treated * (1.0 - seen), 1e-300)
    return with_fatality(replace(rates, treated=treated), factor)


def with_fatality(rates: Rates, factor: Floats) -> Rates:
    """Return the rates with published fatality times a factor, shape (D, n); ends add up as before."""
    ends = rates.untreated_death + rates.self_cure
    death = np.minimum(factor * rates.untreated_death, ends)
    most = 1.0 - rates.success[:, None]
    fatality = np.minimum(factor * constants("tb")[FATAL_TREATED].value, most)
    return replace(rates, untreated_death=death, self_cure=ends - death, fatality=fatality)


@dataclass(frozen=True)
class Path:
    """The force of infection of a country: level in the first year of WHO's series, both slopes.

    Attributes
    ----------
    level, slope : ndarray, shape (D, n)
    before : ndarray, shape (D, 1)
        Slope a year before WHO's series.
    first : ndarray of int, shape (n,)
    """

    level: Floats
    slope: Floats
    before: Floats
    first: npt.NDArray[np.int64]

    def force(self, year: float) -> Floats:
        """Return the force of infection at a time, shape (D, n)."""
        slope = np.where(year < self.first, self.before, self.slope)
        away = np.clip(slope * (year - self.first), -STEEPEST, STEEPEST)
        return np.asarray(self.level * np.exp(away))


@dataclass(frozen=True)
class RunIn:
    """Those born in each country at the beginning of the ten years in which migrants join them."""

    state: Floats
    path: Path
    met: npt.NDArray[np.bool_]


def first_path(
    rates: Rates, early: Floats, late: Floats, observed: Observed, before: Floats
) -> Path:
    """Return a path to start from: the force that an equilibrium would ask for."""
    shape = (len(rates.relapse), len(observed.first))
    level = np.broadcast_to(early / rates.latency.lifetime(0.015)[:, None], shape).copy()
    slope = np.broadcast_to(np.log(late / early) / _span(observed), shape).copy()
    return Path(level, slope, before[:, None], observed.first)


def run_in(
    rates: Rates,
    targets: tuple[Floats, Floats],
    observed: Observed,
    path: Path,
    at: int,
    rounds: int = ROUNDS,
) -> RunIn:
    """Find the path that meets incidence of both periods among those born in each country.

    Parameters
    ----------
    targets : (ndarray, ndarray), each of shape (D, n)
        Incidence of the first three years and of 2013-2015, cases per person and year.
    at : int
        Year whose beginning is returned.
    """
    early, late = (np.maximum(t, 1e-12) for t in targets)
    steady = replace(rates, births=rates.deaths)
    alone = Map(tuple("" for _ in observed.first), *(np.zeros(0, dtype=np.int64),) * 2)
    level, slope, span = path.level.copy(), path.slope.copy(), _span(observed)
    path = replace(path, level=level, slope=slope)
    begin, met = np.zeros((7, *level.shape)), np.zeros(level.shape, dtype=bool)
    for turn in range(rounds):
        begin, was, now = _history(alone, steady, path, at)
        met = (abs(was / early - 1) < TOLERANCE) & (abs(now / late - 1) < TOLERANCE)
        if turn < rounds - 1:
            off = np.log((now / was) / (late / early))
            slope -= np.clip(1.4 * off / (span + 1), -SLOWEST, SLOWEST)
            level *= np.clip(early / was, 0.2, 5.0)
    return RunIn(begin, path, met)


def _span(observed: Observed) -> npt.NDArray[np.int64]:
    """Return the years between the middles of both periods, shape (n,)."""
    return np.maximum(BASE - 2 - observed.first, 1)


def _history(where: Map, rates: Rates, path: Path, at: int) -> tuple[Floats, Floats, Floats]:
    """Return the state at the beginning of a year and the incidence of both periods, shape (D, n)."""
    draws, n = path.level.shape
    state = np.zeros((7, draws, n))
    state[S] = PEOPLE
    begin, early, late = state, np.zeros_like(path.level), np.zeros_like(path.level)
    fixed = {steps: constants_of(rates, where, steps=steps) for steps in (9, 12)}
    for year in range(FIRST, BASE + 1):
        if year == at:
            begin = state.copy()
        force, steps = path.force(year + 0.5), 12 if year >= START else 9
        done = run_year(
            state, where, rates, force, prescribed=True, steps=steps, fixed=fixed[steps]
        )
        rate = done.cases / done.persons / 3.0
        early += np.where((year >= path.first) & (year < path.first + 3), rate, 0.0)
        if BASE - CLOSING < year <= BASE:
            late += rate
    return begin, np.maximum(early, 1e-12), np.maximum(late, 1e-12)
