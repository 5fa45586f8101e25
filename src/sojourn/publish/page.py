"""A document as HTML: light and dark, wide screen and phone; whole without a script."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from sojourn.errors import PublishError
from sojourn.publish.card import Card
from sojourn.publish.content import Block, ChartBlock, Document, anchors, numbers
from sojourn.publish.inline import Drawings
from sojourn.publish.theme import css_variables

# script: (family, stem of the files, characters it holds, when a page needs it)
_SCRIPTS = {
    "latin": ("Noto Sans", "NotoSans", "U+0000-03FF,U+1E00-2FFF", re.compile("")),
    "cyrillic": ("Noto Sans", "NotoSans", "U+0400-052F", re.compile("[\u0400-\u052f]")),
    "arabic": (
        "Noto Sans Arabic",
        "NotoSansArabic",
        "U+0600-06FF,U+200C-200F,U+FB50-FDFF,U+FE70-FEFF",
        re.compile("[\u0600-\u06ff]"),
    ),
}


@dataclass(frozen=True)
class _Group:
    """Neighbouring charts share a row; every other block stands alone."""

    charts: tuple[ChartBlock, ...] = ()
    block: Block | None = None

    @property
    def kind(self) -> str:
        return type(self.block).__name__


_AT_NOUGHT = re.compile(
    r'(<(?:rect|text)\b[^>]*?) x="0"|<path d=""[^>]*/>'
)  # says nothing: nought is meant without


def _groups(blocks: Sequence[Block]) -> Iterator[_Group]:
    charts: list[ChartBlock] = []
    for block in blocks:
        if isinstance(block, ChartBlock):
            charts.append(block)
            continue
        if charts:
            yield _Group(charts=tuple(charts))
            charts = []
        yield _Group(block=block)
    if charts:
        yield _Group(charts=tuple(charts))


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("sojourn.publish", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


@cache
def _css(name: str) -> str:
    return files("sojourn.publish.templates").joinpath(name).read_text("utf-8")


@cache
def _face(script: str) -> str:
    family, stem, characters, _ = _SCRIPTS[script]
    faces = []
    for style, weight in (("Regular", 400), ("SemiBold", 600)):
        font = files("sojourn.publish.fonts").joinpath(f"{stem}-{style}.{script}.woff2")
        source = f"data:font/woff2;base64,{b64encode(font.read_bytes()).decode('ascii')}"
        faces.append(
            f"@font-face{{font-family:'{family}';font-weight:{weight};font-display:swap;"
            f"src:url({source}) format('woff2');unicode-range:{characters}}}"
        )
    return "".join(faces)


def _typeface(page: str) -> str:
    """Return the typeface as `data:`, of the scripts that the page uses and no others."""
    return "".join(_face(name) for name, parts in _SCRIPTS.items() if parts[3].search(page))


def render_html(document: Document) -> str:
    """Return the page; the same document gives the same text.

    The drawings are inline and coloured by the page's variables; every word and label is escaped.

    Raises
    ------
    PublishError
        A number leads to a lineage that the document does not hold.
    """
    known = frozenset(anchors(document))
    known |= {f"trace-{i}" for i in (document.tracing.ids if document.tracing else ())}
    for number in numbers(document):
        if number.lineage_id is not None and f"trace-{number.lineage_id}" not in known:
            raise PublishError(
                f"the number {number.display!r} of {document.title!r} ({document.language}) leads "
                f"to the lineage {number.lineage_id!r}, which the document does not hold",
                hint="add its tree to the LineageAppendix, or give the number no lineage",
            )
    drawings = Drawings(document.tracing)
    page = _template("page.html").render(
        doc=document,
        groups=_groups,
        css=_css("page.css"),
        script=_css("card.js") if document.tracing else "",
        drawings=drawings,
        light=css_variables("light"),
        dark=css_variables("dark"),
    )
    page = _AT_NOUGHT.sub(r"\1", page.replace("<!--sprite-->", drawings.sprite(), 1))
    return page.replace("<style>", f"<style>{_typeface(page)}", 1)


def render_embed(document: Document, block: ChartBlock, own: str) -> str:
    """Return one chart as a small page of its own, to stand inside somebody else's page.

    Parameters
    ----------
    own : str
        The page that the chart comes from, a folder above.
    """
    drawings = Drawings()
    page = _template("embed.html").render(
        doc=document,
        b=block,
        own=own,
        css=_css("page.css"),
        drawings=drawings,
        light=css_variables("light"),
        dark=css_variables("dark"),
    )
    return page.replace("<!--sprite-->", drawings.sprite(), 1)


def render_lineage(document: Document, cards: Sequence[Card], back: str) -> str:
    """Return the page that tells where each number comes from: every card, written out.

    Parameters
    ----------
    back : str
        Address of the page that the numbers stand on.
    """
    page = _template("lineage.html").render(
        doc=document,
        cards=cards,
        back=back,
        css=_css("page.css"),
        light=css_variables("light"),
        dark=css_variables("dark"),
    )
    return page.replace("<style>", f"<style>{_typeface(page)}", 1)
