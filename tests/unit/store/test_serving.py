"""The serving table answers what the store answers, is built once, and is never served by halves."""

from itertools import pairwise
from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.errors import StoreError
from sojourn.sdmx.run.surface import opened
from sojourn.store.serving import serving, sorted_or_view, stretches


def row(area: str, period: str, value: float | None, **more: object) -> dict[str, object]:
    status = {"obs_status": "O"} if value is None else {}
    base = {"indicator": "migrant_stock", "ref_area": area, "destination": area, "origin": "_T"}
    return {**base, "time_period": period, "obs_value": value, **status, **more}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two synthetic editions of a stock, the newer with one value missing."""
    root = tmp_path / "d"
    rows = [row("276", "1990", 10.0, row=2), row("250", "1990", 7.0, row=3)]
    twins.store_of(root, "undesa.ims@2019-09-17", rows)
    newer = [row("276", "1990", 12.0, row=2), row("250", "1990", None, row=3)]
    newer.append(row("276", "1990", 4.0, origin="760", row=4))
    twins.store_of(root, "undesa.ims@2021-01-15", newer)
    return root


def test_it_holds_every_row_and_knows_what_answers_today(root: Path) -> None:
    data = sojourn.open(root)
    with serving(data.store) as table:
        assert len(table.rows({}, answers=False)) == 5
        assert [r[:3] for r in table.series("undesa.ims", "migrant_stock", "276")] == [
            ("1990", 12.0, "A")
        ]
        found = {r[0]: r[1:3] for r in table.map_of("undesa.ims", "migrant_stock", "1990")}
        assert found == {"276": (12.0, "A"), "250": (None, "O")}
        assert table.corridor("undesa.ims", "migrant_stock", "760", "276")[0][2] == 4.0
        with pytest.raises(StoreError, match="cannot answer"):
            table.rows({"nonsense": "x"})


def test_sorted_in_parts_or_at_once_it_is_the_same_table(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twins.store_of(root, "idmc.gidd@2022-05-01", [row("276", "2001", 1.0, row=2)])
    twins.store_of(root, "worldbank.wdi@2022-05-01", [row("250", "2001", 1.0, row=2)])
    held = []
    for rows in (1, 4, 10**6):  # each dataset by itself, some together, all at once
        monkeypatch.setattr("sojourn.store.serving._SORTED_AT_ONCE", rows)
        with serving(sojourn.open(root).store, tmp_path / str(rows)) as table:
            query = "SELECT rowid, serving FROM serving ORDER BY rowid"
            held.append(table.cursor().execute(query).fetchall())
            keys = [(r["dataflow"], r["edition"], r["ref_area"]) for _, r in held[-1]]
            assert keys == sorted(keys)
    assert len(held[0]) == 7
    assert held[0] == held[1] == held[2]


def test_it_is_built_once_for_a_state_and_the_stale_one_goes(root: Path) -> None:
    with serving(sojourn.open(root).store) as table:
        first, made = table.path, table.path.stat().st_mtime_ns if table.path else 0
    assert first is not None
    mine = first.parent / "mine.duckdb"
    mine.write_bytes(b"of somebody else")
    with serving(sojourn.open(root).store) as table:
        assert table.path == first
        assert first.stat().st_mtime_ns == made
    twins.store_of(root, "undesa.ims@2024-01-01", [row("276", "1990", 15.0, row=2)])
    with serving(sojourn.open(root).store) as table:
        assert table.path != first
        assert not first.exists()
        assert mine.exists()
        assert table.series("undesa.ims", "migrant_stock", "276")[0][1] == 15.0


@pytest.mark.parametrize("kept", [0, 100, 4096, 20_000])
def test_a_table_that_was_cut_is_built_again(root: Path, kept: int) -> None:
    with serving(sojourn.open(root).store) as table:
        path = table.path
    assert path is not None
    path.write_bytes(path.read_bytes()[:kept])
    with serving(sojourn.open(root).store) as table:
        assert len(table.rows({}, answers=False)) == 5


def test_the_embedded_edition_is_served_from_memory() -> None:
    with serving(sojourn.open().store) as table:
        assert table.path is None
        assert table.rows({"indicator": "migrant_stock", "ref_area": "900"}, ("value",))


def test_what_a_request_sorts_goes_to_disk_beyond_so_much_memory(root: Path) -> None:
    with serving(sojourn.open(root).store) as table:
        table.bound(256)
        [(said,)] = table.cursor().execute("SELECT current_setting('memory_limit')").fetchall()
        assert said == "244.1 MiB"
    with opened(sojourn.open(root).store) as surface:
        said = surface.table.cursor().execute("SELECT current_setting('memory_limit')").fetchall()
        assert said == [("488.2 MiB",)]


def test_the_stretches_of_some_areas_hold_their_rows_and_no_others(tmp_path: Path) -> None:
    areas, edition = ["100", "250", "276", "380"], "undesa.ims@2021-01-15"
    twins.store_of(tmp_path, edition, [row(a, p, 1.0) for a in areas for p in ("1990", "2015")])
    asked = ("undesa.ims", "migrant_stock", {edition})
    assert stretches(sojourn.open(tmp_path).store, *asked, None) is None  # no table is there
    with serving(sojourn.open(tmp_path).store):
        pass
    store = sojourn.open(tmp_path).store

    def held(condition: str | None) -> list[str]:
        query = f"SELECT o.ref_area FROM {sorted_or_view(store)} o WHERE {condition} ORDER BY 1"
        return [a for (a,) in store.con.execute(query).fetchall()]

    for wanted in (["250", "276"], ["100", "276"], ["100", "250", "380"], areas):
        condition = stretches(store, *asked, set(wanted))
        assert held(condition) == sorted(wanted * 2)
        runs = 1 + sum(areas.index(b) - areas.index(a) > 1 for a, b in pairwise(wanted))
        assert str(condition).count("BETWEEN") == runs  # neighbours are one stretch
    assert held(stretches(store, *asked, None)) == sorted(areas * 2)
    assert stretches(store, *asked, {"999"}) == ""
