"""What a publication says, before it becomes a page or a sheet of paper.

One tree of frozen values, in one language, with every word translated and every number already written out.
`sojourn.publish.page.render_html` and `sojourn.publish.paper.render_pdf` both read it and neither decides what is said.

A number is never part of a sentence's text: it is a `Number` run that carries the id of its
lineage, so that the page can link each one to the cells it came from.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Literal

from sojourn.errors import PublishError
from sojourn.publish.chart import Chart, Direction
from sojourn.publish.names import Name
from sojourn.publish.tracing import Tracing

_SAFE_HREF = re.compile(
    r"(?:https?://[^\s\"'<>]+|mailto:[^\s\"'<>]+|#[^\s\"'<>]*|(?![a-z]+:)[\w./-]+(?:[?#][^\s\"'<>]*)?"
    r"|data:(?:text/csv|image/svg\+xml|image/png);base64,[A-Za-z0-9+/=]*)$",
    re.IGNORECASE,
)


def safe_href(href: str) -> str:
    """Return an address that cannot run code: web, mail, own files, or data of our own kinds.

    Raises
    ------
    PublishError
        Any other address.

    Examples
    --------
    >>> safe_href("figures.csv")
    'figures.csv'
    """
    if not _SAFE_HREF.match(href) or href.startswith("//"):
        raise PublishError(
            f"the link {href[:60]!r} is neither a web address, a file beside the page, nor data",
            hint="use https:, mailto:, a relative path, #id, or data: of CSV, SVG or PNG",
        )
    return href


@dataclass(frozen=True, slots=True)
class Number:
    """A number as printed, and the lineage it hangs on (None: it has none to show).

    ``amount`` is the number itself, by which the words beside it take their plural.
    """

    display: str
    lineage_id: str | None = None
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that carry the weight of the sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an address; within the document as `#id`."""

    text: str
    href: str

    def __post_init__(self) -> None:
        safe_href(self.href)


@dataclass(frozen=True, slots=True)
class Footnote:
    """A remark at the foot of the page, or at the end of its section on screen."""

    content: "RichText"


