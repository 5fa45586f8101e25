"""Milestones, benefits and verdicts from draws whose answer is known."""

import numpy as np
import pytest

from sojourn.health.engine.outcomes import (
    benefit,
    drivers,
    interval,
    part_of,
    reached,
    year_reached,
)
from sojourn.health.engine.parameters import parameters
from sojourn.health.targets.targets import targets

YEARS = tuple(range(2015, 2036))
TARGET = next(t for t in targets("tb") if t.id == "tb_incidence")
STRUCTURE = np.array(["three_stage", "two_stage_menzies", "two_stage_ragonnet"] * 40)
MIXING = np.linspace(0.3, 1.0, 120)


def test_a_milestone_is_judged_draw_by_draw() -> None:
    falls = np.linspace(0.0, 0.4, 101)  # by 2020; the milestone asks for 20 per cent
    path = 100.0 * (1.0 - falls[:, None] * np.minimum((np.array(YEARS) - 2015) / 5.0, 1.0))
    first = reached(TARGET, YEARS, path)[0]
    assert (first.year, first.required) == (2020, 20.0)
    assert first.change.median == pytest.approx(-20.0)
    assert first.gap.median == pytest.approx(0.0, abs=1e-9)
    assert first.probability == pytest.approx(0.5, abs=0.02)


def test_the_year_is_that_of_the_last_milestone_or_none() -> None:
    fast = np.array([100.0 * 0.85 ** (y - 2015) for y in YEARS])
    assert year_reached(TARGET, YEARS, np.tile(fast, (3, 1))) == (2030.0, 1.0)
    year, share = year_reached(TARGET, YEARS, np.tile(fast * 0 + 100.0, (3, 1)))
    assert np.isnan(year)
    assert share == 0.0


def total(
    averted: np.ndarray,
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    base = np.full((len(averted), 2), 1e6)
    return (base, base - averted), (base, base - averted / 10.0)


def test_a_benefit_says_who_has_it() -> None:
    averted = np.column_stack([np.full(120, 30.0), np.full(120, 70.0)])
    found = benefit(*total(averted), STRUCTURE, MIXING)
    assert found.cases_residents.median == pytest.approx(30.0)
    assert found.deaths_migrants.median == pytest.approx(7.0)
    assert found.residents_share.median == pytest.approx(0.3)
    assert found.verdict == "determined"


@pytest.mark.parametrize(
    ("factor", "verdict", "said"),
    [
        (np.where(STRUCTURE == "three_stage", 1.0, 3.0), "not determined", "factor of two"),
        (np.where(STRUCTURE == "three_stage", -1.0, 1.0), "not determined", "disagree in sign"),
        (np.where(MIXING < 0.65, 1.0, 2.5), "not determined", "mixing"),
        (np.where(np.arange(120) % 9 == 0, -1.0, 1.0), "sign not determined", "90 per cent"),
    ],
)
def test_where_the_structures_disagree_nothing_is_determined(
    factor: np.ndarray, verdict: str, said: str
) -> None:
    averted = np.column_stack([factor * 10.0, factor * 10.0])
    found = benefit(*total(averted), STRUCTURE, MIXING)
    assert found.verdict == verdict
    assert said in found.why


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0.3, 1.0, 0.3), (1.2, 1.0, None), (-0.1, 1.0, None), (1.0, 0.0, None)],
)
def test_a_share_is_one_of_none_to_all_or_is_not_determined(
    part: float, whole: float, told: float | None
) -> None:
    found = part_of(np.full(40, part), np.full(40, whole)).median
    assert np.isnan(found) if told is None else found == pytest.approx(told)


def test_what_drives_the_answer_comes_first() -> None:
    rng = np.random.default_rng(1)
    drawn = {"mixing": rng.random(500), "relapse": rng.random(500), "reinfection": np.ones(500)}
    found = drivers(drawn["mixing"] - 0.2 * drawn["relapse"], drawn, parameters("tb"))
    assert [d.parameter for d in found] == ["mixing", "relapse"]
    assert found[0].correlation > 0.9 > 0.0 > found[1].correlation
    assert found[0].mark == "A"


@pytest.mark.parametrize("draws", [48, 200])
def test_what_the_answer_does_not_hang_on_drives_nothing(draws: int) -> None:
    """Of 400 parameters that have nothing to do with the answer chance leaves one or two, not a hundred."""
    rng = np.random.default_rng(2)
    drawn = {f"p{i}": rng.random(draws) for i in range(400)}
    known = {name: parameters("tb")["mixing"] for name in drawn}
    assert len(drivers(rng.random(draws), drawn, known)) <= 5
    found = drivers(drawn["p7"] + 0.5 * rng.random(draws), drawn, known)
    assert found[0].parameter == "p7"


def test_an_interval_of_nothing_is_no_number() -> None:
    assert np.isnan(interval(np.full(5, np.nan)).median)
