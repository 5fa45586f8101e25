"""Two pages whose numbers hang on a cell or a run; words that never blame."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from sojourn.cli import cli
from sojourn.errors import SimulateError
from sojourn.pipeline.brief import read_run
from sojourn.pipeline.malaria import run_malaria
from sojourn.publish.brief import Brief, brief_document, mark_keys
from sojourn.publish.page import render_html
from sojourn.publish.text import catalogue, languages
from sojourn.simulate.malaria import Place
from sojourn.simulate.parameters import parameters
from sojourn.simulate.scenario import scenarios

BLAME = re.compile(
    r"migrants? (bring|import|carry|spread)|import(ed|s)? disease|migrants? (apport|import)\w+ (la|des) maladie|"
    r"(traen|importan) (la )?enfermedad",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", languages())
def test_no_text_blames_people_who_move(language: str) -> None:
    for key, message in catalogue(language).messages.items():
        assert not BLAME.search(message), key


@pytest.mark.parametrize("language", languages())
def test_every_evidence_mark_and_programme_has_its_words(language: str) -> None:
    words = catalogue(language)
    for key in mark_keys():
        assert words.text(key)
    for scenario in scenarios():
        assert words.text(f"brief.scenario_{scenario.id}")


@pytest.mark.parametrize("language", languages())
def test_every_parameter_has_its_words(language: str) -> None:
    words = catalogue(language)
    for topic in ("tb", "malaria"):
        for name in parameters(topic):
            assert words.text(f"parameter.{name}")


def malaria_run() -> dict[str, object]:
    return run_malaria(Place(2.0, 0.1, 20.0), parameters("malaria"), scenarios(), draws=20, seed=1)


def test_each_number_of_a_run_leads_to_the_run() -> None:
    told = malaria_run()
    brief = Brief("malaria", "900", (), (3.6, "undesa.ims@2021-01-15#Table 3!L12"), told, parameters("malaria"), date(2026, 1, 1), ())  # fmt: skip
    html = render_html(brief_document(brief, "en"))
    assert str(told["run"]) in html
    assert html.count('href="#trace-run"') >= 20
    assert "undesa.ims@2021-01-15#Table 3!L12" in html
    assert "assumption" in html


def test_without_a_run_the_brief_says_so_and_invents_nothing() -> None:
    brief = Brief("tb", "900", (), None, {}, parameters("tb"), date(2026, 1, 1), ())
    html = render_html(brief_document(brief, "en"))
    assert "No run was given" in html
    assert "averted" not in html


def test_the_summary_must_be_of_the_topic(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_text(json.dumps(malaria_run()).replace("NaN", "null"), "utf-8")
    assert read_run(path, "malaria", "900")["run"]
    with pytest.raises(SimulateError, match="no summary of a tb run"):
        read_run(path, "tb", "900")
    with pytest.raises(SimulateError, match="sojourn simulate tb"):
        read_run(tmp_path, "tb", "900")


def test_a_brief_of_the_publishers_files_has_two_pages(loaded: Path, tmp_path: Path) -> None:
    summary = tmp_path / "malaria.json"
    asked = ["simulate", "place", "--r0", "2", "--area", "KEN", "--data", str(loaded), "--draws", "20", "--out", str(summary)]  # fmt: skip
    assert CliRunner().invoke(cli, asked).exit_code == 0
    out = tmp_path / "b"
    for topic, more in (("malaria", ["--area", "KEN", "--run", str(summary)]), ("tb", [])):
        ran = CliRunner().invoke(cli, ["brief", topic, "--data", str(loaded), "--out", str(out), "--language", "en", *more])  # fmt: skip
        assert ran.exit_code == 0, ran.output
    for path in out.glob("*.pdf"):
        assert len(PdfReader(path).pages) <= 2, path
    assert "who.tb-burden@2024-06-23" in (out / "brief-tb-900.en.html").read_text("utf-8")
