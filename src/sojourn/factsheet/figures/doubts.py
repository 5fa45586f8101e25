"""What must be said of a number's edition: a part, of a part of a year, without some members."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sojourn.factsheet.figures.declared import Figure
from sojourn.factsheet.figures.figure import BOUND, EARLY, FigureValue, silent_places
from sojourn.vocab.group import groups
from sojourn.vocab.observation import EditionId

if TYPE_CHECKING:
    from sojourn.factsheet.figures.evaluate import Evaluator


def whole_years(
    ev: "Evaluator", declared: Figure, year: int, found: list[FigureValue]
) -> list[FigureValue]:
    """Return values of a year that has ended for their edition; else their absence, with the day.

    A count of events up to some day of a year is no number of that year.
    """
    if declared.kind != "flow":
        return found
    out = []
    for value in found:
        until = covered_until(ev, declared, value, year)
        if until:
            why = f"{value.edition} covers {year} only up to {until}"
            out.append(ev.empty(declared, year, why, sex=value.sex, area=value.area))
        else:
            out.append(value)
    return out


def with_doubts(ev: "Evaluator", value: FigureValue) -> FigureValue:
    """Return a value with what must be said of its edition: that it is a part, whole for this."""
    if value.value is None:
        return value
    said = [
        part
        for edition in filter(None, value.edition.split(" + "))
        if (held := ev.store.manifest.covered(edition)) is not None and held.status == "partial"
        if (part := f"{edition} is a part of its table") not in value.mark
    ]
    return replace(value, mark="; ".join(m for m in (value.mark, *said) if m)) if said else value


def with_early(ev: "Evaluator", year: int, value: FigureValue) -> FigureValue:
    """Return a value with what must be said of it where its publisher estimated it within its year.

    The World Bank prints money sent home in a year early in its December, marked as an estimate.
    """
    if value.value is None or EARLY in value.mark:
        return value
    of_year = [e for e in value.edition.split(" + ") if "@" in e and _estimates(ev, e, year)]
    if not of_year:
        return value
    return replace(value, mark="; ".join(m for m in (value.mark, EARLY) if m))


def _estimates(ev: "Evaluator", edition: str, year: int) -> bool:
    """Say whether an edition of within a year prints every number of that year as an estimate."""
    if EditionId.of(edition).vintage > f"{year}-12-31":
        return False
    key = ("estimates", edition, year)
    if key not in ev.store.answers:
        ev.store.answers[key] = ev.store.con.execute(
            "SELECT bool_and(obs_status = 'E') FROM raw_observation WHERE edition = $edition "
            "AND time_period = $year AND obs_value IS NOT NULL",
            {"edition": edition, "year": str(year)},
        ).fetchall()
    [(every,)] = ev.store.answers[key]
    return every is True


def covered_until(ev: "Evaluator", declared: Figure, value: FigureValue, year: int) -> str:
    """Return the day on which an edition's count of a year stops before the year does; else ""."""
    for edition in filter(None, value.edition.split(" + ")):
        held = ev.store.manifest.covered(edition)
        until = held.until if held is not None else ""
        if not until and declared.op.startswith("events"):
            until = EditionId.of(edition).vintage  # incidents are known up to the day of release
        if value.value is not None and until and until < f"{year}-12-31":
            return until
    return ""


def with_members(ev: "Evaluator", declared: Figure, year: int, total: FigureValue) -> FigureValue:
    """Return a group's printed total; a lower bound where members of it have no number."""
    group = groups().get(total.area) if declared.kind == "flow" else None
    if group is None or ev.pack is not None:  # a pack carries the bound ready-made
        return total
    members = group.on(date(year, 12, 31))
    listed = ", ".join(f"'{a}'" for a in members)
    rows, _ = ev.pinned(total.edition).rows(
        declared, year, extra=f"{declared.place} IN ({listed}) AND sex = '{total.sex}'"
    )
    lost = len(members) - len({r[declared.place] for r in rows})
    if not rows or not lost:
        return total
    said = f"{BOUND}{silent_places(lost, len(members))}"
    return replace(total, mark="; ".join(m for m in (total.mark, said) if m))
