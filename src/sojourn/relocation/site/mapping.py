"""A mapping of another system's headers and codes, as it is declared (TOML)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sojourn.relocation.site.fault import Fault
from sojourn.relocation.site.schema import TABLES, read_schema
from sojourn.terminal.nearest import did_you_mean, nearest_and_all
from sojourn.terminal.typed import NotToml, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Where one of our fields may come from.

    Attributes
    ----------
    column : str
        Their header, with or without its groups.
    prefix : str
        Put before what the cell holds: ``age:``.
    separator : str
        At which several choices in one cell are split; a space in forms.
    choices : str
        Prefix of columns of which each is one choice and holds 1 where it was chosen.
    constant : str
        The same for every row.
    date_format : str
        How their dates are written, as in ``%d/%m/%Y``; several in order: ``%d/%m/%Y|excel``. A workbook that
        counts its days from 1904 is known as such; ``excel-1904`` says so of a CSV.
    suffix : str
        Put behind what the cell holds; in it ``#`` is the number of the member (`ColumnMap.each`).
    """

    column: str = ""
    prefix: str = ""
    separator: str = ""
    choices: str = ""
    constant: str = ""
    date_format: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """How another system's headers and codes become ours, for one table.

    Attributes
    ----------
    file : str
        Name of their file; empty: the table's own.
    columns : mapping
        Our field to where it comes from, the first that is not empty; empty: headers are ours.
    values : mapping
        Our field to their code or label to our code; an empty code of ours drops a choice.
    where, where_not : mapping
        Their column to what it holds in the rows that are meant, or in those that are not.
    each : str
        One row is a household, and ``m#_`` begins the columns of its members: ``m1_sex``, ``m2_sex``.
    join : tuple of str
        Further sheets (or files) whose rows belong to those of ``file`` by the column ``id``.
    may_lack : tuple of str
        Those of them on which an id may have no row.
    empty_is_none : tuple of str
        ``flags``, where the form says that an empty cell means asked, and none: else it is not asked.
    """

    file: str = ""
    columns: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)
    where_not: Mapping[str, str] = field(default_factory=dict)
    each: str = ""
    id: str = ""
    join: tuple[str, ...] = ()
    may_lack: tuple[str, ...] = ()
    empty_is_none: tuple[str, ...] = ()

    def from_1904(self) -> "ColumnMap":
        """Return the mapping for a workbook that counts its days from 1904: ``excel`` means that."""
        columns = {ours: tuple(map(_from_1904, parts)) for ours, parts in self.columns.items()}
        return replace(self, columns=columns)


def read_column_maps(
    text: str, *, file: str, complete: bool = False
) -> tuple[dict[str, ColumnMap], list[Fault]]:
    """Read a mapping; every fault of it is returned.

    Parameters
    ----------
    complete : bool
        Each table has to name its file and map its columns (an import).
    """
    try:
        document = read_toml(text)
    except NotToml as error:
        return {}, [Fault(file, 0, "", f"no TOML ({error})", "one [table.columns] a table")]
    maps, faults = {}, []
    for table, section in document.items():
        if table not in TABLES or not isinstance(section, dict):
            faults.append(
                Fault(
                    file,
                    0,
                    f"[{table[:40]}]",
                    "an unknown table",
                    f"one of {', '.join(TABLES)}",
                    did_you_mean(table, TABLES),
                )
            )
            continue
        try:
            maps[table] = _column_map(table, section)
        except _Wrong as wrong:
            faults.append(Fault(file, 0, f"[{table}]", str(wrong), "see docs/site.md"))
            continue
        faults += _incomplete(file, table, maps[table], complete=complete)
    return maps, faults


class _Wrong(ValueError):
    """A section of a mapping is not one."""


