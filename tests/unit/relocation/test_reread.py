"""Pages and papers printed of a plan are made once more by its audit, whatever the records beside them say."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

import sojourn
from sojourn.cli import cli
from sojourn.files import MARKER
from sojourn.relocation.run import reread
from sojourn.relocation.run.relocate import audit_plan, read_plan
from sojourn.relocation.site.read import read_site

CALL = "+33 1 23 <desk> & co-ordination"
AS_RECORDED = "as recorded when printed, not read back"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SYNTHETIC site with a plan and all that is printed of it, in the plan's folder."""
    room = tmp_path_factory.mktemp("reread")
    plan = sojourn.site_example(room / "S", people=40, seed=11).plan(room / "P")
    plan.manifests(room / "P", language=["en", "ar"])
    plan.slips(room / "P", call=CALL)
    plan.report(room / "R", language=["en", "fr"])
    return room


@pytest.fixture
def room(made: Path, tmp_path: Path) -> Path:
    """Return a copy; the report is where it was."""
    shutil.copytree(made / "S", tmp_path / "S")
    shutil.copytree(made / "P", tmp_path / "P")
    shutil.copytree(made / "R", tmp_path / "R")
    record = tmp_path / "P" / "printed.json"
    record.write_text(record.read_text("utf-8").replace(str(made), str(tmp_path)), "utf-8")
    return tmp_path


def told(room: Path, *, papers: bool | None = None) -> tuple[list[str], tuple[str, ...]]:
    """Return what is wrong, and what was taken as it stands."""
    checks, _ = audit_plan(room / "S", room / "P", papers=papers)
    return [v.witness for c in checks for v in c.violations], checks[0].unproven


def put(path: Path, content: bytes) -> None:
    """Put another file in the place of one, and state its digest in the folder's own record."""
    assert path.read_bytes() != content
    path.write_bytes(content)
    record = json.loads((path.parent / MARKER).read_text("utf-8"))
    record["files"][path.name] = [hashlib.sha256(content).hexdigest()]
    (path.parent / MARKER).write_text(json.dumps(record), "utf-8")


def test_all_that_was_printed_is_what_the_plan_says(room: Path) -> None:
    wrong, taken = told(room, papers=True)
    assert wrong == []
    assert [t for t in taken if "whom to call" in t] == [t for t in taken if t.endswith(CALL)]
    assert any(t.endswith(CALL) for t in taken)
    assert (
        f"report.en.pdf and 1 other: {AS_RECORDED} (--papers makes lists and slips anew, where their page lies beside)"
        in taken
    )
    assert f"report.en.html and 1 other, sections map and fairness: {AS_RECORDED}" in taken
    assert any(t.startswith("fairness.csv and") and t.endswith(AS_RECORDED) for t in taken)


