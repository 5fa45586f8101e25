"""Observations in Parquet: staging a file, checking it, asking questions.

A block arrives in three parts (rows, columns, cells) and is multiplied out by DuckDB, so that no
Python loop ever runs over cells.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from sojourn.errors import StoreError
from sojourn.files import new_file
from sojourn.harmonize.observe import DIMENSIONS, Observed
from sojourn.store.manifest import LoadedFile, Manifest
from sojourn.vocab.observation import COLUMNS, KEY

_DDL = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS)


def connect() -> duckdb.DuckDBPyConnection:
    """Return an in-memory connection with an empty ``staged`` table."""
    con = duckdb.connect(":memory:")
    con.execute("SET preserve_insertion_order = true")
    con.execute(f"CREATE TABLE staged ({_DDL})")
    return con


def _objects(values: Iterable[object]) -> Any:
    return np.array(list(values), dtype=object)


def stage(
    con: duckdb.DuckDBPyConnection,
    observed: Observed,
    *,
    dataset: str,
    edition: str,
    sha256: str,
) -> int:
    """Append one observed block to ``staged``; return the number of observations."""
    n_rows, n_cols = len(observed.rows), len(observed.cols)
    rows: dict[str, Any] = {"i": np.arange(n_rows), "row": observed.rows}
    for dimension in (*DIMENSIONS, "unit_measure", "comment"):
        if dimension in observed.of_rows:
            rows[dimension] = _objects(observed.of_rows[dimension])
    columns: dict[str, Any] = {"j": np.arange(n_cols), "col": observed.cols}
    for dimension in DIMENSIONS:
        if dimension in observed.of_columns and dimension not in observed.of_rows:
            columns[dimension] = _objects(observed.of_columns[dimension])
    columns["unit_measure"] = _objects(unit for unit, _ in observed.units)
    columns["unit_mult"] = np.array([mult for _, mult in observed.units], dtype=np.int16)
    nothing = np.full(n_rows, np.nan)
    cells: dict[str, Any] = {
        "i": np.tile(np.arange(n_rows), n_cols),
        "j": np.repeat(np.arange(n_cols), n_rows),
        "value": np.concatenate([v.value for v in observed.values]),
        "lower": np.concatenate([nothing if v.lower is None else v.lower for v in observed.values]),
        "upper": np.concatenate([nothing if v.upper is None else v.upper for v in observed.values]),
        "status": np.concatenate([v.status for v in observed.values]).astype(object),
    }
    con.register("block_rows", rows)
    con.register("block_columns", columns)
    con.register("block_cells", cells)
    source = {
        **{d: f"r.{d}" if d in rows else f"c.{d}" for d in DIMENSIONS},
        "dataflow": "$dataset",
        "obs_value": "CASE WHEN isnan(x.value) THEN NULL ELSE x.value END",
        "lower": "CASE WHEN isnan(x.lower) THEN NULL ELSE x.lower END",
        "upper": "CASE WHEN isnan(x.upper) THEN NULL ELSE x.upper END",
        "unit_measure": "r.unit_measure" if "unit_measure" in rows else "c.unit_measure",
        "unit_mult": "c.unit_mult",
        "obs_status": "x.status",
        "comment": "r.comment",
        "edition": "$edition",
        "file": "$file",
        "sheet": "$sheet",
        "row": "r.row",
        "col": "c.col",
    }
    select = ", ".join(f"{source[name]}" for name, _ in COLUMNS)
    con.execute(
        f"INSERT INTO staged SELECT {select} FROM block_cells x "  # noqa: S608 - constants only
        "JOIN block_rows r ON r.i = x.i JOIN block_columns c ON c.j = x.j ORDER BY x.i, x.j",
        {"dataset": dataset, "edition": edition, "file": sha256, "sheet": observed.sheet},
    )
    for view in ("block_rows", "block_columns", "block_cells"):
        con.unregister(view)
    return n_rows * n_cols


def write_parquet(con: duckdb.DuckDBPyConnection, table: str, target: Path) -> None:
    """Write a table to Parquet in one step; the same table gives the same bytes."""
    with new_file(target, error=StoreError) as path:
        try:
            con.execute(f"COPY {table} TO '{_quoted(path)}' (FORMAT parquet, COMPRESSION zstd)")
        except duckdb.Error as error:
            raise StoreError(
                f"{target}: cannot be written ({_why(error)})",
                hint="is the disk full, or the folder read-only? Nothing was changed",
            ) from None


def _why(error: Exception) -> str:
    """Return the system's own word for what went wrong, else the first line of the message."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    code = re.search(r'"errno":\s*"(\d+)"', str(error))
    return os.strerror(int(code.group(1))) if code else str(error).splitlines()[0]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _file_rows(files: Sequence[LoadedFile]) -> Mapping[str, Any]:
    return {
        "file": _objects(f.sha256 for f in files),
        "file_name": _objects(f.name for f in files),
        "vintage": _objects(f.vintage for f in files),
        "verified": np.array([f.verified for f in files], dtype=bool),
        "mark": _objects(f.mark for f in files),
    }


