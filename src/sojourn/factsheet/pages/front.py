"""The factsheet on paper: two pages, the front and the back of one sheet.

What stands on them is chosen from the sections of the report, in the order of `PANELS`. The
template measures; when not everything fits, the last panels become shorter first, then all are set
in smaller letters until each keeps its drawing, and where room is left `SPARES` fill it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sojourn.publish import (
    Change,
    ChangesTable,
    ChartBlock,
    Document,
    Facts,
    KeyNumbers,
    Notes,
    Section,
    drawing,
    rich,
    spoken,
    typeset,
)

SCALE = 7.6 / 13  # points of paper per pixel of a drawing
WIDE = 180 / 25.4 * 72.0
COLUMN = (WIDE - 16.0) / 2
MAP = WIDE * 0.86  # leaves room for the two top tens on the front
#: How much smaller the panels are set where not every drawing found room in letters of full size.
CLOSER = (1.0, 0.95, 0.9)
#: Letters of an amount that stands on one line of a narrow table.
LONG = 18
SPARK = 46.0  # width of a small trend line [pt]


@dataclass(frozen=True, slots=True)
class Panel:
    """Part of the two pages: from which section, with which drawings and how many facts.

    The first of `charts` that the section has is drawn; `second` beside it where there is room.
    A panel that `keeps` its drawing has it in every language, if need be in smaller letters.
    """

    section: str
    charts: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    keeps: bool = True
    facts: int = 0
    headed: bool = True
    rows: int = 0


PANELS = (
    Panel("places", ("top-destinations",), headed=False),
    Panel("places", ("top-origins",), headed=False),
    Panel("displacement", ("idps-trend", "displacements-trend"), ("refugee-hosts",), facts=3),
    Panel("deaths", ("deaths-route",), facts=2),
    Panel("women", ("women-region", "women-trend"), facts=2),
    Panel("remittances", ("remittances-trend", "remittances-top"), facts=2),
    Panel("changes", rows=7),
    Panel("stock", ("stock-region",), facts=2, keeps=False),
    Panel("asylum", facts=3),
)

#: What fills the room that a year with fewer topics leaves: each where it fits, whole or in facts.
SPARES = (
    Panel("borders", ("crossings-route", "returned-top"), facts=1),
    Panel("solutions", ("hosts-of-origin",), facts=3),
    Panel("women", ("women-trend",), headed=False),
    Panel("work", ("students-top",), facts=2),
    Panel("weight", ("remittances-gdp", "remittances-sent"), facts=1),
    Panel("corridors", facts=1),
)


def render_front(document: Document) -> bytes:
    """Return the factsheet as two pages of PDF/UA-1.

    Raises
    ------
    PublishError
        The typesetter refuses.
    """
    held = {s.id: s for s in document.sections}
    settings = [
        {"scale": s, "panels": _panels(held, PANELS, s), "spares": _panels(held, SPARES, s)}
        for s in CLOSER
    ]
    counts = [len(p["variants"]) for p in _panels(held, PANELS, 1.0)]
    content = {
        "settings": settings,
        "cards": [c for s in document.sections[:1] for c in _cards(s)],
        "map": _map(document),
        "levels": list(_levels(counts)),
        "foot": _foot(document),
        "borders": _borders(document),
    }
    return typeset("front.typ", document, content)


def _panels(
    held: Mapping[str, Section], asked: Sequence[Panel], scale: float
) -> list[dict[str, Any]]:
    """Return what the sections have for each panel, drawn for letters of a size."""
    return [made for p in asked if (made := _panel(held.get(p.section), p, scale)) is not None]


def _levels(counts: list[int]) -> Iterator[list[int]]:
    """Yield which variant each panel takes: first all whole, then ever shorter, the last first."""
    level = [0] * len(counts)
    yield list(level)
    for step in range(1, max(counts, default=1)):
        for i in reversed(range(len(counts))):
            if step < counts[i]:
                level[i] = step
                yield list(level)


def _charts(section: Section) -> dict[str, ChartBlock]:
    return {b.chart.id: b for b in section.blocks if isinstance(b, ChartBlock)}


def _panel(section: Section | None, panel: Panel, scale: float) -> dict[str, Any] | None:
    """Return a panel as data with its variants; None where the section has nothing for it."""
    if section is None:
        return None
    charts = _charts(section)
    names = [next((n for n in of if n in charts), "") for of in (panel.charts, panel.second)]
    drawn = [drawing(charts[n], COLUMN, SCALE * scale) for n in names if n]
    facts = [i for b in section.blocks if isinstance(b, Facts) for i in b.items][: panel.facts]
    absent = [i for b in section.blocks if isinstance(b, Notes) for i in b.items]
    rows, header = _changes(section, panel.rows)
    told = drawn or facts or rows or (panel.headed and section.heading != section.topic)
    if not told:
        return None
    return {
        "kicker": section.topic,
        "heading": section.heading if panel.headed else "",
        "charts": drawn,
        "drawn": panel.keeps and bool(drawn),
        "facts": [rich(f) for f in facts],
        "rows": rows,
        "header": header,
        "numeric": [False, True, True, True],
        "long": _long(section, panel.rows),
        "note": "" if drawn or facts or rows or not absent else rich(absent[0])[0].get("text", ""),
        "variants": _variants(len(drawn), len(facts), len(rows)),
    }


def _variants(charts: int, facts: int, rows: int) -> list[dict[str, Any]]:
    """Return a panel whole, with one drawing, without facts, without drawings."""
    whole = {"charts": list(range(charts)), "facts": facts > 0, "rows": rows}
    found = [whole]
    if charts > 1:
        found.append({**whole, "charts": [0]})
    if charts and facts:
        found += [{**whole, "charts": [0], "facts": False}, {**whole, "charts": []}]
    if rows > 3:
        found += [{**whole, "rows": rows - 2}, {**whole, "rows": 3}]
    return found


def _changes(section: Section, most: int) -> tuple[list[Any], list[str]]:
    """Return the first rows of what changed: figure, then, now, difference."""
    moved, header = _moved(section, most)
    rows = [[rich((c.figure,)), rich(c.then), rich(c.now), rich(c.difference)] for c in moved]
    return rows, header


def _moved(section: Section, most: int) -> tuple[list[Change], list[str]]:
    """Return the first changes that have a difference, and the headings of their table."""
    tables = [b for b in section.blocks if isinstance(b, ChangesTable) and b.changes]
    if not tables or not most:
        return [], []
    changes = (c for t in tables for c in t.changes)
    moved = [c for c in changes if spoken(c.difference) not in ("—", "0")]
    return moved[:most], list(tables[0].header[:4])


def _long(section: Section, most: int) -> bool:
    """Say whether an amount among the changes would leave their names no room on one line."""
    moved, _ = _moved(section, most)
    return any(len(spoken(told)) > LONG for c in moved for told in (c.then, c.now, c.difference))


def _cards(section: Section) -> Iterator[dict[str, Any]]:
    for block in section.blocks:
        if isinstance(block, KeyNumbers):
            for k in block.items:
                small = k.sparkline.at(SPARK / SCALE * 1.3) if k.sparkline else None
                yield {
                    "label": k.label,
                    "value": rich((k.value,))[0],
                    "change": rich(k.change),
                    "spark": small.light if small else "",
                    "alt": small.alt if small else "",
                    "width": SPARK,
                    "height": SPARK * small.height / small.width if small else 0.0,
                }


def _map(document: Document) -> dict[str, Any] | None:
    for section in document.sections:
        found = _charts(section)
        name = next((n for n in found if n.startswith("map")), None)
        if name is not None:
            return drawing(found[name], MAP, SCALE)
    return None


def _foot(document: Document) -> list[Any]:
    """Return sources and the closing lines, for the foot of the back."""
    sources = {
        b.short_source: None
        for s in document.sections
        for b in s.blocks
        if isinstance(b, ChartBlock) and b.short_source
    }
    listed = [part for line in sources for part in re.split(r"\u202f?; ", line)]
    apart = document.labels.colon.replace(":", "; ")  # the semicolon stands as the colon does
    named = f"{document.labels.source}{document.labels.colon} {apart.join(dict.fromkeys(listed))}."
    return [rich((named,)), *(rich(line) for line in document.footer)]


def _borders(document: Document) -> list[Any]:
    """Return what the map says of lines and names."""
    blocks = (b for s in document.sections for b in s.blocks)
    maps = [b for b in blocks if isinstance(b, ChartBlock) and b.chart.id.startswith("map")]
    return [rich(b.caption) for b in maps[:1] if b.caption]


__all__ = ["PANELS", "Panel", "render_front"]
