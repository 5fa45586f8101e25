"""Two editions side by side, key by key: what is lost, new, changed, and what it looks like."""

from collections.abc import Iterable

import duckdb

from sojourn.errors import counted
from sojourn.harmonize.comparison import ColumnChange, KeyChange, largest
from sojourn.store.covered import SliceChange
from sojourn.vocab.area import AREAS
from sojourn.vocab.indicator import indicators

#: Aggregates but the world: their members differ by edition, and their parts are compared anyway.
_GROUPS = ", ".join(
    f"'{a.area_id}'"
    for a in sorted(AREAS.values(), key=lambda a: a.area_id)
    if a.kind not in ("country", "historical", "residual") and a.area_id != "900"
)
#: What cannot be added: only keys are counted.
_RATES = ", ".join(f"'{i.id}'" for i in indicators().values() if i.kind == "rate")
_KEY = "indicator, ref_area, origin, destination, sex, age, time_period, said"
_SAID = "regexp_replace(detail, '(;|^)(row|part|repeat|contradiction)=[0-9]+', '') AS said"
#: What is said of a number beside its value.
_BESIDE = ("obs_status", "unit_measure", "criterion", "comment")
#: Slices in which this edition gives places a number, be it zero.
_HELD_NOW = "SELECT DISTINCT indicator, time_period FROM all_b WHERE has AND NOT is_group"
MOST = 4  # indicators and aggregates that are told one by one


def lay(con: duckdb.DuckDBPyConnection, before: list[str], now: list[str]) -> None:
    """Lay two editions side by side: ``a`` is the one before, ``b`` this one.

    ``all_a`` and ``all_b`` hold every key; ``a`` and ``b`` those of places (and the world) that
    have a number other than zero; ``both_sides`` joins them where both hold the slice, this one
    be it with zeros alone.
    """
    beside = ", ".join(f"min({c}) AS {c}, max({c}) AS {c}_too" for c in _BESIDE)
    for name, paths in (("a", before), ("b", now)):
        con.execute(
            "CREATE OR REPLACE TABLE all_" + name + " AS SELECT indicator, ref_area, origin, "  # noqa: S608
            f"destination, sex, age, time_period, {_SAID}, sum(obs_value * pow(10, unit_mult)) AS value, "
            f"count(obs_value) > 0 AS has, min(lower) AS lower, max(upper) AS upper, {beside}, "
            f"any_value(ref_area IN ({_GROUPS}) OR origin IN ({_GROUPS})) AS is_group "
            "FROM read_parquet($paths) GROUP BY ALL",
            {"paths": paths},
        )
        con.execute(
            f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM all_{name} WHERE value <> 0 AND NOT is_group"  # noqa: S608
        )
    con.execute(
        f"CREATE OR REPLACE TABLE both_sides AS SELECT {_KEY}, a.value AS before, b.value AS after "  # noqa: S608
        f"FROM a FULL JOIN b USING ({_KEY}) "
        "WHERE (indicator, time_period) IN (SELECT DISTINCT indicator, time_period FROM a) "
        f"AND (indicator, time_period) IN ({_HELD_NOW})"
    )


def take_away(con: duckdb.DuckDBPyConnection) -> None:
    """Remove what `lay` laid out."""
    con.execute(
        "DROP VIEW a; DROP VIEW b; DROP TABLE all_a; DROP TABLE all_b; DROP TABLE both_sides"
    )


def slices(con: duckdb.DuckDBPyConnection) -> list[SliceChange]:
    """Return what each slice that both hold has lost and gained."""
    adds = f"indicator NOT IN ({_RATES})"
    rows = con.execute(
        "SELECT indicator, origin NOT IN ('_T', '_Z') AS by_origin, time_period, count(after), "  # noqa: S608 - ids
        "count(before), count(*) FILTER (after IS NULL), count(*) FILTER (before IS NULL), "
        f"coalesce(sum(after), 0), coalesce(sum(abs(before)) FILTER ({adds}), 0), "
        f"coalesce(sum(abs(before)) FILTER ({adds} AND after IS NULL), 0) "
        "FROM both_sides GROUP BY ALL HAVING count(before) > 0 ORDER BY 1, 2, 3"
    ).fetchall()
    names = tuple(SliceChange.__dataclass_fields__)
    return [SliceChange(**dict(zip(names, row, strict=True))) for row in rows]


def only_now(con: duckdb.DuckDBPyConnection) -> list[tuple[str, bool, str]]:
    """Return the slices of this edition that the one before lacks: indicator, by origin, period."""
    return con.execute(
        "SELECT DISTINCT indicator, origin NOT IN ('_T', '_Z'), time_period FROM all_b "
        "WHERE has AND NOT is_group "
        "AND (indicator, time_period) NOT IN (SELECT indicator, time_period FROM a) ORDER BY ALL"
    ).fetchall()


