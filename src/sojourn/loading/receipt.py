"""The receipt of a file: what became of each of its sheets, rows and columns."""

import re
from collections.abc import Sequence

from sojourn.sources.block import Block
from sojourn.sources.container import Workbook
from sojourn.sources.layout import Layout

MOST = 12  # names that one line lists


def receipt_of(book: Workbook, layout: Layout, blocks: Sequence[Block]) -> tuple[str, ...]:
    """Return a line for each table that was read, and what was declared or held and not read.

    Parameters
    ----------
    blocks : sequence of Block
        The tables of the file; parts of one table bear the same account.
    """
    accounts = {id(b.account): b.account for b in blocks if b.account is not None}
    lines = [str(account) for account in accounts.values()]
    if absent := _absent(layout, blocks):
        lines.append(f"declared, not in this file: {_listed(absent)}")
    return (*lines, *_sheets(book, layout, {b.sheet for b in blocks}))


def _absent(layout: Layout, blocks: Sequence[Block]) -> list[str]:
    """Return the declared measures that stand in none of the tables that were read."""
    if layout.by_row or not blocks:
        return []
    held = {(m.indicator, m.sex, m.age) for b in blocks for m in b.measures}
    wanted = [m for table in layout.tables for m in table.measures if m.match]
    names = [
        m.indicator
        + ("" if m.sex == "_T" else f" ({m.sex})")
        + ("" if m.age == "_T" else f" {m.age}")
        for m in wanted
        if (m.indicator, m.sex, m.age) not in held
    ]
    return list(dict.fromkeys(names))


def _sheets(book: Workbook, layout: Layout, read: set[str]) -> list[str]:
    """Return what is said of the sheets of a workbook that hold no table that was read."""
    if len(book.sheets) < 2:  # a text file, or the one sheet that was read
        return []
    annexes = {str(rules.get("sheet", "")) for rules in layout.classification}
    left = [s for s in book.sheets if s not in read and s not in annexes]
    ignored: dict[str, list[str]] = {}
    others = []
    for sheet in left:
        patterns = layout.ignored_sheets.items()
        reason = next((r for p, r in patterns if re.fullmatch(p, sheet, re.I)), None)
        hidden = " (hidden)" if sheet in book.facts and book.facts[sheet].hidden else ""
        if reason is None:
            others.append(sheet + hidden)
        else:
            ignored.setdefault(reason, []).append(sheet + hidden)
    said = [f"sheets ignored: {_listed(names)} ({reason})" for reason, names in ignored.items()]
    return [*said, f"sheets not read: {_listed(others)}"] if others else said


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more
