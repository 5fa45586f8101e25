"""What an edition lost beside the one before: shares worked out by hand, and the sentence that says them."""

from dataclasses import replace
from pathlib import Path

import pytest

from sojourn.sources.frame import Frame
from sojourn.store.covered import Coverage, SliceChange, said_of
from sojourn.store.manifest import Manifest

#: A new edition may lose one key in ten, and a twentieth of the people.
FRAME = Frame(keys_lost=0.1, total_lost=0.05)


def change(lost: int, total_lost: float, period: str = "2015") -> SliceChange:
    """40 keys and 1,000 people before; what of them is gone."""
    return SliceChange(
        indicator="refugees",
        by_origin=True,
        period=period,
        keys=40 - lost,
        keys_before=40,
        lost=lost,
        new=0,
        total=1000.0 - total_lost,
        total_before=1000.0,
        total_lost=total_lost,
    )


@pytest.mark.parametrize(
    ("lost", "people", "beyond"),
    [
        (4, 50.0, False),  # a tenth and a twentieth: as much as it may
        (5, 0.0, True),  # small places, but many
        (1, 51.0, True),  # one place, but a large one
        (5, 51.0, True),
        (0, 0.0, False),
    ],
)
def test_many_small_keys_or_one_large_one_are_more_than_may_be_lost(
    lost: int, people: float, beyond: bool
) -> None:
    assert change(lost, people).beyond(FRAME) is beyond


def test_the_largest_losses_are_said_first_in_whole_sentences() -> None:
    changes = [
        change(1, 400.0, "2013"),
        change(6, 60.0, "2014"),
        change(2, 900.0, "2015"),
        change(0, 0.0, "2016"),
    ]
    assert said_of(changes, FRAME, "a.b@2014") == (
        "refugees 2015: 2 of 40 keys of a.b@2014 are gone, 900 of its 1,000",
        "refugees 2013: 1 of 40 keys of a.b@2014 is gone, 400 of its 1,000",
        "refugees 2014: 6 of 40 keys of a.b@2014 are gone, 60 of its 1,000",
    )
    five = [change(10, 100.0, str(year)) for year in range(2011, 2016)]
    assert said_of(five, FRAME, "a.b@2014")[-1] == "and 2 more indicators and periods"
    assert len(said_of(five, FRAME, "a.b@2014")) == 4
    assert said_of(five[:4], FRAME, "a.b@2014")[-1] == "and 1 more indicator or period"


def test_each_edition_is_told_its_own_coverage_and_a_year_is_whole_on_its_last_day() -> None:
    two = [
        Coverage(edition=e, dataset="a.b", vintage=e[-10:], status="complete", until=until)
        for e, until in (("a.b@2022-01-01", "2020-12-31"), ("a.b@2021-01-01", "2020-12-30"))
    ]
    manifest = Manifest(Path(), coverage=tuple(two))
    assert [manifest.covered(c.edition) for c in two] == two
    assert manifest.covered("a.b@2020-01-01") is None
    assert [c.part_year("2020") for c in two] == [False, True]
    assert [c.part_year("2021") for c in two] == [True, True]
    assert not two[1].part_year("2020-06")


def test_every_number_of_an_edition_in_question_says_so_until_somebody_says_why_it_stands() -> None:
    plain = Coverage(
        edition="a.b@2021-01-01", dataset="a.b", vintage="2021-01-01", status="complete"
    )
    asked = replace(plain, questions=("the total doubled",))
    assert plain.doubt == ""
    assert asked.doubt == "in question"
    beside = replace(asked, compared_with="a.b@2020-01-01")
    assert beside.doubt == "in question beside a.b@2020-01-01"
    assert replace(beside, accepted="the publisher confirms it").doubt == ""
