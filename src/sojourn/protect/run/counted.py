"""Against somebody who knows how many came and left since an earlier release, far apart.

What such a person could still be kept from is kept from them: further cells are withheld. A count that
an earlier release showed cannot be made secret again: beside the number who changed it tells the count of
today to within so many. What is left is told; a small count that is known exactly is refused.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sojourn.errors import DisclosureRisk
from sojourn.protect.audit.attack import Attacker
from sojourn.protect.audit.audit import Finding
from sojourn.protect.ledger.difference import Difference
from sojourn.protect.ledger.flows import with_flows
from sojourn.protect.ledger.ledger import Release
from sojourn.protect.suppress.needs import Need, needs_of
from sojourn.protect.suppress.pattern import Widener, fixed_cells, latent_cells, widen
from sojourn.protect.suppress.primary import primary_cells
from sojourn.protect.table.equations import Floats, Mask, System
from sojourn.protect.table.policy import Policy

NAME = "archivist who knows how many changed"
NEAR = 1e-6


class Counters:
    """Those who know how many changed, one an earlier release of other people.

    Parameters
    ----------
    today : int
        So many cells of the system, the first, are those of today.
    found : sequence of Difference
        To each release without noise, in their order.
    """

    def __init__(
        self,
        system: System,
        today: int,
        releases: Sequence[Release],
        found: Sequence[Difference],
        policy: Policy,
        *,
        declared: bool,
    ) -> None:
        self.policy, self.declared, self.n = policy, declared, len(system.keys)
        far = [
            release
            for release, since in zip(releases, found, strict=True)
            if since.changed > policy.changed and release.published
        ]
        made = [with_flows(system, today, release, policy.t) for release in far]
        self.systems = [one for one in made if one is not None]
        self.left_out = len(made) - len(self.systems)

    def withheld(self, before: Mask) -> Mask:
        """Return what is withheld from the start, with what protects against them."""
        found = before
        for one in self.systems:
            primary = primary_cells(one, self.policy, declared=self.declared).cells
            cells = primary | latent_cells(one) | self._shut(one, found)
            fixed = fixed_cells(one, self.policy, cells)
            needs = _reachable(one, needs_of(one, primary, self.policy), self.policy, fixed)
            pattern = widen(one, cells, needs, self.policy, fixed)
            found = found | pattern.withheld[: self.n] & ~primary[: self.n]
        return found

    def finding(self, withheld: Mask, *, scheduled: bool) -> Finding | None:
        """Return what they find; none where there is nobody.

        Raises
        ------
        DisclosureRisk
            A small count is known exactly, off schedule.
        """
        if not self.systems:
            return None
        widths = [self._widths(one, withheld) for one in self.systems]
        exact = sum(int((w <= NEAR).sum()) for w in widths)
        narrow = sum(int((w < self.policy.w - NEAR).sum()) for w in widths)
        if exact and not scheduled:
            raise DisclosureRisk(
                f"{NAME}: {exact} small counts are known exactly beside an earlier release",
                hint="coarser codes, more time between releases, or a day of a fixed schedule (--scheduled)",
            )
        worst = min((float(w.min(initial=np.inf)) for w in widths), default=np.inf)
        return Finding(NAME, exact, narrow, worst, required=False)

    def _widths(self, one: System, withheld: Mask) -> Floats:
        """Return how wide each primary cell stays, of today and of the earlier release."""
        hidden = self._shut(one, withheld) | latent_cells(one)
        cells = np.flatnonzero(
            primary_cells(one, self.policy, declared=self.declared).cells & hidden
        )
        zero, far = np.zeros(len(hidden)), np.full(len(hidden), np.inf)
        attacker = Attacker(one, hidden, one.value, zero, far, whole=True)
        found = attacker.intervals(cells.tolist(), width=2 * max(self.policy.w, 1.0))
        return np.asarray((found.high - found.low)[cells])

    def _shut(self, one: System, withheld: Mask) -> Mask:
        """Return the cells of today and of the earlier release that are withheld."""
        found = np.array([not r.public and not r.latent for r in one.rows], dtype=bool)
        found[: self.n] = withheld
        return found


def _reachable(
    system: System, needs: Sequence[Need], policy: Policy, fixed: Mask
) -> tuple[Need, ...]:
    """Return of each need what can be reached, and on the other side what lacks there."""
    widener, found, lacks = Widener(system, policy, fixed), list[Need](), dict[int, float]()
    for need in (n for n in needs if not n.inside):
        most = _most(widener, need)
        found += [most] if most.size > 0 else []
        lacks[need.cell] = lacks.get(need.cell, 0.0) + need.size - most.size
    size = {(n.cell, n.up): n.size for n in found}
    for cell, lack in lacks.items():
        for up in (True, False) if lack > 0 else ():
            limit = np.inf if up else float(widener.down[cell])
            wanted = min(size.get((cell, up), 0.0) + lack, limit)
            if wanted > size.get((cell, up), 0.0):
                most = _most(widener, Need(cell, wanted, up=up))
                found += [most] if most.size > 0 else []
    return tuple(found)


def _most(widener: Widener, need: Need) -> Need:
    """Return a need as far as it can be reached, in whole persons."""
    while need.size > 0 and widener.witness(need, whole=False) is None:
        need = replace(need, size=max(float(np.ceil(need.size)) - 1.0, 0.0))
    return need
