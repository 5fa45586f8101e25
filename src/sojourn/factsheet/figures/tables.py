"""Whole tables behind the drawings: one value a country, migrants between regions."""

from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import FigureValue
from sojourn.factsheet.figures.operations import REGIONS

__all__ = ["REGIONS", "by_country", "region_matrix"]


def by_country(ev: Evaluator, figure_id: str) -> tuple[dict[str, float], list[FigureValue]]:
    """Return a figure that has one value a country, as a table and as what to cite for it.

    Returns
    -------
    (dict of area id to value, list of FigureValue)
        Countries without a value are absent.
    """
    found = [v for v in ev.values(figure_id) if v.value is not None]
    return {v.area: v.value for v in found if v.value is not None}, found


def region_matrix(ev: Evaluator) -> tuple[list[list[float]], list[FigureValue]]:
    """Return migrants by region of origin (rows) and destination (columns), in ``REGIONS``' order.

    Empty when no edition gives corridors.
    """
    values, found = by_country(ev, "migrants_between_regions")
    if not found:
        return [], []
    return [[values.get(f"{i}>{j}", 0.0) for j in REGIONS] for i in REGIONS], found
