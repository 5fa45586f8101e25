"""Minimum, independence and their mixture at 232 places, beside alternate scaling and the reference.

Alternate scaling (numpy) only makes the two tables of survivors agree, to the same stop: what every
implementation of these methods does first. Ours does that and all the rest. The reference is the R
package migest: it is run where Rscript and migest are found; else the figures measured with it
elsewhere (version 2.0.5, 232 synthetic places) are printed as such. The world is synthetic.

Run: python benchmarks/bench_flows.py
"""

import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from sojourn.flows.model import Stocks, estimate
from sojourn.flows.model.birthplaces import by_sex
from sojourn.flows.model.fitting import TOLERANCE
from sojourn.flows.model.prepare import _balanced_world, _survivors
from sojourn.flows.run.kept import band

N = 232
METHODS = (
    "drop-negative",
    "reverse-negative",
    "dennett",
    "minimum-open",
    "minimum-closed",
    "pseudo-bayes",
)
REFERENCE = (
    "12.7 CPU-s and 1,250 MB for the minimum, closed, at 232 places (migest 2.0.5, elsewhere)"
)
SCRIPT = """
suppressMessages(library(migest))
read <- function(name) as.matrix(read.csv(name, header = FALSE))
label <- paste0("p", seq_len(ncol(read("start.csv"))))
named <- function(m) { dimnames(m) <- list(label, label); m }
vital <- function(name) setNames(as.numeric(read(name)), label)
spent <- system.time(found <- ffs_demo(
  stock_start = named(read("start.csv")), stock_end = named(read("end.csv")),
  births = vital("births.csv"), deaths = vital("deaths.csv")))
cat(sprintf("%.2f", spent[["user.self"]] + spent[["sys.self"]]))
"""


def world(seed: int = 1) -> Stocks:
    """Return a synthetic world: 7.3 thousand million people, 240 million of them foreign-born."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(15.5, 2.0, N)
    size *= 7.1e9 / size.sum()
    weights = np.outer(size**0.6, size**0.6) * rng.lognormal(0.0, 2.0, (N, N))
    weights[rng.random((N, N)) < 0.7] = 0.0
    np.fill_diagonal(weights, 0.0)
    start = np.round(weights * (2.4e8 / weights.sum()))
    end = np.round(start * rng.lognormal(0.08, 0.2, (N, N)))
    births, deaths = size * 0.09, size * 0.04
    np.fill_diagonal(start, size)
    np.fill_diagonal(end, size * 1.05)
    names = tuple(f"synthetic {i}" for i in range(N))
    return Stocks(names, names, start, end, births, deaths)


def plain(stocks: Stocks) -> tuple[float, int]:
    """Return seconds and sweeps of both fits by alternate scaling of whole tables."""
    begin = time.process_time()
    first, second = _survivors(_balanced_world(stocks)[0])
    target = 0.5 * (first.sum(axis=1) + second.sum(axis=1))
    sweeps = 0
    for prior in (first, second):
        table, columns = prior.copy(), prior.sum(axis=0)
        own = 0
        while own < 20_000:
            own += 1
            sums = table.sum(axis=1)
            table *= np.divide(target, sums, out=np.zeros(N), where=sums > 0)[:, None]
            sums = table.sum(axis=0)
            table *= np.divide(columns, sums, out=np.zeros(N), where=sums > 0)
            gap = np.abs(table.sum(axis=1) - target) / np.maximum(target, 1.0)
            if gap.max() < TOLERANCE:
                break
        sweeps = max(sweeps, own)
    return time.process_time() - begin, sweeps


def reference(stocks: Stocks) -> float | None:
    """Return CPU seconds of migest on the same world; None where it cannot be run."""
    program = shutil.which("Rscript")
    if program is None or stocks.births is None or stocks.deaths is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        for name, table in (
            ("start", stocks.start),
            ("end", stocks.end),
            ("births", stocks.births[None, :]),
            ("deaths", stocks.deaths[None, :]),
        ):
            np.savetxt(Path(folder) / f"{name}.csv", table, delimiter=",")
        done = subprocess.run(
            [program, "-e", SCRIPT], cwd=folder, capture_output=True, text=True, check=False
        )
    return float(done.stdout) if done.returncode == 0 and done.stdout else None


def everything() -> float:
    """Return CPU seconds of six intervals, three sexes and six methods, with the range of methods."""
    begin = time.process_time()
    for interval in range(6):
        stocks = world(interval + 1)
        women, men = (
            Stocks(stocks.places, stocks.birthplaces, stocks.start * s, stocks.end * s)
            for s in (0.48, 0.52)
        )
        for method in METHODS:
            if method in ("drop-negative", "reverse-negative"):
                for table in (stocks, women, men):
                    estimate(table, method)
                continue
            found = estimate(stocks, method)
            if found.of_birthplace is not None:
                by_sex(found, women, men)
        band(stocks)
    return time.process_time() - begin


def main() -> None:
    """Print CPU seconds of all, the closure, and the ratios."""
    stocks = world()
    begin = time.process_time()
    found = estimate(stocks, "pseudo-bayes")
    ours = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    theirs, needed = plain(stocks)
    error = found.net_error
    worst = 0.0 if error is None else float(np.abs(error).max())
    print(
        f"pseudo-bayes at {N} places: {ours:.2f} CPU-s, {found.sweeps} sweeps, total {found.total:,.0f}, "
        f"worst net error {worst:.1e} persons, peak {peak:.0f} MB"
    )
    print(f"alternate scaling alone: {theirs:.2f} CPU-s for the two fits, {needed:,} sweeps")
    print(f"alternate scaling / ours: {theirs / ours:.0f}x")
    spent = reference(stocks)
    if spent is None:
        print(f"reference: R with migest is not here; measured: {REFERENCE}")
    else:
        print(f"reference: {spent:.2f} CPU-s; reference / ours: {spent / ours:.0f}x")
    print(f"six intervals x three sexes x six methods with band: {everything():.1f} CPU-s")


if __name__ == "__main__":
    main()
