"""Lists of names to search: indicators, areas and groups, members of a group."""

from datetime import date
from pathlib import Path
from typing import Any

from sojourn.vocab.area import AREAS
from sojourn.vocab.group import own_groups
from sojourn.vocab.indicator import indicators, search
from sojourn.vocab.place_search import folded, place, search_places

Named = dict[str, Any]


def indicator_names(words: str = "", language: str = "en") -> list[Named]:
    """Return the indicators that a search finds, best first; without words, all of them.

    Examples
    --------
    >>> [i["name"] for i in indicator_names("total_fertility", "fr")]
    ['Indice synthétique de fécondité']
    """
    found = search(words, language) if words.strip() else list(indicators().values())
    return [
        {
            "id": i.id,
            "name": i.name(language),
            "definition": i.definition(language),
            "unit": i.unit_measure,
            "kind": i.kind,
            "decimals": i.decimals,
            "adds_over": sorted(i.axes),
            "source": i.source,
        }
        for i in found
    ]


def area_names(words: str = "", language: str = "en", groups: Path | None = None) -> list[Named]:
    """Return the areas and groups that a search finds, best first; somebody's own stand first."""
    asked = folded(words).split()
    own = own_groups(groups) if groups is not None else {}
    mine = [
        {
            "id": g.id,
            "name": g.names.get(language) or g.names["en"],
            "kind": "own group",
            "iso3": "",
            "iso2": "",
            "note": g.source,
        }
        for g in own.values()
        if all(w in folded(f"{g.id} {' '.join(g.names.values())}") for w in asked)
    ]
    found = search_places(words, language)
    return [
        *mine,
        *(
            {
                "id": p.id,
                "name": p.name,
                "kind": p.kind,
                "iso3": p.iso3,
                "iso2": p.iso2,
                "note": p.note,
            }
            for p in found
        ),
    ]


def member_names(
    name: str, year: int | None = None, language: str = "en", groups: Path | None = None
) -> list[Named]:
    """Return the members of a group in a year, or all of them with their dates.

    Raises
    ------
    UnknownArea
        Nothing is called so.
    """
    own = own_groups(groups) if groups is not None else {}
    found = place(name, own)
    if year is None and found.group is not None and found.group.members:
        return [_member(m.area, language, _dates(m.since, m.until)) for m in found.group.members]
    return [_member(a, language, "") for a in found.members(year or date.today().year)]  # noqa: DTZ011 - now


def _dates(since: date | None, until: date | None) -> str:
    if since is None and until is None:
        return ""
    return f"{since or ''}/{until or ''}"


def _member(code: str, language: str, dates: str) -> Named:
    area = AREAS[code]
    name = area.names.get(language) or area.names["en"]
    return {"id": code, "name": name, "iso3": area.iso3, "iso2": area.iso2, "dates": dates}