def _incomplete(file: str, table: str, found: ColumnMap, *, complete: bool) -> list[Fault]:
    """Refuse a mapping that leaves a required field without a source."""
    faults = []
    if found.join and not complete:
        wanted = "one file a table; `sojourn site import` joins sheets"
        faults.append(Fault(file, 0, f"[{table}] join", "sheets to be joined in a site", wanted))
    if complete and not (found.file and found.columns):
        faults.append(Fault(file, 0, f"[{table}]", "no file or no columns", "both"))
    lost = [n for n in read_schema(table).required if found.columns and n not in found.columns]
    faults += [
        Fault(
            file,
            0,
            f"[{table}.columns] {n}",
            "no column for a required field",
            "each required field mapped",
        )
        for n in lost
    ]
    return faults


def _column_map(table: str, section: Mapping[str, Any]) -> ColumnMap:
    known = read_schema(table).fields
    entries = [f.name for f in fields(ColumnMap)]
    if unknown := sorted(set(section) - set(entries)):
        raise _Wrong(f"an unknown entry {unknown[0]!r}; {nearest_and_all(unknown[0], entries)}")
    columns, values, where, not_meant = (
        section.get(k, {}) for k in ("columns", "values", "where", "where_not")
    )
    tables = [columns, values, where, not_meant]
    tables += values.values() if isinstance(values, dict) else []
    if not all(isinstance(x, dict) for x in tables):
        raise _Wrong("columns, values, where or where_not that is no table")
    for name in [*columns, *values]:
        if name not in known:
            raise _Wrong(
                f"{name!r}, which is not a field of {table}; {nearest_and_all(name, known)}"
            )
    if not all(
        isinstance(v, str) for codes in (where, not_meant, *values.values()) for v in codes.values()
    ):
        raise _Wrong("a code that is no text")
    each = section.get("each", "")
    if not isinstance(each, str) or (each and each.count("#") != 1):
        raise _Wrong("an entry each without one # where the number of the member stands")
    return ColumnMap(
        file=str(section.get("file", "")),
        columns={
            ours: tuple(map(_part, given if isinstance(given, list) else [given]))
            for ours, given in columns.items()
        },
        values=values,
        where=where,
        where_not=not_meant,
        each=each,
        empty_is_none=_empty_is_none(table, section.get("empty_is_none", [])),
        **_joined(section),
    )


def _empty_is_none(table: str, given: object) -> tuple[str, ...]:
    """Return the fields whose empty cell is an answer: needs alone can be, for an empty cell of others is told."""
    if given in ([], ["flags"]) and (table == "person" or not given):
        return ("flags",) if given else ()
    raise _Wrong('an entry empty_is_none other than ["flags"], or of another table than person')


def _joined(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return which sheets are joined, by which column, and which of them may lack an id."""
    join, lack, by = section.get("join", []), section.get("may_lack", []), section.get("id", "")
    for name, given in (("join", join), ("may_lack", lack)):
        if not isinstance(given, list) or not all(isinstance(s, str) and s.strip() for s in given):
            raise _Wrong(f"an entry {name} that is no list of sheets")
    if not isinstance(by, str) or bool(by.strip()) != bool(join):
        raise _Wrong("join without id, or id without join: sheets are joined by the column id")
    if len({s.casefold() for s in [str(section.get("file", "")), *join]}) != len(join) + 1:
        raise _Wrong("a sheet that is joined to itself, or twice")
    if other := sorted(set(lack) - set(join)):
        raise _Wrong(f"may_lack names {other[0]!r}, which is not joined")
    return {"id": by.strip(), "join": tuple(join), "may_lack": tuple(lack)}


def _from_1904(part: Part) -> Part:
    formats = [f.strip() for f in part.date_format.split("|")]
    return replace(part, date_format="|".join("excel-1904" if f == "excel" else f for f in formats))


def _part(given: object) -> Part:
    if isinstance(given, str):
        return Part(column=given)
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise _Wrong("a column that is neither text nor a table of text")
    entries = [f.name for f in fields(Part)]
    for key in given.keys() - entries:
        raise _Wrong(f"a column with an unknown entry {key!r}; {nearest_and_all(key, entries)}")
    part = Part(**given)
    if sum(map(bool, (part.column, part.choices, part.constant))) != 1:
        raise _Wrong("a column without exactly one of column, choices, constant")
    return part
