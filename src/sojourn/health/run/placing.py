"""The places of a question and of the asker's own numbers: known, single, told once, and used."""

from collections.abc import Sequence
from dataclasses import replace

from sojourn.errors import SimulateError, UnknownArea
from sojourn.health.engine.question import CORRIDOR, Own, Question
from sojourn.vocab.area import AREAS
from sojourn.vocab.place import area_id


def placed(question: Question) -> Question:
    """Return a question whose places are area ids.

    Raises
    ------
    UnknownArea
        A place is neither a code nor a name.
    """
    origins, destinations = (
        tuple(_area(text, f"{question.id}: {end}") for text in getattr(question, end))
        for end in ("origins", "destinations")
    )
    own = tuple(placed_own(o, question.id) for o in question.own)
    found = replace(question, own=own, origins=origins, destinations=destinations)
    _check_places(found)
    _check_own(found)
    return found


def placed_own(own: Own, where: str) -> Own:
    """Return a number of the asker's whose places are area ids.

    Raises
    ------
    UnknownArea
        A place is neither a code nor a name.
    """
    at = f"{where}: own {own.what}"
    area, origin, destination = (
        _area(text, at) if text else "" for text in (own.area, own.origin, own.destination)
    )
    return replace(own, area=area, origin=origin, destination=destination)


def _area(text: str, where: str) -> str:
    try:
        return area_id(text)
    except UnknownArea as error:
        raise UnknownArea(f"{where}: {error.problem}", hint=error.hint) from None


def concerns(question: Question, own: Own) -> bool:
    """Whether a number of the asker's is about a place or corridor of a question, both placed."""
    if own.what in CORRIDOR:
        there = not question.origins or own.origin in question.origins
        return there and own.destination in question.destinations
    return not question.origins or own.area in (*question.origins, *question.destinations)


def with_rows(
    questions: Sequence[Question], rows: Sequence[Own], where: str
) -> tuple[Question, ...]:
    """Return placed questions, each with the numbers of a file that concern it.

    Raises
    ------
    SimulateError
        A number concerns none of them, or one is told twice.
    UnknownArea
        A place is neither a code nor a name.
    """
    own = [placed_own(o, where) for o in rows]
    for one in own:
        if not any(concerns(q, one) for q in questions):
            raise _idle(one, where)
    found = tuple(replace(q, own=(*q.own, *(o for o in own if concerns(q, o)))) for q in questions)
    for one_question in found:
        _check_own(one_question)
    return found


def _check_own(question: Question) -> None:
    """Refuse two numbers for one thing, and a number that the question would not use.

    Raises
    ------
    SimulateError
        Before anything is read from the store.
    """
    told = dict[tuple[str, ...], Own]()
    for own in question.own:
        if not concerns(question, own):
            raise _idle(own, question.id)
        key = (own.what, own.area, own.origin, own.destination)
        if key in told:
            first = told[key]
            raise SimulateError(
                f"{question.id}: own {own.what} of {_of(own)} is told twice: {first.value:g} "
                f"({first.source}, {first.year}) and {own.value:g} ({own.source}, {own.year})",
                hint="keep one: which of two numbers is right is yours to say",
            )
        told[key] = own


def _idle(own: Own, where: str) -> SimulateError:
    return SimulateError(
        f"{where}: own {own.what} of {_of(own)} is about no place or corridor that is asked about",
        hint="it would change nothing: name an origin or a destination of the question, or take it out",
    )


def _of(own: Own) -> str:
    names = [AREAS[a].names["en"] for a in (own.area, own.origin, own.destination) if a in AREAS]
    return " to ".join(names)


def _check_places(question: Question) -> None:
    """Refuse groups of countries, a place that is named twice, and one at both ends.

    Raises
    ------
    SimulateError
        Before anything is read from the store.
    """
    for end in ("origins", "destinations"):
        places: tuple[str, ...] = getattr(question, end)
        for area in places:
            known = AREAS.get(area)
            if known is None or known.kind != "country":
                name = area if known is None else f"{known.names['en']} ({area})"
                raise SimulateError(
                    f"{question.id}: {end}: {name} is no single country",
                    hint='name each country: ["IND", "PAK"]; without origins, all of them',
                )
            if places.count(area) > 1:
                raise SimulateError(
                    f"{question.id}: {end}: {AREAS[area].names['en']} ({area}) is named twice",
                    hint="a country counts once, whatever it is called: take one out",
                )
    both = [a for a in question.origins if a in question.destinations]
    if both:
        raise SimulateError(
            f"{question.id}: {AREAS[both[0]].names['en']} ({both[0]}) is origin and destination",
            hint="arrivals come from another country: take it out of one of the two",
        )
