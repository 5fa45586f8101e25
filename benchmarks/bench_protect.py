"""Disclosure control: ours with its audit, beside an audit by scipy, pytauargus and GaussSuppression.

    python benchmarks/bench_protect.py [small] [middle] [large] [linked] [random]

Tables are synthetic: counts of a log-normal law with a share of empty cells; ``linked`` are three tables
of one population in four ways; ``random`` holds the heuristic against the
proven optimum on 500 tables of at most 60 cells. CPU seconds, one core. pytauargus and GaussSuppression (R) run on the small
table where they are installed, and their results are attacked by scipy as ours are; else they are skipped.
"""

import csv
import io
import itertools
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import chdir
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from scipy.optimize import linprog

from sojourn.errors import DisclosureRisk
from sojourn.protect.audit.audit import attack
from sojourn.protect.run.protect import Protected, protect
from sojourn.protect.run.read import Asked
from sojourn.protect.suppress.protect import suppress
from sojourn.protect.table.equations import System, system_of
from sojourn.protect.table.policy import packaged
from sojourn.protect.table.table import read_table

SIZES = {
    "small": ((13, 5, 6), 2.9, 1.25, 0.12),
    "middle": ((12, 9, 4, 5), 2.6, 1.2, 0.10),
    "large": ((47, 40, 50), 2.6, 1.3, 0.15),
}
LINKED = ((44, 25, 32, 32), ((0, 1, 2), (0, 1, 3), (1, 2, 3)))
W, T = 10, 10
SHOWN = ("S", "P", "Z", "V", "E")  # safe, protected, zero, empty, in tau-Argus
GAUSS = """\
library(GaussSuppression)
d <- read.csv(commandArgs(TRUE)[1], colClasses = c(rep("character", 3), "numeric"))
o <- SuppressSmallCounts(d, maxN = 9, freqVar = "n", dimVar = c("d0", "d1", "d2"), protectZeros = FALSE)
write.csv(o, commandArgs(TRUE)[2], row.names = FALSE)
"""


def synthetic(shape: tuple[int, ...], mean: float, spread: float, empty: float) -> np.ndarray:
    """Return counts without margins."""
    rng = np.random.default_rng(1)
    return np.floor(np.exp(rng.normal(mean, spread, shape))).astype(int) * (
        rng.random(shape) > empty
    )


def with_totals(inside: np.ndarray) -> str:
    """Return a table with every total as CSV."""
    whole = inside
    for axis in range(inside.ndim):
        whole = np.concatenate([whole, whole.sum(axis=axis, keepdims=True)], axis=axis)
    lines = [",".join([*(f"d{i}" for i in range(inside.ndim)), "obs_value"])]
    for at in itertools.product(*(range(n) for n in whole.shape)):
        codes = ["_T" if i == n - 1 else f"c{i}" for i, n in zip(at, whole.shape, strict=True)]
        lines.append(",".join([*codes, str(int(whole[at]))]))
    return "\n".join(lines) + "\n"


def population() -> list[str]:
    """Return three linked tables of people of one population, as CSV."""
    shape, axes = LINKED
    people = np.random.default_rng(1).negative_binomial(0.04, 0.04 / 0.6, shape)
    made = []
    for kept in axes:
        away = tuple(i for i in range(len(shape)) if i not in kept)
        text = with_totals(people.sum(axis=away))
        header = ",".join([*(f"d{i}" for i in kept), "obs_value"])
        made.append(header + text[text.index("\n") :])
    return made


def attacked(system: System, withheld: np.ndarray, cells: np.ndarray) -> tuple[float, int, int]:
    """Return CPU seconds of two programmes of scipy a cell, and how many are exact and narrow."""
    start, exact, narrow = time.process_time(), 0, 0
    bounds = [(0, None) if w else (v, v) for w, v in zip(withheld, system.value, strict=True)]
    zero = np.zeros(system.matrix.shape[0])
    for cell in cells:
        cost, ends = np.zeros(len(bounds)), []
        for cost[cell] in (1.0, -1.0):
            found = linprog(cost, A_eq=system.matrix, b_eq=zero, bounds=bounds)
            ends.append(np.inf if found.status == 3 else cost[cell] * found.fun)
        exact += abs(ends[1] - ends[0]) < 1e-6
        narrow += abs(ends[1] - ends[0]) < W - 1e-6
    return time.process_time() - start, exact, narrow


def by_tau_argus(inside: np.ndarray, how: str) -> set[tuple[str, ...]]:
    """Return what pytauargus withholds, totals as ``_T``."""
    import pytauargus

    at = np.repeat(np.arange(inside.size), inside.ravel())
    codes = np.array(np.unravel_index(at, inside.shape)).T
    data = {f"d{i}": [f"c{c}" for c in codes[:, i]] for i in range(3)}
    data["n"] = [1] * len(at)
    with tempfile.TemporaryDirectory() as folder, chdir(folder):  # it leaves logs where it runs
        made = pytauargus.protect(
            data, ["d0", "d1", "d2"], "n", f"FREQ({T},30)", f"{how}(1)", workdir=folder
        )
        frame = made.tables[0].dataframe()
        told = zip(*(frame[c] for c in ("d0", "d1", "d2", "status")), strict=True)
        return {
            tuple("_T" if c == "Total" else c.strip() for c in codes)  # padded to one width
            for *codes, status in told
            if status not in SHOWN
        }


