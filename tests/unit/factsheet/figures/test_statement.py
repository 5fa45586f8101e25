"""A sentence is printed only when it is true: bound by key, with its condition, whatever the store."""

import re
from dataclasses import replace

import pytest

import sojourn
from sojourn.errors import PublishError
from sojourn.factsheet.figures.figure import FigureValue, figures
from sojourn.factsheet.figures.opened import evaluator
from sojourn.factsheet.figures.statement import Statement, first_true, holds, statements
from sojourn.factsheet.pages.document import Page
from sojourn.publish.text import Catalogue, catalogue, languages
from sojourn.query.opening import open_data

PLACEHOLDER = re.compile(r"\{(\w+)")
#: Sections of the catalogue whose messages claim something of figures.
CLAIMS = (
    "key",
    "stock",
    "places",
    "corridors",
    "women",
    "displacement",
    "asylum",
    "deaths",
    "money",
    "borders",
    "solutions",
    "work",
    "weight",
)
NO_CLAIM = {"year", "start", "threshold", "minimum", "origin", "topics"}


@pytest.fixture
def page() -> Page:
    store, _ = open_data(None)
    newest = sojourn.open().newest
    return Page(evaluator(store, 2015, newest), catalogue("en"), store.manifest.files)


def value(number: float | None, **more: str) -> FigureValue:
    given = {
        "figure_id": "migrant_stock",
        "time_period": "2015",
        "sex": "_T",
        "area": "900",
        "unit": "PERSONS",
        "as_of": "2021-01-15",
    }
    return FigureValue(**{**given, **more}, value=number)


@pytest.mark.parametrize("language", languages())
def test_every_message_that_binds_a_number_is_a_statement(language: str) -> None:
    for key, message in catalogue(language).messages.items():
        names = set(PLACEHOLDER.findall(message)) - NO_CLAIM
        if key.split(".")[0] in CLAIMS and names:
            assert key in statements(), (key, names)


@pytest.mark.parametrize("language", languages())
def test_a_statement_prints_only_what_it_binds(language: str) -> None:
    for key, one in statements().items():
        known = {
            f"{n}{end}"
            for n in one.bind
            for end in ("", "_area", "_year", "_base", "_rank", "_edition")
        }
        names = set(PLACEHOLDER.findall(catalogue(language).messages[key]))
        assert names <= known | NO_CLAIM, key


def test_a_heading_is_a_statement_with_an_end() -> None:
    for key, one in statements().items():
        if key.endswith(".heading"):
            while one.otherwise:
                one = statements()[one.otherwise]
            assert key != one.key, f"{key} has no alternative"
            assert not one.when, f"{key} ends in {one.key}, which may be false"


def test_a_claim_of_more_or_less_has_its_condition() -> None:
    claims = re.compile(
        r"\b(more than in|more than at|fewer|less than|grew|fell|larger|most migrants)\b", re.I
    )
    for key, one in statements().items():
        if claims.search(catalogue("en").messages[key]):
            assert one.when, key


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        ("a > b", False),
        ("a < b", True),
        ("a >= 5", True),
        ("a.area = 900", True),
        ("a.edition = b.edition", True),
        ("a.area != not_stated", True),
    ],
)
def test_conditions_compare_numbers_and_keys(condition: str, true: bool) -> None:
    assert holds(condition, {"a": value(5.0), "b": value(6.0)}) is true


def test_the_order_of_a_store_changes_no_statement(page: Page) -> None:
    """The first row of a list was women: South-North was 'larger', Calais the deadliest route."""
    said = {
        key: page.claim(key) for key in ("corridors.heading", "corridors.facts", "deaths.finding")
    }
    for kept in page.ev.kept.values():
        kept.reverse()
    turned = {key: page.claim(key) for key in said}
    assert turned == said
    assert "90.1" in said["corridors.facts"]
    assert "84.4" in said["corridors.facts"]
    assert said["corridors.heading"].startswith(
        "More people have moved between countries of the South"
    )
    assert said["deaths.finding"] == "Central Mediterranean: 3,149"


