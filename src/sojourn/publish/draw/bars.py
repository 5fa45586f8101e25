"""Ranked bars, split bars and dots on a line: the plain comparisons."""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.publish.chart import Chart, Wording, table_of
from sojourn.publish.draw.svg import chart, line, rect, text, width_of

ROW = 30.0
WIDTH = 760.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One place and its value; for split bars, the part that is women."""

    label: str
    value: float
    women: float | None = None


def bars(
    rows: Sequence[Bar],
    wording: Wording,
    *,
    header: tuple[str, str],
    split: tuple[str, str] | None = None,
) -> Chart:
    """Return horizontal bars, longest first as given; labels stand on the bars' own lines.

    Parameters
    ----------
    split : (str, str), optional
        Words for women and for men: each bar is then split at the women's part.
    """
    left = min(max(width_of(r.label) for r in rows) + 12, 390)
    room = WIDTH - left - max(width_of(wording.number(r.value)) for r in rows) - 14
    top = 26.0 if split else 4.0
    largest = max(r.value for r in rows) or 1.0
    body: list[str] = []
    if split:
        body += [text(left, 15, split[0], fill="women", size=12, weight=600)]
        body += [
            text(left + width_of(split[0], 12) + 18, 15, split[1], fill="men", size=12, weight=600)
        ]
    for i, row in enumerate(rows):
        y = top + i * ROW
        length = room * row.value / largest
        body.append(text(left - 10, y + 19, row.label, anchor="end"))
        if split and row.women is not None:
            part = length * row.women / row.value
            body += [
                rect(left, y + 5, part, ROW - 10, "women"),
                rect(left + part, y + 5, length - part, ROW - 10, "men"),
            ]
        else:
            body.append(rect(left, y + 5, length, ROW - 10, "accent"))
        body.append(text(left + length + 8, y + 19, wording.number(row.value), weight=600))
    height = top + len(rows) * ROW + 6
    body.append(line(left, top, left, height - 4, "soft"))
    if split:
        table = table_of((*header, split[0]), [(r.label, r.value, r.women) for r in rows], wording)
    else:
        table = table_of(header, [(r.label, r.value) for r in rows], wording)
    return chart(body, wording, table, width=WIDTH, height=height)


@dataclass(frozen=True, slots=True)
class Dot:
    """One place on a scale from ``low`` to ``high``."""

    label: str
    value: float
    strong: bool = False


def dots(
    rows: Sequence[Dot],
    wording: Wording,
    *,
    header: tuple[str, str],
    low: float,
    high: float,
    mark: float,
) -> Chart:
    """Return a dot plot on a common scale; ``mark`` is the line that means parity."""
    left = min(max(width_of(r.label) for r in rows) + 14, 390)
    room = WIDTH - left - 70
    height = 30 + len(rows) * 26 + 8.0

    def x(value: float) -> float:
        return left + room * (value - low) / (high - low)

    body = [
        line(x(mark), 22, x(mark), height - 6, "soft", 1),
        text(x(mark), 14, wording.number(mark), anchor="middle", size=11, fill="soft"),
    ]
    for i, row in enumerate(rows):
        y = 30 + i * 26 + 13
        body.append(line(left, y, left + room, y))
        body.append(
            text(left - 12, y + 4, row.label, anchor="end", weight=600 if row.strong else 400)
        )
        body.append(f'<circle cx="{x(row.value):.1f}" cy="{y:.1f}" r="6" fill="var(--sj-women)"/>')
        side = -10 if x(row.value) > left + room - 30 else 10
        body.append(
            text(
                x(row.value) + side,
                y + 4,
                wording.number(row.value),
                size=12,
                weight=600,
                anchor="end" if side < 0 else "start",
            )
        )
    table = table_of(header, [(r.label, r.value) for r in rows], wording)
    return chart(body, wording, table, width=WIDTH, height=height)
