"""A count agrees with its noun, in every sentence of every room."""

import re
from pathlib import Path

import pytest

import sojourn
from sojourn.errors import counted

ROOT = Path(sojourn.__file__).parent
ROOMS = sorted(p.name for p in ROOT.iterdir() if (p / "__init__.py").exists())
NOUNS = [
    "adult",
    "area",
    "case",
    "cell",
    "change",
    "chunk",
    "code",
    "combination",
    "contract",
    "contradiction",
    "corridor",
    "country",
    "dataflow",
    "disagreement",
    "draw",
    "edition",
    "escort",
    "event",
    "field",
    "figure",
    "file",
    "heading",
    "key",
    "line",
    "member",
    "message",
    "note",
    "number",
    "observation",
    "origin",
    "part",
    "period",
    "person",
    "place",
    "question",
    "request",
    "row",
    "run",
    "seat",
    "sheet",
    "slip",
    "table",
    "trip",
    "unit",
    "vehicle",
    "violation",
]
#: A count in a sentence, and its noun in the plural.
PLURAL = re.compile(
    r"\{(?:len\([^{}]*\)|[^{}]*:,)\} (?:[a-z]+ )?("
    + "|".join(f"{n}s" for n in NOUNS)
    + r")\b(?!\.csv)"
)
#: Counts that are two at least, or limits.
SEVERAL = (
    "MAX_",
    "MOST_",
    "len(found)} numbers have",
    "{found:,} places and years",
    "{every:,} are held",
    "- 1",
    "places have no number",
)


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
        for path in sorted((ROOT / room).rglob("*.py"))
        for line in path.read_text("utf-8").splitlines()
        if PLURAL.search(line) and not any(s in line for s in SEVERAL)
    ]
    assert found == []
