"""Estimated flows as observations of status E, beside what they were estimated from."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sojourn import __version__
from sojourn.estimate.flows import Flows, Stocks, estimate
from sojourn.estimate.flows.methods import WEIGHT
from sojourn.estimate.flows.tables import Array
from sojourn.pipeline.derived import derived_entry, write_derived
from sojourn.pipeline.flow_inputs import Inputs, read_inputs, stock_editions
from sojourn.pipeline.flow_report import MIXED
from sojourn.store.manifest import LoadedFile
from sojourn.store.observations import Store

DATASET = "sojourn.flows"
WEIGHTS = (0.80, 0.95)  # of the minimum in pseudo-bayes: the range of the band


@dataclass(frozen=True)
class Band:
    """Low, central and high estimate of each corridor.

    Attributes
    ----------
    central : Flows
        Pseudo-Bayes at its default weight.
    low, high : ndarray, shape (n, n), persons
        Smallest and largest of the minimum, independence and the mixture: the range of methods.
    """

    central: Flows
    low: Array
    high: Array


def band(
    stocks: Stocks,
    others: Sequence[Stocks] = (),
    *,
    seed: Array | None = None,
    weight: float = WEIGHT,
) -> Band:
    """Return the range of methods of each corridor: closed methods and editions of the stock.

    Parameters
    ----------
    stocks : Stocks
        Of the edition that the central estimate rests on.
    others : sequence of Stocks
        The same interval from other editions; places they lack widen no corridor.
    seed : ndarray, shape (n, n), optional
        Weights of the pairs of places of ``stocks``.
    weight : float
        Share of the minimum in the central estimate.
    """
    central = estimate(stocks, "pseudo-bayes", seed=seed, weight=weight)
    spread = [central.flow, *_spread(stocks, seed)]
    place = {a: i for i, a in enumerate(stocks.places)}
    for other in others:
        index = np.array([place.get(a, -1) for a in other.places])
        known = index >= 0
        own = None if seed is None or not known.all() else seed[np.ix_(index, index)]
        for flow in _spread(other, own):
            aligned = central.flow.copy()
            aligned[np.ix_(index[known], index[known])] = flow[np.ix_(known, known)]
            spread.append(aligned)
    return Band(central, np.minimum.reduce(spread), np.maximum.reduce(spread))


def _spread(stocks: Stocks, seed: Array | None) -> list[Array]:
    """Return the ends of the range; every mixture of the two lies between them."""
    return [estimate(stocks, m, seed=seed).flow for m in ("minimum-closed", "independence")]


def other_editions(store: Store, inputs: Inputs, as_of: date | None = None) -> list[Inputs]:
    """Return the same interval and sex from the other editions of the stock."""
    period = f"{inputs.start}-{inputs.end}"
    found = stock_editions(store, period, sex=inputs.sex, as_of=as_of)
    return [
        read_inputs(
            store, period, sex=inputs.sex, as_of=as_of, stock=edition, choices=inputs.choices
        )
        for edition in found
        if edition != inputs.editions["stock"]
    ]


def interval(inputs: Inputs) -> str:
    """Return the interval as SDMX writes it: from mid-year, for so many years."""
    return f"{inputs.start}-07-01/P{inputs.end - inputs.start}Y"


def keep(
    root: Path, inputs: Inputs, flows: Flows, bounds: tuple[Array, Array] | None = None
) -> str:
    """Write an estimate into the data directory, in one transaction; return its edition.

    The same estimate from the same editions changes nothing.

    Raises
    ------
    StoreBusy
        Another process is writing.
    """
    about = _about(inputs, flows)
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    entry = _entry(inputs, flows, digest)
    n = len(flows.places) * (len(flows.places) - 1)
    write_derived(root, entry, lambda: _columns(inputs, flows, bounds, entry, about), n)
    return entry.edition


def _about(inputs: Inputs, flows: Flows) -> dict[str, Any]:
    return {
        "method": flows.method,
        "lambda": flows.weight,
        "interval": interval(inputs),
        "sex": inputs.sex,
        "editions": dict(inputs.editions),
        "unknown": inputs.choices.unknown,
        "mixed_revisions": inputs.choices.mix_revisions,
        "version": __version__,
    }


def _entry(inputs: Inputs, flows: Flows, digest: str) -> LoadedFile:
    vintage = max(e.partition("@")[2] for e in inputs.editions.values())
    name = f"flows {inputs.start}-{inputs.end} {inputs.sex} {flows.method}"
    sources = "; ".join(sorted(set(inputs.editions.values())))
    return derived_entry(
        DATASET,
        digest,
        name,
        vintage=vintage,
        title=f"estimates from {sources}",
        citation=f"Estimated by sojourn ({flows.method}) from {sources}.",
        terms="facts estimated from the editions named, on their terms",
    )


def _columns(
    inputs: Inputs,
    flows: Flows,
    bounds: tuple[Array, Array] | None,
    entry: LoadedFile,
    about: Mapping[str, Any],
) -> dict[str, Any]:
    """Return one row a corridor; ``row`` and ``col`` are the places in their order."""
    n = len(flows.places)
    i, j = np.nonzero(~np.eye(n, dtype=bool))
    places = np.array(flows.places, dtype=object)
    nothing = np.full(len(i), np.nan)
    detail = f"method={flows.method};" + (
        f"lambda={flows.weight:g};" if flows.weight is not None else ""
    )
    comment = "inputs: " + ", ".join(f"{k} {v}" for k, v in about["editions"].items())
    if about["mixed_revisions"]:
        comment += f"; {MIXED}"

    def same(text: object) -> Any:
        return np.full(len(i), text, dtype=object)

    return {
        "dataflow": same(DATASET),
        "indicator": same("migration_flow"),
        "ref_area": places[j],
        "origin": places[i],
        "destination": places[j],
        "sex": same(inputs.sex),
        "age": same("_T"),
        "time_period": same(interval(inputs)),
        "criterion": same("_Z"),
        "detail": same(detail),
        "obs_value": flows.flow[i, j],
        "lower": nothing if bounds is None else bounds[0][i, j],
        "upper": nothing if bounds is None else bounds[1][i, j],
        "unit_measure": same("PERSONS"),
        "unit_mult": np.zeros(len(i), dtype=np.int16),
        "obs_status": same("E"),
        "comment": same(comment),
        "edition": same(entry.edition),
        "file": same(entry.sha256),
        "sheet": same(flows.method),
        "row": i + 1,
        "col": (j + 1).astype(np.int16),
    }
