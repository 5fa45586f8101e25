"""Two stock tables on one set of places, checked, with everything that had to be left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sojourn.errors import EstimateError

#: More people than have ever lived: above it a table is in another unit.
PEOPLE = 1.2e11

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Adjustment:
    """People whom a step removed, moved or added, so that input and output can be reconciled."""

    step: str
    place: str
    persons: float
    why: str


@dataclass(frozen=True)
class Stocks:
    """Stocks at the two ends of an interval, with the births and deaths between.

    Attributes
    ----------
    places : tuple of str, length n
        Places of residence; also the first n birthplaces.
    birthplaces : tuple of str, length K >= n
        ``places``, then birthplaces without a column of residence (an unknown birthplace).
    start, end : ndarray, shape (K, n), persons
        People born in row k who live in column j; the diagonal holds the native-born.
    births, deaths : ndarray, shape (n,), persons, or None
        During the interval, by place.
    left_out : tuple of Adjustment
        Places that one table lacks, with the people that leave with them.
    reported : ndarray, shape (n,), persons, or None
        Net migration that the population's own revision publishes.
    """

    places: tuple[str, ...]
    birthplaces: tuple[str, ...]
    start: Array
    end: Array
    births: Array | None = None
    deaths: Array | None = None
    left_out: tuple[Adjustment, ...] = field(default=())
    reported: Array | None = None

    @property
    def n(self) -> int:
        """Number of places of residence."""
        return len(self.places)

    @property
    def net(self) -> Array:
        """Demographic residual N = change in population - births + deaths, shape (n,), persons.

        Raises
        ------
        EstimateError
            Births or deaths were not given.
        """
        births, deaths = self.vital()
        change: Array = self.end.sum(axis=0) - self.start.sum(axis=0)
        return change - births + deaths

    def vital(self) -> tuple[Array, Array]:
        """Return births and deaths.

        Raises
        ------
        EstimateError
            They were not given.
        """
        if self.births is None or self.deaths is None:
            raise EstimateError(
                "this method needs births and deaths",
                hint="give both, or use drop-negative, reverse-negative or rogers",
            )
        return self.births, self.deaths


def check(stocks: Stocks) -> None:
    """Refuse what no method can use: missing or negative cells, impossible births and deaths.

    A negative diagonal (more foreign-born than people) is allowed here; preparation repairs it.

    Raises
    ------
    EstimateError
        Naming the table, the birthplace and the place.
    """
    for name, table in (("start", stocks.start), ("end", stocks.end)):
        _refuse(stocks, name, ~np.isfinite(table), table, "is missing", "missing is not zero")
        negative = table < 0
        negative[np.arange(stocks.n), np.arange(stocks.n)] = False
        _refuse(stocks, name, negative, table, "is negative", "a stock cannot be")
        total = float(table.sum())
        if total > PEOPLE:
            raise EstimateError(
                f"stock at the {name}: {total:,.0f} persons, more than have ever lived",
                hint="check the unit: persons, not a multiple of them",
            )
    if stocks.births is None or stocks.deaths is None:
        return
    population = (stocks.end.sum(axis=0), stocks.start.sum(axis=0))
    for name, vital, people in (
        ("births", stocks.births, population[0]),
        ("deaths", stocks.deaths, population[1]),
    ):
        for j in np.flatnonzero(~np.isfinite(vital) | (vital < 0)):
            raise EstimateError(
                f"{name} of {stocks.places[j]}: {vital[j]:g}; expected a number of persons",
                hint="missing is not zero; complete the table",
            )
        for j in np.flatnonzero(vital > people):
            when = "at the end" if name == "births" else "at the start"
            raise EstimateError(
                f"{name} of {stocks.places[j]}: {vital[j]:,.0f} are more than the {people[j]:,.0f} "
                f"people who live there {when}",
                hint="check the unit (persons, not thousands) and the interval",
            )


def _refuse(stocks: Stocks, name: str, bad: Mask, table: Array, what: str, hint: str) -> None:
    for k, j in np.argwhere(bad)[:1]:
        raise EstimateError(
            f"stock at the {name}: the cell born in {stocks.birthplaces[k]}, living in "
            f"{stocks.places[j]} {what} ({table[k, j]:g}); {int(bad.sum())} such cells",
            hint=hint,
        )


def common(
    start: tuple[Sequence[str], Sequence[str], Array],
    end: tuple[Sequence[str], Sequence[str], Array],
    births: dict[str, float] | None = None,
    deaths: dict[str, float] | None = None,
    *,
    net: dict[str, float] | None = None,
    leave_out: Sequence[str] | None = None,
) -> Stocks:
    """Bring two labelled tables onto one list of places, and list what is left out.

    Places stand in both tables, down and across; a birthplace without a column stands in both.
    A label that one list lacks leaves the run and is listed; with ``leave_out`` it is refused unless
    it is named there.

    Parameters
    ----------
    start, end : (birthplaces, places, table)
        Labels of the rows and the columns, and persons, shape (rows, columns).
    births, deaths, net : mapping of place to persons, optional
        ``net`` is the net migration that the population's revision publishes.
    leave_out : sequence of str, optional
        The only labels that may leave the run; who leaves with them is listed.

    Raises
    ------
    EstimateError
        No place is common, a list lacks a label, or births or deaths lack one of the places.
    """
    rows1, columns1, table1 = start
    rows2, columns2, table2 = end
    everywhere = set(columns2) & set(rows1) & set(rows2)
    shared = [c for c in columns1 if c in everywhere]
    if not shared:
        raise EstimateError(
            "the two stock tables have no place in common", hint="are the labels those of one list?"
        )
    homeless = set(rows2) - set(columns1) - set(columns2)
    extra = [r for r in rows1 if r in homeless]
    birthplaces = (*shared, *extra)
    lists = {
        "rows at the start": rows1,
        "columns at the start": columns1,
        "rows at the end": rows2,
        "columns at the end": columns2,
        "births": tuple(births or ()),
        "deaths": tuple(deaths or ()),
        "net migration": tuple(net or ()),
    }
    if leave_out is not None:
        _refuse_lost(lists, birthplaces, shared, leave_out)
    left_out = [
        *_without_stock({"births": births, "deaths": deaths}, shared),
        *_left_out("start", rows1, columns1, table1, birthplaces, shared),
        *_left_out("end", rows2, columns2, table2, birthplaces, shared),
    ]
    return Stocks(
        places=tuple(shared),
        birthplaces=birthplaces,
        start=_picked(rows1, columns1, table1, birthplaces, shared),
        end=_picked(rows2, columns2, table2, birthplaces, shared),
        births=_vector("births", births, shared),
        deaths=_vector("deaths", deaths, shared),
        left_out=tuple(left_out),
        reported=_vector("net migration", net, shared),
    )


def _without_stock(
    vital: Mapping[str, Mapping[str, float] | None], places: Sequence[str]
) -> list[Adjustment]:
    have = set(places)
    return [
        Adjustment(name, place, persons, "no stock table has the place")
        for name, known in vital.items()
        for place, persons in (known or {}).items()
        if place not in have
    ]


def _picked(
    rows: Sequence[str],
    columns: Sequence[str],
    table: Array,
    birthplaces: Sequence[str],
    places: Sequence[str],
) -> Array:
    """Return a table on chosen labels."""
    down, across = ({a: i for i, a in enumerate(labels)} for labels in (rows, columns))
    return table[np.ix_([down[r] for r in birthplaces], [across[c] for c in places])]


def _refuse_lost(
    lists: Mapping[str, Sequence[str]],
    birthplaces: Sequence[str],
    places: Sequence[str],
    leave_out: Sequence[str],
) -> None:
    """Refuse labels that would leave the run without having been named, or are named and do not."""
    named = {label for labels in lists.values() for label in labels}
    stay = [x for x in leave_out if x not in named or x in {*birthplaces, *places}]
    if stay:
        why = (
            "no list has such a label" if stay[0] not in named else "every list has it, so it stays"
        )
        raise EstimateError(
            f"--leave-out {stay[0]!r}: {why}",
            hint="name labels that one list lacks; to leave out others take them out of all tables",
        )
    for what, labels in lists.items():
        kept = set(birthplaces if what.startswith("rows") else places) | set(leave_out)
        lost = [label for label in labels if label not in kept]
        if not lost:
            continue
        folded = {p.strip().casefold(): p for p in birthplaces}
        others = sorted({x for names in lists.values() for x in names} - set(labels))
        folded |= {x.strip().casefold(): x for x in others}
        like = folded.get(lost[0].strip().casefold())
        raise EstimateError(
            f"{what}: {', '.join(map(repr, lost[:5]))}"
            + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
            + " would leave the run: another list lacks the label"
            + (f"; {like!r} is spelled otherwise there" if like else ""),
            hint="spell a place alike everywhere, or name it: --leave-out LABEL",
        )


def _left_out(
    name: str,
    rows: Sequence[str],
    columns: Sequence[str],
    table: Array,
    birthplaces: Sequence[str],
    places: Sequence[str],
) -> list[Adjustment]:
    known, kept = set(places), set(birthplaces)
    inside = np.array([c in known for c in columns])
    out = [
        Adjustment(
            "common places",
            c,
            float(np.nansum(table[:, j])),
            f"lives in {c} at the {name}; the other table lacks the place",
        )
        for j, c in enumerate(columns)
        if c not in known
    ]
    out += [
        Adjustment(
            "common places",
            r,
            float(np.nansum(table[k, inside])),
            f"born in {r}, at the {name}; the other table lacks the birthplace",
        )
        for k, r in enumerate(rows)
        if r not in kept
    ]
    return out


def _vector(name: str, given: dict[str, float] | None, places: Sequence[str]) -> Array | None:
    if given is None:
        return None
    lost = [p for p in places if p not in given]
    if lost:
        raise EstimateError(
            f"{name}: no row for {', '.join(lost[:5])}"
            + (f" and {len(lost) - 5} more" if len(lost) > 5 else ""),
            hint="missing is not zero; add the rows",
        )
    return np.array([given[p] for p in places], dtype=float)
