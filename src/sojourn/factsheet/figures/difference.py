"""A difference of two numbers, which carries the unit it is told in.

Two numbers of unlike units have none: a share less a sum of money is refused, never printed.
"""

from dataclasses import dataclass

from sojourn.errors import ForbiddenSum
from sojourn.factsheet.figures.figure import FigureValue

#: Of fewer than this nothing is told in per cent: one more would be more than one per cent.
LEAST_BASE = 100
_SHARES = ("PERCENT", "PERCENTAGE_POINTS")


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one number stands from another.

    Attributes
    ----------
    size : float
        The later number less the earlier one, in ``unit``.
    unit : str
        That of both numbers; of two shares, percentage points.
    """

    size: float
    unit: str


def difference(before: FigureValue, after: FigureValue) -> Difference:
    """Return how far a number stands from an earlier one.

    Raises
    ------
    ForbiddenSum
        The two are of unlike units.

    Examples
    --------
    >>> key = {"figure_id": "x", "time_period": "2015", "sex": "_T", "area": "900", "as_of": ""}
    >>> shares = [FigureValue(**key, unit="PERCENT", value=v) for v in (3.25, 3.5)]
    >>> difference(*shares)
    Difference(size=0.25, unit='PERCENTAGE_POINTS')
    """
    return told_in(
        before.unit, (after.value or 0.0) - (before.value or 0.0), after.unit, after.figure_id
    )


def relative(before: FigureValue, after: FigureValue) -> float | None:
    """Return a difference in per cent of the earlier number; none of a share, or of too few.

    Examples
    --------
    >>> key = {"figure_id": "x", "time_period": "2015", "sex": "_T", "area": "900", "as_of": ""}
    >>> counts = [FigureValue(**key, unit="PERSONS", value=v) for v in (1.0, 421.0, 842.0)]
    >>> relative(counts[0], counts[1]), relative(counts[1], counts[2])
    (None, 100.0)
    """
    if before.unit in _SHARES or abs(before.value or 0.0) < LEAST_BASE:
        return None
    return 100 * difference(before, after).size / abs(before.value or 0.0)


def told_in(before: str, size: float, after: str, name: str) -> Difference:
    """Return a size as a difference of numbers of two units, which must be one.

    Raises
    ------
    ForbiddenSum
        They are two.
    """
    if before != after:
        raise ForbiddenSum(
            f"{name}: a difference of {after or 'no unit'} and {before or 'no unit'}",
            hint="tell each number in its own unit",
        )
    return Difference(size, "PERCENTAGE_POINTS" if after == "PERCENT" else after)
