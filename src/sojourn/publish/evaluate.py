"""Figures from a store: by the edition that was current on a date.

For each figure the newest edition released by the as-of date that holds the quantity is used, and
only that one: a figure never mixes editions of a dataset. Aggregates are read as printed where the
publisher prints them; sums run over countries and areas only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sojourn.publish.figure import (
    SHOWN,
    Figure,
    FigureValue,
    Input,
    figure,
    figures,
    refuse_wrong_sum,
)
from sojourn.publish.packed import Packed, released
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import Cell

Rows = list[dict[str, Any]]
_COLUMNS = (
    "ref_area", "origin", "destination", "sex", "indicator", "detail", "value", "obs_value",
    "unit_mult", "comment", "edition", "file", "sheet", "row", "col", "mark", "file_name",
)  # fmt: skip
_SELECT = ", ".join(f'"{c}"' for c in _COLUMNS)


@dataclass
class Evaluator:
    """Figures of one year, as known on one date, from one store.

    Values are computed once and kept; ``used`` collects every cell that was read, for packing.
    """

    store: Store
    year: int
    as_of: date
    packed: Mapping[tuple[str, int], Sequence[Packed]] = field(default_factory=dict)
    used: set[tuple[str, str, int, int]] = field(default_factory=set)
    kept: dict[tuple[str, int], list[FigureValue]] = field(default_factory=dict)

    def values(self, figure_id: str, year: int | None = None) -> list[FigureValue]:
        """Return the values of a figure, one per area and sex, or one that says why not."""
        year = self.year if year is None else year
        key = (figure_id, year)
        if key not in self.kept:
            declared = figure(figure_id)
            found = _OPERATIONS[declared.op](self, declared, year)
            self.kept[key] = self._ready_made(key, found)
        return self.kept[key]

    def _ready_made(self, key: tuple[str, int], found: list[FigureValue]) -> list[FigureValue]:
        """Prefer a figure carried ready-made when its edition is newer than the one computed from."""
        current = [p for p in self.packed.get(key, ()) if p.released <= self.as_of]
        if not current:
            return found
        newest = max(p.released for p in current)
        if any(v.value is not None and released(v) >= newest for v in found):
            return found
        return [
            replace(p.value, as_of=self.as_of.isoformat()) for p in current if p.released == newest
        ]

    def one(
        self, figure_id: str, *, sex: str = "_T", area: str = "900", year: int | None = None
    ) -> FigureValue:
        """Return the value of a figure for one sex and area."""
        found = self.values(figure_id, year)
        for value in found:
            if value.sex == sex and value.area == area:
                return value
        reason = found[0].reason if found and found[0].value is None else "not in this edition"
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
        clauses = " AND ".join(f"{k} = ${k}" for k in conditions)
        parameters: dict[str, object] = {
            **conditions,
            "year": str(year),
            "as_of": self.as_of.isoformat(),
        }
        datasets = ", ".join(f"'{d}'" for d in declared.datasets)
        base = (
            f"FROM {self._scope(year)} WHERE dataflow IN ({datasets}) AND {clauses} AND ({extra})"
        )
        del parameters["year"]
        found = self.store.con.execute(
            f"SELECT {_SELECT} {base} AND edition = (SELECT edition {base} "
            "AND vintage <= $as_of ORDER BY vintage DESC LIMIT 1) "
            'ORDER BY sheet, "row", col',
            parameters,
        ).fetchall()
        if found:
            return [dict(zip(_COLUMNS, row, strict=True)) for row in found], ""
        del parameters["as_of"]
        later = self.store.con.execute(
            f"SELECT edition, vintage {base} ORDER BY vintage LIMIT 1", parameters
        ).fetchall()
        if later:
            return [], f"not released by {self.as_of}; the earliest edition is {later[0][0]}"
        return [], f"no edition in the store holds it for {year}"

    def _scope(self, year: int) -> str:
        """Return a table of the observations that figures of one year ask for, made once."""
        name = f"scope_{year}"
        listed = ", ".join(
            f"'{d}'" for d in sorted({d for f in figures().values() for d in f.datasets})
        )
        self.store.con.execute(
            f"CREATE TABLE IF NOT EXISTS {name} AS SELECT * FROM observation "  # noqa: S608
            f"WHERE dataflow IN ({listed}) AND time_period = '{year}' AND value IS NOT NULL"
        )
        return name

    def use(self, rows: Rows) -> tuple[Input, ...]:
        """Note that cells were read; return the first of them as inputs."""
        for r in rows:
            self.used.add((r["file"], r["sheet"], r["row"], r["col"]))
        return tuple(_input(r) for r in rows[:SHOWN])


def _input(row: Mapping[str, Any]) -> Input:
    dataset, vintage = row["edition"].split("@")
    address = str(Cell(dataset, vintage, row["sheet"], row["row"], row["col"]))
    return Input(address, row["obs_value"], row["file_name"], row["comment"] or "")


def _value(
    ev: Evaluator, declared: Figure, year: int, rows: Rows, total: float, **more: Any
) -> FigureValue:
    return FigureValue(
        figure_id=declared.id,
        time_period=str(year),
        unit=declared.unit,
        as_of=ev.as_of.isoformat(),
        value=total,
        edition=rows[0]["edition"],
        inputs=ev.use(rows),
        n_inputs=len(rows),
        mark="; ".join(sorted({r["mark"] for r in rows} - {""})),
        **{"sex": "_T", "area": "900", **more},
    )


def _cells(ev: Evaluator, declared: Figure, year: int) -> list[FigureValue]:
    """Return one printed cell per area and sex."""
    listed = ", ".join(f"'{a}'" for a in declared.areas)
    rows, reason = ev.rows(declared, year, extra=f"{declared.place} IN ({listed})")
    out = []
    for area in declared.areas:
        for sex in declared.sexes:
            cell = [r for r in rows if r[declared.place] == area and r["sex"] == sex][:1]
            if cell:
                formula = "as printed" if cell[0]["unit_mult"] == 0 else _times(cell[0])
                out.append(
                    _value(
                        ev,
                        declared,
                        year,
                        cell,
                        cell[0]["value"],
                        sex=sex,
                        area=area,
                        formula=formula,
                    )
                )
            else:
                why = reason or "the edition does not give it for this sex"
                out.append(ev.empty(declared, year, why, sex=sex, area=area))
    return out


def _times(row: Mapping[str, Any]) -> str:
    return f"as printed × {10 ** row['unit_mult']:,}"


def _sum(ev: Evaluator, declared: Figure, year: int) -> list[FigureValue]:
    """Return the publisher's own world row, or the sum over its countries and areas."""
    rows, reason = ev.rows(declared, year)
    if not rows:
        return [ev.empty(declared, year, reason)]
    world = [r for r in rows if r[declared.place] == "900"]
    if world:
        return [_value(ev, declared, year, world[:1], world[0]["value"], formula="as printed")]
    parts = [r for r in rows if _is_part(r[declared.place])]
    total = sum(r["value"] for r in parts)
    formula = f"sum of {len(parts):,} cells (countries and areas; no aggregate)"
    return [_value(ev, declared, year, parts, total, formula=formula)]


