"""A prior table of flows brought to other totals: margins that agree, a year's net migration."""

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.model.fitting import Fit, net_update, zero_sum
from sojourn.flows.model.tables import Array


def balanced_margins(rows: Array, columns: Array) -> tuple[Array, Array]:
    """Return margins of one total, each moved half of the way in proportion to its cells.

    Raises
    ------
    EstimateError
        A margin is negative, or nobody stands in one of the two.
    """
    for name, margin in (("rows", rows), ("columns", columns)):
        if not (np.isfinite(margin).all() and (margin >= 0).all() and margin.sum() > 0):
            raise EstimateError(
                f"the margin of the {name} is no list of persons", hint="missing is not zero"
            )
    total = 0.5 * (float(rows.sum()) + float(columns.sum()))
    return rows * (total / rows.sum()), columns * (total / columns.sum())


def annual(prior: Array, net: Array) -> Fit:
    """Return the flows of one year: a year's share of an interval, with the year's net migration.

    Parameters
    ----------
    prior : ndarray, shape (n, n)
        Persons a year.
    net : ndarray, shape (n,)
        As the revision publishes it; it is rescaled to a world sum of zero first.

    Raises
    ------
    NotConverged
        No table with the prior's zeros has this net migration.
    """
    return net_update(prior, zero_sum(net), tolerance=1e-6)
