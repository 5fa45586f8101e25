"""A count agrees with its noun, in every sentence that loading and queries print."""

import re
from pathlib import Path

import pytest

import sojourn
from sojourn.errors import counted

ROOMS = ("loading", "store", "sources", "harmonize", "query")
NOUNS = [
    "area",
    "cell",
    "change",
    "contract",
    "contradiction",
    "country",
    "dataflow",
    "disagreement",
    "edition",
    "field",
    "file",
    "heading",
    "key",
    "line",
    "member",
    "note",
    "number",
    "observation",
    "origin",
    "period",
    "place",
    "question",
    "row",
    "table",
    "violation",
]
#: A count in a sentence, and its noun in the plural.
PLURAL = re.compile(
    r"\{(?:len\([^{}]*\)|[^{}]*:,)\} (?:[a-z]+ )?("
    + "|".join(f"{n}s" for n in NOUNS)
    + r")\b(?!\.csv)"
)
#: Counts that are two at least, or limits.
SEVERAL = ("MAX_", "MOST_", "len(found)} numbers have", "{found:,} places and years", "- 1")


def test_one_is_singular_and_any_other_count_plural() -> None:
    assert [counted(n, "place") for n in (0, 1, 2, 1000)] == [
        "0 places",
        "1 place",
        "2 places",
        "1,000 places",
    ]
    assert counted(1, "country or area", "countries and areas") == "1 country or area"


@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_gives_a_count_a_plural_of_its_own(room: str) -> None:
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted((Path(sojourn.__file__).parent / room).rglob("*.py"))
        for line in path.read_text("utf-8").splitlines()
        if PLURAL.search(line) and not any(s in line for s in SEVERAL)
    ]
    assert found == []
