"""The PDF is accessible, bookmarked, the same each time, and reads text as text."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from pypdf import PdfReader

from sojourn.publish.content import ChartBlock, Paragraph, Section, TableBlock
from sojourn.publish.paper import render_pdf, render_report
from sojourn.publish.png import to_png


def read(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_each_language_is_tagged_pdf_ua(demo: ModuleType, language: str) -> None:
    pdf = read(render_pdf(demo.demo_document(language)))
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert pdf.metadata is not None
    assert pdf.metadata.title == demo.WORDS[language][0]


def test_the_bookmarks_are_the_findings(demo: ModuleType) -> None:
    pdf = read(render_pdf(demo.demo_document()))
    assert [mark.title for mark in pdf.outline if not isinstance(mark, list)][:2] == [
        "Half of all synthetic people live in three places",
        "Half of all synthetic people live in three places, again",
    ]


def test_the_same_document_gives_the_same_bytes(demo: ModuleType) -> None:
    assert render_pdf(demo.demo_document("es")) == render_pdf(demo.demo_document("es"))


def test_the_date_is_the_documents_own(demo: ModuleType) -> None:
    pdf = read(render_pdf(demo.demo_document()))
    assert pdf.metadata is not None
    assert str(pdf.metadata.creation_date).startswith("2016-12-31")


def test_typst_markup_in_the_words_stays_words(demo: ModuleType) -> None:
    nasty = '#panic("x") *a* $b$ [c] _d_ <e> @f \\ "g"'
    section = Section(id="x", topic=nasty, heading=nasty, blocks=(Paragraph(content=(nasty,)),))
    document = replace(demo.demo_document(), title=nasty, sections=(section,))
    printed = "".join(page.extract_text() for page in read(render_pdf(document)).pages)
    text = " ".join(printed.split())
    assert text.count('#panic("x") *a* $b$ [c] _d_ <e> @f') >= 4


def test_minus_and_arrow_are_in_the_typeface(demo: ModuleType) -> None:
    section = Section(
        id="x", topic="x", heading="x", blocks=(Paragraph(content=("−5 → ≈ ≤ ½ Ж é",)),)
    )
    pdf = read(render_pdf(replace(demo.demo_document(), sections=(section,))))
    assert "−5 → ≈ ≤ ½ Ж é" in pdf.pages[0].extract_text()


def test_a_drawing_gives_the_same_png_each_time(demo: ModuleType) -> None:
    chart = demo.demo_chart()
    png = to_png(chart.light)
    assert png == to_png(chart.light)
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") == pytest.approx(2 * chart.width, abs=1)


def test_a_chart_of_the_document_keeps_its_alternative_text(demo: ModuleType) -> None:
    document = demo.demo_document()
    chart = next(b.chart for s in document.sections for b in s.blocks if isinstance(b, ChartBlock))
    assert "synthetic" in chart.alt
    found = {str(o.get_object().get("/Alt", "")) for o in _structure(read(render_pdf(document)))}
    assert chart.alt in found


def _structure(pdf: PdfReader) -> list[object]:
    return [
        o
        for i in range(1, len(pdf.xref_objStm) + sum(map(len, pdf.xref.values())) + 1)
        if hasattr(o := pdf.get_object(i), "get")
    ]


@pytest.mark.parametrize("template", ["paper.typ", "front.typ", "report.typ"])
def test_a_paper_is_set_wherever_its_reader_stands(
    demo: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    folder = Path(str(files("sojourn.publish.templates")))
    assert (folder / template).is_file()
    monkeypatch.chdir(tmp_path)
    with ThreadPoolExecutor(1) as fresh:  # each thread has a typesetter of its own
        made = fresh.submit(render_pdf, demo.demo_document()).result()
    assert made[:5] == b"%PDF-"


def test_numbers_of_a_wide_table_are_not_broken_by_a_long_name(demo: ModuleType) -> None:
    """A number of several words stays on its line; the names before it give way."""
    name, number = "Synthetic people of a very long name, counted once " * 3, "nearly 33 of 100"
    table = TableBlock(
        id="t",
        caption="Synthetic",
        header=("Name", "Number"),
        rows=(((name,), (number,)),),
        numeric=(False, True),
        wide=True,
    )
    section = Section(id="s", topic="T", heading="H", blocks=(table,))
    document = replace(demo.demo_document(), sections=(section,))
    for made in (render_pdf, render_report):
        text = "".join(p.extract_text() for p in read(made(document)).pages)
        assert number in text


def test_a_report_too_long_is_set_closer_until_it_fits(demo: ModuleType) -> None:
    told = [
        Paragraph(content=(f"Synthetic sentence {i} of a long chapter. " * 6,)) for i in range(70)
    ]
    section = Section(id="s", topic="T", heading="H", blocks=tuple(told))
    document = replace(demo.demo_document(), sections=(section,))
    whole = read(render_report(document))
    most = len(whole.pages) - 1
    closer = read(render_report(document, most))
    assert 1 < len(closer.pages) <= most
    for n in range(70):  # nothing is left out
        assert any(f"sentence {n} of" in " ".join(p.extract_text().split()) for p in closer.pages)
