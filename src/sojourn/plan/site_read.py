"""Read a site folder: CSV or JSON tables, their mapping from other systems, and ``rules.toml``.

A faulty row is refused with its file, row and field; nothing is planned on refused data. Exports
of Kobo and ODK are read as they come (group prefixes and ``_`` columns are dropped); any other
system's headers and codes, Primero's among them, are mapped in ``columns.toml``.
"""

import csv
import hashlib
import io
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sojourn.errors import SiteRefused
from sojourn.plan import site as model
from sojourn.plan.site_check import check_site
from sojourn.plan.site_rules import default_needs_map_text, read_rules
from sojourn.plan.site_schema import (
    REQUIRED_TABLES,
    TABLES,
    FieldFault,
    TableSchema,
    check_row,
    read_schema,
)

Row = dict[str, Any]
_ENUMS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "person": {
        "sex": model.Sex,
        "age_source": model.AgeSource,
        "mobility": model.Mobility,
        "fit_to_travel": model.Fitness,
        "presence": model.Presence,
    },
    "case": {"consent": model.Consent},
    "link": {"strength": model.LinkStrength},
    "room": {"room_type": model.RoomType},
    "place": {"certainty": model.Certainty},
}


@dataclass(frozen=True)
class ColumnMap:
    """How another system's headers and codes become ours, for one table.

    Attributes
    ----------
    columns : mapping
        Our field to their header; empty: headers are ours.
    values : mapping
        Our field to their code to our code.
    """

    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]


def read_site(folder: Path) -> model.Site:
    """Read and check every table of a site.

    Parameters
    ----------
    folder : Path
        Holds ``person.csv`` (or ``.json``) and so on, and ``rules.toml``.

    Returns
    -------
    Site
        Rows sorted by key, so that the order of rows in a file changes nothing.

    Raises
    ------
    SiteRefused
        A table is absent, unreadable, or a row is not what its schema says.
    """
    rules_file = folder / "rules.toml"
    if not rules_file.is_file():
        raise SiteRefused(
            f"{folder}: no rules.toml",
            hint="`sojourn site example` writes a complete site to start from",
        )
    maps = _read_column_maps(folder / "columns.toml")
    rules_text = _text(rules_file)
    digest = hashlib.sha256(rules_text.encode())
    tables: dict[str, list[Row]] = {}
    for table in TABLES:
        name, text = _find_table(folder, table)
        tables[table] = rows = _read_table(name, text, table, maps.get(table))
        digest.update(f"{table}\n{rows!r}".encode())
    built = _build(tables, read_rules(rules_text), digest.hexdigest())
    check_site(built)
    return built


def read_names(folder: Path) -> dict[str, str]:
    """Read the optional table of names, for printed lists alone.

    Returns
    -------
    dict
        Person id to name; empty when the site keeps no names.
    """
    for suffix in (".csv", ".json"):
        file = folder / f"name{suffix}"
        if file.is_file():
            rows = _read_table(file.name, _text(file), "name", None)
            return {row["person_id"]: row["name"] for row in rows}
    return {}


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SiteRefused(
            f"{file.name}: byte {error.start} is not UTF-8",
            hint="save the file as UTF-8",
        ) from None


def _find_table(folder: Path, table: str) -> tuple[str, str]:
    """Return a table's file name and text; the packaged needs map when a site has none."""
    found = [f for s in (".csv", ".json") if (f := folder / f"{table}{s}").is_file()]
    if len(found) > 1:
        raise SiteRefused(
            f"{folder}: both {table}.csv and {table}.json", hint="keep the one that is right"
        )
    if found:
        return found[0].name, _text(found[0])
    if table == "needs_map":
        return "needs_map.csv (packaged)", default_needs_map_text()
    if table in REQUIRED_TABLES:
        raise SiteRefused(
            f"{folder}: no {table}.csv or {table}.json",
            hint=f"its fields are in the published schema {table}.schema.json",
        )
    return f"{table} (absent)", ""


