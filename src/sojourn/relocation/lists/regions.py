"""Where people of a proposal go, by region: no place, and no region with few people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.relocation.lists.fairness import T
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.site.site import Place

OTHERS = "_O"  # regions with few people, put together


@dataclass(frozen=True, slots=True)
class RegionCount:
    """People proposed to go to one region.

    Attributes
    ----------
    lon, lat : int or None
        Mean of all places of the region in whole degrees, about a hundred kilometres, so that it
        names no place; None for regions put together.
    """

    region: str
    persons: int
    lon: int | None
    lat: int | None


def by_region(proposal: Proposal, places: Sequence[Place]) -> tuple[RegionCount, ...]:
    """Return people by region, the most first, regions with few of them put together and last.

    The sum is the number of people with a place, which is printed too: what is put together is
    therefore at least ``T`` people of two regions, or of three when one has a single person, who
    could take themselves away.
    """
    region = {p.id: p.region for p in places}
    persons = Counter[str]()
    for a in proposal.assignments:
        persons[region[a.place_id]] += a.persons
    ranked = sorted(((n, name) for name, n in persons.items() if n), reverse=True)
    shown = [(n, name) for n, name in ranked if n >= T]
    few = [(n, name) for n, name in ranked if n < T]
    while few and shown and not _safe([n for n, _ in few]):
        few.append(shown.pop())
    counts = [RegionCount(name, n, *_position(name, places)) for n, name in shown]
    if few:
        counts.append(RegionCount(OTHERS, sum(n for n, _ in few), None, None))
    return tuple(counts)


def _safe(counts: Sequence[int]) -> bool:
    return sum(counts) >= T and (len(counts) > 2 or (len(counts) > 1 and min(counts) > 1))


def _position(region: str, places: Sequence[Place]) -> tuple[int, int]:
    inside = [p for p in places if p.region == region]
    lon = sum(p.lon for p in inside) / len(inside)
    lat = sum(p.lat for p in inside) / len(inside)
    return round(lon), round(lat)
