"""The validation targets V1 to V6, and the years after 2015 that no fit has seen: found, and a verdict."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import numpy as np

from sojourn.health.engine.parameters import draw, parameters
from sojourn.health.engine.scenario import scenarios
from sojourn.health.inputs.tb import TbInputs, tb_inputs
from sojourn.health.malaria.model import Place, simulate
from sojourn.health.run.held_out import YEARS, held_out
from sojourn.health.tb.fit import Fitted, drawn_within, fit
from sojourn.health.tb.latency import STRUCTURES
from sojourn.health.tb.model import A, F, L, M, run_year
from sojourn.health.tb.run import rates_of, selection_of
from sojourn.store.observations import Store

DRAWS = 12  # of every structure
HELD = (
    ("H1", "tb", "cases"),
    ("H2", "malaria", "cases"),
    ("H3", "tb", "deaths"),
    ("H4", "malaria", "deaths"),
)
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
    told = tomllib.loads(files("sojourn.health.run").joinpath("validation.toml").read_text("utf-8"))
    inputs = tb_inputs(store)
    started = {s: _started(inputs, s, seed) for s in STRUCTURES}
    return [
        _v1(told["V1"], inputs, started),
        _v2(told["V2"], started),
        _v3(told["V3"], started),
        _untried("V4", told["V4"]),
        _untried("V5", told["V5"]),
        _v6(told["V6"], seed),
        *_held_out(told, store, seed),
    ]


def _held_out(told: Mapping[str, Any], store: Store, seed: int) -> list[Verdict]:
    """Judge the years after 2015 by the share of countries within the band of 90 per cent."""
    out = []
    compared = {topic: held_out(store, topic, seed) for topic in ("tb", "malaria")}
    for name, topic, quantity in HELD:
        seen = compared[topic][quantity]
        within = seen.found[f"within {max(YEARS)}"]
        said = "met" if within >= 0.9 else "near" if within >= 0.6 else "missed"
        out.append(
            Verdict(name, told[name]["title"], "0.9 within", seen.found, said, told[name]["source"])
        )
    return out


def _started(inputs: TbInputs, structure: str, seed: int) -> Fitted:
    known, index = parameters("tb"), range(DRAWS)
    drawn = draw(known, seed, DRAWS, index)
    rates = rates_of(drawn, np.array([structure] * DRAWS), inputs.world)
    selection = selection_of(known, drawn, seed, index, inputs.world.where.n)
    aims = drawn_within(inputs.observed, seed, index)
    return fit(rates, aims, inputs.world, selection, drawn["migrant_access"])


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
    caught = (
        active
        * parameters("tb")["screening_sensitivity"].value
        * parameters("tb")["selection"].value
    )
    low = (active >= 50) & (active < 150)
    high = active >= 350
    found = {
        "50 to 149": float(np.median(caught[low])) if low.any() else float("nan"),
        "350 and more": float(np.median(caught[high])) if high.any() else float("nan"),
    }
    return _verdict(
        "V2",
        told,
        found,
        list(found.values()),
        [told["published_low"][1], told["published_high"][1]],
    )


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
