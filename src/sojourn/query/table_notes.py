"""What a table says beside its numbers: words that know how they are said in another language."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from sojourn.publish import Number as Counted
from sojourn.publish import catalogue, languages, spoken
from sojourn.vocab.area import AREAS
from sojourn.vocab.meaning import Meaning
from sojourn.vocab.place import Place

if TYPE_CHECKING:
    from sojourn.query.table_model import Number
    from sojourn.store.manifest import LoadedFile

SHOWN = 8  # names listed in one note


class Said(str):
    """Words: as a string they are English, and they know themselves in the other languages.

    Attributes
    ----------
    key : str
        Message of the catalogues that is said; empty for a name or a text kept as data.
    tell : callable
        Gives the words in a language.
    """

    key: str
    tell: Callable[[str], str]

    def __new__(cls, tell: Callable[[str], str], key: str = "") -> Self:
        """Return the English words with what tells them elsewhere."""
        made = super().__new__(cls, tell("en"))
        made.tell, made.key = tell, key
        return made


def told(words: str, language: str) -> str:
    """Return words in a language; as they stand where they are no `Said`.

    Examples
    --------
    >>> told(note("one_table"), "fr")[:29]
    'des mesures ne s’additionnent'
    >>> told("unhcr.population@2024-06-13", "fr")
    'unhcr.population@2024-06-13'
    """
    return words.tell(language) if isinstance(words, Said) else words


def note(key: str, **values: str | int) -> Said:
    """Return a message of the catalogues' room ``table_note``; its values are told with it."""

    def tell(language: str) -> str:
        said = catalogue(language if language in languages() else "en")
        given = {
            name: Counted(said.exact(v, ""), None, v) if isinstance(v, int) else told(v, language)
            for name, v in values.items()
        }
        return spoken(said.rich(f"table_note.{key}", **given))

    return Said(tell, key)


def names(areas: Sequence[str]) -> Said:
    """Return the names of areas, the first of many."""

    def tell(language: str) -> str:
        found = [AREAS[a].names for a in areas[:SHOWN]]
        return ", ".join(n.get(language) or n["en"] for n in found)

    return Said(tell)


def listed(words: Iterable[str], between: str = ", ") -> Said:
    """Return words one after the other, each told in its language."""
    kept = list(words)
    return Said(lambda language: between.join(told(w, language) for w in kept))


def in_language(numbers: Iterable["Number"], language: str) -> list["Number"]:
    """Return the numbers with their notes, cover and what they count as a language says them."""
    if language == "en":
        return list(numbers)
    known: dict[str, str] = {}

    def tell(words: str) -> str:
        if words not in known:
            known[words] = told(words, language)
        return known[words]

    return [
        replace(n, notes=tuple(map(tell, n.notes)), cover=tell(n.cover), says=tell(n.says))
        for n in numbers
    ]


def named(one: Place) -> Said:
    """Return the name of a place."""
    return Said(one.name)


def kept(texts: Mapping[str, str]) -> Said:
    """Return a text kept as data, by language; in English where nobody has written it."""
    return Said(lambda language: texts.get(language) or texts["en"])


def meaning(one: Meaning) -> Said:
    """Return what a publisher means by a code."""
    return kept({"en": one.note, **one.told})


def marks(files: Iterable["LoadedFile"]) -> dict[str, Said]:
    """Return what must be said wherever a number of an edition is shown, by edition."""
    found: dict[str, dict[str, None]] = {}
    for file in files:
        if file.mark:
            found.setdefault(file.edition, {}).update(dict.fromkeys(file.mark.split("; ")))
    return {e: note("of_edition", edition=e, mark=_mark("; ".join(m))) for e, m in found.items()}


def _mark(mark: str) -> Said:
    return Said(
        lambda language: catalogue(language if language in languages() else "en").mark(mark)
    )


def has(key: str, notes: Iterable[str]) -> Said | None:
    """Return the first of the notes that is one message of the catalogues, if any is."""
    return next((n for n in notes if isinstance(n, Said) and n.key == key), None)
