"""Rows of a block told apart: by what their labels say of the measures, and where keys repeat."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.errors import LayoutChanged, counted
from sojourn.sources.column import Cells, Column, combined
from sojourn.sources.container import Workbook
from sojourn.sources.printed import Block
from sojourn.sources.unit_words import refuse_other_series


def number_parts(book: Workbook, block: Block) -> Block:
    """Return a block whose repeated keys are told apart: ``detail_part`` is 2 for the second."""
    keys = _repeated(block)
    if not keys:
        return block
    parts = [""] * len(block.rows)
    for rows in keys:
        for nth, i in enumerate(rows[1:], 2):
            parts[i] = str(nth)
    again = sorted(int(block.rows[i]) for rows in keys for i in rows[1:])
    listed = ", ".join(map(str, again[:6])) + (f" and {len(again) - 6:,} more" * (len(again) > 6))
    note = (
        f"{book.name}: {counted(len(again), 'row repeats', 'rows repeat')} the key of an earlier one (lines {listed}); each is "
        "kept as a further part of one number (part=2, …), and parts are added"
    )
    labels = {**block.labels, "detail_part": Column.of(parts)}
    return replace(block, labels=labels, notes=(*block.notes, note))


def _repeated(block: Block) -> list[list[int]]:
    """Return the rows of each key that stands in several, in the order in which they first stand."""
    codes, first = combined(list(block.labels.values()))
    if len(first) == len(codes):
        return []
    sizes = np.bincount(codes)
    groups: dict[int, list[int]] = {code: [] for code in np.flatnonzero(sizes > 1).tolist()}
    for row in np.flatnonzero(sizes[codes] > 1).tolist():
        groups[int(codes[row])].append(row)
    return list(groups.values())


def mark_doubles(book: Workbook, block: Block) -> Block:
    """Return a block whose repeated and contradicting rows bear a mark, so that none is chosen."""
    if not block.layout.doubles:
        return block
    marks = {
        "detail_repeat": [""] * len(block.rows),
        "detail_contradiction": [""] * len(block.rows),
    }
    contradicting = repeated = 0
    for rows in _repeated(block):
        unlike = len({_values(block, i) for i in rows}) > 1
        contradicting += unlike
        repeated += 0 if unlike else len(rows) - 1
        for nth, i in enumerate(rows, 1):
            if unlike or nth > 1:
                marks["detail_contradiction" if unlike else "detail_repeat"][i] = str(nth)
    if not contradicting and not repeated:
        return block
    note = (
        f"{book.name}: {counted(contradicting, 'key stands', 'keys stand')} in several rows with different values (kept, "
        f"marked contradiction=1, 2, …; none is chosen); {counted(repeated, 'row repeats', 'rows repeat')} an earlier one "
        "with the same value (kept, marked repeat=2, …)"
    )
    labels = {**block.labels, **{role: Column.of(m) for role, m in marks.items() if any(m)}}
    return replace(block, labels=labels, notes=(*block.notes, note))


def _values(block: Block, row: int) -> tuple[object, ...]:
    cells = block.cells
    return cells.row(row) if isinstance(cells, Cells) else tuple(column[row] for column in cells)


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
    unknown = next((label for label in labels.words if label not in declared), None)
    if unknown is not None:
        raise LayoutChanged(
            f"{book.name}: row {block.rows[labels.index(unknown)]} reads {unknown[:80]!r}; layout "
            f"{block.layout.id} knows {', '.join(repr(k) for k in list(declared)[:8])}",
            hint="declare what it measures under `by_row` in the layout",
        )
    order = np.argsort(labels.codes, kind="stable")
    rows = np.split(order, np.cumsum(np.bincount(labels.codes))[:-1])
    parts = [_part(block, r, declared[label]) for label, r in zip(labels.words, rows, strict=True)]
    for part in parts if f"{role}_name" in block.labels else ():
        _refuse_other_names(book, part, part.labels[f"{role}_name"])
    return parts


def _refuse_other_names(book: Workbook, block: Block, names: Column) -> None:
    """Refuse names beside the code of a series that say another unit."""
    for words in names.words:
        place = f"row {block.rows[names.index(words)]}"
        for unit, mult in sorted({(m.unit, m.mult) for m in block.measures}):
            refuse_other_series(book.name, place, words, unit, mult)


def _part(block: Block, rows: npt.NDArray[np.int64], said: Mapping[str, Any]) -> Block:
    measures = {m: replace(m, **said) for m in block.measures}
    block = replace(block, measures=tuple(measures[m] for m in block.measures))
    if len(rows) == len(block.rows):
        return block
    cells = block.cells
    return replace(
        block,
        rows=block.rows[rows],
        labels={role: column.taken(rows) for role, column in block.labels.items()},
        cells=cells.taken(rows)
        if isinstance(cells, Cells)
        else [[column[i] for i in rows] for column in cells],
    )
