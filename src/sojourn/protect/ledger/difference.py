"""The difference of two releases is a table that is published too.

Two safe tables give away whoever came or left between them. So a release in which only a few
persons changed is refused, unless it follows a fixed schedule and keeps the earlier pattern of
withheld cells, so that neither its day nor its pattern tells that somebody changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sojourn.errors import DisclosureRisk
from sojourn.protect.ledger.ledger import Release, cell_name
from sojourn.protect.table.equations import Mask, System
from sojourn.protect.table.policy import Policy


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed since one earlier release.

    Attributes
    ----------
    since : str
        Day of the earlier release.
    changed : float
        Persons, at the least: the larger of those who came and those who left any one table.
    hidden : bool
        The truth of its withheld cells is not at hand, so that more may have changed.
    """

    since: str
    changed: float
    hidden: bool


def differences(system: System, releases: Sequence[Release], series: str) -> tuple[Difference, ...]:
    """Return what changed since each earlier release of the series."""
    names = [cell_name(k) for k in system.keys]
    value = dict(zip(names, system.value, strict=True))
    leaves = _leaves(system, names)
    found = []
    for release in releases:
        if release.series == series and not release.spent:  # noise tells no difference
            known = {**release.published, **release.truth}
            changed = _changed(value, known, leaves)
            found.append(
                Difference(release.day, changed, any(w not in known for w in release.withheld))
            )
    return tuple(found)


def _leaves(system: System, names: Sequence[str]) -> frozenset[str]:
    """Return the cells that are no total of others."""
    totals = set()
    for row in range(system.matrix.shape[0]):
        at = slice(system.matrix.indptr[row], system.matrix.indptr[row + 1])
        totals |= set(system.matrix.indices[at][system.matrix.data[at] > 0].tolist())
    return frozenset(n for i, n in enumerate(names) if i not in totals)


def _changed(
    value: Mapping[str, float], known: Mapping[str, float], leaves: frozenset[str]
) -> float:
    both = [float(value[n] - known[n]) for n in value if n in known]
    fine = [float(value[n] - known.get(n, 0.0)) for n in leaves]
    fine += [-v for n, v in known.items() if n not in value and "=" in n and n in leaves]
    came = sum(d for d in fine if d > 0)
    left = -sum(d for d in fine if d < 0)
    return max([came + left, *(abs(d) for d in both)], default=0.0)


def refuse_small(
    system: System, releases: Sequence[Release], series: str, policy: Policy, *, scheduled: bool
) -> tuple[Difference, ...]:
    """Return the differences to all earlier releases, or refuse the release.

    Raises
    ------
    DisclosureRisk
        Between 1 and ``policy.changed`` persons changed since an earlier release and this one is
        off schedule.
    """
    found = differences(system, releases, series)
    for one in found:
        if 0 < one.changed <= policy.changed and not scheduled:
            raise DisclosureRisk(
                f"since the release of {one.since} only a few persons changed: the difference tells who",
                hint="wait for the next day of a fixed schedule (--scheduled), or for more changes",
            )
    return found


def withheld_before(system: System, releases: Sequence[Release], series: str) -> Mask:
    """Return the cells that an earlier release of the series withheld: they stay withheld."""
    kept = {w for r in releases if r.series == series for w in r.withheld}
    return np.array([cell_name(k) in kept for k in system.keys], dtype=bool)


def published_before(system: System, releases: Sequence[Release], series: str) -> System:
    """Return the system with what an earlier release of the same people has published kept open.

    Where all that two releases both give is the same, nobody came or left: a cell published then and
    withheld now would be no secret, and would protect nobody.
    """
    at = {cell_name(k): i for i, k in enumerate(system.keys)}
    rows = list(system.rows)
    for release in releases:
        if release.series != series or release.spent:
            continue
        known = {**release.published, **release.truth}
        if all(system.value[i] == known[n] for n, i in at.items() if n in known):
            for name in release.published.keys() & at.keys():
                rows[at[name]] = replace(rows[at[name]], keep=True)
    return replace(system, rows=tuple(rows))
