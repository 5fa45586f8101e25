"""The one grammar of areas: what a person may type for a place, in every command and in Python.

An id or M49 number (``276``, ``4``), an ISO code (``DEU``, ``DE``), a name in any language of the
United Nations (``Allemagne``), the id or name of a group (``EU28``, ``SRB_WITH_KOSOVO``), a group
with its edition or day (``903@2019-09-17``, ``WB_HIGH@FY17``, ``EU@2010``), or several joined by
``+`` (``DEU+FRA``). Short and former names (``UAE``, ``Holland``) are those of `other_names`. A name
is never guessed: what is nearly one, or means several places, is an error that names the right ones.

Examples
--------
>>> area_id("DEU"), area_id(276), area_id("4"), area_id("Allemagne"), area_id("_T")
('276', '276', '004', '276', '_T')
>>> place("EU-28").id, place("DEU+FRA").members(2015)
('EU28', ('276', '250'))
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import cache
from types import MappingProxyType

from sojourn.errors import ForbiddenSum, HarmonizeError, UnknownArea
from sojourn.terminal.nearest import near
from sojourn.vocab.area import AREAS, aliases, known_code
from sojourn.vocab.group import Group, Membership, groups, named_group
from sojourn.vocab.other_names import OtherName, instead, other_names
from sojourn.vocab.short_names import short_names
from sojourn.vocab.table import words

Groups = Mapping[str, Group]
HOW = (
    "give an ISO code (DEU), an M49 number (276), a name, 900 or World for the world, or _T for "
    "all places; `sojourn areas WORD` searches"
)


@dataclass(frozen=True, slots=True)
class Place:
    """An area or a group that was asked for.

    Attributes
    ----------
    id : str
        What stands for it in a table: the area id, or the id of the group.
    printed : str
        The area id that publishers may print it under; empty when it is only composed.
    group : Group or None
        Its members, when it has any.
    """

    id: str
    printed: str
    group: Group | None = None

    def members(self, year: int) -> tuple[str, ...]:
        """Return the members on the last day of a year; the area itself when it is no group."""
        if self.group is None:
            return (self.printed,)
        return self.group.on(date(year, 12, 31))

    def name(self, language: str = "en") -> str:
        """Return its name in a language, in English where there is none."""
        if self.id == "_T":
            return words()["_T"].get(language) or words()["_T"]["en"]
        names = self.group.names if self.group is not None else AREAS[self.printed].names
        return names.get(language) or names["en"]

    @property
    def is_country(self) -> bool:
        """Whether it is one country or area, not a group of them."""
        return self.printed in AREAS and not AREAS[self.printed].is_aggregate


def place(given: str | int, own: Groups | None = None) -> Place:
    """Return what somebody means by the name, code or number of an area or group.

    Parameters
    ----------
    own : mapping of str to Group, optional
        Somebody's own groups; their ids stand before all others.

    Raises
    ------
    UnknownArea
        Nothing is called so; the hint names the nearest.
    ForbiddenSum
        Several were joined by ``+`` and some area is in two of them.
    HarmonizeError
        What follows ``@`` is no edition, day or fiscal year of the group.
    """
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise UnknownArea(f"{given!r} is no area", hint=HOW)
    text = f"{given:03d}" if isinstance(given, int) else " ".join(given.split())
    if own and text in own:
        return Place(text, own[text].composes, own[text])
    if "+" in text and text not in AREAS:
        return _joined(text, own)
    found = _known(text) or (_grouped(text, own) if "@" in text else None)
    if found is not None:
        return found
    if (word := _unclear().get(spelt(text))) is not None:
        why, hint = instead(word, {i: _label(i, own) for i in word.ids})
        raise UnknownArea(f"{given!r} {why}", hint=hint)
    raise UnknownArea(
        f"{given!r} is neither a code nor a name of an area", hint=_nearest(text, own)
    )


def area_id(given: str | int) -> str:
    """Return the id of one area that publishers may print, by code or name.

    Raises
    ------
    UnknownArea
        Nothing is called so, or it is a group that nobody prints.
    """
    found = place(given)
    if not found.printed:
        raise UnknownArea(
            f"{found.id} is a group that no publisher prints",
            hint=f"`sojourn table MEASURE --area {found.id}` composes it of its members",
        )
    return found.printed


def _known(text: str) -> Place | None:
    if text.startswith("_") and len(text) == 2:
        return Place(text, text)
    if text in groups():
        return _of_group(groups()[text])
    code = _coded(text)
    if code is None and spelt(text) not in _unclear():
        code = _called().get(folded(text)) or _called().get(spelt(text))
    if code is None:
        return None
    return _of_group(groups()[code]) if code in groups() else _of_area(code)


def _of_group(group: Group) -> Place:
    return Place(group.id, group.composes, group)


@cache
def _composed_areas() -> Mapping[str, Group]:
    return MappingProxyType({g.composes: g for g in groups().values() if g.composes})


def _of_area(code: str) -> Place:
    group = _composed_areas().get(code) or named_group(code)
    return Place(code, code, group)


def _coded(text: str) -> str | None:
    if text in AREAS:
        return text
    if text.isdecimal() and text.isascii():
        return text.zfill(3) if text.zfill(3) in AREAS else None
    for scheme in ("m49", "iso3", "iso2", "eurostat"):
        for spelling in (text, text.upper()):
            if (found := known_code(spelling, scheme)) is not None:
                return found
    return text.upper() if text.upper() in AREAS else None


def _grouped(text: str, own: Groups | None) -> Place | None:
    base, _, pin = text.partition("@")
    known = own is not None and base.strip() in own
    id_ = base.strip() if known else place(base, own).id
    group = named_group(f"{id_}@{pin.strip()}", own)
    if group is None:
        raise HarmonizeError(
            f"{text}: {place(base, own).name()} is no group with editions",
            hint="for instance EU@2010, 903@2019-09-17, WB_HIGH@FY17",
        )
    return Place(group.id, "", group)


def _languages(parts: Sequence[Place]) -> list[str]:
    """Return the languages in which one of the places has a name."""
    every = (AREAS[p.printed].names if p.group is None else p.group.names for p in parts)
    return list(dict.fromkeys(language for names in every for language in names))


def _joined(text: str, own: Groups | None) -> Place:
    exact = _called().get(folded(text))
    if exact is not None:
        return _of_group(groups()[exact]) if exact in groups() else _of_area(exact)
    parts = [place(part, own) for part in text.split("+")]
    refuse_overlap(parts, date.today().year)  # noqa: DTZ011 - members of now; asked again by year
    if any(p.id == "_T" for p in parts):
        raise UnknownArea(f"{text}: _T is all places together", hint="join areas or groups")
    names = {k: " + ".join(p.name(k) for p in parts) for k in _languages(parts)}
    label = "+".join(p.id for p in parts)
    if any(p.group is not None and p.group.dated for p in parts):

        def rule(day: date) -> tuple[str, ...]:
            refuse_overlap(parts, day.year)
            return tuple(a for p in parts for a in p.members(day.year))

        return Place(label, "", Group(id=label, names=names, source="joined as asked", rule=rule))
    members = tuple(Membership(a) for p in parts for a in p.members(2015))
    made = Group(id=label, names=names, source="joined as asked", members=members)
    return Place(label, "", made)


def refuse_overlap(places: Sequence[Place], year: int) -> None:
    """Refuse places that share an area in a year: their sum would count it twice.

    Raises
    ------
    ForbiddenSum
        Naming the area and the two that hold it.
    """
    seen: dict[str, Place] = {}
    for one in places:
        for area in one.members(year):
            if area in seen:
                raise ForbiddenSum(
                    f"{seen[area].name()} and {one.name()} overlap: {AREAS[area].names['en']} "
                    "would be counted twice",
                    hint="show them as rows of their own, or name areas that do not overlap",
                )
            seen[area] = one


# ------------------------------------------------------------------------------ names


def folded(text: str) -> str:
    """Return a name without case, accents and signs, as names are compared.

    Examples
    --------
    >>> folded("Côte d’Ivoire")
    "cote d'ivoire"
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(kept.replace("’", "'").replace("–", "-").split())


