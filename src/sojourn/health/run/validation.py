"""The models beside published results and beside the years that no fit has seen: a list of verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from sojourn.health.engine.parameters import draw, parameters
from sojourn.health.engine.scenario import scenarios
from sojourn.health.inputs.tb import TbInputs, tb_inputs
from sojourn.health.malaria.model import Place, simulate
from sojourn.health.run.begun import Begun, begun
from sojourn.health.run.by_country import path_rows
from sojourn.health.run.held_out import malaria_scores
from sojourn.health.run.scores import UNTRIED, Row, read_known, tb_scores
from sojourn.health.run.shares import share_scores
from sojourn.health.run.world import world_rows
from sojourn.health.tb.joined import IDENTIFIED, Fitted
from sojourn.health.tb.latency import STRUCTURES
from sojourn.health.tb.model import A, F, L, M, run_year
from sojourn.store.observations import Store
from sojourn.terminal.declared import packaged

V1_YEARS = (2035, 2050)
NEAR = 1.5  # a factor within which an untuned result counts as near
SCREENED = (50.0, 150.0), (350.0, np.inf)  # prevalence at the origin, per 100,000


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A result that others published: what is compared with ours.

    Attributes
    ----------
    published, published_low, published_high : tuple of float
        In the unit of the title; where two groups are compared, the lower and the upper one's.
    missing : str
        Data that no loaded file has, without which it cannot be tried.
    """

    title: str
    source: str
    mark: str
    published: tuple[float, ...] = ()
    published_low: tuple[float, ...] = ()
    published_high: tuple[float, ...] = ()
    missing: str = ""


def _published() -> dict[str, Printed]:
    return packaged("sojourn.health.run", "validation.toml", dict[str, Printed])


def tb_rows(store: Store, *, seed: int = 1, as_of: date | None = None) -> list[Row]:
    """Compare what is printed of tuberculosis; all from one fit of the draws of a run.

    Raises
    ------
    SimulateError, NoSuchObservation, EstimateError
        WHO's or UN DESA's files are not loaded.
    """
    told, inputs = _published(), tb_inputs(store, as_of=as_of)
    fitted, known = begun(inputs, seed), read_known(store, as_of=as_of)
    return [
        *tb_scores(store, as_of),
        *world_rows(known),
        *path_rows(known),
        *share_scores(store, inputs, fitted, seed=seed, as_of=as_of),
        *_v1(told["V1"], inputs, fitted),
        *_v2(told["V2"], inputs, fitted),
        _v3(told["V3"], fitted),
    ]


def malaria_rows(store: Store, *, seed: int = 1, as_of: date | None = None) -> list[Row]:
    """Compare what is told of malaria.

    Raises
    ------
    SimulateError, NoSuchObservation, EstimateError
        WHO's or UN DESA's files are not loaded.
    """
    return [*malaria_scores(store, seed, as_of), *place_rows(seed)]


def place_rows(seed: int = 1) -> list[Row]:
    """Compare malaria in one place with what is published of places; no file is read."""
    told = _published()
    return [_untried("V4", told["V4"]), _untried("V5", told["V5"]), _v6(told["V6"], seed)]


def _v1(told: Printed, inputs: TbInputs, fitted: Sequence[Begun]) -> list[Row]:
    """Stop all transmission in 2015 and see what the infections that exist lead to."""
    found: dict[int, list[np.ndarray]] = {year: [] for year in V1_YEARS}
    for block in fitted:
        start = block.start
        state, nothing = start.state.copy(), np.zeros_like(start.contact)
        rates = replace(start.rates, relapse=np.zeros_like(start.rates.relapse))
        for year in range(2015, max(V1_YEARS) + 1):
            done = run_year(state, inputs.world.where, rates, nothing)
            if year in V1_YEARS:
                found[year].append(1e5 * done.cases.sum(axis=1) / done.persons.sum(axis=1))
    kinds = np.concatenate([b.structure for b in fitted])
    rows = []
    for year, published in zip(V1_YEARS, told.published, strict=True):
        rate = np.concatenate(found[year])
        rows.append(_row(f"V1_{year}", told, f"{told.title}: {year}", published, rate))
        for kind in STRUCTURES:
            one = _row(f"V1_{year}_{kind}", told, f"{rows[-1].title}, {kind}", published, rate)
            rows.append(replace(one, **_spread(rate[kinds == kind]), verdict="told"))
    return rows


