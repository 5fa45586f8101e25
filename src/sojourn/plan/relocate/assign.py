"""Levels in strict order: a linear programme on optimal faces, then whole numbers.

The linear programme gives every level a bound that no plan can beat; the mixed-integer
programmes give the plan. Where the site is small all columns take part and the plan is proven;
where it is large only columns near the optimal face do, and the gap to the bound is stated.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from sojourn.errors import PlanError
from sojourn.plan.proposal import Bound
from sojourn.plan.relocate.eligibility import Pool
from sojourn.plan.relocate.levels import Level
from sojourn.plan.relocate.model import Model
from sojourn.plan.relocate.solver import FaceSolver, LpResult, Mask, Programme, Vector, solve_mip

if TYPE_CHECKING:
    from sojourn.plan.relocate.units import Unit

ALL_COLUMNS_BELOW = 4_000  # columns; up to here the whole programme is solved in whole numbers
SPARE_COLUMNS = 4  # per type, the cheapest by reduced cost, beyond the optimal face
ROUNDING = 1e-7  # of a share; the floor is the one level that is no whole number


@dataclass(frozen=True)
class Solved:
    """A whole-number assignment.

    Attributes
    ----------
    x : ndarray, shape (n,)
        Value of each column of the model.
    bounds : ndarray, shape (levels,)
        As a cost: no assignment costs less, the levels above being at their own bounds.
    seconds : ndarray, shape (levels,)
    complete : bool
        Whether every column took part.
    """

    x: Vector
    bounds: Vector
    seconds: Vector
    complete: bool


def solve(model: Model) -> Solved:
    """Solve every level in strict order.

    Raises
    ------
    PlanError
        The programme has no solution, which only contradicting frozen decisions can cause.
    """
    n = len(model.programme.lower)
    faces = FaceSolver(model.programme)
    bounds, seconds = np.zeros(len(model.levels)), np.zeros(len(model.levels))
    near = np.zeros(n, dtype=bool)
    last: LpResult | None = None
    for number, level in enumerate(model.levels):
        started = time.perf_counter()
        last = faces.minimize(level.cost)
        bounds[number] = last.objective
        near |= _cheapest(model, last.reduced_cost, faces.open_columns)
        faces.shrink(last)
        seconds[number] = time.perf_counter() - started
    assert last is not None  # noqa: S101 - there are always eight levels
    complete = n <= ALL_COLUMNS_BELOW
    keep = near | faces.open_columns | (last.x > ROUNDING) | complete
    keep[model.slack.start :] = True
    return _whole(model, keep, bounds, seconds, complete=complete)


def _cheapest(model: Model, reduced_cost: Vector, open_columns: Mask) -> Mask:
    """Mark the few open columns of each type with the smallest reduced cost."""
    k = len(model.column_type)
    chosen = np.zeros(len(reduced_cost), dtype=bool)
    open_here = np.flatnonzero(open_columns[:k])
    order = open_here[
        np.lexsort((open_here, reduced_cost[open_here].round(6), model.column_type[open_here]))
    ]
    types = model.column_type[order]
    first = np.searchsorted(types, types, side="left")
    chosen[order[np.arange(len(order)) - first < SPARE_COLUMNS]] = True
    return chosen


def _whole(model: Model, keep: Mask, bounds: Vector, seconds: Vector, *, complete: bool) -> Solved:
    """Complete to whole numbers on the kept columns, level after level."""
    index = np.flatnonzero(keep)
    full = model.programme
    matrix = sparse.csr_matrix(full.matrix)[:, index]
    small = Programme(
        matrix=sparse.csc_matrix(matrix),
        row_lower=full.row_lower,
        row_upper=full.row_upper,
        lower=full.lower[index],
        upper=full.upper[index],
    )
    integer = index != model.floor
    start: Vector | None = None
    attained = True  # by every level above; else the linear bound is of a face that has no plan
    for number, level in enumerate(model.levels):
        began = time.perf_counter()
        cost = level.cost[index]
        slack = 0.0 if complete else _gap(level, bounds[number])
        found = solve_mip(small, cost, integer, start, absolute_gap=slack, max_nodes=_nodes(level))
        if found is None and start is None:
            raise PlanError("the assignment has no solution in whole numbers")
        if found is not None:
            start = found.x
            linear = bounds[number]
            if complete:
                bounds[number] = max(linear, found.bound) if attained else found.bound
            attained = attained and float(cost @ start) <= linear + ROUNDING
        assert start is not None  # noqa: S101 - one of the two above
        small = _freeze(small, cost, float(cost @ start), level)
        seconds[number] += time.perf_counter() - began
    x = np.zeros(len(keep))
    x[index] = start
    return Solved(x, bounds, seconds, complete)


def _nodes(level: Level) -> int:
    return {"L1": 20_000, "L2": 20_000, "L3": 20_000, "L8": 1}.get(level.id, 2_000)


def _gap(level: Level, bound: float) -> float:
    """Gap at which a level stops: nothing for people without a place, little for the rest."""
    if level.id in ("L1", "L2", "L3"):
        return 0.999
    if level.id == "L4":
        return 0.005
    return max(0.999, {"L5": 0.0005, "L8": 0.005}.get(level.id, 0.003) * abs(bound))


def _freeze(programme: Programme, cost: Vector, value: float, level: Level) -> Programme:
    """Add the row: this level never gets worse."""
    room = ROUNDING if level.id == "L4" else 0.5  # costs of the others are whole numbers
    row = sparse.csr_matrix(cost)
    return Programme(
        matrix=sparse.csc_matrix(sparse.vstack([sparse.csr_matrix(programme.matrix), row])),
        row_lower=np.append(programme.row_lower, -np.inf),
        row_upper=np.append(programme.row_upper, value + room),
        lower=programme.lower,
        upper=programme.upper,
    )


def deal(model: Model, x: Vector) -> dict[str, Pool]:
    """Turn counts into units: alike units take their pools in canonical order.

    Returns
    -------
    dict
        Unit id to pool; units without a place are not in it.
    """
    k = len(model.column_type)
    placed: dict[str, Pool] = {}
    waiting: list[list[Unit]] = [list(reversed(alike)) for alike in model.types]
    for c in np.flatnonzero(x[:k] > 0.5):
        for _ in range(round(float(x[c]))):
            placed[waiting[model.column_type[c]].pop().id] = model.pools[model.column_pool[c]]
    return placed


def counted(model: Model, placed: dict[str, Pool]) -> Vector:
    """Return the columns' values of a final placement, after transport took its share."""
    x = np.zeros(len(model.programme.lower))
    pool_index = {pool: p for p, pool in enumerate(model.pools)}
    at = {
        (int(t), int(p)): c
        for c, (t, p) in enumerate(zip(model.column_type, model.column_pool, strict=True))
    }
    for t, alike in enumerate(model.types):
        for unit in alike:
            pool = placed.get(unit.id)
            x[model.slack.start + t if pool is None else at[t, pool_index[pool]]] += 1
    matrix = sparse.csr_matrix(model.programme.matrix)
    _soft_links(model, matrix, x)
    rows = matrix[model.group_rows]
    if model.group_sizes:
        shares = -(rows[:, : model.floor] @ x[: model.floor]) / np.array(model.group_sizes)
        x[model.floor] = float(shares.min())
    return x


