"""Numbers and addresses of cells as short texts, which the page reads back.

A *grid* is places × periods, place by place; most grids have holes. Its numbers are one text; what
tells where a number stands (file and sheet, row, column) is a whole number for each cell that is
held, written in the shortest of its ways: one for all, one a period, one a place, or one a cell.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, groupby
from operator import sub

Coded = list[str]
#: From so many equal ones in a row on, they are counted instead of written.
MANY = 3


@lru_cache(maxsize=1 << 16)
def value_text(value: float | None, status: str) -> str:
    """Return one number with its SDMX status; a missing one is its status alone.

    ``A`` (normal) is not written beside a number. Nothing at all means that the edition has no
    such cell.

    Examples
    --------
    >>> value_text(5936181.0, "A"), value_text(0.1, "E"), value_text(None, "Q")
    ('5936181', '0.1E', 'Q')
    """
    if value is None:
        return status or "O"
    shown = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return shown if status in ("A", "") else shown + status


def values_text(at: Sequence[int], texts: Sequence[str], size: int) -> str:
    """Return the numbers of a grid: cells that are held by their position, empty ones between.

    Examples
    --------
    >>> values_text([0, 6, 7, 8], ["5", "0", "0", "0"], 10)
    '5,~5,0~3,'
    """
    parts: list[str] = []
    before, count, last = "", 0, -1
    for position, text in zip(at, texts, strict=True):
        empty = position - last - 1
        last = position
        if not empty and text == before:
            count += 1
            continue
        if empty and before:
            _counted(parts, before, count)
            before, count = "", 0
        count += empty
        if text == before:
            count += 1
            continue
        _counted(parts, before, count)
        before, count = text, 1
    empty = size - last - 1
    if empty and before:
        _counted(parts, before, count)
        before, count = "", 0
    _counted(parts, before, count + empty)
    return ",".join(parts)


def _counted(parts: list[str], text: str, count: int) -> None:
    if count < MANY:
        parts += [text] * count
    else:
        parts.append(f"{text}~{count}")


def read_values(text: str) -> list[str]:
    """Return what `values_text` wrote, one text a cell.

    Examples
    --------
    >>> read_values("5,~3,0~3,")
    ['5', '', '', '', '0', '0', '0', '']
    """
    found: list[str] = []
    for part in text.split(","):
        shown, _, count = part.partition("~")
        found += [shown] * int(count or 1)
    return found


def runs(numbers: Sequence[int]) -> str:
    """Return whole numbers as differences, equal ones in a row counted.

    Examples
    --------
    >>> runs([17, 18, 19, 20, 20]), runs([])
    ('17,1*3,0', '')
    """
    steps = map(sub, numbers, chain((0,), numbers))
    counted = ((step, len(list(same))) for step, same in groupby(steps))
    return ",".join(f"{step}*{count}" if count > 1 else str(step) for step, count in counted)


def read_runs(text: str) -> list[int]:
    """Return what `runs` wrote.

    Examples
    --------
    >>> read_runs("17,1*3,0")
    [17, 18, 19, 20, 20]
    """
    found: list[int] = []
    last = 0
    for part in text.split(",") if text else ():
        step, _, count = part.partition("*")
        for _ in range(int(count or 1)):
            last += int(step)
            found.append(last)
    return found


def by_period(at: Sequence[int], periods: int) -> list[int]:
    """Return the numbers of the held cells of a grid by period, then place.

    Examples
    --------
    >>> by_period([0, 1, 2], 2)
    [0, 2, 1]
    """
    return sorted(range(len(at)), key=[position % periods for position in at].__getitem__)


def column(
    at: Sequence[int], numbers: Sequence[int], periods: int, turned: Sequence[int] | None = None
) -> Coded:
    """Return a whole number for each held cell of a grid.

    Parameters
    ----------
    at : sequence of int
        Positions of the held cells, place by place, rising.
    turned : sequence of int, optional
        What `by_period` gives, where it is known.

    Returns
    -------
    list of str
        ``["c", n]`` one for all, ``["p", runs]`` one a period, ``["a", runs]`` one a place,
        ``["f", runs]`` one a held cell, ``["t", runs]`` the same by period, then place.

    Examples
    --------
    >>> column(range(4), [3, 4, 3, 4], 2), column(range(3), [9, 9, 10], 2)
    (['p', '3,1'], ['a', '9,1'])
    >>> column(range(4), [1, 2, 4, 3], 2), column([1, 3], [7, 7], 2)
    (['f', '1*2,2,-1'], ['c', '7'])
    >>> column(range(4), [1, 11, 2, 12], 2)
    ['t', '1*2,9,1']
    """
    if not numbers or numbers.count(numbers[0]) == len(numbers):
        return ["c", str(numbers[0] if numbers else 0)]
    for kind in ("p", "a"):
        of_axis: dict[int, int] = {}
        for position, number in zip(at, numbers, strict=True):
            key = position % periods if kind == "p" else position // periods
            if of_axis.setdefault(key, number) != number:
                break
        else:
            filled, last = [], 0
            for key in range(max(of_axis) + 1):
                last = of_axis.get(key, last)
                filled.append(last)
            return [kind, runs(filled)]
    by_place = runs(numbers)
    turned = by_period(at, periods) if turned is None else turned
    across = runs([numbers[k] for k in turned])
    return ["t", across] if len(across) < len(by_place) else ["f", by_place]


def read_column(coded: Coded, at: Sequence[int], periods: int) -> list[int]:
    """Return what `column` wrote, one number a held cell.

    Examples
    --------
    >>> read_column(["a", "9,1"], [0, 1, 2], 2)
    [9, 9, 10]
    """
    kind, text = coded
    if kind == "c":
        return [int(text)] * len(at)
    listed = read_runs(text)
    if kind == "f":
        return listed
    if kind == "t":
        found = dict(zip(by_period(at, periods), listed, strict=True))
        return [found[k] for k in range(len(at))]
    return [listed[i % periods] if kind == "p" else listed[i // periods] for i in at]


def periods_text(periods: Sequence[str]) -> str:
    """Return periods in order; years in a row as a span.

    Examples
    --------
    >>> periods_text(["1990", "1995", "1996", "1997", "2015-07-01/P5Y"])
    '1990 1995-1997 2015-07-01/P5Y'
    """
    parts: list[list[str]] = []
    for period in periods:
        before = parts[-1][-1] if parts else ""
        if len(period) == 4 and len(before) == 4 and int(period) == int(before) + 1:
            parts[-1].append(period)
        else:
            parts.append([period])
    return " ".join(p[0] if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)


def read_periods(text: str) -> list[str]:
    """Return what `periods_text` wrote.

    Examples
    --------
    >>> read_periods("1990 1995-1997")
    ['1990', '1995', '1996', '1997']
    """
    found: list[str] = []
    for part in text.split(" ") if text else ():
        first, _, last = part.partition("-")
        span = len(first) == len(last) == 4
        found += [str(y) for y in range(int(first), int(last) + 1)] if span else [part]
    return found
