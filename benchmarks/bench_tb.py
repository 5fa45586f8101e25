"""The corridor model of tuberculosis at full size, beside the same equations without fused steps.

200 synthetic countries, 4,100 synthetic corridors, 21 years of monthly steps. The baseline is the
textbook form: each derivative as its own NumPy expression, one draw at a time.

Run: python benchmarks/bench_tb.py
"""

import os
import time

# As in a worker of a run: a second thread of BLAS would spin, and be counted.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from sojourn.health.engine.parameters import draw, parameters
from sojourn.health.tb.latency import latencies
from sojourn.health.tb.model import A, Map, Rates, Reach, S, cells, run_year
from sojourn.health.tb.moves import Moves, Sieve, move
from sojourn.health.tb.run import structures_of

N, K, YEARS, DRAWS = 200, 4_100, 21, 8


def world() -> Map:
    """Return a synthetic map."""
    rng = np.random.default_rng(1)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < K:
        o, p = (int(v) for v in rng.integers(0, N, 2))
        if o != p:
            pairs.add((o, p))
    return cells(tuple(f"synthetic {i}" for i in range(N)), sorted(pairs))[0]


def rates(draws: int) -> Rates:
    """Return the rates of some draws."""
    drawn = draw(parameters("tb"), 1, 1000, range(draws))
    return Rates(
        latency=latencies(structures_of(1, 1000)[:draws], drawn),
        reinfection=drawn["reinfection"],
        untreated_death=np.full((draws, N), 0.15),
        self_cure=np.full((draws, N), 0.18),
        relapse=drawn["relapse"],
        success=drawn["treatment_success"],
        mixing=drawn["mixing"],
        treated=np.ones((draws, N)),
        fatality=np.full((draws, N), 0.05),
        births=np.full(N, 0.02),
        deaths=np.full(N, 0.01),
    )


def plain(state: np.ndarray, where: Map, r: Rates, contact: np.ndarray, reach: Reach) -> None:
    """Advance one draw by a year, an expression a derivative."""
    dt, at = 1 / 12, where.country
    k1, e1, k2, e2, late, w = (
        getattr(r.latency, f)[0] for f in ("k1", "e1", "k2", "e2", "late", "clear")
    )
    q, rel, succ, theta = r.reinfection[0], r.relapse[0], r.success[0], r.mixing[0]
    mu, v, tau = r.deaths[at], reach.preventive[0], r.treated[0, at] * reach.faster[0]
    for _ in range(12):
        s, f, m, lt, x, a, rec = state
        people = state.sum(axis=0)
        inside, sick = np.zeros(N), np.zeros(N)
        np.add.at(inside, at, people)
        np.add.at(sick, at, a)
        lam = contact[0, at] * (theta * (sick / inside)[at] + (1 - theta) * a / people)
        change = np.array(
            [
                -(lam + mu) * s,
                lam * (s + x) + q * lam * (m + lt + rec) - (k1 + e1 + mu + v) * f,
                e1 * f - (k2 + e2 + w + mu + q * lam + v) * m,
                e2 * m - (late + w + mu + q * lam + v) * lt,
                w * (m + lt) + v * (f + m + lt) - (lam + mu) * x,
                k1 * f
                + k2 * m
                + late * lt
                + rel * rec
                + (1 - succ - 0.05) * tau * a
                - (tau + mu + 0.33) * a,
                succ * tau * a + 0.18 * a - (rel + mu + q * lam) * rec,
            ]
        )
        change[0, :N] += 0.02 * inside
        state += dt * change


def main() -> None:
    """Print CPU-seconds a draw and scenario of both, and the ratio."""
    where = world()
    size = N + K
    start = np.zeros((7, 1, size))
    start[S], start[A] = 1e6, 500.0
    flows = Moves(np.full(K, 100.0), np.full(K, 60.0))
    many = np.repeat(start, DRAWS, axis=1)
    r, contact = rates(DRAWS), np.full((DRAWS, N), 8.0)
    reach = Reach(np.ones((DRAWS, size)), np.full((DRAWS, size), 0.01))
    selection, unseen = np.full((DRAWS, K), 0.8), Sieve(np.zeros((1, 1)), np.zeros((1, 1)))
    spent = [0.0, 0.0]
    for _ in range(YEARS):
        begin = time.process_time()
        run_year(many, where, r, contact, reach)
        middle = time.process_time()
        move(many, where, flows, selection, unseen)
        spent = [spent[0] + middle - begin, spent[1] + time.process_time() - middle]
    ours, moving = (1e3 * s / DRAWS for s in spent)
    one, alone = rates(1), start[:, 0].copy()
    own = Reach(reach.faster[:1], reach.preventive[:1])
    begin = time.process_time()
    for _ in range(YEARS):
        plain(alone, where, one, contact[:1], own)
    theirs = 1e3 * (time.process_time() - begin)
    print(f"{N} countries, {K:,} corridors, {YEARS} years monthly, a draw and scenario:")
    print(
        f"sojourn {ours:.0f} ms CPU for disease and {moving:.0f} ms for moves, {ours + moving:.0f} in all"
    )
    print(f"textbook NumPy {theirs:.0f} ms for disease; ratio {theirs / ours:.1f}x")


if __name__ == "__main__":
    main()