Run = str | Number | Strong | Name | Link | Footnote
RichText = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text. `lead` is larger, `small` is for asides."""

    content: RichText
    style: Literal["body", "lead", "small"] = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNumber:
    """One number to remember: what it is, its change, and a small trend line."""

    label: str
    value: Number
    change: RichText = ()
    sparkline: Chart | None = None
    source: RichText = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNumbers:
    """The grid of key numbers; eight fill two rows."""

    items: tuple[KeyNumber, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Three to five statements, each with its numbers."""

    items: tuple[RichText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file on offer: `href` is a file beside the page or a `data:` address."""

    label: str
    href: str
    filename: str

    def __post_init__(self) -> None:
        safe_href(self.href)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartBlock:
    """A chart under its title and finding, with source, downloads and table twin.

    `finding` is the subtitle: what the chart shows, as a sentence. `caption` explains how to read it. `short_source` is the source in one
    line, for paper; `cover` says of how many places a list shows the first, where the caption has no room. `size` is `full` (the width of
    the text) or `half` (two side by side on a wide page and on paper).
    """

    chart: Chart
    finding: RichText
    source: RichText
    caption: RichText = ()
    downloads: tuple[Download, ...] = ()
    size: Literal["full", "half"] = "full"
    short_source: str = ""
    cover: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBlock:
    """A table in its own right. `numeric` names the columns that hold numbers.

    A `wide` table fills the width of the paper: one column takes what the others leave.
    """

    id: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[RichText, ...], ...]
    numeric: tuple[bool, ...]
    source: RichText = ()
    downloads: tuple[Download, ...] = ()
    wide: bool = False

    @property
    def grows(self) -> int:
        """Column of a wide table that takes what the others leave: the last, or the first if that holds numbers."""
        return 0 if self.numeric[-1] else len(self.header) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure that reads differently now: then, now, by how much, and why."""

    figure: str
    then: RichText
    now: RichText
    difference: RichText
    verdict: str
    reason: RichText


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesTable:
    """What changed between two dates; `header` names the six columns of `Change`."""

    id: str
    caption: str
    header: tuple[str, str, str, str, str, str]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Remarks in small type, one per line."""

    items: tuple[RichText, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageNode:
    """One step from a printed number down to a cell.

    `id` is set at the root of a tree, where a `Number.lineage_id` arrives, and optional below.
    `address` is a cell (`undesa.ims@2015-12-01#Table 1!F17`) or a path, set in fixed-width type.
    """

    label: str
    value: str = ""
    detail: str = ""
    address: str = ""
    id: str = ""
    children: tuple["LineageNode", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageAppendix:
    """Where the numbers come from, one collapsible tree each."""

    trees: tuple[LineageNode, ...]


Block = (
    Paragraph
    | KeyNumbers
    | Facts
    | ChartBlock
    | TableBlock
    | ChangesTable
    | Notes
    | LineageAppendix
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A finding, said in the heading (`said`: with its numbers), and what bears it out.

    `topic` names it in lists; it starts a page on paper unless `new_page` is False.
    """

    id: str
    topic: str
    heading: str
    blocks: tuple[Block, ...]
    lead: RichText = ()
    new_page: bool = True
    said: RichText = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """The same document in another language."""

    language: str
    name: str
    href: str

    def __post_init__(self) -> None:
        safe_href(self.href)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLabels:
    """The few words that the page itself speaks, from the message catalogue."""

    skip_to_content: str
    contents: str
    source: str
    show_table: str
    download: str
    languages: str
    trace: str
    page: str
    notes: str
    collapse: str
    colon: str = ":"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One publication in one language.

    Parameters
    ----------
    language, direction : str
        BCP 47 tag (`fr`) and writing direction.
    title, subtitle : str
        Head of the first page.
    notice : str
        Whose publication this is, and whose it is not.
    edition_note : RichText
        Which data, as of when, and how to load other data.
    dated : date
        The date that is printed into the PDF; part of the input, never today's.
    sections : tuple of Section
        In reading order.
    labels : PageLabels
        The page's own words in this language.
    alternates : tuple of Alternate
        The other languages.
    footer : tuple of RichText
        Closing lines: citation, licence, disclaimer about borders and names.
    compact : bool
        Smaller headings and margins on paper, for a publication of few pages.
    tracing : Tracing, optional
        Where numbers lead, when the document does not hold their lineage itself.
    products : tuple of Link
        What belongs to it: the paper, the report, the data, the sister pages.
    """

    language: str
    direction: Direction
    title: str
    subtitle: str
    notice: str
    edition_note: RichText
    dated: date
    sections: tuple[Section, ...]
    labels: PageLabels
    alternates: tuple[Alternate, ...] = ()
    footer: tuple[RichText, ...] = ()
    description: str = ""
    compact: bool = False
    tracing: Tracing | None = None
    products: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for anchor in anchors(self):
            if anchor in seen:
                raise PublishError(
                    f"two places of {self.title!r} ({self.language}) share the id {anchor!r}",
                    hint="give each section, chart, table and lineage tree an id of its own",
                )
            seen.add(anchor)


def anchors(document: Document) -> Iterator[str]:
    """Every id that the document can be linked to."""
    for section in document.sections:
        yield section.id
        for block in section.blocks:
            match block:
                case ChartBlock():
                    yield block.chart.id
                case TableBlock() | ChangesTable():
                    yield block.id
                case LineageAppendix():
                    yield from (f"trace-{tree.id}" for tree in block.trees)
                case _:
                    pass


def numbers(document: Document) -> Iterator[Number]:
    """Every number run of the document, in reading order."""
    yield from _numbers_in(document.edition_note)
    for section in document.sections:
        yield from _numbers_in(section.lead)
        for block in section.blocks:
            for text in texts(block):
                yield from _numbers_in(text)
    for line in document.footer:
        yield from _numbers_in(line)


def texts(block: Block) -> Iterator[RichText]:
    """Yield the rich texts of a block, in reading order."""
    match block:
        case Paragraph():
            yield block.content
        case KeyNumbers():
            parts = (((item.value,), item.change, item.source) for item in block.items)
            yield from chain.from_iterable(parts)
        case Facts() | Notes():
            yield from block.items
        case ChartBlock():
            yield from (block.finding, block.caption, block.source)
        case TableBlock():
            yield from chain(*block.rows, (block.source,))
        case ChangesTable():
            rows = ((c.then, c.now, c.difference, c.reason) for c in block.changes)
            yield from chain.from_iterable(rows)
        case LineageAppendix():
            pass


def _numbers_in(content: RichText) -> Iterator[Number]:
    for run in content:
        if isinstance(run, Number):
            yield run
        elif isinstance(run, Footnote):
            yield from _numbers_in(run.content)
