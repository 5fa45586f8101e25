"""A model with more columns and rows: what travels beside who goes where."""

from dataclasses import replace

import numpy as np
from scipy import sparse

from sojourn.relocation.planner.model import Model
from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.solver import Programme, Vector


def widened(model: Model, rows: Rows, upper: Vector) -> Model:
    """Return a model with further columns, of no cost on any level, and further rows.

    Parameters
    ----------
    rows : Rows
        Over the model's columns and, after them, the further ones.
    upper : ndarray, shape (c,)
        Of the further columns; their lower bounds are 0.
    """
    p, c = model.programme, len(upper)
    n = len(p.lower) + c
    more = rows.programme(np.zeros(n), np.ones(n))
    wide = sparse.hstack([sparse.csc_matrix(p.matrix), sparse.csc_matrix((len(p.row_lower), c))])
    programme = Programme(
        matrix=sparse.vstack([wide, sparse.csc_matrix(more.matrix)]).tocsc(),
        row_lower=np.append(p.row_lower, more.row_lower),
        row_upper=np.append(p.row_upper, more.row_upper),
        lower=np.append(p.lower, np.zeros(c)),
        upper=np.append(p.upper, upper),
    )
    levels = tuple(replace(x, cost=np.append(x.cost, np.zeros(c))) for x in model.levels)
    return replace(model, programme=programme, levels=levels)
