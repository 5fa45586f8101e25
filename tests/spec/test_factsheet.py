"""The factsheet from the embedded edition: complete, linked, the same bytes every time."""

import csv
import gzip
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import matterhorn
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

import sojourn
from sojourn.cli import cli
from sojourn.publish.text import languages

VERDICTS = {
    "exact",
    "within rounding",
    "revised by the publisher",
    "needs an input we do not have",
    "cannot be reproduced",
}
COLUMNS = (
    "figure_id,label,time_period,sex,area,value,unit,edition,as_of,published_value,published_in,"
    "published_on,difference,verdict,reason,lineage_id"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("factsheet") / "out"
    sojourn.open().factsheet(2015, out)
    return out


def pages(built: Path) -> list[Path]:
    return sorted(built.glob("*.html"))


def test_every_part_is_written_in_every_language(built: Path) -> None:
    names = {p.name for p in built.iterdir()}
    for language in languages():
        for stem in ("factsheet", "women-and-girls", "what-changed"):
            assert {f"{stem}-2015.{language}.html", f"{stem}-2015.{language}.pdf"} <= names
        assert {f"report-2015.{language}.pdf", f"lineage-2015.{language}.pdf"} <= names
        assert {f"lineage-2015.{language}.html", f"cards-2015.{language}.js"} <= names
    assert {"figures.csv", "figures.json", "lineage.json", "charts"} <= names
    kinds = Counter(p.suffix for p in (built / "charts").iterdir())
    assert kinds[".svg"] == kinds[".png"] == kinds[".csv"] >= 15 * len(languages())


def test_the_same_input_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """But for the way to the other languages, which a page written in one alone does not have."""
    elsewhere = re.compile(rb'<link rel="alternate"[^>]*>|<span class="lang".*?</span>', re.S)
    sojourn.open().factsheet(2015, tmp_path / "again", language=["en"])
    for path in (tmp_path / "again").rglob("*.en.*"):
        first, again = (
            elsewhere.sub(b"", p.read_bytes())
            for p in (built / path.relative_to(tmp_path / "again"), path)
        )
        assert first == again, path


def anchors(path: Path) -> set[str]:
    return set(re.findall(r' id="([^"]+)"', path.read_text("utf-8")))


def test_pages_need_no_network_and_every_number_leads_to_its_lineage(built: Path) -> None:
    for path in pages(built):
        text = path.read_text("utf-8")
        if path.name.startswith("lineage"):
            continue
        assert re.findall(r'(?:src|href)="(?:https?:)?//', text) == [], path.name
        assert re.findall(r"<script[^>]+src", text) == [], "cards are loaded by a click, not before"
        assert set(re.findall(r'href="#([^"]+)"', text)) <= anchors(path), path.name
        assert len(re.findall(r'class="n" href="lineage-2015', text)) > 10
        for page in set(re.findall(r'href="(lineage-[^"#]+)#', text)):
            wanted = set(re.findall(rf'href="{page}#([^"]+)"', text))
            assert wanted <= anchors(built / page), path.name
        for name in re.findall(r'href="(charts/[^"]+|[\w.-]+\.html)"', text):
            assert (built / name).exists(), name


def test_the_first_page_says_whose_it_is_and_what_it_holds(built: Path) -> None:
    text = (built / "factsheet-2015.en.html").read_text("utf-8")
    assert "not an IOM publication" in text
    assert "This is the embedded edition" in text
    assert "sojourn load" in text


def test_papers_are_accessible_and_small_enough_to_mail(built: Path) -> None:
    for path in built.glob("*.pdf"):
        pdf = PdfReader(BytesIO(path.read_bytes()))
        assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert b"pdfuaid:part" in pdf.trailer["/Root"]["/Metadata"].get_data()
        assert pdf.outline
        assert path.stat().st_size < 3_000_000
        few = path.name.startswith(("factsheet", "women"))  # what a page paints takes long to read
        assert matterhorn.failures(pdf, content=few) == []


@pytest.mark.parametrize("stem", ["factsheet", "report", "women-and-girls"])
def test_a_paper_has_language_title_headings_in_order_and_words_for_every_drawing(
    built: Path, stem: str
) -> None:
    for language in ("en", "fr", "es"):
        root = PdfReader(built / f"{stem}-2015.{language}.pdf").trailer["/Root"]
        assert root["/Lang"] == language
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]
        tags = list(_tags(root["/StructTreeRoot"]))
        levels = [int(name[2]) for name, _ in tags if re.fullmatch(r"/H[1-6]", name)]
        assert levels[0] == 1
        assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
        drawings = [words for name, words in tags if name == "/Figure"]
        assert len(drawings) > 5
        assert all(drawings)
        heads = sum(name == "/TH" for name, _ in tags)
        assert heads >= 3 * sum(name == "/Table" for name, _ in tags)


