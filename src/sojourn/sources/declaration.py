"""What a publisher ships, declared as data: datasets, editions, layouts.

Each publisher has one TOML file in this room; a user may declare further editions outside the
package (``sojourn load FILE --declare edition.toml``). Declarations are checked when they are
read: a misspelt key is an error, not a silence.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sojourn.errors import BadDeclaration
from sojourn.sources.entry import build, built_layout
from sojourn.sources.frame import Frame
from sojourn.sources.layout import Layout
from sojourn.sources.sound import require_sound
from sojourn.sources.spellings import KEYS, read_spellings, respell
from sojourn.terminal.nearest import nearest_and_all
from sojourn.terminal.typed import NotToml, check, read_toml, refuse_unknown

#: In ``fixed``: the place printed over each column of a matrix.
ACROSS = "@across"
#: As ``period``: the table names no year, and holds the end of the year before its release.
YEAR_BEFORE = "@year before release"
#: As ``estimates_to``: no year of the edition is a projection.
NEVER = 9999
TERMS = ("attribution", "cited-facts", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A series of editions of one table family of one publisher.

    Attributes
    ----------
    id : str
        ``PUBLISHER.TABLE``.
    publisher : str
        Stands once at the head of the file.
    title : str
        What the table counts, in a line.
    landing_page : str
        Where a reader finds it.
    citation : str
        How the publisher wants to be cited; ``{edition}`` and ``{states}`` are filled in.
    criterion : str
        Who counts as a migrant: ``birth``, ``citizenship``, or ``_Z`` where that is not asked.
    annual : bool
        Whether each edition holds one year and is released in the next.
    """

    id: str
    publisher: str
    title: str
    landing_page: str
    citation: str
    criterion: str = "_Z"
    annual: bool = False
    frame: Frame = field(default_factory=Frame)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One release of a dataset.

    Attributes
    ----------
    vintage : date
        Day the publisher released it, not the day somebody downloaded it.
    dataset : str
        The dataset it is an edition of.
    title : str
        What the publisher calls it.
    note : str
        What has to be known of its files.
    states : str
        What the files of this edition say of themselves, if anything.
    license : str
        The publisher's terms, as printed.
    redistribution : str
        ``attribution`` (may be shipped), ``cited-facts`` (single figures only) or ``none``.
    files : mapping of str to str
        sha256 of each known file to its name as shipped.
    tables : mapping of str to str
        sha256 to layout, of files whose tables do not say what they count.
    covers : (int, int)
        First and last year it holds.
    layout : str
        Layout of its files, where a dataset has several: a file of another is no copy of it.
    estimates_to : int
        Last year of estimates, where later ones are projections (status F).
    holds : str
        ``whole`` when its files are the whole table; else what part they are. Empty when nobody
        looked: then the edition is compared with the one before, as any other.
    basis : str
        ``declared``, ``stated`` (by the file) or ``coverage`` (dated by its day of loading).
    """

    dataset: str
    vintage: date
    title: str
    license: str
    redistribution: str
    states: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    covers: tuple[int, int] | tuple[()] = ()
    estimates_to: int = NEVER
    layout: str = ""
    holds: str = ""
    basis: str = "declared"

    @property
    def id(self) -> str:
        """Dataset and release date: ``undesa.ims@2015-12-01``."""
        return f"{self.dataset}@{self.vintage.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a publisher keeps a file.

    Attributes
    ----------
    name : str
        File name under which it is kept.
    kind : str
        What the bytes must be: ``xlsx``, ``xls``, ``zip``, ``gz`` or ``csv``.
    dataset : str
        The dataset that the file belongs to.
    url : str
        Where it is, https.
    at_least, at_most : int
        Size in bytes outside of which something went wrong at the publisher.
    edition : str
        Date of the edition that the address is for; empty when the publisher replaces the file.
    """

    dataset: str
    url: str
    name: str
    kind: str
    at_least: int = 1_000
    at_most: int = 500_000_000
    edition: str = ""


