"""Operations on other figures, and numbers that no file gives: the keys of each."""

from dataclasses import dataclass, field
from typing import Literal

from sojourn.factsheet.figures.declared import Figure, Sex
from sojourn.terminal.declared import KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOf(Figure):
    """A figure against the same figure of another year, from one edition.

    Attributes
    ----------
    of : str
        The figure.
    base : int
        The earlier year, or how many years before (-1).
    bases : tuple of int
        The first of them that the edition holds.
    """

    MAY = ("sexes",)
    of: str
    base: int = 0
    bases: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a change since no year, and one since two."""
        Figure.__post_init__(self)
        if bool(self.base) == bool(self.bases):
            raise ValueError("base or bases; one of them, a year or how many years before (-1)")

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Figures that it is computed from."""
        return (self.of,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(ChangeOf):
    """A figure less the same figure of an earlier year."""

    op: Literal["change"] = "change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth(ChangeOf):
    """A change in per cent of the earlier year."""

    op: Literal["growth"] = "growth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Figure):
    """100 × one figure ÷ another, of one edition.

    Attributes
    ----------
    of, over : str
        The two figures.
    """

    op: Literal["share"] = "share"
    of: str
    over: str

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Figures that it is computed from."""
        return (self.of, self.over)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A number that somebody printed for a year, beside the figures that it is added to."""

    year: int
    value: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unless:
    """From which year on a sum is none, and why."""

    since: int = field(metadata={KEY: "from"})
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Add(Figure):
    """The sum of figures that may be added, and of a cited constant of the year.

    Attributes
    ----------
    parts : tuple of str
        The figures.
    constants : tuple of Constant
        What is added to them; a year without one has no sum.
    unless : tuple of Unless
        Years in which it is no sum.
    """

    op: Literal["add"] = "add"
    parts: tuple[str, ...]
    constants: tuple[Constant, ...] = ()
    unless: tuple[Unless, ...] = ()

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Figures that it is computed from."""
        return self.parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A number as an institution printed it."""

    year: int
    value: float
    area: str = "900"
    sex: Sex = "_T"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited(Figure):
    """A constant that an institution printed, with its source; never data.

    Attributes
    ----------
    cited : tuple of Printed
        The numbers.
    cited_source : str
        Who printed them, and in what.
    cited_on : str
        The day or month of printing.
    evidence : str
        Where one can read it.
    """

    op: Literal["cited"] = "cited"
    cited: tuple[Printed, ...]
    cited_source: str
    cited_on: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent(Figure):
    """A figure that was printed and that no file gives.

    Attributes
    ----------
    why : str
        Why none can be computed.
    """

    op: Literal["absent"] = "absent"
    why: str
