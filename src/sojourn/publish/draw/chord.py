"""Chord diagram and heat map of one square table: the picture and the one that can be compared."""

import math
from collections.abc import Sequence

from sojourn.publish.chart import CellValue, Chart, Table, Wording, table_of
from sojourn.publish.draw.svg import chart, mark, rect, text, width_of, wrapped

SIZE = 760.0
NARROW = 520.0  # below it names stand under the ring, and lists replace the grid
COLOURS = ("c1", "c2", "c3", "c4", "c5", "c6")


def _twin(
    labels: Sequence[str], matrix: Sequence[Sequence[float]], wording: Wording, corner: str
) -> Table:
    rows: list[tuple[CellValue, ...]] = [(labels[i], *matrix[i]) for i in range(len(labels))]
    return table_of((corner, *labels), rows, wording)


def chord(
    labels: Sequence[str],
    matrix: Sequence[Sequence[float]],
    wording: Wording,
    *,
    threshold: float,
    words: tuple[str, str, str],
    width: float = SIZE,
) -> Chart:
    """Return a chord diagram: bands touch the ring at the origin, end in an arrow at the destination.

    Where the drawing is narrow the ring carries numbers, and the names stand below it.

    Parameters
    ----------
    matrix : rows = origins, columns = destinations
        At most six places, in the order of geography.
    threshold : float
        Bands below it are not drawn; the caption states it.
    words : (corner of the table, "out", "in")
    width : float
        Width of the drawing [px]; letters keep their size whatever it is.
    """
    narrow = width < NARROW
    radius = width / 2 - 42 if narrow else min(215.0, width / 2 - 165)
    ring = _Ring(matrix, (width / 2, radius + (34 if narrow else 75)), radius)
    body = [
        _band(ring, i, ends, wording.said(f"{labels[i]} → {labels[j]}", wording.number(value)))
        for value, i, j, ends in ring.bands()
        if value >= threshold
    ]
    height = 2 * ring.centre[1]
    for i, label in enumerate(labels):
        body.append(_arc(ring, i))
        totals = [
            f"{words[1]} {wording.number(ring.out[i])}",
            f"{words[2]} {wording.number(ring.into[i])}",
        ]
        if narrow:
            x, y = ring.at(ring.middle(i), ring.radius + 26)
            body.append(text(x, y + 4, str(i + 1), weight=600, anchor="middle"))
            body.append(text(0, height + 14 + 36 * i, f"{i + 1}  {label}", size=12.5, weight=600))
            body.append(text(14, height + 30 + 36 * i, " · ".join(totals), size=12, fill="soft"))
        else:
            body += _label(label, totals, ring, i, width)
    height += 36.0 * len(labels) + 4 if narrow else 0

    def redraw(wide: float) -> Chart:
        return chord(labels, matrix, wording, threshold=threshold, words=words, width=wide)

    table = _twin(labels, matrix, wording, words[0])
    return chart(body, wording, table, width=width, height=height, redraw=redraw)


class _Ring:
    """Where each place stands on the ring, and where its bands begin and end [radians]."""

    def __init__(
        self, matrix: Sequence[Sequence[float]], centre: tuple[float, float], radius: float
    ) -> None:
        n = len(matrix)
        self.matrix, self.centre, self.radius = matrix, centre, radius
        self.out = [sum(matrix[i]) for i in range(n)]
        self.into = [sum(matrix[i][j] for i in range(n)) for j in range(n)]
        gap = 0.05
        self.unit = (2 * math.pi - gap * n) / ((sum(self.out) + sum(self.into)) or 1.0)
        self.start, angle = [0.0] * n, -math.pi / 2
        for i in range(n):
            self.start[i] = angle
            angle += (self.out[i] + self.into[i]) * self.unit + gap

    def at(self, angle: float, radius: float) -> tuple[float, float]:
        return (
            self.centre[0] + radius * math.cos(angle),
            self.centre[1] + radius * math.sin(angle),
        )

    def end(self, i: int) -> float:
        return self.start[i] + (self.out[i] + self.into[i]) * self.unit

    def middle(self, i: int) -> float:
        return (self.start[i] + self.end(i)) / 2

    def bands(self) -> list[tuple[float, int, int, tuple[float, float, float, float]]]:
        """Return (value, origin, destination, angles), the largest first."""
        n = len(self.matrix)
        leaving = list(self.start)
        arriving = [self.start[i] + self.out[i] * self.unit for i in range(n)]
        found = []
        for i in range(n):
            for step in range(n):
                j = (i + n - step) % n
                size = self.matrix[i][j] * self.unit
                ends = (leaving[i], leaving[i] + size, arriving[j], arriving[j] + size)
                leaving[i], arriving[j] = ends[1], ends[3]
                found.append((self.matrix[i][j], i, j, ends))
        return sorted(found, key=lambda b: -b[0])


def _point(place: tuple[float, float]) -> str:
    return f"{place[0]:.1f},{place[1]:.1f}"


