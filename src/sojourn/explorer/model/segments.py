"""Many grids written at once: numbers of cells, and addresses, as short texts.

What is written is told in `sojourn.explorer.model.coding`, which reads it back. Here all cells of all
grids stand in one array, grid after grid and place by place; a *segment* is what belongs to one grid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.explorer.model.cells import Floats, Ints, starts_of
from sojourn.explorer.model.coding import MANY

Texts = list[str]
_HOLE = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Grids:
    """Cells held by several grids of places × periods.

    Attributes
    ----------
    grid : array of int
        Number of the grid of each cell, rising; every grid has a cell.
    place, period : array of int
        Where it stands in its grid; rising together.
    width, size : array of int
        Periods, and places times periods, of each grid.
    """

    grid: Ints
    place: Ints
    period: Ints
    width: Ints
    size: Ints

    @cached_property
    def starts(self) -> Ints:
        """Where the cells of each grid begin."""
        return starts_of(self.grid)

    @cached_property
    def at(self) -> Ints:
        """Position of each cell in its grid."""
        return self.place * self.width[self.grid] + self.period

    @cached_property
    def turned(self) -> Ints:
        """The cells by grid, period, place."""
        wide, high = int(self.width.max()), int(self.place.max()) + 1
        return np.argsort((self.grid * wide + self.period) * high + self.place, kind="stable")


def joined_by(texts: Sequence[str], bounds: Sequence[int]) -> Texts:
    """Return the texts of each segment with commas between.

    Examples
    --------
    >>> joined_by(["1", "2", "3"], [0, 1, 3])
    ['1', '2,3']
    """
    return [",".join(texts[a:b]) for a, b in pairwise(bounds)]


# ----------------------------------------------------------------------------- numbers


def values_texts(grids: Grids, values: Floats, statuses: Ints, names: Sequence[str]) -> Texts:
    """Return the numbers of each grid with their statuses, the empty cells between them counted.

    Parameters
    ----------
    values : array
        NaN is missing: its status alone is written.
    statuses : array of int
        Positions in ``names``.

    Examples
    --------
    >>> at = np.array([0, 6, 7, 8])
    >>> one = Grids(0 * at, at, 0 * at, np.array([1]), np.array([10]))
    >>> values_texts(one, np.array([5.0, 0, 0, 0]), 0 * at, ["A"])
    ['5,~5,0~3,']
    """
    said = np.nan_to_num(values, nan=0.0), np.isnan(values), statuses
    before = np.concatenate([[-1], grids.at[:-1]])
    before[grids.starts] = -1
    gap = grids.at - before - 1
    new = gap > 0
    new[grids.starts] = True
    for column in said:
        new[1:] |= column[1:] != column[:-1]
    first = np.flatnonzero(new)
    count = np.diff(np.append(first, len(new)))
    texts = _numbers(values[first], statuses[first], names)
    many, empty = np.flatnonzero(count > 1), gap[first]
    for k, n in zip(many.tolist(), count[many].tolist(), strict=True):
        texts[k] = _counted(texts[k], n)
    after = np.flatnonzero(empty)
    for k, n in zip(after.tolist(), empty[after].tolist(), strict=True):
        texts[k] = f"{_counted('', n)},{texts[k]}"
    bounds = np.append(np.cumsum(new)[grids.starts] - 1, len(first)).tolist()
    last = np.append(grids.starts[1:], len(grids.at)) - 1
    left = (grids.size - grids.at[last] - 1).tolist()
    listed = joined_by(texts, bounds)
    return [f"{t},{_counted('', n)}" if n else t for t, n in zip(listed, left, strict=True)]


def _numbers(values: Floats, statuses: Ints, names: Sequence[str]) -> Texts:
    """Return one number a cell with its SDMX status; a missing one is its status alone.

    ``A`` (normal) is not written beside a number.

    Examples
    --------
    >>> _numbers(np.array([5936181, 0.1, np.nan]), np.array([0, 1, 2]), ["A", "E", "Q"])
    ['5936181', '0.1E', 'Q']
    """
    missing = np.isnan(values)
    whole = (np.abs(values) < 1e15) & (values == np.floor(values))
    texts = list(map(str, np.where(whole, values, 0.0).astype(np.int64).tolist()))
    listed, told = values.tolist(), statuses.tolist()
    for k in np.flatnonzero(~whole & ~missing).tolist():
        texts[k] = repr(listed[k])
    normal = np.array([name in ("A", "") for name in names] or [True])[statuses]
    for k in np.flatnonzero(~normal & ~missing).tolist():
        texts[k] += names[told[k]]
    for k in np.flatnonzero(missing).tolist():
        texts[k] = names[told[k]] or "O"
    return texts


def _counted(text: str, count: int) -> str:
    return f"{text}~{count}" if count >= MANY else ",".join([text] * count)


# --------------------------------------------------------------------------- addresses


def runs_texts(numbers: Ints, starts: Ints) -> Texts:
    """Return the whole numbers of each segment as differences, equal ones in a row counted.

    Examples
    --------
    >>> runs_texts(np.array([17, 18, 19, 20, 20, 3]), np.array([0, 5]))
    ['17,1*3,0', '3']
    """
    first, steps, count, bounds = _stepped(numbers, starts)
    texts = list(map(str, steps[first].tolist()))
    for k in np.flatnonzero(count > 1).tolist():
        texts[k] = f"{texts[k]}*{count[k]}"
    return joined_by(texts, bounds.tolist())


def _stepped(numbers: Ints, starts: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return where each run of equal steps begins, the steps, their counts, bounds of segments."""
    steps = np.diff(numbers, prepend=0)
    steps[starts] = numbers[starts]
    new = np.ones(len(steps), dtype=bool)
    new[1:] = steps[1:] != steps[:-1]
    new[starts] = True
    first = np.flatnonzero(new)
    count = np.diff(np.append(first, len(new)))
    return first, steps, count, np.append(np.cumsum(new)[starts] - 1, len(first))


