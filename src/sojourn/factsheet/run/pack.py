"""The embedded edition: what a factsheet prints and draws, and no more, as a data directory.

Cells are carried where the terms of their edition allow it. Of editions that reserve their rights,
and of sums over thousands of cells, the figure is carried as a cited fact. Editions that may not be
redistributed at all are refused. Of kept flow estimates one interval goes along, where the terms of its inputs allow it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.errors import LicenceForbids
from sojourn.factsheet.figures.evaluate import DERIVED
from sojourn.factsheet.figures.figure import FigureValue, figure, figures
from sojourn.factsheet.figures.opened import changed, evaluator, newest_day, refuse_empty, verdicts
from sojourn.factsheet.figures.packed import FILE, Key, Pack, write_pack
from sojourn.factsheet.pages.problems import known_problems
from sojourn.factsheet.run.factsheet import Request, compose
from sojourn.factsheet.run.pack_flows import FLOWS, MOST_CORRIDORS, carried_run, write_run
from sojourn.files import Folder, check_folder, make_folders, new_folder
from sojourn.publish import catalogue
from sojourn.store.manifest import LoadedFile, Manifest, write_manifest
from sojourn.store.observations import Store, write_parquet
from sojourn.store.wholeness import kept
from sojourn.terminal.one_line import OneLine

#: Operations that add, rank or leave out: the figure is carried ready-made, so that what was left
#: out is known where its cells are not carried.
READY_MADE = frozenset(
    {
        "groups",
        "regions",
        "income_groups",
        "events",
        "events_by",
        "top",
        "top_ratio",
        "top_less",
        "sum",
        "pairs",
        "months",
        "reported",
    }
)
#: Operations whose cells are not carried at all.
STAY_BEHIND = frozenset(
    {"groups", "regions", "income_groups", "events", "events_by", "pairs", "months", "reported"}
)
MOST_CELLS = 300
#: What a folder written here is, as its marker says.
OWNER = "embedded edition"
CellKey = tuple[str, str, int, int]


@dataclass
class _Contents:
    """What goes into the embedded edition, as it is found."""

    cells: set[CellKey] = field(default_factory=set)
    facts: dict[tuple[str, str, str, str, str], FigureValue] = field(default_factory=dict)
    spots: dict[tuple[str, str, str, str, str], FigureValue] = field(default_factory=dict)
    pinned: dict[tuple[str, str, str, str, str], FigureValue] = field(default_factory=dict)
    reasons: dict[Key, str] = field(default_factory=dict)
    withheld: dict[Key, list[str]] = field(default_factory=dict)
    editions: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Packed(OneLine):
    """What was packed."""

    out: Path
    bytes: int
    figures: int
    cells: int
    facts: int
    withheld: tuple[str, ...]


def pack(
    store: Store,
    year: int,
    out: Path,
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Packed:
    """Write the embedded edition of a factsheet into ``out``: new, empty, or an edition of ours.

    Raises
    ------
    LicenceForbids
        A figure of the factsheet rests on an edition that may not be redistributed.
    PublishError
        The store has no figure of the year; or the folder holds anything else, or cannot be written,
        and is then as it was.
    """
    check_folder(out, OWNER)
    days = sorted({date.fromisoformat(f.vintage) for f in store.manifest.files})
    refuse_empty(evaluator(store, year, days[-1]))
    held, beyond, pins = _held(store, year, days[-1])
    contents = _Contents()
    for done, key in enumerate(held):
        if progress is not None:
            progress(key[0], done, len(held))
        if figure(key[0]).op not in DERIVED:
            for day in days:
                _take(contents, store, key, day, newest=days[-1])
    for edition, key in pins:
        _take_pinned(contents, store, key, edition, days[-1])
    for figure_id, at, area in beyond:
        for day in days:
            _take_spot(contents, store, (figure_id, at), area, day)
    with new_folder(out, OWNER) as folder:
        _write(store, contents, folder, year, held)
    return Packed(
        out=out,
        bytes=sum(p.stat().st_size for p in out.rglob("*") if p.is_file()),
        figures=len(held),
        cells=len(contents.cells),
        facts=len(contents.facts),
        withheld=tuple(sorted({e for editions in contents.withheld.values() for e in editions})),
    )


def _held(
    store: Store, year: int, newest: date
) -> tuple[list[Key], list[tuple[str, int, str]], list[tuple[str, Key]]]:
    """Return what the factsheet asks for: figures, places beyond lists, figures of one edition."""
    now = evaluator(store, year, newest)
    then = evaluator(store, year, date(year + 1, 12, 31))
    moved = changed(then, now, list(figures()))
    request = Request(year, newest, ("en",), embedded=True)
    compose(now, catalogue("en"), request, verdicts(now), moved)
    held = {*now.asked(), *then.asked()}
    beyond = {*now.asked_beyond(), *then.asked_beyond()}
    pins = {*now.asked_of_editions(), *then.asked_of_editions()}
    return sorted(held), sorted(beyond), sorted(pins)


def _take(contents: _Contents, store: Store, key: Key, day: date, *, newest: date) -> None:
    """Take what one figure needs as it was known on one day."""
    ev = evaluator(store, key[1], day)
    values = [v for v in ev.values(*key) if v.value is not None]
    if not values:
        if day == newest:
            contents.reasons[key] = ev.values(*key)[0].reason
        return
    terms = _terms(store.manifest, {e for v in values for e in v.edition.split(" + ")})
    if "none" in terms.values():
        refused = sorted(e for e, t in terms.items() if t == "none")
        if day == newest:
            raise LicenceForbids(
                f"{key[0]}, {key[1]}: rests on {', '.join(refused)}, which may not be redistributed",
                hint="load the publishers' declared editions into another folder and pack that",
            )
        contents.withheld.setdefault(key, [])
        contents.withheld[key] += [e for e in refused if e not in contents.withheld[key]]
        return
    declared = figure(key[0])
    cited = "cited-facts" in terms.values()
    if cited and declared.op == "each":
        contents.withheld[key] = sorted({*contents.withheld.get(key, []), *terms})
        return
    contents.editions |= set(terms)
    bound = any(v.n_inputs > MOST_CELLS or v.whole == "no" for v in values)
    if cited or declared.op in READY_MADE or bound:
        for v in values:
            contents.facts[(v.figure_id, v.time_period, v.sex, v.area, v.edition)] = v
    few = all(v.n_inputs <= MOST_CELLS for v in values)
    if not cited and few and declared.op not in STAY_BEHIND:
        contents.cells |= ev.used


def _take_pinned(contents: _Contents, store: Store, key: Key, edition: str, day: date) -> None:
    """Take what one edition gives for a figure where another answers by itself."""
    if figure(key[0]).op in DERIVED or figure(key[0]).op == "each":
        return
    for v in evaluator(store, key[1], day).pinned(edition).values(*key):
        name = (v.figure_id, v.time_period, v.sex, v.area, v.edition)
        known = v.value is None or name in contents.facts or " + " in v.edition
        if not known and "none" not in _terms(store.manifest, [v.edition]).values():
            contents.editions.add(v.edition)
            contents.pinned[name] = v


def _take_spot(contents: _Contents, store: Store, key: Key, area: str, day: date) -> None:
    """Take what the factsheet tells of one place that a ranked list leaves out."""
    ev = evaluator(store, key[1], day)
    value = ev.one(key[0], area=area, sex=figure(key[0]).sexes[0])
    if value.value is None or "none" in _terms(store.manifest, value.edition.split(" + ")).values():
        return
    contents.spots[(value.figure_id, value.time_period, value.sex, area, value.edition)] = value


def _terms(manifest: Manifest, editions: Iterable[str]) -> dict[str, str]:
    """Return what the terms of each edition allow; the least of its files."""
    order = ("none", "cited-facts", "attribution")
    out = {}
    for edition in editions:
        found = [f.redistribution for f in manifest.of_edition(edition)]
        out[edition] = min(found, key=order.index, default="none")
    return out


def _write(
    store: Store, contents: _Contents, inside: Folder, year: int, held: Sequence[Key]
) -> None:
    folder = inside.path
    make_folders(*(folder / "store" / sub for sub in ("observations", "problems")))
    by_file: dict[str, list[CellKey]] = {}
    for cell in sorted(contents.cells):
        by_file.setdefault(cell[0], []).append(cell)
    problems = _problems_shown(store, contents.editions)
    run, behind = carried_run(store, year)
    entries = [] if run is None else [write_run(store, run, folder)]
    for f in store.manifest.files:
        if f.sha256 in by_file or f.edition in contents.editions | behind:
            entry = _copy_cells(store, f, by_file.get(f.sha256, []), folder)
            entries.append(_copy_problems(store, entry, problems, folder))
    entries = [replace(e, kept=kept(folder / "store", e)) for e in entries]
    held_here = {e.edition for e in entries}
    coverage = tuple(c for c in store.manifest.coverage if c.edition in held_here)
    write_manifest(Manifest(folder, tuple(sorted(entries, key=_by_edition)), coverage))
    facts = [contents.facts[k] for k in sorted(contents.facts)]
    spots = [contents.spots[k] for k in sorted(contents.spots)]
    index = Pack(
        year=year,
        held=frozenset(held),
        withheld={k: tuple(v) for k, v in contents.withheld.items()},
        problems={e: found for e, found in known_problems(store).items() if e in contents.editions},
        reasons=contents.reasons,
        as_of=newest_day(store),
    )
    pinned = [contents.pinned[k] for k in sorted(contents.pinned) if k not in contents.facts]
    write_pack(folder / FILE, index, facts, spots, pinned)
    inside.write("LICENSES.md", _licences(entries))
    inside.write(
        "__init__.py", '"""The embedded edition of the factsheet; written by ``sojourn pack``."""\n'
    )


def _by_edition(file: LoadedFile) -> tuple[str, str]:
    return file.edition, file.sha256


def _copy_cells(
    store: Store, file: LoadedFile, cells: Sequence[CellKey], folder: Path
) -> LoadedFile:
    carried = {c[1:] for c in cells}
    bare = replace(
        file,
        path="",
        notes=(),
        memberships="",
        problems="",
        parquet="",
        observations=0,
        corrections=tuple(c for c in file.corrections if (c.sheet, c.row, c.col) in carried),
    )
    if not cells:
        return bare
    wanted: dict[str, Any] = {
        "sheet": np.array([c[1] for c in cells], dtype=object),
        "row": np.array([c[2] for c in cells]),
        "col": np.array([c[3] for c in cells]),
    }
    store.con.register("wanted", wanted)
    store.con.execute(
        "CREATE OR REPLACE TEMP TABLE carried AS SELECT o.* FROM raw_observation o JOIN wanted w "
        'ON o.sheet = w.sheet AND o."row" = w."row" AND o.col = w.col WHERE o.file = $file '
        'ORDER BY o.sheet, o."row", o.col',
        {"file": file.sha256},
    )
    store.con.unregister("wanted")
    stem = f"{file.sha256[:24]}.parquet"
    write_parquet(store.con, "carried", folder / "store" / "observations" / stem)
    return replace(bare, parquet=stem, observations=len(cells))


def _problems_shown(store: Store, editions: Iterable[str]) -> list[tuple[Any, ...]]:
    """Return the contradictions that the factsheet lists."""
    found = store.con.execute(
        "SELECT * FROM problem ORDER BY size DESC NULLS LAST, message LIMIT 12"
    ).fetchall()
    among = set(editions)
    return [row for row in found if row[1] in among]


def _copy_problems(
    store: Store, entry: LoadedFile, shown: Sequence[tuple[Any, ...]], folder: Path
) -> LoadedFile:
    rows = [r for r in shown if r[4] == entry.sha256]
    if not rows:
        return entry
    store.con.execute("CREATE OR REPLACE TEMP TABLE carried AS SELECT * FROM problem LIMIT 0")
    store.con.executemany("INSERT INTO carried VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    stem = f"{entry.sha256[:24]}.parquet"
    write_parquet(store.con, "carried", folder / "store" / "problems" / stem)
    return replace(entry, problems=stem)


def _carried(file: LoadedFile) -> str:
    if file.dataset == FLOWS:
        return (
            f"estimates (status E), the {MOST_CORRIDORS} largest corridors and the totals of places"
        )
    return "cells" if file.redistribution == "attribution" else "cited facts"


def _licences(entries: Sequence[LoadedFile]) -> str:
    lines = [
        "# Data carried by the embedded edition",
        "",
        "Figures and cells below were taken from the publishers' files named here, each with the",
        "digest of the file it was read from. Editions marked *cited facts* reserve their rights:",
        "only figures that the factsheet prints are carried, as facts with their source.",
        "",
        "| Edition | Publisher and citation | Terms | Carried as |",
        "|---|---|---|---|",
    ]
    seen: set[str] = set()
    for f in sorted(entries, key=lambda e: e.edition):
        if f.edition not in seen:
            seen.add(f.edition)
            carried = _carried(f)
            lines.append(f"| {f.edition} | {f.citation} | {f.license} | {carried} |")
    return "\n".join(lines) + "\n"
