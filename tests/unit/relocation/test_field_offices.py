"""What a field office hands in: each person comes out as they are, or the import says why not."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from field_offices import draw, mapping_of, write
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from sojourn.errors import SiteRefused
from sojourn.relocation.run.site import import_tables, mapping_text
from sojourn.relocation.site.dates import iso_of
from sojourn.relocation.site.table import read_table

NEEDS = ("specific_needs", "specific_needs/PREG", "specific_needs/DS", "specific_needs/none")
HEAD = [
    "member_id",
    "sex",
    "date_of_birth",
    "age_years",
    "age_source",
    "nationality",
    "languages",
    *NEEDS,
]
HEAD += ["mobility", "fit_to_travel", "_index", "_parent_index"]
ROWS = [
    [
        "M1",
        "female",
        "1990-05-01",
        "",
        "declared",
        "ERI",
        "ti ar",
        "PREG",
        1,
        0,
        0,
        "none",
        "yes",
        1,
        1,
    ],
    ["M2", "male", "", 3, "declared", "ERI", "ti", "none", 0, 0, 1, "none", "yes", 2, 1],
    ["M3", "male", "", 17, "declared", "AFG", "ps", "DS", 0, 1, 0, "wheelchair", "yes", 3, 2],
]
CONSENT = ("consent/consent_kind", "consent/consent_by", "consent/consent_on")
HOUSEHOLD = ["head_id", "offered_regions", "wishes", *CONSENT, "best_interest_signed", "_index"]
HOMES = [["M1", "N S", "", "not_yet", "", "", "", 1], ["M3", "N S", "", "not_yet", "", "", "", 2]]
TRUTH = {
    "M1": ("H1", "F", "1990-05-01", ("PREG",), "none"),
    "M2": ("H1", "M", "age:3", (), "none"),
    "M3": ("H2", "M", "age:17", ("DS",), "wheelchair"),
}
Spoil = Callable[[Worksheet], object]


def people(folder: Path) -> dict[str, tuple[object, ...]]:
    text = (folder / "person.csv").read_text("utf-8")
    rows = [row for _, row in read_table("x.csv", text, "person").rows]
    kept = ("case_id", "sex", "birth", "flags", "mobility")
    return {r["id"]: tuple(r[f] for f in kept) for r in rows}


def bring(
    tmp_path: Path, spoil: Spoil, mapping: str = mapping_text("kobo")
) -> tuple[dict[str, tuple[object, ...]], list[str]]:
    """Import a spoiled SYNTHETIC workbook; return its people and what was told."""
    book = openpyxl.Workbook()
    book.active.title = "household"
    for row in (HOUSEHOLD, *HOMES):
        book.active.append(row)
    sheet = book.create_sheet("member")
    for row in (HEAD, *ROWS):
        sheet.append(row)
    spoil(sheet)
    book.save(tmp_path / "SYNTHETIC.xlsx")
    (tmp_path / "m.toml").write_text(mapping, "utf-8")
    said = list[str]()
    import_tables(
        tmp_path / "SYNTHETIC.xlsx", tmp_path / "m.toml", tmp_path / "S", tell=said.append
    )
    return people(tmp_path / "S"), said


def put(**cells: object) -> Spoil:
    def spoil(sheet: Worksheet) -> None:
        for place, value in cells.items():
            sheet[place] = value

    return spoil


@pytest.mark.parametrize("seed", range(24))
def test_whatever_way_an_export_is_written_each_person_is_the_one_it_was_made_of(
    tmp_path: Path, seed: int
) -> None:
    export = draw(seed)
    (tmp_path / "m.toml").write_text(mapping_of(export.way), "utf-8")
    import_tables(write(export, tmp_path), tmp_path / "m.toml", tmp_path / "S")
    found = {i: (*p[:3], tuple(sorted(p[3]))) for i, p in people(tmp_path / "S").items()}  # type: ignore[call-overload]
    assert found == export.truth(), export.way


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda s: s.insert_rows(2) or s.__setitem__("A2", "#person +id"), "HXL tags"),
        (lambda s: s.insert_rows(1), ""),
        (lambda s: s.append([" "] * len(HEAD)), ""),
        (lambda s: setattr(s.row_dimensions[3], "hidden", True), "hidden rows are read: 3"),
        (
            lambda s: (
                s.insert_cols(16) or put(P1="_submission__validation_status", P3="On Hold")(s)
            ),
            "1 row is read although _submission__validation_status says",
        ),
        (lambda s: setattr(s, "sheet_state", "hidden"), "hidden sheet"),
        (put(B2="\u200ffemale", A3="M2\u00a0", G2="ti\u00a0ar", D3="\u200e3"), ""),
        (lambda s: s.insert_cols(5) or put(E3="insulin")(s), "a column without a header (1 row)"),
        (lambda s: s.append(["m1", *ROWS[0][1:]]), "rows 2 and 5 differ in capitals alone"),
    ],
)
def test_what_no_eye_sees_changes_nobody(tmp_path: Path, spoil: Spoil, told: str) -> None:
    found, said = bring(tmp_path, spoil)
    found.pop("m1", None)
    assert found == TRUTH
    assert told in " ".join(said)


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (put(D3="=1+2"), "a formula without its result in cell D3 of sheet 'member'"),
        (put(L2='=IF(1,"wheelchair")'), "cell L2"),
        (lambda s: s.merge_cells("L3:L4"), "one merged cell L3:L4 of sheet 'member'"),
        (put(D3=True), "row 3, field birth"),
        (put(A3=12345678901234567), "more than 15 digits in cell A3"),
        (put(O4=9), "row 4, field case_id"),
        (put(H2="PREG DS"), "row 2, field flags"),
        (put(P1="b/specific_needs/DS", P2=1), "two questions, that end in 'specific_needs/'"),
    ],
)
def test_what_would_lose_or_turn_somebody_is_refused_with_its_place(
    tmp_path: Path, spoil: Spoil, place: str
) -> None:
    with pytest.raises(SiteRefused) as refused:
        bring(tmp_path, spoil)
    assert place in str(refused.value)
    assert refused.value.hint
    assert not (tmp_path / "S").exists()


def test_a_refused_row_is_no_second_fault_of_what_refers_to_it(tmp_path: Path) -> None:
    with pytest.raises(SiteRefused) as refused:
        bring(tmp_path, put(I2="n/a"))
    assert "household" not in str(refused.value)
    assert "PREG" not in str(refused.value).partition("column")[0]


@pytest.mark.parametrize("labels", [True, False])
def test_a_need_that_only_one_of_two_columns_tells_is_refused(tmp_path: Path, labels: bool) -> None:
    """Labels of several words, in the question's own cell, name what the columns deny; or the other way round."""
    words = {"specific_needs/PREG": "Pregnant woman", "specific_needs/DS": "With a disability"}
    cells: dict[str, object] = {"I1": f"specific_needs/{words['specific_needs/PREG']}"}
    cells |= {"J1": "specific_needs/With a disability", "I2": 0, "J2": 1}
    cells |= {"H2": "Pregnant woman With a disability"}
    split = mapping_text("kobo").replace(
        '{ choices = "specific_needs/" }', '{ column = "specific_needs", separator = " " }'
    )
    with pytest.raises(SiteRefused, match="row 2, field flags"):
        bring(tmp_path, put(**cells)) if labels else bring(tmp_path, put(J2=1), split)


