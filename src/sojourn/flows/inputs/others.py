"""Flows between two places that others measured or modelled, from the store: persons a year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from sojourn.flows.inputs.revision import ask
from sojourn.flows.inputs.stock import kind_of
from sojourn.store.observations import Store
from sojourn.terminal.declared import packaged

#: Share of an interval's years that a corridor must have.
LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Other:
    """A table of others that ours may be held against.

    Attributes
    ----------
    key, dataset, indicator : str
    by : str
        ``residence``: persons by origin and destination; ``citizenship``: arrivals by nationality.
    measured : bool
        Counted by registers and surveys; else another model.
    names : mapping of language to text
    """

    key: str
    dataset: str
    indicator: str
    by: str
    measured: bool
    names: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a table without an English name, or held against nothing of ours."""
        if "en" not in self.names or self.by not in ("residence", "citizenship"):
            raise ValueError("expected names.en, and by = residence or citizenship")


@dataclass(frozen=True, slots=True)
class Others:
    """The file of tables of others."""

    other: tuple[Other, ...]


@cache
def others() -> tuple[Other, ...]:
    """Return the tables of others that have a declared layout, in the order of the declaration."""
    return packaged("sojourn.flows.inputs", "others.toml", Others).other


@dataclass(frozen=True)
class Told:
    """What another table tells of an interval.

    Attributes
    ----------
    edition : str
    first, last : int
        Calendar years used; the interval's first and last weigh half.
    a_year : mapping of (origin, destination) to persons a year
    """

    edition: str
    first: int
    last: int
    a_year: Mapping[tuple[str, str], float]


def edition_of(store: Store, other: Other, as_of: date | None = None) -> str:
    """Return the newest edition of a table in the store, as of a day; empty where there is none."""
    found = ask(
        store,
        "SELECT max(vintage) FROM observation WHERE dataflow = $dataset AND indicator = $indicator "
        "AND ($as_of IS NULL OR vintage <= $as_of)",
        dataset=other.dataset,
        indicator=other.indicator,
        as_of=None if as_of is None else as_of.isoformat(),
    )
    return f"{other.dataset}@{found[0][0]}" if found[0][0] else ""


def told_by(store: Store, other: Other, edition: str, start: int, end: int) -> Told | None:
    """Return the mean year of each corridor between countries over an interval of mid-years.

    A year counts where it is whole: one number, or all twelve months. A corridor counts where it has
    at least half of the interval's years; what is missing is not zero. None where no corridor does.
    """
    rows = ask(
        store,
        """
        WITH yearly AS (
            SELECT origin, destination, detail, CAST(left(time_period, 4) AS INTEGER) AS y,
                sum(obs_value * power(10, unit_mult)) AS v
            FROM observation
            WHERE edition = $edition AND indicator = $indicator AND sex = '_T' AND age = '_T'
            AND obs_value IS NOT NULL AND origin <> destination
            AND left(time_period, 4) BETWEEN $first AND $last
            GROUP BY ALL
            HAVING count(*) = CASE max(length(time_period)) WHEN 4 THEN 1 WHEN 7 THEN 12 END
        ), weighted AS (
            SELECT *, CASE WHEN y IN ($start, $end) THEN 0.5 ELSE 1.0 END AS w FROM yearly
        )
        SELECT origin, destination, sum(w * v) / sum(w), min(y), max(y) FROM weighted
        GROUP BY origin, destination, detail HAVING sum(w) >= $least
        ORDER BY origin, destination, detail
        """,
        edition=edition,
        indicator=other.indicator,
        first=str(start),
        last=str(end),
        start=start,
        end=end,
        least=LEAST * (end - start),
    )
    kept = [r for r in rows if kind_of(r[0]) == kind_of(r[1]) == "country"]
    if not kept:
        return None
    a_year: dict[tuple[str, str], float] = {}
    for origin, destination, persons, _, _ in kept:
        a_year.setdefault((origin, destination), float(persons))
    return Told(edition, min(r[3] for r in kept), max(r[4] for r in kept), a_year)
