"""World maps: classes of one ramp, counts as circles, no data hatched, small places as rings."""

import json
import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from sojourn.publish.chart import CellValue, Chart, Table, Wording, table_of
from sojourn.publish.draw.names import named
from sojourn.publish.draw.svg import chart, mark, rect, text, width_of, wrapped
from sojourn.terminal.declared import packaged
from sojourn.vocab.area import AREAS

RAMP = ("r1", "r2", "r3", "r4", "r5", "r6")
TWO_SIGNS = ("d1", "d2", "d3", "d4", "d5", "d6")
SMALL = 14.0  # square pixels below which a place gets a ring
# Where most people of a very wide country live, in pixels of the map, instead of its middle.
PEOPLED: Mapping[str, tuple[float, float]] = {"643": (578.0, 60.0), "124": (300.0, 96.0)}
COUNTED_WITH = {"XKX": "688"}  # UN DESA counts Kosovo with Serbia
WIDTH = 960.0
NARROW = 520.0
WIDEST = 25.0  # radius of the largest circle [px of a map WIDTH wide]
LEAST = 2.2  # circles smaller than this radius are left out
LABELLED = 8
_A = (1.340264, -0.081106, 0.000893, 0.003796)  # Equal Earth (Šavrič, Patterson, Jenny 2018)


@cache
def world_shapes() -> Any:
    """Return the projected shapes: paths, centres and special borders by area id."""
    text_ = files("sojourn.publish.shapes").joinpath("world.json").read_text("utf-8")
    return json.loads(text_)


@cache
def documents() -> Mapping[str, str]:
    """Return the numbers of the UN documents behind the special lines, by name."""
    return MappingProxyType(packaged("sojourn.publish.shapes", "borders.toml", dict[str, str]))


def projected(lon: float, lat: float) -> tuple[float, float]:
    """Return a place [degrees] on the map [px], in the projection of the shapes.

    >>> [round(v) for v in projected(0.0, 0.0)]
    [480, 234]
    """
    a1, a2, a3, a4 = _A
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    t2, t6 = theta**2, theta**6
    slope = 9 * a4 * t6 * t2 + 7 * a3 * t6 + 3 * a2 * t2 + a1
    scale = WIDTH / (2 * 2.7066297)
    x = 2 * math.sqrt(3) * math.radians(lon) * math.cos(theta) / (3 * slope)
    y = theta * (a4 * t6 * t2 + a3 * t6 + a2 * t2 + a1)
    return WIDTH / 2 + x * scale, 1.3173628 * scale - y * scale


