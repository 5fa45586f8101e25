"""A programme in which nobody moves for a soft link but those who have one, and who shares rooms with them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sojourn.relocation.planner.model import Model
from sojourn.relocation.planner.solver import Programme, Vector


def around_links(
    model: Model, small: Programme, index: NDArray[np.int64], start: Vector
) -> Programme:
    """Leave free those alone who are linked to others or share rooms with one; the rest stay where they are."""
    k, n_types = len(model.column_type), len(model.types)
    types = np.concatenate([model.column_type, np.arange(n_types)])
    assigned = np.flatnonzero(index < k + n_types)
    of = types[index[assigned]]
    free = np.array([alike[0].singular for alike in model.types])
    placed = (index[assigned] < k) & (start[assigned] > 0.5)
    pools = np.full(len(assigned), -1)
    pools[placed] = model.column_pool[index[assigned[placed]]]
    free[of[placed & np.isin(pools, pools[placed & free[of]])]] = True
    fixed = assigned[~free[of]]
    lower, upper = small.lower.copy(), small.upper.copy()
    lower[fixed] = upper[fixed] = np.round(start[fixed])
    return replace(small, lower=lower, upper=upper)
