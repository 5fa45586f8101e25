"""Rows: compared by what they hold, shown in a notebook, nested things as JSON."""

import json
from dataclasses import dataclass, make_dataclass

import pytest

from sojourn.terminal.rows import SHOWN, Rows


@dataclass(frozen=True)
class Part:
    """Inside another."""

    n: int


@dataclass(frozen=True)
class Whole:
    """A row."""

    name: str
    value: float
    parts: tuple[Part, ...] = ()


def test_rows_are_equal_by_what_they_hold() -> None:
    one = Rows([Whole("a", 1.0), Whole("b", 2.0)])
    assert one == [Whole("a", 1.0), Whole("b", 2.0)]
    assert one == Rows([Whole("a", 1.0), Whole("b", 2.0)])
    assert one != [Whole("a", 1.0)]
    assert one != "ab"


def test_parts_of_a_row_are_json_in_a_table() -> None:
    [row] = Rows([Whole("a", 1.0, (Part(1), Part(2)))]).csv().splitlines()[1:]
    assert json.loads(row.split(",", 2)[2].strip('"').replace('""', '"')) == [{"n": 1}, {"n": 2}]


def test_a_notebook_shows_the_first_rows_and_says_of_how_many() -> None:
    shown = Rows([Whole("<a>", float(n)) for n in range(SHOWN + 1)])._repr_html_()
    assert shown.count("<tr>") == SHOWN + 1
    assert "&lt;a&gt;" in shown
    assert f"{SHOWN + 1:,} rows; the first {SHOWN}" in shown


def test_more_rows_are_not_equal_to_fewer() -> None:
    assert Rows([2, 3]) != Rows([2])
    assert Rows([2]) != Rows([2, 3])


def test_a_number_that_is_none_is_an_empty_cell() -> None:
    assert Rows([Whole("a", float("nan"))]).csv().splitlines()[1].startswith("a,,")


@pytest.mark.parametrize(("columns", "end"), [(1, "c0>"), (6, "c5>"), (7, "c5, …>"), (8, "c5, …>")])
def test_a_representation_names_six_columns_and_says_when_there_are_more(
    columns: int, end: str
) -> None:
    kind = make_dataclass("Wide", [f"c{n}" for n in range(columns)])
    assert repr(Rows([kind(*range(columns))])) == "<1 × Wide: " + ", ".join(
        [f"c{n}" for n in range(min(columns, 6) - 1)] + [end]
    )
