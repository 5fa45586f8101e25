"""The register of figures: what a file of them may hold."""

from dataclasses import dataclass

from sojourn.factsheet.figures.declared_cells import (
    Each,
    Events,
    EventsBy,
    Groups,
    IncomeGroups,
    Months,
    Pairs,
    Regions,
    Reported,
    Sum,
    Top,
    TopLess,
    TopRatio,
    Value,
)
from sojourn.factsheet.figures.declared_others import Absent, Add, Change, Cited, Growth, Share

AnyFigure = (
    Value
    | Sum
    | Top
    | TopLess
    | TopRatio
    | Pairs
    | Each
    | Groups
    | Regions
    | IncomeGroups
    | Events
    | EventsBy
    | Months
    | Reported
    | Change
    | Growth
    | Share
    | Add
    | Cited
    | Absent
)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Two figures that must never be added, by the beginnings of their ids; ``*`` is any other."""

    figures: tuple[str, str]
    why: str


@dataclass(frozen=True, slots=True)
class Figures:
    """A file of figures, and the sums that are refused."""

    figure: tuple[AnyFigure, ...]
    forbidden: tuple[Forbidden, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two figures of one name."""
        names = [f.id for f in self.figure]
        if twice := sorted({n for n in names if names.count(n) > 1}):
            raise ValueError(f"figure {twice[0]} is declared twice; keep one")
