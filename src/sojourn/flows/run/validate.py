"""``flows validate``: ours beside a published series, measured totals and the revision's net migration."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.inputs.others import Other, others
from sojourn.flows.inputs.published import (
    LARGE_NET,
    Compared,
    Corridors,
    compare,
    inside,
    read_series,
)
from sojourn.flows.inputs.reasons import Why, reason_of, why_not
from sojourn.flows.inputs.revision import series_differs, series_editions, series_uncounted
from sojourn.flows.inputs.tables import Choices, Inputs, read_inputs
from sojourn.flows.model import Flows, Stocks, estimate
from sojourn.flows.model.balance import PlaceBalance, place_balances, with_unknown
from sojourn.flows.run.checks import (
    DIRECTIONS,
    FEWEST,
    Checks,
    FittedBand,
    check_totals,
    fitted_band,
)
from sojourn.flows.run.checks import measured_totals as totals_of
from sojourn.flows.run.others import FEWEST as OF_OTHERS
from sojourn.flows.run.others import Bilateral, bilateral, loaded
from sojourn.store.observations import Store
from sojourn.terminal.one_line import OneLine

PERIODS = tuple(f"{y}-{y + 5}" for y in range(1990, 2020, 5))
NEWEST = "2020-2024"  # four years: the last step of the stock of 2024
SERIES_METHODS = ("pseudo-bayes", "minimum-closed", "drop-negative")
TREATMENTS = ("origins", "natives")


@dataclass(frozen=True)
class NetCheck:
    """The revision's net migration beside ours: how far the worst place is off, and signs."""

    edition: str
    places: tuple[PlaceBalance, ...]
    signs: tuple[int, int]

    @property
    def worst(self) -> PlaceBalance | None:
        """The place whose N* - N is the largest share of its population."""
        known = [p for p in self.places if p.gap is not None]
        return max(known, key=lambda p: abs(p.gap or 0.0) / max(p.end, 1.0), default=None)

    @property
    def beyond(self) -> tuple[str, ...]:
        """Places beyond the tolerance."""
        return tuple(p.place for p in self.places if p.off())


@dataclass(frozen=True)
class IntervalChecks:
    """Everything that one interval was held against; ``why_none`` says what it was not, and why."""

    period: str
    editions: Mapping[str, str]
    series: tuple[Compared, ...]
    measured: Mapping[str, Checks]
    net: NetCheck | None
    why_none: Mapping[str, Why]
    others: tuple[Bilateral, ...] = ()


@dataclass(frozen=True)
class Validation(OneLine):
    """All intervals, the band that measured totals give, and the tables of others not loaded."""

    intervals: tuple[IntervalChecks, ...]
    band: FittedBand
    not_loaded: tuple[Other, ...] = ()

    @property
    def measured_corridors(self) -> tuple[Bilateral, ...]:
        """Comparisons with measured corridors that our fitted interval can be held against."""
        return tuple(
            b for i in self.intervals for b in i.others if b.other.measured and b.inside[1]
        )

    @property
    def verdicts(self) -> dict[str, bool]:
        """Each target with whether it was met."""
        found = {
            f"{i.period} {c.method}, unknown as {c.unknown}: {target}": met
            for i in self.intervals
            for c in i.series
            for target, met in c.verdicts.items()
        }
        for direction, fitted in self.band.directions.items():
            for name, half in (("small", fitted.small), ("large", fitted.large)):
                found[f"{direction}, {name} totals: held-out coverage holds 80 %"] = half.holds
        return found


def validate(
    store: Store,
    *,
    periods: Sequence[str] = (*PERIODS, NEWEST),
    published: Path | None = None,
    as_of: date | None = None,
    choices: Choices | None = None,
) -> Validation:
    """Hold the estimates of each interval against the world.

    Raises
    ------
    EstimateError
        The published series cannot be read.
    """
    chosen = choices or Choices()
    series = None if published is None else read_series(published)
    band = fitted_band(store, as_of=as_of, choices=chosen)
    found = [_interval(store, period, series, as_of, chosen, band) for period in periods]
    there = loaded(store, as_of)
    return Validation(tuple(found), band, tuple(o for o in others() if o.key not in there))


def _interval(
    store: Store,
    period: str,
    series: Mapping[tuple[str, str], Corridors] | None,
    as_of: date | None,
    choices: Choices,
    band: FittedBand,
) -> IntervalChecks:
    why: dict[str, Why] = {}
    try:
        inputs = read_inputs(store, period, as_of=as_of, choices=choices)
    except EstimateError as error:
        return IntervalChecks(period, {}, (), {}, None, {"estimate": reason_of(error)})
    compared = _series(store, inputs, series, as_of, why, band)
    estimates = {
        name: estimate(inputs.stocks, method)
        for name, method in (
            ("minimum", "minimum-closed"),
            ("central", "pseudo-bayes"),
            ("high", "independence"),
        )
    }
    measured = {}
    for direction in DIRECTIONS:
        checks = check_totals(
            store, inputs.start, inputs.end, estimates, direction=direction, as_of=as_of
        )
        if checks is None:
            why[direction] = _why_not_measured(store, direction, inputs, as_of)
        else:
            measured[direction] = checks
    net = _net(inputs, estimates["central"])
    if net is None:
        why["net migration"] = why_not("net")
    beside, silent = bilateral(store, inputs, estimates["central"], band, as_of)
    for other in silent:
        why[other.key] = why_not("others", least=str(OF_OTHERS))
    return IntervalChecks(period, inputs.editions, compared, measured, net, why, beside)


