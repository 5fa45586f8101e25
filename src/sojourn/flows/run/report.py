"""What a run of flows tells: totals, the balance of every place, unknown origins, adjustments."""

from collections.abc import Mapping
from typing import Any

from sojourn.errors import counted
from sojourn.flows.inputs.sides import refuse_wrong_side
from sojourn.flows.model import Flows, Stocks, estimate
from sojourn.flows.model.balance import (
    TOLERANCE,
    UNKNOWN,
    place_balances,
    unknown_share,
    with_unknown,
    world_balance,
)
from sojourn.flows.model.birthplaces import kinds_of
from sojourn.flows.run.checks import FittedBand
from sojourn.harmonize.names import named

MIXED = (
    "mixed revisions: the population is of another revision than births and deaths; "
    "the difference of the two became migrants"
)


def report_of(flows: Flows) -> dict[str, Any]:
    """Return what an estimate says of itself."""
    error = flows.net_error
    kinds = None if flows.of_birthplace is None else kinds_of(flows)
    worst = None if error is None else int(abs(error).argmax())
    return {
        "method": flows.method,
        "lambda": flows.weight,
        "places": len(flows.places),
        "birthplaces": len(flows.birthplaces),
        "total": flows.total,
        "closed": flows.closed,
        "largest_net_error": None if error is None or worst is None else float(error[worst]),
        "place_of_net_error": None if worst is None else flows.places[worst],
        "kinds": None
        if kinds is None
        else {
            "returning": kinds.returning,
            "in_transit": kinds.in_transit,
            "leaving_birthplace": kinds.leaving,
        },
        "sweeps": flows.sweeps,
        "residual": flows.residual,
        "adjustments": [
            {"step": a.step, "place": a.place, "persons": a.persons, "why": a.why}
            for a in flows.adjustments
        ],
    }


def balance_report(stocks: Stocks, flows: Flows) -> dict[str, Any]:
    """Return the world's balance and every place's N, N* and N* - N; empty without births and deaths."""
    if stocks.births is None or stocks.deaths is None:
        return {}
    world = world_balance(stocks)
    places = place_balances(stocks, flows.net)
    return {
        "tolerance": TOLERANCE,
        "world": {"growth": world.growth, "births": world.births, "deaths": world.deaths}
        | {"gap": world.gap, "share_of_natives": world.share},
        "beyond_tolerance": [p.place for p in places if p.off()],
        "places": [
            {
                "place": p.place,
                "population_start": p.start,
                "population_end": p.end,
                "births": p.births,
                "deaths": p.deaths,
                "net_migration": p.net,
                "residual": p.residual,
                "net_implied": p.implied,
                "implied_less_reported": p.gap,
            }
            for p in places
        ],
    }


def unknown_report(stocks: Stocks, method: str, mode: str, **options: Any) -> dict[str, Any]:
    """Return how many have an unknown origin, and the total under each treatment.

    ``stocks`` are those before any treatment; without unknown origins there is no effect to tell.
    """
    found: dict[str, Any] = {"treatment": mode, "share_of_foreign_born": unknown_share(stocks)}
    if len(stocks.birthplaces) > stocks.n:
        treated = {m: with_unknown(stocks, m) for m in UNKNOWN}
        found["total_by_treatment"] = {
            m: estimate(s, method, **options).total
            for m, s in treated.items()
            if options.get("seed") is None or s.n == stocks.n
        }
    return found


def band_report(band: FittedBand) -> dict[str, Any]:
    """Return the fitted interval of each direction with its coverage of countries left out."""
    return {
        direction: {
            "lambda": c.weight,
            "totals": c.totals,
            "countries": c.countries,
            "small": [c.small.low, c.small.high],
            "large": [c.large.low, c.large.high],
            "held_out_coverage": [c.small.share, c.large.share],
            "holds_80": [c.small.holds, c.large.holds],
        }
        for direction, c in band.directions.items()
    } | {"none": dict(band.why_none), "corridors": "not validated"}


def band_lines(band: Mapping[str, Any], what: str = "") -> list[str]:
    """Return the intervals of a report as lines for a terminal."""
    out = []
    for direction, c in band.items():
        if direction in ("none", "corridors"):
            continue
        halves = ", ".join(
            f"{c[h][0]:.2f}-{c[h][1]:.2f} ({100 * share:.0f} % of those left out inside)"
            for h, share in zip(("small", "large"), c["held_out_coverage"], strict=True)
        )
        out.append(
            f"interval of {what}{direction}, small and large totals: {halves} times the estimate; "
            f"{counted(c['totals'], 'total')} of {counted(c['countries'], 'country', 'countries')}; single corridors are not validated"
        )
    return out + [f"no interval of {what}{d}: {why}" for d, why in band.get("none", {}).items()]


