"""Every closed method against a second implementation, written in plain loops from the papers.

It shares nothing with the package: no closed form, no matrix product, no Newton step. Abel and Sander
2014 (a table by origin, destination and birthplace, fitted with its diagonal held at the largest number
who can stay), Abel and Cohen 2019 (births taken from natives, deaths at one rate within a place, a world
that does not balance spread over natives), Azose and Raftery 2019 (the mixture), Abel 2013 (open).
"""

import numpy as np
import pytest

from sojourn.flows.model import Stocks, estimate

Table = list[list[float]]
N = 4


def fitted(seed: Table, rows: list[float], columns: list[float]) -> Table:
    """Scale rows and columns in turn until nothing moves."""
    table = [list(r) for r in seed]
    for _ in range(20_000):
        worst = 0.0
        for i, wanted in enumerate(rows):
            total = sum(table[i])
            worst = max(worst, abs(total - wanted))
            table[i] = [c * wanted / total if total else 0.0 for c in table[i]]
        for j, wanted in enumerate(columns):
            total = sum(r[j] for r in table)
            for r in table:
                r[j] = r[j] * wanted / total if total else 0.0
        if worst < 1e-10:
            break
    return table


def survivors(world: Stocks, *, balance: bool) -> tuple[Table, Table]:
    """Return both tables without those who died and those who were born."""
    start = [[float(c) for c in r] for r in world.start]
    end = [[float(c) for c in r] for r in world.end]
    births, deaths = [float(b) for b in world.births], [float(d) for d in world.deaths]  # type: ignore[union-attr]
    if balance:
        gap = sum(births) - sum(deaths) - (sum(map(sum, end)) - sum(map(sum, start)))
        natives = [sum(t[j][j] for j in range(N)) for t in (start, end)]
        for j in range(N):
            start[j][j] -= start[j][j] * (gap / 2) / natives[0]
            end[j][j] += end[j][j] * (gap / 2) / natives[1]
    for j in range(N):
        alive, there = sum(r[j] for r in start), sum(r[j] for r in end)
        taken = [r[j] * deaths[j] / alive for r in start]
        for k, r in enumerate(start):
            r[j] -= taken[k]
        if births[j] <= end[j][j]:
            end[j][j] -= births[j]
        else:
            for r in end:
                r[j] -= r[j] * births[j] / there
    return start, end


def agreed(first: Table, second: Table) -> tuple[Table, Table]:
    """Bring each birthplace to the mean of its two totals, places untouched."""
    goal = [(sum(a) + sum(b)) / 2 for a, b in zip(first, second, strict=True)]
    columns = [[sum(r[j] for r in t) for j in range(N)] for t in (first, second)]
    return fitted(first, goal, columns[0]), fitted(second, goal, columns[1])


def opened(first: Table, second: Table) -> tuple[Table, Table]:
    """Let a birthplace's surplus leave the world, or enter it, where its people live."""
    for a, b in zip(first, second, strict=True):
        gap, larger = sum(a) - sum(b), a if sum(a) > sum(b) else b
        total = sum(larger)
        larger[:] = [c - abs(gap) * c / total for c in larger]
    return first, second


def flows_of(first: Table, second: Table, seed: Table, *, stay: bool) -> Table:
    """Fit a table by birthplace, its diagonal held at those who can stay, and add them up."""
    flow = [[0.0] * N for _ in range(N)]
    for a, b in zip(first, second, strict=True):
        kept = [min(x, y) if stay else 0.0 for x, y in zip(a, b, strict=True)]
        prior = [[0.0 if stay and i == j else seed[i][j] for j in range(N)] for i in range(N)]
        moved = fitted(
            prior,
            [x - m for x, m in zip(a, kept, strict=True)],
            [y - m for y, m in zip(b, kept, strict=True)],
        )
        for i in range(N):
            for j in range(N):
                flow[i][j] += moved[i][j] if i != j else 0.0
    return flow


def oracle(world: Stocks, method: str, seed: Table, weight: float) -> Table:
    if method == "minimum-open":
        return flows_of(*opened(*survivors(world, balance=False)), seed, stay=True)
    both = agreed(*survivors(world, balance=True))
    if method == "minimum-closed":
        return flows_of(*both, seed, stay=True)
    most = flows_of(*both, seed, stay=False)
    if method == "independence":
        return most
    least = flows_of(*both, seed, stay=True)
    return [[weight * least[i][j] + (1 - weight) * most[i][j] for j in range(N)] for i in range(N)]


def world_of(number: int) -> Stocks:
    """A synthetic world of four places and one birthplace without a residence, out of balance."""
    rng = np.random.default_rng(number)
    start = rng.uniform(10, 900, (N + 1, N))
    start[:N] += np.diag(rng.uniform(2e3, 2e4, N))
    end = start * rng.uniform(0.8, 1.3, (N + 1, N))
    people = start.sum(axis=0)
    births, deaths = people * rng.uniform(0.05, 0.2, N), people * rng.uniform(0.02, 0.1, N)
    if number % 3 == 0:
        births[0] = end[0, 0] * 1.02  # more are born than are natives at the end
        end[1:, 0] += 900.0
    names = tuple(f"S{k}" for k in range(N))
    return Stocks(names, (*names, "unknown"), start, end, births, deaths)


@pytest.mark.parametrize("seeded", [False, True])
@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize(
    "method", ["minimum-closed", "independence", "pseudo-bayes", "minimum-open"]
)
def test_ours_is_what_plain_loops_make_of_the_papers(
    method: str, number: int, *, seeded: bool
) -> None:
    world = world_of(number)
    weights = np.random.default_rng(9).uniform(0.2, 5.0, (N, N))
    seed = weights.tolist() if seeded else [[1.0] * N for _ in range(N)]
    ours = estimate(world, method, seed=weights if seeded else None, weight=0.9)
    expected = np.array(oracle(world, method, seed, 0.9))
    np.testing.assert_allclose(ours.flow, expected, atol=1e-4, rtol=1e-7)
    assert ours.total > 100
