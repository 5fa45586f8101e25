"""Where people of a proposal go, by region: no place, and no region with few people.

People by region are a table under the policy of plans: which numbers are withheld is decided, attacked and
sealed by `sojourn.protect`, and what a map shows is read off the sealed table. Regions whose number is
withheld stand together; their sum is the printed total less the others.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.protect.audit.audit import AuditedTable
from sojourn.protect.run.publishable import Memory, Publishable, publishable
from sojourn.protect.table.equations import Key
from sojourn.protect.table.policy import packaged
from sojourn.protect.table.table import Row, Table
from sojourn.relocation.lists.fairness import POLICY, TOTAL, Families
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.site.site import Place

OTHERS = "_O"  # regions whose number is withheld, put together
REGION = "region"


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


def persons_by_region(proposal: Proposal, places: Sequence[Place]) -> Counter[str]:
    """Return the people of a proposal by region, as they are: they never leave the site's own machines."""
    region = {p.id: p.region for p in places}
    persons = Counter[str]()
    for a in proposal.assignments:
        persons[region[a.place_id]] += a.persons
    return +persons


def table_of_regions(persons: Mapping[str, float]) -> Table:
    """Return people by region as a table; its total is printed in any case."""
    rows = [Row((TOTAL,), float(sum(persons.values())), public=True)]
    alone = len(persons) == 1  # the only region is the total
    rows += [
        Row((name,), float(n), public=alone, primary=not n and not alone)
        for name, n in sorted(persons.items())
    ]
    return Table(REGION, (REGION,), tuple(rows))


def protected_regions(
    persons: Mapping[str, float], families: Families = (), memory: Memory | None = None
) -> Publishable:
    """Return people by region as they may be shown, attacked and sealed.

    Parameters
    ----------
    families : sequence of mapping, optional
        Who subtracts what is their own: whoever travels together.
    memory : Memory, optional
        What maps have shown before; what was withheld stays withheld.

    Raises
    ------
    DisclosureRisk
        With a memory: only a few people changed since an earlier release, and this one is off
        schedule.
    LedgerBroken
        The memory was edited.
    """
    table = table_of_regions(persons)
    return publishable([table], packaged(POLICY), contributors=families, memory=memory)


def key_of_region(region: str) -> Key:
    """Return the cell of a region."""
    return ((REGION, region),)


def counts_of(audited: AuditedTable, places: Sequence[Place]) -> tuple[RegionCount, ...]:
    """Return what a map shows of a sealed table: regions, the most people first, and the others together."""
    told = {key[0][1]: n for key, n in audited.cells().items() if key}
    total = total_of(audited)
    shown = sorted(((round(n), name) for name, n in told.items() if n is not None), reverse=True)
    counts = [RegionCount(name, n, *_position(name, places)) for n, name in shown]
    left = total - sum(n for n, _ in shown)
    if left:
        counts.append(RegionCount(OTHERS, left, None, None))
    return tuple(counts)


def total_of(audited: AuditedTable) -> int:
    """Return how many people have a place."""
    return round(audited.cells()[()] or 0.0)


def _position(region: str, places: Sequence[Place]) -> tuple[int, int]:
    inside = [p for p in places if p.region == region]
    lon = sum(p.lon for p in inside) / len(inside)
    lat = sum(p.lat for p in inside) / len(inside)
    return round(lon), round(lat)
