"""The observation: one number, what it means and where it came from.

The columns are SDMX concepts in lower case. In every row ``ref_area`` is **who reports**;
``origin`` and ``destination`` are always present: ``_T`` says "all places together" and ``_Z``
"does not apply". Nothing is stored without the address of its cell.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

TOTAL = "_T"
NOT_APPLICABLE = "_Z"

#: Column name and DuckDB type of the observation table, in order.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("dataflow", "VARCHAR"),
    ("indicator", "VARCHAR"),
    ("ref_area", "VARCHAR"),
    ("origin", "VARCHAR"),
    ("destination", "VARCHAR"),
    ("sex", "VARCHAR"),
    ("age", "VARCHAR"),
    ("time_period", "VARCHAR"),
    ("criterion", "VARCHAR"),
    ("detail", "VARCHAR"),
    ("obs_value", "DOUBLE"),
    ("lower", "DOUBLE"),
    ("upper", "DOUBLE"),
    ("unit_measure", "VARCHAR"),
    ("unit_mult", "SMALLINT"),
    ("obs_status", "VARCHAR"),
    ("comment", "VARCHAR"),
    ("edition", "VARCHAR"),
    ("file", "VARCHAR"),
    ("sheet", "VARCHAR"),
    ("row", "INTEGER"),
    ("col", "SMALLINT"),
)

#: What makes an observation one and the same quantity within an edition.
KEY: tuple[str, ...] = (
    "indicator",
    "ref_area",
    "origin",
    "destination",
    "sex",
    "age",
    "time_period",
    "criterion",
    "detail",
)

_ADDRESS = re.compile(
    r"(?P<dataset>[a-z][\w.\-]*)@(?P<vintage>\d{4}(-\d{2}(-\d{2})?)?(\+[\w.+\-]+)?)"
    r"#(?:(?P<sheet>.+)!)?(?P<column>[A-Z]{1,3})(?P<row>\d+)"
)


def column_letters(number: int) -> str:
    """Return the spreadsheet name of a column counted from 1.

    Examples
    --------
    >>> column_letters(1), column_letters(26), column_letters(27), column_letters(240)
    ('A', 'Z', 'AA', 'IF')
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the position, counted from 1, of a spreadsheet column.

    Examples
    --------
    >>> column_number("IF")
    240
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


_WRITTEN = re.compile(r"(?P<dataset>[^@\s]+)@(?P<vintage>\d{4}(?:-\d{2}(?:-\d{2})?)?)")


class EditionId(NamedTuple):
    """An edition: its dataset and the day on which the publisher released it; older ones first.

    The one way to write and to read it.

    Attributes
    ----------
    vintage : str
        ISO 8601; of what was printed without its day, the month or the year.

    Examples
    --------
    >>> one = EditionId.parse("undesa.ims@2015-12-01")
    >>> one.dataset, one.vintage, one.day
    ('undesa.ims', '2015-12-01', datetime.date(2015, 12, 1))
    >>> str(one), one < EditionId.parse("undesa.ims@2019-08-27")
    ('undesa.ims@2015-12-01', True)
    """

    dataset: str
    vintage: str

    @classmethod
    def parse(cls, text: str) -> "EditionId":
        """Read an edition as it is typed.

        Raises
        ------
        ValueError
            It is none, or its day is none of the calendar.

        Examples
        --------
        >>> EditionId.parse("undesa.ims")
        Traceback (most recent call last):
        ValueError: 'undesa.ims' is no edition; expected DATASET@YYYY-MM-DD
        """
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no edition; expected DATASET@YYYY-MM-DD")
        one = cls(found["dataset"], found["vintage"])
        _ = one.day
        return one

    @classmethod
    def of(cls, text: str) -> "EditionId":
        """Read an edition as the store holds it, or a dataset alone: its vintage is then empty.

        Examples
        --------
        >>> EditionId.of("unhcr.population").vintage
        ''
        """
        dataset, _, vintage = text.partition("@")
        return cls(dataset, vintage)

    @property
    def day(self) -> date:
        """The day of release; the first of a month or year whose day was not printed."""
        return date.fromisoformat(f"{self.vintage}{'-01-01'[len(self.vintage) - 4 :]}")

    def __str__(self) -> str:
        return f"{self.dataset}@{self.vintage}"


@dataclass(frozen=True, slots=True)
class Cell:
    """Address of a number in the file its publisher shipped.

    ``sheet`` is empty for text files; ``vintage`` may be shortened to a month or a year when an
    address is typed, as long as it names one edition.

    Examples
    --------
    >>> str(Cell("undesa.ims", "2015-12-01", "Table 1", 17, 6))
    'undesa.ims@2015-12-01#Table 1!F17'
    >>> Cell.parse("unhcr.population@2024-06#F4562").row
    4562
    """

    dataset: str
    vintage: str
    sheet: str
    row: int
    col: int

    def __str__(self) -> str:
        return f"{self.dataset}@{self.vintage}#{self.place}"

    @classmethod
    def of(cls, edition: str, sheet: str, row: int, col: int) -> "Cell":
        """Return a cell of an edition.

        Examples
        --------
        >>> str(Cell.of("undesa.ims@2015-12-01", "Table 1", 17, 6))
        'undesa.ims@2015-12-01#Table 1!F17'
        """
        return cls(*EditionId.of(edition), sheet, row, col)

    @property
    def place(self) -> str:
        """Sheet and cell, as a spreadsheet program writes them."""
        cell = f"{column_letters(self.col)}{self.row}"
        return f"{self.sheet}!{cell}" if self.sheet else cell

    @classmethod
    def parse(cls, text: str) -> "Cell":
        """Read an address as printed; raise ``ValueError`` when it is none."""
        match = _ADDRESS.fullmatch(text)
        if match is None:
            raise ValueError(
                f"{text!r} is not a cell address; expected dataset@vintage#sheet!cell, "
                "for instance undesa.ims@2015-12#Table 1!F17"
            )
        part = match.groupdict()
        return cls(
            part["dataset"],
            part["vintage"],
            part["sheet"] or "",
            int(part["row"]),
            column_number(part["column"]),
        )
