"""A linear programme of millions of columns, of which the solver is given those it asks for.

Column generation: solve with a few columns, price all others with the duals, add the ones that would
improve, until none would. The optimum is that of all columns, and so is the face on which the next
level is solved: a column that was never given is closed where its reduced cost says so.
Source: Dantzig and Wolfe 1960.
"""

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sojourn.errors import PlanError
from sojourn.relocation.planner.solver import (
    DUAL,
    FEW_COSTS,
    PRIMAL,
    TOLERANCE,
    FaceSolver,
    LpResult,
    Mask,
    Programme,
    Start,
    Vector,
)

EACH = 2  # columns of a type that are added at a time
MOST_ROUNDS = 400


class GrowingSolver(FaceSolver):
    """A face solver that holds a part of the columns."""

    def __init__(
        self,
        programme: Programme,
        owner: NDArray[np.int64],
        first: Mask,
        start: Start | None = None,
    ) -> None:
        self._full = sparse.csc_matrix(programme.matrix)
        self._priced = sparse.csr_matrix(self._full.T)
        self._owner = owner
        self._index = np.flatnonzero(first)
        self._here = first.copy()
        small = Programme(
            matrix=self._full[:, self._index],
            row_lower=programme.row_lower,
            row_upper=programme.row_upper,
            lower=programme.lower[self._index],
            upper=programme.upper[self._index],
        )
        super().__init__(small, None if start is None else self._of_mine(start))
        self._lower, self._upper = programme.lower.copy(), programme.upper.copy()

    def _of_mine(self, start: Start) -> Start:
        """Return a vertex by the numbers of the columns that the solver has been given."""
        upper, basic = (np.searchsorted(self._index, c) for c in (start.upper, start.basic))
        return Start(upper=upper, basic=basic)

    @property
    def active(self) -> Mask:
        """Columns that the solver has been given."""
        return self._here.copy()

    def minimize(self, cost: Vector) -> LpResult:
        """Minimize a cost on the present face, over all columns.

        Raises
        ------
        PlanError
            The solver did not prove an optimum.
        """
        few = np.count_nonzero(cost) < FEW_COSTS * len(cost)
        self._highs.setOptionValue("simplex_strategy", PRIMAL if few else DUAL)
        self._set_cost(cost)
        for _ in range(MOST_ROUNDS):
            self._highs.run()
            if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                raise PlanError("the linear programme of many columns found no optimum")
            solution = self._highs.getSolution()
            dual = np.array(solution.row_dual)
            reduced = cost - self._priced @ dual
            wanted = self._wanted(reduced)
            if not len(wanted):
                break
            self._add(wanted, cost)
            self._highs.setOptionValue("simplex_strategy", PRIMAL)
        else:
            raise PlanError("the linear programme kept asking for columns")
        x = np.zeros(len(cost))
        x[self._index] = solution.col_value
        value = float(self._highs.getInfo().objective_function_value)
        return LpResult(value, x, reduced, np.array(solution.row_value), dual)

    def _wanted(self, reduced: Vector) -> NDArray[np.int64]:
        """Return the columns not given yet that would improve most, a few of each type."""
        better = np.flatnonzero((reduced < -TOLERANCE) & ~self._here & self.open_columns)
        order = better[np.lexsort((better, reduced[better], self._owner[better]))]
        owners = self._owner[order]
        rank = np.arange(len(order)) - np.searchsorted(owners, owners, side="left")
        return order[rank < EACH]

    def _add(self, columns: NDArray[np.int64], cost: Vector) -> None:
        part = self._full[:, columns]
        self._highs.addCols(
            len(columns),
            cost[columns],
            self._lower[columns],
            self._upper[columns],
            part.nnz,
            part.indptr[:-1].astype(np.int32),
            part.indices.astype(np.int32),
            part.data,
        )
        self._index = np.concatenate([self._index, columns])
        self._here[columns] = True

    def _set_cost(self, cost: Vector) -> None:
        n = len(self._index)
        self._highs.changeColsCost(n, np.arange(n, dtype=np.int32), cost[self._index])

    def _bound(self, columns: NDArray[np.int64], lower: Vector, upper: Vector) -> None:
        """Tell the solver new bounds of those of the columns that it holds."""
        place = np.full(len(self._lower), -1, dtype=np.int64)
        place[self._index] = np.arange(len(self._index))
        held = place[columns] >= 0
        at = place[columns[held]].astype(np.int32)
        if len(at):
            self._highs.changeColsBounds(len(at), at, lower[held], upper[held])
