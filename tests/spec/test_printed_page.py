"""The printed page read back: each number is its figure, each claim is true, each list says its cut.

From the embedded edition in every language; from the publishers' files for years that lack much, for
a day in the past, without each source in turn, and in another order of loading.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import read_back
from pypdf import PdfReader
from read_back import documents

from sojourn.factsheet.figures.figure import figures
from sojourn.factsheet.figures.opened import (
    all_values,
    evaluator,
    newest_day,
    newest_year,
)
from sojourn.factsheet.run.pack import pack
from sojourn.publish.content import ChartBlock, Document, Notes, Number, TableBlock
from sojourn.publish.page import render_html
from sojourn.publish.paper import render_pdf
from sojourn.publish.text import catalogue, languages
from sojourn.query.opening import NEWEST, open_data
from sojourn.store.manifest import read_manifest
from sojourn.store.observations import Store, open_store

SOURCES = ("undesa", "unhcr", "idmc", "eurostat", "iom", "who", "worldbank")
YEARS = (1990, 2000, 2010, 2015, 2019, 2020, 2023)
#: At least so many numbers, claims and lists with their cut stand on the embedded page of a year.
FLOORS = {2015: (150, 80, 18), 2024: (50, 50, 12)}
#: What stood on a page once and was false.
FALSE_THEN = (
    "39 people",
    "39 personnes",
    "39 personas",
    "Most migrants live in",
    "not in this edition",
    "between 2000 and 1990",
    "between 2000 and 2000",
    "today",
)


def faults(
    docs: dict[str, Document], truth: Store, year: int, language: str, as_of: date
) -> list[str]:
    ev, words, found = evaluator(truth, year, as_of), catalogue(language), []
    for document in docs.values():
        html = render_html(document)
        page = read_back.read_html(html)
        found += read_back.repeated(html)
        found += read_back.unlinked(html, [shown for shown, _ in page.numbers])
        found += read_back.wrong_numbers(page, ev, language)
        found += read_back.false_claims(page, ev, words)
        found += [t for t in page.texts for bad in FALSE_THEN if bad in t]
        found += [f"{a} of {b}" for a, b in read_back.lists_cut(page, words) if not 0 < a < b]
    return found


def sentences(docs: dict[str, Document]) -> list[tuple[str, ...]]:
    def plain(page: read_back.Printed) -> tuple[str, ...]:
        return tuple(t for t in page.texts if "sojourn load" not in t)

    return [plain(read_back.read_html(render_html(document))) for document in docs.values()]


@pytest.fixture(scope="module")
def embedded() -> Store:
    return open_data(None)[0]


@pytest.fixture(scope="module")
def full(loaded: Path) -> Store:
    return open_data(loaded)[0]


@pytest.mark.parametrize(
    ("year", "language"), [(year, code) for year in (2015, 2024) for code in languages()]
)
def test_the_embedded_page_is_true(year: int, language: str) -> None:
    embedded = open_data(None, year)[0]
    docs = documents(embedded, year, language)
    assert faults(docs, embedded, year, language, newest_day(embedded)) == []
    page = read_back.read_html(render_html(docs["factsheet"]))
    numbers, claims, lists = FLOORS[year]
    assert len(page.numbers) > numbers
    assert len(list(read_back.claims(page, catalogue(language)))) > claims
    assert len(read_back.lists_cut(page, catalogue(language))) >= lists


#: As the publishers print them: UN DESA's and UNHCR's own figures of 2024, IDMC's of 13 May 2025.
OF_2024 = {
    "migrant_stock": 304_021_813,
    "refugees_unhcr": 30_958_200,
    "refugees_with_unrwa": 36_872_601,
    "idps_conflict": 73_505_422,
    "new_displacements_disaster": 45_762_169,
}


def test_the_newest_embedded_year_reads_as_printed() -> None:
    store = open_data(None, NEWEST)[0]
    day = newest_day(store)
    assert newest_year(store, day) == NEWEST == 2024
    ev = evaluator(store, NEWEST, day)
    assert {figure: ev.one(figure).value for figure in OF_2024} == OF_2024
    assert not ev.one("forcibly_displaced").value
    terms = {f.redistribution for f in store.manifest.files}
    assert "none" not in terms


def test_the_reader_sees_a_wrong_number_and_a_false_claim(embedded: Store) -> None:
    html = render_html(documents(embedded, 2015, "en")["factsheet"])
    ev = evaluator(embedded, 2015, newest_day(embedded))
    spoiled = html.replace(
        "More people have moved between countries of the South than from South to North",
        "South–North migration is larger than South–South",
    )
    assert spoiled != html
    assert read_back.false_claims(read_back.read_html(spoiled), ev, catalogue("en"))
    spoiled = re.sub(r"(#trace-south_south[^>]*>)90\.1", r"\g<1>38.3", html)
    assert spoiled != html
    assert read_back.wrong_numbers(read_back.read_html(spoiled), ev, "en")


def test_the_paper_says_what_the_page_says(embedded: Store) -> None:
    docs = documents(embedded, 2015, "en")
    paper = PdfReader(BytesIO(render_pdf(docs["factsheet"])))
    printed = re.sub(r"\s", "", "".join(p.extract_text() for p in paper.pages))
    page = read_back.read_html(render_html(docs["factsheet"]))
    for text, found in read_back.claims(page, catalogue("en")):
        if not found[0].key.endswith(("_finding", ".topic")):
            assert re.sub(r"\s", "", text) in printed, text


#: The drawings of the embedded factsheets, by section.
DRAWN = {
    2015: {
        "key": "map-stock",
        "stock": "stock-region stock-trend",
        "places": "top-destinations top-origins top-host-share",
        "corridors": "chord heat top-corridors",
        "women": "women-region women-country women-trend top-destinations-women"
        " top-origins-women top-corridors-women",
        "displacement": "idps-trend displacements-trend refugee-hosts refugee-origins idps-top",
        "asylum": "asylum-claims",
        "solutions": "decisions-top hosts-of-origin",
        "borders": "returned-top crossings-route",
        "deaths": "deaths-route",
        "remittances": "remittances-top remittances-trend",
        "weight": "remittances-gdp remittances-sent",
        "work": "students-top students-origins cities-top",
    },
}
DRAWN[2024] = {
    **{s: DRAWN[2015][s] for s in ("key", "stock", "places", "corridors", "women", "displacement")},
    "solutions": "hosts-of-origin",
    "borders": "crossings-route",
}


@pytest.mark.parametrize("year", DRAWN)
def test_no_drawing_of_a_topic_vanishes(year: int) -> None:
    sections = documents(open_data(None, year)[0], year, "en")["factsheet"].sections
    found = {
        s.id: " ".join(b.chart.id for b in s.blocks if isinstance(b, ChartBlock)) for s in sections
    }
    assert {section: drawn for section, drawn in found.items() if drawn} == DRAWN[year]


def test_the_chord_diagram_is_drawn(embedded: Store) -> None:
    for language in languages():
        [corridors] = [
            s
            for s in documents(embedded, 2015, language)["factsheet"].sections
            if s.id == "corridors"
        ]
        charts = {b.chart.id: b.chart for b in corridors.blocks if isinstance(b, ChartBlock)}
        assert {"chord", "heat", "top-corridors"} <= set(charts)
        assert charts["chord"].light.count("<path") > 20


@pytest.mark.parametrize("year", YEARS)
def test_each_year_is_true(full: Store, year: int) -> None:
    docs = documents(full, year, "en")
    assert faults(docs, full, year, "en", newest_day(full)) == []
    for section in docs["factsheet"].sections:
        told = section.id in ("lacking", "changes")  # may say only what is not held
        told = told or any(isinstance(run, Number) for run in section.said)
        assert told or any(not isinstance(b, Notes) for b in section.blocks)


def test_others_are_counted_with_the_number_that_the_edition_prints(full: Store) -> None:
    """Summed over the countries, held against the edition's own row of the world."""
    ev = evaluator(full, 2015, newest_day(full))
    asked = figures()["south_south"]
    where = {k: v for k, v in asked.where.items() if k != "sex"}
    for value in ev.values("south_south"):
        extra = f"origin = '2003' AND destination = '900' AND sex = '{value.sex}'"
        rows, _ = ev.pinned(value.edition).rows(replace(asked, where=where), 2015, extra=extra)
        assert [f"'Others' ({r['value']:,.0f}) belongs" in value.formula for r in rows] == [True]


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_reasons_are_told_in_the_language(full: Store, language: str) -> None:
    words = catalogue(language)
    for year in (*YEARS, 2024):
        for day in (date(2016, 12, 31), newest_day(full)):
            reasons = {v.reason for v in all_values(evaluator(full, year, day)) if v.reason}
            # told by messages of their own
            reasons -= {getattr(f, "why", "") for f in figures().values()}
            assert [r for r in reasons if words.reason(r) == r] == []


