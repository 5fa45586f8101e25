"""How two lists of numbers agree: ranks, and how sure a share is.

Without ``scipy.stats``, whose import takes 0.5 CPU seconds more than numpy and ``scipy.special`` together;
a test holds both against it.
"""

import numpy as np

from sojourn.flows.model.tables import Array


def rank_correlation(one: Array, other: Array) -> float:
    """Return Spearman's correlation of ranks, ties at their mean; nan where either never changes.

    Source: Spearman 1904; the correlation of Pearson, of ranks.

    Examples
    --------
    >>> rank_correlation(np.array([1.0, 2.0, 2.0]), np.array([5.0, 7.0, 9.0])).__round__(4)
    0.866
    """
    ranks = [_ranks(np.asarray(x, dtype=np.float64)) for x in (one, other)]
    first, second = (r - r.mean() for r in ranks)
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / size if size > 0 else float("nan")


def _ranks(values: Array) -> Array:
    """Return the rank of each value from 1, ties at the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks: Array = (last - 0.5 * (count - 1))[place]
    return ranks


def binomial_interval(inside: int, counted: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a share (Clopper and Pearson 1934).

    Examples
    --------
    >>> [round(x, 3) for x in binomial_interval(8, 10)]
    [0.444, 0.975]
    """
    from scipy.special import betaincinv

    k, n = inside, counted
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, 0.025))
    return low, 1.0 if k == n else float(betaincinv(k + 1, n - k, 0.975))
