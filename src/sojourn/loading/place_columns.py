"""Columns of years and places in a table that nobody has declared, and how the places are coded."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from sojourn.loading.coded_columns import sex_of
from sojourn.terminal.one_line import OneLine
from sojourn.vocab.area import AREAS, plain

MOST_PLACES = 12  # that no list knows and the draft asks for one by one
MOST = 0.6  # share of the cells that must look alike
_PERIOD = re.compile(r"(?:19|20)\d\d(?:\.0|\s?[-–/]\s?(?:19|20)?\d\d|-?[QM]?\d{1,2})?")
_ORIGIN = re.compile(r"(?i)origin|citizen|birth|\bfrom\b|nationality")
_NOTE = re.compile(r"\s*(\(\w{1,2}\)|\[\w{1,2}\])$")
#: Labels that name no one place, to the code of what they say, if it has one.
_NO_PLACE = {"unknown": "UNK", "not stated": "UNK", "other": "", "others": "", "stateless": "XXA"}


@dataclass(frozen=True, slots=True)
class Keys(OneLine):
    """What names the rows of a table.

    Attributes
    ----------
    roles : mapping of role to heading
        ``year``, ``area``, ``origin`` and their names.
    codings : mapping of role to coding
    unknown : mapping of role to label to code
        Places that no list knows, a dozen at most; blank where only a person knows the code.
    notes_in : bool
        Whether marks of notes stand behind names of places.
    """

    roles: Mapping[str, str]
    codings: Mapping[str, str]
    unknown: Mapping[str, Mapping[str, str]]
    notes_in: bool


def keys_of(titles: Sequence[str], cells: Mapping[int, list[str]], *, panel: bool) -> Keys:
    """Return the headings of year and places; of a panel the years stand across.

    Examples
    --------
    >>> found = keys_of(["Citizenship", "Year"], {0: ["FRA", "DEU"], 1: ["2014", "2015"]}, panel=False)
    >>> dict(found.roles), dict(found.codings)
    ({'year': 'Year', 'origin': 'Citizenship'}, {'origin': 'iso3'})
    """
    roles: dict[str, str] = {}
    coded: list[tuple[int, int, str]] = []
    for c, held in cells.items():
        if not panel and "year" not in roles and share(held, lambda x: bool(_PERIOD.fullmatch(x))):
            roles["year"] = titles[c]
        elif (coding := _coding(held)) is not None:
            coded.append((list(_lists()).index(coding), c, coding))
    codings: dict[str, str] = {}
    unknown: dict[str, Mapping[str, str]] = {}
    notes_in = False
    for _, c, coding in sorted(coded):
        role = "origin" if _ORIGIN.search(titles[c]) else "area"
        if role not in roles:
            roles[role], codings[role] = titles[c], coding
            names = dict.fromkeys(map(_bare, cells[c]))
            strange = {x: _code(x) for x in names if not _known(x, coding)}
            unknown |= {role: strange} if 0 < len(strange) <= MOST_PLACES else {}
            notes_in |= any(_NOTE.search(x) for x in cells[c])
        elif coding == "name":
            roles.setdefault("name" if role == "area" else "origin_name", titles[c])
    return Keys(roles, codings, unknown, notes_in)


def _bare(label: str) -> str:
    """Return the name of a place without the mark of a note behind it."""
    return _NOTE.sub("", label)


def _spelt(label: str, coding: str) -> str:
    """Return a label as the lists have it."""
    return plain(label).casefold() if coding == "name" else label


def _known(label: str, coding: str) -> bool:
    return _spelt(label, coding) in _lists()[coding]


def _code(label: str) -> str:
    """Return the code of a label that is no place: all, unknown; blank where it does not say it."""
    return "_T" if sex_of(label) == "_T" else _NO_PLACE.get(label.casefold(), "")


def share(held: Sequence[str], fits: Callable[[str], bool]) -> bool:
    """Whether most of the cells fit.

    >>> share(["1", "2", "x"], str.isdecimal), share([], str.isdecimal)
    (True, False)
    """
    return bool(held) and sum(map(fits, held)) >= MOST * len(held)


def _coding(held: Sequence[str]) -> str | None:
    """Return how the places of a column are coded; None where they are none."""
    bare = [x for x in map(_bare, held) if x.casefold() not in _NO_PLACE and not sex_of(x)]
    for coding in _lists():
        if share([_spelt(x, coding) for x in bare], _lists()[coding].__contains__):
            return coding
    return None


@cache
def _lists() -> Mapping[str, frozenset[str]]:
    """Return what places are called in each coding, best first."""
    areas = list(AREAS.values())
    return MappingProxyType(
        {
            "iso3": frozenset(a.iso3 for a in areas if a.iso3),
            "m49": frozenset(a.area_id for a in areas if a.area_id.isdigit()),
            "iso2": frozenset(a.iso2 for a in areas if a.iso2),
            "name": frozenset(plain(a.names["en"]).casefold() for a in areas),
        }
    )
