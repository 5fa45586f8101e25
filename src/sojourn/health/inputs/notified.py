"""Who was notified with tuberculosis: women, men, children, and of how many the file does not tell it."""

from collections.abc import Mapping, Sequence
from datetime import date

from sojourn.health.targets.series import WORLD
from sojourn.health.targets.standing import Notified
from sojourn.store.choice import WHOLE
from sojourn.store.observations import Store

INDICATOR = "tb_notifications"
PARTS = 4  # women and men, below 15 and above: a sum without one of them is none
Row = tuple[float, float, float, float]


def notified(
    store: Store,
    areas: Sequence[str],
    regions: Mapping[str, tuple[str, ...]],
    as_of: date | None = None,
) -> tuple[Notified, ...]:
    """Return the newest notifications by sex of each area; of a group, over the countries that tell both.

    Parameters
    ----------
    areas : sequence of str
        Area ids, WHO regions, or the world.
    """
    newest = store.con.execute(
        f"SELECT edition FROM observation WHERE {WHOLE} AND indicator = $i AND vintage <= $v "  # noqa: S608 - constants
        "AND value IS NOT NULL ORDER BY vintage DESC LIMIT 1",
        {"i": INDICATOR, "v": (as_of or date.max).isoformat()},
    ).fetchall()
    if not newest:
        return ()
    ((edition,),) = newest
    years = _by_year(store, edition)
    told = []
    for area in areas:
        group = area == WORLD or area in regions
        members = regions.get(area, () if group else (area,))
        one = _newest(years, edition, area, members, group=group)
        if one is not None:
            told.append(one)
    return tuple(told)


def _by_year(store: Store, edition: str) -> dict[int, dict[str, Row | None]]:
    """Return women, men, everybody and children by year and country; none where a part is missing."""
    rows = store.con.execute(
        "SELECT ref_area, time_period::INTEGER, sum(value) FILTER (sex = 'F'), "
        "sum(value) FILTER (sex = 'M'), max(value) FILTER (sex = '_T' AND age = '_T'), "
        "sum(value) FILTER (sex IN ('F', 'M') AND age = 'Y0T14'), "
        "count(value) FILTER (sex IN ('F', 'M')) FROM observation "
        "WHERE indicator = $i AND edition = $e GROUP BY ALL ORDER BY ALL",
        {"i": INDICATOR, "e": edition},
    ).fetchall()
    out: dict[int, dict[str, Row | None]] = {}
    for area, year, women, men, every, children, parts in rows:
        whole = parts == PARTS and every is not None
        row = (float(women), float(men), float(every), float(children)) if whole else None
        out.setdefault(int(year), {})[area] = row
    return out


def _newest(
    years: Mapping[int, Mapping[str, Row | None]],
    edition: str,
    area: str,
    members: Sequence[str],
    *,
    group: bool,
) -> Notified | None:
    """Return the newest year in which an area tells both; the newest of the file for a group."""
    for year in sorted(years, reverse=True):
        here = years[year]
        those = [m for m in (members or here) if m in here]
        told = [row for m in those if (row := here[m]) is not None]
        if told:
            women, men, every, children = (sum(row[k] for row in told) for k in range(4))
            counted = (len(told), len(those)) if group else (1, 1)
            return Notified(
                area=area,
                year=year,
                women=women,
                men=men,
                total=every,
                children=children,
                countries=counted,
                edition=edition,
            )
    return None