def changed(pattern: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        other = re.sub(pattern, new, text, count=1)
        assert other != text, pattern
        return other

    return change


ENGLISH = "slips.en.html"
PAGES: dict[str, tuple[str, Callable[[str], str]]] = {
    "another place on a slip": (ENGLISH, changed("L0000([1-9])(?=\\D)", "L0099\\1")),
    "another hour on a slip": (ENGLISH, changed("Come at \u2068?..:..", "Come at 03:15")),
    "another day on a slip": (ENGLISH, changed("24 October 2016", "25 October 2016")),
    "another coach on a slip": (ENGLISH, changed("Coach \u2068[^\u2069]*", "Coach \u2068V9999")),
    "another person on a slip": (ENGLISH, changed("<bdi>P0", "<bdi>P9")),
    "another right on a slip": (ENGLISH, changed("You can say no", "You cannot say no")),
    "whom to call on one slip alone": (
        ENGLISH,
        lambda s: s.replace("desk&gt;", "nobody&gt;", s.count("desk&gt;") - 1),
    ),
    "a slip without its mark": (ENGLISH, changed('<p class="mark".*?</p>', "")),
    "a slip twice": (ENGLISH, changed("(?s)(<article.*?</article>)", "\\1\\1")),
    "a line after the last slip": (ENGLISH, changed("</main>", "All must go.</main>")),
    "no slip": (ENGLISH, changed("(?s)<article.*</article>", "")),
    "another place on a driver's list": ("driver.en.html", changed("L0000([1-9])", "L0099\\1")),
    "another hour on a list": ("manifest.ar.html", changed("07:00", "03:00")),
    "another total in a report": ("report.en.html", changed("have a place", "have no place")),
    "another level in a report": ("report.fr.html", changed("prouvée", "prouvée deux fois")),
    "another proof in a report": (
        "report.en.html",
        changed("<td[^>]*>not proven[^<]*", "<td>proven"),
    ),
    "another arrival in a report": (
        "report.en.html",
        changed('(?s)(id="arrivals".*?)..:..', "\\g<1>03:15"),
    ),
    "another digest in a report": ("report.en.html", changed("[0-9a-f]{64}", "0" * 64)),
    "a section less in a report": (
        "report.en.html",
        changed('(?s)<section id="unplaced".*?</section>', ""),
    ),
    "a section more in a report": (
        "report.en.html",
        changed('<section id="sign"', '<section id="more"></section><section id="sign"'),
    ),
    "another head of a report": (
        "report.en.html",
        changed("SYNTHETIC: nobody in this plan exists", "Everybody exists"),
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_says_other_things_than_the_plan_is_told(made: Path, name: str) -> None:
    page, change = PAGES[name]
    path = made / ("R" if page.startswith("report") else "P") / page
    kept = path.read_bytes()
    try:
        path.write_bytes(change(kept.decode()).encode())
        wrong = list(lists_of(made, path).otherwise())
    finally:
        path.write_bytes(kept)
    assert len(wrong) == 1, wrong
    assert wrong[0].startswith(page)
    assert wrong[0].endswith(reread.PRINT_AGAIN)


def lists_of(made: Path, *paths: Path, papers: bool = False) -> reread.Lists:
    site, plan = read_site(made / "S"), read_plan(made / "P")
    return reread.Lists(made / "S", made / "P", site, plan, paths, papers)


def test_a_page_with_its_record_is_told_by_the_audit(room: Path) -> None:
    page = room / "P" / ENGLISH
    put(page, PAGES["another place on a slip"][1](page.read_text("utf-8")).encode())
    assert told(room, papers=False)[0] == [f"{ENGLISH} {reread.PRINT_AGAIN}"]


def test_a_paper_that_says_other_things_than_the_plan_is_told(room: Path, tmp_path: Path) -> None:
    """Papers of another plan of the same kind: their record says that they are the ones that were printed."""
    plan = sojourn.site_example(tmp_path / "S2", people=40, seed=12).plan(tmp_path / "P2")
    plan.manifests(tmp_path / "L", language="ar")
    plan.slips(tmp_path / "L", call=CALL, language="en")
    names = ["driver.ar.pdf", "manifest.ar.pdf", "slips.en.pdf"]
    for name in names:
        assert len(PdfReader(tmp_path / "L" / name).pages)
        put(room / "P" / name, (tmp_path / "L" / name).read_bytes())
    assert sorted(told(room)[0]) == [f"{name} {reread.PRINT_AGAIN}" for name in names]
    wrong, taken = told(room, papers=False)
    assert wrong == []
    assert any("others: " + AS_RECORDED in t for t in taken)


def test_slips_on_paper_without_their_page_are_said_not_to_be_read_back(room: Path) -> None:
    (room / "P" / ENGLISH).unlink()
    lists = lists_of(room, room / "P" / "slips.en.pdf", papers=True)
    assert list(lists.otherwise()) == []
    assert [t.startswith("slips.en.pdf: " + AS_RECORDED) for t in lists.unread()] == [True]


def test_papers_of_many_people_are_made_anew_where_that_is_asked_for(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(room / "P/manifest.en.pdf", b"%PDF-1.7 nothing")
    monkeypatch.setattr(reread, "PAPERS_UP_TO", 1)
    assert told(room)[0] == []
    assert told(room, papers=True)[0] == [f"manifest.en.pdf {reread.PRINT_AGAIN}"]


def test_the_command_says_what_it_took_as_it_stands(room: Path) -> None:
    (room / "P" / "notes.txt").write_text("all must go")
    asked = ["relocate", "audit", str(room / "S"), str(room / "P"), "--no-papers"]
    done = CliRunner().invoke(cli, asked)
    assert done.exit_code == 0, done.output
    for words in (
        AS_RECORDED,
        "not looked at, for no plan has such files: notes.txt",
        "solver, threads and method of the bounds: as the plan says, not proven by the audit",
    ):
        assert words in done.output
    first = json.loads(CliRunner().invoke(cli, [*asked, "--json"]).stdout)[0]
    assert any(AS_RECORDED in t for t in first["unproven"])
    assert {p["status"] for p in first["proofs"]} == {
        "proven by the audit",
        "not proven by the audit",
    }
