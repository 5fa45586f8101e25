"""Figures computed from other figures: changes, growth, and sums that may be added."""

from dataclasses import replace
from typing import TYPE_CHECKING

from sojourn.factsheet.figures.declared_others import Add, ChangeOf
from sojourn.factsheet.figures.difference import relative
from sojourn.factsheet.figures.figure import FigureValue, figure, no_bound, refuse_wrong_sum

if TYPE_CHECKING:
    from sojourn.factsheet.figures.evaluate import Evaluator


def change(ev: "Evaluator", declared: ChangeOf, year: int) -> list[FigureValue]:
    """Return a figure minus the same figure of the base year, from the same edition.

    With ``bases``, the first of them that the edition holds.
    """
    return [
        _since_first(ev, declared, now)
        for now in ev.values(declared.of, year)
        if now.sex in declared.sexes
    ]


def _since_first(ev: "Evaluator", declared: ChangeOf, now: FigureValue) -> FigureValue:
    """Return the change since the first base whose year is held; else the first one's absence."""
    year = int(now.time_period)
    bases = declared.bases or (declared.base,)
    found = (
        _of_one_edition(ev, declared, now, base if base > 0 else year + base) for base in bases
    )
    first = next(found)
    if first.value is not None:
        return first
    return next((v for v in found if v.value is not None), first)


def _of_one_edition(
    ev: "Evaluator", declared: ChangeOf, now: FigureValue, base_year: int
) -> FigureValue:
    """Return a change within the newest edition that holds both years."""
    year = int(now.time_period)
    if base_year >= year:
        reason = f"a change since {base_year} needs a year after it"
        return ev.empty(declared, year, reason, sex=now.sex, area=now.area)
    first = _difference(ev, declared, now, base_year)
    if first.value is not None or now.value is None:
        return first
    for edition in reversed(ev.editions(figure(declared.of))):
        older = ev.pinned(edition).one(declared.of, sex=now.sex, area=now.area, year=year)
        found = _difference(ev, declared, older, base_year)
        if found.value is not None:
            said = f"by {edition}, the newest edition that holds both years"
            return replace(found, mark="; ".join(m for m in (found.mark, said) if m))
    return first


def _difference(
    ev: "Evaluator", declared: ChangeOf, now: FigureValue, base_year: int
) -> FigureValue:
    year = int(now.time_period)
    one = ev.pinned(now.edition) if now.edition and " + " not in now.edition else ev
    before = one.one(declared.of, sex=now.sex, area=now.area, year=base_year)
    if now.value is None or before.value is None:
        reason = now.reason or f"{before.time_period}: {before.reason}"
        return ev.empty(declared, year, reason, sex=now.sex, area=now.area)
    if declared.op == "growth" and not before.value:
        reason = f"{before.time_period}: zero, from which nothing grows"
        return ev.empty(declared, year, reason, sex=now.sex, area=now.area)
    change = relative(before, now) if declared.op == "growth" else now.value - before.value
    if change is None:
        reason = f"{before.time_period}: {before.value:,.0f}, too few to tell a change in per cent"
        return ev.empty(declared, year, reason, sex=now.sex, area=now.area)
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
        mark=no_bound(now.mark, before.mark),
    )


def add(ev: "Evaluator", declared: Add, year: int) -> list[FigureValue]:
    """Return the sum of figures that may be added, and of a cited constant."""
    refuse_wrong_sum(declared.parts)
    unlike = next((u for u in declared.unless if year >= u.since), None)
    if unlike is not None:
        return [ev.empty(declared, year, unlike.why)]
    parts = [ev.one(p, year=year) for p in declared.parts]
    lost = next((p for p in parts if p.value is None), None)
    if lost is not None:
        return [ev.empty(declared, year, f"{lost.figure_id}: {lost.reason}")]
    constant, source = _constant(declared, year)
    if declared.constants and not constant:
        reason = f"needs the number registered with UNRWA in {year}, which is not in the store"
        return [ev.empty(declared, year, reason)]
    formula = " + ".join(declared.parts)
    if constant:
        formula += f" + {constant:,.0f} ({source})"
    return [
        FigureValue(
            figure_id=declared.id,
            time_period=str(year),
            sex="_T",
            area="900",
            unit=declared.unit,
            as_of=ev.as_of.isoformat(),
            value=sum(p.value or 0.0 for p in parts) + constant,
            edition=" + ".join(p.edition for p in parts),
            parts=tuple(parts),
            formula=formula,
            mark="; ".join(sorted({m for p in parts for m in p.mark.split("; ")} - {""})),
        )
    ]


def _constant(declared: Add, year: int) -> tuple[float, str]:
    """Return the cited number that is added in a year, and its source; (0, "") when there is none."""
    found = next((c for c in declared.constants if c.year == year), None)
    return (found.value, found.source) if found else (0.0, "")
