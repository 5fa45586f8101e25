"""Where a check read by hand stands in a store: a cell, a line, or the sum of a column of one year."""

import csv
import re
from pathlib import Path

from sojourn.vocab.observation import column_number

CELL = re.compile(r"(?P<sheet>.+)!(?P<letters>[A-Z]+)(?P<row>\d+)")
LINE = re.compile(r"line (?P<line>\d+), (?:column )?(?P<column>.+)")
SUM = re.compile(
    r"sum over (?:Reported )?[Yy]ear=(?P<year>\d{4}), column (?P<column>[^,]+)(?:, \* left out)?"
)
HEADER_WITHIN = 60  # lines in which the header of a text file stands


def column_of(path: Path, title: str) -> int:
    """Return the number of the column of a text file that bears a title."""
    text = path.read_bytes().decode("utf-8-sig", "replace").splitlines()[:HEADER_WITHIN]
    bare = title.partition(" (cases")[0]
    for separator in (",", "\t", ";"):
        for row in csv.reader(text, delimiter=separator):
            names = [" ".join(c.split()) for c in row]
            if bare in names:
                return names.index(bare) + 1
    raise LookupError(title)


def place(path: Path, where: str) -> str:
    """Return the condition that finds a cell, a line or one year of a column."""
    if (cell := CELL.fullmatch(where)) is not None:
        column = column_number(cell["letters"])
        return f"sheet = '{cell['sheet']}' AND \"row\" = {cell['row']} AND col = {column}"
    if (line := LINE.fullmatch(where)) is not None:
        return f'"row" = {line["line"]} AND col = {column_of(path, line["column"])}'
    year = SUM.fullmatch(where)
    assert year is not None, f"no way to find {where!r}: write it into RULES"
    return f"time_period = '{year['year']}' AND col = {column_of(path, year['column'])}"


def agrees(value: float, expected: str) -> bool:
    """Whether a value is the one that was read, to the decimals that were written down."""
    decimals = len(expected.partition(".")[2])
    within = 0.51 * 10**-decimals if 0 < decimals <= 3 else 1e-12 * float(expected)
    return abs(value - float(expected)) <= within
