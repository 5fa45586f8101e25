"""A page is one file: safe, linked, readable without script, the same each time."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from types import ModuleType

import pytest

from sojourn.errors import PublishError
from sojourn.publish.content import Link, Number, Paragraph, Section, safe_href
from sojourn.publish.page import render_html

VOID = {"meta", "link", "br", "rect", "line", "circle", "path"}


class Page(HTMLParser):
    """Ids, links and the nesting of elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.note(tag, dict(attrs))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.note(tag, dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def note(self, tag: str, attrs: dict[str, str | None]) -> None:
        self.tags.append(tag)
        self.ids += [attrs["id"]] if attrs.get("id") else []
        self.links += [attrs["href"]] if tag == "a" and attrs.get("href") else []


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_each_language_is_a_whole_page_with_no_dead_link(demo: ModuleType, language: str) -> None:
    text = render_html(demo.demo_document(language))
    page = Page(text)
    assert page.wrong == []
    assert page.open == []
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside - set(page.ids) == set()
    assert len(page.ids) == len(set(page.ids))
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in text


def test_a_page_needs_neither_script_nor_network(demo: ModuleType) -> None:
    text = render_html(demo.demo_document())
    assert "<script" not in text
    assert re.findall(r'(?:src|href)="(?:https?:)?//(?!example\.org)', text) == []
    assert re.findall(r"url\((?!data:|#)", text) == []
    assert re.findall(r"@import", text) == []


def test_the_typeface_of_arabic_comes_along_only_where_arabic_is_read(demo: ModuleType) -> None:
    assert "Noto Sans Arabic';font-weight" in render_html(demo.demo_document("ar"))
    assert "Noto Sans Arabic';font-weight" not in render_html(demo.demo_document("en"))


def test_the_same_document_gives_the_same_page(demo: ModuleType) -> None:
    assert render_html(demo.demo_document("fr")) == render_html(demo.demo_document("fr"))


def test_words_that_look_like_markup_stay_words(demo: ModuleType) -> None:
    document = demo.demo_document()
    nasty = replace(document, title='<script>alert(1)</script> & "co"')
    text = render_html(nasty)
    assert "<script>" not in text
    assert "Isla &lt;Süd&gt;" in text


def test_every_number_with_a_lineage_is_a_link_to_it(demo: ModuleType) -> None:
    text = render_html(demo.demo_document())
    assert '<a class="n" href="#trace-root"' in text
    assert '<details id="trace-root">' in text


def test_a_number_that_leads_nowhere_is_refused(demo: ModuleType) -> None:
    document = demo.demo_document()
    lost = Section(
        id="lost",
        topic="Lost",
        heading="Lost",
        blocks=(Paragraph(content=(Number("7", "no-such-tree"),)),),
    )
    with pytest.raises(PublishError, match=r"'7'.*'no-such-tree'.*does not hold"):
        render_html(replace(document, sections=(*document.sections, lost)))


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "JAVASCRIPT:x",
        " javascript:x",
        "vbscript:x",
    ],
)
def test_a_link_that_could_run_code_is_refused(href: str) -> None:
    with pytest.raises(PublishError, match="neither a web address"):
        safe_href(href)


@pytest.mark.parametrize(
    "href", ["a.csv", "charts/a.svg", "#id", "https://example.org/a?b=c", "mailto:a@example.org"]
)
def test_an_honest_link_passes(href: str) -> None:
    assert safe_href(href) == href


def test_two_places_may_not_share_an_id(demo: ModuleType) -> None:
    document = demo.demo_document()
    with pytest.raises(PublishError, match="share the id 'key'"):
        replace(document, sections=(document.sections[0], document.sections[0]))


def test_a_link_in_the_text_is_checked_too() -> None:
    with pytest.raises(PublishError, match="javascript"):
        Link("x", "javascript:x")


def test_each_chart_has_its_table_twin_and_its_words(demo: ModuleType) -> None:
    text = render_html(demo.demo_document())
    assert text.count('<details class="twin">') == 3
    narrow = 3  # each drawing once more, for a phone
    assert text.count('role="img"') == 3 + narrow + 8
    assert '<th scope="row">=Côte</th><td>3.5</td>' in text
