"""The paths of the server as one table: routes and the OpenAPI document are made from it."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["data", "structure", "availability", "schema", "none"]


@dataclass(frozen=True, slots=True)
class Path:
    """A path template; ``old`` when it is one of REST 1.5."""

    template: str
    kind: Kind
    said: str
    old: bool = False


def _grown(
    start: str, parts: tuple[str, ...], kind: Kind, said: str, *, least: int, old: bool = False
) -> list[Path]:
    return [
        Path(start + "".join(f"/{{{p}}}" for p in parts[:n]), kind, said, old)
        for n in range(len(parts), least - 1, -1)
    ]


_IDS = ("agency", "id", "version")
PATHS: tuple[Path, ...] = (
    *_grown("/structure", ("type", *_IDS, "item"), "structure", "Structures", least=1),
    *_grown("/data/{context}", (*_IDS, "key"), "data", "Data of a dataflow", least=3),
    *_grown(
        "/availability/{context}",
        (*_IDS, "key", "component"),
        "availability",
        "What a selection holds",
        least=2,
    ),
    *_grown(
        "/schema/{context}", _IDS, "schema", "Structure of a dataflow, with its code lists", least=2
    ),
    *_grown(
        "/metadata", ("a", "b", "c", "d", "e"), "none", "Reference metadata: not offered", least=1
    ),
    *_grown("/registration", ("a", "b", "c", "d"), "none", "Registration: not offered", least=1),
    *_grown(
        "/data/{flow}",
        ("key", "provider"),
        "data",
        "Data of a dataflow (REST 1.5)",
        least=0,
        old=True,
    ),
    *_grown(
        "/availableconstraint/{flow}",
        ("key", "provider", "component"),
        "availability",
        "What a selection holds (REST 1.5)",
        least=0,
        old=True,
    ),
    *_grown(
        "/{type}",
        ("agency", "id", "version", "item"),
        "structure",
        "Structures (REST 1.5)",
        least=0,
        old=True,
    ),
)
