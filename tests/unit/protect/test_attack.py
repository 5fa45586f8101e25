"""The attacker against another solver, and what is refused before it would run for days."""

import dataclasses

import numpy as np
import pytest
from scipy.optimize import linprog

from sojourn.errors import DisclosureRisk
from sojourn.protect.audit.attack import Attacker
from sojourn.protect.suppress.protect import _is_large
from sojourn.protect.table.equations import System, system_of
from sojourn.protect.table.hierarchy import Hierarchy
from sojourn.protect.table.table import Row, Table


def cube(rng: np.random.Generator) -> System:
    whole = np.floor(np.exp(rng.normal(2.8, 1.2, (3, 4, 3)))).astype(int)
    for axis in range(3):
        whole = np.concatenate([whole, whole.sum(axis=axis, keepdims=True)], axis=axis)
    rows = tuple(
        Row(
            tuple("_T" if i == n - 1 else f"c{i}" for i, n in zip(at, whole.shape, strict=True)),
            float(v),
        )
        for at, v in np.ndenumerate(whole)
    )
    return system_of([Table("cube", ("x", "y", "z"), rows)])


def ends(one: System, withheld: np.ndarray, cell: int) -> list[float]:
    bounds = [(0, None) if w else (v, v) for w, v in zip(withheld, one.value, strict=True)]
    found = []
    for sign in (1.0, -1.0):
        cost = np.zeros(len(bounds))
        cost[cell] = sign
        made = linprog(cost, A_eq=one.matrix, b_eq=np.zeros(one.matrix.shape[0]), bounds=bounds)
        found.append(sign * made.fun if made.status == 0 else -sign * np.inf)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_every_interval_is_that_of_another_solver(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one = cube(rng)
    withheld = rng.random(len(one.keys)) < 0.5
    n = len(one.keys)
    attacker = Attacker(one, withheld, one.value, np.zeros(n), np.full(n, np.inf), whole=False)
    made = attacker.intervals(width=20)
    low, high = attacker._tight()
    for place, cell in enumerate(np.flatnonzero(withheld)):
        least, most = ends(one, withheld, int(cell))
        assert made.low[cell] == pytest.approx(least, abs=1e-5)
        assert made.high[cell] == pytest.approx(most, abs=1e-5)
        assert low[place] <= least + 1e-6  # what single sums say is never too narrow
        assert high[place] >= most - 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_of_sums_that_form_a_tree_what_single_sums_say_is_all_there_is(seed: int) -> None:
    rng = np.random.default_rng(seed)
    leaves = {f"{parent}{n}": float(rng.integers(1, 30)) for parent in "nsw" for n in range(4)}
    inner = {p: sum(v for leaf, v in leaves.items() if leaf[0] == p) for p in "nsw"}
    cells = leaves | inner | {"_T": sum(inner.values())}
    table = Table("t", ("region",), tuple(Row((code,), v) for code, v in cells.items()))
    tree = {"_T": tuple("nsw"), **{p: tuple(x for x in leaves if x[0] == p) for p in "nsw"}}
    one = system_of([table], {"region": (Hierarchy("tree", tree),)})
    withheld = rng.random(len(one.keys)) < 0.5
    n = len(one.keys)
    made = Attacker(one, withheld, one.value, np.zeros(n), np.full(n, np.inf), whole=False).bounds()
    for cell in range(n):
        least, most = ends(one, withheld, cell)
        assert made.low[cell] == pytest.approx(least, abs=1e-6)
        assert made.high[cell] == pytest.approx(most, abs=1e-6)


def test_what_would_not_end_is_refused_at_once_with_a_way_out() -> None:
    inside = np.ones(100_000, dtype=bool)
    primary = np.zeros(100_000, dtype=bool)
    primary[:30_000] = True
    tree = cube(np.random.default_rng(0))
    assert tree.lattice is not None
    assert _is_large(tree, inside, primary)  # searched by boxes, whatever its size
    none = dataclasses.replace(tree, lattice=None)
    with pytest.raises(DisclosureRisk, match="30,000 primary cells in 100,000 cells") as told:
        _is_large(none, inside, primary)
    assert "coarsen" in str(told.value)
    part = np.arange(100_000) < 100
    assert not _is_large(none, part, primary)  # small parts are solved one by one, however many
