"""What the tuberculosis model starts from: WHO's series, UN DESA's stocks and populations, vital rates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from sojourn.errors import SimulateError
from sojourn.estimate.flows import estimate
from sojourn.pipeline.flow_inputs import Inputs, read_inputs
from sojourn.pipeline.targets import newest_series
from sojourn.simulate.tb import cells
from sojourn.simulate.tb_fit import Observed, World
from sojourn.simulate.tracking import Series
from sojourn.store.observations import Store

LEAST = 1_000  # migrants of a corridor; smaller ones stay with the residents
LAST = 2035
PERIODS = ("2010-2015", "2015-2020")


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


def tb_inputs(store: Store, *, as_of: date | None = None) -> TbInputs:
    """Read the inputs of the tuberculosis model.

    Raises
    ------
    SimulateError, NoSuchObservation, EstimateError
        A file that the model needs is not loaded; the message names which.
    """
    before, after = (read_inputs(store, p, as_of=as_of) for p in PERIODS)
    who = {
        name: newest_series(store, indicator, as_of)
        for name, indicator in (
            ("cases", "tb_cases"),
            ("deaths", "tb_deaths"),
            ("coverage", "tb_treatment_coverage"),
            ("people", "population_who"),
        )
    }
    observed, missing = _observed(after, who)
    known = [i for i, a in enumerate(after.stocks.places) if a not in missing]
    if len(known) < 2:
        raise SimulateError(
            "fewer than two countries have WHO's series of 2000 to 2015 and UN DESA's stocks",
            hint="load WHO's burden file, the stock by origin and the population tables",
        )
    world, share = world_of(before, after, known)
    picked = Observed(*(getattr(observed, f)[known] for f in ("early", "late", "fatality", "coverage")))  # fmt: skip
    editions = {**after.editions, **{f"WHO {k}": s.edition for k, s in who.items()}}
    return TbInputs(world, picked, editions, missing, share)


def _observed(inputs: Inputs, who: Mapping[str, Series]) -> tuple[Observed, dict[str, str]]:
    """Return WHO's means of every place, and the places that lack one."""
    places = inputs.stocks.places
    means: dict[str, dict[tuple[int, int], np.ndarray]] = {}
    for name, series in who.items():
        index = {a: i for i, a in enumerate(series.areas)}
        for span in ((2000, 2002), (2013, 2015)):
            columns = [j for j, y in enumerate(series.years) if span[0] <= y <= span[1]]
            rows = np.full(len(places), np.nan)
            for i, area in enumerate(places):
                if area in index and columns:
                    rows[i] = series.values[index[area], columns].mean()
            means.setdefault(name, {})[span] = rows
    with np.errstate(divide="ignore", invalid="ignore"):
        early = means["cases"][2000, 2002] / means["people"][2000, 2002]
        late = means["cases"][2013, 2015] / means["people"][2013, 2015]
        fatality = means["deaths"][2013, 2015] / means["cases"][2013, 2015]
    coverage = means["coverage"][2013, 2015] / 100.0
    missing = {}
    for i, area in enumerate(places):
        lacks = [
            said
            for said, value in (
                ("incidence 2000-2002", early[i]),
                ("incidence 2013-2015", late[i]),
                ("deaths 2013-2015", fatality[i]),
                ("treatment coverage 2013-2015", coverage[i]),
            )
            if not np.isfinite(value) or (value <= 0 and said.startswith("incidence"))
        ]
        if lacks:
            missing[area] = "no usable " + ", ".join(lacks)
    return Observed(early, late, fatality, coverage), missing


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
