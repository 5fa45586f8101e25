"""Single steps of the search and the audit on tables small enough to try every pattern of."""

import dataclasses
import itertools
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from sojourn.protect.audit.attack import Attacker
from sojourn.protect.audit.audit import attack
from sojourn.protect.audit.witness import proven
from sojourn.protect.suppress.exact import _Attack
from sojourn.protect.suppress.needs import Need
from sojourn.protect.suppress.pattern import Widener, fixed_cells
from sojourn.protect.table.equations import System, system_of
from sojourn.protect.table.policy import Policy, packaged
from sojourn.protect.table.programme import Programme
from sojourn.protect.table.table import Row, Table

#: A cell may be 0, so that the floor of a number is no help to it.
OPEN = {"zeros": "withheld", "p": 0, "k": 0, "n": 0, "contributor": 0, "m": 1}


def policy(**changed: object) -> Policy:
    return msgspec.structs.replace(packaged("default"), **changed)


def square(inside: Sequence[Sequence[int]]) -> System:
    """A table of two dimensions with its totals."""
    a = np.array(inside)
    rows = []
    for r, c in itertools.product(*(range(n + 1) for n in a.shape)):
        cut = a[slice(None) if r == a.shape[0] else r][..., slice(None) if c == a.shape[1] else c]
        codes = ("_T" if r == a.shape[0] else f"r{r}", "_T" if c == a.shape[1] else f"c{c}")
        rows.append(Row(codes, float(cut.sum())))
    return system_of([Table("t", ("r", "c"), tuple(rows))])


def cells(one: System, *codes: tuple[str, str]) -> list[int]:
    """The places of cells, by their codes of row and column."""
    return [next(i for i, r in enumerate(one.rows) if r.codes == c) for c in codes]


def mask(one: System, at: Sequence[int]) -> np.ndarray:
    told = np.zeros(len(one.keys), dtype=bool)
    told[list(at)] = True
    return told


def equation(*numbers: float, values: Sequence[float]) -> System:
    """A system of one equation, whatever its coefficients."""
    keys = tuple(((("d", f"c{i}"),)) for i in range(len(values)))
    rows = tuple(Row((f"c{i}",), v) for i, v in enumerate(values))
    matrix = sparse.csr_matrix(np.array([numbers]))
    return System(keys, rows, np.array(values), matrix, ("one",), whole=True, rounded=1)


def free(one: System, withheld: Sequence[int], *, whole: bool = True) -> Attacker:
    n = len(one.keys)
    least, most = np.zeros(n), np.full(n, np.inf)
    return Attacker(one, mask(one, withheld), one.value, least, most, whole=whole)


CORNERS = (("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1"))


def attacked(inside: Sequence[Sequence[int]], asked: Policy) -> tuple[int, int, bool]:
    """What an outsider finds of the first corner when all four are withheld: exact, narrow, safe."""
    one = square(inside)
    audit = attack(one, mask(one, cells(one, *CORNERS)), mask(one, cells(one, CORNERS[0])), asked)
    outsider = audit.findings[0]
    return outsider.exact, outsider.narrow, audit.safe


@pytest.mark.parametrize(("w2", "safe"), [(2, True), (4, False)])
def test_wide_enough_but_not_far_enough_above(w2: float, safe: bool) -> None:
    """9 lies between 0 and 11: 11 wide, and 2 above the truth."""
    found = attacked([[9, 2, 30], [2, 9, 30], [30, 30, 30]], policy(**OPEN, w=10, w1=4, w2=w2))
    assert found == (0, int(not safe), safe)


@pytest.mark.parametrize(("w1", "safe"), [(3, True), (4, False)])
def test_wide_enough_but_not_far_enough_below(w1: float, safe: bool) -> None:
    """9 lies between 6 and 29: 23 wide, and 3 below the truth."""
    asked = policy(**OPEN, w=10, w1=w1, w2=4)
    assert attacked([[9, 20, 30], [20, 3, 30], [30, 30, 30]], asked) == (0, int(not safe), safe)


def test_a_low_end_at_its_floor_is_low_enough() -> None:
    """2 lies between 0 and 22: nothing is below 0, so that 2 below the truth is all there is."""
    asked = policy(**OPEN, w=10, w1=4, w2=4)
    assert attacked([[2, 20, 30], [20, 30, 30], [30, 30, 30]], asked) == (0, 0, True)


