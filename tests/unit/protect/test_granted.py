"""What public totals grant everybody, against programmes of another solver over equations made here."""

import msgspec
import numpy as np
import pytest
from scipy.optimize import linprog

from sojourn.protect.run.publishable import Publishable, publishable
from sojourn.protect.table.equations import Key, key_of
from sojourn.protect.table.policy import Policy, packaged
from sojourn.protect.table.table import Row, Table

POLICY = msgspec.structs.replace(packaged("default"), contributor=0, m=1, w=8, w1=0, w2=0)
Codes = tuple[int, ...]


def counts(seed: int) -> np.ndarray:
    """Synthetic counts with every total as the last code; none empty where zeros are published."""
    rng = np.random.default_rng(7000 + seed)
    shape = [(3, 3), (4, 3), (2, 3, 2)][seed % 3]
    whole = np.floor(np.exp(rng.normal(2.2, 0.9, shape))).astype(int) + (seed % 2 == 0)
    for axis in range(whole.ndim):
        whole = np.concatenate([whole, whole.sum(axis=axis, keepdims=True)], axis=axis)
    return whole


def ends(whole: np.ndarray, told: set[Codes], low: float, cell: Codes) -> tuple[float, float]:
    """How far a cell can lie below and above the truth for who knows so many cells of a table."""
    places = list(np.ndindex(*whole.shape))
    at = {p: i for i, p in enumerate(places)}
    rows = []
    for axis in range(whole.ndim):
        for total in (p for p in places if p[axis] == whole.shape[axis] - 1):
            row = np.zeros(len(places))
            row[at[total]] = 1.0
            row[[at[(*total[:axis], i, *total[axis + 1 :])] for i in range(total[axis])]] = -1.0
            rows.append(row)
    bounds = [(whole[p], whole[p]) if p in told else (min(low, whole[p]), None) for p in places]
    found = []
    for sign in (1.0, -1.0):
        cost = np.zeros(len(places))
        cost[at[cell]] = sign
        made = linprog(cost, A_eq=np.array(rows), b_eq=np.zeros(len(rows)), bounds=bounds)
        found.append(abs(made.fun - sign * whole[cell]) if made.status == 0 else np.inf)
    return found[0], found[1]


def named(whole: np.ndarray, place: Codes) -> Key:
    codes = ["_T" if i == n - 1 else f"c{i}" for i, n in zip(place, whole.shape, strict=True)]
    return key_of([f"d{i}" for i in range(whole.ndim)], codes)


def protected(whole: np.ndarray, told: set[Codes], asked: Policy) -> Publishable:
    rows = tuple(
        Row(
            tuple("_T" if i == n - 1 else f"c{i}" for i, n in zip(p, whole.shape, strict=True)),
            float(v),
        )
        for p, v in np.ndenumerate(whole)
    )
    table = Table("t", tuple(f"d{i}" for i in range(whole.ndim)), rows)
    return publishable([table], asked, known={named(whole, p): float(whole[p]) for p in told})


def totals_known(whole: np.ndarray, seed: int) -> set[Codes]:
    """The grand total and some of the others: with all else withheld they are what is left."""
    rng, last = np.random.default_rng(seed), tuple(n - 1 for n in whole.shape)
    margins = [
        p for p in np.ndindex(*whole.shape) if any(i == n for i, n in zip(p, last, strict=True))
    ]
    return {last} | {p for p in margins if rng.random() < 0.35}


@pytest.mark.parametrize("block", range(6))
def test_no_more_is_asked_than_public_totals_leave_and_no_less(block: int) -> None:
    """Sixty tables: each primary cell keeps w, or all that who knows the public totals alone has."""
    for seed in range(10 * block, 10 * block + 10):
        whole = counts(seed)
        zeros = "published" if seed % 2 == 0 else "withheld"
        asked, low = msgspec.structs.replace(POLICY, zeros=zeros), float(zeros == "published")
        told = totals_known(whole, seed)
        made = protected(whole, told, asked)
        assert made.rung == "whole", (
            seed
        )  # all else withheld leaves what is asked: no less is published
        shown, first = made.audited.cells(), made.suppression.primary.cells
        place_of = {named(whole, p): p for p in np.ndindex(*whole.shape)}
        printed = {p for k, p in place_of.items() if shown[k] is not None}
        cells = [place_of[k] for k, one in zip(made.audited.system.keys, first, strict=True) if one]
        bare = np.array([sum(ends(whole, told, low, c)) for c in cells])
        left = np.array([sum(ends(whole, printed, low, c)) for c in cells])
        assert (left >= np.minimum(asked.w, np.floor(bare + 1e-6)) - 1e-6).all(), seed
        audit = made.audited.audit
        assert audit.narrow_already == (bare < asked.w - 1e-6).sum(), seed
        assert audit.exact_already == (bare < 1e-6).sum(), seed


def test_a_number_that_must_be_published_grants_nothing() -> None:
    """It is the publisher's choice: less of the table is published, and no less is asked of a count."""
    rows = [Row(("_T",), 45.0), Row(("a",), 3.0), Row(("b",), 42.0, keep=True)]
    made = publishable([Table("t", ("d",), tuple(rows))], POLICY, known={(): 45.0})
    assert made.rung == "coarser codes"
    assert made.audited.cells() == {(("d", "a"),): None, (("d", "b"),): None, (): 45.0}
    assert made.audited.audit.narrow_already == 0
