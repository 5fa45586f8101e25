"""Nothing of an export vanishes without a word: tables, rows, columns and second answers that are not read."""

import zipfile
from pathlib import Path

import openpyxl
import pytest

from sojourn.errors import SiteRefused
from sojourn.relocation.run.site import import_tables, mapping_text

HEAD = [
    "member_id",
    "sex",
    "date_of_birth",
    "age_years",
    "age_source",
    "nationality",
    "languages",
    "languages/ar",
    "needs/specific_needs/PREG",
    "needs/specific_needs/other",
    "needs/specific_needs_other",
    "mobility",
    "fit_to_travel",
    "_index",
    "_parent_index",
    "_submission__uuid",
    "empty",
]
ROWS = [
    ["M1", "female", "1990-05-01", 26, "declared", "ERI", "ar", 1, 1, 0, "insulin", "none", "yes"],
    ["M2", "male", "1998-05-01", 16, "declared", "ERI", "ar", 1, 0, 0, "", "none", "yes"],
    ["M3", "male", None, 3, "declared", "ERI", "ar", 1, 0, 0, "asthma", "none", "yes"],
]
CONSENT = ("consent/consent_kind", "consent/consent_by", "consent/consent_on")
HOUSEHOLD = ["head_id", "offered_regions", "wishes", *CONSENT]


@pytest.fixture
def told(tmp_path: Path) -> list[str]:
    """Return what the import of a SYNTHETIC workbook of Kobo tells."""
    book = openpyxl.Workbook()
    book.active.title = "household.csv"
    book.active.append([*HOUSEHOLD, "best_interest_signed", "_index"])
    book.active.append(["M1", "N", "N", "yes_explicit", "w", "2016-10-20", "", 1])
    members = book.create_sheet("member")
    members.append(HEAD)
    for n, row in enumerate(ROWS, start=1):
        members.append([*row, n, 1, f"u{n}", None])
    book.create_sheet("medicines").append(["drug", "_parent_index"])
    book.save(tmp_path / "SYNTHETIC.xlsx")
    mapping = tmp_path / "m.toml"
    mapping.write_text(mapping_text("kobo"), "utf-8")
    said = list[str]()
    import_tables(tmp_path / "SYNTHETIC.xlsx", mapping, tmp_path / "S", tell=said.append)
    return said


def test_a_column_that_holds_something_and_is_not_read_is_named(told: list[str]) -> None:
    (said,) = (t for t in told if "not read" in t and t.startswith("member"))
    assert "1 column is not read: needs/specific_needs_other (2 rows)" in said
    assert not any("insulin" in t or "asthma" in t for t in told)


def test_a_sheet_that_is_not_read_is_named(told: list[str]) -> None:
    assert "SYNTHETIC.xlsx: 1 table is not read: medicines" in told


def test_two_answers_to_one_question_are_told(told: list[str]) -> None:
    """M2 is sixteen by one and eighteen by the other: a child, or none."""
    (said,) = (t for t in told if "more than one source" in t)
    assert said.startswith("person: 2 rows have more than one source of birth")


def test_rows_that_are_left_out_are_counted(tmp_path: Path) -> None:
    rows = [
        f"uuid:{n},{s},P{n},C{n},F,1990,declared" for n, s in enumerate(("approved", "rejected"))
    ]
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        head = "KEY,ReviewState,id,case_id,sex,birth,age_source"
        packed.writestr("SYNTHETIC.csv", "\n".join([head, *rows]) + "\n")
        packed.writestr("media/a.jpg", b"\xff\xd8")
        packed.writestr("SYNTHETIC-visits.csv", "KEY\n")
    mapping = tmp_path / "m.toml"
    fields = "".join(f'{f} = "{f}"\n' for f in head.split(",")[2:])
    meant = '[person]\nfile = "SYNTHETIC.csv"\n[person.where_not]\nReviewState = "rejected"\n'
    mapping.write_text(f"{meant}[person.columns]\n{fields}", "utf-8")
    said = list[str]()
    assert import_tables(tmp_path / "x.zip", mapping, tmp_path / "S", tell=said.append) == {
        "person": 1
    }
    assert "person: 1 row is left out by where or where_not" in said
    assert "x.zip: 1 table is not read: SYNTHETIC-visits.csv" in said


CENTRAL = {
    "registration.csv": """KEY,head_id,consent_kind,consent_on,wishes,best_interest_signed,Status,ReviewState
uuid:1,P1,explicit,2016-10-20,N,,,approved
uuid:2,P2,,,,,,rejected
uuid:3,,,,,,Not decrypted,
""",
    "registration-member.csv": """m-member_id,m-sex,m-date_of_birth,m-age_years,m-age_source,m-languages,m-specific_needs,PARENT_KEY,KEY
P1,female,1990-01-01,,declared,ar,none,uuid:1,uuid:1/member[1]
P2,male,,n/a,declared,ar,n/a,uuid:2,uuid:2/member[1]
P3,male,,7,declared,ar,none,uuid:2,uuid:2/member[2]
""",
}


