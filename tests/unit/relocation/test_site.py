"""The tables of a site: every faulty row named in one go, nobody's name repeated, never a traceback."""

import csv
import io
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import SiteRefused, SojournError
from sojourn.relocation.run.relocate import plan_site, write_example_site
from sojourn.relocation.run.site import MAPPINGS, import_tables, mapping_text
from sojourn.relocation.site.fault import Fault
from sojourn.relocation.site.read import look_at_site, read_names, read_site
from sojourn.relocation.site.schema import PUBLISHED, TABLES, check_row, read_schema, schema_text
from sojourn.relocation.site.table import read_table

NAME = "Fatima Noor"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sites") / "SYNTHETIC"
    write_example_site(folder, people=150, seed=1)
    return folder


@pytest.fixture
def site(example: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(example, tmp_path / "site"))


def put(site: Path, table: str, row: int, **cells: str) -> None:
    """Write cells into a row, counted as a spreadsheet does."""
    file = site / f"{table}.csv"
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8"))))
    for field, cell in cells.items():
        rows[row - 1][rows[0].index(field)] = cell
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    file.write_text(out.getvalue(), "utf-8")


def add(site: Path, table: str, **cells: str) -> int:
    """Append a row; return its number."""
    file = site / f"{table}.csv"
    header = file.read_text("utf-8").splitlines()[0].split(",")
    with file.open("a", encoding="utf-8") as stream:
        stream.write(",".join(cells.get(h, "") for h in header) + "\n")
    return len(file.read_text("utf-8").splitlines())


def places(site: Path) -> set[tuple[str, int, str]]:
    return {(f.file, f.row, f.field) for f in look_at_site(site).faults}


def test_every_faulty_row_of_every_table_is_named_in_one_go(site: Path) -> None:
    put(site, "person", 3, sex="male", birth="1990-02-30")
    put(site, "person", 5, mobility="sometimes")
    put(site, "room", 4, rooms="-2")
    put(site, "place", 2, lat="91", max_arrivals_per_day="1e9")
    put(site, "vehicle", 3, seats="NaN")
    put(site, "escort", 2, kind="dog")
    put(site, "case", 6, consent_on="2016-13-01")
    assert places(site) == {
        ("person.csv", 3, "sex"),
        ("person.csv", 3, "birth"),
        ("person.csv", 5, "mobility"),
        ("room.csv", 4, "rooms"),
        ("place.csv", 2, "lat"),
        ("place.csv", 2, "max_arrivals_per_day"),
        ("vehicle.csv", 3, "seats"),
        ("escort.csv", 2, "kind"),
        ("case.csv", 6, "consent_on"),
    }
    ran = CliRunner().invoke(cli, ["site", "check", str(site)])
    assert ran.output.count("found ") == 9
    assert isinstance(ran.exception, SiteRefused)
    told = json.loads(CliRunner().invoke(cli, ["site", "check", str(site), "--json"]).stdout)
    assert len(told["faults"]) == 9


def test_a_reference_to_a_refused_row_is_not_a_second_fault(site: Path) -> None:
    put(site, "case", 2, consent="perhaps")
    put(site, "place", 2, lon="east")
    assert places(site) == {("case.csv", 2, "consent"), ("place.csv", 2, "lon")}


def test_a_row_with_a_cell_too_many_hides_no_other(site: Path) -> None:
    lines = (site / "person.csv").read_text("utf-8").splitlines()
    lines[3] = f"more,{lines[3]}"  # every cell under the wrong header: one fault, not eleven
    lines[7] += ",more"
    (site / "person.csv").write_text("\n".join(lines), "utf-8")
    found = {p for p in places(site) if p[0] == "person.csv"}
    assert found == {("person.csv", 4, ""), ("person.csv", 8, "")}


