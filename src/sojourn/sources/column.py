"""A column of labels, factored: each distinct text once, and a code for each row.

What is asked of a label (what it means, whether it may stand there) is asked once of each distinct
one. To whoever reads it row by row a column is a sequence of texts like any other.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, count
from operator import itemgetter
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from sojourn.sources.grid import flat

Codes = npt.NDArray[np.int32]
_MOST = 1 << 62  # codes of combinations are kept below it


class Column(Sequence[str]):
    """R labels; ``words`` holds each distinct one, in the order in which they first stand.

    Attributes
    ----------
    words : list of str, length W
        No two alike, each of them in some row.
    codes : ndarray of int, shape (R,)
        Index of the word of each row.
    """

    __slots__ = ("codes", "words")

    def __init__(self, words: list[str], codes: Codes) -> None:
        self.words = words
        self.codes = codes

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Column":
        """Return texts as a column."""
        if isinstance(texts, Column):
            return cls(texts.words, texts.codes)
        words, codes = factored(texts)
        return cls(words, codes)

    @classmethod
    def of_cells(cls, cells: Sequence[object]) -> "Column":
        """Return cells as printed as a column of labels, each on one line (see `flat`)."""
        words, codes = factored(cells)
        if _may_hold_truths(words, cells):
            return cls.of(list(map(flat, cells)))
        return cls(words, codes).mapped(flat)

    @classmethod
    def constant(cls, text: str, length: int) -> "Column":
        """Return one text in each row."""
        return cls([text], np.zeros(length, dtype=np.int32))

    def mapped(self, say: Callable[[Any], str]) -> "Column":
        """Return what is said of each label, asked once of each distinct one."""
        known: dict[str, int] = {}
        new = [known.setdefault(text, len(known)) for text in map(say, self.words)]
        if len(known) == len(new):
            return Column(list(known), self.codes)
        return Column(list(known), np.array(new, dtype=np.int32)[self.codes])

    def taken(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> "Column":
        """Return some of the rows."""
        return _numbered(self.codes[rows], self.words)

    def holds(self, wanted: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
        """Return in which rows a label is wanted, asked once of each distinct one."""
        return np.array([bool(wanted(word)) for word in self.words], dtype=bool)[self.codes]

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self.words[c] for c in self.codes[index].tolist()]
        return self.words[int(self.codes[index])]

    def __iter__(self) -> Iterator[str]:
        return map(self.words.__getitem__, self.codes.tolist())

    def __contains__(self, text: object) -> bool:
        return text in self.words

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment] # like a list

    def __repr__(self) -> str:
        return repr(list(self))

    def index(self, value: str, start: int = 0, stop: int | None = None) -> int:
        """Return the first row that holds a label."""
        rows = np.flatnonzero(self.codes[start:stop] == self.words.index(value))
        if not len(rows):
            raise ValueError(f"{value!r} is not in the column")
        return int(rows[0]) + start


def factored(cells: Sequence[Any]) -> tuple[list[Any], Codes]:
    """Return the distinct cells in the order in which they first stand, and the code of each cell.

    What is equal is one: True, 1 and 1.0 share a code.
    """
    seen: defaultdict[Any, int] = defaultdict(count().__next__)
    codes = np.fromiter(map(seen.__getitem__, cells), np.int32, len(cells))
    return list(seen), codes


def _may_hold_truths(words: Sequence[object], cells: Sequence[object]) -> bool:
    """Whether True and 1, which are printed differently, may share a code."""
    numbers = any(not isinstance(w, str) and w in (0, 1) for w in words)
    return numbers and bool in set(map(type, cells))


def combined(columns: Sequence[Column]) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Return a code of each row's combination, and the row in which each of them first stands.

    Codes count the combinations in the order in which they first stand.
    """
    key = np.zeros(len(columns[0]), dtype=np.int64)
    size = 1
    for column in columns:
        own = len(column.words)
        if own == 1:
            continue
        if size * own >= _MOST:
            _, key = np.unique(key, return_inverse=True)
            size = len(key)
        key = key * own + column.codes
        size *= own
    _, first, codes = _ranked(key)
    return codes, first


def woven(columns: Sequence[Column], say: Callable[..., str]) -> Column:
    """Return what is said of the labels of a row together, asked once of each combination."""
    codes, first = combined(columns)
    parts = [[c.words[w] for w in c.codes[first].tolist()] for c in columns]
    rows = [str(i) for i in range(len(first))]
    texts = [say(*labels) for labels in zip(*parts, strict=True)]
    return Column(rows, codes).mapped(dict(zip(rows, texts, strict=True)).__getitem__)


def _numbered(codes: Codes, words: Sequence[str]) -> Column:
    """Return a column whose words are those that stand in it, in order."""
    held, _, rank = _ranked(codes)
    return Column([words[c] for c in held.tolist()], rank)


def _ranked(keys: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64], Codes]:
    """Return the distinct keys in the order in which they first stand, these rows, and the codes."""
    top = int(keys.max()) + 1 if len(keys) else 0
    if top <= 4 * len(keys):
        at = np.full(top, -1, dtype=np.int64)
        at[keys[::-1]] = np.arange(len(keys) - 1, -1, -1)  # of those alike the first is kept
        held = np.flatnonzero(at >= 0)
        held = held[np.argsort(at[held])]
        place = np.empty(top, dtype=np.int32)
        place[held] = np.arange(len(held), dtype=np.int32)
        return held, at[held], place[keys]
    held, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return held[order], first[order], rank[inverse]


class Cells(Sequence[Sequence[object]]):
    """The value cells of a table: its rows as printed, and which of their columns count.

    To whoever asks for one column it is a sequence of columns.
    """

    __slots__ = ("columns", "rows")

    def __init__(self, rows: Sequence[Sequence[object]], columns: Sequence[int]) -> None:
        self.rows = rows
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns)

    @overload
    def __getitem__(self, index: int) -> list[object]: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sequence[object]]: ...
    def __getitem__(self, index: int | slice) -> Sequence[object]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        column = self.columns[index]
        return [row[column] for row in self.rows]

    def row(self, index: int) -> tuple[object, ...]:
        """Return the value cells of one row."""
        row = self.rows[index]
        return tuple(row[c] for c in self.columns)

    def taken(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> "Cells":
        """Return the cells of some of the rows."""
        return Cells([self.rows[i] for i in rows], self.columns)

    def by_row(self) -> list[object]:
        """Return all cells, row by row."""
        columns = self.columns
        if len(columns) == 1:
            return self[0]
        if list(columns) == list(range(columns[0], columns[-1] + 1)):
            first, after = columns[0], columns[-1] + 1
            return [cell for row in self.rows for cell in row[first:after]]
        return list(chain.from_iterable(map(itemgetter(*columns), self.rows)))


def padded(rows: Sequence[Sequence[object]], width: int) -> Sequence[Sequence[object]]:
    """Return rows of at least a width, those that are shorter filled with empty cells."""
    if min(map(len, rows), default=width) >= width:
        return rows
    return [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in rows]