def _soft_links(model: Model, matrix: sparse.csr_matrix, x: Vector) -> None:
    """Set each column of a soft link to 1 where every row that binds it allows it."""
    by_column = sparse.csc_matrix(matrix)
    for c in range(model.keeps.start, model.keeps.stop):
        rows = by_column.indices[by_column.indptr[c] : by_column.indptr[c + 1]]
        x[c] = float(all(float((matrix[r] @ x)[0]) <= -1 + 1e-9 for r in rows))


def proven(model: Model, solved: Solved, x: Vector) -> tuple[Bound, ...]:
    """State each level's value, bound and gap."""
    found = []
    for number, level in enumerate(model.levels):
        digits = 6 if level.id == "L4" else 0
        value = round(level.sign * float(level.cost @ x), digits)
        bound = round(level.sign * float(solved.bounds[number]), 6)
        if digits == 0:  # a whole number cannot lie between two whole numbers
            cost = np.ceil(float(solved.bounds[number]) - 1e-6)
            bound = float(level.sign * cost)
        gap = round(abs(value - bound), 6)
        found.append(
            Bound(
                level=level.id,
                name=level.name,
                unit=level.unit,
                sense="least" if level.sign > 0 else "most",
                value=value + 0.0,
                bound=bound + 0.0,
                gap=gap,
                gap_share=round(gap / level.scale, 8),
                method="all columns" if solved.complete else "columns near the optimal face",
                seconds=float(solved.seconds[number]),
            )
        )
    return tuple(found)
