"""Exports as they come: a workbook of Kobo, a zip of ODK Central, a table of Primero (all SYNTHETIC).

Made after the public column conventions of the three; nobody in them exists.
"""

import os
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import sojourn
from sojourn.cli import cli
from sojourn.errors import SiteRefused
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.run.site import import_tables, mapping_text
from sojourn.relocation.site.dates import iso_of, years_of
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.table import read_table

HOUSEHOLDS = [
    [
        "head_id",
        "offered_regions",
        "wishes",
        "consent/consent_kind",
        "consent/consent_by",
        "consent/consent_on",
        "best_interest_signed",
        "_id",
        "_uuid",
        "_index",
        "SYNTHETIC",
    ],
    ["M1", "N S", "N", "yes_explicit", "worker 1", date(2016, 10, 20), "", 101, "u1", 1, ""],
    ["M3", "N S", "", "not_yet", "", None, "", 102, "u2", 2, ""],
]
MEMBERS = [
    [
        "member_id",
        "sex",
        "date_of_birth",
        "age_years",
        "age_source",
        "nationality",
        "languages",
        "specific_needs",
        "specific_needs/PREG",
        "specific_needs/none",
        "mobility",
        "fit_to_travel",
        "_index",
        "_parent_index",
    ],
    [
        "M1",
        "female",
        date(1990, 5, 1),
        None,
        "declared",
        "ERI",
        "ti ar",
        "PREG",
        1,
        0,
        "none",
        "yes",
        1,
        1,
    ],
    ["M2", "male", None, 3.0, "declared", "ERI", "ti", "none", 0, 1, "none", "yes", 2, 1],
    [
        "M3",
        "male",
        None,
        "18 months",
        "declared",
        "AFG",
        "ps",
        "none",
        False,
        True,
        "none",
        "yes",
        3,
        2,
    ],
]


def book(path: Path, members: list[list[object]]) -> Path:
    made = openpyxl.Workbook()
    made.active.title = "household"
    for row in HOUSEHOLDS:
        made.active.append(row)
    sheet = made.create_sheet("member")
    for row in members:
        sheet.append(row)
    made.save(path)
    return path


def rows_of(path: Path, table: str) -> list[dict[str, object]]:
    return [row for _, row in read_table("x.csv", path.read_text("utf-8"), table).rows]


def test_a_workbook_of_kobo_with_a_sheet_a_group_is_imported(tmp_path: Path) -> None:
    mapping = tmp_path / "kobo.toml"
    mapping.write_text(mapping_text("kobo"), "utf-8")
    done = import_tables(book(tmp_path / "SYNTHETIC.xlsx", MEMBERS), mapping, tmp_path / "S")
    assert done == {"case": 2, "person": 3}
    people = {r["id"]: r for r in rows_of(tmp_path / "S" / "person.csv", "person")}
    assert people["M1"]["birth"] == "1990-05-01"
    assert [people[p]["birth"] for p in ("M2", "M3")] == ["age:3", "age:1"]
    assert [people[p]["case_id"] for p in ("M1", "M2", "M3")] == ["H1", "H1", "H2"]
    assert [list(people[p]["flags"]) for p in ("M1", "M2", "M3")] == [["PREG"], [], []]  # type: ignore[call-overload]
    cases = {r["id"]: r for r in rows_of(tmp_path / "S" / "case.csv", "case")}
    assert str(cases["H1"]["consent_on"]) == "2016-10-20"


@pytest.mark.parametrize("cell", ["n/a", "N/A", "maybe", "#N/A", "-"])
def test_a_need_never_vanishes_in_a_cell_that_says_neither(tmp_path: Path, cell: str) -> None:
    mapping = tmp_path / "kobo.toml"
    mapping.write_text(mapping_text("kobo"), "utf-8")
    members = [list(row) for row in MEMBERS]
    members[1][8] = cell
    with pytest.raises(
        SiteRefused, match=r"row 2, field flags|an error in cell I2 of sheet 'member'"
    ):
        import_tables(book(tmp_path / "SYNTHETIC.xlsx", members), mapping, tmp_path / "S")
    assert not (tmp_path / "S").exists()


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


