"""An .xls says no less than an .xlsx: errors, formulas, what is hidden or merged, a far cell."""

import random
from io import BytesIO
from pathlib import Path

import pytest
from biff import Sheet, write_xls
from python_calamine import CalamineWorkbook
from reading import read

import sojourn
from sojourn.errors import SojournError
from sojourn.sources.container import open_file
from sojourn.sources.xls_facts import xls_facts

ROWS: list[list[object]] = [
    ["Migrant remittance inflows (US$ million)", 2014, 2015, 2016],
    ["Mexico", 24462.0, 26233.2, 28691],
    ["India", 70389.0, 68910, 62744],
    ["World", 94851.0, 95143.2, 91435],
    [None],
    ["Date: April 2018"],
]


def inflows(**more: object) -> Sheet:
    return Sheet("Remittance inflows", [list(row) for row in ROWS], **more)  # type: ignore[arg-type]


def changed(row: int, column: int, cell: object) -> Sheet:
    sheet = inflows()
    sheet.rows[row][column] = cell  # type: ignore[index]
    return sheet


def test_a_small_workbook_of_our_own_is_read(tmp_path: Path) -> None:
    found = read(write_xls(tmp_path / "m.xls", inflows()))
    assert [r["value"] for r in found.rows if r["time_period"] == "2015"] == [
        26233.2,
        68910,
        95143.2,
    ]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_an_error_cell_is_no_empty_cell(tmp_path: Path, error: str) -> None:
    path = write_xls(tmp_path / "m.xls", changed(1, 2, error))
    with pytest.raises(SojournError, match=f"Remittance inflows!C2 reads '{error}'"):
        read(path)
    path = write_xls(tmp_path / "m.xls", changed(0, 2, error))
    with pytest.raises(SojournError, match="Remittance inflows!C1 is the heading"):
        read(path)


def test_the_result_of_a_formula_is_a_number_an_error_or_nothing(tmp_path: Path) -> None:
    for result, said in ((None, "without a stored value"), ("#REF!", "C2 reads '#REF!'")):
        path = write_xls(tmp_path / "m.xls", inflows(formulas={(1, 2): result}))
        with pytest.raises(SojournError, match=said):
            read(path)
    path = write_xls(tmp_path / "m.xls", inflows(formulas={(1, 2): 26233.2}))
    assert len(read(path).rows) == 9


def test_what_is_not_shown_is_told(tmp_path: Path) -> None:
    sheet = inflows(hidden=True, hidden_rows=(2,), hidden_columns=(1,))
    path = write_xls(tmp_path / "m.xls", sheet, Sheet("Shown", [["x"]]))
    [outcome] = sojourn.load([path], tmp_path / "data").outcomes
    said = " ".join((*outcome.notes, *outcome.receipt))
    assert "is a hidden sheet and is read" in said
    assert "hidden rows are read: 3" in said
    assert "hidden columns are read: B" in said
    assert "sheets not read: Shown" in said


def test_merged_values_and_a_far_cell_are_refused(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "m.xls", inflows(merges=[(1, 2, 1, 1)]))
    with pytest.raises(SojournError, match="B2 to B3 is one merged cell"):
        read(path)
    path = write_xls(tmp_path / "m.xls", inflows(far=(65_535, 255)))
    with pytest.raises(SojournError, match="IV65536 lies so far out"):
        read(path)


@pytest.mark.parametrize(
    "merges", [[(1, 2, 1, 1)], [(2, 3, 0, 0), (1, 1, 1, 3)], [(0, 1, 2, 2), (4, 5, 0, 3)]]
)
def test_merged_cells_are_those_that_calamine_reads(
    tmp_path: Path, merges: list[tuple[int, int, int, int]]
) -> None:
    """First row and column, last row and column, from 1; calamine counts from 0."""
    content = write_xls(tmp_path / "m.xls", inflows(merges=merges)).read_bytes()
    book = CalamineWorkbook.from_object(BytesIO(content))
    ranges = book.get_sheet_by_index(0).merged_cell_ranges or []
    told = [(top + 1, left + 1, down + 1, right + 1) for (top, left), (down, right) in ranges]
    assert len(told) == len(merges)
    assert sorted(xls_facts("m.xls", content)["Remittance inflows"].merges) == sorted(told)


@pytest.mark.parametrize(
    ("extent", "refused"),
    [
        ((0, 6, 0, 4), False),
        ((60_000, 65_536, 200, 256), False),  # 5,536 rows of 56 columns
        ((3, 65_536, 1, 256), True),  # 16.7 million cells
        ((6, 0, 0, 4), True),
        ((0, 6, 4, 0), True),
    ],
)
def test_an_extent_is_refused_for_what_it_holds_not_for_where_it_ends(
    tmp_path: Path, extent: tuple[int, int, int, int], *, refused: bool
) -> None:
    content = write_xls(tmp_path / "m.xls", inflows(extent=extent)).read_bytes()
    if refused:
        with pytest.raises(SojournError, match="lies so far out"):
            xls_facts("m.xls", content)
    else:
        assert xls_facts("m.xls", content)


def test_damaged_records_are_refused_or_read_never_a_traceback(tmp_path: Path) -> None:
    rng = random.Random(12)
    content = write_xls(tmp_path / "m.xls", inflows()).read_bytes()
    for _ in range(2000):
        spoilt = bytearray(content)
        for _ in range(rng.randint(1, 4)):
            spoilt[rng.randrange(8, len(spoilt))] = rng.randrange(256)
        try:
            book = open_file("m.xls", bytes(spoilt))[0]
            for sheet in book.sheets:
                book.grid(sheet)
        except SojournError:
            continue


@pytest.mark.parametrize("from_1904", [False, True])
def test_from_which_year_days_are_counted_is_known(tmp_path: Path, from_1904: bool) -> None:
    path = write_xls(tmp_path / "m.xls", inflows(from_1904=from_1904))
    (facts,) = xls_facts("m.xls", path.read_bytes()).values()
    assert facts.from_1904 is from_1904
