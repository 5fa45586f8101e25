"""Population, births, deaths and net migration of an interval, all from one revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sojourn.flows.inputs.counted_apart import Units
from sojourn.flows.inputs.reasons import Unmet, why_not
from sojourn.store.choice import WHOLE
from sojourn.store.observations import Store
from sojourn.terminal.declared import packaged
from sojourn.vocab.observation import Cell, EditionId

Cells = dict[tuple[str, str, str, str], str]
FIELDS = 'origin, destination, obs_value, unit_mult, edition, sheet, "row", col, time_period'
TABLE, RATE, IDENTITY = "the revision's table", "births / crude birth rate", "P0 + B - D + N"
BACKWARD = "P1 - B + D - N"
HALVES = "population of 31 December less half of the year's change"
#: One revision may be loaded as one table of indicators and as tables of one indicator each.
DATASETS = ("undesa.wpp", "undesa.wpp-tables")


@dataclass(frozen=True)
class Revision:
    """One revision over one interval, from mid-year to mid-year; persons by area.

    Attributes
    ----------
    edition : str
    start, end : mapping of area to persons
    births, deaths, net : mapping of area to persons
        ``net`` lacks the areas for which the revision gives no net migration.
    how : mapping of (year, area) to text
        Where the population comes from: the revision's table, a rate, or the identity.
    """

    edition: str
    start: Mapping[str, float]
    end: Mapping[str, float]
    births: Mapping[str, float]
    deaths: Mapping[str, float]
    net: Mapping[str, float]
    how: Mapping[tuple[int, str], str]


def revision_edition(
    store: Store, years: Sequence[int], *, wanted: str = "", as_of: date | None = None
) -> str:
    """Return the newest whole revision that gives births and deaths for every year, as of a day.

    ``wanted`` is its day, or the beginning of it: ``2022`` for the revision of 2022.

    Raises
    ------
    EstimateError
        There is none; the message names those that the store holds.
    """
    found = ask(
        store,
        "SELECT vintage, min_by(edition, dataflow) FILTER (indicator = 'births'), "  # noqa: S608 - constants
        "count(DISTINCT time_period) FILTER (indicator = 'births'), "
        "count(DISTINCT time_period) FILTER (indicator = 'deaths') FROM observation "
        f"WHERE {WHOLE} AND list_contains($datasets, dataflow) "
        "AND indicator IN ('births', 'deaths') AND sex = '_T' "
        "AND list_contains($years, time_period) AND obs_value IS NOT NULL GROUP BY vintage ORDER BY vintage",
        datasets=list(DATASETS),
        years=[str(y) for y in years],
    )
    whole = [(v, e) for v, e, births, deaths in found if births == deaths == len(years)]
    current = [
        e for v, e in whole if (as_of is None or v <= as_of.isoformat()) and v.startswith(wanted)
    ]
    if current:
        return str(current[-1])
    held = ", ".join(str(e) for _, e in whole) or "none"
    asked = {"start": str(years[0]), "end": str(years[-1]), "held": held}
    why = (
        why_not(
            "no_vital_asked", **asked, wanted=", ".join(filter(None, (wanted, str(as_of or ""))))
        )
        if wanted or as_of
        else why_not("no_vital", **asked)
    )
    raise Unmet(
        why,
        hint="load it: sojourn load; stock differencing on your own tables needs no births and deaths",
    )


def read_revision(store: Store, edition: str, start: int, end: int, cells: Cells) -> Revision:
    """Return what a revision says of an interval; where its population is blank, the identity.

    The population at the start is the revision's own; else P1 - B + D - N where only the end is known;
    else births / crude birth rate of that year. At the end it is the revision's own, or P0 + B - D + N.

    Raises
    ------
    EstimateError
        The revision gives no population by any of these ways.
    """
    births, deaths, net = (
        calendar_sum(store, edition, what, start, end, cells)
        for what in ("births", "deaths", "net_migration")
    )
    how: dict[tuple[int, str], str] = {}
    first = _population(store, edition, start, cells, how)
    last = _population(store, edition, end, cells, how)
    moved = births.keys() & deaths.keys() & net.keys()
    for area in (moved & last.keys()) - first.keys():
        first[area] = last[area] - births[area] + deaths[area] - net[area]
        how[start, area] = BACKWARD
    for area, persons in _by_rate(store, edition, start, cells).items():
        if area not in first:
            first[area], how[start, area] = persons, RATE
    for area in moved & first.keys():
        if area not in last:
            last[area] = first[area] + births[area] - deaths[area] + net[area]
            how[end, area] = IDENTITY
    if not first.keys() & last.keys():
        raise Unmet(
            why_not("no_population", edition=edition, start=str(start), end=str(end)),
            hint="the population of another revision would turn the difference of two revisions into "
            "migrants; --mix-revisions allows it, and every output says so",
        )
    return Revision(edition, first, last, births, deaths, net, how)


def calendar_sum(
    store: Store, edition: str, what: str, start: int, end: int, cells: Cells
) -> dict[str, float]:
    """Add up calendar years from mid-year to mid-year: half of the first and of the last.

    Only areas with every year have a sum; a place that a revision gives in parts is their sum.
    """
    years = tuple(range(start, end + 1))
    found = yearly(store, edition, what, years, cells)
    weight = {year: 0.5 if year in (start, end) else 1.0 for year in years}
    areas = {area for area, _ in found}
    return {
        area: sum(weight[year] * found[area, year] for year in years)
        for area in sorted(areas)
        if all((area, year) in found for year in years)
    }


def yearly(
    store: Store, edition: str, what: str, years: Sequence[int], cells: Cells
) -> dict[tuple[str, int], float]:
    """Return a series of a revision by (area, year), both sexes; parts are added to their whole."""
    rows = ask(
        store,
        f"SELECT {FIELDS.replace('destination', 'ref_area')} FROM observation "  # noqa: S608 - constants
        "WHERE list_contains($datasets, dataflow) AND vintage = $vintage AND indicator = $what "
        "AND sex = '_T' AND age = '_T' AND list_contains($years, time_period) "
        'AND obs_value IS NOT NULL ORDER BY dataflow, file, "row", col',
        datasets=list(DATASETS),
        vintage=EditionId.of(edition).vintage,
        what=what,
        years=[str(y) for y in years],
    )
    found: dict[tuple[str, int], float] = {}
    for row in rows:
        key = (str(row[1]), int(row[8]))
        if key not in found:
            found[key] = row[2] * 10.0 ** row[3]
            note(cells, what, ("_T", *row[1:]))
    for whole, parts in sums().items():
        for year in years:
            if (whole, year) not in found and all((p, year) in found for p in parts):
                found[whole, year] = sum(found[p, year] for p in parts)
    return found


def sums() -> dict[str, tuple[str, ...]]:
    """Return the places that a stock counts as one and a revision in parts."""
    return {entry.place: entry.parts for entry in _declared().sum}


def series_differs(language: str = "en") -> dict[str, str]:
    """Return the places that the published series treats otherwise, with the reason in a language."""
    return {
        p: entry.says.get(language, entry.says["en"])
        for entry in _declared().series
        for p in entry.places
    }


def series_editions() -> tuple[str, str]:
    """Return the stock's edition and the revision that the published series rests on."""
    found = _declared().published
    return found.stock, found.revision


