"""One indicator of one edition, or of the newest, from the store."""

from collections.abc import Mapping
from datetime import date

import numpy as np

from sojourn.errors import NoSuchObservation
from sojourn.health.targets.series import Series
from sojourn.store.choice import WHOLE
from sojourn.store.observations import Store


def editions_of(store: Store, indicator: str, as_of: date | None = None) -> list[str]:
    """Return the whole editions that print a number of an indicator, oldest first, as known on a date."""
    found = store.sql(
        "SELECT DISTINCT edition, vintage FROM observation "  # noqa: S608 - constants
        f"WHERE {WHOLE} AND indicator = $i AND value IS NOT NULL ORDER BY vintage",
        {"i": indicator},
    ).fetchall()
    return [e for e, v in found if as_of is None or date.fromisoformat(v) <= as_of]


def read_series(store: Store, indicator: str, edition: str) -> Series:
    """Return one indicator of an edition, all countries and years.

    Bounds stand in the cell of the value, or in columns of their own (``…_lower``, ``…_upper``).
    A row that the file prints for a WHO region goes by the region's three letters.
    """
    found = store.sql(
        "SELECT ref_area, time_period::INTEGER AS year, value, lower, upper, "
        'any_value(o."row") AS r, any_value(o.col) AS c, any_value(o.file) AS file, '
        "any_value(file_name) AS name, any_value(obs_status) AS status "
        "FROM observation o WHERE indicator = $i AND edition = $e "
        "AND sex = '_T' AND age = '_T' AND length(time_period) = 4 GROUP BY ALL ORDER BY ALL",
        {"i": indicator, "e": edition},
    ).fetchall()
    found = [(region_letters(area), *rest) for area, *rest in found]
    areas = tuple(sorted({r[0] for r in found}))
    years = tuple(sorted({int(r[1]) for r in found}))
    at_a, at_y = {a: i for i, a in enumerate(areas)}, {y: j for j, y in enumerate(years)}
    shape = (len(areas), len(years))
    values, lower, upper = (np.full(shape, np.nan) for _ in range(3))
    rows, cols = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for area, year, value, low, high, row, col, *_ in found:
        i, j = at_a[area], at_y[int(year)]
        values[i, j] = np.nan if value is None else value
        lower[i, j] = np.nan if low is None else low
        upper[i, j] = np.nan if high is None else high
        rows[i, j], cols[i, j] = row, col
    for bound, name in ((lower, "lower"), (upper, "upper")):
        for area, year, value in _bounds(store, f"{indicator}_{name}", edition):
            bound[at_a[area], at_y[year]] = value
    return Series(
        indicator,
        edition,
        areas,
        years,
        values,
        lower,
        upper,
        rows,
        cols,
        {r[8]: r[7] for r in found},
        {(r[0], int(r[1])): r[9] for r in found},
    )


def _bounds(store: Store, indicator: str, edition: str) -> list[tuple[str, int, float]]:
    found: list[tuple[str, int, float]] = store.sql(
        "SELECT ref_area, time_period::INTEGER, value FROM observation WHERE indicator = $i "
        "AND edition = $e AND sex = '_T' AND age = '_T' AND length(time_period) = 4 "
        "AND value IS NOT NULL",
        {"i": indicator, "e": edition},
    ).fetchall()
    return [(region_letters(area), year, value) for area, year, value in found]


def region_letters(area: str) -> str:
    """Return the three letters of a WHO region, any other area as it is."""
    return area.removeprefix("WHO_")[:3] if area.startswith("WHO_") else area


def newest_series(store: Store, indicator: str, as_of: date | None = None) -> Series:
    """Return an indicator in its newest edition.

    Raises
    ------
    NoSuchObservation
        No loaded file holds it.
    """
    editions = editions_of(store, indicator, as_of)
    if not editions:
        raise absent(indicator, as_of)
    return read_series(store, indicator, editions[-1])


def newest_of(
    store: Store, indicators: Mapping[str, str], as_of: date | None = None
) -> dict[str, Series]:
    """Return the newest series of several indicators under names of one's own; see `newest_series`."""
    return {name: newest_series(store, one, as_of) for name, one in indicators.items()}


def absent(indicator: str, as_of: date | None) -> NoSuchObservation:
    """Return the error of an indicator that no loaded file holds."""
    when = "" if as_of is None else f" that was known on {as_of}"
    return NoSuchObservation(
        f"no loaded file{when} holds {indicator}",
        hint="load WHO's files first: sojourn load FOLDER --data DIR. Their licence "
        "(CC BY-NC-SA 3.0 IGO) does not allow us to ship them",
    )
