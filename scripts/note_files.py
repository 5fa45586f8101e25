"""Note what declared files are: the layout of each, and what it holds of each indicator and period.

A declared file is not recognised again, and a copy of it that was cut is told by what is noted.
Lines of files that are not in the folder stay as they are.

Run: python scripts/note_files.py DIR_WITH_PUBLISHER_FILES
"""

import csv
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import sojourn
from sojourn.loading.load import _Session, _table  # the reading of one file, without a store
from sojourn.sources.container import Workbook, open_file
from sojourn.sources.declaration import Registry, registry
from sojourn.sources.extent import Extent, extents_of_files, periods_of_files
from sojourn.sources.recognise import layouts_of_files
from sojourn.store.facts import facts_of, periods_of

SOURCES = Path(sojourn.__file__).parent / "sources"


def declared(folder: Path, known: Registry) -> Iterator[tuple[str, Workbook]]:
    """Yield the declared files of a folder that are one table each, with their digests."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if known.by_digest(digest) is not None:
            books = open_file(path.name, content, trusted=True)
            if len(books) == 1:
                yield digest, books[0]


def write(name: str, head: list[str], rows: list[list[str]]) -> None:
    """Write a table beside the declarations."""
    with (SOURCES / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def main() -> None:
    """Read, count, write."""
    known = replace(registry())  # another registry: nothing noted counts
    layouts, extents = dict(layouts_of_files()), dict(extents_of_files())
    periods = dict(periods_of_files())
    for digest, book in declared(Path(sys.argv[1]), known):
        table = _table(_Session(None, known, None), book, digest)  # type: ignore[arg-type] # no store
        tallies = facts_of(table.observed).tallies
        if known.told(digest) is None and table.layout.id in known.layouts:
            layouts[digest] = table.layout.id
        extents[digest] = {
            i: Extent(t.keys, len(t.words["ref_area"])) for i, t in sorted(tallies.items())
        }
        if table.dataset.frame.whole and table.dataset.frame.places_lost < 1:
            periods[digest] = periods_of(table.observed)
    laid = sorted(([d, n] for d, n in layouts.items()), key=lambda row: (row[1], row[0]))
    write("layouts_of_files.csv", ["sha256", "layout"], laid)
    held = [
        [d, i, str(e.numbers), str(e.places)]
        for d, found in sorted(extents.items())
        for i, e in found.items()
    ]
    write("extents_of_files.csv", ["sha256", "indicator", "numbers", "places"], held)
    counted = [
        [d, " ".join(f"{p}:{n}" for p, n in sorted(found.items()))]
        for d, found in sorted(periods.items())
    ]
    write("periods_of_files.csv", ["sha256", "numbers_of_periods"], counted)


if __name__ == "__main__":
    main()
