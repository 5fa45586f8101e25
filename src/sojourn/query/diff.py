"""What changed between two editions, or between two dates: every number, classified, with its cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sojourn.errors import NoSuchObservation
from sojourn.query.observations import current
from sojourn.store.choice import is_whole
from sojourn.store.observations import Store
from sojourn.terminal.rows import Rows
from sojourn.vocab.observation import KEY, Cell, EditionId
from sojourn.vocab.place import area_id

#: Kinds of change, in the order in which they are told.
KINDS: Mapping[str, str] = {
    "revised": "the value changed",
    "new": "the number is in the newer edition only, or was missing in the older",
    "withdrawn": "the number is in the older edition only, or is missing in the newer",
    "border": "one of the editions does not have the place at all",
    "definition": "who counts changed (birth, citizenship, imputed)",
    "unit": "the unit or its multiplier changed",
}
_MATCH = tuple(k for k in KEY if k != "criterion")  # who counts may change


@dataclass(frozen=True)
class NumberChange:
    """One number that reads differently.

    ``before`` and ``after`` are in the unit of the observation (its multiplier applied).
    """

    kind: str
    indicator: str
    ref_area: str
    origin: str
    destination: str
    sex: str
    time_period: str
    before: float | None
    after: float | None
    change: float | None
    cell_before: str
    cell_after: str


@dataclass(frozen=True, repr=False)
class Diff:
    """The changes between two editions: how many of each kind, and the largest of them.

    ``parts`` names those of the two that are a part of their table: what such a one lacks, no
    publisher withdrew.
    """

    old: str
    new: str
    counts: Mapping[str, int]
    unchanged: int
    changes: tuple[NumberChange, ...]
    parts: tuple[str, ...] = ()

    def __repr__(self) -> str:
        said = ", ".join(f"{n:,} {kind}" for kind, n in self.counts.items() if n)
        return f"<{self.old} → {self.new}: {said or 'nothing changed'}>"

    @property
    def rows(self) -> Rows[NumberChange]:
        """The changes as a table."""
        return Rows(self.changes, {"old": self.old, "new": self.new}, kind=NumberChange)

    def df(self) -> Any:
        """Return the changes as a pandas data frame; needs the extra ``dataframe``."""
        return self.rows.df()

    def _repr_html_(self) -> str:
        """Show the first changes in a notebook."""
        return self.rows._repr_html_()


def diff(
    store: Store,
    old: str,
    new: str,
    *,
    area: str | None = None,
    indicator: str | None = None,
    period: str | None = None,
    limit: int = 0,
) -> Diff:
    """Compare two editions number by number.

    Numbers that both editions print come first, by the size of the change; then those that one of
    them lacks, by size.

    Parameters
    ----------
    area : str, optional
        Only numbers that this place reports, is the origin or the destination of.
    limit : int
        How many changes to list; 0, unless asked, lists all. The counts are of all.

    Raises
    ------
    NoSuchObservation
        An edition is not in the store, or only single figures of it are.
    """
    held = {f.edition for f in store.manifest.files}
    for edition in (old, new):
        if edition not in held:
            raise NoSuchObservation(
                f"the edition {edition!r} is not in the store", hint="see: sojourn editions"
            )
    _refuse_bare(store, (old, new))
    con = store.con
    con.execute(_JOINED.format(**_sides(area, indicator, period)), {"old": old, "new": new})
    counted = dict(con.execute("SELECT kind, count(*) FROM compared GROUP BY kind").fetchall())
    unchanged = int(counted.pop("", 0))
    most = f"LIMIT {int(limit)}" if limit else ""
    rows = con.execute(
        "SELECT kind, indicator, ref_area, origin, destination, sex, time_period, before, after, "  # noqa: S608 - a number
        "after - before, sheet_b, row_b, col_b, sheet_a, row_a, col_a FROM compared WHERE kind <> '' "
        "ORDER BY before IS NULL OR after IS NULL, abs(coalesce(after, 0) - coalesce(before, 0)) DESC, "
        f"2, 3, 4, 5, 6, 7 {most}"
    ).fetchall()
    con.execute("DROP TABLE compared")
    changes = tuple(
        NumberChange(*(*row[:10], _cell(old, row[10:13]), _cell(new, row[13:16]))) for row in rows
    )
    parts = tuple(e for e in (old, new) if not is_whole(store, e))
    return Diff(old, new, {k: int(counted.get(k, 0)) for k in KINDS}, unchanged, changes, parts)


def _refuse_bare(store: Store, editions: Sequence[str]) -> None:
    """Refuse an edition of which only single figures are here, as an embedded edition cites them."""
    for edition in editions:
        ((held,),) = store.con.execute(
            "SELECT count(*) FROM observation WHERE edition = $e", {"e": edition}
        ).fetchall()
        if not held:
            raise NoSuchObservation(
                f"{edition}: this data directory holds no table of it, at most single figures",
                hint="load the publisher's file and compare there: sojourn load FILE --data DIR",
            )


def _sides(area: str | None, indicator: str | None, period: str | None) -> dict[str, str]:
    """Return the pieces of the comparison; codes are checked, so that they can stand in a query."""
    parts = []
    if area is not None:
        code = area_id(area)
        parts.append(f"('{code}' IN (ref_area, origin, destination))")
    for column, value in (("indicator", indicator), ("time_period", period)):
        if value is not None:
            quoted = value.replace("'", "''")
            parts.append(f"{column} = '{quoted}'")
    key = ", ".join(_MATCH)
    return {
        "where": " AND ".join(["true", *parts]),
        "key": key,
        "using": key,
    }


_JOINED = """
CREATE OR REPLACE TEMP TABLE compared AS
WITH b AS (SELECT {key}, criterion, unit_measure, unit_mult, value, sheet, "row", col FROM observation
           WHERE edition = $old AND {where} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY sheet, "row", col) = 1),
     a AS (SELECT {key}, criterion, unit_measure, unit_mult, value, sheet, "row", col FROM observation
           WHERE edition = $new AND {where} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY sheet, "row", col) = 1),
     places_b AS (SELECT DISTINCT ref_area AS place FROM b), places_a AS (SELECT DISTINCT ref_area AS place FROM a)
