"""Rival counts of one site: each with scope, method, publisher and date; compared only like with like.

A difference of two counts is a net figure, never a list of people. Rivals stand as an interval,
never as a mean; what an identity leaves over is printed as unexplained.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sojourn.errors import SiteRefused

METHODS = ("census", "head count", "estimate", "registration", "not stated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One published count.

    Attributes
    ----------
    scope : tuple of str
        Zones and facilities that are included.
    group : str
        Who is counted: ``people``, ``children alone`` and so on.
    reference : str
        Where it was read.
    """

    id: str
    value: int
    group: str
    scope: tuple[str, ...]
    method: str
    day: date
    publisher: str
    reference: str


@dataclass(frozen=True, slots=True)
class Net:
    """The difference of two counts of one scope: more or fewer people, nobody by name."""

    earlier: Count
    later: Count
    change: int


@dataclass(frozen=True, slots=True)
class Rest:
    """A sum of parts beside its stated total."""

    total: int
    parts: int
    unexplained: int


def read_counts(text: str, *, where: str) -> tuple[Count, ...]:
    """Read counts from TOML.

    Raises
    ------
    SiteRefused
        A count lacks its scope, method, day, publisher or reference.
    """
    found = []
    try:
        entries = tomllib.loads(text).get("count", [])
    except tomllib.TOMLDecodeError as error:
        raise SiteRefused(f"{where}: {error}", hint="one [[count]] a count") from None
    for number, entry in enumerate(entries, start=1):
        try:
            one = Count(**{**entry, "scope": tuple(sorted(entry["scope"]))})
        except (TypeError, KeyError) as error:
            raise SiteRefused(f"{where}, count {number}: {error}", hint="id, value, group, scope, method, day, publisher, reference") from None  # fmt: skip
        if one.method not in METHODS or not one.scope or not one.reference or one.value < 0:
            raise SiteRefused(
                f"{where}, count {number} ({one.id}): method {one.method!r}, scope {one.scope}",
                hint=f"method is one of {', '.join(METHODS)}; a count has a scope and a reference",
            )
        found.append(one)
    return tuple(found)


def net(earlier: Count, later: Count) -> Net:
    """Return the change between two counts of the same people in the same scope.

    Raises
    ------
    SiteRefused
        The scopes or groups differ: the two numbers cannot be compared.
    """
    if earlier.scope != later.scope or earlier.group != later.group:
        only = sorted(set(earlier.scope) ^ set(later.scope))
        raise SiteRefused(
            f"{earlier.id} and {later.id} count different things: {', '.join(only) or earlier.group + ' and ' + later.group}",
            hint="compare counts of one scope; add or leave out a facility that both give",
        )
    return Net(earlier, later, later.value - earlier.value)


def common_scope(one: Count, two: Count) -> tuple[str, ...]:
    """Return what both counts include."""
    return tuple(sorted(set(one.scope) & set(two.scope)))


def rest(total: int, parts: Sequence[int]) -> Rest:
    """Return what a stated total holds beyond its stated parts."""
    return Rest(total, sum(parts), total - sum(parts))


def identity(before: int, arrived: int, left: int, births: int, deaths: int, after: int) -> int:
    """Return what P1 = P0 + in − out + births − deaths leaves unexplained."""
    return after - (before + arrived - left + births - deaths)


def rivals(counts: Sequence[Count]) -> list[tuple[int, int, tuple[Count, ...]]]:
    """Return counts of one scope, group and month by different publishers or methods, as intervals."""
    groups: dict[tuple[object, ...], list[Count]] = {}
    for c in counts:
        groups.setdefault((c.scope, c.group, c.day.year, c.day.month), []).append(c)
    found = []
    for same in groups.values():
        values = [c.value for c in same]
        if len(same) > 1 and min(values) != max(values):
            found.append((min(values), max(values), tuple(sorted(same, key=lambda c: c.value))))
    return sorted(found, key=lambda f: (f[2][0].day, f[2][0].group))
