"""Areas: countries, historical areas, groups and residuals, with their codes and UN names.

An area is found by a code (`from_code`) or by a spelling that is written down (`resolve`), never
by likeness: a label that is not in the table is an error, and the hint is for a human to read.
A historical area is an area of its own; nothing maps it to a successor. Where the table comes
from is told in ``areas.README.md`` beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Literal
from unicodedata import is_normalized, normalize

from sojourn.errors import UnknownArea
from sojourn.terminal.nearest import did_you_mean
from sojourn.vocab.membership import income_class, members
from sojourn.vocab.table import by_language, records_of, rows_of

__all__ = [
    "AREAS",
    "LANGUAGES",
    "SCHEMES",
    "Alias",
    "Area",
    "aliases",
    "by_iso3",
    "from_code",
    "income_class",
    "members",
    "name",
    "plain",
    "resolve",
    "resolve_many",
]

Kind = Literal[
    "country",
    "historical",
    "region",
    "development_group",
    "income_group",
    "other_group",
    "residual",
]
Language = Literal["en", "fr", "es", "ar", "ru", "zh"]

#: The official languages of the United Nations, in the order of the columns of the table.
LANGUAGES: tuple[Language, ...] = ("en", "fr", "es", "ar", "ru", "zh")

#: Publisher of the spellings that hold for everyone.
EVERYONE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area, as the United Nations name and number it.

    Attributes
    ----------
    area_id : str
        Stable id: M49 as text of three digits, the publisher's location code for aggregates
        (``900`` is the world), a documented id where there is neither (``XKX``, ``XXA``).
    kind : str
        ``country`` (countries and areas), ``historical``, ``region``, ``development_group``,
        ``income_group``, ``other_group`` or ``residual`` (origin not stated, stateless).
    m49, iso3, iso2 : str
        Codes; empty where there is none.
    names : mapping of str to str
        UN short names by language; a language without a name is absent.
    valid_from, valid_to : date or None
        First and last day on which the area existed; ``None`` where no limit is recorded.
    region, subregion, intermediate : str
        Area ids of the M49 geographic regions; empty for groups.
    latitude, longitude : float or None
        A point inside the area [degrees], for labels and markers.
    note : str
        What a reader of a figure should know.
    """

    area_id: str
    kind: Kind
    m49: str
    iso3: str
    iso2: str
    names: Mapping[str, str]
    valid_from: date | None
    valid_to: date | None
    region: str
    subregion: str
    intermediate: str
    latitude: float | None
    longitude: float | None
    note: str

    @property
    def is_aggregate(self) -> bool:
        """Whether the area is a group of others, which is never added to its members."""
        return self.kind in {"region", "development_group", "income_group", "other_group"}

    def existed_on(self, day: date) -> bool:
        """Return whether the area existed on a day.

        Publishers recast series to present borders (Serbia 1990): validity informs a reader, it
        is no filter.
        """
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)

    def existed_in(self, year: int) -> bool:
        """Return whether the area existed on any day of a year.

        Examples
        --------
        >>> AREAS["736"].existed_in(2011), AREAS["729"].existed_in(2011)
        (True, True)
        >>> AREAS["736"].existed_in(2012), AREAS["729"].existed_in(2010)
        (False, False)
        """
        begun = self.valid_from is None or self.valid_from.year <= year
        return begun and (self.valid_to is None or year <= self.valid_to.year)


class _Areas(Mapping[str, Area]):
    """The table, read when it is first asked for."""

    def __getitem__(self, area_id: str) -> Area:
        return _areas()[area_id]

    def __iter__(self) -> Iterator[str]:
        return iter(_areas())

    def __len__(self) -> int:
        return len(_areas())


