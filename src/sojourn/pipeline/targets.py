"""Official targets against WHO's series in the store: by country, WHO region and world."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from sojourn.errors import NoSuchObservation, UnknownArea
from sojourn.pipeline.writing import write_whole
from sojourn.publish.targets import chart
from sojourn.simulate.targets import (
    Count,
    Elimination,
    Shape,
    Target,
    count_elimination,
    eliminations,
    published,
    targets,
)
from sojourn.simulate.tracking import (
    REGIONS,
    WORLD,
    Counter,
    Inputs,
    Progress,
    Series,
    Tracking,
    track,
)
from sojourn.store.observations import Store
from sojourn.vocab.area import from_code, resolve


def editions_of(store: Store, indicator: str, as_of: date | None = None) -> list[str]:
    """Return the editions that hold an indicator, oldest first, as known on a date."""
    found = store.sql(
        "SELECT DISTINCT edition, vintage FROM observation WHERE indicator = $i ORDER BY vintage",
        {"i": indicator},
    ).fetchall()
    return [e for e, v in found if as_of is None or date.fromisoformat(v) <= as_of]


def read_series(store: Store, indicator: str, edition: str) -> Series:
    """Return one indicator of an edition, all countries and years."""
    found = store.sql(
        "SELECT ref_area, time_period::INTEGER AS year, value, lower, upper, "
        'any_value(o."row") AS r, any_value(o.col) AS c, any_value(o.file) AS file, '
        "any_value(file_name) AS name FROM observation o WHERE indicator = $i AND edition = $e "
        "AND sex = '_T' AND age = '_T' AND length(time_period) = 4 GROUP BY ALL ORDER BY ALL",
        {"i": indicator, "e": edition},
    ).fetchall()
    areas = tuple(sorted({r[0] for r in found}))
    years = tuple(sorted({int(r[1]) for r in found}))
    at_a, at_y = {a: i for i, a in enumerate(areas)}, {y: j for j, y in enumerate(years)}
    shape = (len(areas), len(years))
    values, lower, upper = (np.full(shape, np.nan) for _ in range(3))
    rows, cols = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for area, year, value, low, high, row, col, _, _ in found:
        i, j = at_a[area], at_y[int(year)]
        values[i, j] = np.nan if value is None else value
        lower[i, j] = np.nan if low is None else low
        upper[i, j] = np.nan if high is None else high
        rows[i, j], cols[i, j] = row, col
    return Series(
        indicator, edition, areas, years, values, lower, upper, rows, cols,
        {r[8]: r[7] for r in found},
    )  # fmt: skip


def newest_series(store: Store, indicator: str, as_of: date | None = None) -> Series:
    """Return an indicator in its newest edition.

    Raises
    ------
    NoSuchObservation
        No loaded file holds it.
    """
    editions = editions_of(store, indicator, as_of)
    if not editions:
        raise NoSuchObservation(
            f"no loaded file holds {indicator}",
            hint="load WHO's files first: sojourn load FOLDER --data DIR. Their licence "
            "(CC BY-NC-SA 3.0 IGO) does not allow us to ship them",
        )
    return read_series(store, indicator, editions[-1])


def area_id(text: str) -> str:
    """Return the id of an area given as ISO code, M49 code, WHO region or UN name.

    Raises
    ------
    UnknownArea
        No such area.
    """
    if text in (*REGIONS, WORLD):
        return text
    if text.casefold() == "world":
        return WORLD
    for scheme, code in (("m49", text.zfill(3)), ("iso3", text.upper())):
        try:
            return from_code(code, scheme=scheme)
        except UnknownArea:
            continue
    return resolve(text, publisher="who")


def regions_of(store: Store) -> dict[str, tuple[str, ...]]:
    """Return WHO's regions with their members, as the newest TB file prints them."""
    found = store.sql(
        "SELECT DISTINCT ON (ref_area) ref_area, comment FROM observation "
        "WHERE indicator = 'tb_cases' AND comment LIKE 'WHO region %' "
        "ORDER BY ref_area, vintage DESC, time_period DESC"
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
    regions = regions_of(store)
    found: list[Tracking] = []
    for target in targets(topic):
        inputs = _inputs(store, target, as_of)
        wanted = list(areas) or [WORLD, *regions]
        if "all" in wanted:
            wanted = [WORLD, *regions, *inputs.top.areas]
        found += [track(target, inputs, a, regions, shape) for a in wanted]
    counters = tuple(_counter(store, rule, as_of) for rule in eliminations(topic))
    stated = tuple(p for t in targets(topic) for p in published(t.id))
    return Progress(topic=topic, trackings=tuple(found), counters=counters, published=stated)


def _inputs(store: Store, target: Target, as_of: date | None) -> Inputs:
    older = [
        read_series(store, target.numerator, e) for e in editions_of(store, target.numerator, as_of)
    ]
    top = older[-1] if older else newest_series(store, target.numerator, as_of)
    below = rate = None
    if target.denominator and editions_of(store, target.denominator, as_of):
        below = newest_series(store, target.denominator, as_of)
    if target.printed:
        rate = newest_series(store, target.printed, as_of)
    return Inputs(top, below, rate, tuple((s, below) for s in older))


def _counter(store: Store, rule: Elimination, as_of: date | None) -> Counter:
    if not rule.indicator:
        return Counter(rule=rule, count=Count(0, (), 0), edition="")
    series = newest_series(store, rule.indicator, as_of)
    count = count_elimination(rule, series.areas, series.years, series.values, 2015)
    return Counter(rule=rule, count=count, edition=series.edition)


def write_charts(found: Progress, folder: Path) -> int:
    """Write one SVG and its table twin a target and area; return how many.

    Raises
    ------
    PublishError
        The folder cannot be written.
    """
    count = 0
    for tracking in found.trackings:
        if tracking.value is None:
            continue
        drawn = chart(tracking)
        for name, text in ((f"{drawn.id}.svg", drawn.light), (f"{drawn.id}.csv", drawn.csv)):
            write_whole(folder / name, text.encode())
        count += 1
    return count
