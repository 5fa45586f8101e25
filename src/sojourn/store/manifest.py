"""The manifest: which files a store holds. Replacing it is the commit.

A store is a folder of immutable Parquet files, each named by the digest of the publisher's file it
was read from, and one manifest that lists them. A load writes new Parquet files first and the
manifest last, by an atomic rename: killed at any moment, the store is what it was. Readers take no
lock and never wait; a second writer is told who is writing. The lock names the Parquet files that
a load is about to write: of a load that was killed they alone are cleared away.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, TextIO, TypeVar

from sojourn.errors import StoreBusy, StoreError, counted
from sojourn.files import make_folders, remove, sweep, write_whole
from sojourn.store.covered import Coverage, MeasureCoverage
from sojourn.store.sealed import FORMAT, WITHOUT_DIGEST, broken_seal, sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedCell:
    """A cell whose printed number figures do not use; ``ours`` in the unit of the table, or none."""

    sheet: str
    row: int
    col: int
    ours: float | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """One Parquet file of the store: where it lies, and what was written into it."""

    folder: str
    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedFile:
    """One publisher's file in the store, with what its edition allows.

    Attributes
    ----------
    selection : tuple of str
        Lines in which the file says that it is a selection, as printed.
    selected_places : bool
        Whether the selection is of places, sexes or ages, so that no total can be taken from it.
    states_whole : bool
        Whether it says that nothing was selected.
    holds : str
        What its declared edition is said to hold: ``whole``, or which part.
    accepted : str
        Why a person took a partial edition as complete; empty when nobody did.
    shortfall : str
        What it lacks of the declared files of its edition, or of the newest declared one; empty
        when it lacks nothing, or nothing is declared.
    doubt : str
        What must be said of every number of its edition: that it is in question.
    until : str
        Day up to which it covers time; empty when nothing says so.
    kept : tuple of KeptFile
        Size and digest of each Parquet file that was written for it; empty in older stores.
    receipt : tuple of str
        What became of its sheets, rows and columns, line by line; empty in older stores.
    """

    sha256: str
    name: str
    path: str
    dataset: str
    edition: str
    vintage: str
    title: str
    states: str
    publisher: str
    citation: str
    landing_page: str
    license: str
    redistribution: str
    basis: str
    verified: bool
    layout: str
    observations: int
    parquet: str = ""
    memberships: str = ""
    problems: str = ""
    notes: tuple[str, ...] = ()
    corrections: tuple[CorrectedCell, ...] = ()
    rebuilt: bool = False
    selection: tuple[str, ...] = ()
    selected_places: bool = False
    states_whole: bool = False
    shortfall: str = ""
    holds: str = ""
    accepted: str = ""
    doubt: str = ""
    until: str = ""
    kept: tuple[KeptFile, ...] = ()
    receipt: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """What must be said wherever a figure from this file is shown; empty when all is well."""
        parts = [] if self.verified else ["unverified copy"]
        if self.basis == "coverage":
            parts.append("states no edition; dated by its day of loading")
        if self.accepted:
            parts.append(f"taken as the whole table ({self.accepted})")
        elif self.doubt:
            parts.append(self.doubt)
        if self.rebuilt:
            parts.append("rebuilt: its cells are not the publisher's")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything a store holds, in the order of loading."""

    root: Path
    files: tuple[LoadedFile, ...] = ()
    coverage: tuple[Coverage, ...] = ()

    def covered(self, edition: str) -> Coverage | None:
        """Return what an edition covers; None when that was never assessed."""
        return next((c for c in self.coverage if c.edition == edition), None)

    def may_sum(self, edition: str, indicator: str, period: str) -> bool:
        """Whether a sum over what an edition holds of a period is the sum of its table.

        Of cells that were chosen for a factsheet (the embedded edition), nothing is summed.
        """
        if (self.root / "packed.json").is_file():
            return False
        covered = self.covered(edition)
        return covered is None or covered.whole(indicator, period)

    def holds(self, sha256: str) -> bool:
        """Say whether a file with this digest is already in the store."""
        return any(f.sha256 == sha256 for f in self.files)

    def of_edition(self, edition: str) -> tuple[LoadedFile, ...]:
        """Return the files of one edition."""
        return tuple(f for f in self.files if f.edition == edition)


