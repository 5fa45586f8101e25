"""Cuts of CC BY editions that everybody has: small, declared with their terms, true to the cell."""

import csv
import hashlib
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from by_hand import agrees, place

import sojourn
from sojourn.sources.declaration import registry, with_declared

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "fixtures"
FILES = sorted(p for p in FOLDER.glob("*/*/*") if p.is_file())
with (FOLDER / "SPOTCHECKS.tsv").open(encoding="utf-8", newline="") as _stream:
    CHECKS = list(csv.DictReader(_stream, delimiter="\t"))


def cutter() -> ModuleType:
    """The tool that cut them."""
    spec = importlib.util.spec_from_file_location("cut_files", ROOT / "scripts" / "cut_files.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: f"{c['path'].split('/')[-1]} {c['where']}")
def test_a_cell_of_a_cut_reads_as_read_by_hand(cuts: Path, check: dict[str, str]) -> None:
    path = FOLDER / check["path"]
    data, at, name = sojourn.open(cuts), place(path, check["where"]), {"name": path.name}
    found = data.sql(
        f"SELECT obs_value FROM observation WHERE file_name = $name AND {at}", name
    ).fetchall()
    assert found
    assert agrees(sum(value for (value,) in found), check["value"])


def test_each_cut_is_declared_as_a_part_with_terms_that_allow_it() -> None:
    known = with_declared(FOLDER / "cuts.toml")
    for path in FILES:
        edition = known.by_digest(hashlib.sha256(path.read_bytes()).hexdigest())
        assert edition is not None, path
        whole = registry().editions[edition.id]
        assert edition.holds == "part"
        assert "CC BY" in edition.license
        assert "NC" not in edition.license
        assert edition.license == whole.license
        assert any(sha in edition.note for sha in whole.files)


def test_they_are_small() -> None:
    assert sum(p.stat().st_size for p in FOLDER.rglob("*") if p.is_file()) < 2_000_000


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_cutting_again_gives_the_same_bytes(path: Path, publisher_files: Path) -> None:
    tool, name = cutter(), str(path.relative_to(FOLDER))
    content = (publisher_files / name).read_bytes()
    cut = tool.cut_workbook if path.suffix == ".xlsx" else tool.cut_text
    assert cut(content, tool.CUTS[name]) == path.read_bytes()


def test_a_cut_answers_for_what_it_holds_and_for_no_total(cuts: Path) -> None:
    data = sojourn.open(cuts)
    germany = "indicator = 'migrant_stock' AND ref_area = '276' AND time_period = '2015'"
    asked = (
        f"SELECT obs_value FROM observation WHERE {germany} AND edition = $edition AND sex = '_T'"
    )
    found = data.sql(asked, {"edition": "undesa.ims@2021-01-15"}).fetchall()
    assert (10220418,) in found  # as the Revision of 2020 prints it
    assert {edition.coverage.status for edition in data.editions()} == {"partial"}
