"""HiGHS behind one class: bounds and costs change, the basis stays. One thread, no time limit."""

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from sojourn.processes import silent

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
FEASIBILITY = 1e-7
# HiGHS: simplex_strategy; only costs and a few bounds change between programmes asked again
DUAL, PRIMAL = 1, 4


def _silent() -> Any:
    made: Any = highspy.Highs  # the bindings carry no types
    with silent():
        return made()


@dataclass(frozen=True, slots=True)
class Solved:
    """An optimum, or none.

    Attributes
    ----------
    feasible, bounded : bool
    objective : float
    x, reduced_cost : ndarray, shape (n,)
    """

    feasible: bool
    bounded: bool
    objective: float
    x: Floats
    reduced_cost: Floats


class Programme:
    """Minimize a cost over ``row_lower ≤ A x ≤ row_upper``, again and again.

    Parameters
    ----------
    matrix : sparse matrix, shape (m, n)
    row_lower, row_upper : ndarray, shape (m,)
    lower, upper : ndarray, shape (n,)
    nodes : int, optional
        Limit of branch and bound, counted in nodes so that equal input gives equal output.
    once : bool
        It is solved once only: presolved, whole numbers to within ``gap`` of the optimum.
    gap : float
        Relative.
    """

    def __init__(
        self,
        matrix: Any,
        row_lower: Floats,
        row_upper: Floats,
        lower: Floats,
        upper: Floats,
        nodes: int = 2000,
        *,
        once: bool = False,
        gap: float = 0.0,
    ) -> None:
        self.n = matrix.shape[1]
        columns = sparse.csc_matrix(matrix)
        self._highs = _silent()
        for name, value in (
            ("output_flag", False),
            ("threads", 1),
            ("parallel", "off"),
            # asked again, the basis of the programme before is the better start
            ("presolve", "on" if once else "off"),
            ("simplex_strategy", DUAL if once else PRIMAL),
            ("random_seed", 0),
            ("mip_max_nodes", nodes),
            ("mip_rel_gap", gap),
            ("mip_abs_gap", 1e-6),
        ):
            self._highs.setOptionValue(name, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.n, matrix.shape[0]
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(self.n), lower, upper
        lp.row_lower_, lp.row_upper_ = row_lower, row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = columns.indptr, columns.indices
        lp.a_matrix_.value_ = columns.data
        self._highs.passModel(lp)

    def bounds(self, at: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike) -> None:
        """Set bounds of some columns."""
        which = np.atleast_1d(np.asarray(at, dtype=np.int32))
        low = np.broadcast_to(np.asarray(lower, dtype=float), which.shape).copy()
        high = np.broadcast_to(np.asarray(upper, dtype=float), which.shape).copy()
        self._highs.changeColsBounds(len(which), which, low, high)

    def costs(self, at: npt.ArrayLike, cost: npt.ArrayLike) -> None:
        """Set costs of some columns."""
        which = np.atleast_1d(np.asarray(at, dtype=np.int32))
        told = np.broadcast_to(np.asarray(cost, dtype=float), which.shape).copy()
        self._highs.changeColsCost(len(which), which, told)

    def whole(self, *, yes: bool = True) -> None:
        """Ask for whole numbers, or no longer."""
        kind = highspy.HighsVarType.kInteger if yes else highspy.HighsVarType.kContinuous
        every = np.arange(self.n, dtype=np.int32)
        self._highs.changeColsIntegrality(self.n, every, np.full(self.n, int(kind), dtype=np.uint8))

    def afresh(self) -> None:
        """Start the next programme from nothing moved, not from the programme before."""
        self._highs.setBasis()
        self._highs.setOptionValue("simplex_strategy", DUAL)

    def solve(self) -> Solved:
        """Return the optimum under the bounds and costs set."""
        self._highs.run()
        status = self._highs.getModelStatus()
        kinds = highspy.HighsModelStatus
        solution = self._highs.getSolution()
        x = np.array(solution.col_value)
        feasible = status in (kinds.kOptimal, kinds.kSolutionLimit) and len(x) == self.n
        unbounded = status in (kinds.kUnbounded, kinds.kUnboundedOrInfeasible)
        return Solved(
            feasible=feasible,
            bounded=not unbounded,
            objective=float(self._highs.getObjectiveValue()) if feasible else np.nan,
            x=x,
            reduced_cost=np.array(solution.col_dual),
        )
