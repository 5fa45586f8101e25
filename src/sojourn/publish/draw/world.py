"""World maps: classes of one ramp, no data hatched, small places as rings."""

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from sojourn.publish.chart import Chart, Wording, table_of
from sojourn.publish.draw.svg import chart, rect, text

RAMP = ("r1", "r2", "r3", "r4", "r5", "r6")
TWO_SIGNS = ("d1", "d2", "d3", "d4", "d5", "d6")
SMALL = 14.0  # square pixels below which a place gets a ring
COUNTED_WITH = {"XKX": "688"}  # UN DESA counts Kosovo with Serbia


@cache
def shapes() -> Any:
    """Return the projected shapes: paths, centres and special borders by area id."""
    text_ = files("sojourn.publish.shapes").joinpath("world.json").read_text("utf-8")
    return json.loads(text_)


def choropleth(
    values: Mapping[str, float],
    wording: Wording,
    *,
    breaks: Sequence[float],
    names: Mapping[str, str],
    header: tuple[str, str],
    ramp: Sequence[str] = RAMP,
) -> Chart:
    """Return a world map of one value a place.

    Parameters
    ----------
    values : mapping of area id to value
        A place that is absent is hatched, never coloured as zero.
    breaks : sequence of float, length 5
        Lower limits of the second to the sixth class.
    names : mapping of area id to name
        For the table twin.
    ramp : sequence of str, length 6
        Colours of the classes; ``TWO_SIGNS`` for values below and above zero.
    """
    world = shapes()
    hatch = f"{wording.id}-h"
    body = [
        (
            f'<defs><pattern id="{hatch}" width="5" height="5" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><rect width="5" height="5" fill="var(--sj-wash)"/>'
            '<line x1="0" y1="0" x2="0" y2="5" stroke="var(--sj-hatch)" stroke-width="1.6"/></pattern></defs>'
        )
    ]

    def fill(area: str) -> str:
        value = values.get(area, values.get(COUNTED_WITH.get(area, ""), None))
        return (
            f"url(#{hatch})" if value is None else f"var(--sj-{ramp[bisect_right(breaks, value)]})"
        )

    grouped: dict[str, list[str]] = {}
    for area, path in world["paths"].items():
        if area != "010":
            grouped.setdefault(fill(area), []).append(path)
    body += [
        f'<path d="{"".join(grouped[colour])}" fill="{colour}" stroke="var(--sj-paper)" stroke-width=".5"/>'
        for colour in sorted(grouped)
    ]
    body += _lines(world["lines"])
    for area, (x, y, size) in world["centres"].items():
        if size < SMALL and area in values:
            body.append(
                f'<circle cx="{x}" cy="{y}" r="2.6" fill="{fill(area)}" stroke="var(--sj-ink)" stroke-width=".5"/>'
            )
    body += _legend(wording, breaks, hatch, world["height"] - 40, ramp)
    ranked = sorted(values, key=lambda a: (-values[a], a))
    table = table_of(header, [(names.get(a, a), values[a]) for a in ranked], wording)
    return chart(body, wording, table, width=world["width"], height=world["height"] + 20)


def _lines(lines: Mapping[str, str]) -> list[str]:
    dash = {"dashed": "4 3", "dotted": "1 2.5"}
    return [
        f'<path d="{path}" fill="none" stroke="var(--sj-ink)" stroke-width=".9" stroke-dasharray="{dash[style]}"/>'
        for style, path in sorted(lines.items())
    ]


def _legend(
    wording: Wording, breaks: Sequence[float], hatch: str, y: float, ramp: Sequence[str]
) -> list[str]:
    body = []
    step = 62.0
    for i, colour in enumerate(ramp):
        body.append(rect(20 + i * step, y, step, 11, colour))
        if i:
            body.append(
                text(20 + i * step, y + 25, wording.number(breaks[i - 1]), size=11, anchor="middle")
            )
    x = 20 + len(ramp) * step + 24
    body.append(
        f'<rect x="{x}" y="{y}" width="26" height="11" fill="url(#{hatch})" stroke="var(--sj-hatch)" stroke-width=".5"/>'
    )
    body.append(text(x + 34, y + 10, wording.no_data, size=11))
    return body
