"""Sentences that a break of the vocabulary once passed unseen."""

from datetime import date

import pytest

from sojourn.errors import UnknownArea
from sojourn.vocab.age import age_limits
from sojourn.vocab.area import AREAS, EVERYONE, aliases, resolve
from sojourn.vocab.group import fiscal_years, named_group, read_groups
from sojourn.vocab.place import area_id, place


def test_a_spelling_of_one_publisher_means_nothing_at_another() -> None:
    common = {a.label for a in aliases() if a.publisher == EVERYONE}
    common |= {a.names["en"] for a in AREAS.values()}
    alone = [a for a in aliases() if a.label not in common and a.publisher != "iom"]
    theirs = {a.label for a in aliases() if a.publisher == "iom"}
    asked = [a for a in alone if a.label not in theirs][:20]
    assert asked
    for alias in asked:
        with pytest.raises(UnknownArea):
            resolve(alias.label, publisher="iom")


def test_all_ages_are_known_by_what_the_code_says() -> None:
    assert age_limits("".join(("_", "T"))) == (0, None)


def test_all_places_have_a_name_of_their_own_and_others_keep_theirs() -> None:
    assert place("_T").name("fr") == "tous les lieux"
    assert place("250").name("es") == "Francia"


def test_regions_of_who_are_found_by_their_letters() -> None:
    regions = [a for c, a in AREAS.items() if c.startswith("WHO_") and a.is_aggregate]
    assert regions
    for area in regions:
        assert area_id(area.area_id.removeprefix("WHO_")) == area.area_id


def test_a_day_may_be_a_year_or_a_day() -> None:
    whole, day = (place(f"EU@{pin}").group for pin in ("2013", "2013-06-30"))
    assert whole is not None
    assert day is not None
    croatia = "191"
    assert croatia in whole.on(date(2020, 1, 1))
    assert croatia not in day.on(date(2020, 1, 1))


def test_a_member_may_be_a_table_with_its_area_alone() -> None:
    text = '[MINE]\nname_en = "Mine"\nmembers = [{ area = "250" }, "276"]\n'
    (mine,) = read_groups(text, where="own.toml", known={}).values()
    assert mine.on(date(2015, 1, 1)) == ("250", "276")


def test_a_group_of_lower_case_is_joined_like_any_other() -> None:
    text = '[zone]\nname_en = "Zone"\nmembers = ["250"]\n'
    own = read_groups(text, where="own.toml", known={})
    assert place("zone+276", own).members(2015) == ("250", "276")


def test_income_classes_say_which_fiscal_years_they_are_known_for() -> None:
    group = named_group("WB_HIGH")
    assert group is not None
    years = fiscal_years()
    assert group.source.endswith(f"{min(years)} to {max(years)}")
