"""The malformed files of the publishers' folder: a clear refusal, or a correct load."""

import json
import re
import shutil
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner, Result

import sojourn
from sojourn.cli import cli
from sojourn.errors import SojournError

# file: what the refusal must say (exit code, words); None where it must load.
REFUSED = {
    "01_truncated.xlsx": (13, "not a complete workbook"),
    "02_wrong_sheet.xlsx": (12, "sheet 'Table 1' not found; sheets present: Sheet1"),
    "04_missing_column.xlsx": (12, "no column 'Country code' or 'Location code'.*row 11"),
    "05_text_in_number_cell.xlsx": (
        23,
        r"Table 1!L18 reads '1 050 147 \(provisional\)'; Table 1!L25",
    ),
    "06_negative_stock.xlsx": (24, "Table 1!L18: a count cannot be negative: -1050147"),
    "07_duplicate_key.xlsx": (25, "two rows for the same key.*1050147.* in row 18 and 1060000"),
    "08_unknown_country_code.xlsx": (21, r"'999' \('Kenya'\) in row 18"),
    "09_aggregate_without_members.xlsx": (26, "aggregate 910 has no member rows"),
    "11_sexes_do_not_add_up.xlsx": (26, r"L18: both sexes 1050147 is not male .*difference -5000"),
    "12_formula_cells_no_cached_value.xlsx": (20, "F12 to Z12: 21 formula cells without a stored"),
    "13_formula_stale_cached_value.xlsx": (20, "formula cells without a stored value"),
    "14_group_titles_missing.xlsx": (12, "no group title"),
    "15_year_label_with_letter.xlsx": (12, "L11 reads '2020e'"),
    "16_years_out_of_order_and_twice.xlsx": (12, "repeated: 1995; missing: 1990, 2020"),
    "17_thousands_mixed_with_persons.xlsx": (24, "F18: 298.089 is not a whole number of persons"),
    "18_stock_larger_than_population.xlsx": (
        24,
        "L26: 9900000 .*more migrants than the place can hold",
    ),
    "19_dtd_entities.xlsx": (13, "document type declaration"),
    "20_html_error_page.csv": (13, "web page.*503 Service Unavailable"),
    "21_empty.csv": (13, "the file is empty"),
    "22_header_only.csv": (12, "no data rows"),
    "23_latin1_bytes_in_utf8.csv": (13, r"line 19 is not valid UTF-8 \(byte 0xF4\)"),
    "27_decimal_comma.csv": (23, "line 2, column B reads '1281,914'"),
    "28_thousands_points.csv": (23, r"reads '2\.503\.549'"),
    "31_nested_archives.zip": (13, "archives inside archives"),
    "32_path_traversal.zip": (13, r"'\.\./\.\./outside\.csv' leaves the folder"),
    "34_password_protected.xlsx": (13, "password-protected"),
    "35_one_line_of_a_million_characters.csv": (13, "field too long in line 3"),
    "36_control_characters_in_names.csv": (
        13,
        "line 5 holds a NUL character; other .* in lines 2, 3, 4",
    ),
    "38_duplicated_header_names.csv": (12, r"stands twice in line 1 \(columns 6 and 7\)"),
    "39_header_row_repeated.csv": (12, "line 6.* repeats the header"),
    "40_ragged_rows.csv": (12, "line 3: 13 fields instead of 12; line 5: 6 fields"),
    "41_unclosed_quote.csv": (13, "line 3"),
    "42_years_out_of_range.csv": (20, "row 2: '2105'; row 3: '15'; row 5: year missing"),
    "45_csv_named_xlsx.xlsx": (13, "not a workbook: looks like comma-separated text"),
    "46_two_vintages_in_one_table.csv": (14, "states neither its edition"),
}
# file: (observations, what must be said beside it)
LOADED = {
    "00_control_good.csv": (56, ""),
    "00_control_good.xlsx": (441, ""),
    "03_shifted_header.xlsx": (441, "expected in row 11 or 15 and found in row 13"),
    "10_wrong_total.xlsx": (441, "aggregate 910.*difference 100000"),
    "24_utf8_bom.csv": (56, "states no edition"),
    "25_utf16.csv": (56, "is UTF-16"),
    "26_semicolon_separated.csv": (56, "states no edition"),
    "29_year_column_2018e.csv": (24, "states no edition"),
    "30_gzip_named_csv.csv": (56, "is gzip; unpacked"),
    "33_iso2_NA_namibia.csv": (16, "states no edition"),
    "37_spreadsheet_formulas_in_names.csv": (56, "states no edition"),
    "43_hxl_tag_row.csv": (12, "states no edition"),
    "44_xlsx_named_xls.xls": (441, "its name does not fit"),
    "47_suppressed_cells_counted_as_zero.csv": (88, "it is a lower bound"),
}


