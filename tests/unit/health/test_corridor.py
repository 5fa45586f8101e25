"""A programme officer's question: refused where it cannot be meant, answered on synthetic twins."""

import itertools
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from synthetic_tb import synthetic_tb
from unit.health.test_tb import AREAS, OBSERVED, world

from sojourn.cli import cli
from sojourn.errors import SimulateError, SojournError, UnknownArea
from sojourn.health.engine.parameters import parameters
from sojourn.health.engine.question import STEPS, Own, Question, read_questions
from sojourn.health.run.asked import own_rows
from sojourn.health.run.claims import claims
from sojourn.health.run.placing import placed, with_rows
from sojourn.health.run.scores import Row
from sojourn.health.tb.corridor import (
    Answer,
    _sieve,
    answer,
    corridors_of,
    steps_of,
    with_own,
)

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


ANSWERED: dict[str, Answer] = {}  # the same question is asked by several tests


def asked(one: Question, draws: int = 6) -> Answer:
    name = f"{one} {draws}"
    if name not in ANSWERED:
        ANSWERED[name] = answer(world(), OBSERVED, parameters("tb"), one, seed=1, draws=draws)
    return ANSWERED[name]


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


def test_nobody_is_looked_at_before_the_start_or_after_the_end() -> None:
    one, here = question(start=2020, end=2025, pulmonary=None), np.array([True, False, True])
    whom = {y: _sieve(one, here, np.ones(3), y).covered for y in (2015, 2019, 2020, 2025, 2026)}
    share = one.share("completed") * here
    assert not np.any([whom[y] for y in (2015, 2019, 2026)])
    for year in (2020, 2025):
        np.testing.assert_allclose(whom[year], share[None])


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
    # 8.7 of ten ill and 108.9 of 990 healthy are positive; 0.8 covered, 0.9 of them tested
    assert steps["tested"][0] == pytest.approx(117.6 * 0.8 * 0.9)


def test_who_is_treated_without_disease_is_told() -> None:
    """By hand: whoever came without disease of the lungs, wrong twice, to the end of the cascade."""
    from sojourn.health.run.corridor import _told

    one = question()
    found = asked(one)
    told = _told(one, found, parameters("tb"), {}, seed=1, draws=6)["treated_without_disease"]
    screened, share = found.steps["screened"] / one.share("screened"), one.share("completed")
    ill = found.found / (one.screen.sensitivity * one.confirm.sensitivity * share)
    wrong = (1 - one.screen.specificity) * (1 - one.confirm.specificity)
    assert told["median"] == pytest.approx(np.median((screened - ill) * wrong * share))
    sure = replace(one, screen=replace(one.screen, specificity=1.0))
    none = _told(sure, asked(sure), parameters("tb"), {}, seed=1, draws=6)
    assert none["treated_without_disease"]["high"] < 1e-6


