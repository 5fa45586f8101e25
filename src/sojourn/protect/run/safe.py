"""Withhold, attack, and withhold again until nobody gets through."""

from collections.abc import Callable

import numpy as np

from sojourn.protect.audit.audit import Audit, AuditedTable, attack, sealed
from sojourn.protect.suppress.protect import Suppression, suppress
from sojourn.protect.table.equations import Mask, System
from sojourn.protect.table.policy import Policy


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
        told(f"withholding ({len(system.keys):,} cells)")
        done = suppress(system, policy, declared=declared, before=before, hard=hard, told=told)
        told(f"attacking ({int(done.withheld.sum()):,} withheld cells)")
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
