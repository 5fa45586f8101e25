"""Witnesses put to the proof: other tables that agree with everything published.

Whoever withholds cells may hand over witnesses: movements that, added to the true table, give another
one. Here each is checked by itself: nothing published moves, every sum stays, no cell falls below
what an attacker knows of it, whole numbers stay whole. A witness that holds proves that nobody who
knows what is published can tell the cells it moves any nearer than it moves them; one that does not
hold proves nothing and is left out. How it was found does not matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sojourn.protect.table.equations import Floats, Mask, System

NEAR = 1e-6
Ints = npt.NDArray[np.int64]
#: Cells and by how much each moves.
Moved = tuple[Ints, Floats]


@dataclass(frozen=True, slots=True)
class Proof:
    """What witnesses prove.

    Attributes
    ----------
    up, down : ndarray, shape (n,)
        So far above and below the truth a cell may be for all that an attacker knows.
    held, broken : int
        Witnesses that hold and that do not.
    rows : csr_matrix, shape (held, n)
    """

    up: Floats
    down: Floats
    held: int
    broken: int
    rows: Any

    def against(self) -> "Against":
        """Return what is proven towards somebody who knows some withheld cells, too."""
        return Against(self.rows)


class Against:
    """Witnesses by the cell they move."""

    def __init__(self, rows: Any) -> None:
        self.rows, self.columns = rows, rows.tocsc()

    def width(
        self, cell: int, known: frozenset[int], enough: float, fall: Mapping[int, float]
    ) -> float:
        """Return how wide a cell stays by the witnesses that move nothing known, up to enough.

        Parameters
        ----------
        fall : mapping of int to float
            How far some cells can fall at the most, for somebody who is in them.
        """
        columns, rows = self.columns, self.rows
        most = least = 0.0
        at = slice(columns.indptr[cell], columns.indptr[cell + 1])
        for row, by in zip(columns.indices[at].tolist(), columns.data[at].tolist(), strict=True):
            if least <= by <= most:
                continue
            moved = slice(rows.indptr[row], rows.indptr[row + 1])
            cells = rows.indices[moved].tolist()
            far = fall and any(
                -b > fall.get(c, np.inf) + NEAR
                for c, b in zip(cells, rows.data[moved].tolist(), strict=True)
            )
            if known.isdisjoint(cells) and not far:
                most, least = max(most, by), min(least, by)
                if most - least >= enough:
                    break
        return float(most - least)


def proven(
    system: System, withheld: Mask, low: Floats, witnesses: Sequence[Moved], *, whole: bool
) -> Proof:
    """Return what witnesses prove of a release.

    Parameters
    ----------
    low : ndarray, shape (n,)
        The least that an attacker grants each withheld cell.
    whole : bool
        Only tables of whole numbers count.
    """
    n = len(withheld)
    sizes = [len(cells) for cells, _ in witnesses]
    columns = np.concatenate([c for c, _ in witnesses]) if witnesses else np.zeros(0, np.int64)
    by = np.concatenate([b for _, b in witnesses]) if witnesses else np.zeros(0)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    row = np.repeat(np.arange(len(sizes)), sizes)
    bad = ~withheld[columns] | (system.value[columns] + by < low[columns] - NEAR)
    if whole:
        bad |= by != np.round(by)
    moved = sparse.csr_matrix((by, columns, starts), shape=(len(sizes), n))
    off = np.zeros(len(sizes))
    if len(sizes) and system.matrix.shape[0]:
        off = abs(moved @ system.matrix.T).max(axis=1).toarray().ravel()
    scale = np.maximum(abs(moved).max(axis=1).toarray().ravel(), 1.0) if len(sizes) else off
    holds = off <= (0 if whole else NEAR) * scale
    holds[row[bad]] = False
    up, down = np.zeros(n), np.zeros(n)
    good = holds[row]
    np.maximum.at(up, columns[good], by[good])
    np.maximum.at(down, columns[good], -by[good])
    return Proof(up, down, int(holds.sum()), int((~holds).sum()), moved[np.flatnonzero(holds)])