def spelt(text: str) -> str:
    """Return a folded name without its article, with ``and`` and ``saint`` written out.

    Examples
    --------
    >>> spelt("The Bahamas"), spelt("St. Kitts & Nevis")
    ('bahamas', 'saint kitts and nevis')
    """
    plain = re.sub(r"\bst\b\.?", "saint", folded(text).replace("&", " and "))
    return " ".join(plain.removeprefix("the ").split())


@cache
def _unclear() -> Mapping[str, OtherName]:
    """Return the declared words that are no one place, by their spelling."""
    words = {spelt(o.name): o for o in other_names().values() if o.kind != "name"}
    return MappingProxyType(words)


_RANK = {"country": 0, "historical": 1, "residual": 3}


Rank = tuple[int, int, str]


@cache
def _called() -> Mapping[str, str]:
    """Folded names to area or group ids; a name of two areas is that of the first in rank."""
    found: dict[str, tuple[Rank, str]] = {}
    for label, code, rank in (*_area_names(), *_alias_names(), *_group_names()):
        key = folded(label)
        if key and (key not in found or rank < found[key][0]):
            found[key] = (rank, code)
    return MappingProxyType({key: code for key, (_, code) in found.items()})


def _area_names() -> Iterator[tuple[str, str, Rank]]:
    for code, area in AREAS.items():
        printed = 0 if len(code) == 3 and code[0] == "9" else 1  # UN DESA's own aggregates first
        for label in area.names.values():
            yield label, code, (_RANK.get(area.kind, 2), printed, code)
        if code.startswith("WHO_") and area.is_aggregate:
            letters = code.removeprefix("WHO_")
            yield from ((label, code, (2, 1, code)) for label in (letters, letters[:3]))
    for (code, _), label in short_names().items():
        yield label, code, (0, 1, code)
    for other in other_names().values():
        if other.kind == "name":
            yield from ((o, other.ids[0], (3, 0, "")) for o in {other.name, spelt(other.name)})


