"""Levels in strict order: a linear programme on optimal faces, then whole numbers.

The linear programme gives every level a bound that no plan can beat; the mixed-integer
programmes give the plan. Where the site is small all columns take part and the plan is proven;
where it is large only columns near the optimal face do, and the gap to the bound is stated.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sojourn.errors import PlanError
from sojourn.relocation.planner.dealing import counted, sides_of
from sojourn.relocation.planner.eligibility import Pool
from sojourn.relocation.planner.levels import Level
from sojourn.relocation.planner.linear import ROUNDING, few_columns, relax
from sojourn.relocation.planner.linked import around_links
from sojourn.relocation.planner.model import Model
from sojourn.relocation.planner.solver import Mask, Programme, Vector, solve_mip
from sojourn.relocation.proposal.methods import ALL_COLUMNS, ALL_COLUMNS_BELOW, NEAR_COLUMNS
from sojourn.relocation.proposal.proposal import Bound

WHOLE = 1e-6  # how far a count may be from a whole number
RINGS = 3
FIRST_LEVELS = 3  # who has no place
MANY_COLUMNS = 10_000  # above, only those who have soft links are moved for them
FEW_COLUMNS = 20_000  # up to here a second look is quick


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
    method : str
        Which columns took part.
    price_of_fairness : float
        Wish points given up for the lowest group, in the linear programme.
    """

    x: Vector
    bounds: Vector
    seconds: Vector
    method: str
    price_of_fairness: float = 0.0


def solve(model: Model, known: Mapping[str, Pool] | None = None, *, lean: bool = False) -> Solved:
    """Solve every level in strict order, in whole numbers.

    Parameters
    ----------
    known : mapping of unit id to Pool, optional
        An assignment that is at hand: the first level is no worse than it leaves it.
    lean : bool
        A few columns of each type are tried before all those near the optimal face.

    Raises
    ------
    PlanError
        The programme has no solution, which only contradicting frozen decisions can cause.
    """
    n = len(model.programme.lower)
    linear = relax(model)
    bounds, seconds = linear.bounds, linear.seconds
    complete = n <= ALL_COLUMNS_BELOW
    keep = linear.keep | complete
    keep[model.slack.start :] = True
    tried: Iterable[tuple[Programme, Mask]] = ()
    if not complete:
        tried = _narrower(model, linear.x, keep, linear.stable)
        if lean:
            few = few_columns(model, linear)
            rings = _narrower(model, linear.x, keep & few, linear.stable)
            tried = chain(rings, tried)
    found = (_whole(model, p, kept, bounds, seconds, near=True) for p, kept in tried)
    whole = next((w for w in found if w is not None), None)
    if whole is None:
        start = None if known is None else _feasible(model, dict(known))
        keep |= False if start is None else start > 0.5
        whole = _whole(
            model, model.programme, keep, bounds, seconds, complete=complete, start=start
        )
    if whole is None:
        raise PlanError("the assignment has no solution in whole numbers")
    return replace(whole, price_of_fairness=linear.price_of_fairness)


def _feasible(model: Model, placed: dict[str, Pool]) -> Vector | None:
    """Return the columns' values of an assignment; None where it does not meet every row as it stands."""
    x, p = counted(model, placed), model.programme
    activity = sparse.csr_matrix(p.matrix) @ x
    rows = (activity >= p.row_lower - WHOLE) & (activity <= p.row_upper + WHOLE)
    columns = (x >= p.lower - WHOLE) & (x <= p.upper + WHOLE)
    return x if rows.all() and columns.all() else None


