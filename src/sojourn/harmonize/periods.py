"""Printed periods to SDMX time periods."""

import re

_YEAR = re.compile(r"(19\d\d|20\d\d|2100)(?:\.0+)?")
_SPAN = re.compile(r"((?:19|20)\d\d)\s*[-–]\s*((?:19|20)\d\d|2100)")
_MONTH = re.compile(r"((?:19|20)\d\d)-?M?(0[1-9]|1[0-2])(?:-01)?")
_QUARTER = re.compile(r"((?:19|20)\d\d)-?Q([1-4])")
FIRST_YEAR = 1900


def time_period(label: str, *, latest: int, estimate_mark: str = "") -> str | None:
    """Return the SDMX period a label prints, or None when it prints none that is plausible.

    A span between two mid-years becomes an ISO 8601 interval with its duration; a month is printed
    ``2008-01``, ``2008M01`` or as its first day, a quarter ``2008-Q1`` or ``2008Q1``.

    Parameters
    ----------
    label : str
        Period as printed: ``2015``, ``2015.0``, ``1990-1995``, ``2018e``.
    latest : int
        Last year that can be true: the year of release, or the end of a projection.
    estimate_mark : str
        What the publisher prints behind an estimated year: a letter, ``(e)``.

    Examples
    --------
    >>> time_period("2015.0", latest=2016), time_period("1990-1995", latest=2016)
    ('2015', '1990-07-01/P5Y')
    >>> time_period("2008M01", latest=2016), time_period("2008Q1", latest=2016)
    ('2008-01', '2008-Q1')
    >>> time_period("2018 (e)", latest=2018, estimate_mark="(e)")
    '2018'
    >>> time_period("2105", latest=2024) is None
    True
    """
    label = label.strip()
    if estimate_mark:
        label = label.removesuffix(estimate_mark).rstrip()
    if (year := _YEAR.fullmatch(label)) is not None:
        number = int(year.group(1))
        return str(number) if FIRST_YEAR <= number <= latest else None
    if (span := _SPAN.fullmatch(label)) is not None:
        start, end = int(span.group(1)), int(span.group(2))
        if FIRST_YEAR <= start < end <= latest:
            return f"{start}-07-01/P{end - start}Y"
        return None
    for form, middle in ((_MONTH, "-"), (_QUARTER, "-Q")):
        if (part := form.fullmatch(label)) is not None and int(part.group(1)) <= latest:
            return f"{part.group(1)}{middle}{part.group(2)}"
    return None
