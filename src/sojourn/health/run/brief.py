"""A brief from the store and, where one was made, a run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sojourn.errors import UnknownArea
from sojourn.files import add_files
from sojourn.health.brief.brief import Brief, brief_document, stem
from sojourn.health.engine.parameters import parameters
from sojourn.health.inputs.targets import progress, regions_of
from sojourn.health.run.kept import check_editions, known_of, read_run, read_world
from sojourn.health.run.people import facts
from sojourn.health.targets.series import REGIONS, WORLD
from sojourn.publish import Document, pages_of, render_html, render_pdf
from sojourn.store.choice import is_whole
from sojourn.store.observations import Store
from sojourn.vocab.observation import EditionId

__all__ = ["WORLD", "gather", "read_run", "write_brief"]


def gather(
    store: Store,
    topic: str,
    *,
    area: str = WORLD,
    run: Path | None = None,
    languages: Sequence[str] = ("en",),
    as_of: date | None = None,
) -> Brief:
    """Return what a brief is made from.

    Raises
    ------
    UnknownArea
        A WHO region: runs and migrants are of countries and the world.
    SimulateError, NoSuchObservation
        WHO's files are not loaded, or the run is not of this place, topic or data.
    """
    if area in REGIONS:
        raise UnknownArea(
            f"{area} is a WHO region; a brief is of the world or of a country",
            hint=f"sojourn targets {topic} --area {area} tracks the region",
        )
    found = progress(store, topic, areas=[area, *_beside(store, area, as_of)], as_of=as_of)
    here = tuple(t for t in found.trackings if t.area == area)
    told: dict[str, Any] = {} if run is None else read_run(run, topic, area)
    check_editions(told, _current(store, as_of))
    people = facts(store, topic, area, as_of)
    editions = _editions(
        told,
        [t.edition for t in here],
        [t.below for t in here],
        [c.address for f in people for c in f.cells[:1]],
    )
    return Brief(
        topic=topic,
        area=area,
        trackings=here,
        beside=tuple(t for t in found.trackings if t.area != area),
        facts=people,
        run=told,
        known=(known_of(run, told) if run is not None else {}) or parameters(topic),
        dated=date.fromisoformat(max(EditionId.of(e).vintage for e in editions)),
        editions=editions,
        world={} if run is None or area == WORLD else read_world(run, topic, told),
        licences={f.edition: f.license for f in store.manifest.files if f.edition in editions},
        languages=tuple(languages),
        deaths=next((d for d in found.deaths if d.area == area), None),
    )


def _beside(store: Store, area: str, as_of: date | None) -> list[str]:
    """Return WHO's regions beside the world; its region and the world beside a country."""
    regions = regions_of(store, as_of)
    if area == WORLD:
        return list(regions)
    return [*(r for r, members in regions.items() if area in members), WORLD]


def _current(store: Store, as_of: date | None) -> dict[str, list[str]]:
    """Return the whole editions of each dataset known on a day, oldest first."""
    day = (as_of or date.max).isoformat()
    found: dict[str, list[str]] = {}
    for vintage, dataset, edition in sorted(
        {(f.vintage, f.dataset, f.edition) for f in store.manifest.files}
    ):
        if vintage <= day and is_whole(store, edition):
            found.setdefault(dataset, []).append(edition)
    return found


def _editions(run: Mapping[str, Any], *groups: Sequence[str]) -> tuple[str, ...]:
    """Return every edition behind a brief, once."""
    named = [name.partition("#")[0] for group in groups for name in group if name]
    return tuple(sorted({*named, *run.get("editions", {}).values()}))


PAGES = 2
CHARTS = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7)  # of their height: lower, nobody could read them
FEWEST = 2  # drivers of a chart of them


def _on_two_pages(brief: Brief, language: str) -> Document:
    """Return a brief whose charts are as high as two pages allow.

    Where the lowest do not help, it is the second page that is full: it names fewer drivers. What no
    two pages hold keeps its height.
    """
    whole = document = brief_document(brief, language)
    if pages_of(whole) <= PAGES:
        return whole
    fits = False
    for drivers in range(brief.drivers, FEWEST - 1, -1):
        brief = replace(brief, drivers=drivers)
        lowest = brief_document(replace(brief, charts=CHARTS[-1]), language)
        if fits := pages_of(lowest) <= PAGES:
            break
    for charts in (brief.charts, *CHARTS) if fits else ():
        document = brief_document(replace(brief, charts=charts), language)
        if pages_of(document) <= PAGES:
            break
    return document


def write_brief(
    store: Store,
    topic: str,
    out: Path,
    *,
    area: str = WORLD,
    run: Path | None = None,
    languages: Sequence[str] = ("en",),
    as_of: date | None = None,
) -> list[Path]:
    """Write a brief as page and paper; nothing is written before everything is set.

    Raises
    ------
    UnknownArea, SimulateError, NoSuchObservation
        As ``gather``.
    PublishError
        A language has no catalogue, or the folder cannot be written.
    """
    languages = tuple(dict.fromkeys(languages))
    brief = gather(store, topic, area=area, run=run, languages=languages, as_of=as_of)
    made: dict[str, str | bytes] = {}
    for language in languages:
        document = _on_two_pages(brief, language)
        name = f"{stem(brief)}.{language}"
        made[f"{name}.html"] = render_html(document)
        made[f"{name}.pdf"] = render_pdf(document)
    return add_files(out, made)
