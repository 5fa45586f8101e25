"""The tables of an interval, from the store: stocks, and one revision's population, births and deaths."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.inputs.revision import (
    FIELDS,
    Cells,
    Revision,
    ask,
    calendar_sum,
    note,
    read_revision,
    revision_edition,
    sums,
)
from sojourn.flows.model import Adjustment, Stocks
from sojourn.flows.model.balance import refuse_unbalanced, with_unknown
from sojourn.flows.model.tables import Array
from sojourn.store.choice import WHOLE
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS

LONGEST = 10  # years: beyond, several intervals of the stock lie between


@dataclass(frozen=True)
class Choices:
    """What a user may decide about the inputs of a run.

    Attributes
    ----------
    unknown : str
        What becomes of birthplaces without a residence: origins, natives or drop.
    mix_revisions : bool
        Take the population of the stock's file, though births and deaths are of another revision.
    accept_balance : bool
        Go on although the world does not balance.
    revision : str
        Day, month or year of the population's revision; the newest by default.
    """

    unknown: str = "origins"
    mix_revisions: bool = False
    accept_balance: bool = False
    revision: str = ""


AS_IT_IS = Choices()


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
    how : mapping of (year, area) to text
        Where the population of a place comes from.
    choices : Choices
    untreated : Stocks or None
        Before people of unknown origin were made natives or dropped.
    """

    stocks: Stocks
    editions: Mapping[str, str]
    start: int
    end: int
    sex: str
    cells: Mapping[tuple[str, str, str, str], str]
    how: Mapping[tuple[int, str], str] = field(default_factory=dict)
    choices: Choices = AS_IT_IS
    untreated: Stocks | None = None

    def behind(self, origin: str, destination: str) -> dict[str, list[str]]:
        """Return the cells behind a corridor: stocks at both ends, and the vital cells of both places."""
        wanted = {(origin, destination), (destination, origin)}
        parts = sums()
        for place in (origin, destination):
            wanted |= {("_T", p) for p in (place, *parts.get(place, ()))}
        found: dict[str, list[str]] = {}
        for (role, _, a, b), address in self.cells.items():
            if (a, b) in wanted:
                found.setdefault(role, []).append(address)
        return found

    def carrying(self, birthplace: str, origin: str, destination: str) -> list[str]:
        """Return the cells of a birthplace in a corridor: where its people lived at either end.

        At home they are the natives: the population less the foreign-born.
        """
        ends = ((str(self.start), origin), (str(self.end), destination))
        keys = [
            ("population", year, "_T", place)
            if place == birthplace
            else ("stock", year, birthplace, place)
            for year, place in ends
        ]
        derived = [
            (role, self.cells.get((role, str(self.start), "_T", place)))
            for _, place in ends
            if place == birthplace
            for role in ("births", "crude_birth_rate")
        ]
        found = [self.cells.get(key) for key in keys] + [cell for _, cell in derived]
        return list(dict.fromkeys(cell for cell in found if cell))


