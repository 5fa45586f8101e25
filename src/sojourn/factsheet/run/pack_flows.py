"""The kept flow estimates that an embedded edition carries: one interval, its largest corridors.

Estimates are ours; what they rest on is not. A run is carried where the terms of every edition that
it was estimated from allow it, and those editions stand in the manifest beside it.
"""

from dataclasses import replace
from pathlib import Path

from sojourn.flows.run.kept_names import kept_run
from sojourn.store.manifest import LoadedFile
from sojourn.store.observations import Store, write_parquet

#: Corridors that are carried, from the largest; of every place, all that arrive and all that leave.
MOST_CORRIDORS = 500
WORLD, FLOWS = "900", "sojourn.flows"
_SHARED = (
    "dataflow",
    "indicator",
    "sex",
    "age",
    "time_period",
    "criterion",
    "detail",
    "unit_measure",
    "unit_mult",
    "obs_status",
    "edition",
    "file",
    "sheet",
)


_TOTAL = (
    f"SELECT {', '.join(f'any_value({name}) AS {name}' for name in _SHARED)}, "
    "NULL::DOUBLE AS lower, NULL::DOUBLE AS upper, sum(obs_value) AS obs_value, "
    "any_value(comment) || '; sum of ' || count(*) || ' corridors of the whole run' AS comment, "
)
_TOTALS = f"""
{_TOTAL} ref_area, '_T' AS origin, ref_area AS destination, any_value(col) AS col,
    (SELECT max(col) + 1 FROM run) AS "row" FROM run GROUP BY ref_area
UNION ALL BY NAME
{_TOTAL} '{WORLD}' AS ref_area, origin, '{WORLD}' AS destination, any_value("row") AS "row",
    (SELECT max(col) + 1 FROM run) AS col FROM run GROUP BY origin
UNION ALL BY NAME
{_TOTAL} '{WORLD}' AS ref_area, '_T' AS origin, '{WORLD}' AS destination,
    max("row") + 1 AS "row", max(col) + 1 AS col FROM run
"""  # noqa: S608 - constants


def carried_run(store: Store, year: int) -> tuple[LoadedFile | None, frozenset[str]]:
    """Return the kept run whose interval ends in a year, and the editions that it rests on.

    Their terms must all allow them to be handed on. Of several runs the newest by the default
    method, with bounds where one has them.
    """
    found = []
    for file in store.manifest.files:
        run = kept_run(file)
        if run is None or run.end != year or run.choices:
            continue
        terms = {f.redistribution for e in run.inputs for f in store.manifest.of_edition(e)}
        if terms == {"attribution"}:
            ((bounds,),) = store.con.execute(
                "SELECT count(lower) > 0 FROM raw_observation WHERE file = $f", {"f": file.sha256}
            ).fetchall()
            found.append((file.vintage, bounds, file.edition, file, frozenset(run.inputs)))
    return max(found, key=lambda one: one[:3])[3:] if found else (None, frozenset())


def write_run(store: Store, run: LoadedFile, folder: Path) -> LoadedFile:
    """Write what of a run is carried; return its entry in the manifest.

    The row of all origins of a place, and the row of all destinations, are sums over the whole run:
    they are made here, since nothing is summed from a part of a table. A sum has no bounds.
    """
    store.con.execute(
        "CREATE OR REPLACE TEMP TABLE run AS SELECT * FROM raw_observation "
        "WHERE file = $file AND indicator = 'migration_flow'",
        {"file": run.sha256},
    )
    store.con.execute(
        "CREATE OR REPLACE TEMP TABLE carried AS SELECT * FROM run LIMIT 0; "  # noqa: S608 - constants
        'INSERT INTO carried BY NAME SELECT * FROM run ORDER BY obs_value DESC, "row", col '
        f"LIMIT {MOST_CORRIDORS}; INSERT INTO carried BY NAME {_TOTALS}"
    )
    store.con.execute(
        "UPDATE carried SET obs_value = round(obs_value), lower = round(lower), upper = round(upper), "
        "comment = comment || '; in whole persons'"
    )
    stem = f"{run.sha256[:24]}.parquet"
    write_parquet(
        store.con,
        '(SELECT * FROM carried ORDER BY "row", col)',
        folder / "store" / "observations" / stem,
    )
    ((count,),) = store.con.execute("SELECT count(*) FROM carried").fetchall()
    return replace(run, path="", parquet=stem, observations=count, redistribution="attribution")