SELECT {using}, b.value AS before, a.value AS after, b.sheet AS sheet_b, b."row" AS row_b, b.col AS col_b,
  a.sheet AS sheet_a, a."row" AS row_a, a.col AS col_a,
  CASE WHEN (a.sheet IS NULL OR b.sheet IS NULL) AND
            (ref_area NOT IN (SELECT place FROM places_a) OR ref_area NOT IN (SELECT place FROM places_b)) THEN 'border'
       WHEN a.value IS NULL AND b.value IS NULL THEN ''
       WHEN b.value IS NULL THEN 'new'
       WHEN a.value IS NULL THEN 'withdrawn'
       WHEN a.unit_measure <> b.unit_measure OR a.unit_mult <> b.unit_mult THEN 'unit'
       WHEN a.criterion <> b.criterion AND a.value <> b.value THEN 'definition'
       WHEN a.value <> b.value THEN 'revised' ELSE '' END AS kind
FROM b FULL JOIN a USING ({using})
"""


def _cell(edition: str, place: Sequence[object]) -> str:
    sheet, row, col = place
    if row is None:
        return ""
    return str(Cell.of(edition, str(sheet), int(str(row)), int(str(col))))


def between(
    store: Store,
    then: date,
    now: date,
    *,
    area: str | None = None,
    indicator: str | None = None,
    period: str | None = None,
    limit: int = 0,
) -> list[Diff]:
    """Compare, dataset by dataset, the whole editions that were current on two days."""
    tabled = {f.edition for f in store.manifest.files if f.observations}
    before = {EditionId.of(e).dataset: e for e in current(store, then)}
    after = {EditionId.of(e).dataset: e for e in current(store, now)}
    return [
        diff(store, before[d], after[d], area=area, indicator=indicator, period=period, limit=limit)
        for d in sorted(before.keys() & after.keys())
        if before[d] != after[d]
        and {before[d], after[d]} <= tabled
        and is_whole(store, before[d])
        and is_whole(store, after[d])
    ]
