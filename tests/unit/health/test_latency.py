"""How infection becomes disease: the published figures, the closed forms, the exact cohort."""

import numpy as np
import pytest

from sojourn.health.engine.parameters import draw, parameters
from sojourn.health.tb.latency import (
    CENTRAL,
    STRUCTURES,
    central,
    cohort,
    fit_three_stage,
    latencies,
)


def test_lifetime_progression_of_the_three_stages() -> None:
    rates = central("three_stage")
    assert rates.lifetime(0.0)[0] == pytest.approx(0.08883, abs=5e-6)
    assert rates.lifetime(1 / 65)[0] == pytest.approx(0.07946, abs=5e-6)


def test_a_cohort_meets_what_was_measured() -> None:
    one, ten, early, late = cohort(CENTRAL, (1.0, 10.0, 24.0, 25.0))
    assert 1000 * one[0] == pytest.approx(37.3, abs=0.05)
    assert 1000 * (late[0] - early[0]) == pytest.approx(0.35, abs=0.005)
    assert 100 * ten[1] == pytest.approx(23.9, abs=0.05)
    assert 100 * cohort(CENTRAL, (25.0,))[0][0] == pytest.approx(7.93, abs=0.005)
    assert 100 * cohort(CENTRAL, (60.0,))[0][1] == pytest.approx(77.2, abs=0.05)


def test_the_cohort_is_that_of_small_steps() -> None:
    k1, e1, k2, e2, c, w = CENTRAL
    f, m, lt, ill, dt = 1.0, 0.0, 0.0, 0.0, 1e-4
    for _ in range(100_000):
        ill += dt * (k1 * f + k2 * m + c * lt)
        f, m, lt = (
            f - dt * (k1 + e1) * f,
            m + dt * (e1 * f - (k2 + e2 + w) * m),
            lt + dt * (e2 * m - (c + w) * lt),
        )
    assert cohort(CENTRAL, (10.0,))[0][0] == pytest.approx(ill, rel=1e-4)


@pytest.mark.parametrize("stay", [0.25, 0.5, 1.0])
def test_refitted_rates_meet_their_aims(stay: float) -> None:
    rates = fit_three_stage(stay, 0.038, 0.00038, 0.079, 0.244)
    one, ten, early, late = cohort(rates, (1.0, 10.0, 24.0, 25.0))
    assert one[0] == pytest.approx(0.038, rel=0.02)
    assert late[0] - early[0] == pytest.approx(0.00038, rel=0.02)
    assert ten[1] == pytest.approx(0.244, rel=0.02)
    assert late[0] == pytest.approx(0.079, rel=1e-3)
    assert 1.0 / (rates[0] + rates[1]) == pytest.approx(stay)


def test_every_draw_has_the_rates_of_its_own_structure() -> None:
    drawn = draw(parameters("tb"), 1, 30, range(30))
    names = np.array(STRUCTURES)[np.arange(30) % 3]
    rates = latencies(names, drawn)
    two = names != "three_stage"
    assert not rates.clear[two].any()
    assert (rates.clear[~two] > 0).all()
    np.testing.assert_array_equal(rates.e1[names == "two_stage_menzies"], 0.872)
    assert rates.k1[1] == pytest.approx(0.0826 * drawn["two_stage_spread"][1])
