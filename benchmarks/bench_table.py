"""A table's answers from the serving table beside those from the plain view, in CPU time.

Run: python benchmarks/bench_table.py [DATA]

Without DATA, the embedded edition. The baseline is the same question to the plain view of the store's
Parquet files; the ratio is what can be compared between machines. Both are asked again and again in one
process; the least time is told. Targets: a series, a corridor and a map of a year 15 ms, every row of a country and year from the serving table 60 ms; every answer is the
same in both.
"""

import sys
import time
from pathlib import Path

from sojourn.query.opening import open_data
from sojourn.query.table import table
from sojourn.query.table_model import Table
from sojourn.store.observations import Store
from sojourn.store.serving import Serving, serving

ASKED: dict[str, dict[str, str]] = {
    "series": {"area": "DEU", "period": "1990-2020"},
    "corridor": {"area": "DEU", "origin": "SYR", "period": "2015"},
    "map": {"period": "2015"},
}
RUNS = 5


def asked(store: Store, question: dict[str, str]) -> tuple[float, Table]:
    """Return the least CPU time of an answer [ms], and the answer."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        found = table(store, "migrant_stock", **question)  # type: ignore[arg-type]
        times.append((time.process_time() - start) * 1000)
    return min(times), found


def country(built: Serving) -> float:
    """Return the least CPU time of all rows of a country and year, all origins together [ms]."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        built.rows({"ref_area": "276", "time_period": "2015", "origin": ("_T", "_Z")})
        times.append((time.process_time() - start) * 1000)
    return min(times)


def main() -> None:
    """Print both times of each question, and their ratio."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    plain, _ = open_data(data)
    plain.answers["sorted or view"] = ["observation"]
    fast, _ = open_data(data)
    with serving(fast) as built:
        if built.path is None:
            print("no serving table in a file: both ask the plain view")
        print(
            f"every measure of a country and year: {country(built):.1f} ms, from the table itself"
        )
    for name, question in ASKED.items():
        before, one = asked(plain, question)
        after, other = asked(fast, question)
        same = "the same answer" if one == other else "ANOTHER ANSWER"
        print(
            f"{name}: {after:.1f} ms, the plain view {before:.1f} ms, ratio {after / before:.2f}; {same}"
        )


if __name__ == "__main__":
    main()