#: Every area by its id.
AREAS: Mapping[str, Area] = _Areas()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def _areas() -> Mapping[str, Area]:
    areas = {}
    for row in records_of("areas.csv"):
        area_id = row["area_id"]
        areas[area_id] = Area(
            area_id=area_id,
            kind=row["kind"],  # type: ignore[arg-type]  # the test of the table checks the kinds
            m49=row["m49"],
            iso3=row["iso3"],
            iso2=row["iso2"],
            names=by_language(row, "name_"),
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            region=row["region"],
            subregion=row["subregion"],
            intermediate=row["intermediate"],
            latitude=float(row["latitude"]) if row["latitude"] else None,
            longitude=float(row["longitude"]) if row["longitude"] else None,
            note=row["note"],
        )
    return MappingProxyType(areas)


def name(area_id: str, language: str = "en") -> str:
    """Return the UN short name of an area.

    Raises
    ------
    UnknownArea
        No such area, or the United Nations' name in this language is not in the table: a name is
        never borrowed from another language.

    Examples
    --------
    >>> name("276", "es"), name("710", "fr"), name("900", "ru")
    ('Alemania', 'Afrique du Sud', 'Весь мир')
    """
    area = AREAS.get(area_id)
    if area is None:
        raise UnknownArea(
            f"no area has the id {area_id!r}", hint="ids are M49 text, for instance '276'"
        )
    if language not in area.names:
        raise UnknownArea(
            f"area {area_id} ({area.names['en']}) has no name in language {language!r}",
            hint=f"it has names in {', '.join(area.names)}",
        )
    return area.names[language]


# -------------------------------------------------------------------------------- codes


@cache
def _codes(scheme: str) -> Mapping[str, str]:
    """Codes of a scheme: the columns of the table, and the codes only this scheme has."""
    if scheme not in SCHEMES:
        raise UnknownArea(
            f"no code scheme is called {scheme!r}", hint=f"schemes are {', '.join(SCHEMES)}"
        )
    own = {code: area for s, code, area in rows_of("area_codes.csv") if s == scheme}
    column = {"m49": "m49", "iso2": "iso2", "eurostat": "iso2", "unhcr": ""}.get(scheme, "iso3")
    if not column:
        return MappingProxyType(own)
    listed = {code: area.area_id for area in AREAS.values() if (code := getattr(area, column))}
    return MappingProxyType(listed | own)


#: Code schemes that `from_code` reads. ``unhcr`` is UNHCR's own list of letters (GFR, ALG).
SCHEMES = ("m49", "iso3", "iso2", "eurostat", "unhcr", "worldbank")


def from_code(code: str, scheme: str = "m49") -> str:
    """Return the id of the area that a code denotes.

    Parameters
    ----------
    code : str
        As printed; M49 with its leading zeros.
    scheme : str
        One of `SCHEMES`.

    Raises
    ------
    UnknownArea
        The scheme has no such code. Codes are never corrected.

    Examples
    --------
    >>> from_code("276"), from_code("NA", scheme="iso2"), from_code("EL", scheme="eurostat")
    ('276', '516', '300')
    """
    found = known_code(code, scheme)
    if found is None:
        near = _nearest(code, _codes(scheme))
        raise UnknownArea(f"{code!r} is not a known {scheme} code", hint=near)
    return found


def known_code(code: str, scheme: str) -> str | None:
    """Return the id of the area that a code denotes; None where the scheme has no such code."""
    return _codes(scheme).get(code)


def by_iso3(code: str) -> Area:
    """Return the area of an ISO 3166-1 alpha-3 code; raise `UnknownArea`."""
    return AREAS[from_code(code, scheme="iso3")]


# ------------------------------------------------------------------------------- labels


@dataclass(frozen=True, slots=True)
class Alias:
    """A spelling a publisher prints, and the area it denotes from one year to another."""

    publisher: str
    label: str
    area_id: str
    since: str
    until: str
    reason: str

    def holds(self, period: str | None) -> bool:
        """Return whether the spelling has this meaning in a period (a year or an ISO date)."""
        if period is None:
            return not self.since and not self.until
        # Compared at the coarser precision: a year touches both sides of a change within it.
        begun = not self.since or period[: len(self.since)] >= self.since[: len(period)]
        return begun and (not self.until or period[: len(self.until)] <= self.until[: len(period)])


