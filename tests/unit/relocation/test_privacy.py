"""Names and flags of people are in no message, no file name and no output of a plan."""

import csv
import hashlib
import json
import os
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from sojourn.cli import cli
from sojourn.errors import SojournError
from sojourn.files import MARKER
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
    for path in (*plan.iterdir(), *(p for p in (tmp_path / "L").iterdir() if p.name != MARKER)):
        assert path.stat().st_mode & 0o077 == 0, path
