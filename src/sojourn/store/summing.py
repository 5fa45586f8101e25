"""Whether what an edition holds of a year may be added: one condition for table, chart, explorer and factsheet.

A publisher's download prints a zero where nobody counted yet, and the newest years of a table fill
up over months: a sum of such rows is no number of the world.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sojourn.store.observations import Store
from sojourn.store.serving import sorted_or_view
from sojourn.vocab.area import AREAS

#: Whether an edition has several numbers and none but zeros. A zero in a cell of its own stays as printed.
NOTHING = "count(value) > 1 AND max(abs(value)) = 0"
#: Years before the one asked for, and years before the newest of a table that may still be filling up.
BEFORE, NEWEST = 5, 2
LEAST = 0.5
COUNTRIES = tuple(a.area_id for a in AREAS.values() if a.kind == "country")


@dataclass(frozen=True, slots=True)
class NoSum:
    """Why the numbers of an edition and year are not added.

    Attributes
    ----------
    why : str
        ``part``: the edition is a part of its table; ``zeros``: it prints nothing but zeros;
        ``few``: few places have reported yet.
    n, most : int
        Countries with a number, and the most in a year before, where few have reported.
    """

    why: Literal["part", "zeros", "few"]
    n: int = 0
    most: int = 0


def few(counts: Mapping[int, int], year: int) -> NoSum | None:
    """Return that a year is not reported by enough countries, of the countries by year of a table.

    A year near the newest counts when at least half as many countries give a number as in one of
    the years before it, in the same edition.

    Examples
    --------
    >>> few({2021: 150, 2022: 148, 2023: 7}, 2023)
    NoSum(why='few', n=7, most=150)
    """
    if year not in counts or year <= max(counts) - NEWEST:
        return None
    most = max((counts.get(y, 0) for y in range(year - BEFORE, year)), default=0)
    return None if counts[year] >= LEAST * most else NoSum("few", counts[year], most)


def why_no_sum(
    store: Store, edition: str, indicator: str, period: str, *, world: bool = False
) -> NoSum | None:
    """Return why nothing may be summed from an edition's numbers of a period; None where it may.

    Parameters
    ----------
    world : bool
        Whether the sum is to be the world's: then enough countries must have reported too.
    """
    if not store.manifest.may_sum(edition, indicator, period):
        return NoSum("part")
    counts, zeros = _counts(store, edition, indicator)
    if zeros.get(period):
        return NoSum("zeros")
    years = {int(p): n for p, n in counts.items() if p.isdigit()}
    return few(years, int(period)) if world and period.isdigit() else None


def _counts(
    store: Store, edition: str, indicator: str
) -> tuple[Mapping[str, int], Mapping[str, bool]]:
    """Return by period how many countries have a number, and whether all numbers are zeros."""
    key = ("reporting", edition, indicator)
    if key not in store.answers:
        rows = store.con.execute(
            f"SELECT time_period, count(DISTINCT ref_area) FILTER (value IS NOT NULL AND list_contains($c, ref_area)), {NOTHING} "  # noqa: S608 - constants
            f"FROM {sorted_or_view(store)} WHERE edition = $e AND indicator = $i GROUP BY ALL",
            {"c": list(COUNTRIES), "e": edition, "i": indicator},
        ).fetchall()
        store.answers[key] = [{p: n for p, n, _ in rows}, {p: bool(z) for p, _, z in rows}]
    found = store.answers[key]
    return found[0], found[1]
