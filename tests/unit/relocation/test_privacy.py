"""Names and flags of people are in no message, no file name and no output of a plan."""

import csv
import hashlib
import json
import os
import shlex
import sqlite3
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from sojourn.cli import cli
from sojourn.errors import SiteRefused, SojournError
from sojourn.files import MARKER, write_whole
from sojourn.relocation.run.purge import purge
from sojourn.relocation.run.relocate import write_example_site

NAME, FLAG, NOTE = "Canaria Kanarienvogel", "canary-flag", "canary note on a flag"
CANARIES = ("Kanarienvogel", "canary-flag", "canary note")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site where everybody has the same name, and some a flag that must not be told."""
    folder = tmp_path / "S"
    write_example_site(folder, people=90, seed=2)
    people = rows_of(folder / "person.csv")
    for person in people[::3]:
        person["flags"] = ";".join(filter(None, [person["flags"], FLAG]))
    write_rows(folder / "person.csv", people)
    names = [{"person_id": p["id"], "name": NAME} for p in people]
    write_rows(folder / "name.csv", names)
    needs = rows_of(folder / "needs_map.csv")
    needs.append(
        {**needs[0], "flag": FLAG, "needs": "gp", "tier": "2", "weight": "1", "note": NOTE}
    )
    write_rows(folder / "needs_map.csv", needs)
    return folder


def said(*arguments: object) -> str:
    result = CliRunner().invoke(cli, ["relocate", *map(str, arguments)])
    if isinstance(result.exception, SojournError):  # printed by the program, not by the command
        return f"{result.output}error: {result.exception}"
    assert result.exception is None
    return result.output


def texts(folder: Path) -> list[tuple[str, str]]:
    """Return every file below a folder as text: PDF and SQLite by what they hold."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        text = path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".pdf":
            text += "".join(page.extract_text() for page in PdfReader(path).pages)
        if path.suffix == ".sqlite":
            with sqlite3.connect(path) as con:
                text += "\n".join(con.iterdump())
        found.append((path.name, text))
    return found


