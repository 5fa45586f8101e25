"""Drawings as they were looked at: where a letter or a stroke moves, a person looks at it again.

Where the strokes of a drawing have to stand is said in the other tests; how far the whole is from what was last seen
on a screen is a sum here. `python tests/unit/publish/draw/test_looked_at.py FOLDER` writes the drawings as PNG, to be
looked at, and prints their sums.
"""

import hashlib
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sojourn.publish.chart import Chart, Wording
from sojourn.publish.draw.bars import Bar, Dot, bars, dots
from sojourn.publish.draw.chord import chord, heat
from sojourn.publish.draw.flows import Flow, flow_map
from sojourn.publish.draw.intervals import Interval, intervals
from sojourn.publish.draw.pairs import Pair, Span, pairs
from sojourn.publish.draw.ranked import Vintage, ranked_bars, vintages
from sojourn.publish.draw.regions import Circle, region_map
from sojourn.publish.draw.tornado import Swing, tornado
from sojourn.publish.draw.trend import Line, sparkline, trend
from sojourn.publish.draw.world import Counts, choropleth
from sojourn.publish.png import to_png

LONG = "A synthetic place whose name is far too long for the side of a drawing, however wide it is"
NAMES = {"840": "United States", "276": "Germany", "356": "India", "484": "Mexico", "760": "Syria"}
WIDTHS = (760.0, 540.0, 360.0)


def worded(name: str, **more: str) -> Wording:
    return Wording(
        id=name,
        title=f"Synthetic {name}",
        alt="Synthetic.",
        number=lambda v: f"{v:,.4g}",
        no_data="no data",
        **more,
    )  # type: ignore[arg-type] # language and direction


PLACES = [
    Bar("Kenya", 12.5, 7.0, "k", "kw"),
    Bar("Chad", 40.0, 9.0),
    Bar("Peru", 3.25),
    Bar("Fiji", 0.0, 0.0),
]
DOTS = [
    Dot("Kenya", 38.5, trace="k"),
    Dot("Chad", 49.6, strong=True),
    Dot("Peru", 51.0),
    Dot("Fiji", 79.5),
]
YEARS = tuple(range(1990, 2021, 5))
UP = tuple(
    (float(y), v) for y, v in zip(YEARS, (4.0, 5.0, None, 9.0, 12.0, 18.0, 17.0), strict=True)
)
DOWN = tuple(
    (float(y), v) for y, v in zip(YEARS, (9.0, 8.5, 8.0, 7.5, 7.0, None, None), strict=True)
)
FLOWS = [
    Flow("484", "840", 500_000.0),
    Flow("840", "484", 90_000.0, (50_000.0, 140_000.0)),
    Flow("760", "276", 600_000.0, (500_000.0, 700_000.0)),
    Flow("356", "840", 250_000.0),
]
MATRIX = [[0.0, 40.0, 5.0], [10.0, 0.0, 60.0], [2.0, 0.5, 0.0]]
STOCK = {"840": 52.4e6, "276": 16.8e6, "356": 4.8e6, "702": 2.5e6}
HALF = ("Kenya and its neighbours", "The plan as it is proposed")

DRAWN: Mapping[str, Callable[[], Chart]] = {
    "bars": lambda: bars(PLACES, worded("bars"), header=("a", "b")),
    "bars-split": lambda: bars(
        PLACES, worded("split", language="fr"), header=("a", "b"), split=("women", "men")
    ),
    "bars-long": lambda: bars(
        [*PLACES, Bar(LONG, 20.0)], worded("long"), header=("a", "b"), largest=80.0
    ),
    "ranked": lambda: ranked_bars(PLACES, worded("ranked"), header=("a", "b")),
    "dots": lambda: dots(DOTS, worded("dots"), header=("a", "b"), low=30.0, high=80.0, mark=50.0),
    "vintages": lambda: vintages(
        [
            Vintage("All", (("2015", 243.7), ("2017", None), ("2019", 271.6), ("2020", 280.6))),
            Vintage("Same", (("2015", 5.0), ("2019", 5.0))),
        ],
        worded("vintages"),
        header=("a", "b", "c"),
    ),
    "intervals": lambda: intervals(
        [Interval("Kenya", 10.0, 8.0, 15.0), Interval("Chad", 40.0, 40.0, 40.1)],
        worded("intervals"),
        header=("a", "b", "c", "d"),
    ),
    "pairs": lambda: pairs(
        [
            Pair("Kenya", Span(120, 90, 160), Span(20, 5, 40)),
            Pair("Chad", Span(60), Span(None)),
            Pair("Peru", Span(30, 30, 30), Span(200, 180, 220)),
        ],
        worded("pairs"),
        header=("a", "b", "c", "d", "e"),
        names=HALF,
    ),
    "pairs-long": lambda: pairs(
        [Pair(LONG, Span(120, 90, 160), Span(20))],
        worded("pairslong"),
        header=("a", "b", "c", "d", "e"),
        names=HALF,
        most=400.0,
    ),
    "tornado": lambda: tornado(
        [
            Swing("fatality", 60.0, 180.0, sure=True),
            Swing("contact", 130.0, 90.0, sure=False),
            Swing("both above", 120.0, 150.0, sure=True),
            Swing("both below", 100.0, 70.0, sure=True),
        ],
        110.0,
        worded("tornado"),
        header=("a", "b", "c"),
        ends=("low", "high"),
    ),
    "tornado-long": lambda: tornado(
        [Swing(LONG, 1.0, 3.0, sure=True)],
        2.0,
        worded("tornadolong"),
        header=("a", "b", "c"),
        ends=("where the parameter is low", "where it is high, as it may well be"),
    ),
    "trend": lambda: trend(
        [Line("up", UP, traces=("t",) * 7), Line("down", DOWN)],
        worded("trend"),
        header=("a", "b", "c"),
        unit="people",
    ),
    "trend-one": lambda: trend(
        [Line("up", UP)], worded("one"), header=("a", "b", "c"), from_zero=False, height=180.0
    ),
    "trend-many": lambda: trend(
        [Line(f"line {k}", tuple((float(y), k + 1.0 + y % 7) for y in YEARS)) for k in range(7)],
        worded("many"),
        header=("a", "b", "c"),
    ),
    "sparkline": lambda: sparkline(UP, worded("spark"), header=("a", "b")),
    "flows": lambda: flow_map(
        FLOWS,
        worded("flows"),
        names=NAMES,
        header=("a", "b", "c"),
        ends=("low", "high"),
        legend="people",
    ),
    "regions": lambda: region_map(
        [
            Circle("North", 800, 2.8, 50.0),
            Circle("West", 500, -2.9, 48.2),
            Circle("Near", 90, 2.9, 50.1),
        ],
        worded("regions"),
        header=("a", "b"),
        beside=[("elsewhere", 12), (LONG, 3)],
        start=("Reception", 5.0, 45.0),
    ),
    "chord": lambda: chord(
        ("North", "South", "East"),
        MATRIX,
        worded("chord"),
        threshold=1.0,
        words=("from", "to", "more"),
    ),
    "heat": lambda: heat(("North", "South", "East"), MATRIX, worded("heat"), corner="from, to"),
    "map": lambda: choropleth(
        {"840": 15.2, "276": 20.1, "356": 0.3, "702": 43.1, "470": 19.9, "830": 50.0},
        worded("map"),
        breaks=(1.0, 3.0, 6.0, 12.0, 20.0),
        names=NAMES,
        header=("a", "b"),
        traces={"276": "t"},
        counts=Counts(
            values=STOCK, number=lambda v: f"{v / 1e6:.1f} million", header="c", legend="people"
        ),
        beside="not on the map:",
    ),
    "map-plain": lambda: choropleth(
        {"840": 15.2, "356": 0.3, "702": 43.1},
        worded("plain"),
        breaks=(1.0, 3.0, 6.0, 12.0, 20.0),
        names=NAMES,
        header=("a", "b"),
    ),
}


