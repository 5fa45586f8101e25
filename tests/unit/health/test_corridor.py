"""A programme officer's question: refused where it cannot be meant, answered on synthetic twins."""

import itertools
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from unit.health.test_tb import AREAS, OBSERVED, world

from sojourn.cli import cli
from sojourn.errors import SimulateError
from sojourn.health.engine.parameters import parameters
from sojourn.health.engine.question import STEPS, Own, Question, read_questions
from sojourn.health.tb.corridor import Answer, answer, corridors_of, steps_of, with_own

TUTORIAL = Path(__file__).parents[3] / "docs" / "tutorials" / "tb-corridor.md"


def tutorial() -> str:
    """The scenario as the tutorial prints it."""
    found = re.search(r"```toml\n(\[uk_india\]\n.*?)```", TUTORIAL.read_text("utf-8"), re.DOTALL)
    assert found
    return found[1]


def question(**changed: object) -> Question:
    """The tutorial's question, between synthetic countries."""
    one = read_questions(tutorial(), where="uk-india.toml")[0]
    own = {"origins": AREAS[:1], "destinations": AREAS[1:2], **changed}
    return replace(one, **own)  # type: ignore[arg-type]


def asked(one: Question, draws: int = 6) -> Answer:
    return answer(world(), OBSERVED, parameters("tb"), one, seed=1, draws=draws)


def test_the_tutorial_s_question_is_answered_on_synthetic_twins() -> None:
    found = asked(question())
    at = [found.steps[s] for s in STEPS]
    for before, after in itertools.pairwise(at):
        assert (after <= before).all()
    assert (found.found < 0.8 * found.ill).all()
    assert np.median(found.cases.sum(axis=1)) > 0
    assert np.median(found.deaths.sum(axis=1)) > 0
    nothing = asked(question(cover=0.0))
    assert not nothing.cases.any()
    assert not nothing.found.any()


def test_nothing_is_averted_before_the_start_and_more_by_more_cover() -> None:
    late, soon = asked(question(start=2035)), asked(question(start=2020))
    assert np.median(late.cases.sum(axis=1)) < np.median(soon.cases.sum(axis=1))
    half = asked(question(cover=0.4))
    np.testing.assert_allclose(half.found, asked(question(cover=0.8)).found / 2, rtol=0.02)


def test_disease_found_after_arrival_is_a_case_of_the_host() -> None:
    before, after = asked(question()), asked(question(where="after_arrival"))
    assert (after.cases[:, 1] < before.cases[:, 1]).all()
    np.testing.assert_allclose(after.found, before.found, rtol=1e-6)


def test_who_does_not_complete_treatment_is_not_cured() -> None:
    whole = question(cascade={"completed": 1.0})
    part = question(cascade={"screened": 1.0, "completed": 0.5})
    np.testing.assert_allclose(asked(part).found, asked(whole).found / 2, rtol=0.02)


def test_a_perfect_test_is_not_what_is_assumed() -> None:
    one = question()
    coming, ill = np.array([1000.0]), np.array([10.0])
    steps = steps_of(one, coming, ill)
    right = one.screen.sensitivity * one.confirm.sensitivity
    wrong = (1 - one.screen.specificity) * (1 - one.confirm.specificity)
    assert steps["started"][0] == pytest.approx((10 * right + 990 * wrong) * 0.8 * 0.88)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cover = 0.8 ", "", "no cover"),
        ("start = 2026", "", "no start"),
        ("cover = 0.8 ", "cover = 80 ", "0.8 for 80 per cent"),
        ("tested = 0.90", "tested = 0.99", "more than screened"),
        ('currency = "GBP"', "", "no currency"),
        ("year = 2024", "", "no year"),
        ("specificity = 0.89", "", "no specificity"),
        ('where = "before_entry"', 'where = "at_sea"', "at_sea"),
        ('origins = ["IND"]', 'origins = "IND"', "a list of codes"),
        ("end = 2035", "end = 2020", "from 2026 to 2020"),
        ("start = 2026", "start = 2026\ncolour = 1", "unknown key 'colour'"),
    ],
)
def test_a_scenario_that_cannot_be_meant_is_refused(old: str, new: str, said: str) -> None:
    text = tutorial()
    assert old in text
    with pytest.raises(SimulateError) as refused:
        read_questions(text.replace(old, new), where="mine.toml")
    assert said in f"{refused.value} {refused.value.hint}"
    assert "mine.toml" in str(refused.value)


def test_unknown_places_and_empty_corridors_are_refused(tmp_path: Path) -> None:
    mine = tmp_path / "q.toml"
    mine.write_text(tutorial().replace('"IND"', '"Indiana"'), "utf-8")
    ran = CliRunner().invoke(cli, ["simulate", "corridor", str(mine), "--data", str(tmp_path)])
    assert "Indiana" in str(ran.exception)
    with pytest.raises(SimulateError, match="no modelled corridor"):
        corridors_of(world(), question(destinations=AREAS[:1]))


def test_the_asker_s_numbers_stand_over_whos() -> None:
    index = {a: i for i, a in enumerate(AREAS)}
    more = Own("arrivals", 9000.0, 2024, "mine", origin=AREAS[0], destination=AREAS[1])
    double = Own("incidence", 2e5 * 278e-5, 2015, "mine", area=AREAS[0])
    w, o = with_own(world(), OBSERVED, [more, double], index)
    assert w.inflow.sum() == world().inflow.sum() + 7500.0
    assert o.anchor.cases[0] == pytest.approx(2 * 278e-5)
    assert o.late[1] == OBSERVED.late[1]
    found = answer(w, o, parameters("tb"), question(), seed=1, draws=6)
    assert np.median(found.ill) > 1.5 * np.median(asked(question(), 6).ill)
    with pytest.raises(SimulateError, match="not modelled"):
        with_own(world(), OBSERVED, [replace(double, area="999")], index)
