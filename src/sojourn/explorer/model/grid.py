"""Cells of one measure gathered into grids, one for each edition, and written as a shard."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from sojourn.explorer.model.coding import column, periods_text, value_text, values_text
from sojourn.vocab.area import AREAS

#: Of the shards; the page refuses another.
SCHEMA = 1


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


Grid = dict[int, tuple[Sequence[Any], int, int]]
Cells = Sequence[Sequence[Any]]  # each as a `Held`, or a plain tuple of the same order


def shard(name: str, cells: Cells) -> str:
    """Return the shard of a measure as a classic script; the same cells give the same bytes.

    Parameters
    ----------
    name : str
        Of the shard: its path in the site without the ending.
    """
    return f"SJ.shard({dumps(name)},{dumps(content(cells))});\n"


def dumps(value: Any) -> str:
    """Return JSON that may stand in a script: no character ends the element that holds it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", "<\\/").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def content(cells: Cells) -> dict[str, Any]:
    """Return the content of a shard: places, periods, sheets, notes, and a grid an edition."""
    places = sorted({c[1] for c in cells})
    periods = sorted({c[2] for c in cells})
    sheets = sorted({(c[7], c[8]) for c in cells})
    abouts = sorted({(c[13], c[14]) for c in cells})
    of_place = {p: i * len(periods) for i, p in enumerate(places)}
    of_period = {p: i for i, p in enumerate(periods)}
    of_sheet = {s: i for i, s in enumerate(sheets)}
    of_about = {a: i for i, a in enumerate(abouts)}
    by_edition: dict[str, Grid] = {}
    for c in cells:
        grid = by_edition.setdefault(c[0], {})
        grid[of_place[c[1]] + of_period[c[2]]] = (c, of_sheet[c[7], c[8]], of_about[c[13], c[14]])
    size = len(places) * len(periods)
    return {
        "v": SCHEMA,
        "areas": bits(places),
        "periods": periods_text(periods),
        "sheets": [list(s) for s in sheets],
        "abouts": [list(a) for a in abouts],
        "e": {
            e: _grid(by_edition[e], len(periods), size) for e in sorted(by_edition, reverse=True)
        },
    }


def bits(places: Sequence[str]) -> str:
    """Return which of all areas are among the places, in the order of their ids, as hexadecimal.

    The last bit is the first area. A place that no list knows is written out after them, with no
    blank in it, for blanks part them.

    Examples
    --------
    >>> bits(["008", "SDG: World"]).split(" ")[1:]
    ['SDG%3A%20World']
    """
    held = set(places)
    number = sum(1 << n for n, area in enumerate(_ordered()) if area in held)
    return " ".join([f"{number:x}", *(quote(a, safe="") for a in sorted(held - set(AREAS)))])


@cache
def _ordered() -> tuple[str, ...]:
    return tuple(sorted(AREAS))


def read_bits(text: str) -> list[str]:
    """Return what `bits` wrote.

    Examples
    --------
    >>> read_bits(bits(["276", "008"]))
    ['008', '276']
    """
    number, *others = text.split(" ")
    known = [a for n, a in enumerate(_ordered()) if int(number, 16) >> n & 1]
    return sorted([*known, *map(unquote, others)])


def _grid(grid: Grid, periods: int, size: int) -> dict[str, Any]:
    at = sorted(grid)
    cells = [grid[i] for i in at]
    made: dict[str, Any] = {
        "v": values_text(at, [value_text(c[3], c[4]) for c, _, _ in cells], size),
        "s": column(at, [sheet for _, sheet, _ in cells], periods),
        "r": column(at, [c[9] for c, _, _ in cells], periods),
        "c": column(at, [c[10] for c, _, _ in cells], periods),
        "a": column(at, [about for _, _, about in cells], periods),
    }
    if any(c[5] > 1 for c, _, _ in cells):
        made["n"] = column(at, [c[5] for c, _, _ in cells], periods)
        made["l"] = column(at, [c[6] for c, _, _ in cells], periods)
    for key, of in (("lo", 11), ("hi", 12)):
        bounds = [c[of] for c, _, _ in cells]
        if any(b is not None for b in bounds):
            made[key] = values_text(
                at, ["" if b is None else value_text(b, "A") for b in bounds], size
            )
    return made
