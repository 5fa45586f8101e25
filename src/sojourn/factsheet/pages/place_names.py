"""Names of places: the UN's, and those of routes, cities and regions that are no area."""

from sojourn.publish import Catalogue


def place_name(words: Catalogue, area: str) -> str:
    """Return the short name of a place or route; of a corridor, both ends."""
    return _named(words, area) or words.short(area)


def whole_name(words: Catalogue, area: str) -> str:
    """Return the name of a place as the UN has it, or of a route, region or city; of a corridor, both ends."""
    return _named(words, area) or words.area(area)


def _named(words: Catalogue, area: str) -> str:
    """Return the name of what is no area: a route, a region of a publisher's own, a city; else ""."""
    if area in ("not_stated", "not stated"):
        return words.text("deaths.not_stated")
    slug = area.lower().replace(" ", "_")
    keys = (f"{group}.{slug}" for group in ("route", "city", "region"))
    return next((words.text(key) for key in keys if key in words.messages), "")
