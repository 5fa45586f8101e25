"""The audit of a rounded table: what its sums tell beyond the base it was rounded to.

A number rounded to a neighbouring multiple lies less than a base away. All of them together are a
linear system: an attacker solves it for each number that a rule would withhold. Rounding promises
that such a number stays ``base - 1`` wide or more.
"""

from dataclasses import dataclass

import numpy as np

from sojourn.protect.audit.attack import Attacker
from sojourn.protect.table.equations import Floats, Mask, System

SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class RoundedAudit:
    """What an outsider computes of a rounded table.

    Attributes
    ----------
    low, high : ndarray, shape (n,)
        What the base alone says of each number.
    exact, narrow : int
        Primary numbers that all sums together give exactly, or to within less than base - 1.
    below_w : int
        Primary numbers to which the base alone leaves less than the width of the policy.
    """

    low: Floats
    high: Floats
    exact: int
    narrow: int
    below_w: int


def attack_rounded(
    system: System, rounded: Floats, base: int, primary: Mask, width: float
) -> RoundedAudit:
    """Return what is known of the primary numbers of a table of rounded counts.

    Parameters
    ----------
    rounded : ndarray, shape (n,)
        The published numbers.
    width : float
        The policy's w: told, since a base that is smaller cannot reach it.
    """
    low, high = np.maximum(rounded - base + 1.0, 0.0), rounded + base - 1.0
    everything = np.ones(len(rounded), dtype=bool)
    attacker = Attacker(system, everything, system.value, low, high, whole=True)
    cells = np.flatnonzero(primary).tolist()
    found = attacker.wider_than(cells, np.full(len(cells), base - 1.0))
    spans = [most - least for least, most in found.values()]
    return RoundedAudit(
        low,
        high,
        exact=sum(span <= SLACK for span in spans),
        narrow=sum(span < base - 1 - SLACK for span in spans),
        below_w=int(((high - low)[cells] < width - SLACK).sum()),
    )
