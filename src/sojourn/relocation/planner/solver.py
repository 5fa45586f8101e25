"""HiGHS behind two verbs: solve a linear programme, solve a mixed-integer one.

One thread, no time limits (limits are counted in nodes), so that equal input gives equal output.
"""

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sojourn.errors import PlanError
from sojourn.processes import silent

Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]
THREADS = 1
PRIMAL, DUAL = 4, 1  # HiGHS: simplex_strategy
FEW_COSTS = 0.1  # of the columns
TOLERANCE = 1e-6  # on duals and reduced costs, whose exact values are small whole numbers


def solver_version() -> str:
    """Return the name and version of the solver, which a plan carries."""
    return f"HiGHS {version('highspy')}"


@dataclass(frozen=True)
class Programme:
    """Columns and rows of a linear programme.

    Attributes
    ----------
    matrix : csc_matrix, shape (m, n)
    row_lower, row_upper : ndarray, shape (m,)
    lower, upper : ndarray, shape (n,)
    """

    matrix: Any
    row_lower: Vector
    row_upper: Vector
    lower: Vector
    upper: Vector


@dataclass(frozen=True)
class LpResult:
    """An optimal vertex.

    Attributes
    ----------
    objective : float
    x, reduced_cost : ndarray, shape (n,)
    activity, dual : ndarray, shape (m,)
    """

    objective: float
    x: Vector
    reduced_cost: Vector
    activity: Vector
    dual: Vector


@dataclass(frozen=True)
class Start:
    """A vertex to begin from: columns at their upper bounds, and one basic column for each first row.

    Attributes
    ----------
    upper : ndarray of int
        Columns at their upper bound; the others, unless basic, are at their lower.
    basic : ndarray of int, shape (r,)
        Columns that take up the slack of the first r rows, which are equations.
    """

    upper: NDArray[np.int64]
    basic: NDArray[np.int64]


