"""A workbook of Primero, one sheet a form, joined by its id (SYNTHETIC: nobody in it exists).

Twins after the exporter's public conventions: header ``ID`` and labels, a row a case on every form,
several rows on a subform, choices joined by `` ||| ``, a column without a header where a subform stood.
"""

from pathlib import Path

import openpyxl
import pytest
from biff import Sheet, write_xls

import sojourn
from sojourn.errors import SiteRefused
from sojourn.relocation.site.arrays import parts_of, says_nothing
from sojourn.relocation.site.choices import UnclearCell
from sojourn.relocation.site.table import read_table

Rows = list[list[object]]
IDENTITY: Rows = [
    ["ID", "Sex", "", "Age", "Status"],
    ["ab12", "Male", None, 15, "Open"],
    ["7001234", "Female", None, 9, "Open"],
]
CONCERNS: Rows = [
    ["ID", "Protection Concerns", "Status"],
    ["7001234", "", "x"],
    ["ab12", "Unaccompanied ||| Disabled", "x"],
]
SERVICES: Rows = [["ID", "Service"], ["ab12", "a"], ["ab12", "b"]]
MAP = """[person]
file = "Basic Identity"
id = "ID"
join = ["Protection Concerns"]
[person.columns]
id = "ID"
case_id = "ID"
sex = "Sex"
birth = { column = "Age", prefix = "age:" }
age_source = { constant = "declared" }
flags = { column = "Protection Concerns", separator = "|||" }
[person.values.sex]
Female = "F"
Male = "M"
[person.values.flags]
Unaccompanied = "SC"
Disabled = "DS"
"""
SHEETS = {
    "Basic Identity": IDENTITY,
    "Protection Concerns": CONCERNS,
    "Services Subform": SERVICES,
}


def book(folder: Path, kind: str, sheets: dict[str, Rows]) -> Path:
    path = folder / f"SYNTHETIC.{kind}"
    if kind == "xls":
        return write_xls(path, *(Sheet(name, rows) for name, rows in sheets.items()))
    if kind == "csv":
        (folder / "E").mkdir(exist_ok=True)
        for name, rows in sheets.items():
            lines = [",".join("" if c is None else str(c) for c in row) for row in rows]
            (folder / "E" / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
        return folder / "E"
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def changed(sheet: str, row: int, column: int, cell: object) -> dict[str, Rows]:
    sheets = {name: [list(r) for r in rows] for name, rows in SHEETS.items()}
    sheets[sheet][row - 1][column] = cell
    return sheets


def brought(
    folder: Path, sheets: dict[str, Rows] = SHEETS, *, kind: str = "xlsx", mapping: str = MAP
) -> dict[str, dict[str, object]]:
    (folder / "m.toml").write_text(mapping, "utf-8")
    sojourn.site_import(book(folder, kind, sheets), folder / "m.toml", folder / "S")
    text = (folder / "S" / "person.csv").read_text("utf-8")
    return {str(r["id"]): r for _, r in read_table("x.csv", text, "person").rows}


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv"])
def test_sheets_are_joined_by_id_in_whatever_order_their_rows_stand(
    tmp_path: Path, kind: str
) -> None:
    people = brought(tmp_path, kind=kind)
    assert {p: (r["sex"], r["birth"], list(r["flags"])) for p, r in people.items()} == {  # type: ignore[call-overload]
        "ab12": ("M", "age:15", ["SC", "DS"]),
        "7001234": ("F", "age:9", ["NOT_ASKED"]),
    }


CONCERN = "Protection Concerns"


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv"])
@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        (changed(CONCERN, 3, 0, "zz99"), f"{CONCERN}, row 3, field ID: found an id that is not on"),
        (
            changed(CONCERN, 3, 0, "zz99"),
            f"{CONCERN}, field ID: found no row for the id in row 2 of 'Basic Identity'",
        ),
        (changed(CONCERN, 3, 0, "7001234"), f"{CONCERN}, row 3, field ID: found the id of row 2"),
        (changed("Basic Identity", 3, 0, "ab12"), "Basic Identity, row 3, field ID: found the id"),
        (changed(CONCERN, 2, 0, ""), f"{CONCERN}, row 2, field ID: found no id"),
        (changed("Basic Identity", 2, 0, None), "Basic Identity, row 2, field ID: found no id"),
        (changed(CONCERN, 1, 0, "Case"), f"{CONCERN}, row 1: found no column 'ID'"),
        (changed(CONCERN, 1, 2, "Sex"), "no column 'Sex', or several that end in it"),
        (changed(CONCERN, 1, 2, CONCERN), f"{CONCERN}, row 1: found two columns with the same"),
        (changed(CONCERN, 1, 2, ""), "row 2"),
        (changed("Basic Identity", 2, 2, "?"), "Basic Identity, row 2: found a cell under no"),
        (changed("Basic Identity", 3, 1, "?"), "Basic Identity, row 3, field sex"),
        (changed(CONCERN, 3, 1, "[Unaccompanied]"), f"{CONCERN}, row 3, field flags"),
    ],
)
def test_an_id_and_a_cell_are_told_by_their_own_sheet_and_row(
    tmp_path: Path, kind: str, sheets: dict[str, Rows], said: str
) -> None:
    with pytest.raises(SiteRefused) as refused:
        brought(tmp_path, sheets, kind=kind)
    assert said in str(refused.value)
    assert "ab12" not in str(refused.value)
    assert not (tmp_path / "S").exists()


