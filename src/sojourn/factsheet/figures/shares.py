"""Figures of two numbers: one as a share of another, or less another of the same table."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.errors import counted
from sojourn.factsheet.figures.declared_cells import TopLess, TopRatio
from sojourn.factsheet.figures.declared_others import Share
from sojourn.factsheet.figures.figure import FigureValue, no_bound
from sojourn.factsheet.figures.operations import is_country, value_of
from sojourn.vocab.observation import EditionId

if TYPE_CHECKING:
    from sojourn.factsheet.figures.evaluate import Evaluator


def share(ev: "Evaluator", declared: Share, year: int) -> list[FigureValue]:
    """Return 100 × one figure ÷ another, for each area and sex of the first.

    Two figures of one dataset must be of one edition; a share never mixes two.
    """
    out = []
    for part in ev.values(declared.of, year):
        areas = {v.area for v in ev.values(declared.over, year)}
        area = part.area if part.area in areas else "900"
        whole = ev.one(declared.over, sex=part.sex, area=area, year=year)
        out.append(_quotient(ev, declared, part, whole))
    return out


def _quotient(
    ev: "Evaluator", declared: Share, part: FigureValue, whole: FigureValue
) -> FigureValue:
    reason = part.reason or whole.reason
    if not reason and not whole.value:
        reason = f"{whole.figure_id}: it is zero: no share of it"
    if not reason and _clash(part.edition, whole.edition):
        reason = f"{part.edition} and {whole.edition}: a share of one edition in another"
    year = int(part.time_period)
    both = "; ".join(dict.fromkeys(m for m in (part.mark, whole.mark) if m))
    if reason or part.value is None or whole.value is None:
        return ev.empty(declared, year, reason, sex=part.sex, area=part.area)
    return FigureValue(
        figure_id=declared.id,
        time_period=part.time_period,
        sex=part.sex,
        area=part.area,
        unit=declared.unit,
        as_of=part.as_of,
        value=100.0 * part.value / whole.value,
        edition=" + ".join(dict.fromkeys((part.edition, whole.edition))),
        parts=(part, whole),
        formula=f"100 × {part.figure_id} ÷ {whole.figure_id}",
        mark=both if whole.whole == "yes" else no_bound(both),  # of two bounds a share is none
    )


def _clash(first: str, second: str) -> bool:
    """Say whether two lists of editions name one dataset in two editions."""
    one, two = (dict(EditionId.of(e) for e in x.split(" + ")) for x in (first, second))
    return any(d in two and two[d] != vintage for d, vintage in one.items())


def top_ratio(ev: "Evaluator", declared: TopRatio, year: int) -> list[FigureValue]:
    """Return the countries where one indicator is the largest share of another, large ones only.

    A country that lacks either is not ranked; how many were compared stands in the formula.
    """
    rows, reason = ev.rows(declared, year)
    per = replace(
        declared,
        datasets=(declared.per.dataset,),
        where={"indicator": declared.per.indicator},
    )
    wholes, why = ev.rows(per, year)
    if not rows or not wholes:
        return [ev.empty(declared, year, reason or why)]
    place = declared.place
    whole = {r[place]: r for r in wholes if r["value"] >= max(declared.minimum_whole, 1)}
    both = [(r, whole[r[place]]) for r in rows if r[place] in whole and is_country(r[place])]
    if not both:
        return [ev.empty(declared, year, "no country has both numbers in these editions")]
    ranked = sorted(both, key=lambda pair: (-_per_cent(*pair), pair[0][place]))
    return [
        replace(
            value_of(ev, declared, year, [*pair], _per_cent(*pair), area=pair[0][place]),
            edition=f"{pair[0]['edition']} + {pair[1]['edition']}",
            rank=i + 1,
            of=len(both),
            formula=f"100 × {declared.where['indicator']} ÷ {declared.per.indicator}; "
            f"of {counted(len(both), 'country that has', 'countries that have')} both",
        )
        for i, pair in enumerate(ranked[: declared.count])
    ]


def _per_cent(part: dict[str, Any], whole: dict[str, Any]) -> float:
    return float(100.0 * part["value"] / whole["value"])


def top_less(ev: "Evaluator", declared: TopLess, year: int) -> list[FigureValue]:
    """Return the countries where one indicator less another of the same edition is the largest.

    Students from a country are those it hosts less its net inflow, as UNESCO defines the inflow.
    A country that lacks either is not ranked.
    """
    rows, reason = ev.rows(declared, year)
    if not rows:
        return [ev.empty(declared, year, reason)]
    other = replace(declared, where={**declared.where, **declared.less})
    found, why = ev.pinned(rows[0]["edition"]).rows(other, year)
    if not found:
        return [ev.empty(declared, year, why)]
    place = declared.place
    taken = {r[place]: r for r in found}
    both = [(r, taken[r[place]]) for r in rows if r[place] in taken and is_country(r[place])]
    ranked = sorted(both, key=lambda pair: (pair[1]["value"] - pair[0]["value"], pair[0][place]))
    said = f"{declared.where['indicator']} − {declared.less['indicator']}"
    return [
        value_of(
            ev,
            declared,
            year,
            [*pair],
            pair[0]["value"] - pair[1]["value"],
            area=pair[0][place],
            rank=i + 1,
            of=len(both),
            formula=f"{said}; of {counted(len(both), 'country that has', 'countries that have')} both",
        )
        for i, pair in enumerate(ranked[: declared.count])
    ]