def test_days_of_a_workbook_that_counts_from_1904_are_four_years_later(tmp_path: Path) -> None:
    """31 532 days after 1 January 1904 is 1 May 1990; after 30 December 1899 it would be 30 April 1986."""
    birth = 'birth = [{ column = "date_of_birth", date_format = "%d/%m/%Y|excel" },'
    mapping = mapping_text("kobo").replace('birth = ["date_of_birth",', birth)

    def old_mac(sheet: Worksheet) -> None:
        sheet.parent.epoch = CALENDAR_MAC_1904
        sheet["C2"] = 31532
        sheet["C3"] = "31532"
        sheet["C4"] = date(1990, 5, 1)

    found, said = bring(tmp_path, old_mac, mapping)
    assert {p[2] for p in found.values()} == {"1990-05-01"}
    assert any("counts its days from 1904" in s for s in said)
    assert iso_of("31532", "excel") == "1986-04-30"


def test_days_that_could_be_two_are_told_where_others_show_that_both_ways_were_used(
    tmp_path: Path,
) -> None:
    birth = 'birth = [{ column = "date_of_birth", date_format = "%d/%m/%Y|%m/%d/%Y" },'
    mapping = mapping_text("kobo").replace('birth = ["date_of_birth",', birth)
    _, said = bring(tmp_path, put(C2="03/04/1990", C3="10/24/2013", C4="1999-10-24"), mapping)
    assert any("1 day of birth could be read in two ways" in s and "1 row fits" in s for s in said)


