"""The index of a pack: what another version wrote is told from what is damaged."""

import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from sojourn.errors import StoreError
from sojourn.factsheet.figures.figure import FigureValue, Input, Span
from sojourn.factsheet.figures.packed import FILE, FORMAT, MOST_CELLS, read_pack
from sojourn.factsheet.figures.spans import spans

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


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 3, "year": 2015}', "3"])
def test_what_no_version_wrote_is_damaged(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(StoreError, match="damaged"):
        read_pack(tmp_path)


@pytest.mark.parametrize("package", ["sojourn.embedded", "sojourn.embedded_2024"])
def test_what_is_shipped_names_its_format(package: str) -> None:
    assert json.loads(files(package).joinpath(FILE).read_text("utf-8"))["format"] == FORMAT


@pytest.mark.parametrize("package", ["sojourn.embedded", "sojourn.embedded_2024"])
def test_a_sum_whose_cells_stay_behind_says_where_they_stand(package: str) -> None:
    """File, sheet, first and last cell of every one: whoever has the file finds them."""
    content = json.loads(files(package).joinpath(FILE).read_text("utf-8"))
    facts = [f for kind in ("facts", "spots", "pinned") for f in content[kind]]
    large = [f for f in facts if f["n_inputs"] > MOST_CELLS]
    assert len(large) > 50
    for fact in large:
        assert sum(n for *_, n in fact["spans"]) == fact["n_inputs"], fact["figure_id"]
        for name, _, first, last, _ in fact["spans"]:
            assert content["files"][name]
            assert re.fullmatch(r"[A-Z]+[1-9]\d*:[A-Z]+[1-9]\d*", f"{first}:{last}")


def test_spans_are_the_first_and_the_last_cell_of_each_column() -> None:
    addresses = ("Table 1!C9", "Table 1!C4", "Table 1!B7", "Notes!A1")
    inputs = tuple(Input(f"undesa.ims@2015-12-01#{a}", 1.0, "a.xlsx") for a in addresses)
    cited = Input("UNRWA in figures", 1.0, "")
    key = {"figure_id": "x", "time_period": "2015", "sex": "_T", "area": "900", "unit": "PERSONS"}
    found = spans(FigureValue(**key, as_of="", inputs=(*inputs, cited)))
    assert found == (
        Span("a.xlsx", "Notes", "A1", "A1", 1),
        Span("a.xlsx", "Table 1", "B7", "B7", 1),
        Span("a.xlsx", "Table 1", "C4", "C9", 2),
    )
