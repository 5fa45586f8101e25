"""Workbooks as the archives they are: whether each part is whole."""

import re
import struct
import zipfile
import zlib
from typing import IO
from xml.parsers import expat

from sojourn.errors import UnreadableFile, counted
from sojourn.sources.workbook_facts import SheetFacts, damaged, facts_of, refuse_doctype

MAX_XML = 400 << 20  # the largest workbook so far unpacks to 100 MiB
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


def check_parts(
    name: str, archive: zipfile.ZipFile, *, trusted: bool
) -> dict[str, SheetFacts] | None:
    """Refuse a workbook with a document type declaration, a wrong checksum or broken XML.

    Returns
    -------
    dict of str to SheetFacts, or None
        What the XML says of each sheet of an .xlsx; None where nobody has to ask (a declared
        digest), or where the workbook is of another kind.

    Raises
    ------
    UnreadableFile
        Naming the part, or the cell that makes a sheet too large to lay out.
    """
    parts = [m for m in archive.infolist() if m.filename.endswith((".xml", ".rels"))]
    if sum(m.file_size for m in parts) > MAX_XML:
        raise UnreadableFile(f"{name}: its parts unpack to more than 400 MiB", hint="not unpacked")
    if trusted:
        return None
    facts = facts_of(name, archive)
    read = {part for part in facts if part.endswith(".xml")}
    for member in parts:
        if member.filename not in read:
            with archive.open(member) as part:
                _require_well_formed(name, member.filename, part)
    return {f.sheet: f for f in facts.values()}


def _require_well_formed(name: str, part: str, stream: IO[bytes]) -> None:
    """Refuse XML that is none: a lenient reader would take the cells it can still make out."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: refuse_doctype(name, part)
    try:
        while chunk := stream.read(1 << 20):
            parser.Parse(chunk)
        parser.Parse(b"", True)  # noqa: FBT003 - positional in the standard library
    except expat.ExpatError as error:
        raise damaged(name, part, error) from None


_HIDES = re.compile(rb'table:visibility\s*=\s*"(?:collapse|filter)"|table:display\s*=\s*"false"')
_MERGES = re.compile(rb'table:number-(?:columns|rows)-spanned\s*=\s*"(?!1")\d+"')
_ERRORS = re.compile(rb'calcext:value-type\s*=\s*"error"')


def open_document_notes(name: str, archive: zipfile.ZipFile) -> tuple[str, ...]:
    """Return what must be said of an OpenDocument workbook, of whose cells less is known.

    Raises
    ------
    UnreadableFile
        It holds error values, which the reader of values would show as empty or as text.
    """
    if "content.xml" not in archive.namelist():
        return ()
    content = archive.read("content.xml")
    if errors := len(_ERRORS.findall(content)):
        raise UnreadableFile(
            f"{name}: {counted(errors, 'cell holds', 'cells hold')} an error value in the OpenDocument workbook",
            hint="save it as .xlsx, whose errors are told by their cells, or ask the publisher",
        )
    said = [f"{name} is an OpenDocument workbook"]
    said += ["what it hides is read"] if _HIDES.search(content) else []
    said += ["merged cells look empty but for the first"] if _MERGES.search(content) else []
    return ("; ".join(said),)
