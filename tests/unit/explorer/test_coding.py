"""Short texts of numbers and addresses: what is written is what a plain reading gives back."""

import json
from collections.abc import Sequence

import coded
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sojourn.explorer.model.cells import Held, combined, recoded
from sojourn.explorer.model.coding import read_column, read_runs, read_values
from sojourn.explorer.model.grid import contents, shards, unpacked
from sojourn.explorer.model.segments import Grids, columns_texts, runs_texts, values_texts

#: Of several grids: how many periods, how many places, and which cells are held.
GRIDS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 9)).flatmap(
        lambda size: st.tuples(
            st.just(size), st.sets(st.integers(0, size[0] * size[1] - 1), min_size=1).map(sorted)
        )
    ),
    min_size=1,
    max_size=4,
)
Drawn = Sequence[tuple[tuple[int, int], list[int]]]


def grids_of(drawn: Drawn) -> Grids:
    width = np.array([w for (w, _), _ in drawn])
    at = np.array([a for _, held in drawn for a in held])
    grid = np.repeat(np.arange(len(drawn)), [len(held) for _, held in drawn])
    size = np.array([w * h for (w, h), _ in drawn])
    return Grids(grid, at // width[grid], at % width[grid], width, size)


@given(GRIDS, st.data())
def test_numbers_of_grids_are_read_back(drawn: Drawn, data: st.DataObject) -> None:
    count = sum(len(held) for _, held in drawn)
    kinds = st.sampled_from(
        [(0.0, 0), (5.0, 0), (5.0, 1), (float("nan"), 2), (-0.25, 0), (1e15, 0)]
    )
    cells = data.draw(st.lists(kinds, min_size=count, max_size=count))
    values, statuses = np.array([v for v, _ in cells]), np.array([s for _, s in cells])
    found = values_texts(grids_of(drawn), values, statuses, ["A", "E", "Q"])
    told = {0.0: "0", 5.0: "5", -0.25: "-0.25", 1e15: "1000000000000000.0"}
    written = iter([f"{told.get(v, '')}{('', 'E', 'Q')[s]}" for v, s in cells])
    for ((width, high), held), text in zip(drawn, found, strict=True):
        expected = [""] * (width * high)
        for position in held:
            expected[position] = next(written)
        assert read_values(text) == expected


@given(st.lists(st.lists(st.integers(-3, 3), min_size=1), min_size=1))
def test_differences_are_read_back(segments: list[list[int]]) -> None:
    starts = np.cumsum([0, *map(len, segments)])[:-1]
    found = runs_texts(np.array([n for one in segments for n in one]), starts)
    assert list(map(read_runs, found)) == segments


@given(GRIDS, st.data())
def test_addresses_of_grids_are_read_back_in_the_shortest_of_their_ways(
    drawn: Drawn, data: st.DataObject
) -> None:
    count = sum(len(held) for _, held in drawn)
    numbers = data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    left, found = iter(numbers), columns_texts(grids_of(drawn), np.array(numbers))
    for ((width, _), held), text in zip(drawn, found, strict=True):
        mine = [next(left) for _ in held]
        coded = json.loads(text)
        assert read_column(coded, held, width) == mine
        if len(set(mine)) == 1:
            assert coded[0] == "c"


def test_a_code_of_several_columns_is_found_where_no_number_is_wide_enough() -> None:
    columns = [np.array([0, 5, 5]), np.array([9, 2, 2]), np.array([1, 0, 3])]
    narrow, wide = combined(columns, [6, 10, 4]), combined(columns, [1 << 40, 1 << 40, 1 << 40])
    assert np.argsort(narrow).tolist() == np.argsort(wide).tolist() == [0, 1, 2]
    assert recoded(np.array([1, 0]), ["b", "a"])[0].tolist() == [0, 1]


def test_nothing_is_no_shard_and_of_two_cells_the_last_stands() -> None:
    assert list(shards([("d/x", coded.cells([]), 0)])) == []
    two = [Held("a@1", "276", "2015", v, "A", 1, 0, 0, "S", 1, 1) for v in (1.0, 2.0)]
    assert json.loads(contents([coded.cells(two)])[0])["e"]["a@1"]["v"] == "2"


def test_what_one_shard_holds_does_not_depend_on_those_written_with_it() -> None:
    one = [Held("a@1", "276", "2015", 1.0, "A", 1, 0, 0, "S", 1, 1)]
    two = [
        Held("b@1", "008", "2016", None, "Q", 1, 1, 1, "T", 4, 2, None, None, "c", "n"),
        Held("a@1", "276", "2015", 7.5, "E", 3, 1, 0, "S", 9, 1, 7.0, 8.0),
    ]
    both = coded.cells([*one, *two])
    parts = [both.take(slice(0, 1)), both.take(slice(1, 3))]
    assert contents(parts) == [contents([coded.cells(part)])[0] for part in (one, two)]
    assert [held.value for held in both.rows()] == [1.0, None, 7.5]
    assert both.rows() == [*one, *two]


def test_a_large_shard_is_packed_and_says_the_same() -> None:
    held = coded.cells(
        [Held("a@1", "276", str(1900 + n), n * 1.5, "A", 1, 0, 0, "S", n + 1, 2) for n in range(99)]
    )
    ((_, plain),) = shards([("d/x", held, 0)])
    ((_, small),) = shards([("d/x", held, 100)])
    assert len(small) < len(plain)
    assert list(shards([("d/x", held, 100_000)])) == [("d/x", plain)]
    told = json.loads(small.removeprefix('SJ.shard("d/x",').removesuffix(");\n"))
    assert set(told) == {"v", "z"}
    assert unpacked(told["z"]) == contents([held])[0]
