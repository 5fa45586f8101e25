"""Loading publishers' files, beside only reading them with pandas: calamine and openpyxl.

The baselines read every sheet of every workbook and every text file into data frames, and no more:
they recognise nothing, check nothing and keep no address. Ours opens, recognises, reads, codes,
checks and stores. All three run after each other in processes of their own; what counts is CPU
time (user and system, with imports), since a shared machine makes seconds of the clock worthless.

Run: python benchmarks/bench_load.py DIR_WITH_PUBLISHER_FILES
"""

import compileall
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

#: Publishers whose files were there when the target was set.
PARTS = ("undesa", "unhcr", "idmc", "eurostat", "iom", "who", "worldbank", "wpp")
TARGET, TARGET_MB = 1.6, 600
READ = """
import sys
from pathlib import Path
import pandas as pd
engine, cells = sys.argv[1], 0
for path in map(Path, sys.argv[2:]):
    if path.suffix in (".xlsx", ".xls"):
        own = engine if path.suffix == ".xlsx" else "calamine"  # openpyxl reads no .xls
        try:
            frames = pd.read_excel(path, sheet_name=None, header=None, engine=own)
        except TypeError:  # openpyxl refuses the styles of one publisher
            frames = pd.read_excel(path, sheet_name=None, header=None, engine="calamine")
        cells += sum(f.size for f in frames.values())
    elif path.suffix in (".csv", ".txt", ".tsv"):
        lines = path.read_bytes().splitlines()
        by = max(b",;\t", key=lambda c: sum(line.count(c) for line in lines[:50]))
        width = 1 + max((line.count(by) for line in lines), default=0)  # a preamble is narrower
        frame = pd.read_csv(path, header=None, names=range(width), sep=chr(by), encoding_errors="replace")
        cells += frame.size
print(cells)
"""
OURS = """
import sys
from pathlib import Path
import sojourn
report = sojourn.load([Path(p) for p in sys.argv[2:]], sys.argv[1])
print(sum(o.observations for o in report.outcomes))
"""
OPEN = "import sys, sojourn; sojourn.open(sys.argv[1]); print(0)"


@dataclass(frozen=True)
class Spent:
    """CPU seconds, peak memory in megabytes, and what was counted."""

    seconds: float
    megabytes: float
    count: int


def spent(code: str, *arguments: str) -> Spent:
    """Run a program in a process of its own; return what it took."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code, *arguments], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        said = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"failed: {code}")
    return Spent(
        used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, int(said.strip().splitlines()[-1])
    )


def main() -> None:
    """Print CPU, memory and count of each, and the ratios."""
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_dir():
        print("skipped: name a folder of publishers' files")
        return
    import sojourn

    compileall.compile_dir(Path(sojourn.__file__).parent, quiet=1)
    parts = [Path(sys.argv[1]) / p for p in PARTS]
    paths = [str(p) for part in parts for p in sorted(part.rglob("*")) if p.is_file()]
    folders = [str(p) for p in parts if p.is_dir()]
    calamine = spent(READ, "calamine", *paths)
    with tempfile.TemporaryDirectory() as made:
        data = str(Path(made) / "data")
        ours = spent(OURS, data, *folders)
        opened = sorted(spent(OPEN, data).seconds for _ in range(5))[2]
    openpyxl = spent(READ, "openpyxl", *paths)
    print(f"{len(paths)} files, CPU seconds with imports, peak memory")
    print(
        f"pandas + calamine, read only {calamine.seconds:6.1f} s {calamine.megabytes:6.0f} MB {calamine.count:>10,} cells"
    )
    print(
        f"pandas + openpyxl, read only {openpyxl.seconds:6.1f} s {openpyxl.megabytes:6.0f} MB {openpyxl.count:>10,} cells"
    )
    print(
        f"ours, with all contracts     {ours.seconds:6.1f} s {ours.megabytes:6.0f} MB {ours.count:>10,} observations"
    )
    print(
        f"ours / calamine {ours.seconds / calamine.seconds:.2f} (target {TARGET}), ours / openpyxl "
        f"{ours.seconds / openpyxl.seconds:.2f}, memory target {TARGET_MB} MB, "
        f"sojourn.open {opened:.2f} s (median of five)"
    )


if __name__ == "__main__":
    main()
