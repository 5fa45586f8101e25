"""What an estimate gives, and what is asserted of it after every run."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.model.tables import Adjustment, Array

CLOSURE = 1e-3  # persons, for each place


@dataclass(frozen=True)
class Flows:
    """Estimated flows of one interval.

    Attributes
    ----------
    method : str
    places, birthplaces : tuple of str
        Labels of the rows and columns of ``flow``, and of the birthplaces behind it.
    flow : ndarray, shape (n, n), persons
        Transitions from the row place to the column place; zero diagonal.
    net : ndarray, shape (n,), persons, or None
        Net migration that the accounts imply; closed methods keep it.
    reported_net : ndarray, shape (n,), persons, or None
        Change in population - births + deaths of the input.
    adjustments : tuple of Adjustment
        Everybody whom a step removed, moved or added.
    closed : bool
        Whether the method keeps net migration.
    sweeps : int
        Sweeps of the proportional fits.
    residual : float
        Largest relative margin error of the fits.
    weight : float or None
        Share of the minimum in the mixture (pseudo-Bayes).
    of_birthplace : callable
        Row of a birthplace to its own flows, shape (n, n); they add up to ``flow``.
    """

    method: str
    places: tuple[str, ...]
    birthplaces: tuple[str, ...]
    flow: Array
    net: Array | None = None
    reported_net: Array | None = None
    adjustments: tuple[Adjustment, ...] = ()
    closed: bool = False
    sweeps: int = 0
    residual: float = 0.0
    weight: float | None = None
    of_birthplace: Callable[[int], Array] | None = field(default=None, repr=False)

    @property
    def total(self) -> float:
        """All transitions, persons."""
        return float(self.flow.sum())

    @property
    def net_error(self) -> Array | None:
        """In-flow - out-flow - net migration, shape (n,), persons; None without births and deaths.

        Of the accounts for a closed method, of the input for the others.
        """
        target = self.net if self.closed else self.reported_net
        if target is None:
            return None
        error: Array = self.flow.sum(axis=0) - self.flow.sum(axis=1) - target
        return error


def assert_sound(flows: Flows, *, signed: bool = False) -> Flows:
    """Return the estimate, or refuse it when it breaks what the method promises (section 8).

    Raises
    ------
    EstimateError
        A flow that is negative or not finite, a diagonal that is not zero, a world that does not
        close.
    """
    flow = flows.flow
    if not np.isfinite(flow).all():
        raise EstimateError(
            f"{flows.method}: a flow is not a number", hint="please report this input"
        )
    if np.abs(np.diagonal(flow)).max(initial=0.0) != 0.0:
        raise EstimateError(
            f"{flows.method}: people move from a place to itself", hint="please report this input"
        )
    if not signed and flow.min(initial=0.0) < 0.0:
        raise EstimateError(f"{flows.method}: a flow is negative", hint="please report this input")
    error = flows.net_error
    if flows.closed and error is not None and np.abs(error).max(initial=0.0) > CLOSURE:
        worst = int(np.argmax(np.abs(error)))
        raise EstimateError(
            f"{flows.method}: net migration of {flows.places[worst]} is off by {error[worst]:,.4f} persons",
            hint="the accounts do not close; please report this input",
        )
    return flows
