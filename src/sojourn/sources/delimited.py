"""Text to a table: its encoding, its separator, its quotes, and nothing too wide to lay out."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator

from sojourn.errors import UnreadableFile, counted
from sojourn.sources.grid import Grid

MAX_FIELD = 10_000  # the longest field seen in a publisher's file has 2,100 characters
MAX_COLUMNS = 16_384  # as in a workbook; the widest table of a publisher so far has 300


def decode(name: str, content: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text, and what must be said about its encoding.

    Raises
    ------
    UnreadableFile
        Not UTF-8, not UTF-16, not Latin-1; or two encodings in one file.
    """
    if (wide := _wide(content)) is not None:
        raise UnreadableFile(
            f"{name}: is {wide}: every character is followed by bytes of zero",
            hint="save it as UTF-8, or as UTF-16 with its mark",
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), (f"{name} is UTF-16",)
        except UnicodeDecodeError as error:
            raise UnreadableFile(f"{name}: not valid UTF-16 ({error.reason})") from None
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        rest = content[: error.start] + content[error.end :]
        if not _has_utf8(rest) and b"\x00" not in content:
            return content.decode("latin-1"), (
                f"{name} is Latin-1 (line {line}: byte 0x{content[error.start]:02X})",
            )
        raise UnreadableFile(
            f"{name}: line {line} is not valid UTF-8 (byte 0x{content[error.start]:02X}), "
            "while other lines are UTF-8",
            hint="two files in different encodings were pasted together; export it again",
        ) from None


def _wide(content: bytes) -> str | None:
    """Return the encoding of a text of two or four bytes a character that bears no mark of UTF-16."""
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "UTF-32"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    begins = content[:400]
    for first, name in ((0, "UTF-16 (big-endian)"), (1, "UTF-16 (little-endian)")):
        zeros, others = begins[first::2], begins[1 - first :: 2]
        if len(zeros) > 8 and zeros.count(0) > 0.9 * len(zeros) and 0 not in others:
            return f"{name} without its mark"
    return None


def _has_utf8(content: bytes) -> bool:
    lines = b"\n".join(line for line in content.split(b"\n") if not line.isascii())
    return re.search(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}", lines) is not None


def _separator(text: str) -> str:
    """Return what stands between the fields: in most lines twice or more, and no rarer than commas.

    A preamble has lines of its own, so not every line must have it.
    """
    lines = [line for line in text[:20_000].splitlines()[:40] if line]
    for sep in ("\t", ";", "|"):
        fitting = [line for line in lines if line.count(sep) >= max(2, line.count(","))]
        if len(fitting) > 0.6 * len(lines):
            return sep
    return ","


def _controls(text: str) -> str:
    """Say which line holds a NUL character, and which others hold characters nobody sees."""
    lines = text.split("\n")
    nul = next(i for i, line in enumerate(lines, 1) if "\x00" in line)
    also = [
        str(i)
        for i, line in enumerate(lines, 1)
        if i != nul
        and any(unicodedata.category(c) in ("Cc", "Cf") for c in line.strip("\r\ufeff\t"))
    ]
    more = f"; other control or invisible characters in lines {', '.join(also[:8])}"
    return f"line {nul} holds a NUL character" + (more if also else "")


def _refuse_wide(name: str, rows: list[list[object]]) -> None:
    """Refuse a line that holds more fields than any table: before anybody compares headings."""
    if max(map(len, rows), default=0) > MAX_COLUMNS:
        number, row = next((n, r) for n, r in enumerate(rows, 1) if len(r) > MAX_COLUMNS)
        raise UnreadableFile(
            f"{name}: record {number} has {counted(len(row), 'field')}; at most {MAX_COLUMNS:,} are read",
            hint="not a publisher's table; was it transposed, or are line ends missing?",
        )


def parse_text(name: str, text: str) -> Grid:
    """Return the table that a text holds, each row with its line number.

    Raises
    ------
    UnreadableFile
        Characters nobody sees, a quote that never closes, a field too long, a line too wide.
    """
    if "\x00" in text:
        raise UnreadableFile(f"{name}: {_controls(text)}", hint="export it again")
    csv.field_size_limit(MAX_FIELD)
    separator = _separator(text)
    rows: list[list[object]] = []
    lines: list[int] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows = list(reader)  # type: ignore[arg-type] # lists of text are lists of cells
        _refuse_wide(name, rows)
        if reader.line_num == len(rows):
            return Grid("", rows, is_text=True, lines=range(1, len(rows) + 1))
    except csv.Error:
        pass  # read again line by line, to say where
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows = list(_rows(reader, lines))
    except csv.Error as error:
        line = lines[-1] + 1 if lines else 1
        what = (
            f"field too long in line {line}" if "limit" in str(error) else f"line {line}: {error}"
        )
        raise UnreadableFile(
            f"{name}: {what}",
            hint=f"fields of up to {MAX_FIELD:,} characters are read; a quote that is opened must close",
        ) from None
    return Grid("", rows, is_text=True, lines=lines)


def _rows(reader: "Iterator[list[str]]", lines: list[int]) -> Iterator[list[object]]:
    last = 0
    for row in reader:
        lines.append(last + 1)
        last = reader.line_num  # type: ignore[attr-defined] # typeshed types the reader as private
        yield row  # type: ignore[misc] # lists of text are lists of cells
