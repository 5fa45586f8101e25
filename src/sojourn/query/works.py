"""Forms of one publication, of which the newest edition answers: data, with reasons."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from sojourn.terminal.declared import packaged

One = TypeVar("One")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One publication that is here in several forms.

    Attributes
    ----------
    datasets : tuple of str
        Its forms.
    reason : str
        Why they count the same.
    """

    id: str
    datasets: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Works:
    """The file of works."""

    work: tuple[Work, ...]

    def __post_init__(self) -> None:
        """Refuse a work without a reason, and a form of two works: its order would be by chance."""
        if unsaid := [w.id for w in self.work if not w.reason.strip()]:
            raise ValueError(f"{unsaid[0]} has no reason; each work has one")
        listed = [d for w in self.work for d in w.datasets]
        if twice := sorted({d for d in listed if listed.count(d) > 1}):
            raise ValueError(f"{twice[0]} stands in two works; keep one")


@cache
def _works() -> dict[str, str]:
    found = packaged("sojourn.query", "works.toml", Works)
    return {dataset: w.id for w in found.work for dataset in w.datasets}


def work_of(dataset: str) -> str:
    """Return the publication that a dataset is a form of; its own name where it is the only one.

    Examples
    --------
    >>> work_of("undesa.wpp-tables") == work_of("undesa.wpp"), work_of("idmc.gidd")
    (True, 'idmc.gidd')
    """
    return _works().get(dataset, dataset)


def newest_of_works(
    listed: Iterable[One], dataset: Callable[[One], str], vintage: Callable[[One], str]
) -> list[One]:
    """Return what was listed by publication, in the order of the first form listed, each newest first.

    Examples
    --------
    >>> one, two, other = ("undesa.wpp", "2022"), ("undesa.wpp-tables", "2024"), ("idmc.gidd", "2025")
    >>> [d for d, _ in newest_of_works([one, other, two], lambda x: x[0], lambda x: x[1])]
    ['undesa.wpp-tables', 'undesa.wpp', 'idmc.gidd']
    """
    kept = list(listed)
    first: dict[str, int] = {}
    for number, one in enumerate(kept):
        first.setdefault(work_of(dataset(one)), number)
    kept.sort(key=vintage, reverse=True)
    return sorted(kept, key=lambda one: first[work_of(dataset(one))])