def _is_part(area: str) -> bool:
    known = AREAS.get(area)
    return known is not None and known.kind in ("country", "historical", "residual")


def _is_country(area: str) -> bool:
    known = AREAS.get(area)
    return known is not None and known.kind == "country"


def _top(ev: Evaluator, declared: Figure, year: int) -> list[FigureValue]:
    """Return the largest (or smallest) places, each with the cells added for it."""
    rows, reason = ev.rows(declared, year, extra=_fence(declared))
    if not rows:
        return [ev.empty(declared, year, reason)]
    grouped: dict[str, Rows] = {}
    for r in rows:
        key = (
            f"{r['origin']}>{r['destination']}"
            if declared.place == "corridor"
            else r[declared.place]
        )
        if all(_is_country(part) for part in key.split(">")):
            grouped.setdefault(key, []).append(r)
    allowed = _large_enough(ev, declared, year)
    totals = {k: sum(r["value"] for r in v) for k, v in grouped.items() if allowed(k)}
    order = sorted(totals, key=lambda k: ((1 if declared.ascending else -1) * totals[k], k))
    sex = declared.sexes[0]
    return [
        _value(
            ev,
            declared,
            year,
            grouped[k],
            totals[k],
            area=k,
            sex=sex,
            rank=i + 1,
            formula="as printed" if len(grouped[k]) == 1 else f"sum of {len(grouped[k])} cells",
        )
        for i, k in enumerate(order[: declared.count])
    ]


def _fence(declared: Figure) -> str:
    if declared.place == "corridor":
        return "origin <> '_T' AND destination <> '900'"
    return "TRUE"


