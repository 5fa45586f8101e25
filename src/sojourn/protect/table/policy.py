"""A policy of disclosure control: the rules and their numbers, as data.

Source of the rules: Hundepool et al., Statistical Disclosure Control (Wiley 2012), chapters 4-5.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec

from sojourn.errors import BadDeclaration
from sojourn.terminal.nearest import nearest_and_all
from sojourn.terminal.typed import NotToml, read_toml, refuse_unknown

Count = Annotated[float, msgspec.Meta(ge=0)]
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]


EVERYTHING = "everything"


class Audience(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to whom a table is released.

    Attributes
    ----------
    says : str
        What they get, in words.
    sees : {"protected", "everything"}
        The protected table; or every number, marked with the reader's name and entered in the memory.
    also : tuple of str
        Audiences whose releases they see too.
    """

    says: str
    sees: Literal["protected", "everything"] = "protected"
    also: tuple[str, ...] = ()


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The numbers of one policy; units are those of the table unless said.

    Attributes
    ----------
    t : float
        Counts from 1 to t - 1 are withheld; 0 withholds none by size.
    w, w1, w2 : float
        Width of what can be computed of a primary number, and how far it reaches below and above.
    p : float
        Per cent of the p % rule; 0 switches it off.
    n, k : int, float
        Dominance: withheld where the n largest contributors make more than k %; k = 0 is off.
    m : int
        At least so many whole-number tables agree with the release, for each primary number.
    contributor : float
        Width kept towards a contributor who is alone in a cell.
    changed : float
        A release with 1 to so many changed persons since an earlier one is refused off schedule.
    complement : bool
        A total less one of its parts that falls below t withholds the part.
    group : bool
        A part that is its whole total is withheld: everybody of a group shares an attribute.
    zeros : {"published", "withheld"}
        Whether an empty cell may be withheld. Where zeros are always published, an attacker knows
        that a withheld count is 1 or more, and the audit grants that knowledge.
    exact_cells : int
        Components of at most so many cells are solved to the optimum.
    audiences : mapping of str to Audience
        Who sees what; a text alone is what an audience is told, and it sees what all see.
    few : int
        Fewer persons than this are one number, no table; 0 where it is not stated.
    """

    version: str
    title: str
    reason: str
    t: Count
    w: Count
    w1: Count
    w2: Count
    p: Percent
    n: Annotated[int, msgspec.Meta(ge=0)]
    k: Percent
    m: Annotated[int, msgspec.Meta(ge=1)]
    contributor: Count
    changed: Count
    complement: bool
    group: bool
    zeros: Literal["published", "withheld"]
    exact_cells: Annotated[int, msgspec.Meta(ge=0)]
    audiences: dict[str, Audience]
    few: Count = 0.0
    id: str = ""


def read_policy(text: str, *, where: str) -> Policy:
    """Return the policy of a TOML text: its keys at the top, or one table that holds them.

    Raises
    ------
    BadDeclaration
        Not TOML, a number is lacking, impossible or of an unknown name; the nearest is told.
    """
    try:
        told = read_toml(text)
    except NotToml as error:
        raise BadDeclaration(
            f"{where}: not TOML: {error}", hint="see `sojourn protect policy`"
        ) from None
    tables = {
        name: value for name, value in told.items() if isinstance(value, dict) and "t" in value
    }
    if tables and "t" not in told:
        if len(tables) > 1:
            raise BadDeclaration(
                f"{where}: {len(tables)} policies ({', '.join(tables)})", hint="one policy a file"
            )
        name, told = next(iter(tables.items()))
        told = {**told, "id": name}
    return _policy(told, where=where)


def _policy(told: Mapping[str, object], *, where: str) -> Policy:
    fields = Policy.__struct_fields__
    for key in told:
        if key not in fields:
            refuse_unknown(key, dict.fromkeys(fields), where=where)
    lacking = [f for f in fields if f not in told and f not in ("id", "few")]
    if lacking:
        raise BadDeclaration(
            f"{where}: no {', '.join(lacking)}",
            hint="a policy states each of its numbers; `sojourn protect policy default` prints one to start from",
        )
    try:
        made = msgspec.convert({**told, "audiences": _audiences(told["audiences"])}, Policy)
    except msgspec.ValidationError as error:
        raise BadDeclaration(
            f"{where}: {error}", hint="see `sojourn protect policy default`"
        ) from None
    for name, one in made.audiences.items():
        if lost := next((other for other in one.also if other not in made.audiences), None):
            raise BadDeclaration(
                f"{where}: audience {name!r} sees the releases of {lost!r}, which is no audience",
                hint=f"one of {', '.join(made.audiences)}",
            )
    if made.w1 + made.w2 > made.w and made.w > 0:
        return msgspec.structs.replace(made, w=made.w1 + made.w2)
    return made


def _audiences(told: object) -> object:
    """Return audiences of which a text alone was given as ones that see what all others see."""
    if not isinstance(told, Mapping):
        return told
    texts = [name for name, one in told.items() if isinstance(one, str)]
    return {
        name: {"says": one, "also": [other for other in told if other != name]}
        if name in texts
        else one
        for name, one in told.items()
    }


@cache
def policies() -> Mapping[str, Policy]:
    """Return the packaged policies by id."""
    text = files("sojourn.protect.table").joinpath("policies.toml").read_text("utf-8")
    told = read_toml(text)
    return {
        name: _policy({**values, "id": name}, where=f"policies.toml ({name})")
        for name, values in told.items()
    }


def packaged(name: str) -> Policy:
    """Return a packaged policy.

    Raises
    ------
    BadDeclaration
        No policy has this name.

    Examples
    --------
    >>> packaged("trafficking").t
    11.0
    """
    known = policies()
    if name not in known:
        raise BadDeclaration(
            f"no policy is called {name!r}",
            hint=f"{nearest_and_all(name, known)}; or give a TOML file",
        )
    return known[name]
