"""Groups of areas, composed and dated: who is a member on a day.

Groups are data: ``groups.toml`` of the package, a TOML of one's own of the same form, the UN's
regions by edition (``903@2019-09-17``) and the World Bank's income classes by fiscal year
(``WB_HIGH@FY17``). Without an edition or year, UN regions are those of the newest edition, and
income classes those in force on the last day of a number's year.

Examples
--------
>>> eu = groups()["EU"]
>>> len(eu.on(date(2003, 1, 1))), len(eu.on(date(2019, 1, 1))), len(eu.on(date(2020, 12, 31)))
(15, 28, 27)
>>> named_group("WB_HIGH@FY17").on(date(1990, 1, 1))[:2]
('020', '028')
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from sojourn.errors import BadDeclaration, HarmonizeError
from sojourn.terminal.nearest import did_you_mean, nearest_and_all
from sojourn.terminal.typed import NotToml, read_toml
from sojourn.vocab.area import AREAS, by_iso3
from sojourn.vocab.membership import classification, fiscal_years, income_class, shipped
from sojourn.vocab.table import rows_of, words

#: Ids and letters of the World Bank's income classes.
INCOME = {"WB_HIGH": "H", "WB_UPPER_MIDDLE": "UM", "WB_LOWER_MIDDLE": "LM", "WB_LOW": "L"}


@dataclass(frozen=True, slots=True)
class Membership:
    """One member, with the first and last day on which it is one (None: no limit)."""

    area: str
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Return whether the area is a member on a day."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of areas.

    Attributes
    ----------
    composes : str
        Id that publishers print the group under; empty when it is only composed.
    also : tuple of str
        Other spellings that it is asked by.
    source : str
        Who says so.
    members : tuple of Membership
        With their dates; empty when ``rule`` tells them.
    without : tuple of str
        Areas that no member may hold; where a publisher counts one, there is no number.
    rule : callable, optional
        Day → area ids.
    """

    id: str
    names: Mapping[str, str]
    source: str
    composes: str = ""
    also: tuple[str, ...] = ()
    members: tuple[Membership, ...] = ()
    without: tuple[str, ...] = ()
    rule: Callable[[date], tuple[str, ...]] | None = field(default=None, repr=False)

    @property
    def dated(self) -> bool:
        """Whether the members differ by day."""
        return self.rule is not None or any(m.since or m.until for m in self.members)

    def on(self, day: date) -> tuple[str, ...]:
        """Return the area ids of the members on a day.

        Raises
        ------
        HarmonizeError
            The classification says nothing about that day.
        """
        if self.rule is not None:
            return self.rule(day)
        return tuple(m.area for m in self.members if m.holds(day))


def read_groups(text: str, *, where: str, known: Mapping[str, Group]) -> Mapping[str, Group]:
    """Read groups from TOML; ``of`` may name one that stands before it or is known.

    Raises
    ------
    BadDeclaration
        A key nobody knows, a member that is no area, one that stands twice, or no name.
    """
    found: dict[str, Group] = {}
    try:
        content = read_toml(text)
    except NotToml as error:
        raise BadDeclaration(f"{where}: {error}", hint="one table a group: [MY_GROUP]") from None
    for name, entry in content.items():
        try:
            found[name] = _group(name, entry, {**known, **found})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            said = str(error).strip("'\"")
            raise BadDeclaration(
                f"{where}: [{name}]: {said}",
                hint='name_en = "…" and members = ["276", { area = "250", since = 2004-05-01 }]',
            ) from None
    return MappingProxyType(found)


_KEYS = frozenset({"composes", "also", "source", "members", "without", "of", "on"})


