"""Places that a stock and a revision count differently, as ``units.toml`` declares them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parts:
    """A place that a stock counts as one and a revision in parts."""

    place: str
    parts: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Rests:
    """What the published series rests on: an edition of the stock, and a revision by its day.

    ``uncounted`` are places that the series leaves out of a unit of the stock.
    """

    stock: str
    revision: str
    reason: str
    uncounted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Places that the published series treats otherwise, with the reason by language.

    Attributes
    ----------
    says : mapping of str to str
        ``en``, and any other language of the pages.
    """

    places: tuple[str, ...]
    says: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a reason that is not said in English, the source of the others."""
        if "en" not in self.says:
            raise ValueError("no says.en; it stands where a language has none")


@dataclass(frozen=True, slots=True)
class Units:
    """The file of units."""

    sum: tuple[Parts, ...]
    published: Rests
    series: tuple[Otherwise, ...]
