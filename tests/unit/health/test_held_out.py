"""How far malaria moves: the error of the last value carried forward, known without what came later."""

import numpy as np
import pytest

from sojourn.health.run.held_out import FIRST, _band, _rows, own_error

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
    both = np.concatenate([rates, wild]), np.concatenate([cases, np.full(wild.shape, 10_000.0)])
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


def test_the_model_is_held_against_the_value_of_2015_carried_forward() -> None:
    """SYNTHETIC: everywhere a fall by a tenth a year, which the model tells to the digit, or misses."""
    seen = 0.1 * np.exp(-0.1 * np.arange(7)) * np.ones((5, 1))
    told = np.broadcast_to(seen[:, 1:].T, (8, 6, 5))
    still, model, within = _rows("cases", seen, told, "e")
    assert still.ours == pytest.approx(0.35)  # the middle of a tenth to six tenths
    assert model.published == pytest.approx(1.1 * 0.35)
    assert (model.ours, model.verdict) == (pytest.approx(0.0, abs=1e-12), "met")
    assert [r.id for r in (still, model, within)] == [
        f"{name}_malaria_cases_2016_2021" for name in ("persistence", "model", "coverage")
    ]
    assert (within.published, within.verdict) == (0.9, "missed")  # all of them are too many
    _, far, _ = _rows("cases", seen, told * np.exp(0.36), "e")
    assert (far.ours, far.verdict) == (pytest.approx(0.36), "met")
    _, further, _ = _rows("cases", seen, told * np.exp(0.4), "e")
    assert further.verdict == "missed"


@pytest.mark.parametrize("cases", [10_000.0, 10_001.0])
def test_a_band_is_told_of_countries_of_more_than_ten_thousand_cases(cases: float) -> None:
    rates, many = falling(-0.1)
    wild = rates.copy()
    wild[:, YEARS > 2015] *= 50.0
    both = np.concatenate([rates, wild]), np.concatenate([many, np.full(wild.shape, cases)])
    told = _band("cases", *both, "e")
    assert told.ours == pytest.approx(1.0 if cases == 10_000.0 else 0.5)
    assert told.verdict == "missed"