def _tags(node: Any) -> Iterator[tuple[str, str]]:
    """Yield the tags of a PDF in reading order, each with its alternative text."""
    node = node.get_object()
    if not hasattr(node, "get"):
        return
    if "/S" in node:
        yield str(node["/S"]), str(node.get("/Alt") or "")
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        if not isinstance(child, int):
            yield from _tags(child)


def test_every_figure_row_has_its_lineage_and_every_verdict_its_evidence(built: Path) -> None:
    text = (built / "figures.csv").read_text("utf-8")
    assert text.splitlines()[0] == COLUMNS
    lineage = json.loads((built / "lineage.json").read_text("utf-8"))
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == len({r["lineage_id"] for r in rows}) > 300
    judged = [r for r in rows if r["verdict"]]
    assert len(judged) >= 12
    for row in rows:
        assert row["lineage_id"] in lineage
        assert row["value"] or row["reason"], row
        assert bool(row["edition"]) == bool(row["value"]), row
    for row in judged:
        assert row["verdict"] in VERDICTS
        assert row["published_value"]
        assert row["published_in"]
        assert row["reason"]
    assert json.loads((built / "figures.json").read_text("utf-8"))["about"]["embedded"] is True


def test_a_lineage_ends_in_cells_or_says_why_not(built: Path) -> None:
    lineage = json.loads((built / "lineage.json").read_text("utf-8"))

    def leaves(node: dict) -> list[dict]:
        return [x for part in node["parts"] for x in leaves(part)] or [node]

    for node in lineage.values():
        for leaf in leaves(node) if node["value"] is not None else ():
            carried_ready_made = leaf["n_inputs"] > 1 and "sum of" in leaf["formula"]
            assert leaf["inputs"] or carried_ready_made, node["lineage_id"]


def test_drawings_are_described_and_have_their_table(built: Path) -> None:
    for path in (built / "charts").glob("*.svg"):
        text = path.read_text("utf-8")
        assert re.search(r"<title[^>]*>[^<]+</title><desc[^>]*>[^<]+</desc>", text), path.name
        assert "var(--" not in text
        table = path.with_suffix(".csv").read_text("utf-8").splitlines()
        assert len([line for line in table if not line.startswith("#")]) > 2, path.name


def test_the_flow_section_is_added_when_asked_for(loaded: Path, tmp_path: Path) -> None:
    out = tmp_path / "f"
    asked = [
        "factsheet",
        "2015",
        "--flows",
        "--data",
        str(loaded),
        "--out",
        str(out),
        "--language",
        "en",
    ]
    assert CliRunner().invoke(cli, asked).exit_code == 0
    html = (out / "factsheet-2015.en.html").read_text("utf-8")
    for part in ("moved-flows", "moved-net"):
        assert f'id="{part}"' in html
    assert (out / "charts" / "flow-net.en.svg").is_file()


def test_without_the_stock_tables_the_flow_section_is_refused(tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli, ["factsheet", "2015", "--flows", "--out", str(tmp_path / "f")])
    assert ran.exit_code != 0
    assert "edition in the store" in str(ran.exception)
    assert not (tmp_path / "f").exists()


def test_the_factsheet_is_two_pages_and_the_report_a_dozen(built: Path) -> None:
    for language in languages():
        front = PdfReader(built / f"factsheet-2015.{language}.pdf")
        assert len(front.pages) == 2, language
        assert 8 <= len(PdfReader(built / f"report-2015.{language}.pdf").pages) <= 15, language


def test_a_page_is_small_and_holds_no_download_a_second_time(built: Path) -> None:
    for language in languages():
        text = (built / f"factsheet-2015.{language}.html").read_bytes()
        assert len(text) <= 600_000, language
        assert len(gzip.compress(text)) <= 200_000, language
        assert b"data:text/csv" not in text


def test_one_file_holds_everything_when_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "f"
    asked = ["factsheet", "2015", "--single-file", "--out", str(out), "--language", "fr"]
    assert CliRunner().invoke(cli, asked).exit_code == 0
    text = (out / "factsheet-2015.fr.html").read_text("utf-8")
    assert "data:text/csv" in text
    pages = re.findall(r'href="([\w.-]+\.html)"', text)  # also of other languages
    assert all((out / name).is_file() for name in pages)
    assert set(re.findall(r'href="#([^"]+)"', text)) <= anchors(out / "factsheet-2015.fr.html")
    assert "<script" not in text


def test_a_card_says_in_words_where_a_number_comes_from(built: Path) -> None:
    text = (built / "cards-2015.fr.js").read_text("utf-8")
    found = json.loads(text.removeprefix("window.sojournCards=").removesuffix(";\n"))
    name = next(k for k in found["c"] if k.startswith("migrant_stock.2015._T.900."))
    title, value, rows, _ = found["c"][name]
    told = {found["t"][r[0]]: found["t"][r[1]] for r in rows}
    assert title == "Migrants internationaux, 2015"
    assert value.endswith("personnes")
    assert told["Origine de la valeur"] == "telle qu’imprimée par le producteur"
    assert (
        "feuille «\N{NARROW NO-BREAK SPACE}Table 1\N{NARROW NO-BREAK SPACE}», cellule K12 (Monde"
        in told["Cellule"]
    )
    assert re.search(r"SHA-256 [0-9a-f]{64}", told["Fichier"])
    assert not [t for t in found["t"] if re.search(r"\b_T\b|PERSONS|migrant_stock|, 900\b", t)]


