"""The levels as linear programmes, one on the optimal face of the other: bounds that no plan can beat."""

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from sojourn.relocation.planner.growing import GrowingSolver
from sojourn.relocation.planner.model import Model
from sojourn.relocation.planner.solver import FaceSolver, LpResult, Mask, Programme, Start, Vector

ALL_AT_ONCE_BELOW = 600_000  # columns; above, the programme is given those it asks for
SIDES_BELOW = 4_000  # columns; above, two sides kept apart are left to the whole numbers
FIRST_COLUMNS = 12  # per type, to begin with
SPARE_COLUMNS = 4  # per type, the cheapest by reduced cost, beyond the optimal face
LEAN_COLUMNS = 6  # of a type, beside those that a vertex uses
ROUNDING = 1e-7  # of a share; the floor is the one level that is no whole number


@dataclass(frozen=True)
class Relaxed:
    """The linear programme solved for every level, one on the optimal face of the other.

    Attributes
    ----------
    x : ndarray, shape (n,)
        A vertex of the last face; few columns are not whole.
    bounds, seconds : ndarray, shape (levels,)
    keep : ndarray of bool, shape (n,)
        Columns on or near a face.
    open : ndarray of bool, shape (n,)
        Columns that are free to move on the last face.
    stable : Programme or None
        The face on which the fewest people change; none without an earlier plan.
    price_of_fairness : float
        Wish points (L5) that lifting the lowest group share (L4) costs; 0 where it comes after them.
    """

    x: Vector
    bounds: Vector
    seconds: Vector
    keep: Mask
    open: Mask
    stable: Programme | None
    price_of_fairness: float


def relax(model: Model) -> Relaxed:
    """Solve every level in strict order, shares of units allowed.

    Raises
    ------
    PlanError
        The programme has no solution, which only contradicting frozen decisions can cause.
    """
    n = len(model.programme.lower)
    faces = _solver(model)
    stable: Programme | None = None
    bounds, seconds = np.zeros(len(model.levels)), np.zeros(len(model.levels))
    near = np.zeros(n, dtype=bool)
    last: LpResult | None = None
    unfair: float | None = None
    for number, level in enumerate(model.levels):
        started = time.perf_counter()
        if level.id == "L4":
            unfair = _wishes_now(model, faces, number)
        last = faces.minimize(level.cost)
        bounds[number] = last.objective
        near |= _cheapest(model, last.reduced_cost, faces.open_columns)
        faces.shrink(last)
        if level.id == "L9":
            faces.lower_upper(_room_left(model, *faces.bounds))
            lower, upper = faces.bounds
            stable = replace(model.programme, lower=lower, upper=upper)
        seconds[number] = time.perf_counter() - started
    assert last is not None  # noqa: S101 - a model has levels
    free = faces.open_columns
    keep = near | free | (last.x > ROUNDING)
    price = 0.0
    if unfair is not None:
        fair = next(b for b, level in zip(bounds, model.levels, strict=True) if level.id == "L5")
        price = max(0.0, round(fair - unfair, 6))
    return Relaxed(last.x, bounds, seconds, keep & faces.active, free, stable, price)


def _wishes_now(model: Model, faces: FaceSolver, number: int) -> float | None:
    """Return the least cost of L5 on the present face, before L4 takes its share of it."""
    later = [level for level in model.levels[number:] if level.id == "L5"]
    return faces.minimize(later[0].cost).objective if later else None


def _solver(model: Model) -> FaceSolver:
    """Return the solver of the linear programmes: with every column, or with those it asks for."""
    k = len(model.column_type)
    programme = _without_sides(model)
    if k <= ALL_AT_ONCE_BELOW:
        return FaceSolver(programme, _as_before(model))
    owner = np.concatenate([model.column_type, np.full(len(programme.lower) - k, -1)])
    return GrowingSolver(programme, owner, _first_columns(model), _as_before(model))


def _without_sides(model: Model) -> Programme:
    """Leave out of a large programme which of two sides a place holds: the bounds stay bounds."""
    full, sides = model.programme, slice(model.keeps.stop, model.floor)
    if sides.start == sides.stop or len(full.lower) <= SIDES_BELOW:
        return full
    matrix = sparse.csr_matrix(full.matrix)
    rows = np.diff(matrix[:, sides].indptr) == 0
    return replace(
        full,
        matrix=matrix[rows].tocsc(),
        row_lower=full.row_lower[rows],
        row_upper=full.row_upper[rows],
    )


def _first_columns(model: Model) -> Mask:
    """Mark a few columns of each type to begin with: the best by wishes and services, spread evenly, and those of staying."""
    k = len(model.column_type)
    nothing = {
        "L5": np.zeros(k),
        "L7": np.zeros(k),
    }  # a region, or a first look, has not every level
    costs = nothing | {level.id: level.cost[:k] for level in model.levels}
    # a fixed mixing of type and pool, so that alike types do not all begin at the same pools
    spread = (model.column_type * 2_654_435_761 + model.column_pool * 40_503) % 1_000_003
    order = np.lexsort((spread, costs["L7"], costs["L5"], model.column_type))
    types = model.column_type[order]
    rank = np.arange(k) - np.searchsorted(types, types, side="left")
    chosen = np.ones(len(model.programme.lower), dtype=bool)
    chosen[:k] = False
    chosen[order[rank < FIRST_COLUMNS]] = True
    chosen[k - len(model.held.types) : k] = True
    return chosen


def few_columns(model: Model, linear: Relaxed) -> Mask:
    """Mark the columns that the vertex uses, and a few more of each type, spread evenly over pools."""
    k = len(model.column_type)
    few = linear.x > ROUNDING
    few[model.slack.start :] = True
    free = np.flatnonzero(linear.open[:k])
    types = model.column_type[free]
    spread = (types * 2_654_435_761 + model.column_pool[free] * 40_503) % 1_000_003
    order = np.lexsort((spread, types))
    types = types[order]
    few[free[order[np.arange(len(order)) - np.searchsorted(types, types) < LEAN_COLUMNS]]] = True
    return few


def _as_before(model: Model) -> Start | None:
    """Return the vertex in which everybody who can stay does and all others have no place."""
    k = len(model.column_type)
    if not len(model.held.types):
        return None
    stay = np.arange(k - len(model.held.types), k)
    return Start(upper=stay, basic=np.arange(model.slack.start, model.slack.stop))


def _room_left(model: Model, lower: Vector, upper: Vector) -> Vector:
    """Return upper bounds that follow from how many units of each type are already bound to stay."""
    k, n_types = len(model.column_type), len(model.types)
    types = np.concatenate([model.column_type, np.arange(n_types)])
    counts = np.array([len(alike) for alike in model.types], dtype=float)
    free = counts - np.bincount(types, weights=lower[: k + n_types], minlength=n_types)
    tight = upper.copy()
    tight[: k + n_types] = np.minimum(upper[: k + n_types], lower[: k + n_types] + free[types])
    return tight


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
