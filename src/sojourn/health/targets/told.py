"""Targets as lines for a terminal, and as a chart."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from sojourn.health.targets.standing import path_years
from sojourn.health.targets.targets import FEW, LAST_YEAR, TREND_YEARS
from sojourn.health.targets.tracking import (
    WORLD,
    Counter,
    Judged,
    Progress,
    Tracking,
    area_name,
)
from sojourn.publish import Chart, Line, Wording, trend

TITLES = {
    "malaria_incidence": "Malaria cases per 1,000 {people}",
    "malaria_mortality": "Malaria deaths per 100,000 {people}",
    "tb_incidence": "Tuberculosis cases per 100,000 inhabitants",
    "tb_deaths": "Deaths from tuberculosis",
}
LEVELS = {
    "malaria_cases": "malaria cases",
    "malaria_deaths": "malaria deaths",
    "tb_cases": "new cases of tuberculosis",
    "tb_deaths": "deaths from tuberculosis",
}
SEXES = "both sexes together: the estimates in the loaded files are not told by sex"


def title(t: Tracking) -> str:
    """Return what a target is, per person at risk where the edition prints who is."""
    people = "people at risk" if t.at_risk else "inhabitants"
    return TITLES[t.target.id].format(people=people)


def caveat(t: Tracking) -> str:
    """Return what is to be said of a target's value; nothing where it is as the strategy defines it."""
    return "" if t.at_risk else t.target.caveat


def why(t: Tracking) -> str:
    """Return why a tracking has no value or no change, in words."""
    return reason(t, t.reason)


def reason(t: Tracking, word: str) -> str:
    """Return a word of a tracking, or of one of its milestones, as a sentence; empty for none."""
    year = t.target.baseline
    what = t.target.numerator.rpartition("_")[2]
    return {
        "no_series": f"{t.edition} has no row of {t.name} for {year} or later",
        "no_baseline": f"{t.edition} has no value of {t.name} for {year} (status O, missing)",
        "no_population": f"no loaded file has the population of {t.name} for {year}: no rate",
        "zero_baseline": f"zero in {year}: no reduction can be asked for; the aim is to stay at zero",
        "few": f"fewer than {FEW} {what} in {year} or {t.last}: too few for a change, a trend or a verdict",
        "no_trend": "no trend: values missing or zero",
        "": "",
    }[word]


def short(value: float | None) -> str:
    """Return a number for reading: whole above a hundred, three digits below; a dash for none.

    Examples
    --------
    >>> short(1604087.0), short(146.16), short(9.7347), short(None)
    ('1,604,087', '146', '9.73', '—')
    """
    if value is None or np.isnan(value):
        return "—"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


def reached(t: Tracking) -> str:
    """Return when the present trend reaches the last milestone, in words."""
    last = t.milestones[-1].milestone.year
    if t.reason == "few":
        return why(t)
    if t.reached is None:
        return "no trend: values missing or zero"
    if np.isinf(t.reached):
        return f"the present trend does not reach the milestone of {last} before {LAST_YEAR}"
    return f"the present trend reaches the milestone of {last} in {t.reached:.0f}"


def lines(progress: Progress) -> Iterator[str]:
    """Yield the tracking of a topic as lines of text."""
    targets = dict.fromkeys(t.target.id for t in progress.trackings)
    for target_id in targets:
        rows = [t for t in progress.trackings if t.target.id == target_id]
        yield from _head(rows[0])
        for t in rows:
            yield from _row(t)
        yield from _beside(progress, rows)
        yield ""
    yield from _notified(progress)
    yield from _near(progress)
    yield from _levels(progress)
    yield ""
    for counter in progress.counters:
        yield _counter(counter)


