"""Numbers that everybody knows from elsewhere: totals on a ministry's page, in last year's book.

They belong to the system: whoever withholds a number of a table must reckon with them. So each stands
as a cell that is public, in the table that it is a total or a part of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sojourn.errors import TableRefused
from sojourn.protect.table.equations import Key, key_of
from sojourn.protect.table.hierarchy import TOTAL
from sojourn.protect.table.table import Row, Table


def with_known(tables: Sequence[Table], known: Mapping[Key, float]) -> tuple[Table, ...]:
    """Return tables with what is known from elsewhere.

    Parameters
    ----------
    known : mapping of key to value
        Dimension and code of each cell, totals left out.

    Raises
    ------
    TableRefused
        A cell of the table has another value, or no table has its dimensions.
    """
    made, left = [], dict(known)
    for table in tables:
        rows = []
        for row in table.rows:
            key = key_of(table.dimensions, row.codes)
            if key in known:
                _refuse_other(table, row, known[key])
                row = replace(row, value=known[key], keep=True, public=True, latent=False)
                left.pop(key, None)
            rows.append(row)
        made.append(replace(table, rows=tuple(rows)))
    for key, value in left.items():
        at = next((i for i, t in enumerate(made) if {d for d, _ in key} <= {*t.dimensions}), None)
        if at is None:
            raise TableRefused(
                f"known from elsewhere, {'/'.join(f'{d}={c}' for d, c in key)}: no table has these dimensions",
                hint="a total or a part of a table; link the table that it belongs to",
            )
        told = dict(key)
        codes = tuple(told.get(d, TOTAL) for d in made[at].dimensions)
        row = Row(codes, float(value), keep=True, public=True)
        made[at] = replace(made[at], rows=(*made[at].rows, row))
    return tuple(made)


def _refuse_other(table: Table, row: Row, value: float) -> None:
    if row.value is not None and row.value != value:
        raise TableRefused(
            f"{table.name}: {'/'.join(row.codes)} is known from elsewhere with another value",
            hint="the same people by the same definition, or leave it out of what is known",
        )
