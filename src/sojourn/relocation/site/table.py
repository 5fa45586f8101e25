"""One table of a site: bytes to rows, every fault of it in one pass.

CSV with commas, semicolons or tabs (the header decides), or a JSON array of objects; UTF-8 with or
without its mark. Anything else is refused with what it is and how to save it rightly.
"""

import csv
import io
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sojourn.errors import counted
from sojourn.relocation.site.choices import UnclearCell
from sojourn.relocation.site.columns import header_faults, rename, told_in
from sojourn.relocation.site.fault import Fault
from sojourn.relocation.site.mapping import ColumnMap
from sojourn.relocation.site.members import members
from sojourn.relocation.site.schema import TableSchema, check_row, read_schema
from sojourn.relocation.site.seal import plain_bytes
from sojourn.relocation.site.unread import (
    Unread,
    columns_unread,
    either_way,
    left_empty,
    not_accepted,
    second_answers,
)

Row = dict[str, Any]
Record = tuple[int, Mapping[str, object]]
_SPLIT = "export again with XML values, or set the cell right; nothing was taken over"
_FIRST = re.compile(r'(?:"(?:[^"]|"")*"|[^"\r\n])*')  # a header may hold line breaks
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_QUOTE = "a cell that holds the separator needs quotation marks"
_SAVE = "save the file as CSV in UTF-8"
_MARKS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"PK\x03\x04": "a workbook or an archive",
    b"\xd0\xcf\x11\xe0": "an old workbook",
    b"%PDF": "a PDF",
}


@dataclass(frozen=True)
class Table:
    """What was read of one table.

    Attributes
    ----------
    rows : tuple of (int, Row)
        Row number and typed values of each row without a fault, sorted by key.
    refused : tuple of Row
        What could be read of the rows with a fault, so that a reference to one of them is not
        called a second fault.
    unread : Unread
        What of another system's table is not in these rows.
    """

    file: str
    rows: tuple[tuple[int, Row], ...] = ()
    refused: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    unread: Unread = field(default_factory=Unread)

    @property
    def complete(self) -> bool:
        """Whether the whole table could be looked at, faulty rows included."""
        return not self.faults or bool(self.rows or self.refused)


def read_bytes(path: Path, name: str) -> tuple[str, Fault | None]:
    """Return a file's text, or why it has none; what is encrypted is opened.

    Raises
    ------
    PlanError
        It is encrypted, and there is no key or another.
    """
    try:
        content = plain_bytes(path)
    except OSError as error:
        return "", Fault(
            name,
            0,
            "",
            f"a file that cannot be read ({error.strerror})",
            "a readable file",
            "check the path and its permissions",
        )
    kind = next((kind for mark, kind in _MARKS.items() if content.startswith(mark)), "")
    if not kind and b"\x00" in content:
        kind = "a binary file"
    if kind:
        return "", Fault(name, 0, "", kind, "text in UTF-8", _SAVE)
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return "", Fault(
            name, 0, "", f"a byte that is not UTF-8 in line {line}", "text in UTF-8", _SAVE
        )


def read_table(
    file: str,
    text: str,
    table: str,
    mapping: ColumnMap | None = None,
    *,
    without: Collection[str] = (),
) -> Table:
    """Read one table's rows, checked, typed and sorted by key; every fault is kept.

    Parameters
    ----------
    file : str
        Named in faults; decides between CSV and JSON by its ending.
    mapping : ColumnMap, optional
        Of another system's headers and codes.
    without : collection of str
        Cases that are left out, and whoever belongs to them with them.
    """
    header, records, faults = records_of(file, text)
    exhaustive = not file.endswith(".json")
    return table_of(
        file, header, records, table, mapping, faults=faults, exhaustive=exhaustive, without=without
    )


def records_of(file: str, text: str) -> tuple[Sequence[str], list[Record], list[Fault]]:
    """Return header, numbered records and the faults of a CSV or, by its ending, of JSON."""
    return _json(file, text) if file.endswith(".json") else _csv(file, text)


def table_of(
    file: str,
    header: Sequence[str],
    records: list[Record],
    table: str,
    mapping: ColumnMap | None,
    *,
    faults: Sequence[Fault] = (),
    exhaustive: bool = True,
    without: Collection[str] = (),
) -> Table:
    """Check, type and sort records by key; every fault is kept, those that are known already too."""
    schema = read_schema(table)
    heads = header_faults(file, header, schema, mapping, exhaustive=exhaustive)
    if not exhaustive:  # JSON has no row of headers: the file is meant
        heads = [replace(f, row=0) for f in heads]
    known = [*faults, *heads]
    if of_file := tuple(f for f in known if f.row <= 1):
        return Table(file, faults=of_file)
    return _checked(file, records, schema, mapping, known, without)


def _checked(
    file: str,
    records: list[Record],
    schema: TableSchema,
    mapping: ColumnMap | None,
    faults: list[Fault],
    without: Collection[str] = (),
) -> Table:
    ragged = {f.row for f in faults}
    if mapping is not None and (each := mapping.each):
        read = {p.column for parts in mapping.columns.values() for p in parts if p.column}
        records = [(n, own) for n, record in records for own in members(record, each, read)]
    rows, refused = dict[tuple[str, ...], tuple[int, Row]](), list[Row]()
    meant = list[Mapping[str, object]]()
    for number, record in records:
        if without and mapping and told_in(record, "case_id", mapping) in without:
            continue
        try:
            renamed = rename(record, schema, mapping)
        except UnclearCell as unclear:
            faults.append(
                Fault(file, number, unclear.field, unclear.found, unclear.expected, _SPLIT)
            )
            refused.append(_names(record, mapping))
            continue
        if renamed is None:
            continue
        meant.append(record)
        checked = check_row(schema, renamed)
        if number in ragged:  # its cells may stand under the wrong headers
            refused.append(checked.values)
            continue
        found = [
            Fault(file, number, f.field, f.found, f.expected, _next_step(schema, f.field, mapping))
            for f in checked.faults
        ]
        key = _key(schema, checked.values)
        if not found and key in rows:
            found.append(_repeated(file, number, schema, rows[key][0]))
        faults += found
        if found:
            refused.append(checked.values)
        else:
            rows[key] = (number, checked.values)
    in_order = tuple(rows[k] for k in sorted(rows))
    unread = _unread(records, meant, mapping, without)
    return Table(file, in_order, tuple(refused), tuple(faults), unread)


