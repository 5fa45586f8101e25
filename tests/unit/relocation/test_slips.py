"""Slips: each person's own paper, in her language; drafts are marked, the scripts are shipped."""

import os
import re
import string
from dataclasses import replace
from datetime import date
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

import sojourn
from sojourn.cli import cli
from sojourn.errors import PlanMismatch, PublishError
from sojourn.publish import render_html, render_pdf
from sojourn.relocation.lists.manifest import clock, manifests
from sojourn.relocation.lists.slip_paper import PICTOGRAMS, slips_html, slips_pdf
from sojourn.relocation.lists.slips import (
    DRAFT,
    day_of,
    language_of,
    slip_languages,
    slip_words,
    slips,
)
from sojourn.relocation.run.printed import printed
from sojourn.relocation.run.relocate import read_plan
from sojourn.relocation.run.slips import write_slips
from sojourn.relocation.site.read import read_site

LANGUAGES = ("ar", "ps", "fa", "ti", "am", "ku", "ckb", "fr", "en")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("slips")
    sojourn.site_example(room / "S", people=60).plan(room / "P")
    return room


def test_each_language_has_the_same_words_blanks_and_a_mark_until_it_is_signed() -> None:
    assert set(LANGUAGES) <= set(slip_languages())
    blanks = {
        language: {
            key: sorted(b for _, b, _, _ in string.Formatter().parse(word) if b)
            for key, word in slip_words(language).items()
        }
        for language in slip_languages()
    }
    assert all(blanks[language] == blanks["en"] for language in blanks)
    for language in blanks:
        words = slip_words(language)
        assert bool(words["draft"]) == (not words["reader"]), language
        assert all(words[k] for k in words if k not in ("reader", "draft", "clock"))


def test_everybody_with_a_seat_has_one_slip_that_says_what_the_plan_says(made: Path) -> None:
    site, plan = read_site(made / "S"), read_plan(made / "P")
    done = slips(site, plan, call="+00 111")
    assert sorted(s.person for s in done) == sorted(r.person_id for r in plan.manifest)
    rows = {r.person_id: r for r in plan.manifest}
    trips = {t.id: t for t in plan.trips}
    for slip in done:
        row = rows[slip.person]
        trip = trips[row.trip_id]
        told = {name: " ".join(lines) for name, _, lines in slip.rows}
        assert list(told) == list(PICTOGRAMS)
        assert row.place_id in told["place"]
        arrival = next(s.arrival for s in trip.stops if s.place_id == row.place_id)
        assert all(clock(m) in told["clock"] for m in (trip.call, trip.departure, arrival))
        assert trip.vehicle_id in told["clock"]
        assert str(trip.day.year) in told["clock"]
        others = {r.person_id for r in plan.manifest if r.case_id == row.case_id} - {slip.person}
        strangers = set(rows) - others - {slip.person}
        assert all(p in told["people"] for p in others)
        assert not any(p in told["people"] for p in strangers)
        assert all(e in told["people"] for e in trip.escorts)
        assert "+00 111" in told["phone"]
        assert slip_words(slip.language)["synthetic"] in slip.marks
        assert (DRAFT in slip.marks) == (slip.language != "en")


def test_a_slip_says_nothing_of_needs_flags_or_nationality(made: Path) -> None:
    site, plan = read_site(made / "S"), read_plan(made / "P")
    shown = slips_html(slips(site, plan, language="en"))
    body = shown.partition("<body>")[2]
    told = {f for p in site.persons for f in (*p.flags, p.nationality) if len(f) > 1}
    assert not any(re.search(rf"\b{re.escape(f)}\b", body) for f in told)
    assert "src=" not in body
    assert "http" not in body.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        (("fas",), "fa"),
        (("prs", "en"), "fa"),
        (("ur", "ps"), "ps"),
        (("AR-sd",), "ar"),
        (("ckb",), "ckb"),
        (("kmr",), "ku"),
        ((), None),
        (("so", "om"), None),
    ],
)
def test_the_first_of_a_persons_languages_that_has_words_is_taken(
    made: Path, languages: tuple[str, ...], expected: str | None
) -> None:
    person = replace(read_site(made / "S").persons[0], languages=languages)
    assert language_of(person) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_in_our_typefaces_and_the_paper_is_read_back(
    made: Path, language: str
) -> None:
    site, plan = read_site(made / "S"), read_plan(made / "P")
    some = slips(site, plan, language=language)[:3]
    content = slips_pdf(some, date(2016, 10, 24))
    assert content == slips_pdf(some, date(2016, 10, 24))
    paper = PdfReader(BytesIO(content))
    assert len(paper.pages) == 3
    fonts = {
        str(font.get_object()["/BaseFont"]).rpartition("+")[2]
        for page in paper.pages
        for font in page["/Resources"]["/Font"].values()
    }
    script = {
        "ar": "Arabic",
        "fa": "Arabic",
        "ps": "Arabic",
        "ckb": "Arabic",
        "am": "Ethiopic",
        "ti": "Ethiopic",
    }
    wanted = "NotoSans" + script.get(language, "")
    assert any(name.startswith(wanted) for name in fonts)
    assert all(name.startswith("NotoSans") for name in fonts)
    for page, slip in zip(paper.pages, some, strict=True):
        assert slip.person in page.extract_text()
        assert "\ufffd" not in page.extract_text()
    lit = slips_html(some)
    assert f"Noto Sans {script.get(language, '')}".strip() in lit.partition("body{")[0]


