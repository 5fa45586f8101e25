"""A document as PDF/UA-1: the content becomes data, the template lays it out.

Nothing of the content is ever parsed as typst markup: it reaches the template as JSON. The PDF
carries the document's own date, so that the same document gives the same bytes.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from sojourn.errors import PublishError
from sojourn.publish.chart import Chart
from sojourn.publish.content import (
    Block,
    ChangesTable,
    ChartBlock,
    Document,
    Facts,
    Footnote,
    KeyNumbers,
    LineageAppendix,
    LineageNode,
    Link,
    Notes,
    Number,
    Paragraph,
    RichText,
    Run,
    Strong,
    TableBlock,
    anchors,
)
from sojourn.publish.png import compiler, to_png
from sojourn.publish.theme import TOKENS

# Scripts whose letters join or reorder: typst does not tag them inside an SVG, so that such
# drawings are placed as pictures with their alternative text.
_JOINING = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_PIXELS_PER_UNIT = 2.5  # 240 dpi at the width of the text


def render_pdf(document: Document) -> bytes:
    """Return the document as PDF/UA-1 on A4: the same document gives the same bytes.

    Raises
    ------
    PublishError
        If the PDF would not be accessible (an image without alternative text, a broken order of
        headings); the message is the compiler's.
    """
    known = frozenset(anchors(document))
    payload = json.dumps(_document(document, known), ensure_ascii=False)
    stamp = datetime.combine(document.dated, time(), tzinfo=UTC)
    try:
        return bytes(
            compiler().compile(
                input=_template(),
                sys_inputs={"document": payload},
                pdf_standards=["ua-1"],
                timestamp=stamp,
                format="pdf",
            )
        )
    except typst.TypstError as problem:
        hints = "; ".join(problem.hints)
        raise PublishError(
            f"the PDF of {document.title!r} ({document.language}) was refused: {problem.message}",
            hint=hints or "see the compiler's message",
        ) from problem


@cache
def _template() -> bytes:
    return files("sojourn.publish.typst").joinpath("document.typ").read_bytes()


def _document(document: Document, known: frozenset[str]) -> dict[str, Any]:
    rich = _Rich(known)
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "notice": document.notice,
        "description": document.description or document.subtitle,
        "language": document.language,
        "direction": document.direction,
        "dated": [document.dated.year, document.dated.month, document.dated.day],
        "colours": dict(TOKENS["light"]),
        "labels": {"source": document.labels.source},
        "edition_note": rich(document.edition_note),
        "footer": [rich(line) for line in document.footer],
        "sections": [
            {
                "id": section.id,
                "topic": section.topic,
                "heading": section.heading,
                "lead": rich(section.lead),
                "new_page": section.new_page,
                "blocks": _paired([_block(block, rich) for block in section.blocks]),
            }
            for section in document.sections
        ],
    }


def _paired(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put two half-width charts that follow each other side by side."""
    out: list[dict[str, Any]] = []
    for block in blocks:
        before = out[-1] if out else {}
        if block.get("half") and before.get("half"):
            out[-1] = {"kind": "pair", "items": [before, block]}
        else:
            out.append(block)
    return out


class _Rich:
    """Rich text as data; links lead to places that the document has, or are plain words."""

    def __init__(self, known: frozenset[str]) -> None:
        self.known = known

    def __call__(self, content: RichText) -> list[dict[str, Any]]:
        return [self._run(run) for run in content]

    def _run(self, run: Run) -> dict[str, Any]:
        match run:
            case str():
                return {"kind": "text", "text": run}
            case Strong():
                return {"kind": "strong", "text": run.text}
            case Number():
                return {
                    "kind": "number",
                    "text": run.display,
                    "target": self._target(f"trace-{run.lineage_id}"),
                }
            case Link():
                inside = run.href.startswith("#")
                return {
                    "kind": "link",
                    "text": run.text,
                    "target": self._target(run.href[1:]) if inside else "",
                    "href": run.href if re.match(r"https?://|mailto:", run.href) else "",
                }
            case Footnote():
                return {"kind": "footnote", "content": self(run.content)}

    def _target(self, anchor: str) -> str:
        return anchor if anchor in self.known else ""


def _chart(chart: Chart) -> dict[str, Any]:
    drawing = chart.light
    png = list(to_png(drawing, _PIXELS_PER_UNIT)) if _JOINING.search(drawing) else None
    return {"title": chart.title, "alt": chart.alt, "svg": drawing, "png": png}


def _block(block: Block, rich: _Rich) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "style": block.style, "content": rich(block.content)}
        case KeyNumbers():
            return {"kind": "key-numbers", "items": _key_numbers(block, rich)}
        case Facts():
            return {"kind": "facts", "items": [rich(item) for item in block.items]}
        case ChartBlock():
            return {
                "kind": "chart",
                "half": block.size == "half",
                "id": block.chart.id,
                "chart": _chart(block.chart),
                "finding": rich(block.finding),
                "caption": rich(block.caption),
                "source": rich(block.source),
            }
        case TableBlock():
            return {
                "kind": "table",
                "id": block.id,
                "caption": block.caption,
                "header": list(block.header),
                "rows": [[rich(cell) for cell in row] for row in block.rows],
                "numeric": list(block.numeric),
                "source": rich(block.source),
            }
        case ChangesTable():
            return {
                "kind": "changes",
                "id": block.id,
                "caption": block.caption,
                "header": list(block.header),
                "rows": _changes(block, rich),
            }
        case Notes():
            items = [rich(item) for item in block.items]
            return {"kind": "notes", "heading": block.heading, "items": items}
        case LineageAppendix():
            return {"kind": "lineage", "trees": [_tree(tree) for tree in block.trees]}


def _key_numbers(block: KeyNumbers, rich: _Rich) -> list[dict[str, Any]]:
    return [
        {
            "label": item.label,
            "value": rich((item.value,)),
            "change": rich(item.change),
            "source": rich(item.source),
            "sparkline": _chart(item.sparkline) if item.sparkline else None,
        }
        for item in block.items
    ]


def _changes(block: ChangesTable, rich: _Rich) -> list[list[list[dict[str, Any]]]]:
    return [
        [
            rich((change.figure,)),
            rich(change.then),
            rich(change.now),
            rich(change.difference),
            rich((change.verdict,)),
            rich(change.reason),
        ]
        for change in block.changes
    ]


def _tree(node: LineageNode) -> dict[str, Any]:
    return {
        "id": node.id,
        "label": node.label,
        "value": node.value,
        "detail": node.detail,
        "address": node.address,
        "children": [_tree(child) for child in node.children],
    }
