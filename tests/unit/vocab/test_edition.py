"""An edition has one form, read and written in one place."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.sources.declaration import registry
from sojourn.vocab.observation import Cell, EditionId

SRC = Path(__file__).parents[3] / "src" / "sojourn"
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@given(st.from_regex(r"[a-z]+(\.[a-z-]+)?", fullmatch=True), DAYS)
def test_an_edition_that_is_written_is_read_back(dataset: str, day: date) -> None:
    one = EditionId(dataset, day.isoformat())
    assert EditionId.parse(str(one)) == EditionId.of(str(one)) == one
    assert one.day == day


@given(DAYS, DAYS)
def test_editions_of_a_dataset_stand_in_the_order_of_their_days(first: date, second: date) -> None:
    one, two = (EditionId("undesa.ims", d.isoformat()) for d in (first, second))
    assert (one < two) == (first < second)


@pytest.mark.parametrize(("text", "day"), [("x@2016", (2016, 1, 1)), ("x@2016-10", (2016, 10, 1))])
def test_a_month_or_a_year_is_its_first_day(text: str, day: tuple[int, int, int]) -> None:
    assert EditionId.parse(text).day == date(*day)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "x@",
        "@2016-01-01",
        "x@16",
        "x@2016-1",
        "x@2016-13",
        "x@2016-02-30",
        "x y@2016",
        "a@b@2016",
    ],
)
def test_what_is_no_edition_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text)) + "|month|day|date"):
        EditionId.parse(text)


def test_every_declared_edition_is_one_and_names_its_cells() -> None:
    for name, edition in registry().editions.items():
        assert EditionId.parse(name) == (edition.dataset, edition.vintage.isoformat())
        cell = Cell.of(name, "Table 1", 17, 6)
        assert str(cell) == f"{name}#Table 1!F17"
        assert Cell.parse(str(cell)) == cell


def test_nobody_else_takes_an_edition_apart() -> None:
    own = {"vocab/observation.py", "vocab/place.py"}  # the second: a group and its edition
    for path in SRC.rglob("*.py"):
        if path.relative_to(SRC).as_posix() not in own:
            assert not re.search(r'(split|partition)\("@"\)', path.read_text("utf-8")), path