WIDE = "_index,age,g/m1_sex,g/m1_age,g/m1_needs/PREG,m2_sex,m2_age,m2_needs/PREG"
EACH = """[person]
file = "SYNTHETIC.csv"
each = "m#_"
[person.columns]
id = { column = "_index", prefix = "H", suffix = "M#" }
case_id = { column = "_index", prefix = "H" }
sex = "sex"
birth = { column = "age", prefix = "age:" }
age_source = { constant = "declared" }
flags = { choices = "needs/" }
[person.values.sex]
female = "F"
"""


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (WIDE, "1,50,female,31,1,,,0", {"H1M1": ("age:31", ("PREG",))}),  # zeros of nobody
        (
            WIDE,
            "1,50,female,31,1,female,4,0",
            {"H1M1": ("age:31", ("PREG",)), "H1M2": ("age:4", ())},
        ),
        (WIDE.replace("m2_age", "m2_about/age"), "1,50,female,31,1,,0,", "row 2, field sex"),
        (WIDE.replace("m2_age", "m3_age"), "1,50,female,31,1,female,4,0", "row 2, field birth"),
        (f"{WIDE},m02_age", "1,50,female,31,1,female,4,0,9", "m2_age"),
        (f"{WIDE},b/m1_sex", "1,50,female,31,1,female,4,0,female", "m1_sex"),
    ],
)
def test_a_member_has_no_answer_of_the_household_nor_of_another_column(
    tmp_path: Path, header: str, row: str, expected: object
) -> None:
    (tmp_path / "SYNTHETIC.csv").write_text(f"{header}\n{row}\n", "utf-8")
    (tmp_path / "m.toml").write_text(EACH, "utf-8")
    said = list[str]()
    if isinstance(expected, str):
        with pytest.raises(SiteRefused, match=expected):
            import_tables(tmp_path, tmp_path / "m.toml", tmp_path / "S")
        return
    import_tables(tmp_path, tmp_path / "m.toml", tmp_path / "S", tell=said.append)
    found = {i: (p[2], tuple(p[3])) for i, p in people(tmp_path / "S").items()}  # type: ignore[arg-type]
    assert found == expected
    assert any("household: age (" in s for s in said)  # the household's own, which nobody reads


PRIMERO = """[person]
file = "cases.csv"
[person.columns]
id = "id"
case_id = "id"
sex = { constant = "F" }
birth = { column = "born, as told", date_format = "%d-%b-%Y" }
age_source = { constant = "declared" }
flags = { column = "concerns", separator = "," }
[person.values.flags]
Unaccompanied = "SC-UC"
"Separated" = "SC-UC"
[link]
file = "cases"
where_not = { carer = "" }
[link.columns]
a = "carer"
b = "id"
type = { constant = "guardian" }
strength = { constant = "must_same_place" }
"""


def cases(tmp_path: Path, *rows: str) -> list[str]:
    """Import SYNTHETIC cases, one row a child; return what was told."""
    text = "\n".join(['"id";"born, as told";"concerns";"carer"', *rows]) + "\n"
    (tmp_path / "cases.csv").write_text(text, "utf-8")
    (tmp_path / "m.toml").write_text(PRIMERO, "utf-8")
    said = list[str]()
    import_tables(tmp_path, tmp_path / "m.toml", tmp_path / "S", tell=said.append)
    return said


def test_a_need_told_twice_is_one_and_one_without_a_row_is_told_by_its_own(tmp_path: Path) -> None:
    said = cases(
        tmp_path,
        'a;01-May-2010;"Separated, Unaccompanied";',
        'b;2-JUN-2011;"unaccompanied";a',
    )
    found = people(tmp_path / "S")
    assert {i: p[2:4] for i, p in found.items()} == {
        "a": ("2010-05-01", ("SC-UC",)),
        "b": ("2011-06-02", ("unaccompanied",)),
    }
    assert any(s.startswith("cases.csv: 1 code of needs in 1 row (3)") for s in said)
    assert not any("not read" in s for s in said)  # what one of two tables of a file reads, is read


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("b;02-mai-2011;;", "`date_format` of birth in the mapping"),
        ("b;2011-05-02;;b", "row 3, field b: found the person of field a"),
        ("b;2011-05-02;;c", "row 3, field a"),
        ("b;2011-05-02;;A", "row 3, field a"),
    ],
)
def test_a_day_in_another_language_and_a_tie_to_nobody_are_refused_with_what_to_do(
    tmp_path: Path, row: str, said: str
) -> None:
    with pytest.raises(SiteRefused) as refused:
        cases(tmp_path, "a;01-May-2010;;", row)
    assert said in f"{refused.value.problem} {refused.value.hint}"
    assert "cases" in str(refused.value)


