"""What is asked of each cell, and what totals that are public anyhow grant everybody.

Where the number without a place stands in the same release whatever the table withholds, an attacker
knows of each group that no more of its people are without one. That is the interval he has when
everything else is withheld; what is asked of a cell is never wider than it. A sentence beside the
table grants nothing, nor does a number that must be published: these are the publisher's to leave out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.protect.table.equations import Floats, Key, System, floors
from sojourn.protect.table.policy import Policy
from sojourn.protect.table.programme import FEASIBILITY, Programme
from sojourn.protect.table.said import BESIDE


@dataclass(frozen=True, slots=True)
class Widths:
    """What is asked of each cell, shape (n,): the width, and how far below and above the truth.

    Attributes
    ----------
    w, w1, w2 : ndarray
    above : ndarray
        How far above the truth it could lie at the most, all but the public totals being withheld.
    policy : ndarray
        The width before public totals were looked at.
    """

    w: Floats
    w1: Floats
    w2: Floats
    above: Floats
    policy: Floats


def widths_of(
    system: System,
    policy: Policy,
    cells: Sequence[int],
    knows: Sequence[int] = (),
    own: Mapping[int, float] | None = None,
) -> Widths:
    """Return what is asked of cells: the policy's numbers, smaller where a row or public totals say so.

    Of whole numbers m tables leave m values: an interval at least m - 1 wide.

    Parameters
    ----------
    cells : sequence of int
        Those that are asked for; public totals are looked at for these alone.
    knows, own : cells, and mapping of cell to amount
        What the attacker knows beside what is published, and cells of which so much is theirs.
    """
    width = np.array([np.inf if r.width is None else r.width for r in system.rows])
    least = policy.m - 1.0 if system.whole else 0.0
    w = np.where(np.isfinite(width), width, max(policy.w, least))
    w1, w2 = np.minimum(policy.w1, w), np.minimum(policy.w2, w)
    public = (k for k, r in zip(system.keys, system.rows, strict=True) if r.public)
    if all(_beside(key) for key in public) or not cells:
        return Widths(w, w1, w2, np.full(len(w), np.inf), w)
    beside = np.array([_beside(key) for key in system.keys], dtype=bool)
    below, above = _granted(system, policy, cells, knows, own or {}, beside)
    left = np.minimum(w, below + above)
    w1, w2 = (np.minimum(np.minimum(each, left), by) for each, by in ((w1, below), (w2, above)))
    return Widths(left, w1, w2, above, w)


def _beside(key: Key) -> bool:
    """Whether a cell is of a sentence beside the table."""
    return any(d == BESIDE for d, _ in key)


def _granted(
    system: System,
    policy: Policy,
    cells: Sequence[int],
    knows: Sequence[int],
    own: Mapping[int, float],
    beside: np.ndarray,
) -> tuple[Floats, Floats]:
    """Return how far below and above the truth each cell may lie, shape (n,), public totals given."""
    value = np.nan_to_num(system.value, nan=0.0)
    told = np.array([r.public for r in system.rows], dtype=bool)
    told[list(knows)] = True
    low = np.where(told, value, floors(system, zeros_published=policy.zeros == "published"))
    for cell, amount in own.items():
        low[cell] = max(low[cell], min(amount, value[cell]))
    low = np.where(beside & ~told, -np.inf, low)
    high = np.where(told, value, np.inf)
    sums = system.matrix @ value  # zero, or what was left of a sum when its other cells fell out
    programme = Programme(system.matrix, sums, sums, low, high)
    below, above = np.full(len(value), np.inf), np.full(len(value), np.inf)
    for cell in cells:
        for end, sign in ((below, 1.0), (above, -1.0)):
            programme.costs([cell], sign)
            found = programme.solve()
            programme.costs([cell], 0.0)
            if found.bounded and found.feasible:
                by = abs(found.objective - sign * value[cell])
                end[cell] = np.floor(by + FEASIBILITY) if system.whole else by
    return below, above
