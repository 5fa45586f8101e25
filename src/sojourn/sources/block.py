"""Tables as printed: the cells of one table with the headings that give them meaning.

Reading is not judging: a block holds labels and cells exactly as the publisher printed them,
with their row and column numbers. What they mean is decided in ``sojourn.harmonize``.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from sojourn.errors import LayoutChanged
from sojourn.sources.container import Grid, Workbook, flat, require_rectangle
from sojourn.sources.declaration import YEAR_BEFORE
from sojourn.sources.entry import layout_of
from sojourn.sources.layout import Layout, Measure, Table
from sojourn.sources.panel import match_measure, read_panel
from sojourn.sources.printed import (
    Block,
    Header,
    block_of,
    data_rows,
    find_header,
    refuse_twice,
    sheets_of,
)
from sojourn.sources.rows import split_rows


def read_tables(book: Workbook, layout: Layout) -> list[Block]:
    """Read every table of a layout that the file holds.

    Raises
    ------
    LayoutChanged
        A required sheet, heading or group title is missing, or a label is not a period.
    """
    blocks: list[Block] = []
    for table in layout.tables:
        own = layout_of(layout, table)
        for sheet in sheets_of(book, own, table):
            reader = {"panel": read_panel, "matrix": _matrix, "records": _records}[layout.kind]
            blocks += split_rows(book, reader(book, book.grid(sheet), own, table))
    return blocks


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
    rows = data_rows(book, grid, layout, header, name_row + 1)
    return block_of(
        book,
        grid,
        layout,
        table,
        header,
        rows,
        columns,
        measures=[measure] * len(columns),
        first=name_row + 1,
        periods=[period] * len(columns),
        origins=[flat(names[c]) for c in columns],
    )


def _title(
    book: Workbook, grid: Grid, table: Table, header_row: int, *, rows_have: bool
) -> tuple[str, Measure]:
    texts = [flat(c) for row in grid.rows[:header_row] for c in row if c != ""]
    measure = next(
        (m for text in texts if (m := match_measure(table, text)) is not None),
        next((m for m in table.measures if not m.match), table.measures[0]),
    )
    if rows_have or table.period == YEAR_BEFORE:
        return "" if rows_have else YEAR_BEFORE, measure
    for text in [*texts, grid.sheet] if re.compile(table.period).groups else ():
        if (found := re.search(table.period, text)) is not None:
            return found.group(1), measure
    raise LayoutChanged(
        f"{book.name}: sheet {grid.sheet!r} names no year in its title or its name",
        hint="a table without its date cannot be used; declare the column `year`, or a `period` whose "
        "first group is the year in the title",
    )


def _records(book: Workbook, grid: Grid, layout: Layout, table: Table) -> Block:
    """Read one row a record; each declared measure is a column of its own."""
    header = find_header(book, grid, layout)
    titles = header.titles
    if grid.is_text:
        require_rectangle(book.name, grid, header.row, len(titles))
    columns, measures = [], []
    if layout.counts:
        columns, measures = [next(iter(header.roles.values()))], [table.measures[0]]
    for measure in () if layout.counts else table.measures:
        places = measured(measure, titles)
        if len(places) > 1:
            refuse_twice(book, grid, header.row, titles[places[0]], (places[0], places[1]))
        if places:
            columns.append(places[0])
            measures.append(measure)
    if not columns:
        raise LayoutChanged(
            f"{book.name}: none of the measures of layout {layout.id} stands in row "
            f"{grid.row_number(header.row)}",
            hint=f"expected for instance {table.measures[0].match!r}",
        )
    rows = data_rows(book, grid, layout, header, header.row + 1)
    periods: list[str] = []
    if "year" not in header.roles:
        periods = [_title(book, grid, table, header.row, rows_have=False)[0]] * len(columns)
    block = block_of(
        book,
        grid,
        layout,
        table,
        header,
        rows,
        columns,
        measures=measures,
        first=header.row + 1,
        periods=periods,
    )
    return replace(block, cells=[[1.0] * len(rows)]) if layout.counts else block


def measured(measure: Measure, titles: Sequence[str]) -> list[int]:
    """Return the columns whose heading is that of a measure; as printed leads, any case will do."""
    exact = [c for c, title in enumerate(titles) if re.fullmatch(measure.match, title)]
    if exact:
        return exact
    return [c for c, title in enumerate(titles) if re.fullmatch(measure.match, title, re.I)]


__all__ = ["Block", "Header", "find_header", "read_tables"]
