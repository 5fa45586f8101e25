"""Which places a publisher counts into which group, read from the same edition's annex."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.errors import LayoutChanged
from sojourn.sources.container import Grid, Workbook, flat
from sojourn.sources.layout import Layout


@dataclass(frozen=True, slots=True)
class Membership:
    """One place in one group, as printed in one cell."""

    scheme: str
    group: str
    member: str
    sheet: str
    row: int
    col: int


@dataclass(frozen=True, slots=True)
class _Scheme:
    scheme: str
    column: int
    yes: str
    no: str
    where: str


def read_classification(book: Workbook, layout: Layout) -> list[Membership]:
    """Read the annex by the first declared layout that fits; a file without that sheet has none.

    The declaration names the sheet, the member column and, for each scheme, a heading (in the
    header row or the row above it), an offset, and either a fixed group for ``Yes`` cells or the
    rule that the cell itself holds the group's code.

    Raises
    ------
    LayoutChanged
        The sheet is there but a declared heading is not.
    """
    if layout.kind == "classes":
        return _classes(book, layout)
    for rules in layout.classification:
        if rules["sheet"] in book.sheets and _has(book.grid(rules["sheet"]), rules):
            return _read(book, rules)
    return []


def _has(grid: Grid, rules: Mapping[str, Any]) -> bool:
    """Return whether the sheet has the member column, and the words of its edition if declared."""
    said = rules.get("says", "")
    if said and not any(re.search(said, line) for line in grid.lines_of_text):
        return False
    return any(re.fullmatch(rules["member"], cell) for row in grid.head for cell in row if cell)


def _read(book: Workbook, rules: Mapping[str, Any]) -> list[Membership]:
    grid = book.grid(rules["sheet"])
    header, member_column = _find(book, grid, rules["member"])
    declared = rules["schemes"]
    if rules.get("optional"):
        declared = [r for r in declared if _place(grid, header, r["title"]) is not None]
    schemes = [_scheme(book, grid, header, rule) for rule in declared]
    only = rules.get("only")
    only_column = _column(book, grid, header, only["title"]) + only.get("offset", 0) if only else -1
    found = []
    for index in range(header + 1, len(grid.rows)):
        row = grid.rows[index]
        member = flat(row[member_column]) if member_column < len(row) else ""
        if not member or (only and flat(row[only_column]) != only["equals"]):
            continue
        for s in schemes:
            group = _group(s, flat(row[s.column]) if s.column < len(row) else "")
            if group:
                found.append(
                    Membership(s.scheme, group, member, grid.sheet, index + 1, s.column + 1)
                )
    return found


def _group(scheme: _Scheme, cell: str) -> str:
    if cell == "":
        return ""
    if scheme.yes:
        return {"Yes": scheme.yes, "Y": scheme.yes, "No": scheme.no}.get(cell, scheme.yes)
    return cell


def _find(book: Workbook, grid: Grid, title: str) -> tuple[int, int]:
    for index, row in enumerate(grid.rows[:40]):
        for column, cell in enumerate(row):
            if cell != "" and re.fullmatch(title, flat(cell)):
                return index, column
    raise LayoutChanged(
        f"{book.name}: sheet {grid.sheet!r} has no column {title!r}",
        hint="the annex was laid out anew; declare its headings in the layout",
    )


def _place(grid: Grid, header: int, title: str) -> int | None:
    for index in (header, header - 1):
        for column, cell in enumerate(grid.rows[index]):
            if cell != "" and re.fullmatch(title, flat(cell)):
                return column
    return None


def _column(book: Workbook, grid: Grid, header: int, title: str) -> int:
    if (column := _place(grid, header, title)) is not None:
        return column
    raise LayoutChanged(
        f"{book.name}: sheet {grid.sheet!r} has no heading {title!r} in rows {header} and {header + 1}",
        hint="the annex was laid out anew; declare its headings in the layout",
    )


def _scheme(book: Workbook, grid: Grid, header: int, rule: Mapping[str, Any]) -> _Scheme:
    column = _column(book, grid, header, rule["title"]) + rule.get("offset", 0)
    return _Scheme(rule["scheme"], column, rule.get("yes", ""), rule.get("no", ""), rule["title"])


def _classes(book: Workbook, layout: Layout) -> list[Membership]:
    """Read places down, fiscal years across, a class in each cell (World Bank, OGHIST)."""
    grid = book.grid(layout.tables[0].sheet)
    header, label = _find(book, grid, layout.columns["area"][0])
    years = [flat(c) for c in grid.rows[header - 1]]
    columns = [c for c, year in enumerate(years) if re.fullmatch(r"FY\d\d", year)]
    found: list[Membership] = []
    for index in range(header + 1, len(grid.rows)):
        row = grid.rows[index]
        code = flat(row[label - 1])
        if not any(c != "" for c in row) and found:
            break  # former states stand below; they are never mapped to a successor
        if len(code) != 3:
            continue
        found += [
            Membership(f"income_class {years[c]}", flat(row[c]), code, grid.sheet, index + 1, c + 1)
            for c in columns
            if flat(row[c]) not in layout.missing
        ]
    return found