def summed(found: Chart) -> str:
    """The sum of a drawing: of what it paints, and of the table beside it."""
    said = f"{found.width:g} {found.height:.6g} {found.svg} {found.table}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


#: The sum of each drawing at each width, as it was last looked at.
SEEN = {
    "bars": ("ce8f2a1a85d8", "6fb8b919f66d", "3be8f446e2d3"),
    "bars-split": ("8ff1f68a9513", "10a0a9282802", "6c00263919ae"),
    "bars-long": ("b71edc4a917a", "1f7c0df59d08", "5ec1bbb5f64a"),
    "ranked": ("17744d5e7285", "19d37618e640", "8fe57acf981c"),
    "dots": ("04b483b93281", "a12d03781646", "8eccd91f2565"),
    "vintages": ("4ab4db13903b", "7294af03c60e", "44fa0510672e"),
    "intervals": ("2c783a9d570f", "2c783a9d570f", "2c783a9d570f"),
    "pairs": ("3342cc616e8f", "70630d93abab", "56d4f020e61b"),
    "pairs-long": ("0a1314b97798", "8cdecf1c91cc", "823dc01e5d6b"),
    "tornado": ("2cc57026b9ad", "91d94a492daf", "8da620c21309"),
    "tornado-long": ("4243d377aa32", "3f28ebd832c4", "7978e0ac1271"),
    "trend": ("23820141dacb", "d1f5fbffa4f5", "9d2d2e5bd537"),
    "trend-one": ("c4d3294a28ca", "efe9c008937c", "3f3465c62217"),
    "trend-many": ("5a872e96e548", "68292e104ab7", "0056e775fa0b"),
    "sparkline": ("4ecb05f9df4a", "8115f3851c6f", "5d6134840cef"),
    "flows": ("ca8274f8a1ee", "f875d013ad14", "d1eafa7748e0"),
    "regions": ("dbba014874a2", "7e856922c10c", "f4b1926a9fc5"),
    "chord": ("254da63e707f", "af1b6c2b48ee", "ba03e47cc3aa"),
    "heat": ("48683c78abd0", "8563f1e2129e", "d4a1cf7c26b5"),
    "map": ("3bdcfe185dae", "d1a1757509ca", "ce2c7da4e6d7"),
    "map-plain": ("f9626743cd02", "38a7a6b7c764", "8307903201bb"),
}


@pytest.mark.parametrize(("name", "wide"), [(n, w) for n in DRAWN for w in range(len(WIDTHS))])
def test_a_drawing_is_as_it_was_last_looked_at(name: str, wide: int) -> None:
    found = DRAWN[name]().at(WIDTHS[wide])
    assert summed(found) == SEEN[name][wide], "look at it, and write its new sum"


def test_a_drawing_in_the_dark_has_the_same_strokes() -> None:
    found = DRAWN["pairs"]()
    colours = re.compile(r"#[0-9a-f]{6}")
    assert found.light != found.dark
    assert colours.sub("", found.light) == colours.sub("", found.dark)


if __name__ == "__main__":
    for name, make in DRAWN.items():
        for wide in WIDTHS:
            drawn = make().at(wide)
            Path(sys.argv[1], f"{name}-{wide:.0f}.png").write_bytes(to_png(drawn.light))
            print(name, wide, summed(drawn))
