"""Declared comparisons of counts, each answered in one sentence by the counts themselves.

A comparison says what kind it is; what it may say follows from the kind: a net figure names nobody,
rivals are an interval, a capacity is not an occupancy, a rest is unexplained.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sojourn.errors import SiteRefused
from sojourn.relocation.counts.counts import SECTIONS, Count, common_scope, identity, net, rest
from sojourn.terminal.nearest import did_you_mean, nearest_and_all
from sojourn.terminal.typed import NotToml, read_toml, refuse_unknown

MOVES = ("arrived", "left", "births", "deaths")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the counts say to one comparison.

    Attributes
    ----------
    numbers : mapping of str to float
        What the sentence prints, for a program.
    """

    id: str
    kind: str
    text: str
    numbers: Mapping[str, float] = field(default_factory=dict)


def answer_checks(text: str, counts: Sequence[Count], *, where: str) -> tuple[Answer, ...]:
    """Answer each ``[[check]]`` and ``[[identity]]`` of a TOML text.

    Raises
    ------
    SiteRefused
        A check is of an unknown kind, lacks a field or names a count that is not there.
    """
    try:
        document = read_toml(text)
    except NotToml as error:
        raise SiteRefused(f"{where}: {error}", hint="one [[check]] a comparison") from None
    if strange := [k for k in document if k not in SECTIONS]:
        refuse_unknown(strange[0], dict.fromkeys(SECTIONS), where=where, error=SiteRefused)
    known = {c.id: c for c in counts}
    found, faults = list[Answer](), list[str]()
    for section, kinds in (("check", _KINDS), ("identity", {"identity": _identity})):
        entries = document.get(section, [])
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            raise SiteRefused(f"{where}: {section} is no list", hint=f"one [[{section}]] each")
        for number, entry in enumerate(entries, start=1):
            kind = str(entry.get("kind", section))
            try:
                if kind not in kinds:
                    raise _Wrong(f"kind {kind[:40]!r}; {nearest_and_all(kind, kinds)}")  # noqa: TRY301 - one list of faults
                _refuse_strange(entry, kind)
                answer = kinds[kind](_Entry(entry, known))
            except _Wrong as wrong:
                faults.append(f"{where}, {section} {number}: {wrong}")
            else:
                found.append(answer)
    if faults:
        raise SiteRefused("\n  ".join(faults), hint="see docs/site.md")
    return tuple(found)


class _Wrong(ValueError):
    """A comparison is not one."""


def _refuse_strange(entry: Mapping[str, Any], kind: str) -> None:
    """Refuse a key that a comparison of this kind does not have: it would change nothing."""
    keys = ("id", "kind", "why", *_KEYS[kind])
    if strange := [k for k in entry if k not in keys]:
        raise _Wrong(f"unknown key {strange[0][:40]!r}; {nearest_and_all(strange[0], keys)}")


@dataclass(frozen=True)
class _Entry:
    """One comparison, with the counts it may name."""

    given: Mapping[str, Any]
    known: Mapping[str, Count]

    def one(self, name: str) -> Count:
        """Return the count a field names."""
        return self._count(name, self.given.get(name))

    def many(self, name: str) -> list[Count]:
        """Return the counts a field names."""
        ids = self.given.get(name)
        if not isinstance(ids, list) or not ids:
            raise _Wrong(f"{name}: expected a list of ids of counts")
        return [self._count(name, i) for i in ids]

    def _count(self, name: str, given: object) -> Count:
        if not isinstance(given, str) or given not in self.known:
            meant = did_you_mean(given, self.known)
            said = f"{name}: found {str(given)[:60]!r}, expected the id of a count"
            raise _Wrong(f"{said}; {meant}".rstrip("; "))
        return self.known[given]

    def answer(self, kind: str, text: str, **numbers: float) -> Answer:
        """Return the answer, with what the comparison itself has to add."""
        why = str(self.given.get("why", ""))
        return Answer(
            str(self.given.get("id", kind)), kind, f"{text} ({why})" if why else text, numbers
        )


def _said(count: Count) -> str:
    note = f"; {count.note}" if count.note else ""
    return (
        f"{count.shown} ({count.method}, {count.publisher}, {count.when}; {count.reference}{note})"
    )


def _net(entry: _Entry) -> Answer:
    one, two = entry.one("earlier"), entry.one("later")
    change = two.value - one.value
    text = f"{one.shown} → {two.shown} {one.group}: {change:+,}, a net figure: nobody by name"
    stated = entry.given.get("stated")
    if stated is not None:
        same = (
            "is this difference, no list of people"
            if stated == abs(change)
            else "is not this difference"
        )
        text += f"; the published {stated:,} {same}"
    if one.same != two.same:
        text += f"; {_differ(one, two)}, so that even the net change is not like with like"
    return entry.answer("net", text, change=change)


def _differ(one: Count, two: Count) -> str:
    """Say what only one of two counts includes, or that they count otherwise."""
    only = []
    for a, b in ((one, two), (two, one)):
        if more := sorted(set(a.scope) - set(b.scope)):
            only.append(f"{', '.join(more)} in the count of {a.when} alone")
    if one.same[1:] != two.same[1:]:
        only.append(
            f"{one.group}, {one.unit}, {one.measure} against {two.group}, {two.unit}, {two.measure}"
        )
    return "the scopes differ: " + "; ".join(only)


