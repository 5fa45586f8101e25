"""Where each fault of a table, a mapping or a file is said to stand: the row a spreadsheet shows, and the field."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from sojourn.relocation.site import workbook
from sojourn.relocation.site.columns import is_systems_own
from sojourn.relocation.site.export import text_of
from sojourn.relocation.site.joined import read_joined
from sojourn.relocation.site.mapping import ColumnMap, Part, read_column_maps
from sojourn.relocation.site.private import add_private
from sojourn.relocation.site.read import look_at_site
from sojourn.relocation.site.table import read_bytes, read_table

ROOM = "place_id,room_type,rooms,beds_per_room"
NEED = "a whole number from 0 to 100000"
TRAVEL = {n: (Part(column=n),) for n in ("place_id", "minutes")}
#: What stands in a table, by which mapping it is read, and each fault of it.
TABLES: dict[str, tuple[str, str, ColumnMap | None, list[str]]] = {
    "the same header twice": (
        "room",
        f"{ROOM},rooms\nA,child,1,1,1",
        None,
        [
            "row 1: found two columns with the same header, expected each once",
            "row 1, field rooms: found two columns for one field, expected one",
        ],
    ),
    "two groups with one question": (
        "room",
        f"{ROOM},g/rooms\nA,child,1,1,1",
        None,
        ["row 1, field rooms: found two columns for one field, expected one"],
    ),
    "no column of ours": (
        "room",
        "x,y\n1,2",
        None,
        [
            (
                "row 1: found no column of the table room, expected a header row with "
                "place_id, room_type, rooms, beds_per_room"
            )
        ],
    ),
    "a column that is not ours": (
        "room",
        f"colour,{ROOM}\nred,A,child,1,1",
        None,
        [
            (
                "row 1: found column 1 ('colour'), which is not a field of room, expected one of "
                "place_id, room_type, rooms, beds_per_room"
            )
        ],
    ),
    "a column too few": (
        "room",
        "place_id,rooms,beds_per_room\nA,1,1",
        None,
        ["row 1, field room_type: found no such column, expected every required field"],
    ),
    "a column that the mapping names": (
        "travel",
        "place_id,min\nA,1",
        ColumnMap(columns=TRAVEL, where={"state": "on"}),
        [
            f"row 1: found no column {c!r}, or several that end in it, expected each column named in the mapping"
            for c in ("minutes", "state")
        ],
    ),
    "several columns that end in it": (
        "travel",
        "place_id,a/minutes,b/minutes\nA,1,2",
        ColumnMap(columns=TRAVEL),
        [
            "row 1: found no column 'minutes', or several that end in it, expected each column named in the mapping"
        ],
    ),
    "no members": (
        "travel",
        "place_id,m_minutes\nA,1",
        ColumnMap(columns=TRAVEL, each="m#_"),
        [
            "row 1: found no column that begins with 'm1_', expected columns of members, as `each` says"
        ],
    ),
    "a cell too many and one too few": (
        "room",
        f"{ROOM}\n\nA,child,1,1,1\nB,child,1",
        None,
        [
            "row 3: found 5 cells, expected 4, as in the header",
            "row 4: found 3 cells, expected 4, as in the header",
        ],
    ),
    "cells after empty rows": (
        "room",
        f"\n,,,\n{ROOM}\n\nA,child,1,1\n,,,\nB,child,-1,1\nC,barn,x,1",
        None,
        [
            f"row 7, field rooms: found '-1', expected {NEED}",
            (
                "row 8, field room_type: found 'barn', expected one of single men, women only, "
                "family unit, child, isolation, mixed"
            ),
            f"row 8, field rooms: found 'x', expected {NEED}",
        ],
    ),
    "one key twice": (
        "room",
        f"{ROOM}\nA,child,1,1\nA,child,1,2\nA,child,3,1",
        None,
        [
            "row 4, field place_id + room_type + beds_per_room: found the key of row 2, expected each key once"
        ],
    ),
    "a list that cannot be followed": (
        "place",
        (
            'id,region,department,lat,lon,medical\nA,N,1,1,1,"[""gp""]"\nB,N,1,1,1,"[""gp"" ""nurse""]"\n'
            'C,N,1,1,1,"[gp]"'
        ),
        None,
        [
            (
                "row 3, field medical: found a printed list that cannot be followed from character 2 on, "
                'expected texts in quotation marks with commas between them, as in ["a", "b"]'
            ),
            (
                "row 4, field medical: found a printed list that cannot be followed from character 2 on, "
                'expected texts in quotation marks with commas between them, as in ["a", "b"]'
            ),
        ],
    ),
    "a quotation that does not end": (
        "room",
        f'{ROOM}\nA,child,1,"1',
        None,
        [
            "found a quotation or a cell that does not end, after line 2 (unexpected end of data), expected CSV"
        ],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_fault_of_a_table_names_its_row_and_field(name: str) -> None:
    table, text, mapping, said = TABLES[name]
    read = read_table(f"{table}.csv", text, table, mapping)
    assert [str(f) for f in read.faults] == [
        f"{table}.csv: {s}" if s.startswith("found") else f"{table}.csv, {s}" for s in said
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", ["room.json: found one value, expected a JSON array of objects, one a row"]),
        (
            '[{"place_id": "A"}, 3]',
            [
                "room.json: found item 2 that is not an object, expected a JSON array of objects, one a row"
            ],
        ),
        (
            '[{"colour": "red"}, {"place_id": "A"}]',
            [
                (
                    "room.json: found column 1 ('colour'), which is not a field of room, expected one of "
                    "place_id, room_type, rooms, beds_per_room"
                )
            ],
        ),
        (
            '[\n{"place_id": "A" "b": 1}]',
            [
                (
                    "room.json: found no JSON from line 2, column 18 on (Expecting ',' delimiter), "
                    "expected a JSON array of objects, one a row"
                )
            ],
        ),
        (
            (
                '[{"place_id": "A", "room_type": "child", "rooms": -1, "beds_per_room": 1},'
                ' {"place_id": "B", "room_type": "child", "beds_per_room": 1}]'
            ),
            [
                f"room.json, row 1, field rooms: found -1, expected {NEED}",
                f"room.json, row 2, field rooms: found an empty cell, expected {NEED}",
            ],
        ),
    ],
)
def test_a_fault_of_a_json_names_its_position(text: str, said: list[str]) -> None:
    assert [str(f) for f in read_table("room.json", text, "room").faults] == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04", "found a workbook or an archive, expected text in UTF-8"),
        (b"a\x00b", "found a binary file, expected text in UTF-8"),
        (b"a\nb\n\xe9", "found a byte that is not UTF-8 in line 3, expected text in UTF-8"),
        (
            None,
            "found a file that cannot be read (No such file or directory), expected a readable file",
        ),
    ],
)
def test_a_fault_of_a_file_names_no_row(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "room.csv").write_bytes(content)
    text, fault = read_bytes(tmp_path / "room.csv", "room.csv")
    assert (text, str(fault)) == ("", f"room.csv: {said}")


PLAIN = {
    "person": "id,case_id,sex,birth,age_source\np1,c1,M,1990,declared\np2,c2,M,1990,declared",
    "case": "id,head\nc1,p1\nc2,p2",
    "place": "id,region,department,lat,lon\nA,N,1,50,2",
    "room": f"{ROOM}\nA,single men,2,1",
}
RULES = "[operation]\ndeparture = 2016-10-24\nlat = 50.0\nlon = 2.0\n"


def site(folder: Path, rules: str = RULES, **tables: str) -> list[str]:
    """Write a site of two men; return every fault of it as it is told."""
    for name, text in {**PLAIN, **tables}.items():
        kind = "json" if text.startswith("[") else "csv"
        (folder / f"{name}.{kind}").write_text(text, "utf-8")
    (folder / "rules.toml").write_text(rules, "utf-8")
    return [str(f) for f in look_at_site(folder).faults]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            RULES + "days = 0",
            "rules.toml, field [operation] days: found 0, expected a whole number from 1 to 366",
        ),
        ("[operation]\nlat = 1", "rules.toml, field [operation] departure: found absent"),
        ("[operation", "rules.toml: found not readable as TOML: "),
        (RULES + "[R05]\non = false", "rules.toml, field [R05]: found the rule is switched off"),
    ],
)
def test_a_fault_of_the_rules_names_no_row(tmp_path: Path, rules: str, said: str) -> None:
    [fault] = site(tmp_path, rules)
    assert fault.startswith(said)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({}, []),
        (
            {"person": "[]"},
            ["person.json: found no rows, expected at least one"],
        ),
        ({"room": f"{ROOM}\n"}, ["room.csv: found no rows, expected at least one"]),
        (
            {"case": PLAIN["case"] + "\nc3,p1"},
            [
                "case.csv, row 4, field id: found 'c3', to which nobody belongs, expected somebody in the table person"
            ],
        ),
        (
            {"case": "id,head\nc1,p1\nc2,p1"},
            [
                "case.csv, row 3, field head: found 'p1', who belongs to case 'c1', expected one of the case's own people"
            ],
        ),
        (
            {
                "person": PLAIN["person"]
                + "\np3,c1,M,1895,document\np4,c1,M,1896,document\np5,c1,F,2017,document\np6,c1,F,2016-10-25,document\np7,c1,F,2016-10-24,document"
            },
            [
                "person.csv, row 4, field birth: found a birth more than 120 years ago (withheld: it is personal), expected a birth that can be",
                "person.csv, row 6, field birth: found a birth after the departure (withheld: it is personal), expected a birth not after the departure, 2016-10-24",
                "person.csv, row 7, field birth: found a birth after the departure (withheld: it is personal), expected a birth not after the departure, 2016-10-24",
            ],
        ),
        (
            {
                "place": "id,region,department,lat,lon,opens,closes\nA,N,1,50,2,2016-10-24,2016-10-24\nB,N,1,50,2,2016-10-25,2016-10-24\nC,N,1,1,1,2016-10-25,"
            },
            [
                "place.csv, row 3, field closes: found 2016-10-24, expected a day not before opens, 2016-10-25"
            ],
        ),
        (
            {
                "link": "a,b,type,strength\np1,p1,friend,prefer\np1,p2,spouse,must_same_place\np2,p1,other,must_separate\np2,p1,friend,prefer\np1,p2,child,prefer\np2,p1,child,must_same_region"
            },
            [
                "link.csv, row 2, field b: found the person of field a, expected somebody else",
                "link.csv, row 4, field strength: found the opposite of row 3, expected a pair to be kept together or apart, not both",
                "link.csv, row 7, field type: found 'child', which makes somebody their own parent or guardian, expected a link that agrees with the earlier rows",
            ],
        ),
        (
            {"link": "a,b,type,strength\np1,p2,guardian,prefer\np2,p1,parent,must_same_region"},
            [
                "link.csv, row 3, field type: found 'parent', which makes somebody their own parent or guardian, expected a link that agrees with the earlier rows",
            ],
        ),
        (
            {
                "needs_map": "flag,tier\nderived:unaccompanied_child,1\nderived:woman_alone,1\nderived:single_parent,1\nderived:older_person,1\nderived:hero,1"
            },
            [
                "needs_map.csv, field flag: found no row for derived:reduced_mobility, expected each derived situation",
                (
                    "needs_map.csv, row 6, field flag: found a derived situation that does not exist, expected one of derived:unaccompanied_child, "
                    "derived:woman_alone, derived:single_parent, derived:older_person, derived:reduced_mobility"
                ),
            ],
        ),
    ],
)
def test_a_contradiction_between_rows_names_the_row_that_came_later(
    tmp_path: Path, tables: dict[str, str], said: list[str]
) -> None:
    assert site(tmp_path, **tables) == said


def test_a_fault_in_the_first_row_of_a_json_hides_no_reference_that_leads_nowhere(
    tmp_path: Path,
) -> None:
    places = [
        {"id": "A", "region": "N", "department": "1", "lat": 99, "lon": 2},
        {"id": "B", "region": "N", "department": "1", "lat": 50, "lon": 2},
    ]
    tables = {**PLAIN, "room": f"{ROOM}\nA,single men,2,1\nZ,single men,2,1"}
    del tables["place"]
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    (tmp_path / "place.json").write_text(json.dumps(places), "utf-8")
    (tmp_path / "rules.toml").write_text(RULES, "utf-8")
    assert [(f.file, f.row, f.field) for f in look_at_site(tmp_path).faults] == [
        ("place.json", 1, "lat"),
        ("room.csv", 3, "place_id"),
    ]


WORDS: Mapping[str, list[str]] = {
    "x": ["columns.toml: found no TOML "],
    "[people]\nfile = 'p'": [
        "columns.toml, field [people]: found an unknown table, expected one of person, case, "
    ],
    "[travel]\ncolour = 1": ["columns.toml, field [travel]: found an unknown entry 'colour'"],
    "[travel]\ncolumns = 3": [
        "columns.toml, field [travel]: found columns, values, where or where_not that is no table"
    ],
    "[travel]\nvalues = {minutes = 3}": [
        "columns.toml, field [travel]: found columns, values, where or where_not that is no table"
    ],
    "[travel.columns]\nhours = 'h'": [
        "columns.toml, field [travel]: found 'hours', which is not a field of travel"
    ],
    "[travel.where]\nx = 3": ["columns.toml, field [travel]: found a code that is no text"],
    "[travel]\neach = 'm_'": ["columns.toml, field [travel]: found an entry each without one #"],
    "[travel.columns]\nminutes = 3": [
        "columns.toml, field [travel]: found a column that is neither text nor a table of text"
    ],
    "[travel.columns]\nminutes = {colum = 'x'}": [
        "columns.toml, field [travel]: found a column with an unknown entry 'colum'"
    ],
    "[travel.columns]\nminutes = {prefix = 'x'}": [
        "columns.toml, field [travel]: found a column without exactly one of column, choices, constant"
    ],
    "[travel.columns]\nminutes = {column = 'x', constant = '3'}": [
        "columns.toml, field [travel]: found a column without exactly one of column, choices, constant"
    ],
    "[travel.columns]\nminutes = 'm'": [
        "columns.toml, field [travel.columns] place_id: found no column for a required field, expected each required field mapped"
    ],
    "[travel]\nempty_is_none = ['flags']": [
        "columns.toml, field [travel]: found an entry empty_is_none other than"
    ],
    "[travel]\njoin = ['b']\nid = 'i'": [
        "columns.toml, field [travel] join: found sheets to be joined in a site"
    ],
    "[travel]\njoin = ['b']": [
        "columns.toml, field [travel]: found join without id, or id without join"
    ],
    "[travel]\nid = 'i'": [
        "columns.toml, field [travel]: found join without id, or id without join"
    ],
    "[travel]\njoin = 'b'\nid = 'i'": [
        "columns.toml, field [travel]: found an entry join that is no list of sheets"
    ],
    "[travel]\nfile = 'a'\njoin = ['b', 'B']\nid = 'i'": [
        "columns.toml, field [travel]: found a sheet that is joined to itself, or twice"
    ],
    "[travel]\nfile = 'a'\njoin = ['A']\nid = 'i'": [
        "columns.toml, field [travel]: found a sheet that is joined to itself, or twice"
    ],
    "[travel]\nfile = 'a'\njoin = ['b']\nid = 'i'\nmay_lack = ['b', 'd', 'c']": [
        "columns.toml, field [travel]: found may_lack names 'c', which is not joined"
    ],
}


@pytest.mark.parametrize("text", WORDS)
def test_a_fault_of_a_mapping_names_its_table_and_no_row(text: str) -> None:
    faults = [str(f) for f in read_column_maps(text, file="columns.toml")[1]]
    assert [f[: len(w)] for f, w in zip(faults, WORDS[text], strict=True)] == WORDS[text]


JOINED = ColumnMap(file="a", columns=TRAVEL, id="key", join=("b",))
SHEETS: dict[str, tuple[str, str, list[str]]] = {
    "all is there": ("key,place_id\n1,A\n2,B", "key,minutes\n2,8\n1,9", []),
    "no id on one": (
        "key,place_id\n1,A",
        "minutes\n9",
        [
            "b, row 1: found no column 'key', or several that end in it, expected the column by which sheets are joined"
        ],
    ),
    "one header twice": (
        "key,place_id,place_id\n1,A,A",
        "key,minutes\n1,9",
        ["a, row 1: found two columns with the same header, expected each once"],
    ),
    "a cell under no header": (
        "key,place_id,,\n1,A,,\n2,B,,x",
        "key,minutes\n1,9\n2,9",
        ["a, row 3: found a cell under no header, expected a header over every column"],
    ),
    "an id that is empty or twice": (
        "key,place_id\n1,A\n,B\n1,C",
        "key,minutes\n1,9",
        [
            "a, row 3, field key: found no id, expected an id in every row",
            "a, row 4, field key: found the id of row 2, expected each id once",
        ],
    ),
    "ids of one sheet alone": (
        "key,place_id\n1,A\n2,B",
        "key,minutes\n3,9\n1,9\n4,9",
        [
            "b, row 2, field key: found an id that is not on 'a', expected an id of that sheet",
            "b, row 4, field key: found an id that is not on 'a', expected an id of that sheet",
            "b, field key: found no row for the id in row 3 of 'a', expected a row for each id",
        ],
    ),
    "a cell of another sheet": (
        "key,place_id\n1,A\n2,B",
        "key,minutes\n2,9\n\n1,x",
        ["b, row 4, field minutes: found 'x', expected a whole number from 1 to 4000"],
    ),
}


@pytest.mark.parametrize("name", SHEETS)
def test_a_fault_of_joined_sheets_names_the_sheet_and_its_own_row(name: str) -> None:
    one, two, said = SHEETS[name]
    read = read_joined({"a": one, "b": two}, "travel", JOINED)
    assert [str(f) for f in read.faults] == said
    if not said:
        assert [row for _, row in read.rows] == [
            {"place_id": "A", "minutes": 9},
            {"place_id": "B", "minutes": 8},
        ]


@pytest.mark.parametrize("wide", [3, 300])
def test_a_form_may_be_as_wide_as_it_is(wide: int) -> None:
    columns = [f"_{n}" for n in range(wide)]
    text = "\n".join(
        ",".join(row) for row in (["place_id", "minutes", *columns], ["A", "9", *columns])
    )
    read = read_table("travel.csv", text, "travel")
    assert [str(f) for f in read.faults] == []
    assert [row for _, row in read.rows] == [{"place_id": "A", "minutes": 9}]
    again = read_table("travel.csv", text.replace("_2", "_1", 1), "travel")
    assert [f.found for f in again.faults] == ["two columns with the same header"]


@pytest.mark.parametrize(("size", "refused"), [(536_870_912, False), (536_870_913, True)])
def test_a_file_in_a_zip_is_unpacked_up_to_512_mebibytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, *, refused: bool
) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        packed.writestr("travel.csv", "place_id,minutes\nA,9\n")
    listed = zipfile.ZipFile.infolist

    def claimed(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        files = listed(packed)
        for one in files:
            one.file_size = size
        return files

    monkeypatch.setattr(zipfile.ZipFile, "infolist", claimed)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: b"place_id,minutes\nA,9\n")
    text, fault = text_of(tmp_path / "export.zip", "travel", list[str]().append)
    said = f"travel: found {size:,} bytes, expected at most 536,870,912" if refused else "None"
    assert (str(fault), bool(text)) == (said, not refused)


@pytest.mark.parametrize(("left", "following"), [(3, 1), (1, 3), (4, 0), (0, 5), (2, 2)])
def test_rows_that_are_left_out_are_told_apart_from_people_who_go_with_their_case(
    left: int, following: int
) -> None:
    mapping = ColumnMap(
        columns={n: (Part(column=n),) for n in PLAIN["person"].splitlines()[0].split(",")},
        where={"state": "on"},
    )
    rows = [f"a{n},c1,M,1990,declared,on" for n in range(2)]
    rows += [f"b{n},c1,M,1990,declared,off" for n in range(left)]
    rows += [f"d{n},c9,M,1990,declared,on" for n in range(following)]
    text = "\n".join(["id,case_id,sex,birth,age_source,state", *rows])
    read = read_table("person.csv", text, "person", mapping, without={"c9"})
    assert [row["id"] for _, row in read.rows] == ["a0", "a1"]
    assert (read.unread.rows, read.unread.following) == (left, following)
    assert {f"b{n}" for n in range(left)} <= read.unread.left


@pytest.mark.parametrize(
    ("header", "own"),
    [
        ("start", True),
        ("group/start", True),
        ("one/two/_index", True),
        ("one-KEY", True),
        ("_colour", True),
        ("_group/colour", True),
        ("start/colour", False),
        ("KEY-colour", False),
        ("one/_two/colour", False),
        ("colour", False),
        ("started", False),
    ],
)
def test_what_a_forms_system_adds_is_known_in_any_group(header: str, *, own: bool) -> None:
    assert is_systems_own(header) is own


def test_a_cell_of_a_workbook_holds_something_where_it_stands() -> None:
    grid = SimpleNamespace(rows=[["a", ""], ["", 0], [None, "b"]])
    held = [(r, c) for r in range(1, 5) for c in range(1, 4) if workbook._holds(grid, r, c)]
    assert held == [(1, 1), (2, 2), (3, 2)]


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([["a", "", "", "d"], ["1"]], "a,d\n1,\n"),  # a column that holds nothing is left out
        ([["a", "", "", "d"], ["1", "", 2]], "a,,d\n1,2,\n"),
        ([["", ""], ["a", "b"], [1.0], ["", True, "", "x"]], ",\na,b\n1,\n,true,x\n"),
        ([], ""),
    ],
)
def test_a_sheet_is_written_by_its_columns_that_hold_something(
    rows: list[list[object]], text: str
) -> None:
    assert workbook.csv_of(rows).replace("\r\n", "\n") == text


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("notes.txt", b"travel", "notes.txt: found no export"),
        ("travel.csv", b"place_id,minutes", "travel.csv: found no export"),
        ("export.ods", b"PK", "export.ods: found a workbook of another kind (.ods)"),
        ("export.zip", b"PK\x05\x06" + b"\x00" * 18, "export.zip: travel: found no such table"),
        (
            "folder/other.csv",
            b"a",
            "folder: travel: found no such table, expected one of: other.csv",
        ),
        ("folder/a.xlsx", b"PK", "travel: found a folder with a workbook, expected its sheet"),
    ],
)
def test_a_fault_of_an_export_names_no_row(
    tmp_path: Path, file: str, content: bytes, said: str
) -> None:
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    source = path.parent if "/" in file else path
    text, fault = text_of(source, "travel", list[str]().append)
    assert text == ""
    assert str(fault).startswith(said)


def test_what_is_added_to_a_folder_about_people_is_its_owners_alone(tmp_path: Path) -> None:
    out = tmp_path / "lists"
    for name in ("one.csv", "two.csv"):
        assert add_private(out, {name: "a,b\n"}) == [out / name]
    assert {p.name for p in out.iterdir()} > {"one.csv", "two.csv"}
    assert {p.stat().st_mode & 0o777 for p in out.iterdir()} == {0o600}
    assert out.stat().st_mode & 0o777 == 0o700
