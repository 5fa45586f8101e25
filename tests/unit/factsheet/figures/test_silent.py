"""Places without a number in the year of a list: named with the year by which they would stand in it."""

from dataclasses import replace
from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.factsheet.figures.opened import evaluator, newest_day
from sojourn.factsheet.pages.document import Page
from sojourn.factsheet.pages.sections import _titled, cut, silent
from sojourn.publish import catalogue, spoken
from sojourn.query.opening import open_data
from sojourn.vocab.area import AREAS

HOSTS = [a for a, known in AREAS.items() if known.kind == "country"][:12]
EDITION = "unesco.students@2025-02-28"


def inbound(area: str, year: int, value: float) -> dict[str, object]:
    place = {"indicator": "students_inbound", "ref_area": area, "destination": area}
    return {**place, "time_period": str(year), "obs_value": value}


@pytest.mark.parametrize(
    ("year", "value", "told", "outdone"),
    [
        (2008, 900.0, ("840:2008",), True),  # far away, and it would stand first
        (2001, 105.0, ("840:2001",), False),  # in the list, behind its first
        (2001, 101.0, (), False),  # the eleventh of a list of ten
        (2000, 900.0, (), False),  # it has its number
    ],
)
def test_who_reports_later_is_named_with_the_year(
    year: int, value: float, told: tuple[str, ...], outdone: bool, tmp_path: Path
) -> None:
    rows = [inbound(a, 2000, 100.0 + i) for i, a in enumerate(HOSTS)]
    twins.store_of(tmp_path, EDITION, [*rows, inbound("840", year, value)])
    listed = sojourn.open(tmp_path).figure("top_students_hosts", 2000)
    assert (listed[0].silent, listed[0].outdone) == (told, outdone)
    assert all(v.silent == () for v in listed[1:])


def test_the_nearer_of_two_years_before_and_the_nearer_after_are_asked(tmp_path: Path) -> None:
    rows = [inbound(a, 2000, 100.0 + i) for i, a in enumerate(HOSTS)]
    rows += [inbound("840", y, v) for y, v in ((1990, 900.0), (1998, 50.0), (2003, 140.0))]
    twins.store_of(tmp_path, EDITION, [*rows, inbound("840", 2010, 900.0)])
    [first] = sojourn.open(tmp_path).figure("top_students_hosts", 2000)[:1]
    assert first.silent == ("840:2003",)
    store, _ = open_data(tmp_path)
    page = Page(evaluator(store, 2000, newest_day(store)), catalogue("fr"), ())
    assert "États-Unis d’Amérique (2003)" in "".join(str(run) for run in silent(page, [first]))
    title = "Pays accueillant le plus d’étudiants étrangers"
    assert _titled(page, "top_students_hosts", "unused", [first]).startswith(title)
    assert _titled(page, "top_students_hosts", "unused", [first]).endswith("ayant un nombre")
    told = [replace(first, silent=())]
    assert "ayant un nombre" not in _titled(page, "top_students_hosts", "unused", told)


def test_a_place_that_was_not_there_yet_is_not_silent(tmp_path: Path) -> None:
    """South Sudan became a country in 2011: no list of 2000 lacks it."""
    rows = [inbound(a, 2000, 100.0 + i) for i, a in enumerate(HOSTS)]
    twins.store_of(tmp_path, EDITION, [*rows, inbound("728", 2012, 900.0)])
    assert sojourn.open(tmp_path).figure("top_students_hosts", 2000)[0].silent == ()


@pytest.mark.parametrize("zeros", [0, 1, 2, 3])
def test_places_whose_number_is_zero_are_counted_apart(zeros: int, tmp_path: Path) -> None:
    """Of twelve the list shows ten: where three are zero it holds one of them itself."""
    numbers = [100.0 + i if i >= zeros else 0.0 for i in range(len(HOSTS))]
    rows = [inbound(a, 2000, n) for a, n in zip(HOSTS, numbers, strict=True)]
    twins.store_of(tmp_path, EDITION, rows)
    store, _ = open_data(tmp_path)
    page = Page(evaluator(store, 2000, newest_day(store)), catalogue("en"), ())
    listed = page.ev.values("top_students_hosts")
    said = spoken(cut(page, listed))
    assert (listed[0].of, listed[0].zeros) == (12, zeros)
    apart = zeros if zeros < 3 else 0
    assert f"first 10 of {12 - apart} {'above zero' if apart else 'with a number'}" in said
    assert (f"of {zeros} more the edition gives zero" in said) == bool(apart)
