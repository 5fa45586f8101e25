"""A document as PDF/UA-1: bookmarks, page numbers, footnotes, our own fonts, the same bytes."""

import calendar
import json
from collections.abc import Iterator, Sequence
from importlib.resources import as_file, files
from typing import Any

import typst

from sojourn.errors import PublishError
from sojourn.publish.content import (
    Block,
    Change,
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
    Strong,
    TableBlock,
)
from sojourn.publish.theme import TOKENS


def render_pdf(document: Document) -> bytes:
    """Return the document as PDF/UA-1; the same document gives the same bytes.

    The template reads the document as data, so no text of a publisher is ever read as markup.

    Raises
    ------
    PublishError
        The typesetter refuses, for instance a drawing without alternative text.
    """
    day = document.dated
    content = json.dumps(_document(document), ensure_ascii=False)
    with (
        as_file(files("sojourn.publish.templates") / "paper.typ") as template,
        as_file(files("sojourn.publish") / "fonts") as fonts,
    ):
        try:
            return bytes(
                typst.compile(
                    str(template),
                    font_paths=[str(fonts)],
                    ignore_system_fonts=True,
                    format="pdf",
                    sys_inputs={"document": content},
                    pdf_standards=["ua-1"],
                    timestamp=calendar.timegm(day.timetuple()),
                )
            )
        except typst.TypstError as error:
            raise PublishError(
                f"{document.title} ({document.language}): the PDF cannot be set ({error})",
                hint="the page and the tables are not affected",
            ) from None


def _document(document: Document) -> dict[str, Any]:
    day = document.dated
    return {
        "colours": {k: TOKENS["light"][k] for k in ("ink", "soft", "rule", "accent")},
        "title": document.title,
        "subtitle": document.subtitle,
        "notice": document.notice,
        "language": document.language,
        "direction": document.direction,
        "dated": [day.year, day.month, day.day],
        "edition_note": _rich(document.edition_note),
        "footer": [_rich(line) for line in document.footer],
        "footer_line": f"{document.title} · sojourn",
        "page_label": document.labels.page,
        "source_label": document.labels.source,
        "compact": document.compact,
        "sections": [
            {
                "topic": s.topic,
                "heading": s.heading,
                "lead": _rich(s.lead),
                "new_page": s.new_page,
                "blocks": list(_blocks(s.blocks)),
            }
            for s in document.sections
        ],
    }


def _rich(content: RichText) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for run in content:
        match run:
            case str():
                out.append({"kind": "text", "text": run})
            case Number():
                out.append({"kind": "number", "text": run.display, "note": ""})
            case Strong():
                out.append({"kind": "strong", "text": run.text})
            case Link():
                out.append({"kind": "link", "text": run.text, "href": run.href})
            case Footnote():
                out.append({"kind": "footnote", "runs": _rich(run.content)})
    return out


def _blocks(blocks: Sequence[Block]) -> Iterator[dict[str, Any]]:
    """Yield the blocks; on paper every chart has the full width, so that its labels can be read."""
    yield from map(_block, blocks)


def _block(block: Block) -> dict[str, Any]:
    match block:
        case KeyNumbers():
            items = [
                {
                    "label": k.label,
                    "value": _rich((k.value,))[0],
                    "change": _rich(k.change),
                    "spark": k.sparkline.light if k.sparkline else "",
                    "alt": k.sparkline.alt if k.sparkline else "",
                }
                for k in block.items
            ]
            return {"kind": "keys", "items": items}
        case Paragraph():
            return {"kind": "paragraph", "style": block.style, "content": _rich(block.content)}
        case Facts():
            return {"kind": "facts", "items": [_rich(i) for i in block.items]}
        case Notes():
            return {"kind": "notes", "items": [_rich(i) for i in block.items]}
        case ChartBlock():
            return {"kind": "chart", **_chart(block)}
        case TableBlock():
            rows = [[_rich(cell) for cell in row] for row in block.rows]
            head = {"caption": block.caption, "header": list(block.header)}
            return {
                "kind": "table",
                **head,
                "rows": rows,
                "numeric": list(block.numeric),
                "wide": block.wide,
            }
        case ChangesTable():
            rows = [_change(c) for c in block.changes]
            head = {"caption": block.caption, "header": list(block.header)}
            return {"kind": "changes", **head, "rows": rows}
        case LineageAppendix():
            return {"kind": "lineage", "trees": [_line(t) for t in block.trees]}


def _change(change: Change) -> list[list[dict[str, Any]]]:
    return [
        _rich((change.figure,)),
        _rich(change.then),
        _rich(change.now),
        _rich(change.difference),
        _rich((change.verdict,)),
        _rich(change.reason),
    ]


def _chart(block: ChartBlock) -> dict[str, Any]:
    return {
        "title": block.chart.title,
        "alt": block.chart.alt,
        "svg": block.chart.light,
        "finding": _rich(block.finding),
        "caption": _rich(block.caption),
        "source": _rich(block.source),
    }


def _line(tree: LineageNode) -> dict[str, Any]:
    """Return a tree in short: paper names the first cells, the page and lineage.json all of them."""
    cells = list(_leaves(tree))
    return {
        "label": tree.label,
        "value": tree.value,
        "detail": tree.detail,
        "addresses": cells[:2],
        "more": len(cells) > 2,
    }


def _leaves(node: LineageNode) -> Iterator[str]:
    if node.address:
        yield node.address
    for child in node.children:
        yield from _leaves(child)