def test_a_primary_number_that_is_published_is_known_exactly() -> None:
    one = square([[3, 20, 30], [20, 30, 30], [30, 30, 30]])
    audit = attack(one, mask(one, []), mask(one, cells(one, ("r0", "c0"))), policy(**OPEN))
    assert not audit.safe
    assert (audit.findings[0].exact, audit.findings[0].narrow) == (1, 1)


def test_a_witness_that_moves_what_is_published_proves_nothing() -> None:
    one = square([[9, 20], [20, 30]])
    corners = cells(one, *CORNERS)
    moved = (np.array(corners), np.array([5.0, -5.0, -5.0, 5.0]))
    nothing = np.zeros(len(one.keys))
    whole = proven(one, mask(one, corners), nothing, [moved], whole=True)
    assert (whole.held, whole.broken, whole.up[corners[0]]) == (1, 0, 5.0)
    for told in corners:  # each published once
        withheld = mask(one, [c for c in corners if c != told])
        proof = proven(one, withheld, nothing, [moved], whole=True)
        assert (proof.held, proof.broken) == (0, 1)
        assert not proof.up.any()
        assert not proof.down.any()


def test_the_end_of_whole_numbers_is_whole_without_a_whole_programme() -> None:
    """2 a + b = 5: a is at most 2.5, and therefore 2."""
    one = equation(1.0, -2.0, -1.0, values=[5.0, 2.0, 1.0])
    found = free(one, [1, 2]).intervals(width=1.0)
    assert (found.low[1], found.high[1]) == (0.0, 2.0)
    loose = free(one, [1, 2], whole=False).intervals()
    assert (loose.low[1], loose.high[1]) == (0.0, 2.5)
    least = free(equation(1.0, -2.0, 1.0, values=[5.0, 4.0, 3.0]), [1, 2]).intervals(width=1.0)
    assert least.low[1] == 3.0  # 2 a = 5 + b: at least 2.5, and therefore 3


def test_whole_programmes_end_where_whole_numbers_do() -> None:
    """2 a + b = 5, and b is odd: 1, 3 or 5."""
    one = equation(1.0, -2.0, -1.0, values=[5.0, 2.0, 1.0])
    found = free(one, [1, 2]).intervals()
    assert (found.low[2], found.high[2]) == (1.0, 5.0)


@pytest.mark.parametrize(("width", "ends"), [(15.0, (11.0, 19.0)), (10.0, (10.0, 20.0))])
def test_whole_programmes_are_asked_where_an_interval_is_narrow_however_far_from_nought(
    width: float, ends: tuple[float, float]
) -> None:
    """2 a + b = 101, and b, from 10 to 20, is odd; where 10 wide is enough nobody need know it."""
    one = equation(1.0, -2.0, -1.0, values=[101.0, 41.0, 19.0])
    least, most = np.array([0.0, 0.0, 10.0]), np.array([np.inf, np.inf, 20.0])
    found = Attacker(one, mask(one, [1, 2]), one.value, least, most, whole=True).intervals(
        width=width
    )
    assert (found.low[2], found.high[2]) == ends


def test_no_end_is_computed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    was = Programme.whole

    def whole(self: Programme, *, yes: bool = True) -> None:
        asked.append(yes)
        was(self, yes=yes)

    monkeypatch.setattr(Programme, "whole", whole)
    one = square([[9, 2, 30], [2, 9, 30], [30, 30, 30]])
    free(one, cells(one, *CORNERS)).intervals()
    assert asked == []  # the ends of a square are whole, and tables that were seen reach them
    free(equation(1.0, -2.0, -1.0, values=[5.0, 2.0, 1.0]), [1, 2]).intervals()
    assert asked


