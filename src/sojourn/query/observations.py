"""Observations asked for by their SDMX concepts, from the editions current on a day."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from sojourn.errors import PublishError
from sojourn.files import new_file
from sojourn.query.asked import CONCEPTS, Given, wanted
from sojourn.store.choice import answering, is_whole
from sojourn.store.observations import Store
from sojourn.vocab.observation import COLUMNS
from sojourn.vocab.place import area_id


def current(store: Store, as_of: date | None = None) -> list[str]:
    """Return the edition of each dataset that was the newest whole one on a day (default: now).

    Of a computed dataset each run, named after ``+``, has a newest edition of its own.
    """
    newest: dict[tuple[str, str], tuple[str, str]] = {}
    for f in store.manifest.files:
        if as_of is None or date.fromisoformat(f.vintage) <= as_of:
            run = (f.dataset, f.edition.partition("+")[2])
            rank = (str(int(is_whole(store, f.edition))) + f.vintage, f.edition)
            newest[run] = max(newest.get(run, ("", "")), rank)
    return [edition for _, edition in newest.values()]


def observations(
    store: Store,
    *,
    as_of: date | None = None,
    all_editions: bool = False,
    **concepts: Given,
) -> Any:
    """Return observations as a DuckDB relation, in the order of their cells.

    Parameters
    ----------
    as_of : date, optional
        Take for each key the newest edition on this day that holds it; a newer part of a table
        hides nothing that it does not hold.
    all_editions : bool
        Take every edition instead; each row names its own.
    **concepts : str, int, or several of them
        Values to keep, by concept (`CONCEPTS`, or ``dataset``, ``period``, ``area`` as on the
        command line); areas by number, code or name, indicators by id or name.

    Returns
    -------
    duckdb.DuckDBPyRelation
        The columns of `sojourn.vocab.observation.COLUMNS`, then ``vintage``, ``verified``,
        ``mark`` and ``file_name``; ``.df()``, ``.arrow()`` and ``.fetchnumpy()`` hand it over.

    Raises
    ------
    NoSuchObservation
        A concept that observations do not have, a dataset or edition that is not loaded.
    UnknownIndicator, UnknownArea
        A name that nothing bears; the hint names the nearest.
    """
    asked = wanted(store, concepts)
    conditions = [f"list_contains($w_{concept}, {concept})" for concept in asked]
    chosen: dict[str, object] = {}
    if not all_editions and "edition" not in concepts:
        condition, given = answering(store, as_of)
        chosen = dict(given)
        conditions.append(condition)
    where = " AND ".join(conditions) or "true"
    columns = ", ".join(f'"{name}"' for name, _ in COLUMNS)
    return store.sql(
        f"SELECT {columns}, vintage, verified, mark, file_name FROM observation o "  # noqa: S608 - constants only
        f'WHERE {where} ORDER BY edition, file, sheet, "row", col',
        {**chosen, **{f"w_{concept}": list(values) for concept, values in asked.items()}},
    )


_WRITERS = {
    ".csv": "(FORMAT csv, HEADER)",
    ".parquet": "(FORMAT parquet, COMPRESSION zstd)",
    ".json": "(FORMAT json, ARRAY true)",
}

#: Texts that come from a file, written so that no spreadsheet program takes one for a formula.
_HARMLESS = ", ".join(
    f"CASE WHEN {c}[1] IN ('=', '+', '-', '@', chr(9), chr(13)) THEN chr(39) || {c} ELSE {c} END AS {c}"
    for c in ("detail", "comment", "sheet", "file_name")
)


def write_observations(found: Any, out: Path) -> int:
    """Write a relation to a CSV, Parquet or JSON file in one step; return the number of rows.

    Raises
    ------
    PublishError
        The file's ending is unknown, or it cannot be written.
    """
    form = _WRITERS.get(out.suffix.lower())
    if form is None:
        raise PublishError(
            f"{out}: no format has the ending {out.suffix!r}",
            hint=f"use one of {', '.join(_WRITERS)}",
        )
    what = f"(SELECT * REPLACE ({_HARMLESS}) FROM found)" if "csv" in form else "found"  # noqa: S608 - constants only
    with new_file(out) as path:
        quoted = str(path).replace("'", "''")
        try:
            return int(found.query("found", f"COPY {what} TO '{quoted}' {form}").fetchall()[0][0])
        except duckdb.Error as error:
            raise PublishError(
                f"{out}: cannot be written ({str(error).splitlines()[0]})", hint="check the folder"
            ) from None


__all__ = ["CONCEPTS", "area_id", "current", "observations", "write_observations"]
