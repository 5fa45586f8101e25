"""Workbooks as the archives they are: whether each part is whole, and where formulas stand."""

import io
import re
import struct
import zipfile
import zlib
from typing import IO
from xml.parsers import expat

from sojourn.errors import UnreadableFile

_FORMULA = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*?>\s*<f[^>]*?(?:/>|>.*?</f>)(.*?)</c>', re.S)
#: What the standard library raises on an archive whose bytes were changed.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,  # a member marked as encrypted
    ValueError,
    LookupError,
)


def check_parts(name: str, archive: zipfile.ZipFile, *, trusted: bool) -> None:
    """Refuse a workbook with a document type declaration, a wrong checksum or broken XML.

    Raises
    ------
    UnreadableFile
        Naming the part.
    """
    for member in archive.infolist():
        if not member.filename.endswith((".xml", ".rels")):
            continue
        with archive.open(member) as part:
            head = part.read(65_536)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise UnreadableFile(
                    f"{name}: {member.filename} holds a document type declaration",
                    hint="no publisher's workbook has one; it is refused because entities "
                    "can hide or multiply content",
                )
            if not trusted:  # reading to the end makes zipfile test the checksum too
                _require_well_formed(name, member.filename, head, part)


def _require_well_formed(name: str, part: str, head: bytes, rest: IO[bytes]) -> None:
    """Refuse XML that is none: a lenient reader would take the cells it can still make out."""
    parser = expat.ParserCreate()
    try:
        parser.Parse(head)
        while chunk := rest.read(1 << 20):
            parser.Parse(chunk)
        parser.Parse(b"", True)  # noqa: FBT003 - positional in the standard library
    except expat.ExpatError as error:
        raise UnreadableFile(
            f"{name}: {part} is damaged ({error})", hint="download the file again"
        ) from None


def formulas(content: bytes, sheet: str, sheets: tuple[str, ...]) -> dict[tuple[int, int], bool]:
    """Find the formula cells of one sheet of an .xlsx, and whether a result is stored."""
    if not content.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = _sheet_part(archive, sheets.index(sheet))
        xml = archive.read(part) if part in archive.namelist() else b""
    if b"<f" not in xml:
        return {}
    found = {}
    for letters, row, rest in _FORMULA.findall(xml):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        found[int(row), column] = b"<v>" in rest and b"<v></v>" not in rest
    return found


def _sheet_part(archive: zipfile.ZipFile, position: int) -> str:
    """Return the archive member of the sheet that stands at ``position`` in the workbook."""
    names = archive.namelist()
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return ""
    ids = re.findall(rb'<sheet\b[^>]*?r:id="([^"]+)"', archive.read("xl/workbook.xml"))
    rels = archive.read("xl/_rels/workbook.xml.rels")
    targets: dict[bytes, bytes] = {}
    for entry in re.findall(rb"<Relationship\b[^>]*>", rels):
        parts = dict(re.findall(rb'(Id|Target)="([^"]+)"', entry))
        targets[parts.get(b"Id", b"")] = parts.get(b"Target", b"")
    target = targets.get(ids[position], b"").decode() if position < len(ids) else ""
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
