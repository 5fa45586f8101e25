"""What reports of a site have shown before: two safe tables give away whoever came or left between them.

Each report is entered in the memory of releases that lies with the site. Off a fixed schedule a report
between which and an earlier one a few people changed is refused; on it, the table that was shown last is
shown again, so that neither the day, nor the numbers, nor their pattern tell that somebody changed. What was
withheld before stays withheld.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sojourn.errors import DisclosureRisk
from sojourn.protect.audit.audit import AuditedTable
from sojourn.protect.ledger.ledger import PRIVATE, Release, cell_name, key_named
from sojourn.protect.run.publishable import Memory, Publishable, remember_made, shown_again
from sojourn.protect.table.policy import packaged
from sojourn.relocation.lists.fairness import (
    MEASURES,
    OUTCOME,
    OUTCOMES,
    POLICY,
    TOTAL,
    Families,
    key_of,
    protected,
    tables_of_groups,
)
from sojourn.relocation.proposal.proposal import GroupShare
from sojourn.relocation.site.private import FILE

MEMORY = "releases.jsonl"
MEMORY_FILES = (MEMORY, MEMORY + PRIVATE)
_BEFORE = re.compile(r"dimension=(.*?)/group=(.*)/measure=(.*)")


@dataclass(frozen=True, slots=True)
class Shown:
    """The table that may be shown beside all that was shown before.

    Attributes
    ----------
    made : Publishable or None
        To be entered in the memory; None where the table that was shown last is shown again.
    """

    table: AuditedTable
    made: Publishable | None


def beside_earlier(
    site: Path,
    series: str,
    day: date,
    groups: Sequence[GroupShare],
    families: Families = (),
    *,
    scheduled: bool,
) -> Shown:
    """Return the table by group that may be shown beside all that was shown before.

    Raises
    ------
    DisclosureRisk
        A few people changed since an earlier report, and this one is off schedule; or the table that
        was shown last has to be shown again and its private part is lost.
    LedgerBroken
        The memory of releases was edited.
    """
    memory = Memory(site / MEMORY, series, day, scheduled, names=_name_now)
    made = protected(groups, families, memory)
    few = packaged(POLICY).changed
    if any((d.changed > 0 or d.hidden) and d.changed <= few for d in made.differences):
        return Shown(_again(memory.releases()[-1]), None)
    return Shown(made.audited, made)


def remember(site: Path, shown: Shown) -> None:
    """Enter a report in the memory; one that shows and withholds the same again is entered once.

    Raises
    ------
    LedgerBroken
        The memory was edited, or cannot be written.
    """
    if shown.made is not None:
        remember_made(shown.made)
    for name in MEMORY_FILES:
        if (site / name).exists():
            (site / name).chmod(FILE)


def _again(earlier: Release) -> AuditedTable:
    """Return the table of an earlier release, attacked once more."""
    if any(name not in earlier.truth for name in earlier.withheld):
        raise DisclosureRisk(
            "only a few people changed, and what the last report withheld is not at hand",
            hint=f"restore {MEMORY_FILES[1]} from its copy: without it the report of before cannot be shown again",
        )
    tables = tables_of_groups(_groups(earlier))
    return shown_again(earlier, tables, packaged(POLICY), {OUTCOME: OUTCOMES})


def _name_now(name: str) -> str:
    """Return the name of a cell today, of a memory that was written when groups had no tables."""
    before = _BEFORE.fullmatch(name)
    if before is None:
        return name
    dimension, group, measure = before.groups()
    return cell_name(key_of(dimension, group, MEASURES.get(measure, measure)))


def _groups(earlier: Release) -> tuple[GroupShare, ...]:
    """Return the counts by group of an earlier release."""
    of_outcome = {code: measure for measure, code in MEASURES.items()}
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for name, value in {**earlier.published, **earlier.truth}.items():
        key = dict(key_named(name))
        measure = of_outcome.get(key.pop(OUTCOME, TOTAL))
        for dimension, group in key.items():
            if measure is not None:
                found[dimension, group][measure] = round(value)
    return tuple(GroupShare(dimension=d, group=g, **own) for (d, g), own in sorted(found.items()))
