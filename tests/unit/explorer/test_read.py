"""Rows of a store as the explorer reads them: coded in the engine, added, told apart."""

from collections.abc import Sequence

import coded
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sojourn
from sojourn.explorer.model.cells import Cells, Held
from sojourn.explorer.run.adding import added, keyed, of_one_cell, summed
from sojourn.explorer.run.columns import columns
from sojourn.explorer.run.read import reading, told_apart

NAN = float("nan")


@pytest.mark.parametrize("dataset", ["unhcr.population", "undesa.ims", "sojourn.flows"])
def test_coded_columns_say_what_the_store_says(dataset: str) -> None:
    store = sojourn.open().store
    found = reading(store)
    shas = [f.sha256 for f in found.files]
    plain = store.con.execute(
        'SELECT o.indicator, o.ref_area, o.origin, o.time_period, o.sex, o.value, o.file, o.sheet, o."row", '
        "o.lower FROM observation o WHERE o.dataflow = ?",
        [dataset],
    ).fetchall()
    told = []
    for indicator, rows in columns(store, found.editions, shas, dataset).items():
        texts = [rows.texts(k) for k in ("area", "origin", "period", "sex")]
        lower = rows["lower"].tolist() if "lower" in rows.columns else [NAN] * len(rows)
        numbers = zip(
            rows["value"].tolist(), rows.texts("sheet"), rows["row"].tolist(), lower, strict=True
        )
        for text, (value, (file, sheet), row, low) in zip(
            zip(*texts, strict=True), numbers, strict=True
        ):
            bounds = None if np.isnan(low) else low
            known = None if np.isnan(value) else value
            told.append((indicator, *text, known, shas[file], sheet, row, bounds))
    assert sorted(told, key=str) == sorted(plain, key=str)
    assert len(told) > 100


def test_one_indicator_is_read_alone() -> None:
    found = reading(sojourn.open().store)
    shas = [f.sha256 for f in found.files]
    only = columns(found.store, found.editions, shas, "unhcr.population", "refugees")
    assert list(only) == ["refugees"]
    assert columns(found.store, found.editions, shas, "unhcr.population", "no such") == {}


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["008", "276"]),
        st.sampled_from(["2015", "2016"]),
        st.one_of(st.none(), st.sampled_from([0.0, 3.0, 5.0])),
    ),
    min_size=1,
    max_size=12,
)
Rows = Sequence[tuple[str, str, float | None]]


def cells_of(rows: Rows, *, origins: Sequence[str] = ()) -> Cells:
    held = [
        Held("a@1", place, period, v, "E" if v else "O", 1, 0, 0, "S", n + 1, 1)
        for n, (place, period, v) in enumerate(rows)
    ]
    others = {k: [""] * len(held) for k in ("variant", "criterion", "note")}
    others |= {k: ["_T"] * len(held) for k in ("age", "sex")}
    ends = {"area": [p for p, *_ in rows], "origin": origins or ["_T"] * len(held)}
    made = of_one_cell(coded.cells(held, **others, **ends))
    status = sorted({*made.words["status"], "A"})
    codes = np.array([status.index(s) for s in made.words["status"]])[made["status"]]
    return made.having({"status": status}, status=codes)


@given(ROWS)
def test_cells_of_one_key_are_added_and_what_is_missing_is_counted(rows: Rows) -> None:
    cells = cells_of(rows)
    found = {(h.place, h.period): h for h in added(cells, keyed(cells, ("place", "period"))).rows()}
    for key in {r[:2] for r in rows}:
        same = [v for *k, v in rows if tuple(k) == key]
        known = [v for v in same if v is not None]
        first = next(n for n, r in enumerate(rows) if r[:2] == key)
        told = found.pop(key)
        assert told.value == (sum(known) if known else None)
        assert (told.n, told.lacking, told.row) == (len(same), len(same) - len(known), first + 1)
        assert (told.status == "O") == (not known or not known[0])
    assert not found


@given(ROWS, st.booleans())
def test_a_sum_over_origins_has_no_cell_of_its_own_and_no_number_where_none_is_known(
    rows: Rows, adds: bool
) -> None:
    cells = cells_of(rows, origins=[f"{n:03}" for n in range(len(rows))])
    made = summed(cells, "area", adds=adds, may_sum=lambda _, period: period != "2016")
    found = {(h.place, h.period): h for h in made.rows()}
    for key in {r[:2] for r in rows if r[1] != "2016"}:
        same = [v for *k, v in rows if tuple(k) == key]
        known = [v for v in same if v is not None]
        if not adds and sum(v > 0 for v in known) > 1:
            assert key not in found
            continue
        told = found[key]
        assert told.value == (sum(known) if known else None)
        assert (told.status == "A") == bool(known)
        assert (told.n, told.lacking, told.row) == (len(same), len(same) - len(known), 0)
    assert not [key for key in found if key[1] == "2016"]


def test_what_one_key_has_twice_becomes_measures_of_their_own_and_a_printed_number_stands_first() -> (
    None
):
    rows = [("276", "2015", 1.0), ("276", "2015", 2.0), ("008", "2015", 3.0), ("008", "2015", 9.0)]
    cells = cells_of(rows)
    summed_ = np.where(cells["value"] == 9.0, 0, cells["row"])
    variants = {"variant": ["stage=A", "stage=B"]}
    told = cells.having(variants, row=summed_, variant=np.array([0, 1, 0, 1]))
    made = {key: by_sex["_T"].rows() for key, by_sex in told_apart(told)}
    assert {key: [(h.place, h.value) for h in held] for key, held in made.items()} == {
        ("_T", "stage=A"): [("276", 1.0), ("008", 3.0)],
        ("_T", "stage=B"): [("276", 2.0)],
    }
    alone = told.take(np.array([0, 2]))
    ((key, by_sex),) = told_apart(alone)
    assert key == ("_T", "")
    assert [h.note for h in by_sex["_T"].rows()] == ["stage=A", "stage=A"]
