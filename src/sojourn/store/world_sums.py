"""What the places of an edition sum to, by indicator and year: to be held against what is known."""

from collections.abc import Iterable, Sequence
from itertools import groupby

import duckdb

from sojourn.harmonize.world_totals import WorldSum, expected, references
from sojourn.vocab.area import AREAS
from sojourn.vocab.indicator import indicators

_COUNTRIES = frozenset(
    a.area_id for a in AREAS.values() if a.kind in ("country", "historical", "residual")
)
#: Sums by what is one row or several of the same people: ``all_ages``, ``all_origins``. The months of a
#: year that has all twelve, and is not printed as a year, make the year: of what happens, not of who is there.
_ASKED = """
WITH months AS (
  SELECT indicator, time_period[:4] AS year FROM read_parquet($paths) WHERE indicator IN (SELECT unnest($added)) GROUP BY ALL
  HAVING count(DISTINCT time_period) FILTER (length(time_period) = 7) = 12 AND count(*) FILTER (length(time_period) = 4) = 0),
numbers AS (
  SELECT * REPLACE (time_period[:4] AS time_period) FROM read_parquet($paths)
  WHERE length(time_period) = 4 OR (length(time_period) = 7 AND (indicator, time_period[:4]) IN (SELECT (indicator, year) FROM months)))
SELECT indicator, time_period, sex, age = '_T' AS all_ages, origin IN ('_T', '_Z') AS all_origins,
  ref_area NOT IN (SELECT unnest($countries)) AS aggregate, sum(obs_value * pow(10, unit_mult)),
  count(DISTINCT ref_area) FILTER (obs_value > 0), count(DISTINCT ref_area) FILTER (obs_value IS NOT NULL),
  count(DISTINCT ref_area)
FROM numbers
WHERE indicator IN (SELECT unnest($indicators))
  AND (ref_area IN (SELECT unnest($countries)) OR ref_area IN ('900', '_T', '_Z'))
  AND (origin IN ('_T', '_Z') OR origin IN (SELECT unnest($countries)))
GROUP BY ALL ORDER BY ALL
"""

#: Months of one place (the borders of the European Union), added where a year has all twelve.
_MONTHS = """
SELECT indicator, time_period[:4], sum(obs_value * pow(10, unit_mult))
FROM read_parquet($paths) WHERE indicator IN (SELECT unnest($added)) AND length(time_period) = 7
GROUP BY ALL HAVING count(DISTINCT time_period) = 12 AND count(DISTINCT ref_area) = 1 AND count(*) FILTER (origin = '_T') = 0
ORDER BY ALL
"""


def world_sums(con: duckdb.DuckDBPyConnection, paths: Sequence[str], until: str) -> list[WorldSum]:
    """Return the sums over the places of an edition whose world totals are known.

    Where ages, sexes or origins stand together and apart, those together are taken; where the
    world stands beside its countries, the countries.

    Parameters
    ----------
    until : str
        Day up to which the edition covers time; a year that ends later is a part of a year.
    """
    rows = con.execute(
        _ASKED,
        {
            "paths": list(paths),
            "countries": sorted(_COUNTRIES),
            "indicators": sorted(references()),
            "added": _added(),
        },
    ).fetchall()
    found = []
    for (indicator, period), group in groupby(rows, key=lambda r: (r[0], r[1])):
        year = int(period) if period.isdigit() else 0
        if expected(indicator, year) is not None:
            ended = not until or until >= f"{year}-12-31"
            found += _sums(indicator, year, [r[2:] for r in group], ended=ended)
    return [*found, *_of_months(con, paths), *_blank(rows)]


def _added() -> list[str]:
    """Return the indicators whose months add up to a year: people counted on a day do not."""
    return sorted(i for i in references() if indicators()[i].kind != "stock")


def _blank(rows: Sequence[tuple[object, ...]]) -> list[WorldSum]:
    """Return nobody for each indicator of which a file has keys and not one number: a column was emptied."""
    empty = {r[0] for r in rows} - {r[0] for r in rows if r[6] is not None}
    found = []
    for indicator in sorted(map(str, empty)):
        own = [(int(str(r[1])), int(str(r[9]))) for r in rows if r[0] == indicator]
        known = [(year, n) for year, n in own if expected(indicator, year) is not None]
        if known:
            year, places = max(known)
            found.append(WorldSum(indicator, year, 0.0, places))
    return found


def _of_months(con: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> list[WorldSum]:
    """Return the sums of years that are printed month by month, of one place."""
    rows = con.execute(_MONTHS, {"paths": list(paths), "added": _added()}).fetchall()
    known = ((str(i), int(year), float(total)) for i, year, total in rows)
    return [
        WorldSum(i, year, total, 1) for i, year, total in known if expected(i, year) is not None
    ]


def _sums(
    indicator: str, year: int, rows: Iterable[tuple[object, ...]], *, ended: bool
) -> list[WorldSum]:
    """Return the sum of one indicator and year: sexes, ages and origins counted once."""
    kept = list(rows)
    for column, together in ((3, False), (1, True), (2, True)):  # aggregate, all ages, all origins
        kept = [r for r in kept if r[column] is together] or kept
    sexes = {str(r[0]) for r in kept}
    wanted = {"_T"} if "_T" in sexes else sexes & {"F", "M"}
    kept = [r for r in kept if r[0] in wanted and r[4] is not None]
    if not kept:
        return []
    share = 1.0 if len(wanted) == 2 or "_T" in wanted else 0.5
    total = sum(float(str(r[4])) for r in kept)
    known = expected(indicator, year)
    whole = known.places if known else 1
    counted = 5 if total else 6  # of zeros alone, all who report: nobody in the whole world is odd
    places = max(whole if r[3] else int(str(r[counted])) for r in kept)
    return [WorldSum(indicator, year, total, places, share, ended)]
