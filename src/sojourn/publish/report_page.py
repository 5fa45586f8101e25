"""A report: a document of tables about editions, in one language, dated by the newest of them."""

from collections.abc import Iterable, Sequence
from datetime import date

from sojourn.publish.content import Document, RichText, Section
from sojourn.publish.masthead import labels_of
from sojourn.publish.text import Catalogue
from sojourn.vocab.observation import EditionId


def report(
    words: Catalogue,
    *,
    title: str,
    subtitle: str,
    note: RichText,
    editions: Iterable[str],
    sections: Sequence[Section],
) -> Document:
    """Return a report.

    Parameters
    ----------
    editions : iterable of str
        What it is about; the newest dates it.
    """
    newest = max((EditionId.of(e).vintage for e in editions), default="1900-01-01")
    return Document(
        language=words.language,
        direction="rtl" if words.direction == "rtl" else "ltr",
        title=title,
        subtitle=subtitle,
        notice=words.text("disagreements.notice"),
        edition_note=note,
        dated=date.fromisoformat(newest),
        sections=tuple(sections),
        labels=labels_of(words),
    )
