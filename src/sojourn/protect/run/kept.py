"""Releases of changed numbers in the memory: what was rounded or moved before stays as it was.

A count rounded to 5 by one release and to 10 by another lies between 6 and 9. So the same people keep
their numbers, tables of other dimensions of them are rounded beside each other, and where only a few
came or left the release is refused, as where cells are withheld.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sojourn.errors import DisclosureRisk
from sojourn.protect.ledger.audiences import seen_beside
from sojourn.protect.ledger.difference import Difference, refuse_small
from sojourn.protect.ledger.ledger import PUBLIC, Release, cell_name, read_ledger, sums_of
from sojourn.protect.ledger.remembered import beside, same_people
from sojourn.protect.run.read import Asked
from sojourn.protect.table.equations import Floats, Mask, System
from sojourn.protect.table.policy import Policy


@dataclass(frozen=True, slots=True)
class Kept:
    """What a series has published of changed numbers, and where this release stands in it.

    Attributes
    ----------
    series, day, method : str
    releases : tuple of Release
        Of the series, the oldest first.
    differences : tuple of Difference
        To each of them.
    """

    series: str
    day: str
    method: str
    releases: tuple[Release, ...]
    differences: tuple[Difference, ...]

    def told(self, policy: Policy) -> list[dict[str, Any]]:
        """Return what ``audit.json`` says of them."""
        return [
            {"since": d.since, "few_changed": 0 < d.changed <= policy.changed}
            for d in self.differences
        ]


def kept_of(asked: Asked, system: System, policy: Policy, name: str, method: str) -> Kept | None:
    """Return what the series has published before; none where there is no memory.

    Raises
    ------
    DisclosureRisk
        By another method, or only a few persons changed since, or the true numbers of an earlier
        release are not at hand.
    LedgerBroken
        The memory is not whole.
    """
    if asked.ledger is None:
        return None
    series = asked.series or name
    day = (asked.day or date.today()).isoformat()  # noqa: DTZ011 - the office's own day
    seen = seen_beside(read_ledger(asked.ledger), policy, PUBLIC)
    releases = tuple(r for r in seen if r.series == series and not r.to)
    found = refuse_small(
        system,
        seen,
        series,
        policy,
        scheduled=asked.scheduled,
        method=method,
        others=asked.others,
    )
    if lost := next((d for d in found if d.hidden), None):
        raise DisclosureRisk(
            f"the true numbers of the release of {lost.since} are not at hand: who changed cannot be counted",
            hint=f"restore {asked.ledger}.private from its copy",
        )
    return Kept(series, day, method, releases, found)


def with_rounded(system: System, kept: Kept | None) -> tuple[System, Mapping[int, float]]:
    """Return a system with all earlier releases of the same people, and what they showed of its cells."""
    shown: dict[str, float] = {}
    for release in kept.releases if kept else ():
        known = {**release.published, **release.truth}
        if same_people(system, known):
            system = beside(system, release, known)
            shown |= release.published
    names = [cell_name(k) for k in system.keys]
    return system, {i: shown[n] for i, n in enumerate(names) if n in shown}


def release_kept(
    kept: Kept | None, system: System, value: Floats, primary: Mask, policy: str
) -> Release | None:
    """Return what the memory is to hold of a release; none where it holds it, or there is none.

    Parameters
    ----------
    value : ndarray, shape (n,)
        What is published, of the first cells of the system.
    """
    if kept is None:
        return None
    names = [cell_name(k) for k in system.keys[: len(value)]]
    sums = [one for one in sums_of(system) if max(one) < len(value)]
    made = Release(
        series=kept.series,
        day=kept.day,
        policy=policy,
        published=dict(zip(names, value.tolist(), strict=True)),
        withheld=(),
        truth=dict(zip(names, system.value.tolist(), strict=False)),
        sums=tuple(tuple(names[i] for i in one) for one in sums),
        asked={names[i]: 0.0 for i in np.flatnonzero(primary[: len(value)])},
        method=kept.method,
    )
    same = (r.published == made.published and r.truth == made.truth for r in kept.releases)
    return None if any(same) else made
