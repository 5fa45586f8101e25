"""Every country's mosquitoes fitted to WHO's estimate of 2015, draw by draw, all at once.

WHO's cases give infections through the share that is clinical; what migrants catch on visits is taken
off; the rest was caught at home. The pressure behind it, over the infectivity of all who are present,
is what mosquitoes add, and stays fixed. Where few are infected at home, imports are the larger part
of that infectivity, so that R comes from imports and local cases together and never from a prevalence.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.errors import SimulateError
from sojourn.health.engine.estimates import bounds_of, deviates, factors
from sojourn.health.malaria.network import Carried, Habits, Moves, sources
from sojourn.health.tb.fit import World

Floats = npt.NDArray[np.float64]
ROUNDS = 60
MOST = 6.0  # new infections per person and year; WHO's cases that would ask for more are not met


@dataclass(frozen=True)
class Estimated:
    """WHO's estimates of 2015 for each country, shape (n,).

    Attributes
    ----------
    cases, lower, upper : ndarray
        Per person and year, with the bounds of the 95 per cent interval; equal where none is given.
    fatality : ndarray
        Deaths over cases.
    """

    cases: Floats
    lower: Floats
    upper: Floats
    fatality: Floats


@dataclass(frozen=True)
class Clinical:
    """Cases for new infections: share ρ0 / (1 + h / h50), shape (D, 1)."""

    share: Floats
    half: Floats

    def cases(self, infections: Floats) -> Floats:
        """Return cases per person of infections per person and year."""
        return np.asarray(self.share * infections / (1.0 + infections / self.half))

    def infections(self, cases: Floats) -> Floats:
        """Return infections per person of cases per person and year; infinite where none are enough."""
        room = self.share - cases / self.half
        endless = np.full(np.broadcast(cases, room).shape, np.inf)
        return np.asarray(np.divide(cases, room, out=endless, where=room > 0))


@dataclass(frozen=True)
class Fitted:
    """The world at the beginning of 2015, for every draw.

    Attributes
    ----------
    start : Carried
    vector : ndarray, shape (D, n)
        See ``malaria_network.hazards``; fixed from now on, 0 where nothing is caught at home.
    met : ndarray of bool, shape (D, n)
        Whether WHO's drawn number of cases is met within 5 per cent.
    lowered : ndarray of bool, shape (D, n)
        Whether visits alone would exceed it, or it asks for more infections than MOST: inputs that
        contradict each other.
    """

    start: Carried
    vector: Floats
    met: npt.NDArray[np.bool_]
    lowered: npt.NDArray[np.bool_]


def drawn_cases(estimated: Estimated, seed: int, chosen: list[int]) -> Floats:
    """Return WHO's cases per person, drawn within WHO's interval, shape (D, n)."""
    bounds = bounds_of(estimated.cases, estimated.lower, estimated.upper)
    return estimated.cases * factors(
        bounds, deviates(seed, "who malaria", chosen, len(estimated.cases))
    )


def clinical(drawn: Mapping[str, Floats]) -> Clinical:
    """Return how many infections are cases, for some draws."""
    return Clinical(drawn["clinical_share"][:, None], drawn["immunity_half"][:, None])


def fit(
    world: World, cases: Floats, share: Clinical, h: Habits, moves: Moves, selection: Floats
) -> Fitted:
    """Fit the mosquitoes of every country.

    Parameters
    ----------
    cases : ndarray, shape (D, n), per person and year

    Raises
    ------
    SimulateError
        A number of cases is negative or missing.
    """
    if not np.isfinite(cases).all() or (cases < 0).any():
        raise SimulateError(
            "cases of a country are negative or missing", hint="leave the country out"
        )
    where, n = world.where, world.where.n
    people = _people(world, len(cases))
    total = where.by_country(people)
    wanted = share.infections(cases)
    too_many = wanted > MOST
    wanted = np.minimum(wanted, MOST)
    caught = wanted.copy()  # at home by a resident, per person and year
    now = Carried(people, caught[:, where.country] * 0.1, caught[:, where.country] * 0.01)
    turnover = moves.arrivals / np.maximum(people[:, n:], 1.0)
    lowered, hazard = too_many, caught[:, where.country]
    for _ in range(ROUNDS):
        pool, met = sources(now, where, h)
        here, visits = _hazards(caught, pool, met, where.country, where.origin, n, h)
        weight = people * here
        weight[:, :n] = people[:, :n]
        visited = np.zeros_like(people)
        visited[:, n:] = people[:, n:] * visits
        left = wanted * total - where.by_country(visited)
        lowered = too_many | ((left < 0) & (wanted > 0))
        caught = np.maximum(left, 0.0) / np.maximum(where.by_country(weight), 1e-300)
        hazard = here * caught[:, where.country]
        hazard[:, n:] += visits
        _settle(now, hazard, turnover, selection, where.origin, n, h)
    pool, met = sources(now, where, h)
    own = met[:, :n]
    vector = np.divide(
        caught * (1.0 + h.saturation * own), own, out=np.zeros_like(own), where=own > 0
    )
    infections = where.by_country(people * hazard) / np.maximum(total, 1e-300)
    made = share.cases(infections)
    close = np.abs(made - cases) <= 0.05 * np.maximum(cases, 1e-12)
    return Fitted(now, vector, close, lowered)


def _people(world: World, draws: int) -> Floats:
    where = world.where
    abroad = np.bincount(where.destination, weights=world.stock[0], minlength=where.n)
    residents = np.maximum(world.people - abroad, 0.0)
    return np.repeat(np.concatenate([residents, world.stock[0]])[None], draws, axis=0)


def _hazards(
    caught: Floats,
    pool: Floats,
    met: Floats,
    country: npt.NDArray[np.int64],
    origin: npt.NDArray[np.int64],
    n: int,
    h: Habits,
) -> tuple[Floats, Floats]:
    """Return what each cell catches at home relative to residents, (D, C), and on visits, (D, K)."""

    def bitten(kappa: Floats) -> Floats:
        return kappa / (1.0 + h.saturation * kappa)

    reference = np.maximum(bitten(met[:, :n]), 1e-300)
    here = h.bites * bitten(met) / reference[:, country]
    here[:, n:] *= 1.0 - h.away
    abroad = caught * bitten(pool) / reference
    return here, h.away * abroad[:, origin]


def _settle(
    now: Carried,
    hazard: Floats,
    turnover: Floats,
    selection: Floats,
    origin: npt.NDArray[np.int64],
    n: int,
    h: Habits,
) -> None:
    """Set what people carry to where hazard, clearing and arrivals leave it."""
    for held, lasts, share in (
        (now.untreated, h.untreated, 1.0 - h.treated_share),
        (now.treated, h.treated, h.treated_share),
    ):
        held[:, :n] = share * hazard[:, :n] * lasts
        brought = turnover * selection * held[:, :n][:, origin]
        held[:, n:] = (share * hazard[:, n:] + brought) / (1.0 / lasts + turnover)
