"""IDMC's workbooks of several years; every number here is synthetic."""

from pathlib import Path

import pytest
from reading import read, text, workbook

from sojourn.errors import EditionUnclear

HEAD: list[object] = [
    "ISO3",
    "Name",
    "Year",
    "Conflict Stock Displacement",
    "Conflict New Displacements",
    "Disaster New Displacements",
]
TAGS: list[object] = ["#country+code", "#country+name", "#date+year", "#a", "#b", "#c"]


def displacement(path: Path, years: range) -> Path:
    rows = [["SYR", "Syria", y, 6600, 1300, None] for y in years]
    return workbook(path, {"Sheet1": [HEAD, TAGS, *rows]})  # type: ignore[list-item] # cells of any kind


def test_an_edition_that_goes_on_longer_is_a_later_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1789000000")
    found = read(displacement(tmp_path / "i.xlsx", range(2008, 2026)))
    assert found.edition == "idmc.gidd@2026-09-10"
    assert found.value(indicator="idp_stock_conflict", time_period="2025") == 6600
    flow = found.find(indicator="idp_flow_disaster", time_period="2015")[0]
    assert (flow["value"], flow["status"], flow["unit"]) == (None, "O", "MOVEMENTS")


def test_an_edition_that_ends_earlier_asks_for_its_release(tmp_path: Path) -> None:
    path = displacement(tmp_path / "i.xlsx", range(2008, 2017))
    with pytest.raises(EditionUnclear, match="years 2008-2016 are those of none"):
        read(path)
    assert read(path, "idmc.gidd@2017-05-22").edition == "idmc.gidd@2017-05-22"


def test_a_cut_that_several_editions_could_have_is_a_copy_of_none(tmp_path: Path) -> None:
    found = read(displacement(tmp_path / "i.xlsx", range(2015, 2016)))
    assert found.edition not in {
        "idmc.gidd@2019-05-10",
        "idmc.gidd@2023-05-11",
    }  # could be of either
    assert any("2019-05-10" in note for note in found.notes)


def test_later_headings_keep_rounded_and_unrounded_figures_apart(tmp_path: Path) -> None:
    head = [
        "ISO3",
        "Country / Territory",
        "Year",
        "Conflict Stock Displacement",
        "Conflict Stock Displacement (Raw)",
        "Disaster Internal Displacements",
    ]
    rows: list[list[object]] = [list(head), ["SYR", "Syria", 2023, 7200000, 7248000, 150000]]
    sheets: dict[str, list[list[object]]] = {"README": [["Read me"]], "1_Displacement_data": rows}
    found = read(workbook(tmp_path / "g.xlsx", sheets))
    assert found.value(indicator="idp_stock_conflict") == 7_200_000
    assert found.value(indicator="idp_stock_conflict_unrounded") == 7_248_000
    assert found.find(indicator="idp_flow_disaster")[0]["place"] == "1_Displacement_data!F2"


def test_two_events_of_one_day_stay_two(tmp_path: Path) -> None:
    path = text(
        tmp_path / "e.csv",
        "ISO3,Name,Year,Start Date,Event Name,Hazard Category,Hazard Type,New Displacements",
        "#country+code,#n,#y,#d,#e,#h,#t,#affected",
        "PHL,Philippines,2018,2018-09-15,Typhoon,Weather related,Storm,100",
        "PHL,Philippines,2018,2018-09-15,Typhoon,Weather related,Storm,200",
    )
    found = read(path)
    assert found.layout == "idmc.disasters"
    assert sorted(r["value"] for r in found.rows) == [100, 200]
    assert len({r["detail"] for r in found.rows}) == 2
