"""What a workbook prints beside its values: units in words, hidden parts, merged cells, receipts."""

from pathlib import Path

import pytest
import twins
from openpyxl.worksheet.worksheet import Worksheet
from reading import read

from sojourn.errors import LayoutChanged
from sojourn.loading.load import load
from sojourn.query.editions import editions
from sojourn.sources.declaration import registry
from sojourn.sources.unit_words import contradicts
from sojourn.store.manifest import read_manifest
from sojourn.store.observations import open_store


@pytest.mark.parametrize(
    ("words", "unit", "mult", "agrees"),
    [
        ("Migrant stock (thousands)", "PERSONS", 3, True),
        ("Migrant stock (thousands)", "PERSONS", 0, False),
        ("Migrant stock in millions", "PERSONS", 3, False),
        ("Net migration per 1,000 population", "PER_1000", 0, True),
        ("Net migration per 1,000 population", "PERSONS", 3, False),
        ("Remittances (US$ million)", "USD", 6, True),
        ("Remittances (US$ billion)", "USD", 6, False),
        ("Remittances (euro million)", "USD", 6, False),
        ("Migrant stock at mid-year", "PERSONS", 0, True),
    ],
)
def test_words_of_size_are_held_against_the_unit(
    words: str, unit: str, mult: int, *, agrees: bool
) -> None:
    assert (contradicts(words, unit, mult) == "") is agrees


def test_a_title_in_thousands_is_refused_with_its_address(tmp_path: Path) -> None:
    def change(page: Worksheet) -> None:
        page["F8"] = "International migrant stock at mid-year (thousands), both sexes combined"

    with pytest.raises(LayoutChanged, match=r"Table 1!F8 reads .*thousands"):
        read(twins.undesa_stock(tmp_path / "stock.xlsx", change=change))


def test_hidden_rows_and_columns_that_are_read_are_told(tmp_path: Path) -> None:
    def change(page: Worksheet) -> None:
        page.row_dimensions[13].hidden = True
        page.column_dimensions["H"].hidden = True

    notes = " ".join(read(twins.undesa_stock(tmp_path / "stock.xlsx", change=change)).notes)
    assert "hidden rows are read: 13" in notes
    assert "hidden columns are read: H" in notes


@pytest.mark.parametrize("merged", ["F12:F13", "F13:F14", "F12:G12", "D12:D13"])
def test_merged_cells_among_those_that_are_read_are_refused(tmp_path: Path, merged: str) -> None:
    path = twins.undesa_stock(tmp_path / "stock.xlsx", change=lambda page: page.merge_cells(merged))
    with pytest.raises(LayoutChanged):
        read(path)


@pytest.mark.parametrize("merged", ["B14:B16", "F14:F15", "F15:G16"])
def test_cells_merged_into_what_is_not_read_hide_nothing(tmp_path: Path, merged: str) -> None:
    path = twins.undesa_stock(tmp_path / "stock.xlsx", change=lambda page: page.merge_cells(merged))
    assert read(path).rows


def test_the_receipt_is_kept_and_names_what_was_not_read(tmp_path: Path) -> None:
    def change(page: Worksheet) -> None:
        assert page.parent is not None
        page.parent.create_sheet("More").append(["x", 1])

    path = twins.undesa_stock(tmp_path / "stock.xlsx", change=change)
    report = load([path], tmp_path / "data", registry())
    receipt = report.outcomes[0].receipt
    assert receipt[0].startswith("Table 1: columns ")
    assert "rows 3 of 3, cells 63" in receipt[0]
    assert "sheets not read: More" in receipt
    assert read_manifest(tmp_path / "data").files[0].receipt == receipt
    assert editions(open_store(read_manifest(tmp_path / "data")))[0].files[0].receipt == receipt


def test_the_receipt_names_the_rows_that_are_left(tmp_path: Path) -> None:
    def change(page: Worksheet) -> None:
        for row, said in enumerate(["Source: own", "a", "b", "x" * 60], page.max_row + 2):
            page.cell(row, 2, said)

    path = twins.undesa_stock(tmp_path / "stock.xlsx", change=change)
    receipt = load([path], tmp_path / "data", registry()).outcomes[0].receipt[0]
    assert "rows 3 of 7 (left: rows 16 'Source: own', 17 'a', 18 'b' and 1 more), cells" in receipt


def test_one_row_that_is_left_is_named_as_one(tmp_path: Path) -> None:
    def change(page: Worksheet) -> None:
        page.cell(16, 2, "Source: own")

    path = twins.undesa_stock(tmp_path / "stock.xlsx", change=change)
    receipt = load([path], tmp_path / "data", registry()).outcomes[0].receipt[0]
    assert "rows 3 of 4 (left: row 16 'Source: own'), cells" in receipt


def test_a_declared_measure_that_is_gone_is_told(tmp_path: Path) -> None:
    path = twins.unhcr_population(tmp_path / "population.csv")
    lines = [
        ",".join(f for i, f in enumerate(line.split(",")) if i != 5)
        for line in path.read_text("utf-8").splitlines()
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    receipt = load([path], tmp_path / "data", registry()).outcomes[0].receipt
    assert any(line.startswith("declared, not in this file: refugees") for line in receipt)
