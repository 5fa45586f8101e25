"""Flows of calendar years as CSV, as plain values and as lines for a terminal."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.errors import counted
from sojourn.files import write_whole
from sojourn.flows.inputs.sexes import HOW as BY_SEX
from sojourn.flows.run.annual import HOW, Annual
from sojourn.flows.run.checks import FittedBand
from sojourn.flows.run.report import band_lines, band_report


def write_years(found: Annual, out: Path, band: FittedBand | None = None) -> int:
    """Write ``year,origin,destination,value``, corridors with movers; return how many.

    With a fitted band ``low,high`` follow.

    Raises
    ------
    PublishError
        The file cannot be written; none is left behind.
    """
    text, count = io.StringIO(), 0
    writer = csv.writer(text, lineterminator="\n")
    bounded = band is not None and band.whole
    head = ["year", "origin", "destination", "value"]
    writer.writerow([*head, "low", "high"] if bounded else head)
    for row in _rows(found, band if bounded else None):
        writer.writerow(row)
        count += 1
    write_whole(out, text.getvalue())
    return count


def _rows(found: Annual, band: FittedBand | None) -> Iterator[tuple[str, ...]]:
    for year in found.years:
        bounds = None if band is None else band.corridors(year.flow)
        for i, j in zip(*np.nonzero(year.flow), strict=True):
            values = [year.flow[i, j], *(() if bounds is None else (b[i, j] for b in bounds))]
            said = [repr(float(v)) for v in values]
            yield str(year.year), year.places[i], year.places[j], *said


def as_json(found: Annual, band: FittedBand | None) -> dict[str, Any]:
    """Return what a run of years says of itself."""
    return {
        "method": found.method,
        "sex": found.sex,
        "how": HOW if found.sex == "_T" else f"{HOW}; {BY_SEX}",
        "mean_year_over_interval_share": found.ratio,
        "intervals": [
            {"period": f"{i.start}-{i.end}", "editions": dict(i.editions), "total": f.total}
            for i, f in found.anchors
        ],
        "years": [
            {"year": y.year, "places": len(y.places), "total": float(y.flow.sum())}
            | {"net_rescaled": y.rescaled, "largest_net_error": y.residual}
            for y in found.years
        ],
        "band": None if band is None else band_report(band),
    }


def lines(found: Annual, report: Mapping[str, Any]) -> list[str]:
    """Return a run of years as lines for a terminal."""
    out = [f"{report['out']}: {counted(report['rows'], 'row')}", report["how"]]
    if "edition" in report:
        out.append(f"kept as {report['edition']}, status E")
    out += [
        f"{i.start}-{i.end}: {f.total:,.0f} persons from {'; '.join(dict.fromkeys(i.editions.values()))}"
        for i, f in found.anchors
    ]
    for y in found.years:
        said = f"{y.year}: {float(y.flow.sum()):,.0f} persons, {counted(len(y.places), 'place')}"
        rescaled = (
            f"; the revision's net migration sums to {y.rescaled:+,.0f} and was rescaled to zero"
        )
        out.append(said + rescaled)
    return out + band_lines(report["band"] or {}, "yearly ")
