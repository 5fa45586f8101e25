"""Tables as grids of codes: where each combination of codes stands among the cells.

A code is the set of the finest codes under it, whatever hierarchy says so. One person who moves from
one finest code of a dimension to another changes every code that contains the one and not the
other: so movements of a whole table can be written down without solving anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.protect.table.hierarchy import TOTAL, Hierarchy, flat
from sojourn.protect.table.table import Table

Ints = npt.NDArray[np.int64]
LACKING, ELSEWHERE = -1, -2  # an empty place among the cells; a code that the table does not have
MOST_PLACES = 20_000_000


@dataclass(frozen=True, slots=True)
class Axis:
    """The codes of one dimension.

    Attributes
    ----------
    name : str
    codes : tuple of str
        The total first.
    under : ndarray of bool, shape (codes, finest codes)
        Which finest codes are part of a code.
    """

    name: str
    codes: tuple[str, ...]
    under: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: the cell at each combination of codes.

    Attributes
    ----------
    axes : tuple of int
        Which axes of the lattice it has.
    cell : ndarray of int
        One axis a dimension, as long as its codes.
    """

    axes: tuple[int, ...]
    cell: Ints


@dataclass(frozen=True, slots=True)
class Lattice:
    """All tables, and the codes of each cell.

    Attributes
    ----------
    axes : tuple of Axis
    grids : tuple of Grid
    codes : ndarray of int, shape (n, axes)
        Codes of each cell, 0 where it is a total of the axis.
    """

    axes: tuple[Axis, ...]
    grids: tuple[Grid, ...]
    codes: Ints


def lattice_of(
    tables: Sequence[Table],
    hierarchies: Mapping[str, Sequence[Hierarchy]],
    index: Mapping[tuple[tuple[str, str], ...], int],
) -> Lattice | None:
    """Return the lattice of tables, or none where their codes are no sets of finest codes.

    Parameters
    ----------
    index : mapping of key to int
        The cells.
    """
    names = tuple(dict.fromkeys(d for t in tables for d in t.dimensions))
    axes: list[Axis] = []
    for name in names:
        told = [(t, t.dimensions.index(name)) for t in tables if name in t.dimensions]
        codes = tuple(dict.fromkeys([TOTAL, *(c for t, at in told for c in t.codes_of(at))]))
        axis = _axis(name, codes, hierarchies.get(name) or (flat(name, codes),))
        if axis is None:
            return None
        axes.append(axis)
    grids = [_grid(t, axes, names, index) for t in tables]
    if any(g is None for g in grids):
        return None
    place = [{c: i for i, c in enumerate(a.codes)} for a in axes]
    at = {name: i for i, name in enumerate(names)}
    found = np.zeros((len(index), len(axes)), dtype=np.int64)
    for key, cell in index.items():
        for dimension, code in key:
            found[cell, at[dimension]] = place[at[dimension]][code]
    return Lattice(tuple(axes), tuple(g for g in grids if g is not None), found)


def _axis(name: str, codes: tuple[str, ...], given: Sequence[Hierarchy]) -> Axis | None:
    known = set(codes)
    below = [
        {p: [c for c in kids if c in known] for p, kids in h.children.items() if p in known}
        for h in given
    ]
    whole = {c for b in below for c, kids in b.items() if kids}
    finest = [c for c in codes if c not in whole]
    column = {c: i for i, c in enumerate(finest)}
    sets: dict[str, frozenset[str]] = {}

    def spread(code: str, depth: int = 0) -> frozenset[str] | None:
        if code in column:
            return frozenset((code,))
        if code not in sets:
            ways = set()
            for kids in (b[code] for b in below if b.get(code)):
                parts = [spread(k, depth + 1) for k in kids]
                if any(p is None for p in parts):
                    return None
                union = frozenset[str]().union(*(p for p in parts if p is not None))
                if sum(len(p) for p in parts if p is not None) != len(union):
                    return None
                ways.add(union)
            if len(ways) != 1:
                return None
            sets[code] = ways.pop()
        return sets[code]

    under = np.zeros((len(codes), len(finest)), dtype=bool)
    for i, code in enumerate(codes):
        inside = spread(code)
        if inside is None:
            return None
        under[i, [column[c] for c in inside]] = True
    return Axis(name, codes, under)


def _grid(
    table: Table,
    axes: Sequence[Axis],
    names: Sequence[str],
    index: Mapping[tuple[tuple[str, str], ...], int],
) -> Grid | None:
    at = tuple(names.index(d) for d in table.dimensions)
    shape = tuple(len(axes[a].codes) for a in at)
    if np.prod(np.array(shape, dtype=float)) > MOST_PLACES:
        return None
    cell = np.full(shape, LACKING, dtype=np.int64)
    place = [{c: i for i, c in enumerate(axes[a].codes)} for a in at]
    for i, a in enumerate(at):
        here = set(table.codes_of(i))
        lost = [j for j, c in enumerate(axes[a].codes) if c not in here]
        cell[(slice(None),) * i + (lost,)] = ELSEWHERE
    for row in table.rows:
        key = tuple(
            sorted((d, c) for d, c in zip(table.dimensions, row.codes, strict=True) if c != TOTAL)
        )
        cell[tuple(p[c] for p, c in zip(place, row.codes, strict=True))] = index[key]
    return Grid(at, cell)
