"""A printed table: where its header stands, which rows hold records, and the block it becomes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from sojourn.errors import LayoutChanged
from sojourn.sources.account import Account, account_of
from sojourn.sources.column import Cells, Column, padded, woven
from sojourn.sources.container import Grid, Workbook, address, flat
from sojourn.sources.grid import may_name
from sojourn.sources.headings import heading
from sojourn.sources.layout import Layout, Measure, Table
from sojourn.sources.shown import hidden_parts, refuse_merged
from sojourn.sources.unit_words import refuse_other_units
from sojourn.vocab.observation import column_letters

_TAG = re.compile(r"#[a-z]+\b")


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
    labels : dict of str to Column, each of length R
        Key cells of each row, as printed, by role.
    measures : tuple of Measure, length C
        What the layout declares each column to hold.
    periods : tuple of str, length C
        Period printed above each column; empty where the row names its own.
    origins : tuple of str, length C
        Origin printed above each column of a matrix; empty elsewhere.
    cells : sequence of C sequences, each of length R
        Printed cells, by column.
    account : Account, optional
        What became of the rows and columns of the table.
    """

    sheet: str
    rows: npt.NDArray[np.int64]
    cols: npt.NDArray[np.int64]
    labels: dict[str, Column]
    measures: tuple[Measure, ...]
    periods: tuple[str, ...]
    origins: tuple[str, ...]
    cells: Sequence[Sequence[object]]
    layout: Layout
    table: Table
    is_text: bool = False
    notes: tuple[str, ...] = ()
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    account: Account | None = None

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
    titles: list[str]


def sheets_of(book: Workbook, layout: Layout, table: Table) -> list[str]:
    """Return the sheets that hold a table: by their name or, where any name will do, by content.

    Raises
    ------
    LayoutChanged
        A sheet that is required stands nowhere.
    """
    sheets = [s for s in book.sheets if re.fullmatch(table.sheet or ".*", s)]
    if not table.sheet and len(sheets) > 1:
        return [s for s in sheets if _holds(book, layout, table, s)] or sheets[:1]
    if not sheets and table.required:
        raise LayoutChanged(
            f"{book.name}: sheet {table.sheet!r} not found; sheets present: "
            f"{', '.join(book.sheets)}",
            hint=f"layout {layout.id} reads it; the sheet was renamed or removed",
        )
    return sheets


def _holds(book: Workbook, layout: Layout, table: Table, sheet: str) -> bool:
    try:
        header = find_header(book, book.grid(sheet), layout)
    except LayoutChanged:
        return False
    if layout.kind != "records" or layout.counts:
        return True
    return any(re.fullmatch(m.match, t, re.I) for m in table.measures for t in header.titles)


def find_header(book: Workbook, grid: Grid, layout: Layout) -> Header:
    """Find the row that holds the headings of a layout's key columns.

    Raises
    ------
    LayoutChanged
        Naming the heading that is missing or stands twice, and the row that came nearest.
    """
    named: dict[str, str] = {}
    best, best_row, count = {}, -1, 0
    rows = [(index, depth) for index in range(len(grid.head)) for depth in _depths(layout, index)]
    for index, depth in rows:
        titles = _titles(grid, index, depth, spread=layout.spread)
        labels = grid.headings[index] if depth == 1 else [heading(t) for t in titles]
        words = {t for t in labels if depth > 1 or may_name(t)}
        named |= layout.headings.named(words)
        if named.keys().isdisjoint(labels):
            continue
        found = _roles(book, grid, layout, index, titles, [named.get(t) for t in labels])
        if len(found) > count:
            best, best_row, count = found, index, len(found)
        if not set(layout.columns) - set(found) - set(layout.optional):
            return Header(index, found, titles)
    missing = [r for r in layout.columns if r not in best and r not in layout.optional]
    headings = layout.columns[missing[0]] if missing else ("",)
    plain = [h for h in headings if not h.startswith("/")]  # the others are patterns
    label = " or ".join(repr(x) for x in plain or headings)
    where = f"{grid.sheet!r} " if grid.sheet else ""
    row_name = f"row {grid.row_number(best_row)}" if best_row >= 0 else "any of the first rows"
    raise LayoutChanged(
        f"{book.name}: sheet {where}has no column {label} in {row_name}"
        if grid.sheet
        else f"{book.name}: no column {label} in {row_name}",
        hint=f"layout {layout.id} expects it; if the publisher renamed it, add the new heading "
        "to the layout's columns",
    )


