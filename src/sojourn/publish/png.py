"""Drawings as PNG, in our own typeface, without a browser."""

from functools import cache
from importlib.resources import files

import vl_convert


@cache
def _fonts() -> None:
    vl_convert.register_font_directory(str(files("sojourn.publish.fonts")))


def to_png(svg: str, scale: float = 2.0) -> bytes:
    """Return a drawing in plain colours as PNG; `scale` is pixels per CSS pixel."""
    _fonts()
    png: bytes = vl_convert.svg_to_png(svg, scale=scale)
    return png
