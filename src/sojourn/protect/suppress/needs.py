"""What each primary cell asks for: how far above and below the truth an attacker must be left.

A need is reached by a *witness*: another table that agrees with everything published and differs
from the true one in the cell by so much. Sliding and directional protection after Fischetti and
Salazar-González, Management Science 47 (2001) 1008-1027.
"""

from dataclasses import dataclass

import numpy as np

from sojourn.protect.table.equations import Mask, System, beside, floors
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
    knows : int
        A cell whose value the attacker knows, being alone in it; -1 for none.
    """

    cell: int
    size: float
    up: bool
    knows: int = -1


def needs_of(system: System, primary: Mask, policy: Policy) -> tuple[Need, ...]:
    """Return the needs of all primary cells, the largest first."""
    floor = floors(system, zeros_published=policy.zeros == "published")
    found: list[Need] = []
    for cell in np.flatnonzero(primary):
        value = float(system.value[cell])
        down = min(policy.w1, value - floor[cell])
        up = max(policy.w2, policy.w - down)
        found.append(Need(int(cell), up, up=True))
        if down > 0:
            found.append(Need(int(cell), float(down), up=False))
    found += _contributors(system, primary, policy)
    return tuple(sorted(found, key=lambda n: (n.knows >= 0, -n.size, n.cell, not n.up, n.knows)))


def _contributors(system: System, primary: Mask, policy: Policy) -> list[Need]:
    """Return what protects against a person who is a cell of one and subtracts herself."""
    if policy.contributor <= 0:
        return []
    alone = {int(i) for i in np.flatnonzero(primary & (system.value == 1.0))}
    if not alone or not system.whole:
        return []
    pairs = {(c, one) for one in alone for c in beside(system, one) if primary[c]}
    return [Need(cell, policy.contributor, up=True, knows=one) for cell, one in sorted(pairs)]
