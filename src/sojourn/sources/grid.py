"""A sheet or a text table as printed: rows of cells, and how a person finds one."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import overload

import numpy as np
import numpy.typing as npt

from sojourn.errors import LayoutChanged, counted
from sojourn.sources.headings import heading
from sojourn.sources.workbook_facts import SheetFacts
from sojourn.vocab.observation import column_letters

LONGEST = 200  # characters of a heading; the longest declared one has 90
_DIGITS = re.compile(r"[\d.,:;*%+ -]+").fullmatch
HEADER_DEPTH = 60  # rows in which a header may begin


@lru_cache(maxsize=1 << 16, typed=True)
def flat(cell: object) -> str:
    """Return a heading as one line: text with its blanks collapsed, whole numbers without .0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


@lru_cache(maxsize=1 << 16)
def may_name(label: str) -> bool:
    """Whether a heading could name a column: no number, no long text."""
    return label != "" and len(label) < LONGEST and not _DIGITS(label)


class FirstRows(Sequence[list[str]]):
    """The first rows of a table as lines of text, each made when it is first looked at."""

    __slots__ = ("_made", "_say", "_source")

    def __init__(
        self, source: Sequence[Sequence[object]], say: Callable[[Sequence[object]], list[str]]
    ) -> None:
        self._source = source
        self._say = say
        self._made: list[list[str] | None] = [None] * min(len(source), HEADER_DEPTH)

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, index: int) -> list[str]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[str]]: ...
    def __getitem__(self, index: int | slice) -> list[str] | list[list[str]]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        row = self._made[index]
        if row is None:
            row = self._made[index] = self._say(self._source[range(len(self))[index]])
        return row

    def __iter__(self) -> Iterator[list[str]]:
        return (self[i] for i in range(len(self)))


def _as_lines(row: Sequence[object]) -> list[str]:
    return [flat(cell) for cell in row]


def _as_headings(row: Sequence[object]) -> list[str]:
    return [heading(text) if text else "" for text in row]


@dataclass(frozen=True)
class Grid:
    """One sheet as printed: ``rows[i][j]`` is the cell in row ``i + 1``, column ``j + 1``.

    ``lines`` gives the line number of each row in a text file (rows of a sheet number
    themselves); ``facts`` is what the workbook says beside its values.
    """

    sheet: str
    rows: Sequence[Sequence[object]]
    is_text: bool = False
    lines: Sequence[int] | None = None
    facts: SheetFacts = field(default_factory=SheetFacts)

    @property
    def formulas(self) -> dict[tuple[int, int], bool]:
        """Whether a result is stored beside each formula, by row and column."""
        return self.facts.formulas

    @cached_property
    def head(self) -> FirstRows:
        """The rows in which a header may begin, as lines of text."""
        return FirstRows(self.rows, _as_lines)

    @cached_property
    def headings(self) -> FirstRows:
        """The same rows as headings, to be compared with declared ones."""
        return FirstRows(self.head, _as_headings)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every heading of these rows that could name a column: no numbers, no long texts."""
        return frozenset(c for row in self.headings for c in set(row) if may_name(c))

    @cached_property
    def lines_of_text(self) -> list[str]:
        """The first and the last rows as sentences: where a file says what it is."""
        shown = [*self.rows[:HEADER_DEPTH], *self.rows[-12:]]
        return [" ".join([t for c in row[:12] if (t := flat(c))]) for row in shown]

    def row_number(self, index: int) -> int:
        """Return the number a person would see beside row ``index``."""
        return self.lines[index] if self.lines is not None else index + 1

    def row_numbers(self, indices: Sequence[int]) -> npt.NDArray[np.int64]:
        """Return the numbers a person would see beside rows."""
        rows = np.asarray(indices, dtype=np.int64)
        if self.lines is None or isinstance(self.lines, range):
            return rows + (1 if self.lines is None else self.lines.start)
        return np.array([self.lines[i] for i in indices], dtype=np.int64)


def require_rectangle(name: str, grid: Grid, header: int, width: int) -> None:
    """Refuse rows of a text table that have more or fewer fields than its header.

    Raises
    ------
    LayoutChanged
        Naming each of the first five lines that differ.
    """
    if set(map(len, grid.rows[header + 1 :])) <= {width, 0}:
        return
    wrong = [
        f"line {grid.row_number(i)}: {counted(len(row), 'field')} instead of {width}"
        for i, row in enumerate(grid.rows[header + 1 :], header + 1)
        if len(row) != width and row
    ]
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise LayoutChanged(
            f"{name}: {'; '.join(wrong[:5])}{more}",
            hint="an unquoted separator or a broken line; nothing was loaded",
        )


def address(grid: Grid, index: int, column: int) -> str:
    """Return how a person finds the cell: ``Table 1!F17`` or ``line 12, column F``."""
    letters = column_letters(column + 1)
    if grid.is_text:
        return f"line {grid.row_number(index)}, column {letters}"
    return f"{grid.sheet}!{letters}{grid.row_number(index)}"
