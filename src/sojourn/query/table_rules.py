"""What may be added to what, and divided by what: refusals with their reason, as data."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sojourn.errors import ForbiddenRatio, ForbiddenSum
from sojourn.query.table_notes import Said, kept
from sojourn.terminal.declared import packaged
from sojourn.vocab.indicator import Axis, Indicator, indicator, indicators


@dataclass(frozen=True, slots=True)
class May:
    """Measures of which nobody stands in two: they may be added."""

    measures: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Never:
    """Two measures that must not be added; ``*`` as the second is any other."""

    measures: tuple[str, str]
    why: str


@dataclass(frozen=True, slots=True)
class End:
    """Measures whose area is not where the people counted are, and what it is, by language."""

    measures: tuple[str, ...]
    says: str
    says_fr: str
    says_es: str


@dataclass(frozen=True, slots=True)
class Ratios:
    """What people may be counted against, and in which units they are counted."""

    populations: tuple[str, ...]
    persons: tuple[str, ...]
    why_movements: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The file of rules.

    Attributes
    ----------
    sum, never : tuple
        What may be added to what, and what must not.
    end : tuple of End
        What the area is of measures whose people are not there.
    ratio : Ratios
        What may stand over what.
    """

    sum: tuple[May, ...]
    never: tuple[Never, ...]
    end: tuple[End, ...]
    ratio: Ratios

    def __post_init__(self) -> None:
        """Refuse a measure that no indicator is, and a pair that may and must not be added."""
        named = {m for may in self.sum for m in may.measures}
        named |= {m for rule in self.never for m in rule.measures}
        named |= {m for end in self.end for m in end.measures}
        for name in sorted({*named, *self.ratio.populations} - {"*"}):
            if name not in indicators():
                raise ValueError(f"{name} is no indicator; see vocab/indicators.csv")
        for rule in self.never:
            if any(set(rule.measures) <= set(may.measures) for may in self.sum):
                raise ValueError(f"{' + '.join(rule.measures)} may and must not be added; keep one")


@cache
def _rules() -> Rules:
    return packaged("sojourn.query", "table_rules.toml", Rules)


def said_of_area(measure: str) -> list[Said]:
    """Return what the area is, of a measure whose people are not there; nothing of most.

    Examples
    --------
    >>> said_of_area("refugees")
    []
    """
    return [
        kept({"en": end.says, "fr": end.says_fr, "es": end.says_es})
        for end in _rules().end
        if measure in end.measures
    ]


def never() -> Sequence[tuple[str, str]]:
    """Return the pairs of measures that must not be added; ``*`` is any other measure.

    Examples
    --------
    >>> ("migrant_stock", "refugees") in never()
    True
    """
    return [r.measures for r in _rules().never]


def refuse_sum_over(one: Indicator, axis: Axis) -> None:
    """Refuse a sum over a dimension that a measure does not add over.

    Raises
    ------
    ForbiddenSum
        With the reason.
    """
    if one.adds_over(axis):
        return
    why = {
        "rate": "a rate or share is no number of people: rates are not added",
        "stock": "a stock is a number at a moment: people counted in one are counted in the next",
    }.get(one.kind, "one person may be counted in several")
    never = next((r.why for r in _rules().never if r.measures == (one.id, "*")), "")
    may = ", ".join(sorted(one.axes)) or "nothing"
    raise ForbiddenSum(
        f"{one.id} must not be added over {axis}: {never or why}",
        hint=f"it may be added over: {may}",
    )


def refuse_sum_of(measures: Sequence[str]) -> None:
    """Refuse a sum of different measures that is not declared to count nobody twice.

    Raises
    ------
    ForbiddenSum
        Naming the measures and the reason.

    Examples
    --------
    >>> refuse_sum_of(["refugees", "asylum_seekers"])
    """
    asked = set(measures)
    for rule in _rules().never:
        first, second = rule.measures
        if first in asked and (second == "*" or second in asked):
            raise ForbiddenSum(f"{' + '.join(measures)}: {rule.why}", hint="show them side by side")
    if any(asked <= set(rule.measures) for rule in _rules().sum):
        return
    found = [indicator(m) for m in measures]
    units, kinds = {i.unit_measure for i in found}, {i.kind for i in found}
    unlike = ", ".join(sorted(units | kinds)) if len(units) > 1 or len(kinds) > 1 else ""
    why = (
        f"different units or kinds ({unlike})"
        if unlike
        else "nobody has said that they are disjoint"
    )
    raise ForbiddenSum(f"{' + '.join(measures)}: {why}", hint="show them side by side")


def refuse_ratio(over: Indicator, under: Indicator) -> None:
    """Refuse a ratio of two measures of different concept or unit.

    People, deaths and cases may stand over a population; else unit and kind must be the same.

    Raises
    ------
    ForbiddenRatio
        Naming both with their units.

    Examples
    --------
    >>> refuse_ratio(indicator("refugees"), indicator("population"))
    """
    rules = _rules().ratio
    both = f"{over.id} ({over.unit_measure}, {over.kind}) per {under.id} ({under.unit_measure}, {under.kind})"
    if "rate" in (over.kind, under.kind):
        raise ForbiddenRatio(f"{both}: one of them is a rate", hint="rates are shown as printed")
    if under.id in rules.populations:
        if over.unit_measure in rules.persons:
            return
        why = rules.why_movements if over.kind == "event" else "its unit is not persons"
        raise ForbiddenRatio(
            f"{both}: {why}", hint="only numbers of persons stand over a population"
        )
    if over.unit_measure != under.unit_measure or over.kind != under.kind:
        raise ForbiddenRatio(
            f"{both}: they are of another concept or unit",
            hint="divide a stock by a stock and a flow by a flow, in one unit, or by population",
        )
