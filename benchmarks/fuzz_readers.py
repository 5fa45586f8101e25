"""Thousands of spoilt files against every reader: each is refused with its name, or read right.

Run with ``make bench-fuzz``; ``python benchmarks/fuzz_readers.py COUNT SEED`` repeats a run.
"""

import random
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import corruptions  # the tests' own corruptions, many more of them
from reading import read

COUNT, SEED = 2_400, 20_261_124


def main(count: int, seed: int) -> int:
    """Spoil, read, judge; return the number of files that were read wrongly."""
    rng = random.Random(seed)
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        good = [(p, p.read_bytes(), read(p)) for p in corruptions.good_files(Path(folder))]
        for number in range(count):
            path, content, reading = good[number % len(good)]
            how = corruptions.spoil(path, content, rng)
            try:
                said = corruptions.judge(path, reading)
            except Exception:  # noqa: BLE001 - a traceback is what this looks for
                said = "a traceback: " + traceback.format_exc(limit=-2)
            if said:
                failures.append(f"{number} {path.name} {how}: {said}")
            outcomes[_outcome(path)] += 1
            path.write_bytes(content)
    print(f"{count} spoilt files of {len(good)} kinds, seed {seed}")
    for name, times in outcomes.most_common():
        print(f"  {name:12} {times:6} ({times / count:.0%})")
    print(f"read wrongly: {len(failures)}")
    print("\n".join(failures[:20]))
    return len(failures)


def _outcome(path: Path) -> str:
    try:
        read(path)
    except Exception as error:  # noqa: BLE001 - counted by its name
        return type(error).__name__
    return "read"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    chosen = [int(a) for a in sys.argv[1:]]
    sys.exit(1 if main(*(chosen + [COUNT, SEED][len(chosen) :])) else 0)
