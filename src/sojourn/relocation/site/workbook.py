"""A sheet of a workbook as CSV, row for row, and what a value alone does not say.

An error and a formula without its result would be read as nothing, all but the first of merged cells
too, so each is refused by its cell; rows and columns that are hidden are read, and that is told.
"""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.errors import UnreadableFile
from sojourn.relocation.site.fault import Fault

if TYPE_CHECKING:
    from sojourn.sources.container import Workbook
    from sojourn.sources.grid import Grid

BOOKS = {".xlsx", ".xlsm", ".xls"}
EXACT = 2**53  # from here on a workbook, which keeps numbers as doubles, has lost digits
_NOTHING = ("", None)
_FILL = "take the merge apart and fill each of its cells"
Tell = Callable[[str], None]
Cells = Sequence[Sequence[object]]


def sheets_of(source: Path) -> list[str]:
    """Return the names of the sheets of a workbook."""
    return list(_open(source).sheets)


def days_from_1904(source: Path) -> bool:
    """Whether a file is a workbook that counts its days from 1904, as on old Macs."""
    if source.suffix.lower() not in BOOKS or not source.is_file():
        return False
    try:
        facts = _open(source).facts.values()
    except UnreadableFile:
        return False  # which is said where it is read
    return any(f.from_1904 for f in facts)


def sheet_of(source: Path, name: str, tell: Tell) -> tuple[str, Fault | None, list[str]]:
    """Return a sheet as CSV, or why it cannot be read, and the sheets that are there."""
    try:
        book = _open(source)
        wanted = {name.casefold(), name.casefold().removesuffix(".csv")}
        found = [n for n in book.sheets if n.casefold() in wanted]
        if len(found) != 1:
            return "", None, list(book.sheets)
        grid = book.grid(found[0])
    except (UnreadableFile, OSError, ValueError) as error:
        problem = getattr(error, "problem", str(error)).removeprefix(f"{source.name}: ")
        what = f"a workbook that cannot be read ({problem})"
        again = getattr(error, "hint", "") or "save it again"
        return "", Fault(source.name, 0, "", what, "a workbook", again), []
    if fault := _unclear(source.name, grid):
        return "", fault, list(book.sheets)
    _tell_hidden(grid, tell)
    return csv_of(grid.rows), None, found


def _open(source: Path) -> "Workbook":
    from sojourn.sources.container import open_file

    books = open_file(source.name, source.read_bytes())
    if len(books) != 1 or not books[0].facts:
        raise UnreadableFile(
            f"{source.name}: no workbook by its content", hint="name it by what it is"
        )
    return books[0]


def _unclear(file: str, grid: "Grid") -> Fault | None:
    """Return the first cell of a sheet that would be read as nothing, or as what it is not."""
    facts, where = grid.facts, f"of sheet {grid.sheet!r}"
    for row, column in sorted(facts.errors):
        found = f"an error in cell {_cell(row, column)} {where}"
        return Fault(file, 0, "", found, "a value", "set the cell right")
    for row, column in sorted(place for place, stored in facts.formulas.items() if not stored):
        found = f"a formula without its result in cell {_cell(row, column)} {where}"
        again = "open and save it in a spreadsheet, or write the value in place of the formula"
        return Fault(file, 0, "", found, "a value", again)
    for top, left, bottom, right in sorted(facts.merges):
        if bottom > 1 and (top, left) != (bottom, right) and _holds(grid, top, left):
            found = f"one merged cell {_cell(top, left)}:{_cell(bottom, right)} {where}"
            return Fault(file, 0, "", found, "a cell for each row and column", _FILL)
    for row, cells in enumerate(grid.rows, start=1):
        for column, cell in enumerate(cells, start=1):
            if isinstance(cell, float) and abs(cell) >= EXACT:
                found = f"a number of more than 15 digits in cell {_cell(row, column)} {where}"
                text = "export it as text: a workbook keeps no more digits of a number"
                return Fault(file, 0, "", found, "text", text)
    return None


def _holds(grid: "Grid", row: int, column: int) -> bool:
    cells = grid.rows[row - 1] if row <= len(grid.rows) else ()
    return column <= len(cells) and cells[column - 1] not in _NOTHING


def _cell(row: int, column: int) -> str:
    from sojourn.vocab.observation import column_letters

    return f"{column_letters(column)}{row}"


def _tell_hidden(grid: "Grid", tell: Tell) -> None:
    from sojourn.sources.shown import hidden_parts

    filled = [i for i, row in enumerate(grid.rows) if any(c not in _NOTHING for c in row)]
    width = max((len(row) for row in grid.rows), default=0)
    for said in hidden_parts(grid, range(width), filled):
        tell(f"{said}; see that it is meant")


def csv_of(rows: Cells) -> str:
    """Return rows as CSV; a column that holds nothing, not even a header, is left out."""
    header = next((row for row in rows if any(c not in _NOTHING for c in row)), ())
    width = max((n for n, c in enumerate(header, 1) if c not in _NOTHING), default=0)
    used = [i for i in range(width) if any(i < len(r) and r[i] not in _NOTHING for r in rows)]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        kept = [row[i] if i < len(row) else "" for i in used]
        beyond = [c for c in row[width:] if c not in _NOTHING]
        writer.writerow([_plain(c) for c in (*kept, *beyond)])
    return out.getvalue()


def _plain(cell: object) -> str:
    """Return a cell as text: whole numbers without a point, days as ISO 8601, true and false as words."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if cell is None:
        return ""
    return str(cell) if not isinstance(cell, timedelta) else f"{cell.total_seconds():g} seconds"
