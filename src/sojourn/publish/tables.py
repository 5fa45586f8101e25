"""Whole tables behind the drawings: one value a country, migrants between regions."""

from dataclasses import replace

from sojourn.publish.evaluate import Evaluator, _is_country, _members, _value
from sojourn.publish.figure import Figure, FigureValue, figure

REGIONS = ("903", "935", "908", "904", "905", "909")
_PLAIN = {
    "migrant_stock": {"indicator": "migrant_stock", "origin": "_T", "sex": "_T"},
    "migrant_share_of_population": {"indicator": "migrant_share_of_population", "sex": "_T"},
}


def by_country(ev: Evaluator, indicator: str) -> tuple[dict[str, float], list[FigureValue]]:
    """Return an indicator for every country of the edition in use, and what to cite for it.

    Returns
    -------
    (dict of area id to value, list of FigureValue)
        Countries without a value are absent.
    """
    base = figure("migrant_stock" if indicator == "migrant_stock" else "share_of_population")
    declared = replace(base, where=_PLAIN[indicator])
    rows, _ = ev.rows(declared, ev.year)
    kept = [r for r in rows if _is_country(r["destination"])]
    if not kept:
        return {}, []
    ev.use(kept)
    values = {r["destination"]: r["value"] for r in kept}
    return values, [_value(ev, declared, ev.year, kept[:1], kept[0]["value"])]


def region_matrix(ev: Evaluator) -> tuple[list[list[float]], list[FigureValue]]:
    """Return migrants by region of origin (rows) and destination (columns), in ``REGIONS``' order.

    Sums over countries by the classification of the same edition; origins without a region
    (``Others``, Other North, Other South) are left out. Empty when there is no such table.
    """
    declared: Figure = figure("top_corridors")
    rows, _ = ev.rows(declared, ev.year, extra="origin <> '_T' AND destination <> '900'")
    member = _members(ev, rows[0]["edition"]) if rows else {}
    region = {
        area: next((g for g in REGIONS if g in groups), "") for area, groups in member.items()
    }
    if not region:
        return [], []
    place = {g: i for i, g in enumerate(REGIONS)}
    matrix = [[0.0] * len(REGIONS) for _ in REGIONS]
    used = []
    for r in rows:
        i, j = place.get(region.get(r["origin"], "")), place.get(region.get(r["destination"], ""))
        if i is not None and j is not None and _is_country(r["destination"]):
            matrix[i][j] += r["value"]
            used.append(r)
    if not used:
        return [], []
    total = sum(map(sum, matrix))
    return matrix, [
        _value(ev, declared, ev.year, used, total, formula=f"sum of {len(used):,} cells")
    ]
