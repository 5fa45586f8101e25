"""Weights of draws: what tells a country's past counts more; levels never rest on them."""

import numpy as np
import pytest

from sojourn.health.engine.parameters import constants
from sojourn.health.tb.weights import effective, log_weights, posterior

YEARS, DRAWS = 10, 400


def paths(off: np.ndarray) -> np.ndarray:
    """Return cases and deaths per person of one country whose slope is off by some a year."""
    t = np.arange(YEARS)[:, None]
    cases = 1e-3 * np.exp(off * t)
    return np.stack([cases, 0.1 * cases])[..., None]


ONE = np.ones((DRAWS, 1))
NONE = np.zeros((DRAWS, 1), dtype=bool)
SEEN = np.broadcast_to(paths(np.zeros(1)), (2, YEARS, DRAWS, 1))


def test_a_draw_that_tells_the_past_weighs_more() -> None:
    off = np.linspace(-0.1, 0.1, DRAWS)
    logs = log_weights(paths(off), SEEN, ONE, ONE, NONE)
    assert abs(off[logs[:, 0].argmax()]) < 1e-3
    assert logs[0, 0] < logs[DRAWS // 4, 0] < logs[DRAWS // 2, 0]
    assert 10 < float(effective(logs)[0]) < DRAWS
    found = posterior(logs[:, 0], {"slope": off})["slope"]
    assert found.low < 0.0 < found.high
    assert found.high - found.low < 0.15


def test_fatality_far_from_what_is_published_and_odd_selection_weigh_less() -> None:
    law = {k: v.value for k, v in constants("tb").items()}
    spread = np.exp(np.linspace(-1.0, 1.0, DRAWS))[:, None]
    fatal = log_weights(SEEN, SEEN, spread, ONE, NONE)[:, 0]
    assert fatal[0] == pytest.approx(-0.5 / law["weight_factor"] ** 2, rel=0.02)
    chosen = law["selection_middle"] * spread
    known = log_weights(SEEN, SEEN, ONE, chosen, ~NONE)[:, 0]
    assert known[0] == pytest.approx(-0.5 / law["selection_sd"] ** 2, rel=0.02)
    assert not log_weights(SEEN, SEEN, ONE, chosen, NONE).any()  # drawn: its law has spoken already


def test_missing_years_do_not_count_and_the_level_of_deaths_is_the_factors() -> None:
    seen = SEEN.copy()
    seen[:, :8] = np.nan
    seen[1, 9] = 0.0
    logs = log_weights(paths(np.linspace(-0.1, 0.1, DRAWS)), seen, ONE, ONE, NONE)
    assert np.isfinite(logs).all()
    twice = SEEN * np.array([1.0, 2.0])[:, None, None, None]
    assert not log_weights(twice, SEEN, ONE, ONE, NONE).any()
    assert log_weights(2.0 * SEEN, SEEN, ONE, ONE, NONE).max() < -20.0


def test_equal_weights_leave_all_draws_and_one_weight_leaves_one() -> None:
    assert effective(np.zeros((DRAWS, 2))) == pytest.approx(DRAWS)
    alone = np.full((DRAWS, 1), -1e4)
    alone[3] = 0.0
    assert effective(alone) == pytest.approx(1.0)
    assert posterior(alone[:, 0], {"x": np.arange(DRAWS, dtype=float)}) == {}
