"""Iterative proportional fitting, zero-sum rescaling, net update of a flow table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.errors import EstimateError, NotConverged
from sojourn.flows.model.tables import Array
from sojourn.processes import one_thread

TOLERANCE = 1e-12  # of each row against its own margin, or one person if the margin is smaller
SWEEPS = 2_000
NEWTON_EVERY = 10
HALVINGS = 12
RIDGE = 1e-12  # of the curvature, which knows no common factor of all rows
STEPS = 200
SMALLEST = 2.0**-40  # of a Newton step, before it is given up
PRECISION = 1e-13  # of a place's turnover: what double precision can tell

#: What a row and a column of a stock table are.
WORDS = ("born in", "living in")


@dataclass(frozen=True)
class Fit:
    """A fitted table.

    Attributes
    ----------
    table : ndarray, shape of the prior
    sweeps : int
        Alternations of rows and columns that were needed.
    residual : float
        Largest |row sum - target| / max(target, 1 person).
    """

    table: Array
    sweeps: int
    residual: float


def fit(
    prior: Array,
    rows: Array,
    columns: Array,
    *,
    names: tuple[Sequence[str], Sequence[str]] = ((), ()),
    words: tuple[str, str] = WORDS,
    tolerance: float = TOLERANCE,
    sweeps: int = SWEEPS,
) -> Fit:
    """Scale the rows and columns of a prior until it has the given margins (Deming and Stephan).

    Columns are scaled last, so that they hold to rounding; a row or column of zeros stays zero.

    Parameters
    ----------
    prior : ndarray, shape (K, n), not negative
    rows, columns : ndarray, shape (K,) and (n,)
        Margins of the same total.
    names : (row names, column names), optional
    words : (of a row, of a column)
        Both for the message.

    Raises
    ------
    NotConverged
        Naming the margins that cannot be met and by how much.
    """
    _refuse_unequal(rows, columns)
    u, v = np.ones(len(rows)), np.ones(len(columns))
    floor = np.maximum(rows, 1.0)
    residual = np.inf
    for sweep in range(1, sweeps + 1):
        u = _divide(rows, prior @ v)
        v = _divide(columns, prior.T @ u)
        found = u * (prior @ v)
        residual = float(np.max(np.abs(found - rows) / floor, initial=0.0))
        if residual >= tolerance and sweep % NEWTON_EVERY == 0:
            u = _newton(prior, u, v, rows, columns)
            v = _divide(columns, prior.T @ u)
            residual = float(np.max(np.abs(u * (prior @ v) - rows) / floor))
        if residual < tolerance:
            table = u[:, None] * prior * v[None, :]
            _refuse_unmet(table, rows, columns, names, words)
            return Fit(table, sweep, residual)
    table = u[:, None] * prior * v[None, :]
    _refuse_unmet(table, rows, columns, names, words, always=True)
    raise AssertionError  # pragma: no cover - the line above raises


def _newton(prior: Array, u: Array, v: Array, rows: Array, columns: Array) -> Array:
    """Return row factors after one damped Newton step on the dual, columns being eliminated.

    Scaling alone creeps where places exchange few people; the dual is convex and smooth. The step
    is halved until fewer persons are misplaced: a small row may get worse meanwhile, and is
    mended by the next scaling.
    """
    table = u[:, None] * prior * v[None, :]
    found = table.sum(axis=1)
    scale = _divide(np.ones_like(found), np.sqrt(found))
    table *= scale[:, None]
    curvature = (table * -_divide(np.ones_like(columns), columns)) @ table.T
    curvature[np.diag_indices_from(curvature)] += 1.0 + RIDGE
    step = scale * np.linalg.solve(curvature, scale * (rows - found))
    misplaced = float(np.abs(found - rows).sum())
    for halving in range(HALVINGS):
        faster: Array = u * np.exp(np.clip(step * 0.5**halving, -20.0, 20.0))
        now = faster * (prior @ _divide(columns, prior.T @ faster))
        if float(np.abs(now - rows).sum()) < misplaced:
            return faster
    return u


def _divide(top: Array, bottom: Array) -> Array:
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


def _refuse_unequal(rows: Array, columns: Array) -> None:
    total, other = float(rows.sum()), float(columns.sum())
    if abs(total - other) > 1e-6 * max(total, 1.0):
        raise NotConverged(
            f"the margins differ: rows sum to {total:,.3f} persons, columns to {other:,.3f}",
            hint="no table has both; nothing was rescaled in silence",
        )


def _refuse_unmet(
    table: Array,
    rows: Array,
    columns: Array,
    names: tuple[Sequence[str], Sequence[str]],
    words: tuple[str, str],
    *,
    always: bool = False,
) -> None:
    off = [
        (abs(float(gap)), f"{what} {labels[i] if labels else i}: {float(gap):+,.3f} persons")
        for what, labels, gaps in (
            (words[0], names[0], table.sum(axis=1) - rows),
            (words[1], names[1], table.sum(axis=0) - columns),
        )
        for i, gap in enumerate(gaps)
        if abs(gap) > 1e-3
    ]
    if off or always:
        worst = [text for _, text in sorted(off, reverse=True)[:5]]
        raise NotConverged(
            "the fit cannot meet its margins: " + ("; ".join(worst) or "it is still moving"),
            hint="where a place has people at only one date, or only natives, no table has both margins",
        )


def zero_sum(net: Array) -> Array:
    """Rescale net migration to a world sum of zero without changing a sign.

    Parameters
    ----------
    net : ndarray, shape (n,)

    Raises
    ------
    EstimateError
        All places gain, or all lose.

    Examples
    --------
    >>> zero_sum(np.array([3.0, 2.0, -3.0])).round(3).tolist()
    [2.4, 1.6, -4.0]
    """
    up, down = float(net[net > 0].sum()), float(net[net < 0].sum())
    if np.isclose(up + down, 0.0, atol=1e-12):
        return net.copy()
    if up == 0.0 or down == 0.0:
        raise EstimateError(
            "net migration has one sign everywhere: the world is not closed",
            hint="check births, deaths and the unit of the stocks",
        )
    excess = 0.5 * (up + down)
    return net * np.where(net > 0, (up - excess) / up, (down - excess) / down)


@one_thread()
def net_update(
    prior: Array,
    net: Array,
    *,
    tolerance: float = 1e-9,
    sweeps: int = STEPS,
    names: Sequence[str] = (),
) -> Fit:
    """Change a flow table as little as possible so that it has the given net migration.

    F[i,j] = a[i] m[i,j] / a[j] (Abel and Smith). The logarithms of a minimize a convex function whose
    gradient is the error of net migration; a damped Newton step is taken until none is left.

    Parameters
    ----------
    prior : ndarray, shape (n, n), not negative; origins down, destinations across
    net : ndarray, shape (n,)
        In-flow minus out-flow; sums to zero.
    names : sequence of str, optional
        Of the places, for the message.

    Raises
    ------
    EstimateError
        A cell of the prior is no number of persons, or the net migration does not sum to zero.
    NotConverged
        No table with the prior's zeros has this net migration.
    """
    if not (np.isfinite(prior).all() and (prior >= 0).all() and np.isfinite(net).all()):
        raise EstimateError(
            "the prior or the net migration has a cell that is no number of persons",
            hint="missing is not zero; a flow is not negative",
        )
    if abs(float(net.sum())) > 1e-6 * max(1.0, float(np.abs(net).sum())):
        raise EstimateError(
            f"net migration sums to {net.sum():,.3f}, not to zero",
            hint="rescale it: --rescale, zero_sum in Python",
        )
    m = prior.copy()
    np.fill_diagonal(m, 0.0)
    x, table = np.zeros(len(net)), m
    error = _error(table, net)
    for step in range(sweeps + 1):
        turnover = table.sum(axis=0) + table.sum(axis=1)
        residual = float(np.max(np.abs(error), initial=0.0))
        if (np.abs(error) <= np.maximum(tolerance, PRECISION * turnover)).all():
            return Fit(table, step, residual)
        x, moved = _step(m, net, x, table, error)
        if not moved:
            break
        table = _scaled(m, x)
        error = _error(table, net)
    worst = int(np.argmax(np.abs(error)))
    place = names[worst] if len(names) else f"place {worst + 1}"
    raise NotConverged(
        f"net migration of {place} is off by {error[worst]:,.6g} persons after {step} steps",
        hint="is the prior connected? a place that nobody leaves, or nobody reaches, cannot lose or gain",
    )


def _error(table: Array, net: Array) -> Array:
    error: Array = net - (table.sum(axis=0) - table.sum(axis=1))
    return error


def _scaled(m: Array, x: Array) -> Array:
    table: Array = m * np.exp(np.clip(x[:, None] - x[None, :], -600.0, 600.0))
    return table


def _step(m: Array, net: Array, x: Array, table: Array, error: Array) -> tuple[Array, bool]:
    """Return the factors after one damped Newton step, and whether it went down."""
    flow = table + table.T
    curvature = np.diag(flow.sum(axis=1)) - flow
    scale = float(np.trace(curvature)) / max(len(net), 1)
    idle = np.flatnonzero(np.diagonal(curvature) <= 0)
    curvature[idle, idle] = max(scale, 1.0)
    ridge = 1e-14 * scale * np.eye(len(net))
    direction = -np.linalg.solve(curvature + ridge, error)
    direction -= direction.mean()
    now, slope = float(table.sum() + net @ x), float(error @ direction)
    size = min(1.0, 30.0 / max(float(np.abs(direction).max()), 1e-300))
    while size > SMALLEST:
        tried = x + size * direction
        value = float(_scaled(m, tried).sum() + net @ tried)
        if np.isfinite(value) and value <= now + 1e-4 * size * slope + 1e-12 * abs(now):
            return tried, True
        size *= 0.5
    return x, False
