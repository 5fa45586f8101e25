"""Loading the area tables and resolving 100,000 labels, against pandas in the same run.

python benchmarks/bench_areas.py
"""

import statistics
import subprocess
import sys
from pathlib import Path

import sojourn.vocab as vocab

FOLDER = Path(vocab.__file__).parent
OURS = """
from time import perf_counter
start = perf_counter()
from sojourn.vocab.area import AREAS, resolve
len(AREAS), resolve("France", publisher="undesa")
print(perf_counter() - start)
"""
BASELINE = f"""
from time import perf_counter
start = perf_counter()
import pandas as pd
areas = pd.read_csv(r"{FOLDER / "areas.csv"}", dtype=str, keep_default_na=False)
aliases = pd.read_csv(r"{FOLDER / "aliases.csv"}", dtype=str, keep_default_na=False)
areas.set_index("area_id"), aliases.set_index("alias")
print(perf_counter() - start)
"""
MANY = """
from time import perf_counter
from random import Random
from sojourn.vocab.area import AREAS, resolve_many
names = [a.names["en"] for a in AREAS.values() if a.kind == "country"]
labels = Random(2015).choices(names, k=100_000)
resolve_many(labels[:1], publisher="unhcr")
start = perf_counter()
resolve_many(labels, publisher="unhcr")
print(perf_counter() - start)
"""


def seconds(program: str, runs: int = 7) -> float:
    """Median of what a fresh process prints."""
    found = [
        float(
            subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
        )
        for _ in range(runs)
    ]
    return statistics.median(found)


if __name__ == "__main__":
    ours, baseline, many = seconds(OURS), seconds(BASELINE), seconds(MANY)
    print(
        f"area tables, first use, imports included: {ours * 1e3:.1f} ms; pandas.read_csv: {baseline * 1e3:.1f} ms"
    )
    print(f"ratio to pandas: {baseline / ours:.1f}x")
    print(f"100,000 labels resolved in {many * 1e3:.1f} ms")
