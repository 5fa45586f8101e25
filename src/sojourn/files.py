"""The one way to write a file or a folder: whole or not at all, never over what is not ours.

What is written grows in a hidden folder beside its place (the *room*), locked while its process
lives; the next run sweeps the rooms of the dead. Of a folder only what its marker proves is replaced.
"""

import ctypes
import errno
import fcntl
import hashlib
import json
import logging
import os
import secrets
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from sojourn.errors import PublishError, SojournError, StoreError
from sojourn.own_places import in_a_store, no_place_for_a_file

MARKER = ".sojourn.json"  # says of a folder which files of it we wrote
BY_PYTHON = "__pycache__"  # what Python itself puts beside our modules
_LOCK, _ROOM, _AT_CWD, _EXCHANGE = "writing", ".sojourn-new", -100, 2
_A_FILE = "a part of the path is a file: name another place"
_FORBIDDEN = "you may not write there, or it is read-only: check permissions or name another place"
_HINTS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "the disk is full; nothing was changed"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _FORBIDDEN),
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), _A_FILE),
    errno.EBUSY: "the folder is in use or a mounted disk: name a new folder inside it",
}
Kind = type[SojournError]


@dataclass(frozen=True)
class Folder:
    """A folder that grows unseen; ``path`` is where it is now."""

    path: Path

    def write(self, name: str, content: str | bytes) -> None:
        """Write one file of it, with the folders on the way."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)


def write_whole(
    out: Path,
    content: str | bytes | Iterable[str],
    *,
    error: Kind = PublishError,
    durable: bool = False,
    private: bool = False,
) -> None:
    """Write a file; its folder is made when it does not exist, and nothing half-written stays.

    Raises
    ------
    SojournError
        Of the kind ``error``: it cannot be written; what stood there before still does.
    """
    with new_file(out, error=error, durable=durable, private=private) as path:
        if isinstance(content, str | bytes):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        else:
            with path.open("wb") as stream:
                stream.writelines(piece.encode() for piece in content)


@contextmanager
def new_file(
    out: Path, *, error: Kind = PublishError, durable: bool = False, private: bool = False
) -> Iterator[Path]:
    """Give a path to write to; when the block ends well, the file takes the place of ``out``.

    Parameters
    ----------
    durable : bool
        Wait for the disk before the file is seen.
    private : bool
        Nobody but its owner may read it, whoever could read what stood there.

    Raises
    ------
    SojournError
        Of the kind ``error``: it cannot be written; what stood there before still does.
    """
    target = Path(os.path.abspath(out))  # noqa: PTH100 - links are not followed
    if said := no_place_for_a_file(target, of_the_store=error is StoreError):
        raise error(f"{out}: {said}", hint="name a regular file; nothing was changed")
    with _told(out, error), _room(target) as room:
        inside = room / f"content{target.suffix}"
        yield inside
        if private:  # also where a link or a wider file stood
            inside.chmod(0o600)
        elif target.exists():
            shutil.copymode(target, inside)
        if durable:
            _sync(inside)
        inside.replace(target)
        if durable:
            _sync(target.parent)


def check_folder(out: Path, owner: str = "", *, error: Kind = PublishError) -> None:
    """Refuse a place that a folder of ours must not take: for asking before the work begins.

    Parameters
    ----------
    owner : str
        What the folder is (``factsheet``): one of the same kind, unchanged since, is replaced;
        empty: only a new or empty folder will do.

    Raises
    ------
    SojournError
        Of the kind ``error``, saying what is in the way.
    """
    target = Path(os.path.abspath(out))  # noqa: PTH100 - links are not followed
    with _told(out, error):
        found = _in_the_way(target, owner)
    if found:
        hint = "name a new folder, or an empty one; nothing was changed"
        raise error(f"{out}: {found}", hint=hint)


@contextmanager
def new_folder(out: Path, owner: str = "", *, error: Kind = PublishError) -> Iterator[Folder]:
    """Give a folder to fill; when the block ends well, it takes the place of ``out`` as a whole.

    Raises
    ------
    SojournError
        Of the kind ``error``: something else stands there, or it cannot be written; what stood
        there before still does.
    """
    check_folder(out, owner, error=error)
    target = Path(os.path.abspath(out))  # noqa: PTH100 - links are not followed
    with _told(out, error), _room(target) as room:
        inside = room / "content"
        inside.mkdir()
        yield Folder(inside)
        if owner:
            _mark(inside, owner, {name: [_digest(inside / name)] for name in _names(inside)})
        check_folder(out, owner, error=error)  # somebody may have put a file there meanwhile
        _place(inside, target, owner)


def add_files(
    folder: Path, contents: Mapping[str, str | bytes], *, error: Kind = PublishError
) -> list[Path]:
    """Write files into a folder that may hold others; a file that is not ours is not written over.

    Raises
    ------
    SojournError
        Of the kind ``error``: a file of that name is not ours, or it cannot be written.
    """
    made = {n: c.encode() if isinstance(c, str) else c for n, c in contents.items()}
    new = {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}
    if not os.path.lexists(folder):
        with new_folder(folder, "files", error=error) as inside:
            for name, content in made.items():
                inside.write(name, content)
        return [folder / name for name in made]
    if not folder.is_dir():
        said = f"{folder}: is a file, where a folder is needed"
        raise error(said, hint="name a folder; nothing changed")
    with _told(folder, error):
        owner, known = _marker(folder)
        there = [n for n in made if os.path.lexists(folder / n)]
        foreign = [n for n in there if _digest(folder / n) not in (*known.get(n, ()), new[n])]
        if foreign:
            raise error(
                f"{folder}: {', '.join(foreign[:3])} was not written by this command, or changed since",
                hint="move it away or name another folder; nothing was changed",
            )
        ours = {n: d for n, d in known.items() if (folder / n).is_file()}
        both = {n: sorted({*ours.get(n, ()), d}) for n, d in new.items()}
    _mark(folder, owner or "files", {**ours, **both}, error)  # a killed run leaves nothing foreign
    for name, content in made.items():
        write_whole(folder / name, content, error=error)
    _mark(folder, owner or "files", {**ours, **{n: [d] for n, d in new.items()}}, error)
    return [folder / name for name in made]


def place_files(folder: Path, contents: Mapping[str, str | bytes], *, error: Kind) -> None:
    """Write files that are not there yet into a folder; a failure takes back those already placed.

    Raises
    ------
    SojournError
        Of the kind ``error``: one is there, or cannot be written.
    """
    done: list[Path] = []
    try:
        for name, content in contents.items():
            if os.path.lexists(folder / name):
                raise error(f"{folder}: already has {name}", hint="name a new folder")
            write_whole(folder / name, content, error=error)
            done.append(folder / name)
    except SojournError:
        for path in done:
            path.unlink(missing_ok=True)
        raise


@contextmanager
def scratch() -> Iterator[Folder]:
    """Give a folder of the system's temporary place, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sojourn-") as made:
        yield Folder(Path(made))


