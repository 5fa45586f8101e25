"""A drawing to take away: title, finding, source, edition, date and licence inside the picture."""

from collections.abc import Sequence
from html import escape

from sojourn.publish.chart import Chart
from sojourn.publish.draw.svg import text, wrapped
from sojourn.publish.theme import FONT, resolve

MARGIN = 20.0


def framed(chart: Chart, finding: str, below: Sequence[str]) -> str:
    """Return a drawing in plain colours with its words around it.

    Parameters
    ----------
    finding : str
        What it shows, under its title.
    below : sequence of str
        Source with edition and licence, date of knowledge, how to cite; a line each, wrapped.
    """
    room = chart.width
    y, body = 22.0, []
    for line in wrapped(chart.title, room, 16):
        body.append(text(MARGIN, y, line, size=16, weight=600))
        y += 21
    for line in wrapped(finding, room, 13) if finding else []:
        body.append(text(MARGIN, y, line, size=13, fill="soft"))
        y += 18
    inner = chart.svg.replace("<svg ", f'<svg x="{MARGIN:g}" y="{y:g}" ', 1)
    inner = inner.replace(f' aria-labelledby="{chart.id}-t {chart.id}-d"', "", 1)
    inner = inner.replace(' role="img"', "", 1)
    start, end = inner.index("<title"), inner.index("</desc>") + len("</desc>")
    words, inner = inner[start:end], inner[:start] + inner[end:]
    body.append(inner)
    y += chart.height + 16
    for paragraph in below:
        for line in wrapped(paragraph, room, 10.5, 6):
            body.append(text(MARGIN, y, line, size=10.5, fill="soft"))
            y += 14
    width, height = chart.width + 2 * MARGIN, y + 6
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" direction="ltr" fill="var(--sj-ink)" '
        f'font-family="{escape(FONT)}" aria-labelledby="{chart.id}-t {chart.id}-d">{words}'
        f'<rect width="{width:g}" height="{height:g}" fill="var(--sj-paper)"/>{"".join(body)}</svg>'
    )
    return resolve(svg, "light")


__all__ = ["MARGIN", "framed"]
