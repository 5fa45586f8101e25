"""Whether a year has been reported by enough places to be ranked or added.

The newest years of a table fill up over months: seven countries that have answered are no ranking of
the world. A year counts when at least half as many countries give a number as in one of the years
before it, in the same edition.
"""

from typing import TYPE_CHECKING, Any, cast

from sojourn.errors import counted
from sojourn.factsheet.figures.declared import Figure
from sojourn.factsheet.figures.operations import Rows
from sojourn.store.covered import Coverage
from sojourn.store.summing import COUNTRIES, few

if TYPE_CHECKING:
    from sojourn.factsheet.figures.evaluate import Evaluator
    from sojourn.store.observations import Store

#: Operations that speak of many places at once.
OF_MANY = frozenset({"top", "top_ratio", "top_less", "pairs", "sum", "each"})
#: Operations that add or rank cells, so that a zero would be made of many.
COUNTING = OF_MANY | {"groups", "regions", "income_groups"}


def too_few(ev: "Evaluator", declared: Figure, year: int, indicator: str, edition: str) -> str:
    """Return why a year of an edition is no whole year yet; empty when enough countries give it."""
    if declared.op not in OF_MANY or ev.pack is not None:
        return ""
    place = "destination" if declared.place in ("corridor", "") else declared.place
    counts = reporting(ev, place).get((edition, indicator), {})
    if (found := few(counts, year)) is None:
        return ""
    told = counted(found.n, "country", "countries")
    return f"{edition} has numbers of {told} for {year}, of up to {found.most:,} before"


def assessed(store: "Store", held: Coverage, indicator: str) -> bool:
    """Whether the table of a part could be held against the edition before it.

    What that edition does not measure was not compared: nobody knows what such a part lacks of it.
    An edition whose declared file is held is judged by its declaration.
    """
    declared = any(f.edition == held.edition and f.verified for f in store.manifest.files)
    part = held.status == "partial" and not declared
    before = store.manifest.covered(held.compared_with) if part else None
    return before is None or any(m.indicator == indicator for m in before.measures)


def genuine(store: "Store", edition: str, rows: Rows) -> Rows:
    """Return the rows of an edition's own files, where they are held; else those of its copies.

    A copy of a part beside the whole would count its rows twice wherever a key differs by a detail.
    """
    own = {f.sha256 for f in store.manifest.files if f.edition == edition and f.verified}
    first = [r for r in rows if r["file"] in own]
    return first or rows


def reporting(ev: "Evaluator", place: str) -> dict[tuple[str, str], dict[int, int]]:
    """Return how many countries give a number, by edition and indicator, in each year."""
    key = ("reporting", place)
    if key not in ev.store.answers:
        found: dict[tuple[str, str], dict[int, int]] = {}
        rows = ev.store.con.execute(
            f"SELECT edition, indicator, time_period, count(DISTINCT {place}) FROM scope "  # noqa: S608 - constants
            f"WHERE length(time_period) = 4 AND list_contains($areas, {place}) GROUP BY ALL",
            {"areas": list(COUNTRIES)},
        ).fetchall()
        for edition, indicator, period, n in rows:
            if period.isdigit():
                found.setdefault((edition, indicator), {})[int(period)] = n
        ev.store.answers[key] = cast("list[Any]", found)
    known: Any = ev.store.answers[key]
    return cast("dict[tuple[str, str], dict[int, int]]", known)