def _depths(layout: Layout, index: int) -> range:
    return range(1, min(layout.header_depth, index + 1) + 1)


def _titles(grid: Grid, index: int, depth: int, *, spread: bool = False) -> list[str]:
    """Return the headings that end in a row, words broken over several rows put together."""
    if depth == 1:
        return grid.head[index]
    rows = grid.head[index - depth + 1 : index + 1]
    if spread:
        rows = [*map(_spread, rows[:-1]), rows[-1]]
    words = zip_longest(*rows, fillvalue="")
    return [" ".join(w for w in column if w).replace("- ", "") for column in words]


def _spread(row: list[str]) -> list[str]:
    left = ""
    return [left := cell or left for cell in row]


def names_in(grid: Grid, layout: Layout) -> dict[str, str]:
    """Return the headings of a sheet that name roles of a layout."""
    return layout.headings.named(grid.words)


def lacks(grid: Grid, layout: Layout) -> bool:
    """Return whether a sheet surely has no header of a layout: the quick way to rule it out."""
    if layout.header_depth > 1:
        return False
    return bool(set(layout.columns) - set(layout.optional) - set(names_in(grid, layout).values()))


def _roles(
    book: Workbook,
    grid: Grid,
    layout: Layout,
    index: int,
    titles: list[str],
    roles: list[str | None],
) -> dict[str, int]:
    """Return the columns of a row that name roles; a heading as declared, letter by letter, leads."""
    found: dict[str, int] = {}
    for column, role in enumerate(roles):
        if role is None:
            continue
        if role not in found:
            found[role] = column
            continue
        texts = [titles[c] for c in (found[role], column)]
        exact = [text in layout.columns[role] for text in texts]
        if exact == [False, True]:
            found[role] = column
        elif grid.is_text and exact != [True, False]:
            refuse_twice(book, grid, index, texts[1], (found[role], column))
    return found


def refuse_twice(
    book: Workbook, grid: Grid, row: int, label: str, columns: tuple[int, int]
) -> None:
    """Refuse a heading that stands twice."""
    raise LayoutChanged(
        f"{book.name}: {label!r} stands twice in line {grid.row_number(row)} "
        f"(columns {columns[0] + 1} and {columns[1] + 1})",
        hint="the heading of one of them is wrong; nothing was loaded",
    )


def data_rows(book: Workbook, grid: Grid, layout: Layout, header: Header, first: int) -> list[int]:
    """Return the indices of the rows that hold records: not blank, not a heading, not a note."""
    key = header.roles[next(r for r in layout.columns if r in header.roles)]
    titles = [flat(c) for c in grid.rows[header.row]]
    labels = Column.of_cells([row[key] if key < len(row) else "" for row in grid.rows[first:]])
    plain = labels.holds(
        lambda label: (
            label not in ("", titles[key])
            and not label.startswith("#")
            and _verdict(layout.stop, layout.skip_row, label) == "keep"
        )
    )
    begin = int(np.argmax(plain)) + first if plain.any() else len(grid.rows)
    more: list[int] = []
    end = len(grid.rows)
    for index in (np.flatnonzero(~plain) + first).tolist():  # what is not plain, one by one
        verdict = _judged(book, grid, layout, index, key, titles, kept=bool(more) or begin < index)
        if verdict == "stop":
            end = index
            break
        if verdict == "keep":
            more.append(index)
    found = (np.flatnonzero(plain[: end - first]) + first).tolist()
    kept = sorted([*found, *more]) if more else found
    if not kept:
        raise LayoutChanged(
            f"{book.name}: no data rows below the header in row {grid.row_number(header.row)}",
            hint='an empty download; that is not the same as "all missing"',
        )
    return kept


def _is_tags(row: Sequence[object]) -> bool:
    """Whether a row holds HXL tags (``#country+name``) and nothing else: ``#N/A`` is an error."""
    filled = [flat(c) for c in row if c != ""]
    return bool(filled) and all(_TAG.match(c) for c in filled)


