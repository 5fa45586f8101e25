"""Contracts on data, as data: each is SQL that must return no rows."""

import csv
import hashlib
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from sojourn import errors
from sojourn.terminal.declared import packaged

Needs = Literal[
    "", "members", "repeated", "negative", "vast", "broken", "interval", "units", "gone"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One rule that official tables must keep.

    Attributes
    ----------
    severity : str
        ``refuse``, ``contradict`` (refused only when the genuine bytes of the edition are known
        and these are others) or ``record``.
    error : str
        Name of the error class that a refusal raises.
    needs : str
        ``members`` when the rule can be asked only with the edition's classification,
        ``repeated`` when only of keys that stand twice, ``negative``, ``vast``, ``broken``,
        ``interval``, ``units`` and ``gone`` when only of a file that has a number below zero, near
        or above 12e9, or not whole, a bound, several units, or a place that ceased to exist.
    when : dict of str to list of str
        Words that must stand in a column of the file, each of them: without one of them the rule
        can find nothing and is not asked.
    any_of : dict of str to list of str
        The same of words of which one suffices.
    whole : bool
        Whether a whole table alone can keep it: a total stands in a part, and what it is the sum of
        does not.
    """

    id: str
    title: str
    error: str
    severity: Literal["refuse", "contradict", "record"]
    sql: str
    needs: Needs = ""
    whole: bool = False
    when: Mapping[str, Sequence[str]] = field(default_factory=dict)
    any_of: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an error that is none."""
        kind = getattr(errors, self.error, None)
        if not (isinstance(kind, type) and issubclass(kind, errors.HarmonizeError)):
            raise ValueError(  # noqa: TRY004 - of the declaration
                f"{self.error!r} is no error of this kind; expected ContractBroken, ImpossibleValue or "
                "another HarmonizeError of sojourn.errors"
            )

    def may_find(self, words: Mapping[str, Set[str]], held: Collection[str]) -> bool:
        """Whether the rule can find anything in a file of these words that has what is held."""
        if self.needs and self.needs not in held:
            return False
        if any(words[column].isdisjoint(wanted) for column, wanted in self.any_of.items()):
            return False
        return all(w in words[column] for column, wanted in self.when.items() for w in wanted)


@dataclass(frozen=True, slots=True)
class Contracts:
    """The file of contracts."""

    contract: tuple[Contract, ...]


@cache
def contracts() -> tuple[Contract, ...]:
    """Return the contracts in the order in which they are asked."""
    return packaged("sojourn.harmonize", "contracts.toml", Contracts).contract


@cache
def of_whole_tables() -> frozenset[str]:
    """Return the ids of the contracts that a part of a table is not held to."""
    return frozenset(c.id for c in contracts() if c.whole)


@cache
def printed_violations() -> frozenset[tuple[str, str, str]]:
    """Return what declared files print themselves against a contract: edition, contract, message.

    Where there are thousands (estimates are no whole numbers of people), a row lists the first
    eight digits of the sha256 of each message. A copy is not refused for what its publisher printed.
    """
    text = files("sojourn.harmonize").joinpath("printed_violations.csv").read_text("utf-8")
    return frozenset(
        (edition, contract, one)
        for edition, contract, said in csv.reader(text.splitlines()[1:])
        for one in (said.split()[1:] if said.startswith("sha256: ") else (said,))
    )


def is_printed(edition: str, contract: str, message: str) -> bool:
    """Return whether the declared files of an edition print a violation themselves."""
    mark = hashlib.sha256(message.encode()).hexdigest()[:8]
    return not printed_violations().isdisjoint(
        ((edition, contract, message), (edition, contract, mark))
    )