@pytest.fixture(scope="module")
def traps(publisher_files: Path) -> Path:
    return publisher_files / "traps"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that holds a file already."""
    folder = tmp_path_factory.mktemp("good")
    sojourn.load([twins.idmc_displacement(folder / "a.xlsx")], folder / "data")
    return folder / "data"


def contents(folder: Path) -> dict[Path, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file() and p.name != "lock")
    return {p.relative_to(folder): p.read_bytes() for p in files}


def run(path: Path, data: Path, *more: str) -> Result:
    return CliRunner().invoke(cli, ["load", str(path), "--data", str(data), *more])


def test_every_trap_is_tried(traps: Path) -> None:
    files = {p.name for p in traps.iterdir()} - {"README.md"}
    assert files == REFUSED.keys() | LOADED.keys()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_trap_is_refused_with_its_place(
    traps: Path, good: Path, tmp_path: Path, name: str
) -> None:
    exit_code, said = REFUSED[name]
    data = Path(shutil.copytree(good, tmp_path / "data"))
    result = run(traps / name, data)
    assert isinstance(result.exception, SojournError), result.output
    assert result.exception.exit_code == exit_code
    message = str(result.exception)
    assert re.search(said, message), message
    assert message.startswith(f"{name}: ")
    assert result.exception.hint
    assert len(message) < 1200
    assert message.replace("\n", "").isprintable()
    assert contents(data) == contents(good)


@pytest.mark.parametrize("name", sorted(LOADED))
def test_a_trap_is_loaded_and_what_is_odd_is_said(traps: Path, tmp_path: Path, name: str) -> None:
    observations, said = LOADED[name]
    result = run(traps / name, tmp_path, "--json")
    assert result.exit_code == 0, result.output
    [outcome] = json.loads(result.output)
    assert (outcome["status"], outcome["observations"]) == ("loaded", observations)
    assert re.search(said, " ".join([*outcome["notes"], *outcome["warnings"]]))
    assert bool(said) == bool(outcome["notes"] or outcome["warnings"])


def read_of(traps: Path, data: Path, name: str, columns: str, where: str = "true") -> list[object]:
    sojourn.load([traps / name], data, accept_coverage="a small file, taken as it is")
    query = f"SELECT {columns} FROM observation WHERE {where} ORDER BY ALL"
    return list(sojourn.open(data).sql(query).fetchall())


def test_the_control_reads_as_its_readme_says(traps: Path, tmp_path: Path) -> None:
    year = "time_period = '2020' AND sex = '_T' AND ref_area"
    total = read_of(traps, tmp_path, "00_control_good.xlsx", "obs_value", f"{year} = '910'")
    parts = sojourn.open(tmp_path).sql(
        f"SELECT sum(obs_value) FROM observation WHERE {year} <> '910'"
    )
    assert total == parts.fetchall() == [(7_682_801,)]


def test_a_shifted_table_has_the_addresses_of_its_rows(traps: Path, tmp_path: Path) -> None:
    where = "ref_area = '910' AND time_period = '1990' AND sex = '_T'"
    assert read_of(traps, tmp_path, "03_shifted_header.xlsx", '"row", col', where) == [(14, 6)]


def test_a_wrong_total_is_loaded_with_the_warning_at_its_cell(traps: Path, tmp_path: Path) -> None:
    sojourn.load([traps / "10_wrong_total.xlsx"], tmp_path)
    found = sojourn.open(tmp_path).sql('SELECT contract, size, sheet, "row", col FROM problem')
    assert ("parts-are-the-total", 100_000.0, "Table 1", 12, 12) in found.fetchall()


def test_an_estimated_year_keeps_its_mark(traps: Path, tmp_path: Path) -> None:
    name = "29_year_column_2018e.csv"
    found = read_of(traps, tmp_path, name, "DISTINCT time_period, obs_status")
    assert found == [(str(year), "E" if year == 2018 else "A") for year in range(2013, 2019)]


def test_na_is_namibia(traps: Path, tmp_path: Path) -> None:
    found = read_of(traps, tmp_path, "33_iso2_NA_namibia.csv", "DISTINCT ref_area")
    assert found == [("516",), ("578",)]


def test_the_first_row_below_the_tags_is_the_third(traps: Path, tmp_path: Path) -> None:
    assert read_of(traps, tmp_path, "43_hxl_tag_row.csv", 'min("row")') == [(3,)]


def test_names_that_are_formulas_stay_out_of_what_spreadsheets_open(
    traps: Path, tmp_path: Path
) -> None:
    hostile = tmp_path / "=HYPERLINK(1).csv"
    shutil.copy(traps / "37_spreadsheet_formulas_in_names.csv", hostile)
    sojourn.load([hostile], tmp_path / "data")
    out = tmp_path / "o.csv"
    arguments = ["observations", "--data", str(tmp_path / "data"), "--out", str(out)]
    CliRunner().invoke(cli, arguments, catch_exceptions=False)
    text = out.read_text("utf-8")
    assert [f for f in re.split(r"[,\n]", text) if f.lstrip('"').startswith(tuple("=@+"))] == []
    assert "'=HYPERLINK(1).csv" in text
    assert "<script" not in text


def test_a_total_over_suppressed_cells_is_not_added_to_its_parts(
    traps: Path, tmp_path: Path
) -> None:
    name = "47_suppressed_cells_counted_as_zero.csv"
    assert set(read_of(traps, tmp_path, name, "obs_value", "obs_status = 'Q'")) == {(None,)}
    parts = sojourn.open(tmp_path).sql(
        "SELECT sum(obs_value) FROM observation WHERE indicator = 'refugees' AND origin <> '_T'"
    )
    [refugees] = sojourn.open(tmp_path).figure("refugees_unhcr", 2014)
    assert [(refugees.value,)] == parts.fetchall()
