"""Estimated flows as observations of status E, beside what they were estimated from."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np

from sojourn import __version__
from sojourn.flows.inputs.tables import Inputs, read_inputs, stock_editions
from sojourn.flows.model import Flows, Stocks, estimate
from sojourn.flows.model.balance import place_balances
from sojourn.flows.model.methods import WEIGHT
from sojourn.flows.model.tables import Array
from sojourn.flows.run.report import MIXED
from sojourn.loading.derived import derived_entry, write_derived
from sojourn.store.manifest import LoadedFile, read_manifest
from sojourn.store.observations import Store
from sojourn.vocab.observation import EditionId

DATASET = "sojourn.flows"
WEIGHTS = (0.80, 0.95)  # of the minimum in pseudo-bayes: the range of the band
#: What the bounds of a kept estimate are.
BANDS = {
    "none": "",
    "range": "bounds: range of methods, no interval of confidence",
    "fitted": "bounds: interval fitted to measured arrivals and departures, countries left out, carried "
    "over to corridors; not validated for single corridors",
}
#: Bounds that hold more than others: an estimate with them answers for the same one with fewer.
_MORE = {"none": ("range", "fitted"), "range": ("fitted",), "fitted": ()}


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


def whole(flows: Flows) -> Array:
    """Return all of an estimate."""
    return flows.flow


def band(
    stocks: Stocks,
    others: Sequence[Stocks] = (),
    *,
    seed: Array | None = None,
    weight: float = WEIGHT,
    part: Callable[[Flows], Array] = whole,
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
    part : callable
        What of an estimate is spread: all of it, or one sex.
    """
    central = estimate(stocks, "pseudo-bayes", seed=seed, weight=weight)
    middle = part(central)
    spread = [middle, *_spread(stocks, seed, part)]
    place = {a: i for i, a in enumerate(stocks.places)}
    for other in others:
        index = np.array([place.get(a, -1) for a in other.places])
        known = index >= 0
        own = None if seed is None or not known.all() else seed[np.ix_(index, index)]
        for flow in _spread(other, own, part):
            aligned = middle.copy()
            aligned[np.ix_(index[known], index[known])] = flow[np.ix_(known, known)]
            spread.append(aligned)
    return Band(central, np.minimum.reduce(spread), np.maximum.reduce(spread))


def _spread(stocks: Stocks, seed: Array | None, part: Callable[[Flows], Array]) -> list[Array]:
    """Return the ends of the range; every mixture of the two lies between them."""
    return [part(estimate(stocks, m, seed=seed)) for m in ("minimum-closed", "independence")]


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
    root: Path,
    inputs: Inputs,
    flows: Flows,
    bounds: tuple[Array, Array] | None = None,
    *,
    kind: str = "range",
) -> str:
    """Write an estimate and its balance into the data directory, in one transaction; return its edition.

    Each run is an edition of its own. The same estimate from the same editions changes nothing.
    ``kind`` says what the bounds are: one of `BANDS`.

    Raises
    ------
    StoreBusy
        Another process is writing.
    """
    about = _about(inputs, flows, "none" if bounds is None else kind)
    name = f"flows {inputs.start}-{inputs.end} {inputs.sex} {flows.method}"
    entry = held_entry(root, about, name, run_name(inputs, flows))

    def columns() -> dict[str, Any]:
        parts = [corridor_columns(about, entry, flows.places, flows.flow, bounds)]
        if flows.net is not None and inputs.stocks.births is not None:
            parts.append(_balance_columns(inputs, flows, entry, about))
        return {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}

    n = len(flows.places) * (len(flows.places) - 1)
    write_derived(root, entry, columns, n)
    return entry.edition


def held_entry(root: Path, about: Mapping[str, Any], name: str, run: str) -> LoadedFile:
    """Return the entry of a run: the one held already, or a new one under a name that none has.

    The same estimate that is held with bounds answers for one without. Where the name is taken, an
    estimate with bounds adds ``band``; further ones are numbered.
    """
    held = {f.sha256: f for f in read_manifest(root).files}
    for band in (about["band"], *_MORE[about["band"]]):
        same = entry_of({**about, "band": band, "said_band": BANDS[band]}, name, run)
        if same.sha256 in held:
            return held[same.sha256]
    entry = entry_of(about, name, run)
    taken = {f.edition for f in held.values()}
    names = chain(
        [entry.edition],
        [f"{entry.edition}+band"] if about["band"] != "none" else [],
        (f"{entry.edition}+{number}" for number in count(2)),
    )
    return replace(entry, edition=next(n for n in names if n not in taken))


def run_name(inputs: Inputs, flows: Flows) -> str:
    """Return what tells a run apart: method, interval, and whatever is not the default."""
    parts = [flows.method, f"{inputs.start}-{inputs.end}"]
    if inputs.sex != "_T":
        parts.append(inputs.sex)
    if flows.weight is not None and flows.weight != WEIGHT:
        parts.append(f"lambda{flows.weight:g}")
    if inputs.choices.unknown != "origins":
        parts.append(inputs.choices.unknown)
    if inputs.choices.mix_revisions:
        parts.append("mixed-revisions")
    return "+".join(parts)


