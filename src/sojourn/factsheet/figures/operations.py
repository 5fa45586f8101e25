"""What a figure's ``op`` does: from the observations of one edition to values.

Aggregates are read as printed where the publisher prints them; sums run over countries and areas
only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.errors import counted
from sojourn.factsheet.figures.declared import Figure
from sojourn.factsheet.figures.declared_cells import (
    Events,
    EventsBy,
    Groups,
    IncomeGroups,
    Sum,
    Top,
)
from sojourn.factsheet.figures.derived import add, change
from sojourn.factsheet.figures.doubts import with_members
from sojourn.factsheet.figures.figure import BOUND, FigureValue, silent_places
from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import EditionId

if TYPE_CHECKING:
    from sojourn.factsheet.figures.evaluate import Evaluator

Rows = list[dict[str, Any]]

#: Indicators of size, for lists that leave out the smallest places.
SIZES = ("population", "migrant_stock")

#: Regions of the M49 standard in the order of the drawings.
REGIONS = ("903", "935", "908", "904", "905", "909")


def value_of(
    ev: "Evaluator", declared: Figure, year: int, rows: Rows, total: float, **more: Any
) -> FigureValue:
    """Return a value with the cells it was taken from, which are noted as used.

    Its formula names the unit of the cells where that is not one.
    """
    mults = {r["unit_mult"] for r in rows}
    if len(mults) == 1 and (mult := mults.pop()):
        more["formula"] = f"{more.get('formula', '')} × {10**mult:,}"
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


def _cells(ev: "Evaluator", declared: Figure, year: int) -> list[FigureValue]:
    """Return one printed cell per area and sex."""
    listed = ", ".join(f"'{a}'" for a in declared.areas)
    rows, reason = ev.rows(declared, year, extra=f"{declared.place} IN ({listed})")
    out = []
    for area in declared.areas:
        for sex in declared.sexes:
            cell = [r for r in rows if r[declared.place] == area and r["sex"] == sex][:1]
            if cell:
                key = {"sex": sex, "area": area, "formula": "as printed"}
                found = value_of(ev, declared, year, cell, cell[0]["value"], **key)
                out.append(with_members(ev, declared, year, found))
            else:
                why = reason or "the edition does not give it for this sex"
                out.append(ev.empty(declared, year, why, sex=sex, area=area))
    return out


def _sum(ev: "Evaluator", declared: Sum, year: int) -> list[FigureValue]:
    """Return the publisher's own world row, or the sum over its countries and areas."""
    rows, reason = ev.rows(declared, year)
    if not rows and declared.else_of:
        where = {**declared.where, "indicator": declared.else_of.indicator}
        other = replace(declared, datasets=(declared.else_of.dataset,), where=where, else_of=None)
        events = _sum(ev, other, year)
        if events[0].value is not None:
            return events
    if not rows:
        return [ev.empty(declared, year, reason)]
    if declared.finer:
        one = ev.pinned(rows[0]["edition"])
        finer, _ = one.rows(
            replace(declared, where={**declared.where, "indicator": declared.finer}), year
        )
        rows = finer or rows
    world = [r for r in rows if r[declared.place] == "900"]
    if world:
        return [value_of(ev, declared, year, world[:1], world[0]["value"], formula="as printed")]
    parts = [r for r in _without_totals(rows) if is_part(r[declared.place])]
    total = sum(r["value"] for r in parts)
    formula = f"sum of {counted(len(parts), 'cell')} (countries and areas; no aggregate)"
    found = value_of(ev, declared, year, parts, total, formula=formula)
    given, asked = ev.cover(declared, year, found.edition)
    found = replace(found, formula=f"{found.formula}; {given:,} of {counted(asked, 'place')}")
    hidden = ev.suppressed(declared, year, found.edition)
    left = (
        [f"{counted(hidden, 'suppressed cell is', 'suppressed cells are')} left out"]
        if hidden
        else []
    )
    if given < asked:
        left.append(silent_places(asked - given, asked))
    if not left:
        return [found]
    said = f"{BOUND}{'; '.join(left)}"
    return [replace(found, mark="; ".join(m for m in (found.mark, said) if m))]


def _without_totals(rows: Rows) -> Rows:
    """Return rows without the totals over origins of places whose origins are given too."""
    by_origin = {r["destination"] for r in rows if r["origin"] != "_T"}
    return [r for r in rows if r["origin"] != "_T" or r["destination"] not in by_origin]


def is_part(area: str) -> bool:
    """Whether a code denotes a country, historical area or residual: what a world is summed from."""
    known = AREAS.get(area)
    return known is not None and known.kind in ("country", "historical", "residual")


