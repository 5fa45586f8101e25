"""The factsheet's pages, papers, cards, charts and small pages, written into a folder."""

import base64
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from sojourn.factsheet.figures.comparison import Verdict
from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import FigureValue
from sojourn.factsheet.pages.card import CellKey, Told, cards, script
from sojourn.factsheet.pages.chart_data import chart_csv
from sojourn.factsheet.pages.document import Page, lineage_section
from sojourn.factsheet.pages.front import render_front
from sojourn.factsheet.run.card_facts import cell_keys, other_editions
from sojourn.files import Folder
from sojourn.publish import (
    Card,
    Catalogue,
    ChartBlock,
    Document,
    Link,
    RichText,
    Section,
    Tracing,
    framed,
    leaves,
    render_embed,
    render_entries,
    render_html,
    render_lineage,
    render_report,
    to_png,
)

PICTURE = 1.5  # pixels of a picture per unit: 1,200 wide for a chart as wide as the page
MOST = 15  # pages of a report, in every language and year: set closer where it would be more
LABELS = ("close", "permalink", "cite", "cite_text", "copied", "missing")


@dataclass(frozen=True)
class Composed:
    """A document and the page of figures that it was composed from."""

    document: Document
    page: Page

    def document_with_lineage(self) -> Document:
        """Return the document with the lineage of its numbers inside it."""
        sections = (*self.document.sections, lineage_section(self.page))
        return replace(self.document, sections=sections)


@dataclass(frozen=True)
class Evidence:
    """What cards tell beside the figures themselves; the same in every language."""

    keys: Mapping[str, CellKey]
    others: Mapping[str, Sequence[FigureValue]]
    verdicts: Mapping[str, Verdict]


def evidence_of(ev: Evaluator, composed: Iterable[Composed], found: Sequence[Verdict]) -> Evidence:
    """Return what the store says of the cells printed, and of the figures in other editions."""
    values = list({v.lineage_id: v for c in composed for v in c.page.printed}.values())
    judged = {v.ours.lineage_id: v for v in reversed(found) if v.published.value is not None}
    return Evidence(cell_keys(ev.store, values), other_editions(ev, values), judged)


