"""What the tuberculosis model starts from: WHO's series, UN DESA's stocks and populations, vital rates."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sojourn.errors import SimulateError
from sojourn.flows.inputs.tables import Inputs, read_inputs
from sojourn.flows.model import estimate
from sojourn.health.engine.estimates import bounds_of
from sojourn.health.inputs.pulmonary import pulmonary_of
from sojourn.health.inputs.series import editions_of, newest_of, newest_series
from sojourn.health.targets.tracking import Series
from sojourn.health.tb.anchor import anchor
from sojourn.health.tb.fit import CLOSING, Observed, World
from sojourn.health.tb.joined import SPIN_UP
from sojourn.health.tb.model import cells
from sojourn.health.tb.run import FLOWS
from sojourn.processes import one_thread
from sojourn.store.observations import Store

LEAST = 1_000  # migrants of a corridor; smaller ones stay with the residents
FEWEST_NOTIFIED = 5.0  # people born abroad among the notified of three years
LAST = 2035
PERIODS = ("2010-2015", "2015-2020")
FIRST, BASE = 2000, 2015  # WHO's series; nothing later is looked at


@dataclass(frozen=True)
class TbInputs:
    """The world, WHO's series, where both are from, and the countries that lack an input.

    Attributes
    ----------
    editions : mapping of role to edition
    empty : mapping of area id to what is missing
    share : float
        Share of all migrants with known origin and residence who live in modelled corridors.
    """

    world: World
    observed: Observed
    editions: Mapping[str, str]
    empty: Mapping[str, str]
    share: float


#: What is read of WHO: a name, and its indicator.
READ = {
    "cases": "tb_cases",
    "deaths": "tb_deaths",
    "coverage": "tb_treatment_coverage",
    "people": "population_who",
    "cases lower": "tb_cases_lower",
    "cases upper": "tb_cases_upper",
    "deaths lower": "tb_deaths_lower",
    "deaths upper": "tb_deaths_upper",
}


#: Bounds are of the edition of what they bound.
BOUNDS = (" lower", " upper")


@one_thread(always=True)
def tb_inputs(store: Store, *, as_of: date | None = None) -> TbInputs:
    """Read the inputs of the tuberculosis model.

    Raises
    ------
    SimulateError, NoSuchObservation, EstimateError
        A file that the model needs is not loaded; the message names which.
    """
    before, after = (read_inputs(store, p, as_of=as_of) for p in PERIODS)
    who = newest_of(store, READ, as_of)
    who |= _notified_series(store, as_of)
    observed, missing = _observed(after, who)
    known = [i for i, a in enumerate(after.stocks.places) if a not in missing]
    if len(known) < 2:
        raise SimulateError(
            "fewer than two countries have WHO's series up to 2015 and UN DESA's stocks",
            hint="load WHO's burden file, the stock by origin and the population tables",
        )
    world, share, inflows = world_of_each(before, after, known)
    told = pulmonary_of(store, world.where.areas, as_of, until=BASE)
    lungs = np.array([told[a].share if a in told else 1.0 for a in world.where.areas])
    world = replace(world, flows=inflows, lungs=lungs)
    picked = chosen(observed, known)
    named = {k: s.edition for k, s in who.items() if not k.endswith(BOUNDS)}
    editions = {**after.editions, **{f"WHO {k}": edition for k, edition in named.items()}}
    if told:
        editions["WHO lungs"] = next(iter(told.values())).edition
    return TbInputs(world, picked, editions, missing, share)


def _notified_series(store: Store, as_of: date | None) -> dict[str, Series]:
    """Return who was notified: all, retreated apart from relapses, born abroad; none without the file."""
    named = (
        ("notified", "tb_notifications"),
        ("notified again", "tb_notifications_retreatment"),
        ("notified foreign", "tb_notifications_foreign_born"),
    )
    return {
        name: newest_series(store, indicator, as_of)
        for name, indicator in named
        if editions_of(store, indicator, as_of)
    }


def chosen(observed: Observed, known: list[int]) -> Observed:
    """Return WHO's series of some places."""
    held = Observed.__dataclass_fields__
    names = [f for f in held if f != "anchor" and getattr(observed, f) is not None]
    some = observed.anchor
    picked = replace(
        some,
        **{
            f: getattr(some, f)[known]
            for f in ("cases", "fatality", "cases_slope", "fatality_slope")
        },
    )
    return Observed(**{f: getattr(observed, f)[..., known] for f in names}, anchor=picked)


