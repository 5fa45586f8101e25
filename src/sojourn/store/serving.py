"""The serving table: every observation of a store once more, sorted, for answers in milliseconds.

It is derived from the manifest and disposable: built once for each state of the store, in
``serve/<digest>.duckdb`` of the data directory, renamed into place when it is whole, and removed
when it is stale. Nothing is kept there that the store does not hold.

Examples
--------
``with serving(store) as table: table.series("undesa.ims", "migrant_stock", "276")``
"""

import hashlib
import os
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from sojourn.errors import StoreError
from sojourn.files import new_file, remove
from sojourn.store.choice import answering
from sojourn.store.manifest import Manifest
from sojourn.store.observations import Store

#: Changes whenever the columns or the order of the table do.
FORM = "2"
#: Order of the rows: what is asked together stands together.
ORDER = (
    "dataflow",
    "edition",
    "indicator",
    "ref_area",
    "origin",
    "sex",
    "age",
    "time_period",
    "criterion",
    "detail",
)


@dataclass(frozen=True)
class Serving:
    """The serving table of one state of a store, opened for reading.

    The table is called ``serving``. Its columns are those of the view ``observation`` (see
    `sojourn.store.observations`) and ``answers``: whether the row is what today's editions answer
    for its key.

    Attributes
    ----------
    path : Path or None
        File of the table; None where it is in memory (an embedded edition, a folder that cannot
        be written).
    digest : str
        Of the manifest it was built from: an entity tag for answers.
    """

    path: Path | None
    digest: str
    con: duckdb.DuckDBPyConnection

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a cursor of its own for one request; interrupt it to stop a long one.

        Its rows come in the order of the table. (Small batches of rows are not held back and joined:
        those that are give way to the larger ones behind them.)
        """
        made = self.con.cursor()
        made.execute("SET enable_caching_operators = false")
        return made

    def bound(self, megabytes: int) -> None:
        """Let sorts and tables of a request go to disk beyond so much memory.

        They do where the table is a file in a folder that can be written; elsewhere nothing changes.
        """
        if self.path is not None and os.access(self.path.parent, os.W_OK):
            self.con.execute(f"SET memory_limit = '{megabytes}MB'")

    def rows(
        self,
        where: Mapping[str, str | Sequence[str]],
        columns: Sequence[str] = ("*",),
        *,
        answers: bool = True,
    ) -> list[Any]:
        """Return rows in the table's order, by column and the value or values it must have.

        Parameters
        ----------
        answers : bool
            Only what today's editions answer; else every edition.

        Raises
        ------
        StoreError
            A column that the table does not have.
        """
        parts, given = ["answers"] if answers else [], {}
        for name, value in where.items():
            one = isinstance(value, str)
            parts.append(f'"{name}" = $w_{name}' if one else f'list_contains($w_{name}, "{name}")')
            given[f"w_{name}"] = value if one else list(value)
        listed = ", ".join(c if c == "*" else f'"{c}"' for c in columns)
        query = f"SELECT {listed} FROM serving WHERE {' AND '.join(parts) or 'true'}"  # noqa: S608 - names are quoted
        try:
            return self.cursor().execute(query, given).fetchall()
        except duckdb.Error as error:
            raise StoreError(
                f"the serving table cannot answer: {str(error).splitlines()[0]}",
                hint="its columns are those of the view observation, and answers",
            ) from None

    def series(self, dataflow: str, indicator: str, ref_area: str) -> list[Any]:
        """Return (time_period, value, obs_status, edition, sheet, row, col) of a place, both sexes."""
        where = {"dataflow": dataflow, "indicator": indicator, "ref_area": ref_area, "sex": "_T"}
        where |= {"age": "_T"}
        return self.rows({**where, "origin": ("_T", "_Z")}, ("time_period", *_SHOWN))

    def corridor(self, dataflow: str, indicator: str, origin: str, ref_area: str) -> list[Any]:
        """Return (time_period, sex, value, obs_status, edition, sheet, row, col) of one corridor."""
        where = {"dataflow": dataflow, "indicator": indicator, "ref_area": ref_area}
        return self.rows({**where, "origin": origin}, ("time_period", "sex", *_SHOWN))

    def map_of(self, dataflow: str, indicator: str, time_period: str) -> list[Any]:
        """Return (ref_area, value, obs_status, edition, sheet, row, col) of all places in a period."""
        where = {"dataflow": dataflow, "indicator": indicator, "time_period": time_period}
        where |= {"sex": "_T", "age": "_T"}
        return self.rows({**where, "origin": ("_T", "_Z")}, ("ref_area", *_SHOWN))


_SORTED_AT_ONCE = 1_000_000  # rows; about 1.3 GB of memory
_OURS = re.compile(r"[0-9a-f]{24}\.duckdb")
_SHOWN = ("value", "obs_status", "edition", "sheet", "row", "col")


def digest_of(manifest: Manifest) -> str:
    """Return what tells one state of a store from another."""
    state = repr((FORM, duckdb.__version__, manifest.files, manifest.coverage))
    return hashlib.sha256(state.encode()).hexdigest()


@contextmanager
def serving(store: Store, folder: Path | None = None) -> Iterator[Serving]:
    """Give the serving table of a store; it is built when it is not there yet.

    Parameters
    ----------
    folder : Path, optional
        Where it is kept; by default ``serve`` of the data directory.

    Raises
    ------
    StoreError
        A file of the store cannot be read.
    """
    digest = digest_of(store.manifest)
    place = folder or store.manifest.root / "serve"
    path = place / f"{digest[:24]}.duckdb"
    con = _opened(path, digest)
    if con is None and _writable(place):
        _build(store, path, digest)
        con = _opened(path, digest)
    if con is None:
        made, kept = _in_memory(store, digest), None
    else:
        made, kept = con, path
    try:
        yield Serving(kept, digest, made)
    finally:
        made.close()


def sorted_or_view(store: Store) -> str:
    """Return what to select observations from: the serving table if it is there, else the view.

    Both hold the same rows; of a large store, the sorted one answers in a tenth of the time. Nothing
    is built here: who asks one question does not wait for it.
    """
    key = "sorted or view"
    if key not in store.answers:
        digest = digest_of(store.manifest)
        path = store.manifest.root / "serve" / f"{digest[:24]}.duckdb"
        store.answers[key] = [
            _attached(store.con, path, digest) if path.is_file() else "observation"
        ]
    return str(store.answers[key][0])


#: Stretches of rows that a question names; more are taken as one.
_STRETCHES = 12


def stretches(
    store: Store,
    dataflow: str,
    indicator: str,
    editions: Container[str],
    areas: Container[str] | None,
) -> str | None:
    """Return where in the sorted table the rows of some areas stand, as a condition.

    Returns
    -------
    str or None
        A condition on ``o``; empty where no row can be there, None where no sorted table is.
    """
    if sorted_or_view(store) == "observation":
        return None
    key = ("stretches", dataflow, indicator)
    if key not in store.answers:
        store.answers[key] = store.con.execute(
            "SELECT first, last, edition, ref_area FROM serving_kept.stretch "
            "WHERE dataflow = $d AND indicator = $i ORDER BY 1",
            {"d": dataflow, "i": indicator},
        ).fetchall()
    found: list[list[int]] = []
    for first, last, edition, area in store.answers[key]:
        if edition not in editions or (areas is not None and area not in areas):
            continue
        if found and found[-1][1] >= first - 1:
            found[-1][1] = max(found[-1][1], last)
        else:
            found.append([first, last])
    if len(found) > _STRETCHES:
        found = [[found[0][0], max(last for _, last in found)]]
    parts = [f"o.rowid BETWEEN {first} AND {last}" for first, last in found]
    return f"({' OR '.join(parts)})" if parts else ""


def _attached(con: duckdb.DuckDBPyConnection, path: Path, digest: str) -> str:
    """Attach a table that is whole; one that is not is as good as absent."""
    try:
        con.execute(f"ATTACH '{_quoted(path)}' AS serving_kept (READ_ONLY)")
        said = con.execute(
            "SELECT digest, n = (SELECT count(*) FROM serving_kept.serving) FROM serving_kept.built"
        ).fetchall()
    except duckdb.Error:
        return "observation"
    return "serving_kept.serving" if said == [(digest, True)] else "observation"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _writable(place: Path) -> bool:
    near = place if place.exists() else place.parent
    shipped = Path(str(files("sojourn")))
    return near.is_dir() and os.access(near, os.W_OK) and shipped not in near.parents


def _opened(path: Path, digest: str) -> duckdb.DuckDBPyConnection | None:
    """Open a table that is whole; one that is cut or of another state is as good as absent."""
    if not path.is_file():
        return None
    try:
        con = duckdb.connect(str(path), read_only=True)
        con.execute("SET threads = 1")  # a request is one task; the server runs several
        said = con.execute(
            "SELECT digest, n = (SELECT count(*) FROM serving) FROM built"
        ).fetchall()
    except duckdb.Error:
        return None
    if said == [(digest, True)]:
        return con
    con.close()
    return None


def _at_once(con: duckdb.DuckDBPyConnection) -> list[list[str]]:
    """Return the dataflows in their order, in groups that are sorted at once.

    A sort of the whole store would need memory for all of it; those of its parts stand in the same
    order one after the other, since the dataflow comes first in it.
    """
    query = "SELECT dataflow, count(*) FROM observation GROUP BY 1 ORDER BY 1"
    groups: list[list[str]] = [[]]
    rows = 0
    for dataflow, count in con.execute(query).fetchall():
        if groups[-1] and rows + count > _SORTED_AT_ONCE:
            groups.append([])
            rows = 0
        groups[-1].append(dataflow)
        rows += count
    return groups


def _fill(con: duckdb.DuckDBPyConnection, store: Store, target: str, digest: str) -> None:
    condition, given = answering(store)
    order = ", ".join(f'o."{name}"' for name in ORDER)
    chosen = f"SELECT o.*, ({condition}) AS answers FROM observation o"  # noqa: S608 - constants
    con.execute(f"CREATE TABLE {target}serving AS {chosen} LIMIT 0", dict(given))
    for datasets in _at_once(con):
        con.execute(
            f"INSERT INTO {target}serving {chosen} WHERE list_contains($datasets, o.dataflow) "
            f'ORDER BY {order}, o.sheet, o."row", o.col',
            {**given, "datasets": datasets},
        )
    con.execute(
        f"CREATE TABLE {target}stretch AS SELECT dataflow, indicator, edition, ref_area, "  # noqa: S608
        f"min(rowid) AS first, max(rowid) AS last FROM {target}serving GROUP BY ALL ORDER BY first"
    )
    con.execute(
        f"CREATE TABLE {target}built AS SELECT $digest AS digest, count(*) AS n "  # noqa: S608
        f"FROM {target}serving",
        {"digest": digest},
    )


def _build(store: Store, path: Path, digest: str) -> None:
    with new_file(path, error=StoreError) as half:
        con = store.con.cursor()
        try:
            con.execute(f"ATTACH '{_quoted(half)}' AS serving_new")
            try:
                _fill(con, store, "serving_new.", digest)
            finally:
                con.execute("DETACH serving_new")
        except duckdb.Error as error:
            raise StoreError(
                f"{path}: the serving table cannot be built ({str(error).splitlines()[0]})",
                hint="is the disk full? Nothing was changed; it can be built again at any time",
            ) from None
    for other in path.parent.glob("*.duckdb"):
        if other != path and _OURS.fullmatch(other.name):
            remove(other)


def _in_memory(store: Store, digest: str) -> duckdb.DuckDBPyConnection:
    """Build the table beside the store's own tables, where no file can be written."""
    con = store.con.cursor()
    con.execute("DROP TABLE IF EXISTS built")
    con.execute("DROP TABLE IF EXISTS stretch")
    con.execute("DROP TABLE IF EXISTS serving")
    _fill(con, store, "", digest)
    return con
