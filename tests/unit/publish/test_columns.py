"""Two columns of about one height, labels pushed apart no further than they must, sizes in a legend."""

import itertools
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sojourn.publish import report_paper
from sojourn.publish.chart import Wording
from sojourn.publish.content import ChartBlock, Facts, Notes
from sojourn.publish.draw import world
from sojourn.publish.draw.bars import Bar, bars
from sojourn.publish.draw.names import _cost, _inside, _meet
from sojourn.publish.draw.trend import spread
from sojourn.publish.draw.world import _sizes
from sojourn.publish.text import catalogue
from sojourn.vocab.area import AREAS

WORDING = Wording(id="t", title="T", alt="A.", number=lambda v: f"{v:g}", no_data="no data")


def chart_block(name: str, rows: int, caption: str = "") -> ChartBlock:
    drawn = bars(
        [Bar(f"place {k}", k + 1.0) for k in range(rows)],
        replace(WORDING, id=name),
        header=("a", "b"),
    )
    return ChartBlock(
        chart=drawn, finding=("f",), caption=(caption,) if caption else (), source=("s",)
    )


def notes(*letters: int) -> Notes:
    return Notes(items=tuple(("x" * n,) for n in letters))


@pytest.mark.parametrize(
    ("letters", "lines"), [((10,), 1), ((51,), 1), ((52,), 2), ((104,), 3), ((10, 60), 3), ((), 0)]
)
def test_a_remark_is_as_high_as_its_lines(letters: tuple[int, ...], lines: int) -> None:
    """Of 52 letters a line, 11.5 points high, and 7 between two remarks."""
    _, height = report_paper._half(notes(*letters), 1.0)
    assert height == pytest.approx(11.5 * lines + 7 * len(letters))


@pytest.mark.parametrize(("letters", "lines"), [(0, 0), (74, 0), (75, 1), (150, 2)])
def test_a_chart_is_as_high_as_its_drawing_its_frame_and_its_small_print(
    letters: int, lines: int
) -> None:
    data, height = report_paper._half(chart_block("a", 3, "x" * letters), 1.0)
    assert data["kind"] == "chart"
    assert height == pytest.approx(data["height"] + 48.0 + 0.75 * 11.5 * lines)


def test_each_block_goes_into_the_shorter_column() -> None:
    blocks = [notes(n) for n in (10, 300, 10, 10, 400, 10)]
    placed, heights = report_paper._placed(blocks, 1.0)
    want: tuple[list[float], list[float]] = ([], [])
    for block in blocks:
        size = report_paper._half(block, 1.0)[1]
        want[0 if sum(want[0]) <= sum(want[1]) + 1 else 1].append(size)
    assert heights == pytest.approx((sum(want[0]), sum(want[1])))
    assert [len(p) for p in placed] == [len(w) for w in want]


def test_a_page_holds_what_two_columns_hold_and_the_rest_goes_on() -> None:
    blocks = [notes(52 * 9 + 1) for _ in range(13)]  # ten lines each, 122 points: five in a column
    pages = list(report_paper._paged(blocks, 1.0))
    assert [len(p) for p in pages] == [10, 3]
    assert list(itertools.chain(*pages)) == blocks
    assert list(report_paper._paged([], 1.0)) == []


def kinds(found: list[dict[str, Any]]) -> list[str]:
    return [f["kind"] for f in found]


def test_a_chart_too_many_goes_across() -> None:
    even = list(report_paper._balanced([chart_block("a", 4), chart_block("b", 4)], 1.0))
    assert kinds(even) == ["pair"]
    odd = list(report_paper._balanced([chart_block(n, 12) for n in "abc"], 1.0))
    assert kinds(odd) == ["pair", "chart"]
    assert odd[1]["width"] > odd[0]["left"][0]["width"]
    alone = list(report_paper._balanced([chart_block("a", 12), notes(30)], 1.0))
    assert kinds(alone)[0] == "chart"
    assert alone[0]["sticky"] is True
    facts = Facts(items=(("one",),))
    assert list(report_paper._balanced([facts], 1.0)) == [report_paper.block_data(facts)]
    assert list(report_paper._balanced([], 1.0)) == []


# -------------------------------------------------------------------------- labels and names


def nearest(wanted: list[float], gap: float) -> list[float]:
    """The least squares of labels in their order, each so far from the next: by hand over all blocks.

    The best way joins runs of labels into blocks at their mean; of all ways to join them that keep
    the gaps the one with the least sum of squares is it.
    """
    best: tuple[float, list[float]] | None = None
    n = len(wanted)
    for cuts in itertools.product((False, True), repeat=n - 1):
        places, start = [0.0] * n, 0
        for end in range(1, n + 1):
            if end == n or cuts[end - 1]:
                mean = float(np.mean([wanted[i] - (i - start) * gap for i in range(start, end)]))
                places[start:end] = [mean + (i - start) * gap for i in range(start, end)]
                start = end
        if all(b - a >= gap - 1e-9 for a, b in itertools.pairwise(places)):
            cost = sum((p - w) ** 2 for p, w in zip(places, wanted, strict=True))
            best = min(b for b in (best, (cost, places)) if b)
    assert best is not None
    return best[1]


