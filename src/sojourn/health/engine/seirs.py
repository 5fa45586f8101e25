"""A stochastic epidemic on coupled patches: the yardstick of the engine, many draws at once.

Events of a day are binomial. Where few are expected they are drawn so; where many are, from the
normal law of the same mean and variance, rounded. Every draw has a counter-based generator of its
own, so that draws may be run in any company and any order.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.errors import SimulateError
from sojourn.health.engine.parameters import key_of

Floats = npt.NDArray[np.float64]
FEW = 12.0  # expected events below which they are drawn one by one
BLOCK = 32  # days whose normal deviates are drawn together


@dataclass(frozen=True)
class Epidemic:
    """Rates a day, and who meets whom.

    Attributes
    ----------
    contact : float
        Infections that one infectious person causes a day among the susceptible.
    incubation, recovery, waning : float
        Rates a day of E to I, I to R, R to S.
    mixing : ndarray, shape (P, P)
        Share of a patch's contacts that are with each patch; rows sum to 1.
    """

    contact: float
    incubation: float
    recovery: float
    waning: float
    mixing: Floats

    def __post_init__(self) -> None:
        rates = (self.contact, self.incubation, self.recovery, self.waning)
        if min(rates) < 0 or not np.allclose(self.mixing.sum(axis=1), 1.0):
            raise SimulateError(
                f"rates {rates}, mixing of rows {self.mixing.sum(axis=1).round(3)}",
                hint="no rate below zero; each row of the mixing sums to 1",
            )


def run(
    epidemic: Epidemic,
    state: Floats,
    days: int,
    draws: range | list[int],
    *,
    seed: int = 1,
    stochastic: bool = True,
) -> Floats:
    """Advance some draws by a number of days.

    Parameters
    ----------
    state : ndarray, shape (4, P), persons: S, E, I, R
    draws : sequence of int
        Names of the draws; each has its own numbers.

    Returns
    -------
    ndarray, shape (4, D, P)
    """
    now = np.repeat(state[:, None, :], len(draws), axis=1).astype(np.float64)
    people = state.sum(axis=0)
    kernel = epidemic.mixing.T / people[:, None]
    sources = [np.random.Generator(np.random.Philox(key=key_of(seed, "seirs", d))) for d in draws]
    share = [-np.expm1(-r) for r in (epidemic.incubation, epidemic.recovery, epidemic.waning)]
    chance = np.zeros_like(now)
    chance[1:] = np.array(share)[:, None, None]
    spread = np.sqrt(chance * (1.0 - chance))
    deviates = np.empty((BLOCK, *now.shape))
    for day in range(days):
        chance[0] = -np.expm1(-epidemic.contact * (now[2] @ kernel))
        expected = now * chance
        moved = expected
        if stochastic:
            if day % BLOCK == 0:
                for d, source in enumerate(sources):
                    deviates[:, :, d] = source.standard_normal((BLOCK, 4, len(people)))
            np.sqrt(chance[0] * (1.0 - chance[0]), out=spread[0])
            moved = _events(now, expected, chance, spread, deviates[day % BLOCK], sources)
        now -= moved
        now[[1, 2, 3, 0]] += moved
    return now


def _events(
    now: Floats,
    expected: Floats,
    chance: Floats,
    spread: Floats,
    deviates: Floats,
    sources: list[np.random.Generator],
) -> Floats:
    moved = np.sqrt(now)
    moved *= spread
    moved *= deviates
    moved += expected
    np.rint(moved, out=moved)
    np.clip(moved, 0.0, now, out=moved)
    few = expected < FEW
    if few.any():
        for d in np.flatnonzero(few.any(axis=(0, 2))):
            rows, cells = np.nonzero(few[:, d])
            left, p = now[rows, d, cells], chance[rows, d, cells]
            moved[rows, d, cells] = sources[d].binomial(left.astype(np.int64), p)
    return moved


def sis_equilibrium(r0: float) -> float:
    """Return the infectious share at which infection without immunity settles, 1 − 1/R0."""
    return max(1.0 - 1.0 / r0, 0.0) if r0 > 0 else 0.0


def final_size(r0: float) -> float:
    """Return the share ever infected where immunity lasts: z = 1 − exp(−R0 z)."""
    z = 0.0 if r0 <= 1.0 else 0.999
    for _ in range(200):
        z = 1.0 - float(np.exp(-r0 * z))
    return z
