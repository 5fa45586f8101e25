"""The yardstick: 200 patches, 3,650 days, 100 stochastic draws, beside a plain NumPy loop over draws.

The baseline draws exact binomials, one draw at a time; it is run for a part of the draws and days
and scaled. Where epydemix is installed its own time is printed by its authors' benchmark, not here.

Run: python benchmarks/bench_seirs.py
"""

import time

import numpy as np

from sojourn.simulate.seirs import Epidemic, run

PATCHES, DAYS, DRAWS = 200, 3_650, 100
PART_DRAWS, PART_DAYS = 2, 730


def world() -> tuple[Epidemic, np.ndarray]:
    """Return a synthetic epidemic that becomes endemic."""
    rng = np.random.default_rng(1)
    people = np.round(rng.lognormal(12.0, 0.7, PATCHES))
    mixing = rng.random((PATCHES, PATCHES)) * 0.1 / PATCHES * 2
    np.fill_diagonal(mixing, 0.0)
    np.fill_diagonal(mixing, 1.0 - mixing.sum(axis=1))
    state = np.zeros((4, PATCHES))
    state[2] = np.round(0.01 * people)
    state[0] = people - state[2]
    return Epidemic(0.25, 0.2, 0.1, 1 / 365, mixing), state


def plain(epidemic: Epidemic, state: np.ndarray, days: int, seed: int) -> np.ndarray:
    """Run one draw with exact binomials."""
    rng = np.random.default_rng(seed)
    s, e, i, r = (row.astype(np.int64) for row in state)
    people = state.sum(axis=0)
    p = [1 - np.exp(-x) for x in (epidemic.incubation, epidemic.recovery, epidemic.waning)]
    for _ in range(days):
        force = epidemic.contact * (epidemic.mixing @ (i / people))
        infected, ill = rng.binomial(s, 1 - np.exp(-force)), rng.binomial(e, p[0])
        well, lost = rng.binomial(i, p[1]), rng.binomial(r, p[2])
        s, e, i, r = s - infected + lost, e + infected - ill, i + ill - well, r + well - lost
    return i / people


def main() -> None:
    """Print CPU-seconds of both, the ratio, and the prevalence at the end."""
    epidemic, state = world()
    begin = time.process_time()
    found = run(epidemic, state, DAYS, range(DRAWS))
    ours = time.process_time() - begin
    begin = time.process_time()
    for seed in range(PART_DRAWS):
        plain(epidemic, state, PART_DAYS, seed)
    theirs = (time.process_time() - begin) * DRAWS / PART_DRAWS * DAYS / PART_DAYS
    share = found[2].sum() / found.sum()
    exact = run(epidemic, state, DAYS, [0], stochastic=False)
    print(f"{PATCHES} patches, {DAYS:,} days, {DRAWS} draws; prevalence {share:.5f}, deterministic {exact[2].sum() / exact.sum():.5f}")  # fmt: skip
    print(
        f"sojourn {ours:.1f} CPU-s; plain loop {theirs:.1f} CPU-s (scaled); ratio {theirs / ours:.1f}x"
    )


if __name__ == "__main__":
    main()
