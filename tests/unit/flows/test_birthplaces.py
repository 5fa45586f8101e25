"""Movers by birthplace and sex: parts add up to the whole, by hand and exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.errors import EstimateError
from sojourn.flows.model import Stocks, estimate
from sojourn.flows.model.birthplaces import by_sex, carriers, kinds_of

PLACES = ("A", "B", "C", "D")
START = np.array([[1000.0, 100, 10, 0], [55, 555, 50, 5], [80, 40, 800, 40], [20, 25, 20, 200]])
END = np.array([[950.0, 100, 60, 0], [80, 505, 75, 5], [90, 30, 800, 40], [40, 45, 0, 180]])


def stocks(share: float = 1.0) -> Stocks:
    """The published four-place example (Abel 2013)."""
    none = np.zeros(4)
    return Stocks(PLACES, PLACES, START * share, END * share, none, none)


def test_movers_of_the_published_example_are_counted_by_hand() -> None:
    """A: A>C 50 leave; B: B>A, B>C 50 leave; C: B>A in transit 10; D: C>A, C>B 20 in transit, D>A, D>B 20 leave."""
    found = kinds_of(estimate(stocks(), "minimum-closed"))
    assert (found.returning, found.in_transit, found.leaving) == pytest.approx((0, 30, 120))
    assert sum(found.shares) == pytest.approx(1.0)


def test_the_carriers_of_a_corridor_are_told_until_95_percent() -> None:
    flows = estimate(stocks(), "minimum-closed")
    told = carriers(flows, "B", "A")
    assert [(c.birthplace, c.persons) for c in told] == [
        ("B", pytest.approx(25)),
        ("C", pytest.approx(10)),
    ]
    assert carriers(flows, "A", "C")[0].share == pytest.approx(1.0)
    with pytest.raises(EstimateError, match="E is not a place of this run"):
        carriers(flows, "E", "A")


@given(st.floats(0.05, 0.95), st.sampled_from(["minimum-closed", "pseudo-bayes", "minimum-open"]))
def test_women_and_men_add_up_to_both_exactly(share: float, method: str) -> None:
    flows = estimate(stocks(), method)
    split = by_sex(flows, stocks(share), stocks(1.0 - share))
    assert np.array_equal(split["F"].flow + split["M"].flow, flows.flow)
    assert split["F"].flow.min() >= 0
    assert split["M"].flow.min() >= 0
    np.testing.assert_allclose(split["F"].flow, share * flows.flow, rtol=1e-9)


def test_women_of_a_corridor_follow_the_stock_that_carries_it() -> None:
    women = Stocks(PLACES, PLACES, START * 0.5, END * 0.5)
    end = END * 0.5
    end[0, 2] = 54.0  # nine in ten of those born in A who live in C at the end are women
    split = by_sex(
        estimate(stocks(), "minimum-closed"),
        Stocks(PLACES, PLACES, women.start, end),
        Stocks(PLACES, PLACES, women.start, END - end),
    )
    assert split["F"].flow[0, 2] == pytest.approx(0.9 * 50)


def test_a_method_without_birthplaces_says_so() -> None:
    with pytest.raises(EstimateError, match="drop-negative gives no flows by birthplace"):
        kinds_of(estimate(stocks(), "drop-negative"))
