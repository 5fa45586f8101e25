"""Codes of age groups and of sex."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.vocab.age import age_group, age_limits
from sojourn.vocab.sex import Sex


@given(st.integers(0, 120), st.none() | st.integers(0, 20))
def test_an_age_group_is_read_back_from_its_code(low: int, width: int | None) -> None:
    high = None if width is None else low + width
    assert age_limits(age_group(low, high)) == (low, high)


@pytest.mark.parametrize("code", ["0-4", "Y4T", "y0t4", "", "Y_GE"])
def test_anything_else_is_not_an_age_code(code: str) -> None:
    with pytest.raises(ValueError, match="is not an age code"):
        age_limits(code)


def test_an_age_group_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="no age group runs from 5 to 4"):
        age_group(5, 4)


def test_sexes_are_the_codes_of_sdmx() -> None:
    assert [str(sex) for sex in Sex] == ["F", "M", "_T"]


@pytest.mark.parametrize(("low", "high"), [(-1, 4), (-1, None), (5, 4)])
def test_ages_below_zero_and_upside_down_are_refused(low: int, high: int | None) -> None:
    with pytest.raises(ValueError, match="age"):
        age_group(low, high)
