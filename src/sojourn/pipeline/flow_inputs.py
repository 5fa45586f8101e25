"""The tables of an interval, from the store: stocks, populations, births and deaths, with their cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sojourn.errors import EstimateError
from sojourn.estimate.flows import Adjustment, Stocks
from sojourn.estimate.flows.tables import Array
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import Cell


@dataclass(frozen=True)
class Inputs:
    """What an estimate was made from.

    Attributes
    ----------
    stocks : Stocks
        Labels are area ids; persons.
    editions : mapping of role to edition
        ``stock``, ``population``, ``vital``.
    start, end : int
        Mid-years.
    sex : str
    cells : mapping of (role, period, origin, destination) to address
    """

    stocks: Stocks
    editions: Mapping[str, str]
    start: int
    end: int
    sex: str
    cells: Mapping[tuple[str, str, str, str], str]

    def behind(self, origin: str, destination: str) -> dict[str, list[str]]:
        """Return the cells behind a corridor: stocks at both ends, births and deaths of both places."""
        wanted = {(origin, destination), (destination, origin), ("_T", origin), ("_T", destination)}
        found: dict[str, list[str]] = {}
        for (role, _, a, b), address in self.cells.items():
            if (a, b) in wanted:
                found.setdefault(role, []).append(address)
        return found


_FIELDS = 'origin, destination, obs_value, unit_mult, edition, sheet, "row", col, time_period'


def read_inputs(
    store: Store,
    period: str,
    *,
    sex: str = "_T",
    as_of: date | None = None,
    with_vital: bool = True,
    stock: str = "",
) -> Inputs:
    """Read the inputs of an interval such as ``2010-2015`` from the editions current on a day.

    ``stock`` names an edition of the stock instead. Natives are the population less its foreign-born. Places that a table lacks are left out and
    listed; origins without a place of residence stay birthplaces of their own.

    Raises
    ------
    EstimateError
        The period is malformed, or an input is not in the store; the message names which.
    """
    start, end = _years(period)
    cells: dict[tuple[str, str, str, str], str] = {}
    if not stock:
        stock = _editions(store, "undesa.ims-od", "migrant_stock", (start, end), sex, as_of)[-1]
    size = _edition(store, "undesa.ims", "population", (start, end), sex, as_of, like=stock)
    years = tuple(range(start, end + 1))
    vital = _edition(store, "undesa.wpp", "births", years, sex, as_of) if with_vital else ""
    tables = [_corridors(store, stock, year, sex, cells) for year in (start, end)]
    people = [_population(store, size, year, sex, cells) for year in (start, end)]
    moved = [
        _vital(store, vital, what, start, end, sex, cells)
        for what in (("births", "deaths") if with_vital else ())
    ]
    places = sorted(
        a for a in _countries(tables) if all(a in p for p in people) and all(a in m for m in moved)
    )
    left_out = _left_out(tables, people, places)
    extra = sorted({o for t in tables for o, _ in t} - set(places))
    birthplaces = (*places, *extra)
    stocks = Stocks(
        places=tuple(places),
        birthplaces=birthplaces,
        start=_square(tables[0], people[0], places, birthplaces),
        end=_square(tables[1], people[1], places, birthplaces),
        births=np.array([moved[0][p] for p in places]) if with_vital else None,
        deaths=np.array([moved[1][p] for p in places]) if with_vital else None,
        left_out=left_out,
    )
    editions = {"stock": stock, "population": size} | ({"vital": vital} if with_vital else {})
    return Inputs(stocks, editions, start, end, sex, cells)


def _years(period: str) -> tuple[int, int]:
    first, _, last = period.partition("-")
    if not (first.isdigit() and last.isdigit() and len(first) == len(last) == 4 and first < last):
        raise EstimateError(f"the period {period!r} is no interval", hint="expected 2010-2015")
    return int(first), int(last)


def stock_editions(
    store: Store, period: str, *, sex: str = "_T", as_of: date | None = None
) -> list[str]:
    """Return the editions of the stock by origin and destination that hold an interval, oldest first."""
    return _editions(store, "undesa.ims-od", "migrant_stock", _years(period), sex, as_of)


def _edition(
    store: Store,
    dataset: str,
    indicator: str,
    years: Sequence[int],
    sex: str,
    as_of: date | None,
    *,
    like: str = "",
) -> str:
    """Return the newest edition, or the one of the same day as another."""
    found = _editions(store, dataset, indicator, years, sex, as_of)
    same = [e for e in found if like and e.partition("@")[2] == like.partition("@")[2]]
    return (same or found)[-1]


def _editions(
    store: Store,
    dataset: str,
    indicator: str,
    years: Sequence[int],
    sex: str,
    as_of: date | None,
) -> list[str]:
    """Return the editions that hold an indicator for every year and the sex, oldest first.

    Raises
    ------
    EstimateError
        There is none; the message names the earliest, if a later one has it.
    """
    found = store.con.execute(
        "SELECT edition, vintage, count(DISTINCT time_period) FROM observation WHERE dataflow = $dataset "
        "AND indicator = $indicator AND sex = $sex AND list_contains($years, time_period) "
        "AND obs_value IS NOT NULL GROUP BY ALL ORDER BY vintage",
        {"dataset": dataset, "indicator": indicator, "sex": sex, "years": [str(y) for y in years]},
    ).fetchall()
    whole = [(e, v) for e, v, n in found if n == len(years)]
    current = [str(e) for e, v in whole if as_of is None or v <= as_of.isoformat()]
    if current:
        return current
    what = f"{indicator} of {'both sexes' if sex == '_T' else 'women' if sex == 'F' else 'men'}"
    later = f"; the earliest is {whole[0][0]}" if whole else ""
    raise EstimateError(
        f"{dataset}: no edition in the store gives {what} for {years[0]} to {years[-1]}"
        + (f" as of {as_of}" if as_of else "")
        + later,
        hint="load it: sojourn load; stock differencing on your own tables needs no births and deaths",
    )


def _ask(store: Store, query: str, **parameters: object) -> list[tuple[Any, ...]]:
    return store.con.execute(query, parameters).fetchall()


def _note(cells: dict[tuple[str, str, str, str], str], role: str, row: tuple[Any, ...]) -> None:
    origin, destination, _, _, edition, sheet, line, col, period = row
    dataset, vintage = edition.split("@")
    cells[role, period, origin, destination] = str(Cell(dataset, vintage, sheet, line, col))


def _corridors(
    store: Store, edition: str, year: int, sex: str, cells: dict[tuple[str, str, str, str], str]
) -> dict[tuple[str, str], float]:
    rows = _ask(
        store,
        f"SELECT {_FIELDS} FROM observation WHERE edition = $edition AND indicator = 'migrant_stock' "  # noqa: S608 - constants
        "AND sex = $sex AND time_period = $year AND origin <> '_T' AND obs_value IS NOT NULL",
        edition=edition,
        sex=sex,
        year=str(year),
    )
    out: dict[tuple[str, str], float] = {}
    for row in rows:
        if _kind(row[1]) == "country" and _kind(row[0]) in ("country", "residual"):
            out[row[0], row[1]] = row[2] * 10.0 ** row[3]
            _note(cells, "stock", row)
    return out


def _kind(area: str) -> str:
    known = AREAS.get(area)
    return "" if known is None else known.kind


def _population(
    store: Store, edition: str, year: int, sex: str, cells: dict[tuple[str, str, str, str], str]
) -> dict[str, float]:
    rows = _ask(
        store,
        f"SELECT {_FIELDS} FROM observation WHERE edition = $edition AND indicator = 'population' "  # noqa: S608
        "AND sex = $sex AND time_period = $year AND obs_value IS NOT NULL",
        edition=edition,
        sex=sex,
        year=str(year),
    )
    for row in rows:
        _note(cells, "population", ("_T", *row[1:]))
    return {row[1]: row[2] * 10.0 ** row[3] for row in rows}


def _vital(
    store: Store,
    edition: str,
    what: str,
    start: int,
    end: int,
    sex: str,
    cells: dict[tuple[str, str, str, str], str],
) -> dict[str, float]:
    """Add up calendar years from mid-year to mid-year: half of the first and of the last."""
    rows = _ask(
        store,
        f"SELECT {_FIELDS.replace('destination', 'ref_area')} FROM observation WHERE edition = $edition "  # noqa: S608
        "AND indicator = $what AND sex = $sex AND list_contains($years, time_period) "
        "AND obs_value IS NOT NULL",
        edition=edition,
        what=what,
        sex=sex,
        years=[str(y) for y in range(start, end + 1)],
    )
    out: dict[str, float] = {}
    years: dict[str, int] = {}
    for row in rows:
        weight = 0.5 if row[8] in (str(start), str(end)) else 1.0
        out[row[1]] = out.get(row[1], 0.0) + weight * row[2] * 10.0 ** row[3]
        years[row[1]] = years.get(row[1], 0) + 1
        _note(cells, what, ("_T", *row[1:]))
    return {area: value for area, value in out.items() if years[area] == end - start + 1}


def _countries(tables: Sequence[Mapping[tuple[str, str], float]]) -> set[str]:
    ends = [{d for _, d in t} for t in tables]
    return ends[0] & ends[1]


def _left_out(
    tables: Sequence[Mapping[tuple[str, str], float]],
    people: Sequence[Mapping[str, float]],
    places: Sequence[str],
) -> tuple[Adjustment, ...]:
    kept = set(places)
    lost = sorted({d for t in tables for _, d in t if d not in kept})
    why = "a table lacks the place (stock at one end, population, births or deaths)"
    return tuple(
        Adjustment(
            "common places",
            place,
            sum(v for (_, d), v in tables[1].items() if d == place) or people[1].get(place, 0.0),
            why,
        )
        for place in lost
    )


def _square(
    table: Mapping[tuple[str, str], float],
    people: Mapping[str, float],
    places: Sequence[str],
    birthplaces: Sequence[str],
) -> Array:
    """Return the corridors as a table; a pair that the publisher does not list has nobody."""
    row, column = {a: i for i, a in enumerate(birthplaces)}, {a: j for j, a in enumerate(places)}
    out = np.zeros((len(birthplaces), len(places)))
    for (origin, destination), persons in table.items():
        if destination in column:
            out[row[origin], column[destination]] = persons
    for place, j in column.items():
        out[j, j] = 0.0
        out[j, j] = people[place] - out[:, j].sum()
    return out