def _head(first: Tracking) -> Iterator[str]:
    """Yield the title, the rules and the head of the columns."""
    yield f"{title(first)}: {first.target.source}"
    people = f"; population {first.below}" if first.below not in ("", first.edition) else ""
    yield f"  path between milestones: {first.shape}; edition {first.edition}{people}"
    yield f"  trend: log-linear over the last {TREND_YEARS} years with a value; {SEXES}"
    if caveat(first):
        yield f"  note: {caveat(first)}"
    yield (
        f"  {'area':34} {first.target.baseline:>11} {'latest':>11} {'year':>5} {'change':>8} "
        f"{'required':>9} {'gap':>7} {'off':>7} {'a year':>7}  milestones; trend"
    )


def _row(t: Tracking) -> Iterator[str]:
    if t.value is None or t.baseline is None:
        yield f"  {t.name:34.34} {'—':>11} {why(t)}"
        return
    required = None if t.change is None or t.gap is None else t.change - t.gap
    alike = groupby(t.milestones, key=lambda j: j.verdict)
    marks = "; ".join(f"{', '.join(map(_milestone, some))} {verdict}" for verdict, some in alike)
    yearly = f"{t.trend.annual_change:+.1f}%" if np.isfinite(t.trend.annual_change) else "—"
    yield (
        f"  {t.name:34.34} {short(t.baseline):>11} {short(t.value):>11} {t.last:>5} "
        f"{_percent(t.change):>8} {_percent(required):>9} {_points(t.gap):>7} "
        f"{_percent(t.off_track):>7} {yearly:>7}  {why(t) or f'{marks}; {reached(t)}'}"
    )
    if t.lower is not None and t.upper is not None:
        over = ", over the population" if t.below and not t.target.printed else ""
        yield f"  {'':34} {t.last}: {short(t.lower)} to {short(t.upper)} (interval as published{over})"
    if t.summed:
        yield f"  {'':34} {_sum(t)}"


def _sum(t: Tracking) -> str:
    """Return what a sum is made of, and who is missing from it."""
    said = f"our sum of {t.countries[0]} of {t.countries[1]} countries: no row of WHO's for it, no interval"
    if not t.left_out:
        return said
    names = ", ".join(area_name(a) for a in t.left_out[:6])
    more = f" and {len(t.left_out) - 6} more" if len(t.left_out) > 6 else ""
    return f"{said}; without {names}{more}"


def _milestone(j: Judged) -> str:
    mark = "" if j.milestone.mark == "P" else f" [{j.milestone.mark}]"
    return f"{j.milestone.year} −{j.milestone.reduction:g}%{mark}"


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:+.1f}%"


def _points(value: float | None) -> str:
    return "—" if value is None else f"{value:+.1f}"


def _beside(progress: Progress, rows: list[Tracking]) -> Iterator[str]:
    """Yield what the publisher itself states, and the baseline of each area in each edition."""
    world = next((t for t in rows if t.area == WORLD), None)
    if world is not None and world.baseline:
        for p in progress.published:
            if p.target == world.target.id and p.year in world.years:
                ours = 100 * (world.observed[world.years.index(p.year)] / world.baseline - 1)
                yield (
                    f"  {p.year}: {ours:+.1f}% in this file, {p.change:+.1f}% as WHO printed it "
                    f"[{p.mark}; {p.source}]"
                )
    for t in rows if len(rows) == 1 or any(len(t.baselines) > 1 for t in rows) else rows[:1]:
        for edition, value in t.baselines.items():
            other = "people at risk" if not t.at_risk else "inhabitants"
            per = f" (per {other}: not comparable)" if edition in t.otherwise else ""
            yield f"  baseline {t.target.baseline} of {t.name} in {edition}: {short(value)}{per}"


def _notified(progress: Progress) -> Iterator[str]:
    """Yield who was notified by sex, and who is told in neither: estimates are of both together."""
    for n in progress.notified:
        told = n.women + n.men
        share, young = (100.0 * part / told if told else np.nan for part in (n.women, n.children))
        over = f", {n.countries[0]} of {n.countries[1]} countries" if n.countries[1] > 1 else ""
        yield (
            f"{area_name(n.area)}, notified in {n.year}: {n.women:,.0f} women and girls "
            f"({share:.1f}%), {n.men:,.0f} men and boys, {n.children:,.0f} of them below 15 "
            f"({young:.1f}%), {n.untold:,.0f} not told by sex{over}; "
            f"{n.edition}"
        )
    if progress.notified:
        yield "who is ill and was not notified is in neither: no loaded file tells them by sex"
        yield ""