def test_a_subform_is_not_joined_and_a_sheet_may_lack_an_id_where_that_is_said(
    tmp_path: Path,
) -> None:
    with pytest.raises(SiteRefused, match="Services Subform, row 3, field ID"):
        brought(tmp_path, mapping=MAP.replace('join = ["', 'join = ["Services Subform", "'))
    sheets = SHEETS | {CONCERN: [CONCERNS[0], CONCERNS[2]]}
    with pytest.raises(SiteRefused, match="may_lack"):
        brought(tmp_path, sheets)
    lacking = MAP.replace("join =", 'may_lack = ["Protection Concerns"]\njoin =')
    assert set(brought(tmp_path, sheets, mapping=lacking)) == {"ab12", "7001234"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('id = "ID"\njoin', "join"), "join without id"),
        (('join = ["Protection Concerns"]\n', ""), "id without join"),
        (('"Protection Concerns"]', '"basic identity"]'), "joined to itself"),
        (('["Protection Concerns"]', '"Protection Concerns"'), "no list of sheets"),
        (("join =", 'may_lack = ["Other"]\njoin ='), "not joined"),
        (('["Protection Concerns"]', '["Gone"]'), "no such table"),
    ],
)
def test_a_mapping_that_joins_wrongly_is_refused(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    with pytest.raises(SiteRefused, match=said):
        brought(tmp_path, mapping=MAP.replace(*change, 1))


def test_an_error_in_an_old_workbook_is_no_empty_cell(tmp_path: Path) -> None:
    with pytest.raises(SiteRefused, match=r"an error in cell B3 of sheet 'Protection Concerns'"):
        brought(tmp_path, changed(CONCERN, 3, 1, "#N/A"), kind="xls")
    path = tmp_path / "SYNTHETIC.xls"
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(SiteRefused, match="cannot be read"):
        sojourn.site_import(path, tmp_path / "m.toml", tmp_path / "S")


def test_a_printed_list_in_a_csv_is_several_choices(tmp_path: Path) -> None:
    (tmp_path / "Basic Identity.csv").write_text(
        'ID,Sex,Age,Protection Concerns\nab12,Male,15,"[""Unaccompanied"", ""Disabled""]"\nab13,Female,9,[]\n',
        "utf-8",
    )
    for separator in ('"|||"', '","', '""'):
        mapping = MAP.replace('id = "ID"\njoin = ["Protection Concerns"]\n', "", 1)
        out = tmp_path / separator.strip('"').replace("|", "p")
        (tmp_path / "m.toml").write_text(mapping.replace('"|||"', separator), "utf-8")
        sojourn.site_import(tmp_path, tmp_path / "m.toml", out / "S")
        text = (out / "S" / "person.csv").read_text("utf-8")
        rows = [r for _, r in read_table("x.csv", text, "person").rows]
        assert [list(r["flags"]) for r in rows] == [["SC", "DS"], ["NOT_ASKED"]]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('["a", "b"]', ["a", "b"]),
        ("[ ]", []),
        ('["", nil]', []),
        ('["", nil, "a"]', ["a"]),
        ('["a, b"]', ["a, b"]),
        (r'["say \"a\"", "b\\c"]', ['say "a"', r"b\c"]),
        (r'["\u0623\u0646", "\u{623}"]', ["أن", "أ"]),
        ("[1, 2]", ["1", "2"]),
        ('["a" "b"]', None),
        ('["a"; "b"]', None),
        ("[a, b]", None),
        ('["a", "b]', None),
        ('["a",]', None),
        ('[{"a"=>"b"}]', None),
        ("['a']", None),
    ],
)
def test_every_part_of_a_printed_list_is_a_choice_or_the_cell_is_refused(
    text: str, parts: list[str] | None
) -> None:
    assert says_nothing(text) is (parts == [])
    if parts is not None:
        assert parts_of("flags", text) == parts
        return
    with pytest.raises(UnclearCell, match="cannot be followed"):
        parts_of("flags", text)
