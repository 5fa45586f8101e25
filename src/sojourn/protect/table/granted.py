"""What is asked of each cell, and what totals that are known in any case grant everybody.

Where the number of people without a place stands in the same release whatever the table withholds,
an attacker knows of each group that no more of its people are without one. That is the interval he
has when everything else is withheld; what is asked of a cell is never wider than it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.protect.table.equations import Floats, Mask, System, floors
from sojourn.protect.table.policy import Policy
from sojourn.protect.table.programme import FEASIBILITY, Programme


@dataclass(frozen=True, slots=True)
class Widths:
    """What is asked of each cell, shape (n,): the width, and how far below and above the truth.

    Attributes
    ----------
    w, w1, w2 : ndarray
    below, above : ndarray
        How far it could lie below and above at the most, everything but the known totals being
        withheld.
    """

    w: Floats
    w1: Floats
    w2: Floats
    below: Floats
    above: Floats


def widths_of(
    system: System, policy: Policy, cells: Sequence[int], knows: Sequence[int] = ()
) -> Widths:
    """Return what is asked of cells: the policy's numbers, smaller where a row or known totals say so.

    Of whole numbers m tables leave m values: an interval at least m - 1 wide.

    Parameters
    ----------
    cells : sequence of int
        Those that are asked for; known totals are looked at for these alone.
    knows : sequence of int
        Cells whose values the attacker knows beside what is published.
    """
    own = np.array([np.inf if r.width is None else r.width for r in system.rows])
    least = policy.m - 1.0 if system.whole else 0.0
    w = np.where(np.isfinite(own), own, max(policy.w, least))
    far = np.full(len(w), np.inf)
    w1, w2 = np.minimum(policy.w1, w), np.minimum(policy.w2, w)
    if not any(r.known for r in system.rows):
        return Widths(w, w1, w2, far, far)
    below, above = _granted(system, policy, cells, knows)
    w = np.minimum(w, below + above)
    return Widths(
        w, np.minimum(np.minimum(w1, w), below), np.minimum(np.minimum(w2, w), above), below, above
    )


def _granted(
    system: System, policy: Policy, cells: Sequence[int], knows: Sequence[int]
) -> tuple[Floats, Floats]:
    """Return how far below and above the truth each cell may lie, shape (n,), known totals given."""
    value = np.nan_to_num(system.value, nan=0.0)
    told = told_anyhow(system)
    told[list(knows)] = True
    low = np.where(told, value, floors(system, zeros_published=policy.zeros == "published"))
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


def told_anyhow(system: System) -> Mask:
    """Return the cells that are published whatever they cost."""
    return np.array([r.known or r.keep for r in system.rows], dtype=bool)


def alone_in(system: System, primary: Mask) -> list[int]:
    """Return the primary cells that one person, or one unit of people, makes up alone."""
    return [
        int(c)
        for c in np.flatnonzero(primary)
        if system.value[c] == 1.0 or (system.rows[c].contributors == 1 and system.value[c] > 0)
    ]
