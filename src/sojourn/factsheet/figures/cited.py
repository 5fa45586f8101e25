"""Figures that no publisher's file gives: a cited constant with its source, or nothing with a reason.

A constant is a number that an institution printed, told with its source and the day it was printed.
It is never data: it is not added, not ranked, not carried to another year.
"""

from typing import TYPE_CHECKING

from sojourn.factsheet.figures.declared import Figure
from sojourn.factsheet.figures.declared_others import Absent, Cited, Printed
from sojourn.factsheet.figures.figure import FigureValue, Input

if TYPE_CHECKING:
    from sojourn.factsheet.figures.evaluate import Evaluator

#: Years within which a constant may still be told beside a later year, with its own year.
REACH = 3


def cited(ev: "Evaluator", declared: Cited, year: int) -> list[FigureValue]:
    """Return the constants of a year, as printed by then, each with its source."""
    if ev.as_of.isoformat() < declared.cited_on:
        reason = f"not printed by {ev.as_of}; {declared.cited_source} is of {declared.cited_on}"
        return [ev.empty(declared, year, reason)]
    found = [c for c in declared.cited if c.year == year]
    if not found:
        years = ", ".join(sorted({str(c.year) for c in declared.cited}))
        return [ev.empty(declared, year, f"{declared.cited_source} prints it for {years} only")]
    places = {c.area for c in found}
    ranks = range(1, len(found) + 1) if len(places) == len(found) > 1 else [0] * len(found)
    return [_value(ev, declared, c, rank) for c, rank in zip(found, ranks, strict=True)]


def _value(ev: "Evaluator", declared: Cited, constant: Printed, rank: int) -> FigureValue:
    value = constant.value
    edition = f"cited.{declared.id.replace('_', '-')}@{declared.cited_on}"
    return FigureValue(
        figure_id=declared.id,
        time_period=str(constant.year),
        sex=constant.sex,
        area=constant.area,
        unit=declared.unit,
        as_of=ev.as_of.isoformat(),
        value=value,
        edition=edition,
        inputs=(Input(edition, value, "", declared.cited_source),),
        n_inputs=1,
        formula=f"cited, not computed: {declared.cited_source}",
        mark=f"cited: {declared.cited_source}",
        rank=rank,
    )


def absent(ev: "Evaluator", declared: Absent, year: int) -> list[FigureValue]:
    """Return a figure that was printed and that no file gives, with the reason."""
    return [ev.empty(declared, year, declared.why)]


def latest_cited(ev: "Evaluator", declared: Figure) -> list[FigureValue]:
    """Return a constant of the factsheet's year or the nearest before it, at most ``REACH`` years."""
    if not isinstance(declared, Cited):
        return []
    years = sorted({c.year for c in declared.cited}, reverse=True)
    near = [y for y in years if 0 <= ev.year - y <= REACH]
    return [v for v in ev.values(declared.id, near[0]) if v.value is not None] if near else []