class Writer:
    """Writes what belongs to one language; papers and pictures are set beside each other."""

    def __init__(self, folder: Folder, year: int, *, single_file: bool = False) -> None:
        self.folder, self.year, self.single_file = folder, year, single_file
        self.pool = ThreadPoolExecutor(os.cpu_count())
        self.waiting: list[Future[None]] = []

        self.told: list[str] = []

    def close(self) -> None:
        """Wait for what is being set.

        Raises
        ------
        PublishError
            A paper or a picture could not be set.
        """
        with self.pool:
            for task in self.waiting:
                task.result()

    def write(self, words: Catalogue, composed: Mapping[str, Composed], told: Evidence) -> None:
        """Write the pages of one language and begin its papers."""
        values = {v.lineage_id: v for c in composed.values() for v in c.page.printed}
        made = cards(
            Told(words, composed["factsheet"].page.files, told.keys, told.others, told.verdicts),
            values.values(),
        )
        tail = f"{self.year}.{words.language}"
        tracing = self._tracing(words, made, tail)
        links = self._links(words, tail)
        for stem, part in composed.items():
            others = tuple(link for name, link in links.items() if name != stem)
            whole = replace(part.document, tracing=tracing, products=others)
            self._page(stem, tail, whole, part.page)
            self._paper(stem, tail, whole)
        self._lineage(words, composed["factsheet"].document, made, links, tail)
        self.folder.write(f"cards-{tail}.js", script(made))
        document = composed["factsheet"].document
        for block in _charts(document.sections):
            header = _citation(document, block)
            self.waiting.append(
                self.pool.submit(self._chart, block, document, words, values, header)
            )

    def _tracing(self, words: Catalogue, made: Sequence[Card], tail: str) -> Tracing:
        tips = {c.id: c.cell for c in made if c.cell}
        return Tracing(
            page=f"lineage-{tail}.html",
            script=f"cards-{tail}.js",
            ids={c.id: i for i, c in enumerate(made)},
            tips=tips,
            labels={k: words.text(f"card.{k}") for k in LABELS},
        )

    def _links(self, words: Catalogue, tail: str) -> dict[str, Link]:
        return {
            "factsheet": Link(words.text("word.factsheet"), f"factsheet-{tail}.html"),
            "women-and-girls": Link(words.text("word.women_pages"), f"women-and-girls-{tail}.html"),
            "what-changed": Link(words.text("word.changes_page"), f"what-changed-{tail}.html"),
            "paper": Link(words.text("front.paper"), f"factsheet-{tail}.pdf"),
            "report": Link(words.text("front.report"), f"report-{tail}.pdf"),
            "lineage": Link(words.text("front.lineage"), f"lineage-{tail}.html"),
            "data": Link(words.text("front.data"), "figures.csv"),
        }

    def _page(self, stem: str, tail: str, document: Document, page: Page) -> None:
        if self.single_file:
            sections = (*map(_inlined, document.sections), lineage_section(page))
            document = replace(document, tracing=None, sections=sections)
        self.folder.write(f"{stem}-{tail}.html", render_html(document))

    def _paper(self, stem: str, tail: str, document: Document) -> None:
        front = render_front if stem == "factsheet" else render_report
        self._set(f"{stem}-{tail}.pdf", front, document)
        if stem == "factsheet":
            self._set(f"report-{tail}.pdf", partial(self._report, f"report-{tail}.pdf"), document)

    def _report(self, target: str, document: Document) -> bytes:
        made = render_report(document, MOST)
        if (pages := leaves(made)) > MOST:
            self.told.append(f"{target} has {pages} pages at its closest setting, more than {MOST}")
        return made

    def _set(self, target: str, render: Callable[[Document], bytes], document: Document) -> None:
        def task() -> None:
            self.folder.write(target, render(document))

        self.waiting.append(self.pool.submit(task))

    def _lineage(
        self,
        words: Catalogue,
        document: Document,
        made: Sequence[Card],
        links: Mapping[str, Link],
        tail: str,
    ) -> None:
        about = replace(
            document,
            title=words.text("card.lineage_title", year=str(self.year)),
            subtitle=words.text("card.lineage_subtitle"),
            sections=(),
            tracing=None,
            products=tuple(link for name, link in links.items() if name != "lineage"),
        )
        page = render_lineage(about, made, links["factsheet"].href)
        self.folder.write(f"lineage-{tail}.html", page)

        def entries(d: Document) -> bytes:
            return render_entries(d, words, made)

        self._set(f"lineage-{tail}.pdf", entries, about)

    def _chart(
        self,
        block: ChartBlock,
        document: Document,
        words: Catalogue,
        values: Mapping[str, FigureValue],
        header: Sequence[str],
    ) -> None:
        name = f"{block.chart.id}.{words.language}"
        told = (block.cover, *header) if block.cover else header
        svg = framed(block.chart, _plain(block.finding), told)
        self.folder.write(f"charts/{name}.svg", svg)
        self.folder.write(f"charts/{name}.png", to_png(svg, PICTURE))
        self.folder.write(f"charts/{name}.csv", chart_csv(block.chart, values, words, header))
        own = f"factsheet-{self.year}.{words.language}.html"
        self.folder.write(f"embed/{name}.html", render_embed(document, block, own))


def _charts(sections: Sequence[Section]) -> Iterable[ChartBlock]:
    return (b for s in sections for b in s.blocks if isinstance(b, ChartBlock))


def _plain(content: RichText) -> str:
    return "".join(
        run if isinstance(run, str) else getattr(run, "display", getattr(run, "text", ""))
        for run in content
    )


def _citation(document: Document, block: ChartBlock) -> tuple[str, ...]:
    """Return the lines that a picture and a table carry with them."""
    source = f"{document.labels.source}{document.labels.colon} {_plain(block.source)}"
    return (source, *(_plain(line) for line in document.footer[:1]))


def _inlined(section: Section) -> Section:
    """Return a section whose downloads are inside the page."""
    return replace(
        section,
        blocks=tuple(_with_data(b) if isinstance(b, ChartBlock) else b for b in section.blocks),
    )


def _with_data(block: ChartBlock) -> ChartBlock:
    made = {
        "CSV": ("text/csv", block.chart.csv.encode()),
        "SVG": ("image/svg+xml", block.chart.light.encode()),
    }
    downloads = tuple(
        replace(
            d,
            href=f"data:{made[d.label][0]};base64,{base64.b64encode(made[d.label][1]).decode()}",
        )
        if d.label in made
        else d
        for d in block.downloads
    )
    return replace(block, downloads=downloads)
