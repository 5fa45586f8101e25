"""Countries by name beside what WHO prints of them later: the share born abroad, and cases since 2015."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from sojourn.health.run.scores import BASE, FIRST, UNTRIED, Known, Row
from sojourn.health.targets.targets import FEW
from sojourn.terminal.declared import packaged
from sojourn.vocab.area import AREAS
from sojourn.vocab.place import area_id

Floats = npt.NDArray[np.float64]

LAST = 2022  # the newest year that is compared by name


@dataclass(frozen=True)
class Named:
    """Countries that are told by name, ISO codes.

    Attributes
    ----------
    hosts : tuple of str
        Whose share of cases born abroad is told.
    countries : tuple of str
        Whose cases and deaths since 2015 are told.
    """

    hosts: tuple[str, ...]
    countries: tuple[str, ...]


@cache
def _declared() -> Named:
    return packaged("sojourn.health.run", "by_country.toml", Named)


def share_rows(areas: Sequence[str], seen: Floats, path: Floats, source: str) -> list[Row]:
    """Compare the share born abroad of declared hosts, 2018 and 2019, which no fit has seen.

    Parameters
    ----------
    seen : ndarray, shape (n,)
        Share of the notified.
    path : ndarray, shape (D, n)
        Ours, of every draw.
    """
    rows = []
    for iso in _declared().hosts:
        area = area_id(iso)
        if area not in areas or not np.isfinite(seen[areas.index(area)]):
            continue
        at = areas.index(area)
        low, middle, high = np.quantile(path[:, at], [0.05, 0.5, 0.95])
        title = f"share of cases born abroad, {iso}, 2018 and 2019: as notified, and ours held out"
        rows.append(_row(f"foreign_born_share_{iso}", title, seen[at], low, middle, high, source))
    return rows


#: Before the country's code in the name of a row.
OVER_BASE = "_over_2015_"


def path_rows(known: Known) -> list[Row]:
    """Compare cases and deaths per person of the last year with those of 2015.

    Told are the declared countries, and every other one that is missed with 20 cases or deaths or more
    in both years: what is told of a country's path rests on its own rows.
    """
    last = min(max(known.years), LAST)
    ahead = last - BASE
    rows = list[Row]()
    if ahead < 1:
        none = (None, None, None, None)
        said = f"{known.edition} has no year after {BASE}"
        for quantity in ("cases", "deaths"):
            title = f"{quantity} per person of {LAST} over those of {BASE}, declared countries"
            row = Row(f"{quantity}_{LAST}_over_{BASE}", "tb", title, *none, UNTRIED, known.edition)
            rows.append(Row.untried(row, said))
        return rows
    for quantity in ("cases", "deaths"):
        rate = known.rate(quantity)
        path = known.found.path(np.array([0.0, float(ahead)]))[quantity == "deaths"]
        width = getattr(known.found, f"{quantity}_width")[ahead - 1]
        counted = getattr(known, quantity)[:, [BASE - FIRST, last - FIRST]]
        for iso in _by_name(known):
            at = known.areas.index(area_id(iso))
            with np.errstate(divide="ignore", invalid="ignore"):
                seen = rate[at, last - FIRST] / rate[at, BASE - FIRST]
                ours = path[1, at] / path[0, at]
            if not (np.isfinite(seen) and np.isfinite(ours)):
                continue
            ends = ours * np.exp(-width), ours * np.exp(width)
            title = f"{quantity} per person of {last} over those of 2015, {iso}"
            name = f"{quantity}_{last}{OVER_BASE}{iso}"
            row = _row(name, title, seen, ends[0], ours, ends[1], known.edition)
            many = bool((counted[at] >= FEW).all())
            if iso in _declared().countries or (row.verdict == "missed" and many):
                rows.append(row)
    return rows


def _by_name(known: Known) -> tuple[str, ...]:
    """Return the declared countries that the file has, then every other one, ISO codes."""
    there = {AREAS[a].iso3 for a in known.areas if a in AREAS and AREAS[a].iso3}
    declared = [iso for iso in _declared().countries if iso in there]
    return (*declared, *sorted(there - set(declared)))


def _row(
    name: str, title: str, seen: float, low: float, ours: float, high: float, source: str
) -> Row:
    worst = max(ours / seen, seen / ours) if min(ours, seen) > 0 else np.inf
    said = "met" if worst < 1.05 else "within" if low <= seen <= high else "missed"
    published, mine, least, most = (float(v) for v in (seen, ours, low, high))
    return Row(name, "tb", title, published, mine, least, most, said, source)
