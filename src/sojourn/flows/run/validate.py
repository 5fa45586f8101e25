"""``flows validate``: ours beside a published series, measured totals and the revision's net migration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.inputs.published import LARGE_NET, Compared, Corridors, compare, read_series
from sojourn.flows.inputs.revision import series_differs, series_editions
from sojourn.flows.inputs.tables import Choices, Inputs, read_inputs
from sojourn.flows.model import Flows, estimate
from sojourn.flows.model.balance import TOLERANCE, PlaceBalance, place_balances, with_unknown
from sojourn.flows.run.checks import DIRECTIONS, Checks, FittedBand, check_totals, fitted_band
from sojourn.flows.run.checks import measured_totals as totals_of
from sojourn.store.observations import Store

PERIODS = tuple(f"{y}-{y + 5}" for y in range(1990, 2020, 5))
NEWEST = "2020-2024"  # four years: the last step of the stock of 2024
SERIES_METHODS = ("pseudo-bayes", "minimum-closed", "drop-negative")
TREATMENTS = ("origins", "natives")
#: Measured or published flows whose files were not seen: no layout is declared for them.
NOT_SEEN = (
    "Eurostat migr_imm and migr_emi",
    "OECD International Migration Database",
    "Gaskin and Abel 2025 (annual flows)",
    "Chi et al. 2025 (monthly flows)",
)


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
    why_none: Mapping[str, str]


@dataclass(frozen=True)
class Validation:
    """All intervals, the band that measured totals give, and what was not seen."""

    intervals: tuple[IntervalChecks, ...]
    band: FittedBand
    not_seen: tuple[str, ...] = NOT_SEEN

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
    found = [_interval(store, period, series, as_of, chosen) for period in periods]
    return Validation(tuple(found), band)


def _interval(
    store: Store,
    period: str,
    series: Mapping[tuple[str, str], Corridors] | None,
    as_of: date | None,
    choices: Choices,
) -> IntervalChecks:
    why: dict[str, str] = {}
    try:
        inputs = read_inputs(store, period, as_of=as_of, choices=choices)
    except EstimateError as error:
        return IntervalChecks(period, {}, (), {}, None, {"estimate": str(error).splitlines()[0]})
    compared = _series(store, inputs, series, as_of, why)
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
        why["net migration"] = "the revision gives no net migration for every place"
    return IntervalChecks(period, inputs.editions, compared, measured, net, why)


def _series(
    store: Store,
    inputs: Inputs,
    series: Mapping[tuple[str, str], Corridors] | None,
    as_of: date | None,
    why: dict[str, str],
) -> tuple[Compared, ...]:
    """Compare with the published series, from the editions that it rests on where they are loaded."""
    period = f"{inputs.start}-{inputs.end}"
    if series is None:
        why["published series"] = "none was given: --published FILE"
        return ()
    methods = [m for m in SERIES_METHODS if (m, period) in series]
    if not methods:
        why["published series"] = f"the series has no rows for {period}"
        return ()
    stock, revision = series_editions()
    try:
        same = replace(inputs.choices, revision=revision)
        inputs = read_inputs(store, period, as_of=as_of, stock=stock, choices=same)
    except EstimateError as error:
        said = str(error).splitlines()[0]
        why["the series' own editions"] = f"{said}; compared from {inputs.editions}"
    untreated = inputs.untreated or inputs.stocks
    found = []
    for method in methods:
        for unknown in TREATMENTS if method != "drop-negative" else TREATMENTS[:1]:
            flows = estimate(with_unknown(untreated, unknown), method)
            found.append(compare(flows, unknown, series[method, period], series_differs()))
    return tuple(found)


def _why_not_measured(store: Store, direction: str, inputs: Inputs, as_of: date | None) -> str:
    found = totals_of(store, direction, inputs.start, inputs.end, as_of)
    if found.until is None:
        return f"no measured {direction} are in the store (undesa.flows)"
    if found.until < inputs.end:
        return (
            f"measured {direction} in the store end in {found.until}, the interval in {inputs.end}"
        )
    return f"fewer than three countries measured {direction} in every year of the interval"


def _net(inputs: Inputs, flows: Flows) -> NetCheck | None:
    if inputs.stocks.reported is None:
        return None
    places = place_balances(inputs.stocks, flows.net)
    ours = flows.flow.sum(axis=0) - flows.flow.sum(axis=1)
    reported = inputs.stocks.reported
    large = np.abs(reported) > LARGE_NET
    right = int((np.sign(ours) == np.sign(reported))[large].sum())
    return NetCheck(inputs.editions["vital"], places, (right, int(large.sum())))


def as_json(found: Validation) -> dict[str, Any]:
    """Return the validation as plain values."""
    return {
        "intervals": [_interval_json(i) for i in found.intervals],
        "band": {direction: _band_json(found, direction) for direction in found.band.directions},
        "no_band": dict(found.band.why_none),
        "verdicts": found.verdicts,
        "not_supported": dict.fromkeys(found.not_seen, "file not seen"),
        "corridors": "not validated: no bilateral measurements are loaded",
    }


def _band_json(found: Validation, direction: str) -> dict[str, Any]:
    fitted = found.band.directions[direction]
    halves = {"small": fitted.small, "large": fitted.large}
    return {
        "method": "split conformal in two halves by size, leaving countries out",
        "lambda": fitted.weight,
        "median_measured_over_estimated": fitted.bias,
        "split": fitted.split,
        "countries": fitted.countries,
        "totals": fitted.totals,
        **{
            name: {
                "low": half.low,
                "high": half.high,
                "width": half.high / half.low,
                "covered": half.covered,
                "counted": half.counted,
                "held_out_coverage": half.share,
                "binomial_95": list(half.binomial),
                "holds_80": half.holds,
            }
            for name, half in halves.items()
        },
    }


def _interval_json(found: IntervalChecks) -> dict[str, Any]:
    return {
        "period": found.period,
        "editions": dict(found.editions),
        "published_series": [_compared_json(c) for c in found.series],
        "measured": {d: _checks_json(c) for d, c in found.measured.items()},
        "net_migration": None if found.net is None else _net_json(found.net),
        "not_compared": dict(found.why_none),
    }


def _compared_json(c: Compared) -> dict[str, Any]:
    return {
        "method": c.method,
        "unknown": c.unknown,
        "published": c.published,
        "ours": c.ours,
        "absolute_difference": c.difference,
        "share": c.share,
        "share_without_places_treated_otherwise": c.comparable,
        "rank_correlation": c.rank,
        "p10_p90_ratio": list(c.spread),
        "shared_top_40": c.shared_top,
        "top_40_off": [f"{o}>{d}" for o, d in c.top_off],
        "sign_right": c.signs[0],
        "sign_counted": c.signs[1],
        "wrong_signs": list(c.wrong_signs),
        "lacking": dict(c.lacking),
        "verdicts": c.verdicts,
    }


def _checks_json(c: Checks) -> dict[str, Any]:
    return {
        "edition": c.edition,
        "countries": len(c.countries),
        "rank_correlation": dict(c.correlation),
        "median_central_over_measured": float(
            np.median([k.estimated["central"] / k.measured for k in c.countries])
        ),
        "totals": [{"area": k.area, "measured": k.measured, **k.estimated} for k in c.countries],
    }


def _net_json(n: NetCheck) -> dict[str, Any]:
    worst = n.worst
    return {
        "edition": n.edition,
        "places": len(n.places),
        "tolerance": TOLERANCE,
        "beyond_tolerance": list(n.beyond),
        "worst_place": None if worst is None else worst.place,
        "worst_implied_less_reported": None if worst is None else worst.gap,
        "sign_right": n.signs[0],
        "sign_counted": n.signs[1],
    }


def lines(found: Validation) -> list[str]:
    """Return the validation as lines for a terminal."""
    out = []
    for i in found.intervals:
        out.append(f"{i.period}")
        out += [f"  {_compared_line(c)}" for c in i.series]
        out += [
            f"  measured {d}: {len(c.countries)} countries, rank correlation "
            f"{c.correlation['central']:.2f}, median estimate / measured "
            f"{np.median([k.estimated['central'] / k.measured for k in c.countries]):.2f}"
            for d, c in i.measured.items()
        ]
        if i.net is not None and i.net.worst is not None:
            worst = i.net.worst
            out.append(
                f"  net migration of {i.net.edition}: {len(i.net.beyond)} places beyond 0.05 % of population "
                f"(worst {worst.place}: {worst.gap:+,.0f}); sign right in {i.net.signs[0]} of {i.net.signs[1]}"
            )
        out += [f"  not compared: {what}: {why}" for what, why in i.why_none.items()]
    for direction, fitted in found.band.directions.items():
        out.append(
            f"band of {direction}: lambda {fitted.weight:.2f}, {fitted.totals} totals of {fitted.countries} countries, conformal, countries left out"
        )
        for name, half in (("small", fitted.small), ("large", fitted.large)):
            low, high = half.binomial
            out.append(
                f"  {name}: {half.low:.2f} to {half.high:.2f} times the estimate (width {half.high / half.low:.1f}x); "
                f"held out {half.covered} of {half.counted} inside, binomial 95 % {100 * low:.0f} to {100 * high:.0f} %"
            )
    out += [f"no band of {d}: {why}" for d, why in found.band.why_none.items()]
    out.append("single corridors: not validated, no bilateral measurements are loaded")
    out += [f"not supported: {name}: file not seen" for name in found.not_seen]
    out += [f"{'met   ' if met else 'missed'} {target}" for target, met in found.verdicts.items()]
    return out


def _compared_line(c: Compared) -> str:
    low, high = c.spread
    return (
        f"{c.method}, unknown as {c.unknown}: published {c.published / 1e6:.1f} M, ours {c.ours / 1e6:.1f} M, "
        f"|d| {c.difference / 1e6:.2f} M ({100 * c.share:.1f} %; {100 * c.comparable:.1f} % without places treated "
        f"otherwise), rank {c.rank:.3f}, p10-p90 {low:.2f}-{high:.2f}, top 40 shared {c.shared_top}, "
        f"off {len(c.top_off)}, sign {c.signs[0]} of {c.signs[1]}"
    )