def read_manifest(root: Path) -> Manifest:
    """Return the manifest of the store below ``root``; an absent store is an empty one.

    Raises
    ------
    StoreError
        The manifest is damaged, of a newer format, or gone while the files that it listed are there.
    """
    path = root / "store" / "manifest.json"
    try:
        text = path.read_bytes()
        content = json.loads(text.decode("utf-8"))
    except FileNotFoundError:
        _refuse_files_alone(path)
        return Manifest(root)
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, error) from None
    if said := broken_seal(text, content):
        raise _unreadable(path, ValueError(said))
    found = content.get("format") if isinstance(content, dict) else FORMAT
    if found not in (FORMAT, WITHOUT_DIGEST):
        raise StoreError(
            f"{path}: store format {found!r}, this version reads {WITHOUT_DIGEST} and {FORMAT}",
            hint="use the version of sojourn that wrote it",
        )
    try:
        return _manifest(root, content)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> StoreError:
    return StoreError(
        f"{path}: the manifest cannot be read ({error})",
        hint="restore it from a backup, or load the publishers' files into a new folder",
    )


def _manifest(root: Path, content: dict[str, Any]) -> Manifest:
    files = tuple(
        _sound(
            LoadedFile(
                **{
                    **entry,
                    "notes": tuple(entry["notes"]),
                    "corrections": tuple(CorrectedCell(**c) for c in entry.get("corrections", ())),
                    "selection": tuple(entry.get("selection", ())),
                    "receipt": tuple(entry.get("receipt", ())),
                    "kept": tuple(_sound(KeptFile(**k)) for k in entry.get("kept", ())),
                }
            )
        )
        for entry in content["files"]
    )
    return Manifest(root, files, tuple(_coverage(c) for c in content.get("coverage", ())))


_PLAIN: dict[Any, str] = {str: "a text", int: "a whole number", bool: "true or false"}
#: Names of our own files: never a path.
_OURS: dict[type, tuple[str, ...]] = {
    LoadedFile: ("parquet", "memberships", "problems"),
    KeptFile: ("folder", "name"),
}


_Entry = TypeVar("_Entry", LoadedFile, KeptFile, Coverage, MeasureCoverage)


def _sound(entry: _Entry) -> _Entry:
    """Return an entry whose texts are texts, and whose numbers are numbers.

    Raises
    ------
    ValueError
        A value is of another kind, or the name of a file of ours is a path.
    """
    for field in fields(entry):
        value = getattr(entry, field.name)
        if field.type in _PLAIN and type(value) is not field.type:
            raise ValueError(f"{field.name} is {value!r}, expected {_PLAIN[field.type]}")
    for name in _OURS.get(type(entry), ()):
        if "/" in getattr(entry, name):
            raise ValueError(f"{name} is {getattr(entry, name)!r}, expected a name")
    return entry


def _coverage(entry: dict[str, Any]) -> Coverage:
    """Return the coverage of one edition as it was kept."""
    measures = tuple(
        _sound(MeasureCoverage(**{**m, "sexes": tuple(m["sexes"])})) for m in entry["measures"]
    )
    short = tuple((i, kind, period) for i, kind, period in entry["short"])
    names = ("reasons", "selection", "changes", "questions", "told")
    lists = {name: tuple(entry.get(name, ())) for name in names}
    return _sound(Coverage(**{**entry, **lists, "measures": measures, "short": short}))


