"""Tables that another subject makes, ready to be published: the way in for its writers.

A subject states its tables as rows (`sojourn.protect.table.table.Row`) and takes back an
`AuditedTable`, the only thing its writers accept::

    rows = [Row(("_T", "_T"), 40), Row(("F", "_T"), 18), Row(("F", "placed"), 12), ...]
    outcome = Hierarchy("outcome", {"_T": ("placed", "without"), "placed": ("wished", "elsewhere")})
    made = publishable(
        [Table("sex", ("sex", "outcome"), rows), Table("age", ("age", "outcome"), more)],
        packaged("site"),
        hierarchies={"outcome": (outcome,)},
        known={(): 40},                        # the head count stands on the ministry's page
        contributors=[{(("outcome", "wished"), ("sex", "F")): 2, ...}, ...],   # one a family
        memory=Memory(site / "releases.jsonl", series="fairness", day=day, scheduled=False),
    )
    made.audited.cells()[("outcome", "placed"), ("sex", "F")]  # None where it is withheld
    remember_made(made)                                        # after it was written

Linked tables share the cells whose keys agree; what is never printed but follows from what is
(``without`` above) is a row with ``latent=True``; a cell that can only be kept to within less than
the policy's w has its own ``width``. What is known from elsewhere is ``known``: it stays published and
nothing leans on it. Somebody alone in a cell knows every part of it; a family, given as a contributor by
its finest cells, knows what is its own. Where the people are too few, the ladder goes down: the coarser
codes, the grand total alone, nothing. A memory whose entries were written under other names of cells
is read through ``names``; `shown_last` is what the series showed last.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from sojourn.protect.audit.audit import AuditedTable, Finding, audited
from sojourn.protect.ledger.audiences import seen_beside
from sojourn.protect.ledger.difference import Difference, refuse_small
from sojourn.protect.ledger.ledger import (
    PUBLIC,
    Release,
    append,
    cell_name,
    key_named,
    read_ledger,
    release_of,
    renamed,
)
from sojourn.protect.run.before import Before, against_all
from sojourn.protect.suppress.primary import primary_cells
from sojourn.protect.suppress.protect import Suppression
from sojourn.protect.table.equations import Key, system_of
from sojourn.protect.table.hierarchy import Hierarchy
from sojourn.protect.table.insiders import with_contributors
from sojourn.protect.table.known import with_known
from sojourn.protect.table.policy import Policy
from sojourn.protect.table.said import Said
from sojourn.protect.table.table import Table


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory of releases and this release's place in it.

    Attributes
    ----------
    ledger : Path
        Made if new.
    series : str
        Releases of one series are held against each other.
    day : date
    scheduled : bool
        It is a day of a schedule fixed beforehand.
    names : callable, optional
        From the name of a cell of an entry (``sex=F/outcome=placed``) to its name today; ``None``
        for what today's tables have no place for.
    audience : str
        To whom, as the policy names them.
    """

    ledger: Path
    series: str
    day: date
    scheduled: bool = False
    names: Callable[[str], str | None] | None = None
    audience: str = PUBLIC

    def releases(self) -> tuple[Release, ...]:
        """Return the releases of the series, the oldest first, under today's names.

        Raises
        ------
        LedgerBroken
            The memory of releases was edited.
        """
        found = (r for r in read_ledger(self.ledger) if r.series == self.series)
        return tuple(r if self.names is None else renamed(r, self.names) for r in found)


@dataclass(frozen=True, slots=True)
class Publishable:
    """What may be published, and what it took.

    Attributes
    ----------
    audited : AuditedTable
    suppression : Suppression
    rung : str
        ``whole``, ``coarser codes``, ``one-way totals`` or ``one number``.
    differences : tuple of Difference
        To the earlier releases of the series.
    memory : Memory or None
    counter : Finding or None
        What those find who know how many changed since earlier releases.
    """

    audited: AuditedTable
    suppression: Suppression
    rung: str
    differences: tuple[Difference, ...]
    memory: Memory | None
    counter: Finding | None = None


def publishable(
    tables: Sequence[Table],
    policy: Policy,
    *,
    hierarchies: Mapping[str, Sequence[Hierarchy]] | None = None,
    known: Mapping[Key, float] | None = None,
    contributors: Sequence[Mapping[Key, float]] = (),
    said: Sequence[Said] = (),
    memory: Memory | None = None,
) -> Publishable:
    """Return tables with the cells withheld that must be, attacked and safe.

    Parameters
    ----------
    known : mapping of key to value, optional
        Cells published elsewhere: dimension and code of each, totals left out.
    contributors : sequence of mapping of key to amount
        What families, cases or enterprises have of the finest cells, one mapping each.
    said : sequence of Said
        Sentences printed beside them: rounded shares, bounds, halves, medians.

    Raises
    ------
    TableRefused
        The tables contradict themselves or each other.
    DisclosureRisk
        Too few people for even one number, or too few changed since an earlier release.
    LedgerBroken
        The memory of releases was edited.
    """
    system = with_contributors(
        system_of(with_known(tables, known or {}), hierarchies), contributors
    )
    releases = seen_beside(memory.releases(), policy, memory.audience) if memory else ()
    series = memory.series if memory else ""
    scheduled = memory.scheduled if memory else False
    found = refuse_small(system, releases, series, policy, scheduled=scheduled)
    declared = any(t.declared for t in tables)
    before = Before(releases, series, found, scheduled, said)
    made = against_all(system, policy, before, declared=declared)
    return Publishable(made.sealed, made.done, made.rung, found, memory, made.finding)


def remember_made(made: Publishable) -> None:
    """Enter a release in the memory it was made with; the same one twice is entered once.

    Raises
    ------
    LedgerBroken
        The memory was edited, or cannot be written.
    """
    if made.memory is None:
        return
    audited = made.audited
    policy = f"{audited.policy.id}@{audited.policy.version}"
    release = release_of(
        audited.system,
        audited.withheld,
        made.suppression.primary.cells,
        made.memory.series,
        made.memory.day.isoformat(),
        policy,
        made.memory.audience,
    )
    if not any(
        (r.audience, r.published, r.withheld, r.truth)
        == (release.audience, release.published, release.withheld, release.truth)
        for r in made.memory.releases()
    ):
        append(made.memory.ledger, release)


def shown_last(memory: Memory) -> dict[Key, float | None] | None:
    """Return what the series showed last, ``None`` where it was withheld; ``None`` where nothing was.

    Raises
    ------
    LedgerBroken
        The memory was edited.
    """
    found = [r for r in memory.releases() if r.audience == memory.audience]
    if not found:
        return None
    last = found[-1]
    shown = {key_named(n): v for n, v in last.published.items()}
    return {**shown, **{key_named(n): None for n in last.withheld}}


def shown_again(
    earlier: Release,
    tables: Sequence[Table],
    policy: Policy,
    hierarchies: Mapping[str, Sequence[Hierarchy]] | None = None,
) -> AuditedTable:
    """Return an earlier release, attacked once more: the same numbers withheld, the others as they were.

    Parameters
    ----------
    tables : sequence of Table
        Those of the earlier release, the truth of what it withheld among them.

    Raises
    ------
    DisclosureRisk
        An attacker gets through.
    """
    system, before = system_of(tables, hierarchies), {*earlier.withheld}
    withheld = np.array([cell_name(key) in before for key in system.keys], dtype=bool)
    primary = primary_cells(system, policy, declared=any(t.declared for t in tables)).cells
    return audited(system, withheld, primary, policy)
