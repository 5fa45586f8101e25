"""The malaria model at full size, beside the same equations on a dense matrix of nights, draw by draw.

90 synthetic countries, 700 synthetic corridors, 21 years of fortnightly steps. The baseline is the
textbook form: every cell against every country through one matrix of nights, one draw at a time.

Run: python benchmarks/bench_malaria.py
"""

import os
import time

# As in a worker of a run: a second thread of BLAS would spin, and be counted.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from sojourn.health.engine.parameters import draw, parameters
from sojourn.health.engine.scenario import scenarios
from sojourn.health.malaria.fit import Estimated
from sojourn.health.malaria.model import infectivity
from sojourn.health.malaria.network import STEPS
from sojourn.health.malaria.run import MalariaWorld, simulate
from sojourn.health.tb.fit import World
from sojourn.health.tb.model import cells

N, K, YEARS, DRAWS = 90, 700, 21, 24


def world() -> MalariaWorld:
    """Return a synthetic world."""
    rng = np.random.default_rng(1)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < K:
        o, p = (int(v) for v in rng.integers(0, N, 2))
        if o != p:
            pairs.add((o, p))
    where, _ = cells(tuple(f"synthetic {i}" for i in range(N)), sorted(pairs))
    people = rng.uniform(1e6, 5e7, N)
    stock = np.repeat(rng.uniform(1e3, 1e5, K)[None], YEARS, axis=0)
    one = World(where, people, stock, 0.05 * stock[0], np.full(N, 0.03), np.full(N, 0.01))
    cases = 10 ** rng.uniform(-4, -0.5, N)
    return MalariaWorld(
        one,
        np.repeat(one.inflow[None], 3, axis=0),
        Estimated(cases, cases, cases, np.full(N, 0.002)),
    )


def plain(base: MalariaWorld) -> None:
    """Advance one draw by all years through a dense matrix of nights."""
    drawn = {k: float(v[0]) for k, v in draw(parameters("malaria"), 1, 10, [0]).items()}
    where = base.world.where
    at = where.country
    away = drawn["visits"] * drawn["visit_nights"] / 365
    nights = np.zeros((N + K, N))
    nights[np.arange(N + K), at] = 1.0
    nights[np.arange(N, N + K), at[N:]] = 1.0 - away
    nights[np.arange(N, N + K), where.origin] = away
    people = np.concatenate([base.world.people, base.world.stock[0]])
    a, dt = np.array(drawn["biting_variance"]), 1 / STEPS
    m = np.stack([np.full(N + K, 0.1), np.full(N + K, 0.01)])
    lasts = np.array([drawn["untreated_days"], drawn["treated_days"]])[:, None] / 365
    shares = np.array([0.65, 0.35])[:, None]
    home = np.zeros((K, N))
    home[np.arange(K), where.origin] = 1.0
    for _ in range(YEARS * STEPS):
        own = infectivity(m.sum(axis=0), a)
        weight = people[:, None] * nights
        pool = (weight * own[:, None]).sum(axis=0) / weight.sum(axis=0)
        hazard = nights @ (2.0 * pool)
        m = m * np.exp(-dt / lasts) + shares * hazard * lasts * (1 - np.exp(-dt / lasts))
        gone = dt * 0.05 * people[N:]
        for held in m:
            brought = gone * held[:N][where.origin]
            held[N:] += (brought - gone * held[N:]) / people[N:]
            held[:N] += (gone * held[N:]) @ home / people[:N]


def main() -> None:
    """Print seconds a draw and programme, and the ratio."""
    base = world()
    included = next(s for s in scenarios() if s.id == "included")
    begun = time.process_time()
    simulate(base, parameters("malaria"), [included], seed=1, count=DRAWS, chosen=range(DRAWS))
    ours = (time.process_time() - begun) / DRAWS
    begun = time.process_time()
    plain(base)
    dense = time.process_time() - begun
    print(
        f"malaria, {N} countries, {K} corridors, {YEARS} years: {ours * 1e3:.0f} ms CPU a draw and programme"
    )
    print(
        f"dense matrix of nights, one draw at a time: {dense * 1e3:.0f} ms; ratio {dense / ours:.1f}x"
    )


if __name__ == "__main__":
    main()
