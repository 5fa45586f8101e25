"""A document as one HTML file: style, typeface and drawings inside, no script, no network."""

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from sojourn.errors import PublishError
from sojourn.publish.chart import Chart
from sojourn.publish.content import (
    ChangesTable,
    ChartBlock,
    Document,
    Facts,
    Footnote,
    KeyNumbers,
    LineageAppendix,
    Link,
    Notes,
    Number,
    Paragraph,
    RichText,
    Run,
    Strong,
    TableBlock,
    anchors,
    numbers,
)
from sojourn.publish.theme import css_variables

_TEMPLATES = {
    Paragraph: "paragraph",
    KeyNumbers: "key_numbers",
    Facts: "facts",
    ChartBlock: "chart",
    TableBlock: "table",
    ChangesTable: "changes",
    Notes: "notes",
    LineageAppendix: "lineage",
}
_CYRILLIC = re.compile("[\u0400-\u052f]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_SAFE_HREF = re.compile(
    r"(https?:|mailto:|data:(text/csv|image/svg\+xml|image/png)[;,]|#|[^:/?#]*($|[/?#]))"
)


def render_html(document: Document) -> str:
    """Return the document as one self-contained page.

    Raises
    ------
    PublishError
        If a number leads to a lineage that the document does not hold, or a link could run code.
    """
    known = frozenset(anchors(document))
    for number in numbers(document):
        if number.lineage_id is not None and f"trace-{number.lineage_id}" not in known:
            raise PublishError(
                f"the number {number.display!r} of {document.title!r} ({document.language}) leads "
                f"to the lineage {number.lineage_id!r}, which the document does not hold",
                hint="add its tree to the LineageAppendix, or give the number no lineage",
            )
    writer = _Writer(document)
    page = (
        _environment()
        .get_template("page.html")
        .render(
            document=document,
            rich=writer.rich,
            drawing=_drawing,
            kind=lambda block: _TEMPLATES[type(block)],
            collect=writer.collect,
            style=_style(),
        )
    )
    return page.replace("/*fonts*/", font_faces(page))


class _Writer:
    """Rich text as markup; footnotes are numbered and handed over at the end of a section."""

    def __init__(self, document: Document) -> None:
        self.trace = document.labels.trace
        self.count = 0
        self.waiting: list[tuple[int, Markup]] = []

    def rich(self, content: RichText) -> Markup:
        return Markup("").join(self._run(run) for run in content)

    def collect(self) -> list[tuple[int, Markup]]:
        waiting, self.waiting = self.waiting, []
        return waiting

    def _run(self, run: Run) -> Markup:
        match run:
            case str():
                return escape(run)
            case Strong():
                return Markup("<strong>{}</strong>").format(run.text)
            case Number(lineage_id=None):
                return Markup('<span class="n">{}</span>').format(run.display)
            case Number():
                return Markup('<a class="n" href="#trace-{}" title="{}">{}</a>').format(
                    run.lineage_id, self.trace, run.display
                )
            case Link():
                return Markup('<a href="{}">{}</a>').format(safe_href(run.href), run.text)
            case Footnote():
                self.count += 1
                number = self.count
                self.waiting.append((number, self.rich(run.content)))
                return Markup(
                    '<sup><a id="fnref-{0}" href="#fn-{0}" role="doc-noteref">{0}</a></sup>'
                ).format(number)


def safe_href(href: str) -> str:
    """Return an address that cannot run code: web, mail, own files, or data of our own kinds.

    >>> safe_href("figures.csv")
    'figures.csv'
    """
    if not _SAFE_HREF.match(href) or href.startswith("//"):
        raise PublishError(
            f"the link {href[:60]!r} is neither a web address, a file beside the page, nor data",
            hint="use https:, mailto:, a relative path, #id, or data: of CSV, SVG or PNG",
        )
    return href


def data_uri(media_type: str, content: bytes) -> str:
    """Return content as a `data:` address, so that a single page can offer it as a file.

    >>> data_uri("text/csv", b"a,b")
    'data:text/csv;base64,YSxi'
    """
    return f"data:{media_type};base64,{b64encode(content).decode('ascii')}"


def _drawing(chart: Chart) -> Markup:
    """Return the drawing in place; it came out of our own writer, which escapes every word."""
    return Markup(chart.svg)  # noqa: S704 - not user markup


def font_faces(page: str) -> str:
    """Return the typeface as `data:`, of the scripts that the page uses and no others."""
    scripts = ["latin"]
    scripts += ["cyrillic"] if _CYRILLIC.search(page) else []
    scripts += ["arabic"] if _ARABIC.search(page) else []
    return "".join(_faces(scripts))


_RANGES = {
    "latin": "U+0000-03FF,U+1E00-2FFF",
    "cyrillic": "U+0400-052F",
    "arabic": "U+0600-06FF,U+200C-200F,U+FB50-FDFF,U+FE70-FEFF",
}


def _faces(scripts: Iterable[str]) -> Iterable[str]:
    for script in scripts:
        family = "NotoSansArabic" if script == "arabic" else "NotoSans"
        name = "Noto Sans Arabic" if script == "arabic" else "Noto Sans"
        for style, weight in (("Regular", 400), ("SemiBold", 600)):
            source = _font(f"{family}-{style}.{script}.woff2")
            yield (
                f"@font-face{{font-family:'{name}';font-weight:{weight};font-display:swap;"
                f"src:url({source}) format('woff2');unicode-range:{_RANGES[script]}}}"
            )


@cache
def _font(name: str) -> str:
    return data_uri("font/woff2", files("sojourn.publish.fonts").joinpath(name).read_bytes())


@cache
def _style() -> Markup:
    css = files("sojourn.publish.pages").joinpath("style.css").read_text("utf-8")
    css = css.replace("/*light*/", css_variables("light"))
    return Markup(css.replace("/*dark*/", css_variables("dark")))  # noqa: S704 - our own file


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sojourn.publish.pages", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["safe_href"] = safe_href
    return environment
