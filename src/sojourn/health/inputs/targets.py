"""Official targets against WHO's series in the store: by country, WHO region and world."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from sojourn.files import add_files
from sojourn.health.inputs.nearness import deaths_beside
from sojourn.health.inputs.notified import notified
from sojourn.health.inputs.series import (
    absent,
    editions_of,
    newest_series,
    read_series,
    region_letters,
)
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
from sojourn.store.observations import Store
from sojourn.vocab.place import area_id


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
    return region_letters(area_id(given))


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
        deaths=tuple(deaths_beside(store, topic, asked_of(asked, found), as_of).values()),
    )


def asked_of(asked: Sequence[str], found: Sequence[Tracking]) -> tuple[str, ...]:
    """Return the areas that were asked for, each once: ``all`` are those that were found."""
    return tuple(dict.fromkeys(t.area for t in found) if "all" in asked else dict.fromkeys(asked))


def _inputs(store: Store, target: Target, as_of: date | None) -> Inputs:
    editions = editions_of(store, target.numerator, as_of)
    if not editions:
        raise absent(target.numerator, as_of)
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