_POWERS = np.array([10**k for k in range(1, 18)], dtype=np.int64)


def _lengths(numbers: Ints, starts: Ints) -> Ints:
    """Return how long the text of each segment is."""
    first, steps, count, bounds = _stepped(numbers, starts)
    digits = np.searchsorted(_POWERS, np.abs(steps[first]), side="right") + 1
    counts = np.where(count > 1, np.searchsorted(_POWERS, count, side="right") + 2, 0)
    return np.add.reduceat(digits + (steps[first] < 0) + counts + 1, bounds[:-1]) - 1


def columns_texts(grids: Grids, numbers: Ints) -> Texts:
    """Return a whole number for each held cell of each grid, as JSON in its shortest way.

    Returns
    -------
    list of str
        ``["c","n"]`` one for all, ``["p","runs"]`` one a period, ``["a","runs"]`` one a place,
        ``["f","runs"]`` one a held cell, ``["t","runs"]`` the same by period, then place.

    Examples
    --------
    >>> two = Grids(np.zeros(4, int), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([2]), np.array([4]))
    >>> [columns_texts(two, np.array(n))[0] for n in ([7, 7, 7, 7], [3, 4, 3, 4], [3, 3, 4, 4])]
    ['["c","7"]', '["p","3,1"]', '["a","3,1"]']
    >>> [columns_texts(two, np.array(n))[0] for n in ([1, 2, 4, 3], [1, 11, 2, 12])]
    ['["f","1*2,2,-1"]', '["t","1*2,9,1"]']
    """
    least = np.minimum.reduceat(numbers, grids.starts)
    one = least == np.maximum.reduceat(numbers, grids.starts)
    texts: list[str] = [f'["c","{n}"]' for n in least.tolist()]
    open_ = np.flatnonzero(~one)
    for kind in ("p", "a"):
        open_ = _by_axis(grids, numbers, open_, kind, texts)
    if not len(open_):
        return texts
    mine, rows = _of(grids, open_)
    starts = starts_of(grids.grid[rows])
    across = numbers[grids.turned[rows]]
    shorter = _lengths(across, starts) < _lengths(numbers[rows], starts)
    kept = np.where(shorter[mine], across, numbers[rows])
    for grid, by_period, text in zip(
        open_.tolist(), shorter.tolist(), runs_texts(kept, starts), strict=True
    ):
        texts[grid] = f'["{"t" if by_period else "f"}","{text}"]'
    return texts


def _of(grids: Grids, chosen: Ints) -> tuple[Ints, Ints]:
    """Return of some grids each cell: the place of its grid among them, and its number."""
    among = np.full(len(grids.size), -1, dtype=np.int64)
    among[chosen] = np.arange(len(chosen))
    of = among[grids.grid]
    rows = np.flatnonzero(of >= 0)
    return of[rows], rows


def _by_axis(grids: Grids, numbers: Ints, open_: Ints, kind: str, texts: list[str]) -> Ints:
    """Write the grids whose numbers one axis tells; return those that are still to write."""
    if not len(open_):
        return open_
    mine, rows = _of(grids, open_)
    axis = (grids.period if kind == "p" else grids.place)[rows]
    long = int(axis.max()) + 1
    table = np.full(len(open_) * long, _HOLE, dtype=np.int64)
    key = mine * long + axis
    table[key] = numbers[rows]
    told = np.logical_and.reduceat(table[key] == numbers[rows], starts_of(mine))
    filled = _filled(table.reshape(len(open_), long)[told])
    ends = np.maximum.reduceat(axis, starts_of(mine))[told] + 1
    flat = filled[np.arange(long) < ends[:, None]]
    starts = np.concatenate([[0], np.cumsum(ends)[:-1]]).astype(np.int64) if len(ends) else ends
    for grid, text in zip(open_[told].tolist(), runs_texts(flat, starts), strict=True):
        texts[grid] = f'["{kind}","{text}"]'
    return open_[~told]


def _filled(table: NDArray[Any]) -> NDArray[Any]:
    """Return rows whose holes hold the number before them, 0 where there is none."""
    at = np.where(table != _HOLE, np.arange(table.shape[1]), -1)
    last = np.maximum.accumulate(at, axis=1)
    held = np.take_along_axis(table, np.maximum(last, 0), axis=1)
    return np.where(last >= 0, held, 0)
