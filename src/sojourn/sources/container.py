"""Bytes to grids: what kind of file this really is, and whether it is whole.

A file is opened by its content, never by its name. Everything that could make a reader return a
wrong number without a word is refused here: cut archives, document type declarations, encrypted
workbooks, archives inside archives, bytes that are not text, quoted fields that never close.
"""

import csv
import gzip
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from python_calamine import CalamineError, CalamineWorkbook

from sojourn.errors import LayoutChanged, UnreadableFile
from sojourn.sources.archive import BROKEN, check_parts, formulas
from sojourn.sources.headings import heading
from sojourn.sources.record_list import read_records
from sojourn.vocab.observation import column_letters

MAX_UNPACKED = 1 << 30  # 1 GiB: the largest publisher file so far unpacks to 0.1 GiB
MAX_FIELD = 10_000  # the longest field seen in a publisher's file has 2,100 characters
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAM_97, _STREAM_95 = "Workbook".encode("utf-16-le"), "Book".encode("utf-16-le")
_BEFORE_95 = (b"\x09\x00\x04", b"\x09\x02\x06", b"\x09\x04\x06", b"\x09\x08\x08\x00\x00\x05")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.I | re.S)


LONGEST = 200  # characters of a heading; the longest declared one has 90
_DIGITS = re.compile(r"[\d.,:;*%+ -]+").fullmatch
HEADER_DEPTH = 60  # rows in which a header may begin


@lru_cache(maxsize=1 << 16, typed=True)
def flat(cell: object) -> str:
    """Return a heading as one line: text with its blanks collapsed, whole numbers without .0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


@dataclass(frozen=True)
class Grid:
    """One sheet as printed: ``rows[i][j]`` is the cell in row ``i + 1``, column ``j + 1``.

    ``lines`` gives the line number of each row in a text file (rows of a sheet number
    themselves); ``formulas`` maps (row, column) to whether a result is stored beside the formula.
    """

    sheet: str
    rows: Sequence[Sequence[object]]
    is_text: bool = False
    lines: list[int] | None = None
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)

    @cached_property
    def head(self) -> list[list[str]]:
        """The rows in which a header may begin, as lines of text."""
        return [[flat(c) for c in row] for row in self.rows[:HEADER_DEPTH]]

    @cached_property
    def headings(self) -> list[list[str]]:
        """The same rows as headings, to be compared with declared ones."""
        return [[heading(c) if c else "" for c in row] for row in self.head]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every heading of these rows that could name a column: no numbers, no long texts."""
        return frozenset(
            c for row in self.headings for c in row if c and len(c) < LONGEST and not _DIGITS(c)
        )

    @cached_property
    def lines_of_text(self) -> list[str]:
        """The first and the last rows as sentences: where a file says what it is."""
        shown = [*self.head, *([flat(c) for c in row[:12]] for row in self.rows[-12:])]
        return [" ".join(c for c in row[:12] if c != "") for row in shown]

    def row_number(self, index: int) -> int:
        """Return the number a person would see beside row ``index``."""
        return self.lines[index] if self.lines is not None else index + 1


@dataclass(frozen=True)
class Workbook:
    """A publisher's file, opened: its name, its sheets' names and a way to read each."""

    name: str
    sheets: tuple[str, ...]
    notes: tuple[str, ...]
    _read: dict[str, Grid] = field(repr=False)
    _book: CalamineWorkbook | None = field(default=None, repr=False)
    _content: bytes = field(default=b"", repr=False)

    def grid(self, sheet: str) -> Grid:
        """Return one sheet, read at first use."""
        if sheet not in self._read:
            assert self._book is not None  # noqa: S101 - text files are read at once
            try:
                rows = self._book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            except (CalamineError, ValueError) as error:
                raise UnreadableFile(
                    f"{self.name}: sheet {sheet!r} cannot be read ({error})",
                    hint="download the file again",
                ) from None
            if self._content.startswith(_OLE2) and any(
                isinstance(cell, str) and "\x00" in cell for row in rows for cell in row
            ):
                raise _too_old(self.name)
            self._read[sheet] = Grid(
                sheet, rows, formulas=formulas(self._content, sheet, self.sheets)
            )
        return self._read[sheet]


