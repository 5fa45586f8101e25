"""Places that no output may take: links, folders, and where a data directory keeps its own files."""

import os
from pathlib import Path

_STORE, _MANIFEST, _OBSERVATIONS = "store", "manifest.json", "observations"


def in_a_store(place: Path) -> bool:
    """Whether a file or folder of this name would lie in the store of a data directory, or be it.

    Links on the way are followed; a store is known by its manifest beside its observations.
    """
    real = Path(os.path.realpath(place))
    return any(
        p.name == _STORE and (p / _MANIFEST).is_file() and (p / _OBSERVATIONS).is_dir()
        for p in (real, *real.parents)
    )


def no_place_for_a_file(target: Path, *, of_the_store: bool) -> str:
    """Say why a file may not stand in a place; empty: it may. ``of_the_store``: it writes there."""
    if not of_the_store and in_a_store(target):
        return "lies in the store of a data directory"
    if target.is_symlink() or (target.exists() and not target.is_file()):
        kind = "a folder" if target.is_dir() else "no regular file"
        return f"is {'a symbolic link' if target.is_symlink() else kind}"
    return ""
