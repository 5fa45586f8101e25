"""Ranked bars and editions compared, for half the width of a page and for phones.

The name stands above its bar, so that long names of countries take no room from the bars.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.publish.chart import Chart, Wording, table_of
from sojourn.publish.draw.bars import NARROW, Bar, bars
from sojourn.publish.draw.svg import chart, line, text, width_of, wrapped

WIDTH = 372.0


def ranked_bars(
    rows: Sequence[Bar],
    wording: Wording,
    *,
    header: tuple[str, str],
    split: tuple[str, str] | None = None,
    largest: float | None = None,
    width: float = WIDTH,
) -> Chart:
    """Return bars for half the width of a page, the name above each; see ``bars``."""
    return bars(rows, wording, header=header, split=split, largest=largest, width=width)


@dataclass(frozen=True, slots=True)
class Vintage:
    """One quantity as a series of editions gave it: (edition, value or None) in order of release."""

    label: str
    values: tuple[tuple[str, float | None], ...]


def vintages(
    rows: Sequence[Vintage],
    wording: Wording,
    *,
    header: tuple[str, str, str],
    width: float = 760.0,
) -> Chart:
    """Return one strip a quantity: each edition a dot, the newest filled, on the strip's own scale.

    The strips have scales of their own, so that a revision of a small number shows as well as
    that of a large one; the printed values say how large each is. Where the drawing is narrow the
    name stands above its strip and the editions below it, one a line.
    """
    narrow = width < NARROW or any(width_of(row.label) > 230 for row in rows)
    left, right = (12.0, 12.0) if narrow else (250.0, 150.0)
    body: list[str] = []
    y = 0.0
    for row in rows:
        names = wrapped(row.label, width, 12.5) if narrow else []
        body += [text(0, y + 13 + 15 * k, part, size=12.5) for k, part in enumerate(names)]
        y += 15.0 * len(names) + (14 if narrow else 30)
        if not narrow:
            body.append(text(left - 16, y + 4, row.label, anchor="end"))
        body.append(line(left, y, width - right, y))
        known = [(e, v) for e, v in row.values if v is not None]
        body += _strip(known, (left, width - right), y, wording, narrow=narrow)
        y += 12 + 16 * len(known) if narrow else 28
    table = table_of(
        header,
        [(row.label, edition, value) for row in rows for edition, value in row.values],
        wording,
    )

    def redraw(wide: float) -> Chart:
        return vintages(rows, wording, header=header, width=wide)

    return chart(body, wording, table, width=width, height=y, redraw=redraw)


def _strip(
    known: Sequence[tuple[str, float]],
    ends: tuple[float, float],
    y: float,
    wording: Wording,
    *,
    narrow: bool,
) -> list[str]:
    """Return the dots of one quantity with what each edition says."""
    left, right = ends
    low, high = min(v for _, v in known), max(v for _, v in known)
    body = []
    for k, (edition, value) in enumerate(known):
        newest = k == len(known) - 1
        at = left + (right - left) * ((value - low) / (high - low) if high > low else 0.5)
        body.append(_mark(at, y, newest=newest))
        anchor = "start" if at < left + 60 else ("end" if at > right - 60 else "middle")
        beside = (at, y - 12 if k % 2 == 0 else y + 21, anchor)
        x, row, side = (0.0, y + 20 + 16 * k, "start") if narrow else beside
        look = ("ink", 600) if newest else ("soft", 400)
        words = wording.said(edition, wording.number(value))
        body.append(text(x, row, words, size=11, anchor=side, fill=look[0], weight=look[1]))
    return body


def _mark(x: float, y: float, *, newest: bool) -> str:
    fill = "accent" if newest else "paper"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="var(--sj-{fill})" '
        'stroke="var(--sj-accent)" stroke-width="2"/>'
    )
