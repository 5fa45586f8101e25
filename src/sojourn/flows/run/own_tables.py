"""A user's own table of flows brought to net migration, or to departures and arrivals."""

from pathlib import Path
from typing import Any

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.model import Flows
from sojourn.flows.model.fitting import fit, net_update, zero_sum
from sojourn.flows.model.tables import Array
from sojourn.flows.model.updating import balanced_margins
from sojourn.flows.run.own import read_square, read_vector, write_corridors


def update_table(prior: Path, net: Path, out: Path, *, rescale: bool = False) -> dict[str, Any]:
    """Bring a table to net migration and write it.

    Raises
    ------
    EstimateError
        A table cannot be read, or its labels differ from those of the net migration.
    NotConverged
        No table with the prior's zeros has this net migration.
    """
    places, table = _prior(prior)
    told = _vector(net, places)
    wanted = zero_sum(told) if rescale else told
    found = net_update(table, wanted)
    moved = (
        [f"net migration summed to {told.sum():+,.0f} persons and was rescaled to zero"]
        if rescale
        else []
    )
    return _written(places, table, found.table, found.residual, out, moved)


def fit_table(
    prior: Path, rows: Path, columns: Path, out: Path, *, balance: bool = False
) -> dict[str, Any]:
    """Bring a table to departures and arrivals and write it.

    Raises
    ------
    EstimateError
        A table cannot be read, or its labels differ from those of a margin.
    NotConverged
        The margins differ in total, or no table with the prior's zeros has them.
    """
    places, table = _prior(prior)
    out_of, into = _vector(rows, places), _vector(columns, places)
    moved = []
    if balance:
        said = f"departures summed to {out_of.sum():,.0f}, arrivals to {into.sum():,.0f} persons"
        moved = [f"{said}; both were brought to their mean"]
        out_of, into = balanced_margins(out_of, into)
    found = fit(table, out_of, into, names=(places, places))
    error = max(
        float(np.abs(found.table.sum(axis=1) - out_of).max()),
        float(np.abs(found.table.sum(axis=0) - into).max()),
    )
    return _written(places, table, found.table, error, out, moved)


def _prior(path: Path) -> tuple[tuple[str, ...], Array]:
    rows, columns, table = read_square(path)
    if set(rows) != set(columns):
        odd = sorted(set(rows) ^ set(columns))
        raise EstimateError(
            f"{path}: {', '.join(map(repr, odd[:5]))} stands down or across, not both",
            hint="origins down and destinations across have the same labels",
        )
    order = [columns.index(r) for r in rows]
    table = table[:, order]
    if (table < 0).any():
        i, j = np.argwhere(table < 0)[0]
        raise EstimateError(
            f"{path}: {rows[i]} to {rows[j]} is negative ({table[i, j]:g})",
            hint="a flow is a number of persons",
        )
    np.fill_diagonal(table, 0.0)
    return rows, table


def _vector(path: Path, places: tuple[str, ...]) -> Array:
    found = read_vector(path)
    odd = [p for p in places if p not in found] or [p for p in found if p not in places]
    if odd:
        raise EstimateError(
            f"{path}: {', '.join(map(repr, odd[:5]))} stands in one of the two files only",
            hint="one row for each place of the prior, and no other",
        )
    return np.array([found[p] for p in places])


def _written(
    places: tuple[str, ...],
    before: Array,
    table: Array,
    residual: float,
    out: Path,
    moved: list[str],
) -> dict[str, Any]:
    written = write_corridors(Flows("update", places, places, table), out)
    return {
        "out": str(out),
        "rows": written.rows,
        "total": float(table.sum()),
        "prior_total": float(before.sum()),
        "residual": residual,
        "moved": moved,
    }
