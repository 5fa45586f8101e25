"""The code list of observation status."""

import pytest

from sojourn.vocab.status import ObsStatus, code_list, one_status


def test_the_members_are_the_codes_of_the_list() -> None:
    assert {status.value for status in ObsStatus} == set(code_list())
    assert len(ObsStatus) == 23  # CL_OBS_STATUS, version 2.3


def test_a_missing_value_has_one_of_the_missing_statuses() -> None:
    assert {s.value for s in ObsStatus if s.is_missing} == set("HKLMOQ")


def test_a_break_or_a_strike_may_stand_beside_a_value_or_in_its_place() -> None:
    either = {s.value for s in ObsStatus if s.may_be_missing and not s.is_missing}
    assert either == {"B", "J", "S", "_U", "R", "X"}
    assert not ObsStatus.NORMAL.may_be_missing


def test_ranks_of_the_guidelines_are_distinct_and_a_break_is_first() -> None:
    ranked = sorted(s.precedence for s in ObsStatus if s.precedence < 99)
    assert ranked == list(range(1, 21))
    assert one_status(ObsStatus) is ObsStatus.BREAK


@pytest.mark.parametrize(
    ("several", "kept"),
    [("EB", "B"), ("QB", "B"), ("PE", "E"), ("AU", "U"), ("AV", "V"), ("OQ", "O")],
)
def test_one_status_is_kept_by_precedence(several: str, kept: str) -> None:
    assert one_status(ObsStatus(code) for code in several) == kept


def test_no_status_is_an_error() -> None:
    with pytest.raises(ValueError, match="empty"):
        one_status([])
