"""Figures as they are asked for, on the command line or in Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sojourn.errors import Misasked, NoSuchObservation
from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import FigureValue, figure, figures, refuse_wrong_sum
from sojourn.factsheet.figures.opened import evaluator
from sojourn.store.observations import Store
from sojourn.vocab.place import area_id


@dataclass(frozen=True)
class Answer:
    """Values, and their sum where it was asked for and all of them are known."""

    values: tuple[FigureValue, ...]
    total: float | None = None


def figure_values(
    store: Store,
    year: int,
    figure_ids: Sequence[str],
    *,
    as_of: date,
    area: str | None = None,
    add: bool = False,
) -> Answer:
    """Return the figures of a year, all or those named, of all areas or of one.

    Raises
    ------
    UnknownFigure, UnknownArea
        Nothing is called so.
    ForbiddenSum
        People would be counted twice; the message says who.
    NoSuchObservation
        None of them is about this area.
    """
    for figure_id in figure_ids:
        figure(figure_id)
    if add and not figure_ids:
        raise Misasked("no figures to add", hint="name them: sojourn figures 2015 A B --sum")
    if add:
        refuse_wrong_sum(tuple(figure_ids))
    ev = evaluator(store, year, as_of)
    asked: Mapping[str, Sequence[FigureValue]] = {f: ev.values(f) for f in figure_ids or figures()}
    if area:
        asked = _of_area(ev, asked, area)
    if add:
        parts = tuple(values[0] for values in asked.values())
        known = [p.value for p in parts if p.value is not None]
        return Answer(parts, sum(known) if len(known) == len(parts) else None)
    return Answer(tuple(v for values in asked.values() for v in values))


def _of_area(
    ev: Evaluator, asked: Mapping[str, Sequence[FigureValue]], area: str
) -> dict[str, Sequence[FigureValue]]:
    """Return the values of one area, or one origin and host (``SYR>TUR``), by number, code or name.

    A route or a kind of place goes by its own word.
    """
    words = {v.area for values in asked.values() for v in values}
    wanted = area if area in words else ">".join(area_id(p) for p in area.split(">"))
    found: dict[str, Sequence[FigureValue]] = {}
    for figure_id, values in asked.items():
        own = [v for v in values if v.area == wanted]
        if not own and ">" in wanted and figure(figure_id).op == "pairs":
            own = [ev.one(figure_id, area=wanted)]
        if own:
            found[figure_id] = own
    if not found:
        raise NoSuchObservation(
            f"none of the figures asked for is about {area}",
            hint="without --area a figure lists the areas that it is about",
        )
    return found