def test_the_typefaces_come_with_their_licence() -> None:
    fonts = files("sojourn.publish.fonts")
    assert "Ethiopic" in fonts.joinpath("README.md").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in fonts.joinpath("OFL.txt").read_text("utf-8").upper()


def test_a_day_is_of_our_calendar_and_says_so_where_another_is_in_use() -> None:
    assert "2016-10-24" in day_of(date(2016, 10, 24), "ti")
    assert all(slip_words(code)["clock"] for code in ("am", "ti", "fa", "ps"))


def test_slips_are_written_by_language_for_their_owner_and_found_by_a_purge(
    made: Path, tmp_path: Path
) -> None:
    done = write_slips(made / "S", made / "P", tmp_path / "out", call="+00 1")
    assert done.people == len(read_plan(made / "P").manifest)
    assert all(p.stat().st_mode & 0o077 == 0 for p in done.written)
    assert {p.resolve() for p in done.written} <= set(printed(made / "P"))
    assert sum(done.without_words.values()) > 0
    assert "en" not in done.drafts
    assert set(done.drafts) >= {"ar", "fa"}


def test_the_command_says_what_is_missing(made: Path, tmp_path: Path) -> None:
    person = read_plan(made / "P").manifest[0].person_id
    out = os.fspath(tmp_path / "out")
    asked = ["relocate", "slips", os.fspath(made / "S"), os.fspath(made / "P"), "--out", out]
    said = CliRunner().invoke(cli, [*asked, "--person", person, "--language", "am"])
    assert said.exit_code == 0, said.output
    assert "1 slip\n" in said.output
    assert "drafts" in said.output
    assert "by hand" in said.output
    for more in (["--person", "Nobody"], ["--call", "a\nb"]):
        wrong = CliRunner().invoke(cli, [*asked, *more])
        assert isinstance(wrong.exception, PublishError), more


def test_the_plan_of_another_site_is_refused(made: Path, tmp_path: Path) -> None:
    other = sojourn.site_example(tmp_path / "S", people=40)
    with pytest.raises(PlanMismatch):
        write_slips(other.path, made / "P", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_escort_with_hyphens_is_never_parted_at_the_end_of_a_line(made: Path) -> None:
    site, plan = read_site(made / "S"), read_plan(made / "P")
    escorts = tuple(f"E-child-protection-{n:04d}" for n in range(9))
    plan = replace(plan, trips=tuple(replace(t, escorts=escorts) for t in plan.trips))
    one = slips(site, plan, people=[plan.manifest[0].person_id], language="en")
    page = slips_html(one)
    assert all(f'<span class="whole">{e}</span>' in page for e in escorts)
    assert ".whole{white-space:nowrap}" in page
    lists = manifests(plan, "en", driver=False)
    page = render_html(lists)
    assert all(f'<span style="white-space:nowrap">{e}</span>' in page for e in escorts)
    for paper in (slips_pdf(one, plan.trips[0].day), render_pdf(lists)):
        lines = [
            line
            for sheet in PdfReader(BytesIO(paper)).pages
            for line in sheet.extract_text().splitlines()
        ]
        assert not [line for line in lines if line.rstrip().endswith("-")]
        assert all(any(e in line for line in lines) for e in escorts)
