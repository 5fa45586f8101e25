"""Primary rules: which cells must be withheld for what they are, before any arithmetic.

Source: Hundepool et al., Statistical Disclosure Control (Wiley 2012), section 4.2: threshold, p %
and (n, k) rules; group disclosure.
"""

from dataclasses import dataclass

import numpy as np

from sojourn.protect.table.equations import Floats, Mask, System
from sojourn.protect.table.policy import Policy

RULES = ("declared", "threshold", "complement", "group", "p percent", "dominance")


@dataclass(frozen=True, slots=True)
class Primary:
    """The cells that a rule withholds.

    Attributes
    ----------
    cells : ndarray of bool, shape (n,)
    by_rule : dict of str to int
        How many cells each rule withholds first.
    note : str
        Why no rule was asked, where none was.
    public : int
        Cells that a rule would withhold, and that everybody knows already: nothing protects them.
    """

    cells: Mask
    by_rule: dict[str, int]
    note: str = ""
    public: int = 0


def primary_cells(system: System, policy: Policy, *, declared: bool) -> Primary:
    """Return the primary cells of a system.

    Parameters
    ----------
    declared : bool
        The office has marked its primary cells: nothing is decided beside it.
    """
    public = np.array([r.public for r in system.rows], dtype=bool)
    said = np.array([r.primary for r in system.rows], dtype=bool)
    by_rule = {"declared": int((said & ~public).sum())}
    if declared:
        note = "declared by the office"
        return Primary(said & ~public, by_rule, note, int((said & public).sum()))
    if system.rounded > 1:
        note = f"values are rounded to {system.rounded}: no count is exact, and none is withheld by its size"
        return Primary(said & ~public, by_rule, note, int((said & public).sum()))
    value = np.nan_to_num(system.value, nan=0.0)
    ruled = np.array([r.ruled and not r.safe for r in system.rows], dtype=bool)
    found = said.copy()
    for name, rule in (
        ("threshold", (value > 0) & (value < policy.t)),
        ("complement", _complement(system, value, policy)),
        ("group", _group(system, value, policy)),
        ("p percent", _p_percent(system, value, policy)),
        ("dominance", _dominance(system, value, policy)),
    ):
        by_rule[name] = int((rule & ruled & ~found & ~public).sum())
        found |= rule & ruled
    return Primary(found & ~public, by_rule, public=int((found & public).sum()))


def _parts(system: System) -> list[tuple[int, np.ndarray]]:
    matrix = system.sums
    found = []
    for row in range(matrix.shape[0]):
        at = slice(matrix.indptr[row], matrix.indptr[row + 1])
        columns, signs = matrix.indices[at], matrix.data[at]
        if system.rows[int(columns[signs > 0][0])].ruled:
            found.append((int(columns[signs > 0][0]), columns[signs < 0]))
    return found


def _complement(system: System, value: Floats, policy: Policy) -> Mask:
    """Cells whose total less themselves is a small count: who is in the total is nearly all there."""
    found = np.zeros(len(value), dtype=bool)
    if policy.complement and policy.t > 0:
        for total, parts in _parts(system):
            rest = value[total] - value[parts]
            found[parts[(rest > 0) & (rest < policy.t)]] = True
    return found


def _group(system: System, value: Floats, policy: Policy) -> Mask:
    """Cells that are their whole total, where there were other parts: an attribute of everybody."""
    found = np.zeros(len(value), dtype=bool)
    if policy.group:
        for total, parts in _parts(system):
            if len(parts) > 1 and value[total] > 0:
                found[parts[value[parts] == value[total]]] = True
    return found


def _p_percent(system: System, value: Floats, policy: Policy) -> Mask:
    """Return sums in which the second contributor tells the largest to within p per cent."""
    found = np.zeros(len(value), dtype=bool)
    if policy.p > 0:
        for i, row in enumerate(system.rows):
            if len(row.top) >= 1 and value[i] > 0:
                rest = value[i] - sum(row.top[:2])
                found[i] = rest < policy.p / 100 * row.top[0]
    return found


def _dominance(system: System, value: Floats, policy: Policy) -> Mask:
    found = np.zeros(len(value), dtype=bool)
    if policy.n > 0 and policy.k > 0:
        for i, row in enumerate(system.rows):
            if row.top and value[i] > 0:
                found[i] = sum(row.top[: policy.n]) > policy.k / 100 * value[i]
    return found