class FaceSolver:
    """A linear programme solved for one objective after another on the optimal face.

    After each level, every column with a non-zero reduced cost is fixed where it stands and
    every row with a non-zero dual becomes an equation. By complementary slackness that is the
    set of all optima of the level, exactly: no weight and no tolerance on the value is needed.
    """

    def __init__(self, programme: Programme, start: Start | None = None) -> None:
        self._highs = _new_highs()
        _pass(self._highs, programme, np.zeros(len(programme.lower)))
        if start is not None:
            _begin_at(self._highs, start, len(programme.lower), len(programme.row_lower))
        self._lower, self._upper = programme.lower.copy(), programme.upper.copy()
        self._row_lower = programme.row_lower.copy()
        self._row_upper = programme.row_upper.copy()

    @property
    def active(self) -> Mask:
        """Columns that the solver has been given: all of them."""
        return np.ones(len(self._lower), dtype=bool)

    @property
    def open_columns(self) -> Mask:
        """Columns still free to move on the face."""
        return self._upper - self._lower > TOLERANCE

    @property
    def bounds(self) -> tuple[Vector, Vector]:
        """Bounds of the columns on the face, copied."""
        return self._lower.copy(), self._upper.copy()

    def minimize(self, cost: Vector) -> LpResult:
        """Minimize a cost on the present face.

        Raises
        ------
        PlanError
            The solver did not prove an optimum.
        """
        n = len(cost)
        # The last basis stays feasible. A cost on few columns is soon mended from it (primal); one
        # on most of them is not (dual).
        few = np.count_nonzero(cost) < FEW_COSTS * n
        self._highs.setOptionValue("simplex_strategy", PRIMAL if few else DUAL)
        self._highs.changeColsCost(n, np.arange(n, dtype=np.int32), cost)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise PlanError(
                f"the linear programme ended as {self._highs.modelStatusToString(status)}",
                hint="decisions that are frozen may contradict each other",
            )
        solution = self._highs.getSolution()
        return LpResult(
            objective=float(self._highs.getInfo().objective_function_value),
            x=np.array(solution.col_value),
            reduced_cost=np.array(solution.col_dual),
            activity=np.array(solution.row_value),
            dual=np.array(solution.row_dual),
        )

    def shrink(self, result: LpResult) -> None:
        """Keep only the optima of the level that was solved last."""
        fixed = np.flatnonzero((np.abs(result.reduced_cost) > TOLERANCE) & self.open_columns)
        if len(fixed):
            middle = (self._lower[fixed] + self._upper[fixed]) / 2
            at = np.where(result.x[fixed] <= middle, self._lower[fixed], self._upper[fixed])
            self._lower[fixed] = self._upper[fixed] = at
            self._bound(fixed, at, at)
        open_rows = self._row_upper - self._row_lower > TOLERANCE
        for row in np.flatnonzero((np.abs(result.dual) > TOLERANCE) & open_rows):
            near_lower = abs(result.activity[row] - self._row_lower[row])
            near_upper = abs(result.activity[row] - self._row_upper[row])
            at = self._row_lower[row] if near_lower < near_upper else self._row_upper[row]
            self._row_lower[row] = self._row_upper[row] = at
            self._highs.changeRowBounds(int(row), at, at)

    def lower_upper(self, upper: Vector) -> None:
        """Take tighter upper bounds, which must leave the present optimum in."""
        changed = np.flatnonzero(upper < self._upper)
        if len(changed):
            self._upper[changed] = upper[changed]
            self._bound(changed, self._lower[changed], upper[changed])

    def bound(self, columns: NDArray[np.int64], lower: Vector, upper: Vector) -> None:
        """Take other bounds of some columns."""
        self._lower[columns], self._upper[columns] = lower, upper
        self._bound(columns, lower, upper)

    def _bound(self, columns: NDArray[np.int64], lower: Vector, upper: Vector) -> None:
        """Tell the solver new bounds."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)


@dataclass(frozen=True)
class MipResult:
    """A feasible whole-number solution and what is proven about it.

    Attributes
    ----------
    x : ndarray, shape (n,)
    bound : float
        No whole-number solution of this programme costs less.
    """

    x: Vector
    objective: float
    bound: float


def solve_mip(
    programme: Programme,
    cost: Vector,
    integer: Mask,
    start: Vector | None = None,
    *,
    absolute_gap: float = 0.0,
    relative_gap: float = 0.0,
    max_nodes: int = 200_000,
) -> MipResult | None:
    """Minimize with whole numbers; ``None`` if there is no solution.

    Parameters
    ----------
    start : ndarray, optional
        A feasible solution to begin from; returned if nothing better is found.
    max_nodes : int
        The only limit; counted, never timed, so that a repeat takes the same path.
    """
    best: MipResult | None = None
    # HiGHS 1.16.0 now and then fails on what its presolve made of a small programme, or tells a
    # better optimum than it hands back: the start's. Within the gap that is good enough.
    for begin, presolve in ((start, "choose"), (None, "choose"), (None, "off")):
        highs = _new_highs()
        _pass(highs, programme, cost, integer)
        highs.setOptionValue("mip_abs_gap", absolute_gap)
        highs.setOptionValue("mip_rel_gap", relative_gap)
        highs.setOptionValue("mip_max_nodes", max_nodes)
        highs.setOptionValue("presolve", presolve)
        if begin is not None:
            given = highspy.HighsSolution()
            given.col_value = begin.tolist()
            highs.setSolution(given)
        highs.run()
        found = _read(highs, cost, integer)
        told = float(highs.getInfo().objective_function_value)
        sound = found is not None and (
            found.objective <= told + TOLERANCE * max(1.0, abs(told))
            or found.objective - found.bound <= absolute_gap
        )
        if found is not None and (best is None or sound or found.objective < best.objective):
            best = found
        failed = highs.getModelStatus() == highspy.HighsModelStatus.kSolveError
        if sound or (found is None and start is None and not failed):
            return best
    return best


def _read(highs: Any, cost: Vector, integer: Mask) -> MipResult | None:
    """Read what was found off the solver; ``None`` if nothing was."""
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return None
    info = highs.getInfo()
    x = np.array(highs.getSolution().col_value)
    if not np.isfinite(info.mip_dual_bound) or len(x) == 0 or info.primal_solution_status != 2:
        return None
    x[integer] = np.round(x[integer])
    return MipResult(x=x, objective=float(cost @ x), bound=float(info.mip_dual_bound))


def _begin_at(highs: Any, start: Start, columns: int, rows: int) -> None:
    """Hand a starting basis to HiGHS."""
    status = highspy.HighsBasisStatus
    basis = highspy.HighsBasis()
    column = [status.kLower] * columns
    for c in start.upper.tolist():
        column[c] = status.kUpper
    for c in start.basic.tolist():
        column[c] = status.kBasic
    basis.col_status = column
    basis.row_status = [status.kLower] * len(start.basic) + [status.kBasic] * (
        rows - len(start.basic)
    )
    basis.valid = True
    highs.setBasis(basis)


def _highs() -> Any:
    made: Any = highspy.Highs  # the bindings carry no types
    with silent():
        return made()


def _new_highs() -> Any:
    highs = _highs()
    highs.setOptionValue("output_flag", False)  # noqa: FBT003 - the binding takes no keyword
    highs.setOptionValue("threads", THREADS)
    highs.setOptionValue("parallel", "off")
    highs.setOptionValue("random_seed", 0)
    return highs


def _pass(highs: Any, programme: Programme, cost: Vector, integer: Mask | None = None) -> None:
    """Hand a programme to HiGHS."""
    matrix = sparse.csc_matrix(programme.matrix)
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = programme.lower, programme.upper
    lp.row_lower_, lp.row_upper_ = programme.row_lower, programme.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    if integer is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(i)] for i in integer]
    highs.passModel(lp)
