"""Who moves between places in a year, and with what infection: nobody is lost.

What movers carry is that of the people they leave, times a selection factor. Who returns carries no
more than those who stayed: the infection of the corridor they leave, lowered to that of their origin.
"""

from dataclasses import dataclass

import numpy as np

from sojourn.health.tb.model import INFECTED, A, Floats, L, M, Map, R

MOST_BACK = 0.9  # of a corridor's people in a year
MOST_LEAVING = 0.5  # of a place's people in a year, all corridors together
MOST_CARRIED = 0.95  # of those who move


@dataclass(frozen=True)
class Moves:
    """Who moves in a year, persons, shape (K,) or (D, K) in the order of the map."""

    arrivals: Floats
    returns: Floats


@dataclass(frozen=True)
class Moved:
    """What moving a year's people did, shape (D, K).

    Attributes
    ----------
    going : ndarray
        People who arrived.
    found : ndarray
        People with active disease who were found and treated before entry.
    arrived : ndarray
        People who arrived with active disease that nobody had found: cases of their host.
    """

    going: Floats
    found: Floats
    arrived: Floats


@dataclass(frozen=True)
class Sieve:
    """Screening before entry, broadcast to (D, K): share looked at, share of disease found in them."""

    covered: Floats
    sensitivity: Floats


def move(
    state: Floats,
    where: Map,
    moves: Moves,
    selection: Floats,
    sieve: Sieve,
    present: Floats | None = None,
) -> Moved:
    """Move a year's migrants, in place; nobody is lost.

    Parameters
    ----------
    selection : ndarray, shape (D, K)
        Infection among movers, relative to the people they leave.
    present : ndarray, shape (D, K), optional
        Arrivals with active disease, over those whom selection alone gives: who is more, or fewer, is
        one of those infected longer ago.
    """
    draws, k = state.shape[1], len(where.origin)
    if not k:
        return Moved(*(np.zeros((draws, 0)) for _ in range(3)))
    shape = (draws, k)
    arrivals, returns = (np.broadcast_to(v, shape) for v in (moves.arrivals, moves.returns))
    covered, finds = (np.broadcast_to(v, shape) for v in (sieve.covered, sieve.sensitivity))
    done = Moved(*(np.empty(shape) for _ in range(3)))
    for d in range(draws):  # one draw at a time: it stays in the cache of a core
        one = state[:, d]
        going, ill, late = _move(one, where, arrivals[d], returns[d], selection[d])
        if present is not None:
            ill = ill + _fallen_ill(one[:, where.n :], (present[d] - 1.0) * ill, late)
        found = covered[d] * finds[d] * ill
        one[A, where.n :] -= found
        one[R, where.n :] += found
        done.going[d], done.found[d], done.arrived[d] = going, found, ill - found
    return done


def _move(
    state: Floats, where: Map, arrivals: Floats, returns: Floats, selection: Floats
) -> tuple[Floats, Floats, Floats]:
    """Move the people of one draw, (7, n + K); return who came, who of them is ill, and long infected."""
    n, home = where.n, where.origin
    left, here = state[:, :n], state[:, n:]
    people = left.sum(axis=0)
    mix = left / np.maximum(people, 1e-300)
    carried = mix[list(INFECTED)].sum(axis=0)
    going = arrivals * _at_most(where.by_origin(arrivals), MOST_LEAVING * people)[home]
    most = np.divide(MOST_CARRIED, carried, out=np.full_like(carried, np.inf), where=carried > 0)
    factor = np.minimum(selection, most[home])
    # all who leave a place together take no more infected, and no more uninfected, than it has
    factor = factor * _at_most(where.by_origin(factor * going), MOST_BACK * people)[home]
    share = np.maximum(carried[home], 1e-300)
    spread = (1.0 - share * factor) / np.maximum(1.0 - share, 1e-12)
    lower = _at_most(where.by_origin(spread * going), MOST_BACK * people)[home]
    rest = (1.0 - spread * lower * (1.0 - share)) / share
    spread, factor = spread * lower, np.where(lower < 1.0, rest, factor)
    with_infection, without = returning(here, carried[home], returns)
    factor, spread = factor * going, spread * going
    change, ill, late = np.empty(here.shape), np.zeros(len(home)), np.zeros(len(home))
    for i in range(7):
        infected = i in INFECTED
        np.multiply(mix[i][home], factor if infected else spread, out=change[i])
        if i == A:
            ill = change[i].copy()
        elif i in (M, L):
            late += change[i]
        change[i] -= here[i] * (with_infection if infected else without)
    left -= where.by_origin(change)
    here += change
    return going, ill, late


def _fallen_ill(here: Floats, more: Floats, coming: Floats) -> Floats:
    """Let more, or fewer, of a corridor's infected be ill, in place; return how many, shape (K,).

    They are of the middle and the remote stage alike: a structure of two stages has no other. No more
    than are ``coming`` infected longer ago: those who came before are not among who arrives.
    """
    late = here[M] + here[L]
    more = np.minimum(more, MOST_CARRIED * np.minimum(late, coming))
    share = np.divide(more, late, out=np.zeros_like(late), where=late > 0)
    here[A] += late * share
    here[[M, L]] *= 1.0 - share
    return np.asarray(late * share)


def _at_most(asked: Floats, there: Floats) -> Floats:
    """Return the factor, one at most, by which what is asked for is no more than there is."""
    return np.divide(there, asked, out=np.ones_like(there), where=asked > there)


def returning(here: Floats, at_home: Floats, returns: Floats) -> tuple[Floats, Floats]:
    """Return the shares of a corridor's infected and uninfected who return in a year, shape (K,).

    The infected return less where infection is commoner in the corridor than at home, the uninfected
    more, so that as many return as there are; no state gives more than it holds.

    Parameters
    ----------
    here : ndarray, shape (7, K)
    at_home : ndarray, shape (K,)
        Infected share of those who stayed.
    """
    stock = here.sum(axis=0)
    share = np.minimum(returns / np.maximum(stock, 1e-300), MOST_BACK)
    infected = here[list(INFECTED)].sum(axis=0) / np.maximum(stock, 1e-300)
    lower = np.minimum(1.0, at_home / np.maximum(infected, 1e-300))
    without = share * (1.0 - lower * infected) / np.maximum(1.0 - infected, 1e-12)
    without = np.minimum(without, MOST_BACK)
    rest = share - without * (1.0 - infected)
    with_infection = np.divide(rest, infected, out=share.copy(), where=infected > 1e-12)
    return np.clip(with_infection, 0.0, MOST_BACK), without


__all__ = ["Moved", "Moves", "Sieve", "move", "returning"]
