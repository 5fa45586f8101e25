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

NEAR = 5  # years before and after in which a number is looked for
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
    courses = _courses(ev, declared, year, first.edition.split(" + "))
    near = {place: _nearest(course, year) for place, course in courses.items()}
    silent = {p: v for p, v in near.items() if year not in courses[p] and v >= least}
    told = replace(
        first,
        silent=tuple(sorted(silent, key=lambda p: (-silent[p], p))),
        outdone=any(v > (first.value or 0.0) for v in silent.values()),
    )
    return [told if v is first else v for v in found]


def _nearest(course: Mapping[int, float], year: int) -> float:
    """Return the larger of the numbers of the nearest year before and the nearest after."""
    before = max((y for y in course if y < year), default=None)
    after = min((y for y in course if y > year), default=None)
    return max((course[y] for y in (before, after) if y is not None), default=-1.0)


def _courses(ev: "Evaluator", declared: Figure, year: int, editions: list[str]) -> Course:
    """Return the figure's number of each country in the years around one, by its own rule."""
    part = _numbers(ev, declared, declared.where, year, editions[0])
    if isinstance(declared, TopRatio):
        whole = _numbers(ev, declared, {"indicator": declared.per.indicator}, year, editions[-1])
        least = max(declared.minimum_whole, 1)
        return _both(part, whole, lambda a, b: 100 * a / b if b >= least else -1.0)
    if isinstance(declared, TopLess):
        net = _numbers(ev, declared, {**declared.where, **declared.less}, year, editions[0])
        return _both(part, net, lambda a, b: a - b)
    return part


def _both(one: Course, other: Course, rule: Callable[[float, float], float]) -> Course:
    return {
        place: {y: rule(v, other[place][y]) for y, v in course.items() if y in other[place]}
        for place, course in one.items()
        if place in other
    }


def _numbers(
    ev: "Evaluator", declared: Figure, where: Mapping[str, str], year: int, edition: str
) -> Course:
    place = declared.place
    clauses = " AND ".join(f"{k} = ${k}" for k in where)
    query = (
        f"SELECT {place}, time_period, sum(value) FROM scope WHERE edition = $edition AND {clauses} "  # noqa: S608 - constants
        "AND list_contains($years, time_period) GROUP BY ALL"
    )
    years = [str(y) for y in range(year - NEAR, year + NEAR + 1)]
    rows = ev.store.con.execute(query, {**where, "edition": edition, "years": years}).fetchall()
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
