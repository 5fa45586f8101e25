"""The Matterhorn Protocol: what a program can see of PDF/UA-1 in a paper, by its own numbers.

Conditions and their wording follow PDF Association, Matterhorn Protocol 1.1 (2021-04, CC BY 4.0), as listed
in two public programs that carry its catalogue (cpdf's `cpdfua.ml`, horn's list of conditions). Of
its conditions those are looked for that our papers could meet: no forms, media, attachments,
annotations of other kinds or encryption are written, which is looked for too. What is inside a font
program (31-011 to 31-018) and what asks for a person is not.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import BooleanObject, ContentStream

#: ISO 32000-1, 14.8.4: the standard structure types.
STANDARD = frozenset(
    [
        "Document",
        "Part",
        "Art",
        "Sect",
        "Div",
        "BlockQuote",
        "Caption",
        "TOC",
        "TOCI",
        "Index",
        "NonStruct",
        "Private",
        "P",
        "H",
        "H1",
        "H2",
        "H3",
        "H4",
        "H5",
        "H6",
        "L",
        "LI",
        "Lbl",
        "LBody",
        "Table",
        "TR",
        "TH",
        "TD",
        "THead",
        "TBody",
        "TFoot",
        "Span",
        "Quote",
        "Note",
        "Reference",
        "BibEntry",
        "Code",
        "Link",
        "Annot",
        "Ruby",
        "RB",
        "RT",
        "RP",
        "Warichu",
        "WT",
        "WP",
        "Figure",
        "Formula",
        "Form",
    ]
)
#: What may stand directly in what (ISO 32000-1, tables 333, 336 and 337).
INSIDE = {
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "TH": {"TR"},
    "TD": {"TR"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "TFoot": {"Table"},
    "LI": {"L"},
    "LBody": {"LI"},
    "TOCI": {"TOC"},
}
PAINTS = frozenset(b"Tj TJ ' \" f F f* B B* b b* S s sh Do EI".split())
Element = tuple[str, Any, str]


def failures(pdf: PdfReader, *, content: bool = True) -> list[str]:
    """Return the conditions under which a paper fails, each by its number.

    Parameters
    ----------
    content : bool
        Read what each page paints too, which takes longer.
    """
    root = pdf.trailer["/Root"]
    found = [*_catalogue(root), *_absent(pdf, root), *_annotations(pdf), *_fonts(pdf)]
    found += _metadata(root)
    tree = root.get("/StructTreeRoot")
    if tree is None:
        return [*found, "01-005: no structure tree"]
    roles = {str(k)[1:]: str(v)[1:] for k, v in (tree.get("/RoleMap") or {}).items()}
    elements = list(_elements(tree.get_object(), roles, ""))
    found += [*_roles(roles, elements), *_headings(elements), *_structure(elements)]
    return sorted({*found, *(_painted(pdf) if content else ())})


def _true(value: Any) -> bool:
    """Say whether a value is the PDF's true: an object of its own, which Python takes for true."""
    return bool(value is not None and value.get_object() == BooleanObject(True))


def _catalogue(root: Any) -> Iterator[str]:
    marked = root.get("/MarkInfo") or {}
    if _true(marked.get("/Suspects")):
        yield "01-007: Suspects is true"
    if not _true(marked.get("/Marked")):
        yield "01-005: not marked as tagged"
    shown = (root.get("/ViewerPreferences") or {}).get("/DisplayDocTitle")
    if shown is None:
        yield "07-001: no DisplayDocTitle"
    elif not _true(shown):
        yield "07-002: DisplayDocTitle is false"
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", str(root.get("/Lang") or "")):
        yield "11-001: no natural language"


def _metadata(root: Any) -> Iterator[str]:
    meta = root.get("/Metadata")
    xmp = meta.get_object().get_data().decode("utf-8") if meta is not None else ""
    if not xmp:
        yield "06-001: no XMP metadata"
    if not re.search(r"pdfuaid:part(>|=\")1", xmp):
        yield "06-002: no PDF/UA identifier"
    if not re.search(r"<dc:title>.*?<rdf:li[^>]*>[^<]+<", xmp, re.DOTALL):
        yield "06-003: no dc:title"


def _absent(pdf: PdfReader, root: Any) -> Iterator[str]:
    """Yield what no paper of ours holds, so that no condition on it needs to be looked for."""
    if "/OCProperties" in root:
        yield "20-001: optional content"
    if pdf.attachments:
        yield "21-001: an embedded file"
    if "/AcroForm" in root:
        yield "25-001: a form"
    if pdf.is_encrypted:
        yield "26-001: encrypted"


