"""Observations asked for by their SDMX concepts, from the editions current on a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from sojourn.errors import NoSuchObservation, PublishError, UnknownArea
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS, from_code
from sojourn.vocab.observation import COLUMNS

#: Concepts that observations can be asked by.
CONCEPTS: tuple[str, ...] = (
    "dataflow",
    "edition",
    "indicator",
    "ref_area",
    "origin",
    "destination",
    "sex",
    "age",
    "time_period",
    "criterion",
    "unit_measure",
    "obs_status",
)
_PLACES = frozenset({"ref_area", "origin", "destination"})


def area_id(text: str) -> str:
    """Return the area that an id, an M49 number or an ISO 3166 code denotes.

    Raises
    ------
    UnknownArea
        No such code; names of countries are not codes.

    Examples
    --------
    >>> area_id("DEU"), area_id("276"), area_id("900"), area_id("_T")
    ('276', '276', '900', '_T')
    """
    if text in AREAS or text.startswith("_"):
        return text
    for scheme in ("m49", "iso3", "iso2"):
        try:
            return from_code(text, scheme)
        except UnknownArea:
            continue
    raise UnknownArea(
        f"{text!r} is no code of an area",
        hint="give an M49 number (276), an ISO code (DEU), 900 for the world, or _T for all places",
    )


def current(store: Store, as_of: date | None = None) -> list[str]:
    """Return the edition of each dataset that was the newest on a day (default: now).

    Of a computed dataset each run, named after ``+``, has a newest edition of its own.
    """
    newest: dict[tuple[str, str], tuple[str, str]] = {}
    for f in store.manifest.files:
        if as_of is None or date.fromisoformat(f.vintage) <= as_of:
            run = (f.dataset, f.edition.partition("+")[2])
            newest[run] = max(newest.get(run, ("", "")), (f.vintage, f.edition))
    return [edition for _, edition in newest.values()]


def observations(
    store: Store,
    *,
    as_of: date | None = None,
    all_editions: bool = False,
    **concepts: str | Sequence[str],
) -> Any:
    """Return observations as a DuckDB relation, in the order of their cells.

    Parameters
    ----------
    as_of : date, optional
        Take the edition of each dataset that was the newest on this day.
    all_editions : bool
        Take every edition instead; each row names its own.
    **concepts : str or sequence of str
        Values to keep, by concept (`CONCEPTS`); areas by M49 number or ISO code.

    Returns
    -------
    duckdb.DuckDBPyRelation
        The columns of `sojourn.vocab.observation.COLUMNS`, then ``vintage``, ``verified``,
        ``mark`` and ``file_name``; ``.df()``, ``.arrow()`` and ``.fetchnumpy()`` hand it over.

    Raises
    ------
    NoSuchObservation
        A concept that observations do not have.
    UnknownArea
        A code that no area has.
    """
    wanted: dict[str, Sequence[str]] = {}
    if not all_editions and "edition" not in concepts:
        wanted["edition"] = current(store, as_of)
    wanted |= _wanted(concepts)
    conditions = [f"list_contains($w_{concept}, {concept})" for concept in wanted]
    where = " AND ".join(conditions) or "true"
    columns = ", ".join(f'"{name}"' for name, _ in COLUMNS)
    return store.sql(
        f"SELECT {columns}, vintage, verified, mark, file_name FROM observation "  # noqa: S608 - constants only
        f'WHERE {where} ORDER BY edition, file, sheet, "row", col',
        {f"w_{concept}": list(values) for concept, values in wanted.items()},
    )


def _wanted(concepts: Mapping[str, str | Sequence[str]]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for concept, given in concepts.items():
        if concept not in CONCEPTS:
            raise NoSuchObservation(
                f"observations have no concept {concept!r}", hint=f"one of {', '.join(CONCEPTS)}"
            )
        values = [given] if isinstance(given, str) else list(given)
        out[concept] = [area_id(v) for v in values] if concept in _PLACES else values
    return out


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
    temporary = out.with_name(f".{out.name}.new")
    quoted = str(temporary).replace("'", "''")
    try:
        what = f"(SELECT * REPLACE ({_HARMLESS}) FROM found)" if "csv" in form else "found"  # noqa: S608 - constants only
        count = int(found.query("found", f"COPY {what} TO '{quoted}' {form}").fetchall()[0][0])
        temporary.replace(out)
    except (duckdb.Error, OSError) as error:
        temporary.unlink(missing_ok=True)
        raise PublishError(
            f"{out}: cannot be written ({str(error).splitlines()[0]})", hint="check the folder"
        ) from None
    return count
