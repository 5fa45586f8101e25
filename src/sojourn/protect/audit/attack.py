"""What an attacker can compute: the least and the most of each withheld cell, given all the rest.

Two linear programmes a cell over everything that is published; whole-number programmes where the
table is of whole numbers and the vertex is not. Nothing here knows how cells were chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sojourn.errors import TableRefused
from sojourn.protect.table.equations import Floats, Mask, System
from sojourn.protect.table.parts import parts_of
from sojourn.protect.table.programme import Programme

NEAR = 1e-6
PASSES = 10  # over all sums, for bounds without a programme


@dataclass(frozen=True, slots=True)
class Interval:
    """What can be computed of each cell.

    Attributes
    ----------
    low, high : ndarray, shape (n,)
        Equal to the value where it is published; infinite where nothing bounds it.
    """

    low: Floats
    high: Floats


class Attacker:
    """Somebody who knows every published cell, and bounds on the withheld ones.

    Parameters
    ----------
    withheld : ndarray of bool, shape (n,)
    published : ndarray, shape (n,)
        Values; what stands in withheld cells is not looked at.
    low, high : ndarray, shape (n,)
        What is known of withheld cells beforehand.
    whole : bool
        It is known that all values are whole numbers.
    """

    def __init__(
        self,
        system: System,
        withheld: Mask,
        published: Floats,
        low: Floats,
        high: Floats,
        *,
        whole: bool,
    ) -> None:
        self.withheld, self.whole = withheld, whole
        self.low = np.where(withheld, low, published)
        self.high = np.where(withheld, high, published)
        self.cells = np.flatnonzero(withheld)
        known = np.where(withheld, 0.0, published)
        right = -(system.matrix @ known)
        matrix = system.matrix[:, self.cells]
        rows = np.flatnonzero(np.diff(matrix.indptr))
        self._matrix, self._right, self.value = matrix[rows], right[rows], published
        self._sums = int((rows < system.sums.shape[0]).sum())  # the first of them
        self._label = parts_of(self._matrix)
        self._locals: dict[int, np.ndarray] = {}
        self._place = {int(c): i for i, c in enumerate(self.cells)}
        self._programmes: dict[int, tuple[Programme, dict[int, int]]] = {}
        self._refuse_impossible(system, right, rows)

    def _refuse_impossible(self, system: System, right: Floats, rows: np.ndarray) -> None:
        rest = np.ones(len(right), dtype=bool)
        rest[rows] = False
        slack = NEAR * np.maximum(1.0, abs(system.matrix) @ np.where(self.withheld, 0.0, self.low))
        slack = slack + (system.rounded > 1) * system.rounded * np.diff(system.matrix.indptr)
        bad = np.flatnonzero(rest & (abs(right) > slack))
        if len(bad):
            raise TableRefused(
                f"{system.labels[bad[0]]}: published numbers do not add up",
                hint="mend the table before it is attacked",
            )

    def intervals(
        self,
        only: Sequence[int] | None = None,
        *,
        knowing: Sequence[int] = (),
        width: float = np.inf,
    ) -> Interval:
        """Return what can be computed of withheld cells, or of some of them.

        Parameters
        ----------
        knowing : sequence of int
            Withheld cells whose values are known beside what is published.
        width : float
            Whole numbers are insisted on only where an interval is narrower than this: a whole
            number outside it cannot make a wider one too narrow.

        Raises
        ------
        TableRefused
            No table at all agrees with what is published.
        """
        low, high = self.low.copy(), self.high.copy()
        asked = self.cells.tolist() if only is None else list(only)
        for one in knowing:
            low[one] = high[one] = self.value[one]
        self._know(knowing, self.value, self.value)
        seen = (np.full(len(self.cells), np.inf), np.full(len(self.cells), -np.inf))
        tight = None if knowing else self._tight()
        for cell in (c for c in asked if c not in knowing):
            low[cell], high[cell] = self._both(cell, seen, tight)
        for cell in (c for c in asked if c not in knowing):  # once all fractions are known
            low[cell], high[cell] = self._whole(cell, (low[cell], high[cell]), width, seen)
        self._know(knowing, self.low, self.high)
        return Interval(low, high)

    def large(self, limit: int) -> Mask:
        """Return the withheld cells of components with more of them than a limit."""
        found = np.zeros(len(self.withheld), dtype=bool)
        found[self.cells] = np.bincount(self._label)[self._label] > limit if len(self.cells) else 0
        return found

    def bounds(self) -> Interval:
        """Return what single sums give one after another: no cell lies beyond it."""
        low, high = self.low.astype(float), self.high.astype(float)
        low[self.cells], high[self.cells] = self._tight()
        return Interval(low, high)

    def _know(self, cells: Sequence[int], low: Floats, high: Floats) -> None:
        """Set what is known beforehand of some withheld cells."""
        for one in cells:
            if self.withheld[one]:
                programme, column = self._part_of(one)
                programme.bounds([column], low[one], high[one])

    def wider_than(
        self,
        cells: Sequence[int],
        size: Floats,
        *,
        knowing: Sequence[int] = (),
        own: Mapping[int, float] | None = None,
    ) -> dict[int, tuple[float, float]]:
        """Return the intervals of the cells that cannot be shown to be wide enough without them.

        Every table found on the way is a witness for all cells at once; a cell whose witnesses
        already lie ``size`` apart needs no programme of its own.

        Parameters
        ----------
        size : ndarray, shape (len(cells),)
            What is wide enough, of each cell.
        own : mapping of int to float
            Cells that are at least so much, to somebody who is in them.
        """
        if not cells:
            return {}
        least_of = self.low.copy()
        least_of[list(own or {})] = np.maximum(least_of[list(own or {})], [*(own or {}).values()])
        self._know(list(own or {}), least_of, self.high)
        self._know(knowing, self.value, self.value)
        least, most = self.value[self.cells].copy(), self.value[self.cells].copy()
        found = {}
        for cell, asked in zip(cells, size, strict=True):
            place = self._place[cell]
            if most[place] - least[place] < asked - NEAR:
                ends = self._both(cell, (least, most))
                found[cell] = self._whole(cell, ends, float(asked), (least, most))
        self._know([*knowing, *(own or {})], self.low, self.high)
        return found

    def _both(
        self,
        cell: int,
        seen: tuple[Floats, Floats],
        tight: tuple[Floats, Floats] | None = None,
    ) -> tuple[float, float]:
        """Return both ends of a cell; none is computed that a table seen already reaches."""
        programme, column = self._part_of(cell)
        place = self._place[cell]
        ends = []
        for side, cost in ((0, 1.0), (1, -1.0)):
            if tight is not None and abs(seen[side][place] - tight[side][place]) <= NEAR:
                ends.append(float(tight[side][place]))
                continue
            end = self._end(programme, column, cost)
            ends.append(end.end)
            self._see(end, place, seen)
        least, most = ends
        return least, most

    def _whole(
        self, cell: int, ends: tuple[float, float], width: float, seen: tuple[Floats, Floats]
    ) -> tuple[float, float]:
        """Return both ends of a cell among tables of whole numbers, where they are that near.

        No end is computed again that a table of whole numbers seen already reaches.
        """
        if not self.whole or ends[1] - ends[0] >= width:
            return ends
        (programme, column), place, found = self._part_of(cell), self._place[cell], list(ends)
        for side, cost in ((0, 1.0), (1, -1.0)):
            if abs(seen[side][place] - found[side]) > NEAR:
                programme.whole()
                end = self._end(programme, column, cost)
                programme.whole(yes=False)
                found[side] = end.end
                self._see(end, place, seen)
        least, most = found
        return least, most

    def _see(self, end: "_End", place: int, seen: tuple[Floats, Floats]) -> None:
        """Keep how far a table goes in each of its cells, if an attacker must reckon with it."""
        if np.isfinite(end.end) and (end.whole or not self.whole):
            local = self._local(place)
            seen[0][local] = np.minimum(seen[0][local], end.table)
            seen[1][local] = np.maximum(seen[1][local], end.table)

    def _local(self, place: int) -> np.ndarray:
        """Return the places of the component that a place is in."""
        part = int(self._label[place])
        if part not in self._locals:
            self._locals[part] = np.flatnonzero(self._label == part)
        return self._locals[part]

    def _tight(self) -> tuple[Floats, Floats]:
        """Return bounds that single sums give one after another: no cell lies beyond them."""
        low, high = self.low[self.cells].astype(float), self.high[self.cells].astype(float)
        entries, right = self._matrix[: self._sums].tocoo(), self._right[: self._sums]
        for _ in range(PASSES):
            before = low.copy(), high.copy()
            for way in (1.0, -1.0):  # an equation and the same with all signs turned
                _tighten(low, high, entries.row, entries.col, way * entries.data, way * right)
            if (low == before[0]).all() and (high == before[1]).all():
                break
        return low, high

    def _part_of(self, cell: int) -> tuple[Programme, int]:
        """Return the programme of the component a cell is in, and its column there."""
        place = self._place[cell]
        part = int(self._label[place])
        if part not in self._programmes:
            local = np.flatnonzero(self._label == part)
            at, matrix = self.cells[local], self._matrix[:, local]
            rows = np.flatnonzero(np.diff(matrix.indptr))
            right = self._right[rows]
            made = Programme(matrix[rows], right, right, self.low[at], self.high[at])
            self._programmes[part] = (made, {int(i): j for j, i in enumerate(local)})
        programme, columns = self._programmes[part]
        return programme, columns[place]

    def _end(self, programme: Programme, column: int, cost: float) -> "_End":
        programme.costs([column], cost)
        found = programme.solve()
        programme.costs([column], 0.0)
        if not found.bounded:
            return _End(-np.inf * cost, np.full(programme.n, np.nan), whole=False)
        if not found.feasible:
            raise TableRefused(
                "no table agrees with what is published",
                hint="a published number was changed, or belongs to another table",
            )
        end = cost * found.objective + 0.0
        if self.whole:
            end = float(np.ceil(end - NEAR) if cost > 0 else np.floor(end + NEAR))
        return _End(end, found.x, whole=not (abs(found.x - np.round(found.x)) > NEAR).any())


def _tighten(
    low: Floats, high: Floats, row: np.ndarray, col: np.ndarray, sign: Floats, right: Floats
) -> None:
    """Narrow bounds by each sum: a summand is at most the right side less the least of the others."""
    least = np.where(sign > 0, low[col], -high[col])
    known = np.isfinite(least)
    part = np.where(known, least, 0.0)
    others = np.bincount(row, part, len(right))[row] - part
    alone = np.bincount(row, ~known, len(right))[row] - ~known == 0
    most = np.where(alone, right[row] - others, np.inf)
    np.minimum.at(high, col[sign > 0], most[sign > 0])
    np.maximum.at(low, col[sign < 0], -most[sign < 0])


@dataclass(frozen=True, slots=True)
class _End:
    """One end of an interval, the table that reaches it, and whether that is of whole numbers."""

    end: float
    table: Floats
    whole: bool


def component_count(system: System, withheld: Mask) -> int:
    """Return into how many independent parts the withheld cells fall."""
    return int(parts_of(system.matrix[:, np.flatnonzero(withheld)]).max(initial=-1)) + 1


def stacked(parts: Sequence[System]) -> System:
    """Return several systems as one that shares its cells by key: all releases together."""
    index: dict[object, int] = {}
    rows: list[object] = []
    for system in parts:
        for key, row in zip(system.keys, system.rows, strict=True):
            if key not in index:
                index[key] = len(rows)
                rows.append(row)
    blocks = []
    for system in parts:
        coo = system.matrix.tocoo()
        columns = np.array([index[k] for k in system.keys])[coo.col]
        blocks.append(
            sparse.csr_matrix((coo.data, (coo.row, columns)), shape=(coo.shape[0], len(rows)))
        )
    value = np.full(len(rows), np.nan)
    for system in parts:
        at = np.array([index[k] for k in system.keys])
        value[at] = np.where(np.isfinite(system.value), system.value, value[at])
    return System(
        keys=tuple(index),  # type: ignore[arg-type]  # keys of systems
        rows=tuple(rows),  # type: ignore[arg-type]  # rows of systems
        value=value,
        matrix=sparse.vstack(blocks, format="csr"),
        labels=tuple(label for s in parts for label in s.labels),
        whole=all(s.whole for s in parts),
        rounded=max(s.rounded for s in parts),
    )
