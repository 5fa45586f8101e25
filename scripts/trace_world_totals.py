"""Write the world totals that a file with nothing beside it is held against, each with its source.

Of each indicator, year and edition, from a store of publisher files: the world as its publisher
prints it (the address of the cell), else the sum over the places of the edition. The last row of a
year is what a file is held against; before it a copy laid out by another hand, and an older edition
before a newer one, give way: they tell a copy of that edition whose years were moved. What no
edition holds has no row.

Run: python scripts/trace_world_totals.py STORE
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import sojourn
from sojourn.harmonize.world_totals import tolerances
from sojourn.query.opening import open_data
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import column_letters

TABLE = Path(sojourn.__file__).parent / "harmonize" / "world_totals.csv"
PLACES = {a.area_id for a in AREAS.values() if a.kind in ("country", "historical", "residual")}
#: After this year are projections, of which each fifth year is kept.
UNTIL = 2024
#: A year with fewer of an edition's places is not whole, but of publishers who print no row where
#: there is nobody.
NEARLY_ALL, NOBODY_NO_ROW = 0.9, ("unhcr.", "idmc.")
TOGETHER = ("_T", "_Z")

CELLS = """
SELECT indicator, time_period, edition, ref_area, origin, sex, age,
  obs_value * pow(10, unit_mult) AS number, sheet, row, col, file
FROM observation
WHERE obs_value IS NOT NULL AND length(time_period) = 4
  AND indicator IN (SELECT unnest($indicators)) AND file IN (SELECT unnest($files))
ORDER BY ALL
"""
MONTHS = """
SELECT indicator, time_period[:4], edition, sum(obs_value * pow(10, unit_mult)), count(obs_value)
FROM observation
WHERE length(time_period) = 7 AND dataflow = 'frontex.detections'
  AND indicator IN (SELECT unnest($indicators)) AND file IN (SELECT unnest($files))
GROUP BY ALL HAVING count(DISTINCT time_period) = 12 ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a publisher file, in persons, cases or dollars."""

    area: str
    origin: str
    sex: str
    age: str
    number: float
    sheet: str
    row: int
    col: int
    file: str


@dataclass(frozen=True, slots=True)
class Total:
    """One world total and where it stands; the best of a year sorts last."""

    rank: tuple[bool, bool, str, str]
    year: int
    number: float
    places: int  # with more than nobody
    source: str


def once(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells in which everybody is counted once: together, else one by one."""
    kept = list(cells)
    kept = [c for c in kept if c.age == "_T"] or kept
    kept = [c for c in kept if c.origin in TOGETHER] or kept
    return [c for c in kept if c.sex == "_T"] or kept


def total(
    edition: str, year: int, cells: list[Cell], names: dict[str, str], *, rebuilt: bool
) -> Total:
    """Return the world of one edition and year: as printed, else as the sum of its places."""
    places = once(c for c in cells if c.area in PLACES)
    count = len({c.area for c in places})
    held = max(len({c.area for c in places if c.number > 0}), 1)
    world = once(c for c in cells if c.area in ("900", "_T", "_Z"))
    copy = ", a rebuilt copy" if rebuilt else ""
    vintage = edition.partition("@")[2]
    if len(world) == 1:
        c = world[0]
        sheet = f"{c.sheet}!" if c.sheet else ""
        cell = f"{edition}#{sheet}{column_letters(c.col)}{c.row} in {names[c.file]}{copy}"
        return Total((not rebuilt, True, vintage, edition), year, c.number, held, cell)
    if world:
        kind = "cells by sex and age" if count else "incidents"
        said = f"sum of {len(world)} {kind} of the world of {edition}{copy}"
        number = sum(c.number for c in world)
        return Total((not rebuilt, True, vintage, edition), year, number, held, said)
    said = f"sum of {count} places of {edition}{copy}"
    number = sum(c.number for c in places)
    return Total((not rebuilt, False, vintage, edition), year, number, held, said)


def totals(store: Store) -> Iterator[tuple[str, str, Total]]:
    """Yield every total that the declared editions of a store give: (indicator, edition, total)."""
    files = {f.sha256: f for f in store.manifest.files if f.verified}
    rebuilt = {f.edition for f in files.values() if f.rebuilt}
    names = {f.sha256: f.name for f in files.values()}
    given = {"indicators": sorted(tolerances()), "files": sorted(files)}
    rows = store.con.execute(CELLS, given).fetchall()
    for (indicator, period, edition), group in groupby(rows, key=lambda r: tuple(r[:3])):
        cells = [Cell(*r[3:]) for r in group]
        yield (
            indicator,
            edition,
            total(edition, int(period), cells, names, rebuilt=edition in rebuilt),
        )
    for indicator, year, edition, number, count in store.con.execute(MONTHS, given).fetchall():
        copy = ", a rebuilt copy" if edition in rebuilt else ""
        said = f"sum of {count} cells by month of {edition}{copy}"
        yield indicator, edition, Total((not copy, False, "", edition), int(year), number, 1, said)


def wanted(edition: str, one: Total, most: int) -> bool:
    """Return whether a total stands for its year: whole, over, and a year to be kept."""
    dataset, _, vintage = edition.partition("@")
    if one.number <= 0 or (one.year % 5 and one.year > UNTIL):
        return False
    printed = "#" in one.source
    whole = printed or dataset.startswith(NOBODY_NO_ROW) or one.places >= NEARLY_ALL * most
    return whole and (printed or one.year < int(vintage[:4]))


def ordered(store: Store) -> Iterator[tuple[str, str, Total]]:
    """Yield the totals of each indicator and year with their edition, the best of a year last."""
    found = list(totals(store))
    most: dict[tuple[str, str], int] = {}
    for indicator, edition, one in found:
        key = (indicator, edition)
        most[key] = max(most.get(key, 0), one.places)
    kept = [(i, e, t) for i, e, t in found if wanted(e, t, most[i, e])]
    yield from sorted(kept, key=lambda k: (k[0], k[2].year, k[2].rank))


def main() -> None:
    """Read a store, write the table."""
    store, _ = open_data(Path(sys.argv[1]))
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["indicator", "year", "total", "places", "edition", "source"])
        for indicator, edition, one in ordered(store):
            said = [indicator, one.year, round(one.number), one.places, edition, one.source]
            writer.writerow(said)


if __name__ == "__main__":
    main()
