"""The text of a file that an office brings, or what the file is instead of one."""

import io
import zipfile
from pathlib import Path

from sojourn.errors import TableRefused

SAVE = "save the sheet as CSV UTF-8, with commas between the columns"
AGAIN = "save it as UTF-8 (of a spreadsheet: CSV UTF-8)"
MARKS = (  # first bytes, what they are a mark of, and what to do
    (b"\xff\xfe\x00\x00", "text in UTF-32, not in UTF-8", AGAIN),
    (b"\x00\x00\xfe\xff", "text in UTF-32, not in UTF-8", AGAIN),
    (b"\xff\xfe", "text in UTF-16, not in UTF-8", AGAIN),
    (b"\xfe\xff", "text in UTF-16, not in UTF-8", AGAIN),
    (b"\xd0\xcf\x11\xe0", "an old or a locked workbook (as of .xls), not text", SAVE),
    (b"\x1f\x8b", "packed by gzip, not text", "unpack it"),
    (b"%PDF", "a PDF, not text", "the table that the PDF was made from, as CSV UTF-8"),
    (b"PAR1", "a Parquet file, not text", "write it as CSV UTF-8, with commas"),
)


def text_of(path: Path) -> str:
    """Return the text of a file, UTF-8.

    Raises
    ------
    TableRefused
        It cannot be read, or is no text in UTF-8; what it is instead is told, and no byte of it.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TableRefused(
            f"{path}: cannot be read ({error.strerror})", hint="name a file"
        ) from None
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        raise TableRefused(f"{path}: the file is empty", hint="name another, or leave it out")
    if found := next(((w, h) for mark, w, h in MARKS if content.startswith(mark)), None):
        raise TableRefused(f"{path}: {found[0]}", hint=found[1])
    if content.startswith(b"PK\x03\x04"):
        raise TableRefused(f"{path}: {_packed(content)}", hint=SAVE)
    if b"\x00" in content:
        few, many = sorted((content[::2].count(0), content[1::2].count(0)))
        what = "text in UTF-16" if 8 * few < len(content) < 8 * many else "bytes of a program"
        raise TableRefused(f"{path}: {what}, not text in UTF-8", hint=AGAIN)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TableRefused(
            f"{path}, line {line}: a letter that is not in UTF-8",
            hint=f"{AGAIN}; as it is, a letter with an accent would become another code",
        ) from None


def _packed(content: bytes) -> str:
    """Return what an archive is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
    except zipfile.BadZipFile:
        return "a workbook or an archive that is not whole, not text"
    if any(n.startswith("xl/") for n in names):
        return "an Excel workbook (.xlsx), not text, whatever its name ends in"
    if "mimetype" in names:
        return "a LibreOffice workbook (.ods), not text, whatever its name ends in"
    return "a zip archive, not text"
