"""Whom to look for, and why, in the language of the page."""

from collections.abc import Iterator

from babel.numbers import format_decimal

from sojourn.relocation.custody.watch import Concern
from sojourn.relocation.desk.pages import states_of, words_of
from sojourn.relocation.run.custody import Alarm


def whom(told: Alarm, language: str, hours: float) -> list[tuple[str, str]]:
    """Return each person to look for, and why."""
    return list(_each(told, language, hours))


def _each(told: Alarm, language: str, hours: float) -> Iterator[tuple[str, str]]:
    w = words_of(language)
    for c in told.concerns:
        yield c.person, _why(c, language, hours)
    for o in told.overdue:
        yield (
            o.person,
            w[f"why_{o.what}"].format(at=f"{o.at:%Y-%m-%d %H:%M}", place=o.expected.place),
        )
    for planned, e in told.elsewhere:
        yield e.person, w["why_elsewhere"].format(where=e.where, place=planned.place)
    for e in told.silent:
        yield e.person, w["why_silent"].format(at=f"{e.moment:%Y-%m-%d %H:%M}")


def _why(concern: Concern, language: str, hours: float) -> str:
    last = concern.last
    state = "" if last is None else states_of(language)[last.state]
    where = "–" if last is None else last.where or "–"
    sentence = words_of(language)[f"why_{concern.why}"]
    told = str(format_decimal(hours, locale=language))
    return sentence.format(state=state, where=where, hours=told)
