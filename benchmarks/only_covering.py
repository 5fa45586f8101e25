"""Run the tests that reach the line in which a copy of the package was broken.

    python benchmarks/only_covering.py PRISTINE DATA TIMES TESTS...

PRISTINE is the unbroken package, DATA the coverage of one whole run with a context for each test,
TIMES the JUnit report of that run. The quickest tests come first, the run ends at the first that
fails. A line that no test reaches by itself (it runs when the module is imported) is held against
all of them, and against TESTS where a run has none.
"""

import filecmp
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from coverage import CoverageData

PYTEST = ("-m", "pytest", "-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider")


def broken(pristine: Path) -> tuple[Path, int]:
    """Return the module that differs from its pristine twin, and the first line that does."""
    for one in sorted(Path("src").rglob("*.py")):
        twin = pristine / one
        if not filecmp.cmp(one, twin, shallow=False):
            was, is_now = twin.read_text("utf-8").splitlines(), one.read_text("utf-8").splitlines()
            pairs = zip(was, is_now, strict=False)
            first = next((n for n, (a, b) in enumerate(pairs, 1) if a != b), len(was))
            return one, first
    sys.exit("nothing is broken")


def reaching(data: CoverageData, module: Path, line: int) -> set[str]:
    """Return the tests that ran the statement of a line (it may start some lines above)."""
    by_line = data.contexts_by_lineno(str(module.resolve()))
    starts = [n for n in by_line if n <= line]
    found = by_line[max(starts)] if starts else []
    return {c.rpartition("|")[0] for c in found if c}


def seconds(times: Path) -> dict[str, float]:
    """Return how long each test took, by the end of its node identity."""
    cases = ElementTree.parse(times).getroot().iter("testcase")
    return {c.get("name", ""): float(c.get("time", "0")) for c in cases}


def main() -> int:
    """Run what reaches the broken line; the exit code is pytest's."""
    pristine, stored, times, *tests = sys.argv[1:]
    data = CoverageData(stored)
    data.read()
    every = {c.rpartition("|")[0] for c in data.measured_contexts() if c}
    found = reaching(data, *broken(Path(pristine))) or every
    took = seconds(Path(times))
    chosen = sorted(found, key=lambda node: took.get(node.rpartition("::")[2], 0.0))
    there = {**os.environ, "PYTHONHASHSEED": "0"}
    return subprocess.run([sys.executable, *PYTEST, *(chosen or tests)], env=there).returncode


if __name__ == "__main__":
    sys.exit(main())
