"""Questions with several answers, a column for each: every cell is chosen, not chosen, or refused.

Kobo and ODK write 1 and 0, or the choice's name, or its label, as the export was asked for. A text
that says neither (``n/a``) would make a need vanish, so it is refused; so is a row whose columns
contradict the question's own cell beside them.
"""

import re
from collections.abc import Sequence

from sojourn.errors import counted

_CHOSEN = {"1", "1.0", "true", "yes"}
_NOT_CHOSEN = {"", "0", "0.0", "false", "no"}
_NO_ANSWER = {"n/a", "na", "n.a.", "nan", "null", "none", "nil", "-", "--", ".", "?", "unknown"}
_AS_SPACES = str.maketrans(dict.fromkeys(",;|", " "))
_BETWEEN = " ,;|\t\n"
#: Signs of names rather than of words: capitals, digits and hyphens, or words joined by an underscore.
_CODES = re.compile(r"(?:[A-Z][A-Z0-9-]*|\w+_\w+)(?:\s+(?:[A-Z][A-Z0-9-]*|\w+_\w+))*")


class UnclearCell(ValueError):
    """A cell that is neither chosen nor not chosen, or columns that contradict their question."""

    def __init__(self, field: str, found: str, expected: str) -> None:
        super().__init__(found)
        self.field, self.found, self.expected = field, found, expected


def choices_of(
    field: str, cells: Sequence[tuple[str, str, object]], summary: object = None
) -> list[str]:
    """Return the names of the choices that were chosen.

    Parameters
    ----------
    field : str
        Ours, which a refusal names.
    cells : sequence of (choice, header, cell)
    summary : object, optional
        What the question's own cell holds: names or labels of all that were chosen.

    Raises
    ------
    UnclearCell
        A cell says neither, or the columns and the question's own cell contradict each other.
    """
    told = _plain(summary)
    if told in _NO_ANSWER and told not in {_plain(choice) for choice, _, _ in cells}:
        told = ""
    found, labels = list[str](), list[str]()
    for choice, header, cell in cells:
        text = _plain(cell)
        if text in _NOT_CHOSEN and text != _plain(choice):
            continue
        if text not in _CHOSEN and text != _plain(choice):
            if text in _NO_ANSWER or text not in told:
                raise UnclearCell(
                    field,
                    f"{_shown(cell)} in column {header}",
                    "1 where it was chosen and 0 or nothing where not, or the choice's name; "
                    "a label where the question's own column has it too",
                )
            labels.append(text)
        found.append(choice)
    if told:
        _agree(field, told, found, labels, cells)
        if not labels and _CODES.fullmatch(str(summary).translate(_AS_SPACES).strip()):
            _require_names(field, told, cells)
    return found


def _require_names(field: str, told: str, cells: Sequence[tuple[str, str, object]]) -> None:
    """Refuse codes, which no label looks like, that have no column: what they say would vanish."""
    if not _named(told, {_plain(choice) for choice, _, _ in cells})[0]:
        found = "a code in the question's own column that has no column of its own"
        raise UnclearCell(
            field, found, "each code with its column, or a mapping of the question's own column"
        )


def _agree(
    field: str,
    told: str,
    found: Sequence[str],
    labels: Sequence[str],
    cells: Sequence[tuple[str, str, object]],
) -> None:
    """Refuse columns that leave out, or add to, what the question's own cell says."""
    if labels:
        left, said = told, set(told.split())
        for label in sorted(labels, key=len, reverse=True):
            left = left.replace(label, "", 1)
        by_name = said <= {_plain(choice) for choice, _, _ in cells}
        differ = said != {_plain(f) for f in found} if by_name else bool(left.strip(_BETWEEN))
    else:
        named, left = _named(told, {_plain(choice) for choice, _, _ in cells})
        differ = bool(named) and (bool(left) or named != {_plain(f) for f in found})
    if differ or not found:
        raise UnclearCell(
            field,
            f"one answer in the question's own column and {'another' if found else 'nothing chosen'} in the columns of its choices",
            "both saying the same (what they say is withheld: it may be sensitive)",
        )


def _named(told: str, names: set[str]) -> tuple[set[str], str]:
    """Return the choices that a question's own cell names, and what it says beside them."""
    left, named = f" {' '.join(told.translate(_AS_SPACES).split())} ", set[str]()
    for name in sorted(names, key=lambda n: (-len(n), n)):
        words = f" {' '.join(name.translate(_AS_SPACES).split())} "
        if words.strip() and words in left:
            named.add(name)
            left = left.replace(words, " | ")
    return named, left.replace("|", " ").strip()


def require_all(
    field: str, cells: Sequence[tuple[str, str, object]], summary: object, parts: Sequence[str]
) -> None:
    """Refuse a question's own cell that leaves out what the columns of its choices say was chosen.

    Parameters
    ----------
    cells : sequence of (choice, header, cell)
    summary : object
        The question's own cell, which is read.
    parts : sequence of str
        What it was split into.

    Raises
    ------
    UnclearCell
        A choice was chosen by its column, and the question's own cell does not name it.
    """
    told = {_plain(p) for p in parts}
    chosen = [c for c, _, cell in cells if _plain(cell) in {*_CHOSEN, _plain(c)} - {""}]
    if lacking := [c for c in chosen if _plain(c) not in told and _plain(c) not in _plain(summary)]:
        raise UnclearCell(
            field,
            f"{counted(len(lacking), 'choice')} chosen in the columns of its choices, and not in the question's own column",
            "both saying the same (what they say is withheld: it may be sensitive)",
        )


def _shown(cell: object) -> str:
    """Say what a cell holds: a number or what stands for no answer; of words, how many signs they have."""
    text = str(cell).strip()
    if text.casefold() in _NO_ANSWER or text.isdecimal():
        return repr(text)
    return f"a value of {len(text)} characters (withheld: it may be personal)"


def answers(summary: object) -> bool:
    """Whether a question's own cell holds an answer: not empty, not what programs write for none.

    >>> answers("pregnant"), answers("n/a"), answers("")
    (True, False, False)
    """
    return _plain(summary) not in {"", *_NO_ANSWER}


def _plain(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split()).casefold()