def test_who_knows_one_more_number_knows_what_hangs_on_it_and_forgets_it_again() -> None:
    one = square([[9, 20, 30], [20, 30, 30], [30, 30, 30]])
    corners = cells(one, *CORNERS)
    attacker = free(one, corners)
    known = attacker.intervals(knowing=[corners[3]])
    assert [(known.low[c], known.high[c]) for c in corners] == [
        (9, 9),
        (20, 20),
        (20, 20),
        (30, 30),
    ]
    again = attacker.intervals()
    assert (again.low[corners[0]], again.high[corners[0]]) == (0, 29)
    narrow = attacker.wider_than(corners[:1], np.array([4.0]), knowing=[corners[3]])
    assert narrow == {corners[0]: (9.0, 9.0)}
    again = attacker.intervals()
    assert (again.low[corners[0]], again.high[corners[0]]) == (0, 29)
    own = attacker.wider_than(corners[:1], np.array([99.0]), own={corners[1]: 18.0})
    assert own == {corners[0]: (0.0, 11.0)}  # 29 less the 18 that are their own


def test_empty_cells_are_published_unless_nobody_ever_prints_them() -> None:
    rows = (Row(("_T",), 9.0), Row(("a",), 9.0), Row(("b",), 0.0), Row(("c",), 0.0, latent=True))
    one = system_of([Table("t", ("d",), rows)])
    nothing = np.zeros(4, dtype=bool)
    assert fixed_cells(one, policy(), nothing).tolist() == [True, False, True, False]
    assert fixed_cells(one, policy(zeros="withheld"), nothing).tolist() == [
        True,
        False,
        False,
        False,
    ]
    assert fixed_cells(one, policy(), mask(one, [2])).tolist() == [True, False, False, False]


def test_a_whole_witness_is_whole_or_none() -> None:
    """a = 2 b moves by one only with half of b."""
    one = equation(1.0, -2.0, values=[8.0, 4.0])
    open_ = policy(**OPEN)
    widener = Widener(one, open_, np.zeros(2, dtype=bool))
    need = Need(0, 1.0, up=True)
    assert widener.witness(need, whole=False).tolist() == [1.0, 0.5]
    assert widener.witness(need, whole=True) is None
    assert widener.witness(dataclasses.replace(need, size=2.0), whole=True).tolist() == [2.0, 1.0]
    assert widener.witness(need, whole=False).tolist() == [1.0, 0.5]  # and is asked as before


def reaches(one: System, chosen: Sequence[bool], need: Need) -> bool:
    """Whether a cell can move as far as a need asks: scipy's answer."""
    still = set(need.knows)
    bounds = [
        (-v, None) if c and i not in still else (0, 0)
        for i, (v, c) in enumerate(zip(one.value, chosen, strict=True))
    ]
    cost = np.zeros(len(bounds))
    cost[need.cell] = -1.0 if need.up else 1.0
    zero = np.zeros(one.matrix.shape[0])
    found = linprog(cost, A_eq=one.matrix, b_eq=zero, bounds=bounds)
    return found.status == 3 or -found.fun >= need.size - 1e-6


@pytest.mark.parametrize("knows", [(), (1,)])
@pytest.mark.parametrize("up", [True, False])
def test_a_cut_is_held_by_every_pattern_that_is_safe(up: bool, knows: tuple[int, ...]) -> None:
    """All 256 patterns that withhold the first cell of two by two numbers with their totals.

    Fischetti and Salazar-González (2001): what the choice violates, no safe pattern does.
    """
    one = square([[9, 20], [20, 30]])
    first, beside = cells(one, ("r0", "c0"), ("r0", "c1"))
    need = Need(first, 5.0, up=up, knows=tuple(beside for _ in knows))
    asked = _Attack(one, policy(**OPEN))
    rest = [i for i in range(len(one.keys)) if i != first]
    tried = [mask(one, [first, *c]) for n in range(9) for c in itertools.combinations(rest, n)]
    safe = [reaches(one, t, need) for t in tried]
    assert True in safe
    assert False in safe
    cuts = [asked.cut(need, t) for t in tried]
    assert [c is None for c in cuts] == safe
    good = [t for t, s in zip(tried, safe, strict=True) if s]
    for chosen, cut in zip(tried, cuts, strict=True):
        if cut is None:
            continue
        assert cut @ chosen < need.size - 1e-6
        assert (cut <= need.size).all()
        assert (cut[list(need.knows)] == 0).all()
        assert all(cut @ g >= need.size - 1e-6 for g in good)
