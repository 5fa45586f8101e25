"""How infection becomes disease: the three-stage structure and two two-stage ones.

All are written as one chain recent → middle → remote with progression from each; in a two-stage
structure the middle stage is the remote one and leads nowhere else. Sources: Menzies 2021 and Emery
2021 for the three-stage fit; Menzies 2018 and Ragonnet 2017, as tabulated by Sumner and White 2020.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

from sojourn.health.engine.parameters import constants

Floats = npt.NDArray[np.float64]
STRUCTURES = ("three_stage", "two_stage_menzies", "two_stage_ragonnet")
TWO_STAGE = {"two_stage_menzies": "menzies", "two_stage_ragonnet": "ragonnet"}  # ids in tb.toml
# Where the fit of the three stages starts: rates P*, derived from Menzies 2021 and Emery 2021.
WHAT = ("early", "onward", "late")
CENTRAL = (0.0783, 1.922, 0.00671, 0.1594, 0.000686, 0.0308)


@dataclass(frozen=True)
class Latency:
    """Rates a year, each of shape (draws,): progression k, move on e, late progression, clearance."""

    k1: Floats
    e1: Floats
    k2: Floats
    e2: Floats
    late: Floats
    clear: Floats

    def lifetime(self, mortality: float) -> Floats:
        """Return the share of the newly infected who ever fall ill, shape (draws,)."""
        return self.onset(np.full((len(self.k1), 1), mortality))[:, 0]

    def onset(self, leaving: Floats) -> Floats:
        """Return the share of the newly infected who ever fall ill, by country, shape (draws, n).

        Parameters
        ----------
        leaving : ndarray, shape (draws, n) or what broadcasts to it
            Rate a year at which every stage is left otherwise: death, preventive treatment.
        """
        k1, e1, k2, e2, late, clear = (
            v[:, None] for v in (self.k1, self.e1, self.k2, self.e2, self.late, self.clear)
        )
        out1, out2, out3 = k1 + e1 + leaving, k2 + e2 + clear + leaving, late + clear + leaving
        third = np.divide(late, out3, out=np.zeros_like(out3), where=out3 > 0)
        return np.asarray(k1 / out1 + e1 / out1 * (k2 + e2 * third) / out2)


def central(structure: str) -> Latency:
    """Return the central rates of a structure, shape (1,)."""
    rates = CENTRAL if structure == "three_stage" else (*_two_stage(structure), 0.0, 0.0, 0.0)
    return Latency(*(np.array([v]) for v in rates))


def _two_stage(structure: str) -> tuple[float, float, float]:
    """Return progression early, the move to the late stage, progression late [per year]."""
    known, publication = constants("tb"), TWO_STAGE[structure]
    early, onward, late = (known[f"{publication}_{w}"].value for w in WHAT)
    return early, onward, late


def latencies(structures: np.ndarray, drawn: Mapping[str, Floats]) -> Latency:
    """Return the rates of every draw.

    Parameters
    ----------
    structures : ndarray of str, shape (draws,)
    drawn : mapping
        ``stage_one_stay``, ``early_progression``, ``late_progression``, ``lifetime_25``,
        ``cleared_10`` and ``two_stage_spread``, each of shape (draws,).
    """
    n = len(structures)
    rates = np.zeros((6, n))
    spread = drawn["two_stage_spread"]
    for name in TWO_STAGE:
        here = structures == name
        early, onward, late = _two_stage(name)
        rates[0, here] = early * spread[here]
        rates[1, here] = onward
        rates[2, here] = late * spread[here]
    for d in np.flatnonzero(structures == "three_stage"):
        rates[:, d] = fit_three_stage(
            float(drawn["stage_one_stay"][d]),
            float(drawn["early_progression"][d]),
            float(drawn["late_progression"][d]),
            float(drawn["lifetime_25"][d]),
            float(drawn["cleared_10"][d]),
        )
    return Latency(*rates)


def fit_three_stage(
    stay: float, first_year: float, late: float, by_25: float, cleared_10: float
) -> tuple[float, ...]:
    """Return rates whose cohort meets what was measured.

    Parameters
    ----------
    stay : float
        Mean stay in the first stage [years].
    first_year, by_25 : float
        Shares who progress within 1 and 25 years.
    late : float
        Progression a year in year 25 [per year of those infected at the start].
    cleared_10 : float
        Share of those not ill whose infection is cleared within 10 years.
    """

    def off(logs: Floats) -> Floats:
        k1, k2, e2, c, w = np.exp(logs)
        rates = (k1, max(1.0 / stay - k1, 1e-6), k2, e2, c, w)
        one, ten, by_24, done25 = cohort(rates, (1.0, 10.0, 24.0, 25.0))
        return np.array(
            [
                np.log(one[0] / first_year),
                np.log(max(done25[0] - by_24[0], 1e-9) / late),
                np.log(done25[0] / by_25),
                np.log(max(ten[1], 1e-9) / cleared_10),
                0.05 * (np.log(e2) - np.log(CENTRAL[3])),  # not told by the data: stay near
            ]
        )

    start = np.log(np.array([CENTRAL[0], CENTRAL[2], CENTRAL[3], CENTRAL[4], CENTRAL[5]]))
    found = optimize.least_squares(off, start, method="lm", xtol=1e-8, ftol=1e-8)
    k1, k2, e2, c, w = np.exp(found.x)
    return float(k1), float(max(1.0 / stay - k1, 1e-6)), *(float(v) for v in (k2, e2, c, w))


def cohort(rates: tuple[float, ...], years: tuple[float, ...]) -> list[tuple[float, float]]:
    """Return, at each age of infection, the shares of a cohort that fell ill and that cleared.

    Nobody dies and nobody is infected again; the chain is solved exactly.
    """
    k1, e1, k2, e2, c, w = rates
    out1, out2, out3 = k1 + e1, k2 + e2 + w, c + w
    out = []
    for t in years:
        a1 = _integral(out1, t)
        a2 = e1 * _chain(out1, out2, t)
        a3 = e1 * e2 * _chain3(out1, out2, out3, t)
        out.append((k1 * a1 + k2 * a2 + c * a3, w * (a2 + a3)))
    return out


def _integral(rate: float, t: float) -> float:
    return t if rate == 0 else float(-np.expm1(-rate * t) / rate)


def _chain(a: float, b: float, t: float) -> float:
    """Return the time spent in the second of two stages up to ``t``."""
    b = b if abs(a - b) > 1e-9 else b * (1 + 1e-6) + 1e-9
    return (_integral(b, t) - _integral(a, t)) / (a - b)


def _chain3(a: float, b: float, c: float, t: float) -> float:
    b = b if abs(b - c) > 1e-9 else b * (1 + 1e-6) + 1e-9
    return (_chain(a, c, t) - _chain(a, b, t)) / (b - c)
