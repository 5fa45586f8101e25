"""What every writer of data is given: the flow, the sets, and a way to ask the engine for lines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from sojourn.sdmx.model.dsd import Component, Flow


class Ask(Protocol):
    """Ask the engine for lines."""

    def __call__(
        self, expressions: Sequence[str], *, ordered: bool, edition: bool = True, of: str = ""
    ) -> Iterator[Sequence[tuple[str, ...]]]:
        """Return tuples of text in batches, one an observation, in the order of keys if ordered.

        With history each begins with its edition, unless that is not wanted. ``of`` names the
        one edition whose observations are wanted.
        """
        ...


@dataclass(frozen=True, slots=True)
class DataSet:
    """What is said of one set of observations as a whole.

    Attributes
    ----------
    edition : str
        The one edition of the set; empty for what is current of several.
    valid_from, valid_to : str
        Days between which it was the newest; empty without history.
    said : mapping of str to str
        Attributes of the whole set: LICENSE, CITATION, MARK.
    deleted : bool
        Whether it names keys that the edition holds no longer, and no numbers.
    """

    edition: str
    valid_from: str
    valid_to: str
    said: Mapping[str, str]
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class DataMessage:
    """Sets of observations of a dataflow; an answer holds one, or several of them.

    Attributes
    ----------
    mixed : bool
        Observations of several editions stand in the order of keys, not edition by edition.
    flat : bool
        Every dimension at the observation; else series in time.
    attributes : tuple of Component
        Those that are wanted, of single observations.
    values : mapping
        Codes in the answer by component, for formats that list them first.
    """

    flow: Flow
    sets: tuple[DataSet, ...]
    attributes: tuple[Component, ...]
    prepared: str
    mixed: bool
    flat: bool
    history: bool
    ask: Ask
    values: Callable[[Sequence[str]], Sequence[Sequence[str]]]
    said_of: Mapping[str, Mapping[str, str]]
    name: Callable[[Component, str], str]

    @property
    def deleted(self) -> bool:
        """Whether it names keys that were dropped, and no numbers."""
        return self.sets[0].deleted


def spans(
    message: DataMessage, batches: Iterator[Sequence[tuple[str, ...]]]
) -> Iterator[tuple[DataSet, Iterator[tuple[str, ...]]]]:
    """Return each set with its lines; a line begins with its edition when there is history."""
    lines = chain.from_iterable(batches)
    if not message.history:
        yield message.sets[0], lines
        return
    pending = next(lines, None)
    by_edition = {s.edition: s for s in message.sets}
    while pending is not None:
        name = pending[0]
        rest: list[tuple[str, ...] | None] = [pending]

        def own(
            name: str = name, rest: list[tuple[str, ...] | None] = rest
        ) -> Iterator[tuple[str, ...]]:
            while rest[0] is not None and rest[0][0] == name:
                yield rest[0][1:]
                rest[0] = next(lines, None)

        yield by_edition[name], own()
        pending = rest[0]
