"""A table of numbers: what one cell of it knows, and the rows and columns it is printed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.errors import counted

#: Columns of a tidy table, in order.
TIDY = (
    "measure",
    "transform",
    "area",
    "area_name",
    "origin",
    "origin_name",
    "sex",
    "period",
    "value",
    "status",
    "unit",
    "lower",
    "upper",
    "rank",
    "source",
    "says",
    "cover",
    "composed",
    "cells",
    "notes",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of a table.

    Attributes
    ----------
    transform : str
        Empty for the measure itself; ``per population``, ``change since 1990`` and their like.
    value : float or None
        In ``unit``, the multiplier applied; None is missing.
    status : str
        SDMX CL_OBS_STATUS; empty where no file holds anything of the kind.
    lower, upper : float or None
        Bounds in the same unit, where the source gives them.
    rank : int or None
        From the largest, where ranks were asked for.
    source : str
        Edition that gives the number; for a ratio both, joined by `` / ``.
    says : str
        What is counted, in the publisher's terms.
    cover : str
        Of a sum, how much of it is there: ``26 of 27 members``.
    composed : bool
        Whether we added it up; no publisher prints it.
    cells : tuple of str
        Addresses of the cells; of a sum the first, or all where they were asked for.
    """

    measure: str
    area: str
    area_name: str
    origin: str
    origin_name: str
    sex: str
    period: str
    value: float | None
    status: str
    unit: str
    transform: str = ""
    lower: float | None = None
    upper: float | None = None
    rank: int | None = None
    source: str = ""
    says: str = ""
    cover: str = ""
    composed: bool = False
    cells: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    decimals: int = 0

    def record(self) -> dict[str, Any]:
        """Return the number as a row of a tidy table."""
        found = {name: getattr(self, name) for name in TIDY}
        return {**found, "cells": " ".join(self.cells), "notes": "; ".join(self.notes)}


@dataclass(frozen=True)
class Table:
    """Numbers with their editions, cells and notes.

    Attributes
    ----------
    numbers : tuple of Number
        In the order of rows and columns.
    by : str
        ``source``, ``edition`` or empty: whether each source has a row of its own.
    cover : str
        How many of the rows have a number, in words: ``141 of 143 areas have a number``.
    """

    numbers: tuple[Number, ...]
    by: str
    cover: str
    language: str
    ranked: bool = False
    bilateral: bool = False
    with_cells: bool = False

    def __repr__(self) -> str:
        measures = ", ".join(dict.fromkeys(n.measure for n in self.numbers))
        held = counted(len(self.numbers), "number")
        return f"<table {measures or 'of nothing'}: {held}>"

    def tidy(self) -> list[dict[str, Any]]:
        """Return one record a number, with the names of `TIDY`."""
        return [n.record() for n in self.numbers]

    def wide(self) -> list[dict[str, Any]]:
        """Return one record an area (and origin, sex, source where several stand): the default."""
        from sojourn.query.table_forms import wide

        return wide(self)

    @property
    def notes(self) -> list[str]:
        """What a reader has to know, once each."""
        return list(dict.fromkeys(note for n in self.numbers for note in n.notes))

    @property
    def sources(self) -> list[str]:
        """The editions that gave numbers."""
        found = (s for n in self.numbers for s in n.source.split(" / ") if s)
        return list(dict.fromkeys(found))

    @property
    def below(self) -> list[str]:
        """What stands below the table on a screen: units, cover, editions, notes."""
        from sojourn.query.table_forms import below

        return below(self)

    def value(self, **wanted: object) -> float | None:
        """Return the value of the one number that has these fields.

        Raises
        ------
        LookupError
            None has, or several have.
        """
        found = [n for n in self.numbers if all(getattr(n, k) == v for k, v in wanted.items())]
        if len(found) != 1:
            raise LookupError(f"{len(found)} numbers have {wanted}")
        return found[0].value

    def csv(self, *, tidy: bool = False) -> str:
        """Return CSV text."""
        from sojourn.query.table_forms import to_csv

        return to_csv(self, tidy=tidy)

    def json(self, *, tidy: bool = False) -> str:
        """Return JSON text: rows, cover, sources, notes."""
        from sojourn.query.table_forms import to_json

        return to_json(self, tidy=tidy)

    def markdown(self, *, tidy: bool = False) -> str:
        """Return a Markdown table with its notes below."""
        from sojourn.query.table_forms import to_markdown

        return to_markdown(self, tidy=tidy)

    def text(self, *, tidy: bool = False) -> str:
        """Return aligned columns for a screen, with cover, sources and notes."""
        from sojourn.query.table_forms import to_text

        return to_text(self, tidy=tidy)

    def arrow(self, *, tidy: bool = True) -> Any:
        """Return a PyArrow table; needs the extra ``dataframe``."""
        from sojourn.query.table_forms import to_arrow

        return to_arrow(self, tidy=tidy)

    def df(self, *, tidy: bool = False) -> Any:
        """Return a pandas data frame; needs the extra ``dataframe``."""
        from sojourn.query.table_forms import to_frame

        return to_frame(self, tidy=tidy)

    def _repr_html_(self) -> str:
        from sojourn.query.table_forms import to_html

        return to_html(self)


Rows = list[Mapping[str, Any]]