def series_uncounted() -> tuple[str, ...]:
    """Return the places that the published series leaves out of a unit of the stock."""
    return _declared().published.uncounted


@cache
def _declared() -> Units:
    return packaged("sojourn.flows.inputs", "units.toml", Units)


def _population(
    store: Store, edition: str, year: int, cells: Cells, how: dict[tuple[int, str], str]
) -> dict[str, float]:
    """Return the revision's own population at mid-year, from its table or from two ends of years."""
    middle = yearly(store, edition, "population", (year,), cells)
    found = {area: persons for (area, _), persons in middle.items()}
    how.update({(year, area): TABLE for area in found})
    ends = yearly(store, edition, "population_31_december", (year,), cells)
    change = yearly(store, edition, "population_change", (year,), cells)
    for area, _ in ends.keys() & change.keys():
        if area not in found:
            found[area] = ends[area, year] - 0.5 * change[area, year]
            how[year, area] = HALVES
    return found


def _by_rate(store: Store, edition: str, year: int, cells: Cells) -> dict[str, float]:
    """Return population as births / crude birth rate; the rate has three decimals per 1000."""
    births = yearly(store, edition, "births", (year,), cells)
    rate = yearly(store, edition, "crude_birth_rate", (year,), cells)
    found = {a: 1000.0 * births[a, y] / rate[a, y] for a, y in births if rate.get((a, y))}
    for whole, parts in sums().items():
        if all(p in found for p in parts):
            found[whole] = sum(found[p] for p in parts)
    return found


def ask(store: Store, query: str, **parameters: object) -> list[tuple[Any, ...]]:
    """Return the rows of a query on the store."""
    return store.con.execute(query, parameters).fetchall()


def note(cells: Cells, role: str, row: tuple[Any, ...]) -> None:
    """Keep the address of a row (in the order of `FIELDS`) under its role, period and places."""
    origin, destination, _, _, edition, sheet, line, col, period = row
    cells[role, period, origin, destination] = str(Cell.of(edition, sheet, line, col))
