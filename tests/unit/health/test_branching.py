"""Few cases: the closed forms to the printed digits, the simulation in law."""

import numpy as np
import pytest

from sojourn.errors import SimulateError
from sojourn.health.malaria.branching import (
    Offspring,
    controlled_r,
    imported_share,
    lingering,
    local_cases,
    no_indigenous,
    simulate,
)

INF = float("inf")


@pytest.mark.parametrize(
    ("r", "k", "imports", "chance"),
    [
        (0.3, 0.5, 20, 0.0318),
        (0.1, INF, 50, 0.242),
        (0.5, 0.3, 10, 0.0486),
        (0.08, 0.2, 200, 0.0461),
        (0.9, INF, 3, 0.0241),
    ],
)
def test_36_months_without_an_indigenous_case(
    r: float, k: float, imports: float, chance: float
) -> None:
    digits = 3 if chance == 0.242 else 4
    assert round(no_indigenous(Offspring(r, k), imports), digits) == chance


@pytest.mark.parametrize(("r", "present"), [(0.5, 110.0), (0.9, 550.0)])
def test_importation_settles_where_r_is_below_one(r: float, present: float) -> None:
    assert lingering(100.0, r, 0.55) == pytest.approx(present)
    with pytest.raises(SimulateError):
        lingering(100.0, 1.0, 0.55)


def test_local_cases_and_imported_share() -> None:
    assert local_cases(Offspring(0.5)) == 1.0
    assert local_cases(Offspring(1.0)) == INF
    assert imported_share(Offspring(0.3)) == pytest.approx(0.7)
    assert imported_share(Offspring(1.4)) == 0.0


@pytest.mark.parametrize("offspring", [Offspring(0.5, 0.3), Offspring(0.7), Offspring(0.0)])
def test_the_simulation_agrees_in_law(offspring: Offspring) -> None:
    runs, imports, years = 20_000, 4.0, 3.0
    found = simulate(offspring, imports, years, runs=runs, seed=1)
    local = found.introduced + found.indigenous
    expected = imports * years * (local_cases(offspring) if offspring.r else 0.0)
    error = local.std() / np.sqrt(runs) + 1e-12
    assert abs(local.mean() - expected) / error < 4.0
    quiet = (found.indigenous == 0).mean()
    chance = no_indigenous(offspring, imports, years)
    assert abs(quiet - chance) / (np.sqrt(chance * (1 - chance) / runs) + 1e-12) < 4.0
    again = simulate(offspring, imports, years, runs=runs, seed=1)
    assert (again.indigenous == found.indigenous).all()


def test_an_outbreak_ends_the_run() -> None:
    found = simulate(Offspring(3.0), 5.0, 3.0, runs=20, seed=1, most=1000)
    assert found.indigenous.max() >= 1000


@pytest.mark.parametrize(("imported", "local", "r"), [(80, 20, 0.2), (90, 10, 0.1), (40, 60, 0.6)])
def test_r_is_the_local_share_of_cases(imported: int, local: int, r: float) -> None:
    assert controlled_r(imported, local) == pytest.approx(r)
    assert controlled_r(imported, local, detected_local=0.5) > r


@pytest.mark.parametrize(("r", "k"), [(-0.1, 1.0), (0.5, 0.0), (float("nan"), 1.0)])
def test_impossible_offspring_are_refused(r: float, k: float) -> None:
    with pytest.raises(SimulateError, match="offspring of mean"):
        Offspring(r, k)


def test_counts_of_nothing_give_no_r() -> None:
    with pytest.raises(SimulateError, match="0 imported and 0 local"):
        controlled_r(0, 0)
