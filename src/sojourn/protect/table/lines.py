"""Lines of a file that an office brings: comma-separated, whole, each with its place."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from typing import NoReturn

from sojourn.errors import TableRefused

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "strokes"}
KINDS = {"<": "a web page or XML", "{": "JSON", "[{": "JSON"}
MOST = 2.0**53  # above, two whole numbers may be one number of the machine
COMMAS = "save it with commas between the columns, points in decimals, nothing between thousands"


def lines_of(text: str, *, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line where each row of CSV begins, from 1, and its cells.

    Raises
    ------
    TableRefused
        A quote is not closed, or a cell is no cell; the line is named, or the separator.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    while True:
        at = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            here = text.splitlines()[at - 1 : at] or [""]
            if found := next((s for s in SEPARATORS if f'"{s}' in here[0]), None):
                _refuse_mark(found, f"{name}, line {at}")
            raise TableRefused(
                f"{name}, line {at}: a quote is opened and not closed, or closed inside a cell",
                hint='a cell with a comma stands in quotes, "a, b"; a quote inside one is doubled',
            ) from None
        yield at, cells


def header_of(lines: Iterator[tuple[int, list[str]]], *, name: str) -> list[str]:
    """Return the names of the columns, from the first line that is not empty.

    Raises
    ------
    TableRefused
        The file is empty, its columns are separated by something else than commas, or it is no
        table at all.
    """
    at, found = next(((at, c) for at, c in lines if any(x.strip() for x in c)), (0, []))
    if not at:
        raise TableRefused(f"{name}: the file is empty", hint="a header, and a row below it")
    refuse_separator(found, f"{name}, line {at}")
    if kind := next((k for mark, k in KINDS.items() if found[0].lstrip().startswith(mark)), None):
        raise TableRefused(f"{name}, line {at}: {kind}, not a table of columns", hint=COMMAS)
    return [h.strip() for h in found]


def refuse_separator(cells: Sequence[str], at: str) -> None:
    """Refuse a line that is one cell by commas and several by another separator.

    Raises
    ------
    TableRefused
        It is; the separator is named.
    """
    alone = [c for c in cells if c.strip()]
    if len(alone) == 1 and (found := next((s for s in SEPARATORS if s in alone[0]), None)):
        _refuse_mark(found, at)


def refuse_header(header: Sequence[str], wanted: Sequence[str], name: str) -> None:
    """Refuse a header that lacks a column by commas and has all of them by another separator.

    Raises
    ------
    TableRefused
        It does (a heading with a comma in it makes two cells of such a line).
    """
    for mark in SEPARATORS if not {*wanted} <= {*header} else ():
        if {*wanted} <= {h.strip().strip('"') for h in ",".join(header).split(mark)}:
            _refuse_mark(mark, name)


def _refuse_mark(mark: str, at: str) -> NoReturn:
    raise TableRefused(
        f"{at}: the columns are separated by {SEPARATORS[mark]}, not by commas", hint=COMMAS
    )


def number_of(text: str, at: str) -> float:
    """Return a number of a table, 0 or more; a message says why it is none and never repeats it.

    Raises
    ------
    TableRefused
        It is no number, below zero, or too large to be kept as it is.
    """
    try:
        value = math.nan if "_" in text else float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise TableRefused(f"{at}: {_why(text.strip())}", hint=_next(text))
    if value < 0:
        raise TableRefused(
            f"{at}: the value is below zero",
            hint="counts and sums of a table to protect are 0 or more",
        )
    if value >= MOST:
        raise TableRefused(
            f"{at}: the number is too large to be kept exactly ({MOST:,.0f} or more)",
            hint="a count of people; sums in thousands or millions where they are larger",
        )
    return value


def _why(text: str) -> str:
    if not text:
        return "no value stands there"
    bare = text.lstrip("+-")
    if "," in text and _digits(bare, ".,"):
        return "a comma stands in the number"
    if _digits(bare, " \u00a0\u202f'\u2019_."):
        return "a mark stands between the thousands of the number"
    return "what stands there is no number"


def _digits(text: str, marks: str) -> bool:
    left = text.translate({ord(m): None for m in marks})
    return left.isdigit() and left != text


def _next(text: str) -> str:
    if any(c.isdigit() for c in text):
        return "a plain number, 1234.5: a point before decimals, nothing between thousands"
    return "a plain number, or obs_status Q where it is withheld"