def is_country(area: str) -> bool:
    """Say whether an area id is a country or area, no aggregate."""
    known = AREAS.get(area)
    return known is not None and known.kind == "country"


def _top(ev: "Evaluator", declared: Top, year: int) -> list[FigureValue]:
    """Return the largest (or smallest) places, each with the cells added for it."""
    rows, reason = ev.rows(declared, year, extra=_fence(declared))
    if not rows:
        return [ev.empty(declared, year, reason)]
    grouped: dict[str, Rows] = {}
    for r in _without_totals(rows):
        key = (
            f"{r['origin']}>{r['destination']}"
            if declared.place == "corridor"
            else r[declared.place]
        )
        if all(is_country(part) for part in key.split(">")):
            grouped.setdefault(key, []).append(r)
    allowed = large_enough(ev, declared, year)
    totals = {k: sum(r["value"] for r in v) for k, v in grouped.items() if allowed(k)}
    order = sorted(totals, key=lambda k: ((1 if declared.ascending else -1) * totals[k], k))
    said = {
        k: "as printed" if len(v) == 1 else f"sum of {counted(len(v), 'cell')}"
        for k, v in grouped.items()
    }
    return _ranked(ev, declared, year, grouped, order, said, sex=declared.sexes[0])


def _ranked(
    ev: "Evaluator",
    declared: Figure,
    year: int,
    grouped: Mapping[str, Rows],
    order: Sequence[str],
    said: Mapping[str, str],
    **more: Any,
) -> list[FigureValue]:
    """Return what is listed of an order, each with its rank, the sum of its cells and the formula said."""
    sums = {k: sum(r["value"] for r in grouped[k]) for k in order}
    zeros = sum(not total for total in sums.values())
    return [
        value_of(
            ev,
            declared,
            year,
            grouped[k],
            sums[k],
            area=k,
            rank=i + 1,
            of=len(order),
            zeros=zeros,
            formula=said[k],
            **more,
        )
        for i, k in enumerate(order)
        if _shown(declared, k, i)
    ]


def _shown(declared: Figure, place: str, index: int) -> bool:
    """Say whether a ranked place is listed: within the list, or the one that is asked for."""
    return place in declared.areas if declared.areas else index < declared.count


def _fence(declared: Figure) -> str:
    if declared.place == "corridor":
        return "origin <> '_T' AND destination <> '900'"
    return "TRUE"


def large_enough(ev: "Evaluator", declared: Top, year: int) -> Callable[[str], bool]:
    """Return the test of a figure's least size, by the stock tables' population or migrants."""
    least = declared.minimum_population or declared.minimum_migrants
    if not least:
        return lambda _: True
    indicator = SIZES[0] if declared.minimum_population else SIZES[1]
    where = {"indicator": indicator, "sex": "_T"}
    where |= {} if declared.minimum_population else {"origin": "_T"}
    other = replace(declared, datasets=("undesa.ims",), where=where)
    rows, _ = ev.rows(other, year)
    size = {r["destination"]: r["value"] for r in rows}
    for r in rows:
        if size[r["destination"]] >= least:
            ev.use([r])
    return lambda area: size.get(area, 0.0) >= least


def _groups(ev: "Evaluator", declared: Groups, year: int) -> list[FigureValue]:
    """Return migrants from one development group in another, by the same edition's classification."""
    where = {k: v for k, v in declared.where.items() if k != "sex"}
    fence = "origin <> '_T' AND destination <> '900'"
    rows, reason = ev.rows(replace(declared, where=where), year, extra=fence)
    area = ">".join(declared.groups)
    member = _members(ev, rows[0]["edition"]) if rows else {}
    if rows and not member:
        reason = f"no classification of {rows[0]['edition']} is in the store"
    chosen = [r for r in rows if _between(r, declared.groups, member)]
    out = []
    for sex in declared.sexes:
        parts = [r for r in chosen if r["sex"] == sex]
        if not parts:
            why = reason or "the edition does not give it for this sex"
            out.append(ev.empty(declared, year, why, sex=sex, area=area))
            continue
        formula = (
            f"sum of {counted(len(parts), 'cell')}: origin in group {declared.groups[0]}, destination in "
            f"group {declared.groups[1]}"
        )
        if others := [r for r in rows if (r["origin"], r["sex"]) == ("2003", sex)]:
            persons = sum(r["value"] for r in others if r["destination"] in member)
            formula += f"; origin 'Others' ({persons:,.0f}) belongs to no group and is left out"
        total = sum(r["value"] for r in parts)
        out.append(value_of(ev, declared, year, parts, total, formula=formula, area=area, sex=sex))
    return out


