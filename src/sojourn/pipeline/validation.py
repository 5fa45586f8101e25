"""The validation targets V1 to V6, and the years after 2015 that no fit has seen: found, and a verdict."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import numpy as np

from sojourn.pipeline.malaria_inputs import malaria_inputs
from sojourn.pipeline.targets import newest_series
from sojourn.pipeline.tb_inputs import TbInputs, tb_inputs
from sojourn.simulate import malaria_run, tb_run
from sojourn.simulate.latency import STRUCTURES
from sojourn.simulate.malaria import Place, simulate
from sojourn.simulate.parameters import draw, parameters
from sojourn.simulate.scenario import Scenario, scenarios
from sojourn.simulate.tb import A, F, L, M, run_year
from sojourn.simulate.tb_fit import Fitted, fit
from sojourn.simulate.tb_run import rates_of
from sojourn.simulate.tracking import Series
from sojourn.store.observations import Store

DRAWS = 12  # of every structure
HELD_DRAWS = 48
NEAR = 1.5  # a factor within which an untuned result counts as near


@dataclass(frozen=True)
class Verdict:
    """One target.

    Attributes
    ----------
    found : mapping of label to value
        Medians over the draws.
    verdict : str
        ``met``, ``near`` (within a factor of 1.5), ``missed``, ``sign met``, or ``not tried``
        where an input is not at hand.
    """

    id: str
    title: str
    published: str
    found: Mapping[str, float]
    verdict: str
    source: str


def validate(store: Store, *, seed: int = 1) -> list[Verdict]:
    """Compare the models with published results they never saw.

    Raises
    ------
    SimulateError, NoSuchObservation, EstimateError
        WHO's or UN DESA's files are not loaded.
    """
    told = tomllib.loads(files("sojourn.simulate").joinpath("validation.toml").read_text("utf-8"))
    inputs = tb_inputs(store)
    started = {s: _started(inputs, s, seed) for s in STRUCTURES}
    return [
        _v1(told["V1"], inputs, started),
        _v2(told["V2"], started),
        _v3(told["V3"], started),
        _untried("V4", told["V4"]),
        _untried("V5", told["V5"]),
        _v6(told["V6"], seed),
        _held_out("H1", told["H1"], store, "tb", seed),
        _held_out("H2", told["H2"], store, "malaria", seed),
    ]


def _started(inputs: TbInputs, structure: str, seed: int) -> Fitted:
    drawn = draw(parameters("tb"), seed, DRAWS, range(DRAWS))
    rates = rates_of(drawn, np.array([structure] * DRAWS), inputs.world)
    return fit(rates, inputs.observed, inputs.world, drawn["selection"], drawn["migrant_access"])


def _v1(told: Mapping[str, Any], inputs: TbInputs, started: Mapping[str, Fitted]) -> Verdict:
    """Stop all transmission in 2015 and see what the infections that exist lead to."""
    found = {}
    for structure, start in started.items():
        state = start.state.copy()
        nothing = np.zeros_like(start.contact)
        rates = replace(start.rates, relapse=np.zeros_like(start.rates.relapse))
        for year in range(2015, 2051):
            done = run_year(state, inputs.world.where, rates, nothing)
            if year in (2035, 2050):
                rate = 1e5 * done.cases.sum(axis=1) / done.persons.sum(axis=1)
                found[f"{structure} {year}"] = float(np.median(rate))
    central = [found["three_stage 2035"], found["three_stage 2050"]]
    return _verdict("V1", told, found, central, told["published"])


def _v2(told: Mapping[str, Any], started: Mapping[str, Fitted]) -> Verdict:
    """Look at active disease among residents of countries by its prevalence."""
    start = started["three_stage"]
    n = start.contact.shape[1]
    people = start.state.sum(axis=0)[:, :n]
    active = 1e5 * start.state[A][:, :n] / people
    caught = active * parameters("tb")["screening_sensitivity"].value * parameters("tb")["selection"].value  # fmt: skip
    low = (active >= 50) & (active < 150)
    high = active >= 350
    found = {
        "50 to 149": float(np.median(caught[low])) if low.any() else float("nan"),
        "350 and more": float(np.median(caught[high])) if high.any() else float("nan"),
    }
    return _verdict("V2", told, found, list(found.values()), [told["published_low"][1], told["published_high"][1]])  # fmt: skip


def _v3(told: Mapping[str, Any], started: Mapping[str, Fitted]) -> Verdict:
    found = {}
    for structure, start in started.items():
        infected = start.state[[F, M, L]].sum(axis=(0, 2))
        found[structure] = float(np.median(100.0 * infected / start.state.sum(axis=(0, 2))))
    low, middle, high = told["published"]
    inside = low <= found["three_stage"] <= high
    verdict = _verdict("V3", told, found, [found["three_stage"]], [middle])
    return replace(verdict, verdict="met") if inside else verdict


def _untried(name: str, told: Mapping[str, Any]) -> Verdict:
    """Say that a target cannot be tried, rather than to feed it with its own answer."""
    published = ", ".join(f"{p:g}" for p in told["published"])
    return Verdict(name, told["title"], published, {}, "not tried", told["source"])


def _v6(told: Mapping[str, Any], seed: int) -> Verdict:
    """Compare programmes where importation is strong and mobile people are many."""
    drawn = draw(parameters("malaria"), seed, 100, range(100))
    chosen = {s.id: s for s in scenarios()}
    out = simulate(Place(1.6, 0.15, 2000.0), drawn, list(chosen.values()))
    found = {
        name: float(np.median(out[name].infections[:, -1].mean(axis=1)))
        for name in ("residents_only", "border_screening", "included", "included_and_source")
    }
    lowers = found["border_screening"] < found["residents_only"]
    goes_on = found["border_screening"] > 1e-4
    more = found["included_and_source"] < found["included"] < found["border_screening"]
    said = "sign met" if lowers and goes_on and more else "missed"
    return Verdict("V6", told["title"], "signs", found, said, told["source"])


UNCHANGED = Scenario(id="unchanged", title="No scale-up after 2015", cover=0.0)
HELD_OUT = 2019  # the last year before the pandemic
BAND = (0.05, 0.95)


def _held_out(name: str, told: Mapping[str, Any], store: Store, topic: str, seed: int) -> Verdict:
    """Set WHO's incidence of 2019 beside what the model makes of 2015 when nothing is scaled up.

    The verdict is on the share of countries within the band of 90 per cent; a model that knows
    nothing of the programmes between is not expected to meet it, and is not tuned to.
    """
    rate, areas = _unchanged(store, topic, seed)
    cases = newest_series(store, f"{topic}_cases")
    people = newest_series(store, "population_who")
    observed = np.array([_rate(cases, people, a) for a in areas])
    known = np.isfinite(observed) & (observed > 0)
    low, high = np.quantile(rate, BAND, axis=0)
    shares = {
        "countries": float(known.sum()),
        "within": float(np.mean((observed >= low)[known] & (observed <= high)[known])),
        "fewer": float(np.mean((observed < low)[known])),
        "more": float(np.mean((observed > high)[known])),
    }
    said = "met" if shares["within"] >= 0.9 else "near" if shares["within"] >= 0.6 else "missed"
    return Verdict(name, told["title"], "0.9 within", shares, said, told["source"])


def _unchanged(store: Store, topic: str, seed: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return incidence per person in the held-out year, shape (D, n), and the countries."""
    if topic == "tb":
        tb = tb_inputs(store)
        done, _ = tb_run.simulate(
            tb.world, tb.observed, parameters("tb"), [UNCHANGED],
            seed=seed, count=HELD_DRAWS, chosen=range(HELD_DRAWS),
        )  # fmt: skip
        areas = tb.world.where.areas
        cases, persons = (getattr(done["unchanged"], f) for f in ("cases", "persons"))
    else:
        found = malaria_inputs(store)
        spread, _ = malaria_run.simulate(
            found.malarious, parameters("malaria"), [UNCHANGED], seed=seed, count=HELD_DRAWS,
            chosen=range(HELD_DRAWS), last=HELD_OUT,
        )  # fmt: skip
        areas = found.world.where.areas
        cases, persons = (getattr(spread["unchanged"], f) for f in ("cases", "persons"))
    year = HELD_OUT - malaria_run.BASE
    return np.asarray(cases[:, year].sum(axis=1) / persons[:, year].sum(axis=1)), areas


def _rate(cases: Series, people: Series, area: str) -> float:
    if area not in cases.areas or area not in people.areas:
        return float("nan")
    row = cases.values[cases.areas.index(area), cases.years.index(HELD_OUT)]
    return float(row / people.values[people.areas.index(area), people.years.index(HELD_OUT)])


def _verdict(
    name: str,
    told: Mapping[str, Any],
    found: Mapping[str, float],
    values: list[float],
    published: list[float],
) -> Verdict:
    ratios = [
        max(v / p, p / v) if v > 0 else np.inf for v, p in zip(values, published, strict=True)
    ]
    worst = max(ratios)
    verdict = "met" if worst < 1.05 else "near" if worst <= NEAR else "missed"
    return Verdict(
        name, told["title"], ", ".join(f"{p:g}" for p in published), found, verdict, told["source"]
    )
