"""A replay of October 2016 on a synthetic population: the queue as it was beside the plan, many runs.

It compares two ways of calling people under stated assumptions. It says nothing about what would
have happened to anyone, and nobody in it exists.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np

from sojourn.relocation.replay.crowd import Crowd
from sojourn.relocation.replay.draw import draw
from sojourn.relocation.replay.facts import Facts
from sojourn.relocation.replay.means import means_of
from sojourn.relocation.replay.outcome import MEASURES, Failure, Outcome, Way
from sojourn.relocation.replay.planned import by_plan
from sojourn.relocation.replay.queue import by_queue

WAYS = (Way.QUEUE, Way.PLAN)
SETS: Mapping[str, frozenset[Failure]] = {
    "none": frozenset(),
    **{f.value: frozenset({f}) for f in Failure},
    "all": frozenset(Failure),
}


@dataclass(frozen=True, slots=True)
class Band:
    """A measure over the runs: 5 %, 50 % and 95 %; nan where no run has it."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One way under one set of failures.

    Attributes
    ----------
    robustness : float
        Share of runs in which nobody of tier 1 is without a place (L1 = 0) [1].
    measures : mapping
        Measure of :data:`MEASURES` to its band over the runs.
    """

    failures: str
    way: str
    runs: int
    robustness: float
    measures: Mapping[str, Band]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """All runs and their summaries.

    Attributes
    ----------
    outcomes : tuple of (failures, way, run, Outcome)
        In order of failures, way and run.
    """

    seed: int
    runs: int
    persons: int
    minors: int
    outcomes: tuple[tuple[str, str, int, Outcome], ...]
    summaries: tuple[Summary, ...]

    def of(self, failures: str, way: str) -> Summary:
        """Return one summary."""
        return next(s for s in self.summaries if (s.failures, s.way) == (failures, way))


def replay(
    crowd: Crowd,
    facts: Facts,
    *,
    seed: int,
    runs: int,
    step: Callable[[], object] | None = None,
    known: Mapping[tuple[str, int], tuple[Outcome, Outcome]] | None = None,
    keep: Callable[[str, int, tuple[Outcome, Outcome]], object] | None = None,
) -> Replay:
    """Replay each set of failures both ways.

    Parameters
    ----------
    seed, runs : int
        The same pair gives the same replay; run k draws the same chance for every set and way.
    step : callable, optional
        Called after each set and run, to show progress.
    known : mapping of set and run to outcomes, optional
        Of the queue and the plan, from a replay that was interrupted.
    keep : callable, optional
        Called with each set, run and its two outcomes.
    """
    outcomes = []
    for name, failures in SETS.items():
        means = means_of(crowd, facts, failures)
        for run in range(runs):
            both = (known or {}).get((name, run))
            if both is None:
                chance = draw(crowd, facts, seed=seed, run=run)
                both = by_queue(crowd, chance, means), by_plan(crowd, chance, means)
                if keep is not None:
                    keep(name, run, both)
            outcomes += [(name, w.value, run, o) for w, o in zip(WAYS, both, strict=True)]
            if step is not None:
                step()
    outcomes.sort(key=lambda o: (list(SETS).index(o[0]), list(Way).index(Way(o[1])), o[2]))
    summaries = tuple(
        _summary(name, way.value, [o for n, w, _, o in outcomes if (n, w) == (name, way.value)])
        for name in SETS
        for way in Way
    )
    return Replay(
        seed=seed,
        runs=runs,
        persons=int(crowd.size.sum()),
        minors=int(crowd.minors.sum()),
        outcomes=tuple(outcomes),
        summaries=summaries,
    )


def _summary(failures: str, way: str, outcomes: list[Outcome]) -> Summary:
    rows = [{**asdict(o), "others": o.tier_2 + o.tier_3} for o in outcomes]
    return Summary(
        failures=failures,
        way=way,
        runs=len(rows),
        robustness=sum(o.l1 == 0 for o in outcomes) / len(outcomes),
        measures={m: _band([row[m] for row in rows]) for m in MEASURES},
    )


def _band(values: list[float]) -> Band:
    known = np.array([v for v in values if not np.isnan(v)], dtype=float)
    if not len(known):
        return Band(float("nan"), float("nan"), float("nan"))
    low, median, high = np.quantile(known, [0.05, 0.5, 0.95])
    return Band(float(low), float(median), float(high))
