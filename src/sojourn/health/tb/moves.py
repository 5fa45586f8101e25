"""Who moves between places in a year, and with what infection: nobody is lost.

What movers carry is that of the residents they leave, times a selection factor.
"""

from dataclasses import dataclass

import numpy as np

from sojourn.health.tb.model import INFECTED, A, Floats, Map, R


@dataclass(frozen=True)
class Moves:
    """Who moves in a year, persons, shape (K,) in the order of the map."""

    arrivals: Floats
    returns: Floats


def move(state: Floats, where: Map, moves: Moves, selection: Floats, screened: Floats) -> Floats:
    """Move a year's migrants, in place; nobody is lost.

    Parameters
    ----------
    selection : ndarray, shape (D, K)
        Infection among movers, relative to the residents they leave.
    screened : ndarray, shape (D,)
        Share of active disease found and treated before entry.

    Returns
    -------
    ndarray, shape (D,)
        People with active disease who were found before entry.
    """
    if not len(where.origin):
        return np.zeros(state.shape[1])
    draws = range(state.shape[1])  # one draw at a time: it stays in the cache of a core
    return np.array(
        [_move(state[:, d : d + 1], where, moves, selection[d], float(screened[d])) for d in draws]
    )


def _move(state: Floats, where: Map, moves: Moves, selection: Floats, screened: float) -> float:
    n, home = where.n, where.origin
    left, here = state[:, :, :n], state[:, :, n:]
    people = left.sum(axis=0)
    mix = left / np.maximum(people, 1e-300)
    carried = mix[list(INFECTED)].sum(axis=0)
    going = np.minimum(moves.arrivals, 0.5 * people[:, home])
    most = np.divide(0.95, carried, out=np.full_like(carried, np.inf), where=carried > 0)
    factor = np.minimum(selection, most[:, home])
    infected = carried[:, home]
    spread = (1.0 - infected * factor) / np.maximum(1.0 - infected, 1e-300)
    factor *= going
    spread *= going
    movers = np.empty(here.shape)
    for i in range(7):
        np.multiply(mix[i][:, home], factor if i in INFECTED else spread, out=movers[i])
    stock = here.sum(axis=0)
    staying = np.minimum(moves.returns / np.maximum(stock, 1e-300), 0.9)
    change = movers - here * staying  # what each corridor gains, and its origin loses
    flat = change.reshape(-1, len(home)) @ where.home
    left -= flat.reshape(left.shape)
    here += change
    found = screened * movers[A]
    here[A] -= found
    here[R] += found
    return float(found.sum())
