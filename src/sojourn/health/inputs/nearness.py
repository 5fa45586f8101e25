"""A country's deaths beside its new cases and the people notified, from the store."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from sojourn.health.inputs.series import editions_of, read_series
from sojourn.health.targets.deaths import Deaths
from sojourn.health.targets.series import REGIONS, WORLD, Series, sources
from sojourn.store.observations import Store

NOTIFIED = {"tb": "tb_notifications"}


def deaths_beside(
    store: Store, topic: str, areas: Sequence[str], as_of: date | None = None
) -> dict[str, Deaths]:
    """Return the newest deaths of countries beside cases and notifications; who has none is absent.

    Parameters
    ----------
    areas : sequence of str
        Area ids; the world and WHO's regions are passed over: sums do not tell who does not fit.
    """
    name, countries = f"{topic}_deaths", [a for a in areas if a != WORLD and a not in REGIONS]
    found = editions_of(store, name, as_of)
    if not countries or not found:
        return {}
    deaths = read_series(store, name, found[-1])
    cases = read_series(store, f"{topic}_cases", found[-1])
    notified = None
    if topic in NOTIFIED and (of := editions_of(store, NOTIFIED[topic], as_of)):
        notified = read_series(store, NOTIFIED[topic], of[-1])
    told = {area: _beside(topic, area, deaths, cases, notified) for area in countries}
    return {area: one for area, one in told.items() if one is not None}


def _beside(
    topic: str, area: str, deaths: Series, cases: Series, notified: Series | None
) -> Deaths | None:
    known = [y for y in deaths.years if _at(deaths, area, y) is not None]
    if not known:
        return None
    year = max(known)
    value = _at(deaths, area, year)
    assert value is not None  # noqa: S101 - such a year was chosen
    return Deaths(
        topic=topic,
        area=area,
        year=year,
        deaths=value,
        lower=_at(deaths, area, year, "lower"),
        upper=_at(deaths, area, year, "upper"),
        cases=_at(cases, area, year),
        notified=None if notified is None else _at(notified, area, year),
        cells=sources([deaths, cases, notified], [area], [year]),
    )


def _at(series: Series, area: str, year: int, which: str = "values") -> float | None:
    value = float(series.of([area], [year], which)[0, 0])
    return value if np.isfinite(value) else None
