"""Names of places beside their codes, for sentences that a person reads."""

import re

from sojourn.vocab.area import AREAS

#: A code after a word that only a place follows, or at the beginning of a sentence.
_CODES = re.compile(
    r"(?:(?<=\baggregate )|(?<=\bgroup )|(?<=\bfrom )|(?<=\bin )|(?<=\bof )|(?<=key \()|^)"
    r"(\d{3}|[A-Z][A-Z0-9]{2}(?:_\w+)?)(?![\w.,%])"
)


def area_name(code: str) -> str:
    """Return the English name of a place; the code itself where no list knows it."""
    area = AREAS.get(code)
    return code if area is None else area.names["en"]


def with_names(sentence: str) -> str:
    """Return what a contract found, with the names of the places it speaks of by code.

    Examples
    --------
    >>> with_names("26000 refugees from 478 in their own country (2024)")
    '26000 refugees from Mauritania (478) in their own country (2024)'
    >>> with_names("aggregate 908 (2015, sex _T) reads 500, its 2 members sum to 499")
    'aggregate Europe (908) (2015, sex _T) reads 500, its 2 members sum to 499'
    """
    return _CODES.sub(lambda m: _named(m.group(1)), sentence)


def _named(code: str) -> str:
    return f"{AREAS[code].names['en']} ({code})" if code in AREAS else code
