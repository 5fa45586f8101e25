"""Numbers of a measure as columns: whole numbers that stand for texts, and what they stand for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Words = Mapping[str, Sequence[Any]]  # of a column, what its codes stand for, in order


class Held(NamedTuple):
    """One number of one edition, or why there is none.

    Attributes
    ----------
    place : str
        Area of the row: a reporter, or the other end of a corridor.
    value : float or None
        After the multiplier; None is missing, never zero.
    n, lacking : int
        Cells that were added (1: printed) and how many of them have no number.
    file, sheet, row, col
        Where it stands, the file by its number in the index; of a sum of corridors, row 0.
    criterion, note : str
        Who is counted; what the publisher or a correction says of the cell.
    """

    edition: str
    place: str
    period: str
    value: float | None
    status: str
    n: int
    lacking: int
    file: int
    sheet: str
    row: int
    col: int
    lower: float | None = None
    upper: float | None = None
    criterion: str = ""
    note: str = ""


#: Columns whose numbers stand for a text, or for a pair: (file, sheet), (criterion, note).
CODED = ("edition", "place", "period", "status", "sheet", "about")
#: Columns that are numbers; of value and bounds NaN is none.
PLAIN = ("value", "n", "lacking", "row", "col", "lower", "upper")
WRITTEN = (*CODED, *PLAIN)


@dataclass(frozen=True)
class Cells:
    """Numbers, a row each, in columns of one length.

    Attributes
    ----------
    columns : mapping of str to array
        Those of `CODED` and `PLAIN`, and others that a reader needs meanwhile; without
        ``lower`` and ``upper`` where no cell has a bound.
    words : mapping of str to sequence
        What the codes stand for, in order of the texts, so that codes sort as texts do.
    """

    columns: Mapping[str, NDArray[Any]]
    words: Words

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return a column."""
        return self.columns[name]

    def take(self, rows: NDArray[Any] | slice) -> "Cells":
        """Return some rows, in the order of their numbers or by a mask."""
        return Cells({k: v[rows] for k, v in self.columns.items()}, self.words)

    def only(self, names: Sequence[str]) -> "Cells":
        """Return the same rows with some of their columns."""
        return Cells({k: self.columns[k] for k in names if k in self.columns}, self.words)

    def having(self, words: Mapping[str, Sequence[Any]], **columns: NDArray[Any]) -> "Cells":
        """Return the same rows with columns in place of those they have."""
        return Cells({**self.columns, **columns}, {**self.words, **words})

    def texts(self, name: str) -> list[Any]:
        """Return a column as the texts that its codes stand for."""
        return list(map(self.words[name].__getitem__, self.columns[name].tolist()))

    def among(self, name: str) -> list[Any]:
        """Return which texts a column has, in order."""
        return [self.words[name][code] for code in np.unique(self.columns[name]).tolist()]

    def rows(self) -> list[Held]:
        """Return each number by itself."""
        edition, place, period, status, sheet, about = map(self.texts, CODED)
        nothing = np.full(len(self), np.nan)
        plain = {k: self.columns.get(k, nothing).tolist() for k in PLAIN}
        value, lower, upper = (_numbers(plain[k]) for k in ("value", "lower", "upper"))
        files, sheets = zip(*sheet, strict=True) if sheet else ((), ())
        criteria, notes = zip(*about, strict=True) if about else ((), ())
        counts = (plain["n"], plain["lacking"])
        where = (files, sheets, plain["row"], plain["col"])
        listed = (edition, place, period, value, status, *counts, *where, lower, upper)
        return list(map(Held, *listed, criteria, notes))


def joined(parts: Sequence[Cells]) -> Cells:
    """Return cells one after the other; their codes stand for the same."""
    if len(parts) == 1:
        return parts[0]
    names = parts[0].columns
    return Cells({k: np.concatenate([p[k] for p in parts]) for k in names}, parts[0].words)


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [None if v != v else v for v in values]


def combined(columns: Sequence[Ints], sizes: Sequence[int]) -> Ints:
    """Return one whole number for several codes, which sorts as they do one after the other.

    Examples
    --------
    >>> combined([np.array([0, 1]), np.array([2, 0])], [2, 3]).tolist()
    [2, 3]
    """
    made, room = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column, size in zip(columns, sizes, strict=True):
        room *= max(size, 1)
        if room >= 1 << 62:  # more keys than a whole number tells apart: those that are there
            held, made = np.unique(made, return_inverse=True)
            room = len(held) * max(size, 1)
        made = made * max(size, 1) + column
    return made


def starts_of(keys: Ints) -> Ints:
    """Return where each run of equal numbers begins.

    Examples
    --------
    >>> starts_of(np.array([4, 4, 5])).tolist()
    [0, 2]
    """
    if not len(keys):
        return np.zeros(0, dtype=np.int64)
    return np.concatenate([[0], np.flatnonzero(keys[1:] != keys[:-1]) + 1]).astype(np.int64)


def recoded(codes: Ints, texts: Sequence[Any]) -> tuple[Ints, list[Any]]:
    """Return codes of texts that are sorted, each once; of codes whose texts are in no order.

    Examples
    --------
    >>> codes, listed = recoded(np.array([0, 1, 2]), ["b", "a", "b"])
    >>> codes.tolist(), listed
    ([1, 0, 1], ['a', 'b'])
    """
    listed = sorted(set(texts))
    number = {text: n for n, text in enumerate(listed)}
    return np.array([number[t] for t in texts], dtype=np.int64)[codes], listed
