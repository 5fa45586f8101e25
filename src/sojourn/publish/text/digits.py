"""Numbers as a language writes them, by CLDR: each form parsed once."""

import math
import re
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.numbers import NumberPattern, parse_pattern

HALF_A_TENTH = 0.05

_parsed = cache(parse_pattern)


@cache
def locale(language: str) -> Locale:
    """Return what CLDR says of a language."""
    return Locale.parse(language)


def decimal(value: float | Decimal, form: str, language: str) -> str:
    """Return a number in a form of CLDR, parsed once; with a sign of per cent it is a hundredfold."""
    pattern: NumberPattern = _parsed(form)
    return str(pattern.apply(value, locale(language)))


@lru_cache(maxsize=1 << 16)
def exact(value: float, language: str) -> str:
    """Return every digit of a count."""
    return decimal(value, "#,##0.##;−#,##0.##", language)


def decimals(value: float) -> int:
    """Return how many decimals a percentage is printed with: one, or up to its first digit."""
    if (
        value == 0.0 or abs(value) > HALF_A_TENTH
    ):  # just half a tenth is rounded to the even: to none
        return 1
    return 1 + max(0, -math.floor(math.log10(abs(value))) - 1)


def compact(value: float, language: str, digits: int) -> str:
    """Return a large number in words ("243.7 million"), the word's plural being that of what is shown.

    Babel's own function takes the plural of the whole number, which is wrong in French for one
    million (CLDR, plural rules of compact numbers).
    """
    known = locale(language)
    power = 10 ** (len(str(int(value))) - 1)
    patterns = known.compact_decimal_formats["long"]
    divisor = power // 10 ** (str(patterns["other"][str(power)].pattern).count("0") - 1)
    shown = Decimal(f"{value / divisor:.{digits}f}")
    words = patterns.get(known.plural_form(shown), patterns["other"])[str(power)].pattern
    form = f"#,##0.{'0' * digits}"
    text = re.sub("0+", decimal(shown, form, language), str(words))
    return text.replace(" ", "\u00a0")  # a number and its word stay on one line