@pytest.mark.parametrize(
    ("break_it", "where"),
    [
        (lambda s: put(s, "person", 4, case_id="C999999"), ("person.csv", 4, "case_id")),
        (lambda s: put(s, "person", 4, birth="2017-01-01"), ("person.csv", 4, "birth")),
        (lambda s: put(s, "person", 4, birth="1850"), ("person.csv", 4, "birth")),
        (lambda s: put(s, "person", 4, birth="age:130"), ("person.csv", 4, "birth")),
        (lambda s: put(s, "person", 4, flags="NOT-IN-THE-MAP"), ("person.csv", 4, "flags")),
        (lambda s: put(s, "person", 4, id="P000001"), ("person.csv", 4, "id")),
        (lambda s: put(s, "room", 2, place_id="L99999"), ("room.csv", 2, "place_id")),
        (lambda s: put(s, "room", 2, rooms="1_0"), ("room.csv", 2, "rooms")),
        (lambda s: put(s, "room", 2, rooms="9" * 400), ("room.csv", 2, "rooms")),
        (lambda s: put(s, "room", 2, rooms="1.5"), ("room.csv", 2, "rooms")),
        (lambda s: put(s, "room", 2, beds_per_room="0"), ("room.csv", 2, "beds_per_room")),
        (lambda s: put(s, "place", 2, lat="50,97"), ("place.csv", 2, "lat")),
        (lambda s: put(s, "place", 2, lat="inf"), ("place.csv", 2, "lat")),
        (lambda s: put(s, "place", 2, opens="20161101"), ("place.csv", 2, "opens")),
        (
            lambda s: put(s, "place", 2, opens="2016-11-02", closes="2016-11-01"),
            ("place.csv", 2, "closes"),
        ),
        (lambda s: put(s, "place", 2, region="N\x07"), ("place.csv", 2, "region")),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(
    site: Path, break_it: Callable[[Path], None], where: tuple[str, int, str]
) -> None:
    break_it(site)
    assert where in places(site)
    with pytest.raises(SiteRefused):
        plan_site(site, site.parent / "plan")
    assert not (site.parent / "plan").exists()


def test_nobody_is_their_own_guardian_through_others(site: Path) -> None:
    for a, b in (("P000001", "P000002"), ("P000002", "P000003")):
        add(site, "link", a=a, b=b, type="guardian", strength="prefer")
    assert look_at_site(site).faults == ()
    row = add(site, "link", a="P000001", b="P000003", type="child", strength="prefer")
    assert places(site) == {("link.csv", row, "type")}


def test_a_relative_is_at_a_place_of_the_site_or_in_a_country(site: Path) -> None:
    for where in ("GBR", "L00001"):
        add(site, "relative_elsewhere", person="P000001", place_or_country=where, status="traced")
    assert look_at_site(site).faults == ()
    row = add(
        site, "relative_elsewhere", person="P000001", place_or_country="L99999", status="verified"
    )
    assert places(site) == {("relative_elsewhere.csv", row, "place_or_country")}


def test_an_example_says_everywhere_that_nobody_in_it_exists(example: Path) -> None:
    for file in ("README.txt", "rules.toml", "case.csv", "link.csv", "vehicle.csv", "place.csv"):
        assert "SYNTHETIC" in (example / file).read_text("utf-8"), file
    assert read_site(example).rules.operation.synthetic


def test_a_pair_is_not_kept_together_and_apart(site: Path) -> None:
    add(site, "link", a="P000001", b="P000002", type="other", strength="must_same_place")
    row = add(site, "link", a="P000002", b="P000001", type="other", strength="must_separate")
    assert places(site) == {("link.csv", row, "strength")}


@pytest.mark.parametrize("table", ["person", "case", "link", "relative_elsewhere"])
def test_no_message_repeats_a_cell_about_a_person(site: Path, table: str) -> None:
    if table == "relative_elsewhere":
        add(site, table, person="P000001", place_or_country="GBR", status="traced")
        add(site, table, person="P000002", place_or_country="GBR", status="traced")
    for field in read_schema(table).fields:
        if len((site / f"{table}.csv").read_text("utf-8").splitlines()) > 2:
            put(site, table, 2, **{field: NAME})
            put(site, table, 3, **{field: "Fatima"})
    found = look_at_site(site)
    assert found.faults
    for fault in found.faults:
        assert "Fatima" not in f"{fault} {fault.hint}"


def test_a_reference_that_leads_nowhere_is_not_repeated_either(site: Path) -> None:
    put(site, "case", 2, head="Fatima")
    put(site, "person", 4, case_id="Fatima")
    add(site, "link", a="P000001", b="Fatima", type="friend", strength="prefer")
    told = "\n".join(map(str, look_at_site(site).faults))
    assert "case.csv, row 2, field head: found a value of 6 characters" in told
    assert "Fatima" not in told


def test_a_file_without_its_header_row_does_not_spill_its_first_person(site: Path) -> None:
    lines = (site / "person.csv").read_text("utf-8").splitlines()
    (site / "person.csv").write_text("\n".join([f"{NAME},M,1990", *lines[1:]]), "utf-8")
    [fault] = [f for f in look_at_site(site).faults if f.file == "person.csv"]
    assert "no column of the table person" in str(fault)
    assert "Fatima" not in str(fault)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no rows"),
        (b"\xff\xfei\x00d\x00", "UTF-16"),
        (b"PK\x03\x04rest", "a workbook"),
        (b"\x00\x01\x02", "a binary file"),
        ("id,nom\n1,Hélène".encode("cp1252"), "not UTF-8 in line 2"),
        (b'id,region\n"1,2', "does not end"),
        (b"id,id,region\n", "same header"),
        (b"id,region,department,lat,lon,colour\n", "'colour'"),
        (b"id,region\nL1,N\n", "field department: found no such column"),
        (b"id,region,department,lat,lon\n", "no rows"),
    ],
)
def test_a_file_that_is_no_table_is_told_for_what_it_is(
    site: Path, content: bytes, said: str
) -> None:
    (site / "place.csv").write_bytes(content)
    assert said in "\n".join(map(str, look_at_site(site).faults))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "found one value"),
        ("[1]", "item 1 that is not an object"),
        ("[" * 100_000, "nested too deep"),
        ('[{"id": "L1", "id": "L2"}]', "one field twice"),
        (f'[{{"lat": {"9" * 5000}}}]', "no JSON that can be used"),
        ("[{'id': 1}]", "line 1, column 3"),
        ('[{"id":"L1","region":{"a":1},"department":"1","lat":1,"lon":1}]', "row 1, field region"),
        ('[{"id":"L1","region":"N","department":"1","lat":NaN,"lon":1}]', "row 1, field lat"),
        ('[{"id":"L1","region":"N","department":"1","lat":true,"lon":1}]', "row 1, field lat"),
        (
            '[{"id":"L1","region":"N","department":"1","lat":1,"lon":1,"medical":{"gp":1}}]',
            "field medical",
        ),
        (
            '[{"id":"L1","region":"N","department":"1","lat":1,"lon":1,"medical":[["gp"]]}]',
            "field medical",
        ),
    ],
)
def test_json_of_another_shape_is_told_for_what_it_is(site: Path, content: str, said: str) -> None:
    (site / "place.csv").unlink()
    (site / "place.json").write_text(content, "utf-8")
    assert said in "\n".join(map(str, look_at_site(site).faults))


