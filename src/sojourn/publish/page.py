"""A document as one self-contained HTML page: no script, light and dark, paper and phone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from sojourn.publish.content import Block, ChartBlock, Document
from sojourn.publish.theme import css_variables


@dataclass(frozen=True)
class _Group:
    """Neighbouring charts share a row; every other block stands alone."""

    charts: tuple[ChartBlock, ...] = ()
    block: Block | None = None

    @property
    def kind(self) -> str:
        return type(self.block).__name__


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
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("sojourn.publish", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")


@cache
def _css() -> str:
    return files("sojourn.publish.templates").joinpath("page.css").read_text("utf-8")


def render_html(document: Document) -> str:
    """Return the page; the same document gives the same text.

    The drawings are inline and coloured by the page's variables; every word and label is escaped.
    """
    return _template().render(
        doc=document,
        groups=_groups,
        css=_css(),
        light=css_variables("light"),
        dark=css_variables("dark"),
    )
