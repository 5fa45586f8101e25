"""The pages that tell where each number comes from, read whole: their words, in each language."""

import re
from html import unescape
from pathlib import Path

import pytest

from sojourn.factsheet.figures.opened import newest_day
from sojourn.factsheet.run.factsheet import Request, build
from sojourn.publish.text import languages
from sojourn.query.opening import open_data

YEARS = (2015, 2024)
#: What would be English, a wrong plural, a wrong term or a wrong mark on a page of a language.
NEVER = {
    "en": (r"\b1 cells", r"\b1 more cells", r"cells are not the publisher’s bytes"),
    "fr": (
        r"[^\u202f];",
        r"\b(edition|last update|data of|rounded|as quoted|below the least|per cent)\b",
        r"\b1 (autres )?cellules",
        r"(million|milliard)s? (personnes|dollars|morts|déplacements)",
        r"éditeur",
    ),
    "es": (
        r"\b(edition|last update|data of|rounded|as quoted|below the least|per cent)\b",
        r"\b1 celdas",
        r"(millón|millones) (personas|dólares|muertos|desplazamientos)",
        r"\beditor(es)?\b",
    ),
}


@pytest.fixture(scope="module", params=YEARS)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    year = int(request.param)
    store = open_data(None, year)[0]
    out = tmp_path_factory.mktemp("told") / str(year)
    day = newest_day(store)
    build(store, Request(year, day, tuple(languages()), embedded=True), out)
    return out


def rows(folder: Path, language: str) -> list[str]:
    [page] = folder.glob(f"lineage-*.{language}.html")
    html = re.sub(r"(?s)<(style|script).*?</\1>", "", page.read_text("utf-8"))
    found = re.findall(r"(?s)<(?:dd|dt|h\d|p|summary|span)[^>]*>(.*?)</", html)
    return [unescape(re.sub(r"<[^>]*>", "", one)).replace("\u00a0", " ") for one in found]


@pytest.mark.parametrize("language", languages())
def test_the_lineage_is_in_the_words_of_its_language(told: Path, language: str) -> None:
    read = rows(told, language)
    assert len(read) > 3000
    for never in NEVER.get(language, ()):
        assert [one for one in read if re.search(never, one)][:3] == [], never


@pytest.mark.parametrize("language", languages())
def test_a_source_is_named_once_and_its_terms_as_terms(told: Path, language: str) -> None:
    read = rows(told, language)
    joined = [one for one in read if " + " in one]
    assert [one for one in joined if len(set(one.split(" + "))) < one.count(" + ") + 1] == []
    lead = {"en": "Terms: ", "fr": "Conditions\u202f: ", "es": "Condiciones: "}[language]
    cited = [one for one in read if "United Nations database, Rev.2" in one and "©" in one]
    assert cited
    assert [one for one in cited if lead not in one] == []
