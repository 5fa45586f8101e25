"""The small tables shipped beside the code."""

import csv
from collections.abc import Iterator
from importlib.resources import files


def rows_of(table: str) -> Iterator[list[str]]:
    """Yield the rows of a CSV table of this package, without its header."""
    text = files("sojourn.vocab").joinpath(table).read_text(encoding="utf-8")
    rows = csv.reader(text.splitlines())
    next(rows)
    return rows
