"""A tornado: bars meet at the middle, assumptions are hollow, the table holds both ends."""

import re

from sojourn.publish.chart import Wording
from sojourn.publish.draw.tornado import Swing, tornado

WORDING = Wording(
    id="t", title="Synthetic", alt="Synthetic.", number=lambda v: f"{v:g}", no_data="no data"
)
ROWS = [Swing("known", -10.0, 30.0, sure=True), Swing("assumed", 15.0, 5.0, sure=False)]


def drawn() -> tuple[list[tuple[float, float]], str, str]:
    found = tornado(ROWS, 10.0, WORDING, header=("parameter", "low", "high"), ends=("low", "high"))
    bars = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="17', found.svg)
    return [(float(x), float(w)) for x, w in bars], found.svg, found.csv


def test_bars_meet_at_the_middle_and_are_as_long_as_the_answer_moves() -> None:
    bars, _, _ = drawn()
    middle = bars[0][0] + bars[0][1]
    assert [round(b[0] if i in (1, 2) else b[0] + b[1], 0) for i, b in enumerate(bars)] == [
        round(middle, 0)
    ] * 4
    assert abs(bars[0][1] - bars[1][1]) < 0.2
    assert abs(bars[0][1] - 4 * bars[2][1]) < 0.5


def test_assumptions_are_hollow_and_the_table_holds_both_ends() -> None:
    _, svg, csv = drawn()
    assert svg.count("fill-opacity") == 2
    assert "known,-10,30" in csv.replace(".0", "")
    assert "assumed,15,5" in csv.replace(".0", "")


def test_two_ends_on_one_side_keep_both_bars_and_both_numbers_in_sight() -> None:
    rows = [Swing("known", 14.0, 30.0, sure=True)]
    found = tornado(rows, 10.0, WORDING, header=("parameter", "low", "high"), ends=("low", "high"))
    bars = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="17', found.svg)
    (x, long), (_, short) = ((float(a), float(b)) for a, b in bars)
    assert long > short  # the shorter is drawn last, over the longer
    where = {
        label: float(at) for at, label in re.findall(r'<text x="([\d.]+)"[^>]*>(14|30)<', found.svg)
    }
    assert where["14"] < x
    assert where["30"] > x + long
