"""Sheets of one export joined by an id: one row a person on each, as Primero writes a sheet a form.

Every id of every sheet is accounted for: one that is empty, doubled, unknown or missing is told by
sheet and row. A column is named as on its sheet, or with its sheet before it: ``Sheet/Column``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sojourn.relocation.site.columns import find_column
from sojourn.relocation.site.fault import Fault
from sojourn.relocation.site.mapping import ColumnMap
from sojourn.relocation.site.table import Record, Table, records_of, table_of

_SUBFORM = "a sheet with several rows for one id cannot be joined; name it as `file` of a table"
_Rows = dict[str, tuple[int, Mapping[str, object]]]  # id to row number and cells


def read_joined(
    texts: Mapping[str, str], table: str, mapping: ColumnMap, *, without: Collection[str] = ()
) -> Table:
    """Read one table from several sheets; every fault stands at its own sheet and row.

    Parameters
    ----------
    texts : mapping
        Sheet to its text; the first is the one whose rows are meant.
    without : collection of str
        Cases that are left out, and whoever belongs to them with them.
    """
    sheets, faults = dict[str, _Rows](), list[Fault]()
    header = [mapping.id]
    for sheet, text in texts.items():
        columns, records, wrong = records_of(sheet, text)
        by = find_column(columns, mapping.id)
        wrong += _columns(sheet, columns, records, by, mapping)
        if by is not None and not wrong:
            sheets[sheet], wrong = _by_id(sheet, records, by, mapping)
        faults += wrong
        header += [f"{sheet}/{c}" for c in columns if c not in (by, "")]
    if not faults:
        faults += _unmatched(sheets, mapping)
    if faults:
        return Table(mapping.file, faults=tuple(faults))
    records = _together(sheets, mapping)
    found = table_of(mapping.file, header, records, table, mapping, without=without)
    at = dict(records)
    placed = (_placed(f, at.get(f.row), sheets, mapping) for f in found.faults)
    return replace(found, faults=tuple(placed))


def _columns(
    sheet: str, header: Sequence[str], records: list[Record], by: str | None, mapping: ColumnMap
) -> list[Fault]:
    """Return what is wrong with the columns of one sheet."""
    faults = []
    if by is None:
        what = f"no column {mapping.id!r}, or several that end in it"
        faults.append(Fault(sheet, 1, "", what, "the column by which sheets are joined"))
    if len(set(header) - {""}) != len([c for c in header if c]):
        faults.append(Fault(sheet, 1, "", "two columns with the same header", "each once"))
    nameless = [n for n, r in records if str(r.get("") or "").strip()]
    if nameless:
        what = "a cell under no header"
        faults.append(Fault(sheet, nameless[0], "", what, "a header over every column"))
    return faults


def _by_id(
    sheet: str, records: list[Record], by: str, mapping: ColumnMap
) -> tuple[_Rows, list[Fault]]:
    """Return the rows of a sheet by their id, and what is wrong with an id."""
    rows, faults = _Rows(), list[Fault]()
    for number, record in records:
        cell = record.get(by)
        key = "" if cell is None else str(cell).strip()
        if not key:
            faults.append(Fault(sheet, number, mapping.id, "no id", "an id in every row"))
        elif key in rows:
            what = f"the id of row {rows[key][0]}"
            faults.append(Fault(sheet, number, mapping.id, what, "each id once", _SUBFORM))
        else:
            rows[key] = (number, {c: v for c, v in record.items() if c not in (by, "")})
    return rows, faults


def _unmatched(sheets: Mapping[str, _Rows], mapping: ColumnMap) -> list[Fault]:
    """Return ids that only one of two sheets has."""
    base, faults = sheets[mapping.file], list[Fault]()
    lacking = "`may_lack` in the mapping names a sheet on which an id may have no row"
    for sheet in mapping.join:
        rows = sheets[sheet]
        for key, (number, _) in rows.items():
            if key not in base:
                what = f"an id that is not on {mapping.file!r}"
                faults.append(Fault(sheet, number, mapping.id, what, "an id of that sheet"))
        for key, (number, _) in base.items():
            if key not in rows and sheet not in mapping.may_lack:
                what = f"no row for the id in row {number} of {mapping.file!r}"
                faults.append(Fault(sheet, 0, mapping.id, what, "a row for each id", lacking))
    return faults


def _together(sheets: Mapping[str, _Rows], mapping: ColumnMap) -> list[Record]:
    """Return a record for each id, with its cells on every sheet."""
    records = list[Record]()
    for key, (number, _) in sheets[mapping.file].items():
        cells: dict[str, object] = {mapping.id: key}
        for sheet, rows in sheets.items():
            own = rows[key][1] if key in rows else {}
            cells |= {f"{sheet}/{column}": cell for column, cell in own.items()}
        records.append((number, cells))
    return records


def _placed(
    fault: Fault,
    record: Mapping[str, object] | None,
    sheets: Mapping[str, _Rows],
    mapping: ColumnMap,
) -> Fault:
    """Name the sheet and the row from which the faulty field was read."""
    if record is None:
        return fault
    read = [
        header
        for part in mapping.columns.get(fault.field, ())
        if part.column and (header := find_column(record, part.column))
    ]
    filled = [h for h in read if str(record[h] or "").strip()] or read
    for sheet, rows in sheets.items():
        if filled and filled[0].startswith(f"{sheet}/"):
            row = rows.get(str(record[mapping.id]))
            return replace(fault, file=sheet, row=row[0] if row else 0)
    return fault