def test_people_of_a_submission_that_was_rejected_are_left_out_with_it(tmp_path: Path) -> None:
    """ODK Central writes ReviewState beside the submission and not beside the rows of its repeats."""
    export = tmp_path / "E"
    export.mkdir()
    for name, text in CENTRAL.items():
        (export / name).write_text(text, "utf-8")
    mapping = tmp_path / "m.toml"
    out = '[case.where_not]\nReviewState = "rejected"\nStatus = "Not decrypted"\n[case.columns]'
    mapping.write_text(mapping_text("odk").replace("[case.columns]", out), "utf-8")
    said = list[str]()
    assert import_tables(export, mapping, tmp_path / "S", tell=said.append) == {
        "case": 1,
        "person": 1,
    }
    assert "case: 2 rows are left out by where or where_not" in said
    assert "person: 2 rows are left out with the case" in said


def test_a_household_of_which_only_one_row_is_a_case_keeps_everybody(tmp_path: Path) -> None:
    export = tmp_path / "E"
    export.mkdir()
    head = "household,role,id,sex,birth,age_source"
    rows = ["H1,head,P1,F,1990,declared", "H1,member,P2,M,2010,declared"]
    (export / "all.csv").write_text("\n".join([head, *rows]) + "\n", "utf-8")
    mapping = tmp_path / "m.toml"
    own = "".join(f'{f} = "{f}"\n' for f in ("id", "sex", "birth", "age_source"))
    mapping.write_text(
        f'[person]\nfile = "all.csv"\n[person.columns]\ncase_id = "household"\n{own}'
        '[case]\nfile = "all.csv"\n[case.where]\nrole = "head"\n'
        '[case.columns]\nid = "household"\nhead = "id"\n',
        "utf-8",
    )
    said = list[str]()
    assert import_tables(export, mapping, tmp_path / "S", tell=said.append) == {
        "person": 2,
        "case": 1,
    }
    assert not [t for t in said if "not read" in t]  # what one table does not read, the other does


def test_an_export_that_is_read_whole_is_told_nothing_of(tmp_path: Path) -> None:
    export = tmp_path / "E"
    export.mkdir()
    (export / "p.csv").write_text("_id,id,case_id,sex,birth,age_source\n9,P1,C1,F,1990,declared\n")
    mapping = tmp_path / "m.toml"
    fields = "".join(f'{f} = "{f}"\n' for f in ("id", "case_id", "sex", "birth", "age_source"))
    mapping.write_text(f'[person]\nfile = "p.csv"\n[person.columns]\n{fields}', "utf-8")
    said = list[str]()
    import_tables(export, mapping, tmp_path / "S", tell=said.append)
    assert not [t for t in said if "read:" in t or "left out" in t or "source" in t]


def one_row(folder: Path, head: str, row: str, more: str = "") -> tuple[str, list[str]]:
    """Return what the import of a SYNTHETIC table of one person makes of it, and what it tells."""
    (folder / "x").mkdir()
    (folder / "x/p.csv").write_text(
        f"_index,id,case_id,sex,birth,age_source,{head}\n1,P1,C1,F,1990,declared,{row}\n", "utf-8"
    )
    fields = "".join(f'{f} = "{f}"\n' for f in ("id", "case_id", "sex", "birth", "age_source"))
    flags = 'flags = { choices = "needs/" }\n'
    text = f'[person]\nfile = "p.csv"\n{more}[person.columns]\n{fields}{flags}'
    (folder / "m.toml").write_text(text, "utf-8")
    said = list[str]()
    import_tables(folder / "x", folder / "m.toml", folder / "S", tell=said.append)
    return (folder / "S/person.csv").read_text("utf-8"), said


def test_who_was_not_asked_is_no_person_without_needs(tmp_path: Path) -> None:
    made, said = one_row(tmp_path, "g/needs,g/needs/PREG,g/needs/DS", "n/a,0,0")
    assert "NOT_ASKED" in made
    assert any("nobody was asked" in s for s in said)


def test_choices_of_another_question_are_not_taken_for_ours(tmp_path: Path) -> None:
    with pytest.raises(SiteRefused, match="needs/"):
        one_row(tmp_path, "other_needs/PREG", "1")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ReviewState", "rejected"),
        ("_validation_status", "Not Approved"),
        ("meta/_validation_status", "On Hold"),
    ],
)
def test_people_of_a_submission_that_was_not_accepted_are_told_or_left_out(
    tmp_path: Path, column: str, value: str
) -> None:
    _, said = one_row(tmp_path, f"needs/PREG,{column}", f"1,{value}")
    assert any(f"although {column} says" in s for s in said)
    other = tmp_path / "other"
    other.mkdir()
    leave = f'[person.where_not]\n"{column}" = "{value.upper()}"\n'
    made, said = one_row(other, f"needs/PREG,{column}", f"1,{value}", leave)
    assert "P1" not in made
    assert "person: 1 row is left out by where or where_not" in said
