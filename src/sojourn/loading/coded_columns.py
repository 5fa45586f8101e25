"""Columns of codes in a table that nobody has declared: women and men, ages, marks, what is counted.

A label that says by itself what it is gets its code. Of any other the code is left blank, which
``sojourn load`` refuses: a person says what it means.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sojourn.harmonize.numbers import to_number
from sojourn.terminal.one_line import OneLine
from sojourn.vocab.age import age_group

MOST_CODES = 24  # of a column; what has more is a text or a number
MOST_SERIES = 12
_TOTALS = frozenset(("t", "_t", "tot", "total", "all", "all ages", "both", "both sexes"))
_SEXES: Mapping[str, str] = {
    **dict.fromkeys(("f", "female", "females", "women", "girls", "femmes", "mujeres"), "F"),
    **dict.fromkeys(("m", "male", "males", "men", "boys", "hommes", "hombres"), "M"),
    **dict.fromkeys(_TOTALS, "_T"),
}
_AGES = re.compile(r"Y?_?(\d{1,3})\s*(?:[-–T]|to)\s*(\d{1,3})(?: years)?", re.I)
_OPEN = re.compile(r"(?:Y?_?GE\s*)?(\d{1,3})\s*(?:\+|and over|or over|and more)?(?: years)?", re.I)
_SEX_TITLE = re.compile(r"(?i)\b(sex|gender|sexe|sexo)\b")
_AGE_TITLE = re.compile(r"(?i)^ages?\b")
_FLAG_TITLE = re.compile(r"(?i)\bflags?\b|obs_?status|^status$")


@dataclass(frozen=True, slots=True)
class Coded(OneLine):
    """Role to heading, and role to label to code; the code is blank where nobody but a person knows."""

    roles: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def sex_of(label: str) -> str:
    """Return the code of a label of sex; empty where the label does not say it.

    >>> sex_of("Women"), sex_of("Total"), sex_of("1")
    ('F', '_T', '')
    """
    return _SEXES.get(label.strip().casefold(), "")


def age_of(label: str) -> str:
    """Return the code of an age group as printed; empty where it is none.

    >>> age_of("00-14"), age_of("65+"), age_of("TOT"), age_of("under five")
    ('Y0T14', 'Y_GE65', '_T', '')
    """
    text = label.strip()
    if text.casefold() in _TOTALS:
        return "_T"
    if (both := _AGES.fullmatch(text)) is not None and int(both[1]) <= int(both[2]):
        return age_group(int(both[1]), int(both[2]))
    if (one := _OPEN.fullmatch(text)) is not None:
        low = int(one[1])
        return age_group(low, low if text.isdecimal() else None)
    return ""


def coded(columns: Mapping[str, Sequence[str]]) -> Coded:
    """Return which columns hold codes, and the codes of their labels.

    Parameters
    ----------
    columns : mapping of heading to its cells, blank ones left out
        Without those of years and places.

    Examples
    --------
    >>> found = coded({"SEX": ["1", "2"], "AGE": ["0-4", "5+"], "N": ["7", "8"]})
    >>> dict(found.roles), dict(found.codes["sex"])
    ({'sex': 'SEX', 'age': 'AGE'}, {'1': '', '2': ''})
    """
    roles: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    for title, held in columns.items():
        labels = list(dict.fromkeys(held))
        role, meaning = _kind(title, labels, len(held))
        if role and role not in roles:
            roles[role] = title
            codes[role] = {label: meaning(label) for label in labels}
    return Coded(roles, codes)


def _kind(title: str, labels: list[str], count: int) -> tuple[str, Callable[[str], str]]:
    """Return the role of a column and what its labels mean; no role where it holds no codes."""
    few = 0 < len(labels) <= MOST_CODES
    if few and (_SEX_TITLE.search(title) or _say_sex(labels)):
        return "sex", sex_of
    if labels and _AGE_TITLE.search(title) and all(map(age_of, labels)):
        return "age", age_of
    if few and _FLAG_TITLE.search(title) and all(len(x) <= 3 for x in labels):
        return "flag", _unsaid
    texts = all(to_number(x) is None for x in labels)
    if texts and 2 <= len(labels) <= MOST_SERIES and count >= 3 * len(labels):
        return "series", _unsaid
    return "", _unsaid


def _say_sex(labels: Sequence[str]) -> bool:
    """Whether labels name women and men in words."""
    found = {sex_of(label) for label in labels}
    return {"F", "M"} <= found and len(found) + 1 >= len(labels)


def _unsaid(_: str) -> str:
    return ""