@pytest.mark.parametrize(
    "wanted",
    [
        [50.0] * 3,
        [50.0] * 4,
        [40.0, 42.0, 60.0, 61.0, 62.0],
        [10.0, 90.0],
        [30.0, 31.0, 32.0, 80.0, 81.0, 99.0],
    ],
)
def test_labels_move_no_further_than_they_must(wanted: list[float]) -> None:
    np.testing.assert_allclose(spread(wanted, 10, -500, 500), nearest(wanted, 10), atol=1e-9)


def test_labels_stay_within_their_drawing() -> None:
    assert spread([95.0, 96.0, 97.0], 10, 0, 100) == [80.0, 90.0, 100.0]
    assert spread([1.0, 2.0, 3.0], 10, 0, 100) == [0.0, 10.0, 20.0]
    assert spread([3.0, 1.0, 2.0], 10, 0, 100) == [20.0, 0.0, 10.0]
    assert spread([], 10, 0, 100) == []


def test_a_name_on_others_costs_by_how_much_it_hides_of_them() -> None:
    box = (0.0, 0.0, 40.0, 20.0)
    circles = [
        (10.0, 10.0, 5.0),
        (47.0, 10.0, 8.0),
        (47.0, 10.0, 7.0),
        (100.0, 10.0, 9.0),
        (20.0, 26.0, 7.0),
    ]
    assert _cost(box, 3.0, []) == 3.0
    assert [_cost(box, 0.0, [c]) for c in circles] == [16.0, 22.0, 0.0, 0.0, 20.0]
    assert _cost(box, 12.0, circles) == 12.0 + 16 + 22 + 20
    assert _inside(box, (40.0, 20.0))
    assert not any(_inside(box, s) for s in ((39.9, 20.0), (40.0, 19.9)))
    assert not any(_inside(b, (99.0, 99.0)) for b in ((-0.1, 0.0, 9.0, 9.0), (0.0, -0.1, 9.0, 9.0)))
    for far in (-60.0, -44.1, -43.9, -41.0, -1.0, 0.0, 1.0, 43.9, 44.1):
        for low in (-21.1, -20.9, 0.0, 20.9, 21.1):
            other = (far, low, far + 40.0, low + 20.0)
            meets = (
                abs(far) <= 44.0 and abs(low) <= 21.0
            )  # four pixels apart, and one above the other
            assert _meet(box, other) is _meet(other, box) is meets, other
    assert _meet(box, (43.9, 0.0, 60.0, 20.0))
    assert not _meet(box, (44.1, 0.0, 60.0, 20.0))
    assert _meet(box, (0.0, 20.9, 40.0, 40.0))
    assert not _meet(box, (0.0, 21.1, 40.0, 40.0))


@pytest.mark.parametrize(
    ("largest", "top"),
    [
        (1.0, 1.0),
        (1.9, 1.0),
        (2.0, 2.0),
        (4.9, 2.0),
        (5.0, 5.0),
        (9.9, 5.0),
        (10.0, 10.0),
        (52.4e6, 5e7),
        (0.03, 0.02),
    ],
)
def test_the_circles_of_a_legend_are_round_numbers(largest: float, top: float) -> None:
    counts: Any = SimpleNamespace(values={"a": largest, "b": largest / 3}, number=lambda v: v)
    drawn: Any = SimpleNamespace(scale=1.0)
    (r, first), (small, second) = _sizes(drawn, counts)
    assert (first, second) == pytest.approx((top, top / 10))
    assert small == pytest.approx(r / 10**0.5)  # areas, and no widths, are in proportion


def test_words_inside_terms_are_told_and_those_inside_titles_are_names() -> None:
    french = catalogue("fr")
    assert french._told("licence", "not stated") == french.licence("not stated") != "not stated"
    for room in ("edition_title", "made", "mark", "source"):
        assert french._told(room, "not stated") == "not stated"


@pytest.mark.parametrize("width", [960.0, 760.0, 540.0, 344.0])
def test_a_place_has_a_ring_where_its_shape_is_too_small_to_see(width: float) -> None:
    """Its area shrinks with the square of the width."""
    centres = world.world_shapes()["centres"]
    values = {a: 1.0 for a in centres if a in AREAS}
    drawn = world._Map(values, WORDING, (0.5,) * 5, {}, world.RAMP, {}, None, width)
    rings = sum(part.count("<circle") for part in world._rings(drawn))
    small = [a for a in values if centres[a][2] * (width / world.WIDTH) ** 2 < world.SMALL]
    assert rings == len([a for a in small if world.position(a) is not None])
    assert 0 < rings < len(values)
