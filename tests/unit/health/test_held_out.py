"""How far malaria moves: the error of the last value carried forward, known without what came later."""

import numpy as np
import pytest

from sojourn.health.run.held_out import FIRST, own_error

YEARS = np.arange(FIRST, 2022)


def falling(rate: float, n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """SYNTHETIC: countries whose rate changes by the same share every year, and many cases."""
    rates = 0.1 * np.exp(rate * (YEARS - FIRST)) * np.ones((n, 1))
    return rates, np.full(rates.shape, 1e6)


def test_a_steady_change_is_missed_by_as_much_as_it_moves() -> None:
    found = own_error(*falling(-0.1))
    np.testing.assert_allclose(found, 0.1 * np.arange(1, 7))
    np.testing.assert_allclose(own_error(*falling(0.0)), 0.0, atol=1e-12)


def test_nothing_after_2015_changes_the_band() -> None:
    rates, cases = falling(-0.1)
    later = rates.copy()
    later[:, YEARS > 2015] = np.nan
    np.testing.assert_array_equal(own_error(later, cases), own_error(rates, cases))


def test_few_cases_years_without_a_value_and_zeros_are_not_in_it() -> None:
    rates, cases = falling(-0.1)
    wild = np.tile(np.where(YEARS % 2, 1e-6, 1.0), (40, 1))
    both = np.concatenate([rates, wild]), np.concatenate([cases, np.full(wild.shape, 9_999.0)])
    np.testing.assert_allclose(own_error(*both), own_error(rates, cases))
    holes = rates.copy()
    holes[::2, 7], holes[1::2, 9] = np.nan, 0.0
    np.testing.assert_allclose(own_error(holes, cases), own_error(rates, cases))


def test_nine_of_ten_errors_are_within_it() -> None:
    source = np.random.Generator(np.random.Philox(key=1))
    walk = np.cumsum(source.normal(0.0, 0.2, (400, len(YEARS))), axis=1)
    found = own_error(np.exp(walk), np.full(walk.shape, 1e6))
    np.testing.assert_allclose(found, 1.645 * 0.2 * np.sqrt(np.arange(1, 7)), rtol=0.1)
    off = np.abs(walk[:, -6:] - walk[:, [-7]])
    assert (off <= found).mean() == pytest.approx(0.9, abs=0.03)
