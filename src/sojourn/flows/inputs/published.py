"""A published series of flows beside ours: totals, corridors, ranks, the largest forty, net migration."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.inputs.rows import csv_rows
from sojourn.flows.model import Flows
from sojourn.flows.model.agreement import rank_correlation
from sojourn.flows.model.tables import Array

LISTED, LISTED_NETS = 10, 24  # corridors and places that are told one by one
FLOOR = 100.0  # the series lists rows of at least so many persons
SIZEABLE, LARGE_NET, TOP, OFF = 10_000.0, 50_000.0, 40, 1.5
#: Largest share of |d| that the specification allows, by treatment of unknown origins.
TARGETS = {"origins": 0.08, "natives": 0.03}
TARGETED = ("pseudo-bayes", "minimum-closed")
SIGNS, TOP_OFF = 0.98, 2
Corridors = dict[tuple[str, str], float]


def read_series(path: Path) -> dict[tuple[str, str], Corridors]:
    """Read ``method,period,origin,destination,value`` into (method, period) to corridors.

    ``path`` is the file, or a folder with ``flows_published.csv``.

    Raises
    ------
    EstimateError
        Naming the file, the line, what was found and what was expected.
    """
    path = path / "flows_published.csv" if path.is_dir() else path
    found: dict[tuple[str, str], Corridors] = {}
    rows = csv_rows(path)
    _, first = next(rows, (1, []))
    head = [h.strip().lower() for h in first]
    if head != ["method", "period", "origin", "destination", "value"]:
        raise EstimateError(
            f"{path}: line 1 reads {','.join(head)!r}; expected method,period,origin,destination,value",
            hint="a published series: one corridor of one method and period a row, M49 codes, persons",
        )
    for line, row in rows:
        _add(found, path, line, row)
    return found


def _add(found: dict[tuple[str, str], Corridors], path: Path, line: int, row: list[str]) -> None:
    fields = [c.strip() for c in row]
    try:
        value = float(fields[4]) if len(fields) == 5 else math.nan
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0 and all(fields)):
        raise EstimateError(
            f"{path}: line {line} reads {','.join(row)!r}; expected five fields, the last a number of persons",
            hint="export it again",
        )
    method, period, origin, destination, _ = fields
    own = found.setdefault((method, period), {})
    key = (origin.zfill(3), destination.zfill(3))
    if key in own:
        raise EstimateError(
            f"{path}: line {line}: {method} {period} {origin} to {destination} stands twice",
            hint="keep one of them",
        )
    own[key] = value


@dataclass(frozen=True)
class Compared:
    """One method and interval beside the published series; persons.

    Attributes
    ----------
    unknown : str
        How unknown origins were treated in ours.
    published, ours : float
        Totals over corridors between places of both.
    difference : float
        Sum of |ours - published|; a corridor that the series does not list counts what exceeds its
        floor of 100 persons.
    comparable : float
        The same as a share of the published total, without places that the series treats otherwise.
    rank : float
        Spearman correlation over corridors of either.
    spread : (p10, p90)
        Of ours / published over corridors of at least 10,000 published.
    shared_top : int
        Corridors among the largest 40 of both.
    top_off : tuple of corridor
        Of the published top 40, those off by more than 1.5 times.
    signs : (right, counted)
        Net migration of places whose published net exceeds 50,000 in size.
    lacking : mapping of place to persons
        Of the published total, what moves from or to places that ours lacks.
    treatment : float
        Sum of |ours - ours with unknown origins as natives| as a share of the published total: what
        keeping them as a birthplace of their own makes, for the series counts them as natives.
    largest : tuple of (origin, destination, published, ours)
        The ten largest corridors of the series.
    nets : tuple of (place, published, ours)
        The places of the largest published net migration.
    editions : tuple of str
        What ours was estimated from.
    inside : (inside, counted)
        Published corridors of at least 10,000 inside our fitted interval; nought where none is fitted.
    revised : tuple of (newest stock, newest editions)
        Ours of the largest corridors from the newest stock with the series' revision, and from the
        newest editions of both; empty where they are what ours rests on.
    newest : (stock, revision)
        Those newest editions.
    alike : float or None
        ``share`` without the population of places that the series leaves out of a unit; None where
        that was not estimated.
    """

    method: str
    unknown: str
    published: float
    ours: float
    difference: float
    comparable: float
    rank: float
    spread: tuple[float, float]
    shared_top: int
    top_off: tuple[tuple[str, str], ...]
    signs: tuple[int, int]
    wrong_signs: tuple[str, ...]
    lacking: Mapping[str, float]
    treatment: float = 0.0
    largest: tuple[tuple[str, str, float, float], ...] = ()
    nets: tuple[tuple[str, float, float], ...] = ()
    editions: tuple[str, ...] = ()
    inside: tuple[int, int] = (0, 0)
    revised: tuple[tuple[float, float], ...] = ()
    newest: tuple[str, str] = ("", "")
    alike: float | None = None

    @property
    def share(self) -> float:
        """|d| as a share of the published total."""
        return self.difference / self.published

    @property
    def verdicts(self) -> dict[str, bool]:
        """What the targets say; empty for a method without a target."""
        if self.method not in TARGETED or self.unknown not in TARGETS:
            return {}
        right, counted = self.signs
        return {
            f"|d| <= {100 * TARGETS[self.unknown]:g} %": self.share <= TARGETS[self.unknown],
            f"top {TOP}: at most {TOP_OFF} off by more than {OFF:g}x": len(self.top_off) <= TOP_OFF,
            f"sign of net migration >= {100 * SIGNS:g} %": right >= SIGNS * counted,
        }


def compare(
    flows: Flows,
    unknown: str,
    series: Corridors,
    otherwise: Mapping[str, str],
    folded: Flows | None = None,
) -> Compared:
    """Compare an estimate with the corridors of a published series.

    ``otherwise`` names places that the series treats in another way; ``folded`` is the same estimate
    with people of unknown origin counted as natives.
    """
    named = {a for key in series for a in key}
    index = {a: i for i, a in enumerate(flows.places)}
    shared = [a for a in sorted(named) if a in index]
    ours = {(o, d): float(flows.flow[index[o], index[d]]) for o in shared for d in shared if o != d}
    gaps = {
        key: abs(ours.get(key, 0.0) - series[key]) if key in series else max(ours[key] - FLOOR, 0.0)
        for key in ours.keys() | series.keys()
    }
    total = sum(series.values())
    alike = [k for k in gaps if not otherwise.keys() & set(k)]
    either = [k for k in ours if k in series or ours[k] >= FLOOR]
    pairs = np.array([[ours[k], series.get(k, 0.0)] for k in either])
    sizeable = [k for k, v in series.items() if v >= SIZEABLE and k in ours]
    ratio = [ours[k] / series[k] for k in sizeable]
    top = sorted(series, key=lambda k: -series[k])[:TOP]
    own_top = sorted(ours, key=lambda k: -ours[k])[:TOP]
    off = [k for k in top if not 1 / OFF <= ours.get(k, 0.0) / series[k] <= OFF]
    published, own = _nets(series, shared), _nets(ours, shared)
    signs, wrong = _signs(own, published)
    widest = sorted(shared, key=lambda a: -abs(published[a]))[:LISTED_NETS]
    return Compared(
        method=flows.method,
        unknown=unknown,
        published=total,
        ours=sum(v for v in ours.values() if v >= FLOOR),
        difference=sum(gaps.values()),
        comparable=sum(gaps[k] for k in alike) / max(sum(series.get(k, 0.0) for k in alike), 1.0),
        rank=rank_correlation(pairs[:, 0], pairs[:, 1]) if len(pairs) > 2 else math.nan,
        spread=_spread(ratio),
        shared_top=len(set(top) & set(own_top)),
        top_off=tuple(off),
        signs=signs,
        wrong_signs=wrong,
        lacking={
            a: sum(v for k, v in series.items() if a in k) for a in sorted(named - index.keys())
        },
        treatment=0.0 if folded is None else _apart(flows, folded, shared) / total,
        largest=tuple((*k, series[k], ours.get(k, 0.0)) for k in top[:LISTED]),
        nets=tuple((a, published[a], own[a]) for a in widest),
    )


def _spread(ratio: list[float]) -> tuple[float, float]:
    """Return the first and the last decile; no number where there are none."""
    if not ratio:
        return math.nan, math.nan
    return float(np.quantile(ratio, 0.1)), float(np.quantile(ratio, 0.9))


def _apart(one: Flows, other: Flows, places: list[str]) -> float:
    """Return the sum of absolute differences of two estimates of the same places."""
    at = [one.places.index(a) for a in places]
    return float(np.abs(one.flow - other.flow)[np.ix_(at, at)].sum())


def inside(flows: Flows, bounds: tuple[Array, Array] | None, series: Corridors) -> tuple[int, int]:
    """Count the published corridors of at least 10,000 that lie within bounds, and all of them."""
    if bounds is None:
        return 0, 0
    at = {a: k for k, a in enumerate(flows.places)}
    told = [
        bool(bounds[0][at[o], at[d]] <= v <= bounds[1][at[o], at[d]])
        for (o, d), v in series.items()
        if v >= SIZEABLE and o in at and d in at
    ]
    return sum(told), len(told)


def _nets(table: Corridors, places: list[str]) -> dict[str, float]:
    """Return arrivals less departures between places."""
    net = dict.fromkeys(places, 0.0)
    for (origin, destination), value in table.items():
        if origin in net and destination in net:
            net[origin] -= value
            net[destination] += value
    return net


def _signs(
    ours: Mapping[str, float], published: Mapping[str, float]
) -> tuple[tuple[int, int], tuple[str, ...]]:
    """Count the places of large published net migration whose sign is right, and name the others."""
    large = [a for a in published if abs(published[a]) > LARGE_NET]
    wrong = tuple(a for a in large if ours[a] * published[a] <= 0)
    return (len(large) - len(wrong), len(large)), wrong