def solve_near(model: Model, nodes: int, *, rough: bool = False) -> Solved:
    """Solve every level near the vertex of the linear programme; the gap to its bounds is what it is.

    Types that are whole at the vertex stand; where that leaves people of the first levels behind whom the
    linear programme does not, not those that share a pool with one that is not; where columns are few, none.

    Parameters
    ----------
    nodes : int
        At most so many of the search tree of each level.
    rough : bool
        The first plan that is found is taken.

    Raises
    ------
    PlanError
        The programme has no solution.
    """
    linear = relax(model)
    keep = linear.keep.copy()
    keep[model.slack.start :] = True
    first = replace(model, levels=model.levels[:FIRST_LEVELS])
    best: tuple[list[float], Programme, Mask, Vector] | None = None
    few = len(model.column_type) <= FEW_COLUMNS
    narrow = islice(_narrower(model, linear.x, keep, linear.stable), 1 if few else 0, 2)
    least = np.ceil(linear.bounds[:FIRST_LEVELS] - WHOLE).tolist()
    for n, (programme, kept) in enumerate(chain(narrow, [(model.programme, keep)])):
        if best is not None and (rough or best[0] <= least or (n == 2 and not few)):
            break
        found = _whole(
            first, programme, kept, linear.bounds.copy(), linear.seconds.copy(), nodes=nodes
        )
        if found is not None and (best is None or _behind(first, found.x) < best[0]):
            best = _behind(first, found.x), programme, kept, found.x
    if best is None:
        raise PlanError("the assignment has no solution in whole numbers")
    _, programme, kept, x = best
    if not few:
        programme = _where_they_differ(model, programme, linear.x, x)
    solved = _whole(
        model,
        programme,
        kept,
        linear.bounds,
        linear.seconds,
        nodes=nodes,
        start=x,
        since=FIRST_LEVELS,
    )
    assert solved is not None  # noqa: S101 - it begins at a solution
    return replace(solved, price_of_fairness=linear.price_of_fairness)


def _where_they_differ(model: Model, programme: Programme, vertex: Vector, x: Vector) -> Programme:
    """Let those types stand that a plan in whole numbers has as the vertex has them."""
    count = len(model.column_type) + len(model.types)
    types = np.concatenate([model.column_type, np.arange(len(model.types))])
    free = np.zeros(len(model.types), dtype=bool)
    free[types[np.abs(vertex[:count] - x[:count]) > WHOLE]] = True
    stand = np.flatnonzero(~free[types])
    lower, upper = programme.lower.copy(), programme.upper.copy()
    lower[stand] = upper[stand] = x[stand]
    return replace(programme, lower=lower, upper=upper)


def _behind(model: Model, x: Vector) -> list[float]:
    """Return what each level costs."""
    return [round(float(level.cost @ x)) for level in model.levels]


def complete(model: Model) -> Solved | None:
    """Solve every level in whole numbers on all columns; None where there is no such plan.

    Each level's bound holds with the levels above at the values of this plan.
    """
    count = len(model.levels)
    keep = np.ones(len(model.programme.lower), dtype=bool)
    lowest = np.full(count, -np.inf)
    return _whole(model, model.programme, keep, lowest, np.zeros(count), complete=True)


def _narrower(
    model: Model, x: Vector, keep: Mask, stable: Programme | None
) -> Iterator[tuple[Programme, Mask]]:
    """Yield smaller programmes in which a good whole-number plan may already be found.

    A vertex of the linear programme is whole for almost all types. Those that are not, then those
    that share a pool with them, and so on, are free; the others stand where the vertex has them, and so
    does which of two sides kept apart a place holds. After an earlier plan, also all plans in which the
    fewest people change.
    """
    base = model.programme if stable is None else stable
    k, n_types = len(model.column_type), len(model.types)
    types = np.concatenate([model.column_type, np.arange(n_types)])
    assigned = x[: k + n_types]
    free = np.zeros(n_types, dtype=bool)
    free[types[np.abs(assigned - np.round(assigned)) > WHOLE]] = True
    free[[alike[0].singular for alike in model.types]] |= model.floor > model.keeps.start
    free[[alike[0].disputed for alike in model.types]] |= model.own.stop > model.own.start
    used, sides = x[:k] > ROUNDING, slice(model.keeps.stop, model.floor)
    held = sides_of(model, sparse.csr_matrix(model.programme.matrix), x)
    for _ in range(RINGS):
        lower, upper = base.lower.copy(), base.upper.copy()
        fixed = np.flatnonzero(~free[types])
        lower[fixed] = upper[fixed] = np.round(assigned[fixed])
        lower[sides], upper[sides] = np.floor(held), np.ceil(held)
        yield replace(base, lower=lower, upper=upper), keep & (upper > ROUNDING)
        pools = np.zeros(len(model.pools), dtype=bool)
        pools[model.column_pool[used & free[model.column_type]]] = True
        free[model.column_type[used & pools[model.column_pool]]] = True
    if stable is not None:
        yield stable, stable.upper > ROUNDING


