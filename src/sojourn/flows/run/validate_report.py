"""A validation as plain values and as lines for a terminal."""

import math
from typing import Any

import numpy as np

from sojourn.errors import counted
from sojourn.flows.inputs.published import Compared
from sojourn.flows.inputs.revision import series_differs, series_uncounted
from sojourn.flows.model.balance import TOLERANCE
from sojourn.flows.run.checks import Checks
from sojourn.flows.run.others import Bilateral
from sojourn.flows.run.validate import IntervalChecks, NetCheck, Validation
from sojourn.harmonize.names import named

#: Said of each table of others that the store does not hold.
NOT_LOADED = (
    "layout declared from the publisher's documentation and headings, its twin is synthetic"
)


def as_json(found: Validation) -> dict[str, Any]:
    """Return the validation as plain values."""
    return {
        "intervals": [_interval_json(i) for i in found.intervals],
        "band": {direction: _band_json(found, direction) for direction in found.band.directions},
        "no_band": dict(found.band.why_none),
        "verdicts": found.verdicts,
        "not_loaded": {o.dataset: f"{o.names['en']}: {NOT_LOADED}" for o in found.not_loaded},
        "corridors": _corridors_line(found),
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
        "own_history": None
        if fitted.again is None
        else {
            "low": fitted.again.low,
            "high": fitted.again.high,
            "covered": fitted.again.covered,
            "counted": fitted.again.counted,
        },
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
        "others": [_bilateral_json(b) for b in found.others],
        "not_compared": dict(found.why_none),
    }


def _compared_json(c: Compared) -> dict[str, Any]:
    return {
        "method": c.method,
        "unknown": c.unknown,
        "editions": list(c.editions),
        "corridors_inside_interval": list(c.inside),
        "published": c.published,
        "ours": c.ours,
        "absolute_difference": c.difference,
        "share": c.share,
        "share_without_places_treated_otherwise": c.comparable,
        "share_of_treating_unknown_origins": c.treatment,
        "share_without_uncounted_places": c.alike,
        "rank_correlation": _known(c.rank),
        "p10_p90_ratio": [_known(v) for v in c.spread],
        "shared_top_40": c.shared_top,
        "top_40_off": [f"{o}>{d}" for o, d in c.top_off],
        "sign_right": c.signs[0],
        "sign_counted": c.signs[1],
        "wrong_signs": list(c.wrong_signs),
        "lacking": dict(c.lacking),
        "largest_corridors": [
            {"origin": o, "destination": d, "published": p, "ours": v} for o, d, p, v in c.largest
        ],
        "largest_corridors_revised": [
            {"newest_stock": _known(stock), "newest_editions": _known(both)}
            for stock, both in c.revised
        ],
        "net_migration": [{"place": a, "published": p, "ours": v} for a, p, v in c.nets],
        "verdicts": c.verdicts,
    }


def _known(value: float) -> float | None:
    """Return a number, or None where there is none: JSON knows no NaN."""
    return value if math.isfinite(value) else None


def _bilateral_json(b: Bilateral) -> dict[str, Any]:
    return {
        "source": b.other.key,
        "edition": b.edition,
        "measured": b.other.measured,
        "by": b.other.by,
        "years": list(b.years),
        "corridors": b.corridors,
        "left_out": b.left_out,
        "theirs_a_year": b.theirs,
        "ours_a_year": b.ours,
        "rank_correlation": _known(b.rank),
        "median_ours_over_theirs": _known(b.median),
        "p10_p90_ratio": [_known(v) for v in b.spread],
        "inside_interval": list(b.inside),
        "binomial_95": list(b.binomial) if b.inside[1] else None,
    }


def _bilateral_line(b: Bilateral) -> str:
    kind = "measured" if b.other.measured else "another model"
    held = f", inside the interval {b.inside[0]:,} of {b.inside[1]:,}" if b.inside[1] else ""
    low, high = b.spread
    return (
        f"{b.other.names['en']} ({kind}; {b.edition}, {b.years[0]} to {b.years[1]}): {counted(b.corridors, 'corridor')}, "
        f"{b.theirs:,.0f} a year, ours {b.ours:,.0f}, rank {b.rank:.3f}, median ours / theirs {b.median:.2f} "
        f"(p10-p90 {low:.2f}-{high:.2f}){held}; {counted(b.left_out, 'corridor')} of places that ours counts otherwise"
    )


