"""The difference of two releases is a table that is published too.

Two safe tables give away whoever came or left between them. So a release in which only a few
persons changed is refused, unless it follows a fixed schedule and keeps the earlier pattern of
withheld cells, so that neither its day nor its pattern tells that somebody changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sojourn.errors import DisclosureRisk
from sojourn.protect.ledger.ledger import (
    PRIVATELY,
    SUPPRESS,
    Release,
    cell_name,
    key_named,
    sums_of,
)
from sojourn.protect.ledger.methods import refuse_other_method
from sojourn.protect.ledger.recognised import refuse_same_elsewhere
from sojourn.protect.table.equations import System
from sojourn.protect.table.policy import Policy


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed since one earlier release.

    Attributes
    ----------
    since : str
        Day of the earlier release.
    changed : float
        Persons who came and who left, at the least.
    hidden : bool
        The truth of its withheld cells is not at hand, so that more may have changed.
    """

    since: str
    changed: float
    hidden: bool


def differences(system: System, releases: Sequence[Release], series: str) -> tuple[Difference, ...]:
    """Return what changed since each earlier release of the series."""
    names = [cell_name(k) for k in system.keys]
    value = dict(zip(names, system.value.tolist(), strict=True))
    totals = _totals(tuple(names[i] for i in one) for one in sums_of(system))
    found = []
    for release in releases:
        if release.series == series and release.method != PRIVATELY:  # its noise tells none
            lost = any(w not in release.truth for w in release.withheld)
            hidden = lost or (release.noisy and not release.truth)
            found.append(Difference(release.day, _changed(value, totals, release), hidden))
    return tuple(found)


def _totals(sums: Iterable[Sequence[str]]) -> frozenset[str]:
    """Return the cells that are totals of others of the same dimensions."""
    return frozenset(one[0] for one in sums if _shape(one[0]) == _shape(one[1]))


def _shape(name: str) -> tuple[str, ...]:
    return tuple(d for d, _ in key_named(name))


def _changed(value: Mapping[str, float], totals: frozenset[str], release: Release) -> float:
    """Return who came and who left, at the least: by the finest cells of each table both have.

    A table that only one of them has tells nothing of the difference, and hides none.
    """
    known = {**release.published, **release.truth}
    unknown = set(release.withheld) - known.keys()
    totals |= _totals(release.sums)
    shapes = {_shape(n) for n in value} & {_shape(n) for n in {*known, *unknown}}
    moved = dict.fromkeys(shapes, 0.0)
    most = 0.0  # of a total whose parts are not at hand
    for name in {*value, *known} - unknown:
        shape, by = _shape(name), abs(value.get(name, 0.0) - known.get(name, 0.0))
        if shape in moved and name not in totals:
            moved[shape] += by
        elif shape in moved:
            most = max(most, by)
    return max([most, *moved.values()])


def _refuse_same_elsewhere(
    system: System, releases: Sequence[Release], series: str, policy: Policy
) -> None:
    names = [cell_name(k) for k in system.keys]
    value = dict(zip(names, system.value.tolist(), strict=True))
    totals = _totals(tuple(names[i] for i in one) for one in sums_of(system))
    by = {
        place: _changed(value, totals, r)
        for place, r in enumerate(releases)
        if r.series != series and not value.keys().isdisjoint({*r.published, *r.truth} - {"_T"})
    }
    few = {place: changed for place, changed in by.items() if changed <= policy.changed}
    refuse_same_elsewhere(value, totals, releases, series, few)


def refuse_small(
    system: System,
    releases: Sequence[Release],
    series: str,
    policy: Policy,
    *,
    scheduled: bool,
    method: str = SUPPRESS,
    others: bool = True,
) -> tuple[Difference, ...]:
    """Return the differences to all earlier releases, or refuse the release.

    Raises
    ------
    DisclosureRisk
        Between 1 and ``policy.changed`` persons changed since an earlier release and this one is
        off schedule; an earlier one was made safe by another method; or, unless the asker says that
        no other series has these people (``others``), one has the same numbers under other names.
    """
    refuse_other_method(releases, series, method)
    if not others:
        _refuse_same_elsewhere(system, releases, series, policy)
    found = differences(system, releases, series)
    for one in found:
        few = one.changed <= policy.changed and (one.changed > 0 or one.hidden)
        if few and not scheduled:
            raise DisclosureRisk(
                f"since the release of {one.since} only a few persons changed: the difference tells who",
                hint="wait for the next day of a fixed schedule (--scheduled), or for more changes",
            )
    return found
