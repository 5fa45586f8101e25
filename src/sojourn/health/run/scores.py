"""The anchor, persistence and a plain trend beside the years of WHO's file that none of them saw."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from sojourn.health.inputs.series import newest_series
from sojourn.health.tb.anchor import LARGE, Anchor, anchor
from sojourn.health.tb.score import Score, rivals, score
from sojourn.store.observations import Store

Floats = npt.NDArray[np.float64]
FIRST, BASE, LAST = 2000, 2015, 2035
SPANS = (
    ("2019", (2019,)),
    ("2022", (2022,)),
    ("2016_2019", tuple(range(2016, 2020))),
    ("2016_2022", tuple(range(2016, 2023))),
)
READ = ("tb_deaths", "population_who")
BY = 2030  # the year to which a rise without a programme is told
BAND = (0.85, 0.95)  # of the countries within the 90 per cent band
UNTRIED = "not tried"
TIMES = 200  # samples of the countries behind the interval of a score


@dataclass(frozen=True)
class Row:
    """One result beside what it is held against.

    Attributes
    ----------
    published : float or None
        The published number, or what a score has to beat; None where there is none.
    ours, low, high : float or None
        Our number and its 90 per cent interval: over draws, or over samples of the countries.
    verdict : str
        ``met``, ``near`` (within a factor of 1.5), ``within`` (the published number lies within the
        interval of the draws), ``missed``, ``sign met``, ``told`` (a rival's score, nothing to meet)
        or ``not tried``: it is not missed, the data to try it are not at hand.
    missing : str
        Which data are missing, where it was not tried.
    """

    id: str
    topic: str
    title: str
    published: float | None
    ours: float | None
    low: float | None
    high: float | None
    verdict: str
    source: str
    missing: str = ""

    @classmethod
    def untried(cls, one: "Row", missing: str) -> "Row":
        """Return a row that says what is missing, in place of one that has no number."""
        return replace(one, ours=None, low=None, high=None, verdict=UNTRIED, missing=missing)


@dataclass(frozen=True)
class Known:
    """WHO's series of all countries, shape (n, years), years from 2000 on; and the anchor of 2015."""

    areas: tuple[str, ...]
    years: tuple[int, ...]
    cases: Floats
    deaths: Floats
    people: Floats
    edition: str
    found: Anchor

    def rate(self, quantity: str) -> Floats:
        """Return cases or deaths per person, shape (n, years)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(getattr(self, quantity) / self.people)

    @property
    def large(self) -> npt.NDArray[np.bool_]:
        """Countries of more than a million people in the base year, shape (n,)."""
        return np.asarray(self.people[:, BASE - FIRST] > LARGE)


def read_known(store: Store, *, base: int = BASE, as_of: date | None = None) -> Known:
    """Read WHO's burden file and the anchor of its years up to ``base``.

    Raises
    ------
    NoSuchObservation
        WHO's file is not loaded.
    """
    cases = newest_series(store, "tb_cases", as_of)
    years = tuple(range(FIRST, max(cases.years) + 1))
    areas = cases.countries
    deaths, people = (newest_series(store, i, as_of).of(areas, years) for i in READ)
    table = cases.of(areas, years)
    found = anchor(table, deaths, people, first=FIRST, base=base)
    return Known(areas, years, table, deaths, people, cases.edition, found)


def tb_scores(store: Store, as_of: date | None = None) -> list[Row]:
    """Score cases and deaths of 2016 to 2022, the world's path, the world, and the largest rise told.

    Raises
    ------
    NoSuchObservation
        WHO's file is not loaded.
    """
    known = read_known(store, as_of=as_of)
    rows = list[Row]()
    for quantity in ("cases", "deaths"):
        for name, years in SPANS:
            rows += _scored(known, quantity, name, years)
    return [*rows, *_world(known), _rise(known)]


def _scored(known: Known, quantity: str, name: str, years: tuple[int, ...]) -> list[Row]:
    ahead = max(max(known.years), max(years)) - BASE
    rate = known.rate(quantity)[known.large]
    up_to = rate[:, : BASE - FIRST + 1]
    people = known.people[known.large, BASE - FIRST]
    at = [y - BASE - 1 for y in years]
    seen = later(rate, years).T
    found = {k: path[at] for k, (path, _) in rivals(up_to, people, ahead).items()}
    told = known.found.path(np.arange(1.0, ahead + 1.0))[quantity == "deaths"]
    width = getattr(known.found, f"{quantity}_width")[at][:, None]
    source = f"{known.edition}: WHO's values of {name.replace('_', ' to ')}, none seen by the fit"
    bar = score(found["persistence"], seen).error
    rows = [_error(k, quantity, name, path, seen, source, None) for k, path in found.items()]
    mine = told[at][:, known.large]
    rows.append(_error("model", quantity, name, mine, seen, source, bar))
    rows.append(_coverage(quantity, name, mine, seen, width, source))
    lacks = [str(y) for y, row in zip(years, seen, strict=True) if not np.isfinite(row).any()]
    if not lacks:
        return rows
    said = f"{known.edition} has no {quantity} of {', '.join(lacks)}"
    return [Row.untried(row, said) for row in rows]


def later(rate: Floats, years: tuple[int, ...]) -> Floats:
    """Return values of some years, shape (n, years); NaN of a year that the file does not have."""
    out = np.full((len(rate), len(years)), np.nan)
    for j, year in enumerate(years):
        if year - FIRST < rate.shape[1]:
            out[:, j] = rate[:, year - FIRST]
    return out


TITLES = {
    "persistence": "the value of 2015 carried forward",
    "trend": "the trend of six years carried on",
    "model": "as printed: the statistical anchor, of which the model without a programme changes nothing",
}


def _error(
    who: str, quantity: str, name: str, told: Floats, seen: Floats, source: str, bar: float | None
) -> Row:
    ours = score(told, seen).error
    low, high = _sampled(told, seen)
    said = "told" if bar is None else "met" if ours <= bar else "missed"
    title = f"median error of the logarithm, {quantity} {name.replace('_', ' to ')}: {TITLES[who]}"
    return Row(f"{who}_{quantity}_{name}", "tb", title, bar, ours, low, high, said, source)


def _coverage(
    quantity: str, name: str, told: Floats, seen: Floats, width: Floats, source: str
) -> Row:
    found = score(told, seen, width)
    low, high = _sampled(told, seen, width)
    said = "met" if BAND[0] <= found.within <= BAND[1] else "missed"
    title = (
        f"share of countries within the 90 per cent band, {quantity} {name.replace('_', ' to ')}"
    )
    name = f"coverage_{quantity}_{name}"
    return Row(name, "tb", title, 0.9, found.within, low, high, said, source)


def _sampled(told: Floats, seen: Floats, width: Floats | None = None) -> tuple[float, float]:
    """Return the 90 per cent interval of a score over samples of the countries."""
    source = np.random.Generator(np.random.Philox(key=BASE))
    found = list[float]()
    for _ in range(TIMES):
        here = source.integers(0, told.shape[1], told.shape[1])
        one: Score = score(told[:, here], seen[:, here], np.nan if width is None else width)
        found.append(one.error if width is None else one.within)
    low, high = np.quantile(found, [0.05, 0.95])
    return float(low), float(high)


def _world(known: Known) -> list[Row]:
    """Return the world's number of 2019 over that of 2015: WHO's, and the sum of the anchors."""
    told = known.found.path(np.array([0.0, 4.0]))
    rows = []
    for quantity, path in zip(("cases", "deaths"), told, strict=True):
        numbers = later(getattr(known, quantity), (BASE, 2019))
        ours = path.T * later(known.people, (BASE, 2019))
        both = np.isfinite(numbers).all(axis=1) & np.isfinite(ours).all(axis=1)
        title = f"the world's number of {quantity} in 2019 over that of 2015"
        row = Row(
            f"world_{quantity}_2019",
            "tb",
            title,
            *(None,) * 4,
            verdict=UNTRIED,
            source=known.edition,
        )
        if not both.any():
            rows.append(
                Row.untried(row, f"{known.edition} has no {quantity} of {BASE} and 2019 together")
            )
            continue
        who, mine = (float(v[both, 1].sum() / v[both, 0].sum()) for v in (numbers, ours))
        said = "met" if abs(mine / who - 1.0) <= 0.01 else "missed"
        rows.append(replace(row, published=who, ours=mine, verdict=said))
    return rows


def _rise(known: Known) -> Row:
    """Return the largest rise of a country's rate told without a programme, a fraction."""
    path, _ = known.found.path(np.array([0.0, BY - BASE]))
    rise = path[1] / np.where(path[0] > 0, path[0], np.nan) - 1.0
    worst = float(np.nanmax(rise))
    return Row(
        f"max_rise_{BASE}_{BY}_without_programme",
        "tb",
        f"largest rise of a country's rate from {BASE} to {BY} without a programme, at the median",
        0.5,
        worst,
        None,
        None,
        "met" if worst <= 0.5 + 1e-9 else "missed",
        known.edition,
    )
