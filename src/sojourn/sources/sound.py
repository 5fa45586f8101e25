"""Whether what somebody declared can work: types, patterns, codings, and what refers to what.

The package's own declarations are held against this by a test; those of a user when they are read.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sojourn.errors import BadDeclaration
from sojourn.sources.layout import Layout, Measure, Table
from sojourn.vocab.age import age_limits
from sojourn.vocab.area import AREAS
from sojourn.vocab.status import ObsStatus

KINDS = ("panel", "matrix", "records", "classes")
CODINGS = ("m49", "iso3", "iso2", "eurostat", "worldbank", "unhcr", "name", "text")
_TEXTS = ("footnote", "label_code", "stop", "skip_row", "says", "denies", "groups", "states_sheet")
_LARGEST_MULT = 12
_SEXES = ("F", "M", "_T", "_U", "_O")
#: Roles and dimensions whose codes are places.
_PLACES = ("area", "origin", "across", "ref_area", "destination")


def require_sound(layout: Layout, *, where: str) -> None:
    """Refuse a layout that could not read a table.

    Raises
    ------
    BadDeclaration
        Naming the key, what it holds and what it may hold.
    """
    said = next((said for ask in _ASKED for said in ask(layout)), "")
    if said:
        raise BadDeclaration(
            f"{where}, layout {layout.id}: {said}", hint="CONTRIBUTING.md shows how to declare one"
        )


def _of_codes(layout: Layout) -> Iterator[str]:
    """Yield every code that stands for a label and is none: what a draft leaves blank, too."""
    asked = [(f"values.{role}", role, codes) for role, codes in layout.values.items()]
    fixed = {d: c for d, c in layout.fixed.items() if c[:1] != "@"}
    asked += [(f"fixed.{d}", d, {d: code}) for d, code in fixed.items()]
    for role, labels in layout.by_row.items():
        for label, said in labels.items():
            asked += [(f"by_row.{role}", kind, {label: code}) for kind, code in said.items()]
    for m in (m for table in layout.tables for m in table.measures):
        asked += [("a measure", "sex", {m.match: m.sex}), ("a measure", "age", {m.match: m.age})]
    for where, kind, codes in asked:
        for label, code in codes.items():
            if (expected := _no_code(kind, code)) is not None:
                yield f"{where} gives {label!r} the {_KINDS.get(kind, kind)} {code!r}; {expected}"


def _no_code(kind: str, code: object) -> str | None:
    """Return what a code of a kind may be, where this is none."""
    if kind == "sex":
        return None if code in _SEXES else f"one of {', '.join(_SEXES)}"
    if kind == "age":
        return None if code == "_U" or _is_age(str(code)) else "Y0T4, Y17, Y_GE65, _T or _U"
    if kind == "indicator":  # one of the vocabulary, or one of your own
        return None if code else "sojourn indicators WORD finds what there is"
    if kind in _PLACES:
        return (
            None if code in ("_T", "_Z") or code in AREAS else "M49, or as sojourn areas names it"
        )
    return None


_KINDS = dict.fromkeys(_PLACES, "place")


def _is_age(code: str) -> bool:
    try:
        age_limits(code)
    except ValueError:
        return False
    return True


def of_types(declared: Any) -> Iterator[str]:
    """Yield what is of another type than a declaration's class says."""
    for name, field in type(declared).__dataclass_fields__.items():
        value, kind = getattr(declared, name), str(field.type)
        plain = {"<class 'str'>": str, "<class 'bool'>": bool, "<class 'int'>": int}.get(kind)
        number = kind == "<class 'float'>"
        if plain is not None and type(value) is not plain:
            yield f"{name} is {value!r}, no {_WORDS[plain]}"
        elif number and type(value) not in (int, float):
            yield f"{name} is {value!r}, no number"
        elif kind.startswith("collections.abc.Mapping") and not isinstance(value, Mapping):
            yield f"{name} is {value!r}, no table"


_WORDS = {str: "text", bool: "true or false", int: "whole number"}


def _of_types(layout: Layout) -> Iterator[str]:
    measures = [m for table in layout.tables for m in table.measures]
    for part in (layout, *layout.tables, *measures):
        yield from of_types(part)
    yield from _of_lists(layout)
    yield from _of_words(layout)