def _band(ring: _Ring, i: int, ends: tuple[float, float, float, float], said: str) -> str:
    a0, a1, b0, b1 = ends
    r, large = ring.radius, 1 if a1 - a0 > math.pi else 0
    back, tip = r - 22 * r / 215, r - 8 * r / 215
    curve = f"Q{_point(ring.centre)} "
    path = (
        f"M{_point(ring.at(a0, r))}A{r:g},{r:g} 0 {large} 1 {_point(ring.at(a1, r))}"
        f"{curve}{_point(ring.at(b0, back))}L{_point(ring.at((b0 + b1) / 2, tip))}"
        f"L{_point(ring.at(b1, back))}{curve}{_point(ring.at(a0, r))}Z"
    )
    drawn = (
        f'<path d="{path}" fill="var(--sj-{COLOURS[i % 6]})" fill-opacity=".72" '
        'stroke="var(--sj-paper)" stroke-width=".6"/>'
    )
    return mark(drawn, "", said)


def _arc(ring: _Ring, i: int) -> str:
    a0, a1, inner, outer = ring.start[i], ring.end(i), ring.radius + 4, ring.radius + 16
    large = 1 if a1 - a0 > math.pi else 0
    return (
        f'<path d="M{_point(ring.at(a0, inner))}A{inner:g},{inner:g} 0 {large} 1 '
        f"{_point(ring.at(a1, inner))}L{_point(ring.at(a1, outer))}A{outer:g},{outer:g} 0 {large} 0 "
        f'{_point(ring.at(a0, outer))}Z" fill="var(--sj-{COLOURS[i % 6]})"/>'
    )


def _label(label: str, totals: list[str], ring: _Ring, i: int, width: float) -> list[str]:
    angle = ring.middle(i)
    x, y = ring.at(angle, ring.radius + 26)
    level = math.cos(angle)
    anchor = "middle" if abs(level) < 0.25 else ("start" if level > 0 else "end")
    room = {"middle": 260.0, "start": width - x, "end": x}[anchor]
    name = wrapped(label, room, 14)
    if width_of(" · ".join(totals), 11) <= room:
        totals = [" · ".join(totals)]
    tall = 16.0 * len(name) + 14.0 * len(totals)
    y += 13 - tall * (1 - math.sin(angle)) / 2
    body = [text(x, y + 16 * k, part, weight=600, anchor=anchor) for k, part in enumerate(name)]
    y += 16 * len(name)
    body += [
        text(x, y + 14 * k, part, size=11, fill="soft", anchor=anchor)
        for k, part in enumerate(totals)
    ]
    return body


def heat(
    labels: Sequence[str],
    matrix: Sequence[Sequence[float]],
    wording: Wording,
    *,
    corner: str,
    width: float = SIZE,
) -> Chart:
    """Return a heat map: rows are origins, columns destinations, each cell printed.

    Where the drawing is narrow each origin is a short list of bars, one a destination.
    """
    largest = max(max(row) for row in matrix) or 1.0
    body, height = (_lists if width < NARROW else _grid)(
        labels, matrix, wording, corner, largest, width
    )

    def redraw(wide: float) -> Chart:
        return heat(labels, matrix, wording, corner=corner, width=wide)

    table = _twin(labels, matrix, wording, corner)
    return chart(body, wording, table, width=width, height=height, redraw=redraw)


def _grid(
    labels: Sequence[str],
    matrix: Sequence[Sequence[float]],
    wording: Wording,
    corner: str,
    largest: float,
    width: float,
) -> tuple[list[str], float]:
    n = len(labels)
    left = min(max(width_of(corner, 11), *(width_of(x, 12) for x in labels)) + 14, 250)
    cell = (width - left) / n
    top, height = 62.0, 40.0
    body = [text(left - 10, 18, corner, size=11, fill="soft", anchor="end")]
    for j, label in enumerate(labels):
        for k, part in enumerate(wrapped(label, cell, 11)):
            body.append(
                text(left + j * cell + cell / 2, 18 + k * 13, part, size=11, anchor="middle")
            )
    for i, label in enumerate(labels):
        y = top + i * height
        body.append(text(left - 10, y + 25, label, size=12, anchor="end"))
        for j in range(n):
            level = min(5, int(6 * (matrix[i][j] / largest) ** 0.5))
            shown = wording.number(matrix[i][j])
            drawn = rect(left + j * cell + 1, y + 1, cell - 2, height - 2, f"r{level + 1}") + text(
                left + j * cell + cell / 2,
                y + 25,
                shown,
                size=12,
                anchor="middle",
                fill="paper" if level >= 3 else "ink",
                weight=600 if i == j else 400,
            )
            body.append(mark(drawn, "", wording.said(f"{label} → {labels[j]}", shown)))
    return body, top + n * height + 4


def _lists(
    labels: Sequence[str],
    matrix: Sequence[Sequence[float]],
    wording: Wording,
    _corner: str,
    largest: float,
    width: float,
) -> tuple[list[str], float]:
    body, y = [], 0.0
    for i, label in enumerate(labels):
        body.append(text(0, y + 14, f"{label} →", size=12.5, weight=600))
        y += 20
        for j in sorted(range(len(labels)), key=lambda j: -matrix[i][j]):
            shown = wording.number(matrix[i][j])
            length = (width - 212 - width_of(shown, 12)) * matrix[i][j] / largest
            drawn = text(8, y + 11, wrapped(labels[j], 215, 12, 1)[0], size=12) + rect(
                202, y + 3, length, 9, "accent"
            )
            drawn += text(202 + length + 6, y + 11.5, shown, size=12)
            body.append(drawn)
            y += 17
        y += 8
    return body, y
