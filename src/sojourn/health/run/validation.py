"""The models beside published results and beside the years that no fit has seen: a list of verdicts."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import numpy as np

from sojourn.health.engine.parameters import draw, parameters
from sojourn.health.engine.scenario import scenarios
from sojourn.health.inputs.tb import TbInputs, tb_inputs
from sojourn.health.malaria.model import Place, simulate
from sojourn.health.run.held_out import malaria_scores
from sojourn.health.run.scores import Row, tb_scores
from sojourn.health.run.shares import share_scores
from sojourn.health.tb.joined import IDENTIFIED, Fitted
from sojourn.health.tb.model import A, F, L, M, run_year
from sojourn.health.tb.run import started
from sojourn.store.observations import Store

DRAWS = 12  # of every structure
V1_YEARS = (2035, 2050)
NEAR = 1.5  # a factor within which an untuned result counts as near


def validate(store: Store, *, seed: int = 1) -> list[Row]:
    """Compare what is printed with published results, and with years that no fit has seen.

    Raises
    ------
    SimulateError, NoSuchObservation, EstimateError
        WHO's or UN DESA's files are not loaded.
    """
    told = tomllib.loads(files("sojourn.health.run").joinpath("validation.toml").read_text("utf-8"))
    inputs = tb_inputs(store)
    begun = _started(inputs, "three_stage", seed)
    return [
        *tb_scores(store),
        *share_scores(store, inputs, seed=seed),
        *_v1(told["V1"], inputs, begun),
        *_v2(told["V2"], inputs, begun),
        _v3(told["V3"], begun),
        *malaria_scores(store, seed),
        _untried("V4", told["V4"]),
        _untried("V5", told["V5"]),
        _v6(told["V6"], seed),
    ]


def _started(inputs: TbInputs, structure: str, seed: int) -> Fitted:
    known, index = parameters("tb"), range(DRAWS)
    drawn = draw(known, seed, DRAWS, index)
    kinds = np.array([structure] * DRAWS)
    return started(
        inputs.world,
        inputs.observed,
        drawn,
        seed=seed,
        count=DRAWS,
        index=index,
        structure=kinds,
    )


def _v1(told: Mapping[str, Any], inputs: TbInputs, start: Fitted) -> list[Row]:
    """Stop all transmission in 2015 and see what the infections that exist lead to."""
    state, nothing = start.state.copy(), np.zeros_like(start.contact)
    rates = replace(start.rates, relapse=np.zeros_like(start.rates.relapse))
    rows = []
    for year in range(2015, 2051):
        done = run_year(state, inputs.world.where, rates, nothing)
        if year in V1_YEARS:
            rate = 1e5 * done.cases.sum(axis=1) / done.persons.sum(axis=1)
            published = told["published"][V1_YEARS.index(year)]
            rows.append(_row(f"V1_{year}", told, f"{told['title']}: {year}", published, rate))
    return rows


def _v2(told: Mapping[str, Any], inputs: TbInputs, start: Fitted) -> list[Row]:
    """Look for active disease among those who would move, by prevalence at the origin."""
    n = start.contact.shape[1]
    people = start.state.sum(axis=0)[:, :n]
    active = 1e5 * start.state[A][:, :n] / people
    known = parameters("tb")
    caught = active * known["screening_sensitivity"].value * _selected(inputs, start)
    rows = []
    for name, here, published in (
        ("50_149", (active >= 50) & (active < 150), told["published_low"][1]),
        ("350_and_more", active >= 350, told["published_high"][1]),
    ):
        found = caught[here] if here.any() else np.full(1, np.nan)
        title = f"{told['title']}: {name.replace('_', ' to ', 1)}"
        rows.append(_row(f"V2_{name}", told, title, published, found))
    return rows


def _selected(inputs: TbInputs, start: Fitted) -> np.ndarray:
    """Return the selection of those who leave each country, weighed by where they go, shape (D, n)."""
    where = inputs.world.where
    chosen = np.clip(start.selection[:, where.destination], *IDENTIFIED) * inputs.world.inflow
    coming = inputs.world.inflow @ where.home
    return np.asarray((chosen @ where.home) / np.maximum(coming, 1e-300))


def _v3(told: Mapping[str, Any], start: Fitted) -> Row:
    infected = start.state[[F, M, L]].sum(axis=(0, 2))
    share = 100.0 * infected / start.state.sum(axis=(0, 2))
    low, middle, high = told["published"]
    row = _row("V3", told, told["title"], middle, share)
    return replace(row, verdict="met") if low <= float(np.median(share)) <= high else row


def _untried(name: str, told: Mapping[str, Any]) -> Row:
    """Say that a target cannot be tried, rather than to feed it with its own answer."""
    published = float(told["published"][0])
    none = (None, None, None)
    return Row(name, "malaria", told["title"], published, *none, "not tried", told["source"])


def _v6(told: Mapping[str, Any], seed: int) -> Row:
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
    ratio = found["border_screening"] / found["residents_only"]
    return Row("V6", "malaria", told["title"], None, ratio, None, None, said, told["source"])


def _row(name: str, told: Mapping[str, Any], title: str, published: float, values: Any) -> Row:
    """Judge the median of some draws: met within 5 per cent, near within a factor of 1.5."""
    low, middle, high = (float(v) for v in np.quantile(values, [0.05, 0.5, 0.95]))
    worst = max(middle / published, published / middle) if middle > 0 else np.inf
    said = "met" if worst < 1.05 else "near" if worst <= NEAR else "missed"
    return Row(name, "tb", title, published, middle, low, high, said, told["source"])
