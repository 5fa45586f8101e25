"""What every page bears besides what it says: its own words, and the way to the other languages."""

from collections.abc import Sequence

from sojourn.publish.content import Alternate, PageLabels
from sojourn.publish.text import Catalogue, catalogue, languages


def labels_of(words: Catalogue) -> PageLabels:
    """Return the page's own words in a language.

    Examples
    --------
    >>> labels_of(catalogue("fr")).contents
    'Sommaire'
    """
    return PageLabels(**{f: words.text(f"page.{f}") for f in PageLabels.__dataclass_fields__})


def other_languages(
    language: str, stem: str, known: Sequence[str] | None = None
) -> tuple[Alternate, ...]:
    """Return the same page in the other languages, each at ``stem.CODE.html``.

    Parameters
    ----------
    known : sequence of str, optional
        In which the page is written; all that have words by default.

    Examples
    --------
    >>> [a.href for a in other_languages("en", "page", ("en", "es"))]
    ['page.es.html']
    """
    return tuple(
        Alternate(language=code, name=catalogue(code).text("name"), href=f"{stem}.{code}.html")
        for code in (languages() if known is None else known)
        if code != language
    )
