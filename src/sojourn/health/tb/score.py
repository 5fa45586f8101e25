"""How far a way of telling the years ahead is from what came: beside persistence and a plain trend."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.health.tb.anchor import LARGE, Z_BAND, Law, pooled_slope

Floats = npt.NDArray[np.float64]
PLAIN = 6  # years behind the plain log-linear trend
MISS = 20.0  # of the interval score of a 90 per cent band: 2 / 0.1 times what it misses by


@dataclass(frozen=True)
class Score:
    """One way of telling, over countries and years.

    Attributes
    ----------
    error : float
        Median absolute error of the logarithm.
    within : float
        Share within the 90 per cent band; NaN where the way has no band.
    interval : float
        Mean interval score of the logarithm (width, and 20 times what lies outside); lower is better.
    compared : int
        Countries and years.
    """

    error: float
    within: float
    interval: float
    compared: int


def score(told: Floats, seen: Floats, width: Floats | float = np.nan) -> Score:
    """Score a path beside what came; where either is zero or missing nothing is compared.

    Parameters
    ----------
    told, seen : ndarray, of one shape
    width : ndarray or float, broadcast to them
        Half of the 90 per cent band of the logarithm.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.abs(np.log(told / seen))
    known = np.isfinite(off)
    if not known.any():
        return Score(*(float("nan"),) * 3, 0)
    half = np.broadcast_to(np.asarray(width, dtype=np.float64), off.shape)[known]
    off = off[known]
    banded = bool(np.isfinite(half).all())
    within = float(np.mean(off <= half)) if banded else float("nan")
    missed = float(np.mean(2.0 * half + MISS * np.maximum(off - half, 0.0))) if banded else np.nan
    return Score(float(np.median(off)), within, float(missed), len(off))


def score_draws(draws: Floats, seen: Floats) -> Score:
    """Score the median and the 90 per cent band of draws, shape (D, ...)."""
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = score(middle, seen)
        known = np.isfinite(np.log(middle / seen))
        ends = np.log(np.maximum(low, 1e-300)), np.log(np.maximum(high, 1e-300))
        at = np.log(seen)
    below, above = np.maximum(ends[0] - at, 0.0), np.maximum(at - ends[1], 0.0)
    if not known.any():
        return found
    missed = (ends[1] - ends[0] + MISS * (below + above))[known].mean()
    within = ((below == 0) & (above == 0))[known].mean()
    return Score(found.error, float(within), float(missed), found.compared)


def rivals(rate: Floats, people: Floats, years: int) -> dict[str, tuple[Floats, Floats]]:
    """Return what persistence and a plain trend tell, each a path (years, n) and a band's half-width.

    Parameters
    ----------
    rate : ndarray, shape (n, years known)
        Cases or deaths per person up to the base year.
    """
    ahead = np.arange(1.0, years + 1.0)[:, None]
    own = Law(PLAIN, 1.0, 1.0, np.inf)
    slope = pooled_slope(rate, people, np.full(len(rate), np.inf), own)
    none = np.full((years, 1), np.nan)
    return {
        "persistence": (np.broadcast_to(rate[:, -1], (years, len(rate))), none),
        "trend": (np.asarray(rate[:, -1] * np.exp(ahead * slope)), none),
    }


__all__ = ["LARGE", "Z_BAND", "Score", "rivals", "score", "score_draws"]
