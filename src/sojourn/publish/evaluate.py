"""Figures from a store: by the edition that was current on a date.

For each figure the newest edition released by the as-of date that holds the quantity is used, and
only that one: a figure never mixes editions of a dataset. What an operation does with the
observations is in ``operations``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from sojourn.publish.cited import absent, cited
from sojourn.publish.figure import Figure, FigureValue, Input, figure, figures
from sojourn.publish.operations import OPERATIONS, SIZES, Rows, cell_input
from sojourn.publish.packed import Key, Pack, released
from sojourn.publish.pairs import hosts_of_largest, pair
from sojourn.publish.shares import share, top_ratio
from sojourn.store.observations import Store

_COLUMNS = (
    "ref_area", "origin", "destination", "sex", "indicator", "detail", "value", "obs_value",
    "unit_mult", "comment", "edition", "file", "sheet", "row", "col", "mark", "file_name",
)  # fmt: skip
_SELECT = ", ".join(f'"{c}"' for c in _COLUMNS)
_OPERATIONS = {
    **OPERATIONS,
    "share": share,
    "top_ratio": top_ratio,
    "pairs": hosts_of_largest,
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

    def pinned(self, edition: str) -> "Evaluator":
        """Return figures of one edition only, for the other years of a change or a course."""
        if edition not in self.pins:
            self.pins[edition] = replace(self, edition=edition, kept={}, pins={})
        return self.pins[edition]

    def at(self, day: date) -> "Evaluator":
        """Return the same figures as known on another day."""
        return replace(self, as_of=day, kept={}, pins={})

    def asked(self) -> set[Key]:
        """Return every figure and year that was asked for, of whatever edition."""
        return {*self.kept, *(key for pin in self.pins.values() for key in pin.asked())}

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
            self.kept[key] = sorted(whole_years(self, declared, year, found), key=_order(declared))
        return self.kept[key]

    def _carried(self, pack: Pack, key: Key, found: list[FigureValue]) -> list[FigureValue]:
        """Take a figure carried ready-made, unless one computed from cells is of a newer edition."""
        facts = pack.facts.get(key, ())
        current = [
            f for f in facts if f.released <= self.as_of and self.edition in ("", f.value.edition)
        ]
        newest = max((f.released for f in current), default=date.min)
        if any(v.value is not None and released(v) > newest for v in found):
            return found
        if current:
            as_of = self.as_of.isoformat()
            return [replace(f.value, as_of=as_of) for f in current if f.released == newest]
        if all(v.value is None for v in found):
            why = pack.why_not(key)
            if facts and not self.edition:
                first = min(facts, key=lambda f: f.released).value.edition
                why = f"not released by {self.as_of}; the earliest edition is {first}"
            return [replace(v, reason=why or v.reason) for v in found]
        return found

    def one(
        self, figure_id: str, *, sex: str = "_T", area: str = "900", year: int | None = None
    ) -> FigureValue:
        """Return the value of a figure for one sex and area."""
        found = self.values(figure_id, year)
        for value in found:
            if value.sex == sex and value.area == area:
                return value
        reason = found[0].reason if found and found[0].value is None else "not in this edition"
        if figure(figure_id).op == "pairs" and self.pack is None:
            return pair(self, figure(figure_id), year or self.year, area)
        return self.empty(figure(figure_id), year or self.year, reason, sex=sex, area=area)

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
        base = (
            f"FROM {self._scope(year)} WHERE dataflow IN ({datasets}) AND {clauses} AND ({extra})"
        )
        editions = self._ask(f"SELECT DISTINCT vintage, edition {base} ORDER BY ALL", conditions)
        known = [
            e
            for vintage, e in editions
            if vintage <= self.as_of.isoformat() and self.edition in ("", e)
        ]
        if known:
            query = f'SELECT {_SELECT} {base} AND edition = $edition ORDER BY sheet, "row", col'
            parameters = {**conditions, "edition": known[-1]}
            key = ("rows", query, *parameters.values())
            if key not in self.store.answers:
                found = self._ask(query, parameters)
                rows = [dict(zip(_COLUMNS, row, strict=True)) for row in found]
                self.store.answers[key] = rows
            return self.store.answers[key], ""
        if self.edition:
            return [], f"{self.edition} does not hold {year}"
        if editions:
            return [], f"not released by {self.as_of}; the earliest edition is {editions[0][1]}"
        return [], f"no edition in the store holds it for {year}"

    def editions(self, declared: Figure) -> list[str]:
        """Return the editions that may answer a figure, released by the as-of date, oldest first."""
        known = {
            (f.vintage, f.edition)
            for f in self.store.manifest.files
            if f.dataset in declared.datasets and f.vintage <= self.as_of.isoformat()
        }
        return [edition for _, edition in sorted(known)]

    def suppressed(self, declared: Figure, year: int, edition: str) -> int:
        """Return how many cells of an edition's indicator the publisher suppressed in a year."""
        query = (
            "SELECT edition, indicator, time_period, count(*) FROM observation "
            "WHERE obs_status = 'Q' GROUP BY ALL"
        )
        counted = {tuple(key): n for *key, n in self._ask(query, {})}
        return int(counted.get((edition, declared.where.get("indicator"), str(year)), 0))

    def _ask(self, query: str, parameters: Mapping[str, str]) -> list[Any]:
        """Return the answer to a question, asked once for as long as the store is open."""
        key = (query, tuple(parameters.values()))
        if key not in self.store.answers:
            self.store.answers[key] = self.store.con.execute(query, dict(parameters)).fetchall()
        return self.store.answers[key]

    def _scope(self, year: int) -> str:
        """Return a table of the observations that figures of one year ask for, made once."""
        name, con = f"scope_{year}", self.store.con
        if name in self.store.answers:
            return name
        if "scope" not in self.store.answers:
            columns = f"{_SELECT}, dataflow, age, time_period, vintage"
            con.execute(
                f"CREATE TABLE scope AS SELECT {columns} FROM observation "  # noqa: S608 - constants
                "WHERE list_contains($datasets, dataflow) AND list_contains($indicators, indicator) "
                "AND value IS NOT NULL",
                _asked_for(),
            )
            self.store.answers["scope"] = []
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM scope WHERE time_period = '{year}'")  # noqa: S608
        self.store.answers[name] = []
        return name

    def use(self, rows: Rows) -> tuple[Input, ...]:
        """Note that cells were read; return them as inputs."""
        for r in rows:
            self.used.add((r["file"], r["sheet"], r["row"], r["col"]))
        return tuple(cell_input(r) for r in rows)


