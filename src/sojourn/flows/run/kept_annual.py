"""Flows of calendar years as observations of status E, with an interval fitted to measured years."""

from contextlib import suppress
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from sojourn import __version__
from sojourn.errors import EstimateError
from sojourn.flows.model.calibration import Calibration, Counted, calibrate
from sojourn.flows.run.annual import ANCHORS, HOW, Annual, Year, annual_flows
from sojourn.flows.run.checks import DIRECTIONS, FittedBand, measured_totals
from sojourn.flows.run.kept import BANDS, corridor_columns, held_entry
from sojourn.loading.derived import write_derived
from sojourn.store.observations import Store


def annual_band(store: Store, found: Annual, as_of: date | None = None) -> FittedBand:
    """Fit the interval of a year's totals to every measured year, both sexes, leaving countries out."""
    measured = {
        (direction, year): measured_totals(store, direction, year, year, as_of).totals
        for direction in DIRECTIONS
        for year in range(ANCHORS[0], ANCHORS[-1])
    }
    counted: dict[str, list[Counted]] = {direction: [] for direction in DIRECTIONS}
    years = sorted({year for (_, year), totals in measured.items() if totals})
    for year in _years(store, found, years, as_of):
        for direction, (_, axis) in DIRECTIONS.items():
            totals = dict(zip(year.places, year.flow.sum(axis=axis).tolist(), strict=True))
            counted[direction] += [
                Counted(area, str(year.year), value, totals[area], totals[area])
                for area, value in measured[direction, year.year].items()
                if totals.get(area, 0.0) > 0
            ]
    fitted: dict[str, Calibration] = {}
    why: dict[str, str] = {}
    for direction, rows in counted.items():
        try:
            fitted[direction] = calibrate(direction, rows)
        except EstimateError as error:
            why[direction] = str(error).splitlines()[0]
    return FittedBand(fitted, {d: tuple(c) for d, c in counted.items()}, why)


def _years(store: Store, found: Annual, years: list[int], as_of: date | None) -> tuple[Year, ...]:
    """Return the estimates of measured years, made as those of the run; interval by interval at need."""

    def made(first: int, last: int) -> tuple[Year, ...]:
        return annual_flows(
            store,
            first,
            last,
            method=found.method,
            weight=found.weight,
            as_of=as_of,
            choices=found.choices,
        ).years

    if not years:
        return ()
    try:
        return made(years[0], years[-1])
    except EstimateError:
        out: list[Year] = []
        for start, end in pairwise(ANCHORS):
            within = [y for y in years if start <= y < end]
            with suppress(
                EstimateError
            ):  # inputs that are not in the store have nothing to compare
                out += made(within[0], within[-1]) if within else ()
        return tuple(out)


def keep_years(root: Path, found: Annual, band: FittedBand | None = None) -> str:
    """Write years into the data directory, in one transaction; return their edition.

    Raises
    ------
    StoreBusy
        Another process is writing.
    """
    bounded = band is not None and band.whole
    about = _about(found, "fitted" if bounded else "none")
    entry = held_entry(root, about, _name(found), _run(found))

    def columns() -> dict[str, Any]:
        parts = []
        for year in found.years:
            bounds = band.corridors(year.flow) if band is not None and bounded else None
            parts.append(
                corridor_columns(
                    about | {"interval": str(year.year)}, entry, year.places, year.flow, bounds
                )
            )
        return {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}

    count = sum(len(y.places) * (len(y.places) - 1) for y in found.years)
    write_derived(root, entry, columns, count)
    return entry.edition


def _about(found: Annual, band: str) -> dict[str, Any]:
    editions = {
        f"{role} {i.start}-{i.end}": edition
        for i, _ in found.anchors
        for role, edition in i.editions.items()
    }
    return {
        "method": found.method,
        "annual": HOW,
        "years": [y.year for y in found.years],
        "lambda": found.weight if found.method == "pseudo-bayes" else None,
        "sex": found.sex,
        "editions": editions,
        "unknown": found.choices.unknown,
        "mixed_revisions": found.choices.mix_revisions,
        "band": band,
        "said_band": BANDS[band],
        "version": __version__,
    }


def _name(found: Annual) -> str:
    return f"annual flows {found.years[0].year}-{found.years[-1].year} {found.sex} {found.method}"


def _run(found: Annual) -> str:
    parts = ["annual", found.method, f"{found.years[0].year}-{found.years[-1].year}"]
    if found.sex != "_T":
        parts.append(found.sex)
    if found.method == "pseudo-bayes" and found.weight != 0.87:
        parts.append(f"lambda{found.weight:g}")
    if found.choices.unknown != "origins":
        parts.append(found.choices.unknown)
    return "+".join(parts)
