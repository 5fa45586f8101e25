"""A country's deaths beside its new cases and the people notified, from the store."""

from datetime import date

import numpy as np

from sojourn.health.brief.page import Deaths
from sojourn.health.inputs.targets import editions_of, read_series
from sojourn.health.targets.series import WORLD, Series, sources
from sojourn.store.observations import Store

NOTIFIED = {"tb": "tb_notifications"}


def deaths_beside(store: Store, topic: str, area: str, as_of: date | None = None) -> Deaths | None:
    """Return a country's newest deaths beside its cases and notifications; None where there are none."""
    name = f"{topic}_deaths"
    found = editions_of(store, name, as_of)
    if area == WORLD or not found:
        return None
    deaths = read_series(store, name, found[-1])
    cases = read_series(store, f"{topic}_cases", found[-1])
    several = [deaths, cases]
    notified = None
    if topic in NOTIFIED and (of := editions_of(store, NOTIFIED[topic], as_of)):
        notified = read_series(store, NOTIFIED[topic], of[-1])
        several.append(notified)
    known = [y for y in deaths.years if _at(deaths, area, y) is not None]
    if not known:
        return None
    year = max(known)
    value = _at(deaths, area, year)
    assert value is not None  # noqa: S101 - such a year was chosen
    return Deaths(
        topic=topic,
        year=year,
        deaths=value,
        lower=_at(deaths, area, year, "lower"),
        upper=_at(deaths, area, year, "upper"),
        cases=_at(cases, area, year),
        notified=None if notified is None else _at(notified, area, year),
        cells=sources(several, [area], [year]),
    )


def _at(series: Series, area: str, year: int, which: str = "values") -> float | None:
    value = float(series.of([area], [year], which)[0, 0])
    return value if np.isfinite(value) else None
