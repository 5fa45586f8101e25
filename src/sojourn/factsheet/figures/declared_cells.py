"""Operations on cells: the keys of each, and what they must say together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sojourn.factsheet.figures.declared import CELLS, Figure, asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Value(Figure):
    """One printed cell for each area and sex."""

    NEEDS = (*CELLS, "areas")
    MAY = ("sexes",)
    op: Literal["value"] = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An indicator of another dataset."""

    dataset: str
    indicator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum(Figure):
    """The publisher's own world row, or the sum of the cells of all countries and areas.

    Attributes
    ----------
    finer : str
        The same quantity in a finer unit; its cells are added where the edition has them.
    else_of : Source
        Events that are added where no edition prints the sum.
    """

    NEEDS = (*CELLS, "areas")
    op: Literal["sum"] = "sum"
    finer: str = ""
    else_of: Source | None = None

    @property
    def indicators(self) -> frozenset[str]:
        """Indicators that it reads itself."""
        other = self.else_of.indicator if self.else_of else ""
        return asked(self.where) | {i for i in (self.finer, other) if i}

    @property
    def sources(self) -> frozenset[str]:
        """Datasets that it reads itself."""
        return frozenset((*self.datasets, *([self.else_of.dataset] if self.else_of else ())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Top(Figure):
    """The largest places, or the smallest.

    Attributes
    ----------
    ascending : bool
        The smallest first.
    minimum_population, minimum_migrants : int
        Places with fewer are left out.
    """

    NEEDS = (*CELLS, "count")
    MAY = ("sexes", "reported")
    op: Literal["top"] = "top"
    ascending: bool = False
    minimum_population: int = 0
    minimum_migrants: int = 0

    def __post_init__(self) -> None:
        """Refuse two least sizes, and a list of nobody."""
        Figure.__post_init__(self)
        if self.minimum_population and self.minimum_migrants:
            raise ValueError("minimum_population and minimum_migrants; one of them")
        if self.count < 1:
            raise ValueError(f"count is {self.count}; how many places the list shows, from 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopLess(Figure):
    """The places where one indicator less another of the same edition is the largest.

    Attributes
    ----------
    less : mapping of str to str
        Column to code of what is taken away, beside ``where``.
    """

    NEEDS = (*CELLS, "count")
    MAY = ("reported",)
    op: Literal["top_less"] = "top_less"
    less: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a difference of which a side names no indicator."""
        Figure.__post_init__(self)
        if "indicator" not in self.where or "indicator" not in self.less:
            raise ValueError("no where.indicator or less.indicator; both sides name one")

    @property
    def indicators(self) -> frozenset[str]:
        """Indicators that it reads itself."""
        return asked(self.where) | asked(self.less)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopRatio(Figure):
    """The places where one indicator is the largest share of another.

    Attributes
    ----------
    per : Source
        What it is a share of.
    minimum_whole : float
        Places where the whole is less are left out, in its unit.
    """

    NEEDS = (*CELLS, "count")
    MAY = ("reported",)
    op: Literal["top_ratio"] = "top_ratio"
    per: Source
    minimum_whole: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a share of which the upper side names no indicator."""
        Figure.__post_init__(self)
        if "indicator" not in self.where:
            raise ValueError("no where.indicator; a share is of one indicator")

    @property
    def indicators(self) -> frozenset[str]:
        """Indicators that it reads itself."""
        return asked(self.where) | {self.per.indicator}

    @property
    def sources(self) -> frozenset[str]:
        """Datasets that it reads itself."""
        return frozenset((*self.datasets, self.per.dataset))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs(Figure):
    """The hosts of the origin that most people come from."""

    NEEDS = (*CELLS, "count")
    op: Literal["pairs"] = "pairs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Each(Figure):
    """One printed cell per country."""

    NEEDS = CELLS
    MAY = ("sexes",)
    op: Literal["each"] = "each"


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups(Figure):
    """Migrants from one group of countries in another.

    Attributes
    ----------
    groups : (str, str)
        Group of the origins and of the destinations, by the edition's own classification.
    """

    NEEDS = ("from", "where")
    MAY = ("sexes",)
    op: Literal["groups"] = "groups"
    groups: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions(Figure):
    """Migrants from each region in each."""

    NEEDS = CELLS
    op: Literal["regions"] = "regions"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeGroups(Figure):
    """The sum over economies of income classes, by the class in force for the year.

    Attributes
    ----------
    classes : tuple of str
        ``L``, ``LM``, ``UM``, ``H``.
    """

    NEEDS = CELLS
    op: Literal["income_groups"] = "income_groups"
    classes: tuple[Literal["L", "LM", "UM", "H"], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Events(Figure):
    """The sum over incidents.

    Attributes
    ----------
    detail : mapping of str to str
        What an incident must say of itself.
    else_sum : tuple of str
        Indicators that are added where no total is printed.
    """

    NEEDS = ("from", "where")
    MAY = ("place", "areas", "sexes")
    op: Literal["events"] = "events"
    detail: Mapping[str, str] = field(default_factory=dict)
    else_sum: tuple[str, ...] = ()

    @property
    def indicators(self) -> frozenset[str]:
        """Indicators that it reads itself."""
        return asked(self.where) | set(self.else_sum)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsBy(Figure):
    """Incidents added by what they say of themselves.

    Attributes
    ----------
    by : str
        Word of the detail.
    """

    NEEDS = (*CELLS, "count")
    op: Literal["events_by"] = "events_by"
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Months(Figure):
    """The sum of the twelve months of a year; nothing for a part of one.

    Attributes
    ----------
    says : str
        What must be said beside the number.
    by : str
        Column, or word of the detail, by which the numbers are listed.
    """

    NEEDS = CELLS
    MAY = ("areas", "count")
    op: Literal["months"] = "months"
    says: str
    by: str = ""

    def __post_init__(self) -> None:
        """Refuse a list without a length, and one number without its area.

        A list may name areas: then it is one of these alone, as when a place is asked for.
        """
        Figure.__post_init__(self)
        if bool(self.by) != bool(self.count) or not (self.by or self.areas):
            raise ValueError("by, count and areas; either by and count, or areas")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(Figure):
    """The sum over countries that report, for each sex, and how many it leaves out.

    Attributes
    ----------
    detail : mapping of str to str
        What a row must say of itself.
    """

    NEEDS = CELLS
    MAY = ("sexes",)
    op: Literal["reported"] = "reported"
    detail: Mapping[str, str]
