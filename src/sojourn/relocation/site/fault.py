"""One fault of a site's tables, and the refusal that lists them.

A fault names file, row, field, what was found and what was expected. Of a table about people it
never repeats a cell that could be a name or a sensitive value: row and field are enough to find it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.errors import SiteRefused

MOST_SHOWN = 20  # by a command that only wanted to read; `sojourn site check` lists all


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Attributes
    ----------
    row : int
        As a spreadsheet counts (the header is 1), or the position in a JSON array; 0: the file.
    field : str
        Empty when the whole row or file is meant.
    found, expected : str
        ``expected`` is empty when there is nothing to add.
    hint : str
        What to do.
    """

    file: str
    row: int
    field: str
    found: str
    expected: str = ""
    hint: str = ""

    def __str__(self) -> str:
        row = f", row {self.row}" if self.row else ""
        field = f", field {self.field}" if self.field else ""
        expected = f", expected {self.expected}" if self.expected else ""
        return f"{self.file}{row}{field}: found {self.found}{expected}"


def refusal(faults: Sequence[Fault]) -> SiteRefused:
    """Return the error that names every fault, or the first of many.

    >>> print(refusal([Fault("room.csv", 3, "rooms", "'-1'", "a whole number from 0")]).problem)
    room.csv, row 3, field rooms: found '-1', expected a whole number from 0
    """
    lines = [str(f) for f in faults[:MOST_SHOWN]]
    if len(faults) > MOST_SHOWN:
        lines.append(f"and {len(faults) - MOST_SHOWN:,} more: `sojourn site check` lists them all")
    hints = list(dict.fromkeys(f.hint for f in faults if f.hint))[:3]
    return SiteRefused(
        "\n  ".join(lines),
        hint="; ".join([*hints, "nothing is planned on a site with a refused row"]),
    )
