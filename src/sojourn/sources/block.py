"""Tables as printed: the cells of one table with the headings that give them meaning.

Reading is not judging: a block holds labels and cells exactly as the publisher printed them,
with their row and column numbers. What they mean is decided in ``sojourn.harmonize``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sojourn.errors import LayoutChanged
from sojourn.sources.container import Grid, Workbook, address, flat, require_rectangle
from sojourn.sources.declaration import Layout, Measure, Table
from sojourn.vocab.observation import column_letters

_YEAR = re.compile(r"(?:19|20)\d\d(?:\.0+)?")
_SPAN = re.compile(r"(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d")
_ALMOST = re.compile(r"(?:19|20)\d\d\s*[A-Za-z*]{1,3}|\d{2,4}(?:\.0+)?")


@dataclass(frozen=True)
class Block:
    """R rows × C value columns of one table.

    Attributes
    ----------
    sheet : str
        Sheet as the publisher names it; the layout's part name for text files.
    rows : ndarray of int, shape (R,)
        Row number of each row in the sheet, or line number in the text file.
    cols : ndarray of int, shape (C,)
        Column number of each value column, counted from 1.
    labels : dict of str to list of str, each of length R
        Key cells of each row, as printed, by role.
    measures : tuple of Measure, length C
        What the layout declares each column to hold.
    periods : tuple of str, length C
        Period printed above each column; empty where the row names its own.
    origins : tuple of str, length C
        Origin printed above each column of a matrix; empty elsewhere.
    cells : list of C sequences, each of length R
        Printed cells, by column.
    """

    sheet: str
    rows: npt.NDArray[np.int64]
    cols: npt.NDArray[np.int64]
    labels: dict[str, list[str]]
    measures: tuple[Measure, ...]
    periods: tuple[str, ...]
    origins: tuple[str, ...]
    cells: list[Sequence[object]]
    layout: Layout
    table: Table
    is_text: bool = False
    notes: tuple[str, ...] = ()
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)

    def place(self, row: int, col: int) -> str:
        """Return how a person finds a cell, given its indices in this block."""
        letters = column_letters(int(self.cols[col]))
        if self.is_text:
            return f"line {self.rows[row]}, column {letters}"
        return f"{self.sheet}!{letters}{self.rows[row]}"


@dataclass(frozen=True)
class Header:
    """Where the key columns of a table stand."""

    row: int
    roles: dict[str, int]


def find_header(book: Workbook, grid: Grid, layout: Layout) -> Header:
    """Find the row that holds the headings of a layout's key columns.

    Raises
    ------
    LayoutChanged
        Naming the heading that is missing or stands twice, and the row that came nearest.
    """
    wanted = {label: role for role, labels in layout.columns.items() for label in labels}
    best, best_row, count = {}, -1, 0
    for index, row in enumerate(grid.head):
        found: dict[str, int] = {}
        for column, label in enumerate(row):
            if label in wanted:
                if wanted[label] in found and grid.is_text:
                    _twice(book, grid, index, label, (found[wanted[label]], column))
                found.setdefault(wanted[label], column)
        if len(found) > count:
            best, best_row, count = found, index, len(found)
        if not set(layout.columns) - set(found) - set(layout.optional):
            return Header(index, found)
    missing = [r for r in layout.columns if r not in best and r not in layout.optional]
    label = " or ".join(repr(x) for x in layout.columns[missing[0]]) if missing else "''"
    where = f"{grid.sheet!r} " if grid.sheet else ""
    row_name = f"row {grid.row_number(best_row)}" if best_row >= 0 else "any of the first rows"
    raise LayoutChanged(
        f"{book.name}: sheet {where}has no column {label} in {row_name}"
        if grid.sheet
        else f"{book.name}: no column {label} in {row_name}",
        hint=f"layout {layout.id} expects it; if the publisher renamed it, add the new heading "
        "to the layout's columns",
    )


def _twice(book: Workbook, grid: Grid, row: int, label: str, columns: tuple[int, int]) -> None:
    raise LayoutChanged(
        f"{book.name}: {label!r} stands twice in line {grid.row_number(row)} "
        f"(columns {columns[0] + 1} and {columns[1] + 1})",
        hint="the heading of one of them is wrong; nothing was loaded",
    )


def read_tables(book: Workbook, layout: Layout) -> list[Block]:
    """Read every table of a layout that the file holds.

    Raises
    ------
    LayoutChanged
        A required sheet, heading or group title is missing, or a label is not a period.
    """
    blocks = []
    for table in layout.tables:
        pattern = re.compile(table.sheet or ".*")
        sheets = [s for s in book.sheets if pattern.fullmatch(s)]
        if not sheets and table.required:
            raise LayoutChanged(
                f"{book.name}: sheet {table.sheet!r} not found; sheets present: "
                f"{', '.join(book.sheets)}",
                hint=f"layout {layout.id} reads it; the sheet was renamed or removed",
            )
        for sheet in sheets:
            reader = {"panel": _panel, "matrix": _matrix, "records": _records}[layout.kind]
            blocks.append(reader(book, book.grid(sheet), layout, table))
    return blocks


def _data_rows(book: Workbook, grid: Grid, layout: Layout, header: Header, first: int) -> list[int]:
    """Return the indices of the rows that hold records: not blank, not a heading, not a note."""
    key = header.roles[next(r for r in layout.columns if r in header.roles)]
    titles = [flat(c) for c in grid.rows[header.row]]
    kept = []
    for index in range(first, len(grid.rows)):
        row = grid.rows[index]
        cell = row[key] if key < len(row) else ""
        if not any(c != "" for c in row):
            if layout.stop == "blank" and kept:
                break
            continue
        if isinstance(cell, str) and cell.startswith("#") and not kept:
            continue  # a row of HXL tags below the header
        if flat(cell) == titles[key] and [flat(c) for c in row] == titles:
            raise LayoutChanged(
                f"{book.name}: {address(grid, index, key)} repeats the header; not a data row",
                hint="two exports were pasted together; load them as two files",
            )
        if layout.stop and layout.stop != "blank" and re.match(layout.stop, flat(cell)):
            break
        if layout.skip_row and re.search(layout.skip_row, flat(cell)):
            continue
        if cell == "" and layout.roles.get(_first_role(layout)) in ("m49", "name"):
            continue  # a heading among the places, without a code
        kept.append(index)
    if not kept:
        raise LayoutChanged(
            f"{book.name}: no data rows below the header in row {grid.row_number(header.row)}",
            hint='an empty download; that is not the same as "all missing"',
        )
    return kept


def _first_role(layout: Layout) -> str:
    return next(iter(layout.columns))


def _labels(grid: Grid, header: Header, rows: list[int]) -> dict[str, list[str]]:
    return {
        role: [flat(grid.rows[i][column]) if column < len(grid.rows[i]) else "" for i in rows]
        for role, column in header.roles.items()
    }


def _columns(grid: Grid, rows: list[int], columns: Sequence[int]) -> list[Sequence[object]]:
    body = [grid.rows[i] for i in rows]
    if body and all(len(row) > max(columns, default=0) for row in body):
        by_column = list(zip(*body, strict=False))
        return [by_column[c] for c in columns]
    return [[row[c] if c < len(row) else "" for row in body] for c in columns]


def _block(
    grid: Grid,
    layout: Layout,
    table: Table,
    header: Header,
    rows: list[int],
    columns: list[int],
    *,
    measures: Sequence[Measure],
    periods: Sequence[str] = (),
    origins: Sequence[str] = (),
    notes: tuple[str, ...] = (),
) -> Block:
    empty = ("",) * len(columns)
    return Block(
        sheet=grid.sheet or layout.part,
        rows=np.array([grid.row_number(i) for i in rows], dtype=np.int64),
        cols=np.array([c + 1 for c in columns], dtype=np.int64),
        labels=_labels(grid, header, rows),
        measures=tuple(measures),
        periods=tuple(periods) or empty,
        origins=tuple(origins) or empty,
        cells=_columns(grid, rows, columns),
        layout=layout,
        table=table,
        is_text=grid.is_text,
        notes=notes,
        formulas=grid.formulas,
    )


def _panel(book: Workbook, grid: Grid, layout: Layout, table: Table) -> Block:
    """Read places down, groups × periods across; the periods may stand one row below."""
    header = find_header(book, grid, layout)
    right_of = max(header.roles.values())
    year_row, columns = _period_columns(book, grid, layout, header, right_of)
    if grid.is_text:
        require_rectangle(book.name, grid, header.row, len(grid.rows[header.row]))
    periods = [flat(grid.rows[year_row][c]) for c in columns]
    measures = _groups(book, grid, table, year_row, header.row, columns)
    _check_periods(book, grid, year_row, columns, periods, measures)
    rows = _data_rows(book, grid, layout, header, year_row + 1)
    notes = _moved(book, grid, layout, header)
    return _block(
        grid, layout, table, header, rows, columns, measures=measures, periods=periods, notes=notes
    )


def _moved(book: Workbook, grid: Grid, layout: Layout, header: Header) -> tuple[str, ...]:
    found = header.row + 1
    if not layout.header_rows or found in layout.header_rows or grid.is_text:
        return ()
    expected = " or ".join(str(r) for r in layout.header_rows)
    return (
        f"{book.name}: the header of {grid.sheet} was expected in row {expected} and found in row "
        f"{found}; addresses are those of the rows as they stand",
    )


def _period_columns(
    book: Workbook, grid: Grid, layout: Layout, header: Header, right_of: int
) -> tuple[int, list[int]]:
    best: tuple[int, list[int]] = (header.row, [])
    for index in range(header.row, min(header.row + 2, len(grid.rows))):
        columns = [
            c
            for c, cell in enumerate(grid.rows[index])
            if c > right_of - (2 if index > header.row else 0)
            and c not in header.roles.values()
            and _is_period(flat(cell), layout)
        ]
        if len(columns) > len(best[1]):
            best = (index, columns)
    if not best[1]:
        raise LayoutChanged(
            f"{book.name}: no period stands in row {grid.row_number(header.row)} or below it",
            hint=f"layout {layout.id} expects years beside the key columns",
        )
    index, columns = best
    for c in range(columns[0], len(grid.rows[index])):
        label = flat(grid.rows[index][c])
        if c not in columns and _ALMOST.fullmatch(label):
            raise LayoutChanged(
                f"{book.name}: {address(grid, index, c)} reads {label!r}, not a year",
                hint="an estimate mark, or a damaged label; declare `estimate_mark` if the "
                "publisher prints one",
            )
    return best


def _is_period(label: str, layout: Layout) -> bool:
    if layout.estimate_mark and label.endswith(layout.estimate_mark):
        label = label[: -len(layout.estimate_mark)]
    return bool(_YEAR.fullmatch(label) or _SPAN.fullmatch(label))


def _groups(
    book: Workbook, grid: Grid, table: Table, year_row: int, header_row: int, columns: list[int]
) -> list[Measure]:
    if not any(m.match for m in table.measures):
        return [table.measures[0]] * len(columns)
    for index in range(year_row, max(header_row - 5, -1), -1):
        titles = {c: flat(cell) for c, cell in enumerate(grid.rows[index]) if c >= columns[0]}
        hits = {c: m for c, text in titles.items() if (m := _match(table, text)) is not None}
        if not hits:
            continue
        unknown = [c for c, t in titles.items() if t and c not in hits and index != year_row]
        if unknown:
            raise LayoutChanged(
                f"{book.name}: {address(grid, index, unknown[0])} is an unknown group title: "
                f"{titles[unknown[0]]!r}",
                hint="declare what it measures in the layout",
            )
        starts = sorted(hits)
        if starts[0] > columns[0]:
            break
        return [hits[max(s for s in starts if s <= c)] for c in columns]
    raise LayoutChanged(
        f"{book.name}: sheet {grid.sheet!r}: no group title (both sexes, male, female) stands over "
        f"the years in row {grid.row_number(year_row)}",
        hint="the years repeat and nothing else tells the groups apart; nothing was guessed",
    )


def _match(table: Table, text: str) -> Measure | None:
    if not text:
        return None
    return next((m for m in table.measures if m.match and re.search(m.match, text, re.I)), None)


def _check_periods(
    book: Workbook,
    grid: Grid,
    year_row: int,
    columns: list[int],
    periods: list[str],
    measures: list[Measure],
) -> None:
    groups: dict[int, list[str]] = {}
    for period, measure in zip(periods, measures, strict=True):
        groups.setdefault(id(measure), []).append(period)
    for measure_id, found in groups.items():
        alike = [
            g
            for g in groups.values()
            if bool(_SPAN.fullmatch(g[0])) == bool(_SPAN.fullmatch(found[0]))
        ]
        usual = sorted(alike[0])
        ordered = all(a < b for a, b in zip(found, found[1:], strict=False))
        backwards = all(a > b for a, b in zip(found, found[1:], strict=False))
        if (ordered or backwards) and sorted(found) == usual:
            continue
        first = next(c for c, m in zip(columns, measures, strict=True) if id(m) == measure_id)
        missing = sorted(set(usual) - set(found))
        repeated = sorted({p for p in found if found.count(p) > 1})
        raise LayoutChanged(
            f"{book.name}: the group that begins at {address(grid, year_row, first)} has the "
            f"periods {', '.join(found)}"
            + (f"; repeated: {', '.join(repeated)}" if repeated else "")
            + (f"; missing: {', '.join(missing)}" if missing else ""),
            hint="each group must hold the same periods once, in order",
        )


def _matrix(book: Workbook, grid: Grid, layout: Layout, table: Table) -> Block:
    """Read destinations down, origins across; the title or the sheet gives the period."""
    header = find_header(book, grid, layout)
    right_of = max(header.roles.values())
    name_row = header.row
    if len([c for c in grid.rows[header.row][right_of + 1 :] if c != ""]) < 3:
        name_row = header.row + 1
    names = grid.rows[name_row]
    columns = [c for c in range(right_of + 1, len(names)) if flat(names[c])]
    period, measure = _title(book, grid, table, header.row, rows_have="year" in header.roles)
    rows = _data_rows(book, grid, layout, header, name_row + 1)
    return _block(
        grid,
        layout,
        table,
        header,
        rows,
        columns,
        measures=[measure] * len(columns),
        periods=[period] * len(columns),
        origins=[flat(names[c]) for c in columns],
    )


def _title(
    book: Workbook, grid: Grid, table: Table, header_row: int, *, rows_have: bool
) -> tuple[str, Measure]:
    texts = [flat(c) for row in grid.rows[:header_row] for c in row if c != ""]
    measure = next(
        (m for text in texts if (m := _match(table, text)) is not None),
        next((m for m in table.measures if not m.match), table.measures[0]),
    )
    if rows_have:
        return "", measure
    for text in [*texts, grid.sheet]:
        if (found := re.search(table.period, text)) is not None:
            return found.group(1), measure
    raise LayoutChanged(
        f"{book.name}: sheet {grid.sheet!r} names no year in its title or its name",
        hint="a table of stocks without its date cannot be used",
    )


def _records(book: Workbook, grid: Grid, layout: Layout, table: Table) -> Block:
    """Read one row a record; each declared measure is a column of its own."""
    header = find_header(book, grid, layout)
    titles = [flat(c) for c in grid.rows[header.row]]
    if grid.is_text:
        require_rectangle(book.name, grid, header.row, len(titles))
    columns, measures = [], []
    for measure in table.measures:
        places = [c for c, title in enumerate(titles) if re.fullmatch(measure.match, title)]
        if len(places) > 1:
            _twice(book, grid, header.row, titles[places[0]], (places[0], places[1]))
        if places:
            columns.append(places[0])
            measures.append(measure)
    if not columns:
        raise LayoutChanged(
            f"{book.name}: none of the measures of layout {layout.id} stands in row "
            f"{grid.row_number(header.row)}",
            hint=f"expected for instance {table.measures[0].match!r}",
        )
    rows = _data_rows(book, grid, layout, header, header.row + 1)
    periods: list[str] = []
    if "year" not in header.roles:
        periods = [_title(book, grid, table, header.row, rows_have=False)[0]] * len(columns)
    return _block(grid, layout, table, header, rows, columns, measures=measures, periods=periods)
