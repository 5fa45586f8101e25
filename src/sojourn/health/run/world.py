"""The world's own number of later years beside WHO's: the sum of the anchors less what it told too much."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sojourn.health.run.scores import BASE, FIRST, UNTRIED, Known, Row, later
from sojourn.health.tb.world import QUANTITIES, drift, totals

Floats = npt.NDArray[np.float64]
YEARS = (2019, 2022)
NEAR = 0.01


def world_rows(known: Known) -> list[Row]:
    """Score the corrected sum of 2019 and 2022, and persistence beside it; no run rests on these yet."""
    every = range(FIRST, max(YEARS) + 1)
    table = {q: later(getattr(known, q), tuple(every)) for q in QUANTITIES}
    people = later(known.people, tuple(every))
    ahead = slice(BASE - FIRST + 1, None)
    parts = (*table.values(), people)
    whole = np.all([np.isfinite(t[:, : BASE - FIRST + 1]).all(axis=1) for t in parts], axis=0)
    found = drift(
        *(t[whole] for t in (table["cases"], table["deaths"], people)), first=FIRST, base=BASE
    )
    picked = replace(
        known.found,
        **{
            f: getattr(known.found, f)[whole]
            for f in ("cases", "fatality", "cases_slope", "fatality_slope")
        },
    )
    told = dict(zip(QUANTITIES, totals(picked, people[whole][:, ahead]), strict=True))
    rows = list[Row]()
    for q in QUANTITIES:
        values, rate = table[q][whole], table[q][whole, BASE - FIRST] / people[whole, BASE - FIRST]
        start = values[:, BASE - FIRST].sum()
        last = np.nansum(rate[:, None] * people[whole][:, ahead], axis=0)
        for year in YEARS:
            h = year - BASE - 1
            who = (
                float(np.nansum(values[:, year - FIRST]) / start) if _there(values, year) else None
            )
            off, width = found[q].off[h], found[q].width[h]
            mine = float(told[q][h] * np.exp(-off) / start)
            rows += _pair(known, q, year, who, (mine, float(width)), float(last[h] / start))
    return rows


def _there(values: Floats, year: int) -> bool:
    return bool(np.isfinite(values[:, year - FIRST]).any())


def _pair(
    known: Known, q: str, year: int, who: float | None, mine: tuple[float, float], last: float
) -> list[Row]:
    title = f"the world's number of {q} in {year} over that of {BASE}"
    none = (None, None, None, None)
    name = f"world_{q}_{year}"
    carried = Row(
        f"persistence_{name}",
        "tb",
        f"{title}: the rates of {BASE} carried forward",
        *none,
        UNTRIED,
        known.edition,
    )
    own = replace(
        carried,
        id=f"corrected_{name}",
        title=f"{title}: the sum of the anchors less what it told too much at origins up to {BASE}",
    )
    if who is None:
        return [Row.untried(r, f"{known.edition} has no {q} of {year}") for r in (carried, own)]
    value, width = mine
    low, high = value * np.exp(-width), value * np.exp(width)
    near = abs(value / who - 1.0) <= NEAR
    said = "met" if near else "within" if low <= who <= high else "missed"
    return [
        replace(carried, ours=last, published=who, verdict="told"),
        replace(own, published=who, ours=value, low=float(low), high=float(high), verdict=said),
    ]
