"""The malformed files of the publishers' folder: a clear refusal, or a correct load."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sojourn.cli import cli
from sojourn.errors import SojournError
from sojourn.store.manifest import read_manifest

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
    "36_control_characters_in_names.csv": (13, "NUL character"),
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


def run(path: Path, data: Path, *more: str) -> Result:
    return CliRunner().invoke(cli, ["load", str(path), "--data", str(data), *more])


def test_every_trap_is_tried(traps: Path) -> None:
    files = {p.name for p in traps.iterdir()} - {"README.md"}
    assert files == REFUSED.keys() | LOADED.keys()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_trap_is_refused_with_its_place(traps: Path, tmp_path: Path, name: str) -> None:
    exit_code, said = REFUSED[name]
    result = run(traps / name, tmp_path)
    assert isinstance(result.exception, SojournError), result.output
    assert result.exception.exit_code == exit_code
    message = str(result.exception)
    assert re.search(said, message), message
    assert name.split("/")[0] in message
    assert len(message) < 1200
    assert read_manifest(tmp_path).files == ()
    assert list((tmp_path / "store" / "observations").iterdir()) == []


@pytest.mark.parametrize("name", sorted(LOADED))
def test_a_trap_is_loaded_and_what_is_odd_is_said(traps: Path, tmp_path: Path, name: str) -> None:
    observations, said = LOADED[name]
    result = run(traps / name, tmp_path, "--json")
    assert result.exit_code == 0, result.output
    [outcome] = json.loads(result.output)
    assert (outcome["status"], outcome["observations"]) == ("loaded", observations)
    assert re.search(said, " ".join([*outcome["notes"], *outcome["warnings"]]))
    assert bool(said) == bool(outcome["notes"] or outcome["warnings"])