def read_inputs(
    store: Store,
    period: str,
    *,
    sex: str = "_T",
    as_of: date | None = None,
    with_vital: bool = True,
    stock: str = "",
    choices: Choices = AS_IT_IS,
) -> Inputs:
    """Read the inputs of an interval such as ``2010-2015`` from the editions current on a day.

    ``stock`` names an edition of the stock instead. Population, births, deaths and net migration come
    from one revision; natives are its population less the foreign-born. Places that a table lacks are
    left out and listed. Without births and deaths (``with_vital``) no population is used.

    Raises
    ------
    EstimateError
        The period is malformed, an input is not in the store, revisions would be mixed, or the world
        does not balance; the message names which.
    """
    start, end = years_of(period)
    if not stock:
        stock = _editions(store, "undesa.ims-od", "migrant_stock", (start, end), sex, as_of)[-1]
    cells: Cells = {}
    tables = [_corridors(store, stock, year, sex, cells) for year in (start, end)]
    if not with_vital:
        bare = _stocks(tables, None)
        treated = with_unknown(bare, choices.unknown)
        return Inputs(treated, {"stock": stock}, start, end, sex, cells, {}, choices, bare)
    if sex != "_T":
        raise EstimateError(
            f"no edition in the store gives births of {'women' if sex == 'F' else 'men'}",
            hint="women and men are shares of both sexes: sojourn flows --sex",
        )
    years = tuple(range(start, end + 1))
    vital = revision_edition(store, years, wanted=choices.revision, as_of=as_of)
    editions = {"stock": stock, "population": vital, "vital": vital}
    if choices.mix_revisions:
        editions["population"] = _edition(
            store, "undesa.ims", "population", (start, end), sex, as_of, like=stock
        )
        revision = _mixed(store, editions, start, end, cells)
    else:
        revision = read_revision(store, vital, start, end, cells)
    stocks = _stocks(tables, revision)
    refuse_unbalanced(stocks, accept=choices.accept_balance)
    whole = with_unknown(stocks, choices.unknown)
    return Inputs(whole, editions, start, end, sex, cells, revision.how, choices, stocks)


def years_of(period: str) -> tuple[int, int]:
    """Return the mid-years of an interval such as ``2010-2015``.

    Raises
    ------
    EstimateError
        It is no interval, or spans several intervals of the stock.
    """
    first, _, last = period.partition("-")
    if not (first.isdigit() and last.isdigit() and len(first) == len(last) == 4 and first < last):
        raise EstimateError(f"the period {period!r} is no interval", hint="expected 2010-2015")
    length = int(last) - int(first)
    if length > LONGEST:
        raise EstimateError(
            f"the period {period} spans {length} years in one step",
            hint=f"choose intervals between neighbouring stocks, for instance {first}-{int(first) + 5}; "
            f"at most {LONGEST} years",
        )
    return int(first), int(last)


def _mixed(
    store: Store, editions: Mapping[str, str], start: int, end: int, cells: Cells
) -> Revision:
    """Return births, deaths and net migration of a revision with the population of the stock's file."""
    vital, size = editions["vital"], editions["population"]
    births, deaths, net = (
        calendar_sum(store, vital, what, start, end, cells)
        for what in ("births", "deaths", "net_migration")
    )
    people = [_population(store, size, year, "_T", cells) for year in (start, end)]
    how = {
        (year, area): f"{size}: another revision than {vital}"
        for year, found in zip((start, end), people, strict=True)
        for area in found
    }
    return Revision(vital, people[0], people[1], births, deaths, net, how)


def stock_editions(
    store: Store, period: str, *, sex: str = "_T", as_of: date | None = None
) -> list[str]:
    """Return the editions of the stock by origin and destination that hold an interval, oldest first."""
    return _editions(store, "undesa.ims-od", "migrant_stock", years_of(period), sex, as_of)


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
    """Return the whole editions that hold an indicator for every year and the sex, oldest first.

    Raises
    ------
    EstimateError
        There is none; the message names the earliest, if a later one has it.
    """
    found = store.con.execute(
        "SELECT edition, vintage, count(DISTINCT time_period) FROM observation "  # noqa: S608 - constants
        f"WHERE {WHOLE} AND dataflow = $dataset "
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
        f"{dataset}: no whole edition in the store gives {what} for {years[0]} to {years[-1]}"
        + (f" as of {as_of}" if as_of else "")
        + later,
        hint="load it: sojourn load; stock differencing on your own tables needs no births and deaths",
    )


def _corridors(
    store: Store, edition: str, year: int, sex: str, cells: Cells
) -> dict[tuple[str, str], float]:
    rows = ask(
        store,
        f"SELECT {FIELDS} FROM observation WHERE edition = $edition AND indicator = 'migrant_stock' "  # noqa: S608 - constants
        "AND sex = $sex AND time_period = $year AND origin <> '_T' AND obs_value IS NOT NULL",
        edition=edition,
        sex=sex,
        year=str(year),
    )
    out: dict[tuple[str, str], float] = {}
    for row in rows:
        if _kind(row[1]) == "country" and _kind(row[0]) in ("country", "residual"):
            out[row[0], row[1]] = row[2] * 10.0 ** row[3]
            note(cells, "stock", row)
    return out


