"""The factsheet as a document: findings in the headings, numbers bound to figures.

Each section is a function from the evaluated figures and a catalogue to a ``Section``; a section
whose figures are absent says why, and never shows an empty chart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sojourn.publish.content import (
    Alternate,
    Block,
    ChartBlock,
    Document,
    Facts,
    LineageAppendix,
    Notes,
    Number,
    PageLabels,
    RichText,
    Section,
    TableBlock,
)
from sojourn.publish.evaluate import Evaluator
from sojourn.publish.figure import FigureValue
from sojourn.publish.lineage import tree, unique
from sojourn.publish.text import Catalogue, catalogue, languages
from sojourn.store.manifest import LoadedFile


@dataclass
class Page:
    """What the sections of one document share: figures, words, and the numbers printed so far."""

    ev: Evaluator
    words: Catalogue
    files: Sequence[LoadedFile]
    printed: list[FigureValue] = field(default_factory=list)

    @property
    def year(self) -> str:
        """The factsheet's year as text."""
        return str(self.ev.year)

    def number(self, value: FigureValue, *, signed: bool = False, exact: bool = False) -> Number:
        """Return a value as a printed number that leads to its lineage."""
        if value.value is None:
            return Number(self.words.text("word.not_available"))
        self.printed.append(value)
        write = self.words.change if signed else self.words.exact if exact else self.words.number
        return Number(write(value.value, value.unit), value.lineage_id)

    def fact(self, key: str, **values: FigureValue | str) -> RichText:
        """Return a message with its numbers; empty when one of them is absent."""
        numbers = [v for v in values.values() if isinstance(v, FigureValue)]
        if any(v.value is None for v in numbers):
            return ()
        runs = {
            k: self.number(v, signed="change" in k or "growth" in k)
            if isinstance(v, FigureValue)
            else v
            for k, v in values.items()
        }
        return self.words.rich(key, **{"year": self.year, **runs})

    def source(self, *values: FigureValue) -> RichText:
        """Return the source line: publisher, edition, licence and marks of the files behind."""
        editions = {e for v in values for e in v.edition.split(" + ") if e}
        parts = []
        for file in self.files:
            if file.edition in editions:
                editions.discard(file.edition)
                parts.append(f"{file.citation} {file.license}.")
        marks = sorted({v.mark for v in values} - {""})
        return ("; ".join(dict.fromkeys(parts)) + (f" [{'; '.join(marks)}]" if marks else ""),)

    def short_source(self, *values: FigureValue) -> str:
        """Return publisher and title of the editions behind, in one line."""
        editions = {e for v in values for e in v.edition.split(" + ") if e}
        named = dict.fromkeys(
            f"{f.publisher}, {f.title}" for f in self.files if f.edition in editions
        )
        return "; ".join(named)

    def absent(self, value: FigureValue) -> Notes:
        """Return a note that says why a figure is missing."""
        label = self.words.text(f"figure.{value.figure_id}")
        return Notes(
            items=((f"{label}: {self.words.text('word.not_available')} ({value.reason})",),)
        )


def facts(*items: RichText) -> tuple[Block, ...]:
    """Return the facts that have all their numbers, as one block."""
    kept = tuple(item for item in items if item)
    return (Facts(items=kept),) if kept else ()


def labels(words: Catalogue) -> PageLabels:
    """Return the page's own words in a language."""
    names = PageLabels.__dataclass_fields__
    return PageLabels(**{name: words.text(f"page.{name}") for name in names})


def lineage_section(page: Page) -> Section:
    """Return the appendix: where each printed number comes from."""
    return Section(
        id="lineage",
        topic=page.words.text("methods.trace_topic"),
        heading=page.words.text("methods.trace_heading"),
        blocks=(LineageAppendix(trees=tuple(tree(v) for v in unique(page.printed))),),
    )


def document(
    page: Page,
    sections: Sequence[Section],
    *,
    kind: str,
    stem: str,
    embedded: bool,
    as_of: date,
) -> Document:
    """Return a document of finished sections with masthead, footer and the other languages."""
    words = page.words
    note: RichText = words.rich("edition_note", as_of=words.day(as_of))
    if embedded:
        note = (*note, " ", *words.rich("embedded_note", year=page.year))
    return Document(
        language=words.language,
        direction="rtl" if words.language == "ar" else "ltr",
        title=words.text(f"{kind}title", year=page.year),
        subtitle=words.text(f"{kind}subtitle"),
        notice=words.text("notice"),
        edition_note=note,
        dated=as_of,
        sections=tuple(sections),
        labels=labels(words),
        alternates=tuple(
            Alternate(language=code, name=catalogue(code).text("name"), href=f"{stem}.{code}.html")
            for code in languages()
            if code != words.language
        ),
        footer=(
            words.rich("cite", year=page.year, as_of=words.day(as_of)),
            words.rich("disclaimer"),
        ),
        description=words.text("description"),
    )


def sources_section(page: Page) -> Section:
    """Return the methods page with the editions that the printed numbers come from."""
    words = page.words
    used = {e for v in page.printed for e in v.edition.split(" + ")}
    rows = [
        ((f.citation,), (words.day(date.fromisoformat(f.vintage)),), (f.license,), (f.mark or "—",))
        for f in {f.edition: f for f in page.files if f.edition in used}.values()
    ]
    table = TableBlock(
        id="editions",
        caption=words.text("methods.sources"),
        header=(
            words.text("methods.source"),
            words.text("methods.released"),
            words.text("methods.licence"),
            words.text("page.notes"),
        ),
        rows=tuple(rows),
        numeric=(False, False, False, False),
    )
    return Section(
        id="methods",
        topic=words.text("methods.topic"),
        heading=words.text("methods.heading"),
        lead=words.rich("methods.lead"),
        blocks=(table,) if rows else (),
    )


__all__ = [
    "ChartBlock",
    "Page",
    "document",
    "facts",
    "labels",
    "lineage_section",
    "sources_section",
]
