"""A plan's folder held against its plan.json: every table, the database and the lists printed of it."""

import csv
import hashlib
import io
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from sojourn.errors import PlanMismatch, counted
from sojourn.files import MARKER
from sojourn.relocation.audit.audit import Check
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.run.fairness import fairness_of
from sojourn.relocation.run.printed import RECORD, printed
from sojourn.relocation.run.tables import (
    TABLES,
    Table,
    plan_json,
    table_csv,
    table_rows,
    tables_of,
)
from sojourn.relocation.site.private import is_ours
from sojourn.relocation.site.seal import SEALED, lies, plain_bytes
from sojourn.relocation.site.site import Site

WHO_MAY_READ = (
    "This folder holds rows about people, by pseudonym: it never leaves the site's own machines. "
    "What may be shown to others is written by `sojourn relocate report`, which remembers what it has "
    "shown: two plans of one site, each protected, would tell who changed between them."
)
AUDIT = "audit"  # the audit of the day on which the plan was made
MARKED = ("manifest.", "driver.")  # lists that carry the short form of the plan's digest
PRINTED = (*MARKED, "slips.", "report.")
BESIDE = (".svg", ".csv")
README, SIGNATURE = "README.txt", "signature.json"
DATABASE = b"SQLite format 3\0"  # how each begins


def plan_digest(text: str) -> str:
    """Return the digest of a written plan."""
    return hashlib.sha256(text.encode()).hexdigest()


def short_digest(plan: Proposal) -> str:
    """Return the short form of a plan's digest, which its lists carry."""
    return plan_digest(plan_json(plan))[:12]


def differing(site: Site, plan: Proposal, report: Sequence[Check], folder: Path) -> Iterator[str]:
    """Yield each table, and each list printed of the plan, that says other things than the plan."""
    tables = tables_of(plan, report, fairness_of(site, plan))
    whole = _written_here(folder, tables)
    clean = not any(c.violations for c in report)  # as it was when the plan was written
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        if lies(path) and (name != AUDIT or clean):
            yield from _of_table(path, table_csv(table))
        elif whole and not lies(path):
            yield f"{path.name} is not there"
    if whole and not lies(folder / "plan.sqlite"):
        yield "plan.sqlite is not there"
    yield from _of_database(folder / "plan.sqlite", tables, clean=clean)
    if any(b.level == "L9" for b in plan.bounds) and not plan.previous_digest:
        yield "the plan does not name the one that it was made again from"
    if whole:
        yield from _of_readme(folder / README, plan)
        yield from _of_record(folder, sealed=not (folder / "plan.json").is_file())
    mark = short_digest(plan).encode()
    for path in lists_of(folder):
        marked = path.name.startswith(MARKED) and path.suffix == ".html"
        if marked and mark not in path.read_bytes():
            yield f"{path.name} was printed of another plan"
        elif not is_ours(path):
            yield f"{path.name} was changed after it was printed"


def _written_here(folder: Path, tables: dict[str, Table]) -> bool:
    """Whether a folder is one that this program wrote, not a lone plan.json."""
    ours = (MARKER, README, "plan.sqlite", *(f"{name}.csv" for name in tables))
    return any(lies(folder / name) for name in ours)


def readme_of(plan: Proposal) -> str:
    """Return the page that lies with a plan: what it is, who may read it, and which plan of which inputs."""
    marked = "SYNTHETIC: nobody in this site exists.\n" if plan.synthetic else ""
    digests = f"Inputs: {plan.site_digest}\nPlan: {plan_digest(plan_json(plan))}\n"
    return f"{marked}{plan.notice}\n{WHO_MAY_READ}\n{digests}"


def _of_readme(path: Path, plan: Proposal) -> Iterator[str]:
    if not path.is_file():
        yield f"{path.name} is not there"
    elif plan_digest(plan_json(plan)).encode() not in (content := path.read_bytes()):
        yield f"{path.name} names another plan"
    elif content != readme_of(plan).encode():
        yield f"{path.name} says other things than when it was written"