def test_a_heading_turns_with_its_numbers(page: Page) -> None:
    [sn] = [v for v in page.ev.values("south_north") if v.sex == "_T"]
    kept = page.ev.values("south_north")
    kept[kept.index(sn)] = replace(sn, value=200e6)
    assert page.claim("corridors.heading").startswith("South–North migration is larger")


def test_a_sentence_that_lacks_one_of_two_numbers_keeps_the_other(page: Page) -> None:
    page.ev.kept[("refugees_with_unrwa", 2015)] = [value(None, figure_id="refugees_with_unrwa")]
    assert page.claim("displacement.fact_refugees").startswith("16.1\u00a0million refugees")
    assert page.lacking


def test_a_total_whose_members_are_silent_is_a_lower_bound(page: Page) -> None:
    """Eurostat's total of 2010 is without eight of the 28 countries: it is no count of the EU-28."""
    [now] = [v for v in page.ev.values("first_time_applicants_eu") if v.sex == "_T"]
    assert "At least" not in page.claim("asylum.fact_eu")
    mark = "lower bound: 8 of 28 places have no number"
    page.ev.kept[("first_time_applicants_eu", 2015)] = [replace(now, mark=mark)]
    assert page.claim("asylum.fact_eu").startswith("At least 1.3\u00a0million")
    page.ev.kept[("first_time_applicants_germany", 2015)] = [
        value(None, figure_id="first_time_applicants_germany", area="276")
    ]
    assert not page.claim("asylum.heading").startswith("The EU-28 counted")


def test_a_claim_about_one_year_is_of_that_year(page: Page) -> None:
    """The two figures in circulation were printed of 2015: of another year nobody printed them."""
    assert "in circulation" in page.claim("asylum.fact_all")
    for figure_id in ("first_time_applicants_germany", "first_time_applicants_germany_all"):
        [v] = [v for v in page.ev.values(figure_id) if v.sex == "_T"]
        page.ev.kept[(figure_id, 2015)] = [replace(v, time_period="2010")]
    assert "of all citizenships" in page.claim("asylum.fact_all")
    assert "in circulation" not in page.claim("asylum.fact_all")


def test_a_note_stands_with_what_it_is_about(page: Page) -> None:
    assert "IDMC" in page.claim("displacement.note_idps")
    page.ev.kept[("idps_conflict", 2015)] = [value(None, figure_id="idps_conflict")]
    assert page.claim("displacement.note_idps") == ""


def test_without_any_number_nothing_is_said(page: Page) -> None:
    page.ev.kept[("refugees_unhcr", 2015)] = [value(None, figure_id="refugees_unhcr")]
    assert page.say("displacement.fact_refugees") == ()


def test_an_unknown_statement_is_an_error(page: Page) -> None:
    with pytest.raises(PublishError, match="is not declared"):
        first_true(page.ev, "no.such", {})


def test_words_take_the_plural_of_their_number() -> None:
    forms = {
        "en": {1: "1 child was", 2: "2 children were"},
        "fr": {0: "0 child was", 1: "1 child was"},
    }
    for language, shown in forms.items():
        words = Catalogue(language, {"k": "{n} {n#one:child was#other:children were}"})
        for n, text in shown.items():
            run = Page(ev=None, words=words, files=()).number(value(float(n)))  # type: ignore[arg-type] # no figures
            assert (
                "".join(r if isinstance(r, str) else r.display for r in words.rich("k", n=run))
                == text
            )


def test_a_change_is_never_from_a_later_year() -> None:
    for year in (1990, 2000):
        for one in sojourn.open().figure("migrant_stock_since_2000", year):
            assert one.value is None
            assert one.reason == "a change since 2000 needs a year after it"


def test_every_statement_binds_figures_that_are_declared() -> None:
    assert all(isinstance(one, Statement) for one in statements().values())
    bound = {
        b.figure or b.listed or b.within for s in statements().values() for b in s.bind.values()
    }
    assert bound - {""} <= set(figures())
