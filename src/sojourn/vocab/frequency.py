"""How often a series is observed, as in the SDMX code list CL_FREQ, read from its periods."""

import re
from typing import Literal

Frequency = Literal["A", "Q", "M", "D", "_O"]
#: Form of a time period to its frequency; an interval of several years is of no regular one.
_FORMS: tuple[tuple[re.Pattern[str], Frequency], ...] = (
    (re.compile(r"\d{4}"), "A"),
    (re.compile(r"\d{4}-(?:0[1-9]|1[0-2])"), "M"),
    (re.compile(r"\d{4}-Q[1-4]"), "Q"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "D"),
)
#: Words and letters by which publishers print a frequency.
PRINTED: dict[str, Frequency] = {
    "A": "A",
    "Annual": "A",
    "Q": "Q",
    "Quarterly": "Q",
    "M": "M",
    "Monthly": "M",
    "D": "D",
    "Daily": "D",
}


def frequency(time_period: str) -> Frequency:
    """Return the frequency of a time period; sums never mix two of them.

    Examples
    --------
    >>> frequency("2015"), frequency("2015-03"), frequency("2015-Q1"), frequency("2010-07-01/P5Y")
    ('A', 'M', 'Q', '_O')
    """
    return next((code for form, code in _FORMS if form.fullmatch(time_period)), "_O")
