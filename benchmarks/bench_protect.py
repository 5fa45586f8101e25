"""Disclosure control: ours with its audit, beside a plain audit by scipy, and pytauargus where installed.

    python benchmarks/bench_protect.py [small] [middle] [large]

Tables are synthetic: counts of a log-normal law with a share of empty cells. CPU seconds, one core.
"""

import itertools
import resource
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from scipy.optimize import linprog

from sojourn.protect.run.protect import Protected, protect
from sojourn.protect.run.read import Asked

SIZES = {
    "small": ((13, 5, 6), 2.9, 1.25, 0.12),
    "middle": ((12, 9, 4, 5), 2.6, 1.2, 0.10),
    "large": ((45, 38, 50), 2.6, 1.3, 0.15),
}


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


def plain_audit(done: Protected) -> float:
    """Return CPU seconds of two programmes of scipy for each primary cell: the named baseline."""
    system, withheld = done.audited.system, done.audited.withheld
    start = time.process_time()
    bounds = [(0, None) if w else (v, v) for w, v in zip(withheld, system.value, strict=True)]
    zero = np.zeros(system.matrix.shape[0])
    for cell in np.flatnonzero(done.suppression.primary.cells):
        cost = np.zeros(len(bounds))
        for cost[cell] in (1.0, -1.0):
            linprog(cost, A_eq=system.matrix, b_eq=zero, bounds=bounds)
    return time.process_time() - start


def main(asked: list[str]) -> None:
    """Print one line a table."""
    for name in asked or ["small", "middle"]:
        text = with_totals(synthetic(*SIZES[name]))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{name}.csv"
            path.write_text(text, "utf-8")
            start = time.process_time()
            done = protect(Asked(tables=(path,), policy="default"))
            said = done.summary
            took = time.process_time() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{name}: {said['cells']:,} cells, {said['primary']:,} primary, {said['withheld']:,} withheld, "
            f"exact {said['exact']}, narrow {said['narrow']}, loss {said['loss']}: {took:.1f} CPU s, {memory} MB"
        )
        if name == "small":
            plain = plain_audit(done)
            print(
                f"plain audit by scipy: {plain:.1f} CPU s; ours with its search {took / plain:.2f} of it"
            )
    for baseline in ("pytauargus", "GaussSuppression"):
        there = find_spec("pytauargus") is not None if baseline == "pytauargus" else False
        print(
            f"{baseline}: {'installed: run it on the same CSV' if there else 'SKIPPED, not installed'}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
