"""Panels: places down, groups × periods across; the groups stand over the periods, or below them."""

import re
from itertools import pairwise

from sojourn.errors import LayoutChanged
from sojourn.sources.container import Grid, Workbook, address, flat, require_rectangle
from sojourn.sources.layout import Layout, Measure, Table
from sojourn.sources.printed import Block, Header, block_of, data_rows, find_header

_YEAR = re.compile(r"(?:19\d\d|20\d\d|2100)(?:\.0+)?")  # projections end with the century
_SPAN = re.compile(r"(?:19|20)\d\d\s*[-–]\s*(?:19\d\d|20\d\d|2100)")
_ALMOST = re.compile(
    r"(?:19|20)\d\d\s*\(?[A-Za-z*]{1,3}\)?|\d{2,4}(?:\.0+)?|\d{4}\s*[-–]\s*\d{2,4}"
)


def read_panel(book: Workbook, grid: Grid, layout: Layout, table: Table) -> Block:
    """Read places down, groups × periods across; the periods may stand one row below the keys."""
    header = find_header(book, grid, layout)
    right_of = max(header.roles.values())
    year_row, columns = _period_columns(book, grid, layout, header, right_of)
    if grid.is_text:
        require_rectangle(book.name, grid, header.row, len(grid.rows[header.row]))
    periods = [flat(grid.rows[year_row][c]) for c in columns]
    last = year_row
    if (below := _groups_below(grid, table, year_row, columns)) is not None:
        last += 1
        columns, periods, measures = below
    else:
        measures = _groups(book, grid, table, year_row, header.row, columns)
    _check_periods(book, grid, year_row, columns, periods, measures)
    rows = data_rows(book, grid, layout, header, last + 1)
    notes = _moved(book, grid, layout, header)
    return block_of(
        book,
        grid,
        layout,
        table,
        header,
        rows,
        columns,
        measures=measures,
        first=last + 1,
        periods=periods,
        notes=notes,
    )


def _moved(book: Workbook, grid: Grid, layout: Layout, header: Header) -> tuple[str, ...]:
    found = header.row + 1
    if not layout.header_rows or found in layout.header_rows or grid.is_text:
        return ()
    expected = " or ".join(str(r) for r in layout.header_rows)
    note = (
        f"{book.name}: the header of {grid.sheet} was expected in row {expected} and found in row "
        f"{found}; addresses are those of the rows as they stand"
    )
    return (note,)


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
        label = label.removesuffix(layout.estimate_mark).rstrip()
    return bool(_YEAR.fullmatch(label) or _SPAN.fullmatch(label))


def _groups(
    book: Workbook, grid: Grid, table: Table, year_row: int, header_row: int, columns: list[int]
) -> list[Measure]:
    if not any(m.match for m in table.measures):
        return [table.measures[0]] * len(columns)
    for index in range(year_row, max(header_row - 5, -1), -1):
        titles = {c: flat(cell) for c, cell in enumerate(grid.rows[index]) if c >= columns[0]}
        hits = {c: m for c, text in titles.items() if (m := match_measure(table, text)) is not None}
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


def _groups_below(
    grid: Grid, table: Table, year_row: int, columns: list[int]
) -> tuple[list[int], list[str], list[Measure]] | None:
    """Return columns, periods and measures where each period stands over its groups; else None.

    So they stand only if all in the row below the periods are titles of groups.
    """
    if year_row + 1 >= len(grid.rows) or not any(m.match for m in table.measures):
        return None
    cells = enumerate(grid.rows[year_row + 1])
    titles = {c: flat(cell) for c, cell in cells if c >= columns[0] and flat(cell)}
    hits = {c: m for c, text in titles.items() if (m := match_measure(table, text)) is not None}
    if not hits or len(hits) < len(titles):
        return None
    over = [max(y for y in columns if y <= c) for c in hits]
    return list(hits), [flat(grid.rows[year_row][y]) for y in over], list(hits.values())


def match_measure(table: Table, text: str) -> Measure | None:
    """Return the measure whose title a text is, or that stands in it; None when it is no title."""
    named = [m for m in table.measures if m.match and text and re.search(m.match, text, re.I)]
    whole = (m for m in named if re.fullmatch(m.match, text, re.I))  # "Men" stands in "Women"
    return next(whole, named[0] if named else None)


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
        ordered = all(a < b for a, b in pairwise(found))
        backwards = all(a > b for a, b in pairwise(found))
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
