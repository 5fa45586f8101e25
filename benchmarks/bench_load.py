"""Loading publishers' files, beside reading the same files with openpyxl and pandas.

The baseline reads every sheet of every workbook with openpyxl and every text file with pandas, and
melts them into one long table of (file, sheet, row, column, value): it recognises nothing, checks
nothing and keeps no address book. Ours opens, recognises, reads, codes, checks and stores.

Run: python benchmarks/bench_load.py DIR_WITH_PUBLISHER_FILES
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BASELINE = """
import sys
from pathlib import Path
import openpyxl
import pandas as pd
frames = []
for path in map(Path, sys.argv[1:]):
    if path.suffix == ".xlsx":
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            sheets = [(s.title, pd.DataFrame(s.iter_rows(values_only=True))) for s in book]
        except TypeError:  # openpyxl refuses the styles of one publisher
            sheets = list(pd.read_excel(path, sheet_name=None, header=None, engine="calamine").items())
    elif path.suffix == ".xls":
        sheets = list(pd.read_excel(path, sheet_name=None, header=None, engine="calamine").items())
    else:
        sheets = [("", pd.read_csv(path, header=None, dtype=str, names=range(500),
                                   encoding_errors="replace", on_bad_lines="skip"))]
    for name, frame in sheets:
        long = frame.reset_index(names="row").melt("row", var_name="column").dropna(subset="value")
        frames.append(long.assign(file=path.name, sheet=name))
table = pd.concat(frames, ignore_index=True)
print(len(table))
"""
OURS = """
import sys
from pathlib import Path
import sojourn
report = sojourn.load([Path(p) for p in sys.argv[2:]], sys.argv[1])
print(sum(o.observations for o in report.outcomes))
"""


def timed(code: str, *arguments: str) -> tuple[float, str]:
    """Run a program; return its seconds and what it printed."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return time.perf_counter() - start, done.stdout.strip().splitlines()[-1]


def loaded(folder: Path) -> list[Path]:
    """Return the files below a folder that some declared layout reads."""
    import sojourn

    parts = [p for p in sorted(folder.iterdir()) if p.is_dir() and p.name != "traps"]
    with tempfile.TemporaryDirectory() as data:
        report = sojourn.load(parts, data)
    return [Path(o.name) for o in report.accepted]


def main() -> None:
    """Print seconds and observations of both, and the ratio."""
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_dir():
        print("skipped: name a folder of publishers' files")
        return
    paths = [str(p) for p in loaded(Path(sys.argv[1]))]
    with tempfile.TemporaryDirectory() as data:
        ours, count = timed(OURS, data, *paths)
        ours_peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        again, _ = timed(OURS, data, *paths)
    theirs, cells = timed(BASELINE, *paths)
    print(
        f"{len(paths)} files; ours {ours:.1f} s for {int(count):,} observations (peak {ours_peak:,.0f} MB), again {again:.2f} s"
    )
    print(f"openpyxl + pandas {theirs:.1f} s for {int(cells):,} cells")
    print(f"ratio {theirs / ours:.1f}x")


if __name__ == "__main__":
    main()
