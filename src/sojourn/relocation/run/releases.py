"""What reports of a site have shown before: two safe tables give away whoever came or left between them.

Each report is entered in the memory of releases that lies with the site. Off a fixed schedule a report
between which and an earlier one a few people changed is refused; on it, what was withheld before stays
withheld, so that neither the day nor the pattern tells that somebody changed.
"""

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
    withheld: set[str] = set()
    for earlier in read_ledger(site / MEMORY):
        if earlier.series != series:
            continue
        withheld |= set(earlier.withheld)
        changed = _changed(truth, {**earlier.published, **earlier.truth})
        if 0 < changed <= policy.changed and not scheduled:
            raise DisclosureRisk(
                f"since the report of {earlier.day} only a few people changed: the difference tells who",
                hint="wait for the next day of a fixed schedule (--scheduled), or for more changes",
            )
    return tuple(
        replace(c, obs_value=None, obs_status=ObsStatus.SUPPRESSED) if _name(c) in withheld else c
        for c in cells
    )


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
    hidden = tuple(_name(c) for c in cells if c.obs_value is None)
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
    if any(
        (r.series, r.published, r.withheld, r.truth) == (series, shown, hidden, new.truth)
        for r in known
    ):
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
