"""What somebody declares, read as TOML and held against typed models: a wrong key or value names place, found, expected.

TOML is read as its standard says: what it cannot hold is refused, not guessed.
"""

import re
import tomllib
import types
from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from sojourn.errors import BadDeclaration, SojournError
from sojourn.terminal.nearest import did_you_mean

_WORDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "date": "a date without quotes: 2015-12-01",
}


def check(
    entry: Mapping[str, Any],
    written: Mapping[str, Any],
    *,
    where: str,
    strict: bool = True,
    error: type[SojournError] = BadDeclaration,
) -> None:
    """Refuse a key that is none, and a value that is not of its key's kind.

    Parameters
    ----------
    written : mapping of key to type
        As TOML writes it; see `as_written`.
    strict : bool
        Whether a key that is not among them is refused.

    Raises
    ------
    SojournError
        Of the kind ``error``: it names file, entry, key, what was found and what was expected.

    Examples
    --------
    >>> check({"header_rows": 3}, {"header_rows": list[int]}, where="mine.toml, layout a")
    Traceback (most recent call last):
    sojourn.errors.BadDeclaration: mine.toml, layout a: header_rows is 3
    Hint: expected a list
    """
    for key, value in entry.items():
        if key not in written:
            if strict:
                refuse_unknown(key, written, where=where, error=error)
            continue
        if not _made(value):
            check_one(key, value, written[key], where, error)


def refuse_unknown(
    key: str,
    known: Mapping[str, Any],
    *,
    where: str,
    error: type[SojournError] = BadDeclaration,
) -> None:
    """Refuse a key, with the nearest of those that are known.

    Raises
    ------
    SojournError
        Always, of the kind ``error``.
    """
    meant = did_you_mean(key, known)
    raise error(
        f"{where}: unknown key {key!r}",
        hint=f"{meant} known keys: {', '.join(sorted(known))}".strip(),
    )


def a_pattern(text: str, key: str, *, where: str) -> None:
    """Refuse a regular expression that is none.

    Raises
    ------
    BadDeclaration
        Naming key, expression and fault.
    """
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadDeclaration(
            f"{where}: {key} is {text!r}, no regular expression ({error})",
            hint="write a backslash before a bracket or dot that is meant as such",
        ) from None


@cache
def as_written(model: type) -> Mapping[str, Any]:
    """Return the keys of a dataclass with their types as TOML writes them.

    A tuple is a list, and where it holds texts one text alone will do.
    """
    return {name: _relaxed(hint) for name, hint in get_type_hints(model).items()}


def _relaxed(hint: Any) -> Any:
    kind, inside = get_origin(hint), get_args(hint)
    if kind is tuple:
        if not inside:
            return list[Any]
        return str | list[str] if inside[0] is str else list[_relaxed(inside[0])]  # type: ignore[misc] # made at run time
    if kind in (Union, types.UnionType):
        return Any if len(inside) > 1 and all(get_origin(i) is tuple for i in inside) else hint
    if isinstance(kind, type) and issubclass(kind, Mapping):
        return dict[_relaxed(inside[0]), _relaxed(inside[1])]  # type: ignore[misc] # made at run time
    return hint


def _made(value: object) -> bool:
    """Whether a value was built before, from entries that were checked themselves."""
    held = value if isinstance(value, tuple) else (value,)
    return any(is_dataclass(v) for v in held)


def check_one(key: str, value: object, expected: Any, where: str, kind: type[SojournError]) -> None:
    """Refuse a value that is not of its key's kind.

    Raises
    ------
    SojournError
        Of the kind ``kind``.
    """
    if get_origin(expected) is dict and isinstance(value, Mapping):
        for name, inside in value.items():
            check_one(f"{key}.{name}", inside, get_args(expected)[1], where, kind)
        return
    try:
        msgspec.convert(value, expected)
    except msgspec.ValidationError as error:
        said, _, path = str(error).partition(" - at `")
        found, place = value, key
        for index in re.findall(r"\[(\d+)\]", path):
            if isinstance(found, list):
                place, found = f"{place}[{index}]", found[int(index)]
        said_kind = re.search(r"Expected `([^`]*)`", said)
        words = [_WORDS.get(w, w) for w in said_kind[1].split(" | ")] if said_kind else [said]
        if chosen := [w for w in _choices(expected) if w]:
            words = [f"one of {', '.join(chosen)}"]
        raise kind(
            f"{where}: {place} is {found!r:.80}", hint=f"expected {' or '.join(words)}"
        ) from None


def _choices(hint: Any) -> list[str]:
    """Return the words that a kind allows; none where it allows any."""
    if get_origin(hint) is Literal:
        return [str(w) for w in get_args(hint)]
    return [w for part in get_args(hint) for w in _choices(part)]


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
