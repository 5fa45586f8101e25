"""The areas and groups that a search finds: by id, code, name in any language, or other name."""

from dataclasses import dataclass, replace
from functools import cache

from sojourn.vocab.area import AREAS
from sojourn.vocab.group import groups
from sojourn.vocab.meaning import called
from sojourn.vocab.place import folded, place


@dataclass(frozen=True, slots=True)
class Found:
    """A place that a search found: id, names, kind, codes and what to know of it."""

    id: str
    name: str
    kind: str
    iso3: str
    iso2: str
    note: str


def search_places(words: str = "", language: str = "en") -> list[Found]:
    """Return the areas and groups whose id, codes or names hold every word, best first.

    Examples
    --------
    >>> [p.id for p in search_places("sudan") if p.kind == "country"]  # Mali was French Sudan
    ['729', '728', '466']
    """
    asked = folded(words).split()
    scored = []
    for one in _everything(language):
        names = _names_of(one.id)
        title = folded(f"{one.id} {one.iso3} {one.iso2} {one.name}")
        whole = f"{title} {folded(' '.join(names))}"
        if all(w in whole for w in asked):
            exact = folded(words) in (folded(n) for n in (one.id, one.iso3, one.iso2, *names) if n)
            missing = -sum(w in title.split() for w in asked)
            scored.append((not exact, missing, one.kind != "country", one.id, one))
    return [_told(one, folded(words)) for *_, one in sorted(scored, key=lambda s: s[:4])]


def _names_of(code: str) -> tuple[str, ...]:
    if code in groups():
        group = groups()[code]
        return (*group.names.values(), *group.also, *(o.name for o in called().get(code, ())))
    return (*AREAS[code].names.values(), *(o.name for o in called().get(code, ())))


def _told(one: Found, asked: str) -> Found:
    """Return a place with what is to know of the word that found it, where that is not its name."""
    others = [o for o in called().get(one.id, ()) if o.kind != "name" and folded(o.name) == asked]
    said = [f"{o.name}: {o.reason}" for o in others]
    return replace(one, note="; ".join(filter(None, [*said, one.note])))


@cache
def _everything(language: str) -> tuple[Found, ...]:
    own = {g.composes for g in groups().values() if g.composes == g.id}
    areas = [
        Found(a.area_id, a.names.get(language) or a.names["en"], a.kind, a.iso3, a.iso2, a.note)
        for a in AREAS.values()
        if a.area_id not in own
    ]
    composed = [
        Found(g.id, g.names.get(language) or g.names["en"], "group", "", "", g.source)
        for g in groups().values()
    ]
    return (*areas, *composed)


__all__ = ["Found", "folded", "place", "search_places"]
