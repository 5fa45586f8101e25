"""Ask the contracts of a staged file; keep what they return, with its cells."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from sojourn import errors
from sojourn.errors import counted
from sojourn.harmonize.contracts import Contract, contracts, is_printed, of_whole_tables
from sojourn.harmonize.names import with_names
from sojourn.store.facts import Facts, gone
from sojourn.store.manifest import LoadedFile
from sojourn.store.observations import KEY_LIST, Store
from sojourn.vocab.area import AREAS
from sojourn.vocab.group import groups
from sojourn.vocab.membership import members as packaged_members
from sojourn.vocab.observation import column_letters


@dataclass(frozen=True, slots=True)
class Problem:
    """One violation of a contract, with its cell and its size."""

    contract: str
    message: str
    size: float | None
    sheet: str
    row: int
    col: int

    @property
    def place(self) -> str:
        """Sheet and cell as printed."""
        cell = f"{column_letters(self.col)}{self.row}"
        return f"{self.sheet}!{cell}" if self.sheet else cell


def held_to(problems: Iterable[Problem]) -> tuple[tuple[Problem, ...], Counter[str]]:
    """Return what a part of a table is held to, and the number of cells of each other contract."""
    every = tuple(problems)
    left = Counter(p.contract for p in every if p.contract in of_whole_tables())
    return tuple(p for p in every if p.contract not in left), left


def not_held(left: Counter[str]) -> str:
    """Return the sentence that tells which contracts a part was not held to."""
    listed = ", ".join(f"{contract} ({counted(n, 'cell')})" for contract, n in sorted(left.items()))
    return f"is a part, and not held to what only a whole table can keep: {listed}"


def set_members(con: duckdb.DuckDBPyConnection, members: Sequence[tuple[str, str]]) -> None:
    """Give the contracts the classification of the staged edition: (group, member) pairs."""
    con.execute("CREATE OR REPLACE TABLE member (group_id VARCHAR, member_id VARCHAR)")
    if members:
        groups, parts = zip(*members, strict=True)
        columns = {"g": np.array(groups, dtype=object), "m": np.array(parts, dtype=object)}
        con.register("member_rows", columns)
        con.execute("INSERT INTO member SELECT DISTINCT g, m FROM member_rows")
        con.unregister("member_rows")


def set_areas(con: duckdb.DuckDBPyConnection) -> None:
    """Give the contracts the kind and the last year of each area, and who is in a union of a fixed day."""
    if con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'area'").fetchall():
        return
    con.execute("CREATE TABLE area (area_id VARCHAR, kind VARCHAR, last_year INTEGER)")
    known = list(AREAS.values())
    last = [0 if a.valid_to is None else a.valid_to.year for a in known]
    columns = {
        "i": np.array([a.area_id for a in known], dtype=object),
        "k": np.array([a.kind for a in known], dtype=object),
        "y": np.array(last),
    }
    con.register("area_rows", columns)
    con.execute("INSERT INTO area SELECT i, k, nullif(y, 0) FROM area_rows")
    con.unregister("area_rows")
    _set_unions(con)


def _set_unions(con: duckdb.DuckDBPyConnection) -> None:
    """Give the contracts the members of each group whose members are the same on every day."""
    con.execute("CREATE TABLE composed (group_id VARCHAR, member_id VARCHAR)")
    fixed = [g for g in groups().values() if g.composes and not g.dated]
    pairs = [(g.composes, m.area) for g in fixed for m in g.members]
    listed = ", ".join(["(?, ?)"] * len(pairs))
    con.execute(f"INSERT INTO composed VALUES {listed}", [i for pair in pairs for i in pair])  # noqa: S608


def find_repeated(con: duckdb.DuckDBPyConnection) -> bool:
    """Note the keys that stand in ``staged`` more than once, by their hash; say whether any do."""
    con.execute(
        f"CREATE OR REPLACE TABLE repeated AS SELECT hash({KEY_LIST}) AS h FROM staged "  # noqa: S608
        "GROUP BY h HAVING count(*) > 1"
    )
    return bool(con.execute("SELECT 1 FROM repeated LIMIT 1").fetchall())


def check(
    con: duckdb.DuckDBPyConnection,
    name: str,
    facts: Facts,
    *,
    verified: bool,
    contradicts: str,
    formula_cells: Collection[tuple[str, int, int]],
    has_members: bool,
) -> list[Problem]:
    """Ask every contract of the staged file; ``area`` and ``member`` must be set.

    Parameters
    ----------
    facts : Facts
        What is known of the file: contracts that can find nothing are not asked.
    verified : bool
        Whether the bytes are declared ones: what a publisher itself printed is kept and recorded.
    contradicts : str
        Edition that the file claims and whose genuine bytes are declared, where it is not one of
        them; empty else. What the genuine file prints itself is no reason to refuse.
    formula_cells : set of (sheet, row, column)
        Cells whose number is the stored result of a formula: a wrong one is refused.

    Raises
    ------
    HarmonizeError
        The error class of the first contract that may not be broken, naming up to five cells.
    """
    held = set(facts.held) | ({"members"} if has_members else set())
    held |= {"repeated"} if facts.may_repeat and find_repeated(con) else set()
    found: list[Problem] = []
    for contract in contracts():
        if not contract.may_find(facts.words, held):
            continue
        rows = _broken(con, contract)
        problems = [
            Problem(contract.id, message, size, sheet, row, col)
            for sheet, row, col, message, size in rows
        ]
        stale = [p for p in problems if (p.sheet, p.row, p.col) in formula_cells]
        if stale and contract.id == "parts-are-the-total":
            _refuse(contract, name, stale, "the stored result of a formula is wrong; ")
        held_against = contract.severity == "refuse" or (
            contract.severity == "contradict" and contradicts
        )
        if held_against and not verified:
            own = [p for p in problems if not is_printed(contradicts, p.contract, p.message)]
            if own:
                _refuse(contract, name, own, "")
        found += problems
    return found


def ask(store: Store, file: LoadedFile, only: str | None = None) -> list[Problem]:
    """Ask the contracts of a file that is in the store already.

    What was noted when it was loaded and cannot be seen any more (a second row for one key is not
    kept) is told again. Also what only a whole table can keep is asked: see `held_to`.

    Parameters
    ----------
    only : str, optional
        Id of the one contract to ask.
    """
    con = store.con
    pairs = con.execute(
        "SELECT DISTINCT group_id, member_id FROM membership WHERE edition = $edition AND file = $file",
        {"edition": file.edition, "file": file.sha256},
    ).fetchall()
    dataset = file.dataset.removesuffix("-od")
    members = pairs or packaged_members(dataset, file.vintage)
    set_members(con, members)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE staged AS SELECT * FROM raw_observation WHERE file = $file",
        {"file": file.sha256},
    )
    set_areas(con)
    words, held = _held(con, has_members=bool(members))
    found = []
    for contract in contracts():
        if only not in (None, contract.id) or not contract.may_find(words, held):
            continue
        rows = _broken(con, contract)
        found += [Problem(contract.id, m, size, s, row, col) for s, row, col, m, size in rows]
    con.execute("DROP TABLE staged")
    noted = con.execute(
        'SELECT contract, message, size, sheet, "row", col FROM raw_problem WHERE file = $file ORDER BY ALL',
        {"file": file.sha256},
    ).fetchall()
    seen = {(p.contract, p.place) for p in found}
    earlier = [Problem(*row) for row in noted if only in (None, row[0])]
    return found + [p for p in earlier if (p.contract, p.place) not in seen]


def _refuse(contract: Contract, name: str, problems: list[Problem], why: str) -> None:
    listed = "; ".join(f"{p.place}: {with_names(p.message)}" for p in problems[:5])
    more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
    kind = getattr(errors, contract.error)
    raise kind(
        f"{name}: {why}{listed}{more}",
        hint=f"{contract.title}. The file is not the publisher's, or was changed: download it again",
    )


def _held(
    con: duckdb.DuckDBPyConnection, *, has_members: bool
) -> tuple[dict[str, set[str]], set[str]]:
    """Return the words of each column that a contract asks for, and what else is there."""
    columns = sorted({column for c in contracts() for column in (*c.when, *c.any_of)})
    asked = ", ".join(f"list(DISTINCT {column})" for column in columns)
    found = (
        "min(obs_value) < 0, count(lower) + count(upper) > 0, count(DISTINCT unit_measure) > 1, "
        "max(obs_value * pow(10, unit_mult)) > 12e9, bool_or(obs_value <> round(obs_value))"
    )
    *row, negative, interval, units, vast, broken = con.execute(
        f"SELECT {asked}, {found} FROM staged"  # noqa: S608 - packaged
    ).fetchall()[0]
    words = {column: set(own or ()) for column, own in zip(columns, row, strict=True)}
    held = {
        "members": has_members,
        "repeated": find_repeated(con),
        "negative": negative,
        "vast": vast,
        "broken": broken,
        "interval": interval,
        "units": units,
        "gone": not gone().isdisjoint(words["ref_area"]),
    }
    return words, {name for name, is_held in held.items() if is_held}


def _broken(con: duckdb.DuckDBPyConnection, contract: Contract) -> list[tuple[Any, ...]]:
    """Return what a contract finds, in the order of sheet, row, column and message."""
    asked = contract.sql.replace("{key}", KEY_LIST)
    try:
        return con.execute(f"SELECT * FROM ({asked}) ORDER BY 1, 2, 3, 4, 5").fetchall()  # noqa: S608 - packaged
    except (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException) as fault:
        raise errors.BadDeclaration(
            f"contracts.toml, {contract.id}: {str(fault).splitlines()[0]}",
            hint="sql gives sheet, row, col, message and size of each row that breaks the contract",
        ) from None
