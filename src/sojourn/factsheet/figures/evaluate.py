"""Figures from a store: by the edition that was current on a date.

For each figure the newest edition released by the as-of date that holds the quantity is used, and
only that one: a figure never mixes editions of a dataset. What an operation does with the
observations is in ``operations``.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from sojourn.factsheet.figures.cited import absent, cited
from sojourn.factsheet.figures.declared import Figure
from sojourn.factsheet.figures.detected import months, reported
from sojourn.factsheet.figures.doubts import whole_years, with_doubts, with_early
from sojourn.factsheet.figures.figure import FigureValue, Input, cell_input, figure, figures
from sojourn.factsheet.figures.fullness import COUNTING, assessed, genuine, too_few
from sojourn.factsheet.figures.operations import (
    OPERATIONS,
    SIZES,
    Rows,
    is_country,
    is_part,
)
from sojourn.factsheet.figures.packed import Fact, Key, Pack, released
from sojourn.factsheet.figures.pairs import hosts_of_largest, pair
from sojourn.factsheet.figures.shares import share, top_less, top_ratio
from sojourn.factsheet.figures.silent import small, with_silent
from sojourn.store.observations import Store
from sojourn.store.summing import NOTHING

_COLUMNS = (
    "time_period",
    "ref_area",
    "origin",
    "destination",
    "sex",
    "indicator",
    "detail",
    "value",
    "obs_value",
    "unit_mult",
    "comment",
    "edition",
    "file",
    "sheet",
    "row",
    "col",
    "mark",
    "file_name",
)
_SELECT = ", ".join(f'"{c}"' for c in _COLUMNS)
_OPERATIONS: Mapping[str, Callable[["Evaluator", Any, int], list[FigureValue]]] = {
    **OPERATIONS,
    "share": share,
    "top_ratio": top_ratio,
    "top_less": top_less,
    "pairs": hosts_of_largest,
    "months": months,
    "reported": reported,
    "cited": cited,
    "absent": absent,
}
#: Operations without cells of their own: from other figures, cited, or absent.
DERIVED = frozenset({"change", "growth", "add", "share", "cited", "absent"})


@dataclass
class Evaluator:
    """Figures of one year, as known on one date, from one store.

    Values are computed once and kept; ``used`` collects every cell that was read, for packing.
    Where ``edition`` is set, only that edition answers.
    """

    store: Store
    year: int
    as_of: date
    pack: Pack | None = None
    edition: str = ""
    used: set[tuple[str, str, int, int]] = field(default_factory=set)
    kept: dict[Key, list[FigureValue]] = field(default_factory=dict)
    pins: dict[str, "Evaluator"] = field(default_factory=dict)
    spots: dict[tuple[str, int, str], FigureValue] = field(default_factory=dict)

    def pinned(self, edition: str) -> "Evaluator":
        """Return figures of one edition only, for the other years of a change or a course."""
        if edition not in self.pins:
            self.pins[edition] = replace(self, edition=edition, kept={}, pins={}, spots={})
        return self.pins[edition]

    def at(self, day: date) -> "Evaluator":
        """Return the same figures as known on another day."""
        return replace(self, as_of=day, kept={}, pins={}, spots={})

    def asked(self) -> set[Key]:
        """Return every figure and year that was asked for, of whatever edition."""
        return {*self.kept, *(key for pin in self.pins.values() for key in pin.asked())}

    def asked_of_editions(self) -> set[tuple[str, Key]]:
        """Return figures and years that were asked of one edition."""
        return {(edition, key) for edition, pin in self.pins.items() for key in pin.kept}

    def asked_beyond(self) -> set[tuple[str, int, str]]:
        """Return every place that was asked for beyond a list: figure, year, area."""
        return {*self.spots, *(key for pin in self.pins.values() for key in pin.asked_beyond())}

    def values(self, figure_id: str, year: int | None = None) -> list[FigureValue]:
        """Return the values of a figure, one per area and sex, or one that says why not."""
        year = self.year if year is None else year
        key = (figure_id, year)
        if key not in self.kept:
            declared = figure(figure_id)
            if self.pack is None or declared.op in DERIVED:
                found = _OPERATIONS[declared.op](self, declared, year)
            elif key in self.pack.held:
                found = self._carried(
                    self.pack, key, _OPERATIONS[declared.op](self, declared, year)
                )
            else:
                found = [self.empty(declared, year, self.pack.why_not(key))]
            found = found or [self.empty(declared, year, "the edition gives no countries")]
            found = with_silent(self, declared, year, whole_years(self, declared, year, found))
            found = [with_early(self, year, with_doubts(self, v)) for v in found]
            self.kept[key] = sorted(found, key=_order(declared))
        return self.kept[key]

    def _carried(self, pack: Pack, key: Key, found: list[FigureValue]) -> list[FigureValue]:
        """Take a figure carried ready-made, unless one computed from cells is of a newer edition."""
        facts = (*pack.facts.get(key, ()), *(pack.pinned.get(key, ()) if self.edition else ()))
        current = self._current(facts)
        newest = max((f.released for f in current), default=date.min)
        if any(v.value is not None and released(v) > newest for v in found):
            return found
        if current:
            as_of = self.as_of.isoformat()
            return [replace(f.value, as_of=as_of) for f in current if f.released == newest]
        if all(v.value is None for v in found):
            why = pack.why_not(key) or pack.reason(key, self.as_of)
            if facts and not self.edition:
                first = min(facts, key=lambda f: f.released).value.edition
                why = f"no edition released by {self.as_of} is held; the earliest here is {first}"
            return [replace(v, reason=why or v.reason) for v in found]
        return found

    def one(
        self, figure_id: str, *, sex: str = "_T", area: str = "900", year: int | None = None
    ) -> FigureValue:
        """Return the value of a figure for one sex and area, in its list or beyond it."""
        year = year or self.year
        declared, found = figure(figure_id), self.values(figure_id, year)
        for value in found:
            if value.sex == sex and value.area == area:
                return value
        if (declared.count and sex == declared.sexes[0]) or declared.op == "pairs":
            return self._beyond(declared, year, area)
        absent = bool(found) and found[0].value is None
        reason = found[0].reason if absent else "not in this edition"
        if not absent and sex in declared.sexes and any(v.area == area for v in found):
            reason = "the edition does not give it for this sex"
        return self.empty(declared, year, reason, sex=sex, area=area)

    def _beyond(self, declared: Figure, year: int, area: str) -> FigureValue:
        """Return the value of a place that a ranked list leaves out, with its rank."""
        if (key := (declared.id, year, area)) not in self.spots:
            self.spots[key] = self._spot(declared, year, area)
        return self.spots[key]

    def _spot(self, declared: Figure, year: int, area: str) -> FigureValue:
        sex = declared.sexes[0]
        if self.pack is not None:
            facts = self.pack.spots.get((declared.id, year), ())
            current = [f for f in self._current(facts) if f.value.area == area]
            if not current:
                why = self.values(declared.id, year)[0].reason or "not in this edition"
                return self.empty(declared, year, why, sex=sex, area=area)
            newest = max(current, key=lambda f: f.released)
            return replace(newest.value, as_of=self.as_of.isoformat())
        if declared.op == "pairs":
            return pair(self, declared, year, area)
        one = replace(declared, areas=(area,))
        found = _OPERATIONS[declared.op](self, one, year) or small(self, declared, year, area)
        for value in whole_years(self, declared, year, found):
            if value.area == area or value.value is None:
                return replace(value, area=area, sex=sex)
        return self.empty(declared, year, "not in this edition", sex=sex, area=area)

    def _current(self, facts: Iterable[Fact]) -> list[Fact]:
        """Return the facts that may answer: released by the as-of date, of the pinned edition."""
        return [
            f for f in facts if f.released <= self.as_of and self.edition in ("", f.value.edition)
        ]

    def empty(
        self, declared: Figure, year: int, reason: str, *, sex: str = "_T", area: str = "900"
    ) -> FigureValue:
        """Return an absent value with its reason."""
        return FigureValue(
            figure_id=declared.id,
            time_period=str(year),
            sex=sex,
            area=area,
            unit=declared.unit,
            as_of=self.as_of.isoformat(),
            reason=reason,
        )

    def rows(
        self,
        declared: Figure,
        year: int,
        *,
        where: Mapping[str, str] | None = None,
        extra: str = "TRUE",
    ) -> tuple[Rows, str]:
        """Return the observations of the newest edition that has any, or why there are none."""
        conditions = {**declared.where, **(where or {})}
        datasets = ", ".join(f"'{d}'" for d in declared.datasets)
        clauses = " AND ".join(f"{k} = ${k}" for k in conditions)
        scope = self._scope(year, months=declared.op == "months")
        base = f"FROM {scope} WHERE dataflow IN ({datasets}) AND {clauses} AND ({extra})"
        editions = self._ask(
            f"SELECT vintage, edition, {NOTHING} {base} GROUP BY ALL ORDER BY ALL", conditions
        )
        known = [
            e
            for vintage, e, _ in editions
            if vintage <= self.as_of.isoformat() and self.edition in ("", e)
        ]
        nothing = {e for _, e, zeros in editions if zeros}
        known, part = self._whole(declared, year, conditions, known, nothing)
        if known:
            query = f'SELECT {_SELECT} {base} AND edition = $edition ORDER BY sheet, "row", col'
            parameters = {**conditions, "edition": known[-1]}
            key = ("rows", query, *parameters.values())
            if key not in self.store.answers:
                found = self._ask(query, parameters)
                rows = [dict(zip(_COLUMNS, row, strict=True)) for row in found]
                self.store.answers[key] = genuine(self.store, known[-1], rows)
            return self.store.answers[key], ""
        if part:
            return [], part
        if self.edition:
            return [], f"{self.edition} does not hold {year}"
        if editions:
            first = editions[0][1]
            return [], f"no edition released by {self.as_of} is held; the earliest here is {first}"
        return [], f"no edition in the store holds it for {year}"

    def _whole(
        self,
        declared: Figure,
        year: int,
        where: Mapping[str, str],
        editions: list[str],
        nothing: Set[str],
    ) -> tuple[list[str], str]:
        """Return the editions from which a total of the year may be taken, or why there is none.

        A figure of single countries asks for its keys only: any edition that holds them answers.
        """
        one_pair = declared.op == "pairs" and "destination" in where
        if one_pair or (declared.op == "value" and all(is_country(a) for a in declared.areas)):
            return editions, ""
        by_origin = False if where.get("origin") == "_T" else None
        found, reason = [], ""
        for edition in editions:
            held, indicator = self.store.manifest.covered(edition), where.get("indicator", "")
            if edition in nothing and declared.op in COUNTING:
                reason = f"{edition} prints nothing but zeros for {year}: none, or not counted"
            elif few := too_few(self, declared, year, indicator, edition):
                reason = few
            elif held is None or (
                held.whole(indicator, str(year), by_origin=by_origin)
                and assessed(self.store, held, indicator)
            ):
                found.append(edition)
            else:
                reason = f"{edition} is a part of its table ({held.reasons[0]}); no whole edition is held"
        return found, reason

    def editions(self, declared: Figure) -> list[str]:
        """Return the editions that may answer a figure, released by the as-of date, oldest first."""
        known = {
            (f.vintage, f.edition)
            for f in self.store.manifest.files
            if f.dataset in declared.datasets and f.vintage <= self.as_of.isoformat()
        }
        return [edition for _, edition in sorted(known)]

    def cover(self, declared: Figure, year: int, edition: str) -> tuple[int, int]:
        """Return how many places an edition gives a number for in a year, and how many it lists."""
        place = declared.place or "ref_area"
        query = (
            f"SELECT time_period, {place}, count(obs_value) FROM observation "  # noqa: S608 - constants
            f"WHERE edition = $edition AND indicator = $indicator GROUP BY ALL"
        )
        where = {"edition": edition, "indicator": declared.where.get("indicator", "")}
        places = [(at, n) for t, at, n in self._ask(query, where) if t == str(year) and is_part(at)]
        return sum(1 for _, n in places if n), len(places)

    def suppressed(self, declared: Figure, year: int, edition: str) -> int:
        """Return how many cells of an edition's indicator the publisher suppressed in a year."""
        query = (
            "SELECT edition, indicator, time_period, count(*) FROM observation "
            "WHERE obs_status = 'Q' GROUP BY ALL"
        )
        counted = {tuple(key): n for *key, n in self._ask(query, {})}
        return int(counted.get((edition, declared.where.get("indicator"), str(year)), 0))

    def suppressed_places(
        self, declared: Figure, year: int, edition: str, sex: str, prefix: str
    ) -> set[str]:
        """Return the places whose count of one sex and age the publisher suppressed."""
        query = (
            "SELECT DISTINCT ref_area FROM observation WHERE obs_status = 'Q' AND edition = $edition "
            "AND indicator = $indicator AND age = $age AND sex = $sex AND time_period = $period "
            "AND starts_with(detail || ';', $prefix)"
        )
        where = {"edition": edition, "sex": sex, "period": str(year), "prefix": prefix}
        where |= {k: declared.where[k] for k in ("indicator", "age")}
        return {place for (place,) in self._ask(query, where)}

    def _ask(self, query: str, parameters: Mapping[str, str]) -> list[Any]:
        """Return the answer to a question, asked once for as long as the store is open."""
        key = (query, tuple(parameters.values()))
        if key not in self.store.answers:
            self.store.answers[key] = self.store.con.execute(query, dict(parameters)).fetchall()
        return self.store.answers[key]

    def _scope(self, year: int, *, months: bool = False) -> str:
        """Return a table of the observations of one year (or its months), made once."""
        name, con = f"{'months' if months else 'scope'}_{year}", self.store.con
        if name in self.store.answers:
            return name
        if "scope" not in self.store.answers:
            columns = f"{_SELECT}, dataflow, age, vintage"
            con.execute(
                f"CREATE TABLE scope AS SELECT {columns} FROM observation "  # noqa: S608 - constants
                "WHERE list_contains($datasets, dataflow) AND list_contains($indicators, indicator) "
                "AND value IS NOT NULL",
                _asked_for(),
            )
            self.store.answers["scope"] = []
        period = f"LIKE '{year}-__'" if months else f"= '{year}'"
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM scope WHERE time_period {period}")  # noqa: S608
        self.store.answers[name] = []
        return name

    def use(self, rows: Rows) -> tuple[Input, ...]:
        """Note that cells were read; return them as inputs."""
        for r in rows:
            self.used.add((r["file"], r["sheet"], r["row"], r["col"]))
        return tuple(cell_input(r) for r in rows)


def _order(declared: Figure) -> Callable[[FigureValue], tuple[object, ...]]:
    """Return the order of a figure's values: by rank, place and sex, whatever store gave them."""
    areas = {a: i for i, a in enumerate(declared.areas)}
    sexes: dict[str, int] = {s: i for i, s in enumerate(declared.sexes)}

    def key(value: FigureValue) -> tuple[object, ...]:
        place = areas.get(value.area, len(areas))
        return (value.rank, place, value.area, sexes.get(value.sex, len(sexes)), value.sex)

    return key


@cache
def _asked_for() -> dict[str, list[str]]:
    """Return the datasets and indicators that any figure asks for."""
    declared = figures().values()
    return {
        "datasets": sorted({d for f in declared for d in f.sources}),
        "indicators": sorted({*SIZES, *(i for f in declared for i in f.indicators)}),
    }
