"""The page about an interval: estimate, band, checks, women and men, written as HTML, PDF and CSV."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from sojourn.errors import EstimateError
from sojourn.estimate.flows import estimate
from sojourn.pipeline.flow_checks import check_totals
from sojourn.pipeline.flow_inputs import AS_IT_IS, Choices, Inputs, read_inputs
from sojourn.pipeline.flows import write_corridors
from sojourn.pipeline.flows_kept import WEIGHTS, Band, band, other_editions
from sojourn.pipeline.writing import write_whole
from sojourn.publish.flows import NETS, FlowPage, Measured, flow_document
from sojourn.publish.page import render_html
from sojourn.publish.paper import render_pdf
from sojourn.publish.text import languages
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS

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
    """
    page, whole = flow_page(store, period, as_of=as_of, choices=choices)
    out.mkdir(parents=True, exist_ok=True)
    stem = f"flows-{page.start}-{page.end}"
    table = out / f"{stem}.csv"
    write_corridors(whole.central, table, bounds=(whole.low, whole.high))
    written = [table]
    for language in languages():
        document = flow_document(page, language)
        for path, content in (
            (out / f"{stem}.{language}.html", render_html(document).encode()),
            (out / f"{stem}.{language}.pdf", render_pdf(document)),
        ):
            write_whole(path, content)
            written.append(path)
    return written


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
    estimates = {
        "minimum": estimate(inputs.stocks, "minimum-closed"),
        "central": central,
        "high": estimate(inputs.stocks, "independence"),
    }
    checks = check_totals(store, inputs.start, inputs.end, estimates)
    files = {f.edition: f for f in store.manifest.files}
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
        sources=tuple(
            dict.fromkeys(
                f"{files[e].citation} {files[e].license}."
                for e in (*inputs.editions.values(), *(o.editions["stock"] for o in others))
            )
        ),
        adjustments=central.adjustments,
        growth={sex: _growth(store, inputs, sex, as_of) for sex in ("F", "M")},
        measured=()
        if checks is None
        else tuple(
            Measured(c.area, c.measured, *(c.estimated[k] for k in ("minimum", "central", "high")))
            for c in checks.countries
        ),
        correlation={} if checks is None else checks.correlation,
        dated=max(date.fromisoformat(e.partition("@")[2]) for e in inputs.editions.values()),
    )


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


def _growth(
    store: Store, inputs: Inputs, sex: str, as_of: date | None
) -> list[tuple[str, str, float]]:
    """Return the corridors whose stock of one sex grew most; none where the edition has no sex."""
    period = f"{inputs.start}-{inputs.end}"
    try:
        own = read_inputs(store, period, sex=sex, as_of=as_of, with_vital=False)
    except EstimateError:
        return []
    grown = estimate(own.stocks, "drop-negative")
    order = np.argsort(-grown.flow, axis=None, kind="stable")[:NETS]
    pairs = zip(*np.unravel_index(order, grown.flow.shape), strict=True)
    return [(grown.places[i], grown.places[j], float(grown.flow[i, j])) for i, j in pairs]
