"""Tables as one linear system: each cell once, each total the sum of its parts.

Cells of several tables are one cell where their codes agree, totals left out: the total over sex of
a table by region and sex is the cell of a table by region.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sojourn.errors import TableRefused
from sojourn.protect.table.hierarchy import TOTAL, Hierarchy, flat
from sojourn.protect.table.lattice import Lattice, lattice_of
from sojourn.protect.table.table import Row, Table

Key = tuple[tuple[str, str], ...]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
TOLERANCE = 1e-6  # relative, of sums of decimals
ROUNDED_FROM = 30  # non-zero cells: fewer multiples of five may be chance


@dataclass(frozen=True, slots=True)
class System:
    """Cells and the equations between them.

    Attributes
    ----------
    keys : tuple of Key, length n
        Dimension and code of each cell, totals left out; the empty key is the grand total.
    rows : tuple of Row, length n
        The row that gave the cell.
    value : ndarray, shape (n,)
        NaN where the value is withheld.
    matrix : csr_matrix, shape (m, n)
        +1 for a total, -1 for its parts: ``matrix @ value = 0``.
    labels : tuple of str, length m
        Where each equation stands.
    whole : bool
        All values are whole numbers.
    rounded : int
        Base that the values are rounded to, 1 where they are not.
    lattice : Lattice or None
        The tables as grids, where their codes are sets of finest codes.
    own : csr_matrix, shape (contributors, n), or None
        How much of each cell is a contributor's, where contributors are stated.
    said : int
        So many equations, the last, are no sums: sentences beside the table.
    """

    keys: tuple[Key, ...]
    rows: tuple[Row, ...]
    value: Floats
    matrix: Any
    labels: tuple[str, ...]
    whole: bool
    rounded: int
    lattice: Lattice | None = None
    own: Any = None
    said: int = 0

    @property
    def sums(self) -> Any:
        """The equations that are sums: a total and its parts."""
        return self.matrix[: self.matrix.shape[0] - self.said]


def key_of(dimensions: Sequence[str], codes: Sequence[str]) -> Key:
    """Return the cell that a row names."""
    return tuple(sorted((d, c) for d, c in zip(dimensions, codes, strict=True) if c != TOTAL))


def system_of(
    tables: Sequence[Table], hierarchies: Mapping[str, Sequence[Hierarchy]] | None = None
) -> System:
    """Return the linear system of one or several linked tables.

    Parameters
    ----------
    hierarchies : mapping of dimension to hierarchies, optional
        Each states its own sums over the dimension; without one, all codes add up to ``_T``.

    Raises
    ------
    TableRefused
        Parts do not add up to a total, a total is below one of its parts, two tables give one
        cell two values, or a hierarchy names a dimension that no table has.
    """
    known = {d for t in tables for d in t.dimensions}
    for dimension in hierarchies or {}:
        if dimension not in known:
            raise TableRefused(
                f"a hierarchy of {dimension!r}, which no table has",
                hint=f"dimensions are {', '.join(sorted(known))}",
            )
    index, rows = _cells(tables)
    value = np.array([np.nan if r.value is None else r.value for r in rows])
    seen: dict[tuple[int, tuple[int, ...]], str] = {}
    for table in tables:
        for at, dimension in enumerate(table.dimensions):
            given = (hierarchies or {}).get(dimension) or (flat(dimension, table.codes_of(at)),)
            _refuse_unknown(table, at, given)
            for hierarchy in given:
                for total, parts, label in _sums(table, at, hierarchy, index):
                    seen.setdefault((total, parts), label)
    labels = tuple(seen.values())
    matrix = _matrix(seen, len(rows))
    rounded = _base(value)
    _refuse_contradiction(matrix, value, labels, rounded)
    told = value[np.isfinite(value)]
    return System(
        tuple(index),
        rows,
        value,
        matrix,
        labels,
        bool((told == np.round(told)).all()),
        rounded,
        lattice_of(tables, hierarchies or {}, index),
    )


def _cells(tables: Sequence[Table]) -> tuple[dict[Key, int], tuple[Row, ...]]:
    index: dict[Key, int] = {}
    rows: list[Row] = []
    for table in tables:
        for row in table.rows:
            key = key_of(table.dimensions, row.codes)
            if key not in index:
                index[key] = len(rows)
                rows.append(row)
            elif rows[index[key]].value != row.value and None not in (
                rows[index[key]].value,
                row.value,
            ):
                raise TableRefused(
                    f"{table.name}, line {row.line}: {'/'.join(row.codes)} has another value in a linked table",
                    hint="linked tables count the same people by the same definition",
                )
            else:
                rows[index[key]] = _joined(rows[index[key]], row)
    return index, tuple(rows)


def _joined(before: Row, row: Row) -> Row:
    """Return one cell of what two tables say of it."""
    return replace(
        before,
        value=row.value if before.value is None else before.value,
        primary=before.primary or row.primary,
        cost=before.cost if before.cost is not None else row.cost,
        keep=before.keep or row.keep,
        top=before.top or row.top,
        width=before.width if before.width is not None else row.width,
        latent=before.latent and row.latent,
        public=before.public or row.public,
        safe=before.safe or row.safe,
    )


def _sums(
    table: Table, at: int, hierarchy: Hierarchy, index: Mapping[Key, int]
) -> list[tuple[int, tuple[int, ...], str]]:
    """Return each total with its parts along one dimension, in every context of the others."""
    contexts: dict[tuple[str, ...], dict[str, int]] = {}
    for row in table.rows:
        context = row.codes[:at] + row.codes[at + 1 :]
        contexts.setdefault(context, {})[row.codes[at]] = index[key_of(table.dimensions, row.codes)]
    found = []
    for context, cells in contexts.items():
        for parent, children in hierarchy.children.items():
            parts = tuple(sorted(cells[c] for c in children if c in cells))
            if parent in cells and parts:
                where = "/".join((*context[:at], parent, *context[at:]))
                found.append(
                    (cells[parent], parts, f"{table.name}: {where} over {table.dimensions[at]}")
                )
    return found


def _refuse_unknown(table: Table, at: int, given: Sequence[Hierarchy]) -> None:
    known = {TOTAL}.union(*({*h.children}.union(*h.children.values()) for h in given))
    if lost := sorted(set(table.codes_of(at)) - known):
        names = " and ".join(h.name for h in given)
        raise TableRefused(
            f"{lost[0]!r} of {table.name} stands nowhere in {names}",
            hint=f"every code of {table.dimensions[at]} has a parent",
        )


def _matrix(sums: Mapping[tuple[int, tuple[int, ...]], str], n: int) -> Any:
    data, column, start = [], [], [0]
    for total, parts in sums:
        data += [1.0, *(-1.0 for _ in parts)]
        column += [total, *parts]
        start.append(len(column))
    return sparse.csr_matrix((data, column, start), shape=(len(sums), n))


def _base(value: Floats) -> int:
    """Return the base that values are rounded to, if all of many are its multiples."""
    told = value[np.isfinite(value) & (value > 0)]
    if len(told) < ROUNDED_FROM:
        return 1
    return next((base for base in (1000, 100, 10, 5, 3) if not (told % base).any()), 1)


def _refuse_contradiction(matrix: Any, value: Floats, labels: Sequence[str], rounded: int) -> None:
    told = np.isfinite(value)
    whole = np.asarray((abs(matrix) @ (~told).astype(float)) == 0).ravel()
    filled = np.where(told, value, 0.0)
    off = matrix @ filled
    scale = np.maximum(abs(matrix) @ filled, 1.0)
    slack = np.where(rounded > 1, rounded * np.diff(matrix.indptr) / 2, 0.0)
    bad = np.flatnonzero(whole & (abs(off) > TOLERANCE * scale + slack))
    if len(bad):
        row = int(bad[0])
        more = f" (and {len(bad) - 1} more sums)" if len(bad) > 1 else ""
        raise TableRefused(
            f"{labels[row]}: the parts do not add up to the total{more}",
            hint="a part is missing, counted twice, or the total below its parts: mend the table; "
            "overlapping codes need a hierarchy",
        )


def floors(system: System, *, zeros_published: bool) -> Floats:
    """Return the least that everybody grants each cell, shape (n,).

    Nothing is below zero. Where empty cells are always published, a withheld whole number is 1 or
    more, a total at least the number of its parts that are not empty, and the only part that is
    not empty all that its total is at least.
    """
    value = np.nan_to_num(system.value, nan=0.0)
    if not (zeros_published and system.whole):
        return np.zeros(len(value))
    latent = np.array([r.latent for r in system.rows], dtype=bool)
    floor = np.where(latent, 0.0, np.minimum(value, 1.0))  # nobody sees which of them is empty
    parts, totals = -system.sums.minimum(0), system.sums.maximum(0)
    rows, columns = totals.nonzero()
    open_parts = parts @ sparse.diags(((value != 0) | latent).astype(float))
    lone, only = open_parts[np.asarray(open_parts.sum(axis=1)).ravel() == 1].nonzero()
    total_of = totals[np.asarray(open_parts.sum(axis=1)).ravel() == 1]
    while True:
        higher = floor.copy()
        np.maximum.at(higher, columns, (parts @ floor)[rows])
        np.maximum.at(higher, only, (total_of @ floor)[lone])
        if (higher <= floor).all():
            return floor
        floor = higher


class Sums:
    """Which cells stand in a sum together."""

    def __init__(self, system: System) -> None:
        self.value, self.matrix = system.value, system.sums
        self.columns = system.sums.tocsc()

    def parts(self, cell: int) -> list[int]:
        """Return the parts of a total, of all its sums together."""
        return [
            int(c)
            for inside, signs in self._rows(cell)
            if signs[inside == cell][0] > 0
            for c in inside[signs < 0]
        ]

    def known_to(self, cell: int) -> tuple[int, ...]:
        """Return what somebody who is alone in a cell knows: the cell and all that are its parts.

        A person who is the only one of a group knows not only that she is one, but also each line
        of the group's own breakdown: in one of the parts there is one, in the others nobody.
        """
        found, queue = {cell}, [cell]
        while queue:
            for part in self.parts(queue.pop()):
                if part not in found:
                    found.add(part)
                    queue.append(part)
        return tuple(sorted(found))

    def beside(self, cell: int) -> set[int]:
        """Return the cells that share a sum with a cell, but for a total where that is it alone."""
        found: set[int] = set()
        for inside, signs in self._rows(cell):
            total = {int(c) for c in inside[signs > 0]}  # none where it was published and fell out
            equal = {int(c) for c in inside[self.value[inside] == self.value[cell]]}
            same = equal if cell in total else equal & total
            found |= {int(c) for c in inside} - same
        return found - {cell}

    def neighbours(self, cell: int) -> set[int]:
        """Return what shares a sum with something that a person alone in a cell knows."""
        known = self.known_to(cell)
        return set().union(*(self.beside(k) for k in known)) - set(known)

    def _rows(self, cell: int) -> Iterator[tuple[Any, Any]]:
        columns, matrix = self.columns, self.matrix
        for row in columns.indices[columns.indptr[cell] : columns.indptr[cell + 1]]:
            at = slice(matrix.indptr[row], matrix.indptr[row + 1])
            yield matrix.indices[at], matrix.data[at]