def _read_table(file: str, text: str, table: str, mapping: ColumnMap | None) -> list[Row]:
    """Read one table's rows, checked, typed and sorted by key."""
    schema = read_schema(table)
    rows: dict[tuple[str, ...], Row] = {}
    records = _json_records(file, text) if file.endswith(".json") else _csv_records(file, text)
    for number, record in records:
        try:
            row = check_row(schema, _rename(record, schema, mapping))
            key = tuple(str(row[name]) for name in schema.key)
            _refuse_repeated(key in rows, schema)
        except FieldFault as fault:
            raise SiteRefused(
                f"{file}, row {number}, field {fault.field}: found {fault.found}, expected "
                f"{fault.expected}",
                hint="correct the row; nothing is planned on a site with a refused row",
            ) from None
        rows[key] = row
    return [rows[key] for key in sorted(rows)]


def _refuse_repeated(repeated: object, schema: TableSchema) -> None:
    """Refuse a key that an earlier row has."""
    if repeated:
        raise FieldFault(" + ".join(schema.key), "the key of an earlier row", "each key once")


def _csv_records(file: str, text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Yield (row number as a spreadsheet shows it, record)."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if len(set(header)) != len(header):
            raise SiteRefused(f"{file}, row 1: two columns have the same header")
        for number, cells in enumerate(reader, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise SiteRefused(
                    f"{file}, row {number}: found {len(cells)} cells, expected {len(header)}",
                    hint="a comma inside a cell needs quotation marks around the cell",
                )
            yield number, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise SiteRefused(f"{file}: not readable as CSV: {error}") from None


def _json_records(file: str, text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Yield (position from 1, record) of an array of objects."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise SiteRefused(f"{file}: not readable as JSON: {error}") from None
    if not isinstance(document, list):
        raise SiteRefused(f"{file}: expected an array of objects")
    for number, record in enumerate(document, start=1):
        if not isinstance(record, dict):
            raise SiteRefused(f"{file}, item {number}: expected an object")
        yield number, record


def _rename(
    record: Mapping[str, object], schema: TableSchema, mapping: ColumnMap | None
) -> dict[str, object]:
    """Turn another system's headers and codes into ours."""
    if mapping is not None and mapping.columns:
        renamed = {
            ours: record[theirs] for ours, theirs in mapping.columns.items() if theirs in record
        }
        lost = [theirs for theirs in mapping.columns.values() if theirs not in record]
        if lost:
            raise FieldFault(lost[0], "no such column", "a column named in columns.toml")
    else:
        renamed = {}
        for header, cell in record.items():
            name = header if header in schema.fields else header.rsplit("/", 1)[-1].strip()
            if not name.startswith("_"):  # metadata of Kobo and ODK exports
                renamed[name] = cell
    if mapping is not None:
        for name, codes in mapping.values.items():
            if name in renamed:
                renamed[name] = codes.get(str(renamed[name]).strip(), renamed[name])
    return renamed


def _read_column_maps(file: Path) -> dict[str, ColumnMap]:
    """Read ``columns.toml``, if the site has one."""
    if not file.is_file():
        return {}
    try:
        document = tomllib.loads(_text(file))
    except tomllib.TOMLDecodeError as error:
        raise SiteRefused(f"columns.toml: not readable as TOML: {error}") from None
    maps = {}
    for table, section in document.items():
        if table not in TABLES:
            raise SiteRefused(
                f"columns.toml, [{table}]: unknown table; expected one of {', '.join(TABLES)}"
            )
        columns = section.get("columns", {})
        for name in [*columns, *section.get("values", {})]:
            if name not in read_schema(table).fields:
                raise SiteRefused(f"columns.toml, [{table}]: {name!r} is not a field of {table}")
        maps[table] = ColumnMap(columns=columns, values=section.get("values", {}))
    return maps


def _build(tables: Mapping[str, list[Row]], rules: model.Rules, digest: str) -> model.Site:
    """Turn checked rows into the model."""

    def rows(table: str, kind: Callable[..., Any]) -> tuple[Any, ...]:
        enums = _ENUMS.get(table, {})
        return tuple(
            kind(**{name: enums[name](v) if name in enums else v for name, v in row.items()})
            for row in tables[table]
        )

    return model.Site(
        persons=rows("person", model.Person),
        cases=rows("case", model.Case),
        links=rows("link", model.Link),
        relatives=rows("relative_elsewhere", model.RelativeElsewhere),
        places=rows("place", model.Place),
        rooms=rows("room", model.Room),
        vehicles=rows("vehicle", model.Vehicle),
        escorts=rows("escort", model.Escort),
        travel=rows("travel", model.TravelTime),
        needs=MappingProxyType({n.flag: n for n in rows("needs_map", model.Need)}),
        rules=rules,
        digest=digest,
    )
