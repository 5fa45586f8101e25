"""Observations in Parquet: writing them, opening them, asking questions.

DuckDB is half of what opening a store costs: it is imported where it is first asked.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.errors import StoreError
from sojourn.files import new_file
from sojourn.store.manifest import LoadedFile, Manifest
from sojourn.vocab.observation import COLUMNS, KEY

if TYPE_CHECKING:
    import duckdb

DDL = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS)
#: ``staged`` before a file is staged (see `sojourn.store.staging`).
NOTHING_STAGED = (
    f"CREATE TABLE own ({DDL}); CREATE VIEW staged AS SELECT *, rowid AS number FROM own"  # noqa: S608 - our columns
)
#: What of ``staged`` is kept.
STAGED = "(SELECT " + ", ".join(f'"{name}"' for name, _ in COLUMNS) + " FROM staged)"  # noqa: S608 - our columns


def connect() -> "duckdb.DuckDBPyConnection":
    """Return an in-memory connection in which nothing is ``staged``, for one core."""
    import duckdb

    con = duckdb.connect(":memory:")
    con.execute("SET threads = 1")  # a file is small: threads cost more than they give
    con.execute("SET preserve_insertion_order = true")
    con.execute(NOTHING_STAGED)
    return con


def write_parquet(con: "duckdb.DuckDBPyConnection", table: str, target: Path) -> None:
    """Write a table, or a query in brackets, to Parquet in one step; the same table gives the same bytes."""
    import duckdb

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


def _list_files(con: "duckdb.DuckDBPyConnection", files: Sequence[LoadedFile]) -> None:
    con.execute(
        "CREATE TABLE file (file VARCHAR, file_name VARCHAR, vintage VARCHAR, verified BOOLEAN, "
        "mark VARCHAR)"
    )
    rows = [(f.sha256, f.name, f.vintage, f.verified, f.mark) for f in files]
    if rows:
        places = ", ".join(["(?, ?, ?, ?, ?)"] * len(rows))
        con.execute(f"INSERT INTO file VALUES {places}", [v for row in rows for v in row])  # noqa: S608


@dataclass(frozen=True)
class Store:
    """A store opened for reading: the manifest as it was, and a connection to ask.

    ``answers`` keeps what was asked already, for what is opened does not change.
    """

    manifest: Manifest
    connected: "duckdb.DuckDBPyConnection | None" = field(default=None, repr=False)
    answers: dict[object, list[Any]] = field(default_factory=dict, repr=False)

    @cached_property
    def con(self) -> "duckdb.DuckDBPyConnection":
        """The connection, made when it is first asked for.

        Raises
        ------
        StoreError
            A Parquet file cannot be read.
        """
        return _connected(self.manifest) if self.connected is None else self.connected

    def sql(self, query: str, parameters: Mapping[str, object] | None = None) -> Any:
        """Return a DuckDB relation: ``.fetchnumpy()``, ``.df()``, ``.arrow()`` as you like.

        Tables: ``observation`` (every edition), ``membership``, ``problem``, ``file``.
        """
        import duckdb

        try:
            return self.con.sql(query, params=dict(parameters or {}))
        except duckdb.Error as error:
            raise StoreError(
                f"the query failed: {error}", hint="tables: observation, membership, problem, file"
            ) from None

    def held_corridors(self, edition: str) -> tuple[int, int] | None:
        """Return how many corridors of a kept run are held, of how many; None where all are here."""
        packed = (self.manifest.root / "packed.json").is_file()
        if not packed or not edition.startswith("sojourn.flows@"):
            return None
        key = ("held part", edition)
        if key not in self.answers:
            self.answers[key] = self.con.execute(
                "SELECT count(*) - count(told), max(told::BIGINT) FROM (SELECT nullif("
                "regexp_extract(comment, 'sum of (\\d+) corridors of the whole run', 1), '') AS told "
                "FROM raw_observation WHERE edition = $e)",
                {"e": edition},
            ).fetchall()
        ((held, every),) = self.answers[key]
        return None if every is None or held >= every else (held, every)


def open_store(manifest: Manifest) -> Store:
    """Open a store for reading; any number of readers may do so at once.

    Parameters
    ----------
    manifest : Manifest
        As read by ``read_manifest``; later loads do not change what this store shows.

    Raises
    ------
    StoreError
        A Parquet file whose digest nobody noted (an older store) cannot be read.
    """
    store = Store(manifest)
    if any(f.parquet and not f.kept for f in manifest.files):
        _ = store.con
    return store


def _connected(manifest: Manifest) -> "duckdb.DuckDBPyConnection":
    """Return a connection that shows what a manifest lists."""
    import duckdb

    con = duckdb.connect(":memory:")
    folder = manifest.root / "store"
    _list_files(con, manifest.files)
    con.execute("CREATE TABLE partial (edition VARCHAR)")
    for found in manifest.coverage:
        if found.status == "partial":
            con.execute("INSERT INTO partial VALUES (?)", [found.edition])
    for name, attribute, sub, ddl in (
        ("raw_observation", "parquet", "observations", DDL),
        ("membership", "memberships", "memberships", MEMBERSHIP_DDL),
        ("raw_problem", "problems", "problems", PROBLEM_DDL),
    ):
        paths = sorted({getattr(f, attribute) for f in manifest.files} - {""})
        if paths:
            listed = ", ".join(f"'{_quoted(folder / sub / p)}'" for p in paths)
            _view(con, name, listed, folder / sub)
        else:
            con.execute(f"CREATE TABLE {name} ({ddl})")
    con.execute(f"CREATE VIEW problem AS SELECT * FROM raw_problem {_but(manifest)}")  # noqa: S608
    _correct(con, manifest)
    return con


def _but(manifest: Manifest) -> str:
    """Return which problems are none: a part cannot hold what its totals are the sum of."""
    parts = ", ".join(
        "'" + c.edition.replace("'", "''") + "'" for c in manifest.coverage if c.is_part
    )
    if not parts:
        return ""
    from sojourn.harmonize.contracts import of_whole_tables

    rules = ", ".join(f"'{i}'" for i in sorted(of_whole_tables()))
    return f"WHERE NOT (edition IN ({parts}) AND contract IN ({rules}))"


def _view(con: "duckdb.DuckDBPyConnection", name: str, listed: str, folder: Path) -> None:
    import duckdb

    try:
        con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")  # noqa: S608
    except duckdb.Error as error:
        raise StoreError(
            f"{folder}: a file of the store cannot be read ({_why(error)})",
            hint="restore the folder from a backup, or load the publishers' files into a new one",
        ) from None


def _correct(con: "duckdb.DuckDBPyConnection", manifest: Manifest) -> None:
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
