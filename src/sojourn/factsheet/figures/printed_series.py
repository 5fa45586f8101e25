"""How IOM's own numbers moved: every printing of one count, dated, and the editions that came later.

The factsheet's own statements stand in ``published.csv``; what IOM printed elsewhere of the same
counts is in ``printed_series.csv``, each with its evidence.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from sojourn.factsheet.figures.comparison import Published, Verdict
from sojourn.factsheet.figures.figure import FigureValue
from sojourn.terminal.declared import KEY, read_rows

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """One printing of a count: where, when, and the number as worded."""

    figure_id: str
    area: str
    time_period: str
    sex: str
    value: float = field(metadata={KEY: "published_value"})
    unit: str
    precision: float | None
    qualifier: str
    published_in: str
    published_on: str
    evidence: str

    @property
    def key(self) -> Key:
        """What is counted: figure, area, period, sex."""
        return (self.figure_id, self.area, self.time_period, self.sex)


@dataclass(frozen=True, slots=True)
class Movement:
    """A count that IOM printed more than once with different numbers.

    Attributes
    ----------
    printings : tuple of Printing
        Oldest first.
    editions : tuple of FigureValue
        The same figure in every edition of the store, oldest first.
    """

    key: Key
    printings: tuple[Printing, ...]
    editions: tuple[FigureValue, ...]


@cache
def other_printings() -> tuple[Printing, ...]:
    """Return what IOM printed outside the factsheet."""
    text = files("sojourn.factsheet.figures").joinpath("printed_series.csv").read_text("utf-8")
    return read_rows(text, Printing, where="printed_series.csv")


def printing(said: Published) -> Printing | None:
    """Return a statement of the factsheet as a printing; None for one without a number."""
    if said.value is None:
        return None
    return Printing(
        figure_id=said.figure_id,
        area=said.area,
        time_period=said.time_period,
        sex=said.sex,
        value=said.value,
        unit=said.unit,
        precision=said.precision,
        qualifier=said.qualifier,
        published_in=said.published_in,
        published_on=said.published_on,
        evidence=said.evidence,
    )


def movements(
    verdicts: Sequence[Verdict],
    vintages: Callable[[Published], Sequence[FigureValue]],
    until: str,
) -> list[Movement]:
    """Return the counts of which IOM printed more than one number, in the order of the register.

    Parameters
    ----------
    until : str
        The as-of date: what was printed after it is no part of what was known.
    """
    stated = [(v.published, printing(v.published)) for v in verdicts]
    found: dict[Key, list[Printing]] = {}
    first: dict[Key, Published] = {}
    for said, made in stated:
        if made is not None:
            found.setdefault(made.key, []).append(made)
            first.setdefault(made.key, said)
    for other in other_printings():
        if other.key in found and other.published_on <= until:
            found[other.key].append(other)
    out = []
    for key, printings in found.items():
        if len({p.value for p in printings}) > 1:
            ordered = tuple(sorted(printings, key=lambda p: p.published_on))
            out.append(Movement(key, ordered, tuple(vintages(first[key]))))
    return out
