"""Where publishers and editions disagree: every count of the same quantity side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sojourn.errors import NoSuchObservation
from sojourn.query.quantities import EVERY, Count, Quantity, quantities
from sojourn.query.works import newest_of_works
from sojourn.store.choice import WHOLE, is_whole
from sojourn.store.observations import Store
from sojourn.terminal.rows import Rows
from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import Cell, EditionId
from sojourn.vocab.place import area_id

WORLD = "900"  # what a publisher of incidents reports about; never a sum of countries here


@dataclass(frozen=True)
class Counted:
    """One edition's number.

    Attributes
    ----------
    value : float
        In the unit of the quantity.
    cell : str
        Address of the cell; of a sum, of its first part.
    parts : int
        How many cells were added; 1 where the edition prints the number itself.
    missing : int
        How many of them the publisher suppressed or left out: the sum is a lower bound.
    says : str
        What is counted.
    part : bool
        Whether its edition is a part of its table.
    """

    edition: str
    value: float
    cell: str
    parts: int
    missing: int
    says: str
    part: bool = False


@dataclass(frozen=True)
class Disagreement:
    """All counts of one quantity at one place and time; the chosen one first.

    Attributes
    ----------
    spread : float
        Largest minus smallest.
    share : float
        Spread as a share of the largest in size; 0 where all agree, 1 where one of them is zero,
        more where one is negative.
    """

    quantity: str
    area: str
    time_period: str
    sex: str
    spread: float
    share: float
    counts: tuple[Counted, ...]


@dataclass(frozen=True)
class Comparison:
    """One quantity: how many numbers are counted more than once, how many agree, the largest rest."""

    quantity: str
    unit: str
    reason: str
    editions: tuple[str, ...]
    compared: int
    agree: int
    median_share: float
    largest: tuple[Disagreement, ...]

    @property
    def rows(self) -> Rows[dict[str, Any]]:
        """One row a count: the disagreement it belongs to, its edition, its value, its cell."""
        return Rows(
            {
                "quantity": d.quantity,
                "area": d.area,
                "time_period": d.time_period,
                "sex": d.sex,
                "spread": d.spread,
                "share": d.share,
                "edition": c.edition,
                "value": c.value,
                "cell": c.cell,
                "says": c.says,
            }
            for d in self.largest
            for c in d.counts
        )

    def df(self) -> Any:
        """Return the counts as a pandas data frame; needs the extra ``dataframe``."""
        return self.rows.df()

    def _repr_html_(self) -> str:
        """Show the first counts in a notebook."""
        return self.rows._repr_html_()


def disagreements(
    store: Store,
    *,
    area: str | None = None,
    origin: str | None = None,
    indicator: str | None = None,
    period: str | None = None,
    sex: str | None = None,
    as_of: date | None = None,
    countries: bool = True,
    by: str = "spread",
    limit: int = 10,
) -> tuple[Comparison, ...]:
    """Compare every declared quantity over all editions that the store holds.

    Parameters
    ----------
    origin : str, optional
        Counts of people from this place instead of from all places.
    indicator : str, optional
        Only this quantity (an id of quantities.toml).
    countries : bool
        Leave aggregates out, whose members differ by publisher.
    by : str
        ``spread`` or ``share``: what the largest are ranked by.
    limit : int
        How many to list for each quantity; 0 lists all.

    Raises
    ------
    NoSuchObservation
        No such quantity.
    """
    wanted = [q for q in quantities() if indicator in (None, q.id)]
    if not wanted:
        raise NoSuchObservation(
            f"no quantity {indicator!r} is counted more than once",
            hint=f"there are: {', '.join(q.id for q in quantities())}",
        )
    place = area_id(area) if area is not None else None
    whence = area_id(origin) if origin is not None else None
    kept = _Asked(place, whence, period, sex, as_of, countries and place is None)
    return tuple(_compare(store, q, kept, by, limit) for q in wanted)


@dataclass(frozen=True)
class _Asked:
    area: str | None
    origin: str | None
    period: str | None
    sex: str | None
    as_of: date | None
    countries: bool


def _compare(store: Store, quantity: Quantity, asked: _Asked, by: str, limit: int) -> Comparison:
    groups: dict[tuple[str, str, str], list[Counted]] = {}
    editions = set()
    for count in quantity.counts:
        for key, counted in _numbers(store, count, asked):
            groups.setdefault(key, []).append(counted)
            editions.add(counted.edition)
    found = [_disagreement(quantity.id, key, c) for key, c in groups.items() if len(c) > 1]
    found.sort(key=lambda d: (-getattr(d, by), -d.spread, d.area, d.time_period, d.sex))
    return Comparison(
        quantity=quantity.id,
        unit=quantity.unit,
        reason=quantity.reason,
        editions=tuple(sorted(editions)),
        compared=len(found),
        agree=sum(d.spread == 0 for d in found),
        median_share=float(np.median([d.share for d in found])) if found else float("nan"),
        largest=tuple(found[:limit] if limit else found),
    )


def _disagreement(
    quantity: str, key: tuple[str, str, str], counts: Sequence[Counted]
) -> Disagreement:
    values = [c.value for c in counts]
    listed = newest_of_works(
        counts, lambda c: EditionId.of(c.edition).dataset, lambda c: EditionId.of(c.edition).vintage
    )
    low, high = min(values), max(values)
    spread = round(high - low, 6)  # thousands printed with three decimals leave dust
    most = max(abs(low), abs(high))
    return Disagreement(quantity, *key, spread, spread / most if most else 0.0, tuple(listed))


def _numbers(
    store: Store, count: Count, asked: _Asked
) -> list[tuple[tuple[str, str, str], Counted]]:
    """Return one count of every place, period and sex, newest edition first."""
    fixed = {"age": "_T", **count.where}
    if asked.origin is not None:
        fixed["origin"] = asked.origin
    parts = ["edition LIKE $dataset", "indicator = $indicator"]
    given: dict[str, object] = {"dataset": f"{count.dataset}@%", "indicator": count.indicator}
    for column, code in fixed.items():
        if code == EVERY:
            continue
        parts.append(f"{column} = ${column}_is")
        given[f"{column}_is"] = code
    asked_for = {"ref_area": asked.area, "time_period": asked.period, "sex": asked.sex}
    for column, value in asked_for.items():
        if value is not None:
            parts.append(f"{column} = $asked_{column}")
            given[f"asked_{column}"] = value
    if asked.as_of is not None:
        parts.append("vintage <= $as_of")
        given["as_of"] = asked.as_of.isoformat()
    if count.sum and asked.origin is None:
        parts += ["origin <> '_T'", WHOLE]  # a sum over a part of a table is no count of the whole
    value = "sum(value)" if count.sum else 'first(value ORDER BY sheet, "row", col)'
    rows = store.con.execute(
        f"SELECT ref_area, time_period, sex, edition, {value} AS v, count(*), count(*) - count(value), "  # noqa: S608 - column names only
        'first(sheet ORDER BY sheet, "row", col), first("row" ORDER BY sheet, "row", col), '
        'first(col ORDER BY sheet, "row", col) '
        f"FROM observation WHERE {' AND '.join(parts)} GROUP BY 1, 2, 3, 4 HAVING v IS NOT NULL "
        "ORDER BY edition DESC, 1, 2, 3",
        given,
    ).fetchall()
    return [
        (
            (area, time, sex),
            _counted(count, edition, v, (n, missing), cell, part=not is_whole(store, edition)),
        )
        for area, time, sex, edition, v, n, missing, *cell in rows
        if not asked.countries or _is_country(area) or (count.sum and area == WORLD)
    ]


def _counted(
    count: Count,
    edition: str,
    value: float,
    sizes: tuple[int, int],
    cell: Sequence[object],
    *,
    part: bool,
) -> Counted:
    sheet, row, col = cell
    address = str(Cell.of(edition, str(sheet), int(str(row)), int(str(col))))
    n, missing = sizes if count.sum else (1, 0)
    return Counted(edition, float(value), address, n, missing, count.says, part)


def _is_country(area: str) -> bool:
    return area in AREAS and AREAS[area].kind in ("country", "historical")
