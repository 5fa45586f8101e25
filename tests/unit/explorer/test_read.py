"""Rows of a store as the explorer reads them."""

import numpy as np

from sojourn.explorer.run.read import _shared


def test_columns_become_rows_and_equal_texts_one_object() -> None:
    edition = "".join(["undesa.ims", "@2021-01-15"])
    other = "".join(["undesa.ims", "@2021-01-15"])
    assert edition is not other
    texts = np.ma.masked_array(np.array([edition, other, "x"], dtype=object), [False, False, True])
    values = np.ma.masked_array(np.array([1.5, 2.0, 0.0]), [False, True, False])
    rows = _shared([texts, values, np.array([3, 4, 5], dtype=np.int32)])
    assert rows == [(edition, 1.5, 3), (edition, None, 4), (None, 0.0, 5)]
    assert rows[0][0] is rows[1][0]


def test_no_rows_are_no_rows() -> None:
    assert _shared([np.array([], dtype=object), np.array([], dtype=np.float64)]) == []
