"""Days and ages as people write them: several orders tried as stated, serials, months, other digits."""

import re
from datetime import date, datetime, timedelta

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_SERIAL = re.compile(r"[1-6]\d{4}(\.0+)?")  # 1927 to 2091; four digits are a year
_AGE = re.compile(
    r"(\d{1,3})(?:\.0+)?\s*(|y|yr|yrs|year|years|years old|m|mo|mos|month|months|an|ans|mois|سنة|سنوات|شهر|أشهر|شهرا)\.?"
)
_MONTHS = frozenset({"m", "mo", "mos", "month", "months", "mois", "شهر", "أشهر", "شهرا"})
#: Day 0 of a workbook: of the 1900 system, and of the 1904 system, as on old Macs.
_SERIALS = {"excel": date(1899, 12, 30), "excel-1904": date(1904, 1, 1)}


def iso_of(text: str, formats: str) -> str:
    """Write a day as ISO 8601; what no format reads is left for the schema to refuse.

    Parameters
    ----------
    formats : str
        Tried in this order, separated by ``|``; ``excel`` reads the number of a day, ``excel-1904`` that
        of a workbook that counts from 1904.

    Examples
    --------
    >>> iso_of("24/10/2016", "%d/%m/%Y|excel"), iso_of("42667", "%d/%m/%Y|excel")
    ('2016-10-24', '2016-10-24')
    >>> iso_of("41205", "excel-1904")
    '2016-10-24'
    >>> iso_of("٢٤/١٠/٢٠١٦", "%d/%m/%Y")
    '2016-10-24'
    """
    plain = text.strip().translate(_DIGITS)
    return next((day for one in formats.split("|") if (day := _read(plain, one.strip()))), text)


def readings(text: str, formats: str) -> tuple[str, ...]:
    """Return each day that a text is by one of the formats, by the first of them first.

    >>> readings("03/04/2016", "%d/%m/%Y|%m/%d/%Y"), readings("24/10/2016", "%d/%m/%Y|%m/%d/%Y")
    (('2016-04-03', '2016-03-04'), ('2016-10-24',))
    """
    plain = text.strip().translate(_DIGITS)
    days = (_read(plain, one.strip()) for one in formats.split("|"))
    return tuple(dict.fromkeys(day for day in days if day))


def _read(plain: str, one: str) -> str:
    """Return a day read by one format; nothing where it does not fit."""
    if one in _SERIALS:
        fits = _SERIAL.fullmatch(plain)
        return (_SERIALS[one] + timedelta(days=int(float(plain)))).isoformat() if fits else ""
    try:
        return datetime.strptime(plain, one).date().isoformat()  # noqa: DTZ007 - a day
    except ValueError:
        return ""


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
