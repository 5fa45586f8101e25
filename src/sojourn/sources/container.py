"""Bytes to grids: what kind of file this really is, and whether it is whole.

A file is opened by its content, never by its name. Everything that could make a reader return a
wrong number without a word is refused here: cut archives, document type declarations, encrypted
workbooks, archives inside archives, bytes that are not text, quoted fields that never close.
"""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from python_calamine import CalamineError, CalamineWorkbook

from sojourn.errors import UnreadableFile
from sojourn.sources.archive import BROKEN, check_parts, open_document_notes
from sojourn.sources.delimited import decode, parse_text
from sojourn.sources.grid import Grid, address, flat, require_rectangle
from sojourn.sources.record_list import read_records
from sojourn.sources.workbook_facts import MAX_CELLS, SheetFacts, refuse_extent
from sojourn.sources.xls_facts import xls_facts

MAX_UNPACKED = 1 << 30  # 1 GiB: the largest publisher file so far unpacks to 0.1 GiB
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAM_97, _STREAM_95 = "Workbook".encode("utf-16-le"), "Book".encode("utf-16-le")
_BEFORE_95 = (b"\x09\x00\x04", b"\x09\x02\x06", b"\x09\x04\x06", b"\x09\x08\x08\x00\x00\x05")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.I | re.S)


@dataclass(frozen=True)
class Workbook:
    """A publisher's file, opened: its name, its sheets' names and a way to read each."""

    name: str
    sheets: tuple[str, ...]
    notes: tuple[str, ...]
    _read: dict[str, Grid] = field(repr=False)
    _book: CalamineWorkbook | None = field(default=None, repr=False)
    _content: bytes = field(default=b"", repr=False)
    facts: Mapping[str, SheetFacts] = field(default_factory=dict, repr=False)

    def grid(self, sheet: str) -> Grid:
        """Return one sheet, read at first use."""
        if sheet not in self._read:
            assert self._book is not None  # noqa: S101 - text files are read at once
            with _told(f"{self.name}: sheet {sheet!r} cannot be read"):
                page = self._book.get_sheet_by_name(sheet)
                if page.total_height * page.total_width > MAX_CELLS:
                    refuse_extent(self.name, sheet, page.total_height, page.total_width)
                rows: list[list[object]] = page.to_python(skip_empty_area=False)  # type: ignore[assignment] # cells of any kind
            if self._content.startswith(_OLE2) and any(
                isinstance(cell, str) and "\x00" in cell for row in rows for cell in row
            ):
                raise _too_old(self.name)
            facts = self.facts.get(sheet) or SheetFacts(sheet)
            for (row, column), said in facts.errors.items():
                if row <= len(rows) and column <= len(rows[row - 1]):
                    rows[row - 1][column - 1] = said  # an error is no empty cell
            self._read[sheet] = Grid(sheet, rows, facts=facts)
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
        books = open_file(name.removesuffix(".gz"), inner, trusted=trusted)
        return [replace(b, notes=(f"{name} is gzip; unpacked", *b.notes)) for b in books]
    if content.startswith(_OLE2):
        return [_open_ole2(name, content, trusted=trusted)]
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


def _open_ole2(name: str, content: bytes, *, trusted: bool) -> Workbook:
    if _ENCRYPTED in content:
        raise UnreadableFile(
            f"{name}: the workbook is password-protected, not damaged",
            hint="save it without a password, or ask the publisher for an open copy",
        )
    if _STREAM_97 not in content and _STREAM_95 in content:
        raise _too_old(name)
    return _calamine(name, content, facts=None if trusted else xls_facts(name, content))


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Refuse what the reader of values cannot read; on some damage it panics instead of saying so."""
    try:
        yield
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFile(f"{what} ({error})", hint="download it again") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile(f"{what} (damaged: {error})", hint="download it again") from None


def _calamine(
    name: str,
    content: bytes,
    notes: tuple[str, ...] = (),
    facts: Mapping[str, SheetFacts] | None = None,
) -> Workbook:
    with _told(f"{name}: not a workbook that can be read"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = tuple(book.sheet_names)
    if not sheets:
        raise UnreadableFile(f"{name}: a workbook without a sheet", hint="download it again")
    return Workbook(name, sheets, notes, {}, book, content, facts or {})


def _open_zip(name: str, content: bytes, *, trusted: bool) -> list[Workbook]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
        if sum(m.file_size for m in members) > MAX_UNPACKED:
            raise UnreadableFile(f"{name}: unpacks to more than 1 GiB", hint="not unpacked")
        names = {m.filename for m in members}
        if "[Content_Types].xml" in names or "mimetype" in names:
            if "xl/workbook.bin" in names:
                raise UnreadableFile(
                    f"{name}: a binary workbook (.xlsb), whose errors and formulas are not told",
                    hint="save it as .xlsx; the cells keep their places",
                )
            facts = check_parts(name, archive, trusted=trusted)
            note = open_document_notes(name, archive)
            if name.lower().endswith((".xls", ".csv", ".txt")):
                note = (f"{name} is an .xlsx workbook by content; its name does not fit",)
            return [_calamine(name, content, note, facts)]
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
    text, notes = decode(name, content)
    if text.lstrip()[:1] in ("[", "{"):
        rows, numbers = read_records(name, text)
        return Workbook(name, ("",), notes, {"": Grid("", rows, is_text=True, lines=numbers)})
    return Workbook(name, ("",), notes, {"": parse_text(name, text)})


__all__ = ["Grid", "Workbook", "address", "flat", "open_file", "require_rectangle"]
