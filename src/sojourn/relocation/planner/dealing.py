"""From counts of alike units to who goes where, and back: what a programme tells apart, and what it does not."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from sojourn.relocation.planner.before import address
from sojourn.relocation.planner.eligibility import Pool
from sojourn.relocation.planner.linear import ROUNDING
from sojourn.relocation.planner.model import Model
from sojourn.relocation.planner.solver import Vector

if TYPE_CHECKING:
    from sojourn.relocation.planner.units import Unit


def deal(model: Model, x: Vector) -> dict[str, Pool]:
    """Turn counts into units: who stays first, then alike units take their pools in canonical order.

    Returns
    -------
    dict
        Unit id to pool; units without a place are not in it.
    """
    k = len(model.column_type)
    ordinary = k - len(model.held.types)
    placed: dict[str, Pool] = {}
    for c in np.arange(ordinary, k):
        alike, pool = model.types[model.column_type[c]], model.pools[model.column_pool[c]]
        for unit in _there(model, alike, pool)[: round(float(x[c]))]:
            placed[unit.id] = pool
    waiting = [[u for u in reversed(alike) if u.id not in placed] for alike in model.types]
    for c in np.flatnonzero(x[:ordinary] > 0.5):
        for _ in range(round(float(x[c]))):
            placed[waiting[model.column_type[c]].pop().id] = model.pools[model.column_pool[c]]
    return placed


def _there(model: Model, alike: Sequence["Unit"], pool: Pool) -> list["Unit"]:
    """Return the alike units whom the earlier plan put into a pool, those who may not be moved first."""
    assert model.before is not None  # noqa: S101 - there are columns of staying
    at = model.before.at
    return model.before.in_order([u for u in alike if at.get(u.id) == address(pool)])


def counted(model: Model, placed: dict[str, Pool]) -> Vector:
    """Return the columns' values of a final placement, after transport took its share."""
    x = np.zeros(len(model.programme.lower))
    pool_index = {pool: p for p, pool in enumerate(model.pools)}
    ordinary = len(model.column_type) - len(model.held.types)
    keys = model.column_type * len(model.pools) + model.column_pool
    was = {} if model.before is None else model.before.at
    for t, alike in enumerate(model.types):
        for unit in alike:
            pool = placed.get(unit.id)
            if pool is None:
                x[model.slack.start + t] += 1
                continue
            key = t * len(model.pools) + pool_index[pool]
            stays = was.get(unit.id) == address(pool)
            part = keys[ordinary:] if stays else keys[:ordinary]
            x[int(np.searchsorted(part, key)) + (ordinary if stays else 0)] += 1
    matrix = sparse.csr_matrix(model.programme.matrix)
    _soft_links(model, matrix, x)
    x[model.keeps.stop : model.floor] = np.ceil(sides_of(model, matrix, x))
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


def sides_of(model: Model, matrix: sparse.csr_matrix, x: Vector) -> Vector:
    """Return of each place that two sides may not share 1 for the first, 0 for the other, by who is there.

    Where nobody of either is, 0.5.
    """
    by_column, alone = sparse.csc_matrix(matrix), x.copy()
    alone[model.keeps.stop : model.floor] = 0.0
    found = np.full(model.floor - model.keeps.stop, 0.5)
    for number, c in enumerate(range(model.keeps.stop, model.floor)):
        column = slice(by_column.indptr[c], by_column.indptr[c + 1])
        there = matrix[by_column.indices[column]] @ alone
        if there.sum() > ROUNDING:
            found[number] = float(by_column.data[column] @ there <= ROUNDING)
    return found
