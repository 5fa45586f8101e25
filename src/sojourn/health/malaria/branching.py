"""Few cases: imported ones, those they cause, and whether any are indigenous. A branching process.

Case classes are WHO's: imported; introduced (first generation, linked to an import); indigenous
(any later generation). Offspring are negative binomial with mean R and dispersion k.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.errors import SimulateError
from sojourn.health.engine.parameters import key_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Offspring:
    """Cases that one case causes: mean ``r`` and dispersion ``k`` (infinite: Poisson).

    Raises
    ------
    SimulateError
        ``r`` is negative or ``k`` is not positive.
    """

    r: float
    k: float = float("inf")

    def __post_init__(self) -> None:
        if not (np.isfinite(self.r) and self.r >= 0.0 and self.k > 0.0):
            raise SimulateError(
                f"offspring of mean {self.r} and dispersion {self.k}",
                hint="R is zero or more, k above zero",
            )

    def none(self, s: float = 0.0) -> float:
        """Return the generating function: the chance that no offspring counts, each not counting with ``s``."""
        if np.isinf(self.k):
            return float(np.exp(-self.r * (1.0 - s)))
        return float((1.0 + self.r * (1.0 - s) / self.k) ** -self.k)


def local_cases(offspring: Offspring) -> float:
    """Return local cases per imported one, R / (1 − R); infinite from R = 1."""
    return offspring.r / (1.0 - offspring.r) if offspring.r < 1.0 else float("inf")


def imported_share(offspring: Offspring) -> float:
    """Return the share of all cases that are imported, 1 − R; 0 from R = 1."""
    return max(1.0 - offspring.r, 0.0)


def no_indigenous(offspring: Offspring, imports: float, years: float = 3.0) -> float:
    """Return the chance of no indigenous case in some years of ``imports`` a year.

    A chain has none when no introduced case causes another: G(G(0)). Imports are Poisson.
    WHO's rule of 36 months speaks about imports and R together.
    """
    if imports < 0:
        raise SimulateError(f"{imports} imports a year", hint="zero or more")
    quiet = offspring.none(offspring.none())
    return float(np.exp(-years * imports * (1.0 - quiet)))


def controlled_r(
    imported: int, local: int, *, detected_imported: float = 1.0, detected_local: float = 1.0
) -> float:
    """Return R from counts of imported and local cases, each divided by its share detected.

    Raises
    ------
    SimulateError
        There is no case, or a share is not within 0 and 1.
    """
    shares = (detected_imported, detected_local)
    if imported + local <= 0 or not all(0.0 < s <= 1.0 for s in shares):
        raise SimulateError(
            f"{imported} imported and {local} local cases, detected {shares}",
            hint="give counts of at least one case and shares above 0 up to 1",
        )
    a, b = imported / detected_imported, local / detected_local
    return b / (a + b)


@dataclass(frozen=True)
class Classes:
    """Cases of simulated periods by class, each of shape (runs,)."""

    imported: npt.NDArray[np.int64]
    introduced: npt.NDArray[np.int64]
    indigenous: npt.NDArray[np.int64]


def simulate(
    offspring: Offspring, imports: float, years: float, *, runs: int, seed: int, most: int = 100_000
) -> Classes:
    """Simulate chains generation by generation.

    Parameters
    ----------
    imports : float
        A year; Poisson.
    most : int
        Indigenous cases after which a run is ended: an outbreak.
    """
    source = np.random.Generator(np.random.Philox(key=key_of(seed, "branching")))
    imported = source.poisson(imports * years, runs)
    introduced = _children(source, offspring, imported)
    indigenous, now = np.zeros(runs, dtype=np.int64), introduced
    while now.any():
        now = np.where(indigenous < most, _children(source, offspring, now), 0)
        indigenous += now
    return Classes(imported, introduced, indigenous)


def _children(
    source: np.random.Generator, offspring: Offspring, parents: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    if offspring.r == 0.0:
        return np.zeros_like(parents)
    if np.isinf(offspring.k):
        return source.poisson(offspring.r * parents)
    # k parents together are negative binomial with dispersion k times as large
    size = np.maximum(offspring.k * parents, 1e-12)
    return np.where(
        parents > 0, source.negative_binomial(size, offspring.k / (offspring.k + offspring.r)), 0
    )


def lingering(imports: float, r: float, duration: float) -> float:
    """Return infections present on average: importation over what is cleared, ιD / (1 − R).

    Parameters
    ----------
    imports : float
        A year.
    duration : float
        Years that an infection lasts.
    """
    if not 0.0 <= r < 1.0:
        raise SimulateError(f"R is {r}", hint="only below one does importation settle")
    return imports * duration / (1.0 - r)
