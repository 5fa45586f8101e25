"""Slips as a page and as paper: one sheet a person, with pictograms and our own typefaces."""

import calendar
import json
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

import typst
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from sojourn.errors import PublishError
from sojourn.publish import compiler
from sojourn.relocation.lists.slips import Slip

_DRAWN = (
    'fill="none" stroke="#16202a" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"'
)
#: Drawn for this paper; shapes alone, which no language needs.
PICTOGRAMS = {
    "place": "M6 30 32 8 58 30M14 26V56H50V26M27 56V40H37V56",
    "clock": "M32 6A26 26 0 1 1 31.9 6ZM32 16V32L43 40",
    "people": "M22 8A8 8 0 1 1 21.9 8ZM8 56V40Q8 30 22 30T36 40V56M46 20A6 6 0 1 1 45.9 20ZM42 38Q56 34 58 46V56",
    "hand": "M20 40V16A4 4 0 0 1 28 16V30V10A4 4 0 0 1 36 10V30V14A4 4 0 0 1 44 14V32V22A4 4 0 0 1 52 22V42Q52 58 36 58T18 48L10 36Q14 30 20 36",
    "phone": "M14 8H24L28 22L21 27Q27 38 37 43L42 36L56 40V50Q56 56 50 56Q10 54 8 14Q8 8 14 8Z",
}
_FACES = (
    ("Noto Sans", "NotoSans-Regular.latin", 400),
    ("Noto Sans", "NotoSans-SemiBold.latin", 600),
    ("Noto Sans Arabic", "NotoSansArabic-Regular.arabic", 400),
    ("Noto Sans Arabic", "NotoSansArabic-SemiBold.arabic", 600),
    ("Noto Sans Ethiopic", "NotoSansEthiopic-Regular.ethiopic", 400),
)
_NAME = re.compile("([A-Za-z0-9]+(?:-[A-Za-z0-9]+)+)")
_SCRIPTS = {
    **dict.fromkeys(("ar", "fa", "ps", "ckb"), "Arabic"),
    **dict.fromkeys(("am", "ti"), "Ethiopic"),
}


def pictogram(name: str) -> str:
    """Return a drawing (SVG) of 64 units."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64" '
        f'aria-hidden="true"><path {_DRAWN} d="{PICTOGRAMS[name]}"/></svg>'
    )


def slips_html(slips: Sequence[Slip]) -> str:
    """Return a page with a sheet for each slip; it asks nothing from outside."""
    return (
        _templates()
        .get_template("slip.html")
        .render(
            slips=slips,
            faces=_faces({s.language for s in slips}),
            pictogram=pictogram,
            parts=_parts,
        )
    )


def _parts(line: str) -> Iterator[tuple[str, bool]]:
    """Return a line in parts, and of each whether it is a name with hyphens, not to be parted."""
    for part in _NAME.split(line):
        yield part, bool(_NAME.fullmatch(part))


def slips_pdf(slips: Sequence[Slip], dated: date) -> bytes:
    """Return slips of one language as PDF/UA-1, a sheet (A5) each.

    Raises
    ------
    PublishError
        The typesetter refuses.
    """
    data = json.dumps(
        {
            "language": slips[0].language,
            "rtl": slips[0].direction == "rtl",
            "pictograms": {name: pictogram(name) for name in PICTOGRAMS},
            "slips": [
                {
                    "person": s.person,
                    "title": s.title,
                    "voluntary": s.voluntary,
                    "rows": s.rows,
                    "marks": s.marks,
                }
                for s in slips
            ],
        },
        ensure_ascii=False,
    )
    template = files("sojourn.relocation.lists").joinpath("templates", "slip.typ").read_bytes()
    try:
        return bytes(
            compiler().compile(
                input=template,
                format="pdf",
                sys_inputs={"slips": data},
                pdf_standards=["ua-1"],
                timestamp=calendar.timegm(dated.timetuple()),
            )
        )
    except typst.TypstError as error:
        raise PublishError(
            f"slips ({slips[0].language}): the PDF cannot be set ({error})",
            hint="the page is not affected",
        ) from None


def _faces(languages: set[str]) -> str:
    scripts = {_SCRIPTS.get(language, "") for language in languages} | {""}
    wanted = {f"Noto Sans {script}".strip() for script in scripts}
    return "".join(_face(*face) for face in _FACES if face[0] in wanted)


@cache
def _face(family: str, stem: str, weight: int) -> str:
    content = files("sojourn.publish.fonts").joinpath(f"{stem}.woff2").read_bytes()
    source = f"data:font/woff2;base64,{b64encode(content).decode('ascii')}"
    return f"@font-face{{font-family:'{family}';font-weight:{weight};src:url({source}) format('woff2')}}"


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("sojourn.relocation.lists", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
    )
