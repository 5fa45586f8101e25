"""Malaria on countries and corridors: who spends which nights where, who is bitten, who moves.

A cell is the residents of a country or the migrants of one corridor, as in ``tb``. Migrants live in
their country of residence and spend some nights of the year with their relatives in the country they
come from. Mosquitoes of a country bite whoever is present; residents and migrants are bitten by the
same ones in part only (``mixing``). What a person carries follows from the linear layer of
``malaria``; nobody is lost when people move.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.health.malaria.model import infectivity
from sojourn.health.tb.fit import World
from sojourn.health.tb.model import Map

Floats = npt.NDArray[np.float64]
STEPS = 26  # a year: two weeks, about the time from a bite to the next infectious one


@dataclass(frozen=True)
class Habits:
    """What does not depend on a programme, draw by draw; (D, 1) unless said.

    Attributes
    ----------
    variance : of biting, mean 1
    untreated, treated : years that an infection lasts
    treated_share : of new infections, without a scale-up
    bites : ndarray, shape (D, C)
        Bites on a person of each cell at home, relative to residents.
    away : share of nights that migrants spend in the country they come from
    mixing : 1, everybody is bitten by the same mosquitoes; 0, each group by its own
    saturation : of infectious mosquitoes, κ/(1 + s κ)
    """

    variance: Floats
    untreated: Floats
    treated: Floats
    treated_share: Floats
    bites: Floats
    away: Floats
    mixing: Floats
    saturation: Floats


@dataclass
class Carried:
    """People and the mean number of infections that each carries, shape (D, C); changed in place.

    Attributes
    ----------
    last : ndarray, shape (D, C), optional
        New infections per person and year at the last step.
    """

    people: Floats
    untreated: Floats
    treated: Floats
    last: Floats | None = None

    @property
    def both(self) -> Floats:
        """Return infections carried per person, treated or not."""
        return self.untreated + self.treated

    def copy(self) -> "Carried":
        """Return a copy that may be changed."""
        return Carried(self.people.copy(), self.untreated.copy(), self.treated.copy())


@dataclass(frozen=True)
class Reach:
    """What a programme does in one year, shape (D, C) unless said.

    Attributes
    ----------
    guard : share of bites that still lead to infection
    cured : share of new infections that are treated
    calm : ndarray, shape (D, n)
        Factor on a country's mosquitoes: what cover does for everybody.
    """

    guard: Floats
    cured: Floats
    calm: Floats


def habits(drawn: Mapping[str, Floats], where: Map) -> Habits:
    """Return the habits of some draws."""
    n, k = where.n, len(where.origin)
    bites = np.ones((len(drawn["mixing"]), n + k))
    bites[:, n:] = drawn["mobile_biting"][:, None]
    away = np.minimum(drawn["visits"] * drawn["visit_nights"] / 365.0, 0.5)
    return Habits(
        variance=drawn["biting_variance"][:, None],
        untreated=drawn["untreated_days"][:, None] / 365.0,
        treated=drawn["treated_days"][:, None] / 365.0,
        treated_share=drawn["treated_share"][:, None],
        bites=bites,
        away=away[:, None],
        mixing=drawn["mixing"][:, None],
        saturation=drawn["mosquito_survival"][:, None],
    )


def sources(now: Carried, where: Map, h: Habits) -> tuple[Floats, Floats]:
    """Return infectivity per bite in each country, shape (D, n), and as each cell meets it at home, (D, C).

    The first mixes everybody who is present at night, by their bites; the second weighs it with the
    infectivity of the own cell.
    """
    n = where.n
    own = infectivity(now.both, h.variance)
    weight = now.people * h.bites
    weight[:, n:] *= 1.0 - h.away
    guests = now.people[:, n:] * h.away
    infectious = where.by_country(weight * own) + (guests * own[:, n:]) @ where.home
    present = where.by_country(weight) + guests @ where.home
    pool = np.divide(infectious, present, out=np.zeros_like(present), where=present > 0)
    met = h.mixing * pool[:, where.country] + (1.0 - h.mixing) * own
    return pool, met


def hazards(
    vector: Floats, pool: Floats, met: Floats, where: Map, h: Habits
) -> tuple[Floats, Floats]:
    """Return new infections per person and year caught at home, (D, C), and on visits, (D, K).

    Parameters
    ----------
    vector : ndarray, shape (D, n)
        Infections that one unit of infectivity causes a year in a person of unit biting.
    """
    n = where.n
    home = h.bites * vector[:, where.country] * met / (1.0 + h.saturation * met)
    home[:, n:] *= 1.0 - h.away
    abroad = vector * pool / (1.0 + h.saturation * pool)
    return home, h.away * abroad[:, where.origin]


def step(
    now: Carried, vector: Floats, reach: Reach, where: Map, h: Habits, dt: float
) -> tuple[Floats, Floats]:
    """Advance what people carry by a step, in place; return new infections per person.

    Clearing is solved exactly, so that short treatment does not ask for short steps; the hazard of
    the middle of the step is extrapolated from the last two (Adams and Bashforth, second order).

    Returns
    -------
    (ndarray, shape (D, C); ndarray, shape (D, K))
        All new infections, and those of migrants caught on visits.
    """
    pool, met = sources(now, where, h)
    home, visits = hazards(vector * reach.calm, pool, met, where, h)
    hazard = home
    hazard[:, where.n :] += visits
    hazard *= reach.guard
    visits = visits * reach.guard[:, where.n :]
    if now.last is not None:
        middle = np.maximum(1.5 * hazard - 0.5 * now.last, 0.0)
        of_visits = visits / np.maximum(hazard[:, where.n :], 1e-300)
        now.last = hazard
        hazard, visits = middle, of_visits * middle[:, where.n :]
    else:
        now.last = hazard
    for held, lasts, share in (
        (now.untreated, h.untreated, 1.0 - reach.cured),
        (now.treated, h.treated, reach.cured),
    ):
        left = np.exp(-dt / lasts)
        held *= left
        held += share * hazard * (lasts * (1.0 - left))
    return dt * hazard, dt * visits


@dataclass(frozen=True)
class Moves:
    """Who moves in a year, persons, shape (D, K): arrivals and returns."""

    arrivals: Floats
    returns: Floats


def moves_of(world: World, inflow: Floats, year: int) -> Moves:
    """Return who moves in a year counted from 2015, so that the stock of migrants follows its path.

    Parameters
    ----------
    inflow : ndarray, shape (D, K)
        Arrivals a year as a flow method estimates them; more where the stock grows by more.
    """
    last = len(world.stock) - 1
    now, then = world.stock[min(year, last)], world.stock[min(year + 1, last)]
    grows = then - now * (1.0 - world.deaths[world.where.destination])
    return Moves(np.maximum(inflow, grows), np.maximum(inflow - grows, 0.0))


def move(
    now: Carried, where: Map, moves: Moves, selection: Floats, sieve: Floats, dt: float
) -> Floats:
    """Move people for a step, in place, with what they carry; return infections found before entry.

    Parameters
    ----------
    selection : ndarray, shape (D, 1)
        Infections among movers, relative to the residents they leave.
    sieve : ndarray, shape (D, 1)
        Share of movers' infections found and treated before entry.
    """
    n, home = where.n, where.origin
    residents, migrants = now.people[:, :n], now.people[:, n:]
    going = np.minimum(dt * moves.arrivals, 0.2 * residents[:, home])
    back = np.minimum(dt * moves.returns, 0.9 * migrants)
    stay_there = residents - going @ where.home
    stay_here = migrants - back
    new_there = stay_there + back @ where.home
    new_here = stay_here + going
    found = np.zeros(len(going))
    for held in (now.untreated, now.treated):
        there, here = held[:, :n], held[:, n:]
        carried = selection * there[:, home]
        # movers who carry more than average leave less behind: infections are not made by moving
        left = there * residents - (going * carried) @ where.home
        brought = going * carried * (1.0 - sieve)
        found += (going * carried * sieve).sum(axis=1)
        returning = (back * here) @ where.home
        there[:] = np.maximum(left + returning, 0.0) / np.maximum(new_there, 1e-300)
        here[:] = (here * stay_here + brought) / np.maximum(new_here, 1e-300)
    residents[:] = new_there
    migrants[:] = new_here
    return found


def renew(now: Carried, world: World, dt: float) -> None:
    """Let people be born and die for a step, in place; the newborn carry no infection."""
    where = world.where
    born = dt * world.births * where.by_country(now.people)
    now.people *= 1.0 - dt * world.deaths[where.country]
    residents = now.people[:, : where.n]
    share = residents / np.maximum(residents + born, 1e-300)
    now.untreated[:, : where.n] *= share
    now.treated[:, : where.n] *= share
    residents += born


def controlled(vector: Floats, reach: Reach, people: Floats, where: Map, h: Habits) -> Floats:
    """Return the reproduction number of each country under a programme, shape (D, n).

    Everybody who lives there, bitten by the same mosquitoes: vector × (1 + variance) × the mean over
    people of bites² × guard × duration, over the mean of bites.
    """
    lasts = (1.0 - reach.cured) * h.untreated + reach.cured * h.treated
    top = where.by_country(people * h.bites**2 * reach.guard * lasts)
    bottom = np.maximum(where.by_country(people * h.bites), 1e-300)
    return np.asarray(vector * reach.calm * (1.0 + h.variance) * top / bottom)
