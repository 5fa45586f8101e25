"""The figures that were read from the publishers' files by hand, one by one, against the store.

Each row of SPOTCHECKS.tsv is known here by its number. Most name a cell, a line or the sum of one
column of one year, and the store is asked for that place. `RULES` holds the few that ask for more.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from by_hand import agrees, place

import sojourn
from sojourn.api import Data
from sojourn.vocab.area import AREAS

ROWS = 146

_OF = "sum(obs_value) FROM observation WHERE edition = "
_IDMC = f"{_OF}'idmc.gidd@2019-05-10'"
_WPP = f"{_OF}'undesa.wpp-tables"
_MALARIA = f"{_OF}'who.malaria-estimates@2022-12-08'"
RULES: Mapping[int, tuple[str, str]] = {
    # number: (how SPOTCHECKS.tsv says it, what the store is asked)
    **{
        n: (
            area,
            f"{_WPP}@{day}' AND indicator = '{indicator}' AND ref_area = '{code}' AND time_period = '{period}'",
        )
        for n, area, day, indicator, code, period in (
            (61, "world", "2015-07-29", "population", "900", "2015"),
            (62, "world", "2015-07-29", "population", "900", "1990"),
            (63, "world", "2019-06-17", "population", "900", "2015"),
            (64, "world", "2019-06-17", "population", "900", "2020"),
            (59, "Germany", "2015-07-29", "net_migration", "276", "2010-07-01/P5Y"),
            (60, "Germany", "2019-06-17", "net_migration", "276", "2010-07-01/P5Y"),
            (65, "world", "2022-07-11", "births", "900", "2015"),
            (66, "world", "2022-07-11", "deaths", "900", "2015"),
            (67, "Germany", "2022-07-11", "net_migration", "276", "2015"),
            (68, "world", "2022-07-11", "births", "900", "2022"),
        )
    },
    76: (
        "Germany",
        f"{_OF}'unhcr.population@2024-06-13' AND indicator = 'refugees' AND time_period = '2015' AND ref_area = '276'",
    ),
    79: (
        "persons only",
        f"{_OF}'unhcr.decisions@2024-07-21' AND indicator = 'asylum_decisions' AND time_period = '2015' AND unit_measure = 'PERSONS'",
    ),
    84: (
        "suppressed",
        "count(*) FROM observation WHERE edition = 'unhcr.popstats@2015-07-10' AND indicator = 'refugees' AND obs_status = 'Q' AND obs_value IS NULL",
    ),
    86: (
        "world",
        f"{_OF}'unhcr.popstats-series@2015-07-10' AND indicator = 'refugees' AND time_period = '2014'",
    ),
    95: ("world", f"{_IDMC} AND indicator = 'idp_stock_conflict' AND time_period = '2015'"),
    96: ("world", f"{_IDMC} AND indicator = 'idp_flow_conflict' AND time_period = '2015'"),
    97: ("world", f"{_IDMC} AND indicator = 'idp_flow_disaster' AND time_period = '2015'"),
    98: ("world", f"{_IDMC} AND indicator = 'idp_stock_conflict' AND time_period = '2018'"),
    100: ("events", f"{_OF}'idmc.disasters@2019-05-10' AND time_period = '2015'"),
    101: ("events", "count(*) FROM observation WHERE edition = 'idmc.disasters@2019-05-10'"),
    122: ("cases", f"{_MALARIA} AND indicator = 'malaria_cases' AND time_period = '2015'"),
    123: ("cases", f"{_MALARIA} AND indicator = 'malaria_cases' AND time_period = '2021'"),
    124: ("deaths", f"{_MALARIA} AND indicator = 'malaria_deaths' AND time_period = '2015'"),
    125: ("deaths", f"{_MALARIA} AND indicator = 'malaria_deaths' AND time_period = '2021'"),
    144: (
        "Mediterranean",
        f"{_OF}'iom.missing-migrants@2020-01-08' AND indicator = 'dead_and_missing' AND time_period = '2015' AND contains(detail, 'region=Mediterranean;')",
    ),
    145: ("2026", f"{_OF}'iom.missing-migrants@2026-05-06' AND indicator = 'dead'"),
    146: ("2026", f"{_OF}'iom.missing-migrants@2026-05-06' AND indicator = 'missing'"),
    # Codes of a classification are no observations: the row's member, and the class it is in.
    52: (
        "Burundi",
        "DISTINCT member_id FROM membership WHERE classification = 'undesa.classification' AND sheet = 'Annex' AND \"row\" = 35",
    ),
    109: (
        "India",
        "group_id FROM membership WHERE scheme = 'income_class FY17' AND member_id = '356' AND \"row\" = 101 AND col = 31",
    ),
}


@pytest.fixture(scope="module")
def data(loaded: Path) -> Data:
    return sojourn.open(loaded)


@cache
def spotchecks(folder: Path) -> list[dict[str, str]]:
    with (folder / "SPOTCHECKS.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


@pytest.mark.parametrize("number", range(1, ROWS + 1))
def test_the_store_reads_as_read_by_hand(data: Data, publisher_files: Path, number: int) -> None:
    check = spotchecks(publisher_files)[number - 1]
    expected = check["value"].replace(",", "")
    if number in RULES:
        word, query = RULES[number]
        assert word in " ".join(check.values())
        found = data.sql(f"SELECT {query}").fetchall()
    else:
        path = publisher_files / check["path"]
        found = data.sql(
            "SELECT CASE WHEN count(*) > 0 THEN sum(obs_value) ELSE -1 END FROM observation "
            f"WHERE file_name = $name AND {place(path, check['where'])}",
            {"name": path.name},
        ).fetchall()
    assert len(found) == 1
    value = found[0][0]
    if number == 52:
        assert AREAS[value].iso3 == expected
    elif expected == "..":
        assert value is None
    elif isinstance(value, str):
        assert value == expected
    else:
        assert agrees(value, expected), check


def test_every_row_is_tried(publisher_files: Path) -> None:
    assert len(spotchecks(publisher_files)) == ROWS
