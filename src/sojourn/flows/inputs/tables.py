"""The tables of an interval, from the store: stocks, and one revision's population, births and deaths."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.inputs.revision import (
    Cells,
    Revision,
    calendar_sum,
    read_revision,
    revision_edition,
    sums,
)
from sojourn.flows.inputs.stock import (
    corridors,
    edition_like,
    editions_of,
    kind_of,
    population_of,
    stock_editions,
    years_of,
)
from sojourn.flows.inputs.units import Joined, Units, join_areas, join_units, units_of
from sojourn.flows.model import Adjustment, Stocks
from sojourn.flows.model.balance import refuse_unbalanced, with_unknown
from sojourn.flows.model.tables import Array
from sojourn.store.observations import Store

__all__ = ["AS_IT_IS", "Choices", "Inputs", "read_inputs", "stock_editions", "years_of"]


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
    without : tuple of str
        Parts whose population a unit of the stock is taken without, as a published series does.
    """

    unknown: str = "origins"
    mix_revisions: bool = False
    accept_balance: bool = False
    revision: str = ""
    without: tuple[str, ...] = ()


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
    units : mapping of place to places
        Places that the stock counts under a code at either end, beside its own.
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
    units: Units = field(default_factory=dict)

    def parts(self, place: str) -> tuple[str, ...]:
        """Return the codes whose numbers a place of the run adds up."""
        return tuple(dict.fromkeys((place, *sums().get(place, ()), *self.units.get(place, ()))))

    def behind(self, origin: str, destination: str) -> dict[str, list[str]]:
        """Return the cells behind a corridor: stocks at both ends, and the vital cells of both places."""
        ends = self.parts(origin), self.parts(destination)
        wanted = {pair for a in ends[0] for b in ends[1] for pair in ((a, b), (b, a))}
        wanted |= {("_T", p) for place in ends for p in place}
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
            ("population", year, "_T", part) if place == birthplace else ("stock", year, born, part)
            for year, place in ends
            for part in self.parts(place)
            for born in self.parts(birthplace)
        ]
        derived = [
            (role, self.cells.get((role, str(self.start), "_T", part)))
            for _, place in ends
            if place == birthplace
            for part in self.parts(place)
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
        stock = editions_of(store, "undesa.ims-od", "migrant_stock", (start, end), sex, as_of)[-1]
    cells: Cells = {}
    tables = [corridors(store, stock, year, sex, cells) for year in (start, end)]
    units = units_of(stock, start, end, choices.without)
    joined = join_units(stock, (start, end), tables, units)
    if not with_vital:
        bare = _stocks(joined, None)
        treated = with_unknown(bare, choices.unknown)
        return Inputs(treated, {"stock": stock}, start, end, sex, cells, {}, choices, bare, units)
    if sex != "_T":
        raise EstimateError(
            f"no edition in the store gives births of {'women' if sex == 'F' else 'men'}",
            hint="women and men are shares of both sexes: sojourn flows --sex",
        )
    years = tuple(range(start, end + 1))
    vital = revision_edition(store, years, wanted=choices.revision, as_of=as_of)
    editions = {"stock": stock, "population": vital, "vital": vital}
    if choices.mix_revisions:
        editions["population"] = edition_like(
            store, "undesa.ims", "population", (start, end), sex, as_of, like=stock
        )
        revision = _mixed(store, editions, start, end, cells)
    else:
        revision = read_revision(store, vital, start, end, cells)
    stocks = _stocks(joined, _joined(revision, editions, (start, end), units))
    refuse_unbalanced(stocks, accept=choices.accept_balance)
    whole = with_unknown(stocks, choices.unknown)
    return Inputs(whole, editions, start, end, sex, cells, revision.how, choices, stocks, units)


def _joined(
    revision: Revision, editions: Mapping[str, str], years: tuple[int, int], units: Units
) -> Revision:
    """Return a revision on the units of the interval."""
    size, vital = editions["population"], editions["vital"]
    return replace(
        revision,
        start=join_areas(size, revision.start, units, year=years[0]),
        end=join_areas(size, revision.end, units, year=years[1]),
        births=join_areas(vital, revision.births, units, year=years[0]),
        deaths=join_areas(vital, revision.deaths, units, year=years[0]),
        net=join_areas(vital, revision.net, units, year=years[0]),
    )


def _mixed(
    store: Store, editions: Mapping[str, str], start: int, end: int, cells: Cells
) -> Revision:
    """Return births, deaths and net migration of a revision with the population of the stock's file."""
    vital, size = editions["vital"], editions["population"]
    births, deaths, net = (
        calendar_sum(store, vital, what, start, end, cells)
        for what in ("births", "deaths", "net_migration")
    )
    people = [population_of(store, size, year, "_T", cells) for year in (start, end)]
    how = {
        (year, area): f"{size}: another revision than {vital}"
        for year, found in zip((start, end), people, strict=True)
        for area in found
    }
    return Revision(vital, people[0], people[1], births, deaths, net, how)


def _stocks(joined: Joined, revision: Revision | None) -> Stocks:
    """Return the tables on the places that every list has."""
    tables = joined.tables
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
    lost = (found | {a for a in extra if kind_of(a) == "country"}) - set(places)
    stocks = Stocks(
        places=tuple(places),
        birthplaces=birthplaces,
        start=squares[0],
        end=squares[1],
        left_out=(*_left_out(tables, people, lists, lost), *_of_run(joined, places)),
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


def _of_run(joined: Joined, places: Sequence[str]) -> tuple[Adjustment, ...]:
    return tuple(a for a in joined.adjustments if a.place in places)


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
