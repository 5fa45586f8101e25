"""A whole column is held against world totals that were published elsewhere."""

import csv
import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

from sojourn.harmonize.world_totals import (
    REACH,
    WorldSum,
    expected,
    far_from_references,
    moved_years,
    references,
    series,
    tolerances,
)
from sojourn.sources.declaration import registry
from sojourn.vocab.indicator import indicators

CASES = [(i, r.year) for i, rows in references().items() for r in rows]


TABLE = list(
    csv.DictReader(
        files("sojourn.harmonize").joinpath("world_totals.csv").read_text("utf-8").splitlines()
    )
)
EDITION = r"(?P<edition>[a-z][\w.\-]*@\d{4}-\d{2}-\d{2})"
#: A cell of a file of an edition, or what of an edition is summed.
TRACED = re.compile(
    rf"({EDITION}#(?:(?P<sheet>[^!]+)!)?(?P<cell>[A-Z]{{1,3}}\d+) in (?P<file>.+?)"
    rf"|sum of (?P<count>\d+) (?P<what>places|incidents of the world|cells by month|"
    rf"cells by sex and age of the world) of {EDITION.replace('edition', 'summed')})"
    r"(?P<copy>, a rebuilt copy)?"
)
#: Where the publishers' files of these editions lie, and the unit in which they count.
FOLDERS = {
    "undesa.ims@2019-09-17": "undesa/2019",
    "undesa.ims@2021-01-15": "undesa/2020",
    "undesa.ims@2015-12-01": "undesa/2015",
    "unhcr.global-trends@2016-06-20": "unhcr/2016-06",
    "worldbank.bilateral-remittances@2018-04-01": "worldbank/2018-04",
    "undesa.wpp-tables@2024-07-11": "current/wpp/2024",
    "undesa.wpp-tables@2022-07-11": "wpp/2022",
    "undesa.ims@2025-01-16": "current/undesa/2024",
    "undesa.ims-od@2025-01-16": "current/undesa/2024",
    "who.malaria-annex@2024-12-11": "current/who/2024-12",
    "worldbank.remittances@2023-12-18": "more",
}
THOUSANDS = {"births", "deaths", "population", "population_31_december"}
MILLIONS = {"remittances_bilateral", "remittances_received"}


def total(indicator: str, year: int) -> float:
    found = expected(indicator, year)
    assert found is not None
    return found.total


def test_every_known_total_is_of_a_known_indicator_and_names_its_source() -> None:
    for indicator, rows in references().items():
        assert indicator in indicators()
        assert rows
        assert len({r.year for r in rows}) == len(rows), indicator
        for r in rows:
            assert r.total > 0
            assert 1 < r.within <= 5
            assert r.places > 0
            assert r.source


@pytest.mark.parametrize("factor", [1e-3, 1e3, 1e6])
def test_a_factor_of_a_thousand_is_asked_of_every_indicator_and_year(factor: float) -> None:
    for indicator, year in CASES:
        found = total(indicator, year)
        assert not far_from_references([WorldSum(indicator, year, found, 200)])
        [said] = far_from_references([WorldSum(indicator, year, found * factor, 200)])
        assert str(year) in said
        assert "world total known" in said


def test_too_little_is_no_question_of_few_places_or_of_a_part_of_a_year() -> None:
    found = total("refugees", 2015)
    assert not far_from_references([WorldSum("refugees", 2015, found / 1000, 20)])
    assert not far_from_references([WorldSum("refugees", 2015, found / 1000, 200, whole=False)])
    assert far_from_references([WorldSum("refugees", 2015, found * 1000, 20)])


def test_between_two_known_years_the_total_lies_between_theirs() -> None:
    assert total("population", 1990) < total("population", 1995) < total("population", 2000)


def test_far_before_the_first_known_year_nothing_is_said() -> None:
    first = references()["idp_stock_conflict"][0].year
    assert expected("idp_stock_conflict", first - REACH) is not None
    assert expected("idp_stock_conflict", first - REACH - 1) is None
    assert expected("no_indicator", 2015) is None
    assert not far_from_references([WorldSum("idp_stock_conflict", first - 1, 1, 200)])
    assert far_from_references([WorldSum("idp_stock_conflict", first - 1, 1e12, 200)])


def test_years_of_one_indicator_are_one_question_and_many_indicators_are_counted() -> None:
    sums = [WorldSum(i, y, 1e15, 200) for i, y in CASES]
    asked = far_from_references(sums)
    assert len(asked) == 4
    assert "more year" in asked[0]
    assert asked[-1] == f"and {len(references()) - 3} more like these"


