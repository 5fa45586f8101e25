"""Ours beside what others measured or modelled between two places."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from sojourn.flows.inputs.others import Other, Told, edition_of, others, told_by
from sojourn.flows.inputs.tables import Inputs
from sojourn.flows.model import Flows
from sojourn.flows.model.agreement import binomial_interval, rank_correlation
from sojourn.flows.model.estimators import Products
from sojourn.flows.model.tables import Array
from sojourn.flows.run.checks import FittedBand
from sojourn.store.observations import Store

SIZEABLE = 1_000.0  # persons a year
FEWEST = 10  # corridors that a comparison needs


@dataclass(frozen=True)
class Bilateral:
    """One table of others beside ours over an interval; persons a year.

    Attributes
    ----------
    other : Other
    edition : str
    years : (first, last)
    corridors : int
        Between places that both have, each counted as one unit.
    left_out : int
        Corridors of theirs from or to a place that ours lacks, or counts together with another.
    theirs, ours : float
        Sums over those corridors.
    rank : float
        Spearman correlation.
    median : float
    spread : (p10, p90)
        Of ours / theirs over corridors of at least 1,000 a year.
    inside : (inside, counted)
        Such corridors inside our fitted interval; nought where none is fitted, or where theirs are
        by citizenship.
    """

    other: Other
    edition: str
    years: tuple[int, int]
    corridors: int
    left_out: int
    theirs: float
    ours: float
    rank: float
    median: float
    spread: tuple[float, float]
    inside: tuple[int, int]

    @property
    def binomial(self) -> tuple[float, float]:
        """The 95 % interval of the share inside (Clopper and Pearson 1934)."""
        return binomial_interval(*self.inside)


def loaded(store: Store, as_of: date | None = None) -> dict[str, str]:
    """Return the edition in the store of each table of others that is there, by its key."""
    found = {o.key: edition_of(store, o, as_of) for o in others()}
    return {key: edition for key, edition in found.items() if edition}


def bilateral(
    store: Store, inputs: Inputs, flows: Flows, band: FittedBand, as_of: date | None = None
) -> tuple[tuple[Bilateral, ...], tuple[Other, ...]]:
    """Return the comparisons of an interval, and the loaded tables that tell too little of it."""
    found: list[Bilateral] = []
    silent: list[Other] = []
    there = loaded(store, as_of)
    for other in others():
        if other.key not in there:
            continue
        told = told_by(store, other, there[other.key], inputs.start, inputs.end)
        made = None if told is None else _compare(other, told, inputs, flows, band)
        if made is None:
            silent.append(other)
        else:
            found.append(made)
    return tuple(found), tuple(silent)


def _compare(
    other: Other, told: Told, inputs: Inputs, flows: Flows, band: FittedBand
) -> Bilateral | None:
    length = inputs.end - inputs.start
    of_birth = other.by == "citizenship"
    table = arrivals_by_birthplace(flows) if of_birth else flows.flow
    rows = flows.birthplaces if of_birth else flows.places
    row = {a: k for k, a in enumerate(rows) if a not in inputs.units}
    column = {a: k for k, a in enumerate(flows.places) if a not in inputs.units}
    shared = [(o, d) for o, d in told.a_year if o in row and d in column]
    if len(shared) < FEWEST:
        return None
    at = np.array([row[o] for o, _ in shared]), np.array([column[d] for _, d in shared])
    theirs = np.array([told.a_year[key] for key in shared])
    ours = table[at] / length
    large = theirs >= SIZEABLE
    ratio = ours[large] / theirs[large]
    bounds = None if of_birth else band.corridors(flows.flow)
    inside = (0, 0)
    if bounds is not None:
        low, high = (b[at] / length for b in bounds)
        held = (theirs >= low) & (theirs <= high) & large
        inside = int(held.sum()), int(large.sum())
    return Bilateral(
        other=other,
        edition=told.edition,
        years=(told.first, told.last),
        corridors=len(shared),
        left_out=len(told.a_year) - len(shared),
        theirs=float(theirs.sum()),
        ours=float(ours.sum()),
        rank=rank_correlation(ours, theirs),
        median=float(np.median(ratio)) if large.any() else float("nan"),
        spread=_deciles(ratio),
        inside=inside,
    )


def _deciles(ratio: Array) -> tuple[float, float]:
    if not len(ratio):
        return float("nan"), float("nan")
    return float(np.quantile(ratio, 0.1)), float(np.quantile(ratio, 0.9))


def arrivals_by_birthplace(flows: Flows) -> Array:
    """Return arrivals of each place by birthplace, shape (K, n), persons per interval."""
    if flows.of_birthplace is None:
        return np.zeros((len(flows.birthplaces), len(flows.places)))
    if isinstance(flows.of_birthplace, Products):
        return flows.of_birthplace.arrivals()
    return np.array([flows.of_birthplace(k).sum(axis=0) for k in range(len(flows.birthplaces))])