ODK = "KEY,SubmissionDate,ReviewState,id,case_id,sex,birth,age_source\nuuid:1,2016-10-20T09:00:00Z,approved,P1,C1,F,1990,declared\nuuid:2,2016-10-20T09:00:00Z,rejected,P2,C2,M,1991,declared\n"
MAP = """[person]
file = "SYNTHETIC-person.csv"
[person.where_not]
ReviewState = "rejected"
[person.columns]
id = "id"
case_id = "case_id"
sex = "sex"
birth = "birth"
age_source = "age_source"
"""


@pytest.mark.parametrize("folder", ["", "export/"])
def test_a_zip_of_odk_central_is_imported_and_what_was_rejected_is_not(
    tmp_path: Path, folder: str
) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(MAP, "utf-8")
    zipped = packed(
        tmp_path / "x.zip",
        {f"{folder}SYNTHETIC-person.csv": ODK.encode("utf-8-sig"), "media/a.jpg": b"\xff\xd8"},
    )
    assert import_tables(zipped, mapping, tmp_path / "S") == {"person": 1}


@pytest.mark.parametrize(
    ("code", "told"), [("utf-16", "UTF-16"), ("cp1256", "cp1256"), ("utf-8", "")]
)
@pytest.mark.parametrize("zipped", [False, True])
def test_other_encodings_are_read_and_told(
    tmp_path: Path, code: str, told: str, zipped: bool
) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        MAP.replace("[person.where_not]", '[person.values.sex]\n"أنثى" = "F"\n[person.where_not]'),
        "utf-8",
    )
    content = ODK.replace(",F,", ",أنثى,").encode(code)
    export = tmp_path / "E"
    export.mkdir()
    (export / "SYNTHETIC-person.csv").write_bytes(content)
    source = packed(tmp_path / "x.zip", {"SYNTHETIC-person.csv": content}) if zipped else export
    said = list[str]()
    import_tables(source, mapping, tmp_path / "S", tell=said.append)
    guessed = [s for s in said if "look at a few names" in s]
    assert (told in " ".join(guessed)) if told else guessed == []
    assert rows_of(tmp_path / "S" / "person.csv", "person")[0]["sex"] == "F"


def test_what_cannot_be_read_is_refused_with_what_is_there(tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(MAP, "utf-8")
    (tmp_path / "no.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "no.zip").write_bytes(b"nothing")
    (tmp_path / "latin").mkdir()
    (tmp_path / "latin" / "SYNTHETIC-person.csv").write_bytes(
        ODK.replace("P1", "Pé").encode("latin-1")
    )
    twice = packed(
        tmp_path / "two.zip", {"a/SYNTHETIC-person.csv": b"x", "b/SYNTHETIC-person.csv": b"x"}
    )
    sheets = book(tmp_path / "other.xlsx", MEMBERS)
    for source in ("no.xlsx", "no.zip", "latin", "absent", twice, sheets):
        with pytest.raises(SiteRefused) as refused:
            import_tables(tmp_path / source, mapping, tmp_path / "S")
        if source == sheets:
            assert "household, member" in str(refused.value)
    assert not (tmp_path / "S").exists()


@pytest.mark.parametrize(
    ("text", "formats", "day"),
    [
        ("24/10/2016", "%d/%m/%Y|%Y-%m-%d", "2016-10-24"),
        ("2016-10-24", "%d/%m/%Y|%Y-%m-%d", "2016-10-24"),
        ("03/04/2016", "%d/%m/%Y|%m/%d/%Y", "2016-04-03"),
        ("03/04/2016", "%m/%d/%Y|%d/%m/%Y", "2016-03-04"),
        ("42667", "%d/%m/%Y|excel", "2016-10-24"),
        ("٢٤/١٠/٢٠١٦", "%d/%m/%Y", "2016-10-24"),
        ("1990", "%d/%m/%Y|excel", "1990"),
        ("31/02/2016", "%d/%m/%Y", "31/02/2016"),
    ],
)
def test_dates_are_tried_in_the_stated_order(text: str, formats: str, day: str) -> None:
    assert iso_of(text, formats) == day


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("18 months", "1"),
        ("11 mois", "0"),
        ("٣٥", "35"),
        ("7 ans", "7"),
        ("34.0", "34"),
        ("16?", "16?"),
        ("about 20", "about 20"),
        ("", ""),
    ],
)
def test_ages_are_completed_years_or_left_to_be_refused(text: str, years: str) -> None:
    assert years_of(text) == years


