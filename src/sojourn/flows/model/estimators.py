"""From survivors at both dates to flows: minimum, independence, and their mixture, in closed form."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.model.fitting import fit
from sojourn.flows.model.tables import Array, Mask


@dataclass(frozen=True, eq=False)
class Products:
    """Flows of one birthplace as sums of products, so that their sums need no table of each.

    Attributes
    ----------
    terms : tuple of (weight, share, persons)
        Share of a birthplace's movers by origin, and its movers by destination, shape (K, n) each.
    """

    terms: tuple[tuple[float, Array, Array], ...]

    def __call__(self, k: int) -> Array:
        """Return the flows of a birthplace, shape (n, n), persons."""
        own: Array = np.add.reduce([w * np.outer(s[k], people[k]) for w, s, people in self.terms])
        np.fill_diagonal(own, 0.0)
        return own

    def of_corridor(self, i: int, j: int) -> Array:
        """Return the movers between two different places by birthplace, shape (K,), persons."""
        found: Array = np.add.reduce([w * s[:, i] * people[:, j] for w, s, people in self.terms])
        return found

    def arrivals(self) -> Array:
        """Return the arrivals of each place by birthplace, shape (K, n), persons."""
        found: Array = np.add.reduce(
            [w * people * (s.sum(axis=1)[:, None] - s) for w, s, people in self.terms]
        )
        return found

    def home(self, n: int) -> tuple[float, float]:
        """Return who returns to, and who leaves, a birthplace among the first n; persons."""
        at = np.arange(n)
        returning = leaving = 0.0
        for w, share, people in self.terms:
            own, there = share[at, at], people[at, at]
            returning += w * float(((share[:n].sum(axis=1) - own) * there).sum())
            leaving += w * float((own * (people[:n].sum(axis=1) - there)).sum())
        return returning, leaving


@dataclass(frozen=True)
class Moves:
    """Flows between places, shape (n, n), and those of one birthplace on demand."""

    flow: Array
    of_birthplace: Callable[[int], Array]
    sweeps: int = 0
    residual: float = 0.0


def minimum(first: Array, second: Array) -> Moves:
    """Return the fewest moves that lead from the first table to the second.

    Within a birthplace those who can stay, stay; leavers x and arrivals y have disjoint supports,
    so the log-linear model has the closed form F[i,j] = x[i] y[j] / T (design, section 5).

    Parameters
    ----------
    first, second : ndarray, shape (K, n), persons
        With the same total in each row.
    """
    stay = np.minimum(first, second)
    leave, arrive = first - stay, second - stay
    total = leave.sum(axis=1)
    share = np.divide(leave, total[:, None], out=np.zeros_like(leave), where=total[:, None] > 0)
    flow = share.T @ arrive
    np.fill_diagonal(flow, 0.0)

    return Moves(flow, Products(((1.0, share, arrive),)))


def independence(first: Array, second: Array) -> Moves:
    """Return flows as if nobody preferred to stay: near an upper bound."""
    total = first.sum(axis=1)
    share = np.divide(first, total[:, None], out=np.zeros_like(first), where=total[:, None] > 0)
    flow = share.T @ second
    np.fill_diagonal(flow, 0.0)

    return Moves(flow, Products(((1.0, share, second),)))


#: Largest ratio of two weights of a seed: beyond, no digit is left for the smaller.
WIDEST = 1e12


def _usable(seed: Array, used: Mask) -> Array:
    """Return a seed whose largest weight is one.

    Raises
    ------
    EstimateError
        A weight is not a positive number, or the weights lie too far apart.
    """
    if not used.any():
        return np.zeros_like(seed)
    if not (np.isfinite(seed[used]) & (seed[used] > 0)).all():
        raise EstimateError(
            "the seed has cells that are not positive",
            hint="give every pair of places a weight above 0",
        )
    least, most = float(seed[used].min()), float(seed[used].max())
    if least < most / WIDEST:
        raise EstimateError(
            f"the weights of the seed run from {least:g} to {most:g}; the largest is more than "
            f"{WIDEST:g} times the smallest",
            hint="give weights that lie nearer together, for instance 1/distance in kilometres",
        )
    scaled: Array = np.where(used, seed, 0.0) / most
    return scaled


def seeded_minimum(first: Array, second: Array, seed: Array) -> Moves:
    """Return the fewest moves, spread over destinations in proportion to a seed.

    For each birthplace the seed is fitted to leavers and arrivals on their own places.

    Raises
    ------
    EstimateError
        The seed is not positive off its diagonal.
    NotConverged
        A birthplace's leavers and arrivals cannot be joined.
    """
    n = len(seed)
    off = ~np.eye(n, dtype=bool)
    stay = np.minimum(first, second)
    return _fitted(first - stay, second - stay, _usable(seed, off))


def seeded_independence(first: Array, second: Array, seed: Array) -> Moves:
    """Return flows in proportion to a seed, whose diagonal weighs staying.

    Raises
    ------
    EstimateError
        A cell of the seed is not positive: a zero diagonal would forbid staying.
    """
    if not (np.isfinite(seed) & (seed > 0)).all():
        raise EstimateError(
            "the seed has cells that are not positive; a zero diagonal (a raw distance matrix) forbids staying",
            hint="give the diagonal the weight of staying, or use a minimum method",
        )
    return _fitted(first, second, _usable(seed, np.ones_like(seed, dtype=bool)))


def _fitted(origin: Array, destination: Array, seed: Array) -> Moves:
    """Fit the seed to the margins of each birthplace."""
    n = len(seed)
    kept: dict[int, Array] = {}
    flow, sweeps, residual = np.zeros((n, n)), 0, 0.0
    for k in range(len(origin)):
        rows, columns = np.flatnonzero(origin[k] > 0), np.flatnonzero(destination[k] > 0)
        if not len(rows) or not len(columns):
            continue
        into = destination[k, columns] * (origin[k, rows].sum() / destination[k, columns].sum())
        found = fit(seed[np.ix_(rows, columns)], origin[k, rows], into)
        own = np.zeros((n, n))
        own[np.ix_(rows, columns)] = found.table
        np.fill_diagonal(own, 0.0)
        flow += own
        kept[k] = found.table
        sweeps, residual = max(sweeps, found.sweeps), max(residual, found.residual)

    def of_birthplace(k: int) -> Array:
        own = np.zeros((n, n))
        if k in kept:
            place = np.ix_(np.flatnonzero(origin[k] > 0), np.flatnonzero(destination[k] > 0))
            own[place] = kept[k]
            np.fill_diagonal(own, 0.0)
        return own

    return Moves(flow, of_birthplace, sweeps, residual)


def mixture(least: Moves, most: Moves, weight: float) -> Moves:
    """Return ``weight`` x minimum + (1 - ``weight``) x independence (Azose and Raftery 2019)."""
    first, second = least.of_birthplace, most.of_birthplace
    of_birthplace: Callable[[int], Array]
    if isinstance(first, Products) and isinstance(second, Products):
        of_birthplace = Products(
            tuple((weight * w, share, people) for w, share, people in first.terms)
            + tuple(((1.0 - weight) * w, share, people) for w, share, people in second.terms)
        )
    else:

        def of_birthplace(k: int) -> Array:
            return weight * first(k) + (1.0 - weight) * second(k)

    return Moves(
        weight * least.flow + (1.0 - weight) * most.flow,
        of_birthplace,
        max(least.sweeps, most.sweeps),
        max(least.residual, most.residual),
    )