def _judged(
    book: Workbook,
    grid: Grid,
    layout: Layout,
    index: int,
    key: int,
    titles: list[str],
    *,
    kept: bool,
) -> str:
    """Return whether a row is kept or skipped, or the table stops there."""
    row = grid.rows[index]
    cell = row[key] if key < len(row) else ""
    blank = cell == "" and not any(c != "" for c in row)
    if blank and layout.stop == "blank" and kept:
        return "stop"
    places = layout.roles.get(_first_role(layout)) in ("m49", "name")
    if blank or (places and cell == ""):
        return "skip"  # nothing, or a heading among the places, without a code
    label = flat(cell)
    if not kept and _is_tags(row):
        return "skip"  # a row of HXL tags below the header
    if label == titles[key] and [flat(c) for c in row] == titles:
        raise LayoutChanged(
            f"{book.name}: {address(grid, index, key)} repeats the header; not a data row",
            hint="two exports were pasted together; load them as two files",
        )
    return _verdict(layout.stop, layout.skip_row, label)


@lru_cache(maxsize=1 << 14)
def _verdict(stop: str, skip: str, label: str) -> str:
    if stop not in ("", "blank") and re.match(stop, label):
        return "stop"
    return "skip" if skip and re.search(skip, label) else "keep"


def _first_role(layout: Layout) -> str:
    return next(iter(layout.columns))


def _labels(body: Sequence[Sequence[object]], layout: Layout, header: Header) -> dict[str, Column]:
    labels = {
        role: Column.of_cells(list(map(itemgetter(c), body))) for role, c in header.roles.items()
    }
    for role in layout.carried:
        above = ""
        labels[role] = Column.of([above := label or above for label in labels[role]])
    for role, other in layout.instead_of.items():
        own = labels.get(role, labels[other])
        labels[role] = woven([own, labels[other]], lambda a, b: a or b)
    if further := [role for role in labels if role.startswith("flag_")]:
        flags = [labels["flag"], *(labels.pop(role) for role in further)]
        labels["flag"] = woven(flags, lambda *row: " ".join(f for f in row if f))
    if layout.label_code:
        labels = {role: _taken(layout.label_code, column) for role, column in labels.items()}
    taken = {r: _taken(form, labels[r]) for r, form in layout.takes.items() if r in labels}
    return {**labels, **taken}


def _taken(form: str, labels: Column) -> Column:
    """Return the part of each label that counts: the first group of the form, where it fits."""
    fitting = re.compile(form).fullmatch
    return labels.mapped(lambda t: found.group(1) if (found := fitting(t)) is not None else t)


def block_of(
    book: Workbook,
    grid: Grid,
    layout: Layout,
    table: Table,
    header: Header,
    rows: list[int],
    columns: list[int],
    *,
    measures: Sequence[Measure],
    first: int,
    periods: Sequence[str] = (),
    origins: Sequence[str] = (),
    notes: tuple[str, ...] = (),
) -> Block:
    """Return the rows and columns of a printed table as a block, with their numbers."""
    empty = ("",) * len(columns)
    read = {*header.roles.values(), *columns}
    carried = {header.roles[r] for r in layout.carried if r in header.roles}
    refuse_merged(book.name, grid, read - carried, rows)
    if not layout.by_row:
        refuse_other_units(
            book.name, grid, measures, columns, header.row, first, max(rows, default=first) + 1
        )
    body = padded([grid.rows[i] for i in rows], 1 + max(read))
    return Block(
        sheet=grid.sheet or layout.part,
        rows=grid.row_numbers(rows),
        cols=np.array([c + 1 for c in columns], dtype=np.int64),
        labels=_labels(body, layout, header),
        measures=tuple(measures),
        periods=tuple(periods) or empty,
        origins=tuple(origins) or empty,
        cells=Cells(body, columns),
        layout=layout,
        table=table,
        is_text=grid.is_text,
        notes=(*notes, *hidden_parts(grid, read, rows)),
        formulas=grid.formulas,
        account=account_of(
            book.name,
            grid,
            layout,
            header.roles.values(),
            columns,
            rows,
            header.titles,
            header.row,
            first,
        ),
    )
