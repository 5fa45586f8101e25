"""Files about people are their owner's alone."""

import hashlib
import inspect
import json
import os
import re
import shlex
import warnings
from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

from sojourn.files import MARKER, add_files, new_folder

FOLDER, FILE = 0o700, 0o600
OTHERS = 0o077
_OURS = (str(Path(__file__).parents[2]), "<string>")  # the package, and what a dataclass writes
_SYNTHETIC = re.compile(rb"(?m)^\s*synthetic\s*=\s*true")


def make_private(folder: Path) -> None:
    """Let nobody but their owner read a folder of ours and what is in it."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(FOLDER if path.is_dir() else FILE)


def how_to_close(path: Path) -> str:
    """Say how to close what others than its owner may read; empty: nobody may, or nothing is there."""
    try:
        if not path.stat().st_mode & OTHERS:
            return ""
        every = "-R " if path.is_dir() else ""
        named = shlex.quote(str(path.resolve()))
    except (OSError, ValueError):
        return ""
    return f"{path}: others on this machine may read it; close it: chmod {every}go-rwx {named}"


def how_to_seal(folder: Path) -> str:
    """Say how to encrypt tables about real people that lie in plain text; empty: there are none."""
    try:
        if not _holds_people(folder) or _SYNTHETIC.search((folder / "rules.toml").read_bytes()):
            return ""
    except (OSError, ValueError):
        return ""
    return (
        f"{folder}: what it holds about people lies in plain text; encrypt it: "
        f"sojourn site seal {shlex.quote(str(folder))} --key FILE"
    )


def _holds_people(folder: Path) -> bool:
    """Whether a table of people in plain text has a row: an empty site holds nobody."""
    with suppress(FileNotFoundError), (folder / "person.csv").open("rb") as lines:
        return any(line.strip() for line in islice(lines, 1, None))
    with suppress(FileNotFoundError):
        return (folder / "person.json").read_bytes().strip() not in (b"", b"[]")
    return False


def warned(path: Path) -> Path:
    """Return a path, with a warning where others may read it or people lie in it in plain text.

    What the command line says on stderr, for whoever calls from Python: at the caller's own line.
    """
    for told in (how_to_close(path), how_to_seal(path)):
        if told:
            warnings.warn(told, UserWarning, stacklevel=_outside())
    return path


def _outside() -> int:
    """Return how many calls above `warned` the caller's own line is."""
    frame, level = inspect.currentframe(), 0
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame, level = frame.f_back, level + 1
    return level


def add_private(out: Path, contents: Mapping[str, str | bytes]) -> list[Path]:
    """Write files about people; a folder made for them is private, as is its marker.

    Raises
    ------
    PublishError
        A file of that name is not ours, or it cannot be written.
    """
    if not os.path.lexists(out):
        with new_folder(out, "files") as inside:
            for name, content in contents.items():
                inside.write(name, content)
            make_private(inside.path)
        make_private(out)
        return [out / name for name in contents]
    written = add_files(out, contents)
    for path in (*written, out / MARKER):
        path.chmod(FILE)
    return written


def is_ours(path: Path) -> bool:
    """Whether a file stands as we wrote it, in a folder that we made and marked.

    Only the marker of a folder that truly holds it is asked: not one that a link or ``..`` leads by.
    """
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_nlink > 1:
            return False
        where = path.resolve(strict=True)
        digest = hashlib.sha256(where.read_bytes()).hexdigest()
    except (OSError, ValueError):
        return False
    return any(
        digest in _written(folder).get(where.relative_to(folder).as_posix(), ())
        for folder in list(where.parents)[:3]
    )


def _written(folder: Path) -> dict[str, list[str]]:
    try:
        content = json.loads((folder / MARKER).read_text("utf-8"))
        return {str(n): [str(d) for d in digests] for n, digests in content["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
