"""Drawings for a phone: as wide as asked for, every letter inside, names above what they name."""

import re
from collections.abc import Iterator

import pytest

from sojourn.publish.chart import Chart, Wording
from sojourn.publish.draw.bars import Dot, dots
from sojourn.publish.draw.chord import heat
from sojourn.publish.draw.flows import Flow, flow_map
from sojourn.publish.draw.names import named
from sojourn.publish.draw.pairs import Pair, Span, pairs
from sojourn.publish.draw.ranked import Vintage, vintages
from sojourn.publish.draw.regions import Circle, region_map
from sojourn.publish.draw.svg import width_of
from sojourn.publish.draw.tornado import Swing, tornado
from sojourn.publish.draw.world import Counts, choropleth

PHONE = 360.0
LONG = "Synthetic name of a place that is far too long for the side of a narrow drawing"
CIRCLE = re.compile(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"/>')
TEXT = re.compile(
    r'<text x="(?P<x>-?[\d.]+)" y="(?P<y>-?[\d.]+)" font-size="(?P<size>[\d.]+)"'
    r'(?: text-anchor="(?P<anchor>\w+)")?[^>]*>(?P<words>[^<]*)</text>'
)


def wording(name: str) -> Wording:
    return Wording(id=name, title=name, alt=name, number=lambda v: f"{v:,.0f}", no_data="no data")


def drawings() -> Iterator[Chart]:
    swings = [Swing(LONG, 80.0, 130.0, sure=True), Swing("short", 60.0, 180.0, sure=False)]
    yield tornado(
        swings, 110.0, wording("tornado"), header=("a", "b", "c"), ends=("low end", "high end")
    )
    rows = [Pair(LONG, Span(120, 90, 160), Span(20, 5, 40)), Pair("b", Span(600), Span(None))]
    head = ("a", "b", "c", "d", "e")
    yield pairs(rows, wording("pairs"), header=head, names=("The queue as it was", "The plan"))
    circles = [Circle("North", 800, 2.8, 50.0), Circle("West", 500, -2.9, 48.2)]
    yield region_map(
        circles, wording("regions"), header=("a", "b"), beside=[(LONG, 12), ("elsewhere", 200)]
    )
    yield region_map(
        circles, wording("start"), header=("a", "b"), start=("Where they arrive", 5.0, 45.0)
    )
    ends, matrix = ("North", "West"), ((0.0, 3.0), (2.0, 0.0))
    yield heat(ends, matrix, wording("heat"), corner="from below, to beside")
    flows = [Flow("484", "840", 500_000), Flow("760", "792", 600_000, (500_000.0, 700_000.0))]
    yield flow_map(flows, wording("flows"), names={}, header=("a", "b", "c"), legend="people")
    stock = {"840": 52.4e6, "276": 16.8e6, "356": 4.8e6}
    yield choropleth(
        {"840": 15.2, "276": 20.1, "356": 0.3},
        wording("map"),
        breaks=(1.0, 3.0, 6.0, 12.0, 20.0),
        names={},
        header=("a", "b"),
        counts=Counts(
            values=stock,
            traces={},
            number=lambda v: f"{v / 1e6:.1f} million of them",
            header="c",
            legend="",
        ),
    )
    told = [Vintage(LONG, (("2015", 243.7), ("2019", 248.9), ("2020", 248.0)))]
    yield vintages(told, wording("vintages"), header=("a", "b", "c"))


@pytest.mark.parametrize("wide", [PHONE, 340.0, 530.0, 606.0, 760.0])
@pytest.mark.parametrize("drawing", list(drawings()), ids=lambda c: c.id)
def test_every_letter_is_inside(drawing: Chart, wide: float) -> None:
    found = drawing.at(wide)
    assert found.width == wide
    assert found.table == drawing.table
    for text in TEXT.finditer(found.svg):
        long = width_of(text["words"], float(text["size"])) * 0.85
        x = float(text["x"])
        left = x - {"end": long, "middle": long / 2}.get(text["anchor"] or "", 0.0)
        assert left >= -2, text["words"]
        assert left + long <= wide + 2, text["words"]
        assert 0 <= float(text["y"]) <= found.height, text["words"]
    for circle in CIRCLE.finditer(found.svg):
        x, y, r = map(float, circle.groups())
        assert r <= x <= wide - r, circle[0]
        assert r <= y <= found.height - r, circle[0]


def boxes(body: list[str]) -> list[tuple[float, float, float, float]]:
    found = []
    for name, number in zip(body[::2], body[1::2], strict=True):
        x, y = (float(re.search(rf'{a}="([\d.-]+)"', name)[1]) for a in "xy")  # type: ignore[index] # always there
        words = [re.search(r">([^<]*)<", part)[1] for part in (name, number)]  # type: ignore[index] # always there
        wide = max(width_of(w, 11) for w in words) * 0.9
        found.append((x, y - 10, x + wide, y + 14))
    return found


def test_no_name_on_a_map_stands_on_another() -> None:
    crowd = [(400.0 + 9 * i, 120.0 + 5 * (i % 3), 9.0) for i in range(7)]
    labels = [(f"Synthetic place {i}", "1.0 million") for i in range(7)]
    drawn = named(labels, crowd, crowd, (960.0, 440.0))
    placed = boxes([part for part in drawn if part.startswith("<text")])
    assert len(placed) == len(crowd)
    assert any(part.startswith("<line") for part in drawn)
    for i, a in enumerate(placed):
        for b in placed[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)
    assert named(labels, crowd, crowd, (960.0, 440.0)) == drawn


#: Of the size of letters: how far they reach below their line, and how high a numeral is.
BELOW, HIGH = 0.25, 0.72


@pytest.mark.parametrize("wide", [PHONE, 372.0])
def test_the_number_of_a_dot_stands_clear_of_the_name_above_it(wide: float) -> None:
    """Of 1995: the Dominican Republic's 38.5 and the Emirates' 28.3 per cent lay on their names."""
    rows = [Dot("República Dominicana", 38.5), Dot("Emiratos Árabes Unidos", 28.3), Dot("a", 60.0)]
    drawn = dots(
        rows, wording("dots"), header=("a", "b"), low=0.0, high=80.0, mark=50.0, width=wide
    )
    found = [(t["words"], float(t["y"]), float(t["size"])) for t in TEXT.finditer(drawn.svg)]
    names = [one for one in found if one[0] in {r.label for r in rows}]
    assert len(names) == len(rows)
    for _, y, size in names:
        top = min(at - HIGH * of for _, at, of in found if at > y)
        assert y + BELOW * size <= top
