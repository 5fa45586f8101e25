"""``flows validate --pages``: the validation as a page and a paper in every language."""

from datetime import date
from pathlib import Path

import numpy as np

from sojourn.files import add_files
from sojourn.flows.inputs.revision import series_differs, series_uncounted
from sojourn.flows.pages.bilateral import OtherRow
from sojourn.flows.pages.validation import STEM, ValidationPage, validation_document
from sojourn.flows.pages.validation_rows import BandRow, MeasuredRow, NetRow
from sojourn.flows.run.validate import Validation
from sojourn.publish import languages, render_html, render_pdf
from sojourn.vocab.observation import EditionId


def validation_pages(found: Validation, out: Path) -> list[Path]:
    """Write ``flows-validation`` as HTML and PDF in every language.

    Raises
    ------
    PublishError
        A file of that name is not ours, or the folder cannot be written.
    """
    page = validation_page(found)
    made: dict[str, str | bytes] = {}
    for language in languages():
        document = validation_document(page, language)
        made[f"{STEM}.{language}.html"] = render_html(document)
        made[f"{STEM}.{language}.pdf"] = render_pdf(document)
    return add_files(out, made)


def validation_page(found: Validation) -> ValidationPage:
    """Return what the page shows of a validation."""
    compared = [(i.period, c) for i in found.intervals for c in i.series]
    used = {e for i in found.intervals for e in i.editions.values()}
    used |= {e for _, c in compared for e in c.editions}
    used |= {b.edition for i in found.intervals for b in i.others}
    editions = sorted(used)
    days = [EditionId.of(e).day for e in editions]
    return ValidationPage(
        compared=compared,
        measured=_measured(found),
        nets=_nets(found),
        bands=_bands(found),
        again=_again(found),
        verdicts=found.verdicts,
        why_none=[
            (i.period, what.removeprefix("the series' ").replace(" ", "_"), why)
            for i in found.intervals
            for what, why in i.why_none.items()
        ],
        others=_others(found),
        not_loaded=[o.names for o in found.not_loaded],
        differs={c: tuple(dict.fromkeys(series_differs(c).values())) for c in languages()}
        if compared
        else {},
        uncounted=series_uncounted(),
        editions=editions,
        dated=max(days, default=date(1990, 1, 1)),
    )


def _bands(found: Validation) -> list[BandRow]:
    return [
        BandRow(d, name, c.weight, h.low, h.high, h.covered, h.counted, h.binomial, holds=h.holds)
        for d, c in found.band.directions.items()
        for name, h in (("small", c.small), ("large", c.large))
    ]


def _again(found: Validation) -> list[BandRow]:
    return [
        BandRow(d, "", c.weight, h.low, h.high, h.covered, h.counted, h.binomial, holds=h.holds)
        for d, c in found.band.directions.items()
        if (h := c.again) is not None
    ]


def _others(found: Validation) -> list[OtherRow]:
    return [
        OtherRow(
            i.period,
            b.other.names,
            b.edition,
            b.years,
            b.corridors,
            b.theirs,
            b.ours,
            b.rank,
            b.median,
            b.inside,
            measured=b.other.measured,
        )
        for i in found.intervals
        for b in i.others
    ]


def _measured(found: Validation) -> list[MeasuredRow]:
    return [
        MeasuredRow(
            i.period,
            direction,
            c.edition,
            len(c.countries),
            c.correlation["central"],
            float(np.median([k.ratio("central") for k in c.countries])),
        )
        for i in found.intervals
        for direction, c in i.measured.items()
    ]


def _nets(found: Validation) -> list[NetRow]:
    return [
        NetRow(
            i.period,
            i.net.edition,
            i.net.worst.place,
            i.net.worst.gap or 0.0,
            len(i.net.beyond),
            i.net.signs,
        )
        for i in found.intervals
        if i.net is not None and i.net.worst is not None
    ]
