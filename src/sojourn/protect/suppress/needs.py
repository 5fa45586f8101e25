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
)
from sojourn.protect.table.granted import alone_in, widths_of
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
    widths = widths_of(system, policy, np.flatnonzero(primary).tolist())
    found: list[Need] = []
    for cell in np.flatnonzero(primary):
        value = float(system.value[cell])
        down = min(float(widths.w1[cell]), value - floor[cell])
        up = max(float(widths.w2[cell]), float(widths.w[cell]) - down)
        if up > widths.above[cell]:
            up = float(widths.above[cell])
            down = max(down, float(widths.w[cell]) - up)
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
    sums, found = Sums(system), list[Need]()
    for one in alone_in(system, primary):
        knows = sums.known_to(one)
        beside = [c for c in sorted(sums.neighbours(one)) if primary[c]]
        widths = widths_of(system, policy, beside, knows)
        for cell in beside:
            size = min(policy.contributor, float(widths.w[cell]))
            up = min(size, float(widths.above[cell]))
            for by, upward in ((up, True), (size - up, False)):
                if by > 0:
                    found.append(Need(cell, by, up=upward, knows=knows))
    return found