def test_spreadsheets_with_semicolons_tabs_or_a_byte_order_mark_say_the_same(site: Path) -> None:
    before = read_site(site)
    for table, delimiter in (("person", ";"), ("place", "\t"), ("room", ";")):
        rows = list(csv.reader(io.StringIO((site / f"{table}.csv").read_text("utf-8"))))
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter).writerows(rows)
        (site / f"{table}.csv").write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())
    assert read_site(site) == before


def test_json_says_the_same_as_csv(site: Path) -> None:
    before = read_site(site)
    for table in TABLES:
        rows = read_table(f"{table}.csv", (site / f"{table}.csv").read_text("utf-8"), table).rows
        (site / f"{table}.csv").unlink()
        (site / f"{table}.json").write_text(json.dumps([r for _, r in rows], default=str), "utf-8")
    assert read_site(site) == before


def test_a_folder_or_an_unreadable_file_in_place_of_a_table(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site / "vehicle.csv").unlink()
    (site / "vehicle.csv").mkdir()
    assert any(
        f.file == "vehicle.csv" and "cannot be read" in f.found for f in look_at_site(site).faults
    )
    real = Path.read_bytes

    def denied(self: Path) -> bytes:
        if self.name == "person.csv":
            raise PermissionError(13, "Permission denied")
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", denied)
    found = look_at_site(site).faults
    assert any(f.file == "person.csv" and "Permission denied" in f.found for f in found)
    assert not any(f.file == "case.csv" for f in found)  # not judged by a table nobody could read