def plain(label: str) -> str:
    r"""Return a label in Unicode NFC with blanks trimmed and collapsed: all that is ever changed.

    Examples
    --------
    >>> plain("  Viet\u00a0 Nam ")
    'Viet Nam'
    """
    label = " ".join(label.split())
    return label if is_normalized("NFC", label) else normalize("NFC", label)


@cache
def aliases() -> tuple[Alias, ...]:
    """Return every declared spelling."""
    return tuple(Alias(*row) for row in rows_of("aliases.csv"))


@cache
def _spellings(publisher: str) -> Mapping[str, tuple[Alias, ...]]:
    """Spellings of one publisher; its own meaning of a label stands before everyone's."""
    table: dict[str, tuple[Alias, ...]] = {}
    for area in AREAS.values():
        if area.kind in {"country", "historical"}:
            label = area.names["en"]
            table[label] = (Alias(EVERYONE, label, area.area_id, "", "", "UN name"),)
    for who in (EVERYONE, publisher):
        own: dict[str, tuple[Alias, ...]] = {}
        for alias in aliases():
            if alias.publisher == who:
                own[alias.label] = (*own.get(alias.label, ()), alias)
        table.update(own)
    return MappingProxyType(table)


@cache
def _undated(publisher: str) -> Mapping[str, str]:
    """Labels that mean one area whatever the period: the fast way of `resolve_many`."""
    return MappingProxyType(
        {
            label: found[0].area_id
            for label, found in _spellings(publisher).items()
            if len({a.area_id for a in found}) == 1 and found[0].holds(None)
        }
    )


def resolve(label: str, *, publisher: str, period: str | None = None, nearest: bool = True) -> str:
    """Return the id of the area a publisher means by a label.

    The label must be a declared spelling, letter by letter, after `plain`.

    Parameters
    ----------
    label : str
        As printed.
    publisher : str
        Short name: ``undesa``, ``wpp``, ``unhcr``, ``idmc``, ``worldbank``, ``who``,
        ``eurostat``, ``iom``.
    period : str, optional
        Year or ISO date of the number, for the few labels whose meaning has changed.
    nearest : bool
        Whether an error looks for the nearest spellings; nobody reads them of one that is caught.

    Raises
    ------
    UnknownArea
        Not a declared spelling; the hint lists the nearest ones, and nothing is chosen.

    Examples
    --------
    >>> resolve("Niger", publisher="undesa"), resolve("Nigeria", publisher="undesa")
    ('562', '566')
    >>> resolve("Korea, Rep.", publisher="worldbank")
    '410'
    """
    text = plain(label)
    if (area_id := _undated(publisher).get(text)) is not None:
        return area_id
    spellings = _spellings(publisher)
    meanings = spellings.get(text, ())
    found = sorted({alias.area_id for alias in meanings if alias.holds(period)})
    if len(found) == 1:
        return found[0]
    if meanings:
        dated = "; ".join(
            f"{a.area_id} from {a.since or 'the beginning'} to {a.until or 'now'}" for a in meanings
        )
        raise UnknownArea(
            f"{text!r} in {publisher} means different areas at different times, and "
            f"{period or 'no period'} does not settle which",
            hint=f"{dated}; give the period of the number",
        )
    raise UnknownArea(
        f"{text!r} in {publisher} is not a known area",
        hint=_nearest(text, spellings) if nearest else "",
    )


def resolve_many(labels: Sequence[str], *, publisher: str) -> list[str | None]:
    """Return the area id of each label, and ``None`` where a label is not declared.

    Labels whose meaning depends on the period are ``None`` too: use `resolve` for those.

    Examples
    --------
    >>> resolve_many(["France", "Frence"], publisher="unhcr")
    ['250', None]
    """
    known = _undated(publisher)
    once = {label: known.get(label) or known.get(plain(label)) for label in set(labels)}
    return [once[label] for label in labels]


def _nearest(text: str, known: Mapping[str, object]) -> str:
    if said := did_you_mean(text, known, most=3, cutoff=0.7):
        return f"{said} Nothing is guessed"
    return "nothing is guessed from a name; a declaration gives it a code under [places]"
