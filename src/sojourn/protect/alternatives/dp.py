"""Differentially private counts: discrete Laplace noise, drawn exactly.

A person is in one cell of the finest table (the unit and its contribution bound). The noise is
drawn with rational arithmetic from the operating system's generator, so that no floating-point
leak remains. Source: Canonne, Kamath and Steinke, The Discrete Gaussian for Differential Privacy,
NeurIPS 2020, algorithms 1 and 2.
"""

import math
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import lsqr

from sojourn.errors import DisclosureRisk
from sojourn.protect.table.equations import Floats, System

Draw = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class PrivateCounts:
    """Counts with noise.

    Attributes
    ----------
    value : ndarray, shape (n,)
        Whole numbers, none below zero, all sums true.
    epsilon : float
        Spent by this release.
    within : int
        95 per cent of noises of single finest cells lie within this, persons.
    """

    value: Floats
    epsilon: float
    within: int


def bernoulli_exp(gamma: Fraction, draw: Draw = secrets.randbelow) -> bool:
    """Return True with probability exp(-gamma), exactly, for gamma ≥ 0."""
    while gamma > 1:
        if not bernoulli_exp(Fraction(1), draw):
            return False
        gamma -= 1
    k = 1
    while draw(gamma.denominator * k) < gamma.numerator:
        k += 1
    return k % 2 == 1


def discrete_laplace(scale: Fraction, draw: Draw = secrets.randbelow) -> int:
    """Return one draw of P(x) ∝ exp(-|x| / scale), exactly."""
    t, s = scale.numerator, scale.denominator
    while True:
        u = draw(t)
        if not bernoulli_exp(Fraction(u, t), draw):
            continue
        v = 0
        while bernoulli_exp(Fraction(1), draw):
            v += 1
        x = (u + t * v) // s
        negative = draw(2) == 1
        if not (negative and x == 0):
            return -x if negative else x


def error_95(epsilon: float) -> int:
    """Return the smallest e with P(|noise| ≤ e) ≥ 0.95, of discrete Laplace noise of scale 1/ε.

    Examples
    --------
    >>> error_95(1.0), error_95(0.5), error_95(0.1)
    (3, 6, 30)
    """
    a = math.exp(-epsilon)
    e = 0
    while 2 * a ** (e + 1) / (1 + a) > 0.05:
        e += 1
    return e


def private_counts(
    system: System, leaves: Sequence[int], epsilon: float, draw: Draw = secrets.randbelow
) -> PrivateCounts:
    """Return the table with noise on its finest cells, made consistent.

    Parameters
    ----------
    leaves : sequence of int
        Cells that are no sum of others; each person is in one of them.

    Raises
    ------
    DisclosureRisk
        ε is not above zero, or the table is not of whole numbers.
    """
    if not 0 < epsilon < math.inf or not system.whole:
        raise DisclosureRisk(
            "differential privacy needs whole numbers and ε above 0", hint="--epsilon 1"
        )
    scale = 1 / Fraction(epsilon).limit_denominator(10**6)
    noisy = system.value.copy()
    for leaf in leaves:
        noisy[leaf] = max(0.0, system.value[leaf] + discrete_laplace(scale, draw))
    return PrivateCounts(_summed(system, leaves, noisy), epsilon, error_95(epsilon))


def _summed(system: System, leaves: Sequence[int], noisy: Floats) -> Floats:
    """Return every cell as the sum of its leaves: the noise of a total is that of its parts."""
    n = len(noisy)
    rest = np.setdiff1d(np.arange(n), np.asarray(leaves))
    if not len(rest):
        return noisy
    left = sparse.csr_matrix(system.matrix[:, rest])
    right = -(system.matrix[:, np.asarray(leaves)] @ noisy[np.asarray(leaves)])
    solved = lsqr(left, right, atol=1e-12, btol=1e-12)[0]
    made = noisy.copy()
    made[rest] = np.round(solved)
    return made
