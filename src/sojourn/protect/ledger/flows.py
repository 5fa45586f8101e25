"""Who came and who left since an earlier release, to somebody who knows how many.

Two releases of different people are two tables and what lies between them: in each of the finest cells
some came and some left. Of these flows an attacker knows their number (a head count at the gate, a list
of arrivals). So the cells of the earlier release stand beside those of today, with one sum a cell on each
side (today's count and who left is the earlier count and who came) and one for the number.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy import sparse

from sojourn.protect.ledger.ledger import EARLIER, Release, cell_name, key_named, sums_of
from sojourn.protect.table.equations import Key, System
from sojourn.protect.table.table import Row

MOST = (
    600_000  # cells times small counts of a system with flows: beyond, a programme each is too dear
)


class _Beside:
    """Cells and sums that are added to a system."""

    def __init__(self, system: System, day: str) -> None:
        self.system, self.day = system, day
        self.at = {k: i for i, k in enumerate(system.keys)}
        self.rows: list[Row] = []
        self.keys: list[Key] = []
        self.sums: list[list[int]] = []

    def cell(self, kind: str, key: Key, row: Row) -> int:
        """Add a cell and return its place."""
        self.keys.append((*key, (EARLIER, f"{self.day} {kind}")))
        self.rows.append(replace(row, cost=0.0, ruled=False))
        return len(self.at) + len(self.rows) - 1

    def whole(self) -> System:
        """Return the system with them."""
        one, n = self.system, len(self.at) + len(self.rows)
        signs = np.concatenate([[1.0, *[-1.0] * (len(s) - 1)] for s in self.sums])
        start = np.cumsum([0, *(len(s) for s in self.sums)])
        more = sparse.csr_matrix((signs, np.concatenate(self.sums), start), (len(self.sums), n))
        wide = one.matrix.copy()
        wide.resize(wide.shape[0], n)
        own = None if one.own is None else one.own.copy()
        if own is not None:
            own.resize(own.shape[0], n)
        return replace(
            one,
            keys=(*one.keys, *self.keys),
            rows=(*one.rows, *self.rows),
            value=np.append(one.value, [r.value or 0.0 for r in self.rows]),
            matrix=sparse.vstack([wide, more], format="csr"),
            labels=(*one.labels, *(f"since the release of {self.day}" for _ in self.sums)),
            lattice=None,
            own=own,
        )


def with_flows(system: System, today: int, release: Release, t: float) -> System | None:
    """Return a system with an earlier release of other people, and the number who changed.

    Parameters
    ----------
    today : int
        So many cells, the first, are those of today.
    t : float
        Counts from 1 to less are small.

    Returns
    -------
    System or None
        ``None`` where the two share no table, the truth of what was withheld is not at hand, or
        the system would be too large for programmes.
    """
    known = {**release.published, **release.truth}
    if not system.whole or not release.sums or any(w not in known for w in release.withheld):
        return None
    now = {cell_name(k): i for i, k in enumerate(system.keys[:today])}
    totals = _totals(system, today)
    totals |= {one[0] for one in release.sums if _shape(one[0]) == _shape(one[1])}
    shapes = {_shape(n) for n in now} & {_shape(n) for n in known}
    finest = {s: [n for n in {*now, *known} if _shape(n) == s and n not in totals] for s in shapes}
    finest = {s: sorted(names) for s, names in finest.items() if names}
    small = sum(0 < v < t for v in (*known.values(), *system.value.tolist()))
    cells = len(system.keys) + len(known) + 3 * sum(map(len, finest.values()))
    if not finest or small * cells > MOST:
        return None
    made = _Beside(system, release.day)
    before = {n: made.cell("", key_named(n), _row(release, n, v)) for n, v in known.items()}
    made.sums += [[before[n] for n in one] for one in release.sums]
    _flow(made, finest, now, before, known)
    return made.whole()


def _flow(
    made: _Beside,
    finest: Mapping[tuple[str, ...], list[str]],
    now: Mapping[str, int],
    before: Mapping[str, int],
    known: Mapping[str, float],
) -> None:
    """Add who came and who left in each of the finest cells, and their number."""
    value = made.system.value
    by = {
        n: float(value[now[n]] if n in now else 0.0) - known.get(n, 0.0)
        for names in finest.values()
        for n in names
    }
    number = max(sum(abs(by[n]) for n in names) for names in finest.values())
    for shape, names in finest.items():
        spare = (number - sum(abs(by[n]) for n in names)) / 2  # as many came as left, somewhere
        parts = []
        for place, n in enumerate(names):
            more = spare if place == 0 else 0.0
            came, left = max(by[n], 0.0) + more, max(-by[n], 0.0) + more
            key = key_named(n)
            both = known.get(n, 0.0) + came
            at = [
                made.cell(kind, key, Row((), v, latent=True))
                for kind, v in (("came or there", both), ("came", came), ("left", left))
            ]
            made.sums.append([at[0], at[1], *([before[n]] if n in before else [])])
            made.sums.append([at[0], at[2], *([now[n]] if n in now else [])])
            parts += at[1:]
        whole = made.cell(f"changed {'/'.join(shape)}", (), Row((), number, keep=True, public=True))
        made.sums.append([whole, *parts])


def _row(release: Release, name: str, value: float) -> Row:
    shown = name in release.published
    asked = release.asked.get(name)
    return Row((), value, primary=asked is not None, width=asked or None, keep=shown, public=shown)


def _totals(system: System, today: int) -> set[str]:
    """Return the cells of today that are totals of others of the same dimensions."""
    names = [cell_name(k) for k in system.keys]
    return {
        names[one[0]]
        for one in sums_of(system)
        if max(one) < today and _shape(names[one[0]]) == _shape(names[one[1]])
    }


def _shape(name: str) -> tuple[str, ...]:
    return tuple(d for d, _ in key_named(name))
