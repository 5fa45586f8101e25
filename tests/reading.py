"""Read one file as the loader does, without a store: what it is, and every cell with its meaning."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl

from sojourn.harmonize.observe import observe
from sojourn.loading.edition import edition_of
from sojourn.sources.block import read_tables
from sojourn.sources.container import open_file
from sojourn.sources.declaration import registry
from sojourn.sources.recognise import recognised
from sojourn.vocab.observation import KEY

Row = dict[str, object]


@dataclass(frozen=True)
class Reading:
    """What a file turned out to be, and its cells."""

    layout: str
    edition: str
    redistribution: str
    notes: tuple[str, ...]
    rows: list[Row]

    def find(self, **wanted: object) -> list[Row]:
        """Return the cells that have these dimensions."""
        return [r for r in self.rows if all(r[k] == v for k, v in wanted.items())]

    def value(self, **wanted: object) -> object:
        """Return the value of the one cell that has these dimensions."""
        found = self.find(**wanted)
        assert len(found) == 1, f"{len(found)} cells for {wanted}"
        return found[0]["value"]


def read(path: Path, edition: str | None = None) -> Reading:
    """Open, recognise, read and harmonize the first table of a file."""
    content, known = path.read_bytes(), registry()
    book = open_file(path.name, content)[0]
    layout, known = recognised(book, known, hashlib.sha256(content).hexdigest())
    texts = layout.tables[0].measures[0].unit == "NONE"
    blocks = [] if texts else read_tables(book, layout)
    sha256 = hashlib.sha256(content).hexdigest()
    release, notes = edition_of(book, layout, blocks, sha256, known, edition)
    rows: list[Row] = []
    said: dict[str, None] = {}
    for block in blocks:
        seen = observe(book.name, block, known.datasets[layout.dataset], release)
        said |= dict.fromkeys(seen.notes)
        for c, numbers in enumerate(seen.values):
            for r in range(len(seen.rows)):
                row: Row = {
                    d: seen.of_rows[d][r] if d in seen.of_rows else seen.of_columns[d][c]
                    for d in KEY
                }
                value = float(numbers.value[r])
                row |= {
                    "value": None if np.isnan(value) else value,
                    "status": str(numbers.status[r]),
                    "unit": seen.units[c][0],
                    "mult": seen.units[c][1],
                    "place": block.place(r, c),
                }
                rows.append(row)
    return Reading(layout.id, release.id, release.redistribution, (*notes, *said), rows)


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write rows of cells to the sheets of a workbook; None is an empty cell."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def text(path: Path, *lines: str) -> Path:
    """Write lines to a text file."""
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
