"""Withhold, attack, and withhold again until nobody gets through; where too few are there, less.

The ladder for small totals: the whole table, coarser codes, one-way totals, one number, nothing.
"""

from collections.abc import Callable

import numpy as np

from sojourn.errors import DisclosureRisk, counted
from sojourn.protect.audit.audit import Audit, AuditedTable, attack, sealed
from sojourn.protect.suppress.pattern import public_cells
from sojourn.protect.suppress.protect import Suppression, suppress
from sojourn.protect.table.equations import Mask, System
from sojourn.protect.table.policy import Policy

WHOLE, COARSER, MARGINS, NUMBER = "whole", "coarser codes", "one-way totals", "one number"


def until_safe(
    system: System,
    policy: Policy,
    before: Mask,
    *,
    declared: bool,
    told: Callable[[str], None] = lambda _: None,
) -> tuple[Suppression, AuditedTable]:
    """Withhold, attack, and where whole numbers are narrower than fractions withhold again.

    Raises
    ------
    DisclosureRisk
        Nothing that may be withheld protects every primary cell.
    """
    hard: set[int] = set()
    while True:
        told(f"withholding ({counted(len(system.keys), 'cell')})")
        done = suppress(system, policy, declared=declared, before=before, hard=hard, told=told)
        told(f"attacking ({counted(int(done.withheld.sum()), 'withheld cell')})")
        found = attack(system, done.withheld, done.primary.cells, policy, done.witnesses)
        narrow = set() if found.safe else _too_narrow(found, done)
        if narrow <= hard:
            return done, sealed(system, done.withheld, policy, found)
        hard |= narrow
        before = done.withheld


def _too_narrow(found: Audit, done: Suppression) -> set[int]:
    """Return the narrower half of the primary cells: a whole-number programme each is dear."""
    width = found.interval.high - found.interval.low
    order = np.flatnonzero(done.primary.cells)
    narrow = order[np.argsort(width[order], kind="stable")]
    return {int(i) for i in narrow[: max(1, len(narrow) // 2)]}


def down_the_ladder(
    system: System,
    policy: Policy,
    before: Mask,
    *,
    declared: bool = False,
    told: Callable[[str], None] = lambda _: None,
) -> tuple[Suppression, AuditedTable, str]:
    """Return the most that can be published safely: all, coarser codes, margins, one number.

    What everybody knows already no rung takes back.

    Raises
    ------
    DisclosureRisk
        Not even the grand total may be published.
    """
    first: DisclosureRisk | None = None
    people = _people(system)
    kept = public_cells(system)
    today = np.array([bool(r.codes) for r in system.rows])
    one_number = np.array([bool(key) for key in system.keys], dtype=bool)
    for rung, hidden in _rungs(system):
        if people < policy.few and (hidden != one_number).any():
            continue
        try:
            done, sealed = until_safe(
                system, policy, before | hidden & ~kept, declared=declared, told=told
            )
        except DisclosureRisk as error:
            first = first or error
            continue
        if not done.withheld[today].all():
            if rung != WHOLE:
                told(f"too few people for the whole table: {rung}")
            return done, sealed, rung
    raise DisclosureRisk(
        "too few people for any table, or even for their number",
        hint="publish nothing of them, or count them with others",
    ) from first


def refuse_kept(system: System, withheld: Mask, why: str) -> None:
    """Refuse a release that withholds what must be published.

    Raises
    ------
    DisclosureRisk
        How many such cells there are, and the codes of the first.
    """
    kept = np.array([r.keep and not r.public for r in system.rows], dtype=bool)
    lost = np.flatnonzero(kept & withheld)
    if len(lost):
        first = "/".join(system.rows[lost[0]].codes)
        raise DisclosureRisk(
            f"{counted(len(lost), 'cell')} that must be published (keep, or p of an a-priori file) "
            f"would be withheld, {first} the first: {why}",
            hint="take the mark away; or say s (safe) of a cell whose number harms nobody",
        )


def _people(system: System) -> float:
    """Return the grand total, or where no table gives it the sum of the finest cells."""
    depth = np.array([len(key) for key in system.keys])
    totals = np.isin(np.arange(len(depth)), system.sums.maximum(0).nonzero()[1])
    today = np.array([bool(r.codes) for r in system.rows])
    finest = (depth == depth[today].max()) & ~totals & today
    return float(system.value[depth == 0 if (depth == 0).any() else finest].sum())


def _rungs(system: System) -> list[tuple[str, Mask]]:
    """Return what is withheld from the start on each rung, every rung more than the one before."""
    n, total = len(system.keys), np.array([not key for key in system.keys], dtype=bool)
    columns = system.sums.maximum(0).nonzero()[1]
    is_total = np.zeros(n, dtype=bool)
    is_total[columns] = True
    deep = np.array([len(key) > 1 for key in system.keys], dtype=bool)
    rungs, last = [(WHOLE, np.zeros(n, dtype=bool))], np.zeros(n, dtype=bool)
    for name, hidden in ((COARSER, ~is_total), (MARGINS, ~is_total | deep), (NUMBER, ~total)):
        if (hidden != last).any() and not hidden.all():
            rungs.append((name, hidden))
            last = hidden
    return rungs