def test_every_printed_route_has_a_name_in_the_language(full: Store, embedded: Store) -> None:
    routes = {
        value.area
        for store in (full, embedded)
        for year in range(2014, 2027)
        for value in evaluator(store, year, newest_day(store)).values("dead_and_missing_by_route")
        if value.value is not None
    } - {"not_stated"}
    assert len(routes) > 10
    for language in languages():
        known = catalogue(language).messages
        keys = {f"route.{route.lower().replace(' ', '_')}" for route in routes}
        assert sorted(keys - set(known)) == []


def test_a_year_that_cannot_be_compared_yet_says_so() -> None:
    store = open_data(None, NEWEST)[0]
    for language in languages():
        html = render_html(documents(store, NEWEST, language)["what-changed"])
        before = catalogue(language).messages["changes.early"].partition("{")[0]
        assert before in html


def test_highest_and_lowest_are_told_apart(embedded: Store) -> None:
    for language in languages():
        words = catalogue(language)
        html = render_html(documents(embedded, 2015, language)["women-and-girls"])
        told = read_back.pattern(words.messages["list.extremes"])
        found = [m for t in read_back.read_html(html).texts for m in [told.search(t)] if m]
        assert [(m["high"], m["low"]) for m in found] == [("10", "10")]


def test_as_known_in_2016(full: Store) -> None:
    day = date(2016, 12, 31)
    docs = documents(full, 2015, "en", day)
    assert faults(docs, full, 2015, "en", day) == []
    [iom] = [s for s in docs["factsheet"].sections if s.id == "iom-section"]
    assert iom.heading.endswith("as known on 31 December 2016")
    [told] = [s for s in docs["factsheet"].sections if s.id == "problems-section"]
    [table] = [b for b in told.blocks if isinstance(b, TableBlock)]
    released = {str(row[2][0]).split("@")[1].split("#")[0] for row in table.rows}
    assert max(released) <= "2016-12-31"  # no contradiction of an edition of later


