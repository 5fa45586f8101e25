"""What a library gives back as a table: a sequence of records, on a screen, in a notebook, as a frame."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from enum import Enum
from html import escape
from types import MappingProxyType
from typing import Any, Generic, TypeVar, overload

from sojourn.errors import counted
from sojourn.extras import need

T = TypeVar("T")
SHOWN = 20  # rows that a notebook shows


class Rows(Sequence[T], Generic[T]):
    """Records in order: indexed and unpacked like a tuple, and a table when asked for one.

    Parameters
    ----------
    items : iterable
        Frozen dataclasses, or mappings.
    about : mapping, optional
        What holds for all of them: editions, totals, adjustments.
    kind : type, optional
        The dataclass of the items, so that an empty table has its columns.

    Examples
    --------
    >>> found = Rows([{"area": "250", "value": 1.5}, {"area": "276", "value": None}])
    >>> len(found), found[0]["area"], found.columns
    (2, '250', ('area', 'value'))
    >>> print(found.csv(), end="")
    area,value
    250,1.5
    276,
    """

    __slots__ = ("_items", "_kind", "about")

    def __init__(
        self,
        items: Iterable[T],
        about: Mapping[str, Any] | None = None,
        *,
        kind: type | None = None,
    ) -> None:
        self._items = tuple(items)
        self._kind = kind
        self.about: Mapping[str, Any] = MappingProxyType(dict(about or {}))

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> "Rows[T]": ...

    def __getitem__(self, index: int | slice) -> "T | Rows[T]":
        """Return a record, or the rows of a slice."""
        if isinstance(index, slice):
            return Rows(self._items[index], self.about, kind=self._kind)
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Rows):
            return self._items == other._items
        return isinstance(other, list | tuple) and self._items == tuple(other)

    def __hash__(self) -> int:
        return hash(self._items)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        own = _names(self._kind) if self._kind is not None else ()
        return tuple(dict.fromkeys([*own, *(k for r in self._items for k in _names(r))]))

    def records(self) -> list[dict[str, Any]]:
        """Return one mapping a row; what is nested stands as JSON text, what is missing as None."""
        heads = self.columns
        return [{h: _plain(_value(r, h)) for h in heads} for r in self._items]

    def csv(self) -> str:
        """Return CSV text; a missing value is an empty cell."""
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([*r.values()] for r in self.records())
        return stream.getvalue()

    def arrow(self) -> Any:
        """Return a PyArrow table.

        Raises
        ------
        NotInstalled
            Without the extra ``dataframe``.
        """
        made = self.records()
        return need("pyarrow", "a table for Arrow").table(
            {h: [r[h] for r in made] for h in self.columns}
        )

    def df(self) -> Any:
        """Return a pandas data frame.

        Raises
        ------
        NotInstalled
            Without the extra ``dataframe``.
        """
        return need("pandas", "a data frame").DataFrame(self.records(), columns=[*self.columns])

    def __repr__(self) -> str:
        kind = type(self._items[0]).__name__ if self._items else "nothing"
        heads = self.columns
        shown = ", ".join(heads[:6]) + (", …" if len(heads) > 6 else "")
        return f"<{len(self):,} × {kind}: {shown}>" if self._items else "<no rows>"

    def _repr_html_(self) -> str:
        """Show the first rows in a notebook."""
        first = [[*r.values()] for r in self[:SHOWN].records()]
        return html_table(self.columns, first, len(self))


def html_table(heads: Sequence[str], first: Iterable[Sequence[object]], rows: int) -> str:
    """Return the first rows of a table as HTML, and of how many they are the first."""
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_shown(_plain(v)))}</td>" for v in r) + "</tr>"
        for r in first
    )
    more = f"<p>{counted(rows, 'row')}; the first {SHOWN}</p>" if rows > SHOWN else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _names(row: object) -> tuple[str, ...]:
    if isinstance(row, Mapping):
        return tuple(map(str, row))
    if is_dataclass(row):
        return tuple(f.name for f in fields(row))
    return ("value",)


def _value(row: object, name: str) -> object:
    if isinstance(row, Mapping):
        return row.get(name)
    return getattr(row, name, None) if is_dataclass(row) else row


def _plain(value: object) -> object:
    """Return what a column holds: a number, a word, a day, nothing; JSON text of anything else."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float) and value != value:
        return None
    if value is None or isinstance(value, str | int | float | date):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, list | tuple):
        value = [asdict(v) if is_dataclass(v) and not isinstance(v, type) else v for v in value]
    elif isinstance(value, Mapping):
        value = dict(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