def test_two_files_of_one_table_and_none_are_refused(site: Path) -> None:
    (site / "person.json").write_text("[]", "utf-8")
    (site / "room.csv").unlink()
    told = "\n".join(map(str, look_at_site(site).faults))
    assert "person.csv and person.json: found two files" in told
    assert "room.csv or room.json: found no such file" in told


def test_faulty_rules_stand_among_the_other_faults(site: Path) -> None:
    text = (site / "rules.toml").read_text("utf-8")
    (site / "rules.toml").write_text(text + "\n[R05]\nchildren_per_escrt = 6\n", "utf-8")
    put(site, "room", 2, rooms="x")
    assert {f.file for f in look_at_site(site).faults} == {"rules.toml", "room.csv"}
    (site / "rules.toml").write_bytes(b"\xff\xff\xff")
    assert {f.file for f in look_at_site(site).faults} == {"rules.toml", "room.csv"}
    (site / "rules.toml").write_text("[" * 50_000, "utf-8")
    assert {f.file for f in look_at_site(site).faults} == {"rules.toml", "room.csv"}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("lat = nan", "lat: found nan"),
        ('lat = "north"', "lat: found 'north', expected a number from -90 to 90"),
        ("lon = 181.0", "lon: found 181.0"),
        ("days = 0", "days: found 0, expected a whole number from 1 to 366"),
        ("days = 100000", "days: found 100000"),
        ("speed_kmh = 0.0", "speed_kmh: found 0.0"),
        ("first_departure = 21.0", "last_departure: found not after first_departure"),
        ("departure = 9999-12-31", "expected a day from 1900 to 2200"),
        ("departure = 2016-10-24T08:00:00", "departure: found datetime"),
        ("[R01]\npromised_factor = 1.5", "promised_factor: found 1.5"),
        ("[R01]\npromised_factor = inf", "promised_factor: found inf"),
        ("[R09]\ncompromised_places = [1]", "compromised_places: found [1]"),
        ('[R09]\ncompromised_places = ["L9"]', "compromised_places: found 'L9'"),
        ("[levels]\norder = [4, 5]", "found [4, 5], expected L4 to L8"),
        ('[levels]\norder = ["L1", "L4", "L5", "L6", "L7", "L8"]', "always come first"),
        ("[R05]\non = false", "nobody is named as approving it"),
        ("[R99]\non = true", "unknown section"),
    ],
)
def test_rules_that_cannot_be_are_refused(site: Path, rules: str, said: str) -> None:
    text = (site / "rules.toml").read_text("utf-8")
    key = rules.split(" = ")[0]
    kept = [line for line in text.splitlines() if not line.startswith(f"{key} = ")]
    (site / "rules.toml").write_text("\n".join([*kept, rules]), "utf-8")
    assert any(said in f"{f} {f.hint}" for f in look_at_site(site).faults)


def test_a_rule_that_is_no_section_is_refused(site: Path) -> None:
    text = (site / "rules.toml").read_text("utf-8")
    (site / "rules.toml").write_text(f"R05 = 3\n{text}", "utf-8")
    assert [f.field for f in look_at_site(site).faults] == ["[R05]"]


