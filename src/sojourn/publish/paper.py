"""A document as PDF/UA-1: bookmarks, page numbers, footnotes, our own fonts, the same bytes."""

import calendar
import json
import re
from collections.abc import Iterator, Mapping, Sequence
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
from sojourn.publish.names import Name
from sojourn.publish.png import compiler
from sojourn.publish.theme import TOKENS

# points of paper per pixel of a drawing: letters of 13 px in the size of the body
BODY = 8.5 / 13
WIDE = 174 / 25.4 * 72.0  # width of the text of a report [pt]
HALF = (WIDE - 16.0) / 2
#: How much smaller letters, drawings and the room between them are, one step after the other.
CLOSER = (1.0, 0.96, 0.92, 0.88, 0.84)
_PAGE = re.compile(rb"/Type ?/Page\b")


def render_pdf(document: Document) -> bytes:
    """Return the document as PDF/UA-1, sections on pages of their own as they ask.

    The same document gives the same bytes. The template reads the document as data, so no text of a publisher is ever read as markup.

    Raises
    ------
    PublishError
        The typesetter refuses, for instance a drawing without alternative text.
    """
    return typeset("paper.typ", document, {"sections": _sections(document)})


def pages_of(document: Document) -> int:
    """Return how many pages `render_pdf` fills with a document.

    Raises
    ------
    PublishError
        The typesetter refuses.
    """
    made = _compiled("paper.typ", document, {"sections": _sections(document)}, format="svg")
    return len(made) if isinstance(made, list) else 1


def render_report(document: Document, most: int | None = None) -> bytes:
    """Return the document as a dense report of chapters that flow, PDF/UA-1.

    Parameters
    ----------
    most : int, optional
        Pages that it may have: where it has more it is set closer, step by step, until it fits;
        where it has just as many, one step, if that saves the page. At the last step it may still
        have more: ask `leaves`.

    Raises
    ------
    PublishError
        The typesetter refuses, for instance a drawing without alternative text.
    """
    from sojourn.publish.report_paper import chapters

    made = b""
    for tight, scale in enumerate(CLOSER):
        content = {"sections": chapters(document, BODY * scale), "tight": tight, "scale": scale}
        closer = typeset("report.typ", document, content)
        if made and leaves(made) == most:  # a last page of two lines is spared
            return closer if leaves(closer) < most else made
        made = closer
        if most is None or leaves(made) < most:
            break
    return made


def leaves(made: bytes) -> int:
    """Return how many pages a paper that was set here has."""
    return len(_PAGE.findall(made))


def typeset(template: str, document: Document, content: Mapping[str, Any]) -> bytes:
    """Return a document set by a template, which reads its content as data.

    Raises
    ------
    PublishError
        The typesetter refuses.
    """
    when = calendar.timegm(document.dated.timetuple())
    made = _compiled(
        template, document, content, format="pdf", pdf_standards=["ua-1"], timestamp=when
    )
    return bytes(made)  # type: ignore[arg-type] # a PDF is one file


def _compiled(
    template: str, document: Document, content: Mapping[str, Any], **asked: Any
) -> bytes | list[bytes]:
    data = json.dumps({**about(document), **content}, ensure_ascii=False)
    with as_file(files("sojourn.publish.templates")) as templates:
        try:
            made: bytes | list[bytes] = compiler().compile(
                input=str(templates / template), sys_inputs={"document": data}, **asked
            )
        except typst.TypstError as error:
            raise PublishError(
                f"{document.title} ({document.language}): the PDF cannot be set ({error})",
                hint="the page and the tables are not affected",
            ) from None
    return made


def about(document: Document) -> dict[str, Any]:
    """Return what every template asks of a document, its sections apart."""
    day = document.dated
    return {
        "colours": {k: TOKENS["light"][k] for k in ("ink", "soft", "rule", "accent")},
        "title": document.title,
        "subtitle": document.subtitle,
        "notice": document.notice,
        "language": document.language,
        "direction": document.direction,
        "dated": [day.year, day.month, day.day],
        "edition_note": rich(document.edition_note),
        "footer": [rich(line) for line in document.footer],
        "footer_line": f"{document.title} · sojourn",
        "page_label": document.labels.page,
        "source_label": document.labels.source + document.labels.colon,
        "colon": document.labels.colon,
        "compact": document.compact,
    }


