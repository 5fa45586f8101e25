"""What is said of tables before they are used: do they add up, lie the right way, know the origins."""

import numpy as np
import pytest

from sojourn.errors import EstimateError
from sojourn.flows.model import Stocks, estimate
from sojourn.flows.model.axes import refuse_transposed
from sojourn.flows.model.balance import (
    PlaceBalance,
    WorldBalance,
    place_balances,
    refuse_unbalanced,
    unknown_share,
    with_unknown,
    world_balance,
)

PLACES = ("A", "B", "C", "D")
START = np.array([[1000.0, 100, 10, 0], [55, 555, 50, 5], [80, 40, 800, 40], [20, 25, 20, 200]])
END = np.array([[1060.0, 60, 10, 10], [45, 540, 40, 0], [70, 75, 770, 70], [30, 30, 20, 230]])
BIRTHS, DEATHS = np.array([80.0, 20, 40, 60]), np.array([70.0, 30, 50, 10])
#: The four-place example of Abel 2013 with births and deaths.
WORLD = Stocks(PLACES, PLACES, START, END, BIRTHS, DEATHS)
#: The same with people of unknown birthplace.
UNKNOWN = Stocks(
    PLACES,
    (*PLACES, "unknown"),
    np.vstack([START, [30.0, 0, 5, 5]]),
    np.vstack([END, [10.0, 10, 10, 10]]),
)


def test_a_place_adds_up_by_hand() -> None:
    """130 - 100 - 20 + 5 = 15 came; 15 are reported."""
    place = PlaceBalance("A", 100.0, 130.0, 20.0, 5.0, 15.0, 15.05)
    assert place.residual == 0.0
    assert place.gap == pytest.approx(0.05)
    assert not place.off()  # 0.05 of 130 is less than 5 in 10,000
    assert place.off(3e-4)
    assert PlaceBalance("A", 100.0, 130.0, 20.0, 5.0, 14.0, 14.0).residual == 1.0
    assert PlaceBalance("A", 100.0, 130.0, 20.0, 5.0, 14.0, 14.0).off()
    bare = PlaceBalance("A", 100.0, 130.0, 20.0, 5.0, None, 15.0)
    assert (bare.residual, bare.gap, bare.off()) == (None, None, False)


def test_the_balances_of_the_published_example() -> None:
    told = place_balances(WORLD)
    assert [(b.place, b.start, b.end, b.net, b.implied) for b in told] == [
        ("A", 1155, 1205, None, 40),
        ("B", 720, 705, None, -5),
        ("C", 880, 840, None, -30),
        ("D", 245, 310, None, 15),
    ]
    assert [(b.births, b.deaths) for b in told] == [(80, 70), (20, 30), (40, 50), (60, 10)]
    world = world_balance(WORLD)
    assert (world.growth, world.births, world.deaths) == (60, 200, 160)
    assert (world.natives, world.gap) == (2600, -20)
    assert world.share == pytest.approx(20 / 2600)


@pytest.mark.parametrize(
    ("growth", "births", "deaths", "said"),
    [
        (60, 100, 40, ""),
        (66, 100, 40, ""),
        (60e3, 100, 40, "ratio 1,000: births and deaths look like thousands"),
        (60e6, 100, 40, "ratio 1,000,000: births and deaths look like millions"),
        (60, 100e3, 40e3, "ratio 1 to 1,000: the stock tables look like thousands"),
        (300, 100, 40, "ratio 5: births and deaths look like those of one year for 5"),
        (240, 100, 40, "ratio 4: births and deaths look like those of one year for 4"),
        (600, 100, 40, "ratio 10: births and deaths look like those of one year for 10"),
        (12, 100, 40, "ratio 1 to 5: births and deaths look like those of 5 years for one"),
        (15, 100, 40, "ratio 1 to 4: births and deaths look like those of 4 years for one"),
        (6, 100, 40, "ratio 1 to 10: births and deaths look like those of 10 years for one"),
        (-60, 100, 40, "ratio -1: the two stock tables look swapped (start for end)"),
        (60, 40, 100, "ratio -1: births and deaths look swapped"),
        (60, 0.1, 40, "ratio 1,000: births look like thousands, deaths do not"),
        (60, 100, 0.04, "ratio 1,000: deaths look like thousands, births do not"),
        (330, 100, 40, "ratio 5: births and deaths look like those of one year for 5"),  # 9 % off
        (360, 100, 40, ""),  # 17 % off: no ratio tells
        (54, 4.0e4, 4.0e4 - 60, ""),  # within a tenth as given: no ratio is far better
    ],
)
def test_a_mistake_is_told_by_its_ratio(
    growth: float, births: float, deaths: float, said: str
) -> None:
    assert WorldBalance(growth, births, deaths, 1e6).cause == said


