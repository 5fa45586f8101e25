"""The terms that a file prints, and whether a declaration allows more than they do."""

import re

from sojourn.errors import BadDeclaration
from sojourn.sources.container import Workbook
from sojourn.sources.declaration import Edition

#: Rights that a sentence reserves, in the languages of the United Nations that publishers print here.
_RIGHTS = (
    r"all rights (?:are )?reserved|tous (?:les )?droits (?:sont )?réservés|(?:todos los )?derechos reservados"
    r"|(?:may|must|can) ?not be (?:reproduced|redistributed|republished|copied|sold)"
    r"|no part of [^.]{0,80}\bmay be (?:reproduced|redistributed|copied)"
    r"|not (?:for|to be) (?:re)?distribut|for (?:personal|internal|non-?commercial)[^.]{0,30} (?:use|purposes?) only"
    r"|(?:only )?for non-?commercial (?:use|purposes)"
)
_ALL_RIGHTS = re.compile(_RIGHTS, re.I)
_RESERVED = re.compile(rf"[^.]*(?:{_RIGHTS})[^.]*\.?", re.I)
_OPEN = re.compile(r"(?:creative ?commons|creativecommons\.org/licenses/|\bCC[ -]BY)[^;|]*", re.I)
#: One of these a sheet surely holds that prints either (a look for words costs less than a pattern).
_EITHER = (
    *("reserved", "réservés", "reservados", "not be", "no part of", "distribut", "commercial"),
    *("creative", "cc by", "cc-by"),
)
_CLOSED = re.compile(r"\b(?:NC|ND)\b|non-?commercial|no ?deriv|/by-n[cd]", re.I)
SHEETS = 12


def printed_terms(book: Workbook) -> tuple[str, str]:
    """Return the terms that a file prints, and where; two empty texts when it prints none.

    A line that reserves all rights and then grants a Creative Commons licence grants it.
    """
    reserved = ("", "")
    for sheet in book.sheets[:SHEETS]:
        lines = book.grid(sheet).lines_of_text
        text = "\n".join(lines).lower()
        if not any(word in text for word in _EITHER):
            continue
        for line in lines:
            if (found := _OPEN.search(line)) is not None:
                return found.group(0).strip(), sheet
            if reserved[0] or not _ALL_RIGHTS.search(line):
                continue
            if (found := _RESERVED.search(line)) is not None:
                reserved = (found.group(0).strip(), sheet)
    return reserved


def refuse_wider_terms(book: Workbook, edition: Edition) -> str:
    """Return the terms that a file prints, once they allow what its edition is declared to allow.

    Raises
    ------
    BadDeclaration
        The declaration lets cells be redistributed, and the file reserves its rights.
    """
    said, sheet = printed_terms(book)
    narrow = said and (not _OPEN.search(said) or _CLOSED.search(said))
    if narrow and edition.redistribution == "attribution":
        place = f"{book.name}, sheet {sheet!r}" if sheet else book.name
        raise BadDeclaration(
            f"{place} prints {said!r}; {edition.id} is declared {edition.license!r} "
            f"(redistribution {edition.redistribution!r})",
            hint='declare redistribution = "cited-facts" or "none" for it',
        )
    return said
