"""The few pieces of SVG that every drawing is made of."""

from collections.abc import Callable
from functools import lru_cache
from html import escape

from sojourn.publish.chart import Chart, Table, Wording
from sojourn.publish.theme import FONT


def short(number: float) -> str:
    """Return a coordinate with at most one decimal.

    >>> short(12.0), short(0.26), short(-0.01)
    ('12', '0.3', '0')
    """
    return "0" if abs(number) < 0.05 else f"{number:.1f}".removesuffix(".0")


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 13,
    anchor: str = "start",
    fill: str = "ink",
    weight: int = 400,
) -> str:
    """Return a line of text; the anchor is physical, whatever the writing direction."""
    style = "" if anchor == "start" else f' text-anchor="{anchor}"'
    style += "" if fill == "ink" else f' fill="var(--sj-{fill})"'  # ink is the drawing's own
    style += "" if weight == 400 else f' font-weight="{weight}"'
    return f'<text x="{short(x)}" y="{short(y)}" font-size="{size:g}"{style}>{escape(words)}</text>'


def rect(x: float, y: float, width: float, height: float, fill: str, extra: str = "") -> str:
    """Return a filled rectangle."""
    return (
        f'<rect x="{short(x)}" y="{short(y)}" width="{short(max(width, 0))}" height="{short(height)}" '
        f'fill="var(--sj-{fill})"{extra}/>'
    )


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = "rule", width: float = 1) -> str:
    """Return a straight line."""
    return (
        f'<line x1="{short(x1)}" y1="{short(y1)}" x2="{short(x2)}" y2="{short(y2)}" '
        f'stroke="var(--sj-{stroke})" stroke-width="{width:g}"/>'
    )


def width_of(words: str, size: float = 13) -> float:
    """Return about how wide a text is: wide enough to leave room for it, in pixels."""
    return _ems(words) * size


@lru_cache(maxsize=1 << 14)
def _ems(words: str) -> float:
    return sum(1.0 if ord(c) > 0x2E80 else 0.56 for c in words)


def wrapped(words: str, width: float, size: float = 13, most: int = 3) -> list[str]:
    """Return words as lines no wider than a width [px], at most so many."""
    lines = [""]
    for word in words.split():
        joined = f"{lines[-1]} {word}".strip()
        if width_of(joined, size) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = joined
    return lines[:most]


def mark(content: str, trace: str, words: str) -> str:
    """Return a part of a drawing that stands for one number.

    `words` are told by hover and focus; a page makes `data-t` the link to the number's lineage.
    """
    title = f"<title>{escape(words)}</title>"
    return (
        f'<a data-t="{escape(trace)}">{title}{content}</a>' if trace else f"<g>{title}{content}</g>"
    )


def chart(
    body: list[str],
    wording: Wording,
    table: Table,
    *,
    width: float,
    height: float,
    redraw: Callable[[float], Chart] | None = None,
) -> Chart:
    """Return a finished drawing with its title, its description and its table twin."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" direction="ltr" fill="var(--sj-ink)" '
        f'font-family="{escape(FONT)}" aria-labelledby="{wording.id}-t {wording.id}-d">'
        f'<title id="{wording.id}-t">{escape(wording.title)}</title>'
        f'<desc id="{wording.id}-d">{escape(wording.alt)}</desc>' + "".join(body) + "</svg>"
    )
    return Chart(
        id=wording.id,
        title=wording.title,
        alt=wording.alt,
        language=wording.language,
        svg=svg,
        width=width,
        height=height,
        table=table,
        redraw=redraw,
    )