@dataclass(frozen=True)
class Store:
    """A store opened for reading: the manifest as it was, and a connection to ask.

    ``answers`` keeps what was asked already, for what is opened does not change.
    """

    manifest: Manifest
    con: duckdb.DuckDBPyConnection
    answers: dict[object, list[Any]] = field(default_factory=dict, repr=False)

    def sql(self, query: str, parameters: Mapping[str, object] | None = None) -> Any:
        """Return a DuckDB relation: ``.fetchnumpy()``, ``.df()``, ``.arrow()`` as you like.

        Tables: ``observation`` (every edition), ``membership``, ``problem``, ``file``.
        """
        try:
            return self.con.sql(query, params=dict(parameters or {}))
        except duckdb.Error as error:
            raise StoreError(
                f"the query failed: {error}", hint="tables: observation, membership, problem, file"
            ) from None


def open_store(manifest: Manifest, *, parquet_root: Path | None = None) -> Store:
    """Open a store for reading; any number of readers may do so at once.

    Parameters
    ----------
    manifest : Manifest
        As read by ``read_manifest``; later loads do not change what this store shows.
    parquet_root : Path, optional
        Folder of the Parquet files when it is not ``root/store`` (the embedded edition).
    """
    con = duckdb.connect(":memory:")
    folder = parquet_root or manifest.root / "store"
    con.register("file_rows", dict(_file_rows(manifest.files)))
    con.execute("CREATE TABLE file AS SELECT * FROM file_rows")
    con.unregister("file_rows")
    con.execute("CREATE TABLE partial (edition VARCHAR)")
    for found in manifest.coverage:
        if found.status == "partial":
            con.execute("INSERT INTO partial VALUES (?)", [found.edition])
    for name, attribute, sub, ddl in (
        ("raw_observation", "parquet", "observations", _DDL),
        ("membership", "memberships", "memberships", MEMBERSHIP_DDL),
        ("problem", "problems", "problems", PROBLEM_DDL),
    ):
        paths = sorted({getattr(f, attribute) for f in manifest.files} - {""})
        if paths:
            listed = ", ".join(f"'{_quoted(folder / sub / p)}'" for p in paths)
            con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")  # noqa: S608
        else:
            con.execute(f"CREATE TABLE {name} ({ddl})")
    _correct(con, manifest)
    return Store(manifest, con)


def _correct(con: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    """Make the view that figures ask: as printed, but for the numbers that are known to be wrong."""
    cells = [(f.sha256, c) for f in manifest.files for c in f.corrections]
    con.execute(
        'CREATE TABLE corrected (file VARCHAR, sheet VARCHAR, "row" INTEGER, col SMALLINT, '
        "ours DOUBLE, said VARCHAR)"
    )
    for file, c in cells:
        con.execute(
            "INSERT INTO corrected VALUES (?, ?, ?, ?, ?, ?)",
            [file, c.sheet, c.row, c.col, c.ours, c.said],
        )
    known = 'JOIN file f USING (file) LEFT JOIN corrected k USING (file, sheet, "row", col)'
    value, mark = "CASE WHEN k.said IS NULL THEN o.obs_value ELSE k.ours END", _MARK
    if not cells:
        known, value, mark = "JOIN file f USING (file)", "o.obs_value", "f.mark"
    con.execute(
        f"CREATE VIEW observation AS SELECT o.*, {value} * pow(10, o.unit_mult) AS value, "  # noqa: S608 - constants only
        f"f.vintage, f.verified, {mark} AS mark, f.file_name FROM raw_observation o {known}"
    )


_MARK = "concat_ws('; ', nullif(f.mark, ''), k.said)"
MEMBERSHIP_DDL = (
    "classification VARCHAR, edition VARCHAR, scheme VARCHAR, group_id VARCHAR, member_id VARCHAR, "
    'file VARCHAR, sheet VARCHAR, "row" INTEGER, col SMALLINT'
)
PROBLEM_DDL = (
    "contract VARCHAR, edition VARCHAR, message VARCHAR, size DOUBLE, file VARCHAR, "
    'sheet VARCHAR, "row" INTEGER, col SMALLINT'
)
KEY_LIST = ", ".join(KEY)
