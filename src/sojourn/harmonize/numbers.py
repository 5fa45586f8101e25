"""Printed cells to numbers, with the reason where there is none.

The reading is exact: a mark is missing only when the layout declares it so, a separator is a
thousands separator only when the layout says so, and text that is neither is an error with its
place. Nothing is repaired.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.errors import counted
from sojourn.sources.column import factored

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_ONE = r"[+-]?(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][+-]?\d++)?+"
_PLAIN_LINES = re.compile(rf"{_ONE}(?:\n{_ONE})*+", re.ASCII)
_AT_ONCE = 4_096
_GROUPED = {
    ",": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII),
    " ": re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:\.\d+)?", re.ASCII),
}
_BLANKS = re.compile(r"[ \u00a0\u2009\u202f]")
_SHORT = re.compile(r"[+-]?\d\.(\d+)[eE]\+(\d{1,3})", re.ASCII)
_INTERVAL = re.compile(r"(.+?)\s*\[\s*(.+?)\s*[-–]\s*(.+?)\s*\]")


@dataclass(frozen=True)
class Numbers:
    """Values of one column.

    Attributes
    ----------
    value, lower, upper : ndarray of float, shape (R,)
        NaN where there is none; bounds only where the publisher prints an interval.
    status : ndarray of str, shape (R,)
        SDMX observation status; ``A`` where a value stands without a mark.
    bad : tuple of int
        Rows whose cell is neither a number nor a declared missing mark.
    """

    value: npt.NDArray[np.float64]
    status: npt.NDArray[np.str_]
    bad: tuple[int, ...]
    lower: npt.NDArray[np.float64] | None = None
    upper: npt.NDArray[np.float64] | None = None


class _Tokens(dict[object, float]):
    """Text of a cell to its number, each spelling read once; unreadable ones are collected."""

    def __init__(self, missing: Mapping[str, str], thousands: str) -> None:
        super().__init__()
        self.marks = missing
        self.thousands = thousands
        self.unreadable: set[object] = set()

    def __missing__(self, cell: object) -> float:
        value = self._read(cell)
        if isinstance(cell, str):  # True, 1 and 1.0 would be one key
            self[cell] = value
        return value

    def learn(self, texts: Iterable[str]) -> None:
        """Read many texts at once; those that are not all plain numbers are left for later."""
        new = [t for t in texts if t not in self.marks]
        for start in range(0, len(new), _AT_ONCE):
            part = new[start : start + _AT_ONCE]
            if (numbers := _plain(part)) is not None:
                self.update(zip(part, numbers.tolist(), strict=True))

    def _read(self, cell: object) -> float:
        if isinstance(cell, bool) or not isinstance(cell, str | int | float):
            self.unreadable.add(cell)
            return np.nan
        if not isinstance(cell, str):
            return float(cell)
        text = cell.strip()
        if text in self.marks:
            return np.nan
        number = to_number(text, self.thousands)
        if number is None:
            self.unreadable.add(cell)
            return np.nan
        return number


def _plain(texts: Sequence[str]) -> npt.NDArray[np.float64] | None:
    """Return the numbers that texts print, if each of them is a plain one."""
    joined = "\n".join(texts)
    if joined.count("\n") != len(texts) - 1 or not _PLAIN_LINES.fullmatch(joined):
        return None
    numbers = np.fromiter(map(float, texts), np.float64, len(texts))
    return None if np.isinf(numbers).any() else numbers


def to_number(text: str, thousands: str = "") -> float | None:
    """Return the number a text prints, or None when it prints none that is finite.

    Examples
    --------
    >>> to_number("1,322,825", ",")
    1322825.0
    >>> to_number("1,322,825") is None
    True
    >>> to_number("193 232", " ")
    193232.0
    >>> to_number("1e999") is None
    True
    """
    if _PLAIN.fullmatch(text):
        number = float(text)
        return None if isinf(number) else number
    if thousands and _GROUPED[thousands].fullmatch(text):
        bare = text.replace(",", "") if thousands == "," else _BLANKS.sub("", text)
        return float(bare)
    return None


def written_short(cells: Iterable[object]) -> str:
    """Return what must be said of numbers printed with fewer digits than they have (2.58E+05).

    A spreadsheet writes them so when it saves text again. Those of one digit (1e+05) are exact
    where a program wrote them.
    """
    texts = (c for c in cells if type(c) is str and ("E+" in c or "e+" in c))
    found = ((t, _SHORT.fullmatch(t.strip())) for t in texts)
    short = [t for t, m in found if m is not None and len(m.group(1)) < int(m.group(2))]
    if not short:
        return ""
    said = counted(len(short), "number is", "numbers are")
    return (
        f"{said} printed with fewer digits than they have ({short[0]}): rounded by a spreadsheet?"
    )


def read_column(
    cells: Sequence[object],
    *,
    missing: Mapping[str, str],
    thousands: str = "",
    interval: bool = False,
    status: str = "A",
) -> Numbers:
    """Read the printed cells of one column.

    Parameters
    ----------
    cells : sequence of length R
        Printed cells: text or numbers.
    missing : mapping
        Printed mark to SDMX status, for instance ``{"..": "L", "": "O", "*": "Q"}``.
    thousands : str
        Separator of thousands the layout declares, if any.
    interval : bool
        Whether cells read ``point [low-high]``.
    status : str
        Status of every value of the column (``E`` for a column marked as an estimate).
    """
    if interval:
        return _read_intervals(cells, missing=missing, thousands=thousands)
    value, codes, bad = read_cells(
        list(cells), missing=missing, thousands=thousands, statuses=[status]
    )
    return Numbers(value[:, 0], codes[:, 0], tuple(row for row, _ in bad))


def read_cells(
    cells: list[object], *, missing: Mapping[str, str], thousands: str, statuses: Sequence[str]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.str_], list[tuple[int, int]]]:
    """Read the printed cells of a whole table, each spelling once.

    Parameters
    ----------
    cells : list of length R × C
        Printed cells, row by row.
    statuses : sequence of length C
        Status of every value of a column.

    Returns
    -------
    (ndarray of float, ndarray of str, both of shape (R, C); list of (row, column))
        Values, their statuses, and the cells that are neither a number nor a declared mark, in the
        order of columns.
    """
    width = len(statuses)
    codes = np.empty((len(cells) // width, width), dtype="U1")
    codes[:] = np.array(statuses, dtype="U1")
    tokens = _Tokens(missing, thousands)
    kinds = set(map(type, cells))
    if kinds == {str}:
        value, bad = _read_texts(cells, codes.reshape(-1), tokens)
    else:
        if str in kinds:
            tokens.learn({c for c in cells if type(c) is str})
        read: Iterable[Any] = (c if type(c) is float else tokens[c] for c in cells)
        value = np.fromiter(cells if kinds == {float} else read, np.float64, len(cells))
        bad = _without_value(cells, value, codes.reshape(-1), tokens)
    places = sorted(divmod(i, width)[::-1] for i in bad)
    return value.reshape(codes.shape), codes, [(row, column) for column, row in places]


def _read_texts(
    cells: list[object], codes: npt.NDArray[np.str_], tokens: _Tokens
) -> tuple[npt.NDArray[np.float64], tuple[int, ...]]:
    """Return the number of each text; set the status of those that print a mark."""
    if len(set(cells[:_AT_ONCE])) > _AT_ONCE // 4:  # few are alike: no word is looked for twice
        parts = [cells[i : i + _AT_ONCE] for i in range(0, len(cells), _AT_ONCE)]
        value = np.concatenate([_read_part(part, tokens) for part in parts])  # type: ignore[arg-type] # texts
        return value, _without_value(cells, value, codes, tokens)
    words, own = factored(cells)
    tokens.learn(words)
    numbers = np.array([tokens[word] for word in words])
    wrong = np.array([word in tokens.unreadable for word in words])
    marked = np.isnan(numbers) & ~wrong
    if marked.any():
        said = np.zeros(len(words), dtype="U1")
        held = np.flatnonzero(marked)
        said[held] = [tokens.marks.get(words[i].strip(), "O") for i in held.tolist()]
        at = np.flatnonzero(marked[own])
        codes[at] = said[own[at]]
    if not tokens.unreadable:
        return numbers[own], ()
    return numbers[own], tuple(np.flatnonzero(wrong[own]).tolist())


def _read_part(texts: Sequence[str], tokens: _Tokens) -> npt.NDArray[np.float64]:
    numbers = _plain(texts)
    if numbers is None:
        tokens.learn(dict.fromkeys(texts))
        numbers = np.fromiter(map(tokens.__getitem__, texts), np.float64, len(texts))
    return numbers


def _without_value(
    cells: Sequence[object],
    value: npt.NDArray[np.float64],
    codes: npt.NDArray[np.str_],
    tokens: _Tokens,
) -> tuple[int, ...]:
    """Set the status of each cell that prints a mark; return the rows of those that are bad."""
    rows = np.flatnonzero(~np.isfinite(value)).tolist()
    said: dict[object, str] = {}  # a mark is text, and no text is read as infinite
    bad = []
    for i in rows:
        cell = cells[i]
        if type(cell) is not str or cell in tokens.unreadable:
            bad.append(i)
            continue
        if cell not in said:
            said[cell] = tokens.marks.get(cell.strip(), "O")
    if len(said) == 1 and not bad:
        codes[rows] = next(iter(said.values()))
    elif rows:
        wrong = set(bad)
        kept = [i for i in rows if i not in wrong]
        codes[kept] = [said[cells[i]] for i in kept]
    return tuple(bad)


def _read_intervals(
    cells: Sequence[object], *, missing: Mapping[str, str], thousands: str
) -> Numbers:
    n = len(cells)
    value, lower, upper = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    codes = np.full(n, "A", dtype="U1")
    bad = []
    for i, cell in enumerate(cells):
        text = str(cell).strip()
        if text in missing:
            codes[i] = missing[text]
            continue
        found = _INTERVAL.fullmatch(text)
        parts = found.groups() if found else (text,)
        numbers = [to_number(p.strip(), thousands) for p in parts]
        if None in numbers:
            bad.append(i)
            continue
        value[i] = numbers[0]
        if found:
            lower[i], upper[i] = numbers[1], numbers[2]
    return Numbers(value, codes, tuple(bad), lower, upper)
