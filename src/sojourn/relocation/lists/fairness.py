"""Shares by group that may be printed: no small number, and none that a subtraction gives back.

A group's people are of three kinds: without a place, with a place outside their first two wishes,
with a place among them. Published are ``persons``, ``placed`` and ``first_or_second_wish`` and
their totals, which whoever signs has to see and everybody is taken to know. What else is withheld is
decided, attacked and sealed by `sojourn.protect`, under the packaged policy ``plan``; which numbers
were withheld first is not told: all are marked ``Q``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sojourn.protect.audit.audit import AuditedTable
from sojourn.protect.run.publishable import Memory, Publishable, publishable
from sojourn.protect.table.equations import Key
from sojourn.protect.table.hierarchy import Hierarchy
from sojourn.protect.table.policy import packaged
from sojourn.protect.table.table import Row, Table
from sojourn.relocation.proposal.proposal import GroupShare
from sojourn.vocab.status import ObsStatus

POLICY = "plan"
T = int(packaged(POLICY).t)  # persons: smaller numbers are withheld, and not given back so closely
TOTAL = "_T"
OUTCOME = "outcome"
MEASURES = {"persons": TOTAL, "placed": "placed", "first_or_second_wish": "wished"}
LATENT = ("without", "elsewhere", "not as wished")  # never printed; they follow from what is
OUTCOMES = (
    Hierarchy(OUTCOME, {TOTAL: ("placed", "without"), "placed": ("wished", "elsewhere")}),
    Hierarchy(
        "by wish", {TOTAL: ("wished", "not as wished"), "not as wished": ("without", "elsewhere")}
    ),
)
Families = Sequence[Mapping[Key, float]]  # of each, its people by group and finest outcome


@dataclass(frozen=True, slots=True)
class FairnessCell:
    """One published number, or the place of one that is withheld.

    Attributes
    ----------
    obs_value : int or None
        Persons; None when withheld, never 0.
    obs_status : ObsStatus
        ``A`` or ``Q``.
    """

    dimension: str
    group: str
    measure: str
    obs_value: int | None
    obs_status: ObsStatus


def protected(
    groups: Sequence[GroupShare], families: Families = (), memory: Memory | None = None
) -> Publishable:
    """Return the table that may be printed, attacked and sealed.

    Parameters
    ----------
    families : sequence of mapping, optional
        Who subtracts what is their own: whoever travels together.
    memory : Memory, optional
        What was shown before; what it withheld stays withheld.

    Raises
    ------
    DisclosureRisk
        With a memory: only a few people changed since an earlier release, and this one is off
        schedule.
    LedgerBroken
        The memory was edited.
    """
    return publishable(
        tables_of_groups(groups),
        packaged(POLICY),
        hierarchies={OUTCOME: OUTCOMES},
        contributors=families,
        memory=memory,
    )


def with_those_of(
    groups: Sequence[GroupShare], known: Iterable[tuple[str, str]]
) -> tuple[GroupShare, ...]:
    """Return groups, and those of whom nobody takes part any more: a row that vanishes tells who left.

    Parameters
    ----------
    known : iterable of (dimension, group)
        On the register, or in an earlier table.
    """
    there = {(g.dimension, g.group) for g in groups}
    dimensions = {d for d, _ in there}
    gone = sorted({(d, g) for d, g in known if d in dimensions} - there)
    nobody = {"persons": 0, "placed": 0, "first_or_second_wish": 0}
    return (*groups, *(GroupShare(dimension=d, group=g, **nobody) for d, g in gone))


def tables_of_groups(groups: Sequence[GroupShare]) -> tuple[Table, ...]:
    """Return one table of groups by outcome for each dimension, linked by the totals of the plan."""
    dimensions = sorted({g.dimension for g in groups})
    tables = []
    for dimension in dimensions:
        inside = sorted((g for g in groups if g.dimension == dimension), key=lambda g: g.group)
        rows = _totals(inside)
        for group in inside:
            rows += _rows(group, alone=len(inside) == 1)
        tables.append(Table(dimension, (dimension, OUTCOME), tuple(rows)))
    nobody = tuple(Row((code,), 0.0, public=True) for code in (TOTAL, *_outcomes(0, 0, 0)))
    return tuple(tables) or (Table(OUTCOME, (OUTCOME,), nobody[1:]),)


def _outcomes(persons: float, placed: float, wished: float) -> dict[str, float]:
    """Return every number of a group, those that are never printed too."""
    return {
        TOTAL: persons,
        "placed": placed,
        "wished": wished,
        "without": persons - placed,
        "elsewhere": placed - wished,
        "not as wished": persons - wished,
    }


def _totals(groups: Sequence[GroupShare]) -> list[Row]:
    """Return the totals of the plan, which its report tells in any case."""
    told = _outcomes(
        sum(g.persons for g in groups),
        sum(g.placed for g in groups),
        sum(g.first_or_second_wish for g in groups),
    )
    return [Row((TOTAL, code), float(value), public=True) for code, value in told.items()]


def _rows(group: GroupShare, *, alone: bool) -> list[Row]:
    """Return the numbers of one group; that nobody of it takes part, has a place or its wish, is withheld."""
    shunned = {
        TOTAL: group.persons == 0,
        "placed": group.placed == 0,
        "wished": group.first_or_second_wish == 0,
    }
    told = _outcomes(group.persons, group.placed, group.first_or_second_wish)
    return [
        Row(
            (group.group, code),
            float(value),
            primary=shunned.get(code, False) and not alone,
            latent=code in LATENT and not alone,
            public=alone,  # the only group of its kind is the total
        )
        for code, value in told.items()
    ]


def cells_of(audited: AuditedTable) -> tuple[FairnessCell, ...]:
    """Return what is printed of a sealed table: the total, then every group of every dimension."""
    groups = {(TOTAL, TOTAL): None} | dict.fromkeys(
        sorted(filter(None, map(_group, audited.system.keys)))
    )
    told, found = audited.cells(), []
    for dimension, group in groups:
        for measure, code in MEASURES.items():
            key = key_of(dimension, group, code)
            value = told[key]
            shown = None if value is None else round(value)
            status = ObsStatus.SUPPRESSED if value is None else ObsStatus.NORMAL
            found.append(FairnessCell(dimension, group, measure, shown, status))
    return tuple(found)


def key_of(dimension: str, group: str, code: str) -> Key:
    """Return the cell of a group and an outcome."""
    pairs = ((dimension, group), (OUTCOME, code))
    return tuple(sorted(p for p in pairs if p[1] != TOTAL))


def _group(key: Key) -> tuple[str, str] | None:
    return next((pair for pair in key if pair[0] != OUTCOME), None)
