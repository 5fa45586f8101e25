"""Official targets against WHO's series in the store: by country, WHO region and world."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from sojourn.errors import NoSuchObservation
from sojourn.files import add_files
from sojourn.health.inputs.notified import notified
from sojourn.health.targets.targets import (
    ABSENT,
    Elimination,
    PublishedLevel,
    Shape,
    Target,
    count_elimination,
    eliminations,
    levels,
    published,
    targets,
)
from sojourn.health.targets.told import chart
from sojourn.health.targets.tracking import (
    WORLD,
    Beside,
    Counter,
    Inputs,
    Progress,
    Series,
    Tracking,
    track,
)
from sojourn.store.choice import WHOLE
from sojourn.store.observations import Store
from sojourn.vocab.place import area_id


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
    found = [(_region(area), *rest) for area, *rest in found]
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
    return [(_region(area), year, value) for area, year, value in found]


def _region(area: str) -> str:
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
        raise _absent(indicator, as_of)
    return read_series(store, indicator, editions[-1])


def _absent(indicator: str, as_of: date | None) -> NoSuchObservation:
    when = "" if as_of is None else f" that was known on {as_of}"
    return NoSuchObservation(
        f"no loaded file{when} holds {indicator}",
        hint="load WHO's files first: sojourn load FOLDER --data DIR. Their licence "
        "(CC BY-NC-SA 3.0 IGO) does not allow us to ship them",
    )


def who_area(given: str) -> str:
    """Return the id that WHO's series have for an area: its regions go by their three letters.

    Raises
    ------
    UnknownArea
        No such area; see `sojourn.vocab.place`.

    Examples
    --------
    >>> who_area("France"), who_area("afr"), who_area("World"), who_area("South-East Asia Region")
    ('250', 'AFR', '900', 'SEA')
    """
    return _region(area_id(given))


def regions_of(store: Store, as_of: date | None = None) -> dict[str, tuple[str, ...]]:
    """Return WHO's regions with their members, as the newest TB file prints them."""
    found = store.sql(
        "SELECT DISTINCT ON (ref_area) ref_area, comment FROM observation "
        "WHERE indicator = 'tb_cases' AND comment LIKE 'WHO region %' AND vintage <= $v "
        "ORDER BY ref_area, vintage DESC, time_period DESC",
        {"v": (as_of or date.max).isoformat()},
    ).fetchall()
    out: dict[str, list[str]] = {}
    for area, comment in found:
        out.setdefault(comment.removeprefix("WHO region "), []).append(area)
    return {region: tuple(members) for region, members in sorted(out.items())}


def progress(
    store: Store,
    topic: str,
    *,
    areas: Sequence[str] = (),
    shape: Shape = "linear",
    as_of: date | None = None,
) -> Progress:
    """Track a topic's targets.

    Parameters
    ----------
    areas : sequence of str
        Area ids or WHO regions; none for the world and WHO's regions; ``all`` for all countries.

    Raises
    ------
    NoSuchObservation
        WHO's files are not loaded.
    """
    regions = regions_of(store, as_of)
    asked = list(areas) or [WORLD, *regions]
    found: list[Tracking] = []
    for target in targets(topic):
        inputs = _inputs(store, target, as_of)
        wanted = asked
        if "all" in wanted:
            wanted = [WORLD, *regions, *inputs.top.countries]
        found += [track(target, inputs, a, regions, shape) for a in wanted]
    counters = tuple(_counter(store, rule, as_of) for rule in eliminations(topic))
    return Progress(
        topic=topic,
        trackings=tuple(found),
        counters=counters,
        published=tuple(p for t in targets(topic) for p in published(t.id)),
        notified=notified(store, asked, regions, as_of) if topic == "tb" else (),
        levels=tuple(_beside(store, level, as_of) for level in levels(topic)),
    )


def _inputs(store: Store, target: Target, as_of: date | None) -> Inputs:
    editions = editions_of(store, target.numerator, as_of)
    if not editions:
        raise _absent(target.numerator, as_of)
    older = tuple(_edition(store, target, e, as_of) for e in editions)
    return Inputs(*older[-1], older)


def _edition(
    store: Store, target: Target, edition: str, as_of: date | None
) -> tuple[Series, Series | None, Series | None]:
    """Return numerator, population and printed rate of an edition.

    The population is that at risk where the edition prints it and the target asks for it; else that
    of the same edition, or the newest where it has none of its own.
    """
    below = rate = None
    if target.at_risk and edition in editions_of(store, target.at_risk, as_of):
        below = read_series(store, target.at_risk, edition)
    elif target.denominator:
        known = editions_of(store, target.denominator, as_of)
        same = [e for e in known if e == edition] or known[-1:]
        below = read_series(store, target.denominator, same[0]) if same else None
    if target.printed and edition in editions_of(store, target.printed, as_of):
        rate = read_series(store, target.printed, edition)
    return read_series(store, target.numerator, edition), below, rate


def _counter(store: Store, rule: Elimination, as_of: date | None) -> Counter:
    """Return a counter; absent when no loaded file holds what it counts."""
    if not rule.indicator or not editions_of(store, rule.indicator, as_of):
        return Counter(rule=rule, count=ABSENT, edition="")
    series = newest_series(store, rule.indicator, as_of)
    base = targets(rule.topic)[0].baseline
    there = series.since(base)
    count = count_elimination(rule, there, series.years, series.of(there, series.years), base)
    return Counter(rule=rule, count=count, edition=series.edition)


def _beside(store: Store, level: PublishedLevel, as_of: date | None) -> Beside:
    """Return a level that a report printed beside our sum over the newest country file."""
    series = newest_series(store, level.indicator, as_of)
    values = series.of(series.countries, [level.year])[:, 0]
    known = np.isfinite(values)
    rows = sum(bool(series.cell(a, level.year)) for a in series.countries)
    ours = float(values[known].sum()) if known.any() else float("nan")
    return Beside(
        stated=level,
        ours=ours,
        countries=(int(known.sum()), rows),
        edition=series.edition,
        row=float(series.of([WORLD], [level.year])[0, 0]),
    )


def write_charts(found: Progress, folder: Path) -> int:
    """Write one SVG and its table twin a target and area; return how many.

    Raises
    ------
    PublishError
        The folder cannot be written.
    """
    drawn = [chart(t) for t in found.trackings if t.value is not None]
    made: dict[str, str | bytes] = {f"{one.id}.svg": one.light for one in drawn}
    made |= {f"{one.id}.csv": one.csv for one in drawn}
    add_files(folder, made)
    return len(drawn)
