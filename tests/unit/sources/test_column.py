"""A factored column says what a list of its labels says, and a table of cells what its columns say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sojourn.harmonize.numbers import read_cells, read_column
from sojourn.sources.column import Cells, Column, combined, woven
from sojourn.sources.grid import flat

CELLS = st.one_of(
    st.sampled_from(["", "..", "1", "a", " a ", True, False, 0, 1, 1.0, 0.0, "True", 2.5, "1,000"]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=3),
)


@given(st.lists(CELLS, min_size=1))
def test_a_column_of_cells_prints_each_cell_as_it_stands(cells: list[object]) -> None:
    column = Column.of_cells(cells)
    texts = [flat(c) for c in cells]
    assert column == texts
    assert column.words == list(dict.fromkeys(texts))
    assert [column.index(w) for w in column.words] == [texts.index(w) for w in column.words]
    rows = list(range(0, len(cells), 2))
    assert column.taken(rows) == [texts[i] for i in rows]
    assert column.taken(rows).words == list(dict.fromkeys(texts[i] for i in rows))
    assert column.mapped(lambda t: t[:1]) == [t[:1] for t in texts]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy")), min_size=1))
def test_what_is_said_of_two_labels_together_is_said_of_each_row(
    pairs: list[tuple[str, str]],
) -> None:
    left, right = (Column.of([p[i] for p in pairs]) for i in (0, 1))
    assert woven([left, right], lambda a, b: a + b) == [a + b for a, b in pairs]
    codes, first = combined([left, right])
    assert [pairs[i] for i in first] == list(dict.fromkeys(pairs))
    assert [pairs[first[c]] for c in codes] == pairs


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1))
def test_a_table_reads_like_its_columns_one_by_one(rows: list[tuple[object, ...]]) -> None:
    marks = {"": "O", "..": "L"}
    cells = Cells(rows, [0, 2])
    value, status, bad = read_cells(
        cells.by_row(), missing=marks, thousands=",", statuses=["A", "E"]
    )
    for c, own in enumerate("AE"):
        column = read_column(cells[c], missing=marks, thousands=",", status=own)
        assert np.array_equal(value[:, c], column.value, equal_nan=True)
        assert tuple(status[:, c]) == tuple(column.status)
        assert tuple(r for r, k in bad if k == c) == column.bad
