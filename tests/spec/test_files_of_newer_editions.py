"""The newer editions: the values read by hand, each from its cell, and what each file is said to be."""

import csv
import re
from functools import cache
from pathlib import Path

import pytest
from reading import Reading, read

import sojourn

ROWS = 94
CELL = re.compile(r"[A-Z]+\d+")
SUM = re.compile(r"sum of (?P<title>.+), year=(?P<year>\d{4})", re.I)
LINE = re.compile(r"line (?P<line>\d+), column (?P<year>\d{4})")


@pytest.fixture(scope="module")
def current(publisher_files: Path) -> Path:
    folder = publisher_files / "current"
    if not folder.is_dir():
        pytest.skip("no publisher files of newer editions")
    return folder


@cache
def checks(folder: Path) -> list[dict[str, str]]:
    with (folder / "SPOTCHECKS.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


@cache
def reading(path: Path) -> Reading:
    return read(path)


def column_sum(path: Path, title: str, year: str) -> float:
    if path.suffix == ".xlsx":
        column = title.removeprefix("column ")
        places = [r for r in reading(path).rows if re.search(rf"!{column}\d+$", str(r["place"]))]
    else:
        from sojourn.vocab.observation import column_letters

        with path.open(encoding="utf-8-sig", newline="") as stream:
            column = column_letters(next(csv.reader(stream)).index(title) + 1)
        places = [r for r in reading(path).rows if str(r["place"]).endswith(f"column {column}")]
    return sum(
        float(str(r["value"]))
        for r in places
        if r["time_period"] == year and r["value"] is not None
    )


def found(path: Path, check: dict[str, str]) -> float | None:
    """Return what the reader gives for a check; None where it gives no number."""
    where = check["cell"]
    if (line := LINE.fullmatch(where)) is not None:
        rows = [
            r for r in reading(path).rows if str(r["place"]).startswith(f"line {line['line']},")
        ]
        (row,) = [r for r in rows if r["time_period"] == line["year"]]
        return float(str(row["value"]))
    if (total := SUM.fullmatch(where)) is not None:
        return column_sum(path, total["title"], total["year"])
    if where == "sum of total_dead_and_missing":
        rows = reading(path).find(indicator="dead_and_missing")
        return sum(float(str(r["value"])) for r in rows if r["value"] is not None)
    if where == "number of records":
        return len(reading(path).find(indicator="dead_and_missing"))
    place = f"{check['sheet']}!{where}"
    (row,) = [r for r in reading(path).rows if r["place"] == place]
    return None if row["value"] is None else float(str(row["value"]))


def printed(path: Path, check: dict[str, str]) -> str:
    """Return the text of a cell that is no observation: a class, a date, a member."""
    from sojourn.sources.container import flat, open_file
    from sojourn.vocab.observation import Cell

    grid = open_file(path.name, path.read_bytes())[0].grid(check["sheet"])
    cell = Cell.parse(f"x.y@2024-01-01#{check['sheet']}!{check['cell']}")
    return flat(grid.rows[cell.row - 1][cell.col - 1])


@pytest.mark.parametrize("number", range(1, ROWS + 1))
def test_the_reader_reads_as_read_by_hand(current: Path, number: int) -> None:
    check = checks(current)[number - 1]
    path = current / check["file"]
    if path.name == "UNlocations.txt":
        lines = path.read_text("utf-8").splitlines()
        kinds = [line.split("\t")[6] for line in lines[1:]]
        assert reading(path).layout == "undesa.wpp-locations"
        assert {"298": len(kinds), "237": kinds.count("4")}[check["value"]] == int(check["value"])
    elif check["cell"] == "newest reported_date":
        days = re.findall(r"date=([\d-]+)", " ".join(str(r["detail"]) for r in reading(path).rows))
        assert max(days) == check["value"]
    elif (path.suffix == ".xlsx" and not reading(path).rows) or not re.fullmatch(
        r"[\d.-]+", check["value"]
    ):
        assert (printed(path, check) or "None") == check["value"]
    else:
        assert found(path, check) == pytest.approx(float(check["value"]), rel=2e-7)


def test_every_row_is_tried(current: Path) -> None:
    assert len(checks(current)) == ROWS


EDITIONS = {
    "who/2024-10/TB_burden_countries_2024-10-29.rebuilt.csv": "who.tb-burden@2024-10-29",
    "idmc/2023-05/IDMC_Internal_Displacement_Conflict-Violence_Disasters.xlsx": "idmc.gidd@2023-05-11",
    "worldbank/2025-10/OGHIST_2025_10_07.xlsx": "worldbank.income@2025-07-01",
    "iom/2025-09/2024-json.json": "iom.missing-migrants@2024-07-28",
    "wpp/2024/popprojMed.txt": "undesa.wpp-tables@2024-07-11",
    "undesa/2024/aggregates_correspondence_table_2024.rebuilt.xlsx": "undesa.classification@2025-01-16",
}


@pytest.mark.parametrize("name", EDITIONS)
def test_each_file_is_an_edition_of_its_own(current: Path, name: str) -> None:
    assert reading(current / name).edition == EDITIONS[name]


def test_a_population_of_31_december_is_no_population_at_mid_year(current: Path) -> None:
    rows = reading(current / "wpp/2024/popprojMed.txt").rows
    assert {r["indicator"] for r in rows} == {"population_31_december"}
    assert {r["status"] for r in rows} == {"F"}


def test_the_displaced_of_2024_are_counted_unrounded_and_make_no_total(
    current: Path, tmp_path: Path
) -> None:
    """IDMC prints 73.5 million; UNHCR's 123.2 million are no sum of refugees, claims and IDPs."""
    sojourn.load([current / "idmc/2025-05", current / "unhcr/2025-06"], tmp_path / "data")
    data = sojourn.open(tmp_path / "data")
    [idps] = data.figure("idps_conflict", 2024)
    [moved] = data.figure("new_displacements_disaster", 2024)
    [displaced] = data.figure("forcibly_displaced", 2024)
    assert (idps.value, moved.value) == (73_505_422, 45_762_169)
    assert displaced.value is None
    assert displaced.reason.startswith("from 2019 on the total of UNHCR counts further groups")
