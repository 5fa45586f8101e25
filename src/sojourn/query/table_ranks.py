"""Ranks of a table's numbers, its order by them, and its cover in words."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from sojourn.query.table_model import Number
from sojourn.query.table_notes import has, note
from sojourn.vocab.area import AREAS


def ranked(numbers: Sequence[Number]) -> list[Number]:
    """Return the numbers with their rank from the largest, in the order of the last period's."""

    def slot(n: Number) -> tuple[str, ...]:
        return (n.measure, n.transform, n.sex, n.period)

    out: dict[int, Number] = {}
    order = sorted(range(len(numbers)), key=lambda i: slot(numbers[i]))
    for _, found in groupby(order, key=lambda i: slot(numbers[i])):
        listed = list(found)
        fit = [i for i in listed if _ranks(numbers[i])]
        values = sorted((numbers[i].value or 0.0 for i in fit), reverse=True)
        for i in listed:
            v = numbers[i].value
            rank = values.index(v) + 1 if i in fit and v is not None else None
            out[i] = replace(numbers[i], rank=rank)
    return [out[i] for i in range(len(numbers))]


def by_rank(blocks: Sequence[Sequence[Number]]) -> list[Number]:
    """Return all numbers in the order of the ranks of the newest period; rows without one last."""
    last = blocks[-1]
    newest = max((n.period for n in last), default="")
    first = {
        (n.area, n.origin, n.sex): n.rank
        for n in last
        if n.period == newest and n.measure == last[0].measure and n.rank is not None
    }
    numbers = [n for block in blocks for n in block]
    return sorted(numbers, key=lambda n: first.get((n.area, n.origin, n.sex), 10**9))


def _ranks(n: Number) -> bool:
    country = n.area in AREAS and not AREAS[n.area].is_aggregate
    named = not any(a in AREAS and AREAS[a].kind == "residual" for a in (n.area, n.origin))
    whole = not has("part_year", n.notes)
    return n.value is not None and country and whole and named


def cover_of(numbers: Sequence[Number]) -> str:
    """Return how many of the rows have a number: the cover that stands below a table."""
    rows: dict[tuple[str, str, str], bool] = {}
    for n in numbers:
        key = (n.area, n.origin, n.sex)
        rows[key] = rows.get(key, False) or n.value is not None
    if len(rows) < 2:
        return ""
    areas = {a for a, _, _ in rows}
    what = "cover_areas" if len(areas) == len(rows) else "cover_rows"
    return note(what, n=sum(rows.values()), of=len(rows))


def with_breaks(numbers: Sequence[Number]) -> list[Number]:
    """Return the numbers, with status B where a row's edition is not that of its period before."""
    out = []
    before: dict[tuple[str, ...], Number] = {}
    for n in numbers:
        row = (n.measure, n.area, n.origin, n.sex)
        last = before.get(row)
        if n.value is None:
            out.append(n)
            continue
        if last is not None and last.source != n.source:
            said = note(
                "break",
                measure=n.measure,
                first=last.period,
                one=last.source,
                last=n.period,
                other=n.source,
            )
            out.append(replace(n, status="B", notes=(*n.notes, said)))
        else:
            out.append(n)
        before[row] = n
    return out
