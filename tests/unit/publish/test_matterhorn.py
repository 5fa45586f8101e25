"""A paper fails no condition of the Matterhorn Protocol; and each condition is seen where it is broken."""

from collections.abc import Callable
from io import BytesIO
from types import ModuleType
from typing import Any

import matterhorn
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import BooleanObject, DecodedStreamObject, NameObject, TextStringObject

from sojourn.publish.paper import render_pdf, render_report


@pytest.fixture(scope="module")
def paper(demo: ModuleType) -> bytes:
    made: bytes = render_report(demo.demo_document())
    return made


def test_papers_fail_no_condition(demo: ModuleType, paper: bytes) -> None:
    for made in (paper, render_pdf(demo.demo_document("fr"))):
        assert matterhorn.failures(PdfReader(BytesIO(made))) == []


def _first(root: Any, kind: str) -> Any:
    def under(node: Any) -> Any:
        node = node.get_object()
        if hasattr(node, "get") and node.get("/S") == kind:
            return node
        children = node.get("/K", []) if hasattr(node, "get") else []
        for child in children if isinstance(children, list) else [children]:
            held = child.get_object()
            if hasattr(held, "get") and (found := under(held)) is not None:
                return found
        return None

    found = under(root["/StructTreeRoot"])
    assert found is not None, kind
    return found


def _rename(root: Any, kind: str, to: str) -> None:
    _first(root, kind)[NameObject("/S")] = NameObject(to)


def _painted(writer: PdfWriter, more: bytes) -> None:
    page = writer.pages[0]
    stream = DecodedStreamObject()
    stream.set_data(page.get_contents().get_data() + more)
    page[NameObject("/Contents")] = writer._add_object(stream)


def _unmapped(writer: PdfWriter) -> None:
    fonts = writer.pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        del font.get_object()["/ToUnicode"]


def _untitled(writer: PdfWriter) -> None:
    meta = writer.root_object["/Metadata"].get_object()
    text = meta.get_data().replace(b"pdfuaid:part", b"other:part").replace(b"dc:title", b"dc:other")
    meta.set_data(text)


BROKEN: dict[str, Callable[[PdfWriter], object]] = {
    "01-003": lambda w: _painted(w, b"\n/P <</MCID 900>> BDC /Artifact BMC EMC EMC"),
    "01-004": lambda w: _painted(w, b"\n/Artifact BMC /P <</MCID 900>> BDC EMC EMC"),
    "01-005": lambda w: _painted(w, b"\n0 0 9 9 re f"),
    "01-007": lambda w: w.root_object["/MarkInfo"].update(
        {NameObject("/Suspects"): BooleanObject(True)}
    ),
    "02-001": lambda w: _rename(w.root_object, "/P", "/Paragraph"),
    "02-004": lambda w: w.root_object["/StructTreeRoot"]["/RoleMap"].update(
        {NameObject("/P"): NameObject("/Span")}
    ),
    "06-001": lambda w: w.root_object.pop("/Metadata"),
    "06-002": _untitled,
    "06-003": _untitled,
    "07-001": lambda w: w.root_object.pop("/ViewerPreferences"),
    "07-002": lambda w: w.root_object["/ViewerPreferences"].update(
        {NameObject("/DisplayDocTitle"): BooleanObject(False)}
    ),
    "09-004": lambda w: _rename(w.root_object, "/TR", "/Div"),
    "10-001": _unmapped,
    "11-001": lambda w: w.root_object.pop("/Lang"),
    "13-004": lambda w: _first(w.root_object, "/Figure").pop("/Alt"),
    "14-002": lambda w: _rename(w.root_object, "/H1", "/H2"),
    "14-003": lambda w: _rename(w.root_object, "/H2", "/H4"),
    "15-003": lambda w: _first(w.root_object, "/TH").pop("/A"),
    "25-001": lambda w: w.root_object.update({NameObject("/AcroForm"): TextStringObject("")}),
}


@pytest.mark.parametrize("condition", BROKEN)
def test_each_condition_is_seen(paper: bytes, condition: str) -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(paper)))
    BROKEN[condition](writer)
    out = BytesIO()
    writer.write(out)
    found = matterhorn.failures(PdfReader(out), content=condition.startswith("01"))
    assert condition in {line.split(":")[0] for line in found}
