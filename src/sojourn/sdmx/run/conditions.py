"""A request as conditions on observations, every value a parameter of the query."""

from collections.abc import Sequence

from sojourn.errors import counted
from sojourn.sdmx.model.dsd import TIME, Component, Dsd
from sojourn.sdmx.run.asked import Asked, Key, Terms, period
from sojourn.sdmx.run.refusal import Refusal
from sojourn.sdmx.writers.columns import AREAS, SHORT, raw
from sojourn.terminal.nearest import nearest_and_all


class Conditions:
    """Conditions with their parameters, joined by AND."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.given: dict[str, object] = {}

    def hold(self, value: object) -> str:
        """Keep a value; return the name of its parameter."""
        name = f"p{len(self.given)}"
        self.given[name] = value
        return f"${name}"

    def add(self, part: str) -> None:
        """Add a condition."""
        self.parts.append(part)

    @property
    def text(self) -> str:
        """All of them as one."""
        return " AND ".join(self.parts) or "true"


_COMPARED = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_NEGATED = {"ne": "eq", "nc": "co"}
_MATCHED = {"co": "contains", "sw": "starts_with", "ew": "ends_with"}


def restrict(conditions: Conditions, dsd: Dsd, asked: Asked) -> None:
    """Add what a request restricts: keys, filters, periods.

    Raises
    ------
    Refusal
        A key of another length or a component that the structure does not have (422), a value
        that is no number or period where one belongs (400).
    """
    if asked.keys:
        made = [_key(conditions, dsd, key) for key in asked.keys]
        conditions.add("(" + " OR ".join(dict.fromkeys(made)) + ")")
    for name, terms in asked.filters:
        component = dsd.component(name)
        if component is None or component.id in ("LICENSE", "CITATION", "FILE_SHA256"):
            known = [c.id for c in dsd.components]
            raise Refusal(
                422, f"{dsd.id} has no component {name!r}", hint=nearest_and_all(name, known)
            )
        conditions.add(_filter(conditions, component, terms))
    if asked.start:
        conditions.add(_period(conditions, "ge", asked.start))
    if asked.end:
        conditions.add(_period(conditions, "le", asked.end))


def _key(conditions: Conditions, dsd: Dsd, key: Key) -> str:
    if len(key) > len(dsd.dimensions):
        named = ".".join(d.id for d in dsd.dimensions)
        raise Refusal(
            422, f"the key has {counted(len(key), 'part')}", hint=f"the key of {dsd.id} is {named}"
        )
    parts = [
        _one_of(conditions, dimension, values)
        for dimension, values in zip(dsd.dimensions, key, strict=False)
        if values
    ]
    return "(" + (" AND ".join(parts) or "true") + ")"


def _one_of(conditions: Conditions, component: Component, values: Sequence[str]) -> str:
    if component.id == "INDICATOR":  # compared as it is kept, so that the order of the table helps
        lowered = [v.lower() if v == v.upper() else v.upper() for v in values]
        held = ", ".join(conditions.hold(v) for v in lowered)
        return f"o.indicator IN ({held})"
    held = ", ".join(conditions.hold(v) for v in values)
    short = component.list == AREAS and all(len(v) <= SHORT for v in values)
    return f"{f'o.{component.column}' if short else raw(component)} IN ({held})"


def _filter(conditions: Conditions, component: Component, terms: Terms) -> str:
    return "(" + " AND ".join(_term(conditions, component, op, v) for op, v in terms) + ")"


def _term(
    conditions: Conditions, component: Component, operator: str, values: Sequence[str]
) -> str:
    positive = _NEGATED.get(operator, operator)
    if positive == "eq" and not component.number and component.id != TIME:
        said = _one_of(conditions, component, values)
    else:
        said = " OR ".join(_single(conditions, component, positive, v) for v in values)
    return f"coalesce(NOT ({said}), true)" if operator in _NEGATED else f"({said})"


def _single(conditions: Conditions, component: Component, operator: str, value: str) -> str:
    if operator in _MATCHED:
        return f"{_MATCHED[operator]}(({raw(component)})::VARCHAR, {conditions.hold(value)})"
    if component.id == TIME:
        return _period(conditions, operator, value)
    sign = _COMPARED.get(operator, "=")
    if not component.number:
        return f"{raw(component)} {sign} {conditions.hold(value)}"
    try:
        number = float(value)
    except ValueError:
        raise Refusal(400, f"c[{component.id}]: {value!r} is no number") from None
    return f"{raw(component)} {sign} {conditions.hold(number)}::DOUBLE"


def _period(conditions: Conditions, operator: str, value: str) -> str:
    """Compare periods at the length of the one that was asked: 2015-03 lies within 2015."""
    text = period("period", value)
    if operator == "eq":
        return f"o.time_period = {conditions.hold(text)}"
    held = conditions.hold(text)
    return f"left(o.time_period, {len(text)}) {_COMPARED[operator]} left({held}, length(o.time_period))"
