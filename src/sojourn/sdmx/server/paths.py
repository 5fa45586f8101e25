"""The paths of the server as one table: routes and the OpenAPI document are made from it."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["data", "structure", "availability", "schema", "none"]


@dataclass(frozen=True, slots=True)
class Path:
    """A path template; ``old`` when it is one of REST 1.5, else with its context."""

    template: str
    kind: Kind
    said: str
    old: bool = False
    context: str = ""


def _grown(
    start: str,
    parts: tuple[str, ...],
    kind: Kind,
    said: str,
    *,
    least: int,
    old: bool = False,
    context: str = "",
) -> list[Path]:
    """Return a path with all its segments, then with each trailing one left out."""
    return [
        Path(start + "".join(f"/{{{p}}}" for p in parts[:n]), kind, said, old, context)
        for n in range(len(parts), least - 1, -1)
    ]


CONTEXTS = ("dataflow", "datastructure", "provisionagreement", "*")
_IDS = ("agency", "id", "version")


def _of_contexts(start: str, more: tuple[str, ...], kind: Kind, said: str) -> list[Path]:
    return [
        path
        for context in CONTEXTS
        for path in _grown(
            f"/{start}/{context}", (*_IDS, *more), kind, said, least=1, context=context
        )
    ]


PATHS: tuple[Path, ...] = (
    *_grown("/structure", ("type", *_IDS, "item"), "structure", "Structures", least=1),
    *_of_contexts("data", ("key",), "data", "Data of a dataflow"),
    *_of_contexts("availability", ("key", "component"), "availability", "What a selection holds"),
    *_of_contexts("schema", (), "schema", "Structure of a dataflow, with its code lists"),
    *_grown("/metadata", ("a", "b", "c", "d", "e"), "none", "Reference metadata", least=1),
    *_grown("/registration", ("a", "b", "c", "d"), "none", "Registration", least=1),
    *_grown("/data/{flow}", ("key", "provider"), "data", "Data (REST 1.5)", least=0, old=True),
    *_grown(
        "/availableconstraint/{flow}",
        ("key", "provider", "component"),
        "availability",
        "What a selection holds (REST 1.5)",
        least=0,
        old=True,
    ),
    *_grown("/{type}", (*_IDS, "item"), "structure", "Structures (REST 1.5)", least=0, old=True),
)
