"""A user's own edition, declared outside the package; and what a wrong declaration is told."""

import hashlib
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner

import sojourn
from sojourn.cli import cli
from sojourn.errors import BadDeclaration, EditionUnclear

EDITION = """
[[edition]]
dataset = "undesa.ims"
vintage = 2027-01-20
title = "Rev.2026 (SYNTHETIC)"
states = "Rev.2026"
license = "CC BY 3.0 IGO"
redistribution = "attribution"
covers = [1990, 2020]
files = { "%s" = "stock.xlsx" }
"""


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    return twins.undesa_stock(tmp_path / "stock.xlsx", revision="2026")


def declaration(stock: Path) -> str:
    return EDITION % hashlib.sha256(stock.read_bytes()).hexdigest()


def test_an_edition_nobody_declared_asks_for_its_day(stock: Path, tmp_path: Path) -> None:
    with pytest.raises(EditionUnclear, match=r"states 'Rev\.2026', an edition .* nobody declares"):
        sojourn.load([stock], tmp_path / "data")


def test_a_declared_edition_is_verified_and_its_copy_is_not(stock: Path, tmp_path: Path) -> None:
    toml = tmp_path / "edition.toml"
    toml.write_text(declaration(stock), "utf-8")
    [outcome] = sojourn.load([stock], tmp_path / "data", declare=toml).outcomes
    assert (outcome.edition, outcome.verified) == ("undesa.ims@2027-01-20", True)
    places = [("404", "Kenya", "B R", 501, 480)]
    copy = twins.undesa_stock(tmp_path / "copy.xlsx", revision="2026", places=places)
    [outcome] = sojourn.load([copy], tmp_path / "other", declare=toml).outcomes
    assert (outcome.edition, outcome.verified) == ("undesa.ims@2027-01-20", False)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[edition]]", "[edition]", r"edition is no list\nHint: write \[\[edition\]\]"),
        ("[[edition]]", "edition = 3\n[[x]]", "unknown key 'x'"),
        ("[[edition]]", "[[edition", "at the end of an array declaration"),
        ("2027-01-20", '"soon"', "vintage is 'soon'"),
        ("2027-01-20", "2027-01-20T10:00:00", "vintage is datetime"),
        ('"attribution"', '"whatever"', "one of attribution, cited-facts, none"),
        ('title = "Rev.2026 (SYNTHETIC)"', "title = 3", "title is 3\nHint: expected a text"),
        ("[1990, 2020]", "[2020]", r"covers is \[2020\]"),
        ("[1990, 2020]", "[2020, 1990]", r"covers is \[2020, 1990\]"),
        ('license = "CC BY 3.0 IGO"', "", "missing .* 'license'"),
        ("title =", "colour = 1\ntitle =", "unknown key 'colour'"),
        ("undesa.ims", "undesa.imz", r"dataset 'undesa\.imz' is not declared"),
        ('{ "', '{ "x', "is not a sha256"),
    ],
)
def test_a_wrong_declaration_is_said(
    stock: Path, tmp_path: Path, old: str, new: str, said: str
) -> None:
    toml = tmp_path / "edition.toml"
    toml.write_text(declaration(stock).replace(old, new, 1), "utf-8")
    with pytest.raises(BadDeclaration, match=said) as raised:
        sojourn.load([stock], tmp_path / "data", declare=toml)
    assert "edition.toml" in str(raised.value)
    assert raised.value.hint
    assert not (tmp_path / "data").exists()


def test_a_declaration_that_is_not_there_is_said(stock: Path, tmp_path: Path) -> None:
    arguments = ["load", str(stock), "--data", str(tmp_path / "d"), "--declare", "nowhere.toml"]
    found = CliRunner().invoke(cli, arguments)
    assert isinstance(found.exception, BadDeclaration)
    assert "nowhere.toml: cannot be read" in str(found.exception)
