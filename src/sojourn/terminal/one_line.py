"""What a library gives back as one thing: short on a line, its fields in a notebook."""

from collections.abc import Collection, Iterator
from dataclasses import fields
from datetime import date
from enum import Enum
from html import escape
from pathlib import PurePath
from typing import Any

LINE, WORD = 120, 40  # letters of a line, and of one value in it


class OneLine:
    """A dataclass whose line says its kind and fields: what is many is counted, what is none left out.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Made(OneLine):
    ...     path: PurePath
    ...     rows: tuple[int, ...]
    >>> Made(PurePath("out/made.csv"), (1, 2, 3))
    <Made path: out/made.csv, rows: 3>
    """

    __slots__ = ()

    def __init_subclass__(cls, **more: Any) -> None:
        """Keep this line where a dataclass would write its own."""
        super().__init_subclass__(**more)
        cls.__repr__ = OneLine.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        """Return one line."""
        line = ", ".join(f"{name}: {value}" for name, value in self._told())
        line = line if len(line) <= LINE else line[:LINE] + "…"
        return f"<{type(self).__name__} {line}>"

    def _repr_html_(self) -> str:
        """Show the fields in a notebook, one a row."""
        rows = (f"<tr><th>{n}</th><td>{escape(v)}</td></tr>" for n, v in self._told())
        return f"<table><tbody>{''.join(rows)}</tbody></table>"

    def _told(self) -> Iterator[tuple[str, str]]:
        """Yield the name of each field that holds something, and what it holds in few letters."""
        for field in fields(self):  # type: ignore[arg-type] # a subclass is a dataclass
            value = getattr(self, field.name)
            if field.repr and value is not None and value != "" and field.name[0] != "_":
                yield field.name.replace("_", " "), _few(value)


def _few(value: object) -> str:
    """Return a value in few letters: its text, how many it holds, or its kind."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str | int | float | date | PurePath):
        text = str(value)
        return text if len(text) <= WORD else f"…{text[-WORD:]}"
    if isinstance(value, Collection):
        return str(len(value))
    return type(value).__name__
