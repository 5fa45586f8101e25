"""A system in, a pattern out: components apart, heuristic first, the optimum where it is small."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sojourn.errors import DisclosureRisk, counted
from sojourn.protect.suppress.exact import exact
from sojourn.protect.suppress.needs import Need, needs_of
from sojourn.protect.suppress.pattern import (
    Moved,
    Pattern,
    costs_of,
    fixed_cells,
    latent_cells,
    widen,
)
from sojourn.protect.suppress.primary import Primary, primary_cells
from sojourn.protect.suppress.search import searched
from sojourn.protect.table.equations import Mask, System
from sojourn.protect.table.parts import parts_of
from sojourn.protect.table.policy import Policy

MOST_WORK = 30_000_000  # programmes times cells: about an hour
TWICE = 20_000  # needs times cells: the order in which needs are asked is turned round once
LEAST_WORK = 150_000  # primary cells times cells: a programme each takes a second or two


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
    witnesses : tuple of (cells, movements)
        Other tables that agree with what is published, for the audit to check; never written.
    """

    primary: Primary
    withheld: Mask
    loss: float
    bound: float
    how: str
    witnesses: tuple[Moved, ...] = ()


def suppress(
    system: System,
    policy: Policy,
    *,
    declared: bool = False,
    before: Mask | None = None,
    keep_total: bool = True,
    hard: Collection[int] = (),
    told: Callable[[str], None] = lambda _: None,
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
    told : callable
        Is told how far a long search has come.

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
    witnesses: list[Moved] = []
    crowd = np.zeros(len(withheld), dtype=bool)
    for inside in _components(system, fixed):
        if not (cells & inside).any():
            continue
        if _is_large(system, inside, primary.cells):
            crowd |= inside
            continue
        local = np.flatnonzero(inside)
        pattern = _solve(
            _restrict(system, inside),
            cells[local],
            primary.cells[local],
            policy,
            fixed[local],
            {int(i) for i in np.flatnonzero(np.isin(local, list(hard)))},
        )
        withheld[local] |= pattern.withheld
        witnesses += [(local[at], by) for at, by in pattern.witnesses]
        bound += pattern.bound
        how = pattern.how if how == "optimal" else how
    if crowd.any():
        search = searched(system, policy, cells, primary.cells & crowd, fixed, told)
        withheld |= search.withheld
        witnesses += [(m.cells, m.by) for m in search.rows]
        bound += float(costs_of(system)[cells & crowd].sum())
        how = "heuristic"
    loss = float(costs_of(system)[withheld].sum())
    return Suppression(primary, withheld, loss, min(bound, loss), how, tuple(witnesses))


def _is_large(system: System, inside: Mask, primary: Mask) -> bool:
    """Whether a component is searched by boxes; refuse what boxes cannot do and would not end.

    Raises
    ------
    DisclosureRisk
        Too many programmes, each as large as the component.
    """
    cells, asked = int(inside.sum()), int((inside & primary).sum())
    if asked * cells <= LEAST_WORK:
        return False
    if system.lattice is None and 2 * asked * cells > MOST_WORK:
        raise DisclosureRisk(
            f"{counted(asked, 'primary cell')} in {counted(cells, 'cell')} that hang together, and codes that are no "
            f"tree: more than can be protected in reasonable time (about {MOST_WORK // 2:,} of one "
            "times the other)",
            hint="coarsen a dimension, leave one out, publish the table in parts that share no "
            "total, or --method round|cellkey|dp",
        )
    return system.lattice is not None


def _solve(
    system: System, cells: Mask, primary: Mask, policy: Policy, fixed: Mask, hard: Collection[int]
) -> Pattern:
    needs: tuple[Need, ...] = needs_of(system, primary, policy)
    found = widen(system, cells, needs, policy, fixed, hard)
    if len(needs) * len(cells) <= TWICE:
        other = widen(system, cells, needs[::-1], policy, fixed, hard)
        found = min(found, other, key=lambda p: p.loss)  # the first where they are equal
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
    """Return the parts of a system that no movement connects, with the public cells beside each."""
    label = parts_of(system.matrix @ sparse.diags((~fixed).astype(float)))
    parts = [label == c for c in range(label.max(initial=-1) + 1)]
    told = np.array([r.public or r.keep for r in system.rows], dtype=bool) & fixed
    if not any(r.public for r in system.rows):
        return parts
    touch = abs(system.matrix)
    return [p | told & ((touch.T @ (touch @ p.astype(float))) > 0) for p in parts]


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
        own=None if system.own is None else system.own[:, local],
        said=int((touched >= system.sums.shape[0]).sum()),
    )
