"""Arrows lead from origin to destination, as wide as their people; bars and editions say what they show."""

import re

import numpy as np
import pytest

from sojourn.publish.chart import Chart, Wording
from sojourn.publish.draw.bars import Bar
from sojourn.publish.draw.flows import Flow, arrow, flow_map
from sojourn.publish.draw.ranked import Vintage, ranked_bars, vintages

WORDING = Wording(
    id="flows", title="Synthetic", alt="Synthetic.", number=lambda v: f"{v:g}", no_data="no data"
)
HEADER = ("origin", "destination", "people")


def outline(path: str) -> np.ndarray:
    return np.array([[float(n) for n in p.split(",")] for p in path[1:-1].split("L")])


def draw(*flows: Flow) -> Chart:
    return flow_map(flows, WORDING, names={"484": "Mexico"}, header=HEADER)


def test_an_arrow_starts_at_its_origin_and_its_tip_is_its_destination() -> None:
    points = outline(arrow((10, 20), (110, 60), 8))
    assert np.abs((points[0] + points[-1]) / 2 - [10, 20]).max() < 0.2
    assert np.abs(points[len(points) // 2] - [110, 60]).max() < 0.2


def test_an_arrow_widens_on_its_way() -> None:
    points = outline(arrow((0, 0), (200, 0), 10, bend=0))
    assert abs(points[0][1] - points[-1][1]) < 5
    assert max(points[:, 1]) - min(points[:, 1]) > 10


def test_opposite_flows_bend_apart() -> None:
    there, back = outline(arrow((0, 0), (200, 0), 2)), outline(arrow((200, 0), (0, 0), 2))
    assert there[:, 1].min() < -20
    assert back[:, 1].max() > 20


def test_a_flow_without_a_place_is_in_the_table_and_not_in_the_drawing() -> None:
    drawn = draw(Flow("484", "840", 10.0))
    both = draw(Flow("484", "840", 10.0), Flow("999", "840", 5.0))
    assert both.svg == drawn.svg
    assert "999,840,5" in both.csv
    assert "Mexico,840,10" in both.csv


def test_the_map_says_its_direction_and_its_words() -> None:
    svg = draw(Flow("484", "840", 10.0)).svg
    assert 'role="img"' in svg
    assert 'direction="ltr"' in svg
    assert "<title" in svg
    assert "<desc" in svg


def test_bars_are_in_proportion_to_their_values() -> None:
    chart = ranked_bars([Bar("A", 10.0), Bar("B", 2.5)], WORDING, header=("area", "people"))
    a, b = (float(w) for w in re.findall(r'<rect [^>]*width="([0-9.]+)"', chart.svg))
    assert a / b == pytest.approx(4.0, rel=0.01)


def test_an_edition_without_the_quantity_is_missing_and_not_zero() -> None:
    row = Vintage("Stock", (("2015", 243.7), ("2017", None), ("2020", 248.0)))
    chart = vintages([row], WORDING, header=("figure", "edition", "people"))
    assert chart.svg.count("<circle") == 2
    assert "Stock,2017,\r\n" in chart.csv
