"""What keeps opening and loading fast, and that it changes no number."""

import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest
import twins
from hypothesis import given
from hypothesis import strategies as st

import sojourn
from sojourn.harmonize.contracts import contracts
from sojourn.harmonize.numbers import Numbers, read_column, to_number
from sojourn.harmonize.observe import Observed
from sojourn.store.observations import STAGED
from sojourn.store.staging import MOST_WORDS, stage
from sojourn.vocab.observation import COLUMNS, KEY

OPENED = """
import sys
import sojourn
sojourn.open(sys.argv[1] or None)
heavy = {"duckdb", "numpy", "jinja2", "pandas", "sojourn.loading.load", "sojourn.publish"}
print(sorted(heavy & set(sys.modules)))
"""


def test_opening_imports_no_database_no_numpy_and_no_jinja(tmp_path: Path) -> None:
    twins.undesa_stock(tmp_path / "stock.xlsx")
    sojourn.load([tmp_path / "stock.xlsx"], tmp_path / "d")
    for data in (str(tmp_path / "d"), ""):
        done = subprocess.run(
            [sys.executable, "-c", OPENED, data], check=True, capture_output=True, text=True
        )
        assert done.stdout.strip() == "[]"


def test_a_contract_is_left_out_only_for_words_that_its_rule_asks_for() -> None:
    for contract in contracts():
        for column, words in (*contract.when.items(), *contract.any_of.items()):
            assert column in contract.sql, contract.id
            for word in words:
                assert f"'{word}'" in contract.sql, (contract.id, word)


@given(
    st.lists(
        st.one_of(
            st.from_regex(r"[+-]?\d{0,4}(\.\d{0,3})?(e[+-]?\d{1,3})?", fullmatch=True),
            st.sampled_from(["", "..", "1_000", "nan", "inf", "1e999", "1\n2", "٣", " 7 ", "1,5"]),
        ),
        max_size=30,
    )
)
def test_texts_read_at_once_are_the_numbers_read_one_by_one(texts: list[str]) -> None:
    column = read_column(texts, missing={"..": "L", "": "O"})
    for i, text in enumerate(texts):
        one = None if text.strip() in ("..", "") else to_number(text.strip())
        assert (i in column.bad) == (one is None and text.strip() not in ("..", ""))
        assert one is None or column.value[i] == one
        assert one is not None or np.isnan(column.value[i])


def _observed(sheet: str, places: list[str], years: list[str]) -> Observed:
    n = len(places)
    rng = np.random.default_rng(len(places))
    columns = {d: ["_Z"] * len(years) for d in KEY if d not in ("ref_area", "detail")}
    return Observed(
        sheet=sheet,
        of_rows={"ref_area": places, "detail": [f"k={p}" for p in places], "comment": [""] * n},
        of_columns={**columns, "time_period": years},
        units=[("PERSONS", 0), ("USD", 6)][: len(years)],
        rows=np.arange(5, 5 + n),
        cols=np.arange(2, 2 + len(years)),
        values=[
            Numbers(np.where(rng.random(n) < 0.2, np.nan, rng.random(n)), np.full(n, s), ())
            for s in ("A", "E")[: len(years)]
        ],
    )


@pytest.mark.parametrize("count", [3, MOST_WORDS + 5])
def test_staged_cells_are_rows_by_columns_of_every_block_in_order(count: int) -> None:
    places = [f"it's {i:05}" for i in reversed(range(count))]
    parts = [_observed("B", places, ["2000", "2010"]), _observed("A", ["x"], ["1990"])]
    con = duckdb.connect()
    assert stage(con, parts, dataset="d", edition="d@1", sha256="f") == 2 * count + 1
    names = [n for n, _ in COLUMNS]
    found = [dict(zip(names, row, strict=True)) for row in con.execute(f"FROM {STAGED}").fetchall()]
    position = 0
    for part in parts:
        for i, row in enumerate(part.rows):
            for j, col in enumerate(part.cols):
                cell = found[position]
                value = part.values[j].value[i]
                assert (cell["sheet"], cell["row"], cell["col"]) == (part.sheet, row, col)
                assert cell["ref_area"] == part.of_rows["ref_area"][i]
                assert cell["detail"] == part.of_rows["detail"][i]
                assert cell["time_period"] == part.of_columns["time_period"][j]
                assert (cell["unit_measure"], cell["unit_mult"]) == part.units[j]
                assert cell["obs_status"] == part.values[j].status[i]
                assert cell["obs_value"] == (None if np.isnan(value) else value)
                assert (cell["lower"], cell["edition"], cell["comment"]) == (None, "d@1", "")
                position += 1
