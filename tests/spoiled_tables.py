"""Kinds of damage to a printed table, each done to small good files of every reader.

A kind is a function of one sheet as rows of cells. Where the damage shows in the file itself
(``seen``), the loader must see it; where only the edition before could tell (a number that became
another number), the comparison with that edition must.
"""

# ruff: noqa: ARG001, ARG005, DTZ001 - kinds share one signature; a cell of a workbook has no zone

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter

Cells = list[list[object]]


@dataclass
class Sheet:
    """One sheet, and where its table stands: indices of its header, rows, keys and values.

    ``across``: whether periods or places stand over its columns, of which any number may be there.
    """

    rows: Cells
    head: int
    body: list[int]
    keys: list[int]
    values: list[int]
    after: list[Callable[[object], None]]
    roles: dict[str, int]
    across: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of damage; ``books`` for workbooks alone."""

    name: str
    act: Callable[[Sheet], object]
    seen: bool
    books: bool = False


def _columns(sheet: Sheet) -> dict[str, int]:
    return {
        "first key": sheet.keys[0],
        "last key": sheet.keys[-1],
        "first value": sheet.values[0],
        "last value": sheet.values[-1],
    }


def _number(cell: object) -> float | None:
    if isinstance(cell, bool) or cell is None:
        return None
    try:
        return float(str(cell).replace(",", ""))
    except ValueError:
        return None


def _every(sheet: Sheet, column: int, change: Callable[[float], object]) -> None:
    for r in sheet.body:
        number = _number(sheet.rows[r][column])
        if number is not None:
            sheet.rows[r][column] = change(number)


def _set(sheet: Sheet, row: int, column: int, cell: object) -> None:
    sheet.rows[row][column] = cell


def _move(rows: Cells, column: int, to: int) -> None:
    for row in rows:
        row.insert(to, row.pop(column))


def _swap(sheet: Sheet, a: int, b: int, *, head: bool) -> None:
    for r in [sheet.head] if head else sheet.body:
        row = sheet.rows[r]
        row[a], row[b] = row[b], row[a]


def _shift(sheet: Sheet, column: int) -> None:
    cells = [sheet.rows[r][column] for r in sheet.body]
    for r, cell in zip(sheet.body, [cells[-1], *cells[:-1]], strict=True):
        sheet.rows[r][column] = cell


def _drop(sheet: Sheet, rows: list[int]) -> None:
    for r in sorted(rows, reverse=True):
        del sheet.rows[r]


def _keep_one(sheet: Sheet, role: str) -> None:
    column = sheet.roles[role]
    wanted = sheet.rows[sheet.body[0]][column]
    _drop(sheet, [r for r in sheet.body if sheet.rows[r][column] != wanted])


def _insert(sheet: Sheet, at: int, cells: dict[int, object]) -> None:
    width = max(map(len, sheet.rows))
    sheet.rows.insert(at, [cells.get(c, "") for c in range(width)])


def _add_column(
    sheet: Sheet, heading: object, *, number: object = 7, at: int | None = None
) -> None:
    place = max(map(len, sheet.rows)) if at is None else at
    for i, row in enumerate(sheet.rows):
        row += [""] * (place - len(row))
        row.insert(place, heading if i == sheet.head else number if i in sheet.body else "")


def _by_column() -> list[Kind]:
    """Each kind of damage to a heading or a column, at the first and last key and value."""
    heads: dict[str, tuple[Callable[[Sheet, int], object], bool]] = {
        "heading renamed": (lambda s, c: _set(s, s.head, c, "Quite another thing"), True),
        "heading blanked": (lambda s, c: _set(s, s.head, c, ""), True),
        "heading in capitals": (
            lambda s, c: _set(s, s.head, c, str(s.rows[s.head][c]).upper()),
            True,
        ),
        "heading with blanks": (lambda s, c: _set(s, s.head, c, f"  {s.rows[s.head][c]} "), True),
        "heading with a note mark": (
            lambda s, c: _set(s, s.head, c, f"{s.rows[s.head][c]} (a)"),
            True,
        ),
        "heading is an error": (lambda s, c: _set(s, s.head, c, "#REF!"), True),
        "heading with a unit": (
            lambda s, c: _set(s, s.head, c, f"{s.rows[s.head][c]} (thousands)"),
            True,
        ),
        "column moved to the end": (lambda s, c: _move(s.rows, c, max(map(len, s.rows))), True),
        "column taken away": (lambda s, c: [row.pop(c) for row in s.rows], True),
        "column emptied": (lambda s, c: [_set(s, r, c, "") for r in s.body], True),
        "error in a cell": (lambda s, c: _set(s, s.body[0], c, "#N/A"), True),
        "question mark in a cell": (lambda s, c: _set(s, s.body[-1], c, "?"), True),
    }
    return [
        Kind(f"{name}: {where}", lambda s, act=act, where=where: act(s, _columns(s)[where]), seen)
        for name, (act, seen) in heads.items()
        for where in ("first key", "last key", "first value", "last value")
    ]


def _by_value() -> list[Kind]:
    """Damage to numbers, which only the edition before can tell where they stay numbers."""
    kinds: dict[str, tuple[Callable[[Sheet, int], object], bool]] = {
        "column times 1,000": (lambda s, c: _every(s, c, lambda n: n * 1000), False),
        "column over 1,000": (lambda s, c: _every(s, c, lambda n: n / 1000), False),
        "column shifted by a row": (_shift, False),
        "column of zeros": (lambda s, c: _every(s, c, lambda n: 0), False),
        "column negated": (lambda s, c: _every(s, c, lambda n: -n), True),
        "decimal comma": (lambda s, c: _every(s, c, lambda n: f"{n:.1f}".replace(".", ",")), True),
        "numbers with points": (
            lambda s, c: _every(s, c, lambda n: f"{n * 1000:,.0f}".replace(",", ".")),
            True,
        ),
        "numbers with blanks": (lambda s, c: _every(s, c, lambda n: f" {n:.12g}  "), True),
        "numbers with a unit": (lambda s, c: _every(s, c, lambda n: f"{n:.0f} thousand"), True),
        "numbers with percent": (lambda s, c: _every(s, c, lambda n: f"{n:.0f}%"), True),
    }
    return [
        Kind(
            f"{name}: {where}",
            lambda s, act=act, where=where: act(s, _columns(s)[where]),
            seen,
            name == "decimal comma",
        )
        for name, (act, seen) in kinds.items()
        for where in ("first value", "last value")
    ]


def _by_table() -> list[Kind]:
    """Damage to rows, neighbours and the shape of the table."""
    last, keys = (lambda s: s.body[-1]), (lambda s: s.keys[0])
    return [
        Kind(
            "neighbouring values swapped",
            lambda s: _swap(s, s.values[0], s.values[1], head=False),
            False,
        ),
        Kind(
            "neighbouring headings swapped",
            lambda s: _swap(s, s.values[0], s.values[1], head=True),
            False,
        ),
        Kind("keys swapped", lambda s: _swap(s, s.keys[0], s.keys[1], head=False), True),
        Kind("first row lost", lambda s: _drop(s, [s.body[0]]), False),
        Kind("last row lost", lambda s: _drop(s, [last(s)]), False),
        Kind("half of the rows lost", lambda s: _drop(s, s.body[len(s.body) // 2 :]), False),
        Kind("cut to one country", lambda s: _keep_one(s, "area"), False),
        Kind("cut to one year", lambda s: _keep_one(s, "year"), False),
        Kind("all rows lost", lambda s: _drop(s, s.body), True),
        Kind("a row doubled", lambda s: s.rows.insert(last(s), list(s.rows[last(s)])), True),
        Kind(
            "a row doubled with another number",
            lambda s: (
                s.rows.insert(last(s) + 1, list(s.rows[last(s)])),
                _set(s, last(s) + 1, s.values[0], 9),
            ),
            True,
        ),
        Kind("all rows doubled", lambda s: s.rows.extend([list(s.rows[r]) for r in s.body]), True),
        Kind("header repeated", lambda s: s.rows.insert(last(s), list(s.rows[s.head])), True),
        Kind("header lost", lambda s: _drop(s, [s.head]), True),
        Kind(
            "row of numbers without keys",
            lambda s: _insert(s, last(s), dict.fromkeys(s.values, 5)),
            True,
        ),
        Kind(
            "total row added",
            lambda s: _insert(
                s, last(s) + 1, {keys(s): "Sum of the above"} | dict.fromkeys(s.values, 99)
            ),
            True,
        ),
        Kind("blank row inside", lambda s: _insert(s, last(s), {}), True),
        Kind(
            "note among the rows", lambda s: _insert(s, last(s), {keys(s): "See the notes"}), True
        ),
        Kind(
            "note in thousands below",
            lambda s: _insert(s, len(s.rows), {keys(s): "Note: figures are in thousands."}),
            True,
        ),
        Kind(
            "unit in the title",
            lambda s: _insert(s, max(s.head - 2, 0), {keys(s): "Numbers (in thousands)"}),
            True,
            books=True,
        ),
        Kind(
            "second table below",
            lambda s: s.rows.extend([[""], *[[f"Total {r}", *s.rows[r][1:]] for r in s.body]]),
            True,
        ),
        Kind("first key blank", lambda s: _set(s, s.body[0], s.keys[0], ""), True),
        Kind("labels of two rows swapped", lambda s: _swap_labels(s), False),
        Kind("one number changed", lambda s: _set(s, s.body[0], s.values[0], 12345), False),
        Kind("one number lost", lambda s: _set(s, s.body[0], s.values[0], ""), False),
        Kind("number is text", lambda s: _set(s, s.body[0], s.values[0], "about ten"), True),
        Kind(
            "unknown country",
            lambda s: _set(s, s.body[0], s.roles.get("area", s.keys[0]), "Atlantis"),
            True,
        ),
        Kind("unknown column of numbers", lambda s: _add_column(s, "A new count"), True),
        Kind("column of numbers without heading", lambda s: _add_column(s, ""), True),
        Kind(
            "column of numbers inside",
            lambda s: _add_column(s, "A new count", at=s.values[0]),
            True,
        ),
        Kind(
            "column of last value doubled",
            lambda s: [row.append(row[s.values[-1]]) for row in s.rows if len(row) > s.values[-1]],
            True,
        ),
        Kind("year FY", lambda s: _set(s, s.head, s.values[-1], "FY2015"), True),
        Kind("year provisional", lambda s: _set(s, s.head, s.values[-1], "2015 (prov.)"), True),
        Kind("year a century on", lambda s: _set(s, s.head, s.values[-1], 2115), True),
        Kind(
            "all numbers times 1,000",
            lambda s: [_every(s, c, lambda n: n * 1000) for c in s.values],
            False,
        ),
        Kind(
            "end of the table moved up",
            lambda s: _insert(s, last(s), {keys(s): "UNHCR-Bureaux"}),
            True,
        ),
        Kind("totals marked away", lambda s: _insert(s, last(s), {keys(s): "Notes:"}), True),
    ]


def _swap_labels(sheet: Sheet) -> None:
    a, b = sheet.body[0], sheet.body[-1]
    for key in sheet.keys:
        sheet.rows[a][key], sheet.rows[b][key] = sheet.rows[b][key], sheet.rows[a][key]


def _by_workbook() -> list[Kind]:
    """Damage that only a workbook can have."""

    def later(act: Callable[[object, Sheet], object]) -> Callable[[Sheet], object]:
        return lambda s: s.after.append(lambda page: act(page, s))  # type: ignore[arg-type]

    def cell(page: object, row: int, column: int) -> object:
        return page.cell(row + 1, column + 1)  # type: ignore[attr-defined]

    def merge(page: object, top: int, left: int, bottom: int, right: int) -> None:
        page.merge_cells(  # type: ignore[attr-defined]
            start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
        )

    def year_date(page: object, sheet: Sheet) -> None:
        year = sheet.roles.get("year")
        at = (sheet.head, sheet.values[-1]) if year is None else (sheet.body[0], year)
        cell(page, *at).value = dt.datetime(1905, 7, 7)  # type: ignore[attr-defined]

    def formula(page: object, s: Sheet) -> None:
        cell(page, s.body[0], s.values[0]).value = "=1+1"  # type: ignore[attr-defined]

    def error(page: object, s: Sheet, row: int, column: int) -> None:
        at = cell(page, row, column)
        at.value, at.data_type = "#REF!", "e"  # type: ignore[attr-defined]

    def boolean(page: object, s: Sheet) -> None:
        cell(page, s.body[0], s.values[0]).value = True  # type: ignore[attr-defined]

    kinds: list[tuple[str, Callable[[object, Sheet], object]]] = [
        ("hidden row", lambda p, s: setattr(p.row_dimensions[s.body[0] + 1], "hidden", True)),  # type: ignore[attr-defined]
        (
            "hidden column",
            lambda p, s: setattr(
                p.column_dimensions[get_column_letter(s.values[0] + 1)], "hidden", True
            ),
        ),  # type: ignore[attr-defined]
        (
            "hidden sheet",
            lambda p, s: (p.parent.create_sheet("Shown"), setattr(p, "sheet_state", "hidden")),
        ),  # type: ignore[attr-defined]
        ("merged keys", lambda p, s: merge(p, s.body[0], s.keys[0], s.body[1], s.keys[0])),
        (
            "merged values down",
            lambda p, s: merge(p, s.body[0], s.values[0], s.body[1], s.values[0]),
        ),
        (
            "merged values across",
            lambda p, s: merge(p, s.body[0], s.values[0], s.body[0], s.values[1]),
        ),
        ("year formatted as date", year_date),
        ("formula without result", formula),
        ("error value", lambda p, s: error(p, s, s.body[0], s.values[0])),
        ("error key", lambda p, s: error(p, s, s.body[0], s.keys[0])),
        ("true for a number", boolean),
        ("sheet renamed", lambda p, s: setattr(p, "title", "Another")),
        ("second sheet of the same", lambda p, s: p.parent.copy_worksheet(p)),  # type: ignore[attr-defined]
        ("sheet of other numbers", lambda p, s: p.parent.create_sheet("More").append(["x", 1, 2])),  # type: ignore[attr-defined]
        ("far cell", lambda p, s: p.cell(900_000, 900, 1)),  # type: ignore[attr-defined]
    ]
    return [Kind(name, later(act), seen=True, books=True) for name, act in kinds]


KINDS = (*_by_column(), *_by_value(), *_by_table(), *_by_workbook())


def sheet_of(path: Path) -> tuple[str, Sheet]:
    """Return the table of a good file, and the name of its sheet, as the loader finds them."""
    from sojourn.sources.block import read_tables
    from sojourn.sources.container import open_file
    from sojourn.sources.declaration import registry
    from sojourn.sources.entry import layout_of
    from sojourn.sources.printed import find_header
    from sojourn.sources.recognise import recognised

    content = path.read_bytes()
    book = open_file(path.name, content)[0]
    layout, _ = recognised(book, registry(), "")
    block = read_tables(book, layout)[0]
    grid = book.grid(block.sheet if not block.is_text else "")
    own = layout_of(layout, block.table)
    roles = find_header(book, grid, own).roles
    numbers = {grid.row_number(i): i for i in range(len(grid.rows))}
    parts = [b for b in read_tables(book, layout) if b.sheet == block.sheet]
    body = sorted({numbers[int(r)] for b in parts for r in b.rows})
    values = [int(c) - 1 for c in block.cols]
    head = body[0] - 1 if path.suffix == ".xlsx" else find_header(book, grid, own).row
    while head > 0 and not any(grid.rows[head]):
        head -= 1
    width = max(map(len, grid.rows))
    rows: Cells = [[*r, *[""] * (width - len(r))] for r in grid.rows]
    if path.suffix == ".xlsx":
        head = find_header(book, grid, own).row
    across = layout.kind != "records"
    return block.sheet, Sheet(rows, head, body, sorted(roles.values()), values, [], roles, across)


def visible(kind: Kind, sheet: Sheet) -> bool:
    """Whether a file alone shows the damage: a table may end with any year, or lack one."""
    lost = kind.name.startswith("column taken away") and kind.name.endswith("value")
    return kind.seen and not (sheet.across and lost)


def spoiled(path: Path, content: bytes, kind: Kind) -> tuple[bytes, bool] | None:
    """Return the bytes of a good file with one kind of damage, and whether they show it.

    None where the file cannot have it.
    """
    book = path.suffix == ".xlsx"
    if kind.books and not book:
        return None
    name, sheet = sheet_of(path)
    before = [list(row) for row in sheet.rows]
    try:
        kind.act(sheet)
    except (IndexError, KeyError):
        return None
    shown = visible(kind, sheet)
    if book:
        return _workbook(content, name, sheet), shown
    if sheet.rows == before:
        return None
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(_trimmed(sheet.rows, before))
    return out.getvalue().encode(), shown


def _trimmed(rows: Cells, before: Cells) -> Cells:
    """Take the padding from rows above the table, which are shorter."""
    return [row if any(row) else [] for row in rows] if before else rows


def _workbook(content: bytes, name: str, sheet: Sheet) -> bytes:
    file = openpyxl.load_workbook(io.BytesIO(content))
    page = file[name]
    page.delete_rows(1, page.max_row)
    for r, row in enumerate(sheet.rows, 1):
        for c, cell in enumerate(row, 1):
            if cell != "":
                page.cell(r, c, cell)  # type: ignore[arg-type]
    for act in sheet.after:
        act(page)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()
