"""The index of a pack: what another version wrote is told from what is damaged."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from sojourn.errors import StoreError
from sojourn.factsheet.figures.packed import FILE, FORMAT, read_pack

Change = Callable[[dict[str, Any]], None]


def _with(tmp_path: Path, change: Change) -> Path:
    content = json.loads(files("sojourn.embedded").joinpath(FILE).read_text("utf-8"))
    change(content)
    (tmp_path / FILE).write_text(json.dumps(content), "utf-8")
    return tmp_path


def _fewer_columns(content: dict[str, Any]) -> None:
    del content["format"]
    content["problems"] = [["undesa.ims@2020-12-31", 3]]


def _no_date(content: dict[str, Any]) -> None:
    del content["format"], content["as_of"]


def _other_fact(content: dict[str, Any]) -> None:
    content["format"] = FORMAT - 1
    content["facts"][0]["gone"] = 1


@pytest.mark.parametrize("change", [_fewer_columns, _no_date, _other_fact])
def test_a_pack_of_an_earlier_version_says_so_and_how_to_write_it_anew(
    tmp_path: Path, change: Change
) -> None:
    with pytest.raises(StoreError, match="earlier version of sojourn") as told:
        read_pack(_with(tmp_path, change))
    assert "damaged" not in str(told.value)
    assert "sojourn pack YEAR --data STORE --out" in told.value.hint


def test_a_pack_of_a_newer_version_says_so(tmp_path: Path) -> None:
    root = _with(tmp_path, lambda c: c.update(format=FORMAT + 1))
    with pytest.raises(StoreError, match="newer version of sojourn"):
        read_pack(root)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2, "year": 2015}', "3"])
def test_what_no_version_wrote_is_damaged(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(StoreError, match="damaged"):
        read_pack(tmp_path)


@pytest.mark.parametrize("package", ["sojourn.embedded", "sojourn.embedded_2024"])
def test_what_is_shipped_names_its_format(package: str) -> None:
    assert json.loads(files(package).joinpath(FILE).read_text("utf-8"))["format"] == FORMAT