def _group(name: str, entry: Mapping[str, object], known: Mapping[str, Group]) -> Group:
    names = {k[5:]: str(v) for k, v in entry.items() if k.startswith("name_")}
    if unknown := [k for k in entry if k not in _KEYS and not k.startswith("name_")]:
        raise ValueError(
            f"unknown key {unknown[0]!r}; {nearest_and_all(unknown[0], [*sorted(_KEYS), 'name_en'])}"
        )
    if "en" not in names:
        raise ValueError("name_en is missing")
    if "of" in entry:
        base, day = str(entry["of"]), entry.get("on")
        if base not in known or not isinstance(day, date):
            meant = "" if base in known else f"; {did_you_mean(base, known)}".rstrip("; ")
            raise ValueError(f"of = {base!r} needs a known group and on = a date{meant}")
        members = tuple(Membership(a) for a in known[base].on(day))
    else:
        listed = entry["members"]
        members = tuple(_member(m) for m in listed)  # type: ignore[attr-defined]  # a TypeError says so
    _whole(members)
    also, without = entry.get("also", ()), entry.get("without", ())
    return Group(
        id=name,
        names=MappingProxyType(names),
        source=str(entry.get("source", "")),
        composes=str(entry.get("composes", "")),
        also=tuple(str(a) for a in also),  # type: ignore[attr-defined]  # a TypeError says so
        members=members,
        without=tuple(str(a) for a in without),  # type: ignore[attr-defined]  # a TypeError says so
    )


def _member(given: object) -> Membership:
    if isinstance(given, str):
        return Membership(given)
    if not isinstance(given, dict) or not {"area"} <= set(given) <= {"area", "since", "until"}:
        raise ValueError(
            f"{given!r} is no member: an area id, or area, since, until{_strange(given)}"
        )
    days = [given.get(k) for k in ("since", "until")]
    if any(d is not None and (not isinstance(d, date) or isinstance(d, datetime)) for d in days):
        raise ValueError(f"{given['area']}: since and until are dates: 2004-05-01, without quotes")
    return Membership(str(given["area"]), *days)


def _strange(given: object) -> str:
    keys = ("area", "since", "until")
    wrong = [k for k in given if k not in keys] if isinstance(given, dict) else []
    return f"; unknown key {wrong[0]!r}: {nearest_and_all(wrong[0], keys)}" if wrong else ""


def _whole(members: tuple[Membership, ...]) -> None:
    """Refuse what would count anybody twice, or nobody."""
    if not members:
        raise ValueError("no member is named")
    seen: dict[str, list[Membership]] = {}
    for m in members:
        area = AREAS.get(m.area)
        if area is None:
            raise ValueError(f"{m.area!r} is no area id (M49 as text: '276')")
        if area.is_aggregate:
            raise ValueError(f"{m.area} ({area.names['en']}) is a group: name its members")
        for other in seen.setdefault(m.area, []):
            first = max(d for d in (m.since, other.since, date.min) if d is not None)
            if m.holds(first) and other.holds(first):
                raise ValueError(f"{m.area} ({area.names['en']}) would be counted twice")
        seen[m.area].append(m)


@cache
def groups() -> Mapping[str, Group]:
    """Return the groups of the package by id: its own table and the income classes."""
    text = files("sojourn.vocab").joinpath("groups.toml").read_text("utf-8")
    own = dict(read_groups(text, where="groups.toml", known={}))
    own |= {name: _income_group(name, None) for name in INCOME}
    return MappingProxyType(own)