_RESIDUAL = {"OTHER_NORTH": "901", "OTHER_SOUTH": "902"}


def _between(
    row: Mapping[str, Any], groups: tuple[str, ...], member: Mapping[str, tuple[str, ...]]
) -> bool:
    """Say whether a corridor runs from the first group to the second."""
    origin, destination = groups
    return destination in member.get(row["destination"], ()) and (
        origin in member.get(row["origin"], ()) or _RESIDUAL.get(row["origin"]) == origin
    )


def _regions(ev: "Evaluator", declared: Figure, year: int) -> list[FigureValue]:
    """Return migrants from each region in each, summed over countries by the same classification.

    Origins without a region (Others, Other North, Other South) are left out.
    """
    rows, reason = ev.rows(declared, year, extra="origin <> '_T' AND destination <> '900'")
    member = _members(ev, rows[0]["edition"]) if rows else {}
    region = {
        area: next((g for g in REGIONS if g in groups), "") for area, groups in member.items()
    }
    cells: dict[str, Rows] = {f"{i}>{j}": [] for i in REGIONS for j in REGIONS}
    for r in rows:
        pair = f"{region.get(r['origin'])}>{region.get(r['destination'])}"
        if pair in cells and is_country(r["destination"]):
            cells[pair].append(r)
    if not any(cells.values()):
        why = reason or f"no classification of {rows[0]['edition']} is in the store"
        return [ev.empty(declared, year, why)]
    return [
        value_of(
            ev,
            declared,
            year,
            found,
            sum(r["value"] for r in found),
            area=pair,
            formula=f"sum of {counted(len(found), 'cell')}",
        )
        for pair, found in cells.items()
        if found
    ]


def _each(ev: "Evaluator", declared: Figure, year: int) -> list[FigureValue]:
    """Return one printed cell per country."""
    rows, reason = ev.rows(declared, year)
    kept = [r for r in rows if is_country(r[declared.place])]
    if not kept:
        return [ev.empty(declared, year, reason or "the edition gives no countries")]
    return [
        value_of(
            ev,
            declared,
            year,
            [r],
            r["value"],
            area=r[declared.place],
            sex=declared.sexes[0],
            formula="as printed",
        )
        for r in kept
    ]


def _members(ev: "Evaluator", edition: str) -> dict[str, tuple[str, ...]]:
    vintage = EditionId.of(edition).vintage
    found = ev.store.con.execute(
        "SELECT member_id, list(DISTINCT group_id ORDER BY group_id) FROM membership "
        "WHERE edition IN ($a, $b) GROUP BY member_id",
        {"a": f"undesa.ims@{vintage}", "b": f"undesa.classification@{vintage}"},
    ).fetchall()
    return {member: tuple(groups) for member, groups in found}


def _income_groups(ev: "Evaluator", declared: IncomeGroups, year: int) -> list[FigureValue]:
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
    return [value_of(ev, declared, year, parts, total, formula=formula)]


def _events(ev: "Evaluator", declared: Events, year: int) -> list[FigureValue]:
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
    formula = f"sum of {counted(len(rows), 'cell')}, one per incident (minimum estimates)"
    return [value_of(ev, declared, year, rows, total, formula=formula, sex=declared.sexes[0])]


def _events_by(ev: "Evaluator", declared: EventsBy, year: int) -> list[FigureValue]:
    rows, reason = ev.rows(declared, year)
    if not rows:
        return [ev.empty(declared, year, reason)]
    grouped: dict[str, Rows] = {}
    for r in rows:
        parts = dict(p.split("=", 1) for p in r["detail"].split(";") if "=" in p)
        grouped.setdefault(parts.get(declared.by, "not_stated"), []).append(r)
    totals = {k: sum(r["value"] for r in v) for k, v in grouped.items()}
    order = sorted(totals, key=lambda k: (-totals[k], k))
    said = {k: f"sum of {len(v):,} incidents" for k, v in grouped.items()}
    return _ranked(ev, declared, year, grouped, order, said)


OPERATIONS: Mapping[str, Callable[["Evaluator", Any, int], list[FigureValue]]] = {
    "value": _cells,
    "sum": _sum,
    "top": _top,
    "each": _each,
    "groups": _groups,
    "regions": _regions,
    "income_groups": _income_groups,
    "events": _events,
    "events_by": _events_by,
    "change": change,
    "growth": change,
    "add": add,
}
