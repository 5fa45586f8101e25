"""Read a site folder: CSV or JSON tables, their mapping from other systems, and ``rules.toml``.

Every faulty row of every table is named, with file, row and field, in one pass; nothing is planned
on refused data. Exports of Kobo and ODK are read as they come; any other system's headers and
codes, Primero's among them, are mapped in ``columns.toml`` or brought in with `sojourn site import`.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sojourn.errors import SiteRefused
from sojourn.relocation.site import site as model
from sojourn.relocation.site.check import site_faults
from sojourn.relocation.site.fault import Fault, refusal
from sojourn.relocation.site.mapping import ColumnMap, read_column_maps
from sojourn.relocation.site.needs import with_main_categories
from sojourn.relocation.site.rules import default_needs_map_text, read_rules
from sojourn.relocation.site.schema import REQUIRED_TABLES, TABLES
from sojourn.relocation.site.seal import lies, sealed_name
from sojourn.relocation.site.table import Table, read_bytes, read_table

LATER_FIELDS = {"child_staff", "depot_minutes"}
_ENUMS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "person": {
        "sex": model.Sex,
        "age_source": model.AgeSource,
        "mobility": model.Mobility,
        "fit_to_travel": model.Fitness,
        "presence": model.Presence,
    },
    "case": {"consent": model.Consent},
    "link": {"strength": model.LinkStrength},
    "room": {"room_type": model.RoomType},
    "place": {"certainty": model.Certainty},
}


@dataclass(frozen=True)
class Reading:
    """What was found in a site folder.

    Attributes
    ----------
    site : Site or None
        None when there is any fault.
    """

    site: model.Site | None
    faults: tuple[Fault, ...]


def read_site(folder: Path) -> model.Site:
    """Read and check every table of a site.

    Parameters
    ----------
    folder : Path
        Holds ``person.csv`` (or ``.json``) and so on, and ``rules.toml``.

    Returns
    -------
    Site
        Rows sorted by key, so that the order of rows in a file changes nothing.

    Raises
    ------
    SiteRefused
        A table is absent, unreadable, or a row is not what its schema says; each is named.
    """
    found = look_at_site(folder)
    if found.site is None:
        raise refusal(found.faults)
    return found.site


def look_at_site(folder: Path) -> Reading:
    """Read every table of a site and return all that is wrong with it.

    Raises
    ------
    SiteRefused
        There is no such folder, or no ``rules.toml`` in it.
    """
    rules_file = folder / "rules.toml"
    if not rules_file.is_file():
        raise SiteRefused(
            f"{folder}: no rules.toml",
            hint="`sojourn site example` writes a complete site to start from",
        )
    rules, rules_text, faults = _rules(rules_file)
    maps, faults_of_maps = _column_maps(folder / "columns.toml")
    faults += faults_of_maps
    tables = {t: _table(folder, t, maps.get(t)) for t in TABLES} if not faults_of_maps else {}
    for table in tables.values():
        faults += table.faults
    if tables and rules is not None:
        faults += site_faults(tables, rules)
    if faults or rules is None:
        return Reading(None, tuple(sorted(faults, key=lambda f: (f.file, f.row, f.field))))
    digest = hashlib.sha256(rules_text.encode())
    for name, table in tables.items():
        digest.update(f"{name}\n{[_told(row) for _, row in table.rows]!r}".encode())
    return Reading(_build(tables, rules, digest.hexdigest()), ())


def _told(row: Mapping[str, object]) -> dict[str, object]:
    """Return a row without later fields that nobody filled in: sites from before them keep their digest."""
    return {k: v for k, v in row.items() if v is not None or k not in LATER_FIELDS}


def read_names(folder: Path) -> dict[str, str]:
    """Read the optional table of names, for printed lists alone.

    Returns
    -------
    dict
        Person id to name; empty when the site keeps no names.

    Raises
    ------
    SiteRefused
        The table is there and faulty.
    """
    found = _table(folder, "name", None)
    if found.faults:
        raise refusal(found.faults)
    return {row["person_id"]: row["name"] for _, row in found.rows}


def _rules(file: Path) -> tuple[model.Rules | None, str, list[Fault]]:
    """Read ``rules.toml``; what is wrong with it stands among the other faults."""
    text, fault = read_bytes(file, file.name)
    if fault:
        return None, "", [fault]
    try:
        return read_rules(text), text, []
    except SiteRefused as refused:
        place, _, found = refused.problem.partition(": ")
        name, _, field = place.partition(", ")
        found, _, expected = found.removeprefix("found ").partition(", expected ")
        return None, "", [Fault(name, 0, field, found, expected, refused.hint)]


def _column_maps(file: Path) -> tuple[dict[str, ColumnMap], list[Fault]]:
    """Read ``columns.toml``, if the site has one."""
    if not file.is_file():
        return {}, []
    text, fault = read_bytes(file, file.name)
    return ({}, [fault]) if fault else read_column_maps(text, file=file.name)


def _table(folder: Path, table: str, mapping: ColumnMap | None) -> Table:
    """Read a table under its own name or the mapping's; the packaged needs map if there is none."""
    names = [mapping.file] if mapping and mapping.file else [f"{table}.csv", f"{table}.json"]
    there = [p for n in names if lies(p := folder / n)]
    see = f"see `sojourn site schema {table}`"
    twice = [p for p in there if p.exists() and sealed_name(p).exists()]
    if len(there) > 1 or twice:
        hint = "keep the one that is right"
        names = [twice[0].name, sealed_name(twice[0]).name] if twice else names
        return _faulty(table, " and ".join(names), "two files of one table", "one", hint)
    if not there and table == "needs_map":
        return read_table("needs_map.csv (packaged)", default_needs_map_text(), table)
    if not there:
        if table in REQUIRED_TABLES or (mapping and mapping.file):
            return _faulty(table, " or ".join(names), "no such file", "a required table", see)
        return Table(table)
    text, unreadable = read_bytes(there[0], there[0].name)
    if unreadable:
        return Table(table, faults=(unreadable,))
    found = read_table(there[0].name, text, table, mapping)
    if table in REQUIRED_TABLES and not found.rows and not found.faults:
        return _faulty(table, there[0].name, "no rows", "at least one", see)
    return found


def _faulty(table: str, file: str, found: str, expected: str, hint: str) -> Table:
    """Return a table of which a whole file is wrong."""
    return Table(table, faults=(Fault(file, 0, "", found, expected, hint),))


def _build(tables: Mapping[str, Table], rules: model.Rules, digest: str) -> model.Site:
    """Turn checked rows into the model."""

    def rows(table: str, kind: Callable[..., Any]) -> tuple[Any, ...]:
        enums = _ENUMS.get(table, {})
        return tuple(
            kind(**{name: enums[name](v) if name in enums else v for name, v in row.items()})
            for _, row in tables[table].rows
        )

    persons = rows("person", model.Person)
    needs = {n.flag: n for n in rows("needs_map", model.Need)}
    return model.Site(
        persons=persons,
        cases=rows("case", model.Case),
        links=rows("link", model.Link),
        relatives=rows("relative_elsewhere", model.RelativeElsewhere),
        places=rows("place", model.Place),
        rooms=rows("room", model.Room),
        vehicles=rows("vehicle", model.Vehicle),
        escorts=rows("escort", model.Escort),
        travel=rows("travel", model.TravelTime),
        needs=MappingProxyType(with_main_categories(needs, (f for p in persons for f in p.flags))),
        rules=rules,
        digest=digest,
    )
