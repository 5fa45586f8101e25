"""Days and ages as people write them: several orders tried as stated, serials, months, other digits."""

import re
from datetime import date, datetime, timedelta

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_SERIAL = re.compile(r"[1-6]\d{4}(\.0+)?")  # 1927 to 2091; four digits are a year
_AGE = re.compile(
    r"(\d{1,3})(?:\.0+)?\s*(|y|yr|yrs|year|years|years old|m|mo|mos|month|months|an|ans|mois|سنة|سنوات|شهر|أشهر|شهرا)\.?"
)
_MONTHS = frozenset({"m", "mo", "mos", "month", "months", "mois", "شهر", "أشهر", "شهرا"})
_START = date(1899, 12, 30)  # day 0 of a workbook of the 1900 system, counted from 30 December 1899


def iso_of(text: str, formats: str) -> str:
    """Write a day as ISO 8601; what no format reads is left for the schema to refuse.

    Parameters
    ----------
    formats : str
        Tried in this order, separated by ``|``; ``excel`` reads the number of a day.

    Examples
    --------
    >>> iso_of("24/10/2016", "%d/%m/%Y|excel"), iso_of("42667", "%d/%m/%Y|excel")
    ('2016-10-24', '2016-10-24')
    >>> iso_of("٢٤/١٠/٢٠١٦", "%d/%m/%Y")
    '2016-10-24'
    """
    plain = text.strip().translate(_DIGITS)
    for one in formats.split("|"):
        if one.strip() == "excel":
            if _SERIAL.fullmatch(plain):
                return (_START + timedelta(days=int(float(plain)))).isoformat()
            continue
        try:
            return datetime.strptime(plain, one.strip()).date().isoformat()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return text


def years_of(text: str) -> str:
    """Write an age in completed years; what is no age is left for the schema to refuse.

    Examples
    --------
    >>> years_of("18 months"), years_of("٧"), years_of("34.0"), years_of("old")
    ('1', '7', '34', 'old')
    """
    found = _AGE.fullmatch(text.strip().translate(_DIGITS).casefold())
    if found is None:
        return text
    number = int(found[1])
    return str(number // 12 if found[2] in _MONTHS else number)