def test_every_total_is_a_cell_or_a_sum_of_a_declared_edition() -> None:
    assert len({(r["indicator"], r["year"], r["edition"]) for r in TABLE}) == len(TABLE)
    assert {r["indicator"] for r in TABLE} <= set(tolerances())
    for r in TABLE:
        found = TRACED.fullmatch(r["source"])
        assert found, r
        assert r["edition"] == (found["edition"] or found["summed"])
        edition = registry().editions[r["edition"]]
        assert int(r["total"]) > 0
        if found["what"] == "places":
            assert int(r["places"]) <= int(found["count"])
        if found["file"]:
            assert found["file"] in edition.files.values(), r


def test_every_tolerance_has_its_reason_and_lends_from_a_known_indicator() -> None:
    for indicator, t in tolerances().items():
        assert len(t.judged) > 10, indicator
        assert not t.measured or re.search(r"\d|one edition at hand", t.measured), indicator
        assert not re.search(r"differ by|at hand", t.judged), indicator  # measured is measured
        assert not t.like or t.like in tolerances()


def test_a_year_of_another_indicator_says_whose_it_is() -> None:
    found = expected("population_1_january", 2015)
    assert found is not None
    assert found.source.startswith("population: undesa.")
    assert found.within == tolerances()["population_1_january"].within


def _printed(path: Path, sheet: str, cell: str) -> float:
    if path.suffix == ".txt":
        letters, line = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()  # type: ignore[union-attr]
        column = 0
        for letter in letters:
            column = 26 * column + ord(letter) - 64
        rows = path.read_text("utf-8").splitlines()
        return float(rows[int(line) - 1].split("\t")[column - 1])
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return float(book[sheet][cell].value)


@pytest.mark.parametrize("edition", sorted(FOLDERS))
def test_a_printed_world_stands_in_its_cell(publisher_files: Path, edition: str) -> None:
    """Read back by openpyxl and by hand: the last year of each indicator of an edition."""
    rows = {r["indicator"]: r for r in TABLE if r["source"].startswith(f"{edition}#")}
    assert rows
    for indicator, row in rows.items():
        found = TRACED.fullmatch(row["source"])
        assert found is not None
        path = publisher_files / FOLDERS[edition] / found["file"]
        unit = 1e3 if indicator in THOUSANDS else 1e6 if indicator in MILLIONS else 1
        printed = _printed(path, found["sheet"], found["cell"]) * unit
        assert round(printed) == int(row["total"]), row


@pytest.mark.parametrize(
    ("indicator", "edition", "path", "year", "number"),
    [
        (
            "tb_cases",
            "who.tb-burden@2024-10-29",
            "current/who/2024-10/TB_burden_countries_2024-10-29.rebuilt.csv",
            "year",
            "e_inc_num",
        ),
        (
            "tb_deaths_hiv_positive",
            "who.tb-burden@2024-06-23",
            "who/2024-06/TB_burden_countries_2024-06-23.csv",
            "year",
            "e_mort_tbhiv_num",
        ),
        (
            "dead_and_missing",
            "iom.missing-migrants@2020-01-08",
            "iom/2020-01/MissingMigrants-Global-2020-01-08T14-05-32.csv",
            "Reported Year",
            "Total Dead and Missing",
        ),
        (
            "asylum_decisions_recognized",
            "unhcr.decisions@2024-07-21",
            "unhcr/2024-07/asylum-decisions.csv",
            "Year",
            "Recognized decisions",
        ),
        (
            "refugees",
            "unhcr.population@2024-06-13",
            "unhcr/2024-07/population.csv",
            "Year",
            "Refugees under UNHCR's mandate",
        ),
        (
            "tb_cases",
            "who.tb-burden@2024-06-23",
            "who/2024-06/TB_burden_countries_2024-06-23.csv",
            "year",
            "e_inc_num",
        ),
        (
            "tb_deaths",
            "who.tb-burden@2024-06-23",
            "who/2024-06/TB_burden_countries_2024-06-23.csv",
            "year",
            "e_mort_num",
        ),
    ],
)
def test_a_sum_is_the_sum_of_its_file(
    publisher_files: Path, indicator: str, edition: str, path: str, year: str, number: str
) -> None:
    lines = (publisher_files / path).read_text("utf-8-sig").splitlines()
    start = next(i for i, line in enumerate(lines) if year in line.replace('"', "").split(","))
    sums: dict[str, float] = {}
    for row in csv.DictReader(lines[start:]):
        if row[number]:
            sums[row[year]] = sums.get(row[year], 0) + float(row[number].replace(",", ""))
    mine = [
        r
        for r in TABLE
        if r["indicator"] == indicator
        and r["edition"] == edition
        and r["source"].startswith("sum of")
    ]
    assert len(mine) > 5
    assert {r["year"]: int(r["total"]) for r in mine} == {
        r["year"]: round(sums[r["year"]]) for r in mine
    }


