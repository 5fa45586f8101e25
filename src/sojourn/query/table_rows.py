"""Rows of one measure as the store holds them, one for each number that a table may print."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from sojourn.query.table_asked import Candidate
from sojourn.store.observations import Store
from sojourn.store.serving import sorted_or_view
from sojourn.vocab.observation import column_letters

#: edition, area, origin, sex, period, criterion, detail, value, status, unit, lower, upper,
#: multiplier, sheet, row, column.
Row = tuple[Any, ...]
#: edition, area, origin, sex, period, criterion, variant, sum, cells, cells with a number, their
#: addresses (sheet, row, column), status, unit, lower, upper.
Found = tuple[Any, ...]
#: From so many values on, a list is shorter than its parts.
_FEW = 60
_PART, _PRINTED = r"(;|^)part=[0-9]+", "(;|^)printed=[^;]*"
_VARIANT = (
    f"CASE WHEN o.detail LIKE '%row=%' THEN '' ELSE regexp_replace(o.detail, '{_PART}', '') END"
)
#: Of a sum: a place that is printed under two spellings is in it with both.
_OF_SUM = f"regexp_replace({_VARIANT}, '{_PRINTED}', '', 'g')"
_ADDRESS = '(o.sheet, o."row", o.col)'
_KEY = slice(0, 7)


def one_of(column: str, name: str, values: Sequence[str], given: dict[str, object]) -> str:
    """Return a condition that the engine can look up in a sorted table, where the values are few."""
    if not values or len(values) > _FEW:
        given[name] = list(values)
        return f"list_contains(${name}, {column})"
    for number, value in enumerate(values):
        given[f"{name}_{number}"] = value
    return f"{column} IN ({', '.join(f'${name}_{n}' for n in range(len(values)))})"


def printed(store: Store, where: str, given: Mapping[str, object]) -> list[Row]:
    """Return the rows of the numbers that are printed, each with its cell."""
    return _asked(
        store,
        "SELECT o.edition, o.ref_area, o.origin, o.sex, o.time_period, o.criterion, o.detail, "  # noqa: S608 - constants
        'o.value, o.obs_status, o.unit_measure, o.lower, o.upper, o.unit_mult, o.sheet, o."row", '
        f"o.col FROM {{source}} o WHERE {where}",
        given,
    )


def together(rows: Sequence[Row], *, all_cells: bool) -> list[Found]:
    """Return the numbers of printed rows; of several cells of one key, their sum."""
    if len(rows) == 1:
        return [_together(rows, _variant(rows[0][6]), all_cells=all_cells)]
    ordered = sorted(((*r[:6], _variant(r[6]), *r[7:]) for r in rows), key=_order)
    return [
        _together(same, same[0][6], all_cells=all_cells)
        for same in (list(found) for _, found in groupby(ordered, key=_of_key))
    ]


def _of_key(row: Row) -> Any:
    return row[_KEY]


def _order(row: Row) -> Any:
    return row[_KEY], row[13:]


@lru_cache(maxsize=1 << 14)
def _variant(detail: str) -> str:
    if not detail or "row=" in detail:
        return ""
    return re.sub(_PART, "", detail, count=1)


def _together(rows: Sequence[Row], variant: str, *, all_cells: bool) -> Found:
    """Return the rows of one key as one: its sum, and the status of its first cell with a number."""
    first = rows[0]
    known = [r for r in rows if r[7] is not None]
    status = min(known or rows, key=_row_of)[8]
    scale = 10.0 ** first[12]
    lower, upper = (None if first[n] is None else first[n] * scale for n in (10, 11))
    cells = [r[13:] for r in (rows if all_cells else rows[:1])]
    value = sum(r[7] for r in known) if known else None
    return (
        *first[:6],
        variant,
        value,
        len(rows),
        len(known),
        cells,
        status,
        first[9],
        lower,
        upper,
    )


def _row_of(row: Row) -> Any:
    return row[14]


def summed_up(
    store: Store, where: str, given: Mapping[str, object], origin: str, *, all_cells: bool
) -> list[Found]:
    """Return the sums over origins, each under the name that is given for all of them."""
    order = 'ORDER BY o.sheet, o."row", o.col'
    cells = f"list({_ADDRESS} {order})" if all_cells else f"[first({_ADDRESS} {order})]"
    return _asked(
        store,
        f"SELECT o.edition, o.ref_area, '{origin}' AS from_, o.sex, o.time_period, o.criterion, "  # noqa: S608 - constants
        f"{_OF_SUM} AS variant, sum(o.value), count(*), count(o.value), {cells}, "
        'first(o.obs_status ORDER BY o.value IS NULL, o."row"), first(o.unit_measure), '
        "NULL, NULL "
        f"FROM {{source}} o WHERE {where} GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7",
        given,
    )


def _asked(store: Store, query: str, given: Mapping[str, object]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = store.con.execute(
        query.replace("{source}", sorted_or_view(store)),
        {k: v for k, v in given.items() if re.search(rf"\${k}\b", query)},
    ).fetchall()
    return found


def addresses(edition: str, cells: Iterable[tuple[str, int, int]]) -> tuple[str, ...]:
    """Return cells as they are written: ``edition#sheet!A1``."""
    return tuple(
        f"{edition}#{sheet}{'!' if sheet else ''}{column_letters(col)}{row}"
        for sheet, row, col in cells
    )


def held_periods(store: Store, indicator: str) -> list[tuple[str, str, str]]:
    """Return each (edition, period, vintage) that has a number of an indicator."""
    return [row[:3] for row in _periods(store, indicator) if row[3]]


def periods_of(store: Store, candidate: Candidate) -> frozenset[str]:
    """Return the periods of which a dataset has a cell of an indicator, with a number or without."""
    key = ("periods of", candidate.dataset, candidate.indicator)
    if key not in store.answers:
        found = _periods(store, candidate.indicator)
        store.answers[key] = [frozenset(p for _, p, _, _, d in found if d == candidate.dataset)]
    held: frozenset[str] = store.answers[key][0]
    return held


def _periods(store: Store, indicator: str) -> list[tuple[str, str, str, bool, str]]:
    key = ("periods", indicator)
    if key not in store.answers:
        store.answers[key] = store.con.execute(
            f"SELECT edition, time_period, vintage, count(value) > 0, dataflow "  # noqa: S608
            f"FROM {sorted_or_view(store)} WHERE indicator = $i GROUP BY ALL",
            {"i": indicator},
        ).fetchall()
    return store.answers[key]
