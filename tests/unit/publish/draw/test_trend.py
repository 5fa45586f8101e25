"""Lines break where data break; labels never touch."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sojourn.publish.chart import Wording
from sojourn.publish.draw.trend import Line, sparkline, spread, ticks, trend

WORDING = Wording(
    id="t", title="Synthetic", alt="Synthetic.", number=lambda v: f"{v:g}", no_data="no data"
)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=12))
def test_spread_labels_never_touch_and_keep_their_order(wanted: list[float]) -> None:
    got = spread(wanted, 17, 0, 400)
    assert all(b - a >= 17 - 1e-6 for a, b in pairwise(sorted(got)))
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    assert order == sorted(range(len(got)), key=lambda i: got[i])
    assert min(got) >= 0


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9))
def test_ticks_cover_the_data_in_few_equal_steps(low: float, span: float) -> None:
    got = ticks(low, low + span)
    slack = span * 1e-6 + 1e-9 * abs(low)
    assert got[0] <= low + slack
    assert got[-1] >= low + span - slack
    assert 2 <= len(got) <= 9


def test_a_missing_point_breaks_the_line_and_is_empty_in_the_csv() -> None:
    points = ((1990.0, 1.0), (1995.0, 2.0), (2000.0, None), (2005.0, 3.0), (2010.0, 4.0))
    chart = trend([Line("A", points)], WORDING, header=("series", "year", "value"))
    assert len(re.findall(r'<path d="M', chart.svg)) == 2
    assert "A,2000,\r\n" in chart.csv
    assert ("A", "2000", "no data") in chart.table.shown


def test_a_flat_sparkline_does_not_divide_by_zero() -> None:
    assert (
        "nan"
        not in sparkline(((2000.0, 5.0), (2005.0, 5.0)), WORDING, header=("year", "value")).svg
    )


def test_a_line_that_ends_early_is_named_above_those_that_run_on() -> None:
    short = Line("short", ((2000.0, 0.0), (2005.0, 0.0)))
    long = Line("long", ((2000.0, 10.0), (2005.0, 0.0), (2010.0, 0.0)))
    svg = trend([long, short], WORDING, header=("series", "year", "value")).svg
    named = re.search(r'<text[^>]* y="([\d.]+)"[^>]*>short<', svg)
    paths = re.findall(r'<path d="M[\d.]+,([\d.]+)', svg)  # long, short
    assert named is not None
    assert float(named.group(1)) < float(paths[1]) - 4


@given(st.integers(68, 340), st.sampled_from((760.0, 344.0)), st.floats(1e-2, 1e6))
def test_the_labels_of_a_scale_never_touch_however_low_the_drawing(
    height: int, width: float, most: float
) -> None:
    line = Line("A", ((2000.0, most), (2010.0, most / 3)))
    head = ("series", "year", "value")
    svg = trend([line], WORDING, header=head, height=float(height), width=width).svg
    scale = re.findall(r'<text[^>]*?y="([\d.]+)"[^>]*text-anchor="end"', svg)
    places = sorted(float(y) for y in scale)
    assert len(places) >= 2
    assert all(b - a >= 11.9 for a, b in pairwise(places))
