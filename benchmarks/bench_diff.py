"""Two full editions of the bilateral stock compared, beside pandas merging the same observations.

The baseline asks the store for the two editions and merges them in pandas on the same key. Ours
also classifies each change and finds the cells of the largest. Needs a data directory with two
editions of undesa.ims-od.

Run: python benchmarks/bench_diff.py DATA
"""

import os
import sys
import time

import sojourn
from sojourn.query.diff import diff

KEY = ["indicator", "ref_area", "origin", "destination", "sex", "age", "time_period", "detail"]


def baseline(where: str, editions: tuple[str, str]) -> tuple[float, int]:
    """Return seconds and changed numbers of a pandas merge."""
    begin = time.perf_counter()
    data = sojourn.open(where)
    columns = ", ".join([*KEY, "obs_value"])
    sides = [
        data.sql(f"SELECT {columns} FROM observation WHERE edition = '{e}'")
        .df()
        .drop_duplicates(KEY)
        for e in editions
    ]
    merged = sides[0].merge(sides[1], on=KEY, how="outer", suffixes=("_before", "_after"))
    before, after = merged["obs_value_before"], merged["obs_value_after"]
    changed = (before != after) & ~(before.isna() & after.isna())
    return time.perf_counter() - begin, int(changed.sum())


def main() -> None:
    """Print both times and their ratio."""
    where = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SOJOURN_DATA", "")
    if not where:
        print("bench_diff: name a data directory (or SOJOURN_DATA) with two editions; skipped")
        return
    data = sojourn.open(where)
    held = sorted({f.edition for f in data.store.manifest.files if f.dataset == "undesa.ims-od"})
    if len(held) < 2:
        print("bench_diff: fewer than two editions of undesa.ims-od in this directory; skipped")
        return
    old, new = held[0], held[-1]
    begin = time.perf_counter()
    found = diff(sojourn.open(where).store, old, new)
    ours = time.perf_counter() - begin
    theirs, changed = baseline(where, (old, new))
    total = found.unchanged + sum(found.counts.values())
    print(f"{old} → {new}: {total:,} numbers, {sum(found.counts.values()):,} changed")
    print(
        f"sojourn {ours:.2f} s; pandas merge {theirs:.2f} s ({changed:,} changed); ratio {theirs / ours:.1f}x"
    )


if __name__ == "__main__":
    main()