def test_a_thousand_damaged_sites_never_give_a_traceback(tmp_path: Path) -> None:
    site = tmp_path / "SYNTHETIC"
    write_example_site(site, people=25, seed=2, places=4)
    rng = random.Random(7)
    names = [*(f"{t}.csv" for t in TABLES), "rules.toml"]
    whole = {n: (site / n).read_bytes() for n in names}
    strange = [
        b"\x00",
        b"\xff",
        b'"',
        b"\n",
        b",",
        b";",
        b"nan",
        b"-1",
        b"1e999",
        b"9" * 5000,
        b"age:",
        b"\xef\xbb\xbf",
        b"[",
        b"=",
        "Ż".encode(),
        b"",
    ]
    refused = 0
    for _ in range(1000):
        name = rng.choice(names)
        content = bytearray(whole[name])
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(content) + 1)
            content[at : at + rng.randint(0, 12)] = rng.choice(strange)
        (site / name).write_bytes(bytes(content[: rng.choice([len(content), len(content) // 2])]))
        try:
            read_site(site)
        except SojournError:
            refused += 1
        (site / name).write_bytes(whole[name])
    assert refused > 500


@pytest.mark.parametrize("table", PUBLISHED)
def test_schemas_are_within_reach_and_say_what_is_enforced(table: str, tmp_path: Path) -> None:
    shown = CliRunner().invoke(cli, ["site", "schema", table]).stdout
    assert json.loads(shown) == json.loads(schema_text(table))
    assert CliRunner().invoke(cli, ["site", "schema", "--out", str(tmp_path)]).exit_code == 0
    assert (tmp_path / f"{table}.schema.json").read_text("utf-8") == shown
    for field in json.loads(shown)["required"]:
        others = {"id": "X1", "case_id": "C1"}
        faults = check_row(
            read_schema(table),
            {k: v for k, v in others.items() if k != field and k in read_schema(table).fields},
        ).faults
        assert field in {f.field for f in faults}


def test_a_table_that_is_not_published_is_told() -> None:
    assert CliRunner().invoke(cli, ["site", "schema", "persons"]).exit_code != 0


def test_a_form_whose_questions_are_our_fields_needs_no_mapping(site: Path) -> None:
    before = read_site(site)
    rows = list(csv.DictReader(io.StringIO((site / "person.csv").read_text("utf-8"))))
    flags = sorted({f for r in rows for f in r["flags"].split(";") if f})
    assert flags
    out = io.StringIO()
    header = [
        "start",
        "group/id",
        "group/case_id",
        *list(rows[0])[2:7],
        "needs/flags",
        *(f"needs/flags/{f}" for f in flags),
        *list(rows[0])[8:],
        "_id",
        "_uuid",
        "__version__",
    ]
    writer = csv.writer(out, delimiter=";")
    writer.writerow(header)
    for n, r in enumerate(rows):
        mine = r["flags"].split(";")
        cells = [
            r["languages"].replace(";", " ") if k == "languages" else r[k] for k in list(r)[2:7]
        ]
        writer.writerow(
            [
                "2016-10-24T08:00",
                r["id"],
                r["case_id"],
                *cells,
                r["flags"].replace(";", " "),
                *("1" if f in mine else "0" for f in flags),
                *list(r.values())[8:],
                n,
                f"u{n}",
                "v1",
            ]
        )
    (site / "person.csv").write_text(out.getvalue(), "utf-8")
    # an empty cell of the question beside zeros is no answer
    asked = tuple(p if p.flags else replace(p, flags=("NOT_ASKED",)) for p in before.persons)
    assert read_site(site).persons == asked


EXPORTS = {
    "kobo": {
        "household.csv": "start;_index;head_id;offered_regions;wishes;consent/consent_kind;consent/consent_by;consent/consent_on;best_interest_signed;_uuid\nx;1;M1;FR-BRE FR-NOR;FR-BRE FR-NOR;yes_explicit;desk;2016-10-22;0;u1\nx;2;M3;;any;by_guardian;desk;2016-10-22;1;u2\n",
        "member.csv": "member/member_id;member/sex;member/date_of_birth;member/age_years;member/age_source;member/nationality;member/languages;member/specific_needs;member/specific_needs/SC;member/specific_needs/none;member/no_specific_needs/SC;member/mobility;member/fit_to_travel;_index;_parent_index\nM1;female;1990-05-01;;document;SYR;ar en;none;0;1;1;none;yes;1;1\nM2;male;;9.0;declared;SYR;ar;none;0;1;1;walking_aid;yes;2;1\nM3;male;;;disputed;AFG;ps;SC;1;0;0;none;with_escort;3;2\n",
    },
    "odk": {
        "registration.csv": "SubmissionDate,meta-instanceID,reg-head_id,reg-wishes,reg-consent_kind,reg-consent_on,reg-best_interest_signed,KEY\nx,uuid:a1,M1,FR-BRE any,explicit,2016-10-22,,uuid:a1\n",
        "registration-member.csv": "member-member_id,member-sex,member-date_of_birth,member-age_years,member-age_source,member-languages,member-specific_needs,PARENT_KEY,KEY\nM1,female,,30,declared,ar fa,PREG DS,uuid:a1,uuid:a1/1\n",
    },
    "primero": {
        "cases.csv": 'id,case_id_display,sex,age,date_of_birth,protection_status,protection_concerns,owned_by\nab12,c1,male,15,2001-03-03,unaccompanied,"[""trafficked_smuggled"", ""disabled""]",x\nab13,c2,female,9,,,,x\nab14,c3,female,9,,,[],x\n',
    },
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_an_export_comes_in_by_its_example_mapping(name: str, tmp_path: Path) -> None:
    export, mapping, out = tmp_path / "export", tmp_path / "mapping.toml", tmp_path / "site"
    export.mkdir()
    mapping.write_text(CliRunner().invoke(cli, ["site", "mapping", name]).stdout, "utf-8")
    assert "It is ours" in mapping_text(name)
    assert "Check every line" in mapping_text(name)
    for file, text in EXPORTS[name].items():
        (export / file).write_text(text, "utf-8")
    ran = CliRunner().invoke(
        cli, ["site", "import", str(export), "--mapping", str(mapping), "--out", str(out)]
    )
    assert ran.exit_code == 0, ran.exception
    people = {
        r["id"]: r for r in csv.DictReader(io.StringIO((out / "person.csv").read_text("utf-8")))
    }
    cases = {r["id"]: r for r in csv.DictReader(io.StringIO((out / "case.csv").read_text("utf-8")))}
    assert {p["case_id"] for p in people.values()} <= set(cases)
    if name == "kobo":
        assert [people[m]["birth"] for m in ("M1", "M2", "M3")] == [
            "1990-05-01",
            "age:9",
            "unknown",
        ]
        assert [people[m]["flags"] for m in ("M1", "M2", "M3")] == ["", "", "SC"]
        assert people["M2"]["mobility"] == "walks with aid"
        assert cases["H1"]["offered_regions"] == "FR-BRE;FR-NOR"
        assert (cases["H2"]["consent"], cases["H2"]["best_interest_signed"]) == ("proxy", "true")
    if name == "odk":
        assert (people["M1"]["flags"], people["M1"]["languages"]) == ("PREG;DS", "ar;fa")
    if name == "primero":
        assert (people["ab12"]["flags"], people["ab12"]["birth"]) == (
            "TRAFFICKING;DS",
            "2001-03-03",
        )
        assert {people[p]["flags"] for p in ("ab13", "ab14")} == {"NOT_ASKED"}
        assert {people[p]["birth"] for p in ("ab13", "ab14")} == {"age:9"}
        assert {c["consent"] for c in cases.values()} == {"pending"}


def test_what_is_imported_has_to_agree_with_the_site_that_is_there(
    site: Path, tmp_path: Path
) -> None:
    export, mapping = tmp_path / "export", tmp_path / "mapping.toml"
    export.mkdir()
    shutil.move(site / "room.csv", export / "beds.csv")
    mapping.write_text(
        '[room]\nfile = "beds.csv"\n[room.columns]\nplace_id = "place_id"\nroom_type = "room_type"\nrooms = "rooms"\nbeds_per_room = "beds_per_room"\n',
        "utf-8",
    )
    assert (
        import_tables(export, mapping, site)["room"]
        == len((export / "beds.csv").read_text("utf-8").splitlines()) - 1
    )
    assert look_at_site(site).faults == ()
    with pytest.raises(SiteRefused, match=r"already has room\.csv"):
        import_tables(export, mapping, site)
    (site / "room.csv").unlink()
    text = (export / "beds.csv").read_text("utf-8").replace("L00001", "L77777")
    (export / "beds.csv").write_text(text, "utf-8")
    before = sorted(p.name for p in site.iterdir())
    with pytest.raises(SiteRefused, match="no place of this site"):
        import_tables(export, mapping, site)
    assert sorted(p.name for p in site.iterdir()) == before


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (
            '[person]\nfile = "a.csv"\n[person.columns]\nid = "x"',
            r"\[person.columns\] sex: found no column for a required field",
        ),
        (
            '[person]\nfile = "a.csv"\n[person.columns]\nid = "x"\ncase_id = "x"\nsex = "gone"\nbirth = "x"\nage_source = "x"',
            "no column 'gone'",
        ),
        ('[person.columns]\nid = "x"', "no file or no columns"),
        ("[persons]\n", "an unknown table"),
        ('[room]\nfile = "a.csv"\n[room.columns]\ncolour = "x"', "'colour', which is not a field"),
        ('[room]\nfile = "a.csv"\n[room.columns]\nrooms = { colum = "x" }', "an unknown entry"),
        (
            '[room]\nfile = "a.csv"\n[room.columns]\nrooms = { column = "x", constant = "1" }',
            "exactly one of",
        ),
        ('[room]\nfile = "a.csv"\n[room.columns]\nrooms = [1]', "neither text nor"),
        ('[room]\nfile = "a.csv"\ncolumns = 3', "that is no table"),
        (
            '[room]\nfile = "b.csv"\n[room.columns]\nplace_id = "x"\nroom_type = "x"\nrooms = "x"\nbeds_per_room = "x"',
            "no such table, expected one of: a.csv",
        ),
        ("", "no table"),
        ("x = ", "no TOML"),
    ],
)
def test_a_mapping_with_a_gap_is_refused(tmp_path: Path, mapping: str, said: str) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n", "utf-8")
    (tmp_path / "m.toml").write_text(mapping, "utf-8")
    with pytest.raises(SiteRefused, match=said):
        import_tables(tmp_path, tmp_path / "m.toml", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_labels_and_rows_that_are_not_meant(tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text(
        "Kind of record,Place name,Who is it for?,How many,Beds\nroom,L1,Women only (locked),3,2\nstaff,L1,,,\nroom,L2,Familles,1,4\n",
        "utf-8",
    )
    (tmp_path / "m.toml").write_text(
        '[room]\nfile = "all.csv"\n[room.where]\n"Kind of record" = "room"\n[room.columns]\nplace_id = "Place name"\nroom_type = "Who is it for?"\nrooms = "How many"\nbeds_per_room = "Beds"\n[room.values.room_type]\n"Women only (locked)" = "women only"\n"Familles" = "family unit"\n',
        "utf-8",
    )
    import_tables(tmp_path, tmp_path / "m.toml", tmp_path / "out")
    assert (tmp_path / "out" / "room.csv").read_text("utf-8").splitlines()[1:] == [
        "L1,women only,3,2",
        "L2,family unit,1,4",
    ]


def test_names_are_read_for_lists_alone_and_never_told(site: Path) -> None:
    assert read_names(site) == {}
    (site / "name.csv").write_text(f"person_id,name\nP000001,{NAME}\n", "utf-8")
    assert read_names(site) == {"P000001": NAME}
    (site / "name.csv").write_text(f"person_id,name\n{NAME},P000001\n", "utf-8")
    with pytest.raises(SiteRefused, match="row 2, field person_id") as refused:
        read_names(site)
    assert "Fatima" not in str(refused.value)


def test_a_fault_reads_as_one_sentence() -> None:
    assert (
        str(Fault("room.csv", 0, "", "no rows", "at least one"))
        == "room.csv: found no rows, expected at least one"
    )
