"""Minimum, independence and their mixture at 232 places, beside proportional fitting alone.

The baseline only makes the two tables of survivors agree, by alternate scaling of rows and columns
(numpy) to the same tolerance: what every implementation of these methods does first. Ours does that
and all the rest. The world is synthetic.

Run: python benchmarks/bench_flows.py
"""

import resource
import time

import numpy as np

from sojourn.flows.model import Stocks, estimate
from sojourn.flows.model.fitting import TOLERANCE
from sojourn.flows.model.prepare import _balanced_world, _survivors

N = 232


def world() -> Stocks:
    """Return a synthetic world: 7.3 thousand million people, 240 million of them foreign-born."""
    rng = np.random.default_rng(1)
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


def main() -> None:
    """Print CPU seconds of both, the closure, and the ratio."""
    stocks = world()
    begin = time.process_time()
    found = estimate(stocks, "pseudo-bayes")
    ours = time.process_time() - begin
    theirs, needed = plain(stocks)
    error = found.net_error
    worst = 0.0 if error is None else float(np.abs(error).max())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"pseudo-bayes at {N} places: {ours:.2f} CPU-s, {found.sweeps} sweeps, total {found.total:,.0f}, "
        f"worst net error {worst:.1e} persons, peak {peak:.0f} MB"
    )
    print(f"alternate scaling alone: {theirs:.2f} CPU-s for the two fits, {needed:,} sweeps")
    print(f"ratio {theirs / ours:.0f}x")


if __name__ == "__main__":
    main()