KINDS_OF_FILE = ("xlsx", "xls", "zip", "gz", "csv")


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything declared, by id."""

    datasets: Mapping[str, Dataset]
    editions: Mapping[str, Edition]
    layouts: Mapping[str, Layout]
    addresses: tuple[Address, ...] = ()

    def by_digest(self, sha256: str) -> Edition | None:
        """Return the edition that declares a file with this digest."""
        return next((e for e in self.editions.values() if sha256 in e.files), None)

    def told(self, sha256: str) -> Layout | None:
        """Return the layout that a declaration gives to the file with this digest.

        Raises
        ------
        BadDeclaration
            Nobody declares that layout.
        """
        name = next((e.tables[sha256] for e in self.editions.values() if sha256 in e.tables), "")
        if name and name not in self.layouts:
            raise BadDeclaration(
                f"no layout is called {name!r}",
                hint=f"one of {', '.join(sorted(n for n, x in self.layouts.items() if x.mute))}",
            )
        return self.layouts.get(name)

    def of_dataset(self, dataset: str) -> list[Edition]:
        """Return the declared editions of a dataset, oldest first."""
        found = [e for e in self.editions.values() if e.dataset == dataset]
        return sorted(found, key=lambda e: e.vintage)


_LISTS = ("dataset", "edition", "layout", "address")


def _first_and_last(years: object, where: str) -> tuple[int, int]:
    match years:
        case [int(first), int(last)] if first <= last:
            return first, last
    raise BadDeclaration(f"{where}: covers is {years!r}", hint="the first and the last year")


def _edition(entry: dict[str, Any], *, where: str) -> Edition:
    where = f"{where}, edition {entry.get('dataset', '?')}"
    if type(entry.get("vintage", date.min)) is not date:  # a moment (datetime) is one too
        raise BadDeclaration(
            f"{where}: vintage is {entry['vintage']!r}",
            hint="write a date without quotes: 2015-12-01",
        )
    if "covers" in entry:
        entry["covers"] = _first_and_last(entry["covers"], where)
    edition: Edition = build(Edition, entry, where=where)
    if edition.redistribution not in TERMS:
        said = f"{where}: redistribution is {edition.redistribution!r}"
        raise BadDeclaration(said, hint=f"one of {', '.join(TERMS)}")
    for digest in (*edition.files, *edition.tables):
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise BadDeclaration(f"{where}: {digest!r} is not a sha256", hint="64 hex digits")
    return edition


def read_declarations(
    texts: Iterable[tuple[str, str]], known: Mapping[str, Layout] = MappingProxyType({})
) -> Registry:
    """Read declaration files into one registry.

    Parameters
    ----------
    texts : iterable of (name, TOML text)
    known : mapping of str to Layout
        Layouts that ``like`` may name beside those of the files themselves.

    Raises
    ------
    BadDeclaration
        Not TOML, an unknown or missing key, an id declared twice.
    """
    datasets: dict[str, Dataset] = {}
    editions: dict[str, Edition] = {}
    layouts: dict[str, Layout] = {}
    addresses: list[Address] = []
    for name, text in texts:
        try:
            content = read_toml(text)
        except NotToml as error:
            raise BadDeclaration(f"{name}: {error}", hint="see CONTRIBUTING.md") from None
        for key in sorted(set(content) - {"publisher", *_LISTS, *KEYS}):
            refuse_unknown(key, dict.fromkeys(("publisher", *_LISTS, *KEYS)), where=name)
        check(content, {"publisher": str}, where=name, strict=False)
        for kind in _LISTS:
            given = content.get(kind, [])
            if not (isinstance(given, list) and all(isinstance(e, dict) for e in given)):
                raise BadDeclaration(f"{name}: {kind} is no list", hint=f"write [[{kind}]]")
        for entry in content.get("dataset", []):
            check(entry, {"frame": dict[str, Any]}, where=name, strict=False)
            frame = build(Frame, entry.get("frame", {}), where=f"{name}, {entry.get('id')}, frame")
            whole = {"publisher": content.get("publisher", ""), **entry, "frame": frame}
            dataset: Dataset = build(Dataset, whole, where=name)
            datasets[dataset.id] = dataset
        for entry in content.get("layout", []):
            layout = built_layout(dict(entry), {**known, **layouts}, where=name)
            layouts[layout.id] = layout
        for entry in content.get("edition", []):
            edition = _edition(dict(entry), where=name)
            if edition.id in editions:
                raise BadDeclaration(f"{name}: {edition.id} is declared twice", hint="keep one")
            editions[edition.id] = edition
        addresses += [_address(entry, where=name) for entry in content.get("address", [])]
    return Registry(datasets, editions, layouts, tuple(addresses))


def _address(entry: Mapping[str, Any], *, where: str) -> Address:
    address: Address = build(Address, entry, where=f"{where}, address")
    if address.kind not in KINDS_OF_FILE or not re.match(r"https?://", address.url):
        raise BadDeclaration(
            f"{where}: {address.url!r} of kind {address.kind!r}",
            hint=f"an address begins with https:// and is one of {', '.join(KINDS_OF_FILE)}",
        )
    return address


@cache
def registry() -> Registry:
    """Return everything the package declares."""
    room = [e for e in files("sojourn.sources").iterdir() if e.name.endswith(".toml")]
    return read_declarations((e.name, e.read_text("utf-8")) for e in sorted(room, key=str))


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
    return with_spellings(registry(), text, where=path.name)


def with_spellings(known: Registry, text: str, *, where: str) -> Registry:
    """Return a registry with the text of a declaration added.

    Raises
    ------
    BadDeclaration
        As `read_declarations`; a dataset that nobody declares.
    """
    try:
        more = read_declarations([(where, text)], known.layouts)
        for dataset in more.datasets.values():
            dataset.citation.format(edition="", states="")
            if not dataset.publisher.strip():
                raise BadDeclaration(
                    f"{where}, dataset {dataset.id}: publisher is blank",
                    hint="say who publishes it",
                )
        for layout in more.layouts.values():
            require_sound(layout, where=where)
    except (TypeError, AttributeError, ValueError, LookupError) as error:
        shape = f"{where}: not of the shape of a declaration ({error})"
        raise BadDeclaration(shape, hint="CONTRIBUTING.md shows one") from None
    for edition in more.editions.values():
        if edition.dataset not in known.datasets and edition.dataset not in more.datasets:
            raise BadDeclaration(
                f"{where}: dataset {edition.dataset!r} is not declared",
                hint=f"{nearest_and_all(edition.dataset, sorted(known.datasets))}; or declare it in the same file",
            )
    said = read_spellings(read_toml(text), where=where)
    return Registry(
        {**known.datasets, **more.datasets},
        {**known.editions, **more.editions},
        respell({**known.layouts, **more.layouts}, said, where=where),
        (*known.addresses, *more.addresses),
    )
