"""What an earlier release of the same people leaves open: one system with the table of today.

Where all that two releases both give is the same, nobody came or left, and what they published
holds together: sex by region and age by region are two linked tables of the same people, whatever
the days on which they were printed. So the cells and sums of the earlier one stand beside those of
today, its published cells as published, its withheld ones to be protected as they were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from sojourn.protect.ledger.ledger import Release, cell_name, key_named
from sojourn.protect.table.equations import Mask, System
from sojourn.protect.table.table import Row


@dataclass(frozen=True, slots=True)
class Remembered:
    """A system with what its series has published before.

    Attributes
    ----------
    system : System
        That of today first, then the cells that only earlier releases of the same people have.
        Its rows are public where they were published of the same people: withheld now they would
        be no secret, and protect nobody.
    withheld : ndarray of bool, shape (n,)
        Withheld by an earlier release of the series: they stay withheld.
    """

    system: System
    withheld: Mask


def remembered(system: System, releases: Sequence[Release], series: str) -> Remembered:
    """Return a system together with the earlier releases of its series."""
    of_series = [r for r in releases if r.series == series]
    published: set[str] = set()
    for release in of_series:
        known = {**release.published, **release.truth}
        if not release.noisy and same_people(system, known):
            published |= release.published.keys()
            system = beside(system, release, known)
    names = [cell_name(k) for k in system.keys]
    kept = {w for r in of_series for w in r.withheld}
    shown = np.array([n in published for n in names], dtype=bool)
    rows = tuple(
        replace(r, keep=True, public=True) if s else r
        for r, s in zip(system.rows, shown, strict=True)
    )
    before = np.array([n in kept for n in names], dtype=bool)
    public = np.array([r.public for r in rows], dtype=bool)
    return Remembered(replace(system, rows=rows), before & ~public)


def same_people(system: System, known: Mapping[str, float]) -> bool:
    """Whether two releases share cells, and each of them has one value."""
    at = [(i, n) for i, k in enumerate(system.keys) if (n := cell_name(k)) in known]
    return bool(at) and all(system.value[i] == known[n] for i, n in at)


def beside(system: System, release: Release, known: Mapping[str, float]) -> System:
    """Return a system with the cells and sums that an earlier release has beside it."""
    at = {cell_name(k): i for i, k in enumerate(system.keys)}
    new = [n for n in known if n not in at]
    if not new or not release.sums or any(w not in known for w in release.withheld):
        return system
    at |= {name: len(at) + i for i, name in enumerate(new)}
    asked = release.asked
    rows = [Row((), known[n], primary=n in asked, width=asked.get(n) or None) for n in new]
    fresh = {*new}
    sums = [[at[n] for n in one] for one in release.sums if not fresh.isdisjoint(one)]
    value = np.append(system.value, [known[n] for n in new])
    return System(
        keys=(*system.keys, *(key_named(n) for n in new)),
        rows=(*system.rows, *rows),
        value=value,
        matrix=_stacked(system, sums, len(value)),
        labels=(*system.labels, *(f"release of {release.day}" for _ in sums)),
        whole=system.whole and bool((value == np.round(value)).all()),
        rounded=system.rounded,
        own=_wide(system.own, len(value)),
    )


def _wide(own: Any, n: int) -> Any:
    """Return contributions over n cells: nobody of today's is in those of an earlier release."""
    if own is None:
        return None
    wide = own.copy()
    wide.resize(own.shape[0], n)
    return wide


def _stacked(system: System, sums: Sequence[Sequence[int]], n: int) -> sparse.csr_matrix:
    """Return the equations of a system and these, the total of each first, over n cells."""
    wide = system.matrix.copy()
    wide.resize(wide.shape[0], n)
    signs = np.concatenate([[1.0] + [-1.0] * (len(one) - 1) for one in sums])
    start = np.cumsum([0, *(len(one) for one in sums)])
    more = sparse.csr_matrix((signs, np.concatenate(sums), start), shape=(len(sums), n))
    return sparse.vstack([wide, more], format="csr")
