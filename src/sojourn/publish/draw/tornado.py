"""What drives an answer: one bar a parameter, from its lowest draws to its highest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sojourn.publish.chart import Chart, Wording, table_of
from sojourn.publish.draw.svg import chart, line, rect, text, width_of

ROW, WIDTH, GAP = 26.0, 760.0, 12.0
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
) -> Chart:
    """Return bars around the middle answer, in the order given.

    Parameters
    ----------
    ends : (str, str)
        Words for the end where the parameter is low, and where it is high.
    """
    left = min(max(width_of(r.label) for r in rows) + 14, 330)
    right = 70.0
    values = [middle, *(v for r in rows for v in (r.low, r.high))]
    least, most = min(values), max(values)
    room = WIDTH - left - right - 70.0
    span = (most - least) or 1.0

    def x(value: float) -> float:
        return left + 70.0 + room * (value - least) / span

    body = [
        rect(left, 4, 10, 10, "men"),
        text(left + 15, 13, ends[0], size=12),
        rect(left + 35 + width_of(ends[0], 12), 4, 10, 10, "accent"),
        text(left + 50 + width_of(ends[0], 12), 13, ends[1], size=12),
    ]
    top = 42.0
    for i, row in enumerate(rows):
        y = top + i * ROW
        body.append(text(left - 10, y + 16, row.label, anchor="end"))
        body += _bars(row, middle, y, x, wording)
    height = top + len(rows) * ROW + 6
    body.append(line(x(middle), top - 4, x(middle), height - 4, "ink"))
    body.append(
        text(x(middle), top - 8, wording.number(middle), size=11, anchor="middle", weight=600)
    )
    table = table_of(header, [(r.label, r.low, r.high) for r in rows], wording)
    return chart(body, wording, table, width=WIDTH, height=height)


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
