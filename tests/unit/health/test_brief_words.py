"""What a brief says where files do not fit, where they have gaps, and where no model stands behind it."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from twins import of_few_countries

from sojourn.errors import SimulateError
from sojourn.health.brief.brief import Brief, Fact, brief_document
from sojourn.health.engine.parameters import parameters
from sojourn.health.engine.question import Question
from sojourn.health.engine.question import Test as Check
from sojourn.health.inputs.nearness import deaths_beside
from sojourn.health.inputs.targets import progress
from sojourn.health.run.placing import placed
from sojourn.health.targets.deaths import Deaths
from sojourn.health.targets.targets import nearness
from sojourn.health.targets.told import lines
from sojourn.health.targets.written import to_json
from sojourn.publish.page import render_html
from sojourn.publish.text import catalogue, languages
from sojourn.query.opening import open_data


def page(language: str = "en", **more: object) -> str:
    made = Brief("tb", "784", (), (), {}, parameters("tb"), date(2026, 1, 1), ())
    html = render_html(brief_document(replace(made, **more), language))  # type: ignore[arg-type]
    return html[html.index("<main") :]  # after the styles


@pytest.mark.parametrize(
    ("deaths", "cases", "notified", "near"),
    [
        (72, 85, 74, "cases"),
        (90, 85, None, "cases"),  # above
        (90, None, 74, "notified"),  # no estimate of cases
        (1776, 6043, 1753, "notified"),
        (350, 5196, None, ""),
        (4, 5, 5, ""),  # few deaths say nothing
        (0, 0, 0, ""),
    ],
)
def test_deaths_near_cases_or_notifications_are_known(
    deaths: float, cases: float | None, notified: float | None, near: str
) -> None:
    assert Deaths("tb", "250", 2023, deaths, cases=cases, notified=notified).near == near


@pytest.mark.parametrize("language", languages())
def test_the_terms_of_files_are_told_in_the_language_of_the_page(language: str) -> None:
    terms = {"who.tb-burden@2024-10-29": "CC BY-NC-SA 3.0 IGO (not stated in the file)"}
    html = page(language, licences=terms)
    assert "CC BY-NC-SA 3.0 IGO (" in html
    assert ("not stated in the file" in html) == (language == "en")


@pytest.mark.parametrize("language", languages())
def test_deaths_that_do_not_fit_are_said_with_every_number(language: str) -> None:
    off = Deaths("tb", "250", 2023, 72, 41, 110, 85, 74)
    html = page(language, deaths=off)
    for told in ("72", "(41–110)", "85", "74", "2023"):
        assert told in html
    assert "(41–110)" not in page(language, deaths=replace(off, cases=8500, notified=7400))


BURDEN = (
    '"country","iso2","iso3","iso_numeric","g_whoregion","year","e_pop_num","e_inc_100k",'
    '"e_inc_num","e_mort_num","e_mort_num_lo","e_mort_num_hi"\n'
    '"France","FR","FRA","250","EUR",2017,60000000,5,3000,2400,2000,2800\n'
    '"Germany","DE","DEU","276","EUR",2017,80000000,5,4000,200,150,250\n'
)


def test_deaths_of_a_country_are_held_against_its_cases_from_the_file(tmp_path: Path) -> None:
    store, _ = open_data(of_few_countries(tmp_path, "who.tb-burden@2018-06-01", BURDEN))
    found = deaths_beside(store, "tb", ["250", "276", "056", "900", "EUR"])
    assert list(found) == ["250", "276"]
    france, germany = found.values()
    assert (france.near, france.deaths, france.cases) == ("cases", 2400.0, 3000.0)
    assert (france.lower, france.upper) == (2000.0, 2800.0)
    assert len(france.cells) == 2
    assert germany.near == ""


def test_targets_tell_which_deaths_do_not_fit_as_briefs_do(tmp_path: Path) -> None:
    store, _ = open_data(of_few_countries(tmp_path, "who.tb-burden@2018-06-01", BURDEN))
    found = progress(store, "tb", areas=["250", "276", "900"])
    said = "\n".join(lines(found))
    assert "France, 2017: 2,400 deaths (2,000 to 2,800) beside 3,000 new cases: deaths this" in said
    assert "Germany, 2017" not in said
    [told] = json.loads(to_json(found))["deaths_that_do_not_fit"]
    assert (told["area"], told["near"], told["deaths"]) == ("250", "cases", 2400.0)
    assert len(told["cells"]) == 2


def test_why_deaths_are_called_near_is_declared() -> None:
    for topic in ("tb", "malaria"):
        rule = nearness(topic)
        assert 0 < rule.of_cases < rule.of_notified <= 1
        assert len(rule.reason) > 40


@pytest.mark.parametrize("language", languages())
def test_without_a_run_no_parameter_stands_behind_the_numbers(language: str) -> None:
    words = catalogue(language)
    html = page(language)
    assert words.text("brief.no_model") in html
    assert words.text("parameter.mixing") not in html
    assert words.text("brief.models_sex") not in html


@pytest.mark.parametrize("language", languages())
def test_a_count_older_than_its_file_says_which_year_is_empty(language: str) -> None:
    fact = Fact("foreign_born_notified", 77.7, 2022, count=(3663.0, 4716.0), gap=2023)
    assert catalogue(language).text("brief.fact_gap", year="2023") in page(language, facts=(fact,))


@pytest.mark.parametrize("language", languages())
def test_numbers_in_words_are_grouped_as_the_language_groups_them(language: str) -> None:
    words = catalogue(language)
    grouped = re.compile(r"(?<![\d.,/-])\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+(?!\d)")
    for key, message in words.messages.items():
        for found in grouped.findall(message):
            assert found == words.exact(int(re.sub(r"\D", "", found)), ""), key


@pytest.mark.parametrize("language", languages())
def test_a_language_has_one_name_of_the_population_division(language: str) -> None:
    said = " ".join(catalogue(language).messages.values())
    assert ("UN DESA" in said) != ("ONU DAES" in said)


def test_a_colon_in_french_stands_apart() -> None:
    html = page("fr", deaths=None)
    assert not re.search(r"[a-zé]: ", re.sub(r"<[^>]+>", "", html))


ASKED = Question(
    "mine", "mine", ("IND",), ("GBR",), 2026, 0.8, Check(0.9, 0.9, "x"), Check(0.8, 0.9, "x")
)


@pytest.mark.parametrize(
    ("origins", "destinations", "said"),
    [
        (("900",), ("GBR",), "no single country"),
        (("World",), ("GBR",), "no single country"),
        (("South-Eastern Asia",), ("GBR",), "no single country"),
        (("IND",), ("Europe",), "no single country"),
        (("IND", "356"), ("GBR",), "named twice"),
        (("IND",), ("GBR", "826"), "named twice"),
        (("GBR", "IND"), ("826",), "origin and destination"),
    ],
)
def test_places_that_are_no_corridor_are_refused_before_anything_is_read(
    origins: tuple[str, ...], destinations: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SimulateError, match=said) as caught:
        placed(replace(ASKED, origins=origins, destinations=destinations))
    assert caught.value.hint


@pytest.mark.parametrize("language", languages())
def test_in_a_place_a_sign_that_is_open_has_no_median(language: str) -> None:
    from sojourn.health.engine.scenario import scenarios
    from sojourn.health.malaria.model import Place
    from sojourn.health.run.place import run_malaria

    run = run_malaria(Place(2.0, 0.1, 20.0), parameters("malaria"), scenarios(), draws=20, seed=1)
    one = run["scenarios"]["included"]
    one["averted_residents_per_1000"] = {"low": -710.0, "median": 830.0, "high": 970.0}
    one["averted_mobile_per_1000"] = {"low": 610.0, "median": 730.0, "high": 890.0}
    html = page(language, topic="malaria", run=run, known=parameters("malaria"))
    text = re.sub(r"<[^>]+>", " ", html)
    assert "970" in text
    assert not re.search(r"\b830\b", text)
    assert re.search(r"\b730\b", text)
    first = catalogue(language).text("brief.drivers_finding", first="§")
    assert not first.startswith("§")  # no verb has to agree with a parameter's name
