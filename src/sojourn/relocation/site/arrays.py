"""Several choices as a program prints a list of texts: ``["a", "b"]``, Ruby's way and JSON's.

Primero writes a question with several answers into its CSV like this. Every part is a choice, or
the cell is refused: nothing between two brackets may vanish.
"""

import re

from sojourn.relocation.site.choices import UnclearCell

_PART = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(-?[0-9]+(?:\.[0-9]+)?|nil|null))\s*', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_NONE = re.compile(r'\s*(\[\s*((""|nil|null)\s*(,\s*|(?=\])))*\])?\s*')
_MEANT = {"n": "\n", "t": "\t", "r": "\r", "e": "\x1b", "b": "\b", "f": "\f"}


def is_array(cell: object) -> bool:
    """Whether a cell is the printed form of a list."""
    return isinstance(cell, str) and cell.strip()[:1] == "[" and cell.strip()[-1:] == "]"


def says_nothing(cell: object) -> bool:
    """Whether a cell is empty, or the printed form of a list that is."""
    return cell is None or (isinstance(cell, str) and _NONE.fullmatch(cell) is not None)


def parts_of(field: str, text: str) -> list[str]:
    r"""Return the parts of a printed list; what is empty or ``nil`` is no choice.

    Raises
    ------
    UnclearCell
        It is not a list of texts and numbers.

    Examples
    --------
    >>> parts_of("flags", r'["Unaccompanied", "Trafficked, sold", "a \"b\"", nil]')
    ['Unaccompanied', 'Trafficked, sold', 'a "b"']
    """
    inside = text.strip()[1:-1]
    found, at = list[str](), 0
    while inside.strip():
        part = _PART.match(inside, at)
        if part is None or inside[part.end() : part.end() + 1] not in ("", ","):
            raise UnclearCell(
                field,
                f"a printed list that cannot be followed from character {at + 2} on",
                'texts in quotation marks with commas between them, as in ["a", "b"]',
            )
        if part[1] is not None:
            found.append(_ESCAPE.sub(_meant, part[1]).strip())
        elif part[2] not in ("nil", "null"):
            found.append(part[2])
        if part.end() == len(inside):
            break
        at = part.end() + 1
    return [p for p in found if p]


def _meant(escape: re.Match[str]) -> str:
    """Return the character that an escape stands for."""
    code = escape[1] or escape[2]
    if code and int(code, 16) <= 0x10FFFF:
        return chr(int(code, 16))
    return _MEANT.get(escape[3] or "", escape[3] or "")
