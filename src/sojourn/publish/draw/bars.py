"""Ranked bars, split bars and dots on a line: the plain comparisons.

Where the drawing is narrow (half a page, a phone) a name stands above its bar, so that long names
of countries take no room from the bars.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.publish.chart import Chart, Table, Wording, table_of
from sojourn.publish.draw.svg import chart, line, rect, text, width_of, wrapped
from sojourn.publish.draw.svg import mark as marked

ROW = 30.0
STACKED = 35.0
WIDTH = 760.0
NARROW = 520.0  # below it names stand above their bars
ABOVE = 14.5  # of a line stands the name of its dot: the number of the dot stands between them
LONGEST = 390.0  # so does a name longer than this, however wide the drawing is


@dataclass(frozen=True, slots=True)
class Bar:
    """One place and its value; for split bars, the part that is women.

    `trace` and `women_trace` are the lineage ids of the two numbers.
    """

    label: str
    value: float
    women: float | None = None
    trace: str = ""
    women_trace: str = ""


def bars(
    rows: Sequence[Bar],
    wording: Wording,
    *,
    header: tuple[str, str],
    split: tuple[str, str] | None = None,
    largest: float | None = None,
    width: float = WIDTH,
) -> Chart:
    """Return horizontal bars from zero, in the order given; names beside them, or above if narrow.

    Parameters
    ----------
    split : (str, str), optional
        Words for women and for men: a bar whose women are known is split at their part.
    largest : float, optional
        Value at the end of the scale, where several drawings share one.
    width : float
        Width of the drawing [px]; letters keep their size whatever it is.
    """
    most = largest or max(r.value for r in rows) or 1.0
    shown = max(width_of(wording.number(r.value)) for r in rows)
    beside = max(width_of(r.label) for r in rows) + 12
    stacked = width < NARROW or beside > LONGEST
    left = 0.0 if stacked else beside
    scale = (width - left - shown - 10) / most
    top = 26.0 if split else (0.0 if stacked else 4.0)
    body = _legend(split, left) if split else []
    y = top
    for row in rows:
        names = wrapped(row.label, width, 12.5) if stacked else [row.label]
        name = (
            "".join(text(0, y + 13 + 15 * k, part, size=12.5) for k, part in enumerate(names))
            if stacked
            else text(left - 10, y + 19, row.label, anchor="end")
        )
        above = 15.0 * (len(names) - 1)
        at = (left, y + above + 18, 10.0) if stacked else (left, y + 5, ROW - 10)
        drawn = name + _bar(row, at, scale, wording, split)
        body.append(marked(drawn, row.trace, _said(row, wording, split)))
        y += STACKED + above if stacked else ROW
    height = y + (2 if stacked else 6)
    if not stacked:
        body.append(line(left, top, left, height - 4, "soft"))

    def redraw(wide: float) -> Chart:
        return bars(rows, wording, header=header, split=split, largest=largest, width=wide)

    return chart(
        body,
        wording,
        _twin(rows, wording, header, split),
        width=width,
        height=height,
        redraw=redraw,
    )


def _twin(
    rows: Sequence[Bar], wording: Wording, header: tuple[str, str], split: tuple[str, str] | None
) -> Table:
    if split:
        cells = [(r.label, r.value, r.women) for r in rows]
        traces = [("", r.trace, r.women_trace) for r in rows]
        return table_of((*header, split[0]), list(cells), wording, traces)
    pairs = [(r.label, r.value) for r in rows]
    return table_of(header, list(pairs), wording, [("", r.trace) for r in rows])


def _legend(split: tuple[str, str], left: float) -> list[str]:
    return [
        text(left, 15, split[0], fill="women", size=12, weight=600),
        text(left + width_of(split[0], 12) + 18, 15, split[1], fill="men", size=12, weight=600),
    ]


def _bar(
    row: Bar,
    at: tuple[float, float, float],
    scale: float,
    wording: Wording,
    split: tuple[str, str] | None,
) -> str:
    left, y, thick = at
    length = row.value * scale
    if split and row.women is not None:
        part = row.women * scale
        drawn = rect(left, y, part, thick, "women") + rect(
            left + part, y, length - part, thick, "men"
        )
    else:
        drawn = rect(left, y, length, thick, "accent")
    return drawn + text(
        left + length + 7,
        y + thick - (0.5 if thick == 10 else 6),
        wording.number(row.value),
        weight=600,
    )


def _said(row: Bar, wording: Wording, split: tuple[str, str] | None) -> str:
    said = wording.said(row.label, wording.number(row.value))
    if split and row.women is not None:
        return wording.listed([said, wording.said(split[0], wording.number(row.women))])
    return said


@dataclass(frozen=True, slots=True)
class Dot:
    """One place on a scale from ``low`` to ``high``; `trace` is the lineage id of its value."""

    label: str
    value: float
    strong: bool = False
    trace: str = ""


def _dot(
    row: Dot,
    wording: Wording,
    at: tuple[float, float],
    span: tuple[float, float, float],
    *,
    stacked: bool,
) -> str:
    """Return the name, the dot and the number of a row; the number stands where there is room.

    `span` is the start and the end of the scale and the line of parity, which no number crosses.
    """
    (x, y), (left, end, parity) = at, span
    weight = 600 if row.strong else 400
    name = (
        text(0, y - ABOVE, row.label, size=12.5, weight=weight)
        if stacked
        else text(left - 12, y + 4, row.label, anchor="end", weight=weight)
    )
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="var(--sj-women)"/>'
    number, below = wording.number(row.value), -1.5 if stacked else 4
    long = width_of(number, 12) + 14
    before = x > end - 60 or (x < parity < x + long and x - long > left)
    beside, anchor = (x - 10, "end") if before else (x + 10, "start")
    shown = text(beside, y + below, number, size=12, weight=600, anchor=anchor)
    return marked(name + dot + shown, row.trace, wording.said(row.label, number))


def dots(
    rows: Sequence[Dot],
    wording: Wording,
    *,
    header: tuple[str, str],
    low: float,
    high: float,
    mark: float,
    width: float = WIDTH,
) -> Chart:
    """Return a dot plot on a common scale; ``mark`` is the line that means parity."""
    stacked = width < NARROW
    left = 4.0 if stacked else min(max(width_of(r.label) for r in rows) + 14, 390)
    room = width - left - (12 if stacked else 70)
    step = 34.0 if stacked else 26.0
    height = 26 + len(rows) * step + 6.0

    def x(value: float) -> float:
        return left + room * (value - low) / (high - low)

    body = [
        line(x(mark), 22, x(mark), height - 4, "soft", 1),
        text(x(mark), 14, wording.number(mark), anchor="middle", size=11, fill="soft"),
    ]
    for i, row in enumerate(rows):
        y = 26 + (i + 1) * step - (6 if stacked else 13)
        body.append(line(left, y, left + room, y))
        body.append(
            _dot(row, wording, (x(row.value), y), (left, left + room, x(mark)), stacked=stacked)
        )
    table = table_of(
        header, [(r.label, r.value) for r in rows], wording, [("", r.trace) for r in rows]
    )

    def redraw(wide: float) -> Chart:
        return dots(rows, wording, header=header, low=low, high=high, mark=mark, width=wide)

    return chart(body, wording, table, width=width, height=height, redraw=redraw)
