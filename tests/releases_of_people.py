"""Synthetic people, tables of them, and what all tables that were released together tell."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import linprog

from sojourn.protect.ledger.ledger import key_named, read_ledger
from sojourn.protect.table.table import Row, Table

Cell = tuple[str, ...]
#: People by group, sex and age: a group of eleven that one table splits 5 and 6, the other not.
PEOPLE = np.zeros((3, 3, 2), dtype=int)
PEOPLE[0, 0, 0], PEOPLE[0, 1, 0] = 5, 6
PEOPLE[1] = [[25, 15], [30, 20], [40, 20]]
PEOPLE[2] = [[40, 30], [40, 40], [50, 40]]


def counted(people: np.ndarray, axes: Sequence[int]) -> Table:
    """Return the counts of people by some dimensions, with every total."""
    whole = people.sum(axis=tuple(a for a in range(people.ndim) if a not in axes))
    for axis in range(whole.ndim):
        whole = np.concatenate([whole, whole.sum(axis=axis, keepdims=True)], axis=axis)
    rows = [
        Row(
            tuple("_T" if i == n - 1 else f"c{i}" for i, n in zip(at, whole.shape, strict=True)),
            float(v),
        )
        for at, v in np.ndenumerate(whole)
    ]
    return Table("t", tuple(f"d{a}" for a in axes), tuple(rows))


def attacked(ledger: Path, shape: Sequence[int]) -> Mapping[Cell, tuple[float, float]]:
    """Return what all releases of one population together leave of each withheld cell."""
    told: dict[Cell, float | None] = {}
    for release in read_ledger(ledger):
        for name in (*release.withheld, *release.published):
            key = dict(key_named(name))
            cell = tuple(key.get(f"d{i}", "_T") for i in range(len(shape)))
            told[cell] = release.published.get(name, told.get(cell))
    codes = [["_T", *(f"c{i}" for i in range(n))] for n in shape]
    cells = list(itertools.product(*codes))
    at = {c: i for i, c in enumerate(cells)}
    lines = []
    for cell in cells:
        for axis in (i for i, c in enumerate(cell) if c == "_T"):
            line = np.zeros(len(cells))
            line[at[cell]] = 1
            for code in codes[axis][1:]:
                line[at[(*cell[:axis], code, *cell[axis + 1 :])]] = -1
            lines.append(line)
    bounds = [(0, None) if (v := told.get(c)) is None else (v, v) for c in cells]
    found = {}
    for cell in (c for c, v in told.items() if v is None):
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(cells))
            cost[at[cell]] = sign
            got = linprog(cost, A_eq=np.array(lines), b_eq=np.zeros(len(lines)), bounds=bounds)
            ends.append(np.inf if got.status == 3 else sign * got.fun)
        found[cell] = (ends[0], ends[1])
    return found
