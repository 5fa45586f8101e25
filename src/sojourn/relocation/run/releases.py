"""What reports of a site have shown before: two safe tables give away whoever came or left between them.

Each report is entered in the memory of releases that lies with the site. Off a fixed schedule a report
between which and an earlier one a few people changed is refused; on it, the table that was shown last is
shown again, so that neither the day, nor the numbers, nor their pattern tell that somebody changed. What was
withheld before stays withheld.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sojourn.errors import DisclosureRisk, SiteRefused
from sojourn.files import place_files
from sojourn.protect.audit.audit import AuditedTable
from sojourn.protect.ledger.ledger import (
    PRIVATE,
    Release,
    cell_name,
    key_named,
    read_ledger,
)
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
    with_those_of,
)
from sojourn.relocation.lists.regions import REGION, protected_regions, table_of_regions
from sojourn.relocation.proposal.proposal import GroupShare
from sojourn.relocation.site.private import FILE

MEMORY = "releases.jsonl"
BY_REGION = ", people by region"  # the series of maps beside that of tables by group
MEMORY_FILES = (MEMORY, MEMORY + PRIVATE)
_BEFORE = re.compile(r"dimension=(.*?)/group=(.*)/measure=(.*)")


@dataclass(frozen=True, slots=True)
class Shown:
    """The tables that may be shown beside all that was shown before.

    Attributes
    ----------
    table, regions : AuditedTable
        People by group, and by region.
    made : tuple of Publishable
        To be entered in the memory; empty where the tables that were shown last are shown again.
    again : bool
        They are those of an earlier report: what is said beside them may not be of today's groups.
    """

    table: AuditedTable
    regions: AuditedTable
    made: tuple[Publishable, ...]
    again: bool = False


def beside_earlier(
    memory: Memory,
    groups: Sequence[GroupShare],
    families: Families = (),
    regions: Mapping[str, float] | None = None,
    region_families: Families = (),
) -> Shown:
    """Return the tables by group and by region that may be shown beside all that was shown before.

    Where only a few people changed both are shown again, so that neither is read against the other.
    Without regions the one by region is empty, and none is remembered.

    Raises
    ------
    DisclosureRisk
        A few people changed since an earlier report, and this one is off schedule; or the table that
        was shown last has to be shown again and its private part is lost.
    LedgerBroken
        The memory of releases was edited.
    """
    memory = replace(memory, series=_series(memory))
    of_groups = replace(memory, names=_name_now)
    of_regions = replace(memory, series=f"{memory.series}{BY_REGION}")
    earlier = [m.releases() for m in (of_groups, of_regions)]
    groups = with_those_of(groups, _groups_of(earlier[0]))
    if regions is not None:
        regions = {**dict.fromkeys(_regions_of(earlier[1]), 0), **regions}
    made = (
        protected(groups, families, of_groups),
        protected_regions(regions or {}, region_families, None if regions is None else of_regions),
    )
    few = packaged(POLICY).changed
    differences = [d for one in made for d in one.differences]
    if not any((d.changed > 0 or d.hidden) and d.changed <= few for d in differences):
        return Shown(made[0].audited, made[1].audited, made)
    return Shown(
        _again(earlier[0][-1], _groups_again) if earlier[0] else made[0].audited,
        _again(earlier[1][-1], _regions_again) if earlier[1] else made[1].audited,
        tuple(one for one, before in zip(made, earlier, strict=True) if not before),
        again=True,
    )


def _series(memory: Memory) -> str:
    """Return under which name the people of a site are remembered: whatever the plan is called today, they are the same."""
    names = [r.series.removesuffix(BY_REGION) for r in read_ledger(memory.ledger)]
    return names[-1] if names else memory.series


def follow(site: Path, before: Path) -> None:
    """Take over what reports from another folder have shown of the same people.

    Raises
    ------
    SiteRefused
        This site remembers reports of its own, or the other folder none.
    LedgerBroken
        Its memory was edited.
    """
    if (site / MEMORY).exists():
        raise SiteRefused(
            f"{site}: remembers reports already", hint="leave --after out: nothing was written"
        )
    if not (before / MEMORY).is_file():
        raise SiteRefused(
            f"{before}: remembers no report", hint=f"name the folder in which {MEMORY} lies"
        )
    read_ledger(before / MEMORY)
    held = {n: (before / n).read_bytes() for n in MEMORY_FILES if (before / n).is_file()}
    place_files(site, held, error=SiteRefused)
    for name in held:
        (site / name).chmod(FILE)


def remember(site: Path, shown: Shown) -> None:
    """Enter a report in the memory; one that shows and withholds the same again is entered once.

    Raises
    ------
    LedgerBroken
        The memory was edited, or cannot be written.
    """
    for made in shown.made:
        remember_made(made)
    for name in MEMORY_FILES:
        if (site / name).exists():
            (site / name).chmod(FILE)


def _groups_of(earlier: Sequence[Release]) -> Iterator[tuple[str, str]]:
    """Yield every group that was shown or withheld before."""
    for name in (n for release in earlier for n in (*release.published, *release.withheld)):
        yield from (pair for pair in key_named(name) if pair[0] != OUTCOME)


def _regions_of(earlier: Sequence[Release]) -> Iterator[str]:
    for name in (n for release in earlier for n in (*release.published, *release.withheld)):
        yield from (region for _, region in key_named(name))


def _again(earlier: Release, again: Callable[[Release], AuditedTable]) -> AuditedTable:
    """Return the table of an earlier release, attacked once more."""
    if any(name not in earlier.truth for name in earlier.withheld):
        raise DisclosureRisk(
            "only a few people changed, and what the last report withheld is not at hand",
            hint=f"restore {MEMORY_FILES[1]} from its copy: without it the report of before cannot be shown again",
        )
    return again(earlier)


def _groups_again(earlier: Release) -> AuditedTable:
    tables = tables_of_groups(_groups(earlier))
    return shown_again(earlier, tables, packaged(POLICY), {OUTCOME: OUTCOMES})


def _regions_again(earlier: Release) -> AuditedTable:
    told = {**earlier.published, **earlier.truth}
    persons = {dict(key)[REGION]: n for name, n in told.items() if (key := key_named(name))}
    return shown_again(earlier, [table_of_regions(persons)], packaged(POLICY))


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
