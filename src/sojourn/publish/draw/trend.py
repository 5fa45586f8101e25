"""Lines over time: trends with their names at the line's end, sparklines, editions compared."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sojourn.publish.chart import CellValue, Chart, Table, Wording, table_of
from sojourn.publish.draw.svg import chart, line, mark, text, width_of

WIDTH = 760.0
NARROW = 520.0  # below it the names stand above the lines
LABEL = 14.0  # from one label of a scale to the next, at least
SERIES = ("c1", "c2", "c3", "c4", "c5", "c6")
Point = tuple[float, float | None]
Scale = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its name and (time, value) points; a value of None breaks the line.

    `traces` are the lineage ids of the points, one each, where they have one.
    """

    label: str
    points: tuple[Point, ...]
    colour: str = ""
    traces: tuple[str, ...] = ()

    def trace(self, t: float) -> str:
        """Return the lineage id of the point at a time."""
        found = (i for (at, _), i in zip(self.points, self.traces, strict=False) if at == t)
        return next(found, "")


def ticks(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """Return round steps (1, 2, 2.5 or 5 times a power of ten) that cover low to high.

    >>> ticks(0, 243.7)
    (0.0, 50.0, 100.0, 150.0, 200.0, 250.0)
    """
    if high <= low:
        high = low + 1.0
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = float(power * min(m for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= raw * 0.999))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(k * step, 10) for k in range(first, last + 1))


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return label positions near those wanted, at least `gap` apart, within low to high.

    Labels that touch are merged into blocks that sit at their mean (isotonic regression by
    pooling adjacent violators), so that no label moves further than it must.

    >>> spread([10, 12, 40], 10, 0, 100)
    [6.0, 16.0, 40.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    blocks: list[tuple[float, int]] = []
    for rank, i in enumerate(order):
        block = (wanted[i] - rank * gap, 1)
        while blocks and blocks[-1][0] > block[0]:
            mean, n = blocks.pop()
            block = ((mean * n + block[0] * block[1]) / (n + block[1]), n + block[1])
        blocks.append(block)
    flat = [mean for mean, n in blocks for _ in range(n)]
    room = high - (len(flat) - 1) * gap
    out = [0.0] * len(wanted)
    for rank, i in enumerate(order):
        out[i] = float(max(min(flat[rank], room), low) + rank * gap)
    return out


def trend(
    series: Sequence[Line],
    wording: Wording,
    *,
    header: tuple[str, str, str],
    from_zero: bool = True,
    height: float = 340.0,
    unit: str = "",
    width: float = WIDTH,
) -> Chart:
    """Return lines over time, each named at its end; a gap in the data is a gap in the line.

    Where the drawing is narrow the names stand above it, so that they take no room from the lines.

    Parameters
    ----------
    header : (series, time, value)
        Head of the table twin, one row a point.
    from_zero : bool
        Whether the scale starts at zero; do not say so of a scale that does not.
    unit : str
        Written above the scale.
    width : float
        Width of the drawing [px]; letters keep their size whatever it is.
    """
    values = [v for s in series for _, v in s.points if v is not None]
    times = sorted({t for s in series for t, _ in s.points})
    narrow = width < NARROW
    tall = height if not narrow else min(height, 190.0) + 19 * len(series)
    names = 19.0 * len(series) if narrow else 0.0
    most = max(1, min(3 if narrow else 5, int((tall - names - 44) // LABEL)))
    steps = ticks(0.0 if from_zero else min(values), max(values), most)
    labels, common = _unit_once([wording.number(s) for s in steps])
    unit = unit or common
    left = max(width_of(label, 12) for label in labels) + 10
    named = max(width_of(s.label) + width_of(wording.number(_last(s)[1])) for s in series) + 26
    right = 18.0 if narrow else named
    top = (34.0 if unit else 16.0) + names
    bottom = tall - 28

    def x(t: float) -> float:
        return left + (width - left - right) * (t - times[0]) / ((times[-1] - times[0]) or 1.0)

    def y(v: float) -> float:
        return bottom - (bottom - top) * (v - steps[0]) / (steps[-1] - steps[0])

    body = [text(0, 13 + names, unit, size=12, fill="soft")] if unit else []
    body += _scale(zip(steps, labels, strict=True), y, left, width - right + 8)
    body += _years(_sparse(times, x), x, tall - 8)
    body += _drawn(series, wording, (x, y), (top, bottom), narrow=narrow)
    table = _twin(series, header, wording)

    def redraw(wide: float) -> Chart:
        return trend(
            series,
            wording,
            header=header,
            from_zero=from_zero,
            height=height,
            unit=unit,
            width=wide,
        )

    return chart(body, wording, table, width=width, height=tall, redraw=redraw)


def _years(times: Iterable[float], x: Callable[[float], float], height: float) -> Iterator[str]:
    """Yield the years below the lines."""
    for t in times:
        yield text(x(t), height, f"{t:.0f}", size=12, anchor="middle", fill="soft")


def _twin(series: Sequence[Line], header: tuple[str, str, str], wording: Wording) -> Table:
    """Return the table beside the drawing: one row a point."""
    rows: list[tuple[CellValue, ...]] = [
        (s.label, f"{t:.0f}", v) for s in series for t, v in s.points
    ]
    traces = [("", "", s.trace(t)) for s in series for t, _ in s.points]
    return table_of(header, rows, wording, traces)


def _scale(
    steps: Iterable[tuple[float, str]], y: Callable[[float], float], left: float, right: float
) -> Iterator[str]:
    """Yield a rule and a label for each step of the scale; the lowest rule is the stronger."""
    for i, (step, shown) in enumerate(steps):
        yield line(left, y(step), right, y(step), "rule" if i else "soft")
        yield text(left - 8, y(step) + 4, shown, size=12, anchor="end", fill="soft")


def _unit_once(labels: Sequence[str]) -> tuple[list[str], str]:
    """Return the labels of a scale without the words that all but zero share, and these words.

    >>> _unit_once(["0", "50 million", "100 million"])
    (['0', '50', '100'], 'million')
    """
    told = [x for x in labels if any(c in "123456789" for c in x)]
    ends = {re.sub(r"^[^\d−-]*[−-]?[\d.,\u00a0\u202f]*\d", "", x) for x in told}
    starts = {re.match(r"[^\d−-]*", x)[0] for x in told}  # type: ignore[index] # always matches
    if len(told) < 2 or len(ends) != 1 or len(starts) != 1:
        return list(labels), ""
    start, end = starts.pop(), ends.pop()
    if len(end.strip()) < 3 and not start:  # a sign of per cent stays with its number
        return list(labels), ""
    bare = [x.removeprefix(start).removesuffix(end) if x in told else "0" for x in labels]
    return bare, f"{start.strip()} {end.strip()}".strip().replace("\u00a0", " ")


def _drawn(
    series: Sequence[Line],
    wording: Wording,
    scales: tuple[Scale, Scale],
    limits: tuple[float, float],
    *,
    narrow: bool,
) -> list[str]:
    """Return the lines with their names: at their ends, or in rows above where it is narrow."""
    (x, y), (top, bottom) = scales, limits
    newest = max(_last(s)[0] for s in series)
    ends = spread([y(_last(s)[1]) for s in series], 17, top, bottom)
    body = []
    for i, (s, end) in enumerate(zip(series, ends, strict=True)):
        colour = s.colour or _colour(i, len(series))
        if narrow:
            row = 14 + 19 * i
            shown = wording.number(_last(s)[1])
            body.append(line(0, row - 4, 16, row - 4, colour, 2.4))
            body.append(text(22, row, shown, weight=600, fill=colour))
            body.append(text(29 + width_of(shown), row, s.label, fill=colour))
            body += _points(s, colour, x, y, wording)
            continue
        if _last(s)[0] < newest:  # others run on below: the name stands above its point
            end = max(y(_last(s)[1]) - 11, top)
        body += _points(s, colour, x, y, wording)
        body += _name(s, colour, x, y, end, wording)
    return body


def _colour(i: int, n: int) -> str:
    return "accent" if n == 1 else SERIES[i % len(SERIES)]


def _last(s: Line) -> tuple[float, float]:
    return next((t, v) for t, v in reversed(s.points) if v is not None)


def _sparse(times: Sequence[float], x: Scale) -> list[float]:
    """Return the times whose labels do not touch; the last one always stands."""
    kept = [times[-1]]
    for t in reversed(times[:-1]):
        if x(kept[-1]) - x(t) >= 40:
            kept.append(t)
    return kept[::-1]


def _runs(points: Sequence[Point]) -> list[list[tuple[float, float]]]:
    """Unbroken stretches of a series."""
    stretches = groupby(points, key=lambda p: p[1] is not None)
    return [[(t, v) for t, v in run if v is not None] for known, run in stretches if known]


def _points(s: Line, colour: str, x: Scale, y: Scale, wording: Wording) -> list[str]:
    body = []
    for run in _runs(s.points):
        path = "L".join(f"{x(t):.1f},{y(v):.1f}" for t, v in run)
        body.append(
            f'<path d="M{path}" fill="none" stroke="var(--sj-{colour})" stroke-width="2.4" '
            'stroke-linejoin="round" stroke-linecap="round"/>'
        )
        for t, v in run:
            dot = f'<circle cx="{x(t):.1f}" cy="{y(v):.1f}" r="2.6" fill="var(--sj-{colour})" stroke="transparent" stroke-width="14"/>'
            said = wording.said(f"{s.label}, {t:.0f}", wording.number(v))
            body.append(mark(dot, s.trace(t), said))
    return body


def _name(s: Line, colour: str, x: Scale, y: Scale, end: float, wording: Wording) -> list[str]:
    t, v = _last(s)
    at = x(t) + 12
    body = [line(x(t) + 4, y(v), at - 2, end, colour, 0.8)] if abs(end - y(v)) > 3 else []
    shown = wording.number(v)
    body.append(text(at, end + 4.5, shown, weight=600, fill=colour))
    body.append(text(at + width_of(shown) + 7, end + 4.5, s.label, fill=colour))
    return body


def sparkline(
    points: Sequence[Point], wording: Wording, *, header: tuple[str, str], width: float = 220.0
) -> Chart:
    """Return a small line without a scale, its ends marked with their times.

    The line runs from the lowest to the highest value: it shows the course, not the size.
    """
    known = [(t, v) for t, v in points if v is not None]
    low, high = min(v for _, v in known), max(v for _, v in known)
    first, last = known[0][0], known[-1][0]
    top, bottom = 6.0, 38.0

    def x(t: float) -> float:
        return 4 + (width - 8) * (t - first) / ((last - first) or 1.0)

    def y(v: float) -> float:
        return bottom - (bottom - top) * ((v - low) / (high - low) if high > low else 0.5)

    body = []
    for run in _runs(points):
        path = "L".join(f"{x(t):.1f},{y(v):.1f}" for t, v in run)
        body.append(
            f'<path d="M{path}" fill="none" stroke="var(--sj-accent)" stroke-width="2" '
            'stroke-linejoin="round" stroke-linecap="round"/>'
        )
    body.append(
        f'<circle cx="{x(last):.1f}" cy="{y(known[-1][1]):.1f}" r="3.6" fill="var(--sj-accent)"/>'
    )
    body.append(text(0, 56, f"{first:.0f}", size=11.5, fill="soft"))
    body.append(text(width, 56, f"{last:.0f}", size=11.5, fill="soft", anchor="end"))
    rows = [(f"{t:.0f}", v) for t, v in points]
    table = table_of(header, list(rows), wording)

    def redraw(wide: float) -> Chart:
        return sparkline(points, wording, header=header, width=wide)

    return chart(body, wording, table, width=width, height=60.0, redraw=redraw)
