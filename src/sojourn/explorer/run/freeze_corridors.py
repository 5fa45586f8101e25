"""Corridors of a place as the explorer shows them, for a frozen view."""

from dataclasses import dataclass

from sojourn.errors import NoSuchObservation
from sojourn.explorer.model.cells import Held
from sojourn.explorer.model.link import Link
from sojourn.explorer.run.explorer import asked_first, newest_first
from sojourn.explorer.run.read import Counted, Reading, counted, datasets
from sojourn.vocab.place import area_id

MOST = 20  # drawn, where not all are asked for


@dataclass(frozen=True, slots=True)
class Corridors:
    """The other ends of a place's corridors in one year, the largest first.

    Attributes
    ----------
    way : {"to", "from"}
        Whether the place is where people are, or where they come from.
    left : int
        Corridors above zero that are not among the cells.
    lacking : int
        Corridors of the year that have no number.
    """

    counted: Counted
    place: str
    way: str
    edition: str
    sex: str
    period: str
    cells: list[Held]
    left: int
    lacking: int


def corridors(reading: Reading, main: Counted, edition: str, sex: str, link: Link) -> Corridors:
    """Return the corridors that a link names, of the dataset that has them.

    Parameters
    ----------
    main : Counted
        The measure that the link names; its own dataset need not have corridors.

    Raises
    ------
    NoSuchObservation
        No dataset has corridors of the measure, or none of the places chosen has any.
    """
    way = link.way or ("from" if main.measure.role == "of" else "to")
    one = _having(reading, main, way)
    place = _place(one, main.by_sex[sex].rows(), edition, link)
    listed = one.by_place[place].rows()
    by_edition: dict[str, list[Held]] = {}
    for c in listed:
        by_edition.setdefault(c[0], []).append(c)
    by = "" if sex == "_T" else f"|{sex}"
    newest = sorted(by_edition, key=lambda e: newest_first(e.partition("|")[0]), reverse=True)
    told = [e for e in newest if e.partition("|")[2] == by.removeprefix("|")] or newest
    key = edition + by if edition + by in by_edition else told[0]
    periods = sorted({c[2] for c in listed})
    period = link.period if link.period in periods else periods[-1]
    held = [c for c in by_edition[key] if c[2] == period]
    year = [c for c in held if c[3] is not None and c[3] > 0]
    lacking = sum(c[3] is None for c in held)
    year.sort(key=lambda c: (-(c[3] or 0), c[1]))
    kept = year if link.every else year[:MOST]
    if not kept:
        raise NoSuchObservation(
            f"no corridor of {link.measure} with {place} has a number in {period}",
            hint=f"there are: {', '.join(periods[-12:])}",
        )
    named, _, told_sex = key.partition("|")
    sex = told_sex or "_T"
    left = len(year) - len(kept)
    return Corridors(one, place, way, named, sex, period, kept, left, lacking)


def _having(reading: Reading, main: Counted, way: str) -> Counted:
    """Return the measure with corridors: of the same dataset, else of the first one asked."""
    own, indicator = main.measure.dataset, main.measure.indicator
    listed = [(own, indicator), *asked_first(reading.store, indicator)]
    listed += [pair for pair in datasets(reading) if pair[1] == indicator]
    held = set(datasets(reading))
    role = "of" if way == "from" else "at"
    for dataset, name in dict.fromkeys(pair for pair in listed if pair in held):
        for one in counted(reading, dataset, name):
            same = (one.measure.age, one.measure.variant) == (
                main.measure.age,
                main.measure.variant,
            )
            if one.by_place and one.measure.role == role and same:
                return one
    raise NoSuchObservation(
        f"{main.measure.id}: no loaded edition has its corridors {way} a place",
        hint="choose another view: t=map, t=trend, t=ranking or t=table",
    )


def _place(one: Counted, cells: list[Held], edition: str, link: Link) -> str:
    """Return the first chosen place that has corridors; where none is chosen, the largest."""
    chosen = [area_id(a) for a in link.areas]
    if own := [a for a in chosen if a in one.by_place]:
        return own[0]
    if chosen:
        raise NoSuchObservation(
            f"{one.measure.id}: no corridors of {', '.join(link.areas)}",
            hint="leave a= out for the largest place",
        )
    year = [
        c
        for c in cells
        if c[0] == edition and c[2] == link.period and c[1] in one.by_place and c[3]
    ]
    return str(max(year, key=lambda c: (c[3], c[1]))[1]) if year else min(one.by_place)
