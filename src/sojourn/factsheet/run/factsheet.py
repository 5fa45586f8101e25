"""The factsheet: evaluate, compare, compose, render, write; all of it or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.factsheet.figures.compared import Compared
from sojourn.factsheet.figures.comparison import Verdict
from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import FigureValue, figures
from sojourn.factsheet.figures.opened import changed, evaluator, refuse_empty, verdicts, vintages
from sojourn.factsheet.figures.printed_series import movements
from sojourn.factsheet.pages.changes import changes, unchanged
from sojourn.factsheet.pages.document import Page, document, lacking_section, sources_section
from sojourn.factsheet.pages.export import (
    STATEMENTS,
    figure_rows,
    lineage_json,
    statement_rows,
    to_csv,
    to_json,
)
from sojourn.factsheet.pages.overview import overview, stock
from sojourn.factsheet.pages.problems import problems
from sojourn.factsheet.pages.sections import places
from sojourn.factsheet.pages.topic_borders import borders
from sojourn.factsheet.pages.topic_iom import iom
from sojourn.factsheet.pages.topic_money import weight
from sojourn.factsheet.pages.topic_solutions import solutions
from sojourn.factsheet.pages.topic_work import work
from sojourn.factsheet.pages.topics import asylum, corridors, deaths, displacement, money
from sojourn.factsheet.pages.women import women, women_alone
from sojourn.factsheet.run.files import Composed, Evidence, Writer, evidence_of
from sojourn.files import Folder, check_folder, new_folder
from sojourn.publish import Catalogue, Section, catalogue
from sojourn.store.observations import Store
from sojourn.terminal.one_line import OneLine

if TYPE_CHECKING:  # with it come the libraries of the estimates
    from sojourn.flows.pages.voice import FlowPage

SHOWN = 16  # changes between two dates on the factsheet; the page of changes has all
#: What a folder written here is, as its marker says.
OWNER = "factsheet"

#: Sections in reading order; one that returns None has nothing to say of the year and closes up.
TOPICS: tuple[Callable[[Page], Section | None], ...] = (
    overview,
    stock,
    places,
    corridors,
    women,
    displacement,
    asylum,
    solutions,
    borders,
    deaths,
    money,
    weight,
    work,
)


@dataclass(frozen=True)
class Request:
    """What is asked for: the year, the date of knowledge, the languages; the flows that led there."""

    year: int
    as_of: date
    languages: tuple[str, ...]
    embedded: bool
    flows: "FlowPage | None" = None
    single_file: bool = False


@dataclass(frozen=True)
class Built(OneLine):
    """What was written."""

    out: Path
    files: tuple[str, ...]
    figures: int
    empty: int
    told: tuple[str, ...] = ()


def build(
    store: Store,
    request: Request,
    out: Path,
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Built:
    """Build the factsheet into ``out``, a new or empty folder or an unchanged factsheet of ours.

    Raises
    ------
    PublishError
        A language has no finished catalogue, no figure of that year can be computed, or the folder holds anything else or cannot be
        written; it is then as it was.
    """
    for language in request.languages:
        catalogue(language)  # an unfinished one is refused before any work
    check_folder(out, OWNER)
    ev = evaluator(store, request.year, request.as_of)
    values = refuse_empty(ev)
    found = verdicts(ev)
    then = evaluator(store, request.year, date(request.year + 1, 12, 31))
    moved = changed(then, ev, list(figures())) if then.as_of < request.as_of else Compared()
    with new_folder(out, OWNER) as folder:
        _tables(folder, values, found, request)
        told = _pages(folder, ev, request, found, moved, progress)
        names = tuple(
            sorted(str(p.relative_to(folder.path)) for p in folder.path.rglob("*") if p.is_file())
        )
    return Built(out, names, len(values), sum(v.value is None for v in values), told)


def _tables(
    folder: Folder, values: Sequence[FigureValue], found: Sequence[Verdict], request: Request
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
    folder.write("figures.csv", to_csv(rows))
    statements = to_csv(statement_rows(found), STATEMENTS)
    folder.write("published.csv", statements)
    folder.write("figures.json", to_json(rows, about))
    folder.write("lineage.json", lineage_json(listed))


def _pages(
    folder: Folder,
    ev: Evaluator,
    request: Request,
    found: Sequence[Verdict],
    moved: Compared,
    progress: Callable[[str, int, int], None] | None,
) -> tuple[str, ...]:
    writer = Writer(folder, request.year, single_file=request.single_file)
    evidence: Evidence | None = None
    try:
        for done, language in enumerate(request.languages):
            words = catalogue(language)
            written = compose(ev, words, request, found, moved)
            evidence = evidence or evidence_of(ev, written.values(), found)
            writer.write(words, written, evidence)
            if progress is not None:
                progress(language, done, len(request.languages))
    finally:
        writer.close()
    return tuple(sorted(writer.told))


def _moves(flows: "FlowPage | None", language: str) -> Sequence[Section]:
    """Return the sections on who moved where, where they are asked for."""
    if flows is None:
        return ()
    from sojourn.flows.pages.flows import flow_sections  # with it the estimates' libraries

    return flow_sections(flows, language)


def compose(
    ev: Evaluator,
    words: Catalogue,
    request: Request,
    found: Sequence[Verdict],
    moved: Compared,
) -> dict[str, Composed]:
    """Return the three documents of one language: factsheet, women and girls, what changed."""
    files = sorted(ev.store.manifest.files, key=lambda f: (f.edition, f.sha256))
    dates = (words.day(date(request.year + 1, 12, 31)), words.day(request.as_of))

    def finished(page: Page, stem: str, kind: str, sections: Sequence[Section | None]) -> Composed:
        found = [*sections, lacking_section(page), sources_section(page)]
        made = document(
            page,
            [s for s in found if s is not None],
            kind=kind,
            stem=f"{stem}-{request.year}",
            embedded=request.embedded,
            as_of=request.as_of,
            languages=request.languages,
        )
        return Composed(made, page)

    whole = Page(ev, words, files)
    parts = [*(f(whole) for f in TOPICS), *_moves(request.flows, words.language)]
    until = request.as_of.isoformat()
    series = movements(found, lambda published: vintages(ev, published), until)
    beside = iom(whole, found, series, every=False)
    parts += [
        *([beside] if beside else []),
        changes(whole, moved, dates, limit=SHOWN),
        problems(whole),
    ]
    about_women, about_changes = Page(ev, words, files), Page(ev, words, files)
    told = iom(about_changes, found, series, every=True)
    return {
        "factsheet": finished(whole, "factsheet", "", [*parts]),
        "women-and-girls": finished(
            about_women, "women-and-girls", "women_", [women_alone(about_women)]
        ),
        "what-changed": finished(
            about_changes,
            "what-changed",
            "changes_",
            [told, changes(about_changes, moved, dates) or unchanged(about_changes, dates)],
        ),
    }