def _series(
    store: Store,
    inputs: Inputs,
    series: Mapping[tuple[str, str], Corridors] | None,
    as_of: date | None,
    why: dict[str, Why],
    band: FittedBand,
) -> tuple[Compared, ...]:
    """Compare with the published series, from the editions that it rests on where they are loaded."""
    period = f"{inputs.start}-{inputs.end}"
    if series is None:
        why["published series"] = why_not("none_given")
        return ()
    methods = [m for m in SERIES_METHODS if (m, period) in series]
    if not methods:
        why["published series"] = why_not("no_rows", period=period)
        return ()
    stock, revision = series_editions()
    newest = inputs
    try:
        same = replace(inputs.choices, revision=revision)
        inputs = read_inputs(store, period, as_of=as_of, stock=stock, choices=same)
    except EstimateError as error:
        said = reason_of(error)
        found_in = ", ".join(dict.fromkeys(inputs.editions.values()))
        why["the series' own editions"] = why_not("own_editions", said=said, editions=found_in)
    untreated = inputs.untreated or inputs.stocks
    editions = tuple(dict.fromkeys(inputs.editions.values()))
    central = estimate(inputs.stocks, "pseudo-bayes")
    bounds = band.corridors(central.flow)
    alike = _as_there(store, inputs, as_of)
    found = []
    for method in methods:
        treated = {u: estimate(with_unknown(untreated, u), method) for u in TREATMENTS}
        for unknown in TREATMENTS if method != "drop-negative" else TREATMENTS[:1]:
            corridors, folded = series[method, period], treated["natives"]
            made = compare(treated[unknown], unknown, corridors, series_differs(), folded)
            held = inside(central, bounds, corridors)
            if unknown == "natives" and alike is not None:
                there = estimate(alike, method)
                made = replace(made, alike=compare(there, unknown, corridors, {}).share)
            if (method, unknown) == ("pseudo-bayes", "natives") and newest is not inputs:
                made = _revised(store, made, newest, revision, as_of)
            found.append(replace(made, editions=editions, inside=held))
    return tuple(found)


def _as_there(store: Store, inputs: Inputs, as_of: date | None) -> Stocks | None:
    """Return the stocks as the series counts them: unknown origins as natives, no uncounted parts."""
    whole = {a for parts in inputs.units.values() for a in parts}
    if inputs.choices.mix_revisions or not whole & set(series_uncounted()):
        return None
    choices = replace(inputs.choices, unknown="natives", without=series_uncounted())
    period = f"{inputs.start}-{inputs.end}"
    try:
        return read_inputs(
            store, period, as_of=as_of, stock=inputs.editions["stock"], choices=choices
        ).stocks
    except EstimateError:
        return None


def _revised(
    store: Store, made: Compared, newest: Inputs, revision: str, as_of: date | None
) -> Compared:
    """Return a comparison with what newer editions make of its largest corridors, one at a time."""
    period = f"{newest.start}-{newest.end}"
    try:
        same = replace(newest.choices, revision=revision)
        step = read_inputs(store, period, as_of=as_of, choices=same)
    except EstimateError:
        return made
    values = []
    for inputs in (step, newest):
        flows = estimate(with_unknown(inputs.untreated or inputs.stocks, made.unknown), made.method)
        at = {a: k for k, a in enumerate(flows.places)}
        values.append(
            [
                float(flows.flow[at[o], at[d]]) if o in at and d in at else math.nan
                for o, d, _, _ in made.largest
            ]
        )
    named = (newest.editions["stock"], newest.editions["vital"])
    return replace(made, revised=tuple(zip(*values, strict=True)), newest=named)


def _why_not_measured(store: Store, direction: str, inputs: Inputs, as_of: date | None) -> Why:
    found = totals_of(store, direction, inputs.start, inputs.end, as_of)
    if found.until is None:
        return why_not("unmeasured", direction=direction)
    if found.until < inputs.end:
        return why_not("ends", direction=direction, until=str(found.until), end=str(inputs.end))
    return why_not("few", direction=direction, least=str(FEWEST))


def _net(inputs: Inputs, flows: Flows) -> NetCheck | None:
    if inputs.stocks.reported is None:
        return None
    places = place_balances(inputs.stocks, flows.net)
    ours = flows.flow.sum(axis=0) - flows.flow.sum(axis=1)
    reported = inputs.stocks.reported
    large = np.abs(reported) > LARGE_NET
    right = int((np.sign(ours) == np.sign(reported))[large].sum())
    return NetCheck(inputs.editions["vital"], places, (right, int(large.sum())))
