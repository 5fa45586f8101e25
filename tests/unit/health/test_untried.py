"""What cannot be tried with the data at hand is not missed: it says which data are missing."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from briefs import brief, page_of, tb_run
from click.testing import CliRunner
from synthetic_tb import synthetic_tb
from twins import store_of

from sojourn.cli import cli
from sojourn.errors import SojournError
from sojourn.health.brief.withheld import in_words, withheld
from sojourn.health.run.claims import claims, judged, untried, validate
from sojourn.health.run.scores import UNTRIED, Row
from sojourn.publish.text import catalogue, languages
from sojourn.query.opening import open_data


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """SYNTHETIC: WHO's series ends in 2015, nobody is told by place of birth, malaria is not loaded."""
    root = tmp_path_factory.mktemp("untried") / "data"
    synthetic_tb(root)
    ran = CliRunner().invoke(cli, ["simulate", "validate", "--data", str(root), "--json"])
    assert ran.exit_code == 0, ran.exception
    plain = CliRunner().invoke(cli, ["simulate", "validate", "--data", str(root)])
    assert "not tried; missing: who.tb-burden@2018-06-01 has no deaths of 2019" in plain.stdout
    return list(json.loads(ran.stdout))


def test_a_row_without_a_number_says_what_is_missing(rows: list[dict[str, Any]]) -> None:
    of = {row["id"]: row for row in rows}
    assert len(of) == len(rows)
    for row in rows:
        assert (row["ours"] is None) == (row["verdict"] == UNTRIED), row["id"]
        assert bool(row["missing"]) == (row["verdict"] == UNTRIED), row["id"]
    for name, said in (
        ("model_cases_2019", "has no cases of 2019"),
        ("coverage_deaths_2022", "has no deaths of 2022"),
        ("model_cases_2016_2019", "2016, 2017, 2018, 2019"),
        ("world_deaths_2019", "2015 and 2019"),
        ("cases_2022_over_2015", "no year after 2015"),
        ("foreign_born_share_within", "notifications are not loaded"),
        ("foreign_born_share_held_out", "notifications are not loaded"),
        ("coverage_malaria_cases_2016_2021", "malaria_cases"),
        ("V2_50_149", "50 to 149"),
    ):
        assert said in of[name]["missing"], (name, of[name])
    # what can be tried is tried
    assert of["V1_2035"]["ours"] > 0
    assert of["max_rise_2015_2030_without_programme"]["verdict"] == "met"


def test_no_claim_rests_on_what_was_not_tried_and_none_is_told_as_missed(
    rows: list[dict[str, Any]],
) -> None:
    found = judged("tb", [Row(**row) for row in rows])
    for name in ("world_path", "world_deaths", "country_path", "groups"):
        assert not found[name]["kept"]
        assert not found[name]["missed"]
        assert all(found[name]["untried"].values())
    for claim in claims("malaria"):
        told = judged("malaria", untried("malaria", "no file"))[claim.id]
        assert (told["kept"], told["missed"]) == (False, [])
    whole = {"topic": "tb", "area": "250", "claims": found}
    kinds = withheld(
        {**whole, "claims": {**found, "reactivation": {"kept": True, "rows": {"x": {}}}}}
    )
    assert kinds["path"] == "untried"
    assert "in no loaded file" in in_words(kinds)["path"]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("area", ["900", "250"])
def test_a_brief_does_not_say_that_what_was_not_tried_has_missed(language: str, area: str) -> None:
    run = {**tb_run(), "area": area}
    every = [
        Row(r, "tb", "", 1.0, 1.0, None, None, "met", "") for c in claims("tb") for r in c.rests_on
    ]
    some = [
        replace(row, ours=None, verdict=UNTRIED, missing="no 2019")
        if "2019" in row.id or "share" in row.id
        else row
        for row in every
    ]
    html = page_of(brief(area=area, run={**run, "claims": judged("tb", some)}), language)
    assert "sojourn simulate validate" in html
    assert "0.978" not in html
    assert 'id="milestones"' not in html
    words = catalogue(language)  # each count is of a group, and groups were not tried
    assert words.text("brief.averted_untold", area=words.area(area)) in html
    assert 'id="programmes"' not in html


def test_without_any_topic_nothing_is_compared(tmp_path: Path) -> None:
    one = {"indicator": "population", "destination": "250", "time_period": "2015", "obs_value": 1}
    store_of(tmp_path / "data", "undesa.wpp-tables@2022-07-11", [one])
    with pytest.raises(SojournError, match="migrant_stock"):
        validate(open_data(tmp_path / "data")[0])


@pytest.mark.parametrize(
    ("country", "verdict", "kept"),
    [
        ("ZAF", "missed", False),
        ("ZAF", "within", True),
        ("IND", "missed", True),
        ("", "missed", True),
    ],
)
def test_the_path_of_a_country_rests_on_its_own_rows(
    country: str, verdict: str, *, kept: bool
) -> None:
    [claim] = [c for c in claims("tb") if c.id == "country_path"]
    numbers = (1.0, 1.0, 0.9, 1.1)
    rows = [Row(r, "tb", r, *numbers, "met", "x") for r in claim.rests_on]
    own = Row("cases_2022_over_2015_ZAF", "tb", "x", 0.473, 0.834, 0.7, 0.95, verdict, "x")
    found = judged("tb", [*rows, own], countries=[country] if country else ())["country_path"]
    assert found["kept"] is kept
    assert found["missed"] == ([] if kept else [own.id])
    assert (own.id in found["rows"]) is (country == "ZAF")
