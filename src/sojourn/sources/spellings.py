"""What a user's declaration says of the words of a file: headings, labels, places, missing marks.

``[headings]`` gives a heading of the file to the heading, or to the indicator, that a layout
knows; ``[labels]`` a label of the cells to a label or code that a layout knows; ``[places]`` a
printed place to an M49 or ISO3 code; ``[missing]`` a mark to its SDMX status. They hold for every
file that is loaded with the declaration, in whatever layout knows the right side.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sojourn.errors import BadDeclaration, UnknownArea
from sojourn.sources.headings import heading
from sojourn.sources.layout import Layout, Measure
from sojourn.terminal.nearest import near
from sojourn.vocab.area import AREAS, from_code
from sojourn.vocab.status import ObsStatus

KEYS = ("headings", "labels", "places", "missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spellings:
    """Printed words of a file to what is known, by kind of word."""

    headings: Mapping[str, str]
    labels: Mapping[str, str]
    places: Mapping[str, str]
    missing: Mapping[str, str]


def read_spellings(content: Mapping[str, Any], *, where: str) -> Spellings:
    """Return the spellings of a declaration.

    Raises
    ------
    BadDeclaration
        Not a table of texts; a place that no code list knows; a mark whose status is no missing one.
    """
    tables = {}
    for key in KEYS:
        given = content.get(key, {})
        if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
            raise BadDeclaration(
                f"{where}: [{key}] is no table of texts",
                hint='write [places] and "Printed" = "276"',
            )
        tables[key] = dict(given)
    tables["places"] = {text: _area(text, code, where) for text, code in tables["places"].items()}
    for mark, status in tables["missing"].items():
        if status not in set(ObsStatus) or not ObsStatus(status).may_be_missing:
            raise BadDeclaration(
                f"{where}: [missing] gives {mark!r} the status {status!r}",
                hint="an SDMX status of a missing value: O missing, L not collected, Q suppressed, "
                "M not applicable",
            )
    return Spellings(**tables)


def _area(text: str, code: str, where: str) -> str:
    if code in AREAS or code in ("_T", "_Z"):
        return code
    try:
        return from_code(code, scheme="iso3")
    except UnknownArea as error:
        raise BadDeclaration(
            f"{where}: [places] gives {text!r} the code {code!r}, which no code list knows",
            hint=f"M49 of three digits or ISO3; {error.hint}",
        ) from None


def respell(layouts: Mapping[str, Layout], said: Spellings, *, where: str) -> dict[str, Layout]:
    """Return the layouts with the spellings added.

    Raises
    ------
    BadDeclaration
        A heading or a label on the right side that no layout knows.
    """
    out = dict(layouts)
    for new, old in said.headings.items():
        out |= _with_heading(out.values(), new, old, where=where)
    for new, old in said.labels.items():
        out |= _with_label(out.values(), new, old, where=where)
    for name, layout in out.items():
        roles = [r for r in ("area", "origin") if r in layout.roles] + ["across"]
        values = {r: {**layout.values.get(r, {}), **said.places} for r in roles}
        out[name] = replace(
            layout,
            values={**layout.values, **values} if said.places else layout.values,
            missing={**layout.missing, **said.missing},
        )
    return out


def names(measure: Measure, title: str) -> bool:
    """Return whether a title names a measure: by its pattern, or by its indicator."""
    return bool(measure.match) and (
        re.fullmatch(measure.match, title) is not None or measure.indicator == title
    )


def _with_heading(
    layouts: Iterable[Layout], new: str, old: str, *, where: str
) -> dict[str, Layout]:
    changed: dict[str, Layout] = {}
    known: dict[str, None] = {}
    for layout in layouts:
        known |= dict.fromkeys(h for hs in layout.columns.values() for h in hs if h[:1] != "/")
        known |= dict.fromkeys(m.indicator for t in layout.tables for m in t.measures if m.match)
        columns, tables = dict(layout.columns), []
        if (role := layout.headings.role(heading(old))) is not None:
            columns[role] = (*columns[role], new)
        for table in layout.tables:
            measures = tuple(
                replace(m, match=f"{m.match}|{re.escape(new)}") if names(m, old) else m
                for m in table.measures
            )
            tables.append(replace(table, measures=measures))
        if role is not None or tuple(tables) != layout.tables:
            changed[layout.id] = replace(layout, columns=columns, tables=tuple(tables))
    return changed or _nowhere("headings", new, old, known, where)


def _with_label(layouts: Iterable[Layout], new: str, old: str, *, where: str) -> dict[str, Layout]:
    changed: dict[str, Layout] = {}
    known: dict[str, None] = {}
    for layout in layouts:
        values = {role: dict(codes) for role, codes in layout.values.items()}
        by_row = {role: dict(said) for role, said in layout.by_row.items()}
        found = False
        for codes in values.values():
            known |= dict.fromkeys([*codes, *codes.values()])
            if (code := codes.get(old, old if old in codes.values() else None)) is not None:
                codes[new], found = code, True
        for labels in by_row.values():
            known |= dict.fromkeys(labels)
            if old in labels:
                labels[new], found = labels[old], True
        if found:
            changed[layout.id] = replace(layout, values=values, by_row=by_row)
    return changed or _nowhere("labels", new, old, known, where)


def _nowhere(
    kind: str, new: str, old: str, known: Mapping[str, None], where: str
) -> dict[str, Layout]:
    found = near(old, known, most=3, cutoff=0.5)
    raise BadDeclaration(
        f"{where}: [{kind}] gives {new!r} the meaning of {old!r}, which no layout knows",
        hint=f"nearest: {', '.join(found)}"
        if found
        else "sojourn declare FILE lists what is known",
    )
