"""How well each draw tells a country's past: weights for what is learnt of parameters, never for levels.

A draw is weighed, country by country, by the path of cases and of deaths that its fit gives for the ten
years before 2015, beside WHO's; by how far the fatality that meets WHO's deaths is from what is
published; and by the selection of movers that notifications ask for. One weight a draw for all
countries together would leave one draw: there is none. The years of a series are close to one another:
together they count as one observation.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sojourn.health.engine.parameters import constants

Floats = npt.NDArray[np.float64]
FEWEST = 0.1  # of the draws: with fewer effective ones nothing is said of a country's parameters


class Spread(NamedTuple):
    """Weighed median and 95 per cent interval."""

    median: float
    low: float
    high: float


def log_weights(
    told: Floats,
    seen: Floats | None,
    factor: Floats,
    selection: Floats,
    known: npt.NDArray[np.bool_],
) -> Floats:
    """Return the logarithm of each draw's weight in each country, shape (D, n), up to a constant.

    Parameters
    ----------
    told : ndarray, shape (2, years, D, n)
        Cases and deaths per person that the fit gives.
    seen : ndarray, shape (2, years, D, n), or None
        WHO's, drawn within WHO's intervals; where a year is missing or zero it does not count.
    factor : ndarray, shape (D, n)
        Fatality over what is published.
    selection : ndarray, shape (D, n)
    known : ndarray of bool, shape (D, n)
        Where selection was found from notifications, and not drawn.
    """
    law = {
        k: v.value for k, v in constants("tb").items() if k.startswith(("weight_", "selection_"))
    }
    away = (np.log(np.maximum(factor, 1e-12)) / law["weight_factor"]) ** 2
    middle, sd = law["selection_middle"], law["selection_sd"]
    moved = ((np.log(selection) - np.log(middle)) / sd) ** 2
    out = -0.5 * (away + np.where(known, moved, 0.0))
    if seen is None:
        return np.asarray(out)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.log(told / seen)
    there = np.isfinite(off)
    off = np.where(there, off, 0.0)
    count = np.maximum(there.sum(axis=1), 1)
    off[1] -= np.where(there[1], off[1].sum(axis=0) / count[1], 0.0)  # the factor meets their level
    for which, name in enumerate(("weight_cases", "weight_deaths")):
        out -= 0.5 * (off[which] ** 2).sum(axis=0) / count[which] / law[name] ** 2
    return np.asarray(out)


def effective(logs: Floats) -> Floats:
    """Return how many draws of equal weight tell as much, shape (n,), from (D, n)."""
    weight = np.exp(logs - logs.max(axis=0))
    return np.asarray(weight.sum(axis=0) ** 2 / (weight**2).sum(axis=0))


def posterior(logs: Floats, drawn: Mapping[str, Floats]) -> dict[str, Spread]:
    """Return what a country's past says of each parameter; nothing with too few effective draws.

    Parameters
    ----------
    logs : ndarray, shape (D,)
    drawn : mapping of str to ndarray, shape (D,)
    """
    if float(effective(logs[:, None])[0]) < FEWEST * len(logs):
        return {}
    weight = np.exp(logs - logs.max())
    out = {}
    for name, values in drawn.items():
        order = np.argsort(values, kind="stable")
        up_to = (np.cumsum(weight[order]) - 0.5 * weight[order]) / weight.sum()
        out[name] = Spread(
            *(float(np.interp(q, up_to, values[order])) for q in (0.5, 0.025, 0.975))
        )
    return out
