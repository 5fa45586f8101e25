"""A user's own table of flows brought to net migration, or to departures and arrivals."""

from pathlib import Path
from typing import Any

import numpy as np

from sojourn.errors import EstimateError, NotConverged
from sojourn.flows.model import Flows
from sojourn.flows.model.fitting import fit, net_update, zero_sum
from sojourn.flows.model.tables import PEOPLE, Array
from sojourn.flows.model.updating import balanced_margins
from sojourn.flows.run.own import read_square, read_vector, write_corridors
from sojourn.processes import one_thread

AGREE = 1e-9  # share of a total by which two margins may differ


def update_table(prior: Path, net: Path, out: Path, *, rescale: bool = False) -> dict[str, Any]:
    """Bring a table to net migration and write it.

    Raises
    ------
    EstimateError
        A table cannot be read, or its labels differ from those of the net migration.
    NotConverged
        No table with the prior's zeros has this net migration.
    """
    places, table, moved = _prior(prior)
    told = _vector(net, places)
    wanted = zero_sum(told) if rescale else told
    found = net_update(table, wanted, names=places)
    if rescale:
        moved.append(f"net migration summed to {told.sum():+,.0f} persons and was rescaled to zero")
    return _written(places, table, found.table, found.residual, out, moved)


@one_thread()
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
    places, table, moved = _prior(prior)
    out_of, into = (_vector(path, places, counted=True) for path in (rows, columns))
    if balance:
        said = f"departures summed to {out_of.sum():,.0f}, arrivals to {into.sum():,.0f} persons"
        moved.append(f"{said}; both were brought to their mean")
        out_of, into = balanced_margins(out_of, into)
    elif abs(out_of.sum() - into.sum()) > AGREE * max(out_of.sum(), into.sum()):
        raise NotConverged(
            f"departures ({rows}) sum to {out_of.sum():,.3f} persons, arrivals ({columns}) to "
            f"{into.sum():,.3f}: no table has both",
            hint="--balance brings both to their mean first; nothing is rescaled in silence",
        )
    found = fit(table, out_of, into, names=(places, places), words=("departures of", "arrivals of"))
    error = max(
        float(np.abs(found.table.sum(axis=1) - out_of).max()),
        float(np.abs(found.table.sum(axis=0) - into).max()),
    )
    return _written(places, table, found.table, error, out, moved)


def _prior(path: Path) -> tuple[tuple[str, ...], Array, list[str]]:
    """Return places, flows between different places, and what was on the diagonal, in words."""
    rows, columns, table = read_square(path)
    if set(rows) != set(columns):
        odd = sorted(set(rows) ^ set(columns))
        raise EstimateError(
            f"{path}: {', '.join(map(repr, odd[:5]))} stands down or across, not both",
            hint="origins down and destinations across have the same labels",
        )
    order = [columns.index(r) for r in rows]
    table = table[:, order]
    wrong = np.argwhere((table < 0) | (table > PEOPLE))
    if len(wrong):
        i, j = wrong[0]
        raise EstimateError(
            f"{path}: {rows[i]} to {rows[j]} is {table[i, j]:g}, no number of persons",
            hint="a flow is not negative, and not more than have ever lived",
        )
    own = float(np.trace(table))
    np.fill_diagonal(table, 0.0)
    said = [f"{own:,.0f} persons on the diagonal stay where they are: no flow, left out"]
    return rows, table, said if own else []


def _vector(path: Path, places: tuple[str, ...], *, counted: bool = False) -> Array:
    """Return the numbers of a list, place by place; a count is not negative."""
    found = read_vector(path)
    odd = [p for p in places if p not in found] or [p for p in found if p not in places]
    if odd:
        raise EstimateError(
            f"{path}: {', '.join(map(repr, odd[:5]))} stands in one of the two files only",
            hint="one row for each place of the prior, and no other",
        )
    least = 0.0 if counted else -PEOPLE
    wrong = [p for p in places if not least <= found[p] <= PEOPLE]
    if wrong:
        raise EstimateError(
            f"{path}: {wrong[0]} reads {found[wrong[0]]:g}, no number of persons",
            hint="persons, not a multiple of them"
            + ("; departures and arrivals are not negative" if counted else ""),
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
