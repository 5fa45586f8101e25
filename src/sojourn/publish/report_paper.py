"""The report on paper: chapters that flow on a grid, each chart drawn for its width."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeGuard

from sojourn.publish.card import Card
from sojourn.publish.content import (
    Block,
    ChartBlock,
    Document,
    Facts,
    LineageAppendix,
    Notes,
    Section,
    TableBlock,
)
from sojourn.publish.lineage_lines import lines
from sojourn.publish.paper import BODY, HALF, WIDE, block_data, drawing, rich, typeset
from sojourn.publish.text import Catalogue

# Drawings that need the whole width: many places side by side.
_WIDE = frozenset({"map-stock", "heat", "flow-map", "flow-net", "flow-heat"})
Narrow = ChartBlock | Facts | Notes
_LINE = 11.5  # height of a line of text [pt], to balance two columns
MAP = 0.8  # of the width: a world map as wide as the page takes the half of it
LOPSIDED = 130.0  # columns further apart than this [pt] look torn
WORD = 36  # letters of a date or a cell, which stand on one line
MOST = 160  # letters that one column of a table may ask for beside the others
_FRAME = 48.0  # title, finding and source of a chart [pt]
_PAGE = 668.0  # height of a page under a heading of two lines [pt]


def chapters(document: Document, scale: float = BODY) -> list[dict[str, Any]]:
    """Return the sections as chapters: what is narrow in two columns, what is wide across.

    Parameters
    ----------
    scale : float
        Points of paper per pixel of a drawing.
    """
    return [
        {
            "topic": s.topic,
            "heading": s.heading,
            "lead": rich(s.lead),
            "blocks": list(_rows(s, scale)),
        }
        for s in document.sections
    ]


def _rows(section: Section, scale: float) -> Iterator[dict[str, Any]]:
    """Yield what opens a section across the page, then what is narrow, then the rest across."""
    blocks = list(section.blocks)
    first = next((i for i, b in enumerate(blocks) if _narrow(b)), len(blocks))
    for block in blocks[:first]:
        yield from _wide(block, scale)
    yield from _columns([b for b in blocks[first:] if _narrow(b)], scale)
    for block in blocks[first:]:
        if not _narrow(block):
            yield from _wide(block, scale)


def _narrow(block: Block) -> TypeGuard[Narrow]:
    if isinstance(block, ChartBlock):
        return block.chart.id not in _WIDE and block.chart.at(HALF).width < block.chart.width + 1
    return isinstance(block, Facts | Notes)


def _wide(block: Block, scale: float) -> Iterator[dict[str, Any]]:
    if isinstance(block, ChartBlock):
        width = WIDE * MAP if block.chart.id.startswith("map") else WIDE
        yield {"kind": "chart", **drawing(block, width, scale)}
    elif isinstance(block, LineageAppendix):
        yield {"kind": "entries", "items": [_entry(block, i) for i in range(len(block.trees))]}
    elif isinstance(block, TableBlock):
        yield {**block_data(block), "columns": _shares(block)}
    else:
        yield block_data(block)


def _shares(block: TableBlock) -> list[int]:
    """Return the parts of the width of a table's columns; 0 is as wide as what it holds."""
    if block.wide:
        return [int(i == block.grows) for i in range(len(block.header))]
    return [
        _share([block.header[i], *(_spoken(row[i]) for row in block.rows)], number=number)
        for i, number in enumerate(block.numeric)
    ]


def _share(cells: Sequence[str], *, number: bool) -> int:
    """Return the part of the width for one column: as its longest cell asks; 0 is what it holds."""
    longest = max(len(c) for c in cells)
    return 0 if number or longest <= WORD else min(longest, MOST)


def _length(content: Sequence[Any]) -> int:
    return len(_spoken(content))


def _spoken(content: Sequence[Any]) -> str:
    return "".join(
        run if isinstance(run, str) else getattr(run, "display", getattr(run, "text", ""))
        for run in content
    )


