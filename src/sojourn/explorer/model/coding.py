"""Numbers and addresses of cells as short texts, and how they are read back.

A *grid* is places × periods, place by place; most grids have holes. Its numbers are one text; what
tells where a number stands (file and sheet, row, column) is a whole number for each cell that is
held, written in the shortest of its ways: one for all, one a period, one a place, or one a cell.
`sojourn.explorer.model.segments` writes them, many grids at once.
"""

from collections.abc import Sequence

Coded = list[str]
#: From so many equal ones in a row on, they are counted instead of written.
MANY = 3


def read_values(text: str) -> list[str]:
    """Return what `values_texts` wrote of a grid, one text a cell.

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


def read_runs(text: str) -> list[int]:
    """Return what `runs_texts` wrote of a segment.

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


def read_column(coded: Coded, at: Sequence[int], periods: int) -> list[int]:
    """Return one number a held cell of what `columns_texts` wrote of a grid.

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
        turned = sorted(range(len(at)), key=lambda k: at[k] % periods)
        found = dict(zip(turned, listed, strict=True))
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
