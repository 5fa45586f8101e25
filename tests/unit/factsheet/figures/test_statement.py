"""A sentence is printed only when it is true: bound by key, with its condition, whatever the store."""

import re
from dataclasses import replace

import pytest

import sojourn
from sojourn.errors import PublishError
from sojourn.factsheet.figures.figure import FigureValue, figures
from sojourn.factsheet.figures.opened import evaluator
from sojourn.factsheet.figures.statement import (
    Binding,
    Statement,
    bound,
    first_true,
    holds,
    ranked,
    statements,
)
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


def computed(page: Page, binding: Binding, **given: float | None) -> FigureValue:
    """What a binding makes of numbers that are handed over."""
    binds = {**{name: Binding(given=True) for name in given}, "found": binding}
    values = {name: value(n, figure_id=name) for name, n in given.items()}
    return bound(page.ev, Statement(key="test", bind=binds), values)["found"]


@pytest.mark.parametrize(
    ("binding", "given", "number", "unit"),
    [
        (Binding(share=("a", "b")), (30.0, 120.0), 25.0, "PERCENT"),
        (Binding(share=("a", "b")), (30.0, 0.0), None, ""),
        (Binding(one_in=("a",)), (3.3, 7.0), 30.0, ""),  # 100 / 3.3 is 30.3
        (Binding(one_in=("a",)), (0.0, 7.0), None, ""),
        (Binding(sum=("a", "b")), (30.0, 120.0), 150.0, "PERSONS"),
        (Binding(sum=("a", "b")), (30.0, None), None, ""),
    ],
)
def test_a_number_follows_from_others_by_hand(
    page: Page,
    binding: Binding,
    given: tuple[float, float | None],
    number: float | None,
    unit: str,
) -> None:
    found = computed(page, binding, a=given[0], b=given[1])
    assert found.value == number
    if number is None:
        assert found.edition == ""
        assert found.reason == ("its base is zero" if 0.0 in given else "")
    else:
        assert found.unit == unit


def test_the_share_within_a_region_is_of_all_corridors(page: Page) -> None:
    """30 and 20 of 30 + 10 + 20 + 40 stay in their region: a half."""
    corridors = (("903>903", 30.0), ("903>935", 10.0), ("935>935", 20.0), ("935>903", 40.0))
    page.ev.kept[("migrants_between_regions", 2015)] = [
        value(n, figure_id="migrants_between_regions", area=area) for area, n in corridors
    ]
    assert computed(page, Binding(within="migrants_between_regions")).value == 50.0
    assert computed(page, Binding(listed="migrants_between_regions")).value == 100.0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "it stands for nothing"),
        ({"figure": "a", "given": True}, "it stands for figure and given"),
        ({"share": ("a",)}, "two names, part and whole"),
        ({"share": ("a", "b", "c")}, "two names, part and whole"),
        ({"one_in": ("a", "b")}, "the name of one share"),
        ({"listed": "a", "rank": 1}, "choose among the values of a figure"),
        ({"listed": "a", "pick": "most"}, "choose among the values of a figure"),
        ({"given": True, "year": 2015}, "choose among the values of a figure"),
    ],
)
def test_a_name_stands_for_one_thing(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Binding(**given)  # type: ignore[arg-type]


def test_only_what_follows_from_other_numbers_is_computed() -> None:
    ways = ({"sum": ("a",)}, {"share": ("a", "b")}, {"one_in": ("a",)}, {"listed": "a"})
    assert all(Binding(**way).computed for way in (*ways, {"within": "a"}))  # type: ignore[arg-type]
    assert not Binding(figure="a").computed
    assert not Binding(given=True).computed


def test_the_largest_and_a_rank_are_of_what_has_a_number_and_the_sex(page: Page) -> None:
    name = "women_share_by_region"
    page.ev.kept[(name, 2015)] = [
        value(None, figure_id=name, area="903", sex="F"),
        value(90.0, figure_id=name, area="935", sex="M"),
        value(48.0, figure_id=name, area="908", sex="F"),
        value(52.0, figure_id=name, area="904", sex="F"),
    ]
    for pick, area in (("most", "904"), ("least", "908")):
        binding = Binding(figure=name, sex="F", pick=pick)  # type: ignore[arg-type]
        assert computed(page, binding).area == area
    listed = page.ev.values("top_refugee_hosts")
    assert [ranked(page.ev, "top_refugee_hosts", r).rank for r in (1, 2)] == [1, 2]
    assert ranked(page.ev, "top_refugee_hosts", len(listed) + 1).reason == "the list is shorter"
