"""Chord diagram and heat map of one square table: the picture and the one that can be compared."""

import math
from collections.abc import Sequence

from sojourn.publish.chart import CellValue, Chart, Table, Wording, table_of
from sojourn.publish.draw.svg import chart, rect, text, width_of

SIZE = 760.0
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
) -> Chart:
    """Return a chord diagram: bands touch the ring at the origin, end in an arrow at the destination.

    Parameters
    ----------
    matrix : rows = origins, columns = destinations
        At most six places, in the order of geography.
    threshold : float
        Bands below it are not drawn; the caption states it.
    words : (corner of the table, "out", "in")
    """
    n = len(labels)
    out = [sum(matrix[i]) for i in range(n)]
    into = [sum(matrix[i][j] for i in range(n)) for j in range(n)]
    total = sum(out) + sum(into)
    gap = 0.05
    unit = (2 * math.pi - gap * n) / total
    radius, cx, cy = 215.0, SIZE / 2, 290.0
    start = [0.0] * n
    angle = -math.pi / 2
    for i in range(n):
        start[i] = angle
        angle += (out[i] + into[i]) * unit + gap

    def at(a: float, r: float) -> str:
        return f"{cx + r * math.cos(a):.1f},{cy + r * math.sin(a):.1f}"

    body: list[str] = []
    leaving = list(start)
    arriving = [start[i] + out[i] * unit for i in range(n)]
    bands = []
    for i in range(n):
        for step in range(n):
            j = (i + n - step) % n
            size = matrix[i][j] * unit
            a0, a1, b0, b1 = leaving[i], leaving[i] + size, arriving[j], arriving[j] + size
            leaving[i], arriving[j] = a1, b1
            if matrix[i][j] >= threshold:
                bands.append((matrix[i][j], i, (a0, a1, b0, b1)))
    for _, i, (a0, a1, b0, b1) in sorted(bands, key=lambda b: -b[0]):
        large = 1 if a1 - a0 > math.pi else 0
        tip = (b0 + b1) / 2
        body.append(
            f'<path d="M{at(a0, radius)}A{radius},{radius} 0 {large} 1 {at(a1, radius)}'
            f"Q{cx},{cy} {at(b0, radius - 22)}L{at(tip, radius - 8)}L{at(b1, radius - 22)}"
            f'Q{cx},{cy} {at(a0, radius)}Z" fill="var(--sj-{COLOURS[i % 6]})" fill-opacity=".72" '
            'stroke="var(--sj-paper)" stroke-width=".6"/>'
        )
    for i in range(n):
        a0, a1 = start[i], start[i] + (out[i] + into[i]) * unit
        large = 1 if a1 - a0 > math.pi else 0
        body.append(
            f'<path d="M{at(a0, radius + 4)}A{radius + 4},{radius + 4} 0 {large} 1 {at(a1, radius + 4)}'
            f'L{at(a1, radius + 16)}A{radius + 16},{radius + 16} 0 {large} 0 {at(a0, radius + 16)}Z" '
            f'fill="var(--sj-{COLOURS[i % 6]})"/>'
        )
        body += _label(
            labels[i], out[i], into[i], wording, words, (a0 + a1) / 2, (cx, cy, radius + 26)
        )
    return chart(body, wording, _twin(labels, matrix, wording, words[0]), width=SIZE, height=580)


def _label(
    label: str,
    out: float,
    into: float,
    wording: Wording,
    words: tuple[str, str, str],
    angle: float,
    place: tuple[float, float, float],
) -> list[str]:
    cx, cy, radius = place
    x, y = cx + radius * math.cos(angle), cy + radius * math.sin(angle)
    anchor = (
        "middle" if abs(math.cos(angle)) < 0.25 else ("start" if math.cos(angle) > 0 else "end")
    )
    room = {"middle": 260.0, "start": SIZE - x, "end": x}[anchor]
    name = _wrap(label, room, 14)
    totals = [f"{words[1]} {wording.number(out)}", f"{words[2]} {wording.number(into)}"]
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
    labels: Sequence[str], matrix: Sequence[Sequence[float]], wording: Wording, *, corner: str
) -> Chart:
    """Return a heat map: rows are origins, columns destinations, each cell printed."""
    n = len(labels)
    left = min(max(width_of(x, 12) for x in labels) + 14, 250)
    cell = (SIZE - left) / n
    top, height = 62.0, 40.0
    largest = max(max(row) for row in matrix) or 1.0
    body = [text(left - 10, 18, corner, size=11, fill="soft", anchor="end")]
    for j, label in enumerate(labels):
        for k, part in enumerate(_wrap(label, cell)):
            body.append(
                text(left + j * cell + cell / 2, 18 + k * 13, part, size=11, anchor="middle")
            )
    for i, label in enumerate(labels):
        y = top + i * height
        body.append(text(left - 10, y + 25, label, size=12, anchor="end"))
        for j in range(n):
            level = min(5, int(6 * (matrix[i][j] / largest) ** 0.5))
            body.append(rect(left + j * cell + 1, y + 1, cell - 2, height - 2, f"r{level + 1}"))
            ink = "paper" if level >= 3 else "ink"
            body.append(
                text(
                    left + j * cell + cell / 2,
                    y + 25,
                    wording.number(matrix[i][j]),
                    size=12,
                    anchor="middle",
                    fill=ink,
                    weight=600 if i == j else 400,
                )
            )
    return chart(
        body,
        wording,
        _twin(labels, matrix, wording, corner),
        width=SIZE,
        height=top + n * height + 4,
    )


def _wrap(label: str, width: float, size: float = 11) -> list[str]:
    lines = [""]
    for word in label.split():
        joined = f"{lines[-1]} {word}".strip()
        if width_of(joined, size) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = joined
    return lines[:3]
