"""Texts that declarations and reasons write in English, recognised to be told in a language."""

import re
from collections.abc import Mapping

#: A value of a message, or the words that a number asks for.
PLACEHOLDER = re.compile(r"\{(\w+)\}|\{(\w+)((?:#\w+:[^#{}]*)+)\}")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"(?:(?P<day>\d{{1,2}}) )?(?P<month>{_MONTHS}) (?P<year>\d{{4}})")


def forms(messages: Mapping[str, str], room: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the messages of a room with what recognises each, in their order."""
    return tuple(
        (key, _recogniser(text)) for key, text in messages.items() if key.startswith(f"{room}.")
    )


def _recogniser(message: str) -> re.Pattern[str]:
    parts = PLACEHOLDER.split(message)
    return re.compile(
        "".join(
            re.escape(part or "")
            if i % 4 == 0
            else f"(?P<{part}>.+?)"
            if i % 4 == 1 and part
            else _either(part)
            if i % 4 == 3 and part
            else ""
            for i, part in enumerate(parts)
        )
    )


def _either(chosen: str) -> str:
    """Return what recognises any of the words that a number asks for."""
    words = (re.escape(one.split(":", 1)[1]) for one in chosen[1:].split("#"))
    return f"(?:{'|'.join(words)})"


def day_in(text: str) -> str:
    """Return a day or a month as YYYY-MM-DD or YYYY-MM: given so, or in English words; else empty.

    Examples
    --------
    >>> day_in("13 May 2025"), day_in("December 2023"), day_in("2025")
    ('2025-05-13', '2023-12', '')
    """
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return text
    if not (found := _DAY.fullmatch(text)):
        return ""
    month = f"{found['year']}-{_MONTHS.split('|').index(found['month']) + 1:02}"
    return f"{month}-{int(found['day']):02}" if found["day"] else month
