"""Names beside the circles of a map: none on another, none on a large circle, near its own.

A name that finds no room beside its circle stands further off, with a line to it.
"""

import math
from collections.abc import Sequence
from html import escape

from sojourn.publish.draw.svg import width_of

HIGH = 26.0  # of a name and its number below it [px]
TOUCHING = 8.0  # up to this distance [px] no line is needed
DISTANCES = (3.0, 12.0, 24.0, 38.0, 54.0, 72.0, 92.0)
DIRECTIONS = 24
APART = 4.0  # between two names [px]
Box = tuple[float, float, float, float]
Circle = tuple[float, float, float]

_HALO = ' paint-order="stroke" stroke="var(--sj-paper)" stroke-width="2.6" stroke-linejoin="round"'


def named(
    labels: Sequence[tuple[str, str]],
    at: Sequence[Circle],
    circles: Sequence[Circle],
    size: tuple[float, float],
) -> list[str]:
    """Return names with their numbers beside circles, the first the nearest to its own.

    Parameters
    ----------
    labels, at : sequences of equal length
        Name and number; the circle (x, y, radius) [px] that they belong to.
    circles : sequence of (x, y, radius)
        Every circle of the map, which names avoid.
    size : (width, height)
        Of the map [px]; a name that fits nowhere inside is left out.
    """
    body: list[str] = []
    taken: list[Box] = []
    for label, (x, y, r) in zip(labels, at, strict=True):
        wide = max(width_of(label[0], 11), width_of(label[1], 11)) * 0.95
        best: tuple[float, Box, float] | None = None
        for distance in DISTANCES:
            if best is not None and distance > best[0]:
                break  # a place further off costs at least its distance
            places = (
                (_cost(box, distance, circles), box, distance)
                for box in _around(x, y, r + distance, wide)
                if _inside(box, size) and not any(_meet(box, other) for other in taken)
            )
            best = min((p for p in (best, min(places, default=None)) if p), default=None)
        if best is None:
            continue
        _, box, distance = best
        taken.append(box)
        if distance > TOUCHING:
            body.append(_leader(x, y, r, box))
        body += _words(label, box)
    return body


def _around(x: float, y: float, far: float, wide: float) -> list[Box]:
    """Return boxes around a point, their nearest edge at a distance."""
    boxes = []
    for k in range(DIRECTIONS):
        turn = 2 * math.pi * k / DIRECTIONS
        c, s = math.cos(turn), math.sin(turn)
        left = x + far * c - wide * (1 - c) / 2
        top = y + far * s - HIGH * (1 - s) / 2
        boxes.append((left, top, left + wide, top + HIGH))
    return boxes


def _cost(box: Box, distance: float, circles: Sequence[Circle]) -> float:
    """Return how bad a place is: far from its circle, or on others, by how much it hides of them."""
    hidden = 0.0
    for x, y, r in circles:
        dx = max(box[0] - x, 0.0, x - box[2])
        dy = max(box[1] - y, 0.0, y - box[3])
        hidden += 6.0 + 2 * r if math.hypot(dx, dy) < r else 0.0
    return distance + hidden


def _inside(box: Box, size: tuple[float, float]) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]


def _meet(a: Box, b: Box) -> bool:
    return not (a[2] + APART < b[0] or b[2] + APART < a[0] or a[3] + 1 < b[1] or b[3] + 1 < a[1])


def _leader(x: float, y: float, r: float, box: Box) -> str:
    """Return the line from a circle's edge to the nearest point of a name."""
    ex, ey = min(max(x, box[0]), box[2]), min(max(y, box[1] + 4), box[3] - 4)
    far = math.hypot(ex - x, ey - y) or 1.0
    sx, sy = x + (ex - x) * r / far, y + (ey - y) * r / far
    return (
        f'<line x1="{sx:.1f}" y1="{sy:.1f}" x2="{ex:.1f}" y2="{ey:.1f}" '
        'stroke="var(--sj-ink)" stroke-width=".8"/>'
    )


def _words(label: tuple[str, str], box: Box) -> list[str]:
    common = f'<text x="{box[0]:.1f}" font-size="11" fill="var(--sj-ink)"{_HALO}'
    return [
        f'{common} y="{box[1] + 10:.1f}" font-weight="600">{escape(label[0])}</text>',
        f'{common} y="{box[1] + 22.5:.1f}">{escape(label[1])}</text>',
    ]
