"""What a structure message holds, before it is written in a format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.sdmx.model.codes import CodeList
from sojourn.sdmx.model.dsd import Component, Dsd, Flow, agency, version


@dataclass(frozen=True, slots=True)
class Available:
    """The values that a selection of a dataflow holds, by component, and its observations."""

    flow: Flow
    values: Mapping[str, Sequence[str]]
    start: str
    end: str
    count: int


@dataclass(frozen=True, slots=True)
class Structures:
    """Artefacts of one message; ``stubs`` names them only."""

    flows: tuple[Flow, ...] = ()
    dsds: tuple[Dsd, ...] = ()
    concepts: tuple[Component, ...] = ()
    lists: tuple[CodeList, ...] = ()
    available: tuple[Available, ...] = ()
    stubs: bool = False
    prepared: str = ""
    languages: tuple[str, ...] = ("en", "fr", "es", "ar", "ru", "zh")


_KINDS = {
    "Dataflow": "datastructure",
    "DataStructure": "datastructure",
    "ConceptScheme": "conceptscheme",
    "Concept": "conceptscheme",
    "Codelist": "codelist",
    "DataConstraint": "registry",
}
CONCEPTS = "CONCEPTS"


def urn(kind: str, name: str, item: str = "") -> str:
    """Return the URN of an artefact.

    Examples
    --------
    >>> urn("Concept", "CONCEPTS", "SEX")
    'urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=SOJOURN:CONCEPTS(1.0.0).SEX'
    """
    end = f".{item}" if item else ""
    return f"urn:sdmx:org.sdmx.infomodel.{_KINDS[kind]}.{kind}={agency()}:{name}({version()}){end}"
