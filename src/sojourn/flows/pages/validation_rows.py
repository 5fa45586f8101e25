"""Rows of the tables of the validation page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MeasuredRow:
    """Measured totals of one direction and interval beside the estimate."""

    period: str
    direction: str
    edition: str
    countries: int
    correlation: float
    ratio: float


@dataclass(frozen=True)
class NetRow:
    """The revision's net migration beside ours in one interval; persons."""

    period: str
    edition: str
    worst: str
    gap: float
    beyond: int
    signs: tuple[int, int]


@dataclass(frozen=True)
class BandRow:
    """A fitted interval and its coverage of countries left out."""

    direction: str
    half: str
    weight: float
    low: float
    high: float
    covered: int
    counted: int
    binomial: tuple[float, float]
    holds: bool
