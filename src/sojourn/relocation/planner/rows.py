"""Rows of a programme, collected one by one and built into a matrix once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sojourn.relocation.planner.solver import Programme, Vector

Ints = NDArray[np.int64]


class Rows:
    """Collects rows; builds the matrix once."""

    def __init__(self) -> None:
        self.count = 0
        self._columns: list[np.ndarray] = []
        self._values: list[np.ndarray] = []
        self._lengths: list[int] = []
        self._lower: list[float] = []
        self._upper: list[float] = []

    def add(
        self,
        columns: Sequence[int] | np.ndarray,
        values: float | np.ndarray,
        low: float,
        high: float,
    ) -> None:
        """Add one row: low <= sum of value x column <= high."""
        index = np.asarray(columns, dtype=np.int64)
        self._columns.append(index)
        self._values.append(np.broadcast_to(np.asarray(values, dtype=float), index.shape))
        self._lengths.append(len(index))
        self._lower.append(low)
        self._upper.append(high)
        self.count += 1

    def block(
        self,
        rows: Ints,
        columns: Ints,
        values: Vector,
        low: Vector,
        high: Vector,
    ) -> None:
        """Add many rows at once.

        Parameters
        ----------
        rows, columns, values : ndarray, shape (nnz,)
            Entries; rows counted from the first of the block.
        low, high : ndarray, shape (rows of the block,)
        """
        order = np.argsort(rows, kind="stable")
        self._columns.append(columns[order])
        self._values.append(values[order])
        self._lengths += np.bincount(rows, minlength=len(low)).tolist()
        self._lower += low.tolist()
        self._upper += high.tolist()
        self.count += len(low)

    def programme(self, lower: Vector, upper: Vector) -> Programme:
        """Build the programme with the given column bounds."""
        rows = np.repeat(np.arange(self.count, dtype=np.int32), self._lengths)
        columns = np.concatenate(self._columns) if self._columns else np.zeros(0, int)
        values = np.concatenate(self._values) if self._values else np.zeros(0)
        matrix = sparse.csc_matrix((values, (rows, columns)), shape=(self.count, len(lower)))
        return Programme(
            matrix=matrix,
            row_lower=np.array(self._lower, dtype=float),
            row_upper=np.array(self._upper, dtype=float),
            lower=lower,
            upper=upper,
        )
