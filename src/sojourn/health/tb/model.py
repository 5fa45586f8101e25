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

    @property
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
) -> Year:
    """Advance every cell by a year, in place.

    Parameters
    ----------
    state : ndarray, shape (7, D, n + K), persons
    contact : ndarray, shape (D, n)
        Transmission a year; with ``prescribed`` the force of infection itself.

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
    c = _constants(rates, where, reach, dt)
    year = Year(*(np.zeros(state.shape[1:]) for _ in range(3)))
    theta = rates.mixing[:, None]
    shared, own = dt * contact * theta, (dt * contact * (1.0 - theta))[:, at]
    given = -np.expm1(-(dt * contact)[:, at]) if prescribed else None
    # one draw at a time, so that its cells stay in the cache of a core; countries alone are few enough
    together = prescribed and not len(where.origin)
    for d in [slice(None)] if together else range(state.shape[1]):
        draw = c if isinstance(d, slice) else _of_draw(c, d)
        people = state[:, d].sum(axis=0)
        room = _Room.of(people.shape)
        for _ in range(steps):
            inside = where.by_country(people)
            if given is None:
                _force(room, where, shared[d], own[d], people, inside, state[A, d])
            else:
                room.force[:] = given[d]
            _step(state[:, d], people, draw, room, (year.cases[d], year.deaths[d], year.persons[d]))
            arrivals = dt * rates.births * inside
            state[S, d, ..., :n] += arrivals
            people[..., :n] += arrivals
    year.persons *= dt
    return year


@dataclass(frozen=True)
class _Room:
    """Arrays of one number a cell that a step writes into; the first is the share infected in it."""

    force: Floats
    one: Floats
    two: Floats
    late: Floats
    again: Floats
    ill: Floats
    died: Floats
    caught: Floats
    cleared: Floats

    @classmethod
    def of(cls, shape: tuple[int, ...]) -> "_Room":
        """Return room for the cells of a draw, shape (n + K,), or of several, shape (D, n + K)."""
        return cls(*(np.empty(shape) for _ in cls.__dataclass_fields__))


def _force(
    room: _Room,
    where: Map,
    shared: Floats,
    own: Floats,
    people: Floats,
    inside: Floats,
    sick: Floats,
) -> None:
    """Write the share of the susceptible of each cell who are infected in a step."""
    force, one = room.force, room.one
    np.take(shared * _share(where.by_country(sick), inside), where.country, out=force, mode="clip")
    np.maximum(people, 1e-300, out=one)
    np.divide(sick, one, out=one)
    one *= own
    force += one
    # 1 - exp(-x) as x / (1 + x/2 + x^2/12): its error is x^5/720, and it never reaches one
    np.multiply(force, 1.0 / 12.0, out=one)
    one += 0.5
    one *= force
    one += 1.0
    force /= one


def _step(
    state: Floats, people: Floats, c: "_Constants", room: _Room, kept: tuple[Floats, Floats, Floats]
) -> None:
    """Advance one draw by a step, in place: state of shape (7, cells)."""
    s, f, m, lt, x, a, r = state
    force, one, two, late, again = room.force, room.one, room.two, room.late, room.again
    ill, died, caught, cleared = room.ill, room.died, room.caught, room.cleared
    times, plus, minus = np.multiply, np.add, np.subtract
    plus(m, lt, out=late)
    plus(times(f, c.k1, out=ill), times(m, c.k2, out=one), out=ill)
    plus(ill, times(lt, c.late, out=one), out=ill)
    plus(ill, times(r, c.rel, out=one), out=ill)
    times(c.fatal, a, out=died)
    times(force, c.q, out=again)
    times(plus(s, x, out=caught), force, out=caught)
    plus(caught, times(plus(late, r, out=one), again, out=one), out=caught)
    times(late, c.clear, out=cleared)
    plus(cleared, times(plus(f, late, out=one), c.v, out=one), out=cleared)
    plus(force, c.mu, out=one)
    minus(s, times(one, s, out=two), out=s)
    minus(cleared, times(one, x, out=two), out=cleared)
    plus(x, cleared, out=x)
    times(plus(again, c.out_m, out=one), m, out=one)
    times(m, c.e2, out=two)  # who moves on, before the middle stage changes
    minus(m, one, out=m)
    plus(m, times(f, c.e1, out=one), out=m)
    times(plus(again, c.out_l, out=one), lt, out=one)
    plus(lt, minus(two, one, out=two), out=lt)
    times(plus(again, c.out_r, out=one), r, out=one)
    plus(r, minus(times(c.back, a, out=two), one, out=two), out=r)
    plus(f, minus(caught, times(c.out_f, f, out=one), out=caught), out=f)
    plus(a, minus(ill, times(c.out_a, a, out=one), out=two), out=a)
    for total, more in zip(kept, (ill, died, people), strict=True):
        total += more
    minus(people, plus(times(c.mu, people, out=one), died, out=one), out=people)


@dataclass(frozen=True)
class _Constants:
    """Rates times the step: (D, 1) of a draw, (n + K,) of a place, (D, n + K) where treatment counts."""

    k1: Floats
    k2: Floats
    e1: Floats
    e2: Floats
    late: Floats
    clear: Floats
    q: Floats
    rel: Floats
    mu: Floats
    v: Floats
    fatal: Floats
    back: Floats
    out_f: Floats
    out_m: Floats
    out_l: Floats
    out_a: Floats
    out_r: Floats


def _of_draw(c: _Constants, d: int) -> _Constants:
    """Return the constants of one draw: (1,) of the draw, (n + K,) of a place."""
    rows = (getattr(c, name) for name in _Constants.__dataclass_fields__)
    return _Constants(*(row if row.ndim == 1 else row[d] for row in rows))


def _constants(rates: Rates, where: Map, reach: Reach | None, dt: float) -> _Constants:
    lat, at = rates.latency, where.country
    k1, e1, k2 = (dt * v[:, None] for v in (lat.k1, lat.e1, lat.k2))
    e2, late, clear = (dt * v[:, None] for v in (lat.e2, lat.late, lat.clear))
    rel, mu = dt * rates.relapse[:, None], dt * rates.deaths[at]
    death, cure = dt * rates.untreated_death[:, at], dt * rates.self_cure[:, at]
    treat = dt * np.minimum(
        rates.treated[:, at] * (1.0 if reach is None else reach.faster), FASTEST
    )
    v = np.zeros_like(treat) if reach is None else dt * reach.preventive
    fatal = death + treat * rates.fatality[:, at]
    back = treat * rates.success[:, None] + cure
    found = _Constants(
        k1=k1,
        k2=k2,
        e1=e1,
        e2=e2,
        late=late,
        clear=clear,
        q=rates.reinfection[:, None],
        rel=rel,
        mu=mu,
        v=v,
        fatal=fatal,
        back=back,
        out_f=k1 + e1 + mu + v,
        out_m=k2 + e2 + clear + mu + v,
        out_l=late + clear + mu + v,
        out_a=fatal + back + mu,
        out_r=rel + mu,
    )
    return _refuse_fast(found, dt)


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _refuse_fast(c: _Constants, dt: float) -> _Constants:
    """Return the constants, or refuse rates so fast that a step would leave fewer than none."""
    for name in ("out_f", "out_m", "out_l", "out_a", "out_r"):
        most = float(getattr(c, name).max(initial=0.0))
        if not most <= 1.0:
            raise SimulateError(
                f"people leave a state at {most / dt:.3g} a year, too fast for steps of {dt:.3g} years",
                hint="longer stage_one_stay, smaller two_stage_spread or untreated fatality a year",
            )
    return c