def _kind(area: str) -> str:
    known = AREAS.get(area)
    return "" if known is None else known.kind


def _population(store: Store, edition: str, year: int, sex: str, cells: Cells) -> dict[str, float]:
    rows = ask(
        store,
        f"SELECT {FIELDS} FROM observation WHERE edition = $edition AND indicator = 'population' "  # noqa: S608
        "AND sex = $sex AND time_period = $year AND obs_value IS NOT NULL",
        edition=edition,
        sex=sex,
        year=str(year),
    )
    for row in rows:
        note(cells, "population", ("_T", *row[1:]))
    return {row[1]: row[2] * 10.0 ** row[3] for row in rows}


def _stocks(tables: Sequence[Mapping[tuple[str, str], float]], revision: Revision | None) -> Stocks:
    """Return the tables on the places that every list has."""
    lists: list[tuple[str, Mapping[str, float]]] = [
        (f"no stock at the {name}", {d: 1.0 for _, d in table})
        for name, table in zip(("start", "end"), tables, strict=True)
    ]
    if revision is not None:
        lists += [
            ("no population at the start", revision.start),
            ("no population at the end", revision.end),
            ("no births", revision.births),
            ("no deaths", revision.deaths),
        ]
    found = {d for t in tables for _, d in t}
    places = sorted(a for a in found if all(a in known for _, known in lists))
    extra = sorted({o for t in tables for o, _ in t} - set(places))
    birthplaces = (*places, *extra)
    people = [None, None] if revision is None else [revision.start, revision.end]
    squares = [_square(t, p, places, birthplaces) for t, p in zip(tables, people, strict=True)]
    lost = (found | {a for a in extra if _kind(a) == "country"}) - set(places)
    stocks = Stocks(
        places=tuple(places),
        birthplaces=birthplaces,
        start=squares[0],
        end=squares[1],
        left_out=_left_out(tables, people, lists, lost),
    )
    if revision is None:
        return stocks
    known = all(p in revision.net for p in places)
    return replace(
        stocks,
        births=np.array([revision.births[p] for p in places]),
        deaths=np.array([revision.deaths[p] for p in places]),
        reported=np.array([revision.net[p] for p in places]) if known else None,
    )


def _left_out(
    tables: Sequence[Mapping[tuple[str, str], float]],
    people: Sequence[Mapping[str, float] | None],
    lists: Sequence[tuple[str, Mapping[str, float]]],
    lost: set[str],
) -> tuple[Adjustment, ...]:
    """Return the places that leave the run, with the people who live there."""
    out = []
    for place in sorted(lost):
        why = ", ".join(name for name, known in lists if place not in known)
        counted = next((p[place] for p in reversed(people) if p and place in p), None)
        foreign = max(sum(v for (_, d), v in t.items() if d == place) for t in tables)
        persons, whom = (
            (foreign, "foreign-born; its population is not known")
            if counted is None
            else (counted, "population of the revision")
        )
        out.append(Adjustment("common places", place, persons, f"leaves the run ({why}); {whom}"))
    return tuple(out)


def _square(
    table: Mapping[tuple[str, str], float],
    people: Mapping[str, float] | None,
    places: Sequence[str],
    birthplaces: Sequence[str],
) -> Array:
    """Return the corridors as a table; a pair that the publisher does not list has nobody.

    Without a population the diagonal is empty.
    """
    row, column = {a: i for i, a in enumerate(birthplaces)}, {a: j for j, a in enumerate(places)}
    out = np.zeros((len(birthplaces), len(places)))
    for (origin, destination), persons in table.items():
        if destination in column:
            out[row[origin], column[destination]] = persons
    for place, j in column.items():
        out[j, j] = 0.0
        if people is not None:
            out[j, j] = people[place] - out[:, j].sum()
    return out
