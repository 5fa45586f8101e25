"""Rows in which nobody stands: a birthplace that is empty changes nothing and divides nothing by zero."""

import numpy as np
import numpy.typing as npt
import pytest

from sojourn.errors import EstimateError
from sojourn.flows.model import METHODS, Stocks, estimate
from sojourn.flows.model.fitting import fit

Array = npt.NDArray[np.float64]
PLACES = ("A", "B", "C")
ACCOUNTING = ("minimum-open", "minimum-closed", "independence", "pseudo-bayes")
START = np.array([[1000, 100, 10], [55, 555, 0], [0, 40, 800]], float)
END = np.array([[950, 120, 40], [80, 530, 0], [30, 0, 810]], float)
NOBODY = np.zeros((1, 3))
SEED = np.array([[9, 1, 2], [3, 9, 1], [1, 2, 9]], float)


def stocks(start: Array, end: Array) -> Stocks:
    births = PLACES + ("elsewhere",) * (len(start) - len(PLACES))
    return Stocks(PLACES, births, start, end, np.zeros(3), np.zeros(3))


@pytest.mark.parametrize("seed", [None, SEED], ids=["plain", "seeded"])
@pytest.mark.parametrize("method", ACCOUNTING)
def test_a_birthplace_of_nobody_changes_nothing(method: str, seed: Array | None) -> None:
    empty = stocks(np.vstack([START, NOBODY]), np.vstack([END, NOBODY]))
    with np.errstate(all="raise"):
        found = estimate(empty, method, seed=seed)
        without = estimate(stocks(START, END), method, seed=seed)
    np.testing.assert_array_equal(found.flow, without.flow)
    assert found.total > 0
    assert found.of_birthplace is not None
    own = [found.of_birthplace(k) for k in range(4)]
    np.testing.assert_allclose(np.sum(own, axis=0), found.flow, rtol=1e-9, atol=1e-9)
    assert not own[3].any()


@pytest.mark.parametrize("method", ["drop-negative", "reverse-negative", "dennett"])
def test_differences_and_rates_leave_a_birthplace_of_nobody_out(method: str) -> None:
    empty = stocks(np.vstack([START, NOBODY]), np.vstack([END, NOBODY]))
    with np.errstate(all="raise"):
        found, without = estimate(empty, method), estimate(stocks(START, END), method)
    np.testing.assert_array_equal(found.flow, without.flow)


@pytest.mark.parametrize("method", [m for m in METHODS if m != "rogers"])
def test_where_nobody_moved_there_is_no_flow(method: str) -> None:
    with np.errstate(all="raise"):
        found = estimate(stocks(START, START), method)
    assert found.total == 0 or method in ("independence", "pseudo-bayes")


def test_no_moves_are_spread_over_nobody() -> None:
    natives = np.diag([1000.0, 500.0, 800.0])
    with pytest.raises(EstimateError, match="over 0 foreign-born"):
        estimate(stocks(natives, END), "dennett", moves=100)


def test_one_place_and_no_rows_have_no_flow() -> None:
    alone = Stocks(("A",), ("A",), np.array([[9.0]]), np.array([[9.0]]), np.zeros(1), np.zeros(1))
    assert estimate(alone, "minimum-closed", seed=np.ones((1, 1))).total == 0
    assert fit(np.zeros((0, 3)), np.zeros(0), np.zeros(3)).table.shape == (0, 3)
