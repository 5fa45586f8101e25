"""Places: one table of areas, exact spellings, no guesses.

A label is a place when a code list or an alias says so, letter for letter after Unicode
normalisation (NFC) and with blanks collapsed. Near misses appear in the hint of the error and
nowhere else. Historical areas have no successor here.
"""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

from sojourn.errors import UnknownArea

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")

#: Eurostat writes two countries differently from ISO 3166.
_EUROSTAT = {"EL": "300", "UK": "826", "EU28": "EU28", "EU27_2020": "EU27_2020", "XK": "412"}


@dataclass(frozen=True, slots=True)
class Area:
    """One place or group of places.

    Attributes
    ----------
    id : str
        M49 number as text, or a documented id where M49 has none.
    kind : str
        ``country`` (countries and areas), ``historical``, ``region``, ``development_group``,
        ``income_group``, ``other_group``, ``residual`` or ``world``.
    names : mapping of language to str
        UN short names; a language without a known name is absent.
    valid_from, valid_to : date or None
        First and last day, for areas that appeared or ceased to exist.
    latitude, longitude : float or None
        A point inside the place, in degrees, for labels and markers.
    """

    id: str
    kind: str
    iso3: str
    iso2: str
    names: Mapping[str, str]
    valid_from: date | None
    valid_to: date | None
    region: str
    subregion: str
    latitude: float | None
    longitude: float | None

    def existed_in(self, year: int) -> bool:
        """Say whether the area existed on some day of a year."""
        began = self.valid_from is None or self.valid_from.year <= year
        return began and (self.valid_to is None or self.valid_to.year >= year)


def _table(name: str) -> list[dict[str, str]]:
    text = files("sojourn.vocab").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def areas() -> Mapping[str, Area]:
    """Return every area by its id."""
    return MappingProxyType({row["area_id"]: _area(row) for row in _table("areas.csv")})


def _area(row: Mapping[str, str]) -> Area:
    def day(text: str) -> date | None:
        return date.fromisoformat(text) if text else None

    return Area(
        id=row["area_id"],
        kind=row["kind"],
        iso3=row["iso3"],
        iso2=row["iso2"],
        names=MappingProxyType({k: row[f"name_{k}"] for k in LANGUAGES if row[f"name_{k}"]}),
        valid_from=day(row["valid_from"]),
        valid_to=day(row["valid_to"]),
        region=row["region"],
        subregion=row["subregion"],
        latitude=float(row["latitude"]) if row["latitude"] else None,
        longitude=float(row["longitude"]) if row["longitude"] else None,
    )


def canonical(label: str) -> str:
    """Return a label in NFC with its blanks collapsed; nothing else is changed.

    Examples
    --------
    >>> canonical(" Côte  d'Ivoire ")
    "Côte d'Ivoire"
    """
    return " ".join(unicodedata.normalize("NFC", label).split())


@cache
def _spellings(publisher: str) -> Mapping[str, str]:
    known = {canonical(a.names["en"]): a.id for a in areas().values() if "en" in a.names}
    for row in _table("aliases.csv"):
        if row["publisher"] == "*":
            known[row["alias"]] = row["area_id"]
    for row in _table("aliases.csv"):
        if row["publisher"] == publisher:
            known[row["alias"]] = row["area_id"]
    return known


@lru_cache(maxsize=4096)
def resolve(label: str, *, publisher: str = "*") -> str:
    """Return the area id of a printed name.

    Raises
    ------
    UnknownArea
        No exact spelling is known; the hint offers near ones.

    Examples
    --------
    >>> resolve("Niger"), resolve("Nigeria")
    ('562', '566')
    """
    known = _spellings(publisher)
    found = known.get(canonical(label))
    if found is None:
        near = get_close_matches(canonical(label)[:80], known, n=2)
        raise UnknownArea(
            f"{label[:80]!r} is not a known place",
            hint=f"did you mean {' or '.join(repr(n) for n in near)}? Nothing is guessed"
            if near
            else "",
        )
    return found


@cache
def _codes(scheme: str) -> Mapping[str, str]:
    if scheme == "m49":
        return {a.id: a.id for a in areas().values()}
    if scheme == "iso3":
        special = {k: k for k in ("XXA", "UNK", "TIB", "AB9")}
        return {**{a.iso3: a.id for a in areas().values() if a.iso3}, **special}
    two = {a.iso2: a.id for a in areas().values() if a.iso2 and a.kind != "historical"}
    return {**two, **_EUROSTAT} if scheme == "eurostat" else two


def from_code(code: str, *, scheme: str) -> str:
    """Return the area id of a code in a scheme: ``m49``, ``iso3``, ``iso2``, ``eurostat``.

    Raises
    ------
    UnknownArea
        The scheme has no such code.

    Examples
    --------
    >>> from_code("DEU", scheme="iso3"), from_code("EL", scheme="eurostat")
    ('276', '300')
    """
    found = _codes(scheme).get(code)
    if found is None:
        raise UnknownArea(
            f"{code[:40]!r} is not a code of {scheme}",
            hint="compare with the publisher's classification; nothing is guessed from the name",
        )
    return found


def name(area_id: str, language: str = "en") -> str:
    """Return the UN short name of an area, in English where the language has none.

    Raises
    ------
    UnknownArea
        No area has this id.
    """
    area = areas().get(area_id)
    if area is None:
        raise UnknownArea(f"{area_id!r} is not an area id", hint="see areas.csv")
    return area.names.get(language) or area.names["en"]


@cache
def _memberships() -> Mapping[tuple[str, str], list[tuple[str, str]]]:
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in _table("memberships.csv"):
        pairs = found.setdefault((row["classification"], row["vintage"]), [])
        pairs += [(row["group_id"], member) for member in row["members"].split()]
    return found


def members(classification: str, vintage: str) -> list[tuple[str, str]]:
    """Return the (group, member) pairs of a classification that may be shipped.

    Empty where the publisher's terms keep its classification out of this package: there the
    publisher's own file gives it.
    """
    return list(_memberships().get((classification, vintage), []))