def periods(con: duckdb.DuckDBPyConnection, side: str) -> set[str]:
    """Return the periods of one side (``a`` or ``b``) that hold a number."""
    rows = con.execute(f"SELECT DISTINCT time_period FROM {side}").fetchall()  # noqa: S608 - a or b
    return {period for (period,) in rows}


def largest_changes(con: duckdb.DuckDBPyConnection) -> tuple[KeyChange, ...]:
    """Return the ten largest changes of keys in the slices that both hold."""
    rows = con.execute(
        f"SELECT {_SHOWN}, before, after FROM both_sides WHERE before IS DISTINCT FROM after "  # noqa: S608
        f"ORDER BY abs(coalesce(after, 0) - coalesce(before, 0)) DESC, {_SHOWN} LIMIT 10"
    ).fetchall()
    return largest(_key_changes(rows))


_SHOWN = "indicator, ref_area, origin, sex, age, said, time_period"


def _key_changes(rows: Iterable[tuple[object, ...]]) -> list[KeyChange]:
    names = tuple(KeyChange.__dataclass_fields__)
    return [KeyChange(**dict(zip(names, row, strict=True))) for row in rows]  # type: ignore[arg-type] # as selected


_COLUMN = "indicator, sex, time_period"


def columns(con: duckdb.DuckDBPyConnection) -> list[ColumnChange]:
    """Return the columns of which much has changed, with what would explain it."""
    con.execute(
        f"CREATE OR REPLACE TABLE moved AS SELECT {_COLUMN}, count(*) AS keys, "  # noqa: S608
        "count(*) FILTER (before <> after) AS changed, "
        "median(after / before) FILTER (before <> after) AS ratio, "
        "sum(after) AS total, sum(before) AS total_before FROM both_sides "
        "WHERE before IS NOT NULL AND after IS NOT NULL GROUP BY ALL HAVING changed > 0"
    )
    rows = con.execute(_EXPLAINED).fetchall()
    con.execute("DROP TABLE moved")
    names = (
        "indicator",
        "sex",
        "period",
        "keys",
        "changed",
        "ratio",
        "total",
        "total_before",
        "spread",
        "same_as",
        "same_share",
        "displaced",
    )
    return [ColumnChange(**dict(zip(names, row, strict=True))) for row in rows]


_EXPLAINED = f"""
WITH changed AS (
  SELECT s.* FROM both_sides s JOIN moved USING ({_COLUMN})
  WHERE before <> after),
spread AS (
  SELECT {_COLUMN}, avg((abs(after / before / ratio - 1) < 0.01)::INTEGER) AS spread
  FROM changed JOIN moved USING ({_COLUMN}) GROUP BY ALL),
big AS (SELECT {_COLUMN}, changed AS n FROM moved WHERE changed >= 4 AND changed >= 0.5 * keys),
twin AS (
  SELECT c.indicator, c.sex, c.time_period, a.indicator || ' ' || a.time_period || CASE WHEN a.sex = '_T' THEN '' ELSE ' (' || a.sex || ')' END AS same_as,
    count(*) / any_value(n) AS same_share
  FROM changed c JOIN big USING ({_COLUMN})
  JOIN a ON a.ref_area = c.ref_area AND a.origin = c.origin AND a.destination = c.destination AND a.age = c.age AND a.value = c.after
    AND (a.indicator, a.sex, a.time_period) <> (c.indicator, c.sex, c.time_period)
  GROUP BY ALL),
best AS (SELECT {_COLUMN}, max_by(same_as, same_share) AS same_as, max(same_share) AS same_share FROM twin GROUP BY ALL),
elsewhere AS (
  SELECT {_COLUMN}, count(*) / any_value(n) AS displaced FROM changed c JOIN big USING ({_COLUMN})
  WHERE EXISTS (SELECT 1 FROM a WHERE a.indicator = c.indicator AND a.sex = c.sex AND a.time_period = c.time_period AND a.value = c.after)
  GROUP BY ALL)
SELECT {_COLUMN}, keys, changed, ratio, total, total_before, coalesce(spread, 0), coalesce(same_as, ''), coalesce(same_share, 0), coalesce(displaced, 0)
FROM moved LEFT JOIN spread USING ({_COLUMN}) LEFT JOIN best USING ({_COLUMN}) LEFT JOIN elsewhere USING ({_COLUMN})
ORDER BY abs(total - total_before) DESC, 1, 2, 3
"""  # noqa: S608 - constants only


