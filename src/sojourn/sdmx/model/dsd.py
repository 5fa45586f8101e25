"""Data structures, components and dataflows, as `structures.toml` declares them.

Examples
--------
>>> flow_of("undesa.ims-od").id, flow_of("undesa.ims-od").dsd.id
('UNDESA_IMS_OD', 'CORRIDOR')
>>> len(declared()), flow_of("my.table").dsd.id
(41, 'DECLARED')
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from sojourn.terminal.declared import NAMED, packaged

TIME = "TIME_PERIOD"
MEASURE = "OBS_VALUE"


@dataclass(frozen=True, slots=True)
class Component:
    """A dimension, attribute or measure: where it stands in an observation.

    Attributes
    ----------
    list : str
        Id of its code list; empty for one that is not coded.
    detail : tuple of str
        Words of the detail that it is read from, the first that is there.
    text : bool
        Whether its values come from a file as they are, and must be escaped.
    set : bool
        Whether it says something of a whole edition.
    """

    id: str = field(metadata={NAMED: True})
    name: str
    list: str = ""
    column: str = ""
    detail: tuple[str, ...] = ()
    constant: str = ""
    number: bool = False
    multiplied: bool = False
    text: bool = False
    set: bool = False


@dataclass(frozen=True, slots=True)
class Dsd:
    """A data structure: dimensions in the order of the key, then attributes."""

    id: str
    name: str
    dimensions: tuple[Component, ...]
    attributes: tuple[Component, ...]

    @property
    def components(self) -> tuple[Component, ...]:
        """Every component with the time dimension and the measure, in the order of columns."""
        parts = _components()
        return (*self.dimensions, parts[TIME], parts[MEASURE], *self.attributes)

    def component(self, name: str) -> Component | None:
        """Return a component by its id, or None."""
        return next((c for c in self.components if c.id == name), None)


@dataclass(frozen=True, slots=True)
class Flow:
    """A dataflow: one dataset of the store."""

    id: str
    dataset: str
    dsd: Dsd
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeclaredDsd:
    """A data structure by the ids of its components, and the datasets that are on it."""

    name: str
    dimensions: tuple[str, ...]
    datasets: tuple[str, ...]
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shared:
    """Attributes that every data structure has: of an observation, and of a whole edition."""

    every: tuple[str, ...]
    set: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Structures:
    """The file of structures.

    Attributes
    ----------
    agency, version : str
        Of every structure.
    dsd : mapping
        Data structures by id.
    component : mapping
        Components by id.
    attributes : Shared
        Attributes that every data structure has.
    names : mapping
        English names of codes that no vocabulary holds, by code list.
    """

    agency: str
    version: str
    dsd: Mapping[str, DeclaredDsd]
    component: Mapping[str, Component]
    attributes: Shared
    names: Mapping[str, Mapping[str, str]]

    def __post_init__(self) -> None:
        """Refuse a component that nobody declares, and a dataset on two structures."""
        for name, one in self.dsd.items():
            for part in (*one.dimensions, *one.attributes):
                if part not in self.component:
                    raise ValueError(f"dsd.{name}: {part!r} is no component; declare it")
        for part in (*self.attributes.every, *self.attributes.set):
            if part not in self.component:
                raise ValueError(f"attributes: {part!r} is no component; declare it")
        listed = [d for one in self.dsd.values() for d in one.datasets]
        if twice := sorted({d for d in listed if listed.count(d) > 1}):
            raise ValueError(f"dataset {twice[0]} is on two data structures; keep one")


@cache
def _told() -> Structures:
    return packaged("sojourn.sdmx.model", "structures.toml", Structures)


def _components() -> Mapping[str, Component]:
    return _told().component


@cache
def dsds() -> Mapping[str, Dsd]:
    """Return the data structures by id."""
    told, parts = _told(), _components()
    made = {}
    for name, one in told.dsd.items():
        attributes = [*told.attributes.every, *one.attributes, *told.attributes.set]
        made[name] = Dsd(
            name,
            one.name,
            tuple(parts[d] for d in one.dimensions),
            tuple(parts[a] for a in attributes),
        )
    return MappingProxyType(made)


def agency() -> str:
    """Return the agency that maintains every structure."""
    return _told().agency


def version(*, two_one: bool = False) -> str:
    """Return the version of every structure, in the form of SDMX 3 or of 2.1."""
    said = _told().version
    return said.rpartition(".")[0] if two_one else said


def code_names(code_list: str) -> Mapping[str, str]:
    """Return English names of codes that no vocabulary holds."""
    return _told().names.get(code_list, {})


def flow_id(dataset: str) -> str:
    """Return the id of the dataflow of a dataset.

    Examples
    --------
    >>> flow_id("who.tb-burden")
    'WHO_TB_BURDEN'
    """
    return re.sub(r"[^A-Za-z0-9]", "_", dataset).upper()


@cache
def declared() -> Mapping[str, str]:
    """Return the data structure of every dataset that this package knows."""
    return {d: name for name, one in _told().dsd.items() for d in one.datasets}


def flow_of(dataset: str, title: str = "") -> Flow:
    """Return the dataflow of a dataset; one that only the store knows is on DECLARED."""
    dsd = dsds()[declared().get(dataset, "DECLARED")]
    return Flow(flow_id(dataset), dataset, dsd, {"en": title or dataset})


def concepts() -> tuple[Component, ...]:
    """Return every component, for the concept scheme."""
    return tuple(_components().values())
