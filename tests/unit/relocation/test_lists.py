"""Lists to print, and what is left of a site when it is purged."""

import pickle
import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from sojourn.cli import cli
from sojourn.errors import PublishError, SiteRefused
from sojourn.publish.page import render_html
from sojourn.relocation.lists.manifest import list_languages, manifests
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.planner import ON_THE_ROAD
from sojourn.relocation.planner.queue import first_come
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.run import manifests as written_lists
from sojourn.relocation.run.manifests import write_manifests
from sojourn.relocation.run.printed import printed
from sojourn.relocation.run.purge import look, purge
from sojourn.relocation.run.relocate import plan_site, read_plan, write_example_site
from sojourn.relocation.site.read import read_site


@pytest.fixture
def planned(tmp_path: Path) -> tuple[Path, Path]:
    site, plan = tmp_path / "SYNTHETIC", tmp_path / "plan"
    write_example_site(site, people=90, seed=2)
    plan_site(site, plan)
    return site, plan


def test_every_language_has_every_word() -> None:
    known = tomllib.loads(
        files("sojourn.relocation.lists").joinpath("manifest_words.toml").read_text("utf-8")
    )
    assert set(known) == set(list_languages())
    assert len({frozenset(w) for w in known.values()}) == 1
    for words in known.values():
        assert {f"need_{n}" for n in ON_THE_ROAD} <= set(words)


def test_one_page_a_coach_in_three_languages(planned: tuple[Path, Path], tmp_path: Path) -> None:
    plan = read_plan(planned[1])
    written = write_manifests(planned[1], tmp_path / "lists", list_languages())
    assert len(written) == 12
    for language in list_languages():
        pages = PdfReader(tmp_path / "lists" / f"manifest.{language}.pdf").pages
        assert len(pages) >= len(plan.trips)
    assert 'dir="rtl"' in (tmp_path / "lists" / "manifest.ar.html").read_text("utf-8")
    assert "SYNTHETIC" in (tmp_path / "lists" / "manifest.en.html").read_text("utf-8")


def test_a_large_plan_is_printed_in_parts_that_hold_each_coach_once(
    planned: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = read_plan(planned[1])
    whole = write_manifests(planned[1], tmp_path / "whole", ["en"])
    monkeypatch.setattr(written_lists, "TRIPS_A_FILE", 2)
    monkeypatch.setattr(written_lists, "ALONE_BELOW", 0)  # in other processes, too
    parts = write_manifests(planned[1], tmp_path / "parts", ["en"])
    count = -(-len(plan.trips) // 2)
    assert [p.name for p in whole] == [
        "manifest.en.html",
        "manifest.en.pdf",
        "driver.en.html",
        "driver.en.pdf",
    ]
    assert [p.name for p in parts if p.suffix == ".html"] == [
        f"{v}.en.{n}.html" for v in ("manifest", "driver") for n in range(1, count + 1)
    ]
    pages = [p.read_text("utf-8") for p in parts if p.match("manifest.*.html")]
    for trip in plan.trips:
        assert sum(f'id="trip-{trip.id.lower()}"' in page for page in pages) == 1
    for row in plan.manifest:
        assert sum(row.person_id in page for page in pages) == 1
    assert f" · 1/{count}" in pages[0]
    assert len(PdfReader(parts[1]).pages) >= len(plan.trips[:2])  # a full coach fills two


def test_lists_are_remembered_before_the_first_is_written(
    planned: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise PublishError("no room")

    monkeypatch.setattr(written_lists, "add_private", full)
    with pytest.raises(PublishError, match="no room"):
        write_manifests(planned[1], tmp_path / "lists", ["en"])
    assert (tmp_path / "lists" / "manifest.en.pdf").resolve() in printed(planned[1])


def test_a_language_without_words_leaves_no_trace(
    planned: tuple[Path, Path], tmp_path: Path
) -> None:
    with pytest.raises(PublishError, match="'xx'"):
        write_manifests(planned[1], tmp_path / "lists", ["en", "xx"])
    assert not (tmp_path / "lists").exists()
    assert printed(planned[1]) == ()


def test_an_error_comes_out_of_another_process_as_it_went_in() -> None:
    for told in (PublishError("what", hint="do this"), SiteRefused("only what")):
        again = pickle.loads(pickle.dumps(told))
        assert (type(again), again.problem, again.hint, str(again)) == (
            type(told),
            told.problem,
            told.hint,
            str(told),
        )


def test_the_driver_learns_where_people_leave_and_nothing_of_them(
    planned: tuple[Path, Path],
) -> None:
    plan = read_plan(planned[1])
    html = render_html(manifests(plan, "en", driver=True))
    assert plan.manifest[0].person_id in html
    assert plan.manifest[0].case_id not in html
    assert "Needs on the road" not in html
    with pytest.raises(PublishError, match="'xx'"):
        manifests(plan, "xx", driver=True)


def test_a_purge_is_announced_done_and_told(planned: tuple[Path, Path]) -> None:
    site, plan = planned
    write_manifests(plan, plan / "lists", ["en"])
    dry = CliRunner().invoke(cli, ["relocate", "purge", str(site), str(plan)])
    assert "nothing was removed" in dry.stdout
    assert (site / "person.csv").is_file()
    person = read_plan(plan).manifest[0].person_id
    done = CliRunner().invoke(cli, ["relocate", "purge", str(site), str(plan), "--yes"])
    assert "remains:" in done.stdout
    left = b"".join(p.read_bytes() for folder in planned for p in folder.rglob("*") if p.is_file())
    assert person.encode() not in left
    assert (site / "place.csv").is_file()
    with pytest.raises(SiteRefused, match="no table of persons"):
        purge(site)


def test_only_a_site_can_be_purged(tmp_path: Path) -> None:
    with pytest.raises(SiteRefused):
        look(tmp_path)


def test_a_queue_leaves_no_fewer_people_without_a_place(planned: tuple[Path, Path]) -> None:
    site = read_site(planned[0])
    units, eligible = form_units(site), Eligibility(site)
    plan = read_plan(planned[1])
    first = {u.case_id for u in plan.unplaced if u.kind != "transport"}
    weight = sum(b.value for b in plan.bounds if b.level in ("L1", "L2", "L3"))
    for seed in range(5):
        placed = first_come(units, eligible, seed=seed)
        lost = sum(
            u.size * (u.weight if u.tier < 3 else 1) for u in units.units if u.id not in placed
        )
        assert lost >= weight - sum(u.persons for u in plan.unplaced if u.kind == "transport")
    assert isinstance(first, set)


@pytest.mark.parametrize(("field", "to"), [("seat", "throne"), ("needs", ("crown",))])
def test_a_seat_or_a_need_that_no_list_has_a_word_for_is_refused(
    planned: tuple[Path, Path], field: str, to: object
) -> None:
    plan = read_plan(planned[1])
    forged = replace(plan, manifest=(replace(plan.manifest[0], **{field: to}), *plan.manifest[1:]))
    with pytest.raises(PublishError, match=f"{plan.manifest[0].person_id}: '(throne|crown)' is no"):
        manifests(forged, "en", driver=False)