def _scope(entry: _Entry) -> Answer:
    one, two = entry.one("one"), entry.one("two")
    if one.same == two.same:
        change = net(one, two).change
        return entry.answer(
            "scope",
            f"{one.shown} → {two.shown}: one scope, {change:+,}, a net figure",
            change=change,
        )
    text = f"{one.shown} and {two.shown} are not compared: {_differ(one, two)}"
    alike = _like(one, two, entry.known)
    if alike is None:
        return entry.answer(
            "scope",
            f"{text}; no count of what both include ({', '.join(common_scope(one, two)) or 'nothing'}) was published",
        )
    change = net(*alike).change
    return entry.answer(
        "scope",
        f"{text}; like with like ({', '.join(alike[0].scope)}): {alike[0].shown} → {alike[1].shown}, {change:+,}, a net figure",
        change=change,
    )


def _like(one: Count, two: Count, known: Mapping[str, Count]) -> tuple[Count, Count] | None:
    """Return the two counts of their publishers and days that cover what both include."""
    common = common_scope(one, two)

    def narrowed(count: Count) -> Count | None:
        alike = (c for c in known.values() if c.scope == common and c.same[1:] == count.same[1:])
        return next(
            (c for c in alike if (c.day, c.publisher) == (count.day, count.publisher)), None
        )

    first, second = narrowed(one), narrowed(two)
    return (first, second) if first and second and one.same[1:] == two.same[1:] else None


def _rest(entry: _Entry) -> Answer:
    parts = entry.many("parts")
    if any(p.high is not None for p in parts) or len({p.unit for p in parts}) != 1:
        raise _Wrong("parts: expected counts of one unit, none of them a range")
    summed = " + ".join(p.shown for p in parts)
    if "total" not in entry.given:
        total = sum(p.value for p in parts)
        return entry.answer("rest", f"{summed} = {total:,}, a sum nobody published", total=total)
    whole = entry.one("total")
    if whole.unit != parts[0].unit or whole.high is not None:
        raise _Wrong(f"total: expected one number of {parts[0].unit}")
    found = rest(whole.value, [p.value for p in parts])
    over = "nothing unexplained" if not found.unexplained else f"{found.unexplained:+,} unexplained"
    return entry.answer(
        "rest",
        f"{whole.shown} against {summed} = {found.parts:,}: {over}",
        unexplained=found.unexplained,
    )


def _held(entry: _Entry) -> Answer:
    counts = entry.many("counts")
    return entry.answer(
        "held",
        f"{' or '.join(c.shown for c in counts)}: all are held, none is chosen: {'; '.join(map(_said, counts))}",
    )


def _rivals(entry: _Entry) -> Answer:
    counts = sorted(entry.many("counts"), key=lambda c: (c.value, c.id))
    if len({c.same for c in counts}) != 1:
        raise _Wrong('counts: expected one scope, group, unit and measure; use kind = "scope"')
    low, high = counts[0].value, max(c.most for c in counts)
    return entry.answer(
        "rivals",
        f"{low:,} to {high:,}, an interval, never a mean: {'; '.join(map(_said, counts))}",
        low=low,
        high=high,
    )


def _measures(entry: _Entry) -> Answer:
    shown = [f"{c.shown} {c.unit}, {c.measure} ({c.group}, {c.when})" for c in entry.many("counts")]
    if "sum_of" in entry.given:
        parts = entry.many("sum_of")
        shown.insert(
            0, f"{sum(c.value for c in parts):,} {parts[0].unit}, {parts[0].measure} (a sum)"
        )
    return entry.answer(
        "measures",
        f"{'; '.join(shown)}: a capacity or a plan is not an occupancy, no difference is taken",
    )


def _ratio(entry: _Entry) -> Answer:
    over, per = entry.many("over"), entry.one("per")
    if not per.value:
        raise _Wrong("per: zero")
    total = sum(c.value for c in over)
    value = Decimal(str(total)) / Decimal(str(per.value))
    rounded = value.quantize(Decimal("0.01" if value < 10 else "0.1"), ROUND_HALF_UP)
    text = f"{total:,} {over[0].unit} / {per.shown} {per.unit} = {rounded}"
    if "against" in entry.given:
        text += f", against {entry.one('against').shown}"
    return entry.answer("ratio", text, ratio=float(rounded))


def _identity(entry: _Entry) -> Answer:
    before, after = entry.one("before"), entry.one("after")
    try:
        net(before, after)
    except SiteRefused as refused:
        raise _Wrong(refused.problem) from None
    moves: dict[str, float] = {}
    for name in MOVES:
        given = entry.given.get(name)
        if given is None:
            continue
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < 1e12:
            raise _Wrong(f"{name}: found {str(given)[:40]!r}, expected a number from 0")
        moves[name] = given
    arrived, left, births, deaths = (moves.get(n, 0) for n in MOVES)  # an absent one: see below
    left_over = identity(before.value, arrived, left, births, deaths, after.value)
    terms = "".join(
        f" {sign} {moves[n]:,} {n}" for n, sign in zip(MOVES, "+-+-", strict=True) if n in moves
    )
    text = f"{after.shown} = {before.shown}{terms} {'+' if left_over >= 0 else '-'} {abs(left_over):,} unexplained"
    if unknown := [n for n in MOVES if n not in moves]:
        text += f"; not stated, and within the unexplained: {', '.join(unknown)}"
    return entry.answer(
        "identity", f"{', '.join(before.scope)}, {before.group}: {text}", unexplained=left_over
    )


_KINDS = {
    "net": _net,
    "scope": _scope,
    "rest": _rest,
    "held": _held,
    "rivals": _rivals,
    "measures": _measures,
    "ratio": _ratio,
}
_KEYS = {
    "net": ("earlier", "later", "stated"),
    "scope": ("one", "two"),
    "rest": ("parts", "total"),
    "held": ("counts",),
    "rivals": ("counts",),
    "measures": ("counts", "sum_of"),
    "ratio": ("over", "per", "against"),
    "identity": ("before", "after", *MOVES),
}
