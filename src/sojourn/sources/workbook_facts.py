"""What the XML of a workbook says beside its values: errors, formulas, visibility, merges, extent.

The reader of values flattens an error to an empty cell, shows hidden rows like all others, and lays
out every cell between the first and the last one before anybody can ask how far apart they are. So
an XML parser goes over each sheet first, in one pass, before a single cell is laid out.
"""

import posixpath
import zipfile
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from sojourn.errors import UnreadableFile, counted
from sojourn.vocab.observation import column_letters

MAX_CELLS = 10_000_000  # the largest sheet of a publisher so far spans 1.7 million cells
_CHUNK = 1 << 20
Place = tuple[int, int]


@dataclass
class SheetFacts:
    """One sheet, beside its values; rows and columns are numbered from 1.

    Attributes
    ----------
    sheet : str
        Its name.
    errors : dict of (int, int) to str
        Error values (``#N/A``) by row and column.
    formulas : dict of (int, int) to bool
        Whether a result is stored beside each formula.
    merges : list of (int, int, int, int)
        First row and column, last row and column of each merged range.
    hidden : bool
        Whether the sheet is not shown.
    hidden_rows : set of int
        Rows that are not shown.
    hidden_columns : list of (int, int)
        First and last column of each hidden range.
    from_1904 : bool
        Whether the workbook counts its days from 1 January 1904, as on old Macs.
    """

    sheet: str = ""
    errors: dict[Place, str] = field(default_factory=dict)
    formulas: dict[Place, bool] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    from_1904: bool = False


class _Locals(dict[str, str]):
    """Qualified name to local name: a prefix is the writer's choice and says nothing."""

    def __missing__(self, name: str) -> str:
        local = self[name] = name.rpartition(" ")[2]
        return local


class _Places(dict[str, Place]):
    """Address to row and column."""

    def __missing__(self, address: str) -> Place:
        column = row = 0
        for sign in address.replace("$", ""):
            if sign.isdigit():
                row = row * 10 + int(sign)
            else:
                column = column * 26 + (ord(sign) & 31)
        return row, column


_LOCALS, _PLACES = _Locals(), _Places()
_CONTENT, _SHAPE = ("v", "is", "f"), ("row", "col", "mergeCell")
_TRUE = ("1", "true", "on")


