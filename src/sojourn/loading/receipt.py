"""The receipt of a file: what became of each of its sheets, rows and columns."""

import re
from collections.abc import Iterable, Sequence

from sojourn.sources.account import listed
from sojourn.sources.block import Block
from sojourn.sources.container import Workbook
from sojourn.sources.layout import Layout

#: Key columns that a layout may lack and that change what a number means, or what is said of it.
_TELLING = ("origin", "sex", "age", "flag")


def receipt_of(
    book: Workbook,
    layout: Layout,
    blocks: Sequence[Block],
    classified: Iterable[str] = (),
    *,
    verified: bool,
) -> tuple[str, ...]:
    """Return a line for each table that was read, and what was declared or held and not read.

    Parameters
    ----------
    blocks : sequence of Block
        The tables of the file; parts of one table bear the same account.
    classified : iterable of str
        Sheets from which the classification of places was read.
    verified : bool
        Whether the bytes are declared ones: what they lack was known when they were declared.
    """
    accounts = {id(b.account): b.account for b in blocks if b.account is not None}
    lines = [str(account) for account in accounts.values()]
    if not verified and (absent := _absent(layout, blocks)):
        lines.append(f"declared, not in this file: {listed(absent)}")
    return (*lines, *_sheets(book, layout, {b.sheet for b in blocks}.union(classified)))


def _absent(layout: Layout, blocks: Sequence[Block]) -> list[str]:
    """Return the declared measures and telling key columns that stand in no table that was read."""
    if not blocks:
        return []
    labels = {role for b in blocks for role in b.labels}
    roles = [r for r in _TELLING if r in layout.columns and r in layout.optional]
    names = [f"the column {layout.columns[r][0]!r}" for r in roles if r not in labels]
    if any("indicator" in said for rows in layout.by_row.values() for said in rows.values()):
        return names  # its rows say what they measure
    held = {(m.indicator, m.sex, m.age) for b in blocks for m in b.measures}
    wanted = [m for t in layout.tables for m in t.measures if m.match and not m.may_lack]
    names += [
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
    left = [s for s in book.sheets if s not in read]
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
    said = [f"sheets ignored: {listed(names)} ({reason})" for reason, names in ignored.items()]
    return [*said, f"sheets not read: {listed(others)}"] if others else said