def _next_step(schema: TableSchema, field: str, mapping: ColumnMap | None) -> str:
    """Say which entry of a mapping reads what was found; nothing where there is no mapping."""
    rule = schema.fields.get(field, {})
    if mapping is None or field not in mapping.columns:
        return ""
    if rule.get("format") in ("date", "birth"):
        return f"`date_format` of {field} in the mapping reads days that are written in other ways"
    if "enum" in rule:
        return f"[{schema.table}.values.{field}] in the mapping turns their words into ours"
    return ""


def _names(record: Mapping[str, object], mapping: ColumnMap | None) -> Row:
    """Return the id and the case of a row that cannot be read, so that what refers to it is no second fault."""
    if mapping is None or not mapping.columns:
        return {name: str(record[name]).strip() for name in ("id", "case_id") if name in record}
    return {
        name: told_in(record, name, mapping)
        for name in ("id", "case_id")
        if name in mapping.columns
    }


def _unread(
    records: Sequence[Record],
    meant: Sequence[Mapping[str, object]],
    mapping: ColumnMap | None,
    without: Collection[str],
) -> Unread:
    """Return what of another system's table is not in what was made of it."""
    if mapping is None or not mapping.columns:
        return Unread()
    kept = set(map(id, meant))
    out = [r for _, r in records if id(r) not in kept]
    following = sum(told_in(r, "case_id", mapping) in without for r in out) if without else 0
    return Unread(
        len(meant),
        columns_unread(meant, mapping),
        second_answers(meant, mapping),
        frozenset(told_in(r, "id", mapping) for r in out)
        - {told_in(r, "id", mapping) for r in meant},
        len(out) - following,
        following,
        not_accepted(meant),
        either_way(meant, mapping),
        left_empty(meant, mapping),
    )


def _key(schema: TableSchema, row: Row) -> tuple[str, ...]:
    return tuple(str(row.get(name)) for name in schema.key)


def _repeated(file: str, number: int, schema: TableSchema, earlier: int) -> Fault:
    """Say which earlier row has the same key."""
    return Fault(
        file,
        number,
        " + ".join(schema.key),
        f"the key of row {earlier}",
        "each key once",
        "keep the row that is right",
    )


def delimiter_of(text: str) -> str:
    """Return what separates the cells of a CSV, as its header decides.

    >>> delimiter_of("id;sex"), delimiter_of("id"), delimiter_of('"Name, first and last";sex')
    (';', ',', ';')
    """
    first = _FIRST.match(text.lstrip(",;\t\r\n "))
    bare = _QUOTED.sub("", first[0]) if first else ""
    return max(",;\t", key=lambda mark: (bare.count(mark), mark == ","))


def _csv(file: str, text: str) -> tuple[Sequence[str], list[Record], list[Fault]]:
    """Return header, records with the row number a spreadsheet shows, and rows of another width."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter_of(text))
    records, faults = list[Record](), list[Fault]()
    try:
        lines = enumerate(reader, start=1)
        _, titles = next(((n, c) for n, c in lines if any(map(str.strip, c))), (0, []))
        header = [cell.strip() for cell in titles]
        for number, cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                found, expected = counted(len(cells), "cell"), f"{len(header)}, as in the header"
                faults.append(Fault(file, number, "", found, expected, _QUOTE))
            records.append((number, _record(header, cells)))
    except csv.Error as error:
        found = f"a quotation or a cell that does not end, after line {reader.line_num} ({error})"
        return [], [], [Fault(file, 0, "", found, "CSV", _SAVE)]
    return header, records, faults


def _record(header: Sequence[str], cells: Sequence[str]) -> dict[str, object]:
    """Return cells by their headers; of columns without one, the first cell that holds something."""
    record = dict[str, object](zip(header, cells, strict=False))
    if "" in record:
        nameless = (c for h, c in zip(header, cells, strict=False) if not h and c.strip())
        record[""] = next(nameless, "")
    return record


def _json(file: str, text: str) -> tuple[Sequence[str], list[Record], list[Fault]]:
    """Return all fields, records with their position from 1, and what ended the reading."""

    def refuse(found: str) -> tuple[Sequence[str], list[Record], list[Fault]]:
        return [], [], [Fault(file, 0, "", found, "a JSON array of objects, one a row")]

    try:
        document = json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        return refuse("JSON that is nested too deep")
    except json.JSONDecodeError as error:
        return refuse(f"no JSON from line {error.lineno}, column {error.colno} on ({error.msg})")
    except ValueError as error:
        return refuse(f"no JSON that can be used ({error})")
    if not isinstance(document, list):
        return refuse("one value")
    header = dict[str, None]()
    for number, record in enumerate(document, start=1):
        if not isinstance(record, dict):
            return refuse(f"item {number} that is not an object")
        header.update(dict.fromkeys(record))
    return list(header), list(enumerate(document, start=1)), []


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object that gives one field twice; the last would win in silence."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object gives one field twice")
    return found
