"""Codes of needs on two levels: one without a row of its own is read as its main category."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from sojourn.relocation.site.site import NOT_ASKED, Need, Site


def row_of(code: str, known: Collection[str]) -> str | None:
    """Return the code whose row of the needs map is meant; None where not even the main category is there.

    >>> row_of("SC-UC", {"SC", "SM"}), row_of("SM-CI", {"SM", "SM-CI"}), row_of("XX-A", {"SC"})
    ('SC', 'SM-CI', None)
    """
    while code not in known and "-" in code:
        code = code.rpartition("-")[0]
    return code if code in known else None


def with_main_categories(needs: Mapping[str, Need], flags: Iterable[str]) -> dict[str, Need]:
    """Return the needs map with each code that occurs, under its own row or that of its main category."""
    found = set(flags) - needs.keys()
    nothing = {NOT_ASKED: Need(flag=NOT_ASKED, needs=(), tier=3)} if NOT_ASKED in found else {}
    rows = {code: row_of(code, needs) for code in found - {NOT_ASKED}}
    main = {code: needs[row] for code, row in rows.items() if row is not None}
    return {**needs, **main, **nothing}


def not_asked(site: Site) -> int:
    """Return of how many people nobody was asked about needs."""
    return sum(NOT_ASKED in p.flags for p in site.persons)


def read_as_main(site: Site) -> dict[str, int]:
    """Return main categories and how many codes without a row of their own are read as each."""
    codes = {f for p in site.persons for f in p.flags}
    return dict(
        sorted(Counter(site.needs[c].flag for c in codes if site.needs[c].flag != c).items())
    )
