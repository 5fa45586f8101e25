"""A map of regions: one circle each, its area the number of people, over the countries' outlines."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sojourn.publish.chart import Chart, Wording, table_of
from sojourn.publish.draw.svg import chart, rect, text, width_of, wrapped
from sojourn.publish.draw.world import world_shapes

WIDTH, HEIGHT = 640.0, 460.0
LARGEST = 34.0  # radius of the largest circle, pixels
MARGIN = 70.0  # between the outermost middle and the edge
NARROW = 520.0  # from here down the drawing is one for a phone
NARROWEST = 9.0  # of the world's drawing: nearer than that, its outlines are too coarse
_EQUAL_EARTH = (1.340264, -0.081106, 0.000893, 0.003796)
_X, _Y = 2 * 2.7066297, 1.3173628  # extent of the projection, as in the world's drawing
_POINT = re.compile(r"(-?[\d.]+)[ ,](-?[\d.]+)")
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Circle:
    """One region: its label, how many people, and about where it lies in degrees."""

    label: str
    persons: int
    lon: float
    lat: float


def region_map(
    circles: Sequence[Circle],
    wording: Wording,
    *,
    header: tuple[str, str],
    beside: Sequence[tuple[str, int]] = (),
    start: tuple[str, float, float] | None = None,
    width: float = WIDTH,
) -> Chart:
    """Return the map.

    Parameters
    ----------
    beside : sequence of (label, persons)
        Counted in the table and below the map, and drawn nowhere.
    start : (label, lon, lat), optional
        Where people leave from.
    width : float
        Width of the drawing [px].
    """
    places = [(c.lon, c.lat) for c in circles]
    frame = _Frame([*places, *([start[1:]] if start else [])], width)
    scale = (
        LARGEST
        * (0.4 + 0.6 * width / WIDTH)
        / math.sqrt(max((c.persons for c in circles), default=1))
    )
    radii = [max(5.0, scale * math.sqrt(c.persons)) for c in circles]
    middles = _apart([frame.at(*p) for p in places], radii, frame)
    body = [rect(0, 0, frame.width, frame.height, "wash"), *frame.outlines(wording.id)]
    if start:
        x, y = frame.at(*start[1:])
        body += [rect(x - 4, y - 4, 8, 8, "ink"), _start(start[0], x, y, width)]
    for c, (x, y), r in sorted(zip(circles, middles, radii, strict=True), key=lambda e: -e[2]):
        body += _circle(c, x, y, r, wording)
    below = "  ·  ".join(wording.said(label, wording.number(n)) for label, n in beside)
    lines = wrapped(below, width, 12, 9) if below else []
    body += [
        text(width / 2, frame.height + 20 + 16 * k, part, size=12, anchor="middle")
        for k, part in enumerate(lines)
    ]
    rows = [(c.label, c.persons) for c in circles] + list(beside)
    table = table_of(header, [(label, float(n)) for label, n in rows], wording)
    height = frame.height + 14 + 16 * max(len(lines), 1)

    def redraw(wide: float) -> Chart:
        return region_map(circles, wording, header=header, beside=beside, start=start, width=wide)

    return chart(body, wording, table, width=width, height=height, redraw=redraw)


def _start(label: str, x: float, y: float, width: float) -> str:
    """Return the name of where people leave from: on the side where it has room."""
    right = x + 8 + width_of(label, 12) <= width
    at, anchor = (x + 8, "start") if right else (x - 8, "end")
    return text(at, y - 6, label, size=12, anchor=anchor, weight=600)


def _circle(circle: Circle, x: float, y: float, r: float, wording: Wording) -> list[str]:
    number = wording.number(circle.persons)
    drawn = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="var(--sj-r4)" fill-opacity=".85" stroke="var(--sj-paper)" stroke-width="1"/>'
    fits = width_of(number, 12) < 1.7 * r
    inside = (
        [text(x, y + 4, number, size=12, anchor="middle", fill="paper", weight=600)] if fits else []
    )
    label = circle.label if fits else f"{circle.label} {number}"
    return [drawn, *inside, text(x, y + r + 12, label, size=11, anchor="middle")]


def _apart(middles: Sequence[Point], radii: Sequence[float], frame: "_Frame") -> list[Point]:
    """Return the middles, moved until no two circles lie on each other; the same each time."""
    moved = list(middles)
    for _ in range(200):
        still = True
        for i in range(len(moved)):
            for j in range(i):
                dx, dy = moved[i][0] - moved[j][0], moved[i][1] - moved[j][1]
                far, near = math.hypot(dx, dy), radii[i] + radii[j] + 13
                if far >= near:
                    continue
                still = False
                turn = math.atan2(dy, dx) if far > 0.01 else 2.4 * i
                push = (near - far) / 2 + 0.1
                sx, sy = push * math.cos(turn), push * math.sin(turn)
                moved[i] = frame.inside(moved[i][0] + sx, moved[i][1] + sy)
                moved[j] = frame.inside(moved[j][0] - sx, moved[j][1] - sy)
        if still:
            break
    return moved


def _project(lon: float, lat: float) -> Point:
    """Return a point of the world's drawing (Equal Earth)."""
    a1, a2, a3, a4 = _EQUAL_EARTH
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    t2, t6 = theta**2, theta**6
    x = 2 * math.sqrt(3) * math.radians(lon) * math.cos(theta)
    x /= 3 * (9 * a4 * t6 * t2 + 7 * a3 * t6 + 3 * a2 * t2 + a1)
    y = theta * (a4 * t6 * t2 + a3 * t6 + a2 * t2 + a1)
    width = float(world_shapes()["width"])
    scale = width / _X
    return width / 2 + x * scale, (_Y - y) * scale


