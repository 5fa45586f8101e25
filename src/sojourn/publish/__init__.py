"""The press: pages, documents, charts and tables for people, asked at this one door.

Whoever publishes imports from here and knows no room of the press; a room is imported when a name of
it is first asked for, so that a command that draws nothing loads no drawing.

Examples
--------
>>> from sojourn.publish import catalogue
>>> catalogue("es").language
'es'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.publish.card import Card, Row
    from sojourn.publish.chart import CellValue, Chart, Wording, to_csv
    from sojourn.publish.content import (
        Alternate,
        Block,
        Change,
        ChangesTable,
        ChartBlock,
        Document,
        Download,
        Facts,
        KeyNumber,
        KeyNumbers,
        LineageAppendix,
        LineageNode,
        Link,
        Notes,
        Number,
        PageLabels,
        Paragraph,
        RichText,
        Run,
        Section,
        TableBlock,
    )
    from sojourn.publish.draw.bars import Bar, Dot, bars, dots
    from sojourn.publish.draw.chord import chord, heat
    from sojourn.publish.draw.flows import Flow, flow_map
    from sojourn.publish.draw.intervals import Interval, intervals
    from sojourn.publish.draw.pairs import Pair, Span, pairs
    from sojourn.publish.draw.ranked import ranked_bars
    from sojourn.publish.draw.regions import Circle, region_map
    from sojourn.publish.draw.tornado import Swing, tornado
    from sojourn.publish.draw.trend import Line, sparkline, trend
    from sojourn.publish.draw.world import (
        COUNTED_WITH,
        RAMP,
        TWO_SIGNS,
        Counts,
        choropleth,
        documents,
        position,
        projected,
        world_shapes,
    )
    from sojourn.publish.frame import framed
    from sojourn.publish.lineage_lines import lines
    from sojourn.publish.masthead import labels_of, other_languages
    from sojourn.publish.names import Name
    from sojourn.publish.page import render_embed, render_html, render_lineage
    from sojourn.publish.paper import (
        drawing,
        leaves,
        pages_of,
        render_pdf,
        render_report,
        rich,
        typeset,
    )
    from sojourn.publish.png import compiler, to_png
    from sojourn.publish.report_page import report
    from sojourn.publish.report_paper import render_entries
    from sojourn.publish.sheet import with_source, write_chart
    from sojourn.publish.text import NOUN, Catalogue, catalogue, languages, spoken
    from sojourn.publish.theme import css_variables
    from sojourn.publish.tracing import Tracing

#: Where each name stands, by room; held against the imports above and `__all__` by a test.
_ROOMS = {
    "card": "Card Row",
    "chart": "CellValue Chart Wording to_csv",
    "content": "Alternate Block Change ChangesTable ChartBlock Document Download Facts KeyNumber "
    "KeyNumbers LineageAppendix LineageNode Link Notes Number PageLabels Paragraph "
    "RichText Run Section TableBlock",
    "draw.bars": "Bar Dot bars dots",
    "draw.chord": "chord heat",
    "draw.flows": "Flow flow_map",
    "draw.intervals": "Interval intervals",
    "draw.pairs": "Pair Span pairs",
    "draw.ranked": "ranked_bars",
    "draw.regions": "Circle region_map",
    "draw.tornado": "Swing tornado",
    "draw.trend": "Line sparkline trend",
    "draw.world": "COUNTED_WITH Counts RAMP TWO_SIGNS choropleth documents position projected "
    "world_shapes",
    "frame": "framed",
    "lineage_lines": "lines",
    "masthead": "labels_of other_languages",
    "names": "Name",
    "page": "render_embed render_html render_lineage",
    "paper": "drawing leaves pages_of render_pdf render_report rich typeset",
    "png": "compiler to_png",
    "report_page": "report",
    "report_paper": "render_entries",
    "sheet": "with_source write_chart",
    "text": "NOUN Catalogue catalogue languages spoken",
    "theme": "css_variables",
    "tracing": "Tracing",
}
_AT = {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = [
    "COUNTED_WITH",
    "NOUN",
    "RAMP",
    "TWO_SIGNS",
    "Alternate",
    "Bar",
    "Block",
    "Card",
    "Catalogue",
    "CellValue",
    "Change",
    "ChangesTable",
    "Chart",
    "ChartBlock",
    "Circle",
    "Counts",
    "Document",
    "Dot",
    "Download",
    "Facts",
    "Flow",
    "Interval",
    "KeyNumber",
    "KeyNumbers",
    "Line",
    "LineageAppendix",
    "LineageNode",
    "Link",
    "Name",
    "Notes",
    "Number",
    "PageLabels",
    "Pair",
    "Paragraph",
    "RichText",
    "Row",
    "Run",
    "Section",
    "Span",
    "Swing",
    "TableBlock",
    "Tracing",
    "Wording",
    "bars",
    "catalogue",
    "chord",
    "choropleth",
    "compiler",
    "css_variables",
    "documents",
    "dots",
    "drawing",
    "flow_map",
    "framed",
    "heat",
    "intervals",
    "labels_of",
    "languages",
    "leaves",
    "lines",
    "other_languages",
    "pages_of",
    "pairs",
    "position",
    "projected",
    "ranked_bars",
    "region_map",
    "render_embed",
    "render_entries",
    "render_html",
    "render_lineage",
    "render_pdf",
    "render_report",
    "report",
    "rich",
    "sparkline",
    "spoken",
    "to_csv",
    "to_png",
    "tornado",
    "trend",
    "typeset",
    "with_source",
    "world_shapes",
    "write_chart",
]


def __getattr__(name: str) -> Any:
    """Return a name of the press from its room, which is imported now."""
    if name not in _AT:
        raise AttributeError(f"module 'sojourn.publish' has no attribute {name!r}")
    return getattr(import_module(f"sojourn.publish.{_AT[name]}"), name)


def __dir__() -> list[str]:
    """Return the names of the press."""
    return __all__
