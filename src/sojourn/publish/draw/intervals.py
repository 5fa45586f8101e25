"""Estimates with their intervals: a dot on a line from low to high, one row each, from zero."""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.publish.chart import Chart, Wording, table_of
from sojourn.publish.draw.svg import chart, line, rect, text

ROW, WIDTH, NARROW = 38.0, 760.0, 520.0


@dataclass(frozen=True, slots=True)
class Interval:
    """One estimate with the ends of its interval."""

    label: str
    value: float
    low: float
    high: float


def intervals(
    rows: Sequence[Interval],
    wording: Wording,
    *,
    header: tuple[str, str, str, str],
    width: float = WIDTH,
) -> Chart:
    """Return one line a row, the name above it, on one scale from zero.

    Parameters
    ----------
    header : (row, value, low, high)
        Head of the table twin.
    width : float
        Width of the drawing [px]; letters keep their size whatever it is.
    """
    largest = max((r.high for r in rows), default=1.0) or 1.0
    scale = (width - 16.0) / largest
    narrow = width < NARROW  # the numbers stand below the name there
    step = ROW + 15.0 if narrow else ROW
    body: list[str] = []
    for i, row in enumerate(rows):
        y = i * step
        said = (
            f"{wording.number(row.value)} ({wording.number(row.low)} – {wording.number(row.high)})"
        )
        body.append(text(0, y + 14, row.label, size=12))
        if narrow:
            body.append(text(0, y + 29, said, size=12, fill="soft"))
        else:
            body.append(text(width, y + 14, said, size=12, anchor="end", fill="soft"))
        middle = y + step - 13
        body.append(line(4, middle, width - 12, middle, "rule", 1))
        low, high, at = (4 + v * scale for v in (row.low, row.high, row.value))
        body.append(rect(low, middle - 3, max(high - low, 1.0), 6, "accent", ' fill-opacity=".35"'))
        body.append(rect(at - 2, middle - 6, 4, 12, "accent"))
    table = table_of(header, [(r.label, r.value, r.low, r.high) for r in rows], wording)
    return chart(body, wording, table, width=width, height=len(rows) * step + 6)
