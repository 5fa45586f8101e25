"""Places whose rank in a list of largest differs from one edition to another, told where it is printed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import FigureValue, figure
from sojourn.factsheet.pages.document import Page
from sojourn.publish import RichText

#: Ranks that a reader remembers: a change within or across them is told.
FIRST = 5


@dataclass(frozen=True)
class Moved:
    """A place that two editions rank differently for the same year."""

    area: str
    then: FigureValue
    now: FigureValue


def moved(ev: Evaluator, figure_id: str) -> list[Moved]:
    """Return the places of the first ranks that the earliest edition ranks differently.

    Only an edition released before the one in use is compared, and only by the same key: figure,
    year, area and sex. The largest change of rank comes first.
    """
    key = ("moved", figure_id, ev.year, ev.as_of)
    if key not in ev.store.answers:
        ev.store.answers[key] = _moved(ev, figure_id)
    found: list[Moved] = ev.store.answers[key]
    return found


def _moved(ev: Evaluator, figure_id: str) -> list[Moved]:
    now = ev.values(figure_id)
    if now[0].value is None or not now[0].rank or figure(figure_id).op == "events_by":
        return []
    datasets = set(figure(figure_id).datasets)
    days = sorted(
        {date.fromisoformat(f.vintage) for f in ev.store.manifest.files if f.dataset in datasets}
    )
    for day in (d for d in days if d <= ev.as_of):
        then = ev.at(day).values(figure_id)
        if then[0].value is None:
            continue
        if then[0].edition == now[0].edition:
            return []
        return sorted(_pairs(then, now), key=lambda m: (-abs(m.then.rank - m.now.rank), m.now.rank))
    return []


def _pairs(then: list[FigureValue], now: list[FigureValue]) -> Iterator[Moved]:
    ranked = {v.area: v for v in now}
    for before in then:
        after = ranked.get(before.area)
        if after is None or after.rank == before.rank:
            continue
        if min(before.rank, after.rank) <= FIRST:
            yield Moved(before.area, before, after)


def rank_note(page: Page, figure_id: str) -> RichText:
    """Return the place whose rank the editions tell most differently; empty where none does."""
    found = moved(page.ev, figure_id)
    if not found:
        return ()
    now, before = found[0].now, found[0].then
    apart = page.words.digits_apart(now.value or 0.0, before.value or 0.0, now.unit)
    return page.say("ranks.moved" if apart else "ranks.moved_alike", now=now, before=before)
