"""The files to load: those a user names, and those found in folders."""

from collections.abc import Iterable
from pathlib import Path

from sojourn.errors import SourceError, UnreadableFile
from sojourn.loading.outcome import Outcome


def find_files(paths: Iterable[Path]) -> list[tuple[Path, bool]]:
    """Return the files to load, and whether each was named by the user (not found in a folder).

    Raises
    ------
    SourceError
        A path that does not exist.
    """
    found: list[tuple[Path, bool]] = []
    for path in paths:
        if path.is_dir():
            found += [(p, False) for p in sorted(path.rglob("*")) if p.is_file()]
        elif path.exists():
            found.append((path, True))
        else:
            raise SourceError(f"{path}: no such file or folder", hint="check the path")
    return found


def contents(
    paths: Iterable[Path], *, strict: bool
) -> tuple[list[tuple[Path, bool, bytes]], list[Outcome]]:
    """Return the files that can be read, and an outcome for each of a folder that cannot."""
    files, refused = [], []
    for path, named in find_files(paths):
        try:
            files.append((path, named, _read(path)))
        except UnreadableFile as error:
            if named or strict:
                raise
            refused.append(Outcome(str(path), "refused", error=error))
    return files, refused


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise UnreadableFile(f"{path}: is no regular file", hint="save it to a file and name that")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"{path}: cannot be read ({error.strerror})", hint="check it"
        ) from None
