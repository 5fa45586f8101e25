"""Numbers of measures gathered into grids, one for each edition, and written as shards."""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

import numpy as np

from sojourn.explorer.model.cells import WRITTEN, Cells, Ints, joined, starts_of
from sojourn.explorer.model.coding import periods_text
from sojourn.explorer.model.segments import Grids, columns_texts, values_texts
from sojourn.vocab.area import AREAS

#: Of the shards; the page refuses another.
SCHEMA = 1
#: Rows that are written at once, and codes of shards told apart at once.
_AT_ONCE, _APART = 1_000_000, 20_000_000


def shards(named: Iterable[tuple[str, Cells, int]]) -> Iterator[tuple[str, str]]:
    """Yield shards as classic scripts, each with its name; the same cells give the same bytes.

    Parameters
    ----------
    named : iterable of (str, Cells, int)
        Name of a shard: its path in the site without the ending; what it holds; characters from
        which on its content is packed, that is deflated (RFC 1951) in base 85, 0 for never.
        A shard without any cell is none.
    """
    batch: list[tuple[str, Cells, int]] = []
    rows = 0
    for one in named:
        if not len(one[1]):
            continue
        other = bool(batch) and batch[0][1].words is not one[1].words
        if other or rows + len(one[1]) > _AT_ONCE or len(batch) * _codes(one[1]) > _APART:
            yield from _scripts(batch)
            batch, rows = [], 0
        batch.append(one)
        rows += len(one[1])
    yield from _scripts(batch)


def _codes(cells: Cells) -> int:
    return max(len(texts) for texts in cells.words.values())


def _scripts(batch: Sequence[tuple[str, Cells, int]]) -> Iterator[tuple[str, str]]:
    if not batch:
        return
    for (name, _, most), text in zip(batch, contents([c for _, c, _ in batch]), strict=True):
        held = text
        if 0 < most < len(text):
            held = dumps({"v": SCHEMA, "z": packed(text)})
        yield name, f"SJ.shard({dumps(name)},{held});\n"


def packed(text: str) -> str:
    """Return a text deflated and in base 85 (RFC 1924), as the page unpacks it.

    Examples
    --------
    >>> unpacked(packed("0~232"))
    '0~232'
    """
    made = zlib.compressobj(6, zlib.DEFLATED, -15)
    return base64.b85encode(made.compress(text.encode()) + made.flush()).decode()


def unpacked(text: str) -> str:
    """Return what `packed` wrote."""
    return zlib.decompress(base64.b85decode(text), -15).decode()


