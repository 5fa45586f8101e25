"""Whatever way an edition prints the same people, each is counted once in its sum over the places."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path

import duckdb
import pytest

from sojourn.store.world_sums import WorldSum, world_sums
from sojourn.vocab.area import AREAS

#: A person: where she lives, sex, age, origin. Italy has no men, so that its men are no row.
PEOPLE = [
    (area, sex, age, origin)
    for n, (area, sex, age, origin) in enumerate(
        product(("250", "276", "380"), "FM", ("Y0T4", "Y5T9"), ("004", "760"))
    )
    if (area, sex) != ("380", "M")
    for _ in range(n + 1)
]
Person = tuple[str, str, str, str]
Printed = Callable[[Person], Iterable[Person]]
#: How a table prints people: the rows that each of them is counted in.
FORMS: dict[str, Printed] = {
    "totals": lambda p: [(p[0], "_T", "_T", "_T")],
    "sexes": lambda p: [(p[0], p[1], "_T", "_T")],
    "ages": lambda p: [(p[0], "_T", p[2], "_T")],
    "origins": lambda p: [(p[0], "_T", "_T", p[3])],
    "everything": lambda p: [p],
    "sexes and both": lambda p: [(p[0], s, "_T", "_T") for s in (p[1], "_T")],
    "ages and all": lambda p: [(p[0], "_T", a, "_T") for a in (p[2], "_T")],
    "origins and all": lambda p: [(p[0], "_T", "_T", o) for o in (p[3], "_T")],
    "all of them": lambda p: product((p[0], "900"), (p[1], "_T"), (p[2], "_T"), (p[3], "_T")),
}


def sums(path: Path, people: Iterable[Person], form: Printed, until: str = "") -> list[WorldSum]:
    """Print people in a form, for 2015, and sum the table."""
    cells = Counter(row for person in people for row in form(person))
    rows = ", ".join(f"('{a}', '{s}', '{g}', '{o}', {n})" for (a, s, g, o), n in cells.items())
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT 'migrant_stock' AS indicator, '2015' AS time_period, ref_area, sex, age, "
            f"origin, n::DOUBLE AS obs_value, 0 AS unit_mult FROM (VALUES {rows}) "
            f"t(ref_area, sex, age, origin, n)) TO '{path}' (FORMAT parquet)"
        )
        return world_sums(con, [str(path)], until)


@pytest.mark.parametrize("form", FORMS)
def test_each_person_is_counted_once(tmp_path: Path, form: str) -> None:
    [found] = sums(tmp_path / "t.parquet", PEOPLE, FORMS[form])
    assert (found.indicator, found.year, found.total) == ("migrant_stock", 2015, len(PEOPLE))
    assert (found.places, found.share, found.whole) == (3, 1.0, True)


def test_of_women_alone_half_of_everybody_is_to_be_expected(tmp_path: Path) -> None:
    women = [p for p in PEOPLE if p[1] == "F"]
    [found] = sums(tmp_path / "t.parquet", women, FORMS["sexes"])
    assert (found.total, found.share) == (len(women), 0.5)


def test_the_world_alone_stands_for_all_its_places(tmp_path: Path) -> None:
    [found] = sums(tmp_path / "t.parquet", PEOPLE, lambda _: [("900", "_T", "_T", "_T")])
    assert found.total == len(PEOPLE)
    assert found.places == 232  # those that the United Nations' 2020 table prints for 2015


@pytest.mark.parametrize(("until", "whole"), [("2015-12-30", False), ("2015-12-31", True)])
def test_a_year_that_has_not_ended_is_a_part_of_a_year(
    tmp_path: Path, until: str, whole: bool
) -> None:
    [found] = sums(tmp_path / "t.parquet", PEOPLE, FORMS["totals"], until)
    assert found.whole is whole


@pytest.mark.parametrize(
    ("months", "places", "found"), [(12, 1, True), (11, 1, False), (12, 2, False)]
)
def test_twelve_months_of_one_place_are_its_year(
    tmp_path: Path, months: int, places: int, found: bool
) -> None:
    """Detections at the borders of the European Union are printed by month: a factor passed unseen."""
    where = str(tmp_path / "months.parquet")
    con = duckdb.connect()
    con.execute(
        "COPY (SELECT 'irregular_border_crossings' AS indicator, '2015-' || lpad(m::VARCHAR, 2, '0') AS time_period, "
        "'_T' AS sex, '_T' AS age, '004' AS origin, 'P' || p AS ref_area, 150000.0 AS obs_value, 0 AS unit_mult "
        f"FROM range(1, {months + 1}) a(m), range({places}) b(p)) TO '{where}' (FORMAT parquet)"
    )
    of_year = [s for s in world_sums(con, [where], "") if s.year == 2015]
    assert [s.total for s in of_year] == ([1_800_000.0] if found else [])


@pytest.mark.parametrize("annual", [False, True])
def test_months_of_countries_make_a_year_that_is_not_printed_as_one(
    tmp_path: Path, annual: bool
) -> None:
    where = str(tmp_path / "months.parquet")
    con = duckdb.connect()
    year = (
        "UNION ALL SELECT * REPLACE ('2015' AS time_period, 5.0 AS obs_value) FROM m"
        if annual
        else ""
    )
    con.execute(
        "COPY (WITH m AS (SELECT 'asylum_applicants' AS indicator, '2015-' || lpad(m::VARCHAR, 2, '0') AS time_period, "
        "'_T' AS sex, '_T' AS age, '_T' AS origin, a AS ref_area, 1000.0 AS obs_value, 0 AS unit_mult "
        "FROM range(1, 13) x(m), (SELECT unnest(['250', '276', 'EU28']) AS a)) "
        f"SELECT * FROM m {year}) TO '{where}' (FORMAT parquet)"
    )
    [found] = [s for s in world_sums(con, [where], "") if s.year == 2015]
    assert found.total == (2 * 12 * 5.0 if annual else 24_000.0)


@pytest.mark.parametrize("places", [1, 30])
def test_months_of_people_counted_on_a_day_are_no_year(tmp_path: Path, places: int) -> None:
    where = str(tmp_path / "months.parquet")
    countries = sorted(a for a, known in AREAS.items() if known.kind == "country")[:places]
    con = duckdb.connect()
    con.execute(
        "COPY (SELECT 'asylum_seekers' AS indicator, '2015-' || lpad(m::VARCHAR, 2, '0') AS time_period, "
        "'_T' AS sex, '_T' AS age, '004' AS origin, a AS ref_area, 1000.0 AS obs_value, 0 AS unit_mult "
        f"FROM range(1, 13) x(m), (SELECT unnest({countries}) AS a)) TO '{where}' (FORMAT parquet)"
    )
    assert world_sums(con, [where], "") == []