def _columns(blocks: Sequence[Narrow], scale: float) -> Iterator[dict[str, Any]]:
    """Yield narrow blocks in two columns, a page's worth at a time; notes alone share them too."""
    if any(isinstance(b, ChartBlock) for b in blocks):
        for group in _paged(blocks, scale):
            yield from _balanced(group, scale)
        return
    apart = [one for b in blocks for one in _apart(b)]
    if len(apart) == 1:
        yield from _wide(apart[0], scale)
    else:
        yield from _balanced(apart, scale)


def _apart(block: Narrow) -> Iterator[Narrow]:
    if isinstance(block, Notes) and not block.heading:
        yield from (replace(block, items=(item,)) for item in block.items)
    else:
        yield block


def _paged(blocks: Sequence[Narrow], scale: float) -> Iterator[list[Narrow]]:
    """Yield blocks in groups that two columns of one page hold, so that no column stands empty."""
    group: list[Narrow] = []
    for block in blocks:
        if group and max(_placed([*group, block], scale)[1]) > _PAGE:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _balanced(blocks: Sequence[Narrow], scale: float) -> Iterator[dict[str, Any]]:
    """Yield narrow blocks in two columns of about one height; a chart too many goes across."""
    if not blocks:
        return
    placed, heights = _placed(blocks, scale)
    charts = [b for b in blocks if isinstance(b, ChartBlock)]
    alone: ChartBlock | None = None
    if charts and abs(heights[0] - heights[1]) > LOPSIDED:
        without = [b for b in blocks if b is not charts[-1]]
        again, shorter = _placed(without, scale)
        if abs(shorter[0] - shorter[1]) < abs(heights[0] - heights[1]):
            placed, alone = again, charts[-1]
    across = [{"kind": "chart", **drawing(alone, WIDE, scale)}] if alone is not None else []
    if all(placed):
        yield {"kind": "pair", "left": placed[0], "right": placed[1]}
        yield from across
    elif any(isinstance(b, Facts) for b in blocks):
        yield from (*placed[0], *across)
    else:  # remarks on the chart stand below it, on its page
        yield from ({**chart, "sticky": bool(placed[0])} for chart in across)
        yield from placed[0]


def _placed(
    blocks: Sequence[Narrow], scale: float
) -> tuple[tuple[list[dict[str, Any]], list[dict[str, Any]]], tuple[float, float]]:
    """Return the blocks in two columns, each block in the shorter one, and how high they are."""
    placed: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    heights = [0.0, 0.0]
    for block in blocks:
        side = 0 if heights[0] <= heights[1] + 1 else 1
        data, height = _half(block, scale)
        placed[side].append(data)
        heights[side] += height
    return placed, (heights[0], heights[1])


def _half(block: Narrow, scale: float) -> tuple[dict[str, Any], float]:
    if isinstance(block, ChartBlock):
        data = drawing(block, HALF, scale)
        small = 0.75 * _LINE * (_length(block.caption) // 75)
        return {"kind": "chart", **data}, data["height"] + _FRAME + small
    size = sum(_LINE * (1 + _length(i) // 52) + 7 for i in block.items)
    return block_data(block), size


def _entry(block: LineageAppendix, i: int) -> dict[str, Any]:
    tree = block.trees[i]
    told = [["", line.strip(" └")] for line in list(lines(tree))[1:4]]
    return {"title": tree.label, "value": tree.value, "rows": told}


def render_entries(document: Document, words: Catalogue, cards: Sequence[Card]) -> bytes:
    """Return the lineage on paper: every card in short, then each edition and file once.

    Raises
    ------
    PublishError
        The typesetter refuses.
    """
    edition, file = words.text("card.edition"), words.text("card.file")
    items = [
        {
            "title": c.title,
            "value": c.value,
            "rows": [[r.name, r.text] for r in c.rows if r.name not in (edition, file)],
        }
        for c in cards
    ]
    once = [
        {"title": name, "value": "", "rows": [["", t]]}
        for name in (edition, file)
        for t in dict.fromkeys(r.text for c in cards for r in c.rows if r.name == name)
    ]
    blocks = [{"kind": "entries", "items": part} for part in (items, once)]
    topic, lead = words.text("card.lineage_topic"), list[Any]()
    chapter = {"topic": topic, "heading": document.subtitle, "lead": lead, "blocks": blocks}
    return typeset("report.typ", document, {"sections": [chapter]})
