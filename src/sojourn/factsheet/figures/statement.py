"""Statements: a sentence with what it says of which figure, and the condition under which it is true.

A statement is a message of the catalogues (``text/*.toml``) with named bindings and conditions
(``statements.toml``). A binding names a figure by its key (figure, area, sex, year, or its rank in
a ranked list), never by a place in a list. A statement is printed when every number it binds is
there and every condition holds; else its alternative is tried, and at the end nothing is printed.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from sojourn.errors import PublishError, counted
from sojourn.factsheet.figures.figure import FigureValue, figure
from sojourn.terminal.declared import NAMED, REST, packaged

if TYPE_CHECKING:
    from sojourn.factsheet.figures.evaluate import Evaluator

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
_CONDITION = re.compile(r"^(\S+) (>=|<=|!=|=|>|<) (\S+)$")
#: Statements of the factsheet, and of the topics that came later.
_FILES = ("statements.toml", "statements_topics.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What a name in a statement stands for.

    Attributes
    ----------
    figure, area, sex, year : str, str, str, int
        The key of a figure's value; year 0 is the year of the page.
    rank : int
        The place in a ranked list, by the rank that the list gives it.
    pick : str
        ``most`` or ``least``: the area of the figure with the largest or smallest value.
    sum, share, one_in : tuple of str
        Computed from other bindings: their sum, 100 × first ÷ second, 100 ÷ a share.
    listed : str
        The figure whose whole list is added up.
    within : str
        The figure by corridors of which the share that stays within its region is taken [%].
    given : bool
        Handed over by the section that prints the statement.
    exact, signed, size : bool
        Every digit; with its sign; without its sign.
    """

    figure: str = ""
    area: str = "900"
    sex: str = "_T"
    year: int = 0
    rank: int = 0
    pick: Literal["", "most", "least"] = ""
    sum: tuple[str, ...] = ()
    share: tuple[str, ...] = ()
    one_in: tuple[str, ...] = ()
    listed: str = ""
    within: str = ""
    given: bool = False
    exact: bool = False
    signed: bool = False
    size: bool = False

    def __post_init__(self) -> None:
        """Refuse what stands for two things, or for none."""
        ways = ("figure", "sum", "share", "one_in", "listed", "within", "given")
        used = [way for way in ways if getattr(self, way)]
        if len(used) != 1:
            raise ValueError(
                f"it stands for {' and '.join(used) or 'nothing'}; one of {', '.join(ways)}"
            )
        if len(self.share) not in (0, 2):
            raise ValueError(f"share is {list(self.share)}; two names, part and whole")
        if len(self.one_in) > 1:
            raise ValueError(f"one_in is {list(self.one_in)}; the name of one share")
        if (self.rank or self.pick or self.year) and not self.figure:
            raise ValueError("rank, pick and year choose among the values of a figure; name it")

    @property
    def computed(self) -> bool:
        """Whether the number follows from others and has no cell of its own."""
        return bool(self.sum or self.share or self.one_in or self.listed or self.within)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A message with its bindings and the conditions under which it is true.

    Attributes
    ----------
    section : str
        The section whose facts it ends; empty where a page says it at a place of its own.
    repeats : str
        The heading of its room that says the same: where that one stands, this one does not.
    beside : str
        The heading of its room that it goes on from: only where that one stands, this one does.
    """

    key: str = field(metadata={NAMED: True})
    bind: Mapping[str, Binding] = field(default_factory=dict, metadata={REST: True})
    when: tuple[str, ...] = ()
    otherwise: str = ""
    section: str = ""
    repeats: str = ""
    beside: str = ""

    def __post_init__(self) -> None:
        """Refuse a number that follows from what nobody binds."""
        for name, one in self.bind.items():
            for part in (*one.sum, *one.share, *one.one_in):
                if part not in self.bind:
                    raise ValueError(f"{name} rests on {part!r}; bind it in the same statement")


@dataclass(frozen=True, slots=True)
class Statements:
    """A file of statements, each under the key of its message."""

    statements: Mapping[str, Statement] = field(metadata={REST: True})


@dataclass(frozen=True, slots=True)
class Said:
    """A statement that was printed, with the values it was printed of."""

    statement: Statement
    values: Mapping[str, FigureValue]


@cache
def statements() -> Mapping[str, Statement]:
    """Return every declared statement by the key of its message.

    Raises
    ------
    PublishError
        A condition is not of the form ``name > name``, or names what is not bound.
    """
    found: dict[str, Statement] = {}
    for name in _FILES:
        found |= packaged("sojourn.factsheet.figures", name, Statements).statements
    for one in found.values():
        _check(one, found)
    return found


def _check(one: Statement, known: Mapping[str, Statement]) -> None:
    for binding in one.bind.values():
        for figure_id in filter(None, (binding.figure, binding.listed, binding.within)):
            figure(figure_id)
    lost = [
        left
        for left, _, right in (_parsed(c, one.key) for c in one.when)
        if left.split(".")[0] not in one.bind
        or ("." not in left and _number(right) is None and right not in one.bind)
    ]
    lost += [k for k in (one.otherwise, one.repeats, one.beside) if k and k not in known]
    if lost:
        raise PublishError(
            f"statements.toml: {one.key!r} names {', '.join(lost)}, which nobody binds",
            hint="bind the name to a figure, or declare the alternative",
        )


def _parsed(condition: str, key: str) -> tuple[str, str, str]:
    matched = _CONDITION.match(condition)
    if matched is None:
        raise PublishError(
            f"statements.toml: {key!r} has the condition {condition!r}",
            hint="write: name > name, name > number, name.edition = name.edition",
        )
    left, sign, right = matched.groups()
    return left, sign, right


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def first_true(
    ev: "Evaluator", key: str, given: Mapping[str, FigureValue]
) -> tuple[Said | None, list[FigureValue]]:
    """Return the first of a statement and its alternatives that is true, and what was missing.

    Parameters
    ----------
    given : mapping
        Values that the section hands over, by the name of their binding.

    Returns
    -------
    (Said or None, list of FigureValue)
        The statement with its values; and the absent values that kept others from being said.

    Raises
    ------
    PublishError
        The statement is not declared.
    """
    missing: list[FigureValue] = []
    while key:
        one = statements().get(key)
        if one is None:
            raise PublishError(
                f"the statement {key!r} is not declared",
                hint="add it to statements.toml with the figures it binds and its conditions",
            )
        values = bound(ev, one, given)
        absent = [v for v in values.values() if v.value is None]
        missing += absent
        said = not absent and all(holds(c, values, key) for c in one.when)
        if said and _has_room(ev, one, given):
            return Said(one, values), missing
        key = one.otherwise
    return None, missing


def _has_room(ev: "Evaluator", one: Statement, given: Mapping[str, FigureValue]) -> bool:
    """Say whether a statement may stand under the heading of its room, which may say the same."""
    if not (one.repeats or one.beside):
        return True
    said, _ = first_true(ev, f"{one.key.partition('.')[0]}.heading", given)
    opens = said.statement.key if said is not None else ""
    return opens != one.repeats and one.beside in ("", opens)


def holds(condition: str, values: Mapping[str, FigureValue], key: str = "") -> bool:
    """Say whether a condition is true of bound values.

    Examples
    --------
    >>> from sojourn.factsheet.figures.figure import FigureValue
    >>> one = {"sex": "_T", "area": "900", "unit": "PERSONS", "as_of": ""}
    >>> holds("a > 0", {"a": FigureValue(figure_id="x", time_period="2015", value=1.0, **one)})
    True
    """
    left, sign, right = _parsed(condition, key)
    name, _, attribute = left.partition(".")
    mine = getattr(values[name], attribute) if attribute else values[name].value
    other, _, what = right.partition(".")
    if other in values:
        return COMPARISONS[sign](mine, getattr(values[other], what or "value"))
    return COMPARISONS[sign](mine, right if isinstance(mine, str) else float(right))


def bound(
    ev: "Evaluator", one: Statement, given: Mapping[str, FigureValue]
) -> dict[str, FigureValue]:
    """Return the value of every binding of a statement; absent ones too."""
    values: dict[str, FigureValue] = {}
    for name, binding in one.bind.items():
        values[name] = _value(ev, one.key, name, binding, {**values, **given})
    return values


def _value(
    ev: "Evaluator", key: str, name: str, binding: Binding, known: Mapping[str, FigureValue]
) -> FigureValue:
    if binding.given:
        if name not in known:
            raise PublishError(f"the statement {key!r} asks for {{{name}}}, which nobody gave")
        return known[name]
    if binding.computed:
        return _computed(ev, f"{key}.{name}", binding, known)
    if binding.rank:
        return ranked(ev, binding.figure, binding.rank)
    if binding.pick:
        return _picked(ev, binding)
    return ev.one(binding.figure, area=binding.area, sex=binding.sex, year=binding.year or ev.year)


def ranked(ev: "Evaluator", figure_id: str, rank: int) -> FigureValue:
    """Return the value of a ranked list that has this rank, whatever order the list stands in."""
    found = ev.values(figure_id)
    for value in found:
        if value.rank == rank:
            return value
    reason = found[0].reason if found and found[0].value is None else "the list is shorter"
    return ev.empty(figure(figure_id), ev.year, reason)


def _picked(ev: "Evaluator", binding: Binding) -> FigureValue:
    found = ev.values(binding.figure)
    among = [v for v in found if v.value is not None and v.sex == binding.sex]
    if not among:
        reason = found[0].reason if found else ""
        return ev.empty(figure(binding.figure), ev.year, reason, sex=binding.sex)
    sign = -1 if binding.pick == "most" else 1
    return min(among, key=lambda v: (sign * (v.value or 0.0), v.area))


def _computed(
    ev: "Evaluator", name: str, binding: Binding, known: Mapping[str, FigureValue]
) -> FigureValue:
    """Return a number that follows from other figures; absent when one of them is."""
    parts = list(_parts(ev, binding, known))
    lost = next((p for p in parts if p.value is None), None)
    blank = replace(parts[0], figure_id=name, inputs=(), n_inputs=0, rank=0, mark="")
    if lost is not None:
        return replace(blank, value=None, reason=lost.reason, edition="")
    sizes = [p.value or 0.0 for p in parts]
    value, unit, formula = _computation(binding, parts, sizes)
    if value is None:
        return replace(blank, value=None, reason="its base is zero", edition="")
    editions = " + ".join(dict.fromkeys(p.edition for p in parts))
    return replace(
        blank, value=value, unit=unit, formula=formula, edition=editions, parts=tuple(parts)
    )


def _parts(
    ev: "Evaluator", binding: Binding, known: Mapping[str, FigureValue]
) -> Iterator[FigureValue]:
    if binding.listed or binding.within:
        yield from ev.values(binding.listed or binding.within)
    else:
        yield from (known[n] for n in binding.sum or binding.share or binding.one_in)


def _computation(
    binding: Binding, parts: list[FigureValue], sizes: list[float]
) -> tuple[float | None, str, str]:
    if binding.share:
        return (100 * sizes[0] / sizes[1] if sizes[1] else None), "PERCENT", "100 × first ÷ second"
    if binding.one_in:
        return (round(100 / sizes[0]) if sizes[0] else None), "", "100 ÷ share"
    if binding.within:
        inside = sum(
            s for p, s in zip(parts, sizes, strict=True) if len(set(p.area.split(">"))) == 1
        )
        whole = sum(sizes)
        formula = "100 × migrants within their region ÷ migrants between regions"
        return (100 * inside / whole if whole else None), "PERCENT", formula
    return sum(sizes), parts[0].unit, f"sum of {counted(len(parts), 'figure')}"
