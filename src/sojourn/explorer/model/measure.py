"""Measures of the explorer: what is counted by whom, at places or by origin, in an order for people."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sojourn.terminal.declared import packaged

Role = Literal["at", "of"]
_OTHER = re.compile(r"[^A-Za-z0-9_=-]")
_SIGNS = {";": ".", "~": ".", " ": "+"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted in one dataset.

    Attributes
    ----------
    age : str
        Age group; ``_T`` is all ages.
    variant : str
        What tells rival numbers of one key apart (``criterion=Residence;coverage=Both``).
    role : {"at", "of"}
        Whether a place is who reports or where people come from.
    """

    dataset: str
    indicator: str
    age: str = "_T"
    variant: str = ""
    role: Role = "at"

    @property
    def id(self) -> str:
        """Short name of the measure, as in permanent links.

        Examples
        --------
        >>> Measure("unhcr.population", "refugees", role="of").id
        'unhcr.population/refugees~of'
        """
        age = "" if self.age == "_T" else f";age={self.age}"
        variant = f";{self.variant}" if self.variant else ""
        return f"{self.dataset}/{self.indicator}{age}{variant}{'~of' if self.role == 'of' else ''}"

    @property
    def folder(self) -> str:
        """Folder of its shards: another for every measure, in letters that every disk takes.

        The page's script makes the same name; what is no plain letter is told by its code point.

        Examples
        --------
        >>> Measure("undesa.flows", "emigration", variant="criterion=Place of birth").folder
        'd/undesa.flows/emigration.criterion=Place+of+birth'
        >>> Measure("unodc.glotip", "victims", variant="citizenship=Türkiye").folder
        'd/unodc.glotip/victims.citizenship=T~fc~rkiye'
        """
        dataset, _, rest = self.id.partition("/")
        plain = _OTHER.sub(lambda c: _SIGNS.get(c[0], f"~{ord(c[0]):x}~"), rest)
        return f"d/{dataset}/{plain}"


@dataclass(frozen=True)
class Described:
    """A measure with what the site holds of it.

    Attributes
    ----------
    sexes : tuple of str
        Both together first.
    editions : tuple of str
        Newest first.
    periods : tuple of str
        Of all editions.
    partners : tuple of str
        Places that have a shard of their own by the other end of their corridors.
    summed : bool
        Whether a number may be a sum over the other end.
    """

    measure: Measure
    sexes: tuple[str, ...]
    editions: tuple[str, ...]
    periods: tuple[str, ...]
    partners: tuple[str, ...] = ()
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Indicators that answer one question; its words are ``explorer.group_ID`` of each catalogue."""

    id: str
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One number of a country's page, from the first of its indicators that the site holds."""

    id: str
    indicators: tuple[str, ...]
    role: Role = "at"


@dataclass(frozen=True, slots=True)
class Questions:
    """The groups of measures, and the cards of a country's page."""

    group: tuple[Group, ...]
    card: tuple[Card, ...]

    def __post_init__(self) -> None:
        """Refuse an indicator in two groups: it would stand in the first alone."""
        listed = [i for group in self.group for i in group.indicators]
        if twice := sorted({i for i in listed if listed.count(i) > 1}):
            raise ValueError(f"{twice[0]} stands in two groups; keep one")


@cache
def questions() -> Questions:
    """Return the groups of measures and the cards of a country's page."""
    return packaged("sojourn.explorer.model", "questions.toml", Questions)


def group_of(indicator: str) -> str:
    """Return the group of an indicator; ``other`` where no question is asked of it.

    Examples
    --------
    >>> group_of("refugees"), group_of("crude_birth_rate")
    ('fled', 'other')
    """
    for group in questions().group:
        if indicator in group.indicators:
            return group.id
    return "other"


def in_order(found: Iterable[Described], first: Sequence[tuple[str, str]]) -> list[Described]:
    """Return measures in the order of the questions; of one indicator, by the datasets asked first.

    Parameters
    ----------
    first : sequence of (dataset, indicator)
        Datasets in the order in which a table asks them.
    """
    listed = [i for group in questions().group for i in group.indicators]
    asked = {key: n for n, key in enumerate(first)}

    def rank(one: Described) -> tuple[Any, ...]:
        m = one.measure
        at = listed.index(m.indicator) if m.indicator in listed else len(listed)
        dataset = asked.get((m.dataset, m.indicator), len(asked))
        whole = 0 if any(len(p) == 4 for p in one.periods) else 1
        return (at, m.indicator, whole, dataset, m.dataset, m.role, m.age != "_T", m.age, m.variant)

    return sorted(found, key=rank)