def test_a_new_site_says_what_to_do_first_and_is_refused_until_it_is_done(tmp_path: Path) -> None:
    made = CliRunner().invoke(cli, ["site", "new", os.fspath(tmp_path / "S")])
    assert made.exit_code == 0, made.output
    said = (tmp_path / "S" / "FIRST.md").read_text("utf-8")
    assert "sojourn site check" in said
    with pytest.raises(SiteRefused):
        sojourn.site(tmp_path / "S").plan()
    faults = sojourn.site(tmp_path / "S").check()
    assert {"person.csv", "case.csv", "place.csv", "room.csv"} <= {f.file for f in faults} or faults
    assert (tmp_path / "S").stat().st_mode & 0o077 == 0
    with pytest.raises(SiteRefused):
        sojourn.site_new(tmp_path / "S")


WIDE = """_index,region,hh/m1_sex,hh/m1_age,hh/m1_needs/PREG,hh/m1_needs/none,hh/m2_sex,hh/m2_age,hh/m2_needs/PREG,hh/m2_needs/none,hh/m10_sex,hh/m10_age
1,N,female,31,1,0,male,4,0,1,,
2,S,male,19,0,1,,,,,,
3,S,female,40,0,1,,,,,male,٧
"""
EACH = """[person]
file = "SYNTHETIC-household.csv"
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
male = "M"
[person.values.flags]
none = ""
[case]
file = "SYNTHETIC-household.csv"
[case.columns]
id = { column = "_index", prefix = "H" }
head = { column = "_index", prefix = "H", suffix = "M1" }
offered_regions = { column = "region", separator = " " }
consent = { constant = "pending" }
"""


def wide(tmp_path: Path, text: str, mapping: str = EACH) -> dict[str, dict[str, object]]:
    (tmp_path / "SYNTHETIC-household.csv").write_text(text, "utf-8")
    (tmp_path / "m.toml").write_text(mapping, "utf-8")
    import_tables(tmp_path, tmp_path / "m.toml", tmp_path / "S")
    return {str(r["id"]): r for r in rows_of(tmp_path / "S" / "person.csv", "person")}


def test_one_row_a_household_gives_a_row_a_member(tmp_path: Path) -> None:
    people = wide(tmp_path, WIDE)
    assert set(people) == {"H1M1", "H1M2", "H2M1", "H3M1", "H3M10"}
    assert [people[p]["birth"] for p in ("H1M2", "H3M10")] == ["age:4", "age:7"]
    assert list(people["H1M1"]["flags"]) == ["PREG"]  # type: ignore[call-overload]
    assert {r["case_id"] for r in people.values()} == {"H1", "H2", "H3"}
    heads = rows_of(tmp_path / "S" / "case.csv", "case")
    assert [r["head"] for r in heads] == ["H1M1", "H2M1", "H3M1"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("male,4,0,1", "male,4,n/a,1"), "row 2, field flags"),
        (("male,19", "male,"), "row 3, field birth"),
        (("male,٧", ",٧"), "row 4, field sex"),
    ],
)
def test_of_a_member_nothing_vanishes(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    with pytest.raises(SiteRefused, match=said):
        wide(tmp_path, WIDE.replace(*change))
    assert not (tmp_path / "S").exists()


@pytest.mark.parametrize("each", ["p#_", "m_", "m##_"])
def test_an_entry_each_that_fits_no_column_is_refused(tmp_path: Path, each: str) -> None:
    with pytest.raises(SiteRefused, match="each"):
        wide(tmp_path, WIDE, EACH.replace("m#_", each))


def test_a_code_on_two_levels_is_read_as_its_main_category_and_told(tmp_path: Path) -> None:
    folder = tmp_path / "SYNTHETIC"
    write_example_site(folder, people=30, seed=1, places=6)
    path = folder / "person.csv"
    header, first, *rest = path.read_text("utf-8").splitlines()
    at = header.split(",").index("flags")

    def flagged(code: str) -> None:
        cells = first.split(",")
        cells[at] = code
        path.write_text("\n".join([header, ",".join(cells), *rest]) + "\n", "utf-8")

    flagged("SC-UC")
    site = read_site(folder)
    assert site.needs["SC-UC"] is site.needs["SC"]
    said = CliRunner().invoke(cli, ["site", "check", os.fspath(folder)])
    assert "1 code without a row of the needs map: read as SC" in said.output
    for wrong in ("XX-UC", "SCUC", "-", "SC_UC"):
        flagged(wrong)
        with pytest.raises(SiteRefused, match="field flags"):
            read_site(folder)
