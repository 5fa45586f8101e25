"""The map of where people of a proposal go, with its words."""

from collections.abc import Sequence

from sojourn.protect.audit.audit import AuditedTable
from sojourn.publish import Chart, Circle, Wording, region_map
from sojourn.relocation.lists.regions import counts_of
from sojourn.relocation.lists.words import Words
from sojourn.relocation.site.site import Place


def where_people_go(
    audited: AuditedTable, places: Sequence[Place], start: tuple[float, float], words: Words
) -> Chart:
    """Return the map of a sealed table of people by region; its table twin holds every number that it shows."""
    regions = counts_of(audited, places)
    circles = [
        Circle(r.region, r.persons, r.lon, r.lat)
        for r in regions
        if r.lon is not None and r.lat is not None
    ]
    beside = [(words("others"), r.persons) for r in regions if r.lon is None]
    named = [(c.label, c.persons) for c in circles] + beside
    ranked = "; ".join(f"{name}: {words.number(n)}" for name, n in named)
    wording = Wording(
        id="regions",
        title=words("map_title"),
        alt=words("map_alt", ranked=ranked),
        number=words.number,
        no_data="",
        language=words.language,
        direction="rtl" if words.language == "ar" else "ltr",
    )
    return region_map(
        circles,
        wording,
        header=(words("region"), words("persons")),
        beside=beside,
        start=(words("site"), round(start[0]), round(start[1])),
    )