def test_disease_elsewhere_than_in_the_lungs_is_found_by_no_x_ray() -> None:
    one, shares = question(pulmonary=None), {AREAS[0]: 0.5}
    whole = asked(one)
    half = answer(world(), OBSERVED, parameters("tb"), one, seed=1, draws=6, pulmonary=shares)
    np.testing.assert_allclose(half.found, whole.found / 2, rtol=0.02)
    assert (half.steps["started"] < whole.steps["started"]).all()
    np.testing.assert_allclose(half.steps["screened"], whole.steps["screened"], rtol=1e-6)
    assert (half.cases.sum(axis=1) < whole.cases.sum(axis=1)).all()
    other = {AREAS[1]: 0.5}  # the destination's share is nobody's who arrives
    none = answer(world(), OBSERVED, parameters("tb"), one, seed=1, draws=6, pulmonary=other)
    np.testing.assert_array_equal(none.found, whole.found)


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
        ("end = 2035", "end = 2050", "a year from 2015 to 2035"),
        ("start = 2026", 'start = "2026"', "a year from 2015 to 2035"),
        ("cover = 0.8 ", "cover = 0,8 ", "a point in 0.8"),
        ("completed = 0.80", "treated = 0.80", "treatment is two steps"),
        ("[uk_india.tests.confirm]", "[uk_india.tests.confirmed]", "confirm"),
        ("start = 2026", "start = 2026\ncolour = 1", "unknown key 'colour'"),
        ("screened = 40", "screened = inf", "screened is inf"),
        ("screened = 40", "screened = -40", "below zero"),
        ("year = 2024", "year = 24", "a year from"),
        ('currency = "GBP"', 'currency = "GB£"', "three letters of ISO 4217"),
        ('currency = "GBP"', 'currency = "pounds"', "three letters of ISO 4217"),
        ("cover = 0.8 ", "cover = nan ", "cover is nan"),
        ("cover = 0.8 ", 'cover = "80 %" ', "0.8 for 80 per cent"),
        ("completed = 0.80", "completed = 0.95", "more than started"),
        ("[uk_india]", '["../uk"]', "no name of a scenario"),
        ("cover = 0.8 ", "title2 = 1\ncover = 0.8 ", "unknown key"),
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
        corridors_of(world(), question(origins=(), destinations=AREAS[:1]))
    with pytest.raises(SimulateError, match="are the same"):
        corridors_of(world(), question(origins=AREAS[1:2], destinations=AREAS[1:2]))


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
    with pytest.raises(SimulateError, match="which has"):
        with_own(world(), OBSERVED, [replace(more, value=1e12)], index)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("coverage,70,2024,a report,GBR,,", "coverage is 70"),
        ("incidence,0,2024,a report,GBR,,", "incidence is 0"),
        ("incidence,200000,2024,a report,GBR,,", "incidence is 200000"),
        ("incidence,nan,2024,a report,GBR,,", "value is nan"),
        ("incidence,12,2024,,GBR,,", "no source"),
        ("incidence,12,,a report,GBR,,", "year is ''"),
        ("incidence,12,2024,a report,,,", "no area"),
        ("arrivals,12,2024,a report,,IND,", "no destination"),
        ("deaths,12,2024,a report,GBR,,", "what is 'deaths'"),
        ("incidence,12,2024,a report,Frence,,", "Frence"),
        ("arrivals,12,2024,a report,,IND,DEU", "would change nothing"),
        ("incidence,12,2024,a report,FRA,,", "would change nothing"),
        (
            "incidence,12,2024,a,IND,,\nincidence,13,2023,b,India,,",
            "told twice: 12 (a, 2024) and 13",
        ),
        ("pulmonary,60,2024,a report,IND,,", "pulmonary is 60"),
        ("prevalence,0,2024,a report,,IND,GBR", "prevalence is 0"),
        ("prevalence,0.00147,2024,a report,,IND,GBR", "147, where the share is 0.00147"),
        ("incidence,0.00147,2024,a report,GBR,,", "147, where the share is 0.00147"),
        ("prevalence,147,2024,a report,,IND,Englnd", "own prevalence: 'Englnd'"),
        ("prevalence,147000,2024,a report,,IND,GBR", "among 100,000 who arrive"),
        ("prevalence,147,2024,a report,IND,,", "told with origin and destination"),
        ("prevalence,147,2024,a report,,IND,DEU", "would change nothing"),
        ("pulmonary,0,2024,a report,IND,,", "pulmonary is 0"),
    ],
)
def test_a_number_of_the_asker_that_cannot_be_is_refused_with_its_row(
    tmp_path: Path, row: str, said: str
) -> None:
    (tmp_path / "q.toml").write_text(tutorial(), "utf-8")
    head = "what,value,year,source,area,origin,destination"
    (tmp_path / "own.csv").write_text(f"{head}\n{row}\n", "utf-8")
    asked = ["simulate", "corridor", str(tmp_path / "q.toml"), "--own", str(tmp_path / "own.csv")]
    ran = CliRunner().invoke(cli, [*asked, "--out", str(tmp_path / "o"), "--data", str(tmp_path)])
    assert ran.exit_code != 0
    assert isinstance(ran.exception, SojournError)
    assert said in f"{ran.exception} {ran.exception.hint}"
    assert not (tmp_path / "o").exists()


def test_an_answer_is_a_run_whose_record_names_it(tmp_path: Path) -> None:
    import hashlib
    import json

    from sojourn.health.run.corridor import write_run

    identity = {"topic": "tb", "seed": 1, "question": {"title": "x"}}
    name = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    told = {"run": name, "question": "uk_india", "verdict": "determined", "identity": identity}
    out = write_run(told, tmp_path / "runs")
    held = json.loads((out / "run.json").read_text("utf-8"))
    assert held.pop("run") == name
    assert hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest() == name
    answer = json.loads((out / "answer.json").read_text("utf-8"))
    assert (answer["run"], answer["verdict"]) == (name, "determined")


def test_a_place_that_is_none_is_told_with_one_hint() -> None:
    with pytest.raises(UnknownArea, match="uk_india: origins: 'Atlantis' is neither") as refused:
        placed(replace(question(), id="uk_india", origins=("Atlantis",)))
    assert str(refused.value).count("Hint:") == 1