def _v2(told: Printed, inputs: TbInputs, fitted: Sequence[Begun]) -> list[Row]:
    """Look for active disease among those who would move, by prevalence at the origin.

    A draw's number is the median over its countries of that prevalence; disease elsewhere than in the
    lungs is not found. Held against Aldridge 2014 and 2016 (V2).
    """
    rows = []
    lungs = 1.0 if inputs.world.lungs is None else inputs.world.lungs
    for name, said, (least, most), published in (
        ("50_149", "50 to 149", SCREENED[0], told.published_low[1]),
        ("350_and_more", "above 350", SCREENED[1], told.published_high[1]),
    ):
        found = []
        for block in fitted:
            start, n = block.start, block.start.contact.shape[1]
            active = 1e5 * start.state[A][:, :n] / start.state.sum(axis=0)[:, :n]
            finds = block.drawn["screening_sensitivity"][:, None] * _selected(inputs, start) * lungs
            for there, yields in zip(active, active * finds, strict=True):
                here = (there >= least) & (there < most)
                found.append(float(np.median(yields[here])) if here.any() else np.nan)
        row = _row(f"V2_{name}", told, f"{told.title}: {said}", published, np.array(found))
        none = f"no modelled country has a prevalence of {said} per 100,000"
        rows.append(row if row.ours is not None else Row.untried(row, none))
    return rows


def _selected(inputs: TbInputs, start: Fitted) -> np.ndarray:
    """Return the selection of those who leave each country, weighed by where they go, shape (D, n)."""
    where = inputs.world.where
    chosen = np.clip(start.selection[:, where.destination], *IDENTIFIED) * inputs.world.inflow
    coming = inputs.world.inflow @ where.home
    return np.asarray((chosen @ where.home) / np.maximum(coming, 1e-300))


def _v3(told: Printed, fitted: Sequence[Begun]) -> Row:
    share = []
    for block in fitted:
        state = block.start.state
        share.append(100.0 * state[[F, M, L]].sum(axis=(0, 2)) / state.sum(axis=(0, 2)))
    low, middle, high = told.published
    row = _row("V3", told, told.title, middle, np.concatenate(share))
    return replace(row, verdict="met") if low <= (row.ours or 0.0) <= high else row


def _untried(name: str, told: Printed) -> Row:
    """Say that a target cannot be tried, rather than to feed it with its own answer."""
    published = float(told.published[0])
    none = (None, None, None)
    return Row(name, "malaria", told.title, published, *none, UNTRIED, told.source, told.missing)


def _v6(told: Printed, seed: int) -> Row:
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
    return Row("V6", "malaria", told.title, None, ratio, None, None, said, told.source)


def _row(name: str, told: Printed, title: str, published: float, values: Any) -> Row:
    """Judge the median of some draws: met within 5 per cent, near within a factor of 1.5."""
    spread = _spread(values)
    low, middle, high = (spread[k] for k in ("low", "ours", "high"))
    if low is None or middle is None or high is None:
        return Row(name, "tb", title, published, None, None, None, UNTRIED, told.source)
    worst = max(middle / published, published / middle) if middle > 0 else np.inf
    said = "met" if worst < 1.05 else "near" if worst <= NEAR else "missed"
    if said == "missed" and low <= published <= high:
        said = "within"
    return Row(name, "tb", title, published, middle, low, high, said, told.source)


def _spread(values: np.ndarray) -> dict[str, Any]:
    """Return median and 90 per cent interval over the draws; none where there is no draw."""
    kept = values[np.isfinite(values)]
    if not len(kept):
        return {"ours": None, "low": None, "high": None}
    low, middle, high = (float(v) for v in np.quantile(kept, [0.05, 0.5, 0.95]))
    return {"ours": middle, "low": low, "high": high}