def _alias_names() -> Iterator[tuple[str, str, Rank]]:
    """Spellings of publishers that mean one area whoever prints them and whenever."""
    labels: dict[str, set[str]] = {}
    for alias in aliases():
        labels.setdefault(folded(alias.label), set()).add(
            alias.area_id if alias.holds(None) else ""
        )
    for label, codes in labels.items():
        if len(codes) == 1 and "" not in codes:
            yield label, min(codes), (4, 0, min(codes))


def _group_names() -> Iterator[tuple[str, str, Rank]]:
    for group in groups().values():
        yield from ((label, group.id, (0, 0, group.id)) for label in group.also)
        yield from ((label, group.id, (1, 0, group.id)) for label in group.names.values())
        yield group.id, group.id, (1, 0, group.id)


_ALIKE = 0.8  # a slip of the pen; less alike is another word (Batavia, Latvia)


def _slips(text: str, known: Mapping[str, str]) -> list[str]:
    """Return the known names that a word is a slip of: the most alike, and none much less alike.

    >>> _slips("holand", {"poland": "616", "holland": "528"})
    ['holland']
    """
    found = near(text, known, most=3, cutoff=_ALIKE)
    alike = [SequenceMatcher(None, name, text).ratio() for name in found]
    return [name for name, ratio in zip(found, alike, strict=True) if ratio > alike[0] - 0.03]


def _nearest(text: str, own: Groups | None) -> str:
    known = dict(_called()) | {folded(g): g for g in own or {}}
    found = [*_holding(folded(text), known), *_slips(folded(text), known)]
    ids = list(dict.fromkeys(known[n] for n in found))[:3]
    if not ids:
        return HOW
    return "did you mean " + " or ".join(f"{i} ({_label(i, own)})" for i in ids) + "?"


def _holding(text: str, known: Mapping[str, str]) -> list[str]:
    """Return the known names that hold each of the words, or words that begin so; short names first.

    Examples
    --------
    >>> _holding("bosnia", {"bosnia and herzegovina": "070", "georgia": "268"})
    ['bosnia and herzegovina']
    """
    asked = re.findall(r"\w+", text)
    if not asked or max(map(len, asked)) < 3:
        return []
    found = []
    for name, code in known.items():
        words = re.findall(r"[^\W_]+", name)
        if all(any(w.startswith(a) for w in words) for a in asked):
            group = code not in AREAS or AREAS[code].is_aggregate
            found.append((group, len(words), name))
    return [name for *_, name in sorted(found)]


def _label(code: str, own: Groups | None) -> str:
    group = (own or {}).get(code) or groups().get(code)
    return group.names["en"] if group is not None else AREAS[code].names["en"]


__all__ = ["Place", "area_id", "folded", "place", "refuse_overlap", "spelt"]
