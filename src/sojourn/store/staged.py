"""The last steps before a commit: drop what is known, write memberships and problems."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from sojourn.errors import EditionUnclear, counted
from sojourn.sources.classification import Membership
from sojourn.store.contracts import Problem
from sojourn.store.facts import Facts
from sojourn.store.manifest import LoadedFile, Manifest
from sojourn.store.observations import (
    KEY_LIST,
    MEMBERSHIP_DDL,
    PROBLEM_DDL,
    write_parquet,
)
from sojourn.vocab.observation import KEY, Cell


def drop_known(
    con: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    edition: str,
    facts: Facts,
    others: Mapping[str, Facts],
    *,
    verified: bool,
    name: str,
) -> tuple[int, tuple[str, ...]]:
    """Remove from ``staged`` what stands twice in it, and what the store already holds.

    Parameters
    ----------
    facts, others : Facts, mapping of str to Facts
        What is known of the file, and of those that were read before it, by digest.

    Returns
    -------
    (int, tuple of str)
        Observations left, and what must be said.

    Raises
    ------
    EditionUnclear
        The store holds other values for the same keys of the same edition.
    """
    notes = []
    held = [f for f in manifest.of_edition(edition) if f.parquet]
    files = [f for f in held if f.sha256 not in others or facts.meets(others[f.sha256])]
    if not files and not facts.may_repeat:
        return facts.count, ()
    if facts.may_repeat:
        [(again,)] = con.execute(
            "DELETE FROM own WHERE rowid IN (SELECT number FROM staged WHERE hash("  # noqa: S608
            f"{KEY_LIST}) IN (SELECT h FROM repeated) QUALIFY row_number() OVER "
            f'(PARTITION BY {KEY_LIST} ORDER BY "row", col) > 1)'
        ).fetchall()
        if again:
            notes.append(
                f"{counted(again, 'number stands', 'numbers stand')} in the file a second time, with the "
                "same value: counted once"
            )
    if files and _note_known(con, manifest, files):
        same = " AND ".join(f"s.{k} = k.{k}" for k in KEY)
        clash = con.execute(
            'SELECT s.sheet, s."row", s.col, s.obs_value, k.obs_value, k.sheet, k."row", k.col '  # noqa: S608
            f"FROM staged s JOIN known k ON {same} "
            "WHERE s.obs_value IS DISTINCT FROM k.obs_value ORDER BY ALL LIMIT 3"
        ).fetchall()
        if clash:
            _refuse(name, edition, clash, verified=verified)
        before = _count(con)
        con.execute(
            "DELETE FROM own WHERE rowid IN (SELECT number FROM staged s "  # noqa: S608
            f"WHERE EXISTS (SELECT 1 FROM known k WHERE {same}))"
        )
        if (dropped := before - _count(con)) > 0:
            notes.append(
                f"{dropped:,} of {counted(before, 'observation is', 'observations are')} in the store already"
            )
    return _count(con), tuple(notes)


def printed_at(con: duckdb.DuckDBPyConnection, cell: Cell) -> float | None:
    """Return the staged number at a cell; None where the file has none."""
    rows = con.execute(
        'SELECT obs_value FROM staged WHERE sheet = ? AND "row" = ? AND col = ?',
        [cell.sheet, cell.row, cell.col],
    ).fetchall()
    return rows[0][0] if rows else None


def _note_known(
    con: duckdb.DuckDBPyConnection, manifest: Manifest, files: Sequence[LoadedFile]
) -> int:
    """Note what the store holds of the periods in ``staged``; return how many observations."""
    paths = [str(manifest.root / "store" / "observations" / f.parquet) for f in files]
    con.execute(
        f'CREATE OR REPLACE TABLE known AS SELECT {KEY_LIST}, obs_value, sheet, "row", col '  # noqa: S608
        "FROM read_parquet($paths) WHERE time_period IN (SELECT DISTINCT time_period FROM staged)",
        {"paths": paths},
    )
    return int(con.execute("SELECT count(*) FROM known").fetchall()[0][0])


def _refuse(name: str, edition: str, clash: list[tuple[Any, ...]], *, verified: bool) -> None:
    sheet, row, col, new, old, *place = clash[0]
    here = Cell("", "", sheet, row, col).place
    there = Cell("", "", *place).place
    raise EditionUnclear(
        f"{name}: {here} reads {new}, but the store holds {old} for the same quantity of "
        f"{edition} (cell {there})",
        hint="two different files claim to be one edition"
        + ("; the one in the store is unverified" if verified else "")
        + "; name this one with --edition DATASET@DATE, or load into another folder",
    )


def _count(con: duckdb.DuckDBPyConnection) -> int:
    return int(con.execute("SELECT count(*) FROM staged").fetchall()[0][0])


def write_memberships(
    con: duckdb.DuckDBPyConnection,
    memberships: Sequence[Membership],
    entry: LoadedFile,
    target: Path,
) -> None:
    """Write the classification that a file prints, with its cells."""
    con.execute(f"CREATE OR REPLACE TABLE membership ({MEMBERSHIP_DDL})")
    columns = {
        "scheme": [m.scheme for m in memberships],
        "group_id": [m.group for m in memberships],
        "member_id": [m.member for m in memberships],
        "sheet": [m.sheet for m in memberships],
    }
    rows: dict[str, Any] = {k: np.array(v, dtype=object) for k, v in columns.items()}
    rows["row"] = np.array([m.row for m in memberships])
    rows["col"] = np.array([m.col for m in memberships])
    con.register("new", rows)
    con.execute(
        "INSERT INTO membership SELECT $dataset, $edition, scheme, group_id, member_id, $file, "
        'sheet, "row", col FROM new',
        {"dataset": entry.dataset, "edition": entry.edition, "file": entry.sha256},
    )
    write_parquet(con, "membership", target)


def write_problems(
    con: duckdb.DuckDBPyConnection, problems: Sequence[Problem], entry: LoadedFile, target: Path
) -> None:
    """Write the violations found in a file, with their cells."""
    con.execute(f"CREATE OR REPLACE TABLE problem ({PROBLEM_DDL})")
    rows: dict[str, Any] = {
        "contract": np.array([p.contract for p in problems], dtype=object),
        "message": np.array([p.message for p in problems], dtype=object),
        "size": np.array([np.nan if p.size is None else p.size for p in problems]),
        "sheet": np.array([p.sheet for p in problems], dtype=object),
        "row": np.array([p.row for p in problems]),
        "col": np.array([p.col for p in problems]),
    }
    con.register("new", rows)
    con.execute(
        "INSERT INTO problem SELECT contract, $edition, message, "
        'CASE WHEN isnan(size) THEN NULL ELSE size END, $file, sheet, "row", col FROM new',
        {"edition": entry.edition, "file": entry.sha256},
    )
    write_parquet(con, "problem", target)
