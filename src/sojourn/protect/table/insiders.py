"""People who are counted in the table themselves, and subtract what is theirs.

Somebody alone in a cell knows it, and each line of its breakdown. A family of four in a cell of five
knows that four of the five are theirs. Contributors are stated with the table (one a family, a case,
an enterprise); without them, whoever is a count of one is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from sojourn.errors import TableRefused
from sojourn.protect.table.equations import Floats, Key, Mask, Sums, System, floors
from sojourn.protect.table.policy import Policy

NEAR = 1e-6  # of sums of decimals


@dataclass(frozen=True, slots=True)
class Insider:
    """What somebody who is counted knows, and what they must not learn.

    Attributes
    ----------
    knows : tuple of int
        Cells in which nobody else is, and all that are parts of them.
    own : tuple of (int, float)
        Cells that others are in too, and how much of them is theirs, where that is more than
        everybody grants the cell.
    targets : tuple of int
        Primary cells that share a sum with one of these, or are one of the second.
    """

    knows: tuple[int, ...]
    own: tuple[tuple[int, float], ...]
    targets: tuple[int, ...]


def with_contributors(system: System, given: Sequence[Mapping[Key, float]]) -> System:
    """Return a system that knows its contributors, each by what is theirs of its finest cells.

    Raises
    ------
    TableRefused
        A cell that no table has, or more in a cell than it holds.
    """
    if not given:
        return system
    at = {k: i for i, k in enumerate(system.keys)}
    lost = next((k for one in given for k in one if k not in at), None)
    if lost is not None:
        raise TableRefused(
            f"a contributor in a cell that no table has ({'/'.join(f'{d}={c}' for d, c in lost)})",
            hint="contributions name cells of the tables, totals left out",
        )
    row = np.repeat(np.arange(len(given)), [len(one) for one in given])
    col = np.array([at[k] for one in given for k in one], dtype=np.int64)
    data = np.array([v for one in given for v in one.values()], dtype=float)
    own = _summed(system, sparse.csr_matrix((data, (row, col)), (len(given), len(at))))
    entries = own.tocoo()
    if (entries.data > system.value[entries.col] + NEAR).any():
        raise TableRefused(
            "a contributor has more of a cell than is in it",
            hint="contributions and tables of the same people, each person once a table",
        )
    return replace(system, own=own)


def _summed(system: System, own: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return contributions with those of totals: the most that any of a total's sums gives."""
    parts = -system.sums.minimum(0)
    total_of = np.asarray(system.sums.argmax(axis=1)).ravel()
    n = system.matrix.shape[1]
    while True:
        found, before = (own @ parts.T).tocoo(), own.tocoo()
        at = np.concatenate([before.row, found.row]) * n
        at = at + np.concatenate([before.col, total_of[found.col]])
        places, which = np.unique(at, return_inverse=True)
        most = np.zeros(len(places))
        np.maximum.at(most, which, np.concatenate([before.data, found.data]))
        if len(places) == own.nnz and (most == before.data[np.argsort(at[: own.nnz])]).all():
            return own.tocsr()
        own = sparse.csr_matrix((most, (places // n, places % n)), own.shape)


def insiders(system: System, primary: Mask, policy: Policy) -> tuple[Insider, ...]:
    """Return everybody who may learn of a primary cell by subtracting what is theirs."""
    if policy.contributor <= 0 or not (system.whole or system.own is not None):
        return ()
    sums, asked = Sums(system), set(np.flatnonzero(primary).tolist())
    found: dict[Insider, None] = {}
    alone = primary & (system.value == 1.0) & system.whole  # of sums of money 1 is nobody
    for one in np.flatnonzero(alone).tolist():
        known = sums.known_to(one)
        found[Insider(known, (), tuple(sorted(sums.neighbours(one) & asked)))] = None
    if system.own is not None:
        floor = floors(system, zeros_published=policy.zeros == "published")
        for row in range(system.own.shape[0]):
            found[_insider(system, sums, floor, asked, row)] = None
    return tuple(i for i in found if i.targets)


def _insider(system: System, sums: Sums, floor: Floats, asked: set[int], row: int) -> Insider:
    at = slice(system.own.indptr[row], system.own.indptr[row + 1])
    cells, amounts = system.own.indices[at], system.own.data[at]
    alone = cells[(amounts >= system.value[cells] - NEAR) & (amounts > 0)].tolist()
    knows = set[int]().union(*(sums.known_to(c) for c in alone))
    own = {
        int(c): float(a)
        for c, a in zip(cells, amounts, strict=True)
        if c not in knows and a > floor[c] + NEAR
    }
    near = set[int]().union(*(sums.beside(c) for c in (*alone, *own)), own)
    targets = tuple(sorted((near & asked) - knows))
    return Insider(tuple(sorted(knows)), tuple(sorted(own.items())), targets)
