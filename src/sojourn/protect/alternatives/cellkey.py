"""The cell-key method: noise that is the same for the same people, drawn from a declared table.

Each record has a key; a cell's key is the sum of its records' keys modulo one; the noise is read
off a table of maximum entropy with mean 0, a declared variance and a largest noise, that never
gives a negative count nor one from 1 to ``js``. Sums are no longer additive. Source: Fraser and
Wooton (2005); Giessing, Lecture Notes in Computer Science 9867 (2016) 107-117.
"""

import hashlib
import hmac
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from sojourn.errors import DisclosureRisk
from sojourn.protect.table.equations import Floats


@dataclass(frozen=True, slots=True)
class Noise:
    """The declared noise.

    Attributes
    ----------
    most : int
        Largest noise D, persons.
    variance : float
        V, persons squared.
    js : int
        Counts from 1 to js are never published.
    """

    most: int
    variance: float
    js: int = 0


def key_bits(record: str, secret: bytes) -> int:
    """Return the key of a record, a whole number below 2^64: a keyed hash nobody else can make.

    Raises
    ------
    DisclosureRisk
        The secret is shorter than 16 bytes.
    """
    if len(secret) < 16:
        raise DisclosureRisk(
            "the office's secret has fewer than 16 bytes", hint="a file of 32 random bytes"
        )
    digest = hmac.new(secret, record.encode(), hashlib.blake2b).digest()
    return int.from_bytes(digest[:8], "big")


def key_mark(secret: bytes) -> str:
    """Return a mark by which a memory knows a secret again, and nobody else learns it."""
    return hmac.new(secret, b"mark of this key", hashlib.blake2b).hexdigest()[:16]


def record_key(record: str, secret: bytes) -> float:
    """Return the key of a record as a share of one, in [0, 1)."""
    return key_bits(record, secret) / 2.0**64


def perturbed(count: int, keys: Iterable[float], noise: Noise) -> int:
    """Return a count with its noise; an empty cell stays empty.

    Examples
    --------
    >>> people = [0.25, 0.5, 0.125]
    >>> perturbed(3, people, Noise(3, 2.0)) == perturbed(3, people, Noise(3, 2.0))
    True
    """
    return drawn(count, math.fsum(keys) % 1.0, noise)


def drawn(count: int, u: float, noise: Noise) -> int:
    """Return a count with the noise that stands at ``u``, in [0, 1), of its distribution."""
    if count == 0:
        return 0
    steps, chance = distribution(min(count, noise.most + noise.js), noise)
    at = int(np.searchsorted(np.cumsum(chance), u, side="right"))
    return count + int(steps[min(at, len(steps) - 1)])


@cache
def distribution(count: int, noise: Noise) -> tuple[Floats, Floats]:
    """Return the possible noises of a count and their probabilities.

    Raises
    ------
    DisclosureRisk
        No distribution has this variance within the largest noise.
    """
    from scipy.optimize import minimize  # a tenth of a second, for noise alone

    steps = np.arange(-noise.most, noise.most + 1)
    left = count + steps
    steps = steps[(left == 0) | (left > noise.js)].astype(float)
    below, above = steps[steps < 0], steps[steps > 0]
    if not len(below) or not len(above):
        raise DisclosureRisk("no noise with mean nought fits", hint="a larger D or a smaller js")
    least = 0.0 if 0 in steps else -below.max() * above.min()
    if not least < noise.variance < -below.min() * above.max():
        if count > 1 or noise.most + noise.js == 1:  # with these every count has the noise of one
            raise DisclosureRisk(
                f"no noise within ±{noise.most} has variance {noise.variance:g}",
                hint="a larger D or a smaller V; with a larger js a larger V",
            )
        return steps, _two_noises(steps, noise.variance)  # of one person the mean can be kept

    def dual(z: Floats) -> tuple[float, Floats]:
        power = z[0] * steps + z[1] * steps**2
        top = power.max()
        weight = np.exp(power - top)
        chance = weight / weight.sum()
        moments = np.array([chance @ steps, chance @ steps**2])
        goal = np.array([0.0, noise.variance])
        return float(top + np.log(weight.sum()) - z @ goal), moments - goal

    found = minimize(dual, np.array([0.0, -0.1]), jac=True, method="BFGS", options={"gtol": 1e-10})
    power = found.x[0] * steps + found.x[1] * steps**2
    chance = np.exp(power - power.max())
    chance /= chance.sum()
    if abs(chance @ steps) > 1e-4 or abs(chance @ steps**2 - noise.variance) > 1e-3:
        raise DisclosureRisk(
            f"the noise within ±{noise.most} of variance {noise.variance:g} was not found",
            hint="a variance farther from the least and the most that D and js allow",
        )
    return steps, chance


def _two_noises(steps: Floats, variance: float) -> Floats:
    """Return the distribution on one noise below and one above nought that has mean 0.

    The two farthest where no distribution is as wide as asked, else the two nearest: never nought
    alone, which would publish every count of one as it is.
    """
    lower, upper = steps[steps < 0], steps[steps > 0]
    wide = variance > -lower.min() * upper.max()
    below, above = (lower.min(), upper.max()) if wide else (lower.max(), upper.min())
    chance = np.zeros(len(steps))
    chance[steps == below] = above / (above - below)
    chance[steps == above] = -below / (above - below)
    return chance