class _Frame:
    """The part of the world that is drawn."""

    def __init__(self, places: Sequence[Point], width: float) -> None:
        self.width = width
        self.height = HEIGHT if width > NARROW else min(width * 1.1, HEIGHT)
        margin = MARGIN if width > NARROW else MARGIN / 2
        points = [_project(*p) for p in places] or [(0.0, 0.0)]
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        wide, high = max(xs) - min(xs), max(ys) - min(ys)
        room = (width - 2 * margin) / width, (self.height - 2 * margin) / self.height
        span = max(wide / room[0], high / room[1] * width / self.height, NARROWEST)
        self.scale = width / span
        self.left = (min(xs) + max(xs) - span) / 2
        self.top = (min(ys) + max(ys) - span * self.height / width) / 2

    def at(self, lon: float, lat: float) -> Point:
        return self._placed(*_project(lon, lat))

    def _placed(self, x: float, y: float) -> Point:
        return (x - self.left) * self.scale, (y - self.top) * self.scale

    def inside(self, x: float, y: float) -> Point:
        """Return a point moved so far in that the largest circle round it is seen whole."""
        least = LARGEST
        return (
            min(max(x, least), self.width - least),
            min(max(y, least), self.height - least - 14),
        )

    def outlines(self, name: str) -> Iterator[str]:
        """Yield the countries in view and the special borders between them."""
        world, view = world_shapes(), f"{name}-view{self.width:.0f}"
        yield f'<clipPath id="{view}"><rect width="{self.width:g}" height="{self.height:g}"/></clipPath>'
        land = "".join(self._path(path) for path in world["paths"].values())
        yield f'<path d="{land}" clip-path="url(#{view})" fill="var(--sj-paper)" stroke="var(--sj-hatch)" stroke-width="1"/>'
        for style, dash in (("dashed", "4 3"), ("dotted", "1 2.5")):
            border = self._path(world["lines"].get(style, ""))
            if border:
                yield f'<path d="{border}" clip-path="url(#{view})" fill="none" stroke="var(--sj-ink)" stroke-width=".9" stroke-dasharray="{dash}"/>'

    def _path(self, path: str) -> str:
        return "".join(self._ring(ring, closed="z" in path) for ring in path.split("M") if ring)

    def _ring(self, ring: str, *, closed: bool) -> str:
        x = y = 0.0
        points = []
        for dx, dy in _POINT.findall(ring):
            x, y = x + float(dx), y + float(dy)
            points.append(self._placed(x, y))
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        if max(xs) < 0 or min(xs) > self.width or max(ys) < 0 or min(ys) > self.height:
            return ""
        return "M" + "L".join(f"{px:.0f},{py:.0f}" for px, py in points) + ("z" if closed else "")
