"""The cell-key method: noise that is the same for the same people, drawn from a declared table.

Each record has a key; a cell's key is the sum of its records' keys modulo one; the noise is read
off a table of maximum entropy with mean 0, a declared variance and a largest noise, that never
gives a negative count nor one from 1 to ``js``. Sums are no longer additive. Source: Fraser and
Wooton (2005); Giessing, Lecture Notes in Computer Science 9867 (2016) 107-117.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.optimize import minimize

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


def record_key(record: str, secret: bytes) -> float:
    """Return the key of a record, in [0, 1): a keyed hash, so that nobody else can make it.

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
    return int.from_bytes(digest[:8], "big") / 2.0**64


def perturbed(count: int, keys: Iterable[float], noise: Noise) -> int:
    """Return a count with its noise; an empty cell stays empty.

    Examples
    --------
    >>> people = [0.25, 0.5, 0.125]
    >>> perturbed(3, people, Noise(3, 2.0)) == perturbed(3, people, Noise(3, 2.0))
    True
    """
    if count == 0:
        return 0
    u = sum(keys) % 1.0
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
    steps = np.arange(-noise.most, noise.most + 1)
    left = count + steps
    steps = steps[(left == 0) | (left > noise.js)].astype(float)
    if not steps.min(initial=0) <= 0 <= steps.max(initial=0) or len(steps) < 2:
        raise DisclosureRisk("no noise with mean nought fits", hint="a larger D or a smaller js")

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
        if count > 1:
            raise DisclosureRisk(
                f"no noise within ±{noise.most} has variance {noise.variance:g}",
                hint="a larger D or a smaller V",
            )
        chance = _mean_nought(steps)  # the smallest counts: the mean alone can be kept
    return steps, chance


def _mean_nought(steps: Floats) -> Floats:
    """Return the distribution on the two noises nearest nought on both sides, with mean 0."""
    below, above = steps[steps <= 0].max(), steps[steps > 0].min()
    chance = np.zeros(len(steps))
    if below == 0:
        chance[steps == 0] = 1.0
        return chance
    chance[steps == below] = above / (above - below)
    chance[steps == above] = -below / (above - below)
    return chance