def _born_abroad(table: Mapping[str, np.ndarray], closing: np.ndarray) -> np.ndarray:
    """Return who was born abroad and who was not among the notified of 2013-2015, shape (2, places).

    Years count in which both are told; people treated before, relapses apart, are in the sum, as
    they are among those born abroad. NaN with fewer than five born abroad, or more than everybody.
    """
    places = len(closing)
    if "notified foreign" not in table or "notified" not in table:
        return np.full((2, places), np.nan)
    foreign, every = table["notified foreign"], table["notified"]
    again = table.get("notified again", np.zeros_like(every))
    both = closing & np.isfinite(foreign) & np.isfinite(every)
    abroad = np.where(both, foreign, 0.0).sum(axis=1)
    total = np.where(both, every + np.where(np.isfinite(again), again, 0.0), 0.0).sum(axis=1)
    usable = (abroad >= FEWEST_NOTIFIED) & (abroad <= total)
    return np.where(usable, np.stack([abroad, total - abroad]), np.nan)


def _level(table: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return incidence at the beginning of 2015: the geometric mean of 2014 and 2015."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = table["cases"][:, -2:] / table["people"][:, -2:]
        both = np.sqrt(rate[:, 0] * rate[:, 1])
    return np.where(np.isfinite(both) & (both > 0), both, np.nan)


def _observed(inputs: Inputs, who: Mapping[str, Series]) -> tuple[Observed, dict[str, str]]:
    """Return WHO's means of every place, and the places that lack one.

    The first period is the first three years of a country's own series, since a country may be
    younger than the file; 2013-2015 is averaged over the years that WHO fills, a small country's
    treatment coverage among them, and is empty where it fills none.
    """
    places = inputs.stocks.places
    table = {name: _rows(series, places) for name, series in who.items()}
    first, early = _opening(table)
    years = np.array(range(FIRST, BASE + 1))
    closing = np.broadcast_to(years > BASE - CLOSING, table["cases"].shape)
    late = {name: _mean(rows, closing) for name, rows in table.items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        incidence = late["cases"] / late["people"]
        fatality = late["deaths"] / late["cases"]
        base = table["cases"][:, -1] / table["people"][:, -1]
    asked = {
        "incidence of three first years": early,
        "incidence 2013-2015": incidence,
        "incidence 2015": base,
        "deaths 2013-2015": fatality,
        "treatment coverage 2013-2015": late["coverage"],
    }
    bounds = [
        bounds_of(late[k], late[f"{k} lower"], late[f"{k} upper"]) for k in ("cases", "deaths")
    ]
    level = _level(table)
    return Observed(
        early=early,
        late=incidence,
        level=np.where(np.isfinite(level), level, incidence),
        fatality=fatality,
        coverage=late["coverage"] / 100.0,
        first=first,
        cases_bounds=bounds[0],
        deaths_bounds=bounds[1],
        notified=_born_abroad(table, closing),
        anchor=anchor(table["cases"], table["deaths"], table["people"], first=FIRST, base=BASE),
        annual=_annual(table),
    ), _lacking(places, asked)


def _annual(table: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return cases and deaths per person of the ten years before 2015, shape (2, 10, places)."""
    years = slice(BASE - FIRST - SPIN_UP, BASE - FIRST)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = [(table[k] / table["people"])[:, years].T for k in ("cases", "deaths")]
    return np.stack(rates)


def _opening(table: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the first year of each place's series, and incidence of its three first years."""
    years = np.array(range(FIRST, BASE + 1))
    begun = np.isfinite(table["cases"]) & np.isfinite(table["people"])
    first = years[begun.argmax(axis=1)]
    opening = (years >= first[:, None]) & (years < first[:, None] + 3)
    with np.errstate(divide="ignore", invalid="ignore"):
        early = _mean(table["cases"], opening) / _mean(table["people"], opening)
    early[first + 3 > BASE] = np.nan
    return first, early


def _lacking(places: tuple[str, ...], asked: Mapping[str, np.ndarray]) -> dict[str, str]:
    """Return the places that lack what is asked for, and what; no incidence is none, and so is zero."""
    missing = {}
    for i, area in enumerate(places):
        lacks = [
            said
            for said, values in asked.items()
            if not np.isfinite(values[i]) or (values[i] <= 0 and said.startswith("incidence"))
        ]
        if lacks:
            missing[area] = "no usable " + ", ".join(lacks)
    return missing


def _rows(series: Series, places: tuple[str, ...]) -> np.ndarray:
    """Return a series of every place from 2000 to 2015, shape (places, years); NaN where WHO has none."""
    index = {a: i for i, a in enumerate(series.areas)}
    rows = np.full((len(places), BASE + 1 - FIRST), np.nan)
    columns = [(j, y - FIRST) for j, y in enumerate(series.years) if FIRST <= y <= BASE]
    for i, area in enumerate(places):
        for j, at in columns:
            if area in index:
                rows[i, at] = series.values[index[area], j]
    return rows


def _mean(rows: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the mean of the cells that are filled, a row; NaN where none is."""
    kept = where & np.isfinite(rows)
    count = kept.sum(axis=1)
    total = np.where(kept, rows, 0.0).sum(axis=1)
    return np.asarray(np.divide(total, count, out=np.full(len(rows), np.nan), where=count > 0))


def world_of_each(
    before: Inputs, after: Inputs, known: list[int]
) -> tuple[World, float, np.ndarray]:
    """Return `world_of` by the pseudo-Bayesian method, and arrivals of every method in ``FLOWS``.

    Returns
    -------
    (World, float, ndarray of shape (methods, corridors))
    """
    worlds = [world_of(before, after, known, method) for method in FLOWS]
    return *worlds[FLOWS.index("pseudo-bayes")], np.stack([w.inflow for w, _ in worlds])


def world_of(
    before: Inputs, after: Inputs, known: list[int], method: str = "pseudo-bayes"
) -> tuple[World, float]:
    """Return sizes and moves of the countries that have every input.

    Parameters
    ----------
    known : list of int
        Countries, by their position in ``after.stocks.places``.
    method : str
        How arrivals are estimated.

    Returns
    -------
    (World, float)
        And the share of migrants with known origin who live in corridors among these countries.
    """
    stocks, earlier = after.stocks, before.stocks
    places = tuple(stocks.places[i] for i in known)
    rows = [stocks.birthplaces.index(a) for a in places]
    start, end = (t[np.ix_(rows, known)] for t in (stocks.start, stocks.end))
    flow = estimate(stocks, method).flow[np.ix_(known, known)] / 5.0
    foreign = start.copy()
    np.fill_diagonal(foreign, 0.0)
    pairs = [(int(o), int(p)) for o, p in np.argwhere(foreign >= LEAST)]
    where, position = cells(places, pairs)
    k = len(pairs)
    path = np.zeros((LAST - 2015 + 1, k))
    inflow = np.zeros(k)
    for (o, p), at in zip(pairs, position, strict=True):
        then, now = start[o, p], max(end[o, p], 1.0)
        years = np.minimum(np.arange(len(path)), 5)
        path[:, at] = then + (now - then) * years / 5.0
        inflow[at] = flow[o, p]
    people = stocks.start.sum(axis=0)[known]
    assert stocks.births is not None and stocks.deaths is not None and earlier.births is not None  # noqa: S101, PT018 - asked for
    middle = 0.5 * (people + stocks.end.sum(axis=0)[known])
    births, deaths = (v[known] / 5.0 / middle for v in (stocks.births, stocks.deaths))
    share = sum(foreign[o, p] for o, p in pairs) / _abroad(stocks.start)
    return World(where, people, path, inflow, births, deaths), float(share)


def _abroad(table: np.ndarray) -> float:
    n = table.shape[1]
    return float(table.sum() - np.trace(table[:n]))
