"""What each primary cell asks for: how far above and below the truth an attacker must be left.

A need is reached by a *witness*: another table that agrees with everything published and differs
from the true one in the cell by so much. Sliding and directional protection after Fischetti and
Salazar-González, Management Science 47 (2001) 1008-1027.
"""

from dataclasses import dataclass

import numpy as np

from sojourn.protect.table.equations import (
    Mask,
    Sums,
    System,
    floors,
    widths_of,
)
from sojourn.protect.table.policy import Policy


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to reach.

    Attributes
    ----------
    cell : int
    size : float
        How far from the true value.
    up : bool
        Above it, or below.
    knows : tuple of int
        Cells whose values the attacker knows, being alone in the first; empty for none.
    """

    cell: int
    size: float
    up: bool
    knows: tuple[int, ...] = ()


def needs_of(system: System, primary: Mask, policy: Policy) -> tuple[Need, ...]:
    """Return the needs of all primary cells, the largest first."""
    floor = floors(system, zeros_published=policy.zeros == "published")
    widths = widths_of(system, policy)
    found: list[Need] = []
    for cell in np.flatnonzero(primary):
        value = float(system.value[cell])
        down = min(float(widths.w1[cell]), value - floor[cell])
        up = max(float(widths.w2[cell]), float(widths.w[cell]) - down)
        if up > 0:
            found.append(Need(int(cell), up, up=True))
        if down > 0:
            found.append(Need(int(cell), float(down), up=False))
    found += _contributors(system, primary, policy)
    return tuple(sorted(found, key=lambda n: (n.knows != (), -n.size, n.cell, not n.up, n.knows)))


def _contributors(system: System, primary: Mask, policy: Policy) -> list[Need]:
    """Return what protects against a person who is a cell of one and subtracts herself."""
    if policy.contributor <= 0 or not system.whole:
        return []
    sums, width = Sums(system), widths_of(system, policy).w
    return [
        Need(cell, size, up=True, knows=sums.known_to(one))
        for one in np.flatnonzero(primary & (system.value == 1.0)).tolist()
        for cell in sorted(sums.neighbours(one))
        if primary[cell] and (size := min(policy.contributor, float(width[cell]))) > 0
    ]
