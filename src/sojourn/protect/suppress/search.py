"""Secondary suppression of large tables: a witness for each need, boxes first, programmes last.

Every witness is kept: what one moves, another may use, and the audit checks them all again. What a
box cannot reach in one step is tried in several; what is left is asked of a linear programme over
the component. Then secondary cells are opened again, the dearest first, while each need that leaned
on one finds another witness among the cells that stay withheld.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace
from scipy import sparse

from sojourn.errors import DisclosureRisk, counted
from sojourn.protect.suppress.needs import Need, needs_of
from sojourn.protect.suppress.pattern import MOVES, costs_of
from sojourn.protect.suppress.swaps import Movement, Swapper
from sojourn.protect.table.equations import Floats, Mask, System, floors
from sojourn.protect.table.granted import widths_of
from sojourn.protect.table.insiders import insiders
from sojourn.protect.table.policy import Policy
from sojourn.protect.table.programme import FEASIBILITY, Programme

LEANING = 12  # needs that may have to find another witness before a cell is opened again
WIDER = 2  # times the usual choices, where those have none
NEAR = (6, 12, 0)  # codes of each axis in a programme; 0 for all
NONE = -1
EVERY = 2000  # needs between two words of progress


class Search:
    """The state of a search: what is withheld, and the witnesses.

    Attributes
    ----------
    withheld : ndarray of bool, shape (n,)
    rows : list of Movement
    """

    def __init__(self, system: System, policy: Policy, cells: Mask, fixed: Mask) -> None:
        if system.lattice is None:
            raise TypeError("a search needs a lattice")
        self.system, self.policy, self.lattice = system, policy, system.lattice
        floor = floors(system, zeros_published=policy.zeros == "published")
        self.fall = np.where(fixed, 0.0, system.value - floor)
        self.fixed, self.cells, self.withheld = fixed, cells, cells.copy()
        self.dear = costs_of(system)
        price = np.where(fixed, np.inf, np.maximum(self.dear, 1e-9))
        self.swapper = Swapper(system.lattice, self.fall, price)
        self.swapper.withhold(np.flatnonzero(cells))
        self.rows: list[Movement] = []
        n = len(cells)
        self.reach = {True: np.zeros(n), False: np.zeros(n)}
        self.holder = {True: np.full(n, NONE), False: np.full(n, NONE)}

    def reached(self, need: Need) -> bool:
        """Whether a witness is at hand."""
        return bool(self.reach[need.up][need.cell] >= need.size - FEASIBILITY)

    def keep(self, found: Movement) -> None:
        """Withhold what moves, and remember how far."""
        self.swapper.withhold(found.cells)
        self.withheld[found.cells] = True
        number = len(self.rows)
        self.rows.append(found)
        for up, by in ((True, found.by), (False, -found.by)):
            further = by > self.reach[up][found.cells] + FEASIBILITY
            at = found.cells[further]
            self.reach[up][at], self.holder[up][at] = by[further], number

    def publish(self, cell: int) -> None:
        """Open a cell again."""
        self.withheld[cell] = False
        self.swapper.cost[cell] = np.inf  # it stays open

    def start_from(self, rows: Sequence[Movement]) -> None:
        """Forget all witnesses but these."""
        self.rows = []
        for up in (True, False):
            self.reach[up][:], self.holder[up][:] = 0.0, NONE
        for row in rows:
            self.keep(row)
        shut = np.flatnonzero(~self.withheld & ~self.fixed)
        self.swapper.cost[shut] = np.maximum(self.dear[shut], 1e-9)

    def find(
        self, need: Need, closed: Collection[int] = (), *, free: bool = False
    ) -> Movement | None:
        """Return a movement for a need by boxes; none where no box or row of boxes was found."""
        shut, capacity = (*closed, *need.knows), self.swapper.down
        n = len(self.withheld)
        less = need.fall(capacity[:n], self.system.value)
        self.swapper.down = np.concatenate([less, capacity[n:]]) if need.own else capacity
        try:
            for wider in (1,) if free else (1, WIDER):
                found = self.swapper.search(
                    need.cell, need.size, up=need.up, closed=shut, free=free, wider=wider
                )
                if found is not None:
                    return found
            more = [
                self._in_steps(need, shut, free=free),
                self.swapper.search(
                    need.cell, need.size, up=need.up, closed=shut, free=free, wider=2, totals=True
                ),
            ]
        finally:
            self.swapper.down = capacity
        dear = [self._price(m) for m in more]
        return more[int(np.argmin(dear))] if np.isfinite(dear).any() else None

    def _price(self, movement: Movement | None) -> float:
        return np.inf if movement is None else float(self.swapper.cost[movement.cells].sum())

    def _in_steps(self, need: Need, closed: Collection[int], *, free: bool) -> Movement | None:
        """Return several boxes one after another, each as large as there is one."""
        moved = np.zeros(len(self.withheld))
        left, step = float(np.ceil(need.size)), float(np.ceil(need.size / 2))
        capacity = self.swapper.down
        try:
            while left > 0 and step >= 1:
                self.swapper.down = capacity.copy()
                self.swapper.down[: len(moved)] += moved
                found = self.swapper.search(
                    need.cell, min(step, left), up=need.up, closed=closed, free=free, wider=2
                )
                if found is None:
                    step = float(np.floor(step / 2))
                    continue
                moved[found.cells] += found.by
                left -= min(step, left)
        finally:
            self.swapper.down = capacity
        at = np.flatnonzero(moved)
        return None if left > 0 else Movement(at.astype(np.int64), moved[at])

    def solve(self, need: Need) -> Movement:
        """Return the cheapest movement for a need by a programme: near it, then over everything.

        Raises
        ------
        DisclosureRisk
            There is none.
        """
        shut = np.zeros(len(self.withheld), dtype=bool)
        shut[list(need.knows)] = True
        for near in NEAR:
            inside = self._near(need.cell, near) if near else np.ones(len(shut), dtype=bool)
            at = np.flatnonzero(inside & ~self.fixed & ~shut)
            found = cheapest(
                self.system.matrix[:, at],
                need.fall(self.fall, self.system.value)[at],
                self.swapper.cost[at],
                (int(np.searchsorted(at, need.cell)), need.size if need.up else -need.size),
                whole=self.system.whole,
            )
            if found is not None:
                moved = np.flatnonzero(abs(found) > MOVES)
                return Movement(at[moved].astype(np.int64), found[moved])
        raise DisclosureRisk(
            "a primary cell cannot be protected by the cells that may be withheld",
            hint="coarsen a dimension, release fewer totals, or allow more cells to be withheld (keep, zeros)",
        )

    def _near(self, cell: int, near: int) -> Mask:
        """Return the cells of a few codes of each axis: those nearest to a cell in cost."""
        lattice = self.lattice
        inside = np.ones(len(self.withheld), dtype=bool)
        for axis, told in enumerate(lattice.axes):
            line = self.swapper.line(axis, cell)
            if line is None:
                continue
            price = self.swapper.cost[line] - np.minimum(self.swapper.down[line], 99.0) * 1e-3
            leaf = np.array([price[told.under[:, x]].min() for x in range(told.under.shape[1])])
            own: Mask = np.array(told.under[int(lattice.codes[cell, axis])], dtype=bool)
            chosen = own & (np.cumsum(own) <= near) | (
                np.argsort(np.argsort(leaf, kind="stable")) < near
            )
            kept: Mask = np.asarray(told.under[:, chosen].any(axis=1), dtype=bool)
            inside &= kept[lattice.codes[:, axis]]
        return inside


def cheapest(
    matrix: Any, fall: Floats, cost: Floats, asked: tuple[int, float], *, whole: bool
) -> Floats | None:
    """Return the movement of least cost in which one cell moves as asked; none if there is none.

    Parameters
    ----------
    matrix : sparse matrix, shape (m, k)
        Equations between the cells that may move.
    fall, cost : ndarray, shape (k,)
    asked : tuple of int and float
        Column, and by how much.
    """
    k = matrix.shape[1]
    rows = np.flatnonzero(np.diff(matrix.indptr))
    both = sparse.hstack([matrix[rows], -matrix[rows]], format="csc")
    lower, upper = np.zeros(2 * k), np.concatenate([np.full(k, np.inf), fall])
    column, by = asked
    lower[column], upper[column] = max(by, 0.0), max(by, 0.0)
    lower[column + k], upper[column + k] = max(-by, 0.0), max(-by, 0.0)
    if by < 0 and -by > fall[column] + FEASIBILITY:
        return None
    zero = np.zeros(len(rows))
    programme = Programme(both, zero, zero, lower, upper, nodes=200, once=True, gap=0.2)
    programme.costs(np.arange(2 * k), np.tile(cost, 2))
    found = programme.solve()
    if found.feasible and whole and (abs(found.x - np.round(found.x)) > MOVES).any():
        programme.whole()
        found = programme.solve()
    if not found.feasible:
        return None
    moved: Floats = found.x[:k] - found.x[k:]
    return np.round(moved) if whole else moved


def searched(
    system: System,
    policy: Policy,
    cells: Mask,
    primary: Mask,
    fixed: Mask,
    told: Callable[[str], None] = lambda _: None,
) -> Search:
    """Return the search with a witness for every need.

    Parameters
    ----------
    cells : ndarray of bool, shape (n,)
        Withheld from the start.
    primary : ndarray of bool, shape (n,)
        Those to protect.

    Raises
    ------
    DisclosureRisk
        A need cannot be reached whatever is withheld of the cells that may be.
    """
    search = Search(system, policy, cells, fixed)
    needs = needs_of(system, primary, replace(policy, contributor=0.0))
    late: list[Need] = []
    for number, need in enumerate(needs):
        if number % EVERY == EVERY - 1:
            told(f"withholding: {number + 1:,} of {len(needs):,} needs reached")
        if search.reached(need):
            continue
        found = search.find(need)
        if found is None:
            late.append(need)
        else:
            search.keep(found)
    for need in late:
        if not search.reached(need):
            search.keep(search.solve(need))
    open_again(search, needs, told)
    protect_from_contributors(search, primary)
    return search


def protect_from_contributors(search: Search, primary: Mask) -> None:
    """Add witnesses that move nothing a person alone in a neighbouring cell knows.

    They are asked for only where the witness of a cell moves what the person knows.
    """
    for one in insiders(search.system, primary, search.policy):
        width = widths_of(search.system, search.policy, one.targets, one.knows, dict(one.own)).w
        for cell in one.targets:
            size = min(search.policy.contributor, float(width[cell]))
            need = Need(cell, size, up=True, knows=one.knows, own=one.own)
            if size > 0 and not _withstands(search, need):
                found = search.find(need)
                search.keep(found if found is not None else search.solve(need))


def _withstands(search: Search, need: Need) -> bool:
    """Whether a witness of a cell that moves nothing known to an insider is at hand."""
    value, shut, own = search.system.value, frozenset(need.knows), dict(need.own)
    for up in (True, False):
        number = int(search.holder[up][need.cell])
        far = number != NONE and search.reach[up][need.cell] >= need.size - FEASIBILITY
        if not far:
            continue
        cells, by = search.rows[number].cells.tolist(), search.rows[number].by.tolist()
        if shut.isdisjoint(cells) and all(
            value[c] + b >= own.get(c, -np.inf) for c, b in zip(cells, by, strict=True)
        ):
            return True
    return False


class _Leaning:
    """Which needs lean on a cell, through the witness each holds."""

    def __init__(self, search: Search, needs: Sequence[Need]) -> None:
        self.holds: dict[Need, Movement] = {}
        self.on: dict[int, set[Need]] = {}
        for need in needs:
            self.hold(need, search.rows[int(search.holder[need.up][need.cell])])

    def hold(self, need: Need, movement: Movement) -> None:
        """Let a need hold a witness instead of the one it has."""
        if need in self.holds:
            for c in self.holds[need].cells.tolist():
                self.on[c].discard(need)
        self.holds[need] = movement
        for c in movement.cells.tolist():
            self.on.setdefault(c, set()).add(need)

    def others(self, search: Search, cell: int) -> dict[Need, Movement] | None:
        """Return other witnesses for all that lean on a cell; none where one has no other."""
        asked = sorted(self.on.get(cell, ()), key=lambda n: (n.cell, n.up))
        if len(asked) > LEANING:
            return None
        found: dict[Need, Movement] = {}
        for need in asked:
            movement = search.find(need, (cell,), free=True)
            if movement is None:
                return None
            found[need] = movement
        return found


def open_again(search: Search, needs: Sequence[Need], told: Callable[[str], None]) -> None:
    """Publish secondary cells again, the dearest first, while each need keeps a witness."""
    leaning = _Leaning(search, needs)
    dear, secondary = search.dear, np.flatnonzero(search.withheld & ~search.cells)
    order = sorted(secondary.tolist(), key=lambda c: (-dear[c], c))
    for number, cell in enumerate(order):
        if number % EVERY == EVERY - 1:
            told(f"opening again: {number + 1:,} of {counted(len(order), 'cell')} tried")
        others = leaning.others(search, cell)
        if others is None:
            continue
        for need, movement in others.items():
            leaning.hold(need, movement)
        search.publish(cell)
    search.start_from(list({id(m): m for m in leaning.holds.values()}.values()))