def _whole(
    model: Model,
    full: Programme,
    keep: Mask,
    bounds: Vector,
    seconds: Vector,
    *,
    complete: bool = False,
    near: bool = False,
    nodes: int | None = None,
    start: Vector | None = None,
    since: int = 0,
) -> Solved | None:
    """Complete to whole numbers on the kept columns, level after level.

    Returns nothing where there is no such plan; with ``near`` also where a level ends further from its
    bound than it may. Levels before ``since`` stay as the start has them.
    """
    index = np.flatnonzero(keep)
    matrix = sparse.csr_matrix(full.matrix)[:, index]
    columns = sparse.csc_matrix(matrix)
    small = replace(full, matrix=columns, lower=full.lower[index], upper=full.upper[index])
    integer = index != model.floor
    if model.shares is not None:
        integer &= index < model.shares
    start = None if start is None else start[index]
    attained = True  # by every level above; else the linear bound is of a face that has no plan
    for level in model.levels[:since]:
        assert start is not None  # noqa: S101 - whoever names a level has begun
        small = freeze(small, level.cost[index], float(level.cost[index] @ start), level)
    for number, level in enumerate(model.levels[since:], since):
        began = time.perf_counter()
        cost = level.cost[index]
        slack = 0.0 if complete else _gap(level, bounds[number])
        if start is not None and level.id == "L4":
            start = _lifted(model, matrix, index, start)
        most = _nodes(level) if nodes is None else min(nodes if number < 3 else 1, _nodes(level))
        many = nodes is not None and level.id == "L6" and len(index) > MANY_COLUMNS
        tried = small if start is None or not many else around_links(model, small, index, start)
        found = solve_mip(tried, cost, integer, start, absolute_gap=slack, max_nodes=most)
        if found is None and start is None:
            return None
        if found is not None:
            start = found.x
            linear = bounds[number]
            if complete:
                bounds[number] = max(linear, found.bound) if attained else found.bound
            attained = attained and float(cost @ start) <= linear + ROUNDING
        assert start is not None  # noqa: S101 - one of the two above
        value = float(cost @ start)
        if near and value > bounds[number] + _gap(level, bounds[number]) + ROUNDING:
            return None
        small = freeze(small, cost, value, level)
        seconds[number] += time.perf_counter() - began
    x = np.zeros(len(keep))
    x[index] = start
    return Solved(x, bounds, seconds, ALL_COLUMNS if complete else NEAR_COLUMNS)


def _lifted(model: Model, matrix: sparse.csr_matrix, index: NDArray[np.int64], x: Vector) -> Vector:
    """Return a solution with the group floor as high as its assignment already has it."""
    at = np.flatnonzero(index == model.floor)
    if not len(at) or not model.group_sizes:
        return x
    lifted = x.copy()
    lifted[at] = 0.0
    shares = -(matrix[model.group_rows] @ lifted) / np.array(model.group_sizes)
    lifted[at] = max(float(shares.min()) - ROUNDING, 0.0)
    return lifted


def _nodes(level: Level) -> int:
    return {"L1": 20_000, "L2": 20_000, "L3": 20_000, "L8": 1}.get(level.id, 2_000)


def _gap(level: Level, bound: float) -> float:
    """Gap at which a level stops: nothing for people without a place, little for the rest."""
    if level.id in ("L1", "L2", "L3", "L9"):
        return 0.999
    if level.id == "L4":
        return 0.005
    return max(0.999, {"L5": 0.0005, "L8": 0.005}.get(level.id, 0.003) * abs(bound))


def freeze(programme: Programme, cost: Vector, value: float, level: Level) -> Programme:
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


def proven(model: Model, solved: Solved, x: Vector) -> tuple[Bound, ...]:
    """State each level's value, bound and gap."""
    found = []
    for number, level in enumerate(model.levels):
        digits = 6 if level.id == "L4" else 0
        value = round(level.sign * (float(level.cost @ x) + level.offset), digits)
        bound = round(level.sign * (float(solved.bounds[number]) + level.offset), 6)
        if digits == 0:  # a whole number cannot lie between two whole numbers
            cost = np.ceil(float(solved.bounds[number]) - 1e-6)
            bound = float(level.sign * (cost + level.offset))
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
                gap_share=round(gap / (level.scale or max(1.0, value)), 8),
                method=solved.method,
                seconds=float(solved.seconds[number]),
            )
        )
    return tuple(found)