def _of_record(folder: Path, *, sealed: bool) -> Iterator[str]:
    """Ask that a folder's own record is there, and that the audit of the day the plan was made stands."""
    if not is_ours(folder / README):
        yield f"{MARKER}, the record of what was written here, is not there or is another's"
    if not sealed and lies(folder / f"{AUDIT}.csv") and not is_ours(folder / f"{AUDIT}.csv"):
        yield f"{AUDIT}.csv was changed after it was written"


def lists_of(folder: Path) -> list[Path]:
    """Return the lists printed of a plan: those in its folder, and those its record names elsewhere."""
    try:
        elsewhere = [p for p in printed(folder) if p.is_file()]
    except PlanMismatch:
        elsewhere = []
    here = [p for p in folder.iterdir() if p.suffix in (".html", ".pdf") and p.is_file()]
    known = {p.resolve(): p for p in (*here, *elsewhere) if p.name.startswith(PRINTED)}
    known |= {
        p.resolve(): p for p in elsewhere if p.suffix in BESIDE
    }  # maps and tables of a report
    return [known[p] for p in sorted(known)]


def not_looked_at(folder: Path) -> list[str]:
    """Return the names of what lies in a plan's folder and is neither of a plan nor printed of it."""
    tables = [f"{name}.csv" for name in TABLES]
    known = {MARKER, README, "plan.json", "plan.sqlite", RECORD, SIGNATURE, *tables}
    known |= {f"{name}{SEALED}" for name in known} | {p.name for p in lists_of(folder)}
    return sorted(p.name for p in folder.iterdir() if p.name not in known)


def _of_table(path: Path, wanted: str) -> Iterator[str]:
    try:
        found = list(csv.reader(io.StringIO(plain_bytes(path).decode(), newline="")))
    except (OSError, ValueError, csv.Error):
        yield f"{path.name} cannot be read as a table"
        return
    expected = list(csv.reader(io.StringIO(wanted, newline="")))
    for number, (one, two) in enumerate(zip(found, expected, strict=False), start=1):
        if one != two:
            yield f"{path.name}, row {number}, says other things than plan.json"
            return
    if len(found) != len(expected):
        yield f"{path.name} has {counted(len(found), 'row')}, plan.json {len(expected)}"


def _tables_in(con: sqlite3.Connection) -> tuple[set[str], set[str]]:
    """Return the tables of a database, and what else is in it; a view of another's making may never end."""
    asked = "SELECT name, type = 'table' AND sql LIKE 'CREATE TABLE %' FROM sqlite_master"
    found = [(str(name), bool(real)) for name, real in con.execute(asked)]
    return {n for n, real in found if real}, {n for n, real in found if not real}


def _of_database(path: Path, tables: dict[str, Table], *, clean: bool) -> Iterator[str]:
    if not lies(path):
        return
    try:
        content = plain_bytes(path)
        if not content.startswith(DATABASE):
            raise sqlite3.DatabaseError("no database")
        with closing(sqlite3.connect(":memory:")) as con:
            con.deserialize(content)
            real, others = _tables_in(con)
            for name in sorted((real | others) - set(tables)):
                yield f"{path.name} holds {name}, which is no table of a plan"
            for name, table in tables.items():
                if name not in real:
                    yield f"{path.name} has no table {name}"
                    continue
                rows = con.execute(f'SELECT * FROM "{name}" ORDER BY rowid')  # noqa: S608 - names of ours
                named = [column for column, *_ in rows.description]
                same = named == list(table.columns) and [tuple(r) for r in rows] == table_rows(
                    table
                )
                if not same and (name != AUDIT or clean):
                    yield f"{path.name}, table {name}, says other things than plan.json"
    except (sqlite3.Error, OSError):
        yield f"{path.name} cannot be read as a database"
