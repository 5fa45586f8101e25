"""What the XML of a workbook says beside its values, in every spelling of the XML."""

import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from reading import read, workbook

from sojourn.errors import HarmonizeError, NotANumber, SojournError, UnreadableFile
from sojourn.sources.container import open_file
from sojourn.sources.workbook_facts import facts_of

MONEY: list[list[object]] = [
    ["Migrant remittance inflows (US$ million)", 2015, 2016],
    ["Mexico", 26233.2, 28691],
    ["India", 68910, 62744],
    ["World", 95143.2, 91435],
    [],
    ["Date: April 2018"],
]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _sheet(path: Path, rows: str, *, prefix: str = "", before: str = "") -> Path:
    """Write a workbook whose one sheet is the XML given."""
    book = openpyxl.Workbook()
    book.active.title = "Remittance inflows"
    book.save(path)
    p, space = (f"{prefix}:", f":{prefix}") if prefix else ("", "")
    xml = f'<{p}worksheet xmlns{space}="{MAIN}">{before}<{p}sheetData>{rows}</{p}sheetData></{p}worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, xml if "sheet1" in name else old.read(name))
    path.write_bytes(out.getvalue())
    return path


def _facts(path: Path):
    with zipfile.ZipFile(path) as archive:
        return next(iter(facts_of(path.name, archive).values()))


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ('<c r="B2"><f>1+1</f><v>2</v></c>', True),
        ('<c r="B2"><f>1+1</f></c>', False),
        ('<c r="B2"><f>1+1</f><v/></c>', False),
        ('<c r="B2"><f>1+1</f><v> </v></c>', False),
        ("<c r='B2'><f>1+1</f><v></v></c>", False),
        ('<c s="0" r="B2" ><f t="shared" si="0"/><v>2</v></c>', True),
        ('<c s="0"\n r = "B2"><f t="array" ref="B2">1<!-- v --></f></c>', False),
    ],
)
@pytest.mark.parametrize("after", ["", '<c r="C2"><v>5</v></c>'])
def test_a_formula_is_seen_in_every_spelling(
    tmp_path: Path, cell: str, stored: bool, after: str
) -> None:
    path = _sheet(tmp_path / "f.xlsx", f'<row r="2">{cell}{after}</row>')
    assert _facts(path).formulas == {(2, 2): stored}


def test_a_prefix_is_the_writers_choice(tmp_path: Path) -> None:
    rows = '<x:row r="2"><x:c r="B2" t="e"><x:v>#N/A</x:v></x:c><x:c><x:f>1</x:f></x:c></x:row>'
    facts = _facts(_sheet(tmp_path / "p.xlsx", rows, prefix="x"))
    assert facts.errors == {(2, 2): "#N/A"}
    assert facts.formulas == {(2, 3): False}


def test_an_error_is_no_missing_mark(tmp_path: Path) -> None:
    path = workbook(tmp_path / "m.xlsx", {"Remittance inflows": MONEY})
    for error in ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"):
        book = openpyxl.load_workbook(path)
        book.active["C3"] = error
        book.save(tmp_path / "e.xlsx")
        with pytest.raises(NotANumber, match=r"Remittance inflows!C3 reads"):
            read(tmp_path / "e.xlsx")


def test_formulas_without_a_result_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "m.xlsx", {"Remittance inflows": MONEY})
    book = openpyxl.load_workbook(path)
    book.active["C3"] = "=B3+1"
    book.save(path)
    with pytest.raises(HarmonizeError, match="C3: 1 formula cell without a stored value"):
        read(path)


def test_hidden_and_merged(tmp_path: Path) -> None:
    path = workbook(tmp_path / "m.xlsx", {"Remittance inflows": MONEY, "Kept back": MONEY})
    book = openpyxl.load_workbook(path)
    book["Kept back"].sheet_state = "veryHidden"
    page = book["Remittance inflows"]
    page.row_dimensions[3].hidden = True
    page.column_dimensions["C"].hidden = True
    page.merge_cells("A2:A3")
    book.save(path)
    facts = open_file(path.name, path.read_bytes())[0].facts
    assert facts["Kept back"].hidden
    assert facts["Remittance inflows"].hidden_rows == {3}
    assert facts["Remittance inflows"].hidden_columns == [(3, 3)]
    assert facts["Remittance inflows"].merges == [(2, 1, 3, 1)]


def test_one_far_cell_is_refused_before_anything_is_laid_out(tmp_path: Path) -> None:
    path = workbook(tmp_path / "far.xlsx", {"Remittance inflows": MONEY})
    book = openpyxl.load_workbook(path)
    book.active["XFD1048576"] = 1
    book.save(path)
    began = time.process_time()
    with pytest.raises(UnreadableFile, match="XFD1048576 lies so far out"):
        open_file(path.name, path.read_bytes())
    assert time.process_time() - began < 1


def test_cells_without_addresses_are_counted_too(tmp_path: Path) -> None:
    wide = "<row>" + "<c><v>1</v></c>" * 16_000 + "</row>"
    path = _sheet(tmp_path / "w.xlsx", wide + "<row><c><v>1</v></c></row>" * 700)
    with pytest.raises(UnreadableFile, match="lies so far out"):
        open_file(path.name, path.read_bytes())


def test_a_table_of_a_million_columns_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{i}" for i in range(1_000_000)) + "\n" + "1," * 999_999 + "1\n")
    began = time.process_time()
    with pytest.raises(UnreadableFile, match="1,000,000 fields"):
        read(path)
    assert time.process_time() - began < 2


def test_a_document_type_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    path = _sheet(tmp_path / "d.xlsx", "")
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                pad = b"<!--" + b"x" * 70_000 + b"-->"
                content = pad + b'<!DOCTYPE a [<!ENTITY b "c">]>' + content
            new.writestr(name, content)
    with pytest.raises(UnreadableFile, match="document type"):
        open_file("d.xlsx", out.getvalue())


def test_a_binary_workbook_is_refused_with_the_way_out() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("[Content_Types].xml", "<Types/>")
        new.writestr("xl/workbook.bin", b"")
    with pytest.raises(SojournError, match=r"save it as \.xlsx"):
        open_file("b.xlsb", out.getvalue())