def test_a_topic_without_numbers_is_in_no_note(full: Store) -> None:
    """Of 1990 no file of Eurostat, IDMC, UNESCO or IOM gives anything, with sex or without."""
    html = render_html(documents(full, 1990, "en")["factsheet"])
    [note] = [t for t in read_back.read_html(html).texts if t.startswith("Not by sex in the files")]
    assert "UNHCR" in note
    assert [n for n in ("Eurostat", "IDMC", "UNESCO", "IOM", "Frontex") if n in note] == []
    assert "IDMC both count" not in html


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_marks_and_problems_are_told_in_the_language(full: Store, language: str) -> None:
    words = catalogue(language)
    marks = {
        part
        for year in (2010, 2015, 2020)
        for v in all_values(evaluator(full, year, newest_day(full)))
        for part in v.mark.split("; ")
    } - {""}
    assert len(marks) > 5
    assert [m for m in marks if words.mark(m) == m] == []
    page = read_back.read_html(render_html(documents(full, 2015, language)["factsheet"]))
    told = " ".join(page.texts)
    found = [w for w in ("reads", "members sum", "lower bound", "its cells are") if w in told]
    assert found == []


@pytest.mark.parametrize("source", SOURCES)
def test_without_each_source(loaded: Path, source: str) -> None:
    manifest = read_manifest(loaded)
    kept = tuple(f for f in manifest.files if not f.dataset.startswith(f"{source}."))
    store = open_store(replace(manifest, files=kept))
    docs = documents(store, 2015, "en")
    assert faults(docs, store, 2015, "en", newest_day(store)) == []


@pytest.fixture(scope="module")
def packed(full: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    kept = tuple(f for f in full.manifest.files if f.dataset.split(".")[0] in (*SOURCES, "wpp"))
    out = tmp_path_factory.mktemp("packed") / "pack"
    pack(open_store(replace(full.manifest, files=kept)), 2015, out)
    return out


@pytest.mark.parametrize("language", languages())
def test_a_pack_prints_the_sentences_of_its_store(full: Store, packed: Path, language: str) -> None:
    kept = tuple(f for f in full.manifest.files if f.dataset.split(".")[0] in (*SOURCES, "wpp"))
    whole = open_store(replace(full.manifest, files=kept))
    small = open_data(packed)[0]
    assert newest_day(small) == newest_day(whole)
    theirs, ours = (sentences(documents(s, 2015, language)) for s in (whole, small))
    for a, b in zip(theirs, ours, strict=True):
        assert a == b


def test_order_of_loading_changes_no_byte(full: Store, packed: Path, tmp_path: Path) -> None:
    kept = [f for f in full.manifest.files if f.dataset.split(".")[0] in (*SOURCES, "wpp")]
    turned = open_store(replace(full.manifest, files=tuple(reversed(kept))))
    pack(turned, 2015, tmp_path / "again")
    for path in sorted(p for p in packed.rglob("*") if p.is_file()):
        again = tmp_path / "again" / path.relative_to(packed)
        assert again.read_bytes() == path.read_bytes(), path.name