def test_no_name_and_no_flag_leaves_the_tables_they_stand_in(site: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = said("plan", site, "--out", out / "P")
    told += said("audit", site, out / "P") + said("explain", site, out / "P", "C000001")
    told += said("manifests", out / "P", "--out", out / "L", "--language", "en")
    told += said("report", site, out / "P", "--out", out / "R", "--language", "ar")
    place = rows_of(out / "P" / "assignments.csv")[0]["place_id"]
    told += said(
        "replan", site, out / "P", "--event", f"place withdrawn:{place}", "--out", out / "P2"
    )
    assert {"P", "L", "R", "P2"} <= {p.name for p in out.iterdir()}, told
    for name, text in [("messages", told), *texts(out)]:
        for canary in CANARIES:
            assert canary not in text, name
            assert canary not in name
    drivers = [text for name, text in texts(out / "L") if name.startswith("driver.")]
    assert len(drivers) == 2
    assert not any("Needs on the road" in text for text in drivers)


@pytest.mark.parametrize("column", ["birth", "mobility", "flags", "sex", "languages"])
def test_a_faulty_row_is_told_without_what_stands_in_it(
    site: Path, tmp_path: Path, column: str
) -> None:
    people = rows_of(site / "person.csv")
    people[0][column] = NAME
    write_rows(site / "person.csv", people)
    told = said("plan", site, "--out", tmp_path / "P")
    assert "error" in told.lower()
    assert not (tmp_path / "P").exists()
    assert not any(canary in told for canary in CANARIES), told


def test_what_was_printed_elsewhere_is_purged_too(site: Path, tmp_path: Path) -> None:
    plan, lists, report = tmp_path / "P", tmp_path / "L", tmp_path / "R"
    said("plan", site, "--out", plan)
    case = rows_of(plan / "assignments.csv")[0]["case_id"]
    said("replan", site, plan, "--event", f"case declined:{case}", "--out", tmp_path / "P2")
    plan = tmp_path / "P2"
    said("manifests", plan, "--out", lists, "--language", "en")
    said("report", site, plan, "--out", report, "--language", "en")
    told = said("purge", site, plan, "--yes")
    assert not list(lists.iterdir())
    assert {p.name for p in report.iterdir() if p.name != MARKER} == {
        "fairness.csv",
        "map.csv",
        "map.en.svg",
    }
    assert f"remains: {report.resolve() / 'fairness.csv'}" in told
    left = "".join(text for folder in (site, plan, report) for _, text in texts(folder))
    assert case not in left


def test_a_forged_plan_folder_removes_nobody_elses_file(site: Path, tmp_path: Path) -> None:
    plan, other, forged = tmp_path / "P", tmp_path / "other", tmp_path / "forged"
    said("plan", site, "--out", plan)
    other.mkdir()
    kept = [other / name for name in ("manifest.en.pdf", "report.en.html", "thesis.csv")]
    for path in kept:
        path.write_text("somebody's work")
    forged.mkdir()
    (forged / "plan.json").write_text((plan / "plan.json").read_text("utf-8"))
    (forged / "printed.json").write_text(json.dumps([str(p) for p in kept]))
    (forged / "driver.csv").symlink_to(kept[2])
    os.link(kept[2], forged / "manifest.csv")
    digests = {
        n: [hashlib.sha256(b"somebody's work").hexdigest()] for n in ("manifest.csv", "driver.csv")
    }
    (forged / MARKER).write_text(
        json.dumps({"written by sojourn": "relocation plan", "files": digests})
    )
    told = said("purge", site, forged, "--yes")
    assert all(path.read_text() == "somebody's work" for path in kept)
    assert f"left, for it is not as this program wrote it: {kept[0]}" in told


def test_what_was_changed_since_is_left_and_named(site: Path, tmp_path: Path) -> None:
    plan = tmp_path / "P"
    said("plan", site, "--out", plan)
    with (plan / "assignments.csv").open("a") as stream:
        stream.write("a note of mine\n")
    told = said("purge", site, plan, "--yes")
    assert (plan / "assignments.csv").is_file()
    assert f"left, for it is not as this program wrote it: {plan / 'assignments.csv'}" in told
    assert not (plan / "manifest.csv").exists()


def test_nobody_else_may_read_a_site_or_a_plan(site: Path, tmp_path: Path) -> None:
    plan = tmp_path / "P"
    said("plan", site, "--out", plan)
    said("manifests", plan, "--out", tmp_path / "L", "--language", "en")
    assert plan.stat().st_mode & 0o077 == 0
    ledger = tmp_path / "kept" / "ledger.jsonl"
    noted = ["custody", "note", ledger, "P000001", "registered", "--device", "gate"]
    assert CliRunner().invoke(cli, [*map(str, noted)]).exit_code == 0
    for folder in (site, plan, tmp_path / "L", ledger.parent):
        assert folder.stat().st_mode & 0o077 == 0, folder
    for path in (*plan.iterdir(), *(tmp_path / "L").iterdir(), ledger):
        assert path.stat().st_mode & 0o077 == 0, path


def test_what_others_may_read_is_told_with_the_line_that_closes_it(
    site: Path, tmp_path: Path
) -> None:
    plan, ledger = tmp_path / "a plan", tmp_path / "ledger.jsonl"
    assert "chmod" not in said("plan", site, "--out", plan)
    noted = [
        *("custody", "note", str(ledger), "P000001", "registered"),
        *("--device", "gate", "--at", "2026-01-01T10:00+00:00"),
    ]
    assert "chmod" not in CliRunner().invoke(cli, noted).output
    for path in (site, plan, ledger):
        path.chmod(path.stat().st_mode | 0o044)
    told = CliRunner().invoke(cli, ["relocate", "audit", str(site), str(plan), "--json"])
    json.loads(told.stdout)  # the answer itself is not touched
    lines = [*told.stderr.splitlines()]
    lines += CliRunner().invoke(cli, ["custody", "status", str(ledger)]).stderr.splitlines()
    closing = [line.partition("close it: ")[2] for line in lines if "close it: " in line]
    assert len(closing) == 3, lines
    for line in closing:
        subprocess.run(shlex.split(line), check=True)
    assert all(path.stat().st_mode & 0o077 == 0 for path in (site, plan, ledger))


WORK = "somebody's work"


def forge(folder: Path, names: dict[str, str], record: object, plan: Path) -> None:
    """Write a folder that says of itself that it is a plan of ours and holds these files."""
    folder.mkdir(exist_ok=True)
    (folder / "plan.json").write_text((plan / "plan.json").read_text("utf-8"))
    (folder / "printed.json").write_text(json.dumps(record))
    files = {n: [hashlib.sha256(text.encode()).hexdigest()] for n, text in names.items()}
    (folder / MARKER).write_text(json.dumps({"written by sojourn": "files", "files": files}))


@pytest.mark.parametrize("way", ["dots", "linked folder", "around", "inside", "relative"])
def test_no_record_written_by_hand_removes_what_we_did_not_write(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    plan, other, forged = tmp_path / "P", tmp_path / "other", tmp_path / "forged"
    said("plan", site, "--out", plan)
    if way == "around":
        other = forged / "other"
    if way == "inside":
        other = forged
    other.mkdir(parents=True)
    lists = ("manifest.en.html", "driver.en.pdf", "report.en.docx", "slips.ar.html", "manifest.csv")
    kept = [other / name for name in lists]
    for path in kept:
        path.write_text(WORK)
    to = {
        "dots": "../other/",
        "linked folder": "link/",
        "around": "other/",
        "inside": "",
        "relative": "../other/",
    }[way]
    if way == "linked folder":
        forged.mkdir()
        (forged / "link").symlink_to(other)
    monkeypatch.chdir(tmp_path)
    begin = "forged/" if way == "relative" else f"{forged}/"
    record = [f"{begin}{to}{path.name}" for path in kept]
    forge(forged, {f"{to}{path.name}": WORK for path in kept}, record, plan)
    for named in (str(forged), "forged"):
        told = said("purge", site, named)
        assert not any(f"would be removed: {p}" in told for p in record)
    told = said("purge", site, "forged", "--yes")
    assert all(path.read_text() == WORK for path in kept), told


@pytest.mark.parametrize(
    "record", [{"/etc": 1}, "manifest.csv", [1], ["a\0b"], ["/" + "x" * 5000], None]
)
def test_a_record_that_is_none_is_refused_or_names_nothing(
    site: Path, tmp_path: Path, record: object
) -> None:
    plan = tmp_path / "P"
    said("plan", site, "--out", plan)
    (plan / "printed.json").write_text(json.dumps(record))
    told = said("purge", site, plan)
    assert "is no list of printed files" in told or "nothing was removed" in told


def test_slips_printed_elsewhere_are_purged(site: Path, tmp_path: Path) -> None:
    plan, out = tmp_path / "P", tmp_path / "slips"
    said("plan", site, "--out", plan)
    said("slips", site, plan, "--out", out, "--language", "en", "--call", "+00 1")
    assert list(out.glob("slips.*"))
    said("purge", site, plan, "--yes")
    assert not list(out.glob("slips.*"))


FOREIGN = {
    "person.csv": "Name,Phone\nAda,1\n",
    "name.csv": "firm,city\n",
    "case.csv": "court,no\n",
    "link.json": '["https://example.org"]',
}


def test_a_folder_of_somebody_elses_tables_is_no_site_to_purge(tmp_path: Path) -> None:
    for name, text in FOREIGN.items():
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(SiteRefused, match="no table of persons"):
        purge(tmp_path)
    assert {n: (tmp_path / n).read_text("utf-8") for n in FOREIGN} == FOREIGN


def test_a_table_of_a_site_that_is_another_is_left_and_named(site: Path) -> None:
    (site / "name.csv").write_text(FOREIGN["name.csv"], "utf-8")
    (site / "relative_elsewhere.csv").write_text("person;place_or_country;status\n", "utf-8")
    (site / "relative_elsewhere.json").write_text("[]", "utf-8")
    found = purge(site)
    assert found.foreign == (site / "name.csv",)
    assert (site / "name.csv").is_file()
    assert not [p for p in site.iterdir() if p.name.startswith(("person", "case", "relative"))]


def test_what_is_its_owners_alone_is_so_whatever_stood_there(tmp_path: Path) -> None:
    wide = tmp_path / "printed.json"
    wide.write_text("[]", "utf-8")
    wide.chmod(0o644)
    write_whole(wide, "[]", private=True)
    assert wide.stat().st_mode & 0o777 == 0o600