def by_gauss(inside: np.ndarray) -> set[tuple[str, ...]]:
    """Return what GaussSuppression withholds, totals as ``_T``."""
    lines = ["d0,d1,d2,n", *(f"c{a},c{b},c{c},{v}" for (a, b, c), v in np.ndenumerate(inside))]
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "in.csv", Path(folder) / "out.csv"
        given.write_text("\n".join(lines) + "\n", "utf-8")
        subprocess.run(["Rscript", "-e", GAUSS, str(given), str(made)], check=True)
        rows = list(csv.DictReader(io.StringIO(made.read_text("utf-8"))))
    return {
        tuple("_T" if r[d] == "Total" else r[d] for d in ("d0", "d1", "d2"))
        for r in rows
        if r["suppressed"] == "TRUE"
    }


def has_gauss() -> bool:
    """Whether R and the package are there."""
    if shutil.which("Rscript") is None:
        return False
    asked = [
        "Rscript",
        "-e",
        "quit(status = !requireNamespace('GaussSuppression', quietly = TRUE))",
    ]
    return subprocess.run(asked, capture_output=True).returncode == 0


def with_children() -> float:
    """Return the CPU seconds of this process and of the programs that it ran."""
    used = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in used)


def beside(
    name: str, there: bool, run: Callable[[], set[tuple[str, ...]]], ours: Protected
) -> None:
    """Print what another program withholds of the same table, attacked as ours is."""
    if not there:
        print(f"  {name}: SKIPPED, not installed")
        return
    start, wall = with_children(), time.perf_counter()
    codes = run()
    took, wall = with_children() - start, time.perf_counter() - wall
    system, primary = ours.audited.system, ours.suppression.primary.cells
    keys = {tuple(sorted((f"d{i}", c) for i, c in enumerate(one) if c != "_T")) for one in codes}
    withheld = np.array([k in keys for k in system.keys]) | primary
    cells = np.flatnonzero(primary)
    _, exact, narrow = attacked(system, withheld, cells)
    print(
        f"  {name}: {int(withheld.sum())} withheld, loss {system.value[withheld].sum():.0f}, exact "
        f"{exact}, narrower than {W} {narrow} of {len(cells)}: {took:.1f} CPU s, {wall:.1f} s wall"
    )


def near_the_optimum(many: int = 500) -> None:
    """Print how much more the heuristic withholds than the optimum, on small random tables."""
    start, ratios, unsafe, refused = time.process_time(), list[float](), 0, 0
    quick, best = (replace(packaged("default"), exact_cells=n) for n in (0, 200))
    for seed in range(many):
        rng = np.random.default_rng(5000 + seed)
        shape = tuple(int(n) for n in rng.integers(2, [(59,), (7, 6), (4, 3, 3)][seed % 3]))
        inside = np.floor(np.exp(rng.normal(2.6, 1.2, shape))).astype(int)
        system = system_of([read_table(with_totals(inside), name="t.csv")])
        try:
            rough, proven = suppress(system, quick), suppress(system, best)
        except DisclosureRisk:
            refused += 1
            continue
        found = attack(system, rough.withheld, rough.primary.cells, quick, rough.witnesses)
        unsafe += not found.safe
        if proven.how == "optimal" and proven.loss:
            ratios.append(rough.loss / proven.loss)
    took = time.process_time() - start
    print(
        f"random: {many} tables, {refused} too small for any, {unsafe} unsafe, {len(ratios)} with a proven optimum: "
        f"loss at most {max(ratios):.2f} times it, {np.mean(ratios):.3f} on average: {took:.0f} CPU s"
    )


def main(asked: list[str]) -> None:
    """Print one line a table."""
    for name in asked or ["small", "middle"]:
        if name == "random":
            near_the_optimum()
            continue
        inside = np.zeros(0) if name == "linked" else synthetic(*SIZES[name])
        texts = population() if name == "linked" else [with_totals(inside)]
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / f"{name}{i}.csv" for i in range(len(texts))]
            for path, text in zip(paths, texts, strict=True):
                path.write_text(text, "utf-8")
            start = time.process_time()
            done = protect(Asked(tables=tuple(paths), policy="default"))
            said = done.summary
            took = time.process_time() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{name}: {said['cells']:,} cells, {said['primary']:,} primary, {said['withheld']:,} withheld, "
            f"exact {said['exact']}, narrow {said['narrow']}, loss {said['loss']} ({said['how']}, no "
            f"choice below {said['bound']}): {took:.1f} CPU s, {memory} MB",
            flush=True,
        )
        if name == "small":
            small(inside, done, took)


def small(inside: np.ndarray, done: Protected, took: float) -> None:
    """Print the baselines on the small table."""
    primary = np.flatnonzero(done.suppression.primary.cells)
    plain, exact, narrow = attacked(done.audited.system, done.audited.withheld, primary)
    print(
        f"  audit alone by scipy, two programmes a primary cell: exact {exact}, narrow {narrow}: {plain:.1f} CPU s; "
        f"ours with its search and five attackers {took / plain:.2f} of it"
    )
    there = find_spec("pytauargus") is not None
    for how in ("OPT", "MOD"):
        beside(f"pytauargus {how}", there, lambda how=how: by_tau_argus(inside, how), done)
    beside("GaussSuppression", has_gauss(), lambda: by_gauss(inside), done)


if __name__ == "__main__":
    main(sys.argv[1:])
