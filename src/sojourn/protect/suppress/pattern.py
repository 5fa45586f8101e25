"""Secondary suppression: further cells, the cheapest, until every need has a witness.

For each need a linear programme moves the cell by as much as asked and everything that must move
with it, at the least loss; cells withheld already move for nothing. What moved is withheld. A
witness protects the cell by itself, whatever else is withheld, so that the order only matters for
the loss. Then cells are published again, the dearest first, while each need keeps a witness.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sojourn.errors import DisclosureRisk
from sojourn.protect.suppress.needs import Need
from sojourn.protect.table.equations import Floats, Mask, System, floors
from sojourn.protect.table.policy import Policy
from sojourn.protect.table.programme import FEASIBILITY, Programme

Cells = Sequence[int] | npt.NDArray[np.integer]
MOVES = 1e-6  # smaller movements are the solver's
Moved = tuple[npt.NDArray[np.int64], Floats]
LEANING = 6  # needs that may have to find another witness before a cell is published again


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which cells are withheld.

    Attributes
    ----------
    withheld : ndarray of bool, shape (n,)
    loss : float
        Sum of the costs of the withheld cells.
    bound : float
        No pattern costs less; 0 where nothing was proven.
    how : str
        ``heuristic`` or ``optimal``.
    witnesses : tuple of (cells, movements)
        Other tables that agree with what is published, one a need, where they are kept.
    """

    withheld: Mask
    loss: float
    bound: float
    how: str
    witnesses: tuple[Moved, ...] = ()


def costs_of(system: System) -> Floats:
    """Return what withholding each cell costs: the declared cost, else its value, a zero 1."""
    value = np.nan_to_num(system.value, nan=0.0)
    told = np.array(
        [0.0 if r.latent else np.nan if r.cost is None else r.cost for r in system.rows]
    )
    return np.where(np.isnan(told), np.where(value > 0, value, 1.0), told)


def latent_cells(system: System) -> Mask:
    """Return the cells that are never printed."""
    return np.array([r.latent for r in system.rows], dtype=bool)


def public_cells(system: System) -> Mask:
    """Return the cells that everybody knows already."""
    return np.array([r.public for r in system.rows], dtype=bool)


def fixed_cells(system: System, policy: Policy, primary: Mask, *, keep_total: bool = True) -> Mask:
    """Return the cells that must be published: kept, empty, or the grand total; or that are."""
    fixed = np.array([r.keep for r in system.rows], dtype=bool)
    if policy.zeros == "published":
        fixed |= (system.value == 0) & ~latent_cells(system)
    if keep_total:
        fixed |= np.array([not key for key in system.keys], dtype=bool)
    return fixed & ~primary | public_cells(system)


class Widener:
    """The system as a programme of movements: each cell up or down, totals with their parts."""

    def __init__(self, system: System, policy: Policy, fixed: Mask) -> None:
        n = len(system.keys)
        value = np.nan_to_num(system.value, nan=0.0)
        self.n, self.value, self.open = n, value, np.ones(n, dtype=bool)
        self.down = np.where(
            fixed, 0.0, value - floors(system, zeros_published=policy.zeros == "published")
        )
        self.up = np.where(fixed, 0.0, np.inf)
        self.cost = costs_of(system)
        matrix = system.matrix
        both = sparse.hstack([matrix, -matrix], format="csc")
        zero = np.zeros(matrix.shape[0])
        self.programme = Programme(
            both, zero, zero, np.zeros(2 * n), np.concatenate([self.up, self.down])
        )
        self.programme.costs(np.arange(2 * n), np.tile(self.cost, 2))

    def forget_costs(self, cells: Cells) -> None:
        """Withheld cells move for nothing."""
        at = np.asarray(cells, dtype=np.int32)
        self.programme.costs(np.concatenate([at, at + self.n]), 0.0)

    def close(self, cells: Cells) -> None:
        """Cells that may not move at all."""
        at = np.asarray(cells, dtype=np.int32)
        self.open[at] = False
        self._bound(at, self.down)

    def reopen(self, cells: Cells) -> None:
        """Cells may move again as far as they could."""
        at = np.asarray(cells, dtype=np.int32)
        self.open[at] = True
        self._bound(at, self.down)

    def _bound(self, at: npt.NDArray[np.int32], down: Floats) -> None:
        """Set how far cells may rise and fall; those that are closed not at all."""
        free = self.open[at]
        self.programme.bounds(at, 0.0, np.where(free, self.up[at], 0.0))
        self.programme.bounds(at + self.n, 0.0, np.where(free, down[at], 0.0))

    def witness(self, need: Need, *, whole: bool) -> Floats | None:
        """Return the cheapest movement that reaches a need, shape (n,); none if there is none."""
        programme, cell = self.programme, need.cell
        moved, still = (cell, cell + self.n) if need.up else (cell + self.n, cell)
        programme.bounds(moved, need.size, need.size)
        programme.bounds(still, 0.0, 0.0)
        own = np.array([c for c, _ in need.own if c != cell], dtype=np.int32)
        self._bound(own, need.fall(self.down, self.value))
        known = np.array(need.knows, dtype=np.int32)
        programme.bounds(np.concatenate([known, known + self.n]), 0.0, 0.0)
        programme.afresh()  # a movement is of a few cells: few steps from none, many from another's
        found = programme.solve()
        if found.feasible and whole and _broken(found.x):
            programme.whole()
            found = programme.solve()
            programme.whole(yes=False)
        self._bound(np.array([cell, *need.knows, *own.tolist()], dtype=np.int32), self.down)
        if not found.feasible:
            return None
        return np.asarray(found.x[: self.n] - found.x[self.n :])


