"""A system in, a pattern out: components apart, heuristic first, the optimum where it is small."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from sojourn.errors import DisclosureRisk
from sojourn.protect.suppress.exact import exact
from sojourn.protect.suppress.needs import Need, needs_of
from sojourn.protect.suppress.pattern import (
    Pattern,
    costs_of,
    fixed_cells,
    latent_cells,
    widen,
)
from sojourn.protect.suppress.primary import Primary, primary_cells
from sojourn.protect.table.equations import Mask, System
from sojourn.protect.table.policy import Policy

MOST_WORK = 30_000_000  # programmes times cells: about an hour


@dataclass(frozen=True, slots=True)
class Suppression:
    """What is withheld and what it costs.

    Attributes
    ----------
    primary : Primary
    withheld : ndarray of bool, shape (n,)
    loss, bound : float
        Sum of costs, and what no pattern can go below.
    how : str
    """

    primary: Primary
    withheld: Mask
    loss: float
    bound: float
    how: str


def suppress(
    system: System,
    policy: Policy,
    *,
    declared: bool = False,
    before: Mask | None = None,
    keep_total: bool = True,
    hard: Collection[int] = (),
) -> Suppression:
    """Return which cells to withhold.

    Parameters
    ----------
    declared : bool
        The table names its primary cells; no rule is asked.
    before : ndarray of bool, shape (n,), optional
        Cells that an earlier release of the series withheld: they stay withheld.
    keep_total : bool
        The grand total is published whatever it costs.
    hard : collection of int
        Cells for which only tables of whole numbers count: an audit found them too narrow.

    Raises
    ------
    DisclosureRisk
        No pattern protects every primary cell, or there are too many to ask.
    """
    primary = primary_cells(system, policy, declared=declared)
    cells = primary.cells | latent_cells(system)
    if before is not None:
        cells = cells | before
    fixed = fixed_cells(system, policy, cells, keep_total=keep_total)
    withheld = cells.copy()
    loss = bound = 0.0
    how = "optimal"
    parts = _components(system, fixed)
    _refuse_endless(parts, primary.cells)
    for inside in parts:
        if not (cells & inside).any():
            continue
        part, local = _restrict(system, inside), np.flatnonzero(inside)
        pattern = _solve(
            part,
            cells[local],
            primary.cells[local],
            policy,
            fixed[local],
            {int(i) for i in np.flatnonzero(np.isin(local, list(hard)))},
        )
        withheld[local] |= pattern.withheld
        bound += pattern.bound
        how = pattern.how if how == "optimal" else how
    loss = float(costs_of(system)[withheld].sum())
    return Suppression(primary, withheld, loss, min(bound, loss), how)


def _refuse_endless(parts: Sequence[Mask], primary: Mask) -> None:
    """Refuse at once what would not end: two programmes, as large as the part, a primary cell."""
    for inside in parts:
        cells, asked = int(inside.sum()), int((inside & primary).sum())
        if 2 * asked * cells > MOST_WORK:
            raise DisclosureRisk(
                f"{asked:,} primary cells in {cells:,} cells that hang together: more than can be "
                f"protected and attacked in reasonable time (about {MOST_WORK // 2:,} of one times the other)",
                hint="coarsen a dimension, leave one out, publish the table in parts that share no "
                "total, or --method round|cellkey|dp",
            )


def _solve(
    system: System, cells: Mask, primary: Mask, policy: Policy, fixed: Mask, hard: Collection[int]
) -> Pattern:
    needs: tuple[Need, ...] = needs_of(system, primary, policy)
    found = widen(system, cells, needs, policy, fixed, hard)
    if len(cells) <= policy.exact_cells:
        best = exact(system, cells, needs, policy, fixed, found)
        return _checked(system, needs, policy, fixed, best, hard) if best.how == "optimal" else best
    return found


def _checked(
    system: System,
    needs: tuple[Need, ...],
    policy: Policy,
    fixed: Mask,
    best: Pattern,
    hard: Collection[int],
) -> Pattern:
    """Return an optimal pattern; for whole numbers with witnesses that are whole too."""
    if not hard:
        return best
    again = widen(system, best.withheld, needs, policy, fixed, hard)
    extra = again.withheld & ~best.withheld
    return best if not extra.any() else Pattern(again.withheld, again.loss, best.bound, "heuristic")


def _components(system: System, fixed: Mask) -> list[Mask]:
    """Return the parts of a system that no movement connects."""
    n = len(system.keys)
    free = sparse.diags((~fixed).astype(float))
    links = abs(system.matrix) @ free
    count, label = connected_components(links.T @ links, directed=False)
    return [label == c for c in range(count)] if n else []


def _restrict(system: System, inside: Mask) -> System:
    """Return the equations of some cells; the others do not move and fall out of them."""
    local = np.flatnonzero(inside)
    matrix = system.matrix[:, local]
    touched = np.flatnonzero(np.diff(matrix.indptr))
    return System(
        keys=tuple(system.keys[i] for i in local),
        rows=tuple(system.rows[i] for i in local),
        value=system.value[local],
        matrix=matrix[touched],
        labels=tuple(system.labels[i] for i in touched),
        whole=system.whole,
        rounded=system.rounded,
    )
