"""Two numbers never have one name: a row that does not say what it is of cannot be checked."""

from collections import defaultdict

import pytest

from sojourn.factsheet.figures.opened import all_values, evaluator, newest_day
from sojourn.factsheet.pages.card import title
from sojourn.factsheet.pages.document import Page
from sojourn.factsheet.pages.place_names import whole_name
from sojourn.factsheet.pages.verdict_words import named
from sojourn.publish.text import catalogue, languages
from sojourn.query.opening import open_data
from sojourn.vocab.area import AREAS


@pytest.mark.parametrize("year", [2015, 2024])
def test_no_two_figures_are_told_by_one_name(year: int) -> None:
    store = open_data(None, year)[0]
    ev = evaluator(store, year, newest_day(store))
    values = [v for v in all_values(ev) if v.value is not None]
    for language in languages():
        page = Page(ev, catalogue(language), [])
        rows, heads = defaultdict(set), defaultdict(set)
        for v in values:
            key = (v.figure_id, v.area, v.sex, v.time_period)
            rows[named(page, *key[:2], key[3], key[2])].add(key)
            heads[title(page.words, v)].add(key)
        assert [(name, keys) for name, keys in rows.items() if len(keys) > 1] == []
        assert [(name, keys) for name, keys in heads.items() if len(keys) > 1] == []


@pytest.mark.parametrize("year", [2015, 2024])
def test_every_place_has_a_name_in_the_language(year: int) -> None:
    """Routes, cities and regions of a publisher are no areas: without a name they stay English."""
    store = open_data(None, year)[0]
    values = all_values(evaluator(store, year, newest_day(store)))
    places = {p for v in values for p in v.area.split(">") if p not in AREAS}
    assert len(places) > 5
    for language in languages():
        words = catalogue(language)
        slugs = {p: p.lower().replace(" ", "_") for p in places - {"not_stated"}}
        lost = [
            p
            for p, slug in slugs.items()
            if not any(f"{g}.{slug}" in words.messages for g in ("route", "city", "region"))
        ]
        assert lost == []
        assert whole_name(words, "not_stated") == words.text("deaths.not_stated")


def test_a_sex_that_the_name_tells_is_not_told_twice() -> None:
    store = open_data(None, 2015)[0]
    for language in languages():
        page = Page(evaluator(store, 2015, newest_day(store)), catalogue(language), [])
        name = named(page, "top_corridors_women", "643>804", "2015", "F")
        assert page.words.text("sex.F") not in name
        assert page.words.area("643>804") in name
        assert page.words.text("sex.F") in named(page, "migrant_stock", "900", "2015", "F")