def _broken(x: Floats) -> bool:
    return bool((abs(x - np.round(x)) > MOVES).any())


class _Kept:
    """Witnesses held for the needs, and how far each cell is known to move."""

    def __init__(self, n: int, hard: Collection[int]) -> None:
        self.hard = hard
        self.up, self.down = np.zeros(n), np.zeros(n)
        self.by_need: dict[Need, Floats] = {}

    def reached(self, need: Need) -> bool:
        if need in self.by_need:
            return True
        if need.inside or need.cell in self.hard:
            return False
        most = self.up[need.cell] if need.up else self.down[need.cell]
        return bool(most >= need.size - FEASIBILITY)

    def add(self, need: Need, movement: Floats) -> None:
        self.by_need[need] = movement
        np.maximum(self.up, movement, out=self.up)
        np.maximum(self.down, -movement, out=self.down)


def widen(
    system: System,
    primary: Mask,
    needs: Sequence[Need],
    policy: Policy,
    fixed: Mask,
    hard: Collection[int] = (),
) -> Pattern:
    """Return a pattern in which every need has a witness.

    Parameters
    ----------
    hard : collection of int
        Cells whose witnesses must be whole numbers, which costs a whole-number programme each.

    Raises
    ------
    DisclosureRisk
        A need cannot be reached whatever is withheld of the cells that may be.
    """
    widener = Widener(system, policy, fixed)
    withheld = primary.copy()
    widener.forget_costs(np.flatnonzero(withheld))
    kept = _Kept(len(withheld), hard)
    for need in needs:
        if kept.reached(need):
            continue
        movement = widener.witness(need, whole=need.cell in hard)
        if movement is None:
            raise DisclosureRisk(
                "a primary cell cannot be protected by the cells that may be withheld",
                hint="coarsen a dimension, release fewer totals, or allow more cells to be withheld (keep, zeros)",
            )
        kept.add(need, movement)
        fresh = np.flatnonzero((abs(movement) > MOVES) & ~withheld)
        if len(fresh):
            withheld[fresh] = True
            widener.forget_costs(fresh)
    holders = _open_again(widener, withheld, primary, needs, kept, hard)
    cost = widener.cost
    loss, least = float(cost[withheld].sum()), float(cost[primary].sum())
    return Pattern(withheld, loss, least, "heuristic", tuple(_moved(m, system) for m in holders))


def _moved(movement: Floats, system: System) -> Moved:
    whole = np.round(movement)
    told = whole if system.whole and not (abs(movement - whole) > MOVES).any() else movement
    at = np.flatnonzero(abs(told) > MOVES)
    return at.astype(np.int64), told[at]


def _open_again(
    widener: Widener,
    withheld: Mask,
    primary: Mask,
    needs: Sequence[Need],
    kept: _Kept,
    hard: Collection[int],
) -> list[Floats]:
    """Publish secondary cells again, the dearest first, while each need keeps its witness."""
    widener.close(np.flatnonzero(~withheld))
    holders = [_holder(need, kept) for need in needs]
    order = sorted(
        np.flatnonzero(withheld & ~primary).tolist(), key=lambda c: (-widener.cost[c], c)
    )
    for cell in order:
        leaning = [i for i, m in enumerate(holders) if abs(m[cell]) > MOVES]
        if len(leaning) > LEANING:
            continue
        widener.close([cell])
        found: dict[int, Floats] = {}
        for i in leaning:
            movement = widener.witness(needs[i], whole=needs[i].cell in hard)
            if movement is None:
                break
            found[i] = movement
        if len(found) == len(leaning):
            withheld[cell] = False
            for i, movement in found.items():
                holders[i] = movement
        else:
            widener.reopen([cell])
    return holders


def _holder(need: Need, kept: _Kept) -> Floats:
    """Return a movement that reaches a need: its own, or the one of another that moved it as far."""
    if need in kept.by_need:
        return kept.by_need[need]
    sign = 1.0 if need.up else -1.0
    return next(m for m in kept.by_need.values() if sign * m[need.cell] >= need.size - FEASIBILITY)
