"""Names of places beside their codes, for sentences that a person reads."""

import re

from sojourn.vocab.area import AREAS

#: A code after a word that only a place follows, or where it begins a sentence that speaks of a place.
_CODES = re.compile(
    r"(?:(?<=\baggregate )|(?<=\bgroup )|(?<=\bfrom )|(?<=\bin )|(?<=\bof )|(?<=key \()|^(?=\w+ ceased))"
    r"((?!19|20)\d{4}|\d{3}|[A-Z][A-Z0-9]{2}(?:_\w+)?)(?![\w.%]|,\d)"
)


def area_name(code: str) -> str:
    """Return the English name of a place; the code itself where no list knows it."""
    area = AREAS.get(code)
    return code if area is None else area.names["en"]


def named(code: str) -> str:
    """Return a place as a person reads it: its name with its code, of a corridor both ends.

    What is no area (a route, a region of a publisher's own) is returned as it is.

    Examples
    --------
    >>> named("792"), named("760>792"), named("Central Mediterranean")
    ('Türkiye (792)', 'Syrian Arab Republic (760) → Türkiye (792)', 'Central Mediterranean')
    """
    ends = code.split(">")
    return " → ".join(f"{area_name(end)} ({end})" if end in AREAS else end for end in ends)


def with_names(sentence: str) -> str:
    """Return what a contract found, with the names of the places it speaks of by code.

    Examples
    --------
    >>> with_names("26000 refugees from 478 in their own country (2024)")
    '26000 refugees from 478 in their own country (2024); 478 is Mauritania'
    >>> with_names("aggregate 908 (2015, sex _T) reads 500, its 2 members sum to 499")
    'aggregate 908 (2015, sex _T) reads 500, its 2 members sum to 499; 908 is Europe'
    """
    codes = [code for code in dict.fromkeys(_CODES.findall(sentence)) if code in AREAS]
    return sentence + "".join(f"; {code} is {area_name(code)}" for code in codes)
