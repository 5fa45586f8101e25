"""The tables of a proposal as CSV and one database: every column typed, also where no row is."""

import csv
import io
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from types import UnionType
from typing import Any, get_type_hints

from sojourn.files import Folder
from sojourn.protect.audit.audit import AuditedTable
from sojourn.relocation.audit.audit import Check
from sojourn.relocation.lists.fairness import FairnessCell, cells_of
from sojourn.relocation.proposal.proposal import (
    ROWS,
    Proposal,
)

#: Groups are a table of their own, protected (`cells_of`).
_ROWS = {name: kind for name, kind in ROWS.items() if name != "groups"}
#: Every table of a plan's folder.
TABLES = (*_ROWS, "fairness", "arrivals", "driver", "audit")
_TIMED = "seconds"  # the one thing that differs between two runs
_TYPES: Mapping[Any, str] = {int: "INTEGER", bool: "INTEGER", float: "REAL"}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns, each of one SQLite type (``TEXT``, ``INTEGER``, ``REAL``)."""

    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]


def plan_json(proposal: Proposal) -> str:
    """Return a proposal as JSON; the same proposal gives the same text."""
    plain = _plain(proposal)
    for bound in plain["bounds"]:
        bound.pop(_TIMED)
    return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def tables_of(
    proposal: Proposal, report: Sequence[Check], fairness: AuditedTable
) -> dict[str, Table]:
    """Return every table of a plan's folder by name; the counts by group are the protected ones."""
    tables = {
        name: Table(_columns(kind), [_plain(row) for row in getattr(proposal, name)])
        for name, kind in _ROWS.items()
    }
    tables["fairness"] = Table(
        _columns(FairnessCell), [_plain(cell) for cell in cells_of(fairness)]
    )
    tables["arrivals"] = Table(
        {
            "place_id": "TEXT",
            "day": "TEXT",
            "arrival": "TEXT",
            "trip_id": "TEXT",
            "persons": "INTEGER",
        },
        arrivals(proposal),
    )
    driver = {k: t for k, t in tables["manifest"].columns.items() if k in columns_of("driver")}
    tables["driver"] = Table(driver, tables["manifest"].rows)
    tables["audit"] = Table(
        {"rule": "TEXT", "title": "TEXT", "checked": "INTEGER", "violated": "INTEGER"},
        [
            {"rule": c.rule, "title": c.title, "checked": c.checked, "violated": len(c.violations)}
            for c in report
        ],
    )
    return tables


def arrivals(proposal: Proposal) -> list[dict[str, Any]]:
    """Return who arrives where and when, in order of day, place and hour."""
    found = [
        {
            "place_id": s.place_id,
            "day": t.day.isoformat(),
            "arrival": clock(s.arrival),
            "trip_id": t.id,
            "persons": s.persons,
        }
        for t in proposal.trips
        for s in t.stops
    ]
    return sorted(found, key=lambda r: (r["day"], r["place_id"], r["arrival"], r["trip_id"]))


def clock(minutes: int) -> str:
    """Return minutes after midnight as a time of day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def write_tables(tables: Mapping[str, Table], folder: Folder) -> None:
    """Write each table as CSV, its header also where no row is, and all of them as one database."""
    write_tables_csv(tables, folder)
    with sqlite3.connect(folder.path / "plan.sqlite") as con:
        for name, table in tables.items():
            named = ", ".join(f'"{c}" {kind}' for c, kind in table.columns.items())
            con.execute(f'CREATE TABLE "{name}" ({named}) STRICT')
            marks = ", ".join("?" * len(table.columns))
            con.executemany(
                f'INSERT INTO "{name}" VALUES ({marks})',  # noqa: S608 - names of ours
                table_rows(table),
            )
    con.close()


def write_tables_csv(tables: Mapping[str, Table], folder: Folder) -> None:
    """Write each table as CSV, its header also where no row is."""
    for name, table in tables.items():
        folder.write(f"{name}.csv", table_csv(table))


def columns_of(name: str) -> tuple[str, ...]:
    """Return the columns of a plan's table about people; none for another name."""
    if name == "driver":
        return tuple(c for c in columns_of("manifest") if c not in ("case_id", "needs"))
    return tuple(_columns(_ROWS[name])) if name in _ROWS else ()


def _columns(kind: type) -> dict[str, str]:
    hints = get_type_hints(kind)
    named = [f.name for f in fields(kind) if f.name != _TIMED]
    return {name: _type(hints[name]) for name in named}


def _type(hint: Any) -> str:
    if isinstance(hint, UnionType):
        hint = next(part for part in hint.__args__ if part is not type(None))
    return _TYPES.get(hint, "TEXT")


def table_csv(table: Table) -> str:
    """Return a table as CSV."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([_cell(row[c]) for c in table.columns])
    return stream.getvalue()


def table_rows(table: Table) -> list[tuple[Any, ...]]:
    """Return a table's rows as the database holds them."""
    return [tuple(_cell(row[c]) for c in table.columns) for row in table.rows]


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return ";".join(
            json.dumps(v, sort_keys=True) if isinstance(v, dict) else str(v) for v in value
        )
    return value


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
