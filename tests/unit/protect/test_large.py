"""Large tables: boxes instead of programmes, and witnesses that the audit checks itself."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from sojourn.errors import DisclosureRisk
from sojourn.protect.audit.audit import attack, audited
from sojourn.protect.audit.witness import proven
from sojourn.protect.suppress import protect as suppression
from sojourn.protect.suppress.protect import suppress
from sojourn.protect.table.equations import System, floors, system_of
from sojourn.protect.table.hierarchy import Hierarchy
from sojourn.protect.table.policy import packaged
from sojourn.protect.table.table import Row, Table

TREE = Hierarchy(
    "region", {"_T": ("N", "S"), "N": ("n1", "n2", "n3"), "S": ("s1", "s2", "s3", "s4")}
)


def counts(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.floor(np.exp(rng.normal(2.6, 1.1, shape))).astype(int) * (rng.random(shape) > 0.1)


def table(name: str, dims: tuple[str, ...], codes: list[list[str]], inside: np.ndarray) -> Table:
    """A table with every total, the regions of `TREE` among them where a dimension has them."""
    sets = []
    for d, leaves in zip(dims, codes, strict=True):
        told = {c: [i] for i, c in enumerate(leaves)}
        if d == "region":
            told |= {p: [leaves.index(c) for c in TREE.children[p]] for p in ("N", "S")}
        sets.append(told | {"_T": list(range(len(leaves)))})
    rows = tuple(
        Row(key, float(inside[np.ix_(*(s[c] for s, c in zip(sets, key, strict=True)))].sum()))
        for key in itertools.product(*sets)
    )
    return Table(name, dims, rows)


def hierarchical(seed: int) -> System:
    rng = np.random.default_rng(seed)
    leaves = [["n1", "n2", "n3", "s1", "s2", "s3", "s4"], list("abcdef"), list("xyz")]
    inside = counts(rng, (7, 6, 3))
    return system_of([table("t", ("region", "age", "sex"), leaves, inside)], {"region": (TREE,)})


def linked(seed: int) -> System:
    rng = np.random.default_rng(seed)
    a, b, c, d = list("abcdef"), list("uvwxyz"), list("123"), list("456")
    inside = counts(rng, (6, 6, 3, 3))
    return system_of(
        [
            table("one", ("p", "q", "r"), [a, b, c], inside.sum(axis=3)),
            table("two", ("p", "q", "s"), [a, b, d], inside.sum(axis=2)),
        ]
    )


def ends(one: System, withheld: np.ndarray, cell: int) -> tuple[float, float]:
    bounds = [(0, None) if w else (v, v) for w, v in zip(withheld, one.value, strict=True)]
    cost = np.zeros(len(bounds))
    cost[cell] = 1.0
    zero = np.zeros(one.matrix.shape[0])
    low = linprog(cost, A_eq=one.matrix, b_eq=zero, bounds=bounds).fun
    high = linprog(-cost, A_eq=one.matrix, b_eq=zero, bounds=bounds)
    return low, np.inf if high.status == 3 else -high.fun


@pytest.mark.parametrize("made", [hierarchical, linked])
@pytest.mark.parametrize("seed", range(3))
def test_boxes_protect_hierarchies_and_linked_tables(
    made: object, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suppression, "LEAST_WORK", 0)
    one, policy = made(seed), packaged("default")  # type: ignore[operator]
    done = suppress(one, policy)
    assert one.lattice is not None
    assert done.how == "heuristic"
    targets = np.flatnonzero(done.primary.cells)
    for cell in targets[:: max(1, len(targets) // 25)]:
        low, high = ends(one, done.withheld, int(cell))
        assert high - low >= policy.w - 1e-6
        assert high >= one.value[cell] + policy.w2 - 1e-6
    found = attack(one, done.withheld, done.primary.cells, policy, done.witnesses)
    assert found.safe
    assert found.witnesses == len(done.witnesses)
    again = suppress(one, policy)
    assert (again.withheld == done.withheld).all()


def test_a_witness_that_is_none_proves_nothing() -> None:
    one = hierarchical(7)
    policy = packaged("default")
    done = suppress(one, policy)
    low = floors(one, zeros_published=True)
    cells, by = done.witnesses[0]
    assert proven(one, done.withheld, low, [(cells, by)], whole=True).held == 1
    open_ = np.flatnonzero(~done.withheld)[:1]
    for bad in (
        (cells[:-1], by[:-1]),  # a sum is broken
        (cells, by * 1000),  # a cell falls below nought
        (cells, by / 2 if (by % 2).any() else by / 4),  # no whole numbers
        (np.append(cells, open_), np.append(by, 1.0)),  # a published cell moves
    ):
        told = proven(one, done.withheld, low, [bad], whole=True)
        assert (told.held, told.broken) == (0, 1)
        assert not told.up.any()


def test_false_witnesses_do_not_pass_an_unsafe_table() -> None:
    one, policy = hierarchical(3), packaged("default")
    done = suppress(one, policy)
    bare = done.primary.cells
    assert not attack(one, bare, bare, policy, done.witnesses).safe
    with pytest.raises(DisclosureRisk):
        audited(one, bare, bare, policy, done.witnesses)
