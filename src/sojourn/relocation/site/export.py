"""An export as it comes: a folder of CSV files, a workbook with a sheet a group, or a zip of CSV files.

Kobo writes a repeat group into a sheet of its own, ODK Central a zip with one CSV file a group.
A workbook may be an ``.xls`` of the nineties, as older Primero writes it. Text in UTF-16 or in the Arabic code page of Windows is read, and that it was is told.
"""

import csv
import io
import re
import zipfile
from pathlib import Path, PurePosixPath

from sojourn.errors import counted
from sojourn.relocation.site.fault import Fault
from sojourn.relocation.site.seal import lies
from sojourn.relocation.site.table import delimiter_of, read_bytes
from sojourn.relocation.site.workbook import BOOKS, Tell, sheet_of, sheets_of

MOST = 512 * 1024 * 1024  # bytes of one file in a zip
_ARABIC = re.compile("[\u0621-\u064a]{3}")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_OTHER_BOOKS = {".ods", ".xlsb", ".numbers", ".fods"}
_EXPORT = "a folder of CSV files, a workbook (.xlsx, .xls) or a zip"
_TAG = re.compile(r"#[A-Za-z]\w*(\s*\+\s*\w+)*")
_UNSEEN = {
    **dict.fromkeys(
        [0x200B, 0x200E, 0x200F, 0x061C, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
    ),
    **dict.fromkeys([0x00A0, 0x2007, 0x202F], " "),
}
_OLE = b"\xd0\xcf\x11\xe0"


def text_of(source: Path, name: str, tell: Tell) -> tuple[str, Fault | None]:
    """Return the text of a table of an export, or why it has none; marks nobody sees are left out.

    Parameters
    ----------
    name : str
        As the mapping says: a file of the folder or zip, or a sheet, with or without ``.csv``.
    tell : callable
        Is told what a reader has to check.
    """
    text, fault = _raw(source, name, tell)
    return (text, fault) if fault else (_without_tags(name, visible(text), tell), None)


def visible(text: str) -> str:
    """Return a text without marks of direction and width, and with one kind of blank.

    They stand in what was typed or copied where two directions of writing meet, and no eye tells
    ``M1`` with one from ``M1`` without.

    >>> visible("\u200f3\u00a0years")
    '3 years'
    """
    return text.translate(_UNSEEN)


def _without_tags(name: str, text: str, tell: Tell) -> str:
    """Leave out the row of HXL tags below the header, which Kobo writes where asked to."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        next(row for row in reader if any(map(str.strip, row)))
        start = reader.line_num
        tags = [cell.strip() for cell in next(reader, []) if cell.strip()]
    except (csv.Error, StopIteration):
        return text  # which is said where it is read
    if not tags or not all(map(_TAG.fullmatch, tags)):
        return text
    tell(f"{name}: the row of HXL tags below the header is left out")
    lines = list(io.StringIO(text, newline=""))
    lines[start : reader.line_num] = ["\n"] * (reader.line_num - start)
    return "".join(lines)


def _raw(source: Path, name: str, tell: Tell) -> tuple[str, Fault | None]:
    kind = source.suffix.lower()
    if source.is_dir():
        return _in_folder(source, name, tell)
    if not source.is_file():
        return "", Fault(source.name, 0, "", "no such file or folder", _EXPORT, "check the path")
    if kind in BOOKS:
        text, fault, there = sheet_of(source, name, tell)
        if text or fault:
            return text, fault
        found = sum(n.casefold() == name.casefold().removesuffix(".csv") for n in there)
        return "", _absent(source, name, there, found)
    if kind in _OTHER_BOOKS:
        again = "open it and save it as .xlsx"
        return "", Fault(source.name, 0, "", f"a workbook of another kind ({kind})", _EXPORT, again)
    if zipfile.is_zipfile(source):
        return _packed(source, name, tell)
    within = f"name the folder in which {source.name} lies" if kind == ".csv" else "check the path"
    return "", Fault(source.name, 0, "", "no export", _EXPORT, within)


def _in_folder(source: Path, name: str, tell: Tell) -> tuple[str, Fault | None]:
    """Return a file of a folder, whether or not its ending is named, in capitals or not."""
    there = sorted(p for p in source.iterdir() if p.is_file())
    wanted = (name.casefold(), f"{name}.csv".casefold())
    found = [p for p in there if p.name.casefold() in wanted]
    found = found or [p for p in (source / name, source / f"{name}.csv") if lies(p)]  # sealed
    exact = [p for p in found if p.name in (name, f"{name}.csv")]
    if len(exact or found) == 1:
        (one,) = exact or found
        if one.suffix.lower() not in BOOKS:
            return _decoded(one, name, tell)
    books = [p.name for p in there if p.suffix.lower() in BOOKS]
    if books:
        again = f"name the workbook itself: {books[0]}"
        return "", Fault(name, 0, "", "a folder with a workbook", "its sheet", again)
    return "", _absent(source, name, [p.name for p in there], len(found))


def names_of(source: Path) -> list[str]:
    """Return the tables of an export that could be read: CSV files, or the sheets of a workbook."""
    if source.is_dir():
        return sorted(p.name for p in source.iterdir() if p.suffix.lower() in (".csv", ".json"))
    if source.suffix.lower() in BOOKS:
        return sheets_of(source)
    with zipfile.ZipFile(source) as packed:
        files = [PurePosixPath(f) for f in packed.namelist()]
    return sorted(f.name for f in files if f.suffix.lower() == ".csv")


def _decoded(path: Path, name: str, tell: Tell) -> tuple[str, Fault | None]:
    text, fault = read_bytes(path, name)
    if fault is None or not path.is_file():
        return text, fault
    return _otherwise(path.read_bytes(), name, fault, tell)


def _otherwise(content: bytes, name: str, fault: Fault, tell: Tell) -> tuple[str, Fault | None]:
    """Return text that is not UTF-8, where what it is can be seen."""
    code = "utf-16" if content.startswith(_UTF16) else "cp1256"
    if code == "cp1256" and (
        b"\x00" in content or content.startswith((b"PK\x03", b"%PDF", _OLE[:2]))
    ):
        return "", fault
    try:
        text = content.decode(code)
    except UnicodeDecodeError:
        return "", fault
    if code == "cp1256" and not _ARABIC.search(text):
        return "", fault
    shown = "UTF-16" if code == "utf-16" else "cp1256 (Arabic of Windows), which is a guess"
    tell(f"{name}: read as {shown}; look at a few names before you go on")
    return text, None


def _packed(source: Path, name: str, tell: Tell) -> tuple[str, Fault | None]:
    """Return a file of a zip, wherever in it it lies."""
    try:
        with zipfile.ZipFile(source) as packed:
            wanted = {name.casefold(), f"{name}.csv".casefold()}
            files = [f for f in packed.infolist() if not f.is_dir()]
            found = [f for f in files if PurePosixPath(f.filename).name.casefold() in wanted]
            if len(found) != 1:
                books = [
                    f.filename for f in files if PurePosixPath(f.filename).suffix.lower() in BOOKS
                ]
                if books and not found:
                    again = f"unpack it and name {books[0]} itself"
                    return "", Fault(
                        source.name, 0, "", "a zip with a workbook", "its sheet", again
                    )
                return "", _absent(source, name, [f.filename for f in files], len(found))
            if found[0].file_size > MOST:
                return "", Fault(name, 0, "", f"{found[0].file_size:,} bytes", f"at most {MOST:,}")
            content = packed.read(found[0])
    except RuntimeError:  # what the standard library raises where a password is needed
        locked = "a zip that asks for a password"
        return "", Fault(
            source.name, 0, "", locked, "a zip without one", "unpack it, name the folder"
        )
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError) as error:
        broken = f"a zip that cannot be read ({error})"
        return "", Fault(source.name, 0, "", broken, "a whole zip", "export again")
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        fault = Fault(name, 0, "", "a byte that is not UTF-8", "text in UTF-8", "export again")
        return _otherwise(content, name, fault, tell)


def _absent(source: Path, name: str, there: list[str], found: int) -> Fault:
    what = f"{counted(found, 'table')} of that name" if found else "no such table"
    listed = ", ".join(there[:12]) + (" …" if len(there) > 12 else "")
    return Fault(
        f"{source.name}: {name}", 0, "", what, f"one of: {listed}", "name it in the mapping"
    )