def own_groups(path: Path) -> Mapping[str, Group]:
    """Read somebody's own groups from a TOML file.

    Raises
    ------
    BadDeclaration
        The file cannot be read, or a group is not what it should be.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise BadDeclaration(f"{path}: {why}", hint="a TOML file of groups") from None
    return read_groups(text, where=str(path), known=groups())


_PINNED = re.compile(r"(?P<id>\w+)@(?P<pin>.+)")
_FISCAL = re.compile(r"(?:FY)?(\d{2}|\d{4})", re.IGNORECASE)


def named_group(text: str, own: Mapping[str, Group] | None = None) -> Group | None:
    """Return the group of an id, with its edition, day or fiscal year after ``@``; None if none.

    Raises
    ------
    HarmonizeError
        The group is known and what follows ``@`` is not.
    """
    known = {**groups(), **(own or {})}
    pinned = _PINNED.fullmatch(text.strip())
    if pinned is None:
        return known.get(text) or _region(text, "")
    base, pin = pinned["id"], pinned["pin"]
    if base.upper() in INCOME:
        return _income_group(base.upper(), _fiscal_year(base, pin))
    group = known.get(base)
    if group is None:
        return _region(base, pin)
    day = _day(base, pin)
    names = {k: f"{v}, {pin}" for k, v in group.names.items()}
    members = tuple(Membership(a) for a in group.on(day))
    return Group(id=text, names=names, source=group.source, members=members)


def _day(base: str, pin: str) -> date:
    try:
        return date(int(pin), 12, 31) if len(pin) == 4 else date.fromisoformat(pin)
    except ValueError:
        raise HarmonizeError(
            f"{base}@{pin}: {pin!r} is no day", hint=f"{base}@2015 or {base}@2015-06-30"
        ) from None


def _fiscal_year(base: str, pin: str) -> int:
    found = _FISCAL.fullmatch(pin)
    if found is None:
        raise HarmonizeError(
            f"{base}@{pin}: {pin!r} is no fiscal year", hint=f"for instance {base}@FY17"
        )
    year = int(found[1])
    if year < 100:
        year += 1900 if year >= 70 else 2000
    _income_members(INCOME[base], year)  # refused here, where it was typed
    return year


@cache
def _income_members(letter: str, fiscal_year: int) -> tuple[str, ...]:
    found = []
    for iso3 in sorted({row[0] for row in rows_of("income_class.csv")}):
        said = income_class(iso3, fiscal_year)
        if said is not None and said.income_class == letter:
            found.append(by_iso3(iso3).area_id)
    return tuple(sorted(found))


def _income_group(name: str, fiscal_year: int | None) -> Group:
    letter = INCOME[name]

    def rule(day: date) -> tuple[str, ...]:
        if fiscal_year is not None:
            return _income_members(letter, fiscal_year)
        return _income_members(letter, day.year + (day.month >= 7))

    said = "" if fiscal_year is None else f", FY{fiscal_year % 100:02d}"
    names = {language: text + said for language, text in words()[name].items()}
    return Group(
        id=name if fiscal_year is None else f"{name}@FY{fiscal_year % 100:02d}",
        names=names,
        source=f"World Bank, OGHIST, fiscal years {fiscal_years()[0]} to {fiscal_years()[-1]}",
        rule=rule,
    )


@cache
def _region(area_id: str, vintage: str) -> Group | None:
    """Return a UN region or group by the classification of an edition (default: the newest)."""
    editions = [v for name, v in shipped() if name == "undesa.ims"]
    area = AREAS.get(area_id)
    if area is None or not area.is_aggregate:
        return None
    if vintage and not (matching := [v for v in editions if v.startswith(vintage)]):
        raise HarmonizeError(
            f"{area_id}@{vintage}: no classification of that edition is shipped",
            hint=f"there are {', '.join(editions)}",
        )
    chosen = matching[-1] if vintage else editions[-1]
    listed = classification("undesa.ims", chosen).groups.get(area_id)
    if listed is None:
        if vintage:
            raise HarmonizeError(
                f"{area_id} ({area.names['en']}) is no group of UN DESA's edition {chosen}",
                hint="`sojourn areas` lists the groups",
            )
        return None
    return Group(
        id=f"{area_id}@{vintage}" if vintage else area_id,
        names={k: f"{v}, {chosen[:4]}" if vintage else v for k, v in area.names.items()},
        source=f"UN DESA, International Migrant Stock, edition of {chosen}",
        composes="" if vintage else area_id,
        members=tuple(Membership(a) for a in listed),
    )
