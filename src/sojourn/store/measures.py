"""The key sets of an edition, by measure: from what was counted at loading, else from its files."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import duckdb

from sojourn.store.covered import MeasureCoverage
from sojourn.store.facts import Tally
from sojourn.store.manifest import LoadedFile

#: What files hold of each indicator, by digest.
Tallies = Mapping[str, Mapping[str, Tally]]
NO_TALLIES: Tallies = MappingProxyType({})


def measures_of(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[LoadedFile],
    paths: Sequence[str],
    tallies: Tallies,
) -> tuple[MeasureCoverage, ...]:
    """Return the key sets of an edition, by indicator.

    Parameters
    ----------
    files, paths : sequences
        Its files, and where the Parquet files of those with observations lie.
    """
    counted = [tallies.get(f.sha256) for f in files if f.parquet]
    known = [c for c in counted if c is not None]
    if len(known) == len(counted):
        return _counted(known)
    return _asked(con, paths)


def _asked(con: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> tuple[MeasureCoverage, ...]:
    """Return the same from Parquet files of ours."""
    rows = con.execute(
        "SELECT indicator, sum(n)::BIGINT, count(DISTINCT ref_area), count(DISTINCT origin), "
        "count(DISTINCT time_period), min(time_period), max(time_period), list(DISTINCT sex ORDER BY sex) "
        "FROM (SELECT indicator, ref_area, origin, time_period, sex, count(*) AS n "
        "FROM read_parquet($paths) GROUP BY ALL) GROUP BY indicator ORDER BY indicator",
        {"paths": list(paths)},
    ).fetchall()
    return tuple(
        MeasureCoverage(
            indicator=i, keys=n, places=p, origins=o, periods=t, first=a, last=z, sexes=tuple(s)
        )
        for i, n, p, o, t, a, z, s in rows
    )


def _counted(files: Sequence[Mapping[str, Tally]]) -> tuple[MeasureCoverage, ...]:
    """Return the key sets of an edition from what was counted of each of its files."""
    whole: dict[str, Tally] = {}
    for indicator, tally in (pair for tallies in files for pair in tallies.items()):
        whole.setdefault(indicator, Tally()).add(tally)
    return tuple(
        MeasureCoverage(
            indicator=indicator,
            keys=t.keys,
            places=len(t.words["ref_area"]),
            origins=len(t.words["origin"]),
            periods=len(t.words["time_period"]),
            first=min(t.words["time_period"]),
            last=max(t.words["time_period"]),
            sexes=tuple(sorted(t.words["sex"])),
        )
        for indicator, t in sorted(whole.items())
    )
