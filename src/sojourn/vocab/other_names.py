"""Names that people type and no list prints: short and former ones, and words of several places."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from sojourn.vocab.table import records_of

Kind = Literal["name", "several", "together", "within", "none"]


@dataclass(frozen=True, slots=True)
class OtherName:
    """A name as people type it, and what it means.

    Attributes
    ----------
    kind : str
        ``name``: of one place. ``several``: of more than one, none is chosen. ``together``: of a
        group that nobody prints. ``within``: of a part of a place. ``none``: of no agreed place.
    ids : tuple of str
        The place; else those to choose from, to join, or to ask for instead.
    reason, source : str
        Why it means that, and who says so.
    """

    name: str
    kind: Kind
    ids: tuple[str, ...]
    reason: str
    source: str


@cache
def other_names() -> Mapping[str, OtherName]:
    """Return the declared names by their spelling.

    >>> other_names()["Holland"].ids, other_names()["Korea"].kind
    (('528',), 'several')
    """
    found = {
        row["name"]: OtherName(
            name=row["name"],
            kind=row["kind"],  # type: ignore[arg-type]  # the test of the table checks the kinds
            ids=tuple(i for i in row["ids"].split("|") if i),
            reason=row["reason"],
            source=row["source"],
        )
        for row in records_of("other_names.csv")
    }
    return MappingProxyType(found)


def instead(one: OtherName, labels: Mapping[str, str]) -> tuple[str, str]:
    """Return why a word is no place here, and what to ask for.

    Parameters
    ----------
    labels : mapping of str to str
        What each of its ids is called.
    """
    places = [f"{i} ({labels[i]})" for i in one.ids]
    listed = " or ".join(places)
    if one.kind == "several":
        return f"means no one place: {one.reason}", f"did you mean {listed}?"
    if one.kind == "together":
        named = ", ".join(labels[i] for i in one.ids)
        return (
            f"is a group that no publisher prints: {one.reason}",
            f"join its members: {'+'.join(one.ids)} ({named}), or declare the group of your own",
        )
    if one.kind == "within":
        return f"is not counted apart: {one.reason}", f"the whole is {listed}"
    near = f"; it may be near {listed}" if places else ""
    return f"is no area of any list here: {one.reason}", f"name areas, or join them by +{near}"


__all__ = ["OtherName", "instead", "other_names"]
