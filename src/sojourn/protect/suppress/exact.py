"""The cheapest pattern of a small table, proven: cuts from attackers' programmes.

A master programme chooses what is withheld; for each need an attacker's programme says how far the
cell can move under that choice; where too little, its dual gives a cut that every safe pattern
satisfies. Fischetti and Salazar-González (2001), sections 3-4: capacity and bridgeless cuts.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from sojourn.protect.suppress.needs import Need
from sojourn.protect.suppress.pattern import Pattern, costs_of
from sojourn.protect.table.equations import Floats, Mask, System, floors
from sojourn.protect.table.policy import Policy
from sojourn.protect.table.programme import FEASIBILITY, Programme

ROUNDS = 300
FAR = 4.0  # upper bounds of movements, in grand totals


class _Attack:
    """How far a cell can move while some cells are withheld, and the cut where that is too little."""

    def __init__(self, system: System, policy: Policy) -> None:
        value = np.nan_to_num(system.value, nan=0.0)
        self.down = value - floors(system, zeros_published=policy.zeros == "published")
        self.far = FAR * max(float(value.max(initial=1.0)), policy.w + policy.w2, 1.0)
        zero = np.zeros(system.matrix.shape[0])
        n = len(value)
        self.programme = Programme(system.matrix, zero, zero, np.zeros(n), np.zeros(n))
        self.n, self.value = n, value

    def cut(self, need: Need, chosen: Mask) -> Floats | None:
        """Return coefficients of a cut ``c @ y >= need.size`` that the choice violates, or none."""
        open_ = chosen.astype(float)
        open_[list(need.knows)] = 0.0
        every = np.arange(self.n)
        down = need.fall(self.down, self.value)
        self.programme.bounds(every, -down * open_, self.far * open_)
        cost = np.zeros(self.n)
        cost[need.cell] = -1.0 if need.up else 1.0
        self.programme.costs(every, cost)
        found = self.programme.solve()
        if not found.feasible or -found.objective >= need.size - FEASIBILITY:
            return None
        reduced = found.reduced_cost
        gain = np.maximum(-reduced, 0.0) * self.far + np.maximum(reduced, 0.0) * down
        gain[list(need.knows)] = 0.0
        return np.minimum(gain, need.size)


def exact(
    system: System,
    primary: Mask,
    needs: Sequence[Need],
    policy: Policy,
    fixed: Mask,
    incumbent: Pattern,
) -> Pattern:
    """Return the cheapest pattern, or the incumbent with the bound that was reached."""
    n, cost = len(primary), costs_of(system)
    attack = _Attack(system, policy)
    rows, least_of = _bridgeless(system)
    lower = primary.astype(float)
    upper = np.where(fixed & ~primary, 0.0, 1.0)
    bound = incumbent.bound
    for _ in range(ROUNDS):
        matrix = sparse.csr_matrix(np.array(rows)) if rows else sparse.csr_matrix((0, n))
        master = Programme(
            matrix, np.array(least_of), np.full(len(rows), np.inf), lower, upper, nodes=5000
        )
        master.costs(np.arange(n), cost)
        master.whole()
        found = master.solve()
        if not found.feasible:
            return incumbent
        bound = max(bound, found.objective)
        if bound >= incumbent.loss - FEASIBILITY:
            return Pattern(incumbent.withheld, incumbent.loss, incumbent.loss, "optimal")
        chosen = found.x > 0.5
        cuts = [(c, need.size) for need in needs if (c := attack.cut(need, chosen)) is not None]
        if not cuts:
            return Pattern(chosen, float(cost[chosen].sum()), float(cost[chosen].sum()), "optimal")
        for coefficients, size in cuts:
            rows.append(coefficients)
            least_of.append(size - 1e-9)
    return Pattern(incumbent.withheld, incumbent.loss, bound, "heuristic")


def _bridgeless(system: System) -> tuple[list[Floats], list[float]]:
    """No withheld cell stands alone in a sum."""
    rows, least_of = [], []
    for r in range(system.sums.shape[0]):
        inside = system.matrix.indices[system.matrix.indptr[r] : system.matrix.indptr[r + 1]]
        for one in inside:
            row = np.zeros(system.matrix.shape[1])
            row[inside] = 1.0
            row[one] = -1.0
            rows.append(row)
            least_of.append(0.0)
    return rows, least_of
