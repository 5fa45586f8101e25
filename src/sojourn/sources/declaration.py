"""What a publisher ships, declared as data: datasets, editions, layouts.

Each publisher has one TOML file in this room; a user may declare further editions outside the
package (``sojourn load FILE --declare edition.toml``). Declarations are checked when they are
read: a misspelt key is an error, not a silence.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from sojourn.errors import BadDeclaration
from sojourn.sources.headings import Headings

#: In ``fixed``: the place printed over each column of a matrix.
ACROSS = "@across"
#: As ``period``: the table names no year, and holds the end of the year before its release.
YEAR_BEFORE = "@year before release"
TERMS = ("attribution", "cited-facts", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A series of editions of one table family of one publisher.

    ``annual`` says that each edition holds one year and is released in the next.
    """

    id: str
    publisher: str
    title: str
    landing_page: str
    citation: str
    criterion: str = "_Z"
    address: str = ""
    annual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One release of a dataset.

    Attributes
    ----------
    vintage : date
        Day the publisher released it, not the day somebody downloaded it.
    states : str
        What the files of this edition say of themselves, if anything.
    license : str
        The publisher's terms, as printed.
    redistribution : str
        ``attribution`` (may be shipped), ``cited-facts`` (single figures only) or ``none``.
    files : mapping of str to str
        sha256 of each known file to its name as shipped.
    covers : (int, int)
        First and last year it holds.
    basis : str
        ``declared``, ``stated`` (by the file) or ``coverage`` (dated by its newest period).
    """

    dataset: str
    vintage: date
    title: str
    license: str
    redistribution: str
    states: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    covers: tuple[int, int] | tuple[()] = ()
    basis: str = "declared"

    @property
    def id(self) -> str:
        """Dataset and release date: ``undesa.ims@2015-12-01``."""
        return f"{self.dataset}@{self.vintage.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What the cells of a column or a group of columns mean."""

    match: str = ""
    indicator: str
    unit: str
    mult: int = 0
    sex: str = "_T"
    age: str = "_T"
    status: str = "A"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Where the cells of one table stand in a sheet; ``instead`` is what it does otherwise."""

    sheet: str = ""
    measures: tuple[Measure, ...]
    period: str = ""
    required: bool = False
    instead: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The shape in which a publisher prints a dataset, recognised by its content.

    Attributes
    ----------
    kind : str
        ``panel`` (places down, groups × periods across), ``matrix`` (destinations down, origins
        across), ``records`` (one row a record, one column a measure) or ``classes`` (places down,
        fiscal years across, classes in the cells).
    events : bool
        Whether each row is an event of its own, so that rows never share a key.
    columns : mapping
        Role of a key column to every heading the publisher has used for it; a heading between
        slashes is a regular expression. Case, blanks and note marks do not matter.
    roles : mapping
        Role to the coding of its cells: ``m49``, ``iso3``, ``name`` or ``text``.
    header_depth : int
        Rows over which a heading may be broken ("recog-" above "nition").
    fixed : mapping
        Dimension to a code, to ``@area`` or ``@origin`` (the key column of each row) or to
        ``@across`` (the place over each column of a matrix).
    by_row : mapping
        Role to label to what the label says of every measure of its row: a unit, an indicator.
    says : str
        Regular expression that the first or last rows must hold, where headings do not suffice.
    denies : str
        Regular expression that they must not hold: another table under the same headings.
    counts : bool
        Whether each row is one case: it counts 1, and its address is that of its first key.
    closed : bool
        Whether a heading that nobody declares means that this is another table.
    silent : bool
        Whether the table nowhere says what it counts, so that the user must name its edition.
    repeats : bool
        Whether the publisher prints parts of one number in several rows with the same key: the
        second gets the detail ``part=2``, so that nothing is lost and sums are right.
    label_code : str
        Regular expression whose first group is the code in a label (``AT:Austria``).
    missing : mapping
        Printed mark to SDMX observation status.
    """

    id: str
    dataset: str
    kind: str
    columns: Mapping[str, tuple[str, ...]]
    tables: tuple[Table, ...]
    roles: Mapping[str, str] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    header_rows: tuple[int, ...] = ()
    header_depth: int = 1
    fixed: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    by_row: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=lambda: {"": "O"})
    footnote: str = ""
    estimate_mark: str = ""
    thousands: str = ""
    part: str = ""
    says: str = ""
    denies: str = ""
    counts: bool = False
    closed: bool = False
    silent: bool = False
    repeats: bool = False
    label_code: str = ""
    stop: str = ""
    skip_row: str = ""
    flags: Mapping[str, str] = field(default_factory=dict)
    interval: bool = False
    events: bool = False
    whole: bool = True
    classification: tuple[Mapping[str, Any], ...] = ()

    @cached_property
    def headings(self) -> Headings:
        """What each heading names."""
        return Headings(self.columns)


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything declared, by id."""

    datasets: Mapping[str, Dataset]
    editions: Mapping[str, Edition]
    layouts: Mapping[str, Layout]

    def by_digest(self, sha256: str) -> Edition | None:
        """Return the edition that declares a file with this digest."""
        return next((e for e in self.editions.values() if sha256 in e.files), None)

    def of_dataset(self, dataset: str) -> list[Edition]:
        """Return the declared editions of a dataset, oldest first."""
        found = [e for e in self.editions.values() if e.dataset == dataset]
        return sorted(found, key=lambda e: e.vintage)


def _build(cls: type, entry: Mapping[str, Any], *, where: str) -> Any:
    fields = cls.__dataclass_fields__  # type: ignore[attr-defined] # every cls here is a dataclass
    unknown = sorted(set(entry) - set(fields))
    if unknown:
        raise BadDeclaration(
            f"{where}: unknown key {unknown[0]!r}", hint=f"known keys: {', '.join(sorted(fields))}"
        )
    try:
        return cls(**entry)
    except TypeError as error:
        said = re.sub(r"^.*__init__\(\) ", "", str(error))
        raise BadDeclaration(f"{where}: {said}", hint="complete the entry") from None


def _measures(table: dict[str, Any], *, where: str) -> tuple[Measure, ...]:
    shared: dict[str, Any] = {
        k: table.pop(k) for k in ("indicator", "unit", "mult", "status") if k in table
    }
    entries = table.pop("measures", [{}])
    return tuple(_build(Measure, {**shared, **e}, where=where) for e in entries)


def _columns(entry: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        role: (labels,) if isinstance(labels, str) else tuple(labels)
        for role, labels in entry.items()
    }


def _layout(entry: dict[str, Any], *, where: str) -> Layout:
    where = f"{where}, layout {entry.get('id', '?')}"
    tables = []
    for raw in entry.pop("table", []):
        table = dict(raw)
        measures = _measures(table, where=where)
        instead = dict(table.pop("instead", {}))
        if "columns" in instead:
            instead["columns"] = _columns(instead["columns"])
        whole = {**table, "measures": measures, "instead": instead}
        tables.append(_build(Table, whole, where=where))
    columns = _columns(entry.pop("columns", {}))
    states = entry.pop("states", [])
    states = (states,) if isinstance(states, str) else tuple(states)
    entry = {
        k: tuple(v) if k in ("optional", "header_rows", "classification") else v
        for k, v in entry.items()
    }
    complete = {**entry, "columns": columns, "tables": tuple(tables), "states": states}
    layout: Layout = _build(Layout, complete, where=where)
    if not layout.tables:
        raise BadDeclaration(f"{where}: no table", hint="add a [[layout.table]]")
    for part in layout.tables:
        layout_of(layout, part, where=where)
    for role, labels in layout.by_row.items():
        for label, said in labels.items():
            _build(
                Measure, {"indicator": "", "unit": "", **said}, where=f"{where}, {role} {label!r}"
            )
    return layout


def layout_of(layout: Layout, table: Table, *, where: str = "") -> Layout:
    """Return the layout by which one table is read."""
    if not table.instead:
        return layout
    fields = {name: getattr(layout, name) for name in Layout.__dataclass_fields__}
    own: Layout = _build(Layout, {**fields, **table.instead}, where=f"{where}, {table.sheet}")
    return own


_KINDS = {
    **dict.fromkeys(("dataset", "title", "license", "redistribution", "states", "basis"), str),
    "files": dict,
}


def _first_and_last(years: object, where: str) -> tuple[int, int]:
    match years:
        case [int(first), int(last)] if first <= last:
            return first, last
    raise BadDeclaration(f"{where}: covers is {years!r}", hint="the first and the last year")


def _edition(entry: dict[str, Any], *, where: str) -> Edition:
    for key, kind in _KINDS.items():
        if not isinstance(entry.get(key, kind()), kind):
            raise BadDeclaration(
                f"{where}, edition {entry.get('dataset', '?')}: {key} is {entry[key]!r}",
                hint=f"expected {'a table' if kind is dict else 'a text'}",
            )
    if "covers" in entry:
        entry["covers"] = _first_and_last(entry["covers"], where)
    edition: Edition = _build(Edition, entry, where=where)
    where = f"{where}, edition {edition.dataset}"
    if type(edition.vintage) is not date:  # a moment (datetime) is one too
        raise BadDeclaration(
            f"{where}: vintage is {edition.vintage!r}",
            hint="write a date without quotes: 2015-12-01",
        )
    if edition.redistribution not in TERMS:
        raise BadDeclaration(
            f"{where}: redistribution is {edition.redistribution!r}",
            hint=f"one of {', '.join(TERMS)}",
        )
    for digest in edition.files:
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise BadDeclaration(f"{where}: {digest!r} is not a sha256", hint="64 hex digits")
    return edition


def read_declarations(texts: Iterable[tuple[str, str]]) -> Registry:
    """Read declaration files into one registry.

    Parameters
    ----------
    texts : iterable of (name, TOML text)

    Raises
    ------
    BadDeclaration
        Not TOML, an unknown or missing key, an id declared twice.
    """
    datasets: dict[str, Dataset] = {}
    editions: dict[str, Edition] = {}
    layouts: dict[str, Layout] = {}
    for name, text in texts:
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadDeclaration(f"{name}: {error}", hint="see CONTRIBUTING.md") from None
        unknown = sorted(set(content) - {"publisher", "dataset", "edition", "layout"})
        if unknown:
            raise BadDeclaration(
                f"{name}: unknown key {unknown[0]!r}", hint="publisher, dataset, edition, layout"
            )
        for kind in ("dataset", "edition", "layout"):
            given = content.get(kind, [])
            if not (isinstance(given, list) and all(isinstance(e, dict) for e in given)):
                raise BadDeclaration(f"{name}: {kind} is no list", hint=f"write [[{kind}]]")
        for entry in content.get("dataset", []):
            whole = {"publisher": content.get("publisher", ""), **entry}
            dataset: Dataset = _build(Dataset, whole, where=name)
            datasets[dataset.id] = dataset
        for entry in content.get("layout", []):
            layout = _layout(dict(entry), where=name)
            layouts[layout.id] = layout
        for entry in content.get("edition", []):
            edition = _edition(dict(entry), where=name)
            if edition.id in editions:
                raise BadDeclaration(f"{name}: {edition.id} is declared twice", hint="keep one")
            editions[edition.id] = edition
    return Registry(datasets, editions, layouts)


def _packaged() -> list[tuple[str, str]]:
    room = files("sojourn.sources")
    entries = sorted((e for e in room.iterdir() if e.name.endswith(".toml")), key=lambda e: e.name)
    return [(e.name, e.read_text("utf-8")) for e in entries]


@cache
def registry() -> Registry:
    """Return everything the package declares."""
    return read_declarations(_packaged())


def with_declared(path: Path) -> Registry:
    """Return the registry with the editions of a user's own declaration added.

    Raises
    ------
    BadDeclaration
        The file cannot be read, or names a dataset nobody declares.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadDeclaration(f"{path}: cannot be read ({error})", hint="name a TOML file") from None
    known = registry()
    more = read_declarations([(path.name, text)])
    for edition in more.editions.values():
        if edition.dataset not in known.datasets and edition.dataset not in more.datasets:
            raise BadDeclaration(
                f"{path.name}: dataset {edition.dataset!r} is not declared",
                hint=f"one of {', '.join(sorted(known.datasets))}, or declare it in the same file",
            )
    return Registry(
        {**known.datasets, **more.datasets},
        {**known.editions, **more.editions},
        {**known.layouts, **more.layouts},
    )
