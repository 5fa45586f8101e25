"""A run of a model leads to its record and to the files of its editions; a changed record is told."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import NoSuchObservation
from sojourn.factsheet.figures.traced_run import trace_run
from sojourn.query.opening import open_data


def record(folder: Path, **changed: Any) -> dict[str, Any]:
    store, _ = open_data(None)
    edition = next(f.edition for f in store.manifest.files)
    identity = {
        "topic": "tb",
        "seed": 1,
        "draws": 6,
        "version": "0",
        "code": "c" * 64,
        "inputs": "d" * 64,
        "parameters": {"mixing": {"value": 0.7}},
        "editions": {"stock": edition, "WHO cases": "who.tb-burden@1999-01-01"},
    }
    name = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    folder.mkdir(exist_ok=True)
    told = {"run": name, **identity, **changed}
    (folder / "run.json").write_text(json.dumps(told, indent=1), "utf-8")
    return told


def test_a_run_leads_to_the_files_of_its_editions(tmp_path: Path) -> None:
    told = record(tmp_path / "r")
    store, _ = open_data(None)
    found = trace_run(store, tmp_path / "r")
    assert (found.run, found.whole) == (told["run"], True)
    by = {e.edition: e for e in found.editions}
    assert by["who.tb-burden@1999-01-01"].files == ()
    held = by[told["editions"]["stock"]]
    assert {sha for _, sha in held.files} <= {f.sha256 for f in store.manifest.files}
    assert held.files
    ran = CliRunner().invoke(cli, ["trace", str(tmp_path / "r")])
    assert ran.exit_code == 0, ran.output
    assert f"run {told['run']}: record as it was written" in ran.output
    assert "not loaded here" in ran.output


def test_a_changed_record_is_told_and_one_that_is_none_is_refused(tmp_path: Path) -> None:
    record(tmp_path / "r", seed=2)
    assert "CHANGED" in CliRunner().invoke(cli, ["trace", str(tmp_path / "r")]).output
    store, _ = open_data(None)
    for text in ("{", "[]", '{"run": "x"}'):
        (tmp_path / "r" / "run.json").write_text(text, "utf-8")
        with pytest.raises(NoSuchObservation, match="no record of a run"):
            trace_run(store, tmp_path / "r")
