"""Where the cells of a large sum stand: a file, a sheet, and the first and the last cell of them.

An embedded edition does not carry the thousands of cells of such a sum; it says where they are, so
that whoever has the publisher's file finds them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sojourn.factsheet.figures.figure import FigureValue, Input, Span
from sojourn.vocab.observation import Cell, column_letters

#: Columns of a sheet that are told one by one; more are one block.
FEW_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class _Place:
    file: str
    cell: Cell


def spans(value: FigureValue) -> tuple[Span, ...]:
    """Return where the cells of a sum stand, by file and sheet: column by column where they are few."""
    return value.spans or tuple(_spans(value.inputs))


def _spans(inputs: Iterable[Input]) -> Iterable[Span]:
    sheets: dict[tuple[str, str], list[_Place]] = {}
    for entry in inputs:
        try:
            cell = Cell.parse(entry.address)
        except ValueError:  # a cited constant stands in no file
            continue
        sheets.setdefault((entry.file, cell.sheet), []).append(_Place(entry.file, cell))
    for _, places in sorted(sheets.items()):
        columns = sorted({p.cell.col for p in places})
        if len(columns) > FEW_COLUMNS:
            yield _block(places)
            continue
        for column in columns:
            yield _block([p for p in places if p.cell.col == column])


def _block(places: list[_Place]) -> Span:
    one = places[0]
    rows, columns = ([getattr(p.cell, name) for p in places] for name in ("row", "col"))
    first = f"{column_letters(min(columns))}{min(rows)}"
    last = f"{column_letters(max(columns))}{max(rows)}"
    return Span(one.file, one.cell.sheet, first, last, len(places))
