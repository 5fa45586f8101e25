"""Ranked bars and editions compared, for half the width of a page and for phones.

The name stands above its bar, so that long names of countries take no room from the bars.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.publish.chart import Chart, Wording, table_of
from sojourn.publish.draw.bars import Bar, bars
from sojourn.publish.draw.svg import chart, line, text

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


def vintages(rows: Sequence[Vintage], wording: Wording, *, header: tuple[str, str, str]) -> Chart:
    """Return one strip a quantity: each edition a dot, the newest filled, on the strip's own scale.

    The strips have scales of their own, so that a revision of a small number shows as well as
    that of a large one; the printed values say how large each is.
    """
    width, left, right, row_height = 760.0, 250.0, 150.0, 58.0
    body: list[str] = []
    for i, row in enumerate(rows):
        y = i * row_height + 30
        known = [v for _, v in row.values if v is not None]
        low, high = min(known), max(known)
        body.append(text(left - 16, y + 4, row.label, anchor="end"))
        body.append(line(left, y, width - right, y))
        for k, (edition, value) in enumerate(row.values):
            if value is None:
                continue
            newest = k == len(row.values) - 1
            at = left + (width - right - left) * (
                (value - low) / (high - low) if high > low else 0.5
            )
            body.append(_mark(at, y, newest=newest))
            words = f"{edition}: {wording.number(value)}"
            anchor = "start" if at < left + 60 else ("end" if at > width - right - 60 else "middle")
            body.append(
                text(
                    at,
                    y - 12 if k % 2 == 0 else y + 21,
                    words,
                    size=11,
                    anchor=anchor,
                    fill="ink" if newest else "soft",
                    weight=600 if newest else 400,
                )
            )
    table = table_of(
        header,
        [(row.label, edition, value) for row in rows for edition, value in row.values],
        wording,
    )
    return chart(body, wording, table, width=width, height=len(rows) * row_height)


def _mark(x: float, y: float, *, newest: bool) -> str:
    fill = "accent" if newest else "paper"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="var(--sj-{fill})" '
        'stroke="var(--sj-accent)" stroke-width="2"/>'
    )