def grown(factor: float) -> Stocks:
    """The example with births and deaths in a unit of so many."""
    return Stocks(PLACES, PLACES, START, END, BIRTHS / factor, DEATHS / factor)


def test_an_unbalanced_world_is_refused_with_its_numbers() -> None:
    """It grows by 60; 0.2 births less 0.16 deaths are 0.04, 59.96 of 2,600 natives too few."""
    with pytest.raises(EstimateError) as refused:
        refuse_unbalanced(grown(1000.0))
    assert str(refused.value).startswith(
        "the world does not balance: it grows by +60 persons, births - deaths are +0 (births 0, deaths 0); "
        "the gap is 2.31 % of the natives, more than 0.05 %; growth over births - deaths is 1,500"
    )
    level = Stocks(PLACES, PLACES, START, END, BIRTHS, BIRTHS)
    with pytest.raises(
        EstimateError, match=r"growth over births - deaths is no number$|no number\n"
    ):
        refuse_unbalanced(level)


def test_an_unbalanced_world_goes_on_where_it_may() -> None:
    """20 of 2,600 is 0.77 %."""
    with pytest.raises(EstimateError, match=r"0\.77 % of the natives"):
        refuse_unbalanced(WORLD)
    assert refuse_unbalanced(WORLD, accept=True).gap == -20
    assert refuse_unbalanced(WORLD, tolerance=20 / 2600).gap == -20
    assert refuse_unbalanced(WORLD, closed=False).gap == -20  # an open world grows from outside
    swapped = Stocks(PLACES, PLACES, END, START, BIRTHS, DEATHS * 0.875)
    with pytest.raises(EstimateError, match="the two stock tables look swapped"):
        refuse_unbalanced(swapped, closed=False)


def test_unknown_origins_stay_or_become_natives() -> None:
    assert with_unknown(UNKNOWN, "origins") is UNKNOWN
    assert with_unknown(WORLD, "drop") is WORLD
    found = with_unknown(UNKNOWN, "natives")
    assert found.birthplaces == PLACES
    assert np.diagonal(found.start).tolist() == [1030, 555, 805, 205]
    assert np.diagonal(found.end).tolist() == [1070, 550, 780, 240]
    assert found.start.sum() == UNKNOWN.start.sum()
    [moved] = found.left_out
    assert (moved.step, moved.place, moved.persons) == ("unknown origins", "unknown", 40)
    assert moved.why == "counted as natives; persons at the end"
    with pytest.raises(EstimateError, match="no treatment 'guess' of unknown origins"):
        with_unknown(UNKNOWN, "guess")


def test_unknown_origins_that_are_dropped_take_their_net_migration_along() -> None:
    """20 fewer of them in A, 10 more in B, 5 more in C and D."""
    from dataclasses import replace

    told = replace(UNKNOWN, reported=np.array([1.0, 2, 3, 4]))
    found = with_unknown(told, "drop")
    np.testing.assert_array_equal(found.start, START)
    np.testing.assert_array_equal(found.end, END)
    assert found.reported is not None
    assert found.reported.tolist() == [21, -8, -2, -1]
    assert [a.why for a in found.left_out] == ["dropped from both tables; persons at the end"]
    lived = replace(told, births=np.array([80.0, 20, 40, 312]), deaths=DEATHS)
    kept = with_unknown(lived, "drop")  # 310 live in D without the unknown, 312 were born there
    assert kept.places == kept.birthplaces == ("A", "B", "C")
    np.testing.assert_array_equal(kept.start, START[:3, :3])
    np.testing.assert_array_equal(kept.end, END[:3, :3])
    assert kept.reported is not None
    assert kept.reported.tolist() == [21, -8, -2]
    assert (kept.births.tolist(), kept.deaths.tolist()) == ([80, 20, 40], [70, 30, 50])  # type: ignore[union-attr]
    assert [(a.step, a.place, a.persons) for a in kept.left_out] == [
        ("unknown origins", "unknown", 40),
        ("common places", "D", 310),
    ]
    died = replace(told, births=BIRTHS, deaths=np.array([70.0, 721, 50, 10]))  # of 720
    assert with_unknown(died, "drop").places == ("A", "C", "D")


