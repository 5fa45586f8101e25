"""The account of a table: each row and column with content is read, declared as ignored, or refused.

There is no fourth state. A column is ignored where the layout declares its heading under
``ignored``, with the reason; a row where ``skip_row`` or ``stop`` says so, or where it holds no
number. What is left over is refused with its address.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sojourn.errors import LayoutChanged, counted
from sojourn.sources.grid import HEADER_DEPTH, Grid, address, flat
from sojourn.sources.headings import heading
from sojourn.sources.layout import Layout

#: A number as printed, with a percent sign or its interval in brackets.
_NUMBER = re.compile(r"[+-]?\d[\d.,\s\u00a0]*(?:%|[\[(][\d.,\s\u00a0–-]+[\])])?")
SHOWN = 6
MOST = 12  # names that one line lists
LEFT, LONG = 3, 40  # rows that were left, and characters of what they begin with


@dataclass(frozen=True)
class Account:
    """What became of the rows and columns of one table.

    Attributes
    ----------
    sheet : str
        Sheet as the publisher names it; empty in a text file.
    columns, rows : (int, int)
        How many are read, and how many hold anything.
    cells : int
        Cells that became values.
    ignored : tuple of str
        Headings of the columns that the layout declares as ignored, with the reason.
    empty : tuple of str
        Headings under which nothing stands, of columns that are read too.
    below : int
        Rows that hold numbers below the declared end of the table.
    gaps : int
        Blank lines of a text file among the rows that were read.
    left : tuple of str
        Rows that hold something and are not read, with the first that they hold.
    """

    sheet: str
    columns: tuple[int, int]
    rows: tuple[int, int]
    cells: int
    ignored: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    below: int = 0
    gaps: int = 0
    left: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the receipt of one table on one line."""
        where = f"{self.sheet}: " if self.sheet else ""
        said = (
            f"{where}columns {self.columns[0]:,} of {self.columns[1]:,}, "
            f"rows {self.rows[0]:,} of {self.rows[1]:,}{self._left()}, cells {self.cells:,}"
        )
        if self.ignored:
            said += f", ignored: {', '.join(self.ignored)}"
        if self.gaps:
            said += f", read on below {counted(self.gaps, 'blank line')} inside the table"
        if self.below:
            said += (
                f", {counted(self.below, 'row')} with numbers below the declared end of the table"
            )
        return f"{said}, empty: {listed(self.empty)}" if self.empty else said

    def _left(self) -> str:
        if not self.left:
            return ""
        more = f" and {len(self.left) - LEFT} more" if len(self.left) > LEFT else ""
        return f" (left: {'row' if len(self.left) == 1 else 'rows'} {', '.join(self.left[:LEFT])}{more})"


def listed(names: Sequence[str]) -> str:
    """Return names as one line lists them: the first, and how many more there are."""
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more


def account_of(
    name: str,
    grid: Grid,
    layout: Layout,
    keys: Iterable[int],
    columns: Sequence[int],
    rows: Sequence[int],
    titles: Sequence[str],
    header_row: int,
    first: int,
) -> Account:
    """Return the account of a table that was read.

    Parameters
    ----------
    keys, columns : iterables of int
        Indices of the key columns and of the value columns.
    rows : sequence of int
        Indices of the rows that were read, ascending.
    titles : sequence of str
        Headings, those put together that are broken over several rows.
    header_row, first : int
        Index of the row of the headings, and of the first row that may hold a record.

    Raises
    ------
    LayoutChanged
        A column with content that nothing reads, a row with numbers that nothing reads, with its
        address.
    """
    keys = tuple(keys)
    read, first_key = {*keys, *columns}, min(keys)
    body = [grid.rows[i] for i in rows]
    width = max(max(map(len, body), default=0), len(grid.rows[header_row]))
    ignored: dict[str, list[str]] = {}
    empty: list[str] = []
    bare = 0
    lost: list[str] = []
    for column in range(width):
        label = _label(grid, titles, header_row, first, column)
        if column in read:
            empty += [label] if label and _first(body, column) is None else []
        elif (reason := _reason(layout, label, left=column < first_key)) is not None:
            ignored.setdefault(reason, []).append(label or f"column {column + 1}")
        elif (found := _first(body, column)) is None:
            empty += [label] if label else []
            bare += bool(label)
        else:
            lost.append(_column(grid, header_row, rows[found], column, label))
    if lost:
        more = f"; and {len(lost) - SHOWN} more" if len(lost) > SHOWN else ""
        raise LayoutChanged(
            f"{name}: {'; '.join(lost[:SHOWN])}{more}",
            hint=f"layout {layout.id} neither reads nor ignores it: correct the heading, or declare it "
            f"(sojourn declare {name} drafts how), or `ignored` with the reason",
        )
    left, below = _rows_left(name, grid, layout, columns, rows, first)
    left_out = sum(map(len, ignored.values()))
    return Account(
        grid.sheet,
        (len(read), len(read) + left_out + bare),
        (len(rows), len(rows) + len(left)),
        len(rows) * len(columns),
        tuple(f"{', '.join(headings)} ({reason})" for reason, headings in ignored.items()),
        tuple(empty),
        below,
        _gaps(grid, rows),
        tuple(_begins(grid, i) for i in left),
    )


