"""A writer of small .xls workbooks (BIFF8), record by record, for what no library writes."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ERRORS = {"#REF!": 0x17, "#N/A": 0x2A, "#DIV/0!": 0x07}


@dataclass
class Sheet:
    """One sheet: cells by row, and what the workbook says beside them."""

    name: str
    rows: Sequence[Sequence[object]]
    hidden: bool = False
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    merges: Sequence[tuple[int, int, int, int]] = ()
    far: tuple[int, int] | None = None
    extent: tuple[int, int, int, int] | None = None
    formulas: dict[tuple[int, int], object] = field(default_factory=dict)
    from_1904: bool = False


def write_xls(path: Path, *sheets: Sheet) -> Path:
    """Write a workbook; a text ``#N/A`` is an error cell, None an empty one."""
    path.write_bytes(_container(_workbook(sheets)))
    return path


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _workbook(sheets: Sequence[Sheet]) -> bytes:
    bodies = [_sheet(s) for s in sheets]
    heads = [_bound(s, 0) for s in sheets]
    page = _record(0x0042, struct.pack("<H", 1200))
    page += _record(0x0022, struct.pack("<H", any(s.from_1904 for s in sheets)))
    at = len(_begin(5)) + len(page) + sum(map(len, heads)) + len(_record(0x000A))
    out = _begin(5) + page
    for sheet, body in zip(sheets, bodies, strict=True):
        out += _bound(sheet, at)
        at += len(body)
    return out + _record(0x000A) + b"".join(bodies)


def _bound(sheet: Sheet, at: int) -> bytes:
    name = sheet.name.encode("utf-16-le")
    return _record(
        0x0085, struct.pack("<IBBBB", at, int(sheet.hidden), 0, len(sheet.name), 1) + name
    )


def _sheet(sheet: Sheet) -> bytes:
    width = max(map(len, sheet.rows))
    out = _begin(0x10)
    for column in sheet.hidden_columns:
        out += _record(0x007D, struct.pack("<HHHHHH", column, column, 2340, 15, 1, 0))
    extent = sheet.extent or (0, len(sheet.rows), 0, width)
    out += _record(0x0200, struct.pack("<IIHHH", *extent, 0))
    for row in sheet.hidden_rows:
        out += _record(0x0208, struct.pack("<HHHHHHI", row, 0, width, 255, 0, 0, 0x120))
    for r, row_cells in enumerate(sheet.rows):
        for c, cell in enumerate(row_cells):
            out += _cell(r, c, cell) if (r, c) not in sheet.formulas else b""
            if (r, c) in sheet.formulas:
                out += _formula(r, c, sheet.formulas[r, c])
    if sheet.far is not None:
        out += _cell(*sheet.far, 1)
    if sheet.merges:
        ranges = b"".join(struct.pack("<4H", *m) for m in sheet.merges)
        out += _record(0x00E5, struct.pack("<H", len(sheet.merges)) + ranges)
    return out + _record(0x000A)


def _cell(row: int, column: int, cell: object) -> bytes:
    place = struct.pack("<HHH", row, column, 15)
    if cell is None or cell == "":
        return b""
    if isinstance(cell, int | float):
        return _record(0x0203, place + struct.pack("<d", cell))
    text = str(cell)
    if text in ERRORS:
        return _record(0x0205, place + bytes([ERRORS[text], 1]))
    return _record(0x0204, place + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le"))


def _formula(row: int, column: int, result: object) -> bytes:
    """Write 1+1 with a stored number, a stored error, or nothing stored (None)."""
    if isinstance(result, int | float):
        stored = struct.pack("<d", result)
    else:
        sort, code = (3, 0) if result is None else (2, ERRORS[str(result)])
        stored = bytes([sort, 0, code, 0, 0, 0, 0xFF, 0xFF])
    said = bytes([0x1E, 1, 0, 0x1E, 1, 0, 0x03])
    return _record(
        0x0006,
        struct.pack("<HHH", row, column, 15) + stored + struct.pack("<HIH", 0, 0, len(said)) + said,
    )


def _container(stream: bytes) -> bytes:
    """Put a stream called Workbook into a compound file of sectors of 512 bytes."""
    stream = stream.ljust(4096, b"\x00")
    sectors = -(-len(stream) // 512)
    tables = -(-(sectors + 2) // 127)
    directory = tables
    first = tables + 1
    chain = [0xFFFFFFFD] * tables + [0xFFFFFFFE]
    chain += [n + 1 for n in range(first, first + sectors - 1)] + [0xFFFFFFFE]
    chain += [0xFFFFFFFF] * (tables * 128 - len(chain))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack(
        "<IIIIIIIIII", 0, tables, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0
    )
    head = head[:76] + struct.pack("<109I", *[*range(tables), *[0xFFFFFFFF] * (109 - tables)])
    root = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
    entries = root + _entry("Workbook", 2, 0xFFFFFFFF, first, len(stream)) + bytes(256)
    return (
        head
        + struct.pack(f"<{len(chain)}I", *chain)
        + entries
        + stream.ljust(sectors * 512, b"\x00")
    )


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    none = 0xFFFFFFFF
    return (
        text.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(text) + 2, kind, 1, none, none, child)
        + bytes(36)
        + struct.pack("<III", first, size, 0)
    )
