"""No cell of a row is dropped: a row is as wide as its header, or refused by its line."""

import pytest

from sojourn.errors import TableRefused
from sojourn.protect.run.read import records_of
from sojourn.protect.table.table import read_table


def test_a_row_wider_than_its_header_is_refused_without_its_numbers() -> None:
    text = "sex,obs_value\nF,1,234\nM,5\n_T,6\n"
    with pytest.raises(TableRefused, match="t, line 2: 3 cells under a header of 2") as told:
        read_table(text, name="t")
    assert "234" not in str(told.value)
    assert "234" not in told.value.hint


def test_empty_cells_behind_a_row_are_no_cells() -> None:
    assert len(read_table("sex,obs_value\nF,1,,\n_T,1\n", name="t").rows) == 2


def test_a_record_wider_than_its_header_is_refused_by_its_line() -> None:
    with pytest.raises(TableRefused, match="p, line 3: more cells"):
        list(records_of("id,sex\n1,F\n2,F,M\n", ["sex"], name="p"))
