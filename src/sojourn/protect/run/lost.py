"""What withholding costs, told so that it tells nothing of what is withheld.

The sum of what is withheld is one more equation. It is printed where the published sums say it
already; elsewhere the most that an outsider can compute of it is.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import lsmr

from sojourn.protect.audit.attack import Interval
from sojourn.protect.suppress.protect import Suppression
from sojourn.protect.table.equations import Floats, Mask, System

NEAR = 1e-6
MANY = 50  # primary cells: of fewer no bound is told


@dataclass(frozen=True, slots=True)
class Lost:
    """What withholding costs.

    Attributes
    ----------
    loss : float
        Sum of costs of the withheld cells, or the most it can be for all an outsider knows.
    exact : bool
        Which of the two.
    bound : float or None
        No choice of cells costs less, rounded down; ``None`` where it would tell a primary cell.
    """

    loss: float
    exact: bool
    bound: float | None


def lost(system: System, withheld: Mask, interval: Interval, done: Suppression) -> Lost:
    """Return what may be told of the loss of a suppression."""
    declared = np.array([r.cost is not None or r.latent for r in system.rows], dtype=bool)
    asked = withheld & ~declared
    exact = not asked.any() or _is_published(system, withheld, asked.astype(float)[withheld])
    high = np.where(asked, np.maximum(interval.high, 1.0), 0.0)
    most = done.loss if exact else float(high[asked].sum()) + _declared(system, withheld & declared)
    if exact and done.how == "optimal":
        return Lost(most, exact, done.bound)
    primary = int(done.primary.cells.sum())
    digits = 10.0 ** np.floor(np.log10(max(done.bound, 1.0)))
    bound = float(np.floor(done.bound / digits) * digits) if primary >= MANY else None
    return Lost(most, exact, bound)


def _declared(system: System, cells: Mask) -> float:
    rows = (system.rows[i] for i in np.flatnonzero(cells))
    return float(sum(0.0 if r.latent else r.cost or 0.0 for r in rows))


def _is_published(system: System, withheld: Mask, weights: Floats) -> bool:
    """Whether published sums give a sum of withheld cells: it is a combination of equations."""
    matrix = system.matrix[:, np.flatnonzero(withheld)].T
    found = lsmr(matrix, weights, atol=1e-12, btol=1e-12, maxiter=5000)
    return bool(abs(matrix @ found[0] - weights).max() < NEAR)