@cache
def position(area: str) -> tuple[float, float] | None:
    """Return where an area stands on the map: where its people or its middle is, else its point."""
    centre = PEOPLED.get(area) or world_shapes()["centres"].get(area)
    if centre is not None:
        return float(centre[0]), float(centre[1])
    known = AREAS.get(area)
    if known is None or known.latitude is None or known.longitude is None:
        return None
    return projected(known.longitude, known.latitude)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Counts drawn as circles over the classes of a map, their area in proportion.

    Attributes
    ----------
    values, traces : mapping of area id to count, and to its lineage id
    number : callable
        Count → text.
    header, legend : str
        Head of their column in the table twin; words beside the circles of the legend.
    """

    values: Mapping[str, float]
    number: Callable[[float], str]
    header: str
    legend: str
    traces: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Map:
    """What the parts of one drawing share."""

    values: Mapping[str, float]
    wording: Wording
    breaks: Sequence[float]
    names: Mapping[str, str]
    ramp: Sequence[str]
    traces: Mapping[str, str]
    counts: Counts | None
    width: float

    @property
    def scale(self) -> float:
        return self.width / WIDTH

    @property
    def hatch(self) -> str:
        return f"{self.wording.id}-h{self.width:.0f}"

    def owner(self, area: str) -> str:
        """Return the area whose number a shape wears: its own, or the one it is counted with."""
        return area if area in self.values else COUNTED_WITH.get(area, area)

    def fill(self, area: str) -> str:
        value = self.values.get(self.owner(area))
        if value is None:
            return f"url(#{self.hatch})"
        return f"var(--sj-{self.ramp[bisect_right(self.breaks, value)]})"

    def said(self, area: str) -> str:
        number = self.wording.number(self.values[area])
        said = self.wording.said(self.names.get(area, area), number)
        if self.counts is not None and area in self.counts.values:
            return self.wording.listed([said, self.counts.number(self.counts.values[area])])
        return said


def choropleth(
    values: Mapping[str, float],
    wording: Wording,
    *,
    breaks: Sequence[float],
    names: Mapping[str, str],
    header: tuple[str, str],
    ramp: Sequence[str] = RAMP,
    traces: Mapping[str, str] | None = None,
    counts: Counts | None = None,
    beside: str = "",
    width: float = WIDTH,
) -> Chart:
    """Return a world map of one value a place; every place with a value is drawn, ringed or listed.

    Parameters
    ----------
    values : mapping of area id to value
        A place that is absent is hatched, never coloured as zero.
    breaks : sequence of float, length 5
        Lower limits of the second to the sixth class.
    names : mapping of area id to name
        For hover, labels and the table twin.
    ramp : sequence of str, length 6
        Colours of the classes; ``TWO_SIGNS`` for values below and above zero.
    traces : mapping of area id to lineage id, optional
    counts : Counts, optional
        Circles over the classes, the largest of them with their names.
    beside : str
        Words before the list of places that have a value and no place on the map.
    """
    drawn = _Map(values, wording, breaks, names, ramp, traces or {}, counts, width)
    k = drawn.scale
    land = _land(drawn) + _lines(world_shapes()["lines"])
    body = [_hatch(drawn), f'<g transform="scale({k:.4g})">{"".join(land)}</g>', *_rings(drawn)]
    if counts is not None:
        body += _circles(drawn, counts)
    height = world_shapes()["height"] * k - (25 if k > 0.7 else 0)
    legend, height = _legend(drawn, height)
    listed, height = _beside(drawn, beside, height)

    def redraw(wide: float) -> Chart:
        return choropleth(
            values,
            wording,
            breaks=breaks,
            names=names,
            header=header,
            ramp=ramp,
            traces=traces,
            counts=counts,
            beside=beside,
            width=wide,
        )

    table = _twin(drawn, header)
    return chart(
        [*body, *legend, *listed], wording, table, width=width, height=height, redraw=redraw
    )


def _twin(drawn: _Map, header: tuple[str, str]) -> Table:
    listed = {**(drawn.counts.values if drawn.counts else {}), **drawn.values}
    ranked = sorted(listed, key=lambda a: (-drawn.values.get(a, -1.0), a))
    rows: list[tuple[CellValue, ...]] = [
        (drawn.names.get(a, a), drawn.values.get(a)) for a in ranked
    ]
    traces = [("", drawn.traces.get(a, "")) for a in ranked]
    if drawn.counts is None:
        return table_of(header, rows, drawn.wording, traces)
    also = drawn.counts
    full = [(*row, also.values.get(a)) for row, a in zip(rows, ranked, strict=True)]
    both = [(*row, also.traces.get(a, "")) for row, a in zip(traces, ranked, strict=True)]
    table = table_of((*header, also.header), full, drawn.wording, both)
    shown = tuple(
        (*row[:2], drawn.wording.no_data if cells[2] is None else also.number(float(cells[2])))
        for row, cells in zip(table.shown, full, strict=True)
    )
    return Table(header=table.header, rows=table.rows, shown=shown, traces=table.traces)


def _hatch(drawn: _Map) -> str:
    return (
        f'<defs><pattern id="{drawn.hatch}" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="5" height="5" fill="var(--sj-wash)"/>'
        '<line x1="0" y1="0" x2="0" y2="5" stroke="var(--sj-hatch)" stroke-width="1.6"/>'
        "</pattern></defs>"
    )


def _land(drawn: _Map) -> list[str]:
    """Return the shapes: those with a value one by one, the others together.

    On a drawing too narrow for a finger the shapes of one class are one.
    """
    classes: dict[str, list[str]] = {}
    body = ['<g stroke="var(--sj-paper)" stroke-width=".5">']
    for area, path in world_shapes()["paths"].items():
        owner = drawn.owner(area)
        if owner in drawn.values and drawn.width >= NARROW:
            shape = f'<path d="{path}" fill="{drawn.fill(area)}"/>'
            body.append(mark(shape, drawn.traces.get(owner, ""), drawn.said(owner)))
        elif area != "010":
            classes.setdefault(drawn.fill(area), []).append(path)
    for fill, paths in sorted(classes.items()):
        shape = "".join(f'<path d="{path}"/>' for path in paths)
        body.append(f'<g fill="{fill}">{shape}</g>')
    return [*body, "</g>"]


def _lines(lines: Mapping[str, str]) -> list[str]:
    dash = {"dashed": "4 3", "dotted": "1 2.5"}
    return [
        f'<path d="{path}" fill="none" stroke="var(--sj-ink)" stroke-width=".9" stroke-dasharray="{dash[style]}"/>'
        for style, path in sorted(lines.items())
    ]


def _rings(drawn: _Map) -> list[str]:
    """Return a ring for each place that has a value and a shape too small to see, or none."""
    body = []
    for area in drawn.values:
        centre, at = world_shapes()["centres"].get(area), position(area)
        if at is None or (centre is not None and centre[2] * drawn.scale**2 >= SMALL):
            continue
        x, y = at[0] * drawn.scale, at[1] * drawn.scale
        ring = (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2.6 if drawn.scale > 0.7 else 1.8}" '
            f'fill="{drawn.fill(area)}"/>'
        )
        wide = drawn.width >= NARROW
        body.append(mark(ring, drawn.traces.get(area, ""), drawn.said(area)) if wide else ring)
    return ['<g stroke="var(--sj-ink)" stroke-width=".5">', *body, "</g>"]


def _radius(value: float, drawn: _Map, counts: Counts) -> float:
    largest = max(counts.values.values(), default=1.0) or 1.0
    return WIDEST * math.sqrt(max(value, 0.0) / largest) * max(drawn.scale, 0.5)


_CIRCLES = '<g fill="var(--sj-paper)" fill-opacity=".34" stroke="var(--sj-ink)" stroke-width="1">'


def _circle(x: float, y: float, r: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'


def _circles(drawn: _Map, counts: Counts) -> list[str]:
    """Return the counts as circles, the largest first, with the names of the largest."""
    body, labels, at = list[str](), list[tuple[str, str]](), list[tuple[float, float, float]]()
    placed: list[tuple[float, float, float]] = []
    most = LABELLED if drawn.scale > 0.7 else 3
    for rank, area in enumerate(sorted(counts.values, key=lambda a: (-counts.values[a], a))):
        where, r = position(area), _radius(counts.values[area], drawn, counts)
        if where is None or r < LEAST:
            continue
        x, y = where[0] * drawn.scale, where[1] * drawn.scale
        placed.append((x, y, r))
        label = (drawn.names.get(area, area), counts.number(counts.values[area]))
        circle = _circle(x, y, r)
        told = mark(circle, counts.traces.get(area, ""), drawn.wording.said(*label))
        body.append(told if drawn.width >= NARROW else circle)
        if rank < most:
            labels.append(label)
            at.append((x, y, r))
    size = (drawn.width, float(world_shapes()["height"]) * drawn.scale)
    return [_CIRCLES, *body, "</g>", *named(labels, at, placed, size)]


def _legend(drawn: _Map, y: float) -> tuple[list[str], float]:
    """Return classes, "no data" and circles below the map, and how far down they reach."""
    wide = drawn.width >= NARROW
    step = 52.0 if wide else (drawn.width - 20) / len(drawn.ramp)
    left = 20.0 if wide else 4.0
    body = []
    for i, colour in enumerate(drawn.ramp):
        body.append(rect(left + i * step, y, step, 11, colour))
        if i:
            words = drawn.wording.number(drawn.breaks[i - 1])
            body.append(text(left + i * step, y + 25, words, size=11, anchor="middle"))
    x, row = (left + len(drawn.ramp) * step + 24, y) if wide else (left, y + 36)
    body.append(
        f'<rect x="{x}" y="{row}" width="26" height="11" fill="url(#{drawn.hatch})" '
        'stroke="var(--sj-hatch)" stroke-width=".5"/>'
    )
    body.append(text(x + 34, row + 10, drawn.wording.no_data, size=11))
    if drawn.counts is None or not drawn.counts.values:
        return body, (y if wide else row) + 32
    x += 34 + width_of(drawn.wording.no_data, 11) + 30
    sizes = _sizes(drawn, drawn.counts)
    room = sum(2 * r + 17 + width_of(words, 11) for r, words in sizes)
    if x + room > drawn.width:  # a row of their own, below the limits of the classes
        x, row = left, row + 24 + sizes[0][0]
    return body + _size_marks(drawn, drawn.counts, sizes, (x, row)), row + max(44, 12 + sizes[0][0])


def _sizes(drawn: _Map, counts: Counts) -> list[tuple[float, str]]:
    """Return the two circles of the legend: the radius, and what it stands for."""
    largest = max(counts.values.values())
    power = 10.0 ** math.floor(math.log10(largest)) if largest > 0 else 1.0
    top = max((m * power for m in (1.0, 2.0, 5.0) if m * power <= largest), default=power)
    return [(_radius(value, drawn, counts), counts.number(value)) for value in (top, top / 10)]


def _size_marks(
    drawn: _Map, counts: Counts, sizes: list[tuple[float, str]], at: tuple[float, float]
) -> list[str]:
    """Return the circles of the legend in a row, each with what it stands for."""
    (x, y), body = at, list[str]()
    for r, words in sizes:
        body.append(f"{_CIRCLES}{_circle(x + r, y + 6, r)}</g>")
        body.append(text(x + 2 * r + 5, y + 10, words, size=11))
        x += 2 * r + 5 + width_of(words, 11) + 12
    if x + width_of(counts.legend, 11) < drawn.width:
        body.append(text(x, y + 10, counts.legend, size=11, fill="soft"))
    return body


def _beside(drawn: _Map, words: str, y: float) -> tuple[list[str], float]:
    """Return the places that have a value and no place on the map, as lines below it."""
    lost = [a for a in drawn.values if position(a) is None]
    if not lost or not words:
        return [], y
    listed = f"{words} " + drawn.wording.listed(drawn.said(a) for a in sorted(lost))
    lines = wrapped(listed, drawn.width - 24, 11, 20)
    body = [
        text(20 if drawn.width >= NARROW else 4, y + 12 + 15 * i, s, size=11)
        for i, s in enumerate(lines)
    ]
    return body, y + 15 * len(lines) + 6
