"""Places that a stock counts under one code: the revision and both dates are brought to that unit.

UN DESA's stock of 1990 to 2005 counts South Sudan under Sudan, Montenegro under Serbia and the former
Netherlands Antilles under one island; Kosovo stands under Serbia in every year
(``vocab/meanings.csv``). Population, births and deaths of the code alone would make natives, and then
migrants, of the difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.flows.model import Adjustment
from sojourn.vocab.meaning import held_by, holders

Corridors = dict[tuple[str, str], float]
#: Code of the stock to the areas that it counts at either end of an interval, beside its own.
Units = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Joined:
    """Two stock tables on the units of an interval, and what that took."""

    tables: tuple[Corridors, Corridors]
    adjustments: tuple[Adjustment, ...]


def units_of(
    stock: str, start: int, end: int, without: Sequence[str] = ()
) -> dict[str, tuple[str, ...]]:
    """Return the units of an interval that hold more than their own code, and more than ``without``."""
    ends = [holders(stock, year) for year in (start, end)]
    found = {
        place: tuple(sorted({a for held in ends for a in held.get(place, ())} - set(without)))
        for place in sorted({p for held in ends for p in held})
    }
    return {place: parts for place, parts in found.items() if parts}


def join_units(
    stock: str,
    years: tuple[int, int],
    tables: Sequence[Corridors],
    units: Units,
) -> Joined:
    """Return stock tables with the rows and columns of each unit added up.

    Whoever was born in one part of a unit and lives in another is at home in it. Where the stock
    counts a part under the unit's code, the part has no column to add; where it does not and the part
    has no column, the unit leaves the run.
    """
    whole = {part: place for place, parts in units.items() for part in parts}
    done: list[Corridors] = []
    said: list[Adjustment] = []
    for year, table in zip(years, tables, strict=True):
        counted = {d for _, d in table}
        short = {
            place: lost
            for place, parts in units.items()
            if place in counted
            and (lost := [p for p in parts if p not in counted | held_by(stock, place, year)])
        }
        joined: Corridors = {}
        home: dict[str, float] = {}
        for (origin, destination), persons in table.items():
            key = whole.get(origin, origin), whole.get(destination, destination)
            if key[0] == key[1]:
                home[key[0]] = home.get(key[0], 0.0) + persons
            elif key[1] not in short:
                joined[key] = joined.get(key, 0.0) + persons
        done.append(joined)
        said += [
            Adjustment("units", p, n, f"born in one part of the unit, living in another, {year}")
            for p, n in home.items()
        ]
    present = {d for table in tables for _, d in table}
    said += [
        Adjustment("units", p, 0.0, f"holds {', '.join(parts)}: {stock} counts them under its code")
        for p, parts in units.items()
        if p in present
    ]
    return Joined((done[0], done[1]), tuple(said))


def join_areas(
    edition: str, values: Mapping[str, float], units: Units, *, year: int
) -> dict[str, float]:
    """Return a list by area with each unit the sum of its parts; a unit that lacks a part is absent.

    A part without a number of its own that the edition counts under the unit's code is in it already.
    """
    found = dict(values)
    for place, parts in units.items():
        rest = [p for p in parts if p in values or p not in held_by(edition, place, year)]
        whole = [values.get(p) for p in (place, *rest)]
        for part in parts:
            found.pop(part, None)
        if place not in values:
            continue
        known = [v for v in whole if v is not None]
        if len(known) == len(whole):
            found[place] = sum(known)
        else:
            del found[place]
    return found
