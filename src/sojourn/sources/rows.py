"""Rows of a block told apart: by what their labels say of the measures, and where keys repeat."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sojourn.errors import LayoutChanged
from sojourn.sources.container import Workbook
from sojourn.sources.printed import Block


def number_parts(book: Workbook, block: Block) -> Block:
    """Return a block whose repeated keys are told apart: ``detail_part`` is 2 for the second."""
    seen: dict[tuple[str, ...], int] = {}
    parts = []
    for key in zip(*block.labels.values(), strict=True):
        nth = seen[key] = seen.get(key, 0) + 1
        parts.append(str(nth) if nth > 1 else "")
    again = [int(row) for row, part in zip(block.rows, parts, strict=True) if part]
    if not again:
        return block
    listed = ", ".join(map(str, again[:6])) + (f" and {len(again) - 6:,} more" * (len(again) > 6))
    note = (
        f"{book.name}: {len(again):,} rows repeat the key of an earlier one (lines {listed}); each is "
        "kept as a further part of one number (part=2, …), and parts are added"
    )
    labels = {**block.labels, "detail_part": parts}
    return replace(block, labels=labels, notes=(*block.notes, note))


def mark_doubles(book: Workbook, block: Block) -> Block:
    """Return a block whose repeated and contradicting rows bear a mark, so that none is chosen."""
    if not block.layout.doubles:
        return block
    keys: dict[tuple[str, ...], list[int]] = {}
    for index, key in enumerate(zip(*block.labels.values(), strict=True)):
        keys.setdefault(key, []).append(index)
    marks = {
        "detail_repeat": [""] * len(block.rows),
        "detail_contradiction": [""] * len(block.rows),
    }
    contradicting = repeated = 0
    for rows in (r for r in keys.values() if len(r) > 1):
        unlike = len({tuple(column[i] for column in block.cells) for i in rows}) > 1
        contradicting += unlike
        repeated += 0 if unlike else len(rows) - 1
        for nth, i in enumerate(rows, 1):
            if unlike or nth > 1:
                marks["detail_contradiction" if unlike else "detail_repeat"][i] = str(nth)
    if not contradicting and not repeated:
        return block
    note = (
        f"{book.name}: {contradicting:,} keys stand in several rows with different values (kept, "
        f"marked contradiction=1, 2, …; none is chosen); {repeated:,} rows repeat an earlier one "
        "with the same value (kept, marked repeat=2, …)"
    )
    labels = {**block.labels, **{role: m for role, m in marks.items() if any(m)}}
    return replace(block, labels=labels, notes=(*block.notes, note))


def split_rows(book: Workbook, block: Block) -> list[Block]:
    """Return one block for each meaning that the labels of the rows give to its measures.

    A label may name the unit (UNHCR's cases and persons) or the quantity (the World Bank's
    series codes) of all cells of its row; the layout's ``by_row`` declares what each label says.

    Raises
    ------
    LayoutChanged
        A label that the layout does not declare, with its row.
    """
    blocks = [number_parts(book, block) if block.layout.repeats else mark_doubles(book, block)]
    for role, declared in block.layout.by_row.items():
        blocks = [part for b in blocks for part in _split(book, b, role, declared)]
    return blocks


def _split(
    book: Workbook, block: Block, role: str, declared: Mapping[str, Mapping[str, Any]]
) -> list[Block]:
    labels = block.labels.get(role)
    if labels is None:
        return [block]
    parts: dict[str, list[int]] = {}
    for index, label in enumerate(labels):
        parts.setdefault(label, []).append(index)
    unknown = next((label for label in parts if label not in declared), None)
    if unknown is not None:
        raise LayoutChanged(
            f"{book.name}: row {block.rows[parts[unknown][0]]} reads {unknown[:80]!r}; layout "
            f"{block.layout.id} knows {', '.join(repr(k) for k in list(declared)[:8])}",
            hint="declare what it measures under `by_row` in the layout",
        )
    return [_part(block, rows, declared[label]) for label, rows in parts.items()]


def _part(block: Block, rows: list[int], said: Mapping[str, Any]) -> Block:
    measures = {m: replace(m, **said) for m in block.measures}
    whole = len(rows) == len(block.rows)
    return replace(
        block,
        measures=tuple(measures[m] for m in block.measures),
        rows=block.rows if whole else block.rows[rows],
        labels=block.labels
        if whole
        else {k: [column[i] for i in rows] for k, column in block.labels.items()},
        cells=block.cells if whole else [[column[i] for i in rows] for column in block.cells],
    )
