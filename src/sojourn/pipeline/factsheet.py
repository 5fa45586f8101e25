"""The factsheet: evaluate, compare, compose, render, write; all of it or nothing."""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from sojourn.errors import PublishError
from sojourn.pipeline.figures import all_values, changed, evaluator, verdicts
from sojourn.publish.comparison import Verdict
from sojourn.publish.content import ChartBlock, Document, Section
from sojourn.publish.evaluate import Evaluator
from sojourn.publish.export import (
    STATEMENTS,
    figure_rows,
    lineage_json,
    statement_rows,
    to_csv,
    to_json,
)
from sojourn.publish.factsheet import Page, document, lacking_section, sources_section
from sojourn.publish.figure import FigureValue, figures
from sojourn.publish.flows import FlowPage, flow_sections
from sojourn.publish.overview import overview, stock
from sojourn.publish.page import render_html
from sojourn.publish.paper import render_pdf
from sojourn.publish.png import to_png
from sojourn.publish.sections import places
from sojourn.publish.text import Catalogue, catalogue
from sojourn.publish.topics import asylum, changes, corridors, deaths, displacement, money, problems
from sojourn.publish.women import women, women_alone
from sojourn.store.observations import Store


@dataclass(frozen=True)
class Request:
    """What is asked for: the year, the date of knowledge, the languages; the flows that led there."""

    year: int
    as_of: date
    languages: tuple[str, ...]
    embedded: bool
    flows: FlowPage | None = None


@dataclass(frozen=True)
class Built:
    """What was written."""

    out: Path
    files: tuple[str, ...]
    figures: int
    empty: int


def build(
    store: Store,
    request: Request,
    out: Path,
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Built:
    """Build the factsheet into ``out``, which is replaced only when everything is written.

    Raises
    ------
    PublishError
        No figure of that year can be computed, or the folder cannot be written.
    """
    ev = evaluator(store, request.year, request.as_of)
    values = all_values(ev)
    if all(v.value is None for v in values):
        raise PublishError(
            f"no figure of {request.year} can be computed as of {request.as_of}: {values[0].reason}",
            hint="see what is loaded: sojourn editions",
        )
    found = verdicts(ev)
    then = evaluator(store, request.year, date(request.year + 1, 12, 31))
    pairs = changed(then, ev, list(figures())) if then.as_of < request.as_of else []
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        _tables(temporary, values, found, request)
        _pages(temporary, ev, request, found, pairs, progress)
        names = tuple(
            sorted(str(p.relative_to(temporary)) for p in temporary.rglob("*") if p.is_file())
        )
        _replace(temporary, out)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return Built(out, names, len(values), sum(v.value is None for v in values))


def _replace(temporary: Path, out: Path) -> None:
    temporary.chmod(0o755)
    old = out.with_name(f".{out.name}.old")
    if out.exists():
        out.rename(old)
    temporary.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _tables(
    folder: Path, values: Sequence[FigureValue], found: Sequence[Verdict], request: Request
) -> None:
    words = catalogue("en")

    def label(value: FigureValue) -> str:
        area = "" if value.area == "900" else f", {words.area(value.area)}"
        sex = "" if value.sex == "_T" else f", {words.text(f'sex.{value.sex}')}"
        return words.text(f"figure.{value.figure_id}") + area + sex

    # the earliest statement of each figure that has a number; published.csv has every statement
    judged = {v.ours.lineage_id: v for v in reversed(found) if v.published.value is not None}
    listed = list({v.lineage_id: v for v in (*values, *(x.ours for x in found))}.values())
    rows = figure_rows(listed, judged, label)
    about = {"year": request.year, "as_of": request.as_of.isoformat(), "embedded": request.embedded}
    (folder / "figures.csv").write_text(to_csv(rows), "utf-8")
    statements = to_csv(statement_rows(found), STATEMENTS)
    (folder / "published.csv").write_text(statements, "utf-8")
    (folder / "figures.json").write_text(to_json(rows, about), "utf-8")
    (folder / "lineage.json").write_text(lineage_json(listed), "utf-8")


def _pages(
    folder: Path,
    ev: Evaluator,
    request: Request,
    found: Sequence[Verdict],
    pairs: Sequence[tuple[FigureValue, FigureValue]],
    progress: Callable[[str, int, int], None] | None,
) -> None:
    (folder / "charts").mkdir()
    done = count()
    total = len(request.languages)
    with ThreadPoolExecutor(
        os.cpu_count()
    ) as typesetting:  # the typesetter works outside the interpreter's lock
        waiting = []
        for language in request.languages:
            written = compose(ev, catalogue(language), request, found, pairs)
            for stem, doc in written.items():
                name = f"{stem}-{request.year}.{language}"
                (folder / f"{name}.html").write_text(render_html(doc), "utf-8")
                waiting.append(typesetting.submit(_paper, folder / f"{name}.pdf", doc))
            waiting.append(typesetting.submit(_charts, folder / "charts", written["factsheet"]))
            if progress is not None:
                progress(language, next(done), total)
        for task in waiting:
            task.result()


def _paper(target: Path, doc: Document) -> None:
    target.write_bytes(render_pdf(doc))


def compose(
    ev: Evaluator,
    words: Catalogue,
    request: Request,
    found: Sequence[Verdict],
    pairs: Sequence[tuple[FigureValue, FigureValue]],
) -> dict[str, Document]:
    """Return the three documents of one language: factsheet, women and girls, what changed."""
    files = ev.store.manifest.files
    dates = (words.day(date(request.year + 1, 12, 31)), words.day(request.as_of))

    def finished(page: Page, stem: str, kind: str, sections: Sequence[Section | None]) -> Document:
        found = [*sections, lacking_section(page), sources_section(page)]
        return document(
            page,
            [s for s in found if s is not None],
            kind=kind,
            stem=f"{stem}-{request.year}",
            embedded=request.embedded,
            as_of=request.as_of,
        )

    whole = Page(ev, words, files)
    parts: list[Section | None] = [
        f(whole)
        for f in (overview, stock, places, corridors, women, displacement, asylum, deaths, money)
    ]
    if request.flows is not None:
        parts += flow_sections(request.flows, words.language)
    parts += [changes(whole, found, pairs[:20], dates), problems(whole)]
    about_women, moved = Page(ev, words, files), Page(ev, words, files)
    return {
        "factsheet": finished(whole, "factsheet", "", [*parts]),
        "women-and-girls": finished(
            about_women, "women-and-girls", "women_", [women_alone(about_women)]
        ),
        "what-changed": finished(
            moved, "what-changed", "changes_", [changes(moved, found, pairs, dates)]
        ),
    }


def _charts(folder: Path, doc: Document) -> None:
    for section in doc.sections:
        for block in section.blocks:
            if isinstance(block, ChartBlock):
                stem = folder / f"{block.chart.id}.{doc.language}"
                svg = block.chart.light
                stem.with_name(stem.name + ".svg").write_text(svg, "utf-8")
                stem.with_name(stem.name + ".csv").write_text(block.chart.csv, "utf-8", newline="")
                png = to_png(svg)
                stem.with_name(stem.name + ".png").write_bytes(png)