def test_where_nobody_is_screened_it_is_said_that_nothing_is_averted() -> None:
    from sojourn.health.run.corridor import _told

    for changed in ({"cover": 0.0}, {"cascade": {"invited": 1.0, "screened": 0.0}}):
        one = question(**changed)
        told = _told(one, asked(one), parameters("tb"), {}, seed=1, draws=6)
        assert told["verdict"] == "determined"
        assert "nobody is screened" in told["why"]
        assert told["cases_averted"]["all"]["median"] == 0.0
        assert told["screened_for_one_case_averted"] is None


def test_what_is_withheld_names_every_destination_with_the_flag() -> None:
    from sojourn.health.run.corridor import withheld_by
    from sojourn.health.tb.flags import DEATHS, EFFECTS, Flag

    deaths, effects = Flag("deaths_conflict", 2.0, DEATHS), Flag("trend_open", 0.5, EFFECTS)
    found = withheld_by({"250": (deaths,), "276": (deaths, effects)})
    assert found[DEATHS] == "France, Germany: deaths_conflict"
    assert found[EFFECTS] == "Germany: trend_open"


def test_a_file_of_own_numbers_is_read_as_spreadsheets_write_it_and_refused_without_header(
    tmp_path: Path,
) -> None:
    head, row = "what,value,year,source,area,origin,destination", "coverage,0.9,2024,mine,GBR,,"
    path = tmp_path / "own.csv"
    path.write_text(f"{head}\n{row}\n", "utf-8-sig")
    assert [(o.what, o.value, o.area) for o in own_rows(path)] == [("coverage", 0.9, "GBR")]
    for text, said in (
        (f"{row}\n", "no column 'what'"),
        (f"{head}\n{row}\n".replace(",", ";"), "no column 'what'"),
        (f"{head}\n", "no number"),
        ("", "no column 'what'"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(SimulateError, match=said):
            own_rows(path)


def found_on_arrival(value: float, **changed: object) -> Answer:
    """The tutorial's question of one year, with the asker's prevalence among arrivals."""
    own = Own("prevalence", value, 2026, "mine", origin=AREAS[0], destination=AREAS[1])
    return asked(question(start=2026, end=2026, own=(own,), **changed))


@pytest.mark.parametrize("value", [40.0, 147.0, 900.0])  # 147: yield of England's, Aldridge 2016
def test_of_those_who_arrive_as_many_are_ill_as_the_asker_says(value: float) -> None:
    one, found = question(), found_on_arrival(value)
    coming = found.steps["screened"] / one.share("screened")
    np.testing.assert_allclose(1e5 * found.ill / coming, value, rtol=0.01)
    right = one.screen.sensitivity * one.confirm.sensitivity
    np.testing.assert_allclose(found.found, found.ill * right * one.share("completed"), rtol=1e-6)


def test_the_more_are_ill_on_arrival_the_more_screening_averts() -> None:
    few, many = found_on_arrival(100.0), found_on_arrival(400.0)
    np.testing.assert_allclose(many.ill, 4 * few.ill, rtol=0.01)
    ratio = np.median(many.cases[:, 1]) / np.median(few.cases[:, 1])
    assert 3.0 < ratio < 4.2  # of a level that stays WHO's: nearly as much more


def test_prevalence_among_arrivals_is_refused_where_it_cannot_be() -> None:
    with pytest.raises(SimulateError, match="is it of another unit") as refused:
        found_on_arrival(99_000.0)
    assert "99000 per 100,000 arrivals" in str(refused.value)
    index = {a: i for i, a in enumerate(AREAS)}
    nobody = Own("prevalence", 9.0, 2024, "mine", origin=AREAS[1], destination=AREAS[0])
    with pytest.raises(SimulateError, match="own prevalence: the corridor"):
        with_own(world(), OBSERVED, [nobody], index)


def test_a_question_without_a_second_test_is_told_what_to_write() -> None:
    text = re.sub(r"\[uk_india.tests.confirm\].*?\n\n", "", tutorial(), flags=re.DOTALL)
    with pytest.raises(SimulateError, match="confirm is not told") as refused:
        read_questions(text, where="mine.toml")
    assert "confirm has 1.0 and 0.0" in str(refused.value.hint)
    one = question(confirm=replace(question().confirm, sensitivity=1.0, specificity=0.0))
    steps = steps_of(one, np.array([1000.0]), np.array([10.0]))
    positive = 10 * one.screen.sensitivity + 990 * (1 - one.screen.specificity)
    assert steps["started"][0] == pytest.approx(positive * 0.8 * 0.88)  # everybody positive


def test_each_question_of_a_file_takes_the_numbers_that_concern_it() -> None:
    uk = placed(replace(question(), origins=("IND",), destinations=("GBR",)))
    qatar = placed(replace(question(), origins=("NPL", "BGD"), destinations=("QAT",)))
    mine = Own("arrivals", 1e4, 2024, "mine", origin="IND", destination="GBR")
    theirs = Own("coverage", 0.7, 2024, "mine", area="Nepal")
    one, other = with_rows((uk, qatar), (mine, theirs), "own.csv")
    assert [o.what for o in one.own] == ["arrivals"]
    assert [(o.what, o.area) for o in other.own] == [("coverage", "524")]


def rows_of(missed: str) -> list[Row]:
    """Return a validation in which the rows of one claim are missed, and every other is met."""
    of = {c.id: c.rests_on for c in claims("tb")}
    names = dict.fromkeys(r for rests in of.values() for r in rests)
    verdicts = {n: "missed" if n in of.get(missed, ()) else "met" for n in names}
    return [Row(n, "tb", n, 336.0, 164.0, 90.0, 294.0, v, "published") for n, v in verdicts.items()]


def test_what_is_missed_is_said_beside_the_answer_that_rests_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sojourn.health.cli import simulate_corridor as shown
    from sojourn.health.run.corridor import claimed

    synthetic_tb(tmp_path / "data")
    own = "[[uk_india.own]]\nwhat = 'prevalence'\norigin = 'India'\ndestination = 'GBR'\n"
    more = "value = 147\nyear = 2016\nsource = 'a survey'\n"
    (tmp_path / "q.toml").write_text(f"{tutorial()}{own}{more}", "utf-8")
    monkeypatch.setattr("sojourn.health.run.asked.tb_rows", lambda *_, **__: rows_of("groups"))
    asked = ["simulate", "corridor", str(tmp_path / "q.toml"), "--draws", "6", "--json"]
    ran = CliRunner().invoke(cli, [*asked, "--data", str(tmp_path / "data")])
    assert ran.exit_code == 0, ran.output
    (told,) = json.loads(ran.stdout)
    assert [(o["what"], o["value"], o["origin"]) for o in told["own"]] == [
        ("prevalence", 147, "356")
    ]
    assert [k for k, v in told["claims"].items() if not v["kept"]] == ["groups"]
    # an answer tells no world, and what screening finds stands before its numbers
    here = [c for c in claims("tb") if not c.id.startswith("world_") and c.id != "screening"]
    for claim in here:
        shown._print({**told, "claims": claimed(rows_of(claim.id), ("826",))})
        plain = capsys.readouterr().out
        assert "in place of the publishers': prevalence 147 (people with active disease" in plain
        assert "India to United Kingdom" in plain
        assert ", 2016, a survey" in plain
        assert "missed in validation" in plain
        for row in claim.rests_on:
            assert f"{row} (164 beside 336)" in plain, claim.id
    shown._print({**told, "claims": claimed(rows_of("none"), ("826",))})
    assert "missed in validation" not in capsys.readouterr().out
    shown._print({**told, "claims": claimed([], ("826",))})
    assert "V1_2035, V1_2050 not tried: no validation was made" in capsys.readouterr().out


def test_what_published_yields_say_against_the_model_stands_before_its_numbers() -> None:
    """The rows are those of the validation of the store, and what is missed is called missed."""
    from sojourn.health.cli.simulate_corridor import MISSED, _held
    from sojourn.health.run.corridor import held_against

    found = held_against(rows_of("screening"))
    assert [row["id"] for row in found] == ["V2_50_149", "V2_350_and_more"]
    for row in found:
        assert _held(row).endswith(f"published 336, ours 164 (90 to 294): {MISSED}")
    assert [MISSED in _held(row) for row in held_against(rows_of("none"))] == [False, False]
    for row in held_against([]):
        assert _held(row).endswith("not tried: no validation was made")


def test_the_path_of_a_destination_rests_on_its_own_rows() -> None:
    from sojourn.health.run.corridor import claimed

    own = Row("cases_2022_over_2015_DEU", "tb", "x", 0.694, 0.8, 0.75, 0.9, "missed", "x")
    rows = [*rows_of("none"), own]
    assert not claimed(rows, ("276",))["country_path"]["kept"]
    assert claimed(rows, ("276", "826"))["country_path"]["missed"] == [own.id]
    assert claimed(rows, ("826",))["country_path"]["kept"]
