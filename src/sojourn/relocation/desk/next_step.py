"""What to do about an error, for somebody at a page: never a command that only a terminal takes."""

import re
from collections.abc import Mapping

from sojourn.errors import PlanSigned, SojournError

#: What a hint says to a terminal: a command of ours, an option, a setting of its shell.
FOR_A_TERMINAL = re.compile(
    r"(?<![\w-])--[a-z]|\bsojourn [a-z]|\b(relocate|custody) (sign|plan|replan|audit|merge|check|note|void)\b"
    r"|[A-Z]{3,}=|`"
)


def said_at_a_page(error: Exception, words: Mapping[str, str]) -> str:
    """Return what is wrong, and the next step that a page offers; what none offers is for who started the desk.

    >>> words = {"ask_who_started": "Ask who started the desk.", "tick_to_replace": "Tick the box."}
    >>> said_at_a_page(SojournError("no plan", hint="start the desk with --plan PLAN"), words)
    'no plan. Ask who started the desk.'
    >>> said_at_a_page(SojournError("nobody of that name", hint="find again by pseudonym"), words)
    'nobody of that name. find again by pseudonym'
    """
    if not isinstance(error, SojournError):
        return str(error)
    problem, step = error.problem, error.hint
    if isinstance(error, PlanSigned):
        step = words["tick_to_replace"]
    elif FOR_A_TERMINAL.search(step):
        step = words["ask_who_started"]
    return f"{problem.rstrip('.')}. {step}" if step else problem
