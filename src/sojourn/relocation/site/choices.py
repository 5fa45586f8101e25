"""Questions with several answers, a column for each: every cell is chosen, not chosen, or refused.

Kobo and ODK write 1 and 0, or the choice's name, or its label, as the export was asked for. A text
that says neither (``n/a``) would make a need vanish, so it is refused; so is a row whose columns
contradict the question's own cell beside them.
"""

from collections.abc import Sequence

_CHOSEN = {"1", "1.0", "true", "yes"}
_NOT_CHOSEN = {"", "0", "0.0", "false", "no"}
_NO_ANSWER = {"n/a", "na", "n.a.", "nan", "null", "none", "nil", "-", "--", ".", "?", "unknown"}
_AS_SPACES = str.maketrans(dict.fromkeys(",;|", " "))
_BETWEEN = " ,;|\t\n"


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
                    f"{str(cell).strip()[:40]!r} in column {header}",
                    "1 where it was chosen and 0 or nothing where not, or the choice's name; "
                    "a label where the question's own column has it too",
                )
            labels.append(text)
        found.append(choice)
    if told:
        _agree(field, told, found, labels, cells)
    return found


def _agree(
    field: str,
    told: str,
    found: Sequence[str],
    labels: Sequence[str],
    cells: Sequence[tuple[str, str, object]],
) -> None:
    """Refuse columns that leave out, or add to, what the question's own cell says."""
    names, said = {_plain(choice) for choice, _, _ in cells}, set(told.split())
    named = said <= names
    differ = (named and said != {_plain(f) for f in found}) or (
        not labels and _beyond(told, names, found)
    )
    left = told
    for label in sorted(labels, key=len, reverse=True):
        left = left.replace(label, "", 1)
    forgotten = bool(labels) and not named and bool(left.strip(_BETWEEN))
    if differ or forgotten or not found:
        raise UnclearCell(
            field,
            f"{told[:60]!r} in the question's own column and {', '.join(found) or 'nothing'} chosen in the columns of its choices",
            "both saying the same",
        )


def _beyond(told: str, names: set[str], found: Sequence[str]) -> bool:
    """Whether a question's own cell names what was chosen, and something more that has no column."""
    words = f" {' '.join(told.translate(_AS_SPACES).split())} "
    left = words
    for name in sorted(names, key=len, reverse=True):
        left = left.replace(f" {name} ", " ", 1)
    by_name = any(f" {_plain(f)} " in words for f in found)
    return by_name and bool(left.strip())


def answers(summary: object) -> bool:
    """Whether a question's own cell holds an answer: not empty, not what programs write for none.

    >>> answers("pregnant"), answers("n/a"), answers("")
    (True, False, False)
    """
    return _plain(summary) not in {"", *_NO_ANSWER}


def _plain(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split()).casefold()
