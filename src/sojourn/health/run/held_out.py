"""Malaria after 2015, which no fit has seen: WHO's estimates beside persistence and beside the draws."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from sojourn.health.engine.parameters import parameters
from sojourn.health.engine.scenario import Scenario
from sojourn.health.inputs.malaria import malaria_inputs
from sojourn.health.inputs.series import newest_series
from sojourn.health.malaria import run as malaria_run
from sojourn.health.run.scores import Row
from sojourn.health.targets.series import Series
from sojourn.health.tb.fit import BASE
from sojourn.health.tb.score import score, score_draws
from sojourn.store.observations import Store

DRAWS = 48
UNCHANGED = Scenario(id="unchanged", title="No scale-up after 2015", cover=0.0)
YEARS = tuple(range(2016, 2022))
FIRST, ORIGIN = 2000, 2005  # WHO's series; the first year from which persistence is tried
FEWEST = 10_000.0  # cases in 2015 of a country that is compared
ALLOWED = 1.1  # times the error of persistence: beyond, no level or milestone is told


def malaria_scores(store: Store, seed: int, as_of: date | None = None) -> list[Row]:
    """Score cases and deaths per person of 2016 to 2021.

    Raises
    ------
    SimulateError, NoSuchObservation, EstimateError
        A file that the model needs is not loaded.
    """
    inputs = malaria_inputs(store, as_of=as_of)
    spread, _ = malaria_run.simulate(
        inputs.malarious,
        parameters("malaria"),
        [UNCHANGED],
        seed=seed,
        count=DRAWS,
        chosen=range(DRAWS),
        last=max(YEARS),
    )
    outcome, areas = spread["unchanged"], inputs.world.where.areas
    years = (BASE, *YEARS)
    people = newest_series(store, "population_who", as_of).of(areas, years)
    persons = outcome.persons.sum(axis=2)
    rows = list[Row]()
    for quantity in ("cases", "deaths"):
        series = newest_series(store, f"malaria_{quantity}", as_of)
        cases = newest_series(store, "malaria_cases", as_of).of(areas, [BASE])[:, 0]
        seen = series.of(areas, years) / people
        draws = getattr(outcome, quantity).sum(axis=2)[:, 1:] / persons[:, 1:]
        many = _many(cases)
        here = _rows(quantity, seen[many], draws[:, :, many], series.edition)
        here.append(_band(quantity, *_history(store, areas, series, as_of), series.edition))
        later = zip(YEARS, seen[:, 1:].T, strict=True)
        lacks = [str(year) for year, values in later if not np.isfinite(values).any()]
        said = f"{series.edition} has no {quantity} per inhabitant of {', '.join(lacks)}"
        rows += [Row.untried(row, said) for row in here] if lacks else here
    return rows


def _history(
    store: Store, areas: Sequence[str], series: Series, as_of: date | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return an indicator per person from 2000 to 2021, and cases, both of shape (n, years)."""
    years = range(FIRST, YEARS[-1] + 1)
    people = newest_series(store, "population_who", as_of).of(areas, years)
    cases = newest_series(store, "malaria_cases", as_of).of(areas, years)
    return series.of(areas, years) / people, cases


def _many(cases: np.ndarray) -> np.ndarray:
    """Return which countries have so many cases that they are compared."""
    return np.asarray(cases > FEWEST)


def own_error(rates: np.ndarray, cases: np.ndarray) -> np.ndarray:
    """Return the 90th percentile of the error of the last value carried forward, a horizon each.

    Of countries above 10,000 cases at origins from 2005 on; no outcome is later than 2015.

    Parameters
    ----------
    rates, cases : ndarray, shape (n, years)
        Per person, and numbers; years from 2000 on.

    Returns
    -------
    ndarray, shape (6,)
        Half-widths of the logarithm, one to six years ahead.
    """
    logs = np.log(np.where(rates > 0, rates, np.nan))
    base = BASE - FIRST
    widths = []
    for ahead in range(1, len(YEARS) + 1):
        found = [
            np.abs(logs[:, at + ahead] - logs[:, at])[_many(cases[:, at])]
            for at in range(ORIGIN - FIRST, base - ahead + 1)
        ]
        widths.append(np.nanquantile(np.concatenate(found), 0.9))
    return np.array(widths)


def _band(quantity: str, rates: np.ndarray, cases: np.ndarray, edition: str) -> Row:
    """Return how much of 2016 to 2021 the band of persistence's own error holds."""
    base = BASE - FIRST
    large = _many(cases[:, base])
    last = np.broadcast_to(rates[large, base], (len(YEARS), large.sum()))
    found = score(last, rates[large, base + 1 :].T, own_error(rates, cases)[:, None]).within
    return Row(
        f"band_malaria_{quantity}_{YEARS[0]}_{YEARS[-1]}",
        "malaria",
        f"share of countries and years within the 90 per cent band of persistence's own error at origins "
        f"{ORIGIN} to {BASE - 1}, {quantity}; the model's draws are not widened by it, no claim rests on it",
        0.9,
        found,
        None,
        None,
        "met" if 0.85 <= found <= 0.95 else "missed",
        edition,
    )


def _rows(quantity: str, seen: np.ndarray, draws: np.ndarray, edition: str) -> list[Row]:
    last = score(np.broadcast_to(seen[:, 0], (len(YEARS), len(seen))), seen[:, 1:].T)
    mine = score_draws(draws, seen[:, 1:].T)
    name = f"malaria_{quantity}_{YEARS[0]}_{YEARS[-1]}"
    title = f"median error of the logarithm, {quantity} {YEARS[0]} to {YEARS[-1]}"
    bar = ALLOWED * last.error
    said = "met" if mine.error <= bar else "missed"
    within = "met" if 0.85 <= mine.within <= 0.95 else "missed"
    share = f"share of countries and years within the 90 per cent band, {quantity}"
    none = (None, None)
    return [
        Row(
            f"persistence_{name}",
            "malaria",
            f"{title}: the value of 2015 carried forward",
            None,
            last.error,
            *none,
            "told",
            edition,
        ),
        Row(
            f"model_{name}",
            "malaria",
            f"{title}: the model without a scale-up; to be within 1.1 times persistence",
            bar,
            mine.error,
            *none,
            said,
            edition,
        ),
        Row(f"coverage_{name}", "malaria", share, 0.9, mine.within, *none, within, edition),
    ]
