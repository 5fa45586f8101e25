"""Groups by classification and vintage, and income classes by fiscal year."""

from datetime import date
from itertools import pairwise

import pytest

from sojourn.errors import HarmonizeError
from sojourn.vocab.area import AREAS
from sojourn.vocab.membership import (
    Classification,
    Member,
    classification,
    fiscal_years,
    income_class,
    members,
    shipped,
)
from sojourn.vocab.table import rows_of

VINTAGES = [vintage for name, vintage in shipped() if name == "undesa.ims"]


def test_only_classifications_that_may_be_redistributed_are_shipped() -> None:
    assert shipped() == (("undesa.ims", "2019-09-17"), ("undesa.ims", "2021-01-15"))
    with pytest.raises(HarmonizeError, match="load the publisher's file"):
        classification("undesa.ims", "2015-12-01")
    assert members("undesa.ims", "2015-12-01") == []


@pytest.mark.parametrize("vintage", VINTAGES)
def test_groups_and_members_are_areas_and_members_are_countries(vintage: str) -> None:
    for group, member in members("undesa.ims", vintage):
        assert AREAS[group].is_aggregate
        assert AREAS[member].kind == "country"


@pytest.mark.parametrize("vintage", VINTAGES)
@pytest.mark.parametrize("scheme", ["geographic_region", "subregion", "sdg_region"])
def test_regions_never_overlap(vintage: str, scheme: str) -> None:
    found = classification("undesa.ims", vintage)
    inside = [
        member
        for group, kinds in found.schemes.items()
        if scheme in kinds
        for member in found.members(group)
    ]
    assert len(inside) == len(set(inside))


@pytest.mark.parametrize("vintage", VINTAGES)
def test_more_and_less_developed_regions_make_the_world(vintage: str) -> None:
    found = classification("undesa.ims", vintage)
    more, less = set(found.members("901")), set(found.members("902"))
    assert not more & less
    assert more | less == set(found.members("900"))
    assert set(found.members("934")) == less - set(found.members("941"))


def test_australia_and_new_zealand_are_a_subregion_and_an_sdg_region_and_counted_once() -> None:
    found = classification("undesa.ims", "2021-01-15")
    assert set(found.schemes["927"]) == {"subregion", "sdg_region"}
    assert found.members("927") == ("036", "554")


def test_a_classification_of_the_publishers_file_can_be_given_at_run_time() -> None:
    annex = [Member("development_group", "901", "276"), Member("development_group", "901", "250")]
    found = Classification.of("undesa.ims", "2015-12-01", annex)
    assert found.members("901") == ("276", "250")
    assert found.schemes == {"901": ("development_group",)}
    with pytest.raises(HarmonizeError, match="has no group '902'"):
        found.members("902")


@pytest.mark.parametrize(
    ("iso3", "fiscal_year", "letter"),
    [("IND", 2017, "LM"), ("DEU", 2017, "H"), ("YEM", 1990, "LM"), ("SUN", 1992, "UM")],
)
def test_income_classes_are_those_of_the_fiscal_year(
    iso3: str, fiscal_year: int, letter: str
) -> None:
    found = income_class(iso3, fiscal_year)
    assert found is not None
    assert found.income_class == letter


def test_income_classes_of_fiscal_year_2017_are_counted_as_published() -> None:
    found = [income_class(iso3, 2017) for iso3, *_ in rows_of("income_class.csv")]
    letters = [one.income_class for one in found if one]
    assert {k: letters.count(k) for k in ("H", "UM", "LM", "L")} == {
        "H": 79,
        "UM": 56,
        "LM": 52,
        "L": 31,
    }


def test_a_class_rests_on_the_year_before_the_one_in_which_it_comes_into_force() -> None:
    found = income_class("IND", 2017)
    assert found is not None
    assert found.data_year == 2015
    assert found.in_force == (date(2016, 7, 1), date(2017, 6, 30))


def test_an_economy_that_was_not_classified_has_no_class() -> None:
    assert income_class("SSD", 2005) is None
    with pytest.raises(HarmonizeError, match="the table covers 1989 to 2023"):
        income_class("IND", 2030)


def test_fiscal_years_follow_one_another_and_economies_are_areas() -> None:
    assert all(b - a == 1 for a, b in pairwise(fiscal_years()))
    known = {area.iso3 for area in AREAS.values()}
    assert {iso3 for iso3, *_ in rows_of("income_class.csv")} <= known