def make_folders(*folders: Path) -> None:
    """Make folders in which a store, a run or downloads keep their files."""
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)


def move(source: Path, target: Path) -> None:
    """Give a finished file of ours the place it is for."""
    source.replace(target)


def remove(path: Path) -> None:
    """Remove a file of ours, when it is there."""
    path.unlink(missing_ok=True)


def forget(folder: Path) -> None:
    """Remove our marker from a folder that holds none of the files it speaks of any longer."""
    if (known := _marker(folder)[1]) and not any((folder / name).exists() for name in known):
        (folder / MARKER).unlink(missing_ok=True)


def sweep(folder: Path, left: Collection[str]) -> None:
    """Remove from a store's own folder the named files, and rooms whose process is dead."""
    for name in left:
        (folder / name).unlink(missing_ok=True)
        (folder / f"{name}.new").unlink(missing_ok=True)  # of earlier versions
    for path in folder.glob(f"*{_ROOM}"):
        _sweep_room(path, None)


@contextmanager
def _told(out: Path, kind: Kind) -> Iterator[None]:
    try:
        yield
        logging.getLogger(__name__).info("wrote %s", out)
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, "check the folder and its permissions")
        raise kind(f"{out}: cannot be written ({error.strerror or error})", hint=hint) from None


@contextmanager
def _room(target: Path) -> Iterator[Path]:
    """Make the hidden folder beside a place; afterwards it is gone, and so are parents made in vain."""
    made = [p for p in target.parents if not p.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    begin = f".{target.name[:60]}."
    for left in target.parent.glob(f"{escape(begin)}*{_ROOM}"):
        _sweep_room(left, target)
    room = target.with_name(f"{begin}{secrets.token_hex(4)}{_ROOM}")
    try:
        room.mkdir(0o700)  # what grows here is its owner's until it is given its place
        with (room / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield room
    finally:
        _clear(room)
        for parent in made:  # innermost first; a parent that holds something stays
            with suppress(OSError):
                parent.rmdir()


def _clear(room: Path) -> None:
    """Remove a room, its lock last: killed between, the next run still knows it for ours."""
    with suppress(OSError):
        for inside in sorted(room.iterdir(), key=lambda path: path.name == _LOCK):
            shutil.rmtree(inside) if inside.is_dir() else inside.unlink()
    shutil.rmtree(room, ignore_errors=True)


def _sweep_room(room: Path, target: Path | None) -> None:
    """Remove a room whose process is dead; a folder it had set aside goes back to its place."""
    with suppress(OSError):
        if room.is_symlink() or not (room / _LOCK).is_file():
            room.rmdir()  # killed before it held anything; anything else is not ours
            return
        with (room / _LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while its process lives
            aside = room / "aside"
            if aside.exists() and target is not None and not target.exists():
                aside.rename(target)
            _clear(room)


def _in_the_way(target: Path, owner: str) -> str:
    """Say what forbids to put a folder in a place; empty: nothing does."""
    here = Path.cwd()
    if target == Path(target.anchor) or target.is_symlink():
        return "is a symbolic link" if target.is_symlink() else "is the root of the disk"
    if target.exists() and not target.is_dir():
        return "is a file, where a folder is to be written"
    if target.exists() and (target.samefile(here) or target.resolve() in here.resolve().parents):
        return "is the folder you work in, or around it"
    if in_a_store(target):
        return "lies in the store of a data directory"
    if not (names := _names(target) if target.is_dir() else []):
        return ""
    if not owner:
        return "exists and is not an empty folder"
    kind, known = _marker(target)
    if not kind:
        return f"is not empty and was not written by sojourn (it holds {', '.join(names[:3])})"
    if kind != owner:
        return f"holds a {kind}, where a {owner} is to be written"
    others = [n for n in names if n not in known or _digest(target / n) not in known[n]]
    return f"holds what was added or changed since ({', '.join(others[:3])})" if others else ""


def _place(inside: Path, target: Path, owner: str) -> None:
    """Put a finished folder in its place; one of ours that stood there goes into the room."""
    if not target.exists() or not any(target.iterdir()):
        inside.rename(target)
        return
    if not _exchange(inside, target):
        target.rename(aside := inside.with_name("aside"))
        try:
            inside.rename(target)
        except OSError:
            aside.rename(target)
            raise
        return
    if owner and _in_the_way(inside, owner):  # changed within these last steps: it stays
        _exchange(inside, target)
        raise OSError(errno.EBUSY, "somebody is writing into the folder")


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can."""
    try:
        call = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError):
        return False
    return bool(call(_AT_CWD, os.fsencode(one), _AT_CWD, os.fsencode(other), _EXCHANGE) == 0)


def _names(folder: Path) -> list[str]:
    """Return every file (and link, and empty folder) below a folder, but the marker and bytecode."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        whole = path.is_dir() and not path.is_symlink() and any(path.iterdir())
        if not whole and BY_PYTHON not in name.parts and name.as_posix() != MARKER:
            found.append(name.as_posix())
    return found


def _digest(path: Path) -> str:
    if path.is_symlink() or path.is_dir():
        return f"no file: {path.is_symlink()}"  # an empty folder of ours is known as one
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _mark(
    folder: Path, owner: str, known: Mapping[str, Sequence[str]], error: Kind = PublishError
) -> None:
    content = {"written by sojourn": owner, "files": dict(sorted(known.items()))}
    write_whole(folder / MARKER, json.dumps(content, indent=0) + "\n", error=error)


def _marker(folder: Path) -> tuple[str, dict[str, list[str]]]:
    """Return what a folder of ours is and the digests of its files; nothing for any other."""
    try:
        content = json.loads((folder / MARKER).read_text("utf-8"))
        return str(content["written by sojourn"]), {
            str(n): [str(d) for d in digests] for n, digests in content["files"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", {}


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
