"""Data structures, components and dataflows, as `structures.toml` declares them.

Examples
--------
>>> flow_of("undesa.ims-od").id, flow_of("undesa.ims-od").dsd.id
('UNDESA_IMS_OD', 'CORRIDOR')
>>> len(declared()), flow_of("my.table").dsd.id
(36, 'DECLARED')
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

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

    id: str
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


@cache
def _told() -> Mapping[str, Any]:
    text = files("sojourn.sdmx.model").joinpath("structures.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _components() -> Mapping[str, Component]:
    made = {}
    for name, told in _told()["component"].items():
        made[name] = Component(id=name, **{**told, "detail": tuple(told.get("detail", ()))})
    return MappingProxyType(made)


@cache
def dsds() -> Mapping[str, Dsd]:
    """Return the data structures by id."""
    told, parts = _told(), _components()
    made = {}
    for name, one in told["dsd"].items():
        attributes = [
            *told["attributes"]["every"],
            *one.get("attributes", ()),
            *told["attributes"]["set"],
        ]
        made[name] = Dsd(
            name,
            one["name"],
            tuple(parts[d] for d in one["dimensions"]),
            tuple(parts[a] for a in attributes),
        )
    return MappingProxyType(made)


def agency() -> str:
    """Return the agency that maintains every structure."""
    return str(_told()["agency"])


def version(*, two_one: bool = False) -> str:
    """Return the version of every structure, in the form of SDMX 3 or of 2.1."""
    said = str(_told()["version"])
    return said.rpartition(".")[0] if two_one else said


def code_names(code_list: str) -> Mapping[str, str]:
    """Return English names of codes that no vocabulary holds."""
    found: Mapping[str, str] = _told()["names"].get(code_list, {})
    return found


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
    return {d: name for name, one in _told()["dsd"].items() for d in one["datasets"]}


def flow_of(dataset: str, title: str = "") -> Flow:
    """Return the dataflow of a dataset; one that only the store knows is on DECLARED."""
    dsd = dsds()[declared().get(dataset, "DECLARED")]
    return Flow(flow_id(dataset), dataset, dsd, {"en": title or dataset})


def concepts() -> tuple[Component, ...]:
    """Return every component, for the concept scheme."""
    return tuple(_components().values())
