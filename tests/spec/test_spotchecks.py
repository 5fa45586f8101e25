"""Figures with their cells, read by hand from the publishers' files, against the store."""

import csv
import re
from pathlib import Path

import pytest

import sojourn
from sojourn.pipeline.data import Data

CELL = re.compile(r"(?P<sheet>.+)!(?P<letters>[A-Z]+)(?P<row>\d+)")
LINE = re.compile(r"line (?P<line>\d+), (?:column )?(?P<column>.+)")
SUM = re.compile(
    r"sum over (?:Reported )?[Yy]ear=(?P<year>\d{4})(?:, (?P<where>[^=]+)=(?P<is>\w+))?, column (?P<column>[^,]+)(?:, \* left out)?"
)
HEAD = {"line": 60}  # lines in which the header of a text file may stand


@pytest.fixture(scope="module")
def data(loaded: Path) -> Data:
    return sojourn.open(loaded)


def spotchecks(folder: Path) -> list[dict[str, str]]:
    with (folder / "SPOTCHECKS.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def column_of(path: Path, title: str) -> int:
    """Return the number of the column of a text file that bears a title."""
    text = path.read_bytes().decode("utf-8-sig", "replace").splitlines()[: HEAD["line"]]
    for separator in (",", "\t", ";"):
        for row in csv.reader(text, delimiter=separator):
            names = [" ".join(c.split()) for c in row]
            if title.partition(" (cases")[0] in names:
                return names.index(title.partition(" (cases")[0]) + 1
    raise LookupError(title)


def stored(data: Data, folder: Path, check: dict[str, str]) -> float | str | None:
    """Return what the store holds at the place of a spot check, or how it fails to hold it."""
    path = folder / check["path"]
    name, where = path.name, check["where"]
    if name not in {f.name for f in data.store.manifest.files}:
        return "not read"
    condition = f"file_name = '{name.replace(chr(39), chr(39) * 2)}'"
    if (cell := CELL.fullmatch(where)) is not None:
        column = 0
        for letter in cell["letters"]:
            column = column * 26 + ord(letter) - 64
        condition += (
            f" AND sheet = '{cell['sheet']}' AND \"row\" = {cell['row']} AND col = {column}"
        )
    elif (line := LINE.fullmatch(where)) is not None:
        column = column_of(path, line["column"])
        condition += f' AND "row" = {line["line"]} AND col = {column}'
    elif (total := SUM.fullmatch(where)) is not None:
        if path.suffix == ".xlsx" or total["where"]:
            return "rule"
        condition += (
            f" AND time_period = '{total['year']}' AND col = {column_of(path, total['column'])}"
        )
    else:
        return "rule"
    found = data.sql(
        f"SELECT count(*), sum(obs_value) FROM observation WHERE {condition}"
    ).fetchall()
    count, value = found[0]
    return "no observation" if count == 0 else ".." if value is None else value


# Files whose layout no reader declares yet.
NOT_READ = {
    "undesa/2015/undesa_pd_2015_migration_flow_totals.xlsx",
    "wpp/2015/migration.txt",
    "wpp/2019/migration.txt",
    "wpp/2015/popM.txt + popF.txt",
    "wpp/2019/popM.txt + popF.txt",
    "wpp/2022/births.txt",
    "wpp/2022/deaths.txt",
    "wpp/2022/migration.txt",
    "wpp/2022/birthsprojMed.txt",
}


# Cells that are no observation: codes of a classification.
NO_NUMBER = {
    ("undesa/2020/aggregates_correspondence_table_2020_1.xlsx", "Annex!E35"),
    ("worldbank/2022-07/OGHIST.xlsx", "Country Analytical History!AE101"),
}


def test_each_spot_check_reads_as_by_hand(data: Data, publisher_files: Path) -> None:
    wrong, unread, tried = [], set(), 0
    for check in spotchecks(publisher_files):
        found = stored(data, publisher_files, check)
        if found == "not read":
            unread.add(check["path"])
        elif found != "rule":
            tried += 1
            expected = check["value"].replace(",", "")
            if (check["path"], check["where"]) in NO_NUMBER:
                assert found == "no observation"
            elif expected == "..":
                wrong += [] if found == ".." else [(check["path"], check["where"], found)]
            elif not isinstance(found, float) or abs(found - float(expected)) > 0.005 + 1e-9 * abs(
                found
            ):
                wrong.append((check["path"], check["where"], found, expected))
    assert wrong == []
    assert unread <= NOT_READ
    assert tried >= 100


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sum(obs_value) FROM observation WHERE edition = 'idmc.gidd@2019-05-10' AND indicator = 'idp_stock_conflict' AND time_period = '2015'", 40_520_800),
        ("sum(obs_value) FROM observation WHERE edition = 'idmc.gidd@2019-05-10' AND indicator = 'idp_flow_conflict' AND time_period = '2015'", 8_990_090),
        ("sum(obs_value) FROM observation WHERE edition = 'idmc.gidd@2019-05-10' AND indicator = 'idp_flow_disaster' AND time_period = '2015'", 19_189_827),
        ("sum(obs_value) FROM observation WHERE edition = 'idmc.disasters@2019-05-10' AND time_period = '2015'", 19_192_530),
        ("count(*) FROM observation WHERE edition = 'idmc.disasters@2019-05-10'", 6_431),
        ("sum(obs_value) FROM observation WHERE edition = 'unhcr.population@2024-06-13' AND indicator = 'refugees' AND time_period = '2015' AND ref_area = '276'", 316_098),
        ("count(*) FROM observation WHERE edition = 'unhcr.popstats@2015-07-10' AND indicator = 'refugees' AND obs_status = 'Q'", 1_981),
        ("sum(obs_value) FROM observation WHERE edition = 'iom.missing-migrants@2020-01-08' AND indicator = 'dead_and_missing' AND time_period = '2015' AND contains(detail, 'region=Mediterranean;')", 4_054),
        ("sum(obs_value) FROM observation WHERE edition = 'iom.missing-migrants@2026-05-06' AND indicator = 'dead'", 642),
        ("count(*) FROM membership WHERE scheme = 'income_class FY17' AND member_id = '356' AND group_id = 'LM'", 1),
    ],
)  # fmt: skip
def test_a_rule_over_many_cells_gives_the_printed_sum(
    data: Data, query: str, expected: float
) -> None:
    assert data.sql(f"SELECT {query}").fetchall() == [(expected,)]