def _about(inputs: Inputs, flows: Flows, band: str) -> dict[str, Any]:
    return {
        "method": flows.method,
        "lambda": flows.weight,
        "interval": interval(inputs),
        "sex": inputs.sex,
        "editions": dict(inputs.editions),
        "unknown": inputs.choices.unknown,
        "mixed_revisions": inputs.choices.mix_revisions,
        "band": band,
        "said_band": BANDS[band],
        "version": __version__,
    }


def entry_of(about: Mapping[str, Any], name: str, run: str) -> LoadedFile:
    """Return the manifest's entry of a run: its digest is that of everything it was made from."""
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    editions = sorted(set(about["editions"].values()))
    sources = "; ".join(editions)
    return derived_entry(
        DATASET,
        digest,
        name,
        vintage=max(EditionId.of(e).vintage for e in editions),
        title=f"estimates from {sources}",
        citation=f"Estimated by sojourn ({about['method']}) from {sources}.",
        terms="facts estimated from the editions named, on their terms",
        run=run,
    )


def corridor_columns(
    about: Mapping[str, Any],
    entry: LoadedFile,
    labels: Sequence[str],
    flow: Array,
    bounds: tuple[Array, Array] | None,
) -> dict[str, Any]:
    """Return one row a corridor; ``row`` and ``col`` are the places in their order."""
    i, j = np.nonzero(~np.eye(len(labels), dtype=bool))
    places = np.array(labels, dtype=object)
    nothing = np.full(len(i), np.nan)
    weight = about["lambda"]
    detail = f"method={about['method']};" + (f"lambda={weight:g};" if weight is not None else "")
    sheet = about["method"] + (f" {about['interval']}" if "annual" in about else "")
    return _same(entry, about, len(i)) | {
        "dataflow": np.full(len(i), DATASET, dtype=object),
        "indicator": np.full(len(i), "migration_flow", dtype=object),
        "ref_area": places[j],
        "origin": places[i],
        "destination": places[j],
        "detail": np.full(len(i), detail, dtype=object),
        "obs_value": flow[i, j],
        "lower": nothing if bounds is None else bounds[0][i, j],
        "upper": nothing if bounds is None else bounds[1][i, j],
        "sheet": np.full(len(i), sheet, dtype=object),
        "row": i + 1,
        "col": (j + 1).astype(np.int16),
    }


def _same(entry: LoadedFile, about: Mapping[str, Any], rows: int) -> dict[str, Any]:
    """Return the columns that are the same in every row of a run."""
    comment = "inputs: " + ", ".join(f"{k} {v}" for k, v in about["editions"].items())
    if about["said_band"]:
        comment += f"; {about['said_band']}"
    if about["mixed_revisions"]:
        comment += f"; {MIXED}"
    texts = {
        "sex": about["sex"],
        "age": "_T",
        "time_period": about["interval"],
        "criterion": "_Z",
        "unit_measure": "PERSONS",
        "obs_status": "E",
        "comment": comment,
        "edition": entry.edition,
        "file": entry.sha256,
    }
    columns: dict[str, Any] = {k: np.full(rows, v, dtype=object) for k, v in texts.items()}
    return columns | {"unit_mult": np.zeros(rows, dtype=np.int16)}


def _balance_columns(
    inputs: Inputs, flows: Flows, entry: LoadedFile, about: Mapping[str, Any]
) -> dict[str, Any]:
    """Return N, N*, N* - N and the residual of every place, on a sheet of their own."""
    rows = [
        (place, column, role, value)
        for place, b in enumerate(place_balances(inputs.stocks, flows.net), start=1)
        for column, (role, value) in enumerate(
            (("N", b.net), ("N*", b.implied), ("N*-N", b.gap), ("residual", b.residual)), start=1
        )
        if value is not None
    ]
    count = len(rows)
    area = np.array([flows.places[r[0] - 1] for r in rows], dtype=object)
    nothing = np.full(count, np.nan)
    return _same(entry, about, count) | {
        "dataflow": np.full(count, f"{DATASET}.balance", dtype=object),
        "indicator": np.full(count, "net_migration", dtype=object),
        "ref_area": area,
        "origin": np.full(count, "_Z", dtype=object),
        "destination": np.full(count, "_Z", dtype=object),
        "detail": np.array([f"role={r[2]};" for r in rows], dtype=object),
        "obs_value": np.array([r[3] for r in rows]),
        "lower": nothing,
        "upper": nothing,
        "sheet": np.full(count, "balance", dtype=object),
        "row": np.array([r[0] for r in rows]),
        "col": np.array([r[1] for r in rows], dtype=np.int16),
    }
