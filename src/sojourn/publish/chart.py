"""What every chart hands over: one drawing, its words, and its table twin.

A drawing is written once, in colour *variables* (`var(--sj-ink)`), so that the same text of SVG
serves a page in light and in dark. `Chart.light` and `Chart.dark` are the same drawing with the
variables replaced by colours, for files and for paper.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sojourn.publish.theme import resolve
from sojourn.terminal.one_line import OneLine

Direction = Literal["ltr", "rtl"]
CellValue = str | float | int | None
COLONS = {"fr": "\u202f:"}  # as `page.colon` of the catalogues has it; elsewhere without a space
SEMICOLONS = {"fr": "\u202f;"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of one chart in one language; all of them translated by the caller.

    Parameters
    ----------
    id : str
        Stable name of the chart, also the stem of its files: `[a-z0-9-]+`.
    title : str
        Name of what is drawn; the SVG's `<title>`.
    alt : str
        What the drawing shows, with its finding, as sentences; the SVG's `<desc>`.
    number : callable
        Value → text in the language and unit of the axis ("243,7", "48.2 %").
    no_data : str
        What stands where a value is missing; missing is never zero.
    language, direction : str
        BCP 47 tag and writing direction of the words.
    """

    id: str
    title: str
    alt: str
    number: Callable[[float], str]
    no_data: str
    language: str = "en"
    direction: Direction = "ltr"

    def said(self, label: str, number: str) -> str:
        r"""Return a name with its number, parted by the colon of the language.

        >>> Wording(id="a", title="", alt="", number=str, no_data="", language="fr").said("Asie", "1")
        'Asie\u202f: 1'
        """
        return f"{label}{COLONS.get(self.language, ':')} {number}"

    def listed(self, parts: Iterable[str]) -> str:
        """Return what is said one after the other, parted by the semicolon of the language."""
        return f"{SEMICOLONS.get(self.language, ';')} ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The numbers of a chart in rows: what a screen reader reads and a CSV holds.

    `rows` are values (None is missing), `shown` the same cells as text in the language of the
    page. Both have one entry per header cell. `traces` are the lineage ids of the cells, where
    they have one ("" where not); empty when no cell has.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[CellValue, ...], ...]
    shown: tuple[tuple[str, ...], ...]
    traces: tuple[tuple[str, ...], ...] = ()

    @property
    def csv(self) -> str:
        """The rows as CSV (RFC 4180), safe to open in a spreadsheet."""
        return to_csv(self.header, self.rows)

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Columns that hold numbers, hence align at the decimal side."""
        columns = range(len(self.header))
        return tuple(
            any(isinstance(row[i], int | float) for row in self.rows)
            and all(row[i] is None or isinstance(row[i], int | float) for row in self.rows)
            for i in columns
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart(OneLine):
    """One drawing with its words and its table twin.

    Attributes
    ----------
    id, title, alt, language : str
        As in `Wording`.
    svg : str
        The drawing, in colour variables; put it inside a page that defines them.
    width, height : float
        CSS pixels.
    table : Table
        The numbers drawn.
    redraw : callable, optional
        Width in pixels → the same chart drawn for it; its letters keep their size.
    """

    id: str
    title: str
    alt: str
    language: str
    svg: str = field(repr=False)
    width: float
    height: float
    table: Table = field(repr=False)
    redraw: "Callable[[float], Chart] | None" = field(default=None, repr=False, compare=False)
    _drawn: "dict[float, Chart]" = field(default_factory=dict, repr=False, compare=False)

    def at(self, width: float) -> "Chart":
        """Return the chart drawn for a width [px]; itself where it has one drawing only."""
        if self.redraw is None or width == self.width:
            return self
        if width not in self._drawn:
            self._drawn[width] = self.redraw(width)
        return self._drawn[width]

    def _repr_html_(self) -> str:
        """Show the drawing in a notebook."""
        return self.light

    @property
    def light(self) -> str:
        """The drawing in the colours of paper."""
        return resolve(self.svg, "light")

    def _repr_svg_(self) -> str:
        """Show the drawing in a notebook."""
        return self.light

    @property
    def dark(self) -> str:
        """The drawing in the colours of a dark screen."""
        return resolve(self.svg, "dark")

    @property
    def csv(self) -> str:
        """The numbers drawn, as CSV text."""
        return self.table.csv


def table_of(
    header: tuple[str, ...],
    rows: list[tuple[CellValue, ...]],
    wording: Wording,
    traces: Sequence[tuple[str, ...]] = (),
) -> Table:
    """Return rows of values, and the same as text: numbers by the wording's formatter.

    `traces` are the lineage ids of the cells, one row each, as in `Table`.
    """

    def show(value: CellValue) -> str:
        if value is None:
            return wording.no_data
        return value if isinstance(value, str) else wording.number(value)

    return Table(
        header=header,
        rows=tuple(rows),
        shown=tuple(tuple(show(value) for value in row) for row in rows),
        traces=tuple(traces) if any(any(row) for row in traces) else (),
    )


def to_csv(header: tuple[str, ...], rows: tuple[tuple[CellValue, ...], ...]) -> str:
    r"""Return CSV text with CRLF line ends; a missing value is an empty cell.

    Text that a spreadsheet would run as a formula (it starts with `=`, `+`, `-`, `@`, tab or
    carriage return) gets an apostrophe in front, as OWASP advises against CSV injection.

    >>> to_csv(("area", "value"), (("=1+1", 5.0), ("Chad", None)))
    "area,value\r\n'=1+1,5\r\nChad,\r\n"
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([_csv_cell(value) for value in row])
    return out.getvalue()


def _csv_cell(value: CellValue) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
    return str(int(value)) if float(value).is_integer() else repr(float(value))
