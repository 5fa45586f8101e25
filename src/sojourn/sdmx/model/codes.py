"""Code lists from the vocabularies; codes that only a store holds are added to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from sojourn.sdmx.model.dsd import code_names, concepts
from sojourn.vocab.area import AREAS
from sojourn.vocab.indicator import indicators
from sojourn.vocab.status import code_list as statuses


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its names and descriptions by language."""

    id: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list; ``partial`` when it was asked for in part."""

    id: str
    codes: tuple[Code, ...]
    partial: bool = False


_COMMON = {"_T": "Total", "_Z": "Not applicable", "_X": "Not specified", "_U": "Unknown"}


def _named(code: str, code_list: str) -> Code:
    found = code_names(code_list).get(code) or _COMMON.get(code) or code
    return Code(code, {"en": found}, {})


@cache
def _known(name: str) -> tuple[Code, ...]:
    if name == "CL_AREA":
        areas = sorted(AREAS.values(), key=lambda a: a.area_id)
        return tuple(Code(a.area_id, {k: v for k, v in a.names.items() if v}, {}) for a in areas)
    if name == "CL_INDICATOR":
        held = indicators().values()
        return tuple(Code(i.id.upper(), i.names, i.definitions) for i in held)
    if name == "CL_OBS_STATUS":
        told = statuses().items()
        return tuple(
            Code(c, {"en": e.name or c}, {"en": e.note} if e.note else {}) for c, e in told
        )
    return tuple(_named(c, name) for c in code_names(name))


def list_ids() -> tuple[str, ...]:
    """Return the ids of all code lists."""
    return tuple(dict.fromkeys(c.list for c in concepts() if c.list))


def code_list(name: str, held: Iterable[str] = ()) -> CodeList:
    """Return a code list: what the vocabulary knows, then what a store holds beside it.

    Examples
    --------
    >>> [c.id for c in code_list("CL_SEX", ["_T", "X"]).codes]
    ['F', 'M', '_T', 'X']
    """
    known = _known(name)
    more = sorted(set(held) - {c.id for c in known})
    return CodeList(name, (*known, *(_named(c, name) for c in more)))
