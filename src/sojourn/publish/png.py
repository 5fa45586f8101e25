"""Drawings as PNG, in our own typeface, without a browser.

The typesetter of the papers draws them, with our fonts and no others: a renderer that also knows
the machine's fonts would give other bytes on another machine.
"""

import re
import threading
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

_SIZE = re.compile(r'<svg[^>]*? width="([0-9.]+)"[^>]*? height="([0-9.]+)"')
_TEMPLATE = b"""
#let side(name) = float(sys.inputs.at(name)) * 1pt
#set page(width: side("width"), height: side("height"), margin: 0pt, fill: rgb(sys.inputs.ground))
#image(bytes(sys.inputs.svg), format: "svg", width: 100%, height: 100%)
"""


_OF_THREAD = threading.local()


def compiler() -> Any:
    """Return the typesetter with our fonts and no others; each thread has its own."""
    if not hasattr(_OF_THREAD, "compiler"):
        fonts = Path(str(files("sojourn.publish.fonts")))
        _OF_THREAD.compiler = typst.Compiler(
            root=Path(str(files("sojourn.publish.templates"))),  # not where the user stands
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]
            ),
            ignore_system_fonts=True,
        )
    return _OF_THREAD.compiler


def to_png(svg: str, scale: float = 2.0, *, ground: str = "#ffffff") -> bytes:
    """Return a drawing in plain colours as PNG; the same drawing gives the same bytes.

    Parameters
    ----------
    svg : str
        A drawing that states its width and height, as `Chart.light` does.
    scale : float
        Pixels of the picture per unit of the drawing.
    ground : str
        Colour behind the drawing.
    """
    found = _SIZE.search(svg)
    width, height = found.groups() if found else ("760", "400")
    inputs = {"svg": svg, "width": width, "height": height, "ground": ground}
    return bytes(
        compiler().compile(input=_TEMPLATE, format="png", ppi=72.0 * scale, sys_inputs=inputs)
    )
