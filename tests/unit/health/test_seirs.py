"""The stochastic engine: closed forms, conservation, its mean, and draws that need no company."""

import numpy as np
import pytest

from sojourn.errors import SimulateError
from sojourn.health.engine.seirs import Epidemic, final_size, run, sis_equilibrium


def patches(n: int, size: float = 1e5) -> tuple[np.ndarray, np.ndarray]:
    mixing = np.full((n, n), 0.1 / max(n - 1, 1))
    np.fill_diagonal(mixing, 0.9 if n > 1 else 1.0)
    state = np.zeros((4, n))
    state[0], state[2] = size - 50.0, 50.0
    return mixing, state


@pytest.mark.parametrize(
    ("r0", "share"), [(1.2, 0.166667), (1.5, 0.333333), (2.0, 0.5), (3.0, 0.666667)]
)
def test_infection_without_immunity_settles(r0: float, share: float) -> None:
    assert sis_equilibrium(r0) == pytest.approx(share, abs=5e-7)
    mixing, state = patches(1)
    quick = Epidemic(
        contact=-r0 * np.expm1(-0.02), incubation=50.0, recovery=0.02, waning=50.0, mixing=mixing
    )
    found = run(quick, state, 4000, [0], stochastic=False)
    assert found[2, 0, 0] / 1e5 == pytest.approx(share, rel=0.06)


@pytest.mark.parametrize(
    ("r0", "size"), [(1.2, 0.313698), (1.5, 0.582812), (2.0, 0.796812), (3.0, 0.940480)]
)
def test_the_final_size(r0: float, size: float) -> None:
    assert final_size(r0) == pytest.approx(size, abs=5e-7)
    mixing, state = patches(1, 1e7)
    lasting = Epidemic(
        contact=-r0 * np.expm1(-0.05), incubation=0.5, recovery=0.05, waning=0.0, mixing=mixing
    )
    found = run(lasting, state, 3000, [0], stochastic=False)
    assert 1 - found[0, 0, 0] / 1e7 == pytest.approx(size, rel=0.02)


def test_nobody_is_lost_and_nobody_negative() -> None:
    mixing, state = patches(7, 2e4)
    found = run(Epidemic(0.3, 0.2, 0.1, 0.01, mixing), state, 400, range(5))
    np.testing.assert_array_equal(found.sum(axis=0), np.full((5, 7), 2e4))
    assert (found >= 0).all()
    np.testing.assert_array_equal(found, np.rint(found))


def test_the_mean_of_many_is_the_deterministic_course() -> None:
    mixing, state = patches(4, 4e5)
    state[2] = 4000.0
    state[0] -= 3950.0
    epidemic = Epidemic(0.25, 0.2, 0.1, 0.01, mixing)
    many = run(epidemic, state, 120, range(200))[2].sum(axis=1)
    expected = run(epidemic, state, 120, [0], stochastic=False)[2].sum()
    error = many.std() / np.sqrt(200)
    assert abs(many.mean() - expected) < 4 * error + 0.002 * expected


def test_a_draw_is_the_same_in_any_company() -> None:
    mixing, state = patches(5, 3e4)
    epidemic = Epidemic(0.3, 0.2, 0.1, 0.01, mixing)
    together = run(epidemic, state, 100, [3, 8, 1])
    alone = run(epidemic, state, 100, [8])
    assert together[:, 1].tobytes() == alone[:, 0].tobytes()
    assert (together[:, 0] != together[:, 1]).any()


def test_impossible_rates_are_refused() -> None:
    with pytest.raises(SimulateError, match="rates"):
        Epidemic(-0.1, 0.2, 0.1, 0.0, np.ones((1, 1)))
    with pytest.raises(SimulateError, match="mixing"):
        Epidemic(0.1, 0.2, 0.1, 0.0, np.full((2, 2), 0.7))
