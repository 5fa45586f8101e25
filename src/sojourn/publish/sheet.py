"""A drawing as a sheet of its own: title above, source inside; as SVG, PNG or tagged PDF."""

import json
import re
from pathlib import Path

import typst

from sojourn.errors import PublishError
from sojourn.files import write_whole
from sojourn.publish.chart import Chart, Wording
from sojourn.publish.draw.svg import chart, text, wrapped
from sojourn.publish.png import compiler, to_png

ENDINGS = (".svg", ".png", ".pdf")
_MARGIN = 14.0
_TEMPLATE = b"""
#let side(name) = float(sys.inputs.at(name)) * 1pt
#let told = json(bytes(sys.inputs.told))
#set document(title: told.title)
#set text(lang: told.language)
#set page(width: side("width"), height: side("height"), margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%, height: 100%, alt: told.alt)
"""


def with_source(drawn: Chart, wording: Wording, lines: list[str]) -> Chart:
    """Return a drawing with its title above it and its sources below, all in one picture.

    Parameters
    ----------
    lines : list of str
        What stands below: unit, editions with their terms, notes; wrapped to the width.
    """
    inner = re.sub(r"^<svg.*?</desc>|</svg>$", "", drawn.svg, flags=re.DOTALL)
    wide = drawn.width + 2 * _MARGIN
    heads = wrapped(wording.title, drawn.width, 16)
    top = _MARGIN + 20.0 * len(heads) + 8
    body = [
        text(_MARGIN, _MARGIN + 14 + 20 * i, w, size=16, weight=600) for i, w in enumerate(heads)
    ]
    body.append(f'<g transform="translate({_MARGIN:g} {top:g})">{inner}</g>')
    y = top + drawn.height + 16
    for words in lines:
        for part in wrapped(words, drawn.width, 10.5, most=40):
            body.append(text(_MARGIN, y, part, size=10.5, fill="soft"))
            y += 14
    return chart(body, wording, drawn.table, width=wide, height=y + _MARGIN - 6)


def to_pdf(drawn: Chart) -> bytes:
    """Return a drawing as PDF/UA-1 with its words for readers who do not see it.

    Raises
    ------
    PublishError
        The typesetter refuses.
    """
    told = {"title": drawn.title, "alt": drawn.alt, "language": drawn.language}
    inputs = {
        "svg": drawn.light,
        "width": f"{drawn.width:g}",
        "height": f"{drawn.height:g}",
        "told": json.dumps(told, ensure_ascii=False),
    }
    try:
        return bytes(
            compiler().compile(
                input=_TEMPLATE,
                format="pdf",
                pdf_standards=["ua-1"],
                timestamp=0,
                sys_inputs=inputs,
            )
        )
    except (typst.TypstError, TypeError) as error:
        raise PublishError(
            f"{drawn.title}: the PDF cannot be set ({error})", hint="write .svg or .png"
        ) from None


def write_chart(drawn: Chart, path: Path) -> None:
    """Write a drawing to a .svg, .png or .pdf file in one step.

    Raises
    ------
    PublishError
        The file's ending is unknown, or it cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise PublishError(
            f"{path}: no drawing has the ending {path.suffix!r}",
            hint=f"use one of {', '.join(ENDINGS)}",
        )
    if ending == ".svg":
        write_whole(path, drawn.light)
    else:
        write_whole(path, to_png(drawn.light) if ending == ".png" else to_pdf(drawn))
