"""Figures as known on two days."""

from dataclasses import dataclass

from sojourn.factsheet.figures.figure import FigureValue


@dataclass(frozen=True, slots=True)
class Compared:
    """Figures as known on two days.

    Attributes
    ----------
    pairs : tuple of (then, now)
        Figures that read differently in two complete editions.
    unheld : tuple of FigureValue
        Figures of today without an edition that was current then.
    lacked : tuple of FigureValue
        Figures of today that no held edition of then gives.
    withdrawn : tuple of FigureValue
        Figures of then that no complete edition gives today.
    """

    pairs: tuple[tuple[FigureValue, FigureValue], ...] = ()
    unheld: tuple[FigureValue, ...] = ()
    withdrawn: tuple[FigureValue, ...] = ()
    lacked: tuple[FigureValue, ...] = ()
