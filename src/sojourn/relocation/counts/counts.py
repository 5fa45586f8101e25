"""Rival counts of one site: each with scope, method, publisher and date; compared only like with like.

A difference of two counts is a net figure, never a list of people. Rivals stand as an interval,
never as a mean; what an identity leaves over is printed as unexplained.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sojourn.errors import SiteRefused
from sojourn.terminal.nearest import did_you_mean
from sojourn.terminal.typed import NotToml, read_toml, refuse_unknown

METHODS = ("census", "head count", "estimate", "registration", "announced", "not stated")
MEASURES = ("present", "capacity", "free", "missing", "target", "planned", "moved", "share")
_FIELDS = "id, value, group, scope, method, day, publisher, reference; high, unit, measure and note where they are needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One published count.

    Attributes
    ----------
    value, high : float
        ``high`` is the upper end where a range was published, None otherwise.
    unit : str
        What is counted: people, families, beds, buses and so on.
    measure : str
        People who were present, a capacity, a target, a plan, people moved; never compared.
    scope : tuple of str
        Zones and facilities that are included.
    group : str
        Who is counted: ``people``, ``children alone`` and so on.
    day : date
        The first of the month where only the month was published.
    whole_month : bool
        Only the month was published.
    reference : str
        Where it was read.
    """

    id: str
    value: float
    group: str
    scope: tuple[str, ...]
    method: str
    day: date
    publisher: str
    reference: str
    high: float | None = None
    unit: str = "people"
    measure: str = "present"
    note: str = ""
    whole_month: bool = False

    @property
    def same(self) -> tuple[object, ...]:
        """What two counts have to share to be compared."""
        return (self.scope, self.group, self.unit, self.measure)

    @property
    def most(self) -> float:
        """The upper end of the published range."""
        return self.value if self.high is None else self.high

    @property
    def shown(self) -> str:
        """The number as it is printed.

        >>> Count(id="x", value=800, high=1000, group="people", scope=("a",), method="estimate",
        ...       day=date(2016, 2, 1), publisher="p", reference="r").shown
        '800 to 1,000'
        """
        return f"{self.value:,}" if self.high is None else f"{self.value:,} to {self.high:,}"

    @property
    def when(self) -> str:
        """The day, or the month, as it was published."""
        return f"{self.day:%Y-%m}" if self.whole_month else self.day.isoformat()


@dataclass(frozen=True, slots=True)
class Net:
    """The difference of two counts of one scope: more or fewer people, nobody by name."""

    earlier: Count
    later: Count
    change: float


@dataclass(frozen=True, slots=True)
class Rest:
    """A sum of parts beside its stated total."""

    total: float
    parts: float
    unexplained: float


def read_counts(text: str, *, where: str) -> tuple[Count, ...]:
    """Read counts from TOML (``[[count]]``) or CSV, by the ending of ``where``.

    Raises
    ------
    SiteRefused
        A count lacks its scope, method, day, publisher or reference; each such count is named.
    """
    entries = _csv(text, where) if where.endswith(".csv") else _toml(text, where)
    found, faults, seen = list[Count](), list[str](), set[str]()
    for number, entry in entries:
        try:
            one = _count(entry)
            if one.id in seen:
                raise ValueError("id: given to an earlier count")  # noqa: TRY301 - one list of faults
        except (ValueError, TypeError, KeyError) as error:
            faults.append(f"{where}, count {number}: {error}")
        else:
            seen.add(one.id)
            found.append(one)
    if faults:
        raise SiteRefused("\n  ".join(faults), hint=_FIELDS)
    return tuple(found)


SECTIONS = ("count", "check", "identity")


def _toml(text: str, where: str) -> Iterable[tuple[int, Mapping[str, Any]]]:
    try:
        document = read_toml(text)
    except NotToml as error:
        raise SiteRefused(f"{where}: {error}", hint="one [[count]] a count") from None
    if strange := [k for k in document if k not in SECTIONS]:
        refuse_unknown(strange[0], dict.fromkeys(SECTIONS), where=where, error=SiteRefused)
    entries = document.get("count", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise SiteRefused(f"{where}: count is no list", hint="one [[count]] a count")
    return enumerate(entries, start=1)


def _csv(text: str, where: str) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """Return rows by their number in a spreadsheet, less one: the first count is count 1."""
    first = text.partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""),
        strict=True,
        delimiter=";" if first.count(";") > first.count(",") else ",",
    )
    try:
        rows = list(enumerate(reader, start=1))
    except csv.Error as error:
        raise SiteRefused(f"{where}: {error}", hint="save the file as CSV in UTF-8") from None
    return [(n, {k: v for k, v in row.items() if v not in ("", None)}) for n, row in rows]