def moves(con: duckdb.DuckDBPyConnection) -> float:
    """Return the largest relative step of a total from one period to the next in the edition before."""
    [(most,)] = con.execute(
        "WITH t AS (SELECT indicator, sex, time_period, sum(value) AS total FROM a GROUP BY ALL) "
        "SELECT max(abs(total / earlier - 1)) FROM (SELECT total, lag(total) OVER "
        "(PARTITION BY indicator, sex ORDER BY time_period) AS earlier FROM t) WHERE earlier > 0"
    ).fetchall()
    return float(most or 0.0)


def told(con: duckdb.DuckDBPyConnection, before: str, *, periods_told: bool) -> tuple[str, ...]:
    """Return what an edition lacks or says otherwise and no slice shows, as sentences.

    Parameters
    ----------
    before : str
        The edition it is compared with.
    periods_told : bool
        Whether the periods that it lacks are told elsewhere.
    """
    return (*_lacking(con, before, periods_told=periods_told), *_restated(con, before))


def _lacking(con: duckdb.DuckDBPyConnection, before: str, *, periods_told: bool) -> list[str]:
    """Return the indicators and periods that the edition before holds and this one lacks."""
    rows = con.execute(
        "SELECT indicator, indicator NOT IN (SELECT indicator FROM all_b WHERE has), list(DISTINCT time_period "  # noqa: S608 - constants
        "ORDER BY time_period), count(*) FROM a "
        f"WHERE (indicator, time_period) NOT IN ({_HELD_NOW}) "
        + ("AND time_period IN (SELECT time_period FROM b) " if periods_told else "")
        + "GROUP BY ALL ORDER BY 4 DESC, 1"
    ).fetchall()
    said = [
        f"lacks {indicator}, of which {before} holds {counted(count, 'number')}"
        if gone
        else f"lacks {indicator} of {_listed(held)}, of which {before} holds {counted(count, 'number')}"
        for indicator, gone, held, count in rows
    ]
    more = len(said) - MOST
    return [
        *said[:MOST],
        *([f"and {counted(more, 'more indicator')} like these"] if more > 0 else []),
    ]


def _listed(held: list[str]) -> str:
    return ", ".join(held[:MOST]) + (f" and {len(held) - MOST} more" if len(held) > MOST else "")


def _restated(con: duckdb.DuckDBPyConnection, before: str) -> list[str]:
    """Return how many keys differ in what is no number of a place, and the aggregates that do."""
    other = " OR ".join(
        f"x.{c} IS DISTINCT FROM y.{c}"
        for c in ("lower", "upper", *_BESIDE, *(f"{c}_too" for c in _BESIDE))
    )
    con.execute(
        f"CREATE OR REPLACE TABLE restated AS SELECT {_KEY}, x.value AS before, y.value AS after, "  # noqa: S608
        "coalesce(x.is_group, y.is_group) AS is_group, x.has IS NOT NULL AND y.has IS NOT NULL AS held, "
        f"x.has IS NOT NULL AS was, x.has IS DISTINCT FROM y.has AS filled, ({other}) AS otherwise "
        f"FROM all_a x FULL JOIN all_b y USING ({_KEY})"
    )
    same = "coalesce(before, 0) = coalesce(after, 0)"
    [(filled, otherwise, gone, new)] = con.execute(
        f"SELECT count(*) FILTER (held AND filled), count(*) FILTER (held AND otherwise AND NOT filled), "  # noqa: S608
        f"count(*) FILTER (was AND NOT held), count(*) FILTER (NOT was) FROM restated WHERE {same}"
    ).fetchall()
    rows = con.execute(
        f"SELECT {_SHOWN}, before, after FROM restated WHERE is_group AND before IS DISTINCT FROM after "  # noqa: S608
        f"ORDER BY abs(coalesce(after, 0) - coalesce(before, 0)) DESC, {_SHOWN}"
    ).fetchall()
    con.execute("DROP TABLE restated")
    said = []
    if filled:
        said.append(
            f"{counted(filled, 'key without a number reads', 'keys without a number read')} 0 now, or the other way round"
        )
    if otherwise:
        said.append(
            f"{counted(otherwise, 'key reads', 'keys read')} the same number with another status, bound, unit or note"
        )
    if gone or new:
        said.append(
            f"{counted(gone, 'key')} of {before} without a number or with 0 gone, {new:,} new"
        )
    if rows:
        listed = "; ".join(str(c) for c in largest(_key_changes(rows), MOST))
        said.append(
            f"{counted(len(rows), 'number of an aggregate differs', 'numbers of aggregates differ')}: {listed}"
        )
    return said
