"""The blocks of one file into ``staged``: words once, codes for every cell, no loop over cells.

A column whose words are few is an ENUM of them, in sorted order: the contracts compare codes, and
Parquet takes the words as its dictionary. Read back, it is text like any other.
"""

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from sojourn.harmonize.observe import Observed
from sojourn.store.facts import column_of
from sojourn.store.observations import NOTHING_STAGED
from sojourn.vocab.observation import COLUMNS, KEY

#: More words than this are kept as text: a list of them is copied for each chunk of rows.
MOST_WORDS = 1_000
_WORDS = (*KEY, "unit_measure", "comment")
Codes = npt.NDArray[np.int32]


def stage(
    con: duckdb.DuckDBPyConnection,
    parts: Sequence[Observed],
    *,
    dataset: str,
    edition: str,
    sha256: str,
) -> int:
    """Make ``staged`` from the blocks of a file, row by row; return the number of observations.

    What differs from cell to cell is a table, ``own``; ``staged`` shows it with what is one word
    or number in the whole file, and with the ``number`` of each row in ``own``.
    """
    con.execute("DROP VIEW IF EXISTS staged; DROP TABLE IF EXISTS own")
    if not parts:
        con.execute(NOTHING_STAGED)
        return 0
    cells, shown = _numbers(parts)
    words: dict[str, list[str]] = {}
    for name in _WORDS:
        words[name], cells[name] = _coded(parts, name)
    words["obs_status"], cells["obs_status"] = _statuses(parts)
    words["sheet"], cells["sheet"] = _sheets(parts)
    words |= {"dataflow": [dataset], "edition": [edition], "file": [sha256]}
    own = {name: f'"{name}"' for name in cells}
    for name, found in words.items():
        if len(found) == 1:
            cells.pop(name, None)
            own.pop(name, None)
            shown[name] = f"{_quoted(found)}::ENUM({_quoted(found)})"
        else:
            own[name] = _typed(con, name, found, cells)
    con.register("cells", cells)
    listed = ", ".join(f'{source} AS "{name}"' for name, source in own.items())
    con.execute(f"CREATE TABLE own AS SELECT {listed} FROM cells")  # noqa: S608 - our columns
    con.unregister("cells")
    listed = ", ".join(shown.get(n, f'"{n}"') + f' AS "{n}"' for n, _ in COLUMNS)
    con.execute(f"CREATE VIEW staged AS SELECT {listed}, rowid AS number FROM own")  # noqa: S608
    return len(cells["col"])


def _quoted(words: Sequence[str]) -> str:
    return ", ".join("'" + w.replace("'", "''") + "'" for w in words)


def _typed(
    con: duckdb.DuckDBPyConnection, name: str, words: list[str], cells: dict[str, Any]
) -> str:
    """Make the type of a column of several words, and return how its codes become words."""
    if len(words) > MOST_WORDS:
        cells[name] = np.array(words, dtype=object)[cells[name]]
        return name
    con.execute(f"DROP TYPE IF EXISTS of_{name}; CREATE TYPE of_{name} AS ENUM ({_quoted(words)})")
    return f"(enum_range(NULL::of_{name})::of_{name}[])[{name} + 1]"


def _coded(parts: Sequence[Observed], name: str) -> tuple[list[str], Codes]:
    """Return the words of a dimension, sorted, and the code of each cell."""
    columns = [column_of(p, name) for p in parts]
    words = sorted({w for column, _ in columns for w in column.words})
    if len(words) == 1:
        return words, np.zeros(0, dtype=np.int32)
    index = {w: i for i, w in enumerate(words)}
    codes = []
    for part, (column, by_row) in zip(parts, columns, strict=True):
        own = np.array([index[w] for w in column.words], dtype=np.int32)[column.codes]
        codes.append(np.repeat(own, len(part.cols)) if by_row else np.tile(own, len(part.rows)))
    return words, np.concatenate(codes)


def _statuses(parts: Sequence[Observed]) -> tuple[list[str], Codes]:
    """Return the one-letter statuses, sorted, and the code of each cell."""
    letters = np.concatenate(
        [np.stack([v.status for v in p.values], axis=1).ravel() for p in parts]
    )
    points = np.ascontiguousarray(letters.astype("U1")).view(np.uint32)
    present = np.flatnonzero(np.bincount(points))
    codes = np.zeros(int(present[-1]) + 1, dtype=np.int32)
    codes[present] = np.arange(len(present))
    return [chr(p) for p in present], codes[points]


def _sheets(parts: Sequence[Observed]) -> tuple[list[str], Codes]:
    words = sorted({p.sheet for p in parts})
    counts = [len(p.rows) * len(p.cols) for p in parts]
    own = np.array([words.index(p.sheet) for p in parts], dtype=np.int32)
    return words, np.repeat(own, counts if len(words) > 1 else 0)


def _numbers(parts: Sequence[Observed]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the columns of numbers, and those that are one number or none in the whole file."""
    out: dict[str, Any] = {}
    same: dict[str, str] = {}
    for name, attribute in (("obs_value", "value"), ("lower", "lower"), ("upper", "upper")):
        if all(getattr(v, attribute) is None for p in parts for v in p.values):
            same[name] = "NULL::DOUBLE"
            continue
        blocks = []
        for p in parts:
            nothing = np.full(len(p.rows), np.nan)
            own = [getattr(v, attribute) for v in p.values]
            blocks.append(np.stack([nothing if x is None else x for x in own], axis=1).ravel())
        numbers = np.concatenate(blocks)
        out[name] = np.ma.masked_array(numbers, np.isnan(numbers))
    out["row"] = np.concatenate([np.repeat(p.rows, len(p.cols)) for p in parts]).astype(np.int32)
    out["col"] = np.concatenate([np.tile(p.cols, len(p.rows)) for p in parts]).astype(np.int16)
    mults = {m for p in parts for _, m in p.units}
    if len(mults) == 1:
        same["unit_mult"] = f"({mults.pop()})::SMALLINT"
        return out, same
    mult = [np.array([m for _, m in p.units], dtype=np.int16) for p in parts]
    out["unit_mult"] = np.concatenate(
        [np.tile(m, len(p.rows)) for m, p in zip(mult, parts, strict=True)]
    )
    return out, same