def dumps(value: Any) -> str:
    """Return JSON that may stand in a script: no character ends the element that holds it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", "<\\/").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@dataclass(frozen=True)
class _Local:
    """Codes numbered anew in each shard, in their order, from 0."""

    codes: Ints
    among: list[list[int]]


def _local(shard: Ints, codes: Ints, size: int, shards_: int) -> _Local:
    there = np.zeros((shards_, size), dtype=bool)
    there[shard, codes] = True
    number = np.cumsum(there, axis=1, dtype=np.int32) - 1
    among: list[list[int]] = [[] for _ in range(shards_)]
    bounds = np.append(starts_of(np.nonzero(there)[0].astype(np.int64)), np.count_nonzero(there))
    listed = np.nonzero(there)[1].tolist()
    for k in range(shards_):
        among[k] = listed[bounds[k] : bounds[k + 1]]
    return _Local(number[shard, codes].astype(np.int64), among)


def contents(listed: Sequence[Cells]) -> list[str]:
    """Return the content of each shard as JSON: places, periods, sheets, notes, a grid an edition.

    Of two cells of one place, period and edition the last stands. All stand for the same words.
    """
    cells = joined([one.only(WRITTEN) for one in listed])
    shard = np.repeat(np.arange(len(listed)), [len(one) for one in listed])
    words, many = cells.words, len(listed)
    place, period, sheet, about = (
        _local(shard, cells[name], len(words[name]), many)
        for name in ("place", "period", "sheet", "about")
    )
    key = len(words["edition"]) * (shard + 1) - 1 - cells["edition"]  # the newest first
    order = _in_order(key, place.codes, period.codes)
    cells, shard, key = cells.take(order), shard[order], key[order]
    starts = starts_of(key)
    of_grid = shard[starts]
    width = np.array([len(p) for p in period.among])[of_grid]
    high = np.array([len(p) for p in place.among])[of_grid]
    number = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(key))))
    grids = Grids(number, place.codes[order], period.codes[order], width, width * high)
    made = _grids(grids, cells, sheet.codes[order], about.codes[order])
    named = [words["edition"][e] for e in cells["edition"][starts].tolist()]
    by_shard: list[list[str]] = [[] for _ in listed]
    for k, edition, text in zip(of_grid.tolist(), named, made, strict=True):
        by_shard[k].append(f"{dumps(edition)}:{text}")
    heads = zip(place.among, period.among, sheet.among, about.among, by_shard, strict=True)
    return [_content(words, *one) for one in heads]


def _in_order(grid: Ints, place: Ints, period: Ints) -> Ints:
    """Return the cells by grid, place, period; of several of one key the last alone."""
    wide, high = int(period.max()) + 1, int(place.max()) + 1
    key = (grid * high + place) * wide + period
    order = np.argsort(key, kind="stable")
    listed = key[order]
    kept: Ints = order[np.append(listed[1:] != listed[:-1], True)]
    return kept


def _content(
    words: Any,
    places: Sequence[int],
    periods: Sequence[int],
    sheets: Sequence[int],
    abouts: Sequence[int],
    grids: Sequence[str],
) -> str:
    told = [
        f'"v":{SCHEMA}',
        f'"areas":{dumps(bits([words["place"][k] for k in places]))}',
        f'"periods":{dumps(periods_text([words["period"][k] for k in periods]))}',
        f'"sheets":{dumps([words["sheet"][k] for k in sheets])}',
        f'"abouts":{dumps([words["about"][k] for k in abouts])}',
        f'"e":{{{",".join(grids)}}}',
    ]
    return f"{{{','.join(told)}}}"


def _grids(grids: Grids, cells: Cells, sheet: Ints, about: Ints) -> list[str]:
    """Return each grid as JSON."""
    numbers = values_texts(grids, cells["value"], cells["status"], cells.words["status"])
    parts = [[f'"v":"{text}"'] for text in numbers]
    for key, column in (("s", sheet), ("r", cells["row"]), ("c", cells["col"]), ("a", about)):
        for part, text in zip(parts, columns_texts(grids, column), strict=True):
            part.append(f'"{key}":{text}')
    some = np.maximum.reduceat(cells["n"], grids.starts) > 1
    if some.any():
        both = columns_texts(grids, cells["n"]), columns_texts(grids, cells["lacking"])
        for k in np.flatnonzero(some).tolist():
            parts[k] += [f'"n":{both[0][k]}', f'"l":{both[1][k]}']
    for key, name in (("lo", "lower"), ("hi", "upper")):
        for k, text in _bounds(grids, cells, name):
            parts[k].append(f'"{key}":"{text}"')
    return [f"{{{','.join(part)}}}" for part in parts]


def _bounds(grids: Grids, cells: Cells, name: str) -> Iterator[tuple[int, str]]:
    """Yield the bounds of each grid that has any."""
    if name not in cells.columns:
        return
    held = np.flatnonzero(~np.isnan(cells[name]))
    if not len(held):
        return
    old, number = np.unique(grids.grid[held], return_inverse=True)
    kept = Grids(
        number.astype(np.int64),
        grids.place[held],
        grids.period[held],
        grids.width[old],
        grids.size[old],
    )
    nothing = np.zeros(len(held), dtype=np.int64)
    yield from zip(old.tolist(), values_texts(kept, cells[name][held], nothing, ["A"]), strict=True)


def bits(places: Sequence[str]) -> str:
    """Return which of all areas are among the places, in the order of their ids, as hexadecimal.

    The last bit is the first area. A place that no list knows is written out after them, with no
    blank in it, for blanks part them.

    Examples
    --------
    >>> bits(["008", "SDG: World"]).split(" ")[1:]
    ['SDG%3A%20World']
    """
    bit, number, others = _bit(), 0, []
    for place in sorted(set(places)):
        if place in bit:
            number |= bit[place]
        else:
            others.append(quote(place, safe=""))
    return " ".join([f"{number:x}", *others])


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
