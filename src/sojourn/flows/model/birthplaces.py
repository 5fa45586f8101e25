"""Who moves, by birthplace: returns, transits, leaving home; women and men; what carries a corridor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.model.estimators import Products
from sojourn.flows.model.result import Flows
from sojourn.flows.model.tables import Array, Stocks


@dataclass(frozen=True)
class Kinds:
    """Movers by their birthplace; persons.

    Attributes
    ----------
    returning : float
        To the birthplace.
    in_transit : float
        Between two places, neither of them the birthplace (an unknown birthplace is neither).
    leaving : float
        Out of the birthplace: moves onward from home.
    """

    returning: float
    in_transit: float
    leaving: float

    @property
    def total(self) -> float:
        """All movers."""
        return self.returning + self.in_transit + self.leaving

    @property
    def shares(self) -> tuple[float, float, float]:
        """Shares of returning, in transit, leaving."""
        whole = max(self.total, 1e-300)
        return self.returning / whole, self.in_transit / whole, self.leaving / whole


def kinds_of(flows: Flows) -> Kinds:
    """Return returns, transits and moves away from the birthplace.

    Raises
    ------
    EstimateError
        The method knows no birthplaces.
    """
    by_birthplace = _known(flows)
    n = len(flows.places)
    returning = leaving = 0.0
    if isinstance(by_birthplace, Products):
        returning, leaving = by_birthplace.home(n)
        return Kinds(returning, flows.total - returning - leaving, leaving)
    for k in range(n):
        own = by_birthplace(k)
        returning += float(own[:, k].sum())
        leaving += float(own[k].sum())
    return Kinds(returning, flows.total - returning - leaving, leaving)


@dataclass(frozen=True)
class Carrier:
    """People of one birthplace in a corridor: persons, and their share of it."""

    birthplace: str
    persons: float
    share: float


def carriers(
    flows: Flows, origin: str, destination: str, *, until: float = 0.95
) -> tuple[Carrier, ...]:
    """Return the birthplaces that carry a corridor, largest first, until a share of it is told.

    Raises
    ------
    EstimateError
        The method knows no birthplaces, or a place is not in the run.
    """
    by_birthplace = _known(flows)
    if origin == destination:
        raise EstimateError(
            f"{origin} to {destination} is no corridor", hint="name two different places"
        )
    for place in (origin, destination):
        if place not in flows.places:
            raise EstimateError(
                f"{place} is not a place of this run", hint="see the places that left it"
            )
    i, j = flows.places.index(origin), flows.places.index(destination)
    people = (
        by_birthplace.of_corridor(i, j)
        if isinstance(by_birthplace, Products)
        else np.array([by_birthplace(k)[i, j] for k in range(len(flows.birthplaces))])
    )
    total = float(people.sum())
    found: list[Carrier] = []
    told = 0.0
    for k in np.argsort(-people, kind="stable"):
        if people[k] <= 0 or told >= until * total:
            break
        found.append(Carrier(flows.birthplaces[k], float(people[k]), float(people[k]) / total))
        told += float(people[k])
    return tuple(found)


def by_sex(flows: Flows, women: Stocks, men: Stocks) -> dict[str, Flows]:
    """Split flows of both sexes by the sex of the migrants that carry them.

    For people of birthplace k who move from i to j the share of women is the mean of theirs among
    the migrants from k who live in i at the start and in j at the end; where one of the two is k
    itself, the other's counts. Women and men add up to both exactly; no population by sex is used,
    so net migration by sex is not known.

    Parameters
    ----------
    flows : Flows
        Both sexes.
    women, men : Stocks
        Of each sex; places in any order, diagonals are not used.

    Returns
    -------
    mapping of F and M to Flows

    Raises
    ------
    EstimateError
        The method knows no birthplaces.
    """
    by_birthplace = _known(flows)
    share = {end: _share_of_women(flows, women, men, end) for end in ("start", "end")}
    general = {end: _general(share[end]) for end in share}
    fallback = 0.5 * (general["start"][:, None] + general["end"][None, :])

    def women_of(k: int) -> Array:
        ends = share["start"][k][:, None], share["end"][k][None, :]
        known = [np.isfinite(e) for e in ends]
        summed = sum(np.where(there, e, 0.0) for there, e in zip(known, ends, strict=True))
        count = known[0].astype(float) + known[1].astype(float)
        own: Array = by_birthplace(k) * np.where(
            count > 0, summed / np.maximum(count, 1.0), fallback
        )
        return own

    total = np.zeros_like(flows.flow)
    for k in range(len(flows.birthplaces)):
        total += women_of(k)
    grid = np.spacing(np.maximum(flows.flow, 0.0))  # multiples of it add up without rounding
    of_women = np.minimum(np.round(total / grid) * grid, flows.flow)
    bare = replace(flows, net=None, reported_net=None, closed=False)
    return {
        "F": replace(bare, flow=of_women, of_birthplace=women_of),
        "M": replace(
            bare,
            flow=flows.flow - of_women,
            of_birthplace=lambda k: by_birthplace(k) - women_of(k),
        ),
    }


def _share_of_women(flows: Flows, women: Stocks, men: Stocks, end: str) -> Array:
    """Return the share of women, birthplaces by places; NaN where nobody is counted, or at home."""
    tables = []
    for stocks in (women, men):
        table = np.zeros((len(flows.birthplaces), len(flows.places)))
        rows, columns = _index(stocks.birthplaces), _index(stocks.places)
        k = [(a, rows[b]) for a, b in enumerate(flows.birthplaces) if b in rows]
        j = [(a, columns[b]) for a, b in enumerate(flows.places) if b in columns]
        if k and j:
            (to_k, from_k), (to_j, from_j) = zip(*k, strict=True), zip(*j, strict=True)
            found = stocks.start if end == "start" else stocks.end
            table[np.ix_(to_k, to_j)] = found[np.ix_(from_k, from_j)]
        home = np.arange(len(flows.places))
        table[home, home] = 0.0
        tables.append(table)
    both = tables[0] + tables[1]
    share: Array = np.divide(tables[0], both, out=np.full_like(both, np.nan), where=both > 0)
    return share


def _general(share: Array) -> Array:
    """Return a place's mean share of women where its own birthplaces do not tell, one half at last."""
    known = np.isfinite(share)
    count = known.sum(axis=0)
    total = np.where(known, share, 0.0).sum(axis=0)
    general: Array = np.where(count > 0, total / np.maximum(count, 1), 0.5)
    return general


def _index(labels: tuple[str, ...]) -> Mapping[str, int]:
    return {label: i for i, label in enumerate(labels)}


def _known(flows: Flows) -> Callable[[int], Array]:
    if flows.of_birthplace is None:
        raise EstimateError(
            f"{flows.method} gives no flows by birthplace", hint="use an accounting method"
        )
    return flows.of_birthplace