def _sections(document: Document) -> list[dict[str, Any]]:
    return [
        {
            "topic": s.topic,
            "heading": s.heading,
            "lead": rich(s.lead),
            "new_page": s.new_page,
            "blocks": in_pairs([block_data(b) for b in s.blocks]),
        }
        for s in document.sections
    ]


def in_pairs(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return blocks with charts of half a page two by two, as the page sets them."""
    out: list[dict[str, Any]] = []
    for block in blocks:
        last = out[-1] if out else {}
        if not block.get("half"):
            out.append(block)
        elif last.get("kind") == "pair" and len(last["charts"]) == 1:
            last["charts"].append(block)
        else:
            out.append({"kind": "pair", "charts": [block]})
    return out


def drawing(block: ChartBlock, width: float, scale: float = BODY) -> dict[str, Any]:
    """Return a chart for paper, drawn for a width [pt] so that its letters have the body's size.

    A drawing that knows one width only is made smaller where it would not fit, never larger.
    """
    chart = block.chart.at(width / scale)
    return {
        "title": chart.title,
        "alt": ". ".join(dict.fromkeys((chart.title, chart.alt))),
        "svg": chart.light,
        "width": min(width, chart.width * scale),
        "height": chart.height * min(scale, width / chart.width),
        "finding": rich(block.finding),
        "caption": rich(block.caption),
        "cover": block.cover,
        "source": block.short_source or "".join(r for r in block.source if isinstance(r, str)),
    }


def rich(content: RichText) -> list[dict[str, Any]]:
    """Return rich text as data."""
    out: list[dict[str, Any]] = []
    for run in content:
        match run:
            case str():
                out.append({"kind": "text", "text": run})
            case Number():
                out.append({"kind": "number", "text": run.display, "note": ""})
            case Strong():
                out.append({"kind": "strong", "text": run.text})
            case Name():
                out.append({"kind": "name", "text": run.name})
            case Link():
                out.append({"kind": "link", "text": run.text, "href": run.href})
            case Footnote():
                out.append({"kind": "footnote", "runs": rich(run.content)})
    return out


def block_data(block: Block) -> dict[str, Any]:
    """Return a block as data for a template."""
    match block:
        case KeyNumbers():
            items = [
                {
                    "label": k.label,
                    "value": rich((k.value,))[0],
                    "change": rich(k.change),
                    "spark": k.sparkline.light if k.sparkline else "",
                    "alt": k.sparkline.alt if k.sparkline else "",
                    "width": 90,
                }
                for k in block.items
            ]
            return {"kind": "keys", "items": items}
        case Paragraph():
            return {"kind": "paragraph", "style": block.style, "content": rich(block.content)}
        case Facts():
            return {"kind": "facts", "items": [rich(i) for i in block.items]}
        case Notes():
            return {"kind": "notes", "items": [rich(i) for i in block.items]}
        case ChartBlock():
            return {"kind": "chart", "half": block.size == "half", **_chart(block)}
        case TableBlock():
            rows = [[rich(cell) for cell in row] for row in block.rows]
            head = {"caption": block.caption, "header": list(block.header)}
            return {
                "kind": "table",
                **head,
                "rows": rows,
                "numeric": list(block.numeric),
                "wide": block.wide,
                "grows": block.grows,
            }
        case ChangesTable():
            rows = [_change(c) for c in block.changes]
            head = {"caption": block.caption, "header": list(block.header)}
            return {"kind": "changes", **head, "rows": rows}
        case LineageAppendix():
            return {"kind": "lineage", "trees": [_line(t) for t in block.trees]}


def _change(change: Change) -> list[list[dict[str, Any]]]:
    return [
        rich((change.figure,)),
        rich(change.then),
        rich(change.now),
        rich(change.difference),
        rich((change.verdict,)),
        rich(change.reason),
    ]


def _chart(block: ChartBlock) -> dict[str, Any]:
    return {
        "title": block.chart.title,
        "alt": block.chart.alt,
        "svg": block.chart.light,
        "finding": rich(block.finding),
        "caption": rich(block.caption),
        "source": rich(block.source),
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