def write_manifest(manifest: Manifest) -> None:
    """Replace the manifest in one step; this is the commit.

    Raises
    ------
    StoreError
        The disk is full, or the folder may not be written to; the old manifest stands.
    """
    path = manifest.root / "store" / "manifest.json"
    content = {
        "files": [asdict(f) for f in manifest.files],
        "coverage": [asdict(c) for c in manifest.coverage],
    }
    write_whole(path, sealed(content), error=StoreError, durable=True)


def relocated(file: LoadedFile, path: str) -> LoadedFile:
    """Return the entry with the place where the publisher's file now lies."""
    return replace(file, path=path)


@contextmanager
def writing(root: Path) -> Iterator[Manifest]:
    """Hold the store's write lock; sweep what an interrupted load left behind.

    Raises
    ------
    StoreBusy
        Another process is loading into this store.
    StoreError
        The disk is full, or the folder may not be written to.
    """
    folder = root / "store"
    try:
        make_folders(*(folder / sub for sub in _FOLDERS))
        lock = (folder / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise _unwritable(folder, error) from None
    with lock:
        _take(lock, folder)
        _sweep(read_manifest(root), _announced(folder))
        _say_who(lock)
        try:
            yield read_manifest(root)
        finally:
            _sweep(read_manifest(root), _announced(folder))
            _say_who(lock)


def announce(root: Path, name: str) -> None:
    """Name a Parquet file in the lock before it is written, so that a killed load leaves no riddle.

    Raises
    ------
    StoreError
        The disk is full, or the folder may not be written to.
    """
    path = root / "store" / "lock"
    try:
        with path.open("a", encoding="utf-8") as lock:
            lock.write(f"{name}\n")
    except OSError as error:
        raise _unwritable(path, error) from None


def _take(lock: TextIO, folder: Path) -> None:
    """Take the write lock, or say who holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        who = lock.readline().strip() or "unknown"
        raise StoreBusy(
            f"{folder}: another process ({who}) is loading",
            hint="wait until it has finished; reading is possible meanwhile",
        ) from None


def _say_who(lock: TextIO) -> None:
    """Leave our number in the lock, and no name of a file."""
    # Unbuffered: on a full disk the number is lost, and nothing is left to flush at the end.
    with suppress(OSError):
        os.truncate(lock.fileno(), 0)
        os.write(lock.fileno(), f"process {os.getpid()}\n".encode())


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path}: cannot be written ({error.strerror or error})",
        hint="is the disk full, or the folder read-only? Nothing was changed",
    )


_FOLDERS = {"observations": "parquet", "memberships": "memberships", "problems": "problems"}


def _announced(folder: Path) -> set[str]:
    """Return the Parquet files that an unfinished load was about to write."""
    try:
        lines = (folder / "lock").read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return set()
    return {line for line in lines if line.endswith(".parquet") and "/" not in line}


def _refuse_files_alone(path: Path) -> None:
    """Refuse a store whose manifest is gone: what lies in it may be all that somebody has."""
    folder, ours = path.parent, _announced(path.parent)
    alone = sorted(
        found.relative_to(folder).as_posix()
        for sub in _FOLDERS
        for found in (folder / sub).glob("*.parquet")
        if found.name not in ours
    )
    if alone:
        raise StoreError(
            f"{path}: is gone, and {counted(len(alone), 'file')} of the store "
            f"{'is' if len(alone) == 1 else 'are'} there ({', '.join(alone[:3])})",
            hint="restore manifest.json from a backup, or load the publishers' files into a new "
            "folder; nothing was changed",
        )


def _sweep(manifest: Manifest, announced: set[str]) -> None:
    """Remove the remains of an interrupted load: what it named in the lock, and no entry names."""
    folder = manifest.root / "store"
    remove(folder / "manifest.json.new")  # of an earlier version
    sweep(folder, ())  # only rooms: of a manifest whose writer was killed
    for sub, attribute in _FOLDERS.items():
        known = {getattr(f, attribute) for f in manifest.files}
        sweep(folder / sub, announced - known)
