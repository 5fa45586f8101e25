"""Short texts of numbers and addresses: what is written is what a plain reading gives back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sojourn.explorer.model.coding import (
    by_period,
    column,
    read_column,
    read_runs,
    read_values,
    runs,
    values_text,
)
from sojourn.explorer.model.grid import Held, content, shard, unpacked

GRIDS = st.integers(1, 40).flatmap(
    lambda size: st.tuples(st.just(size), st.sets(st.integers(0, size - 1)).map(sorted))
)


@given(GRIDS, st.data())
def test_numbers_of_a_grid_are_read_back(grid: tuple[int, list[int]], data: st.DataObject) -> None:
    size, at = grid
    texts = data.draw(
        st.lists(st.sampled_from(["", "0", "5", "Q"]), min_size=len(at), max_size=len(at))
    )
    expected = [""] * size
    for position, text in zip(at, texts, strict=True):
        expected[position] = text
    assert read_values(values_text(at, texts, size)) == expected


@given(st.lists(st.integers(-3, 3)))
def test_differences_are_read_back(numbers: list[int]) -> None:
    assert read_runs(runs(numbers)) == numbers


@given(GRIDS, st.integers(1, 5), st.data())
def test_a_column_is_read_back_and_the_order_by_period_changes_nothing(
    grid: tuple[int, list[int]], periods: int, data: st.DataObject
) -> None:
    _, at = grid
    numbers = data.draw(st.lists(st.integers(0, 3), min_size=len(at), max_size=len(at)))
    coded = column(at, numbers, periods)
    assert coded == column(at, numbers, periods, by_period(at, periods))
    assert read_column(coded, at, periods) == numbers


def test_nothing_is_a_shard_without_places_and_of_two_cells_the_last_stands() -> None:
    assert content([])["e"] == {}
    cells = [Held("a@1", "276", "2015", v, "A", 1, 0, 0, "S", 1, 1) for v in (1.0, 2.0)]
    assert content(cells)["e"]["a@1"]["v"] == "2"


def test_a_large_shard_is_packed_and_says_the_same() -> None:
    cells = [
        ("a@1", "276", str(1900 + n), n * 1.5, "A", 1, 0, 0, "S", n + 1, 2, None, None, "", "")
        for n in range(99)
    ]
    plain, small = shard("d/x", cells), shard("d/x", cells, most=100)
    assert len(small) < len(plain)
    assert shard("d/x", cells, most=100_000) == plain
    held = json.loads(small.removeprefix('SJ.shard("d/x",').removesuffix(");\n"))
    assert set(held) == {"v", "z"}
    assert json.loads(unpacked(held["z"])) == content(cells)
