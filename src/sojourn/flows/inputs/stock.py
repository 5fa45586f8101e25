"""The stock table of an interval, its editions, and the population that its file prints."""

from collections.abc import Sequence
from datetime import date

from sojourn.errors import EstimateError
from sojourn.flows.inputs.reasons import Unmet, why_not
from sojourn.flows.inputs.revision import FIELDS, Cells, ask, note
from sojourn.store.choice import WHOLE
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import EditionId

LONGEST = 10  # years: beyond, several intervals of the stock lie between


def years_of(period: str) -> tuple[int, int]:
    """Return the mid-years of an interval such as ``2010-2015``.

    Raises
    ------
    EstimateError
        It is no interval, or spans several intervals of the stock.
    """
    first, _, last = period.partition("-")
    if not (first.isdigit() and last.isdigit() and len(first) == len(last) == 4 and first < last):
        raise EstimateError(f"the period {period!r} is no interval", hint="expected 2010-2015")
    length = int(last) - int(first)
    if length > LONGEST:
        raise EstimateError(
            f"the period {period} spans {length} years in one step",
            hint=f"choose intervals between neighbouring stocks, for instance {first}-{int(first) + 5}; "
            f"at most {LONGEST} years",
        )
    return int(first), int(last)


def stock_editions(
    store: Store, period: str, *, sex: str = "_T", as_of: date | None = None
) -> list[str]:
    """Return the editions of the stock by origin and destination that hold an interval, oldest first."""
    return editions_of(store, "undesa.ims-od", "migrant_stock", years_of(period), sex, as_of)


def edition_like(
    store: Store,
    dataset: str,
    indicator: str,
    years: Sequence[int],
    sex: str,
    as_of: date | None,
    *,
    like: str = "",
) -> str:
    """Return the newest edition, or the one of the same day as another."""
    found = editions_of(store, dataset, indicator, years, sex, as_of)
    same = [e for e in found if like and EditionId.of(e).vintage == EditionId.of(like).vintage]
    return (same or found)[-1]


def editions_of(
    store: Store,
    dataset: str,
    indicator: str,
    years: Sequence[int],
    sex: str,
    as_of: date | None,
) -> list[str]:
    """Return the whole editions that hold an indicator for every year and the sex, oldest first.

    Raises
    ------
    EstimateError
        There is none; the message names the earliest, if a later one has it.
    """
    found = store.con.execute(
        "SELECT edition, vintage, count(DISTINCT time_period) FROM observation "  # noqa: S608 - constants
        f"WHERE {WHOLE} AND dataflow = $dataset "
        "AND indicator = $indicator AND sex = $sex AND list_contains($years, time_period) "
        "AND obs_value IS NOT NULL GROUP BY ALL ORDER BY vintage",
        {"dataset": dataset, "indicator": indicator, "sex": sex, "years": [str(y) for y in years]},
    ).fetchall()
    whole = [(e, v) for e, v, n in found if n == len(years)]
    current = [str(e) for e, v in whole if as_of is None or v <= as_of.isoformat()]
    if current:
        return current
    asked = {"dataset": dataset, "start": str(years[0]), "end": str(years[-1])}
    told = {"indicator": indicator, "sex": why_not(f"of{sex}"), **asked}
    why = (
        why_not("no_table_yet", **told, as_of=str(as_of), earliest=str(whole[0][0]))
        if whole
        else why_not("no_table", **told)
    )
    raise Unmet(
        why,
        hint="load it: sojourn load; stock differencing on your own tables needs no births and deaths",
    )


def corridors(
    store: Store, edition: str, year: int, sex: str, cells: Cells
) -> dict[tuple[str, str], float]:
    """Return a stock table of countries and residual origins, persons, and note its cells."""
    rows = ask(
        store,
        f"SELECT {FIELDS} FROM observation WHERE edition = $edition AND indicator = 'migrant_stock' "  # noqa: S608 - constants
        "AND sex = $sex AND time_period = $year AND origin <> '_T' AND obs_value IS NOT NULL",
        edition=edition,
        sex=sex,
        year=str(year),
    )
    out: dict[tuple[str, str], float] = {}
    for row in rows:
        if kind_of(row[1]) == "country" and kind_of(row[0]) in ("country", "residual"):
            out[row[0], row[1]] = row[2] * 10.0 ** row[3]
            note(cells, "stock", row)
    return out


def kind_of(area: str) -> str:
    """Return the kind of an area, empty where it is not known."""
    known = AREAS.get(area)
    return "" if known is None else known.kind


def population_of(
    store: Store, edition: str, year: int, sex: str, cells: Cells
) -> dict[str, float]:
    """Return the population that an edition prints, persons by area, and note its cells."""
    rows = ask(
        store,
        f"SELECT {FIELDS} FROM observation WHERE edition = $edition AND indicator = 'population' "  # noqa: S608
        "AND sex = $sex AND time_period = $year AND obs_value IS NOT NULL",
        edition=edition,
        sex=sex,
        year=str(year),
    )
    for row in rows:
        note(cells, "population", ("_T", *row[1:]))
    return {row[1]: row[2] * 10.0 ** row[3] for row in rows}