def open_file(name: str, content: bytes, *, trusted: bool = False) -> list[Workbook]:
    """Return the tables in a file: one workbook, or one per member of a zip archive.

    Parameters
    ----------
    name : str
        Name for messages; it decides nothing except that text under a workbook's name is refused.
    content : bytes
        The whole file.
    trusted : bool
        Whether the digest of the bytes is a declared one: then no checksum is tested twice.

    Raises
    ------
    UnreadableFile
        Not a table, not whole, encrypted, or built to harm.
    """
    if not content:
        raise UnreadableFile(f"{name}: the file is empty (0 bytes)", hint="download it again")
    if content.startswith(b"\x1f\x8b"):
        inner = _gunzip(name, content)
        books = open_file(name.removesuffix(".gz"), inner)
        return [replace(b, notes=(f"{name} is gzip; unpacked", *b.notes)) for b in books]
    if content.startswith(_OLE2):
        return [_open_ole2(name, content)]
    if content.startswith(b"PK"):
        return _open_zip(name, content, trusted=trusted)
    if content.startswith(_BEFORE_95):
        raise _too_old(name)
    return [_open_text(name, content)]


def _gunzip(name: str, content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            inner = stream.read(MAX_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(
            f"{name}: the gzip stream is damaged ({error})", hint="download it again"
        ) from None
    if len(inner) > MAX_UNPACKED:
        raise UnreadableFile(f"{name}: unpacks to more than 1 GiB", hint="not a publisher's file")
    if inner.startswith((b"PK", b"\x1f\x8b")):
        raise UnreadableFile(
            f"{name}: archives inside archives are not unpacked", hint="unpack it by hand"
        )
    return inner


def _too_old(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name}: its texts are kept as in Excel 5.0/95 or before (BIFF5), and are not read reliably",
        hint="Excel 5.0/95: save as xlsx; the cells keep their places",
    )


def _open_ole2(name: str, content: bytes) -> Workbook:
    if _ENCRYPTED in content:
        raise UnreadableFile(
            f"{name}: the workbook is password-protected, not damaged",
            hint="save it without a password, or ask the publisher for an open copy",
        )
    if _STREAM_97 not in content and _STREAM_95 in content:
        raise _too_old(name)
    return _calamine(name, content)


def _calamine(name: str, content: bytes, notes: tuple[str, ...] = ()) -> Workbook:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = tuple(book.sheet_names)
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFile(
            f"{name}: not a workbook that can be read ({error})", hint="download it again"
        ) from None
    if not sheets:
        raise UnreadableFile(f"{name}: a workbook without a sheet", hint="download it again")
    return Workbook(name, sheets, notes, {}, book, content)


def _open_zip(name: str, content: bytes, *, trusted: bool) -> list[Workbook]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
        if sum(m.file_size for m in members) > MAX_UNPACKED:
            raise UnreadableFile(f"{name}: unpacks to more than 1 GiB", hint="not unpacked")
        names = {m.filename for m in members}
        if "[Content_Types].xml" in names or "mimetype" in names:
            check_parts(name, archive, trusted=trusted)
            note: tuple[str, ...] = ()
            if name.lower().endswith((".xls", ".csv", ".txt")):
                note = (f"{name} is an .xlsx workbook by content; its name does not fit",)
            return [_calamine(name, content, note)]
        return [w for m in members if not m.is_dir() for w in _open_member(name, archive, m)]
    except BROKEN as error:
        raise UnreadableFile(
            f"{name}: not a complete workbook or archive ({error})",
            hint="the download was cut or damaged; download it again",
        ) from None


def _open_member(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> list[Workbook]:
    path = member.filename
    if path.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", path) or ":" in path:
        raise UnreadableFile(
            f"{name}: the entry {path!r} leaves the folder", hint="the archive is refused"
        )
    inner = archive.read(member)
    is_workbook = inner.startswith(b"PK") and b"[Content_Types].xml" in inner
    if inner.startswith((b"PK", b"\x1f\x8b")) and not is_workbook:
        raise UnreadableFile(
            f"{name}: archives inside archives are not unpacked ({path})",
            hint="unpack it by hand, with a limit on depth and size",
        )
    return open_file(f"{name}/{path}", inner)


def _open_text(name: str, content: bytes) -> Workbook:
    if name.lower().endswith((".xlsx", ".xlsb", ".xls", ".ods")):
        sort = "comma-separated text" if b"," in content[:2000] else "text"
        raise UnreadableFile(
            f"{name}: not a workbook: looks like {sort}",
            hint="the export was saved under the wrong name; rename it to .csv if it is what you want",
        )
    head = content[:4096].lower()
    if b"<html" in head or b"<!doctype html" in head:
        title = _TITLE.search(content)
        said = title.group(1).decode("utf-8", "replace").strip() if title else "no title"
        raise UnreadableFile(
            f"{name}: this is a web page ({said!r}), not a table",
            hint="the publisher's site answered with an error page; download the file again",
        )
    text, notes = _decode(name, content)
    if text.lstrip()[:1] in ("[", "{"):
        rows, numbers = read_records(name, text)
        return Workbook(name, ("",), notes, {"": Grid("", rows, is_text=True, lines=numbers)})
    return Workbook(name, ("",), notes, {"": _parse(name, text)})


def _decode(name: str, content: bytes) -> tuple[str, tuple[str, ...]]:
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
        mixed = any(byte >= 0xC3 for byte in rest) and _has_utf8(rest)
        if not mixed and b"\x00" not in content:
            return content.decode("latin-1"), (
                f"{name} is Latin-1 (line {line}: byte 0x{content[error.start]:02X})",
            )
        raise UnreadableFile(
            f"{name}: line {line} is not valid UTF-8 (byte 0x{content[error.start]:02X}), "
            "while other lines are UTF-8",
            hint="two files in different encodings were pasted together; export it again",
        ) from None


def _has_utf8(content: bytes) -> bool:
    return re.search(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}", content) is not None


def _separator(text: str) -> str:
    """Return what stands between the fields: in most lines twice or more, and no rarer than commas.

    A preamble has lines of its own, so not every line must have it.
    """
    lines = [line for line in text[:20_000].splitlines()[:40] if line]
    for sep in ("\t", ";"):
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


def _parse(name: str, text: str) -> Grid:
    if "\x00" in text:
        raise UnreadableFile(f"{name}: {_controls(text)}", hint="export it again")
    csv.field_size_limit(MAX_FIELD)
    separator = _separator(text)
    rows: list[list[object]] = []
    lines: list[int] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows = list(reader)  # type: ignore[arg-type] # lists of text are lists of cells
        if reader.line_num == len(rows):
            return Grid("", rows, is_text=True, lines=list(range(1, len(rows) + 1)))
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


def require_rectangle(name: str, grid: Grid, header: int, width: int) -> None:
    """Refuse rows of a text table that have more or fewer fields than its header.

    Raises
    ------
    LayoutChanged
        Naming each of the first five lines that differ.
    """
    wrong = [
        f"line {grid.row_number(i)}: {len(row)} fields instead of {width}"
        for i, row in enumerate(grid.rows[header + 1 :], header + 1)
        if len(row) != width and row
    ]
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise LayoutChanged(
            f"{name}: {'; '.join(wrong[:5])}{more}",
            hint="an unquoted separator or a broken line; nothing was loaded",
        )


def address(grid: Grid, index: int, column: int) -> str:
    """Return how a person finds the cell: ``Table 1!F17`` or ``line 12, column F``."""
    letters = column_letters(column + 1)
    if grid.is_text:
        return f"line {grid.row_number(index)}, column {letters}"
    return f"{grid.sheet}!{letters}{grid.row_number(index)}"