class _SheetParser:
    """Collects the facts of one sheet of an .xlsx in one pass."""

    def __init__(self, name: str, sheet: str, facts: SheetFacts) -> None:
        self.name, self.sheet, self.facts = name, sheet, facts
        self.row = self.column = self.last_row = self.last_column = self.filled = 0
        self.is_error = self.formula = self.counted = False
        self.text: list[str] = []
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self.start
        parser.EndElementHandler = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take one element."""
        local = _LOCALS[name]
        if local == "c":
            self.cell(attributes)
        elif local in _CONTENT:
            self.content(local)
        elif local in _SHAPE:
            self.shape(local, attributes)

    def cell(self, attributes: dict[str, str]) -> None:
        """Begin a cell; one without an address stands beside the last."""
        if self.formula or self.is_error:
            self.close()
        address = attributes.get("r")
        if address is not None:
            self.row, self.column = _PLACES[address]
        else:
            self.column += 1
        self.is_error = attributes.get("t") == "e"
        self.counted = False

    def content(self, local: str) -> None:
        """Take a formula or a value; only text that is asked for is kept."""
        if not self.counted:
            self.count()
        self.formula = self.formula or local == "f"
        wanted = local == "v" and (self.formula or self.is_error)
        if self.formula or self.is_error:
            self.text.clear()
            self.parser.CharacterDataHandler = self.text.append if wanted else None

    def shape(self, local: str, attributes: dict[str, str]) -> None:
        """Take a row, a range of columns, or a merged range."""
        if local == "row":
            if self.formula or self.is_error:
                self.close()
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
            if attributes.get("hidden") in _TRUE:
                self.facts.hidden_rows.add(self.row)
        elif local == "col" and attributes.get("hidden") in _TRUE:
            self.facts.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))
        elif local == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            self.facts.merges.append((*_PLACES[first], *_PLACES[last or first]))

    def count(self) -> None:
        """Refuse a sheet whose filled cells span more than can be laid out."""
        self.counted = True
        self.filled += 1
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)
        if self.last_row * self.last_column > MAX_CELLS:
            refuse_extent(self.name, self.sheet, self.row, self.column)

    def close(self) -> None:
        """Keep what the last cell was."""
        self.parser.CharacterDataHandler = None
        said = "".join(self.text).strip()
        self.text.clear()
        if self.is_error:
            self.facts.errors[self.row, self.column] = said or "#ERROR"
        if self.formula:
            self.facts.formulas[self.row, self.column] = bool(said)
        self.formula = self.is_error = False

    def parse(self, part: IO[bytes]) -> None:
        """Read a part to its end, which tests its checksum too."""
        while chunk := part.read(_CHUNK):
            self.parser.Parse(chunk)
        self.parser.Parse(b"", True)  # noqa: FBT003 - positional in the standard library
        if self.formula or self.is_error:
            self.close()


def refuse_extent(name: str, sheet: str, row: int, column: int) -> None:
    """Refuse a sheet that a single far cell makes too large to lay out.

    Raises
    ------
    UnreadableFile
        Always.
    """
    raise UnreadableFile(
        f"{name}: {sheet}!{column_letters(column)}{row} lies so far out that the sheet spans more "
        f"than {counted(MAX_CELLS, 'cell')}",
        hint="a stray cell far from the table: delete it and save, or download the file again",
    )


def refuse_doctype(name: str, part: str) -> None:
    """Refuse a part that declares a document type.

    Raises
    ------
    UnreadableFile
        Always.
    """
    raise UnreadableFile(
        f"{name}: {part} holds a document type declaration",
        hint="no publisher's workbook has one; it is refused because entities can hide or "
        "multiply content",
    )


def facts_of(name: str, archive: zipfile.ZipFile) -> dict[str, SheetFacts]:
    """Return the facts of every sheet of an .xlsx, by its part of the archive.

    Raises
    ------
    UnreadableFile
        A part that is no XML, a document type declaration, a sheet that spans too much.
    """
    found: dict[str, SheetFacts] = {}
    main = _main_part(name, archive)
    from_1904 = any(
        local == "workbookPr" and a.get("date1904", "") in _TRUE
        for local, a in _elements(name, archive, main)
    )
    for sheet, part, hidden in _sheet_parts(name, archive, main):
        facts = found[part] = SheetFacts(sheet, hidden=hidden, from_1904=from_1904)
        reader = _SheetParser(name, sheet, facts)
        reader.parser.StartDoctypeDeclHandler = lambda *_, part=part: refuse_doctype(name, part)
        try:
            with archive.open(part) as stream:
                reader.parse(stream)
        except (expat.ExpatError, ValueError) as error:
            raise damaged(name, part, error) from None
    return found


def damaged(name: str, part: str, error: Exception) -> UnreadableFile:
    """Return the refusal of a part of a workbook that is no XML."""
    return UnreadableFile(f"{name}: {part} is damaged ({error})", hint="download the file again")


def _elements(name: str, archive: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    """Return the elements of a small part with their attributes, by local names."""
    out: list[tuple[str, dict[str, str]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        out.append((_LOCALS[tag], {_LOCALS[k]: v for k, v in attributes.items()}))

    if part not in archive.namelist():
        return out
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = lambda *_: refuse_doctype(name, part)
    try:
        parser.Parse(archive.read(part), True)  # noqa: FBT003 - positional in the standard library
    except expat.ExpatError as error:
        raise damaged(name, part, error) from None
    return out


def _main_part(name: str, archive: zipfile.ZipFile) -> str:
    """Return the part that lists the sheets."""
    return next(
        (
            a["Target"].lstrip("/")
            for local, a in _elements(name, archive, "_rels/.rels")
            if local == "Relationship" and a.get("Type", "").endswith("/officeDocument")
        ),
        "xl/workbook.xml",
    )


def _sheet_parts(name: str, archive: zipfile.ZipFile, main: str) -> list[tuple[str, str, bool]]:
    """Return each sheet's name, its part of the archive, and whether it is hidden."""
    room, file = posixpath.split(main)
    targets = {
        a.get("Id", ""): posixpath.normpath(posixpath.join(room, a.get("Target", "")))
        if not a.get("Target", "").startswith("/")
        else a["Target"].lstrip("/")
        for local, a in _elements(name, archive, f"{room}/_rels/{file}.rels")
        if local == "Relationship"
    }
    held = set(archive.namelist())
    return [
        (a.get("name", ""), part, a.get("state", "visible") != "visible")
        for local, a in _elements(name, archive, main)
        if local == "sheet" and (part := targets.get(a.get("id", ""), "")) in held
    ]
