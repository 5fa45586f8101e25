"""What a publisher estimated before its year had ended is told as an estimate, on every page."""

from pathlib import Path

import pytest
import twins
from read_back import documents, read_html

from sojourn.factsheet.figures.figure import EARLY
from sojourn.factsheet.figures.opened import evaluator, newest_day
from sojourn.publish.page import render_html
from sojourn.publish.text import catalogue, languages
from sojourn.query.opening import open_data

EDITION = "worldbank.remittances@2018-12-08"


def received(year: int, status: str) -> dict[str, object]:
    place = {"indicator": "remittances_received", "ref_area": "900", "destination": "900"}
    money = {"unit_measure": "USD", "obs_status": status, "obs_value": 6.0e11 + year}
    return {**place, **money, "time_period": str(year)}


@pytest.mark.parametrize(
    ("year", "status", "early"),
    [(2018, "E", True), (2018, "A", False), (2017, "E", False), (2017, "A", False)],
)
def test_a_year_that_had_not_ended_is_an_estimate(
    year: int, status: str, early: bool, tmp_path: Path
) -> None:
    twins.store_of(tmp_path, EDITION, [received(year, status)])
    store, _ = open_data(tmp_path)
    value = evaluator(store, year, newest_day(store)).one("remittances_world")
    assert value.value
    assert (EARLY in value.mark, value.early) == (early, "yes" if early else "no")
    for language in languages():
        words = catalogue(language)
        texts = read_html(render_html(documents(store, year, language)["factsheet"])).texts
        said = [t for t in texts if words.messages["card.early"].partition("{label}")[2] in t]
        assert bool(said) == early
        head = words.messages["money.heading_early"].rpartition("{year}")[2]
        assert any(t.endswith(str(year) + head) for t in texts) == early


@pytest.mark.parametrize(("beside", "early"), [("E", True), ("A", False)])
def test_an_edition_that_estimates_some_numbers_alone_makes_no_other_an_estimate(
    beside: str, early: bool, tmp_path: Path
) -> None:
    country = {**received(2018, beside), "ref_area": "484", "destination": "484"}
    twins.store_of(tmp_path, EDITION, [received(2018, "E"), country])
    store, _ = open_data(tmp_path)
    value = evaluator(store, 2018, newest_day(store)).one("remittances_world")
    assert (EARLY in value.mark) == early