@pytest.mark.parametrize("indicator", sorted(references()))
def test_between_two_known_years_the_total_grows_by_the_same_factor_each_year(
    indicator: str,
) -> None:
    rows = references()[indicator]
    for before, after in pairwise(rows):
        years = range(before.year, after.year + 1)
        totals = [total(indicator, y) for y in years]
        grown = (after.total / before.total) ** (1 / (after.year - before.year))
        for year, found in zip(years, totals, strict=True):
            assert found == pytest.approx(before.total * grown ** (year - before.year))


@pytest.mark.parametrize("indicator", sorted(references()))
def test_beside_the_known_years_the_nearest_is_asked_with_twice_its_tolerance(
    indicator: str,
) -> None:
    rows = references()[indicator]
    for end, years in (
        (rows[0], range(rows[0].year - REACH, rows[0].year)),
        (rows[-1], range(rows[-1].year + 1, rows[-1].year + REACH + 1)),
    ):
        for year in years:
            found = expected(indicator, year)
            assert found is not None
            assert (found.total, found.within, found.year) == (end.total, 2 * end.within, year)
    assert expected(indicator, rows[0].year - REACH - 1) is None
    assert expected(indicator, rows[-1].year + REACH + 1) is None


def _sums(indicator: str, edition: str, by: int, factor: float = 1.0) -> list[WorldSum]:
    """Return what an edition prints, under the years beside."""
    [of] = [s for s in series(indicator)[1:] if s[0].edition == edition]
    return [WorldSum(indicator, r.year + by, r.total * factor, r.places) for r in of]


EVERY_SERIES = [(i, of[0].edition) for i in tolerances() for of in series(i)[1:] if len(of) > 1]


@pytest.mark.parametrize(("indicator", "edition"), EVERY_SERIES)
def test_every_edition_is_known_in_its_place_and_asked_about_a_year_beside(
    indicator: str, edition: str
) -> None:
    """Of all 88 series, of which another edition is the best known of most."""
    assert not moved_years(_sums(indicator, edition, 0))
    for by in (-1, 1):
        [said] = moved_years(_sums(indicator, edition, by))
        assert "moved by one?" in said


@pytest.mark.parametrize("by", [-10, -5, 5, 10])
def test_stocks_that_slipped_by_a_column_are_told(by: int) -> None:
    [said] = moved_years(_sums("migrant_stock", "undesa.ims@2025-01-16", by))
    assert f"moved by {abs(by)}?" in said
    assert not moved_years(_sums("migrant_stock", "undesa.ims@2025-01-16", by, 1.02))


@pytest.mark.parametrize("indicator", ["tb_cases", "tb_deaths"])
def test_of_many_years_their_rise_and_fall_tells_a_report_that_nobody_has_seen(
    indicator: str,
) -> None:
    """As far off in level as two reports in a row are: 2 per cent."""
    edition = "who.tb-burden@2024-06-23"
    assert moved_years(_sums(indicator, edition, 1, 1.02))
    assert moved_years(_sums(indicator, edition, -1, 0.98))
    assert not moved_years(_sums(indicator, edition, 0, 1.02))
    if indicator == "tb_cases":  # too few to see it by
        assert not moved_years(_sums(indicator, edition, 1, 1.02)[:9])


def test_no_edition_is_taken_for_another_of_its_table_with_its_years_moved() -> None:
    """Each edition against the others alone: a revision is no slip of the years."""
    from sojourn.harmonize import world_totals

    for indicator, edition in EVERY_SERIES:
        own = _sums(indicator, edition, 0)
        for of in world_totals.series(indicator):
            others = [r for r in of if r.edition != edition]
            for by in world_totals.MOVES:
                known = {r.year for r in others}
                both = [
                    s
                    for s in own
                    if s.year + by in known and world_totals._at(others, s.year) is not None
                ]
                if 2 * len(both) >= len(own):
                    assert not world_totals._fits(both, others, by), (indicator, edition, by)