def _count(entry: Mapping[str, Any]) -> Count:
    """Turn one entry into a count, or say which field is wrong."""
    named = [f.name for f in fields(Count) if f.name != "whole_month"]
    if unknown := [str(k) for k in entry if k not in named]:
        said = did_you_mean(unknown[0], named)
        raise ValueError(f"{unknown[0][:40]!r}: no field of a count; {said}".rstrip("; "))
    lost = [
        f
        for f in ("id", "value", "group", "scope", "method", "day", "publisher", "reference")
        if not entry.get(f) and entry.get(f) != 0
    ]
    if lost:
        raise ValueError(f"{lost[0]}: absent")
    texts = {
        f: str(entry[f]).strip()
        for f in ("id", "group", "method", "publisher", "reference", "unit", "measure", "note")
        if f in entry
    }
    given = entry["scope"]
    scope = given.split(";") if isinstance(given, str) else [str(s) for s in given]
    day, whole_month = _day(entry["day"])
    high = _number("high", entry["high"]) if "high" in entry else None
    one = Count(
        **texts,
        value=_number("value", entry["value"]),
        high=high,
        scope=tuple(sorted(s.strip() for s in scope)),
        day=day,
        whole_month=whole_month,
    )
    for name, known in (("method", METHODS), ("measure", MEASURES)):
        if getattr(one, name) not in known:
            raise ValueError(
                f"{name}: found {getattr(one, name)!r}, expected one of {', '.join(known)}"
            )
    if one.most < one.value:
        raise ValueError(f"high: found {one.high}, expected more than {one.value}")
    if not all(one.scope) or not one.scope:
        raise ValueError("scope: an empty zone or facility")
    return one


def _number(name: str, given: object) -> float:
    text = str(given).strip()
    if isinstance(given, bool) or not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise ValueError(
            f"{name}: found {text[:40]!r}, expected a number from 0, without separators"
        )
    return float(text) if "." in text else int(text)


def _day(given: object) -> tuple[date, bool]:
    """Return a day, or the first of a month of which no day was published."""
    text = given.isoformat() if isinstance(given, date) else str(given).strip()
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        return date.fromisoformat(f"{text}-01"), True
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(f"day: found {text[:40]!r}, expected 2016-02-22, or 2016-02 for a month")
    return date.fromisoformat(text), False


def net(earlier: Count, later: Count) -> Net:
    """Return the change between two counts of the same people in the same scope.

    Raises
    ------
    SiteRefused
        The scopes, groups, units or measures differ: the two numbers cannot be compared.
    """
    if earlier.same != later.same:
        only = sorted(set(earlier.scope) ^ set(later.scope))
        other = [
            f"{a} and {b}" for a, b in zip(earlier.same[1:], later.same[1:], strict=True) if a != b
        ]
        raise SiteRefused(
            f"{earlier.id} and {later.id} count different things: {', '.join([*only, *other])}",
            hint="compare counts of one scope; add or leave out a facility that both give",
        )
    return Net(earlier, later, later.value - earlier.value)


def common_scope(one: Count, two: Count) -> tuple[str, ...]:
    """Return what both counts include."""
    return tuple(sorted(set(one.scope) & set(two.scope)))


def rest(total: float, parts: Sequence[float]) -> Rest:
    """Return what a stated total holds beyond its stated parts."""
    return Rest(total, sum(parts), total - sum(parts))


def identity(
    before: float, arrived: float, left: float, births: float, deaths: float, after: float
) -> float:
    """Return what P1 = P0 + in − out + births − deaths leaves unexplained."""
    return after - (before + arrived - left + births - deaths)


def rivals(counts: Sequence[Count]) -> list[tuple[float, float, tuple[Count, ...]]]:
    """Return counts of people present, of one scope, group and month, that differ, as intervals."""
    groups: dict[tuple[object, ...], list[Count]] = {}
    for c in (c for c in counts if c.measure == "present"):
        groups.setdefault((c.same, c.day.year, c.day.month), []).append(c)
    found = []
    for same in groups.values():
        low, high = min(c.value for c in same), max(c.most for c in same)
        who = {(c.publisher, c.method) for c in same}
        if len(same) > 1 and low != high and len(who) > 1:
            found.append((low, high, tuple(sorted(same, key=lambda c: c.value))))
    return sorted(found, key=lambda f: (f[2][0].day, f[2][0].group))


def changes(counts: Sequence[Count]) -> list[Net]:
    """Return the net change from each count to the same publisher's next, like with like.

    Of two counts whose method is not stated nobody knows whether they are one series.
    """
    ordered = sorted(counts, key=lambda c: (c.day, c.id))
    found = []
    for i, one in enumerate(ordered):
        later = (c for c in ordered[i + 1 :] if c.same == one.same and c.day > one.day)
        two = next((c for c in later if _house(c) == _house(one)), None)
        if two is not None and one.measure == "present" and one.method != "not stated":
            found.append(net(one, two))
    return found


def _house(count: Count) -> tuple[str, str]:
    """Who counts, and how: a publisher's two methods are two series."""
    return count.publisher.split(" /")[0], count.method
