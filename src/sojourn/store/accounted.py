"""Population change = births - deaths + net migration, per place, over the files of one edition."""

from collections.abc import Sequence

import duckdb

from sojourn.harmonize.names import area_name

#: What a publisher prints of the change of a population, or what it can be taken from.
_STOCKS = ("population_change", "population_31_december", "population_1_january")
_PARTS = ("births", "deaths", "net_migration")
#: Rounding of four printed numbers, and share of births and deaths that sums of places differ by.
_PERSONS, _SHARE = 1_000, 1e-4
_NUMBERS = f"""
SELECT ref_area, time_period::INTEGER AS y, {", ".join(f"max(obs_value * pow(10, unit_mult)) FILTER (indicator = '{i}') AS {i}" for i in (*_STOCKS, *_PARTS))}
FROM read_parquet($paths)
WHERE indicator IN ({", ".join(f"'{i}'" for i in (*_STOCKS, *_PARTS))})
  AND sex = '_T' AND age = '_T' AND regexp_full_match(time_period, '[0-9]{{4}}') GROUP BY ALL
"""  # noqa: S608 - constants only
_ASKED = f"""
WITH n AS ({_NUMBERS}),
change AS (
  SELECT n.ref_area, n.y, births, deaths, births - deaths + net_migration AS accounted,
    coalesce(population_change, population_31_december - lag(population_31_december) OVER w,
      lead(population_1_january) OVER w - population_1_january) AS grown,
    population_change IS NOT NULL OR lag(y) OVER w = y - 1 OR lead(y) OVER w = y + 1 AS beside
  FROM n WINDOW w AS (PARTITION BY ref_area ORDER BY y))
SELECT ref_area, y, grown, accounted, count(*) OVER () AS found
FROM change WHERE beside AND abs(grown - accounted) > {_PERSONS} + {_SHARE} * (births + deaths)
ORDER BY abs(grown - accounted) DESC, ref_area, y LIMIT 3
"""  # noqa: S608 - constants only


def not_accounted(
    con: duckdb.DuckDBPyConnection, paths: Sequence[str], indicators: Sequence[str]
) -> tuple[str, ...]:
    """Return where the population of a place changed by more or less than is accounted for.

    Parameters
    ----------
    paths : sequence of str
        Parquet files of one edition; a contract asks the same of each file alone.
    indicators : sequence of str
        What the edition holds.
    """
    held = set(indicators)
    if len(paths) < 2 or not held.issuperset(_PARTS) or held.isdisjoint(_STOCKS):
        return ()
    rows = con.execute(_ASKED, {"paths": list(paths)}).fetchall()
    if not rows:
        return ()
    listed = "; ".join(
        f"{area_name(area)} {year}: {grown:,.0f}, accounted for {accounted:,.0f}"
        for area, year, grown, accounted, _ in rows
    )
    found = rows[0][4]
    many = f"{found:,} places and years" if found > 1 else "one place and year"
    return (f"population change is not births - deaths + net migration of {many}: {listed}",)
