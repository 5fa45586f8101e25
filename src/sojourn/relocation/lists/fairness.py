"""Shares by group that may be printed: no small cell, and none that a subtraction gives back.

A group's people are of three kinds: without a place, with a place outside their first two wishes,
with a place among them. Published are ``persons``, ``placed`` and ``first_or_second_wish`` and
their totals. A number below ``T``, or whose complement is, is withheld; then more are, until
nobody who knows every published number can tell a withheld one to within ``T`` persons, not even
somebody who is a group of their own. Which were withheld first is not told: all are marked ``Q``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import linprog

from sojourn.relocation.proposal.proposal import GroupShare
from sojourn.vocab.status import ObsStatus

T = 10  # persons: smaller numbers are withheld, and not given back to within so many
TOTAL = "_T"
MEASURES = ("persons", "placed", "first_or_second_wish")

# of (without a place, placed elsewhere, placed as wished): quantity → coefficients, and how many
# of the three published numbers may be shown while it is withheld
_QUANTITIES: Mapping[str, tuple[tuple[int, int, int], int]] = {
    "persons": ((1, 1, 1), 0),
    "placed": ((0, 1, 1), 1),
    "without": ((1, 0, 0), 1),
    "wished": ((0, 0, 1), 2),
    "elsewhere": ((0, 1, 0), 2),
    "not as wished": ((1, 1, 0), 2),
}
_SHOWN = ((1, 1, 1), (0, 1, 1), (0, 0, 1))


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


def protected(groups: Sequence[GroupShare]) -> tuple[FairnessCell, ...]:
    """Return the table that may be printed: the total, then every group of every dimension."""
    found: list[FairnessCell] = []
    for dimension in sorted({g.dimension for g in groups}):
        inside = sorted((g for g in groups if g.dimension == dimension), key=lambda g: g.group)
        if not found:
            found += _cells(_total(inside), len(MEASURES))
        shown = _Withheld(inside).shown()
        for group, count in zip(inside, shown, strict=True):
            found += _cells(group, count)
    return tuple(found)


def _total(groups: Sequence[GroupShare]) -> GroupShare:
    return GroupShare(
        dimension=TOTAL,
        group=TOTAL,
        persons=sum(g.persons for g in groups),
        placed=sum(g.placed for g in groups),
        first_or_second_wish=sum(g.first_or_second_wish for g in groups),
    )


def _cells(group: GroupShare, shown: int) -> list[FairnessCell]:
    values = (group.persons, group.placed, group.first_or_second_wish)
    return [
        FairnessCell(group.dimension, group.group, measure, value, ObsStatus.NORMAL)
        if i < shown
        else FairnessCell(group.dimension, group.group, measure, None, ObsStatus.SUPPRESSED)
        for i, (measure, value) in enumerate(zip(MEASURES, values, strict=True))
    ]


class _Withheld:
    """How many of the three numbers of each group of one dimension are shown."""

    def __init__(self, groups: Sequence[GroupShare]) -> None:
        self.groups = groups
        self.true = np.array(
            [
                (g.persons - g.placed, g.placed - g.first_or_second_wish, g.first_or_second_wish)
                for g in groups
            ],
            dtype=float,
        )
        self.levels = [len(MEASURES)] * len(groups)

    def shown(self) -> list[int]:
        """Withhold until every unsafe quantity is told to within no fewer than ``T`` persons."""
        for g, row in enumerate(self.true):
            for name in _unsafe(row):
                self._hide(g, name)
        return self.levels

    def _hide(self, g: int, name: str) -> None:
        coefficients, most = _QUANTITIES[name]
        needed = min(float(T), self._alone(coefficients))
        self.levels[g] = min(self.levels[g], most)
        for known in (None, *self._singletons):
            if known == g:
                continue
            while self._width(g, coefficients, known) < needed - 1e-6:
                if not self._withhold_more(g):
                    return

    def _alone(self, coefficients: tuple[int, int, int]) -> float:
        """Return how wide a quantity is to somebody who knows the totals alone."""
        many = len(self.groups) > 1
        return float(np.dot(self.true.sum(axis=0), coefficients)) if many else 0.0

    @cached_property
    def _singletons(self) -> tuple[int, ...]:
        """Groups of one person, who knows that row; one of each kind is enough."""
        first = {tuple(row): g for g, row in reversed(list(enumerate(self.true))) if row.sum() == 1}
        return tuple(first.values())

    def _withhold_more(self, g: int) -> bool:
        """Show one number less of another group: the smallest that shows more, or of this one."""
        others = [h for h in range(len(self.groups)) if h != g and self.levels[h] > 0]
        more = [h for h in others if self.levels[h] > self.levels[g]] or others or [g]
        best = min(more, key=lambda h: (self.true[h].sum() < T, self.true[h].sum(), h))
        if self.levels[best] == 0:
            return False
        self.levels[best] -= 1
        return True

    def _width(self, g: int, coefficients: tuple[int, int, int], known: int | None) -> float:
        rows, values = self._published(known)
        cost = np.zeros(self.true.size)
        cost[3 * g : 3 * g + 3] = coefficients
        ends = [linprog(sign * cost, A_eq=rows, b_eq=values, bounds=(0, None)) for sign in (1, -1)]
        low, high = float(ends[0].fun), -float(ends[1].fun)
        return high - low

    def _published(self, known: int | None) -> tuple[np.ndarray, np.ndarray]:
        count = len(self.groups)
        rows, values = [], []
        for kind in range(3):
            row = np.zeros((count, 3))
            row[:, kind] = 1
            rows.append(row.ravel())
            values.append(self.true[:, kind].sum())
        for g, level in enumerate(self.levels):
            exact = np.eye(3) if g == known else _SHOWN[:level]
            for coefficients in exact:
                row = np.zeros((count, 3))
                row[g] = coefficients
                rows.append(row.ravel())
                values.append(float(np.dot(self.true[g], coefficients)))
        return np.array(rows), np.array(values)


def _unsafe(row: np.ndarray) -> list[str]:
    """Name the quantities of one group that nobody may learn."""
    amounts = {name: float(np.dot(row, c)) for name, (c, _) in _QUANTITIES.items()}
    found = [name for name, amount in amounts.items() if 0 < amount < T]
    if amounts["persons"] > 0 and amounts["placed"] == 0:  # all of a group without a place
        found.append("without")
    if amounts["placed"] > 0 and amounts["wished"] == 0:  # all of a group against their wish
        found.append("wished")
    return found
