"""Figures as they are declared: one model per operation, with the keys that this operation reads.

A key that an operation does not read is refused in its entry, as a misspelt one is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from sojourn.terminal.declared import KEY
from sojourn.vocab.indicator import indicators

Place = Literal["", "destination", "origin", "corridor", "ref_area"]
Sex = Literal["_T", "F", "M"]
#: Columns of an observation by which a figure may choose its cells.
CHOOSABLE = ("indicator", "origin", "destination", "ref_area", "sex", "age", "criterion", "detail")
#: Keys of every operation on cells.
CELLS = ("from", "where", "place")


def asked(where: Mapping[str, str]) -> frozenset[str]:
    """Return the indicators that conditions name."""
    return frozenset(v for k, v in where.items() if k == "indicator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What every figure has, and what may be asked of any.

    Attributes
    ----------
    id : str
        Its words stand in the catalogues under ``figure.ID``.
    unit : str
        ``PERSONS``, ``PERCENT``, ``USD``, ``DEATHS``, ``MOVEMENTS`` and so on.
    op : str
        The operation.
    kind : str
        What its numbers are: a stock, a flow or events. Unlike ones are never added.
    datasets : tuple of str
        Key ``from``: the newest edition of any of them that holds the quantity answers.
    where : mapping of str to str
        Column to the code that a cell must carry.
    place : str
        The column that says where.
    areas : tuple of str
        Area ids, in their order on the page.
    sexes : tuple of str
        ``_T``, ``F``, ``M``.
    count : int
        How many places a list shows.
    reported : bool
        Whether a list names the places without a number that would stand in it.
    """

    SHARED: ClassVar[tuple[str, ...]] = (*CELLS, "areas", "sexes", "count", "reported")
    NEEDS: ClassVar[tuple[str, ...]] = ()
    MAY: ClassVar[tuple[str, ...]] = ()

    id: str
    unit: str
    op: str
    kind: Literal["", "stock", "flow", "event"] = ""
    datasets: tuple[str, ...] = field(default=(), metadata={KEY: "from"})
    where: Mapping[str, str] = field(default_factory=dict)
    place: Place = ""
    areas: tuple[str, ...] = ()
    sexes: tuple[Sex, ...] = ("_T",)
    count: int = 0
    reported: bool = False

    def __post_init__(self) -> None:
        """Refuse a column or an indicator that nobody knows."""
        if strange := next((c for c in self.where if c not in CHOOSABLE), None):
            raise ValueError(f"where.{strange} is no column; one of {', '.join(CHOOSABLE)}")
        if strange := next((i for i in self.indicators if i not in indicators()), None):
            raise ValueError(f"{strange!r} is no indicator; see vocab/indicators.csv")

    @property
    def indicators(self) -> frozenset[str]:
        """Indicators that it reads itself."""
        return asked(self.where)

    @property
    def sources(self) -> frozenset[str]:
        """Datasets that it reads itself."""
        return frozenset(self.datasets)

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Figures that it is computed from."""
        return ()
