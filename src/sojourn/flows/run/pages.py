"""The page about an interval: estimate, band, checks, women and men, written as HTML, PDF and CSV."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from sojourn.errors import EstimateError
from sojourn.files import add_files
from sojourn.flows.inputs.sexes import sexes
from sojourn.flows.inputs.tables import AS_IT_IS, Choices, Inputs, read_inputs
from sojourn.flows.model import Flows, estimate
from sojourn.flows.model.balance import place_balances, unknown_share
from sojourn.flows.model.birthplaces import kinds_of
from sojourn.flows.model.calibration import Calibration
from sojourn.flows.pages.flows import NETS, flow_document
from sojourn.flows.pages.voice import BandWords, FittedTotal, FlowPage, Measured
from sojourn.flows.run.checks import DIRECTIONS, Checks, FittedBand, check_totals, fitted_band
from sojourn.flows.run.kept import WEIGHTS, Band, band, other_editions
from sojourn.flows.run.own import corridors_csv
from sojourn.publish import languages, render_html, render_pdf
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import EditionId

#: UN regions of a place, as the migrant stock groups them: M49 region, or subregion in America.
REGION_OF = {"002": "903", "142": "935", "150": "908", "009": "909", "021": "905", "419": "904"}
REGIONS = ("903", "935", "908", "904", "905", "909")


def flow_pages(
    store: Store,
    period: str,
    out: Path,
    *,
    as_of: date | None = None,
    choices: Choices = AS_IT_IS,
) -> list[Path]:
    """Write ``flows-START-END`` as a page and a paper in every language, and all corridors as CSV.

    Raises
    ------
    EstimateError
        An input is not in the store.
    PublishError
        A file of that name is not ours, or the folder cannot be written.
    """
    page, whole = flow_page(store, period, as_of=as_of, choices=choices)
    stem = f"flows-{page.start}-{page.end}"
    text, _ = corridors_csv(whole.central, bounds=(whole.low, whole.high))
    made: dict[str, str | bytes] = {f"{stem}.csv": text}
    for language in languages():
        document = flow_document(page, language)
        made[f"{stem}.{language}.html"] = render_html(document)
        made[f"{stem}.{language}.pdf"] = render_pdf(document)
    return add_files(out, made)


def flow_page(
    store: Store, period: str, *, as_of: date | None = None, choices: Choices = AS_IT_IS
) -> tuple[FlowPage, Band]:
    """Return what the page about an interval shows, and the band of each corridor.

    Raises
    ------
    EstimateError
        An input is not in the store.
    """
    inputs = read_inputs(store, period, as_of=as_of, choices=choices)
    others = other_editions(store, inputs, as_of)
    whole = band(inputs.stocks, [o.stocks for o in others])
    return _page(store, inputs, whole, others, as_of), whole


def _page(
    store: Store, inputs: Inputs, whole: Band, others: Sequence[Inputs], as_of: date | None
) -> FlowPage:
    central = whole.central
    estimates = _estimates(inputs, central)
    checks = {
        d: check_totals(store, inputs.start, inputs.end, estimates, direction=d, as_of=as_of)
        for d in DIRECTIONS
    }
    fitted = fitted_band(store, as_of=as_of, choices=inputs.choices)
    return FlowPage(
        start=inputs.start,
        end=inputs.end,
        places=central.places,
        central=central.flow,
        low=whole.low,
        high=whole.high,
        weight=central.weight or 0.0,
        weights=WEIGHTS,
        region={a: _region(a) for a in central.places},
        regions=REGIONS,
        population=float(inputs.stocks.end.sum()),
        fewest=estimates["minimum"].total,
        most=estimates["high"].total,
        before=_before(store, inputs, as_of),
        editions=dict(inputs.editions),
        stock_editions=(inputs.editions["stock"], *(o.editions["stock"] for o in others)),
        sources=_sources(store, inputs, others),
        adjustments=central.adjustments,
        growth=_sexes(store, inputs, central, as_of),
        measured=_measured(checks["arrivals"]),
        departures=_measured(checks["departures"]),
        correlation=_correlation(checks["arrivals"]),
        fitted=fitted.corridors(central.flow),
        totals=_totals(fitted, central.places, estimates),
        bands=[_words(c) for c in fitted.directions.values()],
        kinds=kinds_of(central).shares,
        balance=place_balances(inputs.stocks, central.net),
        unknown=(inputs.choices.unknown, unknown_share(inputs.untreated or inputs.stocks)),
        mixed=inputs.choices.mix_revisions,
        units=inputs.units,
        dated=max(EditionId.of(e).day for e in inputs.editions.values()),
    )


def _estimates(inputs: Inputs, central: Flows) -> dict[str, Flows]:
    return {
        "minimum": estimate(inputs.stocks, "minimum-closed"),
        "central": central,
        "high": estimate(inputs.stocks, "independence"),
    }


def _sources(store: Store, inputs: Inputs, others: Sequence[Inputs]) -> tuple[str, ...]:
    """Return the citations and terms of the editions, each once."""
    editions = (*inputs.editions.values(), *(o.editions["stock"] for o in others))
    files = {f.edition: f for f in store.manifest.files}
    said = (f"{files[e].citation} {files[e].license}." for e in editions)
    return tuple(dict.fromkeys(said))


def _region(area: str) -> str:
    known = AREAS.get(area)
    if known is None:
        return ""
    return REGION_OF.get(known.subregion, REGION_OF.get(known.region, ""))


def _before(store: Store, inputs: Inputs, as_of: date | None) -> float | None:
    """Return the central total of the interval before, when its inputs are there."""
    length = inputs.end - inputs.start
    try:
        earlier = read_inputs(
            store, f"{inputs.start - length}-{inputs.start}", as_of=as_of, choices=inputs.choices
        )
    except EstimateError:
        return None
    return estimate(earlier.stocks, "pseudo-bayes").total


def _measured(checks: Checks | None) -> tuple[Measured, ...]:
    if checks is None:
        return ()
    return tuple(
        Measured(c.area, c.measured, *(c.estimated[k] for k in ("minimum", "central", "high")))
        for c in checks.countries
    )


def _correlation(checks: Checks | None) -> Mapping[str, float]:
    return {} if checks is None else checks.correlation


def _totals(
    fitted: FittedBand, places: Sequence[str], estimates: Mapping[str, Flows]
) -> dict[str, list[FittedTotal]]:
    """Return arrivals and departures at the fitted weight with their interval, largest first."""
    found: dict[str, list[FittedTotal]] = {}
    for direction, calibration in fitted.directions.items():
        axis = DIRECTIONS[direction][1]
        value, low, high = calibration.interval(
            *(estimates[end].flow.sum(axis=axis) for end in ("minimum", "high"))
        )
        found[direction] = [
            FittedTotal(places[i], float(value[i]), float(low[i]), float(high[i]))
            for i in np.argsort(-value, kind="stable")
        ]
    return found


def _words(c: Calibration) -> BandWords:
    halves = (c.small, c.large)
    return BandWords(
        c.direction,
        c.weight,
        c.countries,
        c.totals,
        inside=", ".join(
            f"{h.covered}/{h.counted} ({100 * h.binomial[0]:.0f}–{100 * h.binomial[1]:.0f} %)"
            for h in halves
        ),
        widths=tuple((h.low, h.high) for h in halves),
    )


def _sexes(
    store: Store, inputs: Inputs, flows: Flows, as_of: date | None
) -> dict[str, list[tuple[str, str, float]]]:
    """Return the largest corridors of women and of men; none where the edition has no sexes."""
    try:
        split = sexes(store, inputs, flows, as_of)
    except EstimateError:
        return {}
    found = {}
    for sex, (_, own) in split.items():
        order = np.argsort(-own.flow, axis=None, kind="stable")[:NETS]
        pairs = zip(*np.unravel_index(order, own.flow.shape), strict=True)
        found[sex] = [(own.places[i], own.places[j], float(own.flow[i, j])) for i, j in pairs]
    return found