def whole_years(
    ev: Evaluator, declared: Figure, year: int, found: list[FigureValue]
) -> list[FigureValue]:
    """Return values of a year that has ended for their edition; else their absence, with the day.

    A count of events up to some day of a year is no number of that year.
    """
    if not declared.op.startswith("events"):
        return found
    out = []
    for value in found:
        until = max((e.split("@")[1] for e in value.edition.split(" + ") if e), default="")
        if value.value is not None and until[:4] <= str(year) and until[5:] != "12-31":
            why = f"{value.edition} covers {year} only up to {until}"
            out.append(ev.empty(declared, year, why, sex=value.sex, area=value.area))
        else:
            out.append(value)
    return out


def _order(declared: Figure) -> Callable[[FigureValue], tuple[object, ...]]:
    """Return the order of a figure's values: by rank, place and sex, whatever store gave them."""
    areas = {a: i for i, a in enumerate(declared.areas)}
    sexes = {s: i for i, s in enumerate(declared.sexes)}

    def key(value: FigureValue) -> tuple[object, ...]:
        place = areas.get(value.area, len(areas))
        return (value.rank, place, value.area, sexes.get(value.sex, len(sexes)), value.sex)

    return key


@cache
def _asked_for() -> dict[str, list[str]]:
    """Return the datasets and indicators that any figure asks for."""
    declared = figures().values()
    indicators = {f.where["indicator"] for f in declared if "indicator" in f.where}
    indicators |= {i for f in declared for i in f.else_sum} | set(SIZES)
    indicators |= {f.per["indicator"] for f in declared if f.per}
    datasets = {d for f in declared for d in f.datasets}
    return {
        "datasets": sorted(datasets | {f.per["dataset"] for f in declared if f.per}),
        "indicators": sorted(indicators),
    }


def evaluate(store: Store, year: int, as_of: date, figure_ids: Sequence[str]) -> list[FigureValue]:
    """Return the values of several figures."""
    ev = Evaluator(store, year, as_of)
    return [value for figure_id in figure_ids for value in ev.values(figure_id)]
