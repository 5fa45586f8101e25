"""The yardstick: 200 patches, 3,650 days, 100 stochastic draws, beside a plain NumPy loop over draws.

The baseline draws exact binomials, one draw at a time; it is run for a part of the draws and days
and scaled. Where epydemix is installed it runs the same epidemic, its patches as groups, for a part
of the days and one draw, and is scaled too.

Run: python benchmarks/bench_seirs.py
"""

import os
import time
from datetime import date, timedelta

# As in a worker of a run: a second thread of BLAS would spin, and be counted.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from sojourn.health.engine.seirs import Epidemic, run

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


def epydemix(epidemic: Epidemic, state: np.ndarray, days: int) -> float | None:
    """Return CPU-seconds of one draw in epydemix, or None where it is not installed."""
    try:
        from epydemix import EpiModel
        from epydemix.population import Population
    except ImportError:
        return None
    people = Population("synthetic patches")
    people.add_population(state.sum(axis=0), [f"patch {i}" for i in range(PATCHES)])
    people.add_contact_matrix(epidemic.mixing)
    model = EpiModel(compartments=["S", "E", "I", "R"])
    model.set_population(people)
    model.add_transition("S", "E", "mediated", (epidemic.contact, "I"))
    for source, target, rate in (
        ("E", "I", epidemic.incubation),
        ("I", "R", epidemic.recovery),
        ("R", "S", epidemic.waning),
    ):
        model.add_transition(source, target, "spontaneous", rate)
    start = dict(zip(("S", "E", "I", "R"), state, strict=True))
    first = date(2015, 1, 1)
    begin = time.process_time()
    model.run_simulations(
        start_date=first.isoformat(),
        end_date=(first + timedelta(days=days - 1)).isoformat(),
        initial_conditions_dict=start,
        Nsim=1,
        resample_frequency=None,
        rng=1,
    )
    return time.process_time() - begin


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
    print(
        f"{PATCHES} patches, {DAYS:,} days, {DRAWS} draws; prevalence {share:.5f}, deterministic {exact[2].sum() / exact.sum():.5f}"
    )
    print(
        f"sojourn {ours:.1f} CPU-s; plain loop {theirs:.1f} CPU-s (scaled); ratio {theirs / ours:.1f}x"
    )
    part = epydemix(epidemic, state, PART_DAYS)
    if part is None:
        print("epydemix is not installed: not compared")
    else:
        theirs = part * DRAWS * DAYS / PART_DAYS
        print(f"epydemix {theirs:.0f} CPU-s (scaled from one draw); ratio {theirs / ours:.0f}x")


if __name__ == "__main__":
    main()
