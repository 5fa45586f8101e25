"""The years after 2015 that no fit has seen: WHO's estimates beside the band of the draws."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sojourn.health.engine.parameters import parameters
from sojourn.health.engine.scenario import Scenario
from sojourn.health.inputs.malaria import malaria_inputs
from sojourn.health.inputs.targets import newest_series
from sojourn.health.inputs.tb import tb_inputs
from sojourn.health.malaria import run as malaria_run
from sojourn.health.targets.tracking import Series
from sojourn.health.tb import run as tb_run
from sojourn.health.tb.fit import BASE
from sojourn.store.observations import Store

DRAWS = 48
UNCHANGED = Scenario(id="unchanged", title="No scale-up after 2015", cover=0.0)
YEARS = (2016, 2017, 2018, 2019)  # the last before the pandemic
BAND = (0.05, 0.95)
RANKS = 10


@dataclass(frozen=True)
class HeldOut:
    """WHO's rates of the held-out years among those of the draws when nothing is scaled up.

    Attributes
    ----------
    found : mapping of label to value
        Countries compared; share within the band of 90 per cent, each year; in the last year the
        shares below and above it, and the rank histogram: the share of countries whose rate lies in
        each tenth of the draws (a tenth each, were the band right). The model knows nothing of the
        programmes between, is not expected to meet it, and is not tuned to.
    """

    found: Mapping[str, float]


def held_out(store: Store, topic: str, seed: int) -> dict[str, HeldOut]:
    """Compare ``cases`` and ``deaths`` per person of every country with WHO's.

    Raises
    ------
    SimulateError, NoSuchObservation, EstimateError
        A file that the model needs is not loaded.
    """
    rates, areas = _unchanged(store, topic, seed)
    return {
        quantity: _compared(store, topic, quantity, draws, areas)
        for quantity, draws in rates.items()
    }


def _compared(
    store: Store, topic: str, quantity: str, draws: np.ndarray, areas: tuple[str, ...]
) -> HeldOut:
    series = newest_series(store, f"{topic}_{quantity}")
    people = newest_series(store, "population_who")
    found: dict[str, float] = {}
    for year in YEARS:
        rate = draws[:, year - BASE]
        observed = np.array([_rate(series, people, a, year) for a in areas])
        known = np.isfinite(observed) & (observed > 0)
        low, high = np.quantile(rate[:, known], BAND, axis=0)
        seen = observed[known]
        found["countries"] = float(known.sum())
        found[f"within {year}"] = float(np.mean((seen >= low) & (seen <= high)))
        if year == max(YEARS):
            found["fewer"], found["more"] = float(np.mean(seen < low)), float(np.mean(seen > high))
            found |= _ranks(rate[:, known], seen)
    return HeldOut(found)


def _ranks(draws: np.ndarray, seen: np.ndarray) -> dict[str, float]:
    rank = (draws < seen).mean(axis=0)
    tenth = np.minimum((rank * RANKS).astype(int), RANKS - 1)
    share = np.bincount(tenth, minlength=RANKS) / len(seen)
    return {f"rank {i + 1}": float(v) for i, v in enumerate(share)}


def _unchanged(
    store: Store, topic: str, seed: int
) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Return rates per person-year, shape (D, years, n), and the countries."""
    if topic == "tb":
        tb = tb_inputs(store)
        done, _ = tb_run.simulate(
            tb.world,
            tb.observed,
            parameters("tb"),
            [UNCHANGED],
            seed=seed,
            count=DRAWS,
            chosen=range(DRAWS),
            last=max(YEARS),
        )
        areas, outcome = tb.world.where.areas, done["unchanged"]
        numbers = {k: getattr(outcome, k).sum(axis=2) for k in ("cases", "deaths", "persons")}
    else:
        found = malaria_inputs(store)
        spread, _ = malaria_run.simulate(
            found.malarious,
            parameters("malaria"),
            [UNCHANGED],
            seed=seed,
            count=DRAWS,
            chosen=range(DRAWS),
            last=max(YEARS),
        )
        areas, reached = found.world.where.areas, spread["unchanged"]
        numbers = {k: getattr(reached, k).sum(axis=2) for k in ("cases", "deaths", "persons")}
    return {k: numbers[k] / numbers["persons"] for k in ("cases", "deaths")}, areas


def _rate(series: Series, people: Series, area: str, year: int) -> float:
    if area not in series.areas or area not in people.areas:
        return float("nan")
    row = series.values[series.areas.index(area), series.years.index(year)]
    return float(row / people.values[people.areas.index(area), people.years.index(year)])