def _of_lists(layout: Layout) -> Iterator[str]:
    for name in ("columns", "optional", "states", "named", "carried"):
        held = getattr(layout, name)
        lists = held.items() if isinstance(held, Mapping) else [("", held)]
        for role, texts in lists:
            if not all(isinstance(t, str) for t in texts):
                yield f"{name} {role} holds {texts!r}, no texts"
    for name in ("roles", "fixed", "missing", "flags", "ignored", "ignored_sheets", "takes"):
        texts = getattr(layout, name)
        if not all(isinstance(t, str) for t in texts.values()):
            yield f"{name} holds {dict(texts)!r}, no texts"
    for role, labels in (*layout.values.items(), *layout.by_row.items()):
        if not isinstance(labels, Mapping):
            yield f"{role} is {labels!r} in values or by_row, no table"
    for rules in layout.classification:
        if lost := {"sheet", "member", "schemes"} - set(rules):
            yield f"a classification lacks {', '.join(sorted(lost))}"


def _of_words(layout: Layout) -> Iterator[str]:
    for role, known in layout.words.items():
        if role not in layout.columns:
            yield f"words.{role} lists labels, and no column has that role"
        if isinstance(known, str) or not all(isinstance(w, str) for w in known):
            yield f"words.{role} is {known!r}, no list of texts"


def _of_layout(layout: Layout) -> Iterator[str]:
    if layout.kind not in KINDS:
        yield f"kind is {layout.kind!r}, one of {', '.join(KINDS)}"
    for role, coding in layout.roles.items():
        if coding not in CODINGS:
            yield f"roles.{role} is {coding!r}, one of {', '.join(CODINGS)}"
    if layout.uncoded:
        yield f"roles does not say how {layout.uncoded} is coded: {', '.join(CODINGS)}"
    yield from _of_fixed(layout)
    for where, pattern in _patterns(layout):
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"{where} is {pattern!r}, no regular expression ({error})"


def _of_fixed(layout: Layout) -> Iterator[str]:
    for dimension, rule in layout.fixed.items():
        role = rule[1:] if rule.startswith("@") else ""
        if role and role != "across" and role not in layout.columns:
            yield f"fixed.{dimension} is {rule!r}, and no column has that role"
    for name in ("missing", "flags"):
        for mark, status in getattr(layout, name).items():
            if status not in set(ObsStatus):
                yield f"{name} gives {mark!r} the status {status!r}, which SDMX does not know"


def _patterns(layout: Layout) -> Iterator[tuple[str, str]]:
    yield from ((name, getattr(layout, name)) for name in _TEXTS)
    for name in ("states", "named"):
        yield from ((name, pattern) for pattern in getattr(layout, name))
    for name in ("ignored", "ignored_sheets"):
        yield from ((name, pattern) for pattern in getattr(layout, name) if pattern[:1] != "@")
    yield from ((f"takes.{role}", pattern) for role, pattern in layout.takes.items())
    for role, titles in layout.columns.items():
        yield from ((f"columns.{role}", t[1:-1]) for t in titles if t[:1] == "/" == t[-1:])
    for table in layout.tables:
        yield "sheet", table.sheet
        yield from (("period", table.period) for _ in "1" if table.period[:1] != "@")
        yield from (("match", m.match) for m in table.measures)


def _of_tables(layout: Layout) -> Iterator[str]:
    by_row = [said for labels in layout.by_row.values() for said in labels.values()]
    for table in layout.tables:
        if table.period and table.period[:1] != "@" and not re.compile(table.period).groups:
            yield f"period is {table.period!r}, and has no group that takes the year"
        for measure in table.measures:
            yield from _of_measure(
                layout, table, measure, told=any("indicator" in r for r in by_row)
            )


def _of_measure(layout: Layout, table: Table, measure: Measure, *, told: bool) -> Iterator[str]:
    if not measure.indicator and not told:
        which = f"measure {measure.match!r}" if measure.match else "a measure"
        sheet = f" of {table.sheet}" if table.sheet else ""
        yield f"{which}{sheet} names no indicator (sojourn indicators WORD finds what there is)"
    if layout.kind == "classes" and measure.unit != "NONE":
        yield f"its unit is {measure.unit!r}; classes are no numbers, NONE"
    if measure.status not in set(ObsStatus):
        yield f"status is {measure.status!r}, which SDMX does not know"
    if abs(measure.mult) > _LARGEST_MULT:
        yield f"mult is {measure.mult}, a power of ten: 3 for thousands"


_ASKED = (_of_types, _of_layout, _of_tables, _of_codes)
