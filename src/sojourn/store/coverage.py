"""The coverage of every edition in a store: key sets, comparison with the edition before, choice.

Assessed from what is in the store and from nothing else, in the order of release: the order of
loading changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import groupby

import duckdb

from sojourn.harmonize.comparison import ColumnChange, KeyChange, largest, questions
from sojourn.harmonize.coverage import (
    EVERYTHING,
    Coverage,
    MeasureCoverage,
    SliceChange,
    far_from,
    said_of,
    short_slices,
    years_lost,
)
from sojourn.sources.frame import Frame
from sojourn.store.manifest import LoadedFile, Manifest
from sojourn.store.measures import NO_TALLIES, Tallies, measures_of
from sojourn.vocab.area import AREAS
from sojourn.vocab.indicator import indicators

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
    ordered = sorted((c for c in found if c.edition in known), key=lambda c: (c.dataset, c.vintage))
    return replace(manifest, coverage=tuple(ordered))


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
        out.append(found)
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
    base = _summary(files, measures, frame)
    reasons: list[str] = []
    short: list[tuple[str, str, str]] = []
    for part in dict.fromkeys(f.holds for f in files if f.holds not in ("", WHOLE)):
        reasons.append(f"it is declared to hold {part}")
        short.append(EVERYTHING)
    unverified = [f for f in files if f.holds != WHOLE]
    if all(f.selection and not f.states_whole for f in unverified) and any(
        f.selected_places for f in unverified
    ):
        reasons.append(f"its file holds a selection ({'; '.join(base.selection)})")
        short.append(EVERYTHING)
    if known and _parquet(manifest, known) and _parquet(manifest, files):
        base, said, gaps = _compared(con, manifest, files, known, base, frame, after=after)
        reasons += said
        short += gaps
    elif measures and not any(f.states_whole for f in files):
        places = _places(con, manifest, files)
        closed = _closed(con, manifest, files)
        if (far := far_from(frame, places)) and not closed:
            reasons.append(far)
            short.append(EVERYTHING)
    accepted = "; ".join(dict.fromkeys(f.accepted for f in files if f.accepted))
    status = ("accepted" if accepted else "partial") if reasons else "complete"
    return replace(
        base, status=status, reasons=tuple(reasons), accepted=accepted, short=tuple(short)
    )


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
    _join(con, _parquet(manifest, known), _parquet(manifest, files))
    slices = _slices(con)
    allowed = replace(frame, keys_lost=_LATER, total_lost=_LATER) if after else frame
    gaps = list(short_slices(slices, allowed))
    reasons = list(said_of(slices, allowed, before))
    if not after:
        lost = years_lost(_periods(con, "b"), _periods(con, "a"), frame)
        if lost:
            listed = ", ".join(lost[:4]) + (f" and {len(lost) - 4} more" if len(lost) > 4 else "")
            reasons.append(f"lacks {listed}, which {before} holds")
    found = replace(
        base,
        compared_with=before,
        lost=sum(s.lost for s in slices),
        new=sum(s.new for s in slices),
        changes=tuple(str(c) for c in _largest(con)),
        questions=() if after else questions(_columns(con), before, _moves(con)),
    )
    con.execute("DROP TABLE a; DROP TABLE b; DROP TABLE both_sides")
    return found, reasons, gaps


def _parquet(manifest: Manifest, files: Sequence[LoadedFile]) -> list[str]:
    folder = manifest.root / "store" / "observations"
    return [str(folder / f.parquet) for f in files if f.parquet]


_PARTS = ", ".join(
    f"'{a.area_id}'"
    for a in sorted(AREAS.values(), key=lambda a: a.area_id)
    if a.kind in ("country", "historical", "residual")
)


#: Aggregates but the world: their members differ by edition, and their parts are compared anyway.
_GROUPS = ", ".join(
    f"'{a.area_id}'"
    for a in sorted(AREAS.values(), key=lambda a: a.area_id)
    if a.kind not in ("country", "historical", "residual") and a.area_id != "900"
)
#: What cannot be added: only keys are counted.
_RATES = ", ".join(f"'{i.id}'" for i in indicators().values() if i.kind == "rate")


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


_KEY = "indicator, ref_area, origin, destination, sex, age, time_period, said"


def _join(con: duckdb.DuckDBPyConnection, before: list[str], now: list[str]) -> None:
    """Lay two editions side by side by key: ``a`` is the one before, ``b`` this one."""
    for name, paths in (("a", before), ("b", now)):
        con.execute(
            f"CREATE OR REPLACE TABLE {name} AS SELECT indicator, ref_area, origin, destination, sex, "  # noqa: S608
            "age, time_period, regexp_replace(detail, '(;|^)(row|part|repeat|contradiction)=[0-9]+', '') "
            "AS said, sum(obs_value * pow(10, unit_mult)) AS value, min(file) AS file, "
            'min(sheet) AS sheet, min("row") AS line '
            "FROM read_parquet($paths) WHERE obs_value <> 0 "
            f"AND ref_area NOT IN ({_GROUPS}) AND origin NOT IN ({_GROUPS}) GROUP BY ALL",
            {"paths": paths},
        )
    con.execute(
        f"CREATE OR REPLACE TABLE both_sides AS SELECT {_KEY}, a.value AS before, b.value AS after "  # noqa: S608
        f"FROM a FULL JOIN b USING ({_KEY}) "
        "WHERE (indicator, time_period) IN (SELECT DISTINCT indicator, time_period FROM a) "
        "AND (indicator, time_period) IN (SELECT DISTINCT indicator, time_period FROM b)"
    )


def _slices(con: duckdb.DuckDBPyConnection) -> list[SliceChange]:
    adds = f"indicator NOT IN ({_RATES})"
    rows = con.execute(
        "SELECT indicator, origin NOT IN ('_T', '_Z') AS by_origin, time_period, count(after), "  # noqa: S608 - ids
        "count(before), count(*) FILTER (after IS NULL), count(*) FILTER (before IS NULL), "
        f"coalesce(sum(after), 0), coalesce(sum(abs(before)) FILTER ({adds}), 0), "
        f"coalesce(sum(abs(before)) FILTER ({adds} AND after IS NULL), 0) "
        "FROM both_sides GROUP BY ALL HAVING count(before) > 0 ORDER BY 1, 2, 3"
    ).fetchall()
    names = tuple(SliceChange.__dataclass_fields__)
    return [SliceChange(**dict(zip(names, row, strict=True))) for row in rows]


def _periods(con: duckdb.DuckDBPyConnection, side: str) -> set[str]:
    rows = con.execute(f"SELECT DISTINCT time_period FROM {side}").fetchall()  # noqa: S608 - a or b
    return {period for (period,) in rows}


def _largest(con: duckdb.DuckDBPyConnection) -> tuple[KeyChange, ...]:
    rows = con.execute(
        "SELECT indicator, ref_area, origin, sex, time_period, before, after FROM both_sides "
        "WHERE before IS DISTINCT FROM after "
        "ORDER BY abs(coalesce(after, 0) - coalesce(before, 0)) DESC, 1, 2, 3, 4, 5 LIMIT 10"
    ).fetchall()
    names = tuple(KeyChange.__dataclass_fields__)
    return largest([KeyChange(**dict(zip(names, row, strict=True))) for row in rows])


_COLUMN = "indicator, sex, time_period"


def _columns(con: duckdb.DuckDBPyConnection) -> list[ColumnChange]:
    """Return the columns of which much has changed, with what would explain it."""
    con.execute(
        f"CREATE OR REPLACE TABLE moved AS SELECT {_COLUMN}, count(*) AS keys, "  # noqa: S608
        "count(*) FILTER (before <> after) AS changed, "
        "median(after / before) FILTER (before <> after) AS ratio, "
        "sum(after) AS total, sum(before) AS total_before FROM both_sides "
        "WHERE before IS NOT NULL AND after IS NOT NULL GROUP BY ALL HAVING changed > 0"
    )
    rows = con.execute(_EXPLAINED).fetchall()
    con.execute("DROP TABLE moved")
    names = (
        "indicator",
        "sex",
        "period",
        "keys",
        "changed",
        "ratio",
        "total",
        "total_before",
        "spread",
        "same_as",
        "same_share",
        "displaced",
    )
    return [ColumnChange(**dict(zip(names, row, strict=True))) for row in rows]


_EXPLAINED = f"""
WITH changed AS (
  SELECT s.* FROM both_sides s JOIN moved USING ({_COLUMN})
  WHERE before <> after),
