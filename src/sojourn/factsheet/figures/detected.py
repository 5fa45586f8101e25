"""Counts of what authorities detect: at borders, and among victims of trafficking.

Neither counts people who were not seen. Detections are not persons, and a count of victims of which
the publisher suppresses the smallest is a lower bound; both say so wherever they stand.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sojourn.errors import counted
from sojourn.factsheet.figures.declared_cells import Months, Reported
from sojourn.factsheet.figures.figure import FigureValue
from sojourn.factsheet.figures.operations import Rows, is_country, value_of

if TYPE_CHECKING:
    from sojourn.factsheet.figures.evaluate import Evaluator

MONTHS = 12


def months(ev: "Evaluator", declared: Months, year: int) -> list[FigureValue]:
    """Return the sum of the twelve months of a year; nothing for a part of one.

    With ``by``, one value for each label of that detail, or for each country of ``place``.
    """
    rows, reason = ev.rows(declared, year)
    if not rows:
        return [ev.empty(declared, year, reason)]
    held = {r["time_period"] for r in rows}
    if len(held) < MONTHS:
        why = f"{rows[0]['edition']} holds {len(held)} of {MONTHS} months of {year}: a part-year"
        return [ev.empty(declared, year, why)]
    if not declared.by:
        return [_total(ev, declared, year, rows, area=declared.areas[0])]
    groups: dict[str, Rows] = {}
    for r in rows:
        label = r[declared.by] if declared.by in r else details(r["detail"]).get(declared.by, "")
        if declared.by not in r or is_country(label):
            groups.setdefault(label, []).append(r)
    sums = {label: sum(r["value"] for r in found) for label, found in groups.items()}
    order = sorted(sums, key=lambda label: (-sums[label], label))
    return [
        replace(_total(ev, declared, year, groups[label], area=label), rank=i + 1, of=len(order))
        for i, label in enumerate(order[: declared.count])
    ]


def _total(ev: "Evaluator", declared: Months, year: int, rows: Rows, *, area: str) -> FigureValue:
    total = sum(r["value"] for r in rows)
    formula = f"sum of {counted(len(rows), 'cell')}, one a month, route, border and nationality"
    found = value_of(ev, declared, year, rows, total, formula=formula, area=area)
    return replace(found, mark="; ".join(m for m in (found.mark, declared.says) if m))


def reported(ev: "Evaluator", declared: Reported, year: int) -> list[FigureValue]:
    """Return the sum over countries that report, for each sex, and how many it leaves out.

    A suppressed count is never taken for zero and never derived; a country whose rows contradict
    each other is left out; a row that repeats another is read once.
    """
    prefix = "".join(f"{k}={v};" for k, v in declared.detail.items())
    out = []
    for sex in declared.sexes:
        rows, reason = ev.rows(
            declared, year, where={"sex": sex}, extra=f"starts_with(detail || ';', '{prefix}')"
        )
        found = [r for r in rows if "repeat" not in details(r["detail"])]
        clash = {r["ref_area"] for r in found if "contradiction" in details(r["detail"])}
        used = [r for r in found if r["ref_area"] not in clash]
        if not used:
            why = reason or "no country reports it for this sex"
            out.append(ev.empty(declared, year, why, sex=sex))
            continue
        hidden = ev.suppressed_places(declared, year, used[0]["edition"], sex, prefix)
        formula = (
            f"sum of {counted(len(used), 'country that reports', 'countries that report')} a number"
        )
        total = sum(r["value"] for r in used)
        value = value_of(ev, declared, year, used, total, formula=formula, sex=sex)
        out.append(replace(value, mark=_bound(value.mark, len(hidden - clash), len(clash))))
    return out


def _bound(mark: str, hidden: int, clash: int) -> str:
    said = "a lower bound: detected and reported only"
    if hidden:
        few = counted(hidden, "country", "countries")
        are = "is" if hidden == 1 else "are"
        said += f"; {few} with fewer than five, suppressed, {are} left out"
    if clash:
        who = "that contradicts itself is", "that contradict themselves are"
        said += f"; {counted(clash, *who)} left out"
    return "; ".join(m for m in (mark, said) if m)


def details(text: str) -> Mapping[str, str]:
    """Return the labels of a row's ``detail``.

    Examples
    --------
    >>> details("route=Other;border=Sea")
    {'route': 'Other', 'border': 'Sea'}
    """
    return dict(p.split("=", 1) for p in text.split(";") if "=" in p)
