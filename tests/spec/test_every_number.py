"""Every number of the embedded factsheets is bound: to a figure, a cell, a sum beside it; none is left over."""

import re
from io import BytesIO

import every_number as every
import pytest
import read_back
from pypdf import PdfReader
from read_back import documents

from sojourn.factsheet.figures.compared import Compared
from sojourn.factsheet.figures.opened import evaluator, newest_day, verdicts
from sojourn.factsheet.pages.card import Told, cards
from sojourn.factsheet.pages.front import COLUMN, MAP, SCALE, render_front
from sojourn.factsheet.run.factsheet import Request, compose
from sojourn.publish.page import render_html
from sojourn.publish.paper import BODY, CLOSER, HALF, WIDE, render_report
from sojourn.publish.text import catalogue, languages
from sojourn.query.opening import open_data

#: At least so many marks of drawings, differences, prints, cells of the matrix and ranks are held on a year's pages.
FLOORS = {2015: (750, 150, 30, 36, 8), 2024: (600, 0, 0, 36, 0)}


@pytest.mark.parametrize(
    ("year", "language"), [(year, code) for year in FLOORS for code in languages()]
)
def test_no_number_is_left_over(year: int, language: str) -> None:
    store = open_data(None, year)[0]
    ev, words = evaluator(store, year, newest_day(store)), catalogue(language)
    held = [0] * 5
    for document in documents(store, year, language).values():
        page = every.rows_of(render_html(document))
        assert every.unbound(page, document, ev, words) == []
        assert every.wrong_drawings(document, ev, language) == []
        matrix, wrong_matrix = every.wrong_matrix(document, ev, words)
        assert len(every.unheld_cells(document)) == 2 * matrix  # the chord and its table
        differences, wrong = every.wrong_differences(page, ev, language)
        prints, wrong_prints = every.wrong_prints(page, language)
        ranks, wrong_ranks = every.wrong_ranks(page, ev, words)
        _, wrong_counts = every.wrong_counts(page, words)
        assert [*wrong_matrix, *wrong, *wrong_prints, *wrong_ranks, *wrong_counts] == []
        marks = sum(b.chart.svg.count("<a data-t=") for b in every.charts_of(document))
        held = [
            a + b for a, b in zip(held, (marks, differences, prints, matrix, ranks), strict=True)
        ]
    assert [h >= f for h, f in zip(held, FLOORS[year], strict=True)] == [True] * 5, held


@pytest.mark.parametrize(
    ("year", "language"), [(year, code) for year in FLOORS for code in languages()]
)
def test_papers_and_lineage_say_no_other_number(year: int, language: str) -> None:
    store = open_data(None, year)[0]
    day = newest_day(store)
    ev, words = evaluator(store, year, day), catalogue(language)
    request = Request(year, day, (language,), embedded=True)
    made = compose(ev, words, request, verdicts(ev), Compared())["factsheet"]
    page = every.rows_of(render_html(made.document_with_lineage()))
    widths = [w / b for w in (WIDE, 0.8 * WIDE, HALF) for b in (BODY * s for s in CLOSER)]
    widths += [w / s for w in (COLUMN, MAP) for s in (SCALE, 0.95 * SCALE, 0.9 * SCALE)]
    for paper in (render_report(made.document), render_front(made.document)):
        text = " ".join(p.extract_text() for p in PdfReader(BytesIO(paper)).pages)
        assert every.unprinted(text, page, made.document, widths) == []
    files = made.page.files
    told = cards(Told(words, files), {v.lineage_id: v for v in made.page.printed}.values())
    assert len(told) > 500
    assert every.wrong_cards(told, ev, language) == []


def test_the_reader_of_every_number_sees_what_is_spoiled() -> None:
    """A number changed in a row, in a drawing or in a sentence that nobody binds is told."""
    store = open_data(None, 2015)[0]
    ev, words = evaluator(store, 2015, newest_day(store)), catalogue("en")
    docs = documents(store, 2015, "en")
    html = render_html(docs["what-changed"])
    spoiled = re.sub(r"<td[^>]*>\+4\.3\u00a0million", "<td>+5.3\u00a0million", html)
    assert spoiled != html
    assert every.wrong_differences(every.rows_of(spoiled), ev, "en")[1]
    html = render_html(docs["factsheet"])
    spoiled = html.replace("</p>", " In all 7,654 people.</p>", 1)
    told = every.unbound(every.rows_of(spoiled), docs["factsheet"], ev, words)
    assert [t for t in told if "7,654" in t]
    assert read_back.parse_number("7,654", "en")[0] == 7654
