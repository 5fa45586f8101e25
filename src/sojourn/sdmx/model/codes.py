"""Code lists from the vocabularies; codes that only a store holds are added to them."""

import re
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


def _named(code: str, code_list: str, printed: Mapping[str, str] | None = None) -> Code:
    found = code_names(code_list).get(code) or _COMMON.get(code)
    found = found or (printed or {}).get(code) or _spelt(code, code_list)
    return Code(code, {"en": found}, {})


_AGE = re.compile(r"Y(?:_(?P<rule>GE|LT))?(?P<first>\d+)(?:T(?P<last>\d+))?")


def _spelt(code: str, code_list: str) -> str:
    """Return what a code says by its own form.

    Examples
    --------
    >>> _spelt("Y0T14", "CL_AGE"), _spelt("Y_GE100", "CL_AGE"), _spelt("Y1", "CL_AGE")
    ('From 0 to 14 years', '100 years or over', '1 year')
    >>> _spelt("CHILDREN_PER_WOMAN", "CL_UNIT_MEASURE"), _spelt("XY", "CL_STAGE")
    ('Children per woman', 'XY')
    """
    if code_list == "CL_UNIT_MEASURE":
        return code.replace("_", " ").capitalize() if len(code) > 3 else code
    age = _AGE.fullmatch(code) if code_list == "CL_AGE" else None
    if age is None:
        return code
    first, last, rule = age["first"], age["last"], age["rule"]
    if last:
        return f"From {first} to {last} years"
    if rule:
        return f"{first} years or over" if rule == "GE" else f"Under {first} years"
    return f"{first} year{'' if first == '1' else 's'}"


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


def code_list(
    name: str, held: Iterable[str] = (), printed: Mapping[str, str] | None = None
) -> CodeList:
    """Return a code list: what the vocabulary knows, then what a store holds beside it.

    Parameters
    ----------
    printed : mapping of str to str, optional
        What a publisher prints for a code that no vocabulary names.

    Examples
    --------
    >>> [c.id for c in code_list("CL_SEX", ["_T", "X"]).codes]
    ['F', 'M', '_T', '_O', 'X']
    """
    known = _known(name)
    more = sorted(set(held) - {c.id for c in known})
    return CodeList(name, (*known, *(_named(c, name, printed) for c in more)))
