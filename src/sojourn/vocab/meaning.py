"""What a publisher means by the code of an area: notes on area and publisher, as data.

Examples
--------
>>> [m.holds for m in meanings("unhcr.population@2024-06-13", "688", 2015)]
[('XKX',)]
>>> meanings("worldbank.wdi@2021-09-15", "688", 2015)
[]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from sojourn.vocab.other_names import OtherName, other_names
from sojourn.vocab.table import rows_of


@dataclass(frozen=True, slots=True)
class Meaning:
    """One note.

    Attributes
    ----------
    publisher : str
        Beginning of the edition's name that it holds for: a publisher, a dataset or an edition.
        A line of the table may name several.
    since, until : int or None
        First and last year of the numbers it holds for; None where there is no limit.
    holds : tuple of str
        Areas whose numbers the publisher counts under this code.
    note : str
        In English.
    told : mapping of str to str
        The note in the other languages it is written in.
    """

    publisher: str
    area_id: str
    since: int | None
    until: int | None
    holds: tuple[str, ...]
    note: str
    told: Mapping[str, str] = field(default_factory=dict, hash=False)


@cache
def noted() -> Sequence[Meaning]:
    """Return every note, in the order of the table."""
    return tuple(
        Meaning(
            publisher,
            area_id,
            int(since) if since else None,
            int(until) if until else None,
            tuple(holds.split()),
            note,
            {"fr": fr, "es": es},
        )
        for publishers, area_id, since, until, holds, note, fr, es in rows_of("meanings.csv")
        for publisher in publishers.split()
    )


def meanings(edition: str, area_id: str, year: int) -> list[Meaning]:
    """Return the notes on an area's code in an edition and a year."""
    return [
        m
        for m in noted()
        if m.area_id == area_id
        and edition.startswith(m.publisher)
        and (m.since is None or m.since <= year)
        and (m.until is None or year <= m.until)
    ]


def held_by(edition: str, area_id: str, year: int) -> frozenset[str]:
    """Return the areas that a publisher counts under a code beside its own."""
    return frozenset(a for m in meanings(edition, area_id, year) for a in m.holds)


def holders(edition: str, year: int) -> dict[str, frozenset[str]]:
    """Return each area whose code counts others too, with those others."""
    areas = {m.area_id for m in noted()}
    found = {a: held_by(edition, a, year) for a in sorted(areas)}
    return {a: held for a, held in found.items() if held}


@cache
def called() -> Mapping[str, tuple[OtherName, ...]]:
    """Return the other names of each place, and the words for which it can be asked instead."""
    found: dict[str, list[OtherName]] = {}
    for one in other_names().values():
        for code in one.ids:
            found.setdefault(code, []).append(one)
    return MappingProxyType({code: tuple(names) for code, names in found.items()})
