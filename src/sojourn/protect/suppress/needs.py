"""What each primary cell asks for: how far above and below the truth an attacker must be left.

A need is reached by a *witness*: another table that agrees with everything published and differs
from the true one in the cell by so much. Sliding and directional protection after Fischetti and
Salazar-González, Management Science 47 (2001) 1008-1027.
"""

from dataclasses import dataclass

import numpy as np

from sojourn.protect.table.equations import Floats, Mask, System, floors
from sojourn.protect.table.granted import widths_of
from sojourn.protect.table.insiders import insiders
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
        Cells whose values the attacker knows, being alone in them; empty for none.
    own : tuple of (int, float)
        Cells that the attacker knows to be at least so much, being in them.
    """

    cell: int
    size: float
    up: bool
    knows: tuple[int, ...] = ()
    own: tuple[tuple[int, float], ...] = ()

    @property
    def inside(self) -> bool:
        """Whether the attacker is counted in the table."""
        return bool(self.knows or self.own)

    def fall(self, down: Floats, value: Floats) -> Floats:
        """Return how far cells can fall for the attacker, of how far they can for all."""
        if not self.own:
            return down
        at = [c for c, _ in self.own]
        less = down.copy()
        less[at] = np.maximum(np.minimum(down[at], value[at] - [a for _, a in self.own]), 0.0)
        return less


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
    return tuple(sorted(found, key=lambda n: (n.inside, -n.size, n.cell, not n.up, n.knows, n.own)))


def _contributors(system: System, primary: Mask, policy: Policy) -> list[Need]:
    """Return what protects against people who are counted and subtract what is theirs."""
    found: list[Need] = []
    for one in insiders(system, primary, policy):
        widths = widths_of(system, policy, one.targets, one.knows, dict(one.own))
        for cell in one.targets:
            size = min(policy.contributor, float(widths.w[cell]))
            up = min(size, float(widths.above[cell]))
            for by, upward in ((up, True), (size - up, False)):
                if by > 0:
                    found.append(Need(cell, by, up=upward, knows=one.knows, own=one.own))
    return found
