"""A factsheet from cuts of published editions, audited by a program that imports nothing of ours.

Everybody has the cuts: no publisher's file is needed to prove that cells, sums and printed numbers
agree in every language. With the publishers' files the embedded edition is audited too.
"""

import json
import shutil
from pathlib import Path

import pytest
from audit import Report, audit, refuse_wrong
from click.testing import CliRunner

import sojourn
from sojourn.cli import cli

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("audited")
    files = sorted(p for p in FIXTURES.glob("*/*/*") if p.is_file())
    declared = FIXTURES / "cuts.toml"
    sojourn.load(files, root / "data", declare=declared, accept_coverage="a cut, to be audited")
    sojourn.open(root / "data").factsheet(2015, root / "out")
    return root / "out"


def test_cells_figures_and_printed_numbers_agree_in_every_language(built: Path) -> None:
    found = audit(built, FIXTURES)
    assert found.faults == []
    assert found.counts["cells: equal"] >= 500
    assert found.counts["figures: equal"] >= 250
    assert found.counts["figures whose cells are not carried along"] == 0
    assert not [c for c in found.counts if "not here" in c]
    printed = [
        found.counts[f"printed numbers, {language}: equal"] for language in ("en", "fr", "es")
    ]
    assert min(printed) == max(printed) >= 600


def test_a_folder_without_the_files_is_refused_in_one_line(built: Path, tmp_path: Path) -> None:
    """Nothing would be compared there, and no fault be found."""
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert refuse_wrong(built, FIXTURES) == ""
    for folder, here in ((tmp_path, "1 files, none of"), (tmp_path / "no", "no such folder")):
        said = refuse_wrong(built, folder)
        assert here in said
        assert "by SHA-256" in said
        assert "make audit FILES=DIR" in said
        assert "\n" not in said


def _audit_of(built: Path, copy: Path, name: str, old: str, new: str) -> Report:
    """Return the audit of a build of which one text was changed once."""
    shutil.copytree(built, copy, ignore=shutil.ignore_patterns("*.pdf", "charts", "embed"))
    text = (copy / name).read_text("utf-8")
    assert old in text
    (copy / name).write_text(text.replace(old, new, 1), "utf-8")
    return audit(copy, FIXTURES)


def test_an_audit_sees_a_wrong_cell_a_wrong_sum_and_a_wrong_number(
    built: Path, tmp_path: Path
) -> None:
    figures = json.loads((built / "lineage.json").read_text("utf-8"))
    one = figures[next(k for k in figures if k.startswith("top_destinations.2015._T."))]
    place, value = one["inputs"][0]["address"], one["value"]
    moved = place[:-1] + str((int(place[-1]) + 1) % 10)
    for n, (name, old, new, kind) in enumerate(
        (
            ("lineage.json", f'"{place}"', f'"{moved}"', "cells"),
            ("lineage.json", f'"value": {value}, "unit"', '"value": 1.0, "unit"', "figures"),
            ("figures.csv", f",{value:.0f},", ",1,", "figures.csv"),
            (
                "factsheet-2015.fr.html",
                "\N{NO-BREAK SPACE}millions</a>",
                " </a>",
                "printed numbers, fr",
            ),
        )
    ):
        faults = _audit_of(built, tmp_path / str(n), name, old, new).faults
        assert any(f.startswith(kind) for f in faults), (kind, faults)


def test_the_newest_embedded_edition_reads_what_the_publishers_printed(
    publisher_files: Path, tmp_path: Path
) -> None:
    asked = ["factsheet", "2024", "--language", "en", "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(cli, asked).exit_code == 0
    found = audit(tmp_path / "out", publisher_files)
    assert found.faults == []
    assert found.counts["cells: equal"] >= 1000