def card_of(built: Path, language: str, begins: str) -> dict[str, list[str]]:
    """Return a card's rows by name; its value under an empty name."""
    text = (built / f"cards-2015.{language}.js").read_text("utf-8")
    found = json.loads(text.removeprefix("window.sojournCards=").removesuffix(";\n"))
    name = next(k for k in found["c"] if k.startswith(begins))
    _, value, rows, _ = found["c"][name]
    told: dict[str, list[str]] = {"": [value]}
    for row in rows:
        told.setdefault(found["t"][row[0]], []).append(found["t"][row[1]])
    return told


@pytest.mark.parametrize(
    ("begins", "value", "way"),
    [
        ("top_remittances_share_of_gdp.", "34.3%", "the first cell ÷ the second, in per cent"),
        ("top_students_origins.", "818,615 persons", "the first cell less the second"),
        ("foreign_born_in_cities.", "83%", "as the publication prints it, cited"),
        ("remittances_world.2015.", "592,270,867,465.08 US dollars", "as printed by the publisher"),
        ("dead_and_missing.2015.", "6,584 dead and missing", "summed from 808 cells"),
    ],
)
def test_a_card_says_what_was_done_to_its_cells(
    built: Path, begins: str, value: str, way: str
) -> None:
    told = card_of(built, "en", begins)
    assert (told[""][:1], told["How it came about"]) == ([value], [way])


def test_a_card_gives_a_printed_number_as_it_was_printed(built: Path) -> None:
    [share, *_] = card_of(built, "en", "share_of_population.2015._T.900")["Elsewhere"]
    assert share == "IOM, Global Migration Trends Factsheet 2015: around 3% (within rounding)"
    [deaths] = card_of(built, "fr", "dead_and_missing.2015.")["Ailleurs"]
    assert "au moins 5\N{NARROW NO-BREAK SPACE}417" in deaths


def test_the_cells_and_constants_of_a_card_make_its_number(built: Path) -> None:
    told = card_of(built, "en", "remittances_world.2015.")
    assert told["Cell"][0].endswith("= 592,270.87 × 1,000,000")
    told = card_of(built, "en", "refugees_with_unrwa.2015.")
    numbers = [int(t.rpartition(": ")[2].replace(",", "")) for t in told["Computed from"]]
    assert told[""] == [f"{sum(numbers):,} persons"]
    assert (
        "line 693, column D = 123,127" in card_of(built, "en", "top_students_origins.")["Cell"][0]
    )
    assert "Publication" in card_of(built, "en", "foreign_born_in_cities.")
    [file] = card_of(built, "en", "dead_and_missing.2015.")["File"]  # of cells not carried along
    assert file.startswith("MissingMigrants-Global-2020-01-08T14-05-32.csv, SHA-256 d79a5910")


def test_a_picture_and_a_table_carry_their_source(built: Path) -> None:
    for path in (built / "charts").glob("top-destinations.*.svg"):
        text = path.read_text("utf-8")
        assert "United Nations" in text
        assert "CC BY" in text
    rows = (built / "charts" / "top-destinations.en.csv").read_text("utf-8").splitlines()
    assert rows[0].startswith("# ")
    head = next(r for r in rows if not r.startswith("#"))
    assert head == "code,area,sex,year,value,unit,status,edition,cell"


def empty_columns(paper: Path) -> list[tuple[int, int]]:
    """Return the pages on which the left half stands empty beside text, and how high [pt]."""
    found = []
    for n, page in enumerate(PdfReader(paper).pages, start=1):
        spots: list[tuple[float, float]] = []

        def seen(text: str, cm: list[float], tm: list[float], *_: Any, into: Any = spots) -> None:
            if text.strip():
                x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
                into.append((x, tm[4] * cm[1] + tm[5] * cm[3] + cm[5]))

        page.extract_text(visitor_text=seen)
        inside = [(x, y) for x, y in spots if 46 < y < 780]  # between the running head and foot
        middle = float(page.mediabox.width) / 2
        left = sorted([780.0, min(y for _, y in inside), *(y for x, y in inside if x < middle)])
        for low, high in itertools.pairwise(left):
            alone = [y for x, y in inside if x >= middle and low < y < high]
            if alone and max(alone) - min(alone) > 200:
                found.append((n, round(max(alone) - min(alone))))
    return found


@pytest.mark.parametrize("language", languages())
def test_no_column_of_the_report_stands_empty(built: Path, language: str) -> None:
    assert empty_columns(built / f"report-2015.{language}.pdf") == []