def _elements(node: Any, roles: dict[str, str], parent: str) -> Iterator[Element]:
    """Yield each structure element as its standard type, its dictionary and its parent's type."""
    node = node.get_object()
    kind = parent
    if "/S" in node:
        kind = str(node["/S"])[1:]
        seen = {kind}
        while kind in roles and roles[kind] not in seen:
            kind = roles[kind]
            seen.add(kind)
        yield kind, node, parent
    children = node.get("/K", [])
    children = children.get_object() if hasattr(children, "get_object") else children
    for child in children if isinstance(children, list) else [children]:
        child = child.get_object()
        if hasattr(child, "get") and "/S" in child:
            yield from _elements(child, roles, kind)


def _roles(roles: dict[str, str], elements: list[Element]) -> Iterator[str]:
    for role in roles:
        if role in STANDARD:
            yield f"02-004: the standard type {role} is remapped"
        at, seen = role, set[str]()
        while at in roles and at not in seen:
            seen.add(at)
            at = roles[at]
        if at in seen:
            yield f"02-003: the mapping of {role} is circular"
    for kind, _, _ in elements:
        if kind not in STANDARD:
            yield f"02-001: {kind} is no standard type"


def _headings(elements: list[Element]) -> Iterator[str]:
    levels = [int(kind[1]) for kind, _, _ in elements if re.fullmatch("H[1-6]", kind)]
    if levels and levels[0] != 1:
        yield "14-002: the first heading is no H1"
    if any(b > a + 1 for a, b in itertools.pairwise(levels)):
        yield "14-003: a level of headings is skipped"
    if levels and any(kind == "H" for kind, _, _ in elements):
        yield "14-007: both H and H1"


def _structure(elements: list[Element]) -> Iterator[str]:
    notes = Counter(str(node.get("/ID")) for kind, node, _ in elements if kind == "Note")
    if "None" in notes:
        yield "19-003: a note without an ID"
    if any(n > 1 for name, n in notes.items() if name != "None"):
        yield "19-004: two notes of one ID"
    for kind, node, parent in elements:
        if kind in INSIDE and parent not in INSIDE[kind]:
            yield f"{'09-005' if kind.startswith('L') else '09-004'}: {kind} in {parent or 'nothing'}"
        if kind == "Figure" and not (node.get("/Alt") or node.get("/ActualText")):
            yield "13-004: a figure without words"
        if kind == "Formula" and not node.get("/Alt"):
            yield "17-002: a formula without words"
        if kind == "TH" and not _scope(node):
            yield "15-003: a header cell without scope"


def _scope(node: Any) -> str:
    held = node.get("/A", [])
    held = held.get_object() if hasattr(held, "get_object") else held
    for one in held if isinstance(held, list) else [held]:
        one = one.get_object()
        if hasattr(one, "get") and "/Scope" in one:
            return str(one["/Scope"])
    return ""


def _annotations(pdf: PdfReader) -> Iterator[str]:
    for page in pdf.pages:
        notes = [n.get_object() for n in page.get("/Annots") or []]
        if notes and page.get("/Tabs") is None:
            yield "28-008: no Tabs on a page with annotations"
        elif notes and page["/Tabs"] != "/S":
            yield "28-009: Tabs is not S"
        for note in notes:
            if note["/Subtype"] != "/Link":
                yield f"28-002: an annotation of kind {note['/Subtype']}"
            elif "/StructParent" not in note:
                yield "28-011: a link outside the structure"
            elif not note.get("/Contents"):
                yield "28-012: a link without words"


def _fonts(pdf: PdfReader) -> Iterator[str]:
    for page in pdf.pages:
        for font in ((page["/Resources"].get("/Font") or {}).get_object() or {}).values():
            held = font.get_object()
            if "/ToUnicode" not in held:
                yield f"10-001: {held.get('/BaseFont')} has no map to Unicode"
            inner = [d.get_object() for d in held.get("/DescendantFonts", [])] or [held]
            for one in inner:
                described = one["/FontDescriptor"].get_object()
                if not any(f"/FontFile{n}" in described for n in ("", "2", "3")):
                    yield f"31-009: {held.get('/BaseFont')} is not embedded"
                if one["/Subtype"] == "/CIDFontType2" and "/CIDToGIDMap" not in one:
                    yield f"31-005: {held.get('/BaseFont')} has no CIDToGIDMap"


def _painted(pdf: PdfReader) -> Iterator[str]:
    for page in pdf.pages:
        stack: list[str] = []
        for operands, operator in ContentStream(page["/Contents"].get_object(), pdf).operations:
            if operator in (b"BDC", b"BMC"):
                tag = str(operands[0])
                tagged = operator == b"BDC" and "/MCID" in (operands[1] or {})
                kind = "artifact" if tag == "/Artifact" else "tagged" if tagged else ""
                if kind == "artifact" and "tagged" in stack:
                    yield "01-003: an artifact in tagged content"
                if kind == "tagged" and "artifact" in stack:
                    yield "01-004: tagged content in an artifact"
                stack.append(kind)
            elif operator == b"EMC":
                stack.pop()
            elif operator in PAINTS and not any(stack):
                yield "01-005: content that is neither tagged nor an artifact"
