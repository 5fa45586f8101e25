"""Figures computed from other figures: changes, growth, and sums that may be added."""

from typing import TYPE_CHECKING

from sojourn.publish.figure import Figure, FigureValue, refuse_wrong_sum

if TYPE_CHECKING:
    from sojourn.publish.evaluate import Evaluator


def change(ev: "Evaluator", declared: Figure, year: int) -> list[FigureValue]:
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
    ev: "Evaluator", declared: Figure, now: FigureValue, before: FigureValue
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


def add(ev: "Evaluator", declared: Figure, year: int) -> list[FigureValue]:
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
            mark="; ".join(sorted({m for p in parts for m in p.mark.split("; ")} - {""})),
        )
    ]
