"""TOML of somebody's own, read as the standard says: what it cannot hold is refused, not guessed."""

import tomllib
from collections.abc import Mapping
from typing import Any

#: A text is no TOML, or says what TOML cannot hold.
NotToml = tomllib.TOMLDecodeError
_BITS = 63  # of an integer, as TOML 1.0 has it


def read_toml(text: str) -> dict[str, Any]:
    """Return the content of a TOML text.

    Raises
    ------
    NotToml
        It is no TOML, is nested without end, or holds an integer beyond 64 bits.

    Examples
    --------
    >>> read_toml("persons = 900")
    {'persons': 900}
    >>> read_toml("persons = 1" + 30 * "0")
    Traceback (most recent call last):
    tomllib.TOMLDecodeError: persons is an integer beyond 64 bits
    """
    try:
        found = tomllib.loads(text)
        _refuse_vast(found, "")
    except RecursionError:
        raise NotToml("nested too deeply") from None
    return found


def _refuse_vast(value: object, place: str) -> None:
    if isinstance(value, Mapping):
        for key, inside in value.items():
            _refuse_vast(inside, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for inside in value:
            _refuse_vast(inside, place)
    elif isinstance(value, int) and abs(value) >> _BITS:
        raise NotToml(f"{place} is an integer beyond 64 bits")
