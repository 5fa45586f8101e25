"""Every cell of a split question is chosen, not chosen, or refused; no need vanishes."""

import pytest

from sojourn.relocation.site.choices import UnclearCell, choices_of
from sojourn.relocation.site.table import read_table

NAMES = ("pregnant", "wheelchair", "serious_illness")


def told(*cells: object, summary: object = None) -> list[str]:
    pairs = [(n, f"needs/{n}", c) for n, c in zip(NAMES, cells, strict=True)]
    return choices_of("flags", pairs, summary)


@pytest.mark.parametrize(
    ("cells", "summary"),
    [
        (("1", "0", "0"), "pregnant"),
        ((1, 0, 0), None),
        ((1.0, 0.0, None), None),
        (("True", "False", ""), None),
        (("pregnant", "", ""), "pregnant"),
        (("PREGNANT ", "", ""), None),
        (("Pregnant  woman", "", ""), "Pregnant woman"),
    ],
)
def test_one_is_chosen(cells: tuple[object, ...], summary: object) -> None:
    assert told(*cells, summary=summary) == ["pregnant"]


@pytest.mark.parametrize(
    "token", ["n/a", "N/A", "NaN", "null", "-", "?", "99", "oui?", "Pregnant woman", "2"]
)
def test_a_token_that_says_neither_is_refused(token: str) -> None:
    with pytest.raises(UnclearCell) as refused:
        told(token, "0", "0")
    words = token in ("oui?", "Pregnant woman")  # could be a need: their length is said, not they
    assert (token in refused.value.found) is not words
    assert "needs/pregnant" in refused.value.found


@pytest.mark.parametrize(
    ("cells", "summary"),
    [
        (("0", "0", "0"), "pregnant"),
        (("", "", ""), "Pregnant woman"),
        (("1", "0", "0"), "pregnant wheelchair"),
        (("1", "1", "0"), "pregnant"),
        (("Pregnant woman", "", ""), "Pregnant woman Uses a wheelchair"),
        (("0", "1", "0"), "wheelchair late_pregnancy"),
        (("0", "1", "0"), "wheelchair, late_pregnancy"),
        (("1", "1", "0"), "pregnant wheelchair separated"),
    ],
)
def test_columns_that_contradict_their_question_are_refused(
    cells: tuple[str, ...], summary: str
) -> None:
    with pytest.raises(UnclearCell):
        told(*cells, summary=summary)


def test_nothing_chosen_is_nothing() -> None:
    assert told("0", "0", "0") == told("", "", "", summary="n/a") == []


@pytest.mark.parametrize(
    "summary", ["wheelchair pregnant", "pregnant;wheelchair", "Woman with child Uses wheels"]
)
def test_a_question_that_names_all_that_was_chosen_or_their_labels_agrees(summary: str) -> None:
    assert told("1", "1", "0", summary=summary) == ["pregnant", "wheelchair"]


@pytest.mark.parametrize(
    ("header", "whole"),
    [
        ("a/flags/PREG,b/flags/PREG", False),
        ("a/flags/PREG,b/flags/DS", False),
        ("a-flags-PREG,b-flags-DS", False),
        ("a/flags/PREG,a/flags/DS", True),
    ],
)
def test_two_questions_of_one_name_are_not_put_together(header: str, whole: bool) -> None:
    """Of two groups of a form that needs no mapping: which of the two is meant nobody can tell."""
    text = f"id,case_id,sex,birth,age_source,{header},_uuid\nP1,C1,F,1990,declared,1,1,u\n"
    found = read_table("person.csv", text, "person")
    assert [f.field for f in found.faults] == ([] if whole else ["flags"])
    assert [row["flags"] for _, row in found.rows] == ([("PREG", "DS")] if whole else [])
