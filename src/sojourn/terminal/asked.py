"""One grammar for what is asked with, on the command line and in Python: days, chosen words."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime
from operator import index
from os import PathLike
from pathlib import Path

from sojourn.errors import Misasked
from sojourn.terminal.languages import languages
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


def path_of(given: object, what: str) -> Path:
    """Return the file or directory that is meant.

    Raises
    ------
    Misasked
        It is neither a path nor a text.

    Examples
    --------
    >>> path_of("data", "a data directory").name
    'data'
    """
    if isinstance(given, str) or (
        isinstance(given, PathLike) and isinstance(given.__fspath__(), str)
    ):
        return Path(given)
    raise Misasked(f"{given!r} is not {what}", hint="expected a path, as text or as pathlib.Path")


def paths_of(given: object, what: str) -> list[Path]:
    """Return the files or directories that are meant: one, or several.

    Raises
    ------
    Misasked
        One of them is neither a path nor a text.

    Examples
    --------
    >>> [p.name for p in paths_of(["a.csv", "b.xlsx"], "a file")]
    ['a.csv', 'b.xlsx']
    """
    if isinstance(given, Iterable) and not isinstance(given, str | bytes | PathLike):
        return [path_of(one, what) for one in given]
    return [path_of(given, what)]


def text_of(given: object, what: str) -> str:
    """Return the name that is meant.

    Raises
    ------
    Misasked
        It is no text.

    Examples
    --------
    >>> text_of("women_share", "a figure")
    'women_share'
    """
    if isinstance(given, str):
        return given
    raise Misasked(f"{given!r} is not {what}", hint="expected text")


def language_of(given: object, known: Iterable[str] = ()) -> str:
    """Return the language that is meant; without ``known``, one that has a catalogue.

    Raises
    ------
    Misasked
        There are no words in it; the message names those at hand.

    Examples
    --------
    >>> language_of("fr")
    'fr'
    """
    return one_of(text_of(given, "a language"), tuple(known) or languages(), "language")


def languages_of(given: object, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the languages that are meant, each once: one, several, or without a name all.

    Raises
    ------
    Misasked
        There are no words in one of them.

    Examples
    --------
    >>> languages_of(["fr", "en", "fr"]), languages_of(None, ("en", "ar"))
    (('fr', 'en'), ('en', 'ar'))
    """
    every = tuple(known) or languages()
    if isinstance(given, Iterable) and not isinstance(given, str):
        named = list(given) or every
    else:
        named = every if given is None else [given]
    return tuple(dict.fromkeys(language_of(one, every) for one in named))


def year_of(given: object) -> int:
    """Return the year that is meant.

    Raises
    ------
    Misasked
        It is no whole number.

    Examples
    --------
    >>> year_of(2015)
    2015
    """
    try:
        return index(given)  # type: ignore[arg-type] # whatever it is
    except TypeError:
        raise Misasked(f"{given!r} is not a year", hint="expected a whole number: 2015") from None
