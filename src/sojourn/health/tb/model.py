"""Tuberculosis among residents and migrants: seven states on countries and corridors.

States of a cell: S never infected, F recently infected, M middle, L remote, X cleared, A active and
untreated, R treated or recovered. A cell is the residents of a country, or the migrants of one
corridor in their country of residence. Births become residents; movers carry the health of the
residents they leave, times a selection factor; who leaves is taken from the residents of the origin,
so that nobody is lost. Equations: Menzies 2018 and 2021, Emery 2021 (latency); Sumner and White 2020.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sojourn.errors import SimulateError
from sojourn.health.tb.latency import Latency
from sojourn.health.tb.step import ILL, ORDER, PEOPLE, Constants, Room, advance, infected

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
S, F, M, L, X, A, R = range(7)
INFECTED = (F, M, L, A, R)  # what leads to disease: one list, for moving and for fitting
STEPS = 12  # a year
FASTEST = 10.0  # starts of treatment a year: nobody is found sooner than in five weeks on average


@dataclass(frozen=True)
class Map:
    """Who lives where: first the residents of each country, then the migrants of each corridor.

    Attributes
    ----------
    areas : tuple of str, length n
    origin, destination : ndarray of int, shape (K,)
        Countries of each corridor; corridors stand in the order of their destination.
    """

    areas: tuple[str, ...]
    origin: Ints
    destination: Ints

    @cached_property
    def n(self) -> int:
        """Number of countries, which is where the corridors begin."""
        return len(self.areas)

    @cached_property
    def country(self) -> Ints:
        """Country of residence of each cell, shape (n + K,)."""
        return np.concatenate([np.arange(self.n), self.destination])

    @cached_property
    def hosts(self) -> tuple[Ints, Ints]:
        """Countries with corridors, and the first corridor of each."""
        named, first = np.unique(self.destination, return_index=True)
        return named, first

    @cached_property
    def home(self) -> sparse.csr_matrix:
        """Matrix that adds corridors up by their origin, shape (K, n)."""
        k = len(self.origin)
        return sparse.csr_matrix(
            (np.ones(k), (np.arange(k), self.origin)), shape=(k, len(self.areas))
        )

    def by_origin(self, corridors: Floats) -> Floats:
        """Add corridors up by the country they lead from: shape (K,) or (m, K) to (n,) or (m, n)."""
        if corridors.ndim == 1:
            return np.asarray(np.bincount(self.origin, corridors, self.n), dtype=np.float64)
        return np.stack([np.bincount(self.origin, row, self.n) for row in corridors])

    def by_country(self, cells: Floats) -> Floats:
        """Add residents and migrants of each country: shape (..., n + K) to (..., n)."""
        total = cells[..., : self.n].copy()
        named, first = self.hosts
        if len(first):
            total[..., named] += np.add.reduceat(cells[..., self.n :], first, axis=-1)
        return total


def cells(areas: tuple[str, ...], corridors: Sequence[tuple[int, int]]) -> tuple[Map, Ints]:
    """Return the map of countries and corridors (origin, destination), and each corridor's position.

    Returns
    -------
    (Map, ndarray of int, shape (K,))
        Where each corridor, in the order given, stands among ``Map.origin``.

    Raises
    ------
    SimulateError
        A corridor leads to itself or to a country that is not there.
    """
    n = len(areas)
    for o, p in corridors:
        if o == p or not (0 <= o < n and 0 <= p < n):
            raise SimulateError(f"corridor {o} to {p} among {n} countries", hint="name two of them")
    pairs = np.array(corridors, dtype=np.int64).reshape(-1, 2)
    order = np.lexsort((pairs[:, 0], pairs[:, 1]))
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    return Map(areas, pairs[order, 0], pairs[order, 1]), position


@dataclass(frozen=True)
class Rates:
    """Rates a year of each draw, shape (D,) unless said; see ``tb.toml`` for what they mean.

    Attributes
    ----------
    untreated_death, self_cure : ndarray, shape (D, n)
        Ends of untreated disease.
    treated : ndarray, shape (D, n)
        Start of treatment of the untreated, before any scale-up.
    fatality : ndarray, shape (D, n)
        Share of treatments that end in death; the rest of the failures stay untreated.
    births, deaths : ndarray, shape (n,)
        Per person and year; deaths of other causes.
    """

    latency: Latency
    reinfection: Floats
    untreated_death: Floats
    self_cure: Floats
    relapse: Floats
    success: Floats
    mixing: Floats
    treated: Floats
    fatality: Floats
    births: Floats
    deaths: Floats


@dataclass(frozen=True)
class Reach:
    """What a programme does in one year, shape (D, n + K): factor on treatment, preventive rate."""

    faster: Floats
    preventive: Floats


@dataclass
class Year:
    """What happened in one year, shape (D, n + K): cases, deaths of tuberculosis, person-years."""

    cases: Floats
    deaths: Floats
    persons: Floats


def run_year(
    state: Floats,
    where: Map,
    rates: Rates,
    contact: Floats,
    reach: Reach | None = None,
    *,
    prescribed: bool = False,
    steps: int = STEPS,
    fixed: Constants | None = None,
) -> Year:
    """Advance every cell by a year, in place.

    Parameters
    ----------
    state : ndarray, shape (7, D, n + K), persons
    contact : ndarray, shape (D, n)
        Transmission a year; with ``prescribed`` the force of infection itself.
    fixed : Constants, optional
        What ``constants_of`` gives for these rates, reach and steps, where many years share it.

    Returns
    -------
    Year

    Notes
    -----
    Euler steps, infection as a share 1 − exp(−rate × step), so that nobody is infected twice in a
    step; rates too fast for the step are refused.

    Raises
    ------
    SimulateError
        A rate empties a state within less than a step.
    """
    dt, at, n = 1.0 / steps, where.country, where.n
    c = constants_of(rates, where, reach, steps) if fixed is None else fixed
    year = Year(*(np.zeros(state.shape[1:]) for _ in range(3)))
    theta = rates.mixing[:, None]
    shared, own = dt * contact * theta, (dt * contact * (1.0 - theta))[:, at]
    given, births = (-np.expm1(-(dt * contact)[:, at]) if prescribed else None), dt * rates.births
    # one draw at a time, so that its cells stay in the cache of a core; countries alone are few enough
    together = prescribed and not len(where.origin)
    for d in [slice(None)] if together else range(state.shape[1]):
        draw = c if isinstance(d, slice) else c.of_draw(d)
        work = np.concatenate([state[ORDER, d], state[:, d].sum(axis=0)[None]])
        room, kept = Room.of(work.shape[1:]), (year.cases[d], year.deaths[d], year.persons[d])
        if given is not None:
            room.force[:] = given[d]
        for _ in range(steps):
            sick, inside = where.by_country(work[[ILL, PEOPLE]] if together else work[ILL:])
            if given is None:
                infected(room, shared[d] * _share(sick, inside), at, own[d], work)
            advance(work, draw, room, kept)
            arrivals = births * inside
            work[S, ..., :n] += arrivals
            work[PEOPLE, ..., :n] += arrivals
        state[ORDER, d] = work[:PEOPLE]
    year.persons *= dt
    return year


def constants_of(
    rates: Rates, where: Map, reach: Reach | None = None, steps: int = STEPS
) -> Constants:
    """Return what a year's steps work with: the same for every year with the same reach.

    Raises
    ------
    SimulateError
        A rate empties a state within less than a step.
    """
    dt, lat, at = 1.0 / steps, rates.latency, where.country
    k1, e1, k2 = (dt * v[:, None] for v in (lat.k1, lat.e1, lat.k2))
    e2, late, clear = (dt * v[:, None] for v in (lat.e2, lat.late, lat.clear))
    rel, mu = dt * rates.relapse[:, None], dt * rates.deaths[at]
    death, cure = dt * rates.untreated_death[:, at], dt * rates.self_cure[:, at]
    treat = dt * np.minimum(
        rates.treated[:, at] * (1.0 if reach is None else reach.faster), FASTEST
    )
    given = reach is not None and bool(reach.preventive.any())
    v = dt * reach.preventive if reach is not None and given else 0.0
    fatal = death + treat * rates.fatality[:, at]
    back = treat * rates.success[:, None] + cure
    return Constants(
        k1=k1,
        k2=k2,
        e1=e1,
        e2=e2,
        late=late,
        clear=clear,
        q=rates.reinfection[:, None],
        rel=rel,
        fatal=fatal,
        back=back,
        keep_s=1.0 - mu,
        keep_f=1.0 - (k1 + e1 + mu + v),
        keep_m=1.0 - (k2 + e2 + clear + mu + v),
        keep_l=1.0 - (late + clear + mu + v),
        keep_a=1.0 - (fatal + back + mu),
        keep_r=1.0 - (rel + mu),
        v=np.asarray(v) if given else None,
    ).refuse_fast(dt)


def _share(part: Floats, whole: Floats) -> Floats:
    return np.asarray(part / np.maximum(whole, 1e-300))  # nobody is ill where nobody is
