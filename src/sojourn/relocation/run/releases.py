"""What reports of a site have shown before: two safe tables give away whoever came or left between them.

Each report is entered in the memory of releases that lies with the site. Off a fixed schedule a report
between which and an earlier one a few people changed is refused; on it, the table that was shown last is
shown again, so that neither the day, nor the numbers, nor their pattern tell that somebody changed. What was
withheld before stays withheld.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sojourn.errors import DisclosureRisk
from sojourn.protect.ledger.ledger import PRIVATE, Release, append, read_ledger
from sojourn.protect.table.policy import packaged
from sojourn.relocation.lists.fairness import MEASURES, TOTAL, FairnessCell
from sojourn.relocation.proposal.proposal import GroupShare
from sojourn.relocation.site.private import FILE
from sojourn.vocab.status import ObsStatus

MEMORY = "releases.jsonl"
MEMORY_FILES = (MEMORY, MEMORY + PRIVATE)
POLICY = "site"
Cell = tuple[str, str, str]  # dimension, group, measure
_NAME = re.compile(r"dimension=(.*?)/group=(.*)/measure=(.*)")


def remembered(
    site: Path,
    series: str,
    cells: Sequence[FairnessCell],
    groups: Sequence[GroupShare],
    *,
    scheduled: bool,
) -> tuple[FairnessCell, ...]:
    """Return the cells that may be shown beside all that was shown before.

    Raises
    ------
    DisclosureRisk
        A few people changed since an earlier report, and this one is off schedule.
    LedgerBroken
        The memory of releases was edited.
    """
    policy, truth = packaged(POLICY), _truth(groups)
    known = [r for r in read_ledger(site / MEMORY) if r.series == series]
    for earlier in known:
        unknown = {*earlier.withheld} - earlier.truth.keys()  # where the private file is gone
        now = {n: v for n, v in truth.items() if n not in unknown}
        changed = _changed(now, {**earlier.published, **earlier.truth})
        if 0 < changed <= policy.changed and not scheduled:
            raise DisclosureRisk(
                f"since the report of {earlier.day} only a few people changed: the difference tells who",
                hint="wait for the next day of a fixed schedule (--scheduled), or for more changes",
            )
        if 0 < changed <= policy.changed:
            return _again(known[-1], cells)
    withheld = {name for earlier in known for name in earlier.withheld}
    return tuple(
        replace(c, obs_value=None, obs_status=ObsStatus.SUPPRESSED) if _name(c) in withheld else c
        for c in cells
    )


def _again(earlier: Release, cells: Sequence[FairnessCell]) -> tuple[FairnessCell, ...]:
    """Return the table of an earlier release: a group that is new since is not in it, one that is gone is."""
    order = {_name(c): n for n, c in enumerate(cells)}
    names = sorted(
        (*earlier.published, *earlier.withheld), key=lambda n: (order.get(n, len(order)), n)
    )
    found = []
    for name in names:
        dimension, group, measure = _NAME.fullmatch(name).groups()  # type: ignore[union-attr]
        value = earlier.published.get(name)
        status = ObsStatus.SUPPRESSED if value is None else ObsStatus.NORMAL
        shown = None if value is None else int(value)
        found.append(FairnessCell(dimension, group, measure, shown, status))
    return tuple(found)


def remember_release(
    site: Path,
    series: str,
    day: str,
    cells: Sequence[FairnessCell],
    groups: Sequence[GroupShare],
) -> None:
    """Enter a report in the memory; one that shows and withholds the same again is entered once.

    Raises
    ------
    LedgerBroken
        The memory was edited, or cannot be written.
    """
    truth = _truth(groups)
    shown = {_name(c): float(c.obs_value) for c in cells if c.obs_value is not None}
    hidden = tuple(sorted(_name(c) for c in cells if c.obs_value is None))
    policy = packaged(POLICY)
    new = Release(
        series=series,
        day=day,
        policy=f"{POLICY} {policy.version}",
        published=shown,
        withheld=hidden,
        truth={n: truth[n] for n in hidden if n in truth},
    )
    known = read_ledger(site / MEMORY)
    if any((r.series, r.published, r.withheld) == (series, shown, new.withheld) for r in known):
        return
    append(site / MEMORY, new)
    for name in MEMORY_FILES:
        (site / name).chmod(FILE)


def _name(cell: FairnessCell) -> str:
    return f"dimension={cell.dimension}/group={cell.group}/measure={cell.measure}"


def _truth(groups: Sequence[GroupShare]) -> dict[str, float]:
    """Return every number, those that are withheld too."""
    found = {}
    total: dict[str, float] = defaultdict(float)
    first = min((g.dimension for g in groups), default="")
    for g in groups:
        for measure in MEASURES:
            value = float(getattr(g, measure))
            found[f"dimension={g.dimension}/group={g.group}/measure={measure}"] = value
            total[measure] += value * (g.dimension == first)
    for measure, value in total.items():
        found[f"dimension={TOTAL}/group={TOTAL}/measure={measure}"] = value
    return found


def _changed(now: Mapping[str, float], before: Mapping[str, float]) -> float:
    """Return how many people changed, at the least: who came and who left, in the table that tells most."""
    moved: dict[tuple[str, str], float] = defaultdict(float)
    for name in now.keys() | before.keys():
        dimension, _, rest = name.partition("/")
        measure = rest.rpartition("/")[2]
        moved[dimension, measure] += abs(now.get(name, 0.0) - before.get(name, 0.0))
    return max(moved.values(), default=0.0)