def _large_enough(ev: Evaluator, declared: Figure, year: int) -> Callable[[str], bool]:
    least = declared.minimum_population or declared.minimum_migrants
    if not least:
        return lambda _: True
    indicator = "population" if declared.minimum_population else "migrant_stock"
    where = {"indicator": indicator, "sex": "_T"}
    other = replace(
        declared, where={**where, **({} if declared.minimum_population else {"origin": "_T"})}
    )
    rows, _ = ev.rows(other, year)
    size = {r["destination"]: r["value"] for r in rows}
    for r in rows:
        if size[r["destination"]] >= least:
            ev.use([r])
    return lambda area: size.get(area, 0.0) >= least


def _groups(ev: Evaluator, declared: Figure, year: int) -> list[FigureValue]:
    """Return migrants from one development group in another, by the same edition's classification."""
    rows, reason = ev.rows(declared, year, extra="origin <> '_T' AND destination <> '900'")
    if not rows:
        return [ev.empty(declared, year, reason)]
    edition = rows[0]["edition"]
    member = _members(ev, edition)
    if not member:
        return [ev.empty(declared, year, f"no classification of {edition} is in the store")]
    origin_group, destination_group = declared.groups
    residual = {"OTHER_NORTH": "901", "OTHER_SOUTH": "902"}
    parts = [
        r
        for r in rows
        if destination_group in member.get(r["destination"], ())
        and (
            origin_group in member.get(r["origin"], ()) or residual.get(r["origin"]) == origin_group
        )
    ]
    total = sum(r["value"] for r in parts)
    formula = f"sum of {len(parts):,} cells: origin in group {origin_group}, destination in group {destination_group}"
    if any(r["origin"] == "2003" for r in rows):
        formula += "; origin 'Others' belongs to no group and is left out"
    area = f"{origin_group}>{destination_group}"
    return [_value(ev, declared, year, parts, total, formula=formula, area=area)]


def _members(ev: Evaluator, edition: str) -> dict[str, tuple[str, ...]]:
    vintage = edition.split("@")[1]
    found = ev.store.con.execute(
        "SELECT member_id, list(DISTINCT group_id ORDER BY group_id) FROM membership "
        "WHERE edition IN ($a, $b) GROUP BY member_id",
        {"a": f"undesa.ims@{vintage}", "b": f"undesa.classification@{vintage}"},
    ).fetchall()
    return {member: tuple(groups) for member, groups in found}


def _income_groups(ev: Evaluator, declared: Figure, year: int) -> list[FigureValue]:
    """Return the sum over economies of given income classes, by the class in force for the year."""
    rows, reason = ev.rows(declared, year)
    if not rows:
        return [ev.empty(declared, year, reason)]
    scheme = f"income_class FY{(year + 2) % 100:02d}"
    listed = ", ".join(f"'{c}'" for c in declared.classes)
    members = {
        m
        for (m,) in ev.store.con.execute(
            f"SELECT member_id FROM membership WHERE scheme = $scheme AND group_id IN ({listed})",  # noqa: S608
            {"scheme": scheme},
        ).fetchall()
    }
    if not members:
        return [ev.empty(declared, year, f"no income classes ({scheme}) are in the store")]
    parts = [r for r in rows if r[declared.place] in members]
    total = sum(r["value"] for r in parts)
    formula = (
        f"sum of {len(parts)} economies classed {'/'.join(declared.classes)} in {scheme.split()[1]}"
    )
    return [_value(ev, declared, year, parts, total, formula=formula)]


def _events(ev: Evaluator, declared: Figure, year: int) -> list[FigureValue]:
    """Return the sum over incidents, of the total or of its two parts where no total is printed."""
    extra = " AND ".join(
        f"contains(detail, '{key}={value};')" for key, value in declared.detail.items()
    )
    rows, reason = ev.rows(declared, year, extra=extra or "TRUE")
    if not rows and declared.else_sum:
        listed = ", ".join(f"'{i}'" for i in declared.else_sum)
        wider = replace(declared, where={})
        rows, reason = ev.rows(
            wider, year, where={"ref_area": "900"}, extra=f"indicator IN ({listed})"
        )
    if not rows:
        return [ev.empty(declared, year, reason)]
    total = sum(r["value"] for r in rows)
    formula = f"sum of {len(rows):,} cells, one per incident (minimum estimates)"
    return [_value(ev, declared, year, rows, total, formula=formula)]