def sides_report(stocks: Stocks) -> dict[str, int]:
    """Return how many known countries stand on the side that published stocks give."""
    found = refuse_wrong_side(stocks, accept=True)
    return {"known": found.known, "agree": found.agree}


def _sides(sides: Mapping[str, int]) -> list[str]:
    if not sides:
        return []
    if not sides["known"]:
        return ["orientation: not held against published stocks: too few known countries"]
    known = f"{sides['agree']} of {sides['known']} known countries"
    return [f"orientation: {known} stand on the side that published stocks give"]


def report_lines(report: Mapping[str, Any]) -> list[str]:
    """Return the report as lines for a terminal."""
    lines = [
        f"{report['total']:,.0f} persons by {report['method']}, {counted(report['places'], 'place')}"
    ]
    if report.get("mixed_revisions"):
        lines.append(MIXED)
    if "out" in report:
        lines.append(f"{report['out']}: {counted(report['rows'], 'row')}")
    lines += [f"{role}: {edition}" for role, edition in report.get("editions", {}).items()]
    lines += [str(path) for path in report.get("pages", ())]
    if "edition" in report:
        lines.append(f"kept as {report['edition']}, status E")
    lines += (
        _sides(report.get("sides", {}))
        + _kinds(report)
        + _closure(report)
        + _balance(report.get("balance", {}))
    )
    lines += _unknown(report.get("unknown", {}))
    return lines + band_lines(report.get("band", {}))


def _kinds(report: Mapping[str, Any]) -> list[str]:
    kinds, total = report.get("kinds"), report["total"]
    lines = [report["sexes"]] if "sexes" in report else []
    if not kinds or not total:
        return lines
    shares = ", ".join(f"{k.replace('_', ' ')} {100 * v / total:.0f} %" for k, v in kinds.items())
    return [*lines, f"movers by birthplace: {shares}"]


def _closure(report: Mapping[str, Any]) -> list[str]:
    error = report["largest_net_error"]
    if error is None:
        return []
    state = "closed" if report["closed"] else "does not close"
    place = report["place_of_net_error"]
    return [f"net migration: {state}; largest error {error:,.6g} persons ({named(place)})"]


def _balance(balance: Mapping[str, Any]) -> list[str]:
    if not balance:
        return []
    world, tolerance = balance["world"], 100 * balance["tolerance"]
    natural = world["births"] - world["deaths"]
    said = f"world: grows by {world['growth']:,.0f}, births - deaths {natural:,.0f}; gap {world['gap']:+,.0f}"
    lines = [f"{said} ({100 * world['share_of_natives']:.4f} % of natives)"]
    known = [p for p in balance["places"] if p["net_migration"] is not None]
    if not known:
        return [*lines, "net migration of a revision: none given, so none is compared"]
    worst = max(
        known, key=lambda p: abs(p["implied_less_reported"]) / max(p["population_end"], 1.0)
    )
    lines.append(
        f"net migration of {counted(len(known), 'place')} equals the revision's within "
        f"{100 * abs(worst['implied_less_reported']) / max(worst['population_end'], 1.0):.4f} % of population "
        f"(worst: {named(worst['place'])}, {worst['implied_less_reported']:+,.0f}); tolerance {tolerance:g} %"
    )
    off = {p["place"]: p for p in known if p["place"] in balance["beyond_tolerance"]}
    return lines + [
        f"beyond tolerance: {named(place)}: N {p['net_migration']:+,.0f}, N* {p['net_implied']:+,.0f}, "
        f"N* - N {p['implied_less_reported']:+,.0f}, residual {p['residual']:+,.0f}"
        for place, p in off.items()
    ]


def _unknown(unknown: Mapping[str, Any]) -> list[str]:
    totals = unknown.get("total_by_treatment")
    if not totals:
        return []
    effect = ", ".join(f"{mode} {total:,.0f}" for mode, total in totals.items())
    share = f"unknown origins: {100 * unknown['share_of_foreign_born']:.1f} % of the foreign-born"
    return [f"{share}, treated as {unknown['treatment']}; total by treatment: {effect}"]
