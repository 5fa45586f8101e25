"""What drives an answer: one bar a parameter, from its lowest draws to its highest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sojourn.publish.chart import Chart, Wording, table_of
from sojourn.publish.draw.svg import chart, line, rect, text, width_of, wrapped

ROW, WIDTH, GAP = 26.0, 760.0, 12.0
NARROW, NAME = 520.0, 15.0  # below the first, a name stands above its bars, this high
LONGEST = 330.0  # so does one longer than this, however wide the drawing is
Scale = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Swing:
    """One parameter.

    Attributes
    ----------
    low, high : float
        The answer where the parameter is low, and where it is high.
    sure : bool
        Whether its range is evidence; an assumption is drawn hollow.
    """

    label: str
    low: float
    high: float
    sure: bool


def tornado(
    rows: Sequence[Swing],
    middle: float,
    wording: Wording,
    *,
    header: tuple[str, str, str],
    ends: tuple[str, str],
    width: float = WIDTH,
) -> Chart:
    """Return bars around the middle answer, in the order given; names above them where narrow.

    Parameters
    ----------
    ends : (str, str)
        Words for the end where the parameter is low, and where it is high.
    width : float
        Width of the drawing [px].
    """
    beside = max(width_of(r.label) for r in rows) + 14
    stacked = width < NARROW or beside > LONGEST
    left = 0.0 if stacked else beside
    values = [middle, *(v for r in rows for v in (r.low, r.high))]
    least, most = min(values), max(values)
    aside = max(width_of(wording.number(v), 11) for v in values) + GAP
    room = width - left - 2 * aside
    span = (most - least) or 1.0

    def x(value: float) -> float:
        return left + aside + room * (value - least) / span

    body, y = _legend(ends, left, width)
    top = y + 18
    y = top
    for row in rows:
        names = wrapped(row.label, width, 12) if stacked else []
        body += [text(0, y + 12 + NAME * k, part, size=12) for k, part in enumerate(names)]
        y += NAME * len(names)
        if not stacked:
            body.append(text(left - 10, y + 16, row.label, anchor="end"))
        body += _bars(row, middle, y, x, wording)
        y += ROW
    height = y + 6
    body.append(line(x(middle), top - 4, x(middle), height - 4, "ink"))
    body.append(
        text(x(middle), top - 8, wording.number(middle), size=11, anchor="middle", weight=600)
    )
    table = table_of(header, [(r.label, r.low, r.high) for r in rows], wording)

    def redraw(wide: float) -> Chart:
        return tornado(rows, middle, wording, header=header, ends=ends, width=wide)

    return chart(body, wording, table, width=width, height=height, redraw=redraw)


def _legend(ends: tuple[str, str], left: float, width: float) -> tuple[list[str], float]:
    """Return what the two colours mean, in one line or two, and where it ends."""
    body, x, y = list[str](), left, 4.0
    for words, fill in zip(ends, ("men", "accent"), strict=True):
        if x > left and x + 15 + width_of(words, 12) > width:
            x, y = left, y + 18
        body += [rect(x, y, 10, 10, fill), text(x + 15, y + 9, words, size=12)]
        x += 35 + width_of(words, 12)
    return body, y + 20


def _bars(row: Swing, middle: float, y: float, x: Scale, wording: Wording) -> list[str]:
    """Return both bars of a parameter and their numbers.

    When both ends lie on one side, the shorter bar is drawn over the longer, and its number stands
    across the middle, where no bar is.
    """
    ends = sorted(
        ((row.low, "men"), (row.high, "accent")), key=lambda e: abs(e[0] - middle), reverse=True
    )
    same_side = (row.low - middle) * (row.high - middle) > 0
    body = []
    for rank, (value, fill) in enumerate(ends):
        start, end = sorted((x(value), x(middle)))
        hollow = f' fill-opacity="0.25" stroke="var(--sj-{fill})"' if not row.sure else ""
        body.append(rect(start, y + 4, end - start, ROW - 9, fill, hollow))
        to_left = (value < middle) != (same_side and rank == 1)
        anchor = "end" if to_left else "start"
        at = start - GAP / 2 if to_left else end + GAP / 2
        body.append(text(at, y + 16, wording.number(value), size=11, anchor=anchor))
    return body