def _corridors_line(found: Validation) -> str:
    """Return what is known of the interval of single corridors."""
    held = found.measured_corridors
    if not held:
        return "not validated, no bilateral measurements are loaded"
    told = [
        f"{b.inside[0]:,} of {b.inside[1]:,} of {b.edition} in {b.years[0]} to {b.years[1]} inside "
        f"(binomial 95 % {100 * b.binomial[0]:.0f} to {100 * b.binomial[1]:.0f} %)"
        for b in held
    ]
    return "; ".join(told)


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
    out = [line for i in found.intervals for line in _interval_lines(i)]
    if any(i.series for i in found.intervals):
        why = dict.fromkeys(series_differs().values())
        out += [f"the series: {reason}" for reason in why]
    out += _band_lines(found)
    out.append(f"single corridors: {_corridors_line(found)}")
    out += [f"not loaded: {o.names['en']}: {NOT_LOADED} ({o.dataset})" for o in found.not_loaded]
    out += [f"{'met   ' if met else 'missed'} {target}" for target, met in found.verdicts.items()]
    return out


def _interval_lines(i: IntervalChecks) -> list[str]:
    out = [i.period, *(f"  {_compared_line(c)}" for c in i.series)]
    out += [
        f"  measured {d}: {counted(len(c.countries), 'country', 'countries')}, rank correlation "
        f"{c.correlation['central']:.2f}, median estimate / measured "
        f"{np.median([k.estimated['central'] / k.measured for k in c.countries]):.2f}"
        for d, c in i.measured.items()
    ]
    out += [f"  {_bilateral_line(b)}" for b in i.others]
    if i.net is not None and i.net.worst is not None:
        worst = i.net.worst
        out.append(
            f"  net migration of {i.net.edition}: {counted(len(i.net.beyond), 'place')} beyond 0.05 % of population "
            f"(worst {named(worst.place)}: {worst.gap:+,.0f}); sign right in {i.net.signs[0]} of {i.net.signs[1]}"
        )
    return out + [f"  not compared: {what}: {why}" for what, why in i.why_none.items()]


def _band_lines(found: Validation) -> list[str]:
    out = []
    for direction, fitted in found.band.directions.items():
        out.append(
            f"band of {direction}: lambda {fitted.weight:.2f}, {counted(fitted.totals, 'total')} of {counted(fitted.countries, 'country', 'countries')}, conformal, countries left out"
        )
        for name, half in (("small", fitted.small), ("large", fitted.large)):
            low, high = half.binomial
            out.append(
                f"  {name}: {half.low:.2f} to {half.high:.2f} times the estimate (width {half.high / half.low:.1f}x); "
                f"held out {half.covered} of {half.counted} inside, binomial 95 % {100 * low:.0f} to {100 * high:.0f} %"
            )
        if (again := fitted.again) is not None:
            out.append(
                f"  countries that measured another interval: {again.low:.2f} to {again.high:.2f} times "
                f"their own ratio there (width {again.high / again.low:.1f}x); held out {again.covered} of "
                f"{again.counted} inside: what remains once a country's own way of counting is known"
            )
    return out + [f"no band of {d}: {why}" for d, why in found.band.why_none.items()]


def _compared_line(c: Compared) -> str:
    low, high = c.spread
    return (
        f"{c.method}, unknown as {c.unknown}: published {c.published / 1e6:.1f} M, ours {c.ours / 1e6:.1f} M, "
        f"|d| {c.difference / 1e6:.2f} M ({100 * c.share:.1f} %; {100 * c.comparable:.1f} % without places treated "
        f"otherwise{_treated(c)}), rank {c.rank:.3f}, p10-p90 {low:.2f}-{high:.2f}, top 40 shared {c.shared_top}, "
        f"off {len(c.top_off)}, sign {c.signs[0]} of {c.signs[1]}"
        + (f", inside the interval {c.inside[0]:,} of {c.inside[1]:,}" if c.inside[1] else "")
    )


def _treated(c: Compared) -> str:
    if c.alike is not None:
        without = ", ".join(series_uncounted())
        return f"; {100 * c.alike:.1f} % without {without}, whom the series leaves out"
    if c.unknown != "origins" or not c.treatment:
        return ""
    return (
        f"; {100 * c.treatment:.1f} % is the treatment alone: the series counts people of unknown "
        "origin as natives"
    )