def _gaps(grid: Grid, rows: Sequence[int]) -> int:
    """Return how many blank lines of a text file lie among the rows that were read."""
    if not grid.is_text or len(rows) == rows[-1] - rows[0] + 1:
        return 0
    taken = set(rows)
    return sum(i not in taken and not any(grid.rows[i]) for i in range(rows[0], rows[-1]))


def _reason(layout: Layout, label: str, *, left: bool) -> str | None:
    """Return why a layout ignores a column; ``@left`` are blank ones on the left; None if not."""
    if not label:
        return layout.ignored.get("@left") if left else None
    return next(
        (r for p, r in layout.ignored.items() if re.fullmatch(p, heading(label), re.I)), None
    )


def _label(grid: Grid, titles: Sequence[str], header_row: int, first: int, column: int) -> str:
    """Return what stands over a column: in the header, below it, or in the rows above it."""
    if column < len(titles) and titles[column]:
        return titles[column]
    below = range(header_row, min(first, header_row + 3))
    for index in (*below, *range(header_row - 1, max(header_row - 4, -1), -1)):
        row = grid.rows[index]
        if column < len(row) and (text := flat(row[column])):
            return text
    return ""


def _first(body: Sequence[Sequence[object]], column: int) -> int | None:
    """Return the first row that holds anything in a column."""
    return next(
        (i for i, r in enumerate(body) if column < len(r) and r[column] not in ("", " ")), None
    )


def _column(grid: Grid, header_row: int, row: int, column: int, label: str) -> str:
    cell = flat(grid.rows[row][column])
    over = f"the heading {label[:60]!r}" if label else "a blank heading"
    where = address(grid, header_row, column)
    return f"{where} is {over} over {cell[:40]!r} ({address(grid, row, column)})"


def _rows_left(
    name: str,
    grid: Grid,
    layout: Layout,
    columns: Sequence[int],
    rows: Sequence[int],
    first: int,
) -> tuple[list[int], int]:
    """Return which rows with content were not read, and how many hold numbers below the end."""
    if len(rows) == len(grid.rows) - first and rows[0] == first:  # each of them was read
        return [], 0
    taken = set(rows)
    left = [i for i in range(first, len(grid.rows)) if i not in taken and any(grid.rows[i])]
    ends = len(grid.rows)
    if layout.stop not in ("", "blank"):  # what stands below the declared end is no part of it
        ends = rows[-1]
    wrong = [i for i in left if i < ends and _holds_numbers(grid.rows[i], columns, layout)]
    if wrong:
        listed = ", ".join(address(grid, i, _at(grid.rows[i], columns)) for i in wrong[:SHOWN])
        raise LayoutChanged(
            f"{name}: {counted(len(wrong), 'row holds numbers and was', 'rows hold numbers and were')} not read: {listed}",
            hint="a key is missing in its row, or the table was broken by a blank row or a note; "
            "rows that the publisher means to be left out are declared by `skip_row` or `stop`",
        )
    below = sum(i >= ends and _holds_numbers(grid.rows[i], columns, layout) for i in left)
    return left, below


def _begins(grid: Grid, index: int) -> str:
    """Return the number of a row, and the first that it holds."""
    text = next((t for c in grid.rows[index] if (t := flat(c))), "")
    return f"{grid.row_number(index)} {text if len(text) <= LONG else text[: LONG - 1] + '…'!r}"


def _holds_numbers(row: Sequence[object], columns: Sequence[int], layout: Layout) -> bool:
    if layout.skip_row and any(re.search(layout.skip_row, flat(c)) for c in row[:HEADER_DEPTH]):
        return False
    return any(c < len(row) and is_number(row[c]) for c in columns)


def _at(row: Sequence[object], columns: Sequence[int]) -> int:
    return next(c for c in columns if c < len(row) and is_number(row[c]))


def is_number(cell: object) -> bool:
    """Return whether a cell prints a number."""
    if isinstance(cell, str):
        return _NUMBER.fullmatch(cell.strip()) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)
