"""The explorer of a store: every file of the site, and the site as a folder."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from sojourn.collector import no_collector
from sojourn.errors import NoSuchObservation
from sojourn.explorer.model.grid import shards
from sojourn.explorer.model.measure import Described, Measure, in_order
from sojourn.explorer.pages.index import Index, index_script, map_script, words_script
from sojourn.explorer.pages.page import fixed_files
from sojourn.explorer.run.read import Counted, counted, datasets, reading
from sojourn.files import new_folder
from sojourn.publish import languages
from sojourn.query.table_asked import Candidate, candidates, measures, newest_of_all
from sojourn.store.observations import Store
from sojourn.store.summing import count_all
from sojourn.terminal.one_line import OneLine
from sojourn.vocab.indicator import indicators
from sojourn.vocab.observation import EditionId

OWNER = "explorer"
SEXES = ("_T", "F", "M", "_U")
#: Characters of a shard from which on it is packed: numbers of places, and corridors of a place.
MOST, MOST_OF_PLACE = 8_000, 600
Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Site(OneLine):
    """What was written.

    Attributes
    ----------
    files, bytes : int
        How many files, and how large they are together.
    withheld : tuple of str
        Editions left out because of their terms.
    """

    out: Path
    files: int
    bytes: int
    withheld: tuple[str, ...]


def site_files(
    store: Store,
    *,
    as_of: date | None = None,
    public: bool = False,
    embedded: bool = False,
    progress: Step | None = None,
) -> Iterator[tuple[str, str | bytes]]:
    """Yield every file of the site by its name; the same store gives the same bytes.

    Parameters
    ----------
    as_of : date, optional
        Show the editions that were there on a day.
    public : bool
        Leave out editions whose terms allow no copy of a table.

    Raises
    ------
    NoSuchObservation
        Nothing may be shown.
    """
    found = reading(store, as_of=as_of, public=public)
    described: list[Described] = []
    pairs = datasets(found)
    count_all(store)
    of_dataset = {dataset: n for n, (dataset, _) in enumerate(pairs)}
    for dataset, done in of_dataset.items():
        if progress is not None:
            progress(dataset, done, len(pairs))
        for _, same in groupby(counted(found, dataset), key=lambda one: one.measure.indicator):
            yield from _of_indicator(list(same), described)
    if not described:
        raise NoSuchObservation(
            "no edition may be shown", hint="leave --public out, or load editions of open terms"
        )
    yield from fixed_files()
    newest_of_all(store)
    first = [
        pair
        for one in sorted({i for _, i in pairs if i in indicators()})
        for pair in asked_first(store, one)
    ]
    index = Index(
        manifest=store.manifest,
        files=found.files,
        parts=found.parts,
        measures=in_order(described, first),
        populations=[
            p for p in populations(store, pairs) if p in {d.measure.id for d in described}
        ],
        withheld=found.withheld,
        newest=max(f.vintage for f in found.files),
        as_of=as_of,
        public=public,
        embedded=embedded,
    )
    yield "map.js", map_script()
    for language in languages():
        yield f"l/{language}.js", words_script(language, index)
    yield "index.js", index_script(index)


def asked_first(store: Store, indicator: str) -> list[tuple[str, str]]:
    """Return (dataset, indicator) in the order in which a table asks those that count the same."""
    listed: Sequence[Candidate] = candidates(store, measures(indicator, store)[0], rivals=False)
    return [(c.dataset, c.indicator) for c in listed]


def populations(store: Store, held: Sequence[tuple[str, str]]) -> list[str]:
    """Return the measures that others are divided by, in the order in which a table asks them."""
    return [Measure(*pair).id for pair in asked_first(store, "population") if pair in held]


def _of_indicator(made: Sequence[Counted], described: list[Described]) -> Iterator[tuple[str, str]]:
    """Yield the shards of an indicator of a dataset, and note its measures."""
    named = [
        (f"{one.measure.folder}/{key}", cells, most)
        for of, most in (("by_sex", MOST), ("by_place", MOST_OF_PLACE))
        for one in made
        for key, cells in getattr(one, of).items()
    ]
    for name, text in shards(named):
        yield f"{name}.js", text
    for one in made:
        held = list(one.by_sex.values())
        editions = {e for cells in held for e in cells.among("edition")}
        described.append(
            Described(
                one.measure,
                tuple(s for s in SEXES if s in one.by_sex),
                tuple(sorted(editions, key=newest_first, reverse=True)),
                tuple(sorted({p for cells in held for p in cells.among("period")})),
                tuple(one.by_place),
            )
        )


def newest_first(edition: str) -> tuple[str, str]:
    """Return what editions are sorted by: their day, then their name."""
    return EditionId.of(edition).vintage, edition


def write_site(
    store: Store,
    out: Path,
    *,
    as_of: date | None = None,
    public: bool = False,
    embedded: bool = False,
    progress: Step | None = None,
) -> Site:
    """Write the site into a folder, whole or not at all.

    Raises
    ------
    NoSuchObservation
        Nothing may be shown.
    PublishError
        The folder is not ours, or cannot be written.
    """
    count, size = 0, 0
    with no_collector(), new_folder(out, OWNER) as folder:
        for name, text in site_files(
            store, as_of=as_of, public=public, embedded=embedded, progress=progress
        ):
            content = text.encode() if isinstance(text, str) else text
            folder.write(name, content)
            count, size = count + 1, size + len(content)
    shut = reading(store, as_of=as_of, public=public).withheld
    return Site(out, count, size, shut)
