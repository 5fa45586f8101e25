"""An export as it comes: a folder of CSV files, a workbook with a sheet a group, or a zip of CSV files.

Kobo writes a repeat group into a sheet of its own, ODK Central a zip with one CSV file a group.
A workbook may be an ``.xls`` of the nineties, as older Primero writes it. Text in UTF-16 or in the Arabic code page of Windows is read, and that it was is told.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from html import unescape
from pathlib import Path, PurePosixPath

from sojourn.errors import UnreadableFile, counted
from sojourn.relocation.site.fault import Fault
from sojourn.relocation.site.table import read_bytes

MOST = 512 * 1024 * 1024  # bytes of one file in a zip
_ARABIC = re.compile("[\u0621-\u064a]{3}")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOOKS = {".xlsx", ".xlsm", ".xls"}  # of which an error in a cell can be told
_ERROR = re.compile(
    rb'<c [^>]*?r="([A-Z]+[0-9]+)"[^>]*? t="e"|<c [^>]*? t="e"[^>]*? r="([A-Z]+[0-9]+)"'
)
_OLE = b"\xd0\xcf\x11\xe0"
_BOOK, _PARTS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_NOTHING = ("", None)
Tell = Callable[[str], None]
_Opened = tuple[str, Sequence[str], Callable[[str], Sequence[Sequence[object]]]]


def text_of(source: Path, name: str, tell: Tell) -> tuple[str, Fault | None]:
    """Return the text of a table of an export, or why it has none.

    Parameters
    ----------
    name : str
        As the mapping says: a file of the folder or zip, or a sheet, with or without ``.csv``.
    tell : callable
        Is told what a reader has to check.
    """
    if source.is_dir():
        inside = [p for p in (source / name, source / f"{name}.csv") if p.is_file()]
        one = inside[0] if inside else source / name
        if one.suffix.lower() in _BOOKS:
            return "", Fault(
                name, 0, "", "a workbook", "its sheet", f"name the workbook itself: {one.name}"
            )
        return _decoded(one, name, tell)
    if source.suffix.lower() in _BOOKS:
        return _sheet(source, name)
    if zipfile.is_zipfile(source):
        return _packed(source, name, tell)
    return "", Fault(
        source.name,
        0,
        "",
        "no export",
        "a folder of CSV files, a workbook or a zip",
        "check the path",
    )


def names_of(source: Path) -> list[str]:
    """Return the tables of an export that could be read: CSV files, or the sheets of a workbook."""
    if source.is_dir():
        return sorted(p.name for p in source.iterdir() if p.suffix.lower() in (".csv", ".json"))
    if source.suffix.lower() in _BOOKS:
        old = source.read_bytes().startswith(_OLE)
        return list((_old_book(source) if old else _book(source))[1])
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
                return "", _absent(source, name, [f.filename for f in files], len(found))
            if found[0].file_size > MOST:
                return "", Fault(name, 0, "", f"{found[0].file_size:,} bytes", f"at most {MOST:,}")
            content = packed.read(found[0])
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        return "", Fault(
            source.name,
            0,
            "",
            f"a zip that cannot be read ({error})",
            "a whole zip",
            "export again",
        )
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        fault = Fault(name, 0, "", "a byte that is not UTF-8", "text in UTF-8", "export again")
        return _otherwise(content, name, fault, tell)


def _sheet(source: Path, name: str) -> tuple[str, Fault | None]:
    """Return a sheet as CSV, row for row."""
    from python_calamine import CalamineError

    try:
        old = source.read_bytes().startswith(_OLE)
        broken, sheets, rows_of = _old_book(source) if old else _book(source)
        if broken:
            return "", Fault(
                source.name, 0, "", f"an error in cell {broken}", "a value", "set the cell right"
            )
        wanted = {name.casefold(), name.casefold().removesuffix(".csv")}
        found = [n for n in sheets if n.casefold() in wanted]
        if len(found) != 1:
            return "", _absent(source, name, list(sheets), len(found))
        return _csv_of(rows_of(found[0])), None
    except (CalamineError, UnreadableFile, OSError, ValueError, zipfile.BadZipFile) as error:
        return "", Fault(
            source.name,
            0,
            "",
            f"a workbook that cannot be read ({error})",
            "a workbook",
            "save it again",
        )


def _book(source: Path) -> _Opened:
    """Open an ``.xlsx``: its first cell with an error, its sheets, and how to read one."""
    from python_calamine import CalamineWorkbook

    if broken := _error_in(source):
        return broken, [], list
    book = CalamineWorkbook.from_filelike(io.BytesIO(source.read_bytes()))
    return (
        "",
        book.sheet_names,
        lambda n: book.get_sheet_by_name(n).to_python(skip_empty_area=False),
    )


def _old_book(source: Path) -> _Opened:
    """Open an ``.xls`` likewise; an error, and a formula without its result, are in its records."""
    from sojourn.sources.container import open_file

    (book,) = open_file(source.name, source.read_bytes())
    for sheet, facts in book.facts.items():
        unset = [place for place, stored in facts.formulas.items() if not stored]
        for row, column in sorted([*facts.errors, *unset]):
            return f"{_letters(column)}{row} of sheet {sheet!r}", [], list
    return "", book.sheets, lambda n: book.grid(n).rows


def _letters(column: int) -> str:
    """Return a column as a spreadsheet names it: 28 is AB."""
    before, last = divmod(column - 1, 26)
    return (_letters(before) if before else "") + chr(ord("A") + last)


def _csv_of(rows: Sequence[Sequence[object]]) -> str:
    """Return rows as CSV; a column that holds nothing, not even a header, is left out."""
    width = max(
        (n for row in rows[:1] for n, c in enumerate(row, 1) if c not in _NOTHING), default=0
    )
    used = [i for i in range(width) if any(i < len(r) and r[i] not in _NOTHING for r in rows)]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        kept = [row[i] if i < len(row) else "" for i in used]
        beyond = [c for c in row[width:] if c not in _NOTHING]
        writer.writerow([_plain(c) for c in (*kept, *beyond)])
    return out.getvalue()


def _error_in(source: Path) -> str:
    """Return the first cell of a workbook that holds an error, which would be read as nothing."""
    with zipfile.ZipFile(source) as packed:
        for sheet in packed.infolist():
            inside = sheet.filename.startswith("xl/worksheets/") and sheet.file_size <= MOST
            found = _ERROR.search(packed.read(sheet)) if inside else None
            if found:
                cell = (found[1] or found[2]).decode()
                return f"{cell} of sheet {_name_of(packed, PurePosixPath(sheet.filename).name)!r}"
    return ""


def _name_of(packed: zipfile.ZipFile, part: str) -> str:
    """Return how a workbook calls the sheet that a part holds; the part's own name where it does not say."""
    inside = set(packed.namelist())
    if not {_BOOK, _PARTS} <= inside:
        return part
    links = re.findall(r"<Relationship\b[^>]*>", packed.read(_PARTS).decode("utf-8", "replace"))
    ids = {_of(link, "Id") for link in links if PurePosixPath(_of(link, "Target")).name == part}
    sheets = re.findall(r"<sheet\b[^>]*>", packed.read(_BOOK).decode("utf-8", "replace"))
    return next((unescape(_of(s, "name")) for s in sheets if _of(s, "r:id") in ids), part)


def _of(tag: str, name: str) -> str:
    """Return an attribute of a tag; nothing where it has none."""
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _plain(cell: object) -> str:
    """Return a cell as text: whole numbers without a point, days as ISO 8601."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if cell is None:
        return ""
    return str(cell) if not isinstance(cell, timedelta) else f"{cell.total_seconds():g} seconds"


def _absent(source: Path, name: str, there: list[str], found: int) -> Fault:
    what = f"{counted(found, 'table')} of that name" if found else "no such table"
    listed = ", ".join(there[:12]) + (" …" if len(there) > 12 else "")
    return Fault(
        f"{source.name}: {name}", 0, "", what, f"one of: {listed}", "name it in the mapping"
    )
