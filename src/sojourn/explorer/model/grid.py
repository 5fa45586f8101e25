"""Cells of one measure gathered into grids, one for each edition, and written as a shard."""

import base64
import json
import zlib
from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from sojourn.explorer.model.coding import (
    Coded,
    by_period,
    column,
    periods_text,
    value_text,
    values_text,
)
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


Grid = dict[int, int]  # number of the cell by its position: of two, the last
Columns = list[Sequence[Any]]  # of the cells; 15 and 16 are the numbers of sheet and note
Cells = Sequence[Sequence[Any]]  # each as a `Held`, or a plain tuple of the same order


def shard(name: str, cells: Cells, *, most: int = 0) -> str:
    """Return the shard of a measure as a classic script; the same cells give the same bytes.

    Parameters
    ----------
    name : str
        Of the shard: its path in the site without the ending.
    most : int
        Characters from which on its content is packed: deflated (RFC 1951), in base 64; 0 for never.
    """
    text = dumps(content(cells))
    if 0 < most < len(text):
        text = dumps({"v": SCHEMA, "z": packed(text)})
    return f"SJ.shard({dumps(name)},{text});\n"


def packed(text: str) -> str:
    """Return a text deflated and in base 64, as the page unpacks it.

    Examples
    --------
    >>> unpacked(packed("0~232"))
    '0~232'
    """
    made = zlib.compressobj(6, zlib.DEFLATED, -15)
    return base64.b64encode(made.compress(text.encode()) + made.flush()).decode()


def unpacked(text: str) -> str:
    """Return what `packed` wrote."""
    return zlib.decompress(base64.b64decode(text), -15).decode()


def dumps(value: Any) -> str:
    """Return JSON that may stand in a script: no character ends the element that holds it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", "<\\/").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def content(cells: Cells) -> dict[str, Any]:
    """Return the content of a shard: places, periods, sheets, notes, and a grid an edition."""
    columns: Columns = list(zip(*cells, strict=True)) or [()] * len(Held._fields)
    sheets, of_sheet = _numbered(list(zip(columns[7], columns[8], strict=True)))
    abouts, of_about = _numbered(list(zip(columns[13], columns[14], strict=True)))
    places, of_place = _numbered(columns[1])
    periods, of_period = _numbered(columns[2])
    size = len(periods)
    by_edition: dict[str, Grid] = {}
    for number, (edition, place, period) in enumerate(
        zip(columns[0], of_place, of_period, strict=True)
    ):
        by_edition.setdefault(edition, {})[place * size + period] = number
    columns += [of_sheet, of_about]
    return {
        "v": SCHEMA,
        "areas": bits(places),
        "periods": periods_text(periods),
        "sheets": [list(s) for s in sheets],
        "abouts": [list(a) for a in abouts],
        "e": {
            e: _grid(columns, by_edition[e], size, len(places) * size)
            for e in sorted(by_edition, reverse=True)
        },
    }


def _numbered(values: Sequence[Any]) -> tuple[list[Any], list[int]]:
    """Return what is among the values, in order, and the number of each value in it."""
    listed = sorted(set(values))
    of = {value: number for number, value in enumerate(listed)}
    return listed, list(map(of.__getitem__, values))


def bits(places: Sequence[str]) -> str:
    """Return which of all areas are among the places, in the order of their ids, as hexadecimal.

    The last bit is the first area. A place that no list knows is written out after them, with no
    blank in it, for blanks part them.

    Examples
    --------
    >>> bits(["008", "SDG: World"]).split(" ")[1:]
    ['SDG%3A%20World']
    """
    place = _bit()
    number = sum(place[a] for a in set(places) if a in place)
    return " ".join(
        [f"{number:x}", *(quote(a, safe="") for a in sorted(set(places) - AREAS.keys()))]
    )


@cache
def _ordered() -> tuple[str, ...]:
    return tuple(sorted(AREAS))


@cache
def _bit() -> dict[str, int]:
    return {area: 1 << n for n, area in enumerate(_ordered())}


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


def _grid(columns: Columns, grid: Grid, periods: int, size: int) -> dict[str, Any]:
    at = sorted(grid)
    order = [grid[position] for position in at]
    turned = by_period(at, periods)

    picked = itemgetter(*order) if len(order) > 1 else None

    def of(number: int) -> Sequence[Any]:
        held = columns[number]
        return [held[order[0]]] if picked is None else picked(held)

    def coded(number: int) -> Coded:
        return column(at, of(number), periods, turned)

    made: dict[str, Any] = {"v": values_text(at, list(map(value_text, of(3), of(4))), size)}
    made |= {key: coded(number) for key, number in (("s", 15), ("r", 9), ("c", 10), ("a", 16))}
    if max(of(5)) > 1:
        made |= {"n": coded(5), "l": coded(6)}
    for key, number in (("lo", 11), ("hi", 12)):
        bounds = of(number)
        if bounds.count(None) < len(bounds):
            made[key] = values_text(
                at, ["" if b is None else value_text(b, "A") for b in bounds], size
            )
    return made