@pytest.mark.parametrize("summary", ["SC-UC", "late_pregnancy", "TR, SC"])
def test_a_code_without_a_column_does_not_vanish_beside_the_columns(
    tmp_path: Path, summary: str
) -> None:
    with pytest.raises(SiteRefused, match="row 2, field flags") as refused:
        bring(tmp_path, put(H2=summary))
    assert summary not in str(refused.value)


def test_of_whom_nobody_noted_how_they_walk_is_told(tmp_path: Path) -> None:
    found, said = bring(tmp_path, put(L3="", L4="\u200f"))
    assert [p[4] for p in found.values()] == ["none"] * 3
    assert any(
        "2 rows say nothing of mobility, and are read as walking without aid" in s for s in said
    )


def test_a_column_is_unread_where_no_table_reads_it_whatever_rows_each_is_made_of(
    tmp_path: Path,
) -> None:
    """``link`` is made of the rows with a carer alone: what stands in another row is not read for that."""
    text = "id;born, as told;concerns;carer;other need\na;2010-05-01;;;insulin\nb;2011-05-01;;a;\n"
    (tmp_path / "cases.csv").write_text(text.replace("born, as told", '"born, as told"'), "utf-8")
    (tmp_path / "m.toml").write_text(PRIMERO, "utf-8")
    said = list[str]()
    import_tables(tmp_path, tmp_path / "m.toml", tmp_path / "S", tell=said.append)
    assert any("1 column is not read: other need (1 row)" in s for s in said)


def _wrapped(tmp_path: Path, kind: str) -> Path:
    """Return what an office hands over instead of what was asked for."""
    if kind in ("a.ods", "locked.zip", "book.zip"):
        with zipfile.ZipFile(tmp_path / kind, "w") as packed:
            packed.writestr("e.XLSX" if kind == "book.zip" else "member.csv", "x")
        content = bytearray((tmp_path / kind).read_bytes())
        if kind == "locked.zip":
            content[6] |= 1  # encrypted, says each of the two headers
            content[content.rfind(b"PK\x01\x02") + 8] |= 1
        (tmp_path / kind).write_bytes(content)
    elif kind == "folder":
        (tmp_path / kind).mkdir()
        openpyxl.Workbook().save(tmp_path / kind / "e.xlsx")
    elif kind != "nowhere":
        (tmp_path / kind).write_text("member_id\nM1\n", "utf-8")
    return tmp_path / kind


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        ("folder", "name the workbook itself: e.xlsx"),
        ("a.ods", "save it as .xlsx"),
        ("member.csv", "name the folder in which member.csv lies"),
        ("book.zip", "unpack it and name e.XLSX itself"),
        ("locked.zip", "unpack it, name the folder"),
        ("nowhere", "check the path"),
        ("text.xlsx", "rename it to .csv"),
    ],
)
def test_what_is_no_export_is_refused_with_what_to_hand_over(
    tmp_path: Path, kind: str, step: str
) -> None:
    (tmp_path / "m.toml").write_text(mapping_text("kobo"), "utf-8")
    with pytest.raises(SiteRefused) as refused:
        import_tables(_wrapped(tmp_path, kind), tmp_path / "m.toml", tmp_path / "S")
    assert step in refused.value.hint


def test_a_folder_names_its_files_in_capitals_or_not(tmp_path: Path) -> None:
    export = draw(3)
    export.way.kind = "csv"
    folder = write(export, tmp_path)
    (folder / "member.csv").rename(folder / "Member.CSV")
    (tmp_path / "m.toml").write_text(mapping_of(export.way), "utf-8")
    assert import_tables(folder, tmp_path / "m.toml", tmp_path / "S")["person"] == len(
        export.people
    )
