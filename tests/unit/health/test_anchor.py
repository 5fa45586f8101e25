"""The anchor: WHO's series carried on by a trend that fades, its own error, and no look ahead."""

from dataclasses import replace

import numpy as np
import pytest

from sojourn.health.tb.anchor import MEASURED, Anchor, Law, anchor, anchored, pooled_slope
from sojourn.health.tb.score import rivals, score, score_draws

YEARS = np.arange(2000, 2023)


def series(n: int = 60, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Synthetic countries whose rates fall by 1 to 6 per cent a year, with noise."""
    rng = np.random.default_rng(seed)
    people = np.repeat(rng.uniform(2e6, 5e7, (n, 1)), len(YEARS), axis=1)
    rate = rng.uniform(1e-4, 4e-3, (n, 1)) * np.exp(
        -rng.uniform(0.01, 0.06, (n, 1)) * (YEARS - 2000) + rng.normal(0, 0.01, (n, len(YEARS)))
    )
    fatal = 0.15 * np.exp(-0.02 * (YEARS - 2000)) * np.ones((n, 1))
    return rate * people, rate * people * fatal, people


def found(cases: np.ndarray, deaths: np.ndarray, people: np.ndarray) -> Anchor:
    return anchor(cases, deaths, people, first=2000, base=2015)


def test_what_comes_after_the_base_year_is_never_looked_at() -> None:
    cases, deaths, people = series()
    seen = found(cases, deaths, people)
    for v in (cases, deaths, people):
        v[:, 16:] = np.nan
    blind = found(cases, deaths, people)
    for name in Anchor.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(seen, name), getattr(blind, name))


def test_a_steady_trend_goes_on_and_fades() -> None:
    people = np.full((30, 16), 1e8)
    cases = people * 1e-3 * np.exp(-0.05 * np.arange(16))
    one = found(cases, 0.1 * cases, people)
    np.testing.assert_allclose(one.cases_slope, -0.05, rtol=1e-6)
    path, deaths = one.path(np.array([0.0, 1.0, 5.0, 400.0]))
    np.testing.assert_allclose(path[0], one.cases)
    np.testing.assert_allclose(path[1] / path[0], np.exp(-0.05 * 0.9), rtol=1e-6)
    np.testing.assert_allclose(path[3] / path[0], np.exp(-0.05 * 9.0), rtol=1e-6)
    np.testing.assert_allclose(deaths, 0.1 * path, rtol=1e-6)
    plain = replace(Law.of("cases"), damping=1.0)
    assert float(plain.faded(np.array([5.0]))[0]) == 5.0
    assert float(Law.of("cases").faded(np.array([5.0]))[0]) == pytest.approx(3.68559)


def test_a_zero_or_a_gap_gives_no_slope_and_zero_deaths_stay_zero() -> None:
    cases, deaths, people = series()
    deaths[0] = 0.0
    cases[1, 12] = np.nan
    one = found(cases, deaths, people)
    assert one.fatality[0] == 0.0
    assert not one.path(np.arange(21.0))[1][:, 0].any()
    others = found(cases[2:], deaths[2:], people[2:])
    law = Law.of("cases")
    steady, whole = np.full(58, np.inf), replace(law, own=1.0)
    middle = np.median(
        pooled_slope(others_rate(cases[2:], people[2:]), people[2:, 15], steady, whole)
    )
    assert one.cases_slope[1] == pytest.approx(middle, abs=2e-3)
    assert np.isfinite(others.cases_slope).all()


def others_rate(cases: np.ndarray, people: np.ndarray) -> np.ndarray:
    return (cases / people)[:, :16]


def test_a_slope_of_few_cases_is_drawn_to_the_median_of_countries() -> None:
    cases, deaths, people = series()
    people[0], cases[0], deaths[0] = 1e5, 10.0 * np.exp(0.1 * (YEARS - 2000)), 1.0
    one = found(cases, deaths, people)
    many = cases.copy()
    many[0] *= 1e4
    people[0] *= 1e4
    assert one.cases_slope[0] < 0.5 * found(many, deaths, people).cases_slope[0]


def test_no_rise_is_carried_on_by_more_than_half() -> None:
    cases, deaths, people = series()
    cases[:, :] = people * 1e-3 * np.exp(0.2 * (YEARS - 2000))
    path = found(cases, deaths, people).path(np.arange(36.0))[0]
    assert (path[1:] / path[0]).max() <= 1.5


def test_widths_are_the_errors_of_the_method_itself_and_never_shrink() -> None:
    cases, deaths, people = series()
    one = found(cases, deaths, people)
    assert (np.diff(one.cases_width) >= 0).all()
    assert one.cases_width[0] < MEASURED["cases"][0]  # smooth series, small errors
    few = found(cases[:4], deaths[:4], people[:4])
    assert few.cases_width[6] > one.cases_width[6]
    for widths in MEASURED.values():  # further ahead the method is off by more
        assert (np.diff(widths) > 0).all()
        assert 0.1 < widths[0] < widths[-1] < 0.65


def test_small_countries_and_years_without_a_value_widen_no_band() -> None:
    cases, deaths, people = series()
    rng = np.random.default_rng(3)
    wild = rng.uniform(1.0, 900.0, (30, len(YEARS)))
    small = (wild, 0.1 * wild, np.full(wild.shape, 1e5))
    holes = [t.copy() for t in (cases, deaths, people)]
    holes[0][0, 10] = np.nan
    one = found(cases, deaths, people)
    both = found(*(np.concatenate(t) for t in zip((cases, deaths, people), small, strict=True)))
    np.testing.assert_allclose(both.cases_width, one.cases_width, rtol=1e-9)
    np.testing.assert_allclose(both.deaths_width, one.deaths_width, rtol=1e-9)
    assert np.isfinite(found(*holes).cases_width).all()


def test_draws_have_the_band_and_start_from_who() -> None:
    cases, deaths, people = series(8)
    one = found(cases, deaths, people)
    z = np.random.default_rng(1).standard_normal((4000, 6, 8))
    told, _ = anchored(one, 6, (z, z))
    np.testing.assert_array_equal(told[:, 0], np.broadcast_to(one.cases, (4000, 8)))
    low, high = np.quantile(np.log(told[:, 5]), [0.05, 0.95], axis=0)
    np.testing.assert_allclose((high - low) / 2, one.cases_width[4], rtol=0.06)


def test_scores_know_persistence_the_trend_and_a_band() -> None:
    cases, _, people = series()
    rate = cases / people
    seen = rate[:, 16:].T
    told = {k: v for k, (v, _) in rivals(rate[:, :16], people[:, 15], 7).items()}
    assert score(told["trend"], seen).error < score(told["persistence"], seen).error
    one = score(np.ones(10), np.exp(np.linspace(0.0, 0.9, 10)), 0.45)
    assert one.within == 0.5
    assert one.interval == pytest.approx(0.9 + 20.0 * (0.05 + 0.15 + 0.25 + 0.35 + 0.45) / 10)
    draws = np.exp(np.random.default_rng(1).normal(0, 1, (2000, 50)))
    assert score_draws(draws, np.ones(50)).within == 1.0
    assert score_draws(draws, np.full(50, 9.0)).within == 0.0
    # by hand: a band from 0.5 to 2 of the logarithm's ends, one inside, one below by ln 2, one above by ln 3
    hand = np.exp(np.linspace(np.log(0.5), np.log(2.0), 2001))[:, None] * np.ones(3)
    ends = 0.9 * np.log(4.0)
    seen_at = np.exp(np.array([0.0, -ends / 2 - np.log(2.0), ends / 2 + np.log(3.0)]))
    told_of = score_draws(hand, seen_at)
    assert told_of.within == pytest.approx(1 / 3)
    assert told_of.interval == pytest.approx(ends + 20.0 * np.log(6.0) / 3, rel=1e-3)
