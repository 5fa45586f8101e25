"""One grammar for what is asked with, on the command line and in Python: days, chosen words."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime

from sojourn.errors import Misasked
from sojourn.terminal.nearest import near

FORMS = ("%Y-%m-%d", "%Y-%m", "%Y")


def day_of(given: object) -> date:
    """Return the day that is meant: of a month or a year, its last.

    Raises
    ------
    Misasked
        It is neither a date nor written as one.

    Examples
    --------
    >>> day_of("2016-02").isoformat(), day_of(2015).isoformat(), day_of("2016-12-31").isoformat()
    ('2016-02-29', '2015-12-31', '2016-12-31')
    """
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    for form in FORMS:
        try:
            found = datetime.strptime(str(given), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        if form == "%Y":
            return date(found.year, 12, 31)
        if form == "%Y-%m":
            return found.replace(day=monthrange(found.year, found.month)[1])
        return found
    raise Misasked(
        f"{given!r} is not a date; expected YYYY-MM-DD", hint="a year or a month means its last day"
    )


def one_of(given: str, allowed: Iterable[str], what: str) -> str:
    """Return a word that is among those allowed.

    Raises
    ------
    Misasked
        It is not; the message names the nearest and all.

    Examples
    --------
    >>> one_of("tb", ("malaria", "tb"), "topic")
    'tb'
    """
    known = list(allowed)
    if given in known:
        return given
    found = near(given, known)
    nearest = f"nearest: {found[0]}; " if found else ""
    raise Misasked(f"no {what} {given!r}", hint=f"{nearest}one of: {', '.join(known)}")