def _events_by(ev: Evaluator, declared: Figure, year: int) -> list[FigureValue]:
    rows, reason = ev.rows(declared, year)
    if not rows:
        return [ev.empty(declared, year, reason)]
    grouped: dict[str, Rows] = {}
    for r in rows:
        parts = dict(p.split("=", 1) for p in r["detail"].split(";") if "=" in p)
        grouped.setdefault(parts.get(declared.by, "not stated"), []).append(r)
    totals = {k: sum(r["value"] for r in v) for k, v in grouped.items()}
    order = sorted(totals, key=lambda k: (-totals[k], k))[: declared.count]
    return [
        _value(
            ev,
            declared,
            year,
            grouped[k],
            totals[k],
            area=k,
            rank=i + 1,
            formula=f"sum of {len(grouped[k]):,} incidents",
        )
        for i, k in enumerate(order)
    ]


def _change(ev: Evaluator, declared: Figure, year: int) -> list[FigureValue]:
    """Return a figure minus the same figure of the base year, from the same edition."""
    base_year = declared.base if declared.base > 0 else year + declared.base
    out = []
    for now in ev.values(declared.of, year):
        if now.sex not in declared.sexes:
            continue
        before = ev.one(declared.of, sex=now.sex, area=now.area, year=base_year)
        out.append(_difference(ev, declared, now, before))
    return out


def _difference(
    ev: Evaluator, declared: Figure, now: FigureValue, before: FigureValue
) -> FigureValue:
    year = int(now.time_period)
    if now.value is None or before.value is None:
        reason = now.reason or f"{before.time_period}: {before.reason}"
        return ev.empty(declared, year, reason, sex=now.sex, area=now.area)
    if now.edition != before.edition and " + " not in now.edition:
        reason = (
            f"{before.time_period} comes from another edition ({before.edition}): not comparable"
        )
        return ev.empty(declared, year, reason, sex=now.sex, area=now.area)
    change = now.value - before.value
    if declared.op == "growth":
        change = 100.0 * change / before.value
    formula = (
        f"{now.time_period} − {before.time_period}"
        if declared.op == "change"
        else f"100 × ({now.time_period} − {before.time_period}) ÷ {before.time_period}"
    )
    return FigureValue(
        figure_id=declared.id,
        time_period=now.time_period,
        sex=now.sex,
        area=now.area,
        unit=declared.unit,
        as_of=now.as_of,
        value=change,
        edition=now.edition,
        parts=(now, before),
        formula=formula,
        mark=now.mark,
    )


def _add(ev: Evaluator, declared: Figure, year: int) -> list[FigureValue]:
    """Return the sum of figures that may be added, and of a cited constant."""
    refuse_wrong_sum(declared.parts)
    parts = [ev.values(p, year)[0] for p in declared.parts]
    lost = next((p for p in parts if p.value is None), None)
    if lost is not None:
        return [ev.empty(declared, year, f"{lost.figure_id}: {lost.reason}")]
    if declared.constant and declared.constant_year != year:
        reason = f"needs the number registered with UNRWA in {year}, which is not in the store"
        return [ev.empty(declared, year, reason)]
    formula = " + ".join(declared.parts)
    if declared.constant:
        formula += f" + {declared.constant:,.0f} ({declared.constant_source})"
    return [
        FigureValue(
            figure_id=declared.id,
            time_period=str(year),
            sex="_T",
            area="900",
            unit=declared.unit,
            as_of=ev.as_of.isoformat(),
            value=sum(p.value or 0.0 for p in parts) + declared.constant,
            edition=" + ".join(p.edition for p in parts),
            parts=tuple(parts),
            formula=formula,
            mark="; ".join(sorted({p.mark for p in parts} - {""})),
        )
    ]


_OPERATIONS: Mapping[str, Callable[[Evaluator, Figure, int], list[FigureValue]]] = {
    "value": _cells,
    "sum": _sum,
    "top": _top,
    "groups": _groups,
    "income_groups": _income_groups,
    "events": _events,
    "events_by": _events_by,
    "change": _change,
    "growth": _change,
    "add": _add,
}


def evaluate(store: Store, year: int, as_of: date, figure_ids: Sequence[str]) -> list[FigureValue]:
    """Return the values of several figures."""
    ev = Evaluator(store, year, as_of)
    return [value for figure_id in figure_ids for value in ev.values(figure_id)]
