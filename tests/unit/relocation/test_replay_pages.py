"""Four pages on October 2016: published and synthetic figures told apart, in every language."""

import csv
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from sojourn.cli import cli
from sojourn.errors import PlanError, SiteRefused
from sojourn.publish.chart import Wording
from sojourn.publish.draw.pairs import Pair, Span, pairs
from sojourn.publish.text import catalogue, languages
from sojourn.relocation.lists.replay import message_keys
from sojourn.relocation.replay.facts import calais_2016
from sojourn.relocation.run.replay import NAME, write_replay

CLAIM = re.compile(
    r"would have (prevented|saved|avoided)|aurait (évité|sauvé)|habría (evitado|salvado)"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made") / "replay"
    write_replay(out, people=300, seed=2, runs=2, languages=languages())
    return out


@pytest.mark.parametrize("language", languages())
def test_the_brief_has_four_pages_in_every_language(folder: Path, language: str) -> None:
    assert len(PdfReader(folder / f"{NAME}.{language}.pdf").pages) == 4


@pytest.mark.parametrize("language", languages())
def test_every_figure_assumption_failure_and_measure_has_its_words(language: str) -> None:
    for key in message_keys(calais_2016()):
        assert catalogue(language).messages.get(key), key


@pytest.mark.parametrize("language", languages())
def test_nothing_claims_what_a_plan_would_have_done(language: str) -> None:
    for key, message in catalogue(language).messages.items():
        assert not CLAIM.search(message), key
        if key.startswith("replay."):
            assert not re.search(r"\bcases?\b|\bcas\b|\bcasos?\b", message), key


@pytest.mark.parametrize("language", languages())
def test_every_printed_number_leads_to_a_source_or_to_the_replay(
    folder: Path, language: str
) -> None:
    html = (folder / f"{NAME}.{language}.html").read_text("utf-8")
    linked, there = (
        set(re.findall(r'href="#(trace-[\w-]+)"', html)),
        set(re.findall(r'id="(trace-[\w-]+)"', html)),
    )
    assert linked <= there
    assert {"trace-run", "trace-moved", "trace-turned_away_children"} <= linked
    assert "Human Rights Watch" in html


def test_every_chart_has_its_table_twin(folder: Path) -> None:
    html = (folder / f"{NAME}.en.html").read_text("utf-8")
    for chart in ("days", "unsafe-children", "night-arrivals", "robustness"):
        assert f'id="replay-{chart}"' in html
    assert html.count("<table") >= 4 + 3


def test_the_tables_say_that_nobody_in_them_exists(folder: Path) -> None:
    told = json.loads((folder / "replay.json").read_text("utf-8"))
    assert told["synthetic"] is True
    assert told["people"] == 300
    assert len(told["summaries"]) == 12
    assert {a["mark"] for a in told["assumptions"]} <= {"assumed", "derived"}
    assert all(f["publisher"] and f["reference"] and f["day"] for f in told["published"])
    rows = list(csv.DictReader((folder / "runs.csv").read_text("utf-8").splitlines()))
    assert len(rows) == 6 * 2 * 2
    assert "nobody in this site exists" in (folder / "README.txt").read_text("utf-8")


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_replay(tmp_path / "again", people=300, seed=2, runs=2, languages=languages())
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_replay_is_never_written_over_another(folder: Path) -> None:
    before = sorted(p.name for p in folder.iterdir())
    with pytest.raises(PlanError, match="exists and is not an empty folder"):
        write_replay(folder, people=300, seed=2, runs=1, languages=("en",))
    assert sorted(p.name for p in folder.iterdir()) == before


def test_no_runs_are_refused_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with pytest.raises(SiteRefused, match="--runs: found 0, expected 1 to 10,000"):
        write_replay(tmp_path / "none", people=300, seed=2, runs=0, languages=("en",))
    assert list(tmp_path.iterdir()) == []


def test_the_command_names_what_was_asked_for_and_what_is_possible(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        cli, ["relocate", "replay", "calais-2016", "--people", "5", "--out", str(tmp_path / "x")]
    )
    assert isinstance(done.exception, SiteRefused)
    assert "found 5, expected 200 to 7,064" in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_value_is_named_and_never_drawn_as_zero() -> None:
    words = Wording(id="x", title="t", alt="a", number=lambda v: f"{v:g}", no_data="not published")
    drawn = pairs(
        [Pair("26 Oct", Span(2000.0), Span(None))],
        words,
        header=("d", "s", "v", "l", "h"),
        names=("p", "m"),
    )
    assert "not published" in drawn.svg
    assert drawn.table.rows[1] == ("26 Oct", "m", None, None, None)
    assert drawn.csv.endswith("26 Oct,m,,,\r\n")