spread AS (
  SELECT {_COLUMN}, avg((abs(after / before / ratio - 1) < 0.01)::INTEGER) AS spread
  FROM changed JOIN moved USING ({_COLUMN}) GROUP BY ALL),
big AS (SELECT {_COLUMN}, changed AS n FROM moved WHERE changed >= 4 AND changed >= 0.5 * keys),
twin AS (
  SELECT c.indicator, c.sex, c.time_period, a.indicator || ' ' || a.time_period || CASE WHEN a.sex = '_T' THEN '' ELSE ' (' || a.sex || ')' END AS same_as,
    count(*) / any_value(n) AS same_share
  FROM changed c JOIN big USING ({_COLUMN})
  JOIN a ON a.ref_area = c.ref_area AND a.origin = c.origin AND a.destination = c.destination AND a.age = c.age AND a.value = c.after
    AND (a.indicator, a.sex, a.time_period) <> (c.indicator, c.sex, c.time_period)
  GROUP BY ALL),
best AS (SELECT {_COLUMN}, max_by(same_as, same_share) AS same_as, max(same_share) AS same_share FROM twin GROUP BY ALL),
elsewhere AS (
  SELECT {_COLUMN}, count(*) / any_value(n) AS displaced FROM changed c JOIN big USING ({_COLUMN})
  WHERE EXISTS (SELECT 1 FROM a WHERE a.indicator = c.indicator AND a.sex = c.sex AND a.time_period = c.time_period AND a.value = c.after)
  GROUP BY ALL)
SELECT {_COLUMN}, keys, changed, ratio, total, total_before, coalesce(spread, 0), coalesce(same_as, ''), coalesce(same_share, 0), coalesce(displaced, 0)
FROM moved LEFT JOIN spread USING ({_COLUMN}) LEFT JOIN best USING ({_COLUMN}) LEFT JOIN elsewhere USING ({_COLUMN})
ORDER BY abs(total - total_before) DESC, 1, 2, 3
"""  # noqa: S608 - constants only


def _moves(con: duckdb.DuckDBPyConnection) -> float:
    """Return the largest relative step of a total from one period to the next in the edition before."""
    [(most,)] = con.execute(
        "WITH t AS (SELECT indicator, sex, time_period, sum(value) AS total FROM a GROUP BY ALL) "
        "SELECT max(abs(total / earlier - 1)) FROM (SELECT total, lag(total) OVER "
        "(PARTITION BY indicator, sex ORDER BY time_period) AS earlier FROM t) WHERE earlier > 0"
    ).fetchall()
    return float(most or 0.0)
