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
import numpy.typing as npt

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
    within : ndarray of int, shape (n,)
        95 per cent of the noises of a cell lie within this, persons; of a total, those of its
        finest cells together. Lifting numbers below zero moves cells a little beyond it.
    """

    value: Floats
    epsilon: float
    within: npt.NDArray[np.int64]


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


def error_95(epsilon: float, cells: int = 1) -> int:
    """Return the smallest e with P(|noise| ≤ e) ≥ 0.95, of discrete Laplace noise of scale 1/ε.

    Parameters
    ----------
    cells : int
        The noise is the sum of the noises of so many cells; a normal one where it is very wide.

    Examples
    --------
    >>> error_95(1.0), error_95(0.5), error_95(0.1), error_95(1.0, 100)
    (3, 6, 30, 27)
    """
    a = math.exp(-epsilon)
    if cells == 1:
        return max(0, math.ceil(math.log(0.05 * (1 + a) / 2) / -epsilon - 1 - 1e-12))
    wide = math.sqrt(2 * a * cells) / -math.expm1(-epsilon)
    size = 2 ** math.ceil(math.log2(24 * wide + 80 / epsilon + 8))
    if size > 2**20:
        return math.ceil(1.96 * wide)
    away = np.minimum(np.arange(size), size - np.arange(size))
    chance = np.fft.irfft(np.fft.rfft((1 - a) / (1 + a) * a ** away.astype(float)) ** cells, size)
    inside = chance[0] + 2 * np.cumsum(chance[1:])
    return 0 if chance[0] >= 0.95 else int(np.searchsorted(inside, 0.95)) + 1


def finest(system: System) -> tuple[int, ...]:
    """Return the cells that are no sum of others."""
    totals = set(system.matrix.maximum(0).nonzero()[1].tolist())
    return tuple(i for i in range(len(system.keys)) if i not in totals)


def private_counts(
    system: System, leaves: Sequence[int], epsilon: float, draw: Draw = secrets.randbelow
) -> PrivateCounts:
    """Return the table with noise on its finest cells, made consistent.

    The noisy cells are moved to the nearest table of numbers not below zero that has their sum,
    then to whole numbers; totals are summed. Nothing of it looks at the truth again.

    Parameters
    ----------
    leaves : sequence of int
        Cells that are no sum of others; each person is in one of them.

    Raises
    ------
    DisclosureRisk
        ε is not above zero, the table is not of whole numbers, or a person may be in two of the
        finest cells.
    """
    if not 0 < epsilon < math.inf or not system.whole:
        raise DisclosureRisk(
            "differential privacy needs whole numbers and ε above 0", hint="--epsilon 1"
        )
    at = np.asarray(leaves)
    parts = _summed(system, at, np.ones(len(at)))
    probe = _summed(system, at, np.arange(1.0, len(at) + 1) ** 2 % 9973)
    if (system.matrix @ probe).any() or () not in system.keys:
        raise DisclosureRisk(
            "it cannot be seen that each person is in one of the finest cells only",
            hint="one table with its grand total (_T throughout) and every total the sum of its parts",
        )
    scale = 1 / Fraction(str(epsilon))
    noisy = np.array([system.value[i] + discrete_laplace(scale, draw) for i in leaves])
    value = _summed(system, at, _not_below_zero(noisy))
    sizes = {int(k): error_95(float(epsilon), int(k)) for k in np.unique(parts)}
    return PrivateCounts(value, float(epsilon), np.array([sizes[int(k)] for k in parts]))


def _not_below_zero(noisy: Floats) -> Floats:
    """Return the nearest whole numbers not below zero with the same sum (least squares)."""
    total = max(0.0, float(noisy.sum()))
    order = np.sort(noisy)[::-1]
    excess = (np.cumsum(order) - total) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero(order > excess)
    near = np.maximum(noisy - excess[kept[-1]], 0.0) if len(kept) else np.zeros(len(noisy))
    made = np.floor(near + 1e-9)
    left = round(total - float(made.sum()))
    made[np.argsort(made - near, kind="stable")[:left]] += 1
    return made


def _summed(system: System, leaves: npt.NDArray[np.intp], values: Floats) -> Floats:
    """Return every cell as the sum of its leaves: the noise of a total is that of its parts."""
    made = np.full(len(system.keys), np.nan)
    made[leaves] = values
    parts = -system.matrix.minimum(0)
    total_of = np.asarray(system.matrix.argmax(axis=1)).ravel()
    while np.isnan(made).any():
        open_ = np.isnan(made)
        ready = np.flatnonzero((parts @ open_.astype(float) == 0) & open_[total_of])
        if not len(ready):
            raise DisclosureRisk("a total has no parts in the table", hint="give every part a row")
        made[total_of[ready]] = (parts @ np.nan_to_num(made))[ready]
    return made
