"""WHO's estimates drawn within WHO's own intervals, so that a run knows what its publisher does not."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from sojourn.health.engine.parameters import key_of

Floats = npt.NDArray[np.float64]
LEAST = 0.05  # of the estimate: a lower bound of zero says nothing of how likely less is
_Z = 1.959963984540054  # of the 97.5 per cent point


def deviates(seed: int, name: str, chosen: Sequence[int], n: int) -> Floats:
    """Return a normal deviate of every draw and country, shape (len(chosen), n).

    A draw has the same numbers whichever others are asked for.
    """
    out = np.empty((len(chosen), n))
    for row, number in enumerate(chosen):
        source = np.random.Generator(np.random.Philox(key=key_of(seed, name, number)))
        out[row] = stats.norm.ppf(source.random(n))
    return out


def factors(bounds: Floats, z: Floats) -> Floats:
    """Return the factor on an estimate at a normal deviate, shape (D, n).

    WHO's best estimate is the median; either side is lognormal with WHO's bound at 1.96.

    Parameters
    ----------
    bounds : ndarray, shape (2, n)
        Lower and upper bound of the 95 per cent interval over the estimate; 1 where none is given.
    z : ndarray, shape (D, n)
    """
    low = np.log(np.clip(bounds[0], LEAST, 1.0))
    high = np.log(np.maximum(bounds[1], 1.0))
    return np.asarray(np.exp(np.where(z > 0, high, -low) * z / _Z))


def bounds_of(value: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return both bounds over the estimate, shape (2, n); 1 where a bound or the estimate is missing."""
    known = np.isfinite(value) & np.isfinite(lower) & np.isfinite(upper) & (value > 0)
    safe = np.where(known, value, 1.0)
    return np.stack([np.where(known, b, safe) / safe for b in (lower, upper)])
