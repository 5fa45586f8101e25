"""Arrows on the world map: each flow from its origin to its destination, as wide as its people."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.publish.chart import CellValue, Chart, Wording, table_of
from sojourn.publish.draw.svg import chart, text
from sojourn.publish.draw.world import PEOPLED, world_shapes

WIDEST = 13.0  # pixels of the largest flow
THINNEST = 1.0
HALO = 2.5  # widest pale arrow of an upper end, in widths of the estimate
STEPS = 24
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Flow:
    """People who moved, or who live elsewhere than where they were born: origin → destination."""

    origin: str
    destination: str
    value: float
    interval: tuple[float, float] | None = None


def arrow(start: Point, end: Point, width: float, *, bend: float = 0.2) -> str:
    """Return the path of a curved arrow that widens from its origin and ends in a head.

    The curve bends to the left of its direction, so that two opposite flows stay apart.

    Parameters
    ----------
    start, end : (x, y), pixels
    width : float
        Pixels at the foot of the head.
    bend : float
        Height of the arc over its chord, as a share of the chord.

    Examples
    --------
    >>> arrow((0, 0), (100, 0), 4, bend=0).startswith("M0.0,0.7L")
    True
    """
    p0, p2 = np.array(start, float), np.array(end, float)
    chord = p2 - p0
    length = float(np.hypot(*chord)) or 1.0
    normal = np.array([chord[1], -chord[0]]) / length
    p1 = (p0 + p2) / 2 + normal * bend * 2 * length
    head = min(width * 1.7 + 4.0, length * 0.45)
    t = np.linspace(0.0, 1.0 - head / (length * (1 + bend)), STEPS)[:, None]
    spine = (1 - t) ** 2 * p0 + 2 * t * (1 - t) * p1 + t**2 * p2
    along = 2 * (1 - t) * (p1 - p0) + 2 * t * (p2 - p1)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    side = np.column_stack((-along[:, 1], along[:, 0]))
    half = np.maximum(width / 2 * np.linspace(0.35, 1.0, STEPS), 0.4)[:, None]
    wing = side[-1] * (width / 2 + 2.0 + width * 0.35)
    outline = [*(spine + side * half), spine[-1] + wing, p2, spine[-1] - wing]
    outline += [*(spine - side * half)[::-1]]
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in outline) + "Z"


def flow_map(
    flows: Sequence[Flow],
    wording: Wording,
    *,
    names: Mapping[str, str],
    header: tuple[str, str, str],
    ends: tuple[str, str] | tuple[()] = (),
    legend: str = "",
    width: float = 0.0,
) -> Chart:
    """Return the flows as arrows over a quiet map, the largest at the back.

    Flows of which an end has no place on the map are in the table and not in the drawing; the
    caller says so in the caption.

    Parameters
    ----------
    flows : sequence of Flow
        M49 codes; values in one unit, not negative.
    names : mapping of M49 code to name
        For the table.
    ends : (str, str), optional
        Words for the low and the high end of an interval: they stand in the table, and a pale arrow
        as wide as the upper end lies under the estimate.
    legend : str
        Words over the arrows of the legend: what their width means.
    width : float
        Width of the drawing [px]; 0 is the map's own. The legend keeps the size of its letters.
    """
    world = world_shapes()
    centres, width = world["centres"], width or float(world["width"])
    scale = width / world["width"]
    land = "".join(path for area, path in world["paths"].items() if area != "010")
    body = [f'<path d="{land}" fill="var(--sj-rule)" stroke="var(--sj-paper)" stroke-width=".5"/>']
    ranked = sorted(flows, key=lambda f: (-f.value, f.origin, f.destination))
    largest = ranked[0].value if ranked else 1.0
    for flow in ranked:
        if flow.origin in centres and flow.destination in centres:
            foot, head = [
                PEOPLED.get(a, (centres[a][0], centres[a][1]))
                for a in (flow.origin, flow.destination)
            ]
            if flow.interval is not None:
                wide = min(flow.interval[1], HALO * flow.value)
                body.append(_drawn(arrow(foot, head, _width(wide, largest)), pale=True))
            body.append(_drawn(arrow(foot, head, _width(flow.value, largest))))
    narrow = scale < 0.7
    height = world["height"] * scale + (92 if narrow else 20)
    body = [f'<g transform="scale({scale:.4g})">{"".join(body)}</g>'] if scale != 1 else body
    body += _legend(largest, wording, legend, height - 70)
    rows: list[tuple[CellValue, ...]] = [
        (
            names.get(f.origin, f.origin),
            names.get(f.destination, f.destination),
            f.value,
            *((f.interval or (None, None)) if ends else ()),
        )
        for f in ranked
    ]
    table = table_of((*header, *ends), rows, wording)

    def redraw(wide: float) -> Chart:
        return flow_map(
            flows, wording, names=names, header=header, ends=ends, legend=legend, width=wide
        )

    return chart(body, wording, table, width=width, height=height, redraw=redraw)


def _width(value: float, largest: float) -> float:
    """Width in proportion to the people; a thread where that would vanish."""
    return max(THINNEST, WIDEST * value / largest)


def _drawn(path: str, *, pale: bool = False) -> str:
    opacity = ".22" if pale else ".86"
    return (
        f'<path d="{path}" fill="var(--sj-accent)" fill-opacity="{opacity}" '
        'stroke="var(--sj-paper)" stroke-width=".7"/>'
    )


def _legend(largest: float, wording: Wording, words: str, y: float) -> list[str]:
    body = [text(16, y - 14, words, size=12, fill="soft")] if words else []
    power = 10.0 ** math.floor(math.log10(largest))
    top = max(m * power for m in (1.0, 2.0, 5.0) if m * power <= largest)
    for i, value in enumerate((top, top / 4, top / 20)):
        row = y + 6 + i * 22
        body.append(_drawn(arrow((16, row), (66, row), _width(value, largest), bend=0.0)))
        body.append(text(76, row + 4, wording.number(value), size=12))
    return body
