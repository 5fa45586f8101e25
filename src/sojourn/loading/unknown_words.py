"""Words of a file that its layout does not know: labels, places, marks, each with its first cell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sojourn.errors import UnknownArea
from sojourn.harmonize.labels import coder
from sojourn.harmonize.numbers import to_number
from sojourn.sources.block import Block
from sojourn.sources.container import Grid, flat
from sojourn.sources.declaration import Dataset
from sojourn.sources.layout import Layout
from sojourn.sources.nearest import Nearest

MOST_MARKS = 20


@dataclass(frozen=True, slots=True)
class Unknown:
    """Each unknown word to where it first stands."""

    labels: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is unknown."""
        return bool(self.labels or self.places or self.marks)


def unknown_words(blocks: Sequence[Block], dataset: Dataset) -> Unknown:
    """Return every label, place and mark of a file that its layout does not know."""
    found = Unknown()
    publisher = dataset.id.split(".", maxsplit=1)[0]
    for block in blocks:
        layout = block.layout
        for role in ("sex", "age", "indicator"):
            for label in dict.fromkeys(block.labels.get(role, ())):
                if label not in layout.values.get(role, {}):
                    found.labels.setdefault(label, _row(block, role, label))
        for role in ("area", "origin"):
            if role in block.labels and role in layout.roles:
                _places(found, block, role, publisher)
        if not layout.interval:
            _marks(found, block)
    return found


def _places(found: Unknown, block: Block, role: str, publisher: str) -> None:
    layout = block.layout
    special = layout.values.get(role, {})
    code = coder(publisher, layout.roles[role], special, layout.footnote, layout.groups)
    for label in dict.fromkeys(block.labels[role]):
        try:
            code(label)
        except UnknownArea:
            found.places.setdefault(label, _row(block, role, label))


def _marks(found: Unknown, block: Block) -> None:
    layout = block.layout
    for c, cells in enumerate(block.cells):
        for r, cell in enumerate(cells):
            text = cell.strip() if isinstance(cell, str) else ""
            known = text in layout.missing or to_number(text, layout.thousands) is not None
            if text and not known and len(found.marks) < MOST_MARKS:
                found.marks.setdefault(text, block.place(r, c))


def _row(block: Block, role: str, label: str) -> str:
    return f"{role}, row {block.rows[block.labels[role].index(label)]}"


def unknown_rows(grid: Grid, layout: Layout, fit: Nearest) -> dict[str, str]:
    """Return labels that should say what their row measures and that the layout does not declare."""
    found: dict[str, str] = {}
    for role in (r for r in layout.by_row if r in fit.roles):
        column = grid.head[fit.row].index(fit.roles[role])
        for index, row in enumerate(grid.rows[fit.row + 1 :], fit.row + 1):
            label = flat(row[column]) if column < len(row) else ""
            code = re.fullmatch(layout.label_code, label) if layout.label_code else None
            label = code.group(1) if code is not None else label
            if label and label not in layout.by_row[role]:
                found.setdefault(label, f"{role}, row {grid.row_number(index)}")
    return found
