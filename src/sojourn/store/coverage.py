"""The coverage of every edition in a store: key sets, comparison with the edition before, choice.

Assessed from what is in the store and from nothing else, in the order of release: the order of
loading changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import groupby

import duckdb

from sojourn.errors import counted
from sojourn.harmonize.comparison import questions
from sojourn.harmonize.world_totals import far_from_references
from sojourn.sources.frame import Frame
from sojourn.store.accounted import not_accounted
from sojourn.store.covered import (
    EVERYTHING,
    Coverage,
    MeasureCoverage,
    as_short,
    far_from,
    said_of,
    short_slices,
    years_lost,
)
from sojourn.store.manifest import LoadedFile, Manifest
from sojourn.store.measures import NO_TALLIES, Tallies, measures_of
from sojourn.store.side_by_side import (
    columns,
    largest_changes,
    lay,
    moves,
    only_now,
    periods,
    slices,
    take_away,
    told,
)
from sojourn.store.world_sums import world_sums
from sojourn.vocab.area import AREAS

#: Datasets that this package computes; no publisher can have cut them.
COMPUTED = "sojourn."
#: As ``holds`` of a file: its declaration vouches for the whole table.
WHOLE = "whole"
#: Where an edition has no whole one before it, only a loss of this size against a later one tells.
_LATER = 0.5


def assess(
    manifest: Manifest,
    frames: Mapping[str, Frame],
    datasets: Collection[str] | None = None,
    tallies: Tallies = NO_TALLIES,
) -> Manifest:
    """Return the manifest with the coverage of its editions.

    Parameters
    ----------
    frames : mapping of str to Frame
        What is declared of each dataset.
    datasets : collection of str, optional
        Assess the editions of these only, and keep what is known of the others.
    tallies : mapping of str to mapping, optional
        What files hold of each indicator, by digest, where that was counted when they were read.
    """
    kept = [c for c in manifest.coverage if datasets is not None and c.dataset not in datasets]
    files = sorted(
        (
            f
            for f in manifest.files
            if (datasets is None or f.dataset in datasets) and not f.dataset.startswith(COMPUTED)
        ),
        key=lambda f: (f.dataset, f.vintage, f.sha256),
    )
    found = list(kept)
    with closing(duckdb.connect(":memory:")) as con:
        con.execute("SET threads = 1")  # an edition is small: threads cost more than they give
        for dataset, group in groupby(files, key=lambda f: f.dataset):
            found += _dataset(con, manifest, list(group), frames.get(dataset, Frame()), tallies)
    known = {f.edition for f in manifest.files}
    doubts = {c.edition: c.doubt for c in found}
    marked = tuple(replace(f, doubt=doubts.get(f.edition, "")) for f in manifest.files)
    ordered = sorted((c for c in found if c.edition in known), key=lambda c: (c.dataset, c.vintage))
    return replace(manifest, files=marked, coverage=tuple(ordered))


def _dataset(
    con: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    files: list[LoadedFile],
    frame: Frame,
    tallies: Tallies,
) -> list[Coverage]:
    editions = [list(g) for _, g in groupby(files, key=lambda f: (f.vintage, f.edition))]
    out: list[Coverage] = []
    whole: list[LoadedFile] = []  # files of the newest complete edition so far
    later = [e for e in editions if _vouched(e)]
    for edition in editions:
        measures = measures_of(con, edition, _parquet(manifest, edition), tallies)
        if _vouched(edition):
            found = _summary(edition, measures, frame)
        else:
            known = whole or next((e for e in later if e[0].vintage > edition[0].vintage), [])
            found = _judged(con, manifest, edition, known, measures, frame, after=not whole)
        open_ = not_accounted(con, _parquet(manifest, edition), [m.indicator for m in measures])
        out.append(replace(found, told=(*found.told, *open_)))
        if found.status != "partial":
            whole = edition
    return out


def _vouched(files: Sequence[LoadedFile]) -> bool:
    """Whether every file of an edition is declared to be whole."""
    return all(f.holds == WHOLE for f in files)


def _summary(
    files: Sequence[LoadedFile], measures: tuple[MeasureCoverage, ...], frame: Frame
) -> Coverage:
    """Return the coverage of an edition that nothing speaks against."""
    first = files[0]
    until = min((f.until for f in files if f.until), default="")
    if not until and frame.grows and first.basis != "coverage":
        until = first.vintage
    return Coverage(
        edition=first.edition,
        dataset=first.dataset,
        vintage=first.vintage,
        status="complete",
        selection=tuple(dict.fromkeys(line for f in files for line in f.selection)),
        until=until,
        measures=measures,
    )


def _judged(
    con: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    files: Sequence[LoadedFile],
    known: Sequence[LoadedFile],
    measures: tuple[MeasureCoverage, ...],
    frame: Frame,
    *,
    after: bool,
) -> Coverage:
    """Return the coverage of an edition that no declaration vouches for."""
    compares = bool(known and _parquet(manifest, known) and _parquet(manifest, files))
    base, reasons = _of_itself(_summary(files, measures, frame), files, compares=compares)
    short = [EVERYTHING] * len(reasons)
    if compares:
        base, said, gaps = _compared(con, manifest, files, known, base, frame, after=after)
        reasons += said
        short += gaps
    elif measures:
        places = _places(con, manifest, files)
        far = far_from(frame, places)
        if far and not _closed(con, manifest, files):
            if places > 1 and not reasons and any(f.states_whole for f in files):
                far = f"says that nothing was selected, and {far}"
                base = replace(base, questions=base.questions or (far,))
            else:
                reasons.append(far)
                short.append(EVERYTHING)
        if not reasons and (open_ := _open_world(con, manifest, files)):
            reasons.append(open_)
            short.append(EVERYTHING)
    if measures and not base.questions:
        sums = world_sums(con, _parquet(manifest, files), base.until)
        held = [replace(x, whole=x.whole and not reasons) for x in sums]
        base = replace(base, questions=far_from_references(held))
    accepted = "; ".join(dict.fromkeys(f.accepted for f in files if f.accepted))
    status = ("accepted" if accepted else "partial") if reasons else "complete"
    return replace(
        base, status=status, reasons=tuple(reasons), accepted=accepted, short=tuple(short)
    )


def _of_itself(
    base: Coverage, files: Sequence[LoadedFile], *, compares: bool
) -> tuple[Coverage, list[str]]:
    """Return the coverage with what must be asked of its files, and why they are a part.

    ``compares``: the store holds another edition to compare with, which tells more than what is
    declared of another one.
    """
    parts = dict.fromkeys(f.holds for f in files if f.holds not in ("", WHOLE))
    reasons = [f"it is declared to hold {'a part' if part == 'part' else part}" for part in parts]
    asked, lacking = _lacking(files, itself=compares)
    reasons += lacking
    unverified = [f for f in files if f.holds != WHOLE]
    if all(f.selection and not f.states_whole for f in unverified) and any(
        f.selected_places for f in unverified
    ):
        reasons.append(f"its file holds a selection ({'; '.join(base.selection)})")
    return replace(base, questions=asked), reasons


def _lacking(files: Sequence[LoadedFile], *, itself: bool) -> tuple[tuple[str, ...], list[str]]:
    """Return what the files of an edition lack of the declared ones: to ask, and to judge by.

    A file that says that nothing was selected is asked about; any other is a part. With ``itself``
    only the declared files of their own edition count.
    """
    if any(f.verified for f in files):
        return (), []  # the declared file is there: the others add to it
    lacking = [f for f in files if f.shortfall and (not itself or f.edition in f.shortfall)]
    asked = (
        f"says that nothing was selected, and {f.shortfall}" for f in lacking if f.states_whole
    )
    judged = (f.shortfall for f in lacking if not f.states_whole)
    return tuple(dict.fromkeys(asked)), list(dict.fromkeys(judged))


def _compared(
    con: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    files: Sequence[LoadedFile],
    known: Sequence[LoadedFile],
    base: Coverage,
    frame: Frame,
    *,
    after: bool,
) -> tuple[Coverage, list[str], list[tuple[str, str, str]]]:
    """Return the coverage with its comparison, why it is partial, and its slices that are short."""
    before = known[0].edition
    lay(con, _parquet(manifest, known), _parquet(manifest, files))
    found_slices = slices(con)
    allowed = replace(frame, keys_lost=_LATER, total_lost=_LATER) if after else frame
    gaps = [*short_slices(found_slices, allowed), *as_short(only_now(con), found_slices)]
    reasons = list(said_of(found_slices, allowed, before))
    lost = () if after else years_lost(periods(con, "b"), periods(con, "a"), frame)
    if lost:
        listed = ", ".join(lost[:4]) + (f" and {len(lost) - 4} more" if len(lost) > 4 else "")
        reasons.append(f"lacks {listed}, which {before} holds")
    found = replace(
        base,
        compared_with=before,
        lost=sum(s.lost for s in found_slices),
        new=sum(s.new for s in found_slices),
        changes=tuple(str(c) for c in largest_changes(con)),
        questions=base.questions + (() if after else questions(columns(con), before, moves(con))),
        told=() if after else told(con, before, periods_told=bool(lost)),
    )
    take_away(con)
    return found, reasons, gaps


def _parquet(manifest: Manifest, files: Sequence[LoadedFile]) -> list[str]:
    folder = manifest.root / "store" / "observations"
    return [str(folder / f.parquet) for f in files if f.parquet]


_PARTS = ", ".join(
    f"'{a.area_id}'"
    for a in sorted(AREAS.values(), key=lambda a: a.area_id)
    if a.kind in ("country", "historical", "residual")
)


def _places(con: duckdb.DuckDBPyConnection, manifest: Manifest, files: Sequence[LoadedFile]) -> int:
    """Return how many countries and areas report in an edition, or are named by its events."""
    [(count,)] = con.execute(
        f"SELECT count(DISTINCT ref_area) FROM read_parquet($paths) WHERE ref_area IN ({_PARTS})",  # noqa: S608 - codes
        {"paths": _parquet(manifest, files)},
    ).fetchall()
    return int(count)


def _closed(
    con: duckdb.DuckDBPyConnection, manifest: Manifest, files: Sequence[LoadedFile]
) -> bool:
    """Whether the edition prints a world, and its countries are that world."""
    [(worlds, open_)] = con.execute(
        "WITH x AS (SELECT indicator, origin, sex, age, time_period, "  # noqa: S608 - codes only
        "max(obs_value) FILTER (ref_area = '900') AS world, "
        f"sum(obs_value) FILTER (ref_area IN ({_PARTS})) AS parts FROM read_parquet($paths) "
        "WHERE unit_measure = 'PERSONS' GROUP BY ALL) "
        "SELECT count(*), count(*) FILTER (parts IS NULL OR abs(parts / world - 1) > 0.005) "
        "FROM x WHERE world > 0",
        {"paths": _parquet(manifest, files)},
    ).fetchall()
    return bool(worlds) and not open_


#: Share of a printed world that its countries make up at least, where all of them are there.
_MOST_OF = 0.9


def _open_world(
    con: duckdb.DuckDBPyConnection, manifest: Manifest, files: Sequence[LoadedFile]
) -> str:
    """Return the world that an edition prints far above the sum of its countries; empty for none."""
    found = con.execute(
        "WITH x AS (SELECT indicator, time_period, max(obs_value) FILTER (ref_area = '900') AS world, "  # noqa: S608 - codes only
        f"sum(obs_value) FILTER (ref_area IN ({_PARTS})) AS parts, "
        f"count(DISTINCT ref_area) FILTER (ref_area IN ({_PARTS})) AS places, any_value(unit_mult) AS mult "
        "FROM read_parquet($paths) WHERE unit_measure = 'PERSONS' GROUP BY indicator, time_period, origin, sex, age, detail) "
        f"SELECT indicator, time_period, world * pow(10, mult), parts * pow(10, mult), places FROM x "
        f"WHERE world > 0 AND parts < {_MOST_OF} * world ORDER BY parts / world, indicator, time_period LIMIT 1",
        {"paths": _parquet(manifest, files)},
    ).fetchall()
    if not found:
        return ""
    [(indicator, period, world, parts, places)] = found
    return (
        f"its world reads {world:,.0f} for {indicator} {period}, its {counted(places, 'country or area', 'countries and areas')} "
        f"sum to {parts:,.0f}"
    )
