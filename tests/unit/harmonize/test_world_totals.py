"""A whole column is held against world totals that were published elsewhere."""

import pytest

from sojourn.harmonize.world_totals import (
    REACH,
    WorldSum,
    expected,
    far_from_published,
    published,
)
from sojourn.vocab.indicator import indicators

CASES = [(i, r.year) for i, rows in published().items() for r in rows]


def total(indicator: str, year: int) -> float:
    found = expected(indicator, year)
    assert found is not None
    return found.total


def test_every_published_total_is_of_a_known_indicator_and_names_its_source() -> None:
    for indicator, rows in published().items():
        assert indicator in indicators()
        assert len({r.year for r in rows}) == len(rows), indicator
        for r in rows:
            assert r.total > 0
            assert 1 < r.within <= 5
            assert r.places > 0
            assert r.source


@pytest.mark.parametrize("factor", [1e-3, 1e3, 1e6])
def test_a_factor_of_a_thousand_is_asked_of_every_indicator_and_year(factor: float) -> None:
    for indicator, year in CASES:
        found = total(indicator, year)
        assert not far_from_published([WorldSum(indicator, year, found, 200)])
        [said] = far_from_published([WorldSum(indicator, year, found * factor, 200)])
        assert str(year) in said
        assert "published world total" in said


def test_too_little_is_no_question_of_few_places_or_of_a_part_of_a_year() -> None:
    found = total("refugees", 2015)
    assert not far_from_published([WorldSum("refugees", 2015, found / 1000, 20)])
    assert not far_from_published([WorldSum("refugees", 2015, found / 1000, 200, whole=False)])
    assert far_from_published([WorldSum("refugees", 2015, found * 1000, 20)])


def test_between_two_published_years_the_total_lies_between_theirs() -> None:
    assert total("population", 1990) < total("population", 1995) < total("population", 2000)


def test_far_before_the_first_published_year_nothing_is_said() -> None:
    first = published()["idp_stock_conflict"][0].year
    assert expected("idp_stock_conflict", first - REACH) is not None
    assert expected("idp_stock_conflict", first - REACH - 1) is None
    assert expected("no_indicator", 2015) is None


def test_years_of_one_indicator_are_one_question_and_many_indicators_are_counted() -> None:
    sums = [WorldSum(i, y, 1e15, 200) for i, y in CASES]
    asked = far_from_published(sums)
    assert len(asked) == 4
    assert "more year" in asked[0]
    assert asked[-1] == f"and {len(published()) - 3} more like these"
