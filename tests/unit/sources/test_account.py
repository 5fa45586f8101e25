"""Each column and row with content is read, declared as ignored, or refused: no fourth state."""

from datetime import date
from pathlib import Path

import pytest
from reading import read, text, workbook

from sojourn.errors import LayoutChanged, SojournError

MONEY: list[list[object]] = [
    ["Migrant remittance inflows (US$ million)", 2014, 2015, 2016],
    ["Mexico", 24462.0, 26233.2, 28691],
    ["India", 70389.0, 68910, 62744],
    ["World", 94851.0, 95143.2, 91435],
    [],
    ["Date: April 2018"],
]
PEOPLE = "Year,Country of origin,Country of origin (ISO),Country of asylum,Country of asylum (ISO),{},Asylum-seekers"


@pytest.mark.parametrize(
    "label",
    [None, "#N/A", date(1905, 7, 8), "FY2015", "mid-2015", "2015 (prov.)", "2014/15", "Notes"],
)
def test_numbers_under_no_known_heading_are_refused(tmp_path: Path, label: object) -> None:
    rows = [list(row) for row in MONEY]
    rows[0][2] = label
    path = workbook(tmp_path / "m.xlsx", {"Remittance inflows": rows})
    with pytest.raises(LayoutChanged, match="Remittance inflows!C1"):
        read(path)


def test_a_renamed_measure_is_refused(tmp_path: Path) -> None:
    path = text(
        tmp_path / "population.csv",
        "Last updated:,12 June 2025",
        PEOPLE.format("Refugees and people in a refugee-like situation"),
        "2024,Sudan,SDN,Chad,TCD,1083700,120",
    )
    with pytest.raises(LayoutChanged, match="line 2, column F is the heading"):
        read(path)


@pytest.mark.parametrize("lost", [2, 3])
def test_a_row_of_numbers_without_its_key_is_refused(tmp_path: Path, lost: int) -> None:
    rows = [list(row) for row in MONEY]
    rows[lost][0] = None
    path = workbook(tmp_path / "m.xlsx", {"Remittance inflows": rows})
    with pytest.raises(SojournError):
        read(path)


def test_every_declared_file_accounts_for_its_cells(publisher_files: Path) -> None:
    path = publisher_files / "eurostat/2017/migr_asydcfsta_2017-04-26.csv"
    assert len(read(path).rows) == 1_836
