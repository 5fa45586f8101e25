"""Controlled rounding: every cell a neighbouring multiple of a base, and all sums still true.

Zero-restricted (a multiple of the base stays) and additive; the nearest such table, or near it where there are many cells. Source:
Cox, Journal of the American Statistical Association 82 (1987) 520-524; Salazar-González (2005).
"""

from collections.abc import Mapping

import numpy as np
from scipy import sparse

from sojourn.errors import DisclosureRisk
from sojourn.protect.table.equations import Floats, System
from sojourn.protect.table.programme import Programme

EXACT = 500  # cells: the nearest table; above, one to within GAP of the nearest
GAP = 0.05
NODES = 2000


def controlled_rounding(
    system: System, base: int, shown: Mapping[int, float] | None = None
) -> Floats:
    """Return the rounded table, shape (n,).

    Parameters
    ----------
    base : int
        3 or 5 as a rule.
    shown : mapping of int to float, optional
        What an earlier release of the same people showed of some cells: they keep it.

    Raises
    ------
    DisclosureRisk
        No additive table of neighbouring multiples exists, or none was found within the limit.
    """
    value = system.value
    down = np.floor(value / base) * base
    free, n = value - down > 0, len(value)
    least, most = np.zeros(n), free.astype(float)
    at = np.array([*(shown or {})], dtype=np.int64)
    least[at] = most[at] = (np.array([*(shown or {}).values()]) - down[at]) / base
    up_cost = base - 2 * (value - down)  # distance if rounded up, less distance if down
    right = -(system.matrix @ down) / base
    matrix = sparse.csr_matrix(system.matrix)
    gap = 0.0 if n <= EXACT else GAP
    programme = Programme(matrix, right, right, least, most, nodes=NODES, once=True, gap=gap)
    programme.costs(np.arange(n), np.where(free, up_cost, 0.0))
    programme.whole()
    found = programme.solve()
    made = down + base * np.round(found.x) if found.feasible else np.full(n, np.nan)
    if (system.matrix @ made != 0).any():
        raise DisclosureRisk(
            f"no table of neighbouring multiples of {base} adds up"
            + (" beside what was published before" if shown else ""),
            hint="fewer dimensions, or another --series if these are other people"
            if shown
            else "another base, fewer dimensions, or --method suppress",
        )
    return np.asarray(made)
