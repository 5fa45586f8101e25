"""What all tables by group that were shown of one site tell together: a linear programme over every printed number.

Of each table, group and outcome (without a place, elsewhere, as wished) there are so many people, none less than
nought; what is printed binds their sums. Between two tables somebody may know how many people came, left or changed
their outcome: so many cells moved by one. The attacker is asked for the least and the most of what was withheld.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

Cell = tuple[str, str, str]  # dimension, group, measure
PARTS = {"persons": (0, 1, 2), "placed": (1, 2), "first_or_second_wish": (2,)}


def widths(
    tables: Sequence[Mapping[Cell, int | None]], moved: Sequence[float] = ()
) -> Iterator[tuple[int, Cell, float, float]]:
    """Yield each withheld number with the least and the most that it can be.

    Parameters
    ----------
    tables : sequence of mapping
        What was shown, the oldest first; None where a number was withheld.
    moved : sequence of float
        Between each two tables, how many cells of a dimension moved by one, at the most; empty: not known.
    """
    for dimension in sorted({d for t in tables for d, _, _ in t} - {"_T"}):
        groups = sorted({g for t in tables for d, g, _ in t if d == dimension})
        size = len(groups) * 3

        def at(r: int, g: str, part: int, groups: list[str] = groups, size: int = size) -> int:
            return r * size + groups.index(g) * 3 + part

        sums, most = list[tuple[dict[int, float], float]](), list[tuple[dict[int, float], float]]()
        for r, table in enumerate(tables):
            for measure, parts in PARTS.items():
                told = {g: table.get((dimension, g, measure)) for g in groups}
                every = {at(r, g, p): 1.0 for g in groups for p in parts}
                sums += [(every, table["_T", "_T", measure] or 0)]
                sums += [
                    ({at(r, g, p): 1.0 for p in parts}, n) for g, n in told.items() if n is not None
                ]
        first = len(tables) * size
        for r, number in enumerate(moved):
            flows = range(first + 2 * r * size, first + 2 * (r + 1) * size, 2)
            for i, came in enumerate(flows):
                line = {(r + 1) * size + i: 1.0, r * size + i: -1.0, came: -1.0, came + 1: 1.0}
                sums.append((line, 0.0))
            most.append(({c: 1.0 for came in flows for c in (came, came + 1)}, number))
        wide = first + 2 * size * len(moved)
        for r, table in enumerate(tables):
            for (d, g, measure), value in table.items():
                if d == dimension and value is None:
                    asked = [at(r, g, p) for p in PARTS[measure]]
                    yield r, (d, g, measure), *_ends(asked, sums, most, wide)


def _ends(
    asked: Sequence[int],
    sums: Sequence[tuple[Mapping[int, float], float]],
    most: Sequence[tuple[Mapping[int, float], float]],
    wide: int,
) -> tuple[float, float]:
    cost = np.zeros(wide)
    cost[list(asked)] = 1
    ends = []
    for sign in (1.0, -1.0):
        got = linprog(
            sign * cost,
            A_eq=_matrix(sums, wide),
            b_eq=[n for _, n in sums],
            A_ub=_matrix(most, wide) if most else None,
            b_ub=[n for _, n in most] or None,
        )
        ends.append(sign * got.fun if got.status == 0 else np.inf)
    return ends[0], ends[1]


def _matrix(lines: Sequence[tuple[Mapping[int, float], float]], wide: int) -> sparse.csr_matrix:
    cells = [(i, j, v) for i, (line, _) in enumerate(lines) for j, v in line.items()]
    rows, columns, values = zip(*cells, strict=True)
    return sparse.csr_matrix((values, (rows, columns)), (len(lines), wide))
