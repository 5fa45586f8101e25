"""The languages that have a catalogue: files beside the code, found without importing the press."""

from functools import cache
from importlib.resources import files

__all__ = ["languages"]


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that have a catalogue, English first.

    Examples
    --------
    >>> languages()[0]
    'en'
    """
    room = files("sojourn").joinpath("publish", "text")
    found = (e.name.removesuffix(".toml") for e in room.iterdir() if e.name.endswith(".toml"))
    return tuple(sorted(found, key=lambda code: (code != "en", code)))
