"""Places that a ranked list leaves out: for want of a number in the year, or for their size.

A list of the largest ranks who reports. The United States of America gave UNESCO no number of
students for 2019: without a word the list of that year would say that it hosts fewer than others.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sojourn.factsheet.figures.declared import Figure
from sojourn.factsheet.figures.declared_cells import Top, TopLess, TopRatio
from sojourn.factsheet.figures.figure import FigureValue
from sojourn.factsheet.figures.operations import OPERATIONS
from sojourn.vocab.area import AREAS

if TYPE_CHECKING:
    from sojourn.factsheet.figures.evaluate import Evaluator

#: A year and its number; year 0 where there is none.
Nearest = tuple[int, float]
Course = Mapping[str, Mapping[int, float]]


def with_silent(
    ev: "Evaluator", declared: Figure, year: int, found: list[FigureValue]
) -> list[FigureValue]:
    """Return a list whose first value names the places that have no number in the year."""
    listed = [v for v in found if v.rank and v.value is not None]
    if not declared.reported or ev.pack is not None or not listed:
        return found
    first = min(listed, key=lambda v: v.rank)
    least = min(v.value or 0.0 for v in listed)
    courses = _courses(ev, declared, first.edition.split(" + "))
    near = {place: _nearest(course, year) for place, course in courses.items()}
    silent = {
        p: n
        for p, n in near.items()
        if year not in courses[p] and n[1] >= least and AREAS[p].existed_in(year)
    }
    order = sorted(silent, key=lambda p: (-silent[p][1], p))
    told = replace(
        first,
        silent=tuple(f"{p}:{silent[p][0]}" for p in order),
        outdone=any(v > (first.value or 0.0) for _, v in silent.values()),
    )
    return [told if v is first else v for v in found]


def _nearest(course: Mapping[int, float], year: int) -> Nearest:
    """Return the larger of the numbers of the nearest year before and the nearest after."""
    before = max((y for y in course if y < year), default=None)
    after = min((y for y in course if y > year), default=None)
    found = [(y, course[y]) for y in (before, after) if y is not None]
    return max(found, key=lambda n: n[1], default=(0, -1.0))


def _courses(ev: "Evaluator", declared: Figure, editions: list[str]) -> Course:
    """Return the figure's number of each country in every year, by its own rule."""
    part = _numbers(ev, declared, declared.where, editions[0])
    if isinstance(declared, TopRatio):
        whole = _numbers(ev, declared, {"indicator": declared.per.indicator}, editions[-1])
        least = max(declared.minimum_whole, 1)
        return _both(part, whole, lambda a, b: 100 * a / b if b >= least else -1.0)
    if isinstance(declared, TopLess):
        net = _numbers(ev, declared, {**declared.where, **declared.less}, editions[0])
        return _both(part, net, lambda a, b: a - b)
    return part


def _both(one: Course, other: Course, rule: Callable[[float, float], float]) -> Course:
    return {
        place: {y: rule(v, other[place][y]) for y, v in course.items() if y in other[place]}
        for place, course in one.items()
        if place in other
    }


def _numbers(ev: "Evaluator", declared: Figure, where: Mapping[str, str], edition: str) -> Course:
    place = declared.place
    clauses = " AND ".join(f"{k} = ${k}" for k in where)
    query = (
        f"SELECT {place}, time_period, sum(value) FROM scope WHERE edition = $edition AND {clauses} "  # noqa: S608 - constants
        "AND length(time_period) = 4 GROUP BY ALL"
    )
    rows = ev.store.con.execute(query, {**where, "edition": edition}).fetchall()
    found: dict[str, dict[int, float]] = {}
    for area, period, value in rows:
        if area in AREAS and AREAS[area].kind == "country":
            found.setdefault(area, {})[int(period)] = value
    return found


def small(ev: "Evaluator", declared: Figure, year: int, area: str) -> list[FigureValue]:
    """Return the value of a place that a list leaves out for its size; it has no rank."""
    if not isinstance(declared, Top) or not (
        declared.minimum_population or declared.minimum_migrants
    ):
        return []
    whole = replace(declared, areas=(area,), minimum_population=0, minimum_migrants=0)
    said = "below the least size of the list"
    return [
        replace(v, rank=0, of=0, mark="; ".join(m for m in (v.mark, said) if m))
        for v in OPERATIONS["top"](ev, whole, year)
        if v.value is not None
    ]
