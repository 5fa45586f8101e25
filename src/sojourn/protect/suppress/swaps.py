"""Witnesses without a programme: people move between a few codes, and all sums stay.

Somebody moves from one finest code to another in every dimension that a cell names: in two dimensions
four cells change, in three eight, as at the corners of a box, each by as much, and with them what is
under or over them in a hierarchy. Of the boxes round a cell the cheapest is taken whose corners have
enough to give. Cox (1980); the hypercube method of Giessing and Repsilber (2002).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.protect.table.equations import Floats
from sojourn.protect.table.lattice import ELSEWHERE, LACKING, Grid, Ints, Lattice

FAR = np.inf
#: Choices an axis, by how many axes a person moves along; and where a cell is a total of the axis.
CHOICES = {0: 1, 1: 80, 2: 24, 3: 10, 4: 6, 5: 4}
INSIDE = 3
ALL = -1  # for a finest code: all of them


@dataclass(frozen=True, slots=True)
class Movement:
    """Another table that agrees with what is published: by how much it differs, and where.

    Attributes
    ----------
    cells : ndarray of int, shape (k,)
    by : ndarray, shape (k,)
    """

    cells: Ints
    by: Floats


@dataclass(frozen=True, slots=True)
class _Choice:
    """Ways to go along one axis: codes and signs, shape (ways, longest); sign 0 pads."""

    codes: Ints
    signs: Ints


class Swapper:
    """Searches boxes round cells.

    Parameters
    ----------
    down : ndarray, shape (n,)
        How far each cell can fall.
    cost : ndarray, shape (n,)
        Of withholding a cell; infinite where it must be published. 0 once it is withheld: this
        array is the caller's and is looked at afresh in every search.
    """

    def __init__(self, lattice: Lattice, down: Floats, cost: Floats) -> None:
        self.lattice, self.n = lattice, len(down)
        self.down = np.append(down, [FAR, 0.0])
        self.cost = np.append(cost, [0.0, FAR])
        self._flat = [_flat(g, self.n) for g in lattice.grids]
        self._size = [a.under.sum(axis=1) for a in lattice.axes]
        self._from: dict[tuple[int, int], tuple[Ints, Ints]] = {}
        self._pairs: dict[tuple[int, int, int], tuple[Ints, Ints]] = {}
        self._paths: dict[tuple[int, int], tuple[Ints, Ints]] = {}

    def withhold(self, cells: Ints) -> None:
        """Let cells move for nothing."""
        self.cost[cells] = 0.0

    def search(
        self,
        cell: int,
        size: float,
        *,
        up: bool,
        closed: Collection[int] = (),
        free: bool = False,
        wider: int = 1,
        totals: bool = False,
    ) -> Movement | None:
        """Return the cheapest movement of a cell that was found; none where there is none.

        Parameters
        ----------
        closed : collection of int
            Cells that may not move.
        free : bool
            Only cells that cost nothing may move.
        wider : int
            So many times the usual number of choices.
        totals : bool
            A total of an axis may move instead of a second code of it.
        """
        price = self.cost
        if closed or free:
            price = np.where(price > 0, FAR, 0.0) if free else price.copy()
            price[list(closed)] = FAR
        code = self.lattice.codes[cell]
        moved = [i for i, c in enumerate(code) if c]
        choices = [
            self._choices(
                i, cell, size, price, up=up, wide=wider * CHOICES.get(len(moved), 3), totals=totals
            )
            for i in range(len(code))
        ]
        if any(c is None for c in choices):
            return None
        ways = [c for c in choices if c is not None]
        total, parts = np.zeros(()), []
        for number, grid in enumerate(self.lattice.grids):
            if not set(moved) <= set(grid.axes):
                continue
            cells, signs = self._corners(number, ways)
            told = self._price(cells, signs, size, price, up=up)
            total = total + _spread(told, grid.axes, len(ways))
            parts.append((grid, cells, signs))
        if not parts or not np.isfinite(total).any():
            return None
        best = np.unravel_index(int(np.argmin(total)), np.broadcast_shapes(total.shape))
        return _movement(parts, [int(b) for b in best], size if up else -size, self.n)

    def _choices(
        self,
        axis: int,
        cell: int,
        size: float,
        price: Floats,
        *,
        up: bool,
        wide: int,
        totals: bool,
    ) -> _Choice | None:
        """Return ways along an axis: from a code to another, or to one below a total."""
        told, code = self.lattice.axes[axis], int(self.lattice.codes[cell, axis])
        line = self.line(axis, cell)
        inside = np.flatnonzero(told.under[code])
        if line is None:  # no table has the axis beside what the cell names: it does not move there
            return _Choice(np.zeros((1, 1), np.int64), np.ones((1, 1), np.int64))
        cost = price[line]
        gives = np.where(self.down[line] >= size, cost, FAR)
        falls, rises = (gives, cost) if up else (cost, gives)
        first = self._best_inside(code, inside, rises, axis)
        if not code:
            return _padded([self._path(axis, leaf) for leaf in first])
        outside = np.flatnonzero(~told.under[code])
        codes, signs = self._ways(axis, first[0])
        dear = np.where(signs < 0, falls[codes], 0.0).sum(axis=1)[outside]
        order = np.argsort(dear, kind="stable")[:wide]
        last = outside[order[np.isfinite(dear[order])]]
        if not totals or len(self.lattice.grids) > 1:
            return self._onto(axis, first, last) if len(last) else None
        ways = [self._pair(axis, a, int(b)) for a in first for b in last]
        return _padded([*ways, *(self._path(axis, a) for a in first)])

    def _onto(self, axis: int, first: Sequence[int], last: Ints) -> _Choice:
        """Return the ways from each of the last finest codes to each of the first."""
        told = [self._ways(axis, a) for a in first]
        longest = max(c.shape[1] for c, _ in told)
        codes, signs = (
            np.concatenate([np.pad(m[last], ((0, 0), (0, longest - m.shape[1]))) for m in each])
            for each in zip(*told, strict=True)
        )
        return _Choice(codes, signs)

    def _ways(self, axis: int, leaf: int) -> tuple[Ints, Ints]:
        """Return the codes and signs of the ways to a finest code from every other, a row each."""
        key = (axis, leaf)
        if key not in self._from:
            count = self.lattice.axes[axis].under.shape[1]
            made = _padded([self._pair(axis, leaf, other) for other in range(count)])
            self._from[key] = (made.codes, made.signs)
        return self._from[key]

    def _best_inside(self, code: int, inside: Ints, rises: Floats, axis: int) -> list[int]:
        """Return the finest codes under a code whose way down to them is the cheapest."""
        if len(inside) == 1:
            return [int(inside[0])]
        codes, real = self._down(axis)
        size = self._size[axis]
        below = (real > 0) & (size[codes] < size[code])
        dear = np.where(below, rises[codes], 0.0).sum(axis=1)[inside]
        order = np.argsort(dear, kind="stable")[:INSIDE]
        return [int(inside[o]) for o in order]

    def _down(self, axis: int) -> tuple[Ints, Ints]:
        """Return the codes that contain each finest code, a row each; 0 pads the second."""
        key = (axis, ALL)
        if key not in self._from:
            count = self.lattice.axes[axis].under.shape[1]
            made = _padded([self._path(axis, leaf) for leaf in range(count)])
            self._from[key] = (made.codes, made.signs)
        return self._from[key]

    def line(self, axis: int, cell: int) -> Ints | None:
        """Return the cells that differ from a cell in one axis alone, by code."""
        code = self.lattice.codes[cell]
        moved = {i for i, c in enumerate(code) if c} | {axis}
        for grid, (flat, strides) in zip(self.lattice.grids, self._flat, strict=True):
            if moved <= set(grid.axes):
                at = sum(
                    int(code[a]) * s for a, s in zip(grid.axes, strides, strict=True) if a != axis
                )
                step = strides[grid.axes.index(axis)]
                found: Ints = flat[at + step * np.arange(len(self.lattice.axes[axis].codes))]
                return found
        return None

    def _pair(self, axis: int, leaf: int, other: int) -> tuple[Ints, Ints]:
        """Return the codes that gain and lose when somebody goes to a finest code from another."""
        key = (axis, leaf, other)
        if key not in self._pairs:
            under = self.lattice.axes[axis].under
            gains = np.flatnonzero(under[:, leaf] & ~under[:, other])
            loses = np.flatnonzero(under[:, other] & ~under[:, leaf])
            signs = np.concatenate([np.ones(len(gains), np.int64), -np.ones(len(loses), np.int64)])
            self._pairs[key] = (np.concatenate([gains, loses]), signs)
        return self._pairs[key]

    def _path(self, axis: int, leaf: int) -> tuple[Ints, Ints]:
        """Return the codes that contain a finest code."""
        key = (axis, leaf)
        if key not in self._paths:
            codes = np.flatnonzero(self.lattice.axes[axis].under[:, leaf])
            self._paths[key] = (codes, np.ones(len(codes), np.int64))
        return self._paths[key]

    def _corners(self, number: int, ways: Sequence[_Choice]) -> tuple[Ints, Ints]:
        """Return cells and signs of all boxes of a table: choices along its axes, then corners."""
        grid, (flat, strides) = self.lattice.grids[number], self._flat[number]
        k = len(grid.axes)
        at, sign = np.zeros((1,) * 2 * k, np.int64), np.ones((1,) * 2 * k, np.int64)
        for place, (axis, stride) in enumerate(zip(grid.axes, strides, strict=True)):
            shape = [1] * 2 * k
            shape[place], shape[k + place] = ways[axis].codes.shape
            at = at + (ways[axis].codes * stride).reshape(shape)
            sign = sign * ways[axis].signs.reshape(shape)
        return np.where(sign != 0, flat[at], self.n), sign

    def _price(self, cells: Ints, signs: Ints, size: float, price: Floats, *, up: bool) -> Floats:
        """Return what each box costs; infinite where a corner cannot give or must be published."""
        falls = signs < 0 if up else signs > 0
        dear = np.where(falls & (self.down[cells] < size), FAR, price[cells])
        k = cells.ndim // 2
        total: Floats = dear.sum(axis=tuple(range(k, 2 * k)))
        return total


def _flat(grid: Grid, n: int) -> tuple[Ints, tuple[int, ...]]:
    flat = grid.cell.ravel().copy()
    flat[flat == ELSEWHERE] = n
    flat[flat == LACKING] = n + 1
    size = grid.cell.itemsize
    return flat, tuple(s // size for s in np.ascontiguousarray(grid.cell).strides)


def _padded(ways: Sequence[tuple[Ints, Ints]]) -> _Choice:
    longest = max(len(c) for c, _ in ways)
    codes = np.zeros((len(ways), longest), np.int64)
    signs = np.zeros((len(ways), longest), np.int64)
    for i, (c, s) in enumerate(ways):
        codes[i, : len(c)], signs[i, : len(s)] = c, s
    return _Choice(codes, signs)


def _spread(told: Floats, axes: Sequence[int], count: int) -> Floats:
    """Return the prices of one table's boxes along the axes of all."""
    order = np.argsort(np.array(axes), kind="stable")
    shape = [1] * count
    for a in axes:
        shape[a] = told.shape[list(axes).index(a)]
    return np.transpose(told, order).reshape(shape)


def _movement(
    parts: Sequence[tuple[Grid, Ints, Ints]], best: Sequence[int], size: float, n: int
) -> Movement:
    found: dict[int, float] = {}
    for grid, cells, signs in parts:
        at = tuple(int(best[a]) for a in grid.axes)
        here, sign = np.broadcast_arrays(cells, signs)
        for c, s in zip(here[at].ravel().tolist(), sign[at].ravel().tolist(), strict=True):
            if c < n and s:
                found[c] = s * size
    order = sorted(found)
    return Movement(np.array(order, np.int64), np.array([found[c] for c in order]))