def test_the_share_of_unknown_origins_is_of_the_foreign_born() -> None:
    """40 of 460 whose birthplace is another, and of themselves."""
    foreign = END.sum() - np.trace(END)
    assert unknown_share(UNKNOWN) == pytest.approx(40 / (foreign + 40))
    assert unknown_share(WORLD) == 0.0


SIDE = np.array([[1000.0, 0, 0], [100, 1000, 0], [200, 300, 1000]])


def aside(start: object, end: object, net: object = None) -> Stocks:
    """Three places in which nobody is born and nobody dies."""
    names, none = ("A", "B", "C"), np.zeros(3)
    told = None if net is None else np.array(net, float)
    return Stocks(names, names, np.array(start), np.array(end, float), none, none, reported=told)


def test_a_table_that_lies_on_its_side_is_told_by_net_migration() -> None:
    """By column 1,300, 1,300, 1,000 live there; by row 1,000, 1,100, 1,500 were born there."""
    refuse_transposed(aside(SIDE, SIDE))
    with pytest.raises(EstimateError) as one:
        refuse_transposed(aside(SIDE, SIDE.T))
    assert "the table at the end looks transposed: net migration is 1,000 persons" in str(one.value)
    assert "as given, 0 with birthplaces across and residence down" in str(one.value)
    refuse_transposed(aside(SIDE, SIDE.T), accept=True)
    refuse_transposed(Stocks(("A", "B", "C"), ("A", "B", "C"), SIDE, SIDE.T))


def test_both_tables_on_their_side_are_told_by_the_net_migration_given() -> None:
    """50 go from C to A: their rows are those of before, so read across nobody moved."""
    end = SIDE + np.array([[0.0, 0, 0], [0, 0, 0], [50, 0, -50]])
    refuse_transposed(aside(SIDE, end, [50, 0, -50]))
    with pytest.raises(
        EstimateError, match="the table at the start looks transposed: what the net"
    ):
        refuse_transposed(aside(SIDE.T, end, [50, 0, -50]))
    with pytest.raises(EstimateError) as both:
        refuse_transposed(aside(SIDE.T, end.T, [50, 0, -50]))
    said = "the two stock tables look transposed: what the net migration given leaves open is 100"
    assert said in str(both.value)


@pytest.mark.parametrize(("net", "refused"), [(40.0, False), (20.0, True)])
def test_a_table_is_on_its_side_where_less_than_half_is_left(net: float, *, refused: bool) -> None:
    """100 more live in A, 40 are told: 120 are left open; read across, 80."""
    end = [[1000.0, 0, 0], [100, 900, 0], [0, 0, 1000]]
    given = aside(np.eye(3) * 1000.0, end, [net, -net, 0])
    if refused:
        with pytest.raises(EstimateError, match="is 160 persons over the places as given, 40 with"):
            refuse_transposed(given)
    else:
        refuse_transposed(given)


def test_natives_alone_set_the_total_of_their_birthplace() -> None:
    """At the start 100 natives alone live in Z, at the end 94 people born there live anywhere.

    The mean, 97, is less than the natives: the total is 100, ten of them in A; A's people are 1,000.
    """
    names = ("A", "Z")
    start, end = np.array([[1000.0, 0], [0, 100]]), np.array([[1001.0, 5], [4, 90]])
    found = estimate(Stocks(names, names, start, end, np.zeros(2), np.zeros(2)), "minimum-closed")
    np.testing.assert_allclose(found.flow, [[0, 5], [10, 0]], atol=1e-9)
    [raised] = [a for a in found.adjustments if a.step == "natives only"]
    assert (raised.place, raised.persons) == ("Z", 3)
