"""Two ways side by side: two bars a row, each with the range that its runs span."""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.publish.chart import CellValue, Chart, Wording, table_of
from sojourn.publish.draw.svg import chart, line, rect, text, width_of, wrapped

ROW, BAR, WIDTH = 42.0, 13.0, 760.0
NARROW, NAME = 520.0, 15.0  # below the first, a name stands above its bars, this high
LONGEST = 330.0  # so does one longer than this, however wide the drawing is
FILLS = ("men", "accent")


@dataclass(frozen=True, slots=True)
class Span:
    """A value and its range; the ends are None where it has none, the value where it is missing."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One row: its name, and the two values."""

    label: str
    first: Span
    second: Span


def pairs(
    rows: Sequence[Pair],
    wording: Wording,
    *,
    header: tuple[str, str, str, str, str],
    names: tuple[str, str],
    most: float | None = None,
    width: float = WIDTH,
) -> Chart:
    """Return two horizontal bars a row from zero, with a thin line over the range.

    Parameters
    ----------
    header : (row, series, value, low, high)
        Head of the table twin, one row a bar.
    names : (str, str)
        Words for the first and the second bar.
    most : float, optional
        End of the scale; the largest value or range by default.
    width : float
        Width of the drawing [px]; where it is narrow a name stands above its bars.
    """
    beside = max(width_of(r.label) for r in rows) + 14
    stacked = width < NARROW or beside > LONGEST
    left = 0.0 if stacked else beside
    spans = [s for r in rows for s in (r.first, r.second)]
    ends = [v for s in spans for v in (s.value, s.high) if v is not None]
    largest = most or max(ends, default=1.0) or 1.0
    room = width - left - max(width_of(_shown(s, wording), 11.5) for s in spans) - 12
    body, top = _legend(names, left, width)
    y = top
    for row in rows:
        lines = wrapped(row.label, width, 12.5) if stacked else []
        body += [text(0, y + 13 + NAME * k, part, size=12.5) for k, part in enumerate(lines)]
        y += NAME * len(lines)
        if not stacked:
            body.append(text(left - 10, y + ROW / 2, row.label, anchor="end"))
        for k, span in enumerate((row.first, row.second)):
            body += _bar(span, y + 4 + k * (BAR + 3), left, room / largest, FILLS[k], wording)
        y += ROW
    height = y + 4
    if not stacked:
        body.append(line(left, top - 2, left, height - 4, "soft"))
    table = table_of(header, [c for r in rows for c in _cells(r, names)], wording)

    def redraw(wide: float) -> Chart:
        return pairs(rows, wording, header=header, names=names, most=most, width=wide)

    return chart(body, wording, table, width=width, height=height, redraw=redraw)


def _legend(names: tuple[str, str], left: float, width: float) -> tuple[list[str], float]:
    """Return which bar is which, in one line or two, and where the bars begin."""
    body, x, y = list[str](), left, 3.0
    for name, fill in zip(names, FILLS, strict=True):
        if x > left and x + 16 + width_of(name, 12) > width:
            x, y = left, y + 19
        body += [rect(x, y, 11, 11, fill), text(x + 16, y + 10, name, size=12, weight=600)]
        x += 40 + width_of(name, 12)
    return body, y + 23


def _bar(span: Span, y: float, left: float, scale: float, fill: str, wording: Wording) -> list[str]:
    if span.value is None:
        return [text(left + 6, y + BAR - 2, wording.no_data, size=11.5, fill="soft")]
    end = left + span.value * scale
    body = [rect(left, y, span.value * scale, BAR, fill)]
    if span.low is not None and span.high is not None and span.high > span.low:
        low, high, middle = left + span.low * scale, left + span.high * scale, y + BAR / 2
        body += [line(low, middle, high, middle, "ink", 1.1)]
        body += [line(x, middle - 3.5, x, middle + 3.5, "ink", 1.1) for x in (low, high)]
        end = max(end, high)
    return [*body, text(end + 7, y + BAR - 2, _shown(span, wording), size=11.5, weight=600)]


def _shown(span: Span, wording: Wording) -> str:
    if span.value is None:
        return wording.no_data
    if span.low is None or span.high is None or span.low == span.high:
        return wording.number(span.value)
    return f"{wording.number(span.value)} ({wording.number(span.low)}–{wording.number(span.high)})"


def _cells(row: Pair, names: tuple[str, str]) -> list[tuple[CellValue, ...]]:
    return [
        (row.label, name, s.value, s.low, s.high)
        for name, s in zip(names, (row.first, row.second), strict=True)
    ]
