"""A table against all that was published before: by the same people, and by others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.errors import DisclosureRisk
from sojourn.protect.audit.audit import AuditedTable, Finding
from sojourn.protect.ledger.difference import Difference
from sojourn.protect.ledger.ledger import Release
from sojourn.protect.ledger.remembered import remembered
from sojourn.protect.run.counted import Counters
from sojourn.protect.run.ladder import down_the_ladder
from sojourn.protect.suppress.protect import Suppression
from sojourn.protect.table.equations import System
from sojourn.protect.table.policy import Policy
from sojourn.protect.table.said import Said, with_said


@dataclass(frozen=True, slots=True)
class Before:
    """What was published before.

    Attributes
    ----------
    releases : tuple of Release
    series : str
    found : tuple of Difference
        What changed since each of the series.
    scheduled : bool
    said : sequence of Said
        Sentences that are printed beside the table.
    """

    releases: Sequence[Release]
    series: str
    found: Sequence[Difference]
    scheduled: bool
    said: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What may be published, and what it took.

    Attributes
    ----------
    done : Suppression
    sealed : AuditedTable
    rung : str
    finding : Finding or None
        Of those who know how many changed since earlier releases.
    left_out : int
        Earlier releases of other people that are too large to be asked so.
    """

    done: Suppression
    sealed: AuditedTable
    rung: str
    finding: Finding | None
    left_out: int


def against_all(
    system: System,
    policy: Policy,
    before: Before,
    *,
    declared: bool,
    told: Callable[[str], None] = lambda _: None,
) -> Made:
    """Return the most of a table that is safe beside all that was published before.

    Raises
    ------
    DisclosureRisk
        Not even the grand total is.
    """
    known = remembered(system, before.releases, before.series)
    plain = [r for r in before.releases if r.series == before.series and not r.noisy]
    today = len(system.keys)
    counters = Counters(known.system, today, plain, before.found, policy, declared=declared)
    whole, shut = with_said(known.system, before.said), counters.withheld(known.withheld)
    shut = np.append(shut, np.zeros(len(whole.keys) - len(shut), dtype=bool))
    try:
        done, sealed, rung = down_the_ladder(whole, policy, shut, declared=declared, told=told)
    except DisclosureRisk as error:
        if not before.said:
            raise
        raise DisclosureRisk(
            "beside the sentences no table of these people is safe",
            hint="leave a sentence out, round a share more coarsely, or say it of more people",
        ) from error
    here = sealed.withheld[: len(known.withheld)]
    finding = counters.finding(here, scheduled=before.scheduled)
    return Made(done, sealed, rung, finding, counters.left_out)