NEAR = {
    "cases": "deaths this near to new cases, or above them, do not fit: one of the estimates is off, and "
    "the file does not say which",
    "notified": "nearly as many as were notified, or more: who fell ill and was not notified is in no "
    "share of the people notified",
}


def _near(progress: Progress) -> Iterator[str]:
    """Yield where deaths do not fit beside new cases or the people notified."""
    for d in progress.deaths:
        if not d.near:
            continue
        ends = "" if d.lower is None else f" ({short(d.lower)} to {short(d.upper)})"
        beside = [
            f"{n:,.0f} {name}"
            for n, name in ((d.cases, "new cases"), (d.notified, "people notified"))
            if n is not None
        ]
        yield (
            f"{area_name(d.area)}, {d.year}: {d.deaths:,.0f} deaths{ends} beside "
            f"{' and '.join(beside)}: {NEAR[d.near]}"
        )


def _levels(progress: Progress) -> Iterator[str]:
    """Yield our sum of each level beside what each report printed: the baseline moves with it."""
    for (indicator, year), several in groupby(
        progress.levels, key=lambda b: (b.stated.indicator, b.stated.year)
    ):
        found = list(several)
        first = found[0]
        row = "" if np.isnan(first.row) else f", {short(first.row)} in its own row of the world"
        yield (
            f"{year}, world, {LEVELS[indicator]}: {short(first.ours)} as our sum of "
            f"{first.countries[0]} of {first.countries[1]} countries in {first.edition}{row}; printed:"
        )
        for b in found:
            yield f"  {b.stated.value:>13,.0f} in {b.stated.source} [{b.stated.mark}]"


def _counter(c: Counter) -> str:
    mark = "" if c.rule.mark == "P" else f" [{c.rule.mark}]"
    goals = ", ".join(f"{g.countries} by {g.year}" for g in c.rule.goals)
    asked = f"; goals {goals}" if goals else ""
    if not c.edition:
        return (
            f"{c.rule.rule}{mark}: absent (status {c.rule.obs_status}, missing): "
            f"{c.rule.caveat}{asked}"
        )
    names = ", ".join(area_name(a) for a in c.count.passed)
    return (
        f"{c.rule.rule}{mark}: in {c.count.year} {len(c.count.passed)} of the {c.count.with_data} "
        f"countries above it in 2015{f' ({names})' if names else ''}; {c.count.without_data} without "
        f"data; {c.edition}{asked}; {c.rule.caveat}"
    )


def observed_points(t: Tracking) -> tuple[tuple[float, float | None], ...]:
    """Return the observed path from its first value on; a missing year breaks the line."""
    first = next(i for i, v in enumerate(t.observed) if np.isfinite(v))
    return tuple(
        (float(y), float(v) if np.isfinite(v) else None)
        for y, v in list(zip(t.years, t.observed, strict=True))[first:]
    )


def chart(t: Tracking, *, chart_id: str = "", height: float = 300.0) -> Chart:
    """Return the observed path beside the required one, from the first value to the last milestone."""
    path = path_years(t)
    knots = {t.target.baseline, *(m.milestone.year for m in t.milestones)}
    required = tuple(
        (float(y), float(v))
        for y, v in zip(path, t.required, strict=True)
        if y in knots or t.shape == "geometric"
    )
    name = f"{title(t)}, {t.name}"
    wording = Wording(
        id=chart_id or f"{t.target.id}-{t.area}".replace("_", "-").lower(),
        title=name,
        alt=f"{name}: {short(t.baseline)} in {t.target.baseline}, {short(t.value)} in {t.last}; "
        f"{reached(t)}.",
        number=short,
        no_data="no data",
    )
    series = [Line("observed", observed_points(t)), Line(f"required ({t.shape})", required, "c2")]
    return trend(series, wording, header=("series", "year", "value"), height=height)
