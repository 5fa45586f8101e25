"""What the records of an .xls (BIFF8) say beside its values: errors, formulas, visibility, merges.

The reader of values flattens an error to an empty cell and shows hidden rows like all others, as it
does for .xlsx; the records say which is which. Source: [MS-XLS] and [MS-CFB].
"""

import struct
from collections.abc import Iterator

from sojourn.errors import UnreadableFile
from sojourn.sources.workbook_facts import MAX_CELLS, SheetFacts, refuse_extent

_FREE = 0xFFFFFFFA  # sector numbers from here on are marks, not sectors
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_BOF, _EOF, _SHEET, _EXTENT = 0x0809, 0x000A, 0x0085, 0x0200
_FORMULA, _BOOL_OR_ERROR, _ROW, _COLUMNS, _MERGES = 0x0006, 0x0205, 0x0208, 0x007D, 0x00E5
_FILLED = frozenset({_FORMULA, _BOOL_OR_ERROR, 0x0203, 0x0204, 0x00FD, 0x00D6, 0x027E, 0x00BD})
_DAYS_FROM = 0x0022
_HIDDEN_ROW = 0x20
_EMPTY_TEXT = 3  # what a formula's result is, where it is no number


def xls_facts(name: str, content: bytes) -> dict[str, SheetFacts]:
    """Return the facts of every sheet of an .xls, by its name.

    Raises
    ------
    UnreadableFile
        The container or its records cannot be followed; a sheet that spans too much.
    """
    try:
        book = _stream(content, "Workbook")
        return {facts.sheet: facts for facts in _sheets(name, book)}
    except (struct.error, IndexError, ValueError) as error:
        raise UnreadableFile(
            f"{name}: the records of the workbook are damaged ({error})",
            hint="download the file again",
        ) from None


# ------------------------------------------------------------------ the container


def _stream(content: bytes, wanted: str) -> bytes:
    """Return one stream of an OLE2 container; empty where it has none of that name."""
    shift, small_shift = struct.unpack_from("<HH", content, 30)
    if shift not in (9, 12) or small_shift > shift:
        raise IndexError(f"sectors of 2^{shift} and 2^{small_shift} bytes")
    size = 1 << shift
    count, directory = struct.unpack_from("<II", content, 44)
    cutoff, small_first = struct.unpack_from("<II", content, 56)
    table = _table(content, size, count)
    entries = _chain(content, table, directory, size)
    root_first = 0
    for at in range(0, len(entries) - 127, 128):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        entry = entries[at : at + max(length - 2, 0)].decode("utf-16-le")
        first, stream_size = struct.unpack_from("<II", entries, at + 116)
        if kind == 5:
            root_first = first
        elif entry == wanted and stream_size >= cutoff:
            return _chain(content, table, first, size)[:stream_size]
        elif entry == wanted:
            small = _chain(content, table, small_first, size)
            small_table = list(struct.unpack(f"<{len(small) // 4}I", small))
            inside = bytes(512) + _chain(content, table, root_first, size)
            return _chain(inside, small_table, first, 1 << small_shift)[:stream_size]
    return b""


def _table(content: bytes, size: int, count: int) -> list[int]:
    """Return the allocation table: for each sector the one that follows it."""
    count = min(count, len(content) // size)
    sectors = list(struct.unpack_from("<109I", content, 76))
    further = struct.unpack_from("<I", content, 68)[0]
    while further < _FREE and len(sectors) < count:
        numbers = struct.unpack_from(f"<{size // 4}I", content, 512 + further * size)
        sectors += numbers[:-1]
        further = numbers[-1]
    out: list[int] = []
    for sector in sectors[:count]:
        out += struct.unpack_from(f"<{size // 4}I", content, 512 + sector * size)
    return out


def _chain(content: bytes, table: list[int], first: int, size: int) -> bytes:
    """Return the sectors of one chain, put together."""
    parts, seen = [], 0
    while first < _FREE:
        parts.append(content[512 + first * size : 512 + (first + 1) * size])
        first = table[first]
        seen += 1
        if seen > len(table):
            raise IndexError("a chain of sectors runs in a circle")
    return b"".join(parts)


# ------------------------------------------------------------------ the records


def _records(book: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield type, place and length of each record of one substream, charts inside it left out."""
    depth = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield kind, at + 4, length
        at += 4 + length
        if depth == 0:
            return


def _sheets(name: str, book: bytes) -> Iterator[SheetFacts]:
    from_1904 = False
    for kind, at, _ in _records(book, 0):
        if kind == _DAYS_FROM:
            from_1904 = struct.unpack_from("<H", book, at)[0] == 1
        if kind != _SHEET:
            continue
        place, state, sort, count, wide = struct.unpack_from("<IBBBB", book, at)
        raw = book[at + 8 : at + 8 + count * (1 + (wide & 1))]
        sheet = raw.decode("utf-16-le" if wide & 1 else "latin-1")
        if struct.unpack_from("<H", book, place)[0] != _BOF:
            raise IndexError(f"the sheet {sheet!r} begins nowhere")
        if sort == 0:  # a worksheet: no chart, no macro
            own = SheetFacts(sheet, hidden=bool(state & 3), from_1904=from_1904)
            yield _facts(name, own, book, place)


def _facts(name: str, facts: SheetFacts, book: bytes, place: int) -> SheetFacts:
    last_row = last_column = 0
    for kind, at, length in _records(book, place):
        if kind in _FILLED:
            row, column = (n + 1 for n in struct.unpack_from("<HH", book, at))
            last_row, last_column = max(last_row, row), max(last_column, column)
            if last_row * last_column > MAX_CELLS:
                refuse_extent(name, facts.sheet, row, column)
            _cell(facts, kind, book[at : at + length], (row, column))
        elif kind == _EXTENT:
            top, bottom, left, right = struct.unpack_from("<IIHH", book, at)
            if (bottom - top) * (right - left) > MAX_CELLS or bottom < top or right < left:
                refuse_extent(name, facts.sheet, bottom, max(right, 1))
        else:
            _shape(facts, kind, book, at)
    return facts


def _shape(facts: SheetFacts, kind: int, book: bytes, at: int) -> None:
    """Keep what is hidden or merged."""
    if kind == _ROW:
        row, flags = struct.unpack_from("<H10xH", book, at)
        if flags & _HIDDEN_ROW:
            facts.hidden_rows.add(row + 1)
    elif kind == _COLUMNS:
        first, last, flags = struct.unpack_from("<HH4xH", book, at)
        if flags & 1:
            facts.hidden_columns.append((first + 1, last + 1))
    elif kind == _MERGES:
        (count,) = struct.unpack_from("<H", book, at)
        for nth in range(count):
            top, bottom, left, right = struct.unpack_from("<4H", book, at + 2 + 8 * nth)
            facts.merges.append((top + 1, left + 1, bottom + 1, right + 1))


def _cell(facts: SheetFacts, kind: int, record: bytes, place: tuple[int, int]) -> None:
    """Keep what a cell is, where it is a formula or an error."""
    if kind == _BOOL_OR_ERROR:
        code, is_error = record[6], record[7]
        if is_error:
            facts.errors[place] = _ERRORS.get(code, "#ERROR")
    elif kind == _FORMULA:
        sort, code, mark = record[6], record[8], record[12:14]
        no_number = mark == b"\xff\xff"
        facts.formulas[place] = not (no_number and sort == _EMPTY_TEXT)
        if no_number and sort == 2:
            facts.errors[place] = _ERRORS.get(code, "#ERROR")
